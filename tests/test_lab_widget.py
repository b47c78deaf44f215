"""The lab in a notebook: what it trains, what it shows, and how it refuses what it cannot draw.

Rule: a run of the widget ends in the numbers of `fit`. A browser is used where one is installed,
with a model of ours in anywidget's place.
"""

import json
import random

import numpy as np
import pytest

from micrograd import MLP, data, fit, losses, nn, optim
from micrograd.lab import LabError, bundle, lab, watch
from micrograd.lab.own_model import meaning_of, points_of, run_of
from tests.support.cases import cases
from tests.support.node import needs_node, run
from tests.support.site import CHROMIUM, SANDBOX
from tests.test_browser import problems

pytest.importorskip("anywidget")

X, Y = data.moons(40, noise=0.1, seed=1)


@pytest.fixture
def model():
    random.seed(1337)
    return MLP(2, [4, 1])


def numbers_of(model):
    return [parameter.data for parameter in model.parameters()]


# --------------------------------------------------------------------------------------------- lab


def test_it_takes_the_steps_of_fit(model):
    random.seed(1337)
    other = MLP(2, [4, 1])
    widget = lab(model, X, Y, rate=0.1, l2=0.0, seed=3)
    widget.advance(50)
    sgd = optim.SGD(other.parameters(), lr=0.1)
    history = fit(other, "hinge", X, Y, optimizer=sgd, steps=50, seed=3, progress=False)
    assert numbers_of(model) == numbers_of(other)
    assert widget.run.losses.tolist() == history.losses


def test_it_goes_back_to_the_same_bits(model):
    at_first = numbers_of(model)
    widget = lab(model, X, Y)
    assert numbers_of(model) == at_first
    widget.advance(30)
    after = numbers_of(model)
    widget.rewind(0)
    assert (numbers_of(model), widget.frame["step"]) == (at_first, 0)
    widget.rewind(30)
    assert (numbers_of(model), widget.span["last"]) == (after, 30)


def test_its_frame_has_the_numbers_of_the_model(model):
    widget = lab(model, X, Y)
    widget.advance(20)
    first = widget.frame["weights"][0][0]
    neuron = model.layers[0].neurons[0]
    shown = [*first["w"], first["b"]]
    assert shown == pytest.approx([w.data for w in [*neuron.w, neuron.b]], rel=1e-4)  # five digits
    assert widget.network["inputs"] == ["x1", "x2"]
    assert [layer["activation"] for layer in widget.network["layers"]] == ["relu", "none"]


def test_what_is_sent_is_json(model):
    widget = lab(model, X, Y)
    widget.advance(3)
    for name in ("network", "points", "frame", "span"):
        json.dumps(getattr(widget, name), allow_nan=False)


MESSAGES = {  # what the page sends: (the step that is shown, the sentence)
    '{"do": "advance", "count": 5}': (15, ""),
    '{"do": "rewind", "step": 4}': (4, ""),
    '{"do": "rewind", "step": 99}': (10, "The run cannot go to step 99"),
    '{"do": "rewind", "step": -1}': (10, "The run cannot go to step -1"),
    '{"do": "advance", "count": 1e9}': (10, "A request must be"),
    '{"do": "advance", "count": 100000}': (10, "A request must be"),
    '{"do": "advance", "count": 0}': (10, "A request must be"),
    '{"do": "dance"}': (10, "A request must be"),
    "[]": (10, "A request must be"),
}


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_is_answered(model, message):
    widget = lab(model, X, Y)
    widget.advance(10)
    widget.answer(widget, json.loads(message), [])
    step, sentence = MESSAGES[message]
    assert widget.frame["step"] == step
    assert widget.note.startswith(sentence) and bool(widget.note) == bool(sentence)
    assert widget.answered == 1


def test_the_next_message_takes_the_sentence_away(model):
    widget = lab(model, X, Y)
    widget.answer(widget, {"do": "dance"}, [])
    widget.answer(widget, {"do": "advance", "count": 1}, [])
    assert (widget.note, widget.answered) == ("", 2)


