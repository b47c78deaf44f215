"""A bug hunt: right for a * b, wrong for a * a

This is a small Value, with + and *. For a * b + c every grad is right. For a * a at a = 3.0 the
grad of a is 3.0, but should be 6.0; for a * b + a the grad of a is wrong, too. There is one bug,
twice in one closure: a grad is written as if it had no other contributions.

Find it and fix it.
"""


class Value:
    def __init__(self, data, inputs=()):
        self.data, self.grad, self.inputs = data, 0.0, inputs
        self._backward = lambda: None

    def __add__(self, other):
        out = Value(self.data + other.data, (self, other))

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

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
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
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
    "In a * a both lines of the closure write to the same grad.",
    "What does a receive from its two uses together? One must not overwrite the other.",
    "The closure of + is right: it uses +=.",
)
RIGHT = (
    "self.grad = self.grad + other.data * out.grad\nother.grad = other.grad + self.data * out.grad",
)
WRONG = {
    """
    self.grad = other.data * out.grad
    other.grad = self.data * out.grad
    """: "= instead of +=",
    """
    self.grad =+ other.data * out.grad
    other.grad =+ self.data * out.grad
    """: "in the wrong order",
    """
    self.grad += other.data * out.grad
    other.grad = self.data * out.grad
    """: "`other.grad = ...` replaces",
    """
    self.grad = other.data * out.grad
    other.grad += self.data * out.grad
    """: "`self.grad = ...` replaces",
    """
    self.grad += self.data * out.grad
    other.grad += other.data * out.grad
    """: "its own number",
    """
    self.grad += other.data
    other.grad += self.data
    """: "out.grad",
    """
    self.grad += other.data * out.grad
    if other is not self:
        other.grad += self.data * out.grad
    """: "only one use of a counts",
    """
    if self is other:
        self.grad += 2 * self.data * out.grad
    else:
        self.grad = other.data * out.grad
        other.grad = self.data * out.grad
    """: "= instead of +=",
    """
    if self is other:
        self.grad = 2 * self.data * out.grad
    else:
        self.grad += other.data * out.grad
        other.grad += self.data * out.grad
    """: "the grad from another use is lost",
    """
    self.grad *= other.data * out.grad
    other.grad *= self.data * out.grad
    """: "it is `+=` here",
    """
    self.grad += 2 * other.data * out.grad
    other.grad += 2 * self.data * out.grad
    """: "twice",
    """
    self.grad = 2 * other.data * out.grad
    other.grad = 2 * self.data * out.grad
    """: "and the grad from other uses is lost",
}
GIVEN = [next(iter(WRONG))]  # the bug that learners fix
AFTER = {
    "another": RIGHT[0],
    "remark": "With = the last use wins. A case `if self is other` would mend a * a, but not "
    "a * b + a: what is there already has to stay.",
}


def check_products(Value):
    """c = a * b, when a and b have grads already"""
    compare(
        lambda x, y, grad, p, q: receive(Value, lambda a, b: a * b, (x, y), grad, (p, q)),
        lambda x, y, grad, p, q: [p + y * grad, q + x * grad],
        TWO_INPUTS,
        "a.grad b.grad",
        TWO_PLACE,
        {
            "this looks like = instead of +=: the grad from other uses is lost": (
                lambda x, y, grad, p, q: [y * grad, x * grad]
            ),
            "each gets its own number: the partial with respect to a is b": (
                lambda x, y, grad, p, q: [p + x * grad, q + y * grad]
            ),
            "out.grad is missing: that is only the partial": lambda x, y, grad, p, q: [
                p + y,
                q + x,
            ],
            "nothing is passed on to a and b": lambda x, y, grad, p, q: [p, q],
            "each gets twice what it should: that is right only for a * a": (
                lambda x, y, grad, p, q: [p + 2 * y * grad, q + 2 * x * grad]
            ),
            "each gets twice what it should, and the grad from other uses is lost: a factor 2 is "
            "right only for a * a, and = has to be +=": (
                lambda x, y, grad, p, q: [2 * y * grad, 2 * x * grad]
            ),
            "only self receives something: other is an input too": (
                lambda x, y, grad, p, q: [p + y * grad, q]
            ),
            "only other receives something: self is an input too": (
                lambda x, y, grad, p, q: [p, q + x * grad]
            ),
        },
        lambda x, y, grad, p, q: {"out.grad": grad},
    )


def check_a_square(Value):
    """a * a, when a has a grad already"""
    compare(
        lambda x, grad, own: receive_twice(Value, lambda a, b: a * b, x, grad, own),
        lambda x, grad, own: own + 2 * x * grad,
        [(3.0, 5.0, 0.7), (1.7, -2.3, 0.9), (-0.4, 1.9, -3.1)],
        "a.grad",
        "a = {}, b = a * a, b.grad = {}, and a grad of {} from another use",
        {
            "in a * a only one use of a counts": lambda x, grad, own: own + x * grad,
            "the grad from another use is lost: for a * a, too, add (+=) to it": (
                lambda x, grad, own: 2 * x * grad
            ),
        },
    )


def check_random_graphs(Value):
    """random graphs, compared with micrograd itself"""
    chance = random.Random(30)
    compare_graphs(Value, [random_graph(chance) for _ in range(20)])


# </checker>
