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

from micrograd.course.checking import Wrong, near, number, recognise
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
    """: "inputs of self alone",
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
            "all grads are 0: the grad of the root, self, has to be set to 1 first": [0, 0, 0],
            "the grad of the root has to be set to 1 before it is passed on": [0, 0, 1],
            "the order is not reversed: the root passes on first, the leaves last": [0, 2, 1],
            "the root passes on to the inputs of self alone, and these do not": [0, 2, 1.0],
            "b passed on more than once, for it is used twice: each node once": [8, 2, 1],
        },
    )
    near(found, [4, 2, 1], "with b = a + a and c = b + b, the grads of [a, b, c] after c.backward()")


# </checker>
