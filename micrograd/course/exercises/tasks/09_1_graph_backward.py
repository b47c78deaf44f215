"""A backward for the whole graph

Each node has a `_backward` that passes its grad on to its inputs (`inputs` is a tuple, and the same
node may be in it twice). Write `backward()`, which fills in the grads of all nodes that `self` was
computed from. The grad of `self` is 1. Then each node passes its grad on, once, and only after all
nodes that use it have done so. To find that order, sort the nodes topologically first: every node
after its inputs.

All grads are 0 at the start. With a = Value(3.0), b = a + a and c = b + b, c.backward() makes
a.grad 4.
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
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        out = Value(self.data * other.data, (self, other))

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def backward(self):
        # <solution>
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
        # </solution>


# <checker>
import random

from micrograd.course.exercises.checking import STAYS, Unexplained, Wrong, compare, show
from micrograd.course.exercises.graphs import Graph, compare_graphs, doublings, random_graph

HINTS = (
    "A node may pass on its grad once it is complete: after all that use it have passed on.",
    "Visit each node once: first its inputs, then append it to a list. Where is self in that list?",
    "Write a function visit(node) that calls itself for the inputs and then appends the node, "
    "unless it was visited before. Then set self.grad = 1.0 and call _backward() from the end.",
)
ORDER = """
order, seen = [], set()

def visit(node):
    if node not in seen:
        seen.add(node)
        for x in node.inputs:
            visit(x)
        order.append(node)

