"""Explanations, paths, differences and diagnoses: golden texts, and sums that must be right.

Rule: what a learner reads is compared whole; what is computed is compared with `backward()`.
"""

import math
import random
import re
import sys

import pytest

from micrograd import MLP, Module, Value, diagnose, explain, jit, nudge, paths, record_sources
from micrograd.course.presets import PRESETS
from micrograd.errors import GraphError
from micrograd.explaining.events import ALGORITHMS, edges_of
from micrograd.explaining.finite_differences import Recompute
from micrograd.graph import receivers, topological_order
from micrograd.ops import step
from tests.support.cases import cases
from tests.support.floats import bits
from tests.support.graphs import EDGES, backward_of, random_graph

# -------------------------------------------------------------------------------- explanations

# fmt: off
GOLDEN = {
    "expression": """
e = a * b = -6.0
d = e + c = 4.0
L = d * f = -8.0
grad(L) = 1.0
grad(d) += grad(L) · ∂L/∂d = 1.0 · -2.0 = -2.0 (sum 0.0 + -2.0 = -2.0) ∂L/∂d = f
grad(f) += grad(L) · ∂L/∂f = 1.0 · 4.0 = 4.0 (sum 0.0 + 4.0 = 4.0) ∂L/∂f = d
grad(e) += grad(d) · ∂d/∂e = -2.0 · 1.0 = -2.0 (sum 0.0 + -2.0 = -2.0) ∂d/∂e = 1.0
grad(c) += grad(d) · ∂d/∂c = -2.0 · 1.0 = -2.0 (sum 0.0 + -2.0 = -2.0) ∂d/∂c = 1.0
grad(a) += grad(e) · ∂e/∂a = -2.0 · -3.0 = 6.0 (sum 0.0 + 6.0 = 6.0) ∂e/∂a = b
grad(b) += grad(e) · ∂e/∂b = -2.0 · 2.0 = -4.0 (sum 0.0 + -4.0 = -4.0) ∂e/∂b = a""",
    "used_twice": """
b = a + a = 6.0
grad(b) = 1.0
grad(a) += grad(b) · ∂b/∂a = 1.0 · 1.0 = 1.0 (sum 0.0 + 1.0 = 1.0) ∂b/∂a = 1.0
grad(a) += grad(b) · ∂b/∂a = 1.0 · 1.0 = 1.0 (sum 1.0 + 1.0 = 2.0) ∂b/∂a = 1.0""",
    "tanh_in_parts": """
t1 = c1 * n = 1.76275
e = exp(t1) = 5.82843
t2 = e - c2 = 4.82843
t3 = e + c3 = 6.82843
o = t2 / t3 = 0.707107
grad(o) = 1.0
grad(t2) += grad(o) · ∂o/∂t2 = 1.0 · 0.146447 = 0.146447 (sum 0.0 + 0.146447 = 0.146447) ∂o/∂t2 = 1 / t3
grad(t3) += grad(o) · ∂o/∂t3 = 1.0 · -0.103553 = -0.103553 (sum 0.0 + -0.103553 = -0.103553) ∂o/∂t3 = -o / t3
grad(e) += grad(t3) · ∂t3/∂e = -0.103553 · 1.0 = -0.103553 (sum 0.0 + -0.103553 = -0.103553) ∂t3/∂e = 1.0
grad(c3) += grad(t3) · ∂t3/∂c3 = -0.103553 · 1.0 = -0.103553 (sum 0.0 + -0.103553 = -0.103553) ∂t3/∂c3 = 1.0
grad(e) += grad(t2) · ∂t2/∂e = 0.146447 · 1.0 = 0.146447 (sum -0.103553 + 0.146447 = 0.0428932) ∂t2/∂e = 1.0
grad(c2) += grad(t2) · ∂t2/∂c2 = 0.146447 · -1.0 = -0.146447 (sum 0.0 + -0.146447 = -0.146447) ∂t2/∂c2 = -1.0
grad(t1) += grad(e) · ∂e/∂t1 = 0.0428932 · 5.82843 = 0.25 (sum 0.0 + 0.25 = 0.25) ∂e/∂t1 = e
grad(c1) += grad(t1) · ∂t1/∂c1 = 0.25 · 0.881374 = 0.220343 (sum 0.0 + 0.220343 = 0.220343) ∂t1/∂c1 = n
grad(n) += grad(t1) · ∂t1/∂n = 0.25 · 2.0 = 0.5 (sum 0.0 + 0.5 = 0.5) ∂t1/∂n = c1""",
}
# fmt: on


