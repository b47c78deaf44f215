"""A notebook and a console show a result as `print` does, in a few lines.

Rule: a kind of result is a row.
"""

import re
import sys
from types import SimpleNamespace

import pytest

from micrograd import (
    MLP,
    Value,
    compile_step,
    data,
    diagnose,
    explain,
    fit,
    gradcheck,
    jit,
    nudge,
    optim,
    paths,
    summary,
    vmap,
)
from micrograd.support.text_result import TextResult
from micrograd.training import History
from micrograd.training.progress_bar import ProgressBar


def square(x):
    return x * x


def product():
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    y = a * b + a
    y.backward()
    return y, a


def diagnosed():
    model = MLP(2, [4, 1])
    loss = model([1.0, 2.0]) ** 2
    loss.backward()
    return diagnose(model, loss)


def run(steps=30, **options):
    X, y = data.moons(20, seed=1)
    return fit(MLP(2, [4, 1]), "hinge", X, y, steps=steps, progress=False, **options)


READABLE = {
    "explain": lambda: explain(product()[0]),
    "a line of it": lambda: explain(product()[0]).lines[0],
    "paths": lambda: paths(*product()),
    "a path": lambda: paths(*product()).paths[0],
    "nudge": lambda: nudge(*product()),
    "gradcheck": lambda: gradcheck(square, 2.0),
    "diagnose": diagnosed,
    "history": run,
    "an empty history": History,
}


@pytest.mark.parametrize("make", READABLE.values(), ids=READABLE)
def test_the_repr_is_what_print_says(make):
    result = make()
    assert isinstance(result, TextResult)
    assert repr(result) == str(result) != ""
    assert "<script" not in result._repr_html_() and result._repr_html_().startswith("<pre style=")


def test_text_is_escaped_in_a_notebook():
    a, b = Value(2.0, label="<b>"), Value(3.0)
    assert "<b>" not in explain(a * b)._repr_html_()
    assert "&lt;b&gt;" in explain(a * b)._repr_html_()


@pytest.mark.parametrize("steps", [1, 30, 3000])
def test_a_history_is_four_lines_and_a_curve(steps):
    history = run(steps, validation=0.2, metrics=["accuracy"])
    assert len(repr(history).splitlines()) == 4
    assert repr(history).startswith(f"{steps:,} of {steps:,} steps in ")
    assert len(repr(history)) < 400
    assert '<img src="data:image/png;base64,' in history._repr_html_()


def test_a_history_says_why_it_stopped():
    history = run(callbacks=[lambda history: True])
    assert repr(history).splitlines()[0].endswith(", callback")


parameters = MLP(2, [4, 1]).parameters()
IN_A_LINE = {
    "SGD": (
        lambda: optim.SGD(parameters, lr=0.1, momentum=0.9),
        r"SGD\(17 parameters, lr=0.1, momentum=0.9, .*\)",
    ),
    "Adam": (lambda: optim.Adam(parameters), r"Adam\(17 parameters, lr=0.001, betas=.*\)"),
    "a schedule": (
        lambda: optim.SGD(parameters, lr=optim.linear_decay(1.0, 0.1, 10)),
        r"SGD\(17 parameters, lr=\w+, .*\)",
    ),
    "compile_step": (
        lambda: compile_step(MLP(2, [1]), "hinge", optim.SGD(MLP(2, [1]).parameters(), lr=0.1)),
        "<compiled step of SGD, 3 parameters, float64>",
    ),
    "jit": (lambda: jit(square), "<compiled function square>"),
    "exact": (lambda: jit(square, exact=True), "<compiled function square, exact>"),
    "vmap": (lambda: vmap(square), "<compiled function square>"),
}


@pytest.mark.parametrize("make, pattern", IN_A_LINE.values(), ids=IN_A_LINE)
def test_a_thing_that_works_is_a_line(make, pattern):
    assert re.fullmatch(pattern, repr(make()))


def test_equal_neurons_are_counted_in_a_summary():
    text = str(summary(MLP(2, [16, 1])))
    assert "Layer of [16 x ReLUNeuron(2)]" in text


def test_help_lists_the_parameters_of_fit():
    import inspect

    text = inspect.getdoc(fit)
    for name in inspect.signature(fit).parameters:
        assert re.search(rf"^- (`\w+`, )*`{name}`", text, re.M), name


# ------------------------------------------------------------------------------------ progress bars


class Handle:
    """The handle that IPython's `display` returns: it remembers what an output shows."""

    def __init__(self, data):
        self.contents = [data]

    def update(self, data, raw):
        assert raw
        self.contents.append(data)


@pytest.fixture
def outputs(monkeypatch):
    """A notebook, as IPython and rich see it; the value is the list of its outputs."""
    handles = []

    def display(data, raw, display_id):
        assert raw and display_id
        handles.append(Handle(data))
        return handles[-1]

    ipython = SimpleNamespace(display=SimpleNamespace(display=display))
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setattr("rich.console._is_jupyter", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")  # as Jupyter's kernels have it
    return handles


def test_a_notebook_shows_progress_in_one_output_without_widgets(outputs, capsys):
    X, y = data.moons(20, seed=1)
    fit(MLP(2, [4, 1]), "hinge", X, y, steps=30)
    (output,) = outputs
    first, last = output.contents[0], output.contents[-1]
    assert first.keys() == last.keys() == {"text/plain", "text/html"}
    assert re.fullmatch(r"compiling +0/30 loss +--:--", first["text/plain"])
    assert re.match(r"training ━+ 30/30 loss \d", last["text/plain"])
    assert last["text/html"].startswith("<pre style=")
    assert capsys.readouterr() == ("", "")


def test_a_notebook_shows_no_bar_without_progress(outputs):
    run()
    assert outputs == []


def test_what_a_run_says_in_a_notebook_stands_on_standard_error(outputs, capsys):
    with ProgressBar(3, shown=True) as bar:
        bar.say("The disk is full.")
    assert capsys.readouterr().err == "The disk is full.\n"
