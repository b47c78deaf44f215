"""The views of one neuron and of one weight, which a page of the lab shows, tested without a page.

Rule: the referee is the eager engine; a tangent is compared with finite differences.
"""

import json
import math
from itertools import pairwise

import numpy as np
import pytest

from micrograd import losses
from micrograd.lab import Experiment, LabError, Points, Run
from micrograd.lab.naming import find_neuron, find_weight
from micrograd.lab.neurons import histogram
from micrograd.lab.session import Session
from micrograd.training import loss_of
from tests.support.lab_runs import RUNS, moons_run

ROUNDED = 5e-5  # relative: half a unit of the last of five significant digits


@pytest.fixture(params=RUNS)
def session(request):
    session = Session(run=RUNS[request.param]())
    session.advance(3)
    session.held = 4
    return session


def ask(session, do, **arguments):
    return json.loads(json.dumps(session.do({"do": do, **arguments}), allow_nan=False))


def inputs_of(run, layer, x):
    """Return what a layer receives for a row."""
    for below in run.model.layers[:layer]:
        x = below(x)
        x = x if isinstance(x, list) else [x]
    return [float(getattr(number, "data", number)) for number in x]


def test_a_neuron_has_the_numbers_of_the_held_point(session):
    run = session.run
    for layer in range(len(run.model.layers)):
        neuron = find_neuron(run.model, layer, 0)
        reply = ask(session, "neuron", layer=layer, index=0)
        inputs = inputs_of(run, layer, run.points.X[4])
        output = neuron(inputs).data
        assert reply["output"] == pytest.approx(output, rel=ROUNDED, abs=1e-12)
        assert [term["x"] for term in reply["terms"]] == pytest.approx(inputs, rel=ROUNDED)
        total = sum((w.data * x for w, x in zip(neuron.w, inputs)), neuron.b.data)
        assert reply["sum"] == pytest.approx(total, rel=ROUNDED, abs=1e-12)
        assert reply["numbers"].endswith(f"= {output:.3g}")


def test_the_formula_of_a_neuron_gives_its_output(session):
    """Computed from the names, as Python, it is the output for the held point."""
    run = session.run
    neuron = find_neuron(run.model, 0, 1)
    text = ask(session, "neuron", layer=0, index=1)["formula"]
    names = dict(zip(run.points.columns, run.points.X[4]))
    weights = [p.data for p in neuron.w]
    scope = {"w": {0: {1: weights}}, "b": {0: {1: neuron.b.data}}}
    scope |= {"relu": lambda x: max(x, 0.0), "tanh": np.tanh}
    if len(names) == 9:  # names such as "pixel 3" are no Python
        for i, name in enumerate(list(names)):
            text = text.replace(name, f"p{i}")
            names[f"p{i}"] = names[name]
    output = neuron(run.points.X[4]).data
    assert eval(text, {}, {**scope, **names}) == pytest.approx(output)


def test_a_neuron_of_many_inputs_has_a_short_formula():
    points = Points([[0.1] * 64, [0.2] * 64], [0.0, 1.0], columns=tuple(map(str, range(64))),
                    classes=("0", "1"), task="classes")  # fmt: skip
    run = Run(Experiment(data="own", hidden=(3,), loss="cross_entropy"), points)
    reply = ask(Session(run=run), "neuron", layer=0, index=0)
    assert reply["formula"] == "relu(the bias + the sum of 64 products of a weight and an input)"
    assert len(reply["terms"]) == 64


def test_the_histogram_counts_every_training_point(session):
    run = session.run
    reply = ask(session, "neuron", layer=0, index=0)
    outputs = [run.model.layers[0].neurons[0](row).data for row in run.points.X]
    assert sum(reply["histogram"]["counts"]) == len(outputs)
    edges = reply["histogram"]["edges"]
    assert len(edges) == len(reply["histogram"]["counts"]) + 1
    assert edges[0] <= min(outputs) + 1e-4 and edges[-1] >= max(outputs) - 1e-4


@pytest.mark.parametrize(
    "outputs, inside",
    [
        ([0.0, 0.0], 2),
        ([3.0, 3.0 + 4e-16], 2),
        ([1e299, -1e299, 0.0], 3),
        ([1e308, 1.0], 1),
        ([math.nan, math.inf, -math.inf], 0),
        ([5e-324, 0.0], 2),
    ],
)
def test_a_histogram_takes_any_numbers(outputs, inside):
    shown = histogram(np.array(outputs))
    assert sum(shown["counts"]) == inside
    assert all(a < b for a, b in pairwise(shown["edges"]))


@pytest.mark.parametrize("number", [1e300, -1e160, 1e-300])
def test_numbers_at_the_edges_of_floats_are_shown(number):
    """NumPy warns of an overflow, and a warning is an error in these tests."""
    session = Session(run=moons_run())
    session.run.set_parameter("layers.0.neurons.0.b", number)
    session.run.set_parameter("layers.1.neurons.0.w.0", number)
    json.dumps(session.news(), allow_nan=False)
    ask(session, "neuron", layer=1, index=0)
    ask(session, "weight", layer=1, neuron=0, input=0)
    ask(session, "open")