@pytest.mark.parametrize("name", GOLDEN)
def test_an_explanation_reads(name):
    root = PRESETS[name]()
    root.backward()
    lines = [" ".join(line.split()) for line in str(explain(root)).splitlines()]
    assert lines == [" ".join(line.split()) for line in GOLDEN[name].strip().splitlines()]


@pytest.mark.parametrize("make", PRESETS.values(), ids=PRESETS)
def test_an_explanation_ends_at_the_grads(make):
    root = make()
    root.backward()
    explanation = explain(root)
    wanted = {x.label: x.grad for x in topological_order(root) if x.label and not x.inputs}
    assert {name: explanation.grads[name] for name in wanted} == wanted
    assert explanation.notes == ()
    edges = [edge for node in receivers(topological_order(root)) for edge in edges_of(node)]
    assert len(explanation.lines) == len(edges)


def test_before_backward_the_explanation_says_so():
    root = PRESETS["expression"]()
    assert explain(root).notes == (
        "backward() has not been run: these are the grads that it will give.",
    )
    assert all(node.grad == 0.0 for node in topological_order(root))


def test_a_mistake_has_its_sentence_and_its_nodes():
    explanation = explain(PRESETS["used_twice"](), algorithm="assign")
    assert str(explanation).splitlines() == [
        "b = a + a = 6.0",
        "grad(b) = 1.0",
        "grad(a) = grad(b) · ∂b/∂a = 1.0 · 1.0 = 1.0   (0.0 replaced)  ∂b/∂a = 1.0",
        "grad(a) = grad(b) · ∂b/∂a = 1.0 · 1.0 = 1.0   (1.0 replaced)  ∂b/∂a = 1.0",
        ALGORITHMS["assign"].misconception,
        "The grad of a comes out wrong.",
    ]
    note = explain(PRESETS["expression"](), algorithm="assign").notes[-1]
    assert note == "On this graph no grad comes out wrong."


def test_one_value_is_explained_alone():
    root = PRESETS["diamond"]()
    (b,) = set(root.inputs)
    lines = explain(root, b).lines
    assert [(line.input, line.after) for line in lines] == [("b", 1.0), ("b", 2.0)]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_graph_is_ordered_once(algorithm, monkeypatch):
    """Whatever asks for the order of the graph passes it on; ordering takes as long as the rest."""
    root, ordered = PRESETS["two_uses"](), []

    def count(node, *more):
        ordered.append(node)
        return topological_order(node, *more)

    for name, module in list(sys.modules.items()):
        if name.startswith("micrograd.") and hasattr(module, "topological_order"):
            monkeypatch.setattr(module, "topological_order", count)
    explain(root, algorithm=algorithm)
    assert ordered.count(root) == 1


def test_sources_are_recorded_when_asked_for():
    with record_sources():
        a = Value(2.0, label="a")
        b = a * 3.0
    c = b + 1.0
    assert a.made_at.endswith('a = Value(2.0, label="a")')
    assert b.made_at.endswith("b = a * 3.0")
    assert "test_explanation.py:" in b.made_at
    sources = {line.node: line.source for line in explain(c).lines}
    assert sources == {"t2": "", "t1": b.made_at}


def test_labels_of_any_kind_stay_as_they_are():
    for label in ('"quoted"', "<b>&", "π 🎓", "{}", "a|b"):
        x = Value(2.0, label=label)
        assert explain(x * x).lines[0].input == label


@pytest.mark.parametrize("number", EDGES)
def test_numbers_at_the_edge_are_written(number):
    x, y = Value(number, label="x"), Value(2.0, label="y")
    assert "x" in str(explain(x * y + x))
    assert paths(x * y + x, x).count == 2


def test_a_leaf_passes_nothing_on():
    assert str(explain(Value(1.0, label="x"))) == "grad(x) = 1.0\nnothing is passed on."


