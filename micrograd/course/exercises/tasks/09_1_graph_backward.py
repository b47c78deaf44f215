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

from micrograd.course.exercises.checking import Wrong, near, number, recognise
from micrograd.engine import Value as Reference

HINTS = (
    "A node may pass on its grad once it is complete: after all that use it have passed on.",
    "Visit each node once: first its inputs, then append it to a list. Where is self in that list?",
    "Write a function visit(node) that calls itself for the inputs and then appends the node, "
    "unless it was visited before. Then set self.grad = 1.0 and call _backward() from the end.",
)
WRONG = {
    """
    self.grad = 1.0

    def send(node):
        node._backward()
        for x in node.inputs:
            send(x)

    send(self)
    """: "passed on more than once",
    """
    self.grad = 1.0

    def send(node):
        node._backward()
        for x in set(node.inputs):
            send(x)

    send(self)
    """: "passed on more than once",
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
    """
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for x in node.inputs:
                visit(x)
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
            for x in node.inputs:
                visit(x)
            order.append(node)

    visit(self)
    self.grad = 1.0
    for node in order:
        node._backward()
    """: "reversed",
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
    """: "passed on more than once",
    """
    self.grad = 1.0
    self._backward()
    """: "is every node in it",
    """
    self.grad = 1.0
    self._backward()
    for x in self.inputs:
        x.backward()
    """: "each grad is 1",
}


def check_a_sum_of_sums():
    """b = a + a, c = b + b, c.backward()"""
    a = Value(3.0)
    b = a + a
    c = b + b
    c.backward()
    answer = [number(x.grad) for x in (a, b, c)]
    recognise(
        answer,
        {
            "each grad is 1, because backward() of an input sets it to 1: only call _backward()": [
                1,
                1,
                1,
            ],
            "all grads are 0: the grad of the root, self, has to be set to 1 first": [0, 0, 0],
            "no node has passed anything on: is the grad of the root set to 1 first, is every node "
            "in the order, and is each `_backward()` called, with parentheses?": [0, 0, 1],
            "c has passed on its grad, but b has not: is the order reversed, so that c comes "
            "first, and is every node in it?": [0, 2, 1],
            "b has passed on more than once, since it is used twice: pass on once": [
                8,
                2,
                1,
            ],
        },
    )
    near(
        answer, [4, 2, 1], "the grads of [a, b, c] after c.backward(), with b = a + a and c = b + b"
    )


def check_a_node_used_early_and_late():
    """a = 3, b = a + a, then c = b + b * b, and c = b * b + b"""
    for early in (True, False):
        a = Value(3.0)
        b = a + a
        d = b * b
        c = b + d if early else d + b
        c.backward()
        answer = [number(x.grad) for x in (a, b, c, d)]
        text = "b + b * b" if early else "b * b + b"
        if answer[1:] == [13, 1, 1] and answer[0] != 26:
            raise Wrong(
                f"a.grad with b = a + a and c = {text}: expected 26, got {answer[0]:g}. b "
                + (
                    "has passed on more than once: pass on once, when the grad is complete."
                    if answer[0] > 26
                    else "has passed on before its grad was complete: b * b must pass on before b."
                )
            )
        near(
            answer,
            [26, 13, 1, 1],
            f"the grads of [a, b, c, b * b] with a = 3, b = a + a, c = {text}",
        )


def check_a_leaf_and_a_stranger():
    """a leaf on its own, and a node that self was not computed from"""
    a = Value(5.0)
    a.backward()
    near(number(a.grad), 1, "a.grad after a.backward(), for a leaf a")
    a, b = Value(2.0), Value(-3.0)
    c, stranger = a * b, a + b
    c.backward()
    answer = [number(x.grad) for x in (a, b, stranger)]
    near(
        answer,
        [-3, 2, 0],
        "the grads of [a, b, d] after c.backward(), with c = a * b and d = a + b",
    )


def check_random_graphs():
    """random graphs, compared with micrograd itself"""
    chance = random.Random(8)
    for _ in range(30):
        data = [chance.uniform(-1.2, 1.2) for _ in range(3)]
        mine, real = [Value(x) for x in data], [Reference(x) for x in data]
        for _ in range(8):
            i, j = chance.randrange(len(mine)), chance.randrange(len(mine) - 3, len(mine))
            if chance.random() < 0.5:
                mine.append(mine[i] + mine[j])
                real.append(real[i] + real[j])
            else:
                mine.append(mine[i] * mine[j])
                real.append(real[i] * real[j])
        mine[-1].backward()
        real[-1].backward()
        answer = [number(x.grad) for x in mine]
        near(answer, [x.grad for x in real], "the list of all grads in a graph of 8 operations")


# </checker>