# ------------------------------------------------------------------------------------------- watch


def test_it_shows_what_fit_does(model):
    widget = watch(model, X, Y)
    seen = []
    history = fit(
        *(model, "hinge", X, Y),
        steps=300,
        callbacks=[widget, lambda history: seen.append(history.done)],
        progress=False,
    )
    assert widget.frame["step"] == widget.span["last"] == history.done == 300
    right = losses.accuracy([model(x) for x in X], Y)
    assert widget.frame["train"]["accuracy"] == pytest.approx(right)
    assert [kept.step for kept in widget.frames.kept] == [0, *seen]
    assert widget.frames.kept[-1].numbers == numbers_of(model)


def test_it_looks_back_and_leaves_the_model(model):
    at_first = numbers_of(model)
    widget = watch(model, X, Y)
    fit(model, "hinge", X, Y, steps=100, callbacks=[widget], progress=False)
    after = numbers_of(model)
    widget.rewind(0)
    assert widget.frame["step"] == 0
    assert widget.frames.kept[0].numbers == at_first
    assert numbers_of(model) == after
    widget.answer(widget, {"do": "advance", "count": 1}, [])
    assert widget.note.startswith("This widget watches fit()")


class Done:
    """A history of so many steps."""

    def __init__(self, done):
        self.done, self.losses = done, [0.5] * done


def test_what_it_keeps_has_an_end_and_keeps_the_first_and_the_last(model, monkeypatch):
    monkeypatch.setattr("micrograd.lab.fit_frames.MOST_KEPT", 10)
    widget = watch(model, X, Y)
    for done in range(1, 60):
        widget.frames.see(Done(done))
    steps = [kept.step for kept in widget.frames.kept]
    assert len(steps) <= 10 and steps[0] == 0 and steps[-1] == 59
    assert steps == sorted(set(steps))


def test_another_run_begins_anew(model):
    widget = watch(model, X, Y)
    for done in (10, 20, 5):
        widget(Done(done))
    assert [kept.step for kept in widget.frames.kept] == [0, 5]


TARGETS = {  # (outputs, targets, the loss to watch): the task that is shown
    (1, (-1, 1), "hinge"): "two classes",
    (1, (0, 1), "binary_cross_entropy"): "two classes",
    (1, (0.5, 2.0), "mse"): "amount",
    (1, (-1, 0, 1), "mse"): "amount",
    (3, (0, 1, 2), "cross_entropy"): "classes",
}


@cases("case", list(TARGETS))
def test_targets_are_shown_as_what_they_are(case):
    outputs, targets, loss = case
    y = [targets[i % len(targets)] for i in range(12)]
    model = MLP(2, [4, outputs], activation="tanh")
    widget = watch(model, X[:12], y, loss)
    fit(model, loss, X[:12], y, steps=20, callbacks=[widget], progress=False)
    assert widget.points["task"] == TARGETS[case]
    assert widget.frame["train"]["loss"] is not None


def test_one_input_needs_no_lists():
    points = points_of(MLP(1, [2, 1]), np.linspace(0, 1, 5), np.zeros(5))
    assert (points.X[1], points.columns, points.bounds) == ([0.25], ("x1",), None)


def test_minus_one_and_zero_are_amounts():
    assert meaning_of([-1.0, 0.0, 1.0], 1)[0] == "amount"


# -------------------------------------------------------------------------------------- refusals

