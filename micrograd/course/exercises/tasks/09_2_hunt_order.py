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

from micrograd.course.exercises.graphs import Graph, compare_graphs, doublings, random_graph

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
RIGHT = (
    """
    def visit(v):
        if v in seen:
            return
        seen.add(v)
        for x in v.inputs:
            visit(x)
        order.insert(0, v)

    visit(self)
    for v in order:
        v._backward()
    """,
)
WRONG = {
    VISIT.format(FIRST, "", "order"): "before its grad was complete",
    VISIT.format(FIRST, "", "reversed(order)"): "before its grad was complete",
    VISIT.format("", LAST, "order"): "before its grad was complete",
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
    """: "more than once",
    """
    depth = {}

    def go(v, d):
        depth[v] = max(depth.get(v, 0), d)
        for x in v.inputs:
            go(x, d + 1)

    go(self, 0)
    for v in sorted(depth, key=depth.get):
        v._backward()
    """: "2**n",
    """
    def visit(v):
        if v not in seen:
            seen.add(v)
            for x in v.inputs:
                visit(x)
            order.append(v)

    for v in reversed(order):
        v._backward()
    """: "never called",
}
GIVEN = [next(iter(WRONG))]  # the bug that learners fix
AFTER = {
    "another": RIGHT[0],
    "remark": "A node that is put in front of the list when all its inputs are there gives the "
    "order from the root down at once, but insert(0, ...) moves the whole list each time.",
}
REASONS = {
    "not called": "Is every node in the order, and visit(self) called?",
    "passed on more than once": "Call each node once.",
    "passed on too early": "In the order each node comes after all its inputs; the calls go "
    "from the root, the other way round.",
}
GRAPHS = [
    Graph((2.0, -3.0, 5.0, 7.0), (("*", 0, 1), ("+", 4, 2), ("*", 5, 3))),
    Graph((2.0, -3.0), (("*", 0, 1), ("*", 2, 2), ("+", 2, 3))),
    Graph((2.0, -3.0), (("*", 0, 1), ("*", 2, 2), ("+", 3, 2))),
]


def check_known_graphs(Value):
    """(a * b + c) * d, which was right from the start; c + d and d + c with d = c * c"""
    compare_graphs(Value, GRAPHS, reasons=REASONS)


def check_random_graphs(Value):
    """random graphs, compared with micrograd itself"""
    chance = random.Random(33)
    compare_graphs(Value, [random_graph(chance) for _ in range(30)], reasons=REASONS)


def check_a_long_chain(Value):
    """forty sums of a node with itself, in which 2**40 paths lead to a"""
    compare_graphs(Value, [doublings(40)], reasons=REASONS)


# </checker>