@pytest.mark.parametrize(
    "activation, bias, on, words",
    [
        ("relu", -100.0, 0.0, "It is dead: the slope of relu is 0 for each of the 40 points"),
        ("relu", 100.0, 1.0, "It is on for 40 of 40 points: their grad gets through."),
        ("tanh", 100.0, 0.0, "It is saturated for 40 of 40 points: the slope of tanh is at most"),
        ("sigmoid", -100.0, 0.0, "It is saturated for 40 of 40 points: the slope of sigmoid"),
        ("tanh", 0.0, 1.0, "It is on for 40 of 40 points"),
        ("leaky_relu", -100.0, 1.0, "It is on for 40 of 40 points"),
        ("none", -100.0, 1.0, "It has no activation, so its grad always gets through."),
    ],
)
def test_words_say_how_a_neuron_is_doing(activation, bias, on, words):
    run = moons_run(activation=activation)
    run.set_parameter("layers.0.neurons.2.b", bias)
    reply = ask(Session(run=run), "neuron", layer=0, index=2)
    assert reply["on"] == on
    assert reply["words"][0].startswith(words)


def test_a_relu_is_on_for_the_points_whose_output_is_above_zero():
    run = moons_run()
    neuron = run.model.layers[0].neurons[2]
    on = sum(neuron(x).data > 0.0 for x in run.points.X)
    reply = ask(Session(run=run), "neuron", layer=0, index=2)
    assert reply["on"] == on / 40 and 0 < on < 40
    assert reply["words"] == [
        f"It is on for {on} of 40 points: their grad gets through. For the others it is closed."
    ]


# --------------------------------------------------------------------------------- one weight


def objective(run):
    targets = run.points.y
    if run.experiment.loss == "binary_cross_entropy":
        targets = [(y + 1.0) / 2.0 for y in targets]
    loss, pairs = loss_of(run.experiment.loss), list(zip(run.points.X, targets))
    mean = sum(loss(run.model, x, y) for x, y in pairs) * (1.0 / len(pairs))
    return (mean + losses.l2_penalty(run.model.parameters(), run.experiment.l2)).data


@pytest.mark.parametrize("place", [0, -1])
def test_the_curve_of_a_weight_is_the_loss_and_its_tangent_the_slope(session, place):
    run = session.run
    reply = ask(session, "weight", layer=0, neuron=1, input=place)
    p = find_weight(find_neuron(run.model, 0, 1), place)
    before = p.data
    assert reply["value"] == pytest.approx(before, rel=ROUNDED)
    assert reply["loss"] == pytest.approx(objective(run), rel=ROUNDED)
    assert reply["low"] <= before <= reply["high"]
    for i in (0, 13, 40):
        p.data = np.linspace(reply["low"], reply["high"], 41)[i]
        assert reply["curve"]["loss"][i] == pytest.approx(objective(run), rel=ROUNDED)
    step = 1e-6  # small beside each kink of relu and hinge, large beside the rounding of a loss
    p.data = before + step
    above = objective(run)
    p.data = before - step
    slope = (above - objective(run)) / (2.0 * step)
    p.data = before
    assert reply["grad"] == pytest.approx(slope, rel=1e-3, abs=1e-6)
    (left, right), (low, high) = reply["tangent"]["weight"], reply["tangent"]["loss"]
    # both ends were rounded on their own
    assert (high - low) / (right - left) == pytest.approx(slope, rel=1e-3, abs=1e-4)
    at = low + (before - left) * (high - low) / (right - left)
    assert at == pytest.approx(reply["loss"], abs=1e-3)


def test_a_look_at_a_weight_changes_nothing(session):
    before = session.run.numbers.tolist(), session.run.grads.tolist()
    ask(session, "weight", layer=0, neuron=0, input=0)
    ask(session, "neuron", layer=0, index=0)
    assert (session.run.numbers.tolist(), session.run.grads.tolist()) == before


def test_words_say_which_way_a_step_goes():
    session = Session(run=moons_run())
    reply = ask(session, "weight", layer=2, neuron=0, input=1)
    way = "smaller" if reply["grad"] > 0 else "larger"
    assert reply["words"][0].endswith(f"so a step makes it {way}.")
    session.run.set_parameter("layers.0.neurons.0.b", -100.0)
    reply = ask(session, "weight", layer=1, neuron=0, input=0)
    assert reply["words"][0].startswith("The grad of w[1][0][0]")


@pytest.mark.parametrize("layer, neuron", [(9, 0), (0, 9), (-1, 0), ("a", 0), (0, None), (0.0, 0)])
def test_a_neuron_that_is_not_there_is_named(layer, neuron):
    session = Session(run=moons_run())
    with pytest.raises(LabError, match="has no neuron"):
        session.do({"do": "neuron", "layer": layer, "index": neuron})
    with pytest.raises(LabError, match="has no neuron"):
        session.do({"do": "weight", "layer": layer, "neuron": neuron, "input": 0})


@pytest.mark.parametrize("place", [2, -2, "b", None, True, -1.0])
def test_an_input_that_is_not_there_is_named(place):
    with pytest.raises(LabError, match="The neuron has no input"):
        Session(run=moons_run()).do({"do": "weight", "layer": 0, "neuron": 0, "input": place})
