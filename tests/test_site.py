"""The documentation site, as a reader meets it: light and dark, wide and narrow, without a network.

Rule: the site is built with every warning an error; what `nox -s docs` has built is used where it
is newer than every source. Needs the extras docs and browser, and Chromium, and is skipped without.
"""

import itertools
from pathlib import Path

import pytest

from micrograd.course.lesson import lessons
from tests.support.site import built_site, needs_browser, needs_sphinx
from tools.check_links import Site, main

pytestmark = pytest.mark.slow

PAGES = (
    "index",
    "tutorial",
    "how-to/make_it_fast",
    "reference/training",
    "reference/operations",
    "reference/command_line",
    "explanation/compiler",
    "lessons/index",
    "lessons/10_a_node_used_twice",
)
PLACES = {
    "wide": {"viewport": {"width": 1280, "height": 900}},
    "narrow and dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
}


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Path:
    return built_site(tmp_path_factory)


@pytest.fixture
def visit(browser, site):
    """visit(name) opens a page; at the end nothing was loaded from elsewhere, nothing failed."""
    outside, messages, contexts = [], [], []

    def is_outside(url: str) -> bool:
        return not url.startswith((site.resolve().as_uri(), "data:", "about:", "blob:"))

    def visit_page(name: str, **options):
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.on("request", lambda x: is_outside(x.url) and outside.append(x.url))
        page.on("console", lambda message: messages.append(message.text))
        page.on("pageerror", lambda error: messages.append(str(error)))
        page.goto((site.resolve() / f"{name}.html").as_uri())
        return page

    yield visit_page
    for context in contexts:
        context.close()
    assert (outside, messages) == ([], [])


@needs_sphinx
def test_every_link_leads_somewhere_and_nothing_is_loaded_from_elsewhere(site):
    checked = Site(site)
    assert len(checked.pages) > 40
    assert list(checked.problems()) == []


@needs_sphinx
def test_each_lesson_leads_to_the_next(site):
    pages = sorted((site / "lessons").glob("[0-9]*.html"))
    assert len(pages) == len(lessons())
    for this, following in itertools.pairwise(pages):
        assert 'rel="next" title="' in this.read_text("utf-8")
        assert f'href="{following.name}"' in this.read_text("utf-8")
        assert f'href="{this.name}"' in following.read_text("utf-8")


@needs_sphinx
@needs_browser
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_and_nothing_sticks_out(visit, name, place):
    from axe_core_python.sync_playwright import Axe

    page = visit(name, **place)
    page.evaluate(Axe().axe_script)
    # not within the players, which are in a sandbox; test_browser.py looks at them
    found = page.evaluate("() => axe.run({ iframes: false })")["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@needs_sphinx
@needs_browser
def test_the_player_is_alive(visit):
    frame = visit("index").frame_locator("iframe")
    counter = frame.locator(".counter")
    assert counter.inner_text() == "0 / 10"
    frame.locator(".bar button:nth-of-type(5)").click()
    assert counter.inner_text() == "10 / 10"


@needs_sphinx
@needs_browser
def test_the_player_is_dark_where_the_reader_chose_dark(visit):
    page = visit("index", color_scheme="null")  # what the system says
    page.evaluate("document.body.dataset.theme = 'dark'")
    paper = page.frame_locator("iframe").locator("body")
    page.wait_for_timeout(300)
    assert paper.evaluate("() => matchMedia('(prefers-color-scheme: dark)').matches")


# ------------------------------------------------------------------------------------- the checker


def test_a_link_that_leads_nowhere_is_found(tmp_path, capsys):
    page = '<a href="b.html#here">1</a> <a href="b.html#gone">2</a> <a href="c.html">3</a>'
    page += '<a href="https://example.org">4</a> <script src="https://example.org/x.js"></script>'
    (tmp_path / "a.html").write_text(page, "utf-8")
    (tmp_path / "b.html").write_text('<p id="here">', "utf-8")
    assert main([str(tmp_path)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "a.html loads https://example.org/x.js, so it does not work offline.",
        "a.html links to b.html#gone: the page has no place called 'gone'.",
        "a.html links to c.html: there is no such file.",
        "2 pages, 4 links, 3 broken; 1 to other sites, not tried",
    ]


def test_a_folder_without_pages_is_refused(tmp_path, capsys):
    assert main([str(tmp_path)]) == 1
    assert "has no pages. Build the site first" in capsys.readouterr().err
