"""The tabs of the lab beside the network: graphs, a GPT, comparisons and lessons, without a page.

Rule: the referee is the package's own engine, called as a user would call it.
"""

import json
import math

import pytest

from micrograd.lab import LabError
from micrograd.lab.expressions import MOST_NODES
from micrograd.lab.session import Session
from micrograd.lab.trainer import targets_for
from tests.support.lab_runs import RUNS, moons_run


def ask(session, do, **arguments):
    return json.loads(json.dumps(session.do({"do": do, **arguments}), allow_nan=False))


@pytest.fixture(scope="module")
def lab():
    return Session(run=moons_run())


# ------------------------------------------------------------------------------------- graphs


def test_an_expression_is_a_graph_that_plays(lab):
    reply = ask(lab, "expression", text="tanh(a*b) + a", numbers={"a": 0.5, "b": -2.0})
    assert reply["title"] == "tanh(a*b) + a"
    assert reply["value"] == math.tanh(-1.0) + 0.5
    assert reply["numbers"] == {"a": 0.5, "b": -2.0}
    assert reply["svg"].startswith("<svg")
    assert [node["op"] for node in reply["page"]["nodes"] if node["op"]] == ["mul", "tanh", "add"]
    assert reply["page"]["ran"]


def test_a_name_without_a_number_is_one_and_one_too_many_is_left_out(lab):
    reply = ask(lab, "expression", text="a * b", numbers={"a": 3, "c": 5})
    assert reply["numbers"] == {"a": 3.0, "b": 1.0} and reply["value"] == 3.0


@pytest.mark.parametrize(
    "text, numbers, words",
    [
        ("a +", {}, "is not an expression: it ends too early"),
        ("__import__('os')", {}, "There is no op called '__import__'"),
        ("a.b", {}, "is not allowed in an expression"),
        ("[a]", {}, "is not allowed in an expression"),
        ("", {}, "is not an expression"),
        ("a" * 10_001, {}, "at most 10,000 are read"),
        (7, {}, "An expression must be a text, got an int"),
        ("a", [1], "must be an object of names and numbers, got a list"),
        ("a", {"a": "1"}, "The number of 'a' must be finite, got the str"),
        ("a", {"a": math.inf}, "The number of 'a' must be finite"),
        ("a", {"a": True}, "The number of 'a' must be finite"),
        ("+".join(["x"] * 500), {}, f"and at most {MOST_NODES} fit on a screen"),
    ],
)
def test_a_text_that_is_no_expression_says_why(lab, text, numbers, words):
    with pytest.raises(LabError) as caught:
        lab.do({"do": "expression", "text": text, "numbers": numbers})
    assert words in str(caught.value)


@pytest.mark.parametrize("name", RUNS)
def test_the_graph_of_a_neuron_ends_in_its_output(name):
    session = Session(run=RUNS[name]())
    session.advance(2)
    session.held = 3
    x = session.run.points.X[3]
    for number, layer in enumerate(session.run.model.layers):
        output = layer.neurons[0](x)
        reply = ask(session, "graph", layer=number, index=0)
        nodes = reply["page"]["nodes"]
        assert reply["value"] == nodes[-1]["data"] == output.data
        assert nodes[-1]["name"] == f"h[{number}][0]"
        leaves = {node["name"] for node in nodes if not node["inputs"]}
        inputs = len(layer.neurons[0].w)
        assert {f"w[{number}][0][{i}]" for i in range(inputs)} <= leaves
        x = layer(x)
        x = [value.data for value in (x if isinstance(x, list) else [x])]


@pytest.mark.parametrize("name", RUNS)
def test_the_graph_of_the_loss_ends_in_the_loss_of_the_point(name):
    session = Session(run=RUNS[name]())
    session.held = 2
    run = session.run
    reply = ask(session, "graph", layer=None)
    target = targets_for(run.experiment.loss, run.points.y)[2]
    loss = run.trainer.definition.loss(run.model, run.points.X[2], target)
    assert reply["value"] == loss.data
    assert reply["page"]["nodes"][-1]["name"] == "loss"


def test_the_graph_of_the_loss_of_a_large_network_begins_at_its_outputs():
    session = Session(run=moons_run(hidden=(16, 16)))
    reply = ask(session, "graph", layer=None)
    leaves = [node["name"] for node in reply["page"]["nodes"] if not node["inputs"]]
    assert "h[2][0]" in leaves and "w[0][0][0]" not in leaves


def test_a_graph_does_not_touch_the_run(lab):
    before = lab.run.numbers.tolist(), [p.grad for p in lab.run.model.parameters()]
    ask(lab, "graph", layer=1, index=0)
    ask(lab, "graph", layer=None)
    assert (lab.run.numbers.tolist(), [p.grad for p in lab.run.model.parameters()]) == before


def test_a_neuron_that_is_not_there_has_no_graph(lab):
    with pytest.raises(LabError, match="has no neuron 77"):
        lab.do({"do": "graph", "layer": 0, "index": 77})
