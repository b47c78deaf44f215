"""A backward without recursion

A function that calls itself for the inputs of a node fails on a chain of about a thousand nodes,
with a RecursionError. Write `backward(root)` with a loop and a list of what is still to do, so that
a chain of 100,000 nodes is no trouble and takes a fraction of a second.

A node has `.inputs` (a tuple of nodes; () for a leaf), `.grad` (0.0 for all nodes at the start) and
`._backward()`, which adds to the grads of its inputs what they receive. Set the grad of the root,
then call `._backward()` of every node once, and only after all nodes that use it have been called.
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
from micrograd.course.exercises.checking import STAYS, Unexplained, Wrong, near

HINTS = (
    "Keep a list of the nodes that are still to do: take the last one, and append its inputs.",
    "A node comes in the order after its inputs: put it back, marked, below its inputs. When you "
    "meet it again, marked, all its inputs are in the order.",
    "todo holds pairs (node, marked). If marked, append the node to order. Else, if it is not in "
    "the set of seen nodes, add it there, push (node, True), then (x, False) for each input x.",
)
RETURNED = """
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
for node in reversed(order):
    node._backward()
return order
"""
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


WRONG |= {
    """
    root.grad = 1.0
    node = root
    while node.inputs:
        node._backward()
        node = node.inputs[0]
    """: "only the first input",
    """
    uses, todo = {id(root): 0}, [root]
    while todo:
        for x in todo.pop().inputs:
            if id(x) not in uses:
                uses[id(x)] = 0
                todo.append(x)
            uses[id(x)] += 1
    root.grad, ready = 1.0, [root]
    while ready:
        node = ready.pop()
        if node.grad == 0.0:
            continue
        node._backward()
        for x in node.inputs:
            uses[id(x)] -= 1
            if uses[id(x)] == 0:
                ready.append(x)
    """: "a node whose grad is 0 is left out",
    RETURNED: "should return nothing",
    RETURNED.replace("return order", "").replace(
        "set(), [(root", "backward.__dict__.setdefault('seen', set()), [(root"
    ): "does something stay",
}
RIGHT = (
    """
    users, seen, todo = {}, {root}, [root]
    while todo:
        for x in todo.pop().inputs:
            users[x] = users.get(x, 0) + 1
            if x not in seen:
                seen.add(x)
                todo.append(x)
    root.grad = 1.0
    ready = [root]
    while ready:
        node = ready.pop()
        node._backward()
        for x in node.inputs:
            users[x] -= 1
            if not users[x]:
                ready.append(x)
    """,
    """
    order, seen, stack = [], {id(root)}, [(root, iter(root.inputs))]
    while stack:
        node, inputs = stack[-1]
        for x in inputs:
            if id(x) not in seen:
                seen.add(id(x))
                stack.append((x, iter(x.inputs)))
                break
        else:
            order.append(node)
            stack.pop()
    root.grad = 1.0
    while order:
        order.pop()._backward()
    """,
)
WRONG[
    """
    import sys
    sys.setrecursionlimit(10**6)
