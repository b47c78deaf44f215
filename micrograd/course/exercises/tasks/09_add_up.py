"""The bug with a node used twice

In this class, as in the lecture at first, every `_backward` assigns: with b = a + a the second line
erases what the first has written, and a.grad is 1 where it should be 2. Mend + and *, so that every
use of a node counts.
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
                for child in node.inputs:
                    visit(child)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            node._backward()


# <checker>
import random

from micrograd.course.exercises.checking import near, number, recognise
from micrograd.engine import Value as Reference

NEEDS = 10
HINTS = (
    "What does a.grad hold when the second use of a passes back, and what should become of it?",
    "A use of a node adds its part to what is there: the grad is the sum over all uses.",
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
GIVEN = [OLD_PLUS, OLD_TIMES]  # what is to be mended
WRONG = {
    (OLD_PLUS, OLD_TIMES): "+ still has the bug",
    (PLUS, OLD_TIMES): "* still has the bug",
    (OLD_PLUS, TIMES): "+ still has the bug",
    (PLUS.replace("+=", "-="), TIMES.replace("+=", "-=")): "-= in place of += in +",
    (PLUS, TIMES.replace("+=", "-=")): "-= in place of += in *",
    ("self.grad += 1.0\nother.grad += 1.0", TIMES): "in + out.grad is left out",
    (PLUS, "self.grad += other.data\nother.grad += self.data"): "in * out.grad is left out",
    (PLUS, "self.grad += self.data * out.grad\nother.grad += other.data * out.grad"): "own number",
    ("self.grad += out.grad\nself.grad += out.grad", TIMES): "self twice",
    ("other.grad += out.grad\nother.grad += out.grad", TIMES): "other twice",
    ("out.grad += self.grad\nout.grad += other.grad", TIMES): "a and b get nothing from +",
    ("self.grad = 2 * out.grad\nother.grad = 2 * out.grad", TIMES): "twice what it should be",
    (PLUS, "self.grad = 2 * other.data * out.grad\nother.grad = 2 * self.data * out.grad"): (
        "twice what it should be"
    ),
    ("self.grad = out.grad\nother.grad += out.grad", TIMES): "in one of the lines of +",
    (PLUS, "self.grad = other.data * out.grad\nother.grad += self.data * out.grad"): (
        "in one of the lines of *"
    ),
}


def grads(make, *data):
    """The grads of leaves with these data after the backward of what is made of them."""
    leaves = [Value(x) for x in data]
    make(*leaves).backward()
    return [number(x.grad) for x in leaves]


def check_two_inputs():
    """a + b and a * b, with a = 2 and b = -3"""
    found = grads(lambda a, b: a + b, 2.0, -3.0)
    recognise(
        found,
        {
            "-= in place of += in +: both grads have the wrong sign": [-1, -1],
            "+ gives to self twice, and to other nothing": [2, 0],
            "+ gives to other twice, and to self nothing": [0, 2],
            "a and b get nothing from +: it is their grads that are added to": [0, 0],
            "in a + b each gets twice what it should be: a factor 2 is right for a + a alone": [
                2,
                2,
            ],
        },
    )
    near(found, [1, 1], "with c = a + b, [a.grad, b.grad]")
    found = grads(lambda a, b: a * b, 2.0, -3.0)
    recognise(
        found,
        {
            "-= in place of += in *: both grads have the wrong sign": [3, -2],
            "in * each gets its own number: the slope of a * b by a is b": [2, -3],
            "a and b get nothing from *: it is their grads that are added to": [0, 0],
            "in a * b each gets twice what it should be: that is right for a * a alone": [-6, 4],
        },
    )
    near(found, [-3, 2], "with a = 2, b = -3 and c = a * b, [a.grad, b.grad]")


def check_the_same_value_twice():
    """a + a and a * a, with a = 3"""
    for mark, make, once in (("+", lambda a: a + a, 1), ("*", lambda a: a * a, 3)):
        found = grads(make, 3.0)
        recognise(
            found, {f"{mark} still has the bug: with a {mark} a only one use of a counts": once}
        )
        near(found, [2 * once], f"with a = 3 and b = a {mark} a, [a.grad]")


def check_a_use_somewhere_else():
    """(a + b) + a, (a * b) * a and three others, with a = 2 and b = -3"""
    for mark, text, make, wanted, erased, alone in (
        ("+", "(a + b) + a", lambda a, b: (a + b) + a, [2, 1], [1, 1], []),
        ("+", "(a + b) + b", lambda a, b: (a + b) + b, [1, 2], [1, 1], []),
        ("+", "(a + b) * a", lambda a, b: (a + b) * a, [1, 2], [2, 2], [0, 1]),
        ("*", "(a * b) * a", lambda a, b: (a * b) * a, [-12, 4], [-6, 4], [-9, 2]),
        ("*", "(a * b) * b", lambda a, b: (a * b) * b, [9, -12], [9, -6], []),
    ):
        found = grads(make, 2.0, -3.0)
        looks = (
            f"looks like = in one of the lines of {mark}: in {text} one of the uses does not count"
        )
        left_out = f"in {mark} out.grad is left out: its inputs get the slope alone"
        recognise(found, {looks: erased, left_out: alone})
        near(found, wanted, f"with a = 2, b = -3 and c = {text}, [a.grad, b.grad]")


def check_random_graphs():
    """random graphs, against micrograd itself"""
    made = random.Random(9)
    for _ in range(30):
        data = [made.uniform(-1.2, 1.2) for _ in range(3)]
        mine, real = [Value(x) for x in data], [Reference(x) for x in data]
        for _ in range(8):
            i, j = made.randrange(len(mine)), made.randrange(len(mine) - 3, len(mine))
            if made.random() < 0.5:
                mine.append(mine[i] * mine[j])
                real.append(real[i] * real[j])
            else:
                mine.append(mine[i] + mine[j])
                real.append(real[i] + real[j])
        mine[-1].backward()
        real[-1].backward()
        found = [number(x.grad) for x in mine]
        near(found, [x.grad for x in real], "in a graph of 8 operations, the list of all grads")


# </checker>
