"""The player in a real browser, from disk: keys, edits, mistakes, the quiz, and what axe says.

Rule: a page is opened as a reader would open it; nothing may be asked of the network, and nothing
may go wrong in the console. Needs Chromium and Playwright, and is skipped without:
`pip install -e '.[browser]'` and, on Debian, `apt install chromium`.
"""

import importlib.util
import math
import re
from contextlib import contextmanager

import pytest

from micrograd import MLP, Value, draw, record_sources
from micrograd.course.exercises.graph_page import render_graph
from micrograd.course.exercises.graphs import Graph, Run
from micrograd.course.page import open_quiz
from micrograd.course.presets import PRESETS
from micrograd.explaining import ALGORITHMS
from tests.support.site import CHROMIUM

INSTALLED = all(map(importlib.util.find_spec, ("playwright", "axe_core_python")))
HOW = "needs a browser: pip install -e '.[browser]' and, on Debian, apt install chromium"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (CHROMIUM and INSTALLED), reason=HOW),
]
NODE, ALGORITHM = "section:nth-of-type(1) select", "section:nth-of-type(2) select"


@pytest.fixture
def opened(browser, tmp_path):
    """opened(picture, ...) is a page; at the end its console and its network log must be empty."""
    asked, said, contexts = [], [], []

    def open_it(picture, link="", at="End", **how):
        path = picture.save(tmp_path / "page.html")
        contexts.append(browser.new_context(**how))
        page = contexts[-1].new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(path.as_uri() + link)
        asked.remove(page.url.removesuffix(link))
        page.keyboard.press(at)
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert (asked, said) == ([], [])


class Framed:
    """A page that shows `html`, which is saved as a picture is."""

    def __init__(self, html):
        self.html = html

    def save(self, path):
        path.write_text(f"<!doctype html><body>{self.html}</body>", encoding="utf-8")
        return path


def preset(name):
    root = PRESETS[name]()
    root.backward()
    return draw(root)


def line(page):
    return page.inner_text(".line")


def cards(page):
    """{label: (its data, its grad)} as they stand on the cards."""
    return page.evaluate("""
        () => Object.fromEntries([...document.querySelectorAll("[data-key]")]
          .filter((g) => g.querySelector(".label"))
          .map((g) => [g.querySelector(".label").textContent,
                       [".data", ".grad"].map((c) => g.querySelector(c).textContent)]))
    """)


def fact(page, name):
    return page.inner_text(f"dt:text-is('{name}') + dd")


# ----------------------------------------------------------------------------------- by keyboard


@pytest.mark.parametrize("has_run", [True, False])
def test_it_opens_at_the_start_with_a_large_button(opened, has_run):
    picture = preset("expression") if has_run else draw(PRESETS["expression"]())
    page = opened(picture, at="0")
    assert page.inner_text("h1") == "L = d * f"
    assert cards(page)["a"] == ["data 2.0000", "grad ?"]
    assert cards(page)["L"] == ["data ?", "grad ?"]
    assert line(page) == "Only the leaves have numbers yet."
    assert page.inner_text(".counter") == "0 / 11"
    assert ("backward() has not been run" in page.inner_text(".note")) is not has_run
    page.select_option(".bar select", "60")
    page.click(".begin")
    page.wait_for_selector(".counter:text-is('11 / 11')")
    assert not page.is_visible(".begin")
    assert cards(page)["a"] == ["data 2.0000", "▲ grad 6.0000"]


def test_the_inspector_follows_the_lit_edge_and_tells_nothing_ahead(opened):
    page = opened(preset("expression"), at="0")
    facts = []
    for _ in range(5):
        page.keyboard.press("ArrowRight")
        facts.append((page.input_value(NODE), page.inner_text("dl")))
    assert "nothing has arrived yet" in facts[0][1]
    assert "dL" not in facts[0][1]
    assert facts[4][0] == "4"  # d, to which the first edge goes
    assert "∂d/∂e" in facts[4][1]


def test_keys_step_through_forward_and_backward(opened):
    page = opened(preset("expression"))
    page.keyboard.press("Home")
    assert cards(page)["e"] == ["data ?", "grad ?"]
    lines = []
    for _ in range(11):
        page.keyboard.press("ArrowRight")
        lines.append(line(page))
    assert lines[0] == "e = a * b = -6.0"
    assert lines[3] == "grad(L) = 1.0"
    assert lines[4] == "grad(d) += grad(L) · ∂L/∂d = 1.0 · -2.0 = -2.0 (sum 0.0 + -2.0 = -2.0)"
    assert lines[10] == "All gradients are complete."
    page.keyboard.press("ArrowLeft")
    assert line(page) == lines[9]
    assert page.locator(".active").count() == 4  # the card, the disc, and the curves on both sides
    page.keyboard.press("End")
    assert line(page) == lines[10]


