"""A bug hunt: right for every tree, wrong for some graphs

A small Value, with + and *. For (a * b + c) * d all grads are right, and for a * a + a, too. But
in c + d, where c = a * b and d = c * c, a gets too little: c passes its grad on before d has
paid. There is one mistake, the order in which the nodes are called.

Find it and mend it.
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

from micrograd import Value as Known
from micrograd.course.exercises.checking import Wrong, near, recognise

NEEDS = 9
HINTS = (
    "Write down the order for c + d with d = c * c: who still owes it something when c is called?",
    "A node may be called when all that use it have been. Put it into the list after its inputs...",
    "... then every node stands behind what it was made of, and the list is walked reversed.",
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
    VISIT.format(FIRST, "", "order"): "before all that use it",
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
    """: "before all that use it",
}
GIVEN = [next(iter(WRONG))]  # what is to be mended


def check_a_tree():
    """(a * b + c) * d at (2, -3, 5, 7), which was right before"""
    a, b, c, d = leaves = [Value(x) for x in (2.0, -3.0, 5.0, 7.0)]
    ((a * b + c) * d).backward()
    found = [leaf.grad for leaf in leaves]
    low = "inputs are called before what uses them: their grad is 0 then"
    recognise(found, {low: [0.0, 0.0, 0.0, -1.0], f"{low} ": [0.0] * 4})
    near(found, [-21.0, 14.0, 7.0, -1.0], "the grads of a, b, c, d in (a * b + c) * d")


def check_a_node_used_at_two_depths():
    """c + d, and d + c, where c = a * b and d = c * c, at (2, -3)"""
    for turned in (False, True):
        a, b = Value(2.0), Value(-3.0)
        c = a * b
        d = c * c
        (d + c if turned else c + d).backward()
        recognise(
            [a.grad, b.grad],
            {
                "c is called before all that use it have been: before d, and passes on 1 alone": [
                    -3.0,
                    2.0,
                ],
            },
        )
        if abs(a.grad) > 33.5:
            raise Wrong(
                f"the grad of a is {a.grad:g}, and should be 33: c passes its grad on more than "
                "once. Each node is called once."
            )
        near([a.grad, b.grad], [33.0, -22.0], "the grads of a and b in c + d")


def check_random_graphs():
    """random graphs, next to micrograd's own"""
    draw = random.Random(33)
    for _ in range(30):
        ours = [Value(draw.uniform(-1.5, 1.5)) for _ in range(3)]
        theirs = [Known(x.data) for x in ours]
        for _ in range(9):
            i, j, plus = draw.randrange(len(ours)), draw.randrange(len(ours)), draw.random() < 0.5
            ours.append(ours[i] + ours[j] if plus else ours[i] * ours[j])
            theirs.append(theirs[i] + theirs[j] if plus else theirs[i] * theirs[j])
        ours[-1].backward()
        theirs[-1].backward()
        for mine, known in zip(ours[:3], theirs[:3]):
            near(mine.grad, known.grad, "a grad in a random graph")


# </checker>
