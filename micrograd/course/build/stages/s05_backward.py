"""backward() runs them all

By hand you called `_backward()` of the result first, then
of what it was computed from, and so on. In a large graph
the order is the whole problem: a Value may pass its grad on
only when the grad is complete, which is after *every* Value
that uses it has had its turn.

So put the graph into a line first, each Value behind all of
its inputs (a topological order), and walk it from the end.

Add a method `backward(self)`, without arguments:

- make the list of all Values that self was computed from,
  each once, each behind its inputs, with self at the end;
- set `self.grad = 1.0`;
- call `_backward()` of each, from the end of the list to
  its beginning.

For example:

    >>> a, b, c = Value(2.0), Value(-3.0), Value(10.0)
    >>> d = a * b + c
    >>> d.backward()
    >>> a.grad, b.grad, c.grad
    (-3.0, 2.0, 1.0)

The list can be made by a function that calls itself: visit
the inputs first, then append the Value, and skip Values
that were visited before.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from micrograd.course.build.learner import Learner, compare_grads, inputs_of, nodes_below
from micrograd.course.exercises.checking import Unexplained, Wrong

LESSONS = (9,)
MINUTES = 20
OWNER = "Value"
NEEDS = ("Value.backward",)
CODE = """
class Value:
    def backward(self):
        topo = []
        visited = set()

        def build_topo(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build_topo(child)
                topo.append(v)

        build_topo(self)
        self.grad = 1.0
        for node in reversed(topo):
            node._backward()
"""
HINTS = (
    "Where in the list is a Value whose inputs were all appended before it? Where is self?",
    "Write build_topo(v) inside backward: unless v was visited, mark it, call build_topo for each "
    "of its inputs, and append v to the list at the end.",
    "Then: build_topo(self); self.grad = 1.0; for node in reversed(topo): node._backward().",
)
TOPO = """
def backward(self):
    topo, visited = [], set()

    def build_topo(v):
        if v not in visited:
            visited.add(v)
            for child in v._prev:
                build_topo(child)
            topo.append(v)

    build_topo(self)
    self.grad = 1.0
    for node in reversed(topo):
        node._backward()
"""
INPUTS = "            for child in v._prev:\n                build_topo(child)\n"
OWN = "            topo.append(v)\n"
WRONG = {
    TOPO.replace("self.grad = 1.0", "self.grad += 1.0"): "do not add",
    TOPO.replace("node._backward()", "self._backward()"): "only self",
    TOPO.replace("v._prev", "self._prev"): "every Value has its turn",
    TOPO.replace("    self.grad = 1.0\n", ""): "the grad of the root",
    TOPO.replace("reversed(topo)", "topo"): "reversed",
    TOPO.replace("node._backward()", "node._backward"): "parentheses",
    TOPO.replace("node._backward()", "node.backward()"): "backward() of other nodes",
    TOPO.replace("self.grad = 1.0", "self.grad = self.data"): "the grad of the root",
    TOPO.replace("    build_topo(self)\n", ""): "list empty",
    TOPO.replace(
        "        if v not in visited:\n            visited.add(v)\n", "        if True:\n"
    ): ("more than once"),
    TOPO.replace("            topo.append(v)", "            pass\n        topo.append(v)"): (
        "more than once"
    ),
    TOPO.replace(
        INPUTS + OWN,
        OWN + INPUTS,
    ): "behind its inputs",
    TOPO.replace(
        INPUTS + OWN,
        OWN + INPUTS,
    ).replace("reversed(topo)", "topo"): "before",
    "def backward(self):\n    self.grad = 1.0\n    self._backward()": "only self",
    "def backward(self):\n    self.grad = 1.0\n    self._backward()\n"
    "    for x in self._prev:\n        x.backward()": "backward() of other nodes",
    "def backward(self):\n    self.grad = 1.0\n    self._backward()\n"
    "    for x in self._prev:\n        x._backward()": "further down",
    "def backward(self):\n    self.grad = 1.0\n\n    def send(v):\n        v._backward()\n"
    "        for x in v._prev:\n            send(x)\n\n    send(self)": "more than once",
    TOPO.replace(
        "        if v not in visited:\n            visited.add(v)\n", "        if True:\n"
    ).replace(
        "            topo.append(v)",
        "            if v not in topo:\n                topo.append(v)",
    ): ("2^n"),
}


NAMES = ("a", "b", "c", "f", "e", "d", "L")
GRADS = (6.0, -4.0, -2.0, 4.0, -2.0, -2.0, 1.0)
ONLY_SELF = [0, 0, 0, 4, 0, -2, 1]
MISTAKES = {
    "the grad of the root, self, has to be set to 1 first": [0] * 7,
    "the grad of the root is its data, -8, and has to be 1": [-8 * grad for grad in GRADS],
    "only self passes its grad on: d and e have to, too": ONLY_SELF,
    "d has passed its grad on, and e, which is further down, has not: every Value has its turn": [
        *(0, 0, -2, 4, -2, -2, 1)
    ],
    "nothing was passed on: is `_backward()` called, with parentheses, or is the list empty, or "
    "without self": [0, 0, 0, 0, 0, 0, 1],
    "every grad is 1: it is backward() of other nodes that sets them. Call `_backward()`": [1] * 7,
}


def check(my: Learner) -> None:
    a = my.Value(2.5)
    run_backward(a)
    leaf = {
        "after a.backward(), a.grad is 0: the grad of the root, self, has to be set to 1": [0.0],
        "after a.backward(), the grad of the root is its data: set it to 1": [2.5],
    }
    compare_grads("a leaf, after a.backward()", [("a", a)], [1.0], leaf)
    run_backward(a)
    again = {
        "after a second a.backward(), a.grad is 2: set the grad of the root, do not add": [2.0]
    }
    compare_grads("a leaf, after a second a.backward()", [("a", a)], [1.0], again)
    check_tree(my)
    check_turns(my, "b = a + a, c = b + b", lambda a: double(double(a)))
    check_turns(my, "b = a + a, c = b * b + b", lambda a: late(double(a)))
    check_turns(my, "b = a + a, c = b + b * b", lambda a: early(double(a)))
    check_visits(my)


def run_backward(root: Any) -> None:
    """Call backward(). Raises Wrong if it calls itself without end."""
    try:
        root.backward()
    except RecursionError as error:
        raise Wrong(
            "backward() never ends: it calls backward() of other nodes, or of self, again. Call "
            "`_backward()` of each, and skip Values that were visited before.",
            "backward calls backward",
        ) from error


def check_tree(my: Learner) -> None:
    """A graph in which each Value is used once."""
    a, b, c, f = (my.Value(x) for x in (2.0, -3.0, 10.0, -2.0))
    e = a * b
    d = e + c
    loss = d * f
    run_backward(loss)
    pairs = list(zip(NAMES, (a, b, c, f, e, d, loss)))
    if [x.grad for _, x in pairs] == ONLY_SELF:
        check_direction(my)
    start = "L = d * f with d = e + c and e = a * b: "
    mistakes = {f"{start}{text}": grads for text, grads in MISTAKES.items()}
    compare_grads(f"{start}after L.backward()", pairs, GRADS, mistakes)


def check_direction(my: Learner) -> None:
    """Raise Wrong if nodes have their turn from the inputs to the root."""
    a = my.Value(2.0)
    root = double(double(a))
    turns = record_turns(root)
    root.backward()
    if all(node is root for node in turns):
        return
    if turns[-1] is not root:
        raise Wrong(
            "a Value has its turn before one that uses it, when its grad is not complete: append "
            "each Value behind its inputs, and walk the list from its end.",
            "a node passes on before its grad is complete",
        )
    raise Wrong(
        "the inputs have their turn first, and the root last, when nothing is left to do: append "
        "each Value behind its inputs, and walk the list reversed, from its end.",
        "the order is from the inputs to the root",
    )


def double(x: Any) -> Any:
    return x + x


def late(b: Any) -> Any:
    return b * b + b


def early(b: Any) -> Any:
    return b + b * b


def check_turns(my: Learner, text: str, build: Callable[[Any], Any]) -> None:
    """Raise Wrong unless each node has its turn once, and after all nodes that use it."""
    a = my.Value(3.0)
    root = build(a)
    names = {id(root): "c", id(a): "a"}
    turns = record_turns(root)
    root.backward()
    if not turns:  # a class whose methods cannot be recorded; the grads tell it later
        return
    refuse_skipped(text, root, turns)
    done: set[int] = set()
    for node in turns:
        name = names.get(id(node), "b" if any(x is a for x in inputs_of(node)) else "a node")
        if id(node) in done:
            raise Wrong(
                f"{text}: {name} has its turn more than once, and passes the same grad on again. "
                "Each Value is in the list once: skip what was visited before.",
                "a node passes on more than once",
            )
        users = [each for each in nodes_below(root) if any(x is node for x in inputs_of(each))]
        if any(id(user) not in done for user in users):
            raise Wrong(
                f"{text}: {name} has its turn before a node that uses it, when its grad is not "
                "complete. Append a node after its inputs, and walk the list from its end.",
                "a node passes on before its grad is complete",
            )
        done.add(id(node))


def refuse_skipped(text: str, root: Any, turns: list[Any]) -> None:
    """Raise Unexplained if a node that has inputs has no turn at all."""
    had = {id(node) for node in turns}
    skipped = [node for node in nodes_below(root) if inputs_of(node) and id(node) not in had]
    if skipped:
        raise Unexplained(
            f"{text}: a Value that c was computed from has no turn, and passes nothing on.",
            "a node has no turn",
        )


def record_turns(root: Any) -> list[Any]:
    """Return a list that fills with the nodes in the order in which their `_backward` is called."""
    turns: list[Any] = []
    for node in nodes_below(root):
        try:
            node._backward = recorder(node, turns)
        except AttributeError:
            return []
    return turns


def recorder(node: Any, turns: list[Any]) -> Callable[[], None]:
    original = node._backward

    def record() -> None:
        turns.append(node)
        original()

    return record


MOST_CALLS = 3000  # of functions, for a graph of 17 nodes: a walk of 2^16 has some 65,000


def check_visits(my: Learner) -> None:
    """Raise Wrong if the walk takes a time that doubles with each node."""
    root = my.Value(1.0)
    for _ in range(16):
        root = double(root)
    with limit_calls(MOST_CALLS):
        root.backward()


@contextmanager
def limit_calls(most: int) -> Iterator[None]:
    """Raise Wrong in the block when more functions were called than that."""
    count = 0

    def watch(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event == "call"
        if count > most:
            sys.setprofile(None)
            raise Wrong(
                "a chain of 16 sums x = x + x takes more than 60,000 visits: each sum visits its "
                "input twice, so n of them take 2^n. Mark a node as visited before its inputs.",
                "2^n visits",
            )

    sys.setprofile(watch)
    try:
        yield
    finally:
        sys.setprofile(None)
