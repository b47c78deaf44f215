"""Random graphs of a learner's class: the grads of all nodes, and who passes on when.

Rule: a graph is data, a list of operations on numbered nodes; so it can be built with any class,
shrunk, and written as an expression.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from micrograd.course.exercises.checking import (
    REASONS_WANTED,
    Unexplained,
    Wrong,
    both_numbers,
    show,
)
from micrograd.course.exercises.relations import close
from micrograd.engine import Value

OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda x, y: x + y,
    "*": lambda x, y: x * y,
    "-": lambda x, y: x - y,
    "/": lambda x, y: x / y,
}
NAMES = "abcdefghijklmnopqrstuvwxyz"
VISITS = 20_000  # of one graph: more of them, and an algorithm goes along every path


def node_name(i: int) -> str:
    """Return the name of node number i: a, b, ..., z, a1, b1, ..."""
    again, letter = divmod(i, len(NAMES))
    return NAMES[letter] + (str(again) if again else "")


@dataclass(frozen=True)
class Graph:
    """Leaves by their data, and operations as (symbol, input, input); the last one is the root."""

    leaves: tuple[float, ...]
    operations: tuple[tuple[str, int, int], ...]

    def build(self, value_class: Any) -> list[Any]:
        """Return all nodes, made with that class."""
        nodes = [value_class(x) for x in self.leaves]
        for symbol, i, j in self.operations:
            nodes.append(OPERATIONS[symbol](nodes[i], nodes[j]))
        return nodes

    def grads(self) -> list[float]:
        """Return the right grads of all nodes; 0 for those that the root does not depend on."""
        nodes = self.build(Value)
        nodes[-1].backward()
        return [node.grad for node in nodes]

    def users(self, i: int) -> list[int]:
        """Return the nodes that node number i is an input of, once for each time."""
        first = len(self.leaves)
        return [
            first + k
            for k, (_, *inputs) in enumerate(self.operations)
            for one in inputs
            if one == i
        ]

    def without_unused(self) -> "Graph":
        """Return the graph of the nodes that the root depends on."""
        first, used = len(self.leaves), {len(self.leaves) + len(self.operations) - 1}
        for k in range(len(self.operations) - 1, -1, -1):
            if first + k in used:
                used |= set(self.operations[k][1:])
        kept = sorted(used)
        number = {old: new for new, old in enumerate(kept)}
        leaves = tuple(x for i, x in enumerate(self.leaves) if i in used)
        operations = tuple(
            (symbol, number[i], number[j])
            for k, (symbol, i, j) in enumerate(self.operations)
            if first + k in used
        )
        return Graph(leaves, operations)

    def __str__(self) -> str:
        """The graph as an expression: "d = c*c + c with c = a*b, a = 2, b = 3"."""
        first = len(self.leaves)
        count = first + len(self.operations)
        defined = [i for i in range(first, count) if i == count - 1 or len(self.users(i)) != 1]

        def write(i: int, inside: bool) -> str:
            if i < first or (inside and i in defined):
                return node_name(i)
            symbol, *inputs = self.operations[i - first]
            text = f" {symbol} ".join(write(one, True) for one in inputs)
            return f"({text})" if inside else text

        parts = [f"{node_name(i)} = {write(i, False)}" for i in defined]
        numbers = [f"{node_name(i)} = {show(x)}" for i, x in enumerate(self.leaves)]
        return f"{parts[-1]} with {', '.join([*parts[:-1][::-1], *numbers])}"


def random_graph(
    chance: random.Random, symbols: str = "+*", leaves: int = 3, size: int = 8
) -> Graph:
    """Return a graph in which nodes are used several times, and at several depths."""
    data = tuple(round(chance.uniform(0.4, 1.6) * chance.choice((-1, 1)), 3) for _ in range(leaves))
    operations = []
    for count in range(leaves, leaves + size):
        i, j = chance.randrange(count), chance.randrange(max(count - 3, 0), count)
        operations.append((chance.choice(symbols), i, j))
    return Graph(data, tuple(operations)).without_unused()


class Inputs(tuple):
    """The inputs of a node, which count how often they are looked at."""

    visits = 0

    def __iter__(self) -> Iterator[Any]:
        Inputs.visits += 1
        if Inputs.visits > VISITS:
            raise Wrong(
                "this goes along every path, and there are 2**n of them in a chain of n nodes "
                "that are used twice: go to each node once, and remember those you have seen.",
                "2**n paths",
            )
        return super().__iter__()

    def __getitem__(self, i: Any) -> Any:
        iter(self)
        return super().__getitem__(i)


@dataclass(frozen=True)
class Run:
    """A backward of a learner's class on a graph: the grads, and which nodes were called when."""

    graph: Graph
    grads: list[float]
    calls: list[int]
    root_grad: float  # when the root was called, or at the end

    def wrong_node(self) -> int | None:
        """Return the number of the first node with a wrong grad; leaves come first."""
        pairs = enumerate(zip(self.grads, self.graph.grads()))
        return next((i for i, (x, right) in pairs if not close(x, right, 1e-9)), None)

    def reason(self) -> tuple[str, str]:
        """Return what is wrong with the order of the calls, and its short name; else ""."""
        first, root = len(self.graph.leaves), len(self.grads) - 1
        if not self.root_grad:
            return "The grad of the root is not set to 1.", "grad of the root"
        for i in range(root, first - 1, -1):
            times, node = self.calls.count(i), node_name(i)
            if set(self.calls) == {root} and times > 1:
                text = f"Only {node} is called, {times} times: in the loop, call each node."
                return text, "only the root, again and again"
            if not times:
                text = f"{node} has not passed its grad on: its `_backward()` is never called."
                return text, "not called"
            if times > 1:
                text = f"{node} has passed its grad on more than once: {times} times."
                return text, "passed on more than once"
        for i in range(first, root):
            for user in self.graph.users(i):
                if self.calls.index(user) > self.calls.index(i):
                    text = (
                        f"{node_name(i)} has passed on before its grad was complete: "
                        f"{node_name(user)}, which uses it, came after it."
                    )
                    return text, "passed on too early"
        return "", ""

    def facts(self) -> str:
        """Return the expression, and which grad is wrong in it."""
        i = self.wrong_node()
        if i is None:
            return ""
        numbers = both_numbers(self.grads[i], self.graph.grads()[i])
        return f"in {self.graph}, {node_name(i)}.grad is {numbers}."