@pytest.mark.slow
def test_a_long_explanation_is_refused_with_advice():
    x = Value(1.0)
    for _ in range(6000):
        x = x + 1.0
    with pytest.raises(GraphError, match=r"more than 10,000 lines\. Narrow it down: explain"):
        explain(x)


@pytest.mark.parametrize("ask", [explain, paths, nudge])
def test_a_stranger_is_refused(ask):
    with pytest.raises(GraphError, match="'q' is not in this graph"):
        ask(Value(1.0) + 2.0, Value(1.0, label="q"))


# --------------------------------------------------------------------------------------- paths


@pytest.mark.parametrize("seed", range(20))
def test_the_paths_add_up_to_the_grad(seed):
    root = random_graph(seed, size=12)
    grads = backward_of(root)
    for x in (node for node in grads if not node.inputs and node.label):
        found = paths(root, x, most=10**6)
        assert found.count == len(found.paths)
        assert sum(path.product for path in found.paths) == pytest.approx(grads[x], abs=1e-9)
        assert found.total == pytest.approx(grads[x], abs=1e-9)
        for path in found.paths:
            assert path.nodes[0] == x.label
            assert math.prod(path.partials) == pytest.approx(path.product)


def test_the_largest_of_many_paths_are_kept():
    root = random_graph(4, size=25)
    x = next(node for node in topological_order(root) if node.label)
    every = paths(root, x, most=10**6)
    few = paths(root, x, most=5)
    assert every.count == few.count > 5
    largest = sorted((abs(path.product) for path in every.paths), reverse=True)[:5]
    assert [abs(path.product) for path in few.paths] == pytest.approx(largest)


def test_paths_without_number_are_counted():
    x = y = Value(1.0, label="x")
    for _ in range(200):
        y = y + y
    found = paths(y, x)
    assert (found.count, found.total, len(found.paths)) == (2**200, 2.0**200, 20)
    head = "about 10**60 paths, of which the 20 with the largest products are:"
    assert str(found).splitlines()[0] == head


def test_paths_are_listed():
    a, b = Value(3.0, label="a"), Value(1.0, label="b")
    y = a * a + b
    y.label = "y"
    assert str(paths(y, a)).splitlines() == [
        "2 paths:",
        "a -> t1 -> y:  3.0 * 1.0 = 3.0",
        "a -> t1 -> y:  3.0 * 1.0 = 3.0",
        "the sum of all paths: 6.0",
    ]
    assert str(paths(a, a)) == "1 path:\na:  1.0 = 1.0\nthe sum of all paths: 1.0"


# --------------------------------------------------------------------------------- differences


@pytest.mark.parametrize("seed", range(10))
def test_a_graph_is_computed_again(seed):
    root = random_graph(seed)
    assert bits(Recompute(root)({})) == bits(root.data)
    x = next(node for node in topological_order(root) if not node.inputs)
    twin = random_graph(seed, numbers=lambda rng: rng.uniform(-1.0, 1.0))
    other = next(node for node in topological_order(twin) if not node.inputs)
    moved = Recompute(root)({x: 0.25})
    assert bits(moved) == bits(Recompute(twin)({other: 0.25}))
    assert root.data == twin.data  # nothing was changed


def test_differences_converge_and_then_break():
    x = Value(0.5)
    found = nudge((x * 3.0).tanh() * x, x)
    assert [row.h for row in found.rows] == [10.0**-k for k in range(1, 16)]
    assert 1e-8 < found.best.h < 1e-3
    assert found.best.error < 1e-9 < found.rows[0].error
    assert found.rows[-1].error > 1e3 * found.best.error
    assert not found.corner
    text = str(found)
    assert text.splitlines()[0].split() == ["h", "forward", "backward", "symmetric", "error"]
    assert "the error grows as 1e-16 / h" in text
    assert f"The best h here is {found.best.h:.0e}" in text


def test_a_corner_is_seen():
    x = Value(0.0)
    found = nudge(x.relu(), x)
    assert found.corner
    assert "there is a corner or a jump" in str(found)