"""
    + next(iter(WRONG)).strip("\n")
] = "a higher recursion limit"
AFTER = {
    "another": RIGHT[0],
    "remark": "That one counts for each node how many uses are still to come, and calls it when "
    "none is (Kahn's algorithm). Real engines do it like this.",
}


class Graph:
    """How many comparisons and seconds a graph of `count` nodes may cost."""

    def __init__(self, count):
        self.called, self.users, self.early, self.root_grads = set(), {}, False, []
        self.most, self.compared = 50 * count + 1000, 0
        self.until = time.process_time() + 6.0 + 6e-5 * count


class Node:
    """A node that passes its grad on by its partials, and sees to it that the order is right."""

    def __init__(self, graph, data, inputs=(), partials=()):
        self.graph, self.data, self.grad = graph, data, 0.0
        self._inputs, self.partials = inputs, partials
        for x in inputs:
            graph.users.setdefault(id(x), []).append(id(self))

    @property
    def inputs(self):
        if time.process_time() > self.graph.until:
            raise Wrong(
                "this takes too long: do you look for nodes in a list, or visit them repeatedly? "
                "Remember those you have seen in a set."
            )
        return self._inputs

    def __eq__(self, other):
        self.graph.compared += 1
        if self.graph.compared > self.graph.most:
            raise Wrong(
                "each node is compared with all nodes before it, which takes too long: "
                "remember those you have seen in a set, not in a list."
            )
        return self is other

    __hash__ = object.__hash__

    def _backward(self):
        called = self.graph.called
        if id(self) in called:
            raise Wrong("a node is called a second time: a node passes its grad on once.")
        called.add(id(self))
        if any(user not in called for user in self.graph.users.get(id(self), ())):
            self.graph.early = True
        if id(self) not in self.graph.users:
            self.graph.root_grads.append(self.grad)
        for x, partial in zip(self._inputs, self.partials):
            x.grad += partial * self.grad


def run(backward, root, leaves):
    """Return the grads of the leaves after backward(root). Wrong if a node was left out."""
    try:
        returned = backward(root)
    except RecursionError:
        raise Wrong(
            "a function calls itself, which Python stops after about 1000 calls: use a loop."
        ) from None
    if root.grad == 0 or 0 in root.graph.root_grads:
        raise Wrong("every grad is 0: set the grad of the root to 1 before you call anything.")
    near(root.grad, 1.0, "the grad of the root")
    require_all_called(root)
    if root.graph.early:
        raise Wrong(
            "a node passes its grad on before all that use it have been called: its own grad is "
            "not complete yet."
        )
    if returned is not None:
        kind = type(returned).__name__
        text = f"backward returns a {kind}: it should return nothing, and only fill in grads."
        raise Wrong(text, "something is returned")
    return [leaf.grad for leaf in leaves]


def require_all_called(root):
    """Raise Wrong unless all nodes that have inputs were called."""
    called = root.graph.called
    inner = {id(x) for x in reachable(root) if x._inputs}
    if inner <= called:
        return
    for i, which in ((0, "first"), (-1, "last")):
        if called & inner == {id(x) for x in along(root, i)}:
            raise Wrong(f"only the {which} input of each node is followed: go to all of them.")
    raise Unexplained("a node is never called, so it passes nothing on.", "not called")


def along(node, i):
    """Return the node and its first or last input, the same input of that one, and so on."""
    nodes = []
    while node._inputs:
        nodes.append(node)
        node = node._inputs[i]
    return nodes


def reachable(root):
    """Return the nodes that root was computed from, and root."""
    answer, todo = {id(root): root}, [root]
    while todo:
        for x in todo.pop()._inputs:
            if id(x) not in answer:
                answer[id(x)] = x
                todo.append(x)
    return answer.values()


def check_a_node_used_at_two_depths(backward):
    """a node used by the root and by another input of the root, and a node used twice at once"""
    for first in (True, False):
        root, leaves = two_depths(first)
        near(run(backward, root, leaves), [-3.0, 2.0], "the grads of the two leaves")


def two_depths(first):
    """Return the root of such a graph, and its leaves; the deeper input of the root is the last."""
    graph = Graph(5)
    a, b = Node(graph, 2.0), Node(graph, -3.0)
    c = Node(graph, -6.0, (a, b), (-3.0, 2.0))
    d = Node(graph, 36.0, (c, c), (-6.0, -6.0))
    inputs, partials = ((c, d), (7.0, 0.5)) if first else ((d, c), (0.5, 7.0))
    return Node(graph, 0.0, inputs, partials), (a, b)


def check_a_grad_of_zero(backward):
    """a node whose grad is 0, before a node that another one uses, too"""
    for first in (True, False):
        graph = Graph(5)
        a = Node(graph, 2.0)
        b = Node(graph, 4.0, (a,), (2.0,))
        c, d = Node(graph, 1.0, (b,), (3.0,)), Node(graph, 1.0, (b,), (5.0,))
        inputs, partials = ((c, d), (0.0, 1.0)) if first else ((d, c), (1.0, 0.0))
        backward(Node(graph, 0.0, inputs, partials))
        if a.grad != 10.0 and id(b) not in graph.called:
            text = "a node whose grad is 0 is left out, and so a node behind it is never called"
            raise Wrong(f"{text}: call every node, whatever its grad is.", "a grad of 0")
        near([a.grad], [10.0], "the grad of the leaf behind a node whose grad is 0")


def check_a_second_time(backward):
    """the same graph once more, when all its grads are 0 again"""
    root, leaves = two_depths(True)
    near(run(backward, root, leaves), [-3.0, 2.0], "[a.grad, b.grad]")
    for node in reachable(root):
        node.grad = 0.0
    root.graph.called.clear()
    backward(root)
    if [leaf.grad for leaf in leaves] != [-3.0, 2.0]:
        raise Unexplained(STAYS, "state stays")


def check_random_graphs(backward):
    """random graphs, compared with micrograd's own backward"""
    chance = random.Random(26)
    for _ in range(20):
        graph = Graph(40)
        ours = [Node(graph, chance.uniform(-1, 1)) for _ in range(4)]
        theirs = [Value(x.data) for x in ours]
        for _ in range(30):
            i, j = chance.randrange(len(ours)), chance.randrange(len(ours))
            (a, b), (x, y) = (ours[i], ours[j]), (theirs[i], theirs[j])
            if chance.random() < 0.5:
                ours.append(Node(graph, a.data + b.data, (a, b), (1.0, 1.0)))
                theirs.append(x + y)
            else:
                ours.append(Node(graph, a.data * b.data, (a, b), (b.data, a.data)))
                theirs.append(x * y)
        inside = {id(x) for x in reachable(ours[-1])}
        graph.users = {k: [u for u in us if u in inside] for k, us in graph.users.items()}
        theirs[-1].backward()
        near(
            run(backward, ours[-1], ours[:4]),
            [x.grad for x in theirs[:4]],
            "the grads of the leaves",
        )


def check_a_chain_of_a_hundred_thousand(backward):
    """a chain of 100,000 nodes, in a fraction of a second"""
    graph = Graph(100_000)
    leaf = node = Node(graph, 1.0)
    for _ in range(100_000):
        node = Node(graph, 1.0, (node,), (1.0,))
    near(run(backward, node, (leaf,)), [1.0], "the grad at the far end of the chain")


# </checker>