def test_space_plays_to_the_end_and_pauses(opened):
    page = opened(preset("expression"))
    page.select_option(".bar select", "60")
    page.click("h1")
    page.keyboard.press("Space")
    page.wait_for_selector(".counter:text-is('11 / 11')")
    assert page.get_attribute(".bar button:nth-of-type(3)", "aria-label") == "play"
    page.select_option(".bar select", "1")
    page.focus(".bar button:nth-of-type(3)")
    page.keyboard.press("Space")  # a button's own
    assert page.get_attribute(".bar button:nth-of-type(3)", "aria-label") == "pause"
    page.keyboard.press("Space")
    assert page.get_attribute(".bar button:nth-of-type(3)", "aria-label") == "play"


def test_everything_is_reached_with_the_tab_key(opened):
    page = opened(preset("used_twice"))
    page.select_option(NODE, label="a")
    page.focus("body")
    reached = set()
    for _ in range(20):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.outerHTML.slice(0, 40)"))
    wanted = page.evaluate("""
        () => [...document.querySelectorAll("button, select, input, summary, .stage")]
          .filter((x) => x.checkVisibility()).map((x) => x.outerHTML.slice(0, 40))
    """)
    assert set(wanted) <= reached


# ---------------------------------------------------------------------------------- other numbers


def test_a_leaf_that_is_moved_moves_the_rest(opened):
    page = opened(preset("expression"))
    page.select_option(NODE, label="a")
    page.fill("input[type=number]", "4")
    found = cards(page)
    assert found["L"] == ["data 4.0000", "▲ grad 1.0000"]
    assert found["f"][1] == "▼ grad -2.0000"
    assert fact(page, "grad") == "6.0"
    assert fact(page, "numeric") == "6.0, moved by ±4e-05"
    page.fill("input[type=number]", "")
    assert cards(page) == found
    page.focus(".edit input[type=range]")
    page.keyboard.press("ArrowRight")
    assert cards(page)["a"][0] == "data 4.0200"
    page.click("text=reset")
    assert cards(page)["L"][0] == "data -8.0000"


def test_the_inspector_shows_paths_and_partials(opened):
    page = opened(preset("two_uses"))
    page.click("[data-key='n0']")
    assert page.input_value(NODE) == "0"
    assert fact(page, "2 paths, added up") == "a → e → f: -6.0\na → d → f: 3.0"
    page.select_option(NODE, label="f")
    assert fact(page, "∂f/∂e") == "d = -6.0"
    assert fact(page, "computed as") == "d * e"


def test_pytorchs_number_until_a_leaf_is_moved(opened):
    pytest.importorskip("torch")
    page = opened(preset("expression"))
    page.select_option(NODE, label="a")
    assert fact(page, "PyTorch") == "6.0"
    page.fill("input[type=number]", "4")
    assert page.locator("dt:text-is('PyTorch')").count() == 0


def test_the_line_that_made_a_node(opened):
    with record_sources():
        x = Value(2.0, label="x")
        y = x * 3.0
    y.backward()
    page = opened(draw(y))
    page.keyboard.press("ArrowLeft")
    assert page.inner_text(".source").endswith("y = x * 3.0")
    page.keyboard.press("Home")
    assert not page.is_visible(".source")


def test_pinned_numbers_are_beside_the_new_ones(opened):
    page = opened(preset("expression"))
    page.click("text=pin")
    page.select_option(NODE, label="a")
    page.fill("input[type=number]", "4")
    page.click("text=As a table")
    page.wait_for_selector("tbody tr")
    rows = [row.split("\t") for row in page.inner_text("table").splitlines()[1:]]
    assert rows[0] == ["node", "computed as", "data", "grad", "data, pinned", "grad, pinned"]
    assert rows[1] == ["a", "", "4.0", "6.0", "2.0", "6.0"]
    assert rows[-1] == ["L", "d * f", "4.0", "1.0", "-8.0", "1.0"]


# ------------------------------------------------------------------------------------- mistakes


def test_a_mistake_is_played_and_hatched(opened):
    page = opened(preset("used_twice"))
    page.select_option(ALGORITHM, "assign")
    assert cards(page)["a"][1] == "▲ 1.0 2.0"
    assert page.locator(".struck").all_text_contents() == ["1.0"]
    assert page.locator(".wrong .label").all_text_contents() == ["a"]
    assert "Wrong at the end, and hatched: a." in page.inner_text("section:nth-of-type(2)")
    page.select_option(NODE, label="a")
    assert fact(page, "grad, done right") == "2.0"
    page.select_option(ALGORITHM, "wrong_order")
    assert "On this graph it makes no difference." in page.inner_text("section:nth-of-type(2)")
    page.select_option(ALGORITHM, "right")
    assert page.locator(".wrong").count() == 0


