"""A backward without recursion

A function that calls itself for the inputs of a node stops at about a thousand nodes in a row:
RecursionError. Write `backward(root)` with a loop and a list of what is still to be done, so that a
chain of 100,000 nodes is no trouble and takes a fraction of a second.

A node has `.inputs` (a tuple of nodes; () for a leaf), `.grad` (0.0 everywhere when it begins) and
`._backward()`, which adds to the grads of its inputs what they are owed. Set the grad of the root,
then call `._backward()` of every node once, and of none before all that use it have been called.
Return nothing.
"""


def backward(root):
    # <solution>
    order, seen, todo = [], set(), [(root, False)]
    while todo:
        node, inputs_are_done = todo.pop()
        if inputs_are_done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            todo.append((node, True))
            todo.extend((x, False) for x in node.inputs)
    root.grad = 1.0
    for node in reversed(order):
        node._backward()
    # </solution>


# <checker>
import random
import time

from micrograd import Value
from micrograd.course.exercises.checking import Wrong, near

NEEDS = 18
HINTS = (
    "Keep a list of nodes still to be done, take the last from it, put its inputs there.",
    "A node belongs into the order after its inputs: put it back, marked, below them, and when it "
    "comes up again marked, all its inputs are in.",
    "todo holds pairs (node, marked). Marked: append it to order. Else, if it is not in a set of "
    "seen ones: add it there, push (node, True), then (x, False) for each input x.",
)
WRONG = {
    """
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for x in node.inputs:
                visit(x)
            order.append(node)

    visit(root)
    root.grad = 1.0
    for node in reversed(order):
        node._backward()
    """: "calls itself",
    """
    order, seen, todo = [], [], [(root, False)]
    while todo:
        node, done = todo.pop()
        if done:
            order.append(node)
        elif node not in seen:
            seen.append(node)
            todo.append((node, True))
            todo.extend((x, False) for x in node.inputs)
    root.grad = 1.0
    for node in reversed(order):
        node._backward()
    """: "a set",
    """
    order, seen, todo = [], set(), [(root, False)]
    while todo:
        node, done = todo.pop()
        if done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            todo.append((node, True))
            todo.extend((x, False) for x in node.inputs)
    for node in reversed(order):
        node._backward()
    """: "grad of the root",
    """
    order, seen, todo = [], set(), [root]
    while todo:
        node = todo.pop()
        if node not in seen:
            seen.add(node)
            order.append(node)
            todo.extend(node.inputs)
    root.grad = 1.0
    for node in order:
        node._backward()
    """: "before all that use it",
    """
    root.grad = 1.0
    todo = [root]
    while todo:
        node = todo.pop()
        node._backward()
        todo.extend(node.inputs)
    """: "a second time",
    """
    order, seen, todo = [], set(), [(root, False)]
    while todo:
        node, done = todo.pop()
        if done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            todo.append((node, True))
            todo.extend((x, False) for x in node.inputs)
    root.grad = 1.0
    for node in order:
        node._backward()
    """: "before all that use it",
}


class Graph:
    """What its nodes may cost: so many comparisons and seconds."""

    def __init__(self, count):
        self.called, self.users = set(), {}
        self.most, self.compared = 50 * count + 1000, 0
        self.until = time.perf_counter() + 2.0 + 3e-5 * count