# fmt: off
CORNERS = {  # name: (x, function, whether there is one)
    "a minimum":          (0.0,   lambda x: x * x, False),
    "a steep minimum":    (1.0,   lambda x: (x - 1.0) ** 2 * 1e6, False),
    "near a minimum":     (1e-6,  lambda x: x * x, False),
    "relu squared":       (0.0,   lambda x: x.relu() ** 2, False),
    "a steep exponential":(0.0,   lambda x: (x * 1e4).exp(), False),
    "a straight line":    (1e10,  lambda x: x * 3.0, False),
    "tanh":               (0.3,   lambda x: x.tanh(), False),
    "beside relu's":      (1.0,   lambda x: x.relu(), False),
    "relu":               (0.0,   lambda x: x.relu(), True),
    "relu on a slope":    (0.0,   lambda x: x.relu() + 1000.0 * x, True),
    "abs":                (0.0,   abs, True),
    "a step":             (0.0,   lambda x: x.step(), True),
}
# fmt: on


@cases("number, f, corner", CORNERS.values(), ids=CORNERS)
@cases("h", [0.1, (0.1, 1e-5)])
def test_a_corner_is_distinguished_from_a_curve(number, f, corner, h):
    x = Value(number)
    assert nudge(f(x), x, h=h).corner == corner


def test_a_stale_graph_is_refused():
    x = Value(2.0, label="x")
    y = x * x
    x.data = 5.0
    with pytest.raises(GraphError, match="was computed from other numbers"):
        nudge(y, x)


def test_a_compiled_function_is_nudged():
    a, b = Value(0.5), Value(-0.3)
    y = jit(lambda a, b: (a * b).tanh() + a)(a, b) * 2.0
    assert nudge(y, a, h=1e-5).rows[0].error < 1e-8


def test_a_straight_line_needs_no_sentence_about_errors():
    x = Value(0.75)
    text = str(nudge(x * 3.0, x, h=(0.5, 0.25)))
    assert "A smaller h brings" not in text
    far = Value(1e10)
    assert "x + h is x" in str(nudge(far * 3.0, far))


def test_one_distance():
    x = Value(3.0)
    found = nudge(x * x, x, h=0.5)
    assert [(row.forward, row.backward, row.symmetric) for row in found.rows] == [(6.5, 5.5, 6.0)]
    assert str(found).splitlines()[-1] == "grad 6"


@pytest.mark.parametrize("h", [0.0, -1.0, math.nan, [], "abc", None, [0.1, 0.0]])
def test_no_distance(h):
    x = Value(1.0)
    with pytest.raises(ValueError, match="h must be a finite number greater than 0"):
        nudge(x * x, x, h=h)


def test_of_a_nan_there_is_no_slope():
    x = Value(-1.0)
    assert "The result is nan, so differences show no slope." in str(nudge(x.log(), x))


@pytest.mark.parametrize("ask", [explain, paths, nudge])
def test_what_is_no_graph_is_refused(ask):
    x = Value(1.0)
    with pytest.raises(TypeError, match="int"):
        ask(3, x)
    for stranger in ("a", 3.0, [x]):
        with pytest.raises(GraphError, match="is not in this graph"):
            ask(x * 2.0, stranger)


@pytest.mark.parametrize("most", [0, -1, 1.5, None])
def test_no_paths_are_asked_for(most):
    x = Value(1.0)
    with pytest.raises(ValueError, match="most must be a whole number of at least 1"):
        paths(x * 2.0, x, most)


@pytest.mark.slow
def test_products_beyond_all_numbers():
    x = y = Value(1.0)
    for _ in range(2000):
        y = y + y
    found = paths(y, x)
    assert (found.count, found.total) == (2**2000, math.inf)
    assert str(found).startswith("about 10**602 paths, of which the 20")


def test_names_differ():
    a, b = Value(2.0, label="w"), Value(5.0, label="w")
    assert explain(a * b + a).grads == {"w": 6.0, "w#2": 2.0}
    c = Value(2.0, label="c1")
    assert explain(c * 3.0 + Value(2.0, label="t1")).forward == (
        "t2 = c1 * c2 = 6.0",
        "t3 = t2 + t1 = 8.0",
    )
    assert explain(Value(1.0, label="a\nb\x1b") * 2.0).lines[0].input == r"a\nb\x1b"


@pytest.mark.parametrize("algorithm", ["x", None, 3])
def test_an_algorithm_that_nobody_knows(algorithm):
    with pytest.raises(ValueError, match="algorithm"):
        explain(Value(1.0) * 2.0, algorithm=algorithm)


