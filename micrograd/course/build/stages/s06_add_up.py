"""A Value that is used twice

In `b = a + a`, self and other are the same Value. Your
`_backward` writes its grad twice, and the second write
replaces the first: a.grad is 1. But b = 2a, so it must be
2. The same happens whenever two parts of a graph use one
Value, as every weight of a network is used for each
example.

The chain rule over several paths: what arrives over each
path is *added*.

Change `_backward` in `__add__` and `__mul__`:

- add to the grad of each input (`+=`) instead of setting
  it (`=`).

Then:

    >>> a = Value(3.0)
    >>> b = a + a
    >>> b.backward()
    >>> a.grad
    2.0
    >>> c = Value(3.0)
    >>> d = c * c
    >>> d.backward()
    >>> c.grad
    6.0

From now on grads pile up until somebody sets them back to
0. That will be `zero_grad()`, in stage 11.
"""

import random
from typing import Any

from micrograd.course.build.learner import Learner, compare_grads
from micrograd.course.exercises.checking import Wrong
from micrograd.engine import Value as Reference

LESSONS = (10,)
MINUTES = 4
OWNER = "Value"
OPENING = "a second write replaces the first"  # how every file fails before this stage
OPENING_MARK = r"grad \+=|grad = \+|grad = \w+\.grad \+"  # of one who tries to add
NEEDS = ()
CODE = """
class Value:
    def __add__(self, other):
        out = Value(self.data + other.data, (self, other), "+")

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        out = Value(self.data * other.data, (self, other), "*")

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out
"""
HINTS = (
    "Do a + a on paper: what does each of the two lines in `_backward` write into a.grad?",
    "The sign is +=, in all four lines. `=+` is another thing: it sets a positive number.",
    "self.grad += out.grad in a sum, self.grad += other.data * out.grad in a product.",
)
ADD = """
def __add__(self, other):
    out = Value(self.data + other.data, (self, other), "+")

    def _backward():
        {}

    out._backward = _backward
    return out
"""
MUL = ADD.replace("add", "mul").replace("+", "*")
WRONG = {
    ADD.format("self.grad = out.grad\n        other.grad = out.grad"): "replaces",
    ADD.format("self.grad =+ out.grad\n        other.grad =+ out.grad"): "replaces",
    ADD.format("self.grad += out.grad\n        other.grad = out.grad"): "replaces",
    ADD.format("self.grad += self.grad + out.grad\n        other.grad += other.grad + out.grad"): (
        "itself"
    ),
    ADD.format(
        "if self is other:\n            self.grad = 2 * out.grad\n        else:\n"
        "            self.grad, other.grad = out.grad, out.grad"
    ): "in two different sums",
    MUL.format("self.grad = other.data * out.grad\n        other.grad = self.data * out.grad"): (
        "replaces"
    ),
    MUL.format("self.grad += other.data * out.grad\n        other.grad = self.data * out.grad"): (
        "replaces"
    ),
}


def check(my: Learner) -> None:
    for x in (3.0, -1.5):
        check_sum(my, x)
        check_product(my, x)
    check_two_sums(my)
    check_mixed(my)
    check_random_graphs(my)


REPLACES = (
    "the second `=` replaces what the first one wrote. Add with `+=`, in every `_backward` "
    "(`=+` is no such sign: it sets a positive number)"
)


def check_sum(my: Learner, x: float) -> None:
    a = my.Value(x)
    b = a + a
    b.backward()
    text = f"b = a + a with a = {x}, after b.backward(): a.grad is"
    if b.grad == a.grad == 1.0:
        raise Wrong(f"{text} 1, and should be 2: {REPLACES}.", OPENING)
    mistakes = {
        f"{text} 4, and should be 2: twice as much: out.grad is added once for each use": [4.0],
        f"{text} 3, and should be 2: the grad is added to itself as well": [3.0],
    }
    compare_grads(text.removesuffix(": a.grad is"), [("a", a)], [2.0], mistakes)


def check_product(my: Learner, x: float) -> None:
    a = my.Value(x)
    b = a * a
    b.backward()
    text = f"b = a * a with a = {x}, after b.backward(): a.grad is"
    if a.grad == x:
        raise Wrong(f"{text} {x}, and should be {2 * x}: {REPLACES}.", OPENING)
    mistakes = {
        f"{text} {4 * x}, and should be {2 * x}: twice as much": [4 * x],
        f"{text} {3 * x}, and should be {2 * x}: the grad is added to itself as well": [3 * x],
    }
    compare_grads(text.removesuffix(": a.grad is"), [("a", a)], [2 * x], mistakes)


def check_two_sums(my: Learner) -> None:
    """A Value in two different operations."""
    a, b = my.Value(2.0), my.Value(5.0)
    c = (a + b) * (a + b)
    c.backward()
    one = {
        "c = (a + b) * (a + b): a is used in two different sums, and only one of them arrives. Add "
        "with `+=` whatever self and other are": [7.0, 7.0],
    }
    compare_grads("c = (a + b) * (a + b), a = 2, b = 5", [("a", a), ("b", b)], [14.0, 14.0], one)


def check_mixed(my: Learner) -> None:
    """A Value in a sum and in a product."""
    a, b = my.Value(-2.0), my.Value(3.0)
    d, e = a * b, a + b
    f = d * e
    f.backward()
    names = [("a", a), ("b", b), ("d", d), ("e", e)]
    text = "f = (a * b) * (a + b) with a = -2 and b = 3"
    half = f"{text}: only one of the two paths arrives at a and b. Add with `+=`"
    mistakes = {half: [3.0, -2.0, 1.0, -6.0], f"{half} ": [-6.0, -6.0, 1.0, -6.0]}
    compare_grads(f"{text}, after f.backward()", names, [-3.0, -8.0, 1.0, -6.0], mistakes)


def check_random_graphs(my: Learner) -> None:
    """Random graphs, compared with micrograd itself; of those that fail, the smallest is told."""
    chance = random.Random(8)
    for size in (2, 3, 4, 6, 8, 8, 12, 12):
        steps = [(chance.randrange(3 + i), chance.randrange(max(0, i - 1), 3 + i),
                  chance.random() < 0.5) for i in range(size)]  # fmt: skip
        mine, text = run(steps, my.Value)
        real, _ = run(steps, Reference)
        pairs = [(f"x{i}", x) for i, x in enumerate(mine)]
        compare_grads(text, pairs, [x.grad for x in real], {})


def run(steps: list[tuple[int, int, bool]], kind: Any) -> tuple[list[Any], str]:
    """Return the nodes of a graph, after backward() of the last, and the graph as text."""
    data = (0.8, -1.1, 0.6)
    nodes = [kind(x) for x in data]
    lines = [f"x{i} = {x}" for i, x in enumerate(data)]
    for i, j, adds in steps:
        lines.append(f"x{len(nodes)} = x{i} {'+' if adds else '*'} x{j}")
        nodes.append(nodes[i] + nodes[j] if adds else nodes[i] * nodes[j])
    nodes[-1].backward()
    return nodes, ", ".join(lines)
