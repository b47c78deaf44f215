"""The files of the lab's page: each import leads to one of them, and all are told beforehand."""

import re

import pytest

from micrograd.lab.page_files import ENTRY, IMPORT, kind_of, link_header, modules_of, page_files
from tests.support.cases import cases

FILES = page_files()
ANY_IMPORT = re.compile(r'^import [^"]*"([^"]+)"', re.MULTILINE)


def test_an_import_in_any_file_is_found_and_leads_to_a_file():
    for address in modules_of(ENTRY, FILES):
        text = FILES[address].read_text(encoding="utf-8")
        names = ANY_IMPORT.findall(text)
        assert names == IMPORT.findall(text), address
    told = set(re.findall(r"<(.*?)>; rel=modulepreload", link_header(FILES)))
    assert {"/static/lab.mjs", "/static/player/player.mjs", "/static/store.mjs"} <= told <= {*FILES}


def test_every_module_of_the_page_is_used():
    """But for those of the notebook and of a recorded run, which are bundled."""
    entries = ENTRY, "/static/widget.mjs", "/static/recorded.mjs"
    used = {name for entry in entries for name in modules_of(entry, FILES)}
    own = {address for address in FILES if re.fullmatch(r"/static/\w+\.mjs", address)}
    assert own <= used


KINDS = {
    "a.mjs": "text/javascript",
    "a.css": "text/css",
    "a.svg": "image/svg+xml",
    "a.html": "text/html",
    "htm-LICENSE": "application/octet-stream",
}


@cases("name", list(KINDS))
def test_a_file_has_its_kind(name):
    assert kind_of(f"/static/{name}") == KINDS[name]


@pytest.mark.parametrize(
    "line", ['import { a } from "./b.mjs";', 'import {\n  a,\n} from "./b.mjs";']
)
def test_an_import_may_stand_on_several_lines(line):
    assert IMPORT.findall(line) == ["./b.mjs"]
