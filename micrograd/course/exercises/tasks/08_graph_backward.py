"""A backward for the whole graph

Each node has a `_backward` that passes its grad on to its inputs (`inputs`, a tuple; a node may be
in it twice). Write `backward()`, which fills the grads of all nodes that `self` was computed from:
the grad of `self` is 1, and then each node passes on, once, and only when all that use it have done
so. For that put the nodes in a topological order first: every node after its inputs.

All grads are 0 before. With a = Value(3.0), b = a + a and c = b + b, c.backward() makes a.grad 4.
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
                for child in node.inputs:
                    visit(child)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            node._backward()
        # </solution>


# <checker>
import random

from micrograd.course.exercises.checking import Wrong, near, number, recognise
from micrograd.engine import Value as Reference

NEEDS = 9
HINTS = (
    "A node may pass on when its grad is complete: when all that use it have passed on.",
    "Visit a node once: first its inputs, then put it at the end of a list. Where is self then?",
    "A function within, visit(node), calls itself for the inputs and then appends the node, unless "
    "it was there before; then self.grad = 1.0, and _backward() from the end of the list.",
)
WRONG = {
    """
    self.grad = 1.0

    def send(node):
        node._backward()
        for child in node.inputs:
            send(child)

    send(self)
    """: "passed on more than once",
    """
    self.grad = 1.0

    def send(node):
        node._backward()
        for child in set(node.inputs):
            send(child)

    send(self)
    """: "passed on more than once",
    """
    self.grad = 1.0
    waiting, seen = [self], {self}
    for node in waiting:
        node._backward()
        for child in node.inputs:
            if child not in seen:
                seen.add(child)
                waiting.append(child)
    """: "before its grad was complete",
    """
    self.grad = 1.0
    seen = set()

    def send(node):
        if node not in seen:
            seen.add(node)
            node._backward()
            for child in node.inputs:
                send(child)

    send(self)
    """: "before its grad was complete",
    """
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for child in node.inputs:
                visit(child)
            order.append(node)

    visit(self)
    for node in reversed(order):
        node._backward()
    """: "grad of the root",
    """
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for child in node.inputs:
                visit(child)
            order.append(node)

    visit(self)
    self.grad = 1.0
    for node in order:
        node._backward()
    """: "reversed",
    """
    order = []

    def visit(node):
        for child in node.inputs:
            visit(child)
        order.append(node)

    visit(self)
    self.grad = 1.0
    for node in reversed(order):
        node._backward()
    """: "passed on more than once",
    """
    self.grad = 1.0
    self._backward()
    """: "every node come",
    """
    self.grad = 1.0
    self._backward()
    for child in self.inputs:
        child.backward()
    """: "each grad is 1",
}


def check_a_sum_of_sums():
    """b = a + a, c = b + b, c.backward()"""
    a = Value(3.0)
    b = a + a
    c = b + b
    c.backward()
    found = [number(x.grad) for x in (a, b, c)]
    recognise(
        found,
        {
            "each grad is 1, as `backward()` of an input sets it: only `_backward()` passes on": [
                1,
                1,
                1,
            ],
            "all grads are 0: the grad of the root, self, has to be set to 1 first": [0, 0, 0],
            "nobody has passed anything on: is the grad of the root set to 1 before, does every "
            "node come in the order, and is each `_backward()` called, with brackets?": [0, 0, 1],
            "c has passed on, but b has not: is the order reversed, c first, and does every node "
            "come in it?": [0, 2, 1],
            "b passed on more than once, for it is used twice: each node once": [8, 2, 1],
        },
    )
    near(
        found, [4, 2, 1], "with b = a + a and c = b + b, the grads of [a, b, c] after c.backward()"
    )


def check_a_node_used_early_and_late():
    """a = 3, b = a + a, then c = b + b * b, and c = b * b + b"""
    for early in (True, False):
        a = Value(3.0)
        b = a + a
        d = b * b
        c = b + d if early else d + b
        c.backward()
        found = [number(x.grad) for x in (a, b, c, d)]
        text = "b + b * b" if early else "b * b + b"
        if found[1:] == [13, 1, 1] and found[0] != 26:
            raise Wrong(
                f"with b = a + a and c = {text}, a.grad is {found[0]:g} and should be 26: b "
                + (
                    "passed on more than once: each node once, when its grad is complete."
                    if found[0] > 26
                    else "passed on before its grad was complete: b * b has to pass on before b."
                )
            )
        near(
            found,
            [26, 13, 1, 1],
            f"with a = 3, b = a + a, c = {text}, the grads of [a, b, c, b * b]",
        )


def check_a_leaf_and_a_stranger():
    """a leaf on its own, and a node that self is not computed from"""
    a = Value(5.0)
    a.backward()
    near(number(a.grad), 1, "for a leaf a, a.grad after a.backward()")
    a, b = Value(2.0), Value(-3.0)
    c, stranger = a * b, a + b
    c.backward()
    found = [number(x.grad) for x in (a, b, stranger)]
    near(
        found, [-3, 2, 0], "with c = a * b and d = a + b, the grads of [a, b, d] after c.backward()"
    )


def check_random_graphs():
    """random graphs, against micrograd itself"""
    made = random.Random(8)
    for _ in range(30):
        data = [made.uniform(-1.2, 1.2) for _ in range(3)]
        mine, real = [Value(x) for x in data], [Reference(x) for x in data]
        for _ in range(8):
            i, j = made.randrange(len(mine)), made.randrange(len(mine) - 3, len(mine))
            if made.random() < 0.5:
                mine.append(mine[i] + mine[j])
                real.append(real[i] + real[j])
            else:
                mine.append(mine[i] * mine[j])
                real.append(real[i] * real[j])
        mine[-1].backward()
        real[-1].backward()
        found = [number(x.grad) for x in mine]
        near(found, [x.grad for x in real], "in a graph of 8 operations, the list of all grads")


# </checker>