"""
RIGHT = (
    """
    users, ready, seen = {}, [self], [self]
    for node in seen:
        for x in node.inputs:
            users[x] = users.get(x, 0) + 1
            if x not in seen:
                seen.append(x)
    self.grad = 1.0
    while ready:
        node = ready.pop()
        node._backward()
        for x in node.inputs:
            users[x] -= 1
            if users[x] == 0:
                ready.append(x)
    """,
    """
    order = []

    def visit(node):
        if node not in order:
            for x in node.inputs:
                visit(x)
            order.append(node)

    visit(self)
    self.grad = 1.0
    while order:
        order.pop()._backward()
    """,
)
WRONG = {
    """
    self.grad = 1.0

    def send(node):
        node._backward()
        for x in node.inputs:
            send(x)

    send(self)
    """: "passed its grad on more than once",
    """
    self.grad = 1.0

    def send(node):
        node._backward()
        for x in set(node.inputs):
            send(x)

    send(self)
    """: "passed its grad on more than once",
    """
    self.grad = 1.0
    waiting, seen = [self], {self}
    for node in waiting:
        node._backward()
        for x in node.inputs:
            if x not in seen:
                seen.add(x)
                waiting.append(x)
    """: "before its grad was complete",
    """
    self.grad = 1.0
    seen = set()

    def send(node):
        if node not in seen:
            seen.add(node)
            node._backward()
            for x in node.inputs:
                send(x)

    send(self)
    """: "before its grad was complete",
    ORDER
    + """
    visit(self)
    for node in reversed(order):
        node._backward()
    """.replace("\n    ", "\n"): "grad of the root",
    ORDER
    + """
    visit(self)
    self.grad = 1.0
    for node in order:
        node._backward()
    """.replace("\n    ", "\n"): "before its grad was complete",
    ORDER
    + """
    visit(self)
    self.grad = 1.0
    for node in reversed(order):
        node._backward
    """.replace("\n    ", "\n"): "only names a function",
    ORDER
    + """
    visit(self)
    for node in reversed(order):
        node.grad = 1.0
        node._backward()
    """.replace("\n    ", "\n"): "a.grad is 1, and should be 2",
    """
    order = []

    def visit(node):
        for x in node.inputs:
            visit(x)
        order.append(node)

    visit(self)
    self.grad = 1.0
    for node in reversed(order):
        node._backward()
    """: "more than once",
    """
    self.grad = 1.0
    self._backward()
    """: "is never called",
    """
    self.grad = 1.0
    self._backward()
    for x in self.inputs:
        x._backward()
    """: "only self and its inputs",
    ORDER
    + """
    visit(self)
    self.grad = 1.0
    for node in reversed(order):
        self._backward()
    """.replace("\n    ", "\n"): "in the loop, call each node",
    """
    self.grad = 1.0
    self._backward()
    for x in self.inputs:
        x.backward()
    """: "backward() of an input",
    """
    cls = type(self)
    cls.seen = getattr(cls, "seen", set())
    order = []

    def visit(node):
        if node not in cls.seen:
            cls.seen.add(node)
            for x in node.inputs:
                visit(x)
            order.append(node)

    visit(self)
    self.grad = 1.0
    for node in reversed(order):
        node._backward()
    """: "does something stay",
    """
    cls = type(self)
    cls.order, cls.seen = getattr(cls, "order", []), getattr(cls, "seen", set())

    def visit(node):
        if node not in cls.seen:
            cls.seen.add(node)
            for x in node.inputs:
                visit(x)
            cls.order.append(node)

    visit(self)
    self.grad = 1.0
    for node in reversed(cls.order):
        node._backward()
    """: "backward() of another graph",
    """
    depth = {}

    def go(node, d):
        depth[node] = max(depth.get(node, 0), d)
        for x in node.inputs:
            go(x, d + 1)

    go(self, 0)
    self.grad = 1.0
    for node in sorted(depth, key=depth.get):
        node._backward()
    """: "2**n",
}
AFTER = {
    "another": RIGHT[0],
    "remark": "That one counts for each node how many uses are still to come, and calls a node "
    "when none is: Kahn's algorithm. It needs no recursion, so a long chain is no trouble.",
}
REASONS = {
    "grad of the root": "Set self.grad = 1.0 before anything is passed on.",
    "not called": "Is every node in the order, and is each `_backward()` called?",
    "passed on more than once": "Call each node once, when its grad is complete.",
    "passed on too early": "Sort the nodes first, and go from the root to the leaves: is the order "
    "reversed, or not a topological one?",
}
GRAPHS = [
    Graph((3.0,), (("+", 0, 0), ("+", 1, 1))),
    Graph((2.0, -3.0), (("*", 0, 1),)),
    Graph((3.0,), (("+", 0, 0), ("*", 1, 1), ("+", 1, 2))),
    Graph((3.0,), (("+", 0, 0), ("*", 1, 1), ("+", 2, 1))),
]


def check_known_graphs(Value):
    """c = b + b with b = a + a; then a node used early and late"""
    refuse_backward_of_inputs(Value)
    refuse_the_nearest_only(Value)
    compare_graphs(Value, GRAPHS, reasons=REASONS)


def refuse_backward_of_inputs(Value):
    """Raise Wrong if backward() calls that of other nodes, which sets their grads to 1."""
    a = Value(3.0)
    b = a + a
    c = b + b
    calls = []
    for node in (a, b):
        node.backward = lambda: calls.append(1)
    c.backward()
    if calls:
        raise Wrong(
            "backward() of an input is called, which sets the grad of that input to 1: call its "
            "_backward() instead.",
            "backward of inputs",
        )


def refuse_the_nearest_only(Value):
    """Raise Wrong if nodes are left out that are further away than the inputs of the root."""
    nodes, calls = [Value(3.0)], []
    for i in range(3):
        nodes.append(nodes[-1] + nodes[-1])
        nodes[-1]._backward = lambda i=i: calls.append(i)
    nodes[-1].backward()
    if 1 in calls and 0 not in calls:
        raise Wrong(
            "only self and its inputs are called: go on to the inputs of those, and so on.",
            "only the inputs of the root",
        )


def check_leaves(Value):
    """a leaf by itself, a node that self was not computed from, and backward() of two graphs"""

    def leaf(x):
        a = Value(x)
        a.backward()
        return a.grad

    compare(leaf, lambda x: 1.0, [(5.0,), (-1.5,)], "a.grad", "a leaf a = {}, and a.backward()")

    def two_graphs(x, y):
        a, b = Value(x), Value(y)
        (a * b).backward()
        c, d = Value(0.7), Value(1.9)
        (c + d).backward()
        return [a.grad, b.grad]

    def stranger(x, y):
        a, b = Value(x), Value(y)
        c, d = a * b, a + b
        c.backward()
        return [a.grad, b.grad, d.grad]

    compare(
        stranger,
        lambda x, y: [y, x, 0.0],
        [(2.0, -3.0), (0.7, 1.9)],
        "a.grad b.grad d.grad",
        "a = {}, b = {}, c = a * b, d = a + b, and c.backward()",
    )
    compare(
        two_graphs,
        lambda x, y: [y, x],
        [(2.0, -3.0), (0.7, 1.9)],
        "a.grad b.grad",
        "a = {}, b = {} and (a * b).backward(), and then backward() of a graph without a and b",
        {
            "backward() of another graph has changed these grads: nodes stay from one call to the "
            "next, such as in a list in the signature or outside of it": lambda x, y: [2 * y, 2 * x]
        },
    )


def check_a_second_time(Value):
    """backward() of the same graph once more, when all its grads are 0 again"""
    a = Value(3.0)
    b = a + a
    c = b * a
    for turn in range(2):
        a.grad = b.grad = c.grad = 0.0
        c.backward()
        if a.grad != 12.0:
            text = f"a.grad is {show(a.grad)}, and should be 12."
            raise Unexplained(f"{STAYS} {text}", "state stays") if turn else Unexplained(text)


def check_random_graphs(Value):
    """random graphs, compared with micrograd itself"""
    chance = random.Random(8)
    compare_graphs(Value, [random_graph(chance) for _ in range(30)], reasons=REASONS)


def check_a_long_chain(Value):
    """forty sums of a node with itself, in which 2**40 paths lead to a"""
    compare_graphs(Value, [doublings(40)], reasons=REASONS)


# </checker>