def test_a_partial_stands_at_its_op_while_its_edge_is_lit(opened):
    page = opened(preset("used_twice"))
    page.click("h1")
    assert "An arrow leads from an input to its result." in page.inner_text(".legend")
    page.keyboard.press("Home")
    written = []
    for _ in range(page.locator("input[type=range]").first.evaluate("x => Number(x.max)")):
        page.keyboard.press("ArrowRight")
        written.append("".join(page.locator(".partial").all_text_contents()))
    assert written == ["", "", "∂ = 1.0", "∂ = 1.0", ""]


def test_the_second_pass_has_a_line(opened):
    page = opened(preset("used_twice"))
    page.select_option(ALGORITHM, "no_zero")
    page.click("h1")
    page.keyboard.press("Home")
    lines = []
    for _ in range(5):
        page.keyboard.press("ArrowRight")
        lines.append(line(page))
    assert lines[4] == "grad(b) = 1.0 (backward() is called once more)"


def test_mistakes_have_titles(opened):
    page = opened(preset("used_twice"))
    titles = page.locator(f"{ALGORITHM} option").all_inner_texts()
    assert titles == [row.title for row in ALGORITHMS.values()]


def test_a_link_opens_the_quiz(opened):
    page = opened(preset("expression"), link="#quiz", at="0")
    assert page.inner_text(".left") == "6 to go"
    assert page.inner_text(".counter") == "0 / 11"


def test_f_fills_the_screen(opened):
    page = opened(preset("expression"))
    page.keyboard.press("f")
    page.wait_for_selector(".player:fullscreen")


def test_a_mistake_is_hatched_only_where_it_shows(opened):
    page = opened(preset("used_twice"))
    page.select_option(ALGORITHM, "no_zero")
    assert page.inner_text(".counter") == "8 / 8"
    page.select_option(ALGORITHM, "assign")
    assert page.inner_text(".counter") == "4 / 5"  # where the second use erases the first
    page.click("h1")
    page.keyboard.press("End")
    hatched = []
    for _ in range(5):
        hatched.append(page.locator(".wrong .label").all_text_contents())
        page.keyboard.press("ArrowLeft")
    assert hatched == [["a"], ["a"], [], [], []]  # until then `=` and `+=` are the same


def test_what_leaves_add_up_over_two_passes_is_named(opened):
    page = opened(preset("diamond"))
    page.select_option(ALGORITHM, "no_zero")
    page.select_option(NODE, label="a")
    assert fact(page, "grad after two right backward()") == "8.0"


def test_too_many_paths_are_refused_with_a_sentence(opened):
    y = Value(1.0, label="x")
    for _ in range(40):
        y = y + y
    page = opened(draw(y))
    page.select_option(ALGORITHM, "recursive")
    said = page.inner_text("section:nth-of-type(2)")
    assert "more than 100,000 edges, so it is not run." in said
    assert page.input_value(ALGORITHM) == "right"


def test_numbers_that_are_not_finite(opened):
    x = Value(math.nan, label="x")
    page = opened(draw(x * 2.0 + math.inf))
    page.select_option(NODE, label="x")
    assert cards(page)["x"][0] == "data nan"
    page.fill("input[type=number]", "1.5")
    assert cards(page)["x"][0] == "data 1.5000"
    assert page.get_attribute(".edit input[type=range]", "min") == "-2"
    page.click("text=reset")
    assert cards(page)["x"][0] == "data nan"


def test_numbers_that_have_moved_on_are_worked_out_anew(opened):
    w = Value(2.0, label="w")
    loss = w * w
    loss.label = "loss"
    loss.backward()
    w.data = 1.5
    page = opened(draw(loss))
    assert "Recomputed from the leaves" in page.inner_text(".note")
    assert cards(page)["loss"][0] == "data 2.2500"


DIGITS = 1e-5  # a browser writes a transform with six digits
# A change of size reaches the picture frame by frame: the observer, our paint, Panzoom's transform;
# at the start also by a timer. So it looks after six frames with a timer in each.
VIEW = """async () => {
    for (let turn = 0; turn < 6; turn += 1) {
        await new Promise(requestAnimationFrame);
        await new Promise((resolve) => setTimeout(resolve));
    }
    const [stage, view] = [".stage", ".view"].map((x) => document.querySelector(x));
    const { a, e, f } = new DOMMatrix(getComputedStyle(view).transform);
    return { frame: stage.clientWidth, scale: a, x: e, y: f };
}"""
SEEN = """(name) => {
    const [card, stage] = [name, ".stage"].map(
      (x) => document.querySelector(x).getBoundingClientRect());
    return card.left >= stage.left && card.right <= stage.right
      && card.top >= stage.top && card.bottom <= stage.bottom;
}"""