class Node:
    """The product of its inputs' weights and data, added up; knows who has been called."""

    def __init__(self, graph, data, inputs=(), partials=()):
        self.graph, self.data, self.grad = graph, data, 0.0
        self._inputs, self.partials = inputs, partials
        for x in inputs:
            graph.users.setdefault(id(x), []).append(id(self))

    @property
    def inputs(self):
        if time.perf_counter() > self.graph.until:
            raise Wrong(
                "it takes too long: is each node looked for in a list, or visited again and again? "
                "Remember those seen in a set."
            )
        return self._inputs

    def __eq__(self, other):
        self.graph.compared += 1
        if self.graph.compared > self.graph.most:
            raise Wrong(
                "each node is compared with all before it, which takes too long for many: "
                "remember those seen in a set, not in a list."
            )
        return self is other

    __hash__ = object.__hash__

    def _backward(self):
        called = self.graph.called
        if id(self) in called:
            raise Wrong("a node is called a second time: it passes its grad on once.")
        called.add(id(self))
        if any(user not in called for user in self.graph.users.get(id(self), ())):
            raise Wrong(
                "a node passes its grad on before all that use it have been called: its own grad "
                "is not complete yet."
            )
        for x, partial in zip(self._inputs, self.partials):
            x.grad += partial * self.grad


def run(root, leaves):
    """The grads of the leaves after backward(root)."""
    try:
        backward(root)
    except RecursionError:
        raise Wrong("it calls itself, and Python stops that at 1000 or so: use a loop.") from None
    found = [leaf.grad for leaf in leaves]
    if root.grad == 0 or (root.grad == 1 and not any(found)):
        raise Wrong("every grad is 0: the grad of the root has to be 1 before anything is called.")
    near(root.grad, 1.0, "the grad of the root")
    missing = "a node was not called, and passes nothing on."
    if not all(id(x) in root.graph.called for x in reachable(root) if x._inputs):
        raise Wrong(missing)
    return found


def reachable(root):
    found, todo = {id(root): root}, [root]
    while todo:
        for x in todo.pop()._inputs:
            if id(x) not in found:
                found[id(x)] = x
                todo.append(x)
    return found.values()


def check_a_node_used_at_two_depths():
    """a node that is used by the root and by another of its inputs, and one used twice at once"""
    graph = Graph(5)
    a, b = Node(graph, 2.0), Node(graph, -3.0)
    c = Node(graph, -6.0, (a, b), (-3.0, 2.0))
    d = Node(graph, 36.0, (c, c), (-6.0, -6.0))
    for inputs, partials, wanted in (
        ((c, d), (7.0, 0.5), [-3.0, 2.0]),
        ((d, c), (0.5, 7.0), [-3.0, 2.0]),
    ):
        for node in (a, b, c, d):
            node.grad = 0.0
        graph.called.clear()
        graph.users = {id(a): [id(c)], id(b): [id(c)], id(c): [id(d), id(d)]}
        root = Node(graph, 0.0, inputs, partials)
        near(run(root, (a, b)), wanted, "the grads of the two leaves")


def check_random_graphs():
    """random graphs, next to micrograd's own backward"""
    draw = random.Random(26)
    for _ in range(20):
        graph = Graph(40)
        ours = [Node(graph, draw.uniform(-1, 1)) for _ in range(4)]
        theirs = [Value(x.data) for x in ours]
        for _ in range(30):
            i, j = draw.randrange(len(ours)), draw.randrange(len(ours))
            (a, b), (x, y) = (ours[i], ours[j]), (theirs[i], theirs[j])
            if draw.random() < 0.5:
                ours.append(Node(graph, a.data + b.data, (a, b), (1.0, 1.0)))
                theirs.append(x + y)
            else:
                ours.append(Node(graph, a.data * b.data, (a, b), (b.data, a.data)))
                theirs.append(x * y)
        inside = {id(x) for x in reachable(ours[-1])}
        graph.users = {k: [u for u in us if u in inside] for k, us in graph.users.items()}
        theirs[-1].backward()
        near(run(ours[-1], ours[:4]), [x.grad for x in theirs[:4]], "the grads of the leaves")


def check_a_chain_of_a_hundred_thousand():
    """a chain of 100,000 nodes, in a fraction of a second"""
    graph = Graph(100_000)
    leaf = node = Node(graph, 1.0)
    for _ in range(100_000):
        node = Node(graph, 1.0, (node,), (1.0,))
    near(run(node, (leaf,)), [1.0], "the grad at the far end of the chain")


# </checker>
