"""Large graphs: their units and examples, the network they were computed with, and their page.

Rule: the page can reach every node of a graph, and has the numbers that Python has.
"""

import base64
import gzip
import json
import math
import random
import re
from functools import cache

import pytest

from micrograd import MLP, Op, Value, draw, label_all, losses, nn, record_sources
from micrograd.drawing.graph_network import network_of
from micrograd.drawing.player.explorer import formulas_of, graph_data
from micrograd.drawing.player.javascript import PLAYER_FILES, ops_module
from micrograd.drawing.units import MANY, connected_components, units_of
from micrograd.explaining import names_of, node_formula, partial_formulas
from micrograd.graph import topological_order
from tests.support.node import needs_node, run


def loss_of(model, count, size, square=lambda out: sum(x**2 for x in out)):
    """A loss of `count` examples of `size` numbers, after its names are given."""
    rows = [[random.uniform(-1.0, 1.0) for _ in range(size)] for _ in range(count)]
    outs = [model(row) for row in rows]
    loss = sum(square(out if isinstance(out, list) else [out]) for out in outs)
    label_all({"model": model})
    return loss


def lecture():
    return loss_of(MLP(3, [4, 4, 1], "tanh", "tanh"), 6, 3)


def linear():
    return loss_of(nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 2)), 4, 3)


def dropout():
    return loss_of(
        nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Dropout(0.5), nn.Linear(5, 2)), 4, 3
    )


def one_example():
    return loss_of(MLP(2, [16, 16, 1]), 1, 2)


def penalty():
    model = MLP(2, [8, 1])
    return loss_of(model, 5, 2) + 0.1 * sum(p * p for p in model.parameters())


def gpt():
    scores = nn.GPT(5, 4, 4, 2, 1)
    loss = sum(losses.cross_entropy(row, 1) for row in scores([1, 2, 3]))
    label_all({"model": scores})
    return loss


def two_networks():
    first, second = MLP(2, [3, 1]), MLP(2, [3, 1])
    loss = first([1.0, 2.0]) + second([1.0, 2.0])
    label_all({"first": first, "second": second})
    return loss


def residual():
    first, second = nn.Linear(3, 3), nn.Linear(3, 3)
    x = first([1.0, 2.0, 3.0])
    loss = sum(a + b for a, b in zip(x, second(x)))
    label_all({"first": first, "second": second})
    return sum([loss, sum(x)])


def wide():
    return loss_of(MLP(700, [2, 1]), 2, 700)


def plain():
    xs = [Value(0.01 * i, label=f"x{i}") for i in range(400)]
    return sum((x * x).tanh() * x + x.exp() for x in xs).tanh()


def deep():
    y = Value(0.3)
    for _ in range(1000):
        y = (y * 1.01).tanh()
    return y


GRAPHS = [
    lecture,
    linear,
    dropout,
    one_example,
    penalty,
    gpt,
    two_networks,
    residual,
    wide,
    plain,
    deep,
]
EVERY_GRAPH = pytest.mark.parametrize("make", GRAPHS, ids=lambda make: make.__name__)


@cache
def nodes_of(make):
    random.seed(1)
    root = make()
    root.backward()
    return topological_order(root)


# ------------------------------------------------------------------------------ units, examples


