"""Pages whose text stands elsewhere: the lessons, the docstrings, the files at the root.

Rule: nothing is written twice; what the build writes into docs/ is ignored by git.
"""

import json
import re
from pathlib import Path
from typing import Any

from micrograd.course.lesson import Cell, Lesson, lessons, link_glossary
from micrograd.course.page import FOLDED, PREDICTED, page_script, render_question
from tools.site.exercises import exercises_of

ROOT = Path(__file__).parents[2]
CELL = "```{{code-cell}} python\n{}{}\n```"
OPTIONS = "---\n{}\n---\n"  # of a cell: JSON, which is YAML, too
GLOSSARY = "../glossary.md#{}"

# ------------------------------------------------------------------------------------ the lessons


def write_lessons(app: Any) -> None:
    """Write a page for each lesson, and remove the pages of lessons that are gone."""
    folder = Path(app.srcdir) / "lessons"
    pages = {folder / f"{lesson.path.stem}.md": lesson_page(lesson) for lesson in lessons()}
    for path in set(folder.glob("[0-9]*.md")) - pages.keys():
        path.unlink()
    for path, text in pages.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def cell_text(cell: Cell) -> str:
    """Return a cell as MyST reads it; an answer or a solution is folded."""
    if cell.question:
        return render_question(cell.question).rstrip().replace("\n\n", "\n")
    if not cell.code:
        text = link_glossary(cell.text, GLOSSARY)
        return FOLDED.format("Why", f"\n{text}\n\n") if cell.tag == "remark" else text
    code = CELL.format(options_of(cell), cell.text)
    return FOLDED.format("Solution", f"\n{code}\n\n") if cell.tag == "solution" else code


def options_of(cell: Cell) -> str:
    """Return the options of a code cell: words for its plot, and whether its picture asks."""
    options: dict[str, Any] = {}
    if cell.alt:
        options["mystnb"] = {"image": {"alt": cell.alt}}
    if cell.tag == "quiz":
        options["tags"] = [cell.tag]
    return OPTIONS.format(json.dumps(options, ensure_ascii=False)) if options else ""


def lesson_page(lesson: Lesson) -> str:
    """Return the lesson as a page, its code cells not yet run."""
    parts = [cell_text(cell) for cell in lesson.cells if cell.tag != "check"]
    *most, closing = parts
    asks = [PREDICTED.strip()] if lesson.questions else []
    script = [page_script().strip()] if lesson.questions else []
    return "\n\n".join([*most, *asks, closing, exercises_of(lesson), *script]) + "\n"


# ------------------------------------------------------------------------------ files of the root

ROOT_FILES = {"changelog": "CHANGELOG.md", "contributing": "CONTRIBUTING.md", "style": "STYLE.md"}
TOCTREE = "\n```{{toctree}}\n:hidden:\n:glob:\n\n{}\n```\n"
BELOW = {"decisions/README": "[0-9]*", "contributing": "style"}  # a page, and those below it


def fill(app: Any, docname: str, source: list[str]) -> None:
    """Give a page the text of a file at the root, and the pages below it."""
    if docname in ROOT_FILES:
        path = ROOT / ROOT_FILES[docname]
        app.env.note_dependency(str(path))
        source[0] = relink(path.read_text(encoding="utf-8"))
    if docname in BELOW:
        source[0] += TOCTREE.format(BELOW[docname])


def relink(text: str) -> str:
    """Return the text of a file at the root with links that hold in docs/."""
    for docname, name in ROOT_FILES.items():
        text = text.replace(f"]({name})", f"]({docname}.md)")
    return text.replace("](docs/", "](")


# ------------------------------------------------------------------------------------- docstrings


def translate_docstring(app: Any, what, name, obj, options, lines: list[str]) -> None:
    """Turn the simple Markdown of a docstring into reStructuredText, in place.

    `code` becomes literal, and every other character stands for itself. Examples (`>>>`) and
    indented blocks stay as they are.
    """
    example = False
    for i, line in enumerate(lines):
        example = line.startswith(">>>") or (example and bool(line.strip()))
        if not example and not line.startswith("    "):
            pieces = re.split(r"(`+[^`]+`+)", line)
            lines[i] = "".join(map(literal_or_plain, pieces))


def literal_or_plain(piece: str) -> str:
    if piece.startswith("`") and piece.endswith("`"):
        return f"``{piece.strip('`')}``"
    return re.sub(r"([*|\\_])", r"\\\1", piece)
