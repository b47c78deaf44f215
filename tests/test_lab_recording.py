"""A run as one page: what it holds, how large it is, and that it shows it without any request.

Rule: a snapshot has the numbers of the run at that step. A browser is used where one is installed.
"""

import json
import re

import pytest

from micrograd.lab import Experiment, Run, Session, recording
from tests.support.cases import cases
from tests.support.lab_runs import RUNS
from tests.support.site import needs_browser
from tests.test_browser import problems

DATA = re.compile(r'<script type="application/json" id="run">(.*?)</script>', re.DOTALL)


def content_of(page: str) -> dict:
    return json.loads(DATA.search(page)[1])


def numbers_of(snapshot) -> list[float]:
    neurons = [neuron for layer in snapshot["weights"] for neuron in layer]
    return [number for neuron in neurons for number in (*neuron["w"], neuron["b"])]


@cases("name", list(RUNS))
def test_a_moment_has_the_numbers_of_its_step_and_the_run_stays_where_it_is(name, tmp_path):
    run = RUNS[name]()
    run.advance(150)
    run.rewind(70)
    path = run.page(tmp_path / "run.html")
    assert (run.step, run.reached) == (70, 150)
    content = content_of(path.read_text(encoding="utf-8"))
    snapshots = content["snapshots"]
    steps = [snapshot["step"] for snapshot in snapshots]
    assert steps == sorted(set(steps)) and (steps[0], steps[-1]) == (0, 150)
    assert 50 < len(steps) <= recording.MOST_SNAPSHOTS
    for snapshot in snapshots[:: len(snapshots) // 4]:
        run.rewind(snapshot["step"])
        assert numbers_of(snapshot) == pytest.approx(run.numbers.tolist(), rel=1e-4)


@cases("reached", [0, 1, 5])
def test_a_short_run_has_all_of_its_steps(reached):
    run = Run(Experiment(points=20, hidden=(4,)))
    run.advance(reached)
    snapshots = content_of(recording.page(run))["snapshots"]
    assert [snapshot["step"] for snapshot in snapshots] == [*range(reached + 1)]


def test_edited_points_are_those_of_their_steps():
    run = Run(Experiment(points=20, hidden=(4,)))
    run.advance(10)
    run.set_points(run.points.add([0.5, 0.25], 1.0))
    run.advance(10)
    content = content_of(recording.page(run))
    assert [len(points["X"]) for points in content["points"]] == [20, 21]
    assert [snapshot["points"] for snapshot in content["snapshots"]] == [0] * 10 + [1] * 11


def test_its_size_has_an_end(monkeypatch):
    """A network that is too large for sixty snapshots has fewer, but never less than two."""
    run = Run(Experiment(hidden=(32, 32), activation="tanh", rate=0.01))
    run.advance(100)
    sizes = {}
    for most in (300_000, 1):
        monkeypatch.setattr(recording, "MOST_BYTES", most)
        content = content_of(recording.page(run))
        sizes[most] = len(content["snapshots"]), len(json.dumps(content["snapshots"]))
    assert sizes[1][0] == 2 and 2 < sizes[300_000][0] < recording.MOST_SNAPSHOTS
    assert sizes[300_000][1] < 330_000


def test_it_loads_nothing_and_lets_in_its_own_code_alone():
    run = Run(Experiment(points=20, hidden=(4,)))
    page = recording.page(run)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert policy.startswith("default-src 'none'; ") and "unsafe" not in policy
    assert not re.search(r'(src|href)="|https?:|@import|url\(', DATA.sub("", page))


def test_no_name_ends_the_data():
    run = Run(Experiment(points=20, hidden=(4,)))
    points = run.points.to_json() | {"columns": ["</script><script>alert(1)</script>", "b"]}
    run.set_points(type(run.points).from_json(points))
    assert recording.page(run).count("</script>") == 2


def test_the_lab_offers_it_and_goes_on_meanwhile():
    session = Session(Experiment(points=20, hidden=(4,)))
    session.advance(20)
    content, kind = session.download("run.html")
    session.advance(5)
    snapshots = content_of(content.result(60).decode())["snapshots"]
    assert (kind, snapshots[-1]["step"], session.run.step) == ("text/html", 20, 25)


# -------------------------------------------------------------------------------------- a browser


@pytest.fixture
def opened(browser, tmp_path):
    """opened(run) is the page of a run; at the end nothing was asked of anybody, and all quiet."""
    said, asked, contexts = [], [], []

    def open_it(run, **how):
        path = run.page(tmp_path / "run.html")
        contexts.append(browser.new_context(**how))
        page = contexts[-1].new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        page.wait_for_selector(".facts")
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert said == [] and all(url.startswith("file:") for url in asked)
    assert len(asked) == len(contexts)


PLACES = {
    "wide": {"viewport": {"width": 1280, "height": 900}},
    "dark": {"viewport": {"width": 800, "height": 900}, "color_scheme": "dark"},
    "telephone": {"viewport": {"width": 390, "height": 844}},
}


@needs_browser
@pytest.mark.slow
@pytest.mark.parametrize("name", RUNS)
def test_a_run_of_any_kind_is_shown(name, opened):
    run = RUNS[name]()
    run.advance(30)
    page = opened(run, reduced_motion="reduce")
    assert page.inner_text(".facts").startswith("step 0 ")
    page.focus(".bar input")
    page.keyboard.press("End")
    assert page.inner_text(".facts").startswith("step 30 ")
    assert page.input_value(".bar input") == "30" and page.inner_text(".play") == "Play"


@needs_browser
@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES)
def test_axe_finds_nothing_and_all_fits(place, opened):
    run = Run(Experiment(hidden=(6,)))
    run.advance(40)
    page = opened(run, reduced_motion="reduce", **PLACES[place])
    for summary in page.locator("summary").all():
        summary.click()
    assert problems(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("tbody tr >> nth=0 >> th").inner_text() == "layers.0.0.w0"
    assert page.locator("details >> nth=1 >> tbody tr").count() == 41
    page.select_option(".show select", "update")
    assert page.inner_text(".key").startswith("No step has been taken yet")


# in one go, as a page that is busy may not be seen while it shows a step, for 150 ms
PLAY_AND_PAUSE = """() => {
  const [play, facts] = [".play", ".facts"].map((part) => document.querySelector(part));
  play.click();
  const shown = facts.textContent;
  play.click();
  return [shown, play.textContent];
}"""


@needs_browser
@pytest.mark.slow
def test_it_plays_to_its_end_and_again(opened):
    run = Run(Experiment(hidden=(4,)))
    run.advance(4)
    page = opened(run, reduced_motion="no-preference")
    page.wait_for_selector(".facts:has-text('step 4 ')")
    page.wait_for_selector(".play:has-text('Play')")
    facts, label = page.evaluate(PLAY_AND_PAUSE)
    assert "step 4 " not in facts
    assert label == "Play"
