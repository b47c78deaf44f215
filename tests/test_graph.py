"""Graphs without Values: the order of any nodes, and a graph computed again with other leaves.

Rule: the tests of the engine show graphs of Values; here are the cases that they do not reach.
"""

import operator

import pytest

from micrograd import Value, ops
from micrograd.graph import topological_order
from micrograd.support.fold import fold


def forward(op, inputs):
    return op.forward(*inputs)


def test_a_graph_is_computed_again_with_other_leaves():
    a, b = Value(2.0), Value(3.0)
    y = (a * b + 1.0).tanh() / a
    numbers = {a: -0.5, b: 0.25}
    results = fold(topological_order(y), lambda leaf: numbers.get(leaf, leaf.data), forward)
    assert results[y] == ((Value(-0.5) * 0.25 + 1.0).tanh() / -0.5).data
    assert list(results) == topological_order(y)
    assert (a.data, y.grad) == (2.0, 0.0)


def test_a_known_result_is_kept_and_a_node_that_is_not_there_is_known():
    a = Value(2.0)
    inner = a * a
    y = inner + 1.0
    results = fold(
        topological_order(y), operator.attrgetter("data"), forward, {inner: 10.0, y: 0.0}
    )
    assert (results[inner], results[y], results[a]) == (10.0, 0.0, 2.0)
    assert fold([], forward, forward, {a: 1.0}) == {a: 1.0}


def test_a_graph_is_computed_with_whatever_apply_returns():
    a = Value(2.0, label="a")
    texts = fold(
        topological_order(ops.exp(a * 3)),
        leaf=lambda node: node.label or str(node.data),
        apply=lambda op, inputs: op.template.format(*inputs),
    )
    assert [*texts.values()] == ["a", "3.0", "a * 3.0", "exp(a * 3.0)"]


@pytest.mark.slow
def test_a_graph_of_many_nodes_is_computed_again():
    y = Value(1.0)
    for _ in range(100_000):
        y = y + 1.0
    assert fold(topological_order(y), lambda leaf: 0.5, forward)[y] == 50_000.5


class Other:
    """A node that is no Value, and has numbers among its inputs, as those of a trace do."""

    def __init__(self, name, op=None, inputs=()):
        self.name, self.op, self.inputs = name, op, inputs


def test_the_order_of_nodes_that_are_no_values():
    w, x = Other("w"), Other("x")
    loss = Other("loss", ops.sub, [2.0, total := Other("sum", ops.add, [w, 1.0, x]), w])
    order = topological_order(loss, lambda node: [x for x in node.inputs if type(x) is Other])
    assert order == [w, x, total, loss]