def width_of(picture):
    return float(re.search(r'viewBox="0 0 (\d+)', picture.svg)[1])


def readable(view, picture):
    return min(max(view["frame"] / width_of(picture), 0.6), 1.6)


def middle_of_frame(page):
    box = page.locator(".stage").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def chain(length):
    x = Value(1.0)
    for _ in range(length):
        x = x.tanh()
    return draw(x)


@pytest.mark.parametrize("width", [390, 800, 1280, 1920])
def test_the_picture_fits_its_frame_as_far_as_it_can_be_read(opened, width):
    picture = preset("expression")
    page = opened(picture, viewport={"width": width, "height": 700})
    view = page.evaluate(VIEW)
    assert view["scale"] == pytest.approx(readable(view, picture), rel=DIGITS)
    page.set_viewport_size({"width": width // 2, "height": 700})
    view = page.evaluate(VIEW)
    assert view["scale"] == pytest.approx(readable(view, picture), rel=DIGITS)


@pytest.mark.parametrize(("keys", "factor"), [("+", 1.25), ("-", 0.8), ("++0", 1.0), ("=-", 1.0)])
def test_the_reader_chooses_the_size(opened, keys, factor):
    page = opened(preset("neuron"), viewport={"width": 1280, "height": 700})
    before = page.evaluate(VIEW)["scale"]
    for key in keys:
        page.keyboard.press(key)
    assert page.evaluate(VIEW)["scale"] == pytest.approx(before * factor, rel=DIGITS)
    page.click("[aria-label^='fit']")
    assert page.evaluate(VIEW)["scale"] == pytest.approx(before, rel=DIGITS)


def test_fit_shows_all_of_a_large_picture(opened):
    picture = chain(100)
    page = opened(picture, viewport={"width": 800, "height": 600})
    before = page.evaluate(VIEW)
    assert before["scale"] * width_of(picture) > before["frame"]
    page.click("[aria-label^='fit']")
    view = page.evaluate(VIEW)
    assert view["scale"] == pytest.approx(view["frame"] / width_of(picture), rel=DIGITS)
    assert page.evaluate(SEEN, "[data-key=n0]") and page.evaluate(SEEN, "[data-key=n100]")
    page.keyboard.press("+")
    assert page.evaluate(VIEW)["scale"] == pytest.approx(1.25 * view["scale"], rel=DIGITS)


def test_the_picture_moves_by_keyboard(opened):
    page = opened(preset("readme"), viewport={"width": 400, "height": 700})
    for _ in range(3):
        page.keyboard.press("+")
    before = page.evaluate(VIEW)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    after = page.evaluate(VIEW)
    assert after["x"] == pytest.approx(before["x"] - 60)
    assert after["y"] == pytest.approx(before["y"] - 60)
    at, _, total = page.inner_text(".counter").partition(" / ")
    assert at == total  # it was no step
    page.select_option(NODE, label="g")
    page.evaluate(VIEW)
    assert page.evaluate(SEEN, ".selected")


def test_the_lit_edge_comes_into_sight(opened):
    page = opened(chain(60), viewport={"width": 600, "height": 600})
    page.keyboard.press("Home")
    for _ in range(12):
        page.keyboard.press("ArrowRight")
        page.evaluate(VIEW)
        assert page.evaluate(SEEN, ".active")


def test_a_drag_moves_the_picture_and_selects_nothing(opened):
    page = opened(preset("neuron"), viewport={"width": 1280, "height": 700})
    before, selected = page.evaluate(VIEW), page.input_value(NODE)
    box = page.locator("[data-key=n0]").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 50, steps=4)
    page.mouse.up()
    after = page.evaluate(VIEW)
    assert after["x"] - before["x"] == pytest.approx(40, abs=1)
    assert after["y"] - before["y"] == pytest.approx(30, abs=1)
    assert page.input_value(NODE) == selected
    page.mouse.click(box["x"] + 60, box["y"] + 50)
    assert page.input_value(NODE) == "0"


def test_the_wheel_zooms_with_ctrl_and_leaves_the_page_alone_without(opened):
    page = opened(preset("neuron"), viewport={"width": 1280, "height": 400})
    before = page.evaluate(VIEW)
    x, y = middle_of_frame(page)
    page.mouse.move(x, y)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    page.wait_for_timeout(100)
    after = page.evaluate(VIEW)
    assert after["scale"] > before["scale"]
    left = page.locator(".stage").bounding_box()["x"] + 1
    under = [(x - left - view["x"]) / view["scale"] for view in (before, after)]
    assert under[0] == pytest.approx(under[1], abs=0.5)  # what is under the mouse stays there
    page.mouse.wheel(0, 100)
    page.wait_for_timeout(200)
    assert page.evaluate(VIEW) == after
    assert page.evaluate("scrollY") > 0


def test_two_fingers_zoom(opened):
    page = opened(preset("neuron"), viewport={"width": 600, "height": 700}, has_touch=True)
    before = page.evaluate(VIEW)["scale"]
    x, y = middle_of_frame(page)
    session = page.context.new_cdp_session(page)
    for kind, apart in [("touchStart", 30), ("touchMove", 45), ("touchMove", 90)]:
        points = [{"x": x - apart, "y": y, "id": 0}, {"x": x + apart, "y": y, "id": 1}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert page.evaluate(VIEW)["scale"] > 1.1 * before


# ------------------------------------------------------------------------------------------ map

MARK = """() => {
    const of = (name) => Number(document.querySelector(".mark").getAttribute(name));
    return [of("x") + of("width") / 2, of("y") + of("height") / 2];
}"""


def test_a_large_picture_has_a_map_and_a_small_one_has_none(opened):
    page = opened(preset("expression"))
    assert not page.is_visible(".map")
    page = opened(chain(8), viewport={"width": 600, "height": 600})
    assert page.get_attribute(".map", "aria-label").startswith("map of the graph")
    assert page.is_visible(".map")
    page.set_viewport_size({"width": 1280, "height": 600})
    page.wait_for_selector(".map", state="hidden")


@pytest.mark.parametrize("how", [{}, {"color_scheme": "dark"}], ids=["light", "dark"])
def test_axe_finds_nothing_in_a_map_and_no_printer_prints_it(opened, how):
    page = opened(chain(60), viewport={"width": 600, "height": 600}, **how)
    assert page.is_visible(".map")
    assert problems(page) == []
    page.emulate_media(media="print")
    assert not page.is_visible(".map")


def test_the_map_moves_the_frame_by_mouse(opened):
    page = opened(chain(60), viewport={"width": 600, "height": 600})
    page.evaluate(VIEW)
    box = page.locator(".map").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.click(x, y)
    first = page.evaluate(VIEW)
    page.evaluate(VIEW)
    middle = (first["frame"] / 2 - first["x"]) / first["scale"]
    assert middle == pytest.approx(width_of(chain(60)) / 2, rel=0.02)
    assert page.evaluate(MARK)[0] == pytest.approx(middle, rel=0.02)
    page.mouse.down()
    page.mouse.move(x + 30, y, steps=3)
    page.mouse.up()
    assert page.evaluate(VIEW)["x"] < first["x"]
    page.mouse.move(x, y)
    after = page.evaluate(VIEW)
    assert page.evaluate(VIEW) == after  # nothing is held any more


def test_the_map_moves_the_frame_by_keyboard_and_plays_nothing(opened):
    page = opened(chain(60), viewport={"width": 600, "height": 600})
    before, counter = page.evaluate(VIEW), page.inner_text(".counter")
    page.focus(".stage")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.getAttribute('class')") == "map"
    assert page.evaluate(VIEW)["x"] > before["x"]
    assert page.inner_text(".counter") == counter


# ----------------------------------------------------------------------------------------- quiz


def test_the_quiz(opened):
    page = opened(preset("used_twice"))
    page.check("input[type=checkbox]")
    assert cards(page)["a"][1] == "grad ?"
    assert fact(page, "grad") == "nothing has arrived yet"
    said_of = {"": "Type", "Infinity": "Type", "0x2": "Type", "1": "one of its 2", "-2": "sign"}
    for typed, said in said_of.items():
        page.fill(".ask input", typed)
        page.click("text=check")
        assert said in page.inner_text("section:nth-of-type(3)")
    page.fill(".ask input", "2,0")
    page.keyboard.press("Enter")
    said = page.inner_text("section:nth-of-type(3)")
    assert "Right. That was the last one: 1 right in 3 tries." in said
    assert not page.is_checked("input[type=checkbox]")
    assert cards(page)["a"][1] == "▲ grad 2.0000"


def test_the_quiz_tells_and_goes_on(opened):
    page = opened(preset("expression"))
    page.select_option(ALGORITHM, "assign")
    page.check("input[type=checkbox]")
    assert page.input_value(ALGORITHM) == "right" and page.is_disabled(ALGORITHM)
    assert page.inner_text(".left") == "6 to go"
    page.click("text=tell me")
    assert "grad(d) is -2.0." in page.inner_text("section:nth-of-type(3)")
    assert page.inner_text(".left") == "5 to go"
    page.uncheck("input[type=checkbox]")
    assert not page.is_visible(".ask") and page.is_enabled(ALGORITHM)


def test_the_picture_fills_up_as_the_quiz_is_answered(opened):
    """In the order of backward; what is still asked for is neither stepped to nor told."""
    page = opened(preset("expression"))
    page.click("text=pin")
    page.check("input[type=checkbox]")
    grads = {"d": -2.0, "f": 4.0, "e": -2.0, "c": -2.0, "a": 6.0, "b": -4.0}
    for known, (name, grad) in enumerate(grads.items()):
        page.click("h1")
        page.keyboard.press("End")
        assert f"grad({name})?" in page.inner_text(".stop")
        seen = {label for label, (_, text) in cards(page).items() if "?" not in text}
        assert seen == {"L", *list(grads)[:known]}
        page.select_option(NODE, label=name)
        assert not re.search(r"numeric|path|grad, pinned", page.inner_text("dl"))
        page.keyboard.press("Home")
        page.fill(".ask input", str(grad))
        page.click("text=check")
        assert f"{abs(grad):.4f}" in cards(page)[name][1]
        assert f"grad({name}) +=" in line(page)
    said = page.inner_text("section:nth-of-type(3)")
    assert "6 right in 6 tries." in said
    page.click("h1")
    page.keyboard.press("End")
    assert line(page) == "All gradients are complete."


def test_what_was_told_is_no_try(opened):
    page = opened(preset("expression"), link="#quiz", at="0")
    for _ in range(6):
        page.click("text=tell me")
    said = page.inner_text("section:has(.ask)")
    assert "grad(b) is -4.0. That was the last one." in said and "tries" not in said


def test_playing_stops_at_the_question_and_an_answer_stops_playing(opened):
    page = opened(preset("expression"), link="#quiz", at="0")
    page.select_option(".bar select", "60")
    page.click(".begin")
    page.wait_for_selector(".counter:text-is('4 / 11')")
    page.wait_for_selector("[aria-label=play]:text-is('▶')")
    page.click("text=tell me")
    assert page.inner_text(".counter") == "5 / 11"


@pytest.mark.parametrize("width", [390, 1100])
def test_the_quiz_is_answered_within_a_frame(opened, width):
    """A notebook's frame has a sandbox, which lets no form be submitted."""
    picture = preset("expression")
    html = open_quiz(picture._repr_mimebundle_()["text/html"])
    page = opened(Framed(html), viewport={"width": width, "height": 900})
    frame = page.frames[-1]
    frame.fill(".ask input", "2")
    frame.press(".ask input", "Enter")
    assert "sign" in frame.inner_text("section:has(.ask)")
    assert frame.evaluate(SEEN, "[data-key=n4]")  # d, which is asked for
    frame.fill(".ask input", "-2")
    frame.press(".ask input", "Enter")
    frame.fill(".ask input", "4")
    frame.click("text=check")
    assert frame.inner_text(".left") == "4 to go"
    assert frame.evaluate("""() => {
        const { bottom } = document.querySelector("section:has(.ask)").getBoundingClientRect();
        return bottom <= innerHeight && scrollY === 0;
    }""")


def test_nothing_to_ask(opened):
    page = opened(draw(Value(2.0, label="x")))
    page.click("input[type=checkbox]")
    assert "There is nothing to ask." in page.inner_text("section:nth-of-type(3)")
    assert not page.is_checked("input[type=checkbox]")


def test_a_grad_that_becomes_nan_is_not_asked(opened):
    x, y = Value(2.0, label="x"), Value(3.0, label="y")
    root = x.log() * y
    root.backward()
    page = opened(draw(root))
    page.check("input[type=checkbox]")
    assert page.inner_text(".left") == "3 to go"
    page.select_option(NODE, label="x")
    page.fill("input[type=number]", "0")
    assert page.inner_text(".left") == "1 to go"


# --------------------------------------------------------------------------------- for everybody

PLACES = {
    "wide": {"viewport": {"width": 1280, "height": 900}},
    "narrow": {"viewport": {"width": 320, "height": 640}},
    "dark": {"color_scheme": "dark"},
    "zoomed to 200 %": {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2},
    "less motion": {"reduced_motion": "reduce"},
}


def problems(page):
    from axe_core_python.sync_playwright import Axe

    return [(found["id"], found["nodes"][0]["html"]) for found in Axe().run(page)["violations"]]


@pytest.mark.parametrize("how", PLACES.values(), ids=PLACES)
def test_axe_finds_nothing_and_nothing_sticks_out(opened, how):
    page = opened(preset("neuron"), **how)
    page.select_option(ALGORITHM, "wrong_sign")
    page.click("text=As a table")
    assert problems(page) == []
    page.select_option(ALGORITHM, "right")
    page.check("input[type=checkbox]")
    assert problems(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_labels_of_any_kind_are_only_text(opened):
    root = PRESETS["used_twice"]()
    root.inputs[0].label = "</script><script>alert(1)</script>"
    root.backward()
    page = opened(draw(root))
    assert list(cards(page)) == ["</script><script>alert(1)</script>", "b"]


MODEL = """
async ([text, traits]) => {
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const { default: widget } = await import(url);
  const model = {
    saved: [], listener: null,
    get: (name) => traits[name],
    set: (name, value) => { traits[name] = value; },
    save_changes() { this.saved.push(traits.leaves); },
    on(what, f) { this.listener = f; },
    off() { this.listener = null; },
  };
  const el = document.createElement("main");
  document.body.append(el);
  window.model = model;
  window.leave = widget.render({ model, el });
}
"""


BACKGROUND = "(x) => getComputedStyle(document.querySelector(x)).getPropertyValue('fill')"
COLOURS = {"true": "rgb(255, 255, 255)", "false": "rgb(22, 24, 28)"}


@pytest.mark.parametrize("system", ["light", "dark"])
@pytest.mark.parametrize("what", ["a graph", "a network", "a folded graph"])
def test_a_notebook_output_follows_the_theme_of_jupyterlab(browser, system, what):
    """As it is shown there: in a frame, or as it is; and when the theme changes."""
    chain = sum((Value(0.1).tanh() for _ in range(700)), Value(1.0, label="x")) * 2.0
    shown = {
        "a graph": preset("expression"),
        "a network": draw(MLP(2, [1])),
        "a folded graph": None,
    }
    picture = shown[what] or draw(chain)
    page = browser.new_page(color_scheme=system)
    page.set_content("<body data-jp-theme-light=true></body>")
    output = picture._repr_mimebundle_()["text/html"]
    page.evaluate("(html) => document.body.insertAdjacentHTML('beforeend', html)", output)
    for light in ("true", "false", "true"):
        page.evaluate("(light) => document.body.dataset.jpThemeLight = light", light)
        frame = page.frames[-1]
        for _ in range(100):  # up to ten seconds, as the frame may not have been told yet
            if frame.evaluate(BACKGROUND, ".paper") != COLOURS[light]:
                page.wait_for_timeout(100)
        assert frame.evaluate(BACKGROUND, ".paper") == COLOURS[light]
        if len(page.frames) > 1:
            script = "getComputedStyle(document.body).backgroundColor"
            assert frame.evaluate(script) == COLOURS[light]
    page.close()


@pytest.mark.parametrize("system", ["light", "dark"])
def test_elsewhere_a_picture_follows_the_system(opened, system):
    page = opened(preset("expression"), color_scheme=system)
    expected = COLOURS["true" if system == "light" else "false"]
    assert page.evaluate(BACKGROUND, ".paper") == expected
    page.evaluate("postMessage({ jpThemeLight: 'blue' }, '*')")
    assert page.evaluate(BACKGROUND, ".paper") == expected


@pytest.mark.parametrize("light", COLOURS)
def test_the_widget_follows_the_theme_of_jupyterlab(browser, light):
    pytest.importorskip("anywidget")
    widget = preset("expression").widget()
    traits = {"drawing": widget.drawing, "page": widget.page, "leaves": widget.leaves}
    page = browser.new_page(color_scheme="dark" if light == "true" else "light")
    page.evaluate("(light) => document.body.dataset.jpThemeLight = light", light)
    page.evaluate(MODEL, [widget._esm, traits])
    page.add_style_tag(content=widget._css)
    assert page.evaluate(BACKGROUND, ".paper") == COLOURS[light]
    script = "getComputedStyle(document.querySelector('.player')).backgroundColor"
    assert page.evaluate(script) == COLOURS[light]
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "normal"
    page.close()


def test_the_widget_tells_python_and_follows_it(browser):
    """With a model of ours in anywidget's place."""
    pytest.importorskip("anywidget")
    widget = preset("expression").widget()
    traits = {"drawing": widget.drawing, "page": widget.page, "leaves": widget.leaves}
    page = browser.new_page()
    page.evaluate(MODEL, [widget._esm, traits])
    page.add_style_tag(content=widget._css)
    page.select_option(NODE, label="a")
    page.fill("input[type=number]", "4")
    (numbers,) = page.evaluate("model.saved")
    widget.leaves = numbers
    assert widget.root.data == 4.0
    widget.order[0].data = 1.0
    widget.refresh()
    page.evaluate("(leaves) => { model.set('leaves', leaves); model.listener(); }", widget.leaves)
    assert cards(page)["a"][0] == "data 1.0000"
    assert page.evaluate("model.saved.length") == 1  # what Python said is not said back
    assert page.evaluate("leave() || model.listener") is None
    page.close()


# --------------------------------------------------------------------------- a learner's own grads


class GraphPage:
    """The page of a graph on which a learner's code fails, which is saved as a picture is."""

    def __init__(self, graph, grads, calls, sentence="In d, c is called too late."):
        self.html = render_graph(Run(graph, grads, calls, 1.0), sentence)

    def save(self, path):
        path.write_text(self.html, encoding="utf-8")
        return path


LATE = Graph((2.0,), (("*", 0, 0), ("*", 1, 1), ("+", 1, 2)))  # d = b + b * b with b = a * a
EARLY = GraphPage(LATE, [4.0, 9.0, 1.0, 1.0], [3, 1, 2])  # b passes on before c
UNKNOWN = GraphPage(LATE, [math.nan, -math.inf, 0.5, 1.0], [])


def test_the_learners_grads_stand_beside_the_right_ones(opened):
    page = opened(EARLY, at="0")
    assert page.inner_text("h1") == "d = b + (b * b) with b = a * a, a = 2"
    assert cards(page)["a"] == ["data 2.0000", "▲ 4.0 36.0"]
    assert cards(page)["b"] == ["data 4.0000", "▲ grad 9.0000"]
    assert page.locator(".struck").all_text_contents() == ["4.0"]
    assert page.locator(".wrong .label").all_text_contents() == ["a"]
    assert page.input_value(NODE) == "0" and page.input_value(ALGORITHM) == "given"
    assert (fact(page, "grad"), fact(page, "grad, done right")) == ("4.0", "36.0")
    said = page.inner_text("section:nth-of-type(2)")
    assert "In d, c is called too late. In d = b + (b * b) with b = a * a, a = 2, a.grad is" in said
    assert "The steps are in the order of your calls." in said
    assert problems(page) == []
    page.click("text=As a table")
    assert page.locator("tbody tr").first.inner_text().split() == ["a", "2.0", "4.0", "36.0"]


def test_the_learners_calls_are_played_in_their_order(opened):
    page = opened(EARLY, at="Home")
    lines = []
    for _ in range(10):
        page.keyboard.press("ArrowRight")
        lines.append(line(page).split()[0])
    steps = ["grad(b)", "grad(c)", "grad(a)", "grad(a)", "grad(b)", "grad(b)"]
    assert lines[3:] == ["grad(d)", *steps]
    page.select_option(NODE, label="a")
    page.fill("input[type=number]", "1")
    assert cards(page)["a"] == ["data 1.0000", "▲ 2.0 6.0"]  # the same calls with other numbers


def test_grads_whose_steps_are_unknown_appear_at_the_end(opened):
    page = opened(UNKNOWN, at="0")
    assert line(page).startswith("The grads of the code: a wrong one is struck")
    assert cards(page)["a"][1] == "nan 36.0" and cards(page)["b"][1] == "▼ -inf 9.0"
    assert cards(page)["c"][1] == "▲ 0.5 1.0" and cards(page)["d"][1] == "▲ grad 1.0000"
    page.click("h1")
    page.keyboard.press("ArrowLeft")
    assert cards(page)["a"][1] == "▲ grad 36.0000" and not page.locator(".struck").count()
    page.keyboard.press("End")
    assert page.locator(".struck").count() == 3
    page.fill("input[type=number]", "1")
    assert "known for the first numbers alone" in page.inner_text("section:nth-of-type(2)")
    assert not page.locator(".struck").count()
    page.click("text=reset")
    assert page.locator(".struck").count() == 3
    page.select_option(ALGORITHM, "right")
    assert not page.locator(".struck").count()


def test_no_sentence_of_a_learner_runs(opened):
    hostile = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
    page = opened(GraphPage(LATE, [4.0, 9.0, 1.0, 1.0], [3, 1, 2], hostile), at="0")
    assert hostile in page.inner_text("section:nth-of-type(2)")
    assert not page.locator("img").count()


@contextmanager
def frames_counted(page):
    """Counts animation frames; `found` gets how many there were a second."""
    page.evaluate("""() => {
        window.count = 0; window.began = performance.now();
        const turn = () => { window.count += 1; requestAnimationFrame(turn); };
        requestAnimationFrame(turn);
    }""")
    found = []
    yield found
    found.append(page.evaluate("1000 * window.count / (performance.now() - window.began)"))


def test_a_thousand_nodes_play(opened):
    """It gets to the end; how many frames a second there are is printed, not asserted."""
    xs = [Value(0.005 * i, label=f"x{i}") for i in range(200)]
    root = sum((x * x).tanh() * x for x in xs)
    root.backward()
    picture = draw(root)
    assert len(picture.nodes) == 1001
    assert len(picture.html) < 500_000
    page = opened(picture)
    page.wait_for_selector(".bar")
    page.select_option(".bar select", "60")
    page.click("h1")
    page.keyboard.press("Home")
    with frames_counted(page) as found:
        page.keyboard.press("Space")
        page.wait_for_timeout(2000)
    at, _, total = page.inner_text(".counter").partition(" / ")
    print(f"{found[0]:.0f} frames a second, {at} of {total}")
    assert 0 < int(at) <= int(total)
