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

from micrograd.course.exercises.checking import compare
from micrograd.course.exercises.closures import TWO_INPUTS, TWO_PLACE, receive, receive_twice
from micrograd.course.exercises.graphs import compare_graphs, random_graph

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
RIGHT = (
    (
        "self.grad = self.grad + out.grad\nother.grad = other.grad + out.grad",
        "self.grad, before = self.grad + other.data * out.grad, other\n"
        "before.grad += self.data * out.grad",
    ),
)
WRONG = {
    (OLD_PLUS, OLD_TIMES): "+ still has the bug",
    (PLUS, OLD_TIMES): "* still has the bug",
    (OLD_PLUS, TIMES): "+ still has the bug",
    (PLUS.replace("+=", "=+"), TIMES.replace("+=", "=+")): "in the wrong order",
    (PLUS.replace("+=", "-="), TIMES.replace("+=", "-=")): "sign",
    (PLUS, TIMES.replace("+=", "-=")): "sign",
    ("self.grad += 1.0\nother.grad += 1.0", TIMES): "out.grad is missing in +",
    (PLUS, "self.grad += other.data\nother.grad += self.data"): "out.grad is missing in *",
    (PLUS, "self.grad += self.data * out.grad\nother.grad += other.data * out.grad"): "own number",
    ("self.grad += out.grad\nself.grad += out.grad", TIMES): "nothing",
    ("other.grad += out.grad\nother.grad += out.grad", TIMES): "nothing",
    ("out.grad += self.grad\nout.grad += other.grad", TIMES): "only the grads of the inputs",
    ("self.grad = 2 * out.grad\nother.grad = 2 * out.grad", TIMES): "twice",
    ("self.grad += 2 * out.grad\nother.grad += 2 * out.grad", TIMES): "twice",
    (PLUS, "self.grad = 2 * other.data * out.grad\nother.grad = 2 * self.data * out.grad"): "twice",
    (
        "self.grad = out.grad\nother.grad += out.grad",
        "self.grad = other.data * out.grad\nother.grad += self.data * out.grad",
    ): "`self.grad = ...` replaces",
    ("b = Value(other.data)\nself.grad = out.grad\nb.grad = out.grad", TIMES): "is it copied",
    ("b = Value(other.data)\nself.grad += out.grad\nb.grad += out.grad", TIMES): "is it copied",
    ("self.grad = out.grad\nother.grad += out.grad", TIMES): "`self.grad = ...` replaces",
    (PLUS, "self.grad = other.data * out.grad\nother.grad += self.data * out.grad"): (
        "`self.grad = ...` replaces"
    ),
    (
        "self.grad += self.grad + out.grad\nother.grad += other.grad + out.grad",
        "self.grad += self.grad + other.data * out.grad\n"
        "other.grad += other.grad + self.data * out.grad",
    ): "counts `self.grad` twice",
    (PLUS.replace("+=", "*="), TIMES.replace("+=", "*=")): "+=",
}
AFTER = {
    "another": RIGHT[0],
    "remark": "x += y and x = x + y are the same here. PyTorch adds, too: that is why it has "
    "zero_grad().",
}


def closure(Value, mark, operation, partials):
    """Compare what one operation passes back, for inputs that have grads already."""
    compare(
        lambda x, y, grad, p, q: receive(Value, operation, (x, y), grad, (p, q)),
        lambda x, y, grad, p, q: [p + partials(x, y)[0] * grad, q + partials(x, y)[1] * grad],
        TWO_INPUTS,
        "a.grad b.grad",
        TWO_PLACE.replace("c.grad", f"c = a {mark} b, c.grad"),
        {
            f"{mark} still has the bug: with = the grad from other uses is lost": (
                lambda x, y, grad, p, q: [part * grad for part in partials(x, y)]
            ),
            f"{mark} still has the bug, and each gets twice what it should": (
                lambda x, y, grad, p, q: [2 * part * grad for part in partials(x, y)]
            ),
            f"in {mark} each gets twice what it should: that is right only for a {mark} a": (
                lambda x, y, grad, p, q: [
                    own + 2 * part * grad for own, part in zip((p, q), partials(x, y))
                ]
            ),
            f"in {mark} both have the wrong sign: -= instead of +=": (
                lambda x, y, grad, p, q: [
                    own - part * grad for own, part in zip((p, q), partials(x, y))
                ]
            ),
            f"out.grad is missing in {mark}: its inputs get only the partial": (
                lambda x, y, grad, p, q: [own + part for own, part in zip((p, q), partials(x, y))]
            ),
            f"{mark} passes both parts to self, and nothing to other": (
                lambda x, y, grad, p, q: [p + sum(partials(x, y)) * grad, q]
            ),
            f"{mark} passes both parts to other, and nothing to self": (
                lambda x, y, grad, p, q: [p, q + sum(partials(x, y)) * grad]
            ),
            f"{mark} still has the bug for self, and nothing comes to other: is it copied?": (
                lambda x, y, grad, p, q: [partials(x, y)[0] * grad, q]
            ),
            f"nothing comes to other from {mark}: is it copied?": (
                lambda x, y, grad, p, q: [p + partials(x, y)[0] * grad, q]
            ),
            f"nothing comes to self from {mark}": (
                lambda x, y, grad, p, q: [p, q + partials(x, y)[1] * grad]
            ),
            f"a and b get nothing from {mark}: add to their grads": lambda x, y, grad, p, q: [p, q],
            f"in {mark} each gets its own number: the partial with respect to a is b": (
                lambda x, y, grad, p, q: [p + x * grad, q + y * grad]
            ),
            f"{mark} multiplies the grads: *= instead of +=": (
                lambda x, y, grad, p, q: [
                    own * part * grad for own, part in zip((p, q), partials(x, y))
                ]
            ),
        },
        lambda x, y, grad, p, q: {"out.grad": grad},
    )


def check_two_inputs(Value):
    """c = a + b and c = a * b, when a and b have grads already"""
    closure(Value, "+", lambda a, b: a + b, lambda x, y: (1.0, 1.0))
    closure(Value, "*", lambda a, b: a * b, lambda x, y: (y, x))


def check_the_same_value_twice(Value):
    """a + a and a * a, when a has a grad already"""
    for mark, operation, part in (
        ("+", lambda a, b: a + b, lambda x: 1.0),
        ("*", lambda a, b: a * b, lambda x: x),
    ):
        compare(
            lambda x, grad, own, run=operation: receive_twice(Value, run, x, grad, own),
            lambda x, grad, own, part=part: own + 2 * part(x) * grad,
            [(3.0, 5.0, 0.7), (1.7, -2.3, 0.9), (-0.4, 1.9, -3.1)],
            "a.grad",
            f"a = {{}}, b = a {mark} a, b.grad = {{}}, and a grad of {{}} from another use",
            {
                f"in a {mark} a only one use of a counts": (
                    lambda x, grad, own, part=part: own + part(x) * grad
                ),
                f"the grad from another use is lost in a {mark} a": (
                    lambda x, grad, own, part=part: 2 * part(x) * grad
                ),
            },
        )


def check_random_graphs(Value):
    """random graphs, compared with micrograd itself"""
    chance = random.Random(9)
    compare_graphs(Value, [random_graph(chance) for _ in range(30)])


# </checker>
