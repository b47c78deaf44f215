"""The bug with a node used twice

In this class, as in the lecture at first, every `_backward` assigns: with b = a + a the second line
overwrites what the first has written, and a.grad is 1 where it should be 2. Fix + and *, so that
every use of a node counts.
"""


class Value:
    def __init__(self, data, inputs=()):
        self.data = data
        self.grad = 0.0
        self.inputs = inputs
        self._backward = lambda: None

    def __add__(self, other):
        out = Value(self.data + other.data, (self, other))

        def _backward():
            # <solution>
            self.grad += out.grad
            other.grad += out.grad
            # </solution>

        out._backward = _backward
        return out

    def __mul__(self, other):
        out = Value(self.data * other.data, (self, other))

        def _backward():
            # <solution>
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad
            # </solution>

        out._backward = _backward
        return out

    def backward(self):
        order = []

        def visit(node):
            if node not in order:
                for x in node.inputs:
                    visit(x)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            node._backward()


# <checker>
import random

from micrograd.course.exercises.checking import near, number, recognise
from micrograd.engine import Value as Reference

HINTS = (
    "What does a.grad hold when the second use of a passes back? Should that be kept?",
    "Each use of a node adds its part to what is there: the grad is the sum over all uses.",
    "Four lines have = where += is needed: two in the sum, two in the product.",
)
PLUS = """
self.grad += out.grad
other.grad += out.grad
"""
TIMES = """
self.grad += other.data * out.grad
other.grad += self.data * out.grad
"""
OLD_PLUS, OLD_TIMES = PLUS.replace("+=", "="), TIMES.replace("+=", "=")
GIVEN = [OLD_PLUS, OLD_TIMES]  # the bug that learners fix
WRONG = {
    (OLD_PLUS, OLD_TIMES): "+ still has the bug",
    (PLUS, OLD_TIMES): "* still has the bug",
    (OLD_PLUS, TIMES): "+ still has the bug",
    (PLUS.replace("+=", "-="), TIMES.replace("+=", "-=")): "-= instead of += in +",
    (PLUS, TIMES.replace("+=", "-=")): "-= instead of += in *",
    ("self.grad += 1.0\nother.grad += 1.0", TIMES): "out.grad is missing in +",
    (PLUS, "self.grad += other.data\nother.grad += self.data"): "out.grad is missing in *",
    (PLUS, "self.grad += self.data * out.grad\nother.grad += other.data * out.grad"): "own number",
    ("self.grad += out.grad\nself.grad += out.grad", TIMES): "to self twice",
    ("other.grad += out.grad\nother.grad += out.grad", TIMES): "to other twice",
    ("out.grad += self.grad\nout.grad += other.grad", TIMES): "a and b get nothing from +",
    ("self.grad = 2 * out.grad\nother.grad = 2 * out.grad", TIMES): "twice what it should",
    (PLUS, "self.grad = 2 * other.data * out.grad\nother.grad = 2 * self.data * out.grad"): (
        "twice what it should"
    ),
    ("self.grad = out.grad\nother.grad += out.grad", TIMES): "in a line of +",
    (PLUS, "self.grad = other.data * out.grad\nother.grad += self.data * out.grad"): (
        "in a line of *"
    ),
}


def grads(make, *data):
    """Return the grads of leaves with these data after backward() of make(*leaves)."""
    leaves = [Value(x) for x in data]
    make(*leaves).backward()
    return [number(x.grad) for x in leaves]


def check_two_inputs():
    """a + b and a * b, with a = 2 and b = -3"""
    answer = grads(lambda a, b: a + b, 2.0, -3.0)
    recognise(
        answer,
        {
            "-= instead of += in +: both grads have the wrong sign": [-1, -1],
            "+ passes to self twice, and nothing to other": [2, 0],
            "+ passes to other twice, and nothing to self": [0, 2],
            "a and b get nothing from +: add to their grads": [0, 0],
            "in a + b each gets twice what it should: a factor of 2 is right only for a + a": [
                2,
                2,
            ],
        },
    )
    near(answer, [1, 1], "[a.grad, b.grad] with c = a + b")
    answer = grads(lambda a, b: a * b, 2.0, -3.0)
    recognise(
        answer,
        {
            "-= instead of += in *: both grads have the wrong sign": [3, -2],
            "in * each gets its own number: the partial with respect to a is b": [2, -3],
            "a and b get nothing from *: add to their grads": [0, 0],
            "in a * b each gets twice what it should: that is right only for a * a": [-6, 4],
        },
    )
    near(answer, [-3, 2], "[a.grad, b.grad] with a = 2, b = -3 and c = a * b")


def check_the_same_value_twice():
    """a + a and a * a, with a = 3"""
    for mark, make, once in (("+", lambda a: a + a, 1), ("*", lambda a: a * a, 3)):
        answer = grads(make, 3.0)
        recognise(
            answer, {f"{mark} still has the bug: in a {mark} a only one use of a counts": once}
        )
        near(answer, [2 * once], f"[a.grad] with a = 3 and b = a {mark} a")


def check_a_use_somewhere_else():
    """(a + b) + a, (a * b) * a and three others, with a = 2 and b = -3"""
    for mark, text, make, wanted, erased, partials in (
        ("+", "(a + b) + a", lambda a, b: (a + b) + a, [2, 1], [1, 1], []),
        ("+", "(a + b) + b", lambda a, b: (a + b) + b, [1, 2], [1, 1], []),
        ("+", "(a + b) * a", lambda a, b: (a + b) * a, [1, 2], [2, 2], [0, 1]),
        ("*", "(a * b) * a", lambda a, b: (a * b) * a, [-12, 4], [-6, 4], [-9, 2]),
        ("*", "(a * b) * b", lambda a, b: (a * b) * b, [9, -12], [9, -6], []),
    ):
        answer = grads(make, 2.0, -3.0)
        equals = (
            f"there seems to be an = in a line of {mark}: in {text} one of the uses does not count"
        )
        missing = f"out.grad is missing in {mark}: its inputs get only the partial"
        recognise(answer, {equals: erased, missing: partials})
        near(answer, wanted, f"[a.grad, b.grad] with a = 2, b = -3 and c = {text}")


def check_random_graphs():
    """random graphs, compared with micrograd itself"""
    chance = random.Random(9)
    for _ in range(30):
        data = [chance.uniform(-1.2, 1.2) for _ in range(3)]
        mine, real = [Value(x) for x in data], [Reference(x) for x in data]
        for _ in range(8):
            i, j = chance.randrange(len(mine)), chance.randrange(len(mine) - 3, len(mine))
            if chance.random() < 0.5:
                mine.append(mine[i] * mine[j])
                real.append(real[i] * real[j])
            else:
                mine.append(mine[i] + mine[j])
                real.append(real[i] + real[j])
        mine[-1].backward()
        real[-1].backward()
        answer = [number(x.grad) for x in mine]
        near(answer, [x.grad for x in real], "the list of all grads in a graph of 8 operations")


# </checker>
