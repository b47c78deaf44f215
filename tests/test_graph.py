"""Graphs without Values: the order of any nodes, and a graph computed again with other leaves.

Rule: the tests of the engine show graphs of Values; here are the cases that they do not reach.
"""

import operator

import pytest

from micrograd import Value, ops
from micrograd.graph import fold, topological_order


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


def test_the_order_of_nodes_that_are_no_values():
    graph = {"loss": ["sum", "w"], "sum": ["w", "x"], "w": [], "x": []}
    assert topological_order("loss", graph.get) == ["w", "x", "sum", "loss"]
