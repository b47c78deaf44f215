"""The modules of the lab's page, read as text: their heads, their imports, and the sentences.

Rule: nothing here needs a browser; what the page does is tested in test_lab_browser.
"""

import re
from pathlib import Path

import pytest

import micrograd.lab
from micrograd.drawing import PLAYER_FILES

WEB = Path(micrograd.lab.__file__).parent / "web"
MODULES = sorted(WEB.glob("*.mjs"))
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in MODULES}
IMPORT = re.compile(r'^import (?:\* as \w+|\{([^}]*)\}) from "\./([\w./]+)";', re.MULTILINE)
EXPORT = re.compile(r"^export (?:async )?(?:function|const|class) (\w+)", re.MULTILINE)
KEY = re.compile(r"^ +(\w+): ?", re.MULTILINE)
EVERY_MODULE = pytest.mark.parametrize("name", TEXTS)


def text_of(place: str) -> str:
    """Return the text of a module as the page finds it; the player's stand in its own folder."""
    folder = Path(PLAYER_FILES) if place.startswith("player/") else WEB
    return (folder / place.removeprefix("player/")).read_text(encoding="utf-8")


@EVERY_MODULE
def test_a_module_begins_with_its_idea_and_its_rule(name):
    head = re.match(r"(?://.*\n)+", TEXTS[name])
    assert head and "Rule:" in head[0], name


@EVERY_MODULE
def test_what_is_imported_is_there_and_used(name):
    for names, place in IMPORT.findall(TEXTS[name]):
        exported = text_of(place)
        for pair in filter(None, (part.strip() for part in names.split(","))):
            original, _, own = pair.partition(" as ")
            known = EXPORT.findall(exported) or re.findall(r"\w+ as (\w+)", exported)
            assert original in known, f"{place} has no {original}"
            uses = re.findall(rf"\b{own or original}\b", TEXTS[name])
            assert len(uses) > 1, f"{original} is not used"


@EVERY_MODULE
def test_what_is_exported_is_imported_elsewhere(name):
    if name == "widget.mjs":  # its default export is anywidget's
        return
    wanted = set()
    for other, text in TEXTS.items():
        for names, place in IMPORT.findall(text):
            if place == name and other != name:
                wanted |= {part.strip().partition(" as ")[0] for part in names.split(",")}
    assert set(EXPORT.findall(TEXTS[name])) <= wanted


def test_every_sentence_is_shown():
    others = "\n".join(text for name, text in TEXTS.items() if name != "english.mjs")
    by_name = re.search(r"  names: \{.*?\n  \},\n", TEXTS["english.mjs"], re.DOTALL)[0]
    hints = re.search(r"    hints: \{.*?\n    \},\n", TEXTS["english.mjs"], re.DOTALL)[0]
    keys = set(KEY.findall(TEXTS["english.mjs"].replace(by_name, "").replace(hints, "")))
    unused = {key for key in keys if not re.search(rf"\b{key}\b", others)}
    assert unused == set()


SENTENCE = re.compile(r'"([A-Z][a-z]+(?: \w+){2,}[^"]*)"|>\s*([A-Z][a-z]+(?: [a-z]+)+)\s*<')


@EVERY_MODULE
def test_no_other_module_has_sentences(name):
    """Comments are not shown; a text of three words that begins with a capital is a sentence."""
    code = re.sub(r"/\*.*?\*/", "", TEXTS[name], flags=re.DOTALL)
    code = re.sub(r"(?m)(^|\s)//.*$", "", code)
    assert name == "english.mjs" or not SENTENCE.findall(code)


def test_the_page_has_no_script_or_style_of_its_own():
    page = (WEB / "index.html").read_text(encoding="utf-8")
    tags = re.sub(r">[^<]*<", "><", page)
    assert "<style" not in tags and " style=" not in tags and " on" not in tags
    assert re.findall(r"<script[^>]*>", page) == ['<script type="module" src="/static/lab.mjs">']
    assert "http" not in page