WRONG = {  # what is passed: the sentence
    "a Linear": (lambda: lab(nn.Linear(2, 1), X, Y), "networks of the class MLP, got a Linear"),
    "a class": (lambda: lab(MLP, X, Y), "networks of the class MLP"),
    "too wide": (lambda: watch(MLP(2, [100, 1]), X, Y), "1 to 32 neurons, got the sizes"),
    "too deep": (lambda: lab(MLP(2, [1] * 20), X, Y), "at most 7 layers"),
    "no neurons": (lambda: lab(MLP(2, [0, 1]), X, Y), "1 to 32 neurons"),
    "other rows": (lambda: lab(MLP(3, [4, 1]), X, Y), "needs rows of 3 numbers"),
    "too few targets": (lambda: watch(MLP(2, [4, 1]), X, Y[:3]), "a target for each"),
    "no points": (lambda: lab(MLP(2, [4, 1]), np.zeros((0, 2)), []), "no points to learn from"),
    "an activation at the end": (
        lambda: lab(MLP(2, [4, 1], output_activation="tanh"), X, Y),
        "Leave output_activation out",
    ),
    "a function of one's own": (
        lambda: lab(MLP(2, [4, 1], activation=lambda x: x), X, Y),
        "got function. Use watch()",
    ),
    "an unknown setting": (lambda: lab(MLP(2, [4, 1]), X, Y, lr=1), "No setting is called 'lr'."),
    "a loss that does not fit": (
        lambda: lab(MLP(2, [4, 1]), X, Y, loss="cross_entropy"),
        "cross_entropy",
    ),
}


@cases("name", list(WRONG))
def test_what_cannot_be_shown_is_refused_with_the_reason(name):
    make, sentence = WRONG[name]
    with pytest.raises(LabError) as refusal:
        make()
    assert sentence in str(refusal.value)


def test_the_lectures_network_can_be_watched():
    model = MLP(3, [4, 4, 1], activation="tanh", output_activation="tanh")
    rows = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
    widget = watch(model, rows, [1.0, -1.0, -1.0, 1.0], "mse")
    fit(model, "mse", rows, [1.0, -1.0, -1.0, 1.0], steps=50, callbacks=[widget], progress=False)
    assert [layer["activation"] for layer in widget.network["layers"]] == ["tanh"] * 3


@cases("module", [nn.ReLU, nn.Tanh, nn.LeakyReLU, nn.Identity, nn.Softplus])
def test_an_activation_may_be_a_module(module):
    run = run_of(MLP(2, [3, 1], activation=module), X, Y)
    assert run.experiment.activation in (module.__name__.lower(), "none", "leaky_relu")


# ---------------------------------------------------------------------------------------- bundle


@needs_node
def test_files_that_share_names_do_not_meet(tmp_path):
    (tmp_path / "a.mjs").write_text("const k = 1;\nexport const one = () => k;\n")
    (tmp_path / "b.mjs").write_text(
        'import { one as first } from "./a.mjs";\nconst k = 10;\n'
        "export function two() {\n  return k + first();\n}\n"
    )
    (tmp_path / "entry.mjs").write_text(
        'import {\n  two,\n} from "./b.mjs";\nimport { one } from "./a.mjs";\n'
        "export default two() + one();\n"
    )
    text = bundle.bundle(tmp_path, "entry")
    assert "import " not in text
    script = text.replace("export default", "const result =")
    assert run(script, None) == 12


# --------------------------------------------------------------------------------------- a browser

MODEL = """
async ([text, traits]) => {
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const { default: widget } = await import(url);
  let listeners = [];
  window.model = {
    get: (name) => traits[name],
    send: (message) => window.toPython(message),
    on: (names, f) => names.split(" ").forEach((name) => listeners.push([name, f])),
    off: (_, f) => { listeners = listeners.filter(([, other]) => other !== f); },
    change: (changed) => {
      Object.assign(traits, changed);
      for (const [name, f] of [...listeners]) if (name.slice(7) in changed) f();
    },
    count: () => listeners.length,
  };
  const el = document.createElement("main");
  window.leave = widget.render({ model, el }); // as anywidget does: it is not in the page yet
  document.body.append(el);
}
"""
SYNCED = ("network", "points", "frame", "span", "note", "answered")


