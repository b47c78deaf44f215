"""A bug hunt: right for every tree, wrong for some graphs

This is a small Value, with + and *. For (a * b + c) * d all grads are right, and for a * a + a,
too. But in c + d, where c = a * b and d = c * c, a gets too little: c passes its grad on before
it has received the part that comes from d. There is one bug: the order in which the nodes are
called.

Find it and fix it.
"""


class Value:
    def __init__(self, data, inputs=(), partials=()):
        self.data, self.grad = data, 0.0
        self.inputs, self.partials = inputs, partials

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def _backward(self):
        for x, partial in zip(self.inputs, self.partials):
            x.grad += partial * self.grad

    def backward(self):
        order, seen = [], set()
        self.grad = 1.0
        # <solution>

        def visit(v):
            if v not in seen:
                seen.add(v)
                for x in v.inputs:
                    visit(x)
                order.append(v)

        visit(self)
        for v in reversed(order):
            v._backward()
        # </solution>


# <checker>
import random

from micrograd import Value as Reference
from micrograd.course.exercises.checking import Wrong, near, recognise

HINTS = (
    "Write down the order for c + d with d = c * c: is the grad of c complete when c is called?",
    "A node may be called after all nodes that use it. Append it to the list after its inputs ...",
    "... then every node comes after its inputs, and you go through the list from the end.",
)
VISIT = """
def visit(v):
    if v not in seen:
        seen.add(v)
        {}for x in v.inputs:
            visit(x)
        {}

visit(self)
for v in {}:
    v._backward()
"""
FIRST, LAST = "order.append(v)\n        ", "order.append(v)"
WRONG = {
    VISIT.format(FIRST, "", "order"): "before all nodes that use it",
    VISIT.format(FIRST, "", "reversed(order)"): "are called before",
    VISIT.format("", LAST, "order"): "are called before",
    """
    def visit(v):
        for x in v.inputs:
            visit(x)
        order.append(v)

    visit(self)
    for v in reversed(order):
        v._backward()
    """: "more than once",
    """
    def visit(v):
        v._backward()
        for x in v.inputs:
            visit(x)

    visit(self)
    """: "more than once",
    """
    order.append(self)
    for v in order:
        order += [x for x in v.inputs if x not in order]
    for v in order:
        v._backward()
    """: "before all nodes that use it",
}
GIVEN = [next(iter(WRONG))]  # the bug that learners fix


def check_a_tree():
    """(a * b + c) * d at (2, -3, 5, 7), which was right from the start"""
    a, b, c, d = leaves = [Value(x) for x in (2.0, -3.0, 5.0, 7.0)]
    ((a * b + c) * d).backward()
    answer = [leaf.grad for leaf in leaves]
    too_early = "inputs are called before the nodes that use them, while their grad is still 0"
    recognise(answer, {too_early: [0.0, 0.0, 0.0, -1.0], f"{too_early} ": [0.0] * 4})
    near(answer, [-21.0, 14.0, 7.0, -1.0], "the grads of a, b, c, d in (a * b + c) * d")


def check_a_node_used_at_two_depths():
    """c + d, and d + c, where c = a * b and d = c * c, at (2, -3)"""
    for swapped in (False, True):
        a, b = Value(2.0), Value(-3.0)
        c = a * b
        d = c * c
        (d + c if swapped else c + d).backward()
        recognise(
            [a.grad, b.grad],
            {
                "c is called before all nodes that use it, so it passes on only 1": [
                    -3.0,
                    2.0,
                ],
            },
        )
        if abs(a.grad) > 33.5:
            raise Wrong(
                f"the grad of a: expected 33, got {a.grad:g}. c passes its grad on more than once: "
                "call each node once."
            )
        near([a.grad, b.grad], [33.0, -22.0], "the grads of a and b in c + d")


def check_random_graphs():
    """random graphs, compared with micrograd itself"""
    chance = random.Random(33)
    for _ in range(30):
        ours = [Value(chance.uniform(-1.5, 1.5)) for _ in range(3)]
        theirs = [Reference(x.data) for x in ours]
        for _ in range(9):
            i, j, plus = (
                chance.randrange(len(ours)),
                chance.randrange(len(ours)),
                chance.random() < 0.5,
            )
            ours.append(ours[i] + ours[j] if plus else ours[i] * ours[j])
            theirs.append(theirs[i] + theirs[j] if plus else theirs[i] * theirs[j])
        ours[-1].backward()
        theirs[-1].backward()
        for mine, reference in zip(ours[:3], theirs[:3]):
            near(mine.grad, reference.grad, "a grad in a random graph")


# </checker>
