"""Lessons and exercises that run in the site's pages, by Pyodide in Chromium, from a plain server.

Rule: whatever the pages load comes from that server, nothing goes wrong in the console, and cells
print what they printed when the site was built. Needs npm once, for Pyodide, and what
`test_site.py` needs; it is skipped without.
"""

import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from micrograd.course.exercises.task import find_task
from tests.support.site import built_site, needs_browser, needs_sphinx
from tools import fetch_pyodide

pytestmark = [pytest.mark.slow, needs_sphinx, needs_browser]

MINUTE = 60_000  # milliseconds
LESSONS = ("05_backpropagation_by_hand", "10_a_node_used_twice", "16_gradient_descent_by_hand")
EXERCISES = ("analytic_gradient", "mul_backward", "graph_backward", "neuron", "iterative_backward")
READY = ".python-status:text-matches('ready|kept')"
OPEN_ANSWERS = "document.querySelectorAll('.question details').forEach((x) => (x.open = true))"
DEEP = """
class Endless:
    def __add__(self, other):
        return self + other

Endless() + 1
"""  # each call passes through C, whose stack is the browser's
STILL = "!document.querySelector('.cell.running')"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments) -> None: ...


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    try:
        fetch_pyodide.fetch()
    except RuntimeError as error:
        pytest.skip(str(error))
    return built_site(tmp_path_factory)


def serve(folder: Path) -> ThreadingHTTPServer:
    """Return a server of the folder, as `python -m http.server` starts it."""
    handler = functools.partial(Quiet, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.fixture(scope="module")
def server(folder):
    server = serve(folder)
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def context(browser):
    """One profile for all tests, so that Python is loaded once."""
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture
def visit(context, server):
    """visit(name) opens a page; at the end nothing was loaded from elsewhere, nothing failed."""
    page = context.new_page()
    outside, messages = watch(page, server)

    def visit_page(name: str):
        page.goto(f"{address(server)}/{name}.html")
        page.evaluate(OPEN_ANSWERS)
        return page

    yield visit_page
    page.close()
    assert (outside, messages) == ([], [])


def address(server: ThreadingHTTPServer) -> str:
    return f"http://localhost:{server.server_port}"


def watch(page, server) -> tuple[list[str], list[str]]:
    """Return two lists, which grow: requests to elsewhere, and what the console shows."""
    outside, messages = [], []
    own = (address(server), "data:", "about:", "blob:")
    page.on("request", lambda x: x.url.startswith(own) or outside.append(x.url))
    page.on("console", lambda x: "favicon" in x.location["url"] or messages.append(x.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    return outside, messages


def texts(page, selector: str) -> list[list[str]]:
    """Return the texts that each cell shows in elements of that kind."""
    script = """(selector) => [...document.querySelectorAll("article div.cell:not(.scratch)")].map(
        (cell) => [...cell.querySelectorAll(selector)].map((x) => x.textContent.trimEnd()))"""
    return page.evaluate(script, selector)


@pytest.mark.parametrize("name", LESSONS)
def test_all_cells_of_a_lesson_run_and_print_what_the_site_shows(name, visit):
    page = visit(f"lessons/{name}")
    built = texts(page, ".cell_output pre")
    page.click(".python-bar button")
    page.wait_for_selector(READY, timeout=MINUTE)
    page.wait_for_function(STILL, timeout=MINUTE)
    assert page.locator(".run-error").count() == 0
    assert texts(page, ".cell_output pre") == built
    assert page.locator(".run-output").evaluate_all("(all) => all.every((x) => x.innerHTML)")
    edit_a_cell(page)
    assert_accessible(page)


def edit_a_cell(page) -> str:
    """Make the first cell that can be seen a field; return its number."""
    button = page.locator("[aria-label^='Edit cell']:visible").first
    label = button.get_attribute("aria-label")
    button.click()
    return label.removeprefix("Edit cell ")


def answer(page, text: str) -> str:
    """Return what the page says to this answer."""
    page.fill(".code-field", text)
    page.click(".run")
    page.wait_for_selector(".findings > ul, .run-error", timeout=MINUTE)
    return page.inner_text(".findings")


@pytest.mark.parametrize("name", EXERCISES)
def test_a_wrong_answer_is_told_and_a_right_one_solves_it(name, visit):
    task = find_task(name)
    page = visit(f"exercises/{task.path.stem}")
    wrong, sentence = next(iter(task.checker_names["WRONG"].items()))
    answers = [wrong] if isinstance(wrong, str) else wrong
    said = answer(page, starter_of(task.with_answers(answers)))
    assert sentence in said
    assert "Solved." not in said
    assert_accessible(page)
    assert "Solved." in answer(page, starter_of(task.solution))
    page.click(".hint >> nth=0")
    assert page.locator(".hint:visible").count() == 2
    assert f"{task.title} ✓ solved" in visit("exercises/index").inner_text("article")
    assert visit(f"exercises/{task.path.stem}").input_value(".code-field").strip()


def starter_of(text: str) -> str:
    """Return a file of a task without its docstring, as the page's field has it."""
    return text.split('"""', 2)[2].strip("\n")


def test_an_error_names_its_line_and_an_endless_loop_is_ended(visit):
    page = visit("lessons/05_backpropagation_by_hand")
    number = edit_a_cell(page)
    page.keyboard.press("Control+Home")
    page.keyboard.type("if True:\nnothing_here\n")
    assert page.input_value(".code-field").startswith("if True:\n    nothing_here\n    ")
    page.click(".python-bar button")
    page.wait_for_selector(".run-error", timeout=MINUTE)
    assert "line 2" in page.inner_text(".run-error")
    assert "nothing_here" in page.inner_text(".run-error")
    page.wait_for_function(STILL)
    assert page.locator(".run-error").count() == 1  # the cells below did not run
    page.fill(".code-field", DEEP)
    page.press(".code-field", "Shift+Enter")
    page.wait_for_selector(".run-error:has-text('calls itself')", timeout=MINUTE)
    page.fill(".code-field", "while True:\n    pass")
    page.press(".code-field", "Shift+Enter")
    page.click(f"[aria-label='Stop cell {number}']")
    assert "all names are gone" in page.inner_text(".python-status")
    page.fill(".code-field", "1 + 1")
    page.click(f"[aria-label='Run cell {number}']")
    page.wait_for_selector(".run-output .returned:visible", timeout=MINUTE)
    assert page.locator(".run-error").count() == 0


def test_it_works_with_the_network_cut(browser, folder):
    task = find_task("mul_backward")
    server = serve(folder)
    context = browser.new_context()
    page = context.new_page()
    outside, messages = watch(page, server)
    page.goto(f"{address(server)}/exercises/{task.path.stem}.html")
    assert "Solved." in answer(page, starter_of(task.solution))
    server.shutdown()
    server.server_close()
    page.reload()
    assert "this is not written yet" in answer(page, starter_of(task.starter))
    context.close()
    assert outside == []
    assert [text for text in messages if "ERR_" not in text] == []  # of requests without a network


def assert_accessible(page) -> None:
    """Raise AssertionError if axe finds something, in light or dark, in a narrow window."""
    from axe_core_python.sync_playwright import Axe

    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate(Axe().axe_script)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate("() => axe.run({ iframes: false })")["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