# ----------------------------------------------------------------------------------- diagnoses


def network(sizes=(4, 4, 1), activation="relu"):
    random.seed(3)
    return MLP(2, list(sizes), activation=activation)


def loss_of(model, data=((1.0, 0.5), (-0.3, 0.8))):
    loss = sum((model(list(x)) - 1.0) ** 2 for x in data)
    model.zero_grad()
    loss.backward()
    return loss


def test_a_healthy_model():
    model = network(activation="tanh")
    found = diagnose(model, loss_of(model))
    assert found
    assert str(found) == "no problem found."


def test_dead_neurons_are_named():
    model = network()
    for p in model.layers[0].neurons[1].parameters():
        p.data = -5.0
    found = diagnose(model, loss_of(model, data=((1.0, 0.5), (0.3, 0.8))))
    assert not found
    assert "layers.0.neurons.1" in str(found)
    assert "got no grad at all: dead on this data" in str(found)


def test_a_dead_layer_is_counted():
    model = network()
    for neuron in model.layers[0].neurons:
        neuron.b.data = -50.0
    assert "16 of 16 ReLU are closed (slope 0): hardly any grad gets through." in str(
        diagnose(model, loss_of(model))
    )


def test_saturated_tanh_are_counted():
    model = network(activation="tanh")
    for p in model.parameters():
        p.data *= 100.0
    found = str(diagnose(model, loss_of(model)))
    assert "tanh are saturated (|slope| <= 0.01): hardly any grad gets through." in found


def test_a_perfect_fit_is_not_dead():
    model = network(activation="tanh")
    y = model([1.0, 2.0])
    loss = (y - y.data) ** 2
    loss.backward()
    assert str(diagnose(model, loss)).startswith("every grad is 0: the loss is at a minimum")


def test_grads_that_vanish_and_explode():
    for scale, said in ((1e-3, "grads vanish"), (1e3, "grads explode")):
        model = MLP(1, [1, 1, 1], activation="tanh")
        for layer in model.layers:
            (neuron,) = layer.neurons
            neuron.w[0].data, neuron.b.data = scale, 0.0
        model.layers[0].neurons[0].w[0].data = 1e-9
        loss = model([1.0]) * 1.0
        loss.backward()
        assert said in str(diagnose(model, loss))


def test_parameters_that_the_loss_does_not_use():
    model = network()
    loss = model.layers[0].neurons[0]([1.0, 2.0]) * 2.0
    loss.backward()
    said = str(diagnose(model, loss))
    assert "the loss does not use layers.0.neurons.1.w.0" in said
    assert re.search(r"and \d+ more: a training step does not change them\.", said)


def test_a_loss_without_backward():
    model = network()
    assert str(diagnose(model, model([1.0, 2.0]))).startswith("loss.backward() has not been run")


def test_where_a_nan_began():
    model = network()
    with record_sources():
        bad = Value(-1.0, label="x").log()
    loss = model([1.0, 2.0]) + bad
    loss.backward()
    said = str(diagnose(model, loss))
    assert "The first: log of -1 gave nan, at test_explanation.py:" in said
    model.parameters()[0].data = math.inf
    loss = model([1.0, 2.0])
    loss.backward()
    assert "The first: the leaf is inf." in str(diagnose(model, loss))


def test_a_second_backward_has_a_line():
    explanation = explain(PRESETS["used_twice"](), algorithm="no_zero")
    assert [line.turn for line in explanation.lines] == [1, 1, 2, 2]
    assert explanation.again == [2]
    lines = str(explanation).splitlines()
    assert lines[4] == "backward() is called once more:"
    assert lines[5].endswith("(sum 2.0 + 1.0 = 3.0)  ∂b/∂a = 1.0")
    assert explain(PRESETS["used_twice"]()).again == []


def test_no_path_leads_through_what_has_no_derivative():
    x = Value(2.0)
    found = paths(step(x) * 3.0, x)
    assert str(found).splitlines()[0] == "0 paths:" and found.count == 0


def test_a_model_without_layers_is_diagnosed():
    class Scale(Module):
        def __init__(self):
            self.w = Value(2.0)

    model = Scale()
    assert "layer" not in str(diagnose(model, model.w * model.w))