class Notebook:
    """A page with the widget, and what the page sends to Python."""

    def __init__(self, page, widget):
        self.page, self.widget, self.waiting, self.said = page, widget, [], []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.expose_function("toPython", lambda message: self.waiting.append(message))
        page.add_style_tag(content=widget._css)
        page.evaluate(MODEL, [widget._esm, self.traits(SYNCED)])

    def traits(self, names):
        return {name: getattr(self.widget, name) for name in names}

    def show(self):
        self.page.evaluate("(traits) => model.change(traits)", self.traits(SYNCED[2:]))

    def answer(self):
        """Answer what the page sends next."""
        for _ in range(400):
            if self.waiting:
                break
            self.page.wait_for_timeout(25)
        self.widget.answer(self.widget, self.waiting.pop(0), [])
        self.show()

    def press(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()

    @property
    def facts(self):
        return self.page.inner_text(".facts")


@pytest.fixture
def notebook():
    pytest.importorskip("playwright")
    if not CHROMIUM:
        pytest.skip("needs a browser: apt install chromium")
    from playwright.sync_api import sync_playwright

    books = []

    def open_it(widget, **how):
        books.append(Notebook(chromium.new_context(**how).new_page(), widget))
        return books[-1]

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=SANDBOX)
        yield open_it
        chromium.close()
    assert [book.said for book in books] == [[]] * len(books)


def wait_until_painted(page, count=3):
    """Wait until each of so many canvases has more than one colour: a page paints in its time."""
    page.wait_for_function(
        """(count) => {
          const isPainted = (canvas) => {
            const { width, height } = canvas;
            if (!width || !height) return false;
            const copy = new OffscreenCanvas(width, height);  // to read a page's own warns
            const context = copy.getContext("2d", { willReadFrequently: true });
            context.drawImage(canvas, 0, 0);
            const { data } = context.getImageData(0, 0, width, height);
            return new Set(new Uint32Array(data.buffer)).size > 1;
          };
          const canvases = [...document.querySelectorAll("canvas")];
          return canvases.length >= count && canvases.slice(0, count).every(isPainted);
        }""",
        arg=count,
    )


@pytest.mark.slow
def test_a_reader_steps_plays_and_rewinds(notebook, model):
    book = notebook(lab(model, X, Y))
    assert book.facts.startswith("step 0 ")
    wait_until_painted(book.page)
    book.press("Step")
    book.answer()
    assert book.facts.startswith("step 1 ")
    book.page.select_option("select >> nth=0", "10")
    book.press("Play")
    for _ in range(3):
        book.answer()
    book.press("Pause")
    assert book.widget.run.step in (31, 41)
    book.press("To step 0")
    while book.widget.run.step:
        book.answer()
    assert book.facts.startswith("step 0 ")
    book.page.get_by_role("slider").focus()
    book.page.keyboard.press("End")
    book.answer()
    assert book.widget.run.step == book.widget.run.reached
    book.page.evaluate("leave()")
    assert book.page.evaluate("model.count()") == 0


@pytest.mark.slow
def test_a_watched_fit_has_a_slider_and_no_steps(notebook, model):
    book = notebook(watch(model, X, Y))
    fit(model, "hinge", X, Y, steps=50, callbacks=[book.widget], progress=False)
    book.show()
    assert book.facts.startswith("step 50 ")
    assert not book.page.get_by_role("button", name="Play").is_visible()
    book.page.get_by_role("slider").focus()
    book.page.keyboard.press("Home")
    book.answer()
    assert book.facts.startswith("step 0 ")


@pytest.mark.slow
@cases("scheme", ["light", "dark"])
def test_axe_finds_nothing(notebook, scheme):
    pytest.importorskip("axe_core_python")
    book = notebook(lab(MLP(2, [4, 1]), X, Y), color_scheme=scheme)
    book.page.evaluate("document.title = 'lab'; document.documentElement.lang = 'en'")
    found = [name for name in problems(book.page) if "page-has-heading-one" not in str(name)]
    assert found == []  # the heading is the notebook's


@pytest.mark.slow
def test_networks_of_any_kind_are_drawn(notebook):
    """Without a plane there is no boundary, and one of several classes has regions."""
    digits = np.random.default_rng(1).random((20, 16))
    book = notebook(lab(MLP(16, [4, 3]), digits, [0, 1, 2, 1] * 5))
    assert book.page.locator("canvas:visible").count() == 2
    colours = notebook(lab(MLP(2, [4, 3]), X[:20], [0, 1, 2, 1] * 5))
    wait_until_painted(colours.page)
