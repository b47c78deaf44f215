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

from micrograd import Value as Reference
from micrograd.course.exercises.checking import near, recognise

HINTS = (
    "In a * a both lines of the closure write to the same grad.",
    "What does a receive from its two uses together? One must not overwrite the other.",
    "The closure of + is right: it uses +=.",
)
WRONG = {
    """
    self.grad = other.data * out.grad
    other.grad = self.data * out.grad
    """: "= instead of +=",
    """
    self.grad += other.data * out.grad
    other.grad = self.data * out.grad
    """: "= instead of +=",
    """
    self.grad = other.data * out.grad
    other.grad += self.data * out.grad
    """: "= instead of +=",
    """
    self.grad += self.data * out.grad
    other.grad += other.data * out.grad
    """: "the other's data",
    """
    self.grad += other.data
    other.grad += self.data
    """: "out.grad",
    """
    self.grad += other.data * out.grad
    if other is not self:
        other.grad += self.data * out.grad
    """: "one of the two lines",
}
GIVEN = [next(iter(WRONG))]  # the bug that learners fix


def check_each_used_once():
    """(a * b) * c at (2, -3, 5), where each is used once"""
    a, b, c = Value(2.0), Value(-3.0), Value(5.0)
    ((a * b) * c).backward()
    answer = [a.grad, b.grad, c.grad]
    recognise(
        answer,
        {
            "each receives the other's data, not its own, times out.grad": [-12.0, 18.0, 5.0],
            "each receives the other's data times out.grad: out.grad is missing": [-3, 2, -6],
        },
    )
    near(answer, [-15.0, 10.0, -6.0], "the grads of a, b and c in (a * b) * c at (2, -3, 5)")


def check_a_square():
    """a * a at 3"""
    a = Value(3.0)
    (a * a).backward()
    recognise(
        a.grad,
        {"this looks like = instead of +=, or one of the two lines is missing for a * a": 3.0},
    )
    near(a.grad, 6.0, "the grad of a in a * a at 3")


def check_used_in_two_products():
    """a * b + c * a and b * a + a * c, at (2, -3, 5)"""
    for swapped in (False, True):
        a, b, c = Value(2.0), Value(-3.0), Value(5.0)
        (b * a + a * c if swapped else a * b + c * a).backward()
        recognise(
            a.grad,
            {
                "this looks like = instead of +=: only the first use of a counts": -3.0,
                "this looks like = instead of +=: only the last use of a counts": 5.0,
            },
        )
        near([a.grad, b.grad, c.grad], [2.0, 2.0, 2.0], "the grads of a, b and c in a * b + c * a")


def check_random_graphs():
    """random graphs, compared with micrograd itself"""
    chance = random.Random(30)
    for _ in range(20):
        ours = [Value(chance.uniform(-2, 2)) for _ in range(3)]
        theirs = [Reference(x.data) for x in ours]
        for _ in range(8):
            i, j, plus = (
                chance.randrange(len(ours)),
                chance.randrange(len(ours)),
                chance.random() < 0.4,
            )
            ours.append(ours[i] + ours[j] if plus else ours[i] * ours[j])
            theirs.append(theirs[i] + theirs[j] if plus else theirs[i] * theirs[j])
        ours[-1].backward()
        theirs[-1].backward()
        for mine, reference in zip(ours[:3], theirs[:3]):
            near(mine.grad, reference.grad, "a grad in a random graph")


# </checker>
