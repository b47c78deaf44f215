"""The lab in a real browser: every tab, the timeline, files, mistakes, keys, and what axe says.

Rule: a page talks to a real server, and to nothing else; nothing may go wrong in its console. Needs
Chromium and Playwright, and is skipped without: `pip install -e '.[browser,lab]'` and, on Debian,
`apt install chromium`.
"""

import importlib.util
import json
import re
import socketserver
import threading
import time

import pytest

from micrograd.course import progress, tasks
from micrograd.lab import preparing
from micrograd.lab.datasets import make_points
from micrograd.lab.run_actions import settings_of
from tests.support.lab_server import wait_until
from tests.support.site import CHROMIUM
from tests.test_browser import problems

NEEDED = ("playwright", "axe_core_python", "starlette", "uvicorn", "websockets")
INSTALLED = all(map(importlib.util.find_spec, NEEDED))
HOW = "needs a browser: pip install -e '.[browser,lab]' and, on Debian, apt install chromium"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (CHROMIUM and INSTALLED), reason=HOW),
]

TABS = ("network", "graph", "gpt", "compare", "learn")
WAIT = 60_000  # milliseconds: a page opens in 2 s, unless other tests keep the processors busy
QUIET = {"reduced_motion": "reduce"}  # the lab does not play by itself
PLACES = {
    "wide": {"viewport": {"width": 1280, "height": 900}},
    "tablet": {"viewport": {"width": 800, "height": 900}},
    "telephone": {"viewport": {"width": 390, "height": 844}},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
}


@pytest.fixture
def lab():
    from micrograd.lab import Session
    from tests.support.lab_server import RunningLab

    running = RunningLab(Session())
    yield running
    running.stop()


@pytest.fixture
def opened(browser, lab):
    """opened(...) is a page of the lab; at the end nothing else was asked of, and all was quiet."""
    asked, said, contexts = [], [], []

    def open_it(link="", **how):
        contexts.append(browser.new_context(**how))
        page = contexts[-1].new_page()
        page.set_default_timeout(WAIT)
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(lab.lab.guard.address + link)
        page.wait_for_selector(".timeline, .page-of-graph, .gpt, .compare, .learn")
        query = "&".join(part for part in link[1:].split("&") if "tab=" not in part)
        if query:  # the run that it describes is prepared first
            wait_until(lambda: lab.session.run.experiment.to_json() == settings_of(query))
        return page

    yield open_it
    for context in contexts:
        context.close()
    foreign = [url for url in asked if not url.startswith((lab.origin, "blob:", "data:"))]
    expected = [
        text
        for text in said
        if "ERR_CONNECTION_RE" not in text  # refused or reset
    ]  # a server that ended
    assert (foreign, expected) == ([], [])