@pytest.mark.parametrize(
    ("make", "units", "examples"),
    [
        (lecture, 9, 6),
        (linear, 7, 4),
        (dropout, 7, 4),
        (one_example, 33, 1),
        (penalty, 9, 5),
        (two_networks, 8, 2),
        (plain, 0, 0),
    ],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_units_are_neurons_and_examples_are_what_was_computed_alone(make, units, examples):
    found = units_of(nodes_of(make))
    assert (len(found.names), found.examples) == (units, examples)
    many = {node for node, example in found.example_of.items() if example == MANY}
    assert (nodes_of(make)[-1] in many) is (examples > 1)


def test_a_units_results_are_those_of_its_neuron():
    random.seed(1)
    model = MLP(2, [3, 1])
    rows = [[0.5, -1.0], [2.0, 1.0]]
    root = sum(model(row) for row in rows)
    label_all({"model": model})
    found = units_of(topological_order(root))
    for number, row in enumerate(rows, 1):
        for i, neuron in enumerate(model.layers[0].neurons):
            unit = found.names.index(f"model.layers.0.neurons.{i}")
            own = [n for n, u in found.unit_of.items() if u == unit]
            of_example = [n.data for n in own if found.example_of.get(n) == number]
            assert neuron(row).data == of_example[-1]


def test_components_are_what_is_connected_by_other_than_leaves():
    w, xs = Value(2.0, label="m.w"), [Value(float(i)) for i in range(3)]
    outs = [(w * x).tanh() for x in xs]
    nodes = [w, *xs, *[node for out in outs for node in (out.inputs[0], out)]]
    assert connected_components(nodes) == [[out.inputs[0], out] for out in outs]
    assert connected_components([w]) == []


# ----------------------------------------------------------------------------------- the network


@pytest.mark.parametrize(
    ("make", "shape"),
    [
        (lecture, [(4, 3, "tanh"), (4, 4, "tanh"), (1, 4, "tanh")]),
        (linear, [(5, 3, "ReLU"), (2, 5, "linear")]),
        (dropout, [(5, 3, "ReLU"), (2, 5, "linear")]),
        (one_example, [(16, 2, "ReLU"), (16, 16, "ReLU"), (1, 16, "linear")]),
        (gpt, []),  # queries, keys and values stand beside each other
        (two_networks, []),
        (plain, []),
    ],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_a_row_of_layers_is_a_network(make, shape):
    nodes = nodes_of(make)
    layers = network_of(nodes, units_of(nodes)).values()
    assert [(len(x.weights), x.inputs, x.activation) for x in layers] == shape


def test_the_networks_weights_are_the_models():
    random.seed(1)
    model = nn.Sequential(nn.Linear(12, 11), nn.ReLU(), nn.Linear(11, 2))
    loss = loss_of(model, 2, 12)
    nodes = topological_order(loss)
    first, second = network_of(nodes, units_of(nodes)).values()
    assert first.weights == model.steps[0].weight and first.biases == model.steps[0].bias
    assert second.weights == model.steps[2].weight


# -------------------------------------------------------------------------------------- the page


def data_of(page):
    (packed,) = re.findall(r'<script type="text/plain" id="packed">(.*?)</script>', page)
    return json.loads(gzip.decompress(base64.b64decode(packed)))


@EVERY_GRAPH
def test_the_columns_have_every_input_name_and_formula(make):
    nodes = nodes_of(make)
    data = json.loads(json.dumps(graph_data(nodes, units_of(nodes), formulas_of)))
    names, rest = names_of(nodes), iter(data["inputs"])
    leaves = [node for node in nodes if not node.inputs]
    assert data["leaves"] == [leaf.data for leaf in leaves]
    counts = {"t": 0, "c": 0}
    for i, (node, op) in enumerate(zip(nodes, data["op"])):
        stem = "c" if op < 0 else "t"
        counts[stem] += str(i) not in data["names"]
        assert names[node] == data["names"].get(str(i), f"{stem}{counts[stem]}")
        if op >= 0:
            row = data["ops"][op]
            steps = [next(rest) for _ in range(row["count"])]
            assert node.inputs == tuple(leaves[-1 - x] if x < 0 else nodes[i - x] for x in steps)
            texts = [row["formula"], *row["partials"]]
            for k, x in [*enumerate(node.inputs), ("out", node)]:
                texts = [text.replace(f"\u27e6{k}\u27e7", names[x]) for text in texts]
            assert texts == [node_formula(node, names), *partial_formulas(node, names)]


def test_a_page_takes_a_few_bytes_a_node():
    """Each example more takes its numbers, and hardly anything for its 600 nodes."""
    random.seed(1)
    model = MLP(2, [16, 16, 1])
    sizes = [len(draw(loss_of(model, count, 2)).html) for count in (10, 50)]
    assert sizes[1] - sizes[0] < 40 * 1200


def test_a_page_says_what_was_computed_where():
    with record_sources():
        loss = plain()
    data = data_of(draw(loss).html)
    assert "test_large_graphs.py" in data["sources"]["3"]


def test_an_op_that_javascript_lacks_comes_with_all_numbers():
    odd = Op("odd", "odd({})", lambda x: float(math.floor(x)), (lambda x, out: 1.0,))
    root = odd(plain())
    root.backward()
    data = data_of(draw(root).html)
    assert data["numbers"]["grad"][-1] == 1.0 and len(data["numbers"]["data"]) == len(data["op"])
    assert "odd" in data["why"]


# ------------------------------------------------------------------------------------- with Node


EXPLORE = """
const graph = largeGraph(given.data, rows);
const seen = new Set();
const views = new Set([graph.size - 1]);
let most = 0;
for (const root of views) {
  const part = partOf(graph, root);
  const listed = part ? part.nodes : termsOf(graph, root).flatMap(({ node, sum }) => [node, sum]);
  for (const i of listed) if (i !== null) seen.add(i);
  if (part) most = Math.max(most, part.nodes.length);
  seen.add(root);
  const next = part ? [...part.open] : termsOf(graph, root).map(({ node }) => node);
  for (const i of next) if (!graph.isLeaf(i)) views.add(i);
}
const result = { seen: seen.size, most, grad: [...graph.grad], data: [...graph.data] };
"""


@pytest.mark.slow
@needs_node
@EVERY_GRAPH
def test_every_node_is_reached_by_opening_parts(make):
    nodes = nodes_of(make)
    code = ops_module(node.op for node in nodes if node.op).replace("export ", "")
    for name, names in (("large_graph", "largeGraph"), ("part", "partOf, termsOf")):
        address = (PLAYER_FILES / f"{name}.mjs").as_uri()
        code += f"const {{ {names} }} = await import({json.dumps(address)});"
    data = graph_data(nodes, units_of(nodes), formulas_of)
    found = run(code + EXPLORE, {"data": json.loads(json.dumps(data))})
    assert found["seen"] == len(nodes)
    assert found["most"] <= 1200
    assert found["data"] == pytest.approx([node.data for node in nodes], rel=1e-12)
    assert found["grad"] == pytest.approx([node.grad for node in nodes], rel=1e-9, abs=1e-15)
