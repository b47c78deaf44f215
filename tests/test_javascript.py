"""The table and the algorithms in JavaScript, run by Node, against Python's.

Rule: numbers go there and back as JSON, with names for those that JSON has not. Needs `node`
(Debian: apt install nodejs), and is skipped without.
"""

import itertools
import math

import pytest

from micrograd import OPS, Op, Value, ops
from micrograd.course.presets import PRESETS
from micrograd.drawing.player.javascript import functions, rows, web_file
from micrograd.errors import TraceError
from micrograd.explaining.events import ALGORITHMS, Backward, events, grads_of
from micrograd.graph import partials, topological_order
from micrograd.ops import op_named
from tests.support.floats import approx
from tests.support.node import TABLE, needs_node, run

EDGES = (0.0, -0.0, 1.0, -1.0, 0.3, -2.5, 30.0, 1e300, 5e-324, math.inf, -math.inf, math.nan)


@pytest.mark.slow
@needs_node
def test_every_row_computes_what_it_does_in_python():
    grids = {op.name: grid(op) for op in TABLE}
    found = run(
        web_file("ops.mjs")
        + f"const rows = {rows(TABLE)};"
        + """
        const result = {};
        for (const [name, grid] of Object.entries(given)) {
          result[name] = grid.map((xs) => {
            const out = rows[name].forward(...xs);
            return [out, ...rows[name].partials.map((f) => f && f(...xs, out))];
          });
        }
        """,
        grids,
    )
    for op in TABLE:
        for inputs, (out, *slopes) in zip(grids[op.name], found[op.name]):
            wanted = op.forward(*inputs)
            assert out == approx(wanted), (op.name, inputs)
            by_python = [partial and partial(*inputs, wanted) for partial in op.partials]
            for got, slope in zip(slopes, by_python, strict=True):
                assert got is slope is None or got == approx(slope), (op.name, inputs)


TAKEN = {op_named("take 3"): [[i, 1.5, -2.0, 3.0] for i in (-1.0, 0.0, 1.0, 2.0, 3.0, 0.5)]}


def grid(op):
    """Inputs to try: of an index only those that say something."""
    if op in TAKEN:
        return TAKEN[op]
    return [list(xs) for xs in itertools.product(EDGES, repeat=len(op.partials))]


def data_of(root):
    order = topological_order(root)
    place = {node: i for i, node in enumerate(order)}
    return [
        {
            "op": node.op.name if node.op else None,
            "inputs": [place[x] for x in node.inputs],
            "data": node.data,
        }
        for node in order
    ]


@pytest.mark.slow
@needs_node
@pytest.mark.parametrize("make", PRESETS.values(), ids=PRESETS)
def test_forward_and_every_algorithm_are_those_of_python(make):
    root = make()
    order = topological_order(root)
    algorithms = [a for a in ALGORITHMS if a != "recursive" or make is not PRESETS["readme"]]
    engine = web_file("engine.mjs").replace("export ", "")
    found = run(
        "const ops = (() => {" + web_file("ops.mjs")
        + f"return {rows(node.op for node in order if node.op)};" + "})();" + engine + """
        const data = forward(given.graph, ops);
        const runs = given.algorithms.map((a) => backward(given.graph, ops, data, ALGORITHMS[a]));
        const result = { data, runs, names: Object.keys(ALGORITHMS) };
        """,
        {"graph": data_of(root), "algorithms": algorithms},
    )  # fmt: skip
    assert found["names"] == list(ALGORITHMS)
    assert found["data"] == approx([node.data for node in order])
    for algorithm, got in zip(algorithms, found["runs"]):
        wanted = list(grads_of(order, ALGORITHMS[algorithm]).values())
        assert got["grads"] == pytest.approx(wanted, rel=1e-9)
        stream = [event for event in events(root, algorithm) if isinstance(event, Backward)]
        assert [(e["node"], e["place"]) for e in got["events"]] == [
            (order.index(event.node), event.place) for event in stream
        ]


def test_a_row_of_the_users_own_is_derived_from_its_forward():
    swish = Op("swish", "swish({})", lambda x: x * ops.sigmoid(x), (lambda x, out: out + x,))
    assert rows([swish]) == (
        '{"swish": {forward: (x) => mul(x, sigmoid(x)), partials: [(x, out) => add(out, x)]}}'
    )
    other = Op("sin", "sin", lambda x: x * x, (lambda x, out: x,))
    assert rows([other]) == '{"sin": {forward: (x) => mul(x, x), partials: [(x, out) => x]}}'
    hidden = Op("hidden", "hidden({})", math.cosh, (lambda x, out: x,))
    with pytest.raises(TraceError, match="hidden"):
        rows([hidden])


def test_each_function_is_a_row():
    families = {"take"}
    written_in_ops = {"leaky_relu"}
    assert functions() == {op.name for op in OPS.values()} - written_in_ops | families


def test_numbers_are_written_whole():
    assert "1.4142135623730951" in rows(
        [Op("a", "a({})", lambda x: x, (lambda x, out: x * 2**0.5,))]
    )
    third = Op("b", "b({})", lambda x: x + math.inf, (lambda x, out: math.nan,))
    assert rows([third]) == '{"b": {forward: (x) => add(x, Infinity), partials: [(x, out) => NaN]}}'
    assert partials(Value(2.0) * 3.0, lambda node: node.data) == [3.0, 2.0]


@pytest.mark.parametrize("exponent", ["inf", "-inf", "nan", "1e400"])
def test_an_exponent_is_written_as_javascript_writes_numbers(exponent):
    """It knows no inf and no nan: the player of x**1e400 would end in a ReferenceError."""
    text = rows([op_named(f"pow {exponent}")]).partition("{forward")[2]
    assert "inf" not in text and "nan" not in text
    assert ("NaN" if exponent == "nan" else "Infinity") in text.partition("partials")[0]