def until(page, script, argument=None):
    """Wait until the script is true; the page's policy lets Playwright's own waiting not run."""
    for _ in range(WAIT // 50):
        if page.evaluate(script, argument):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never true: {script}")


def wait_until_still(page, selector):
    """Wait until a part of the page stands where it stood: what arrives above moves it."""
    box, before = page.locator(selector).bounding_box, None
    while box() != before:
        before = box()
        page.wait_for_timeout(250)


def step(page):
    """The step that the page shows."""
    return int(re.sub(r"\D", "", page.inner_text(".timeline .numbers b >> nth=0")))


def wait_for_step(page, wanted):
    shown = "(wanted) => document.querySelector('.numbers b')?.textContent === wanted"
    until(page, shown, f"step {wanted:,}")


def take_steps(page, lab, count):
    """Take steps, as a page does, and wait until this page shows them."""
    with lab.page() as other:
        assert "reply" in other.ask("step", count=count)
    wait_for_step(page, lab.session.run.step)


def wait_for_run(lab):
    """Wait until the run that was chosen is shown."""
    wait_until(lambda: lab.session.beginning is None)


def loss(page):
    return page.inner_text(".legend .train b >> nth=0")


# ----------------------------------------------------------------------------------- the beginning


def test_it_opens_and_learns_already(opened):
    page = opened()
    until(page, "parseInt(document.querySelector('.numbers b').textContent.slice(5)) > 5")
    assert page.inner_text("h1") == "micrograd lab"
    assert page.locator(".try").count() == 3
    assert page.inner_text(".play") == "Pause"


def test_with_reduced_motion_it_waits(opened):
    page = opened(**QUIET)
    page.wait_for_timeout(300)
    assert (step(page), page.inner_text(".play")) == (0, "Play")


def test_the_address_holds_the_experiment_and_not_the_token(opened, lab):
    page = opened("#data=circles&hidden=4&rate=0.1", **QUIET)
    until(page, "document.querySelector('.settings select').value === 'circles'")
    assert lab.session.run.experiment.hidden == (4,)
    page.select_option(".settings select >> nth=1", "tanh")
    until(page, "location.hash.includes('activation=tanh')")
    assert "token" not in page.url
    page.reload()
    page.wait_for_selector(".timeline")
    assert page.input_value(".settings select >> nth=1") == "tanh"


LATE_EFFECTS = """() => {
  const [soon, frame] = [setTimeout, requestAnimationFrame];
  window.setTimeout = (f, pause, ...rest) => soon(f, Math.max(pause ?? 0, 1000), ...rest);
  window.requestAnimationFrame = (f) => soon(() => frame(f), 1000);
}"""


def test_an_answer_that_comes_before_the_page_is_ready_is_shown(opened):
    """As on a machine that is busy: effects of the page run a second after it was rendered."""
    page = opened(**QUIET)
    page.add_init_script(f"({LATE_EFFECTS})()")
    page.reload()
    page.wait_for_selector(".timeline")


def test_a_link_to_a_lab_that_runs_starts_nothing_unasked(opened, lab):
    """Another server of this machine may link here, and browsers send it our cookie."""
    page = opened(**QUIET)
    take_steps(page, lab, 9)
    before = lab.session.state()
    page.goto("about:blank")
    page.goto(f"{lab.origin}/#data=xor&hidden=3")
    page.wait_for_selector(".message.offered")
    assert problems(page) == []
    assert lab.session.state() == before
    until(page, "location.hash === ''")
    page.click("text=Start the other one")
    wait_for_step(page, 0)
    assert (lab.session.run.experiment.data, lab.session.run.experiment.hidden) == ("xor", (3,))
    page.wait_for_selector(".message.offered", state="detached")


# ------------------------------------------------------------------------------------ the settings


def test_back_leads_to_the_tab_before_and_keeps_the_run(opened, lab):
    page = opened(**QUIET)
    page.click("#tab-compare")
    page.wait_for_selector(".compare")
    page.click("#tab-learn")
    lab.session.do({"do": "setup", "changes": {"seed": 7}}).result(WAIT)
    page.go_back()
    page.wait_for_selector(".compare")
    page.go_back()
    page.wait_for_selector(".page-of-network")
    assert lab.session.run.experiment.seed == 7
    page.evaluate("location.hash = 'data=xor&tab=graph'")  # a link that is pasted over the address
    page.wait_for_selector(".page-of-graph")
    for _ in range(500):  # the link is followed after the tab is there
        if lab.session.run.experiment.data != "moons":
            break
        page.wait_for_timeout(20)
    assert lab.session.run.experiment.data == "xor"


def test_a_fork_begins_at_the_step_that_was_seen(opened, lab):
    page = opened()
    page.wait_for_selector(".play:has-text('Pause')")
    page.click("text=Fork here")
    page.wait_for_selector(".play:has-text('Play')")
    assert not lab.session.playing


def test_layers_are_chips(opened, lab):
    page = opened(**QUIET)
    page.click("[aria-label='One neuron more in hidden layer 1']")
    page.wait_for_selector("output:text-is('9')")
    page.click("[aria-label='Add a hidden layer']")
    until(page, "document.querySelectorAll('.chip').length === 3")
    until(page, "document.querySelectorAll('.neuron').length === 9 + 8 + 8 + 1")
    assert lab.session.run.experiment.hidden == (9, 8, 8)


@pytest.fixture
def held_data(monkeypatch):
    """An event without which no data set is read."""
    event = threading.Event()

    def wait_and_make(experiment):
        assert event.wait(WAIT)
        return make_points(experiment)

    monkeypatch.setattr(preparing, "make_points", wait_and_make)
    yield event
    event.set()


def test_while_a_run_is_prepared_the_page_says_so_and_goes_on(opened, lab, held_data):
    page = opened(**QUIET)
    choose_data = ".settings select >> nth=0"
    page.select_option(choose_data, "circles")
    page.wait_for_selector(".message.preparing")
    assert page.input_value(choose_data) == "circles" and problems(page) == []
    take_steps(page, lab, 5)  # the previous run goes on
    page.click("text=Keep the previous run")
    page.wait_for_selector(".message.preparing", state="detached")
    assert page.input_value(choose_data) == "moons" and lab.session.run.step == 5
    page.select_option(choose_data, "xor")
    page.wait_for_selector(".message.preparing")
    held_data.set()
    page.wait_for_selector(".message.preparing", state="detached")
    wait_for_step(page, 0)
    assert lab.session.run.experiment.data == page.input_value(choose_data) == "xor"


@pytest.mark.parametrize(
    ("start", "give_up", "there"),
    [
        (["text=Fork here", ".fork-panel .primary"], "Give up the fork", ".run.current >> text=B"),
        (["text=Forget zero_grad"], "Do without it", ".boundaries.two"),
    ],
)
def test_a_fork_and_a_mistake_are_prepared_while_the_run_goes_on(
    start, give_up, there, opened, lab, monkeypatch
):
    gate, warm = threading.Event(), preparing.warm
    monkeypatch.setattr(
        "micrograd.lab.arrivals.warm", lambda *runs: gate.wait(WAIT) and warm(*runs)
    )
    page = opened(**QUIET)
    for part in start:
        page.click(part)
    page.wait_for_selector(".message.preparing")
    assert problems(page) == []
    take_steps(page, lab, 5)
    page.click(f"text={give_up}")
    page.wait_for_selector(".message.preparing", state="detached")
    for part in start:
        page.click(part)
    page.wait_for_selector(".message.preparing")
    assert page.locator(there).count() == 0
    gate.set()
    page.wait_for_selector(there)
    page.wait_for_selector(".message.preparing", state="detached")
    assert len(lab.session.runs) == 2


def test_a_setting_out_of_range_is_a_sentence(opened):
    page = opened(**QUIET)
    field = page.get_by_label("Noise", exact=True)
    field.fill("7")
    field.press("Enter")
    assert "noise" in page.inner_text(".message.error").lower()


# -------------------------------------------------------------------------------------- the points


def test_points_are_added_moved_and_removed(opened, lab):
    page = opened(**QUIET)
    canvas = page.locator(".editor canvas")
    box = canvas.bounding_box()
    before = len(lab.session.run.points.X)
    canvas.click(position={"x": 8, "y": 8})  # a corner without points
    until(page, f"document.querySelector('canvas').ariaLabel.startsWith('{before + 1} ')")
    x0, _, _, y1 = lab.session.run.points.bounds
    added = lab.session.run.points.X[-1]
    assert abs(added[0] - x0) < 0.2 and abs(added[1] - y1) < 0.2
    page.mouse.move(box["x"] + 8, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 30, steps=4)
    page.mouse.up()
    page.wait_for_timeout(300)
    assert lab.session.run.points.X[-1][0] > added[0]
    assert lab.session.held == before
    canvas.focus()
    page.keyboard.press("Delete")
    until(page, f"document.querySelector('canvas').ariaLabel.startsWith('{before} ')")


CSV = "width,height,<img src=x onerror=alert(1)>,kind\n" + "".join(
    f"{i / 10},{i % 7},{i % 3},{'cat' if i % 2 else 'dog'}\n" for i in range(40)
)


def drop(page, name, text):
    page.evaluate(
        """([name, text]) => {
            const files = new DataTransfer();
            files.items.add(new File([text], name));
            const more = { dataTransfer: files, bubbles: true, cancelable: true };
            document.body.dispatchEvent(new DragEvent("dragover", more));
            document.body.dispatchEvent(new DragEvent("drop", more));
        }""",
        [name, text],
    )


def test_a_csv_that_is_dropped_becomes_the_points(opened, lab):
    page = opened(**QUIET)
    drop(page, "pets.csv", CSV)
    page.wait_for_selector("dialog")
    assert problems(page) == []
    page.uncheck("dialog .check >> nth=2")  # the column whose name is a tag
    page.click("dialog .primary")
    page.wait_for_selector(".points .choice >> text=cat")
    points = lab.session.run.points
    assert (points.columns, points.classes) == (("width", "height"), ("cat", "dog"))
    assert page.locator(".points canvas").count() == 1


def test_names_of_columns_are_only_text(opened, lab):
    page = opened(**QUIET)
    drop(page, "<b>pets</b>.csv", CSV)
    page.click("dialog .primary")
    page.wait_for_selector("text=Each point has 3 numbers")
    page.click(".points summary")
    page.wait_for_selector("th:text-is('<img src=x onerror=alert(1)>')")
    assert page.locator("main img").count() == 0


@pytest.mark.parametrize("text", ["", "a,b", "a,b\n1,2\n", "\0\1", "a,a\n1,2\n3,4\n"])
def test_a_file_that_is_no_table_is_a_sentence(opened, text):
    page = opened(**QUIET)
    drop(page, "broken.csv", text)
    page.wait_for_timeout(500)
    if page.is_visible("dialog"):
        page.click("dialog .primary")
    page.wait_for_selector(".message.error")


def test_a_file_that_is_too_large_is_a_sentence(opened, lab, monkeypatch):
    """The server would close the connection; the page knows how much it takes."""
    monkeypatch.setattr("micrograd.lab.server.MESSAGE_LIMIT", 2**20)
    page = opened(**QUIET)
    drop(page, "large.csv", "a,b\n" + "1,2\n" * 2**18)
    page.wait_for_selector(".message.error")
    assert "The file has 2 MB, and the lab takes at most 1 MB." in page.inner_text(".message.error")


def test_a_lab_is_saved_and_comes_back(opened, lab):
    page = opened("#data=circles&hidden=3", **QUIET)
    page.click("#drawer-save")
    with page.expect_download() as saved:
        page.click("text=The lab (lab.json)")
    text = saved.value.path().read_text()
    page.select_option(".settings select >> nth=0", "moons")
    until(page, "location.hash === '#hidden=3'")
    drop(page, "lab.json", text)
    until(page, "location.hash.includes('data=circles')")
    wait_for_run(lab)
    assert lab.session.run.experiment.hidden == (3,)


def test_the_same_run_as_a_program(opened, lab):
    page = opened("#hidden=3", **QUIET)
    page.click("#drawer-python")
    page.wait_for_selector(".program:has-text('MLP')")
    with page.expect_download() as saved:
        page.click("text=Download it")
    assert saved.value.path().read_text() == page.locator(".program").text_content()


def test_a_question_is_asked_and_judged(opened, lab):
    page = opened(**QUIET)
    take_steps(page, lab, 10)
    page.click("#drawer-question")
    page.click("text=Ask me something")
    seen = set()
    for _ in range(4):
        page.wait_for_selector(".question")
        seen.add(page.inner_text(".question"))
        if page.is_visible(".answer"):
            page.fill(".answer input", "1,5")
            page.keyboard.press("Enter")
        else:
            page.click(".drawer .body .buttons button >> nth=0")
        page.wait_for_selector(".verdict b")
        assert problems(page) == []
        page.click("text=Another question")
        page.wait_for_selector(".verdict b", state="detached")
    assert len(seen) == 4


# ------------------------------------------------------------------------------------- the network


def test_a_neuron_and_a_weight_open_by_mouse_and_by_keys(opened, lab):
    page = opened(**QUIET)
    take_steps(page, lab, 5)
    page.click("[data-at='1.3']")
    page.wait_for_selector(".details .formula")
    assert "w[0][3][0] * x1" in page.inner_text(".details")
    page.focus("[data-at='1.3']")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_selector("h2:text-is('hidden layer 2, neuron 4')")
    page.click(".details .link >> nth=0")
    page.wait_for_selector(".details input[type=range]")
    before = lab.session.run.model.layers[1].neurons[4].w[0].data
    page.focus(".details input[type=range]")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(500)
    assert lab.session.run.model.layers[1].neurons[4].w[0].data > before


def test_the_edges_show_weights_grads_or_updates(opened, lab):
    page = opened(**QUIET)
    take_steps(page, lab, 5)
    seen = set()
    for name in ("weight", "grad", "update"):
        page.click(f".choice label:text-is('{name}')")
        page.wait_for_timeout(400)
        seen.add(page.inner_text(".network .key"))
    assert len(seen) == 3


# ------------------------------------------------------------------------------------ the timeline


def test_play_step_rewind_and_fork(opened, lab):
    page = opened(**QUIET)
    take_steps(page, lab, 30)
    page.wait_for_timeout(500)  # the text of the loss comes a little later
    last = loss(page)
    page.click("[aria-label='One step']")
    wait_for_step(page, 31)
    page.locator(".position").fill("10")
    wait_for_step(page, 10)
    page.wait_for_timeout(500)
    assert loss(page) != last
    page.locator(".position").fill("30")
    wait_for_step(page, 30)
    until(page, "(text) => document.querySelector('.legend b').textContent === text", last)
    page.click("text=Fork here")
    page.get_by_label("Learning rate").last.fill("0.01")
    page.click(".fork-panel .primary")
    page.wait_for_selector(".run.current >> text=from A at 30")
    assert lab.session.run.experiment.rate == 0.01
    page.click("[aria-label='Show run A beside this one']")
    page.wait_for_selector(".boundaries.two")
    assert page.locator(".which").all_text_contents() == ["B", "A"]
    page.click(".play")
    page.wait_for_selector(".play:has-text('Pause')")
    page.click(".play")
    page.wait_for_selector(".play:has-text('Play')")
    assert lab.session.run.step >= 30
    page.click("[aria-label='Forget run A']")
    page.wait_for_selector(".boundaries.two", state="detached")


def test_a_mistake_runs_beside_the_right_run(opened, lab):
    page = opened(**QUIET)
    page.click("text=Forget zero_grad")
    page.wait_for_selector(".boundaries.two")
    page.wait_for_selector(".play:has-text('Pause')")
    page.wait_for_selector(".legend .other")
    page.click("#drawer-mistakes")
    page.wait_for_selector("tr:last-child th:text-is('B: broken')")
    assert lab.session.run_beside.experiment.mistake == "no_zero_grad"
    page.click(".tries >> text=See where it goes wrong")
    page.wait_for_selector(".stages [aria-current]:has-text('zero_grad')")
    page.wait_for_selector(".stage-sentence:has-text('This run forgets zero_grad()')")
    assert lab.session.current == "B"
    page.click("#drawer-mistakes")  # the rows keep their names while the broken run is shown
    page.wait_for_selector("tr:first-child th:text-is('A: right')")
    page.wait_for_selector("tr:last-child th:text-is('B: broken')")
    page.click("text=Forget zero_grad")
    page.wait_for_selector(".boundaries.two", state="detached")
    assert lab.session.run_beside is None


@pytest.mark.parametrize("fast", ["optimizer=adam&rate=0.3", "data=sine&optimizer=sgd&rate=0.5"])
def test_a_try_takes_settings_that_show_it(fast, opened, lab):
    page = opened(f"#{fast}", **QUIET)
    page.click("text=Take the activations out")
    page.wait_for_selector(".boundaries.two")
    assert lab.session.run.experiment.to_json() == settings_of(fast)
    page.click("text=Start all weights equal")
    page.wait_for_selector(".message.note:has-text('SGD and a rate of 0.1')")
    wait_until(lambda: lab.session.run_beside.experiment.mistake == "equal_weights")
    for run in (lab.session.run, lab.session.run_beside):
        assert (run.experiment.optimizer, run.experiment.rate) == ("sgd", 0.1)


NOTE_SCROLLS = """() => {
  window.scrolls = [];
  Element.prototype.scrollIntoView = ({ behavior }) => behavior && scrolls.push(behavior);
}"""


@pytest.mark.parametrize(
    ("motion", "expected"), [("reduce", "instant"), ("no-preference", "smooth")]
)
def test_panels_scroll_as_the_reader_wants(motion, expected, opened):
    page = opened(reduced_motion=motion)
    page.evaluate(NOTE_SCROLLS)
    page.click("text=Forget zero_grad")
    page.click("text=See where it goes wrong")
    page.wait_for_selector(".stages")
    page.click("[data-at='1.3']")
    page.wait_for_selector(".details .formula")
    until(page, "scrolls.length >= 3")  # the step, and the panel with and without its numbers
    assert set(page.evaluate("scrolls")) == {expected}


def test_a_grad_that_is_wrong_is_called_wrong(opened, lab):
    page = opened(**QUIET)
    lab.session.do({"do": "fork", "changes": {"mistake": "assign"}}).result()
    take_steps(page, lab, 2)
    page.click("text=Hardest")
    page.click("text=Open the next step")
    page.click(".stages button >> nth=3")
    page.wait_for_selector(".why >> text=Checked over all paths")
    seen = set()
    for link in page.locator(".body .link").all():
        link.click()
        page.wait_for_selector(f".why .formula:has-text('({link.inner_text()} + h)')")
        seen |= {"this grad is wrong" in page.inner_text(".why")}
    assert seen == {True, False}


def test_a_step_opens_in_five_stages(opened, lab):
    page = opened(**QUIET)
    take_steps(page, lab, 20)
    page.click("text=Open the next step")
    page.wait_for_selector(".stages")
    assert page.locator(".stages li").count() == 5
    page.click(".stages button >> nth=3")
    page.click(".body .link:text-is('w[0][0][0]')")
    assert "∂s[0][0]/∂w[0][0][0] = x1" in page.inner_text(".why")
    page.wait_for_selector(".why >> text=Checked over all paths")
    assert "The same as what backward() adds to its grad" in page.inner_text(".why")
    assert "sum of all paths = " in page.inner_text(".why") and problems(page) == []
    before = page.inner_text(".body tbody")
    page.keyboard.press("Escape")
    assert page.inner_text(".body tbody") == before
    assert step(page) == 20  # nothing has moved
    held = lab.session.held
    page.click("text=Hold the hardest point")  # the stage stays, and the numbers are that point's
    changed = "before => (document.querySelector('.body tbody')?.innerText ?? before) !== before"
    page.wait_for_function(changed, arg=before)
    assert lab.session.held != held
    assert page.inner_text(".stages [aria-current]").endswith("backward()")


@pytest.mark.parametrize("data", ["moons", "yinyang", "sine"])
def test_a_table_is_beside_each_picture(opened, lab, data):
    page = opened(f"#data={data}&hidden=4", **QUIET)
    until(page, f"location.hash.includes('data={data}') || {str(data == 'moons').lower()}")
    take_steps(page, lab, 3)
    page.wait_for_timeout(1200)
    page.click("[data-at='1.1']")
    page.wait_for_selector(".details canvas")
    for panel in (".points", ".network", ".details", ".results"):
        summaries = page.locator(f"{panel} summary")
        assert summaries.count() >= 1, panel
        for i in range(summaries.count()):
            summaries.nth(i).click()
    page.wait_for_timeout(300)
    tables = page.locator("main table")
    assert all(len(tables.nth(i).inner_text().split()) >= 8 for i in range(tables.count()))
    assert "nan" not in page.inner_text(".results")
    assert problems(page) == []


def test_images_have_an_answer_in_place_of_a_boundary(opened, lab):
    page = opened("#data=digits&hidden=8&points=40", **QUIET)
    page.wait_for_selector("h2:text-is('The answer')")
    right = lab.session.run.points.y[0]
    assert page.inner_text(".results th:has(small)").startswith(f"{right:.0f} ")
    page.click("[aria-label='Hold the next point']")
    until(page, "document.querySelector('.held').textContent.includes('point 1')")
    assert lab.session.held == 1
    assert problems(page) == []


# ---------------------------------------------------------------------------------- the other tabs


def test_an_expression_is_drawn_and_played(opened):
    page = opened("#tab=graph", **QUIET)
    page.wait_for_selector(".player .line")
    page.get_by_label("Expression", exact=True).fill("tanh(w*x) + b")
    page.keyboard.press("Enter")
    page.wait_for_selector(".settings-row .field >> nth=2")
    page.get_by_label("x", exact=True).fill("-2")
    page.keyboard.press("Enter")
    page.wait_for_selector(".player text:has-text('data -2.0000')")
    page.click(".player .bar button[aria-label^='to the end']")
    assert page.inner_text(".player .line") == "All gradients are complete."
    assert problems(page) == []


@pytest.mark.parametrize("text", ["__import__('os')", "a +", "a.b", "x[0]"])
def test_an_expression_that_is_none_is_a_sentence(opened, text):
    page = opened("#tab=graph", **QUIET)
    page.wait_for_selector(".player .line")
    page.get_by_label("Expression", exact=True).fill(text)
    page.keyboard.press("Enter")
    page.wait_for_selector(".message.error")


def test_the_graph_of_a_neuron_opens_in_a_dialog(opened):
    page = opened(**QUIET)
    wait_until_still(page, "[data-at='1.2']")
    page.dblclick("[data-at='1.2']")
    page.wait_for_selector("dialog .player .line")
    assert "h[0][2]" in page.inner_text("dialog")
    assert problems(page) == []
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    assert page.is_visible(".details")


def test_three_ways_to_take_a_step_are_compared(opened):
    page = opened("#tab=compare", **QUIET)
    page.click("text=Compare them")
    page.wait_for_selector(".compare tbody tr >> nth=2", timeout=60_000)
    assert "compiled" in page.inner_text(".compare tbody")
    assert problems(page) == []


def test_the_learn_tab_says_where_to_go_on(opened, monkeypatch, tmp_path):
    monkeypatch.setattr(progress, "path", lambda: tmp_path / "learning.jsonl")
    page = opened("#tab=learn", **QUIET)
    page.click(".reading .cards button")
    page.wait_for_selector(".reading .program")
    page.wait_for_selector(".reading .cards li >> nth=1")
    assert problems(page) == []
    page.click(".reading .cards button >> nth=1")
    page.wait_for_selector("textarea")
    page.fill("textarea", tasks()[0].solution)
    page.click("text=Check my code")
    page.wait_for_selector("text=Solved.")
    page.wait_for_selector(".learn .list small:text-is('solved')")
    until(page, "!document.querySelector('.reading .cards').textContent.includes('Solve it')")


def test_a_lesson_is_read_and_an_exercise_is_checked(opened):
    page = opened("#tab=learn", **QUIET)
    page.click(".learn .list button >> nth=4")
    page.wait_for_selector(".reading .program")
    assert "its exercises, at the end, run here" in page.inner_text(".reading .key >> nth=0")
    assert problems(page) == []
    page.click(".own-exercises button >> nth=1")
    page.wait_for_selector("textarea")
    assert page.inner_text(".reading h2 >> nth=0").startswith("5.2 ")
    page.click("text=Read its lesson")
    page.wait_for_selector(".own-exercises")
    page.click(".learn .list >> nth=1 >> button >> nth=0")
    page.wait_for_selector("textarea")
    page.click("text=Check my code")
    page.wait_for_selector("text=Not yet.", timeout=60_000)
    page.click("text=Show a hint")
    assert page.locator(".hint").count() == 1
    assert problems(page) == []


def test_a_gpt_learns_and_is_looked_into(opened, lab):
    page = opened("#tab=gpt", **QUIET)
    until(page, "document.querySelector('textarea').value !== ''")  # the text that is offered
    page.get_by_label("Text to learn from").fill("anna\notto\nhannah\n")
    page.click("text=Learn from it")
    page.wait_for_selector(".letters", timeout=60_000)
    page.wait_for_selector(".gpt h3")  # the loss, which is known after the first step
    page.click("#tab-network")
    page.click("#tab-gpt")
    assert page.get_by_label("Text to learn from").input_value() == "anna\notto\nhannah\n"
    assert page.locator(".letters").count() == 1
    page.get_by_label("A beginning").fill("ann")
    until(page, "document.querySelector('.letters tbody').innerText.length > 5")
    page.click("text=head 2")
    assert problems(page) == []
    page.click("text=Pause")
    page.wait_for_selector("text=Go on")
    assert not lab.session.texts.playing


# ------------------------------------------------------------------------------- for everybody


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("how", PLACES.values(), ids=PLACES)
def test_axe_finds_nothing_and_nothing_sticks_out(opened, how, tab):
    page = opened(f"#tab={tab}", **QUIET, **how)
    page.wait_for_timeout(600)
    assert problems(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


IN_SIGHT = """() => {
    const end = document.querySelector('.timeline').getBoundingClientRect().top;
    const box = (element) => element.getBoundingClientRect();
    const boxes = (name) => [...document.querySelectorAll(name)].map(box);
    return ['.settings', '.tries', '.points canvas', '.stage-of-network',
        '.boundary canvas, .boundary table', '.curve canvas', '#drawer-step'].map((name) =>
        boxes(name).filter(({ top, bottom }) => top >= 0 && bottom <= end).length);
}"""
ALL_IN_SIGHT = {  # how many there are of each, for a data set, and for a mistake beside it
    ("moons", ""): [1, 1, 1, 1, 1, 2, 1],
    ("moons", "no_zero_grad"): [1, 1, 1, 1, 2, 2, 0],  # the list of runs covers the drawer
    ("sine", ""): [1, 1, 1, 1, 1, 1, 1],
    ("digits", ""): [1, 1, 1, 1, 1, 2, 1],
}


@pytest.mark.parametrize("data, mistake", ALL_IN_SIGHT)
def test_all_is_in_sight_at_once(opened, lab, data, mistake):
    link = "" if data == "moons" else f"#data={data}"  # the first run is of moons: no other comes
    page = opened(link, **PLACES["wide"], **QUIET)
    if mistake:
        lab.session.do({"do": "break", "mistake": mistake}).result()
    take_steps(page, lab, 3)
    page.wait_for_timeout(500)  # some texts come a little later
    assert page.evaluate(IN_SIGHT) == ALL_IN_SIGHT[data, mistake]


def test_on_a_telephone_the_timeline_leaves_the_page_its_place(opened, lab):
    page = opened(**PLACES["telephone"], **QUIET)
    lab.session.do({"do": "break", "mistake": "no_zero_grad"}).result()
    take_steps(page, lab, 3)
    page.wait_for_selector(".runs")
    share = "document.querySelector('.timeline').getBoundingClientRect().height / innerHeight"
    assert page.evaluate(share) < 0.18
    buttons = page.locator(".timeline :is(button, select)")
    assert buttons.count() == 11 and all(button.is_visible() for button in buttons.all())
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert problems(page) == []


@pytest.mark.parametrize("place", ["wide", "telephone"])
def test_what_is_chosen_comes_into_sight(opened, place):
    page = opened(**PLACES[place], **QUIET)
    page.click("[data-at='1.3']")
    page.wait_for_selector(".details .formula")
    ends = "[document.querySelector('.details'), document.querySelector('.timeline')]"
    tops = f"{ends}.map((x) => x.getBoundingClientRect().top)"
    until(page, f"(([details, end]) => details >= 0 && details < end - 100)({tops})")


@pytest.mark.parametrize("drawer", ["step", "findings", "mistakes", "question", "python", "save"])
def test_axe_finds_nothing_in_the_drawer(opened, lab, drawer):
    page = opened(**QUIET)
    take_steps(page, lab, 3)
    page.click("[data-at='2.1']")
    page.click("text=Forget zero_grad")
    page.click(f"#drawer-{drawer}")
    page.click(".network summary")
    page.wait_for_timeout(600)
    assert problems(page) == []


def test_everything_is_reached_with_the_tab_key(opened):
    page = opened(**QUIET)
    page.wait_for_timeout(300)
    wanted = page.evaluate("""
        () => [...document.querySelectorAll("button, select, input, summary, textarea, a, canvas")]
          .filter((x) => x.checkVisibility() && !x.disabled && x.tabIndex >= 0)
          .filter((x) => x.type !== "radio")
          .map((x) => (x.dataset.number = Math.random()))
    """)
    reached = set()
    for _ in range(len(wanted) + 30):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("Number(document.activeElement.dataset.number)"))
    assert set(wanted) <= reached


def test_the_page_does_not_jump(opened, lab):
    """Neither the timeline's focus nor a message nor a mistake moves what the reader looks at."""
    page = opened(**QUIET)
    top = "document.querySelector('.network').getBoundingClientRect().top"
    before = page.evaluate(top)
    page.focus(".play")
    page.keyboard.press("Tab")
    page.get_by_label("Seed", exact=True).fill("-1")
    page.keyboard.press("Enter")
    page.wait_for_selector(".message.error")
    page.click("text=Forget zero_grad")
    page.wait_for_selector(".boundaries.two")
    assert page.evaluate(top) == before


def test_the_tour_by_keyboard(opened, lab):
    """Tabs by arrows, play by space, one step by the arrow: no mouse is used."""
    page = opened(**QUIET)
    page.focus("#tab-network")
    for name in TABS[1:]:
        page.keyboard.press("ArrowRight")
        page.wait_for_selector(f".page-of-{name}")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(".page-of-network .timeline")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("ArrowRight")
    wait_for_step(page, 1)
    page.keyboard.press("Space")
    page.wait_for_selector(".play:has-text('Pause')")
    page.keyboard.press("Space")
    page.wait_for_selector(".play:has-text('Play')")
    page.keyboard.press("Home")
    wait_for_step(page, 0)


# ------------------------------------------------------------------------------------- the server


def test_the_page_says_that_the_server_is_gone_and_comes_back(opened, lab):
    from tests.support.lab_server import RunningLab

    page = opened(**QUIET)
    lab.stop()
    page.wait_for_selector(".message.gone")
    again = RunningLab(lab.session, lab.port, lab.secret)  # as secret_file.py keeps it
    try:
        page.wait_for_selector(".message.gone", state="detached")
        page.click("[aria-label='One step']")
        wait_for_step(page, again.session.run.step)
    finally:
        again.stop()


class Impostor(socketserver.ThreadingTCPServer):
    """Another program that takes the lab's port, answers like a lab, and notes all that it gets."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, port):
        self.heard = []
        super().__init__(("127.0.0.1", port), Answering)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def stop(self):
        self.shutdown()
        self.server_close()


class Answering(socketserver.StreamRequestHandler):
    def handle(self):
        head = b"".join(iter(self.rfile.readline, b"\r\n")).decode()
        self.server.heard.append(head)
        body = json.dumps({"number": "abc", "proof": "0" * 64, "returned": True})
        kind = "Content-Type: application/json\r\nConnection: close"
        answer = f"HTTP/1.1 200 OK\r\n{kind}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        self.wfile.write(answer.encode())


def test_a_page_tells_nothing_to_another_program_that_takes_the_port(opened, lab):
    """It takes the port of a lab that was killed, and gives it back: the page comes back then."""
    from tests.support.lab_server import RunningLab

    page = opened(**QUIET)
    secret, token = lab.secret, lab.lab.guard.token
    lab.stop()
    impostor = Impostor(lab.port)
    page.wait_for_selector(".message.gone:has-text('Another program')")
    assert problems(page) == []
    page.wait_for_timeout(2000)
    impostor.stop()
    assert len(impostor.heard) > 1
    told = "".join(impostor.heard)
    assert secret not in told and token not in told and "Cookie" not in told
    assert {head.split()[1].partition("=")[0] for head in impostor.heard} == {"/return?page"}
    again = RunningLab(lab.session, lab.port, secret)
    try:
        page.wait_for_selector(".message.gone", state="detached")
        page.click("[aria-label='One step']")
        wait_for_step(page, again.session.run.step)
        page.reload()
        page.wait_for_selector(".timeline")
        page.close()
    finally:
        again.stop()


def test_a_lab_that_is_new_gets_the_experiment_of_the_page(opened, lab):
    from micrograd.lab import Session
    from tests.support.lab_server import RunningLab

    page = opened("#data=xor&hidden=3", **QUIET)
    until(page, "location.hash === '#data=xor&hidden=3'")
    lab.stop()
    page.wait_for_selector(".message.gone")
    again = RunningLab(Session(), lab.port, lab.secret)
    try:
        page.wait_for_selector(".message.gone", state="detached")
        for _ in range(100):
            if again.session.run.experiment.data == "xor":
                break
            page.wait_for_timeout(50)
        assert again.session.run.experiment.hidden == (3,)
    finally:
        page.close()
        again.stop()


def test_twenty_tabs_see_the_same_run_and_leave_nothing_behind(opened, lab):
    pages = [opened(**QUIET) for _ in range(4)]
    take_steps(pages[0], lab, 7)
    for page in pages[1:]:
        wait_for_step(page, 7)
    for _ in range(20):
        other = pages[0].context.new_page()
        other.goto(lab.lab.guard.address)
        other.wait_for_selector(".timeline")
        other.close()
    for page in pages:
        page.close()
    for _ in range(100):
        if not lab.lab.mailboxes:
            break
        time.sleep(0.05)
    assert not lab.lab.mailboxes, "a page that was closed is still told of news"