def run_backward(graph: Graph, value_class: Any, backward: Callable[[Any], None]) -> Run:
    """Return what the learner's backward does on the graph, whose grads are 0 before."""
    nodes = graph.build(value_class)
    calls: list[int] = []
    Inputs.visits = 0
    root_grads: list[float] = []
    note_root(nodes[-1], root_grads)
    for i, node in enumerate(nodes):
        node._backward = watched(node._backward, i, calls)
        if isinstance(getattr(node, "inputs", None), tuple):
            node.inputs = Inputs(node.inputs)
    backward(nodes[-1])
    end = float(nodes[-1].grad)
    return Run(
        graph, [float(node.grad) for node in nodes], calls, root_grads[0] if root_grads else end
    )


def note_root(root: Any, grads: list[float]) -> None:
    """Let the root note its grad whenever it is called."""
    function = root._backward

    def call() -> None:
        grads.append(float(root.grad))
        function()

    root._backward = call


def watched(function: Callable[[], None], i: int, calls: list[int]) -> Callable[[], None]:
    """Return the function, which notes that node number i was called."""

    def call() -> None:
        calls.append(i)
        function()

    return call


def compare_graphs(
    value_class: Any,
    graphs: list[Graph],
    backward: Callable[[Any], None] = lambda root: root.backward(),
    reasons: dict[str, str] | None = None,
) -> None:
    """Raise Wrong, with the smallest graph that fails, unless all grads are right in all graphs.

    `reasons` has more to say about some of the short names of `Run.reason`.
    """
    from micrograd.course.exercises.shrinking import shrink

    def fails(graph: Graph) -> bool:
        try:
            return run_backward(graph, value_class, backward).wrong_node() is not None
        except (Wrong, ArithmeticError):
            return False

    for graph in graphs:
        if run_backward(graph, value_class, backward).wrong_node() is None:
            continue
        if not REASONS_WANTED.get():
            raise Unexplained("a grad is wrong")
        run = run_backward(shrink(graph, fails), value_class, backward)
        text, reason = run.reason()
        more = (reasons or {}).get(reason, "")
        if not text:
            raise Unexplained(run.facts(), graph=run)
        raise Wrong(f"{run.facts()} {text} {more}".strip(), reason, run)


def doublings(count: int) -> Graph:
    """Return a chain of sums of a node with itself, with 2**count paths."""
    return Graph((1.5,), tuple(("+", i, i) for i in range(count)))


def with_leaf(graph: Graph, i: int, x: float) -> Graph:
    """Return the graph with other data of one leaf."""
    return replace(graph, leaves=(*graph.leaves[:i], x, *graph.leaves[i + 1 :]))
