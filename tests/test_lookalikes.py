"""Graphs of other engines are drawn as ours are: the lecture's, the original's, other styles.

Rule: a file of tests/files/engines is a row.
"""

import math
from pathlib import Path

import pytest

from micrograd import Value, draw, draw_dot, trace, tree

ENGINES = sorted((Path(__file__).parent / "files" / "engines").glob("*.py"))


def load(path):
    names = {"__name__": "answer"}
    exec(path.read_text(encoding="utf-8"), names)
    return names["Value"]


def graph(kind):
    a, b = kind(2.0), kind(-3.0)
    y = (a * b + a) ** 2 + a + a
    y.backward()
    return y


@pytest.mark.parametrize("path", ENGINES, ids=[path.stem for path in ENGINES])
def test_another_engine_is_drawn_with_its_numbers(path):
    """A set has no order, so the lines of both trees are compared sorted, without branches."""
    theirs, ours = graph(load(path)), graph(Value)
    shown, expected = (
        [line.strip(" ├└│─") for line in tree(y).splitlines()] for y in (theirs, ours)
    )
    assert sorted(shown) == sorted(expected)
    assert len(trace(theirs)[1]) == len(trace(ours)[1])
    assert draw_dot(theirs).source.count("->") == draw_dot(ours).source.count("->")
    assert len(draw(theirs).html) == pytest.approx(len(draw(ours).html), rel=0.02)  # it plays


def test_an_op_that_we_lack_is_drawn_by_its_sign():
    class Number:
        def __init__(self, data, inputs=(), op=None):
            self.data, self.inputs, self.op = data, inputs, op

    y = Number(math.pi, (Number(1.0), Number(2.0)), "smooth")
    assert "smooth data 3.1416  backward not run" in tree(y)
    assert "smooth" in draw(y).svg
    assert "**x" in tree(Number(1.0, (Number(2.0),), "**x"))


def test_a_number_that_is_added_to_itself_is_drawn_twice():
    """A set of inputs holds it once."""

    class Number:
        def __init__(self, data, inputs=(), op=""):
            self.data, self.grad, self._prev, self._op = data, 0.0, set(inputs), op

    number, value = Number(2.0), Value(2.0)
    assert tree(Number(4.0, [number], "+")) == tree(value + value)


def test_anything_else_is_still_refused():
    with pytest.raises(TypeError):
        tree(3.0)
