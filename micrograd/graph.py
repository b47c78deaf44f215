"""Graphs of nodes: the order to walk them in, the chain rule, and copies.

A node is anything with `inputs` (a tuple of nodes, empty for a leaf) and `op` (a row of the table,
None for a leaf).
Nothing here recurses, so a chain of a million nodes is fine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter

from micrograd import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Node = Any  # of a Value's graph, or of any other that looks like it
    Read = Callable[[Node], Any]

read_inputs = attrgetter("inputs")


def topological_order(root: Node, read_inputs: Read = read_inputs) -> list[Node]:
    """Return every node that `root` is computed from, once each, after its inputs; `root` is last.

    Reversed, it is the order of backpropagation: a node may pass its grad on only when that grad is
    complete, which is when every node that uses it has had its turn. The smallest graph that goes
    wrong in another order is

        b = a + a
        c = b + b

    The two edges from c bring b a grad of 1 each. If b passes each on as it comes, with what its
    grad is by then (first 1, then 2), a receives 2 * 1 + 2 * 2 = 6, though c = 4a, so dc/da = 4.

    The same graph always gives the same order. `read_inputs(node)` returns the inputs to follow.
    Raises TypeError for a root that is not a node.
    """
    if not hasattr(root, "inputs"):
        raise TypeError(errors.not_a_node(root))
    order: list[Node] = []
    seen = {root}
    node, rest = root, iter(read_inputs(root))  # a node, and those of its inputs that are to come
    path = [(node, rest)]
    while path:
        for x in rest:
            if x not in seen:
                seen.add(x)
                if x.op:
                    path.append((node, rest))
                    node, rest = x, iter(read_inputs(x))
                    break
                order.append(x)
        else:
            order.append(node)
            node, rest = path.pop()
    return order


# ----------------------------------------------------------------------------------- the chain rule


def partials(node: Node, read: Read) -> list[Any]:
    """Return [d node / d input for each input], computed with `read(node)`.

    If `read` returns numbers, they are numbers; if it returns the nodes themselves, they are nodes.
    None stands for a derivative that does not exist.
    """
    numbers = (*map(read, node.inputs), read(node))
    return [partial and partial(*numbers) for partial in node.op.partials]


def receivers(order: Sequence[Node]) -> Sequence[Node]:
    """Return the nodes of `order` that receive a grad from the last one, in the same order.

    These are all nodes, unless an op has an input without a derivative. Whatever only such an input
    is computed from receives nothing, which is not the same as 0: 0 times infinity is nan.
    """
    for op in {node.op for node in order}:
        if op and None in op.partials:
            break
    else:
        return order
    reached = set(order[-1:])
    for node in reversed(order):
        if node.inputs and node in reached:
            reached.update(x for x, partial in zip(node.inputs, node.op.partials) if partial)
    return [node for node in order if node in reached]


def dependents(order: Sequence[Node], xs: Iterable[Node]) -> list[Node]:
    """Return the nodes of `order` that are computed from one of `xs`, in the same order."""
    reached, nodes = set(xs), []
    for node in order:
        if not reached.isdisjoint(node.inputs):
            reached.add(node)
            nodes.append(node)
    return nodes


def chain_rule(order: Sequence[Node], read: Read) -> Iterator[tuple[Node, Node, Any]]:
    """Yield (node, input, d node / d input) for each edge that passes a grad on, the last first."""
    for node in reversed(receivers(order)):
        if node.inputs:
            for x, partial in zip(node.inputs, partials(node, read)):
                if partial is not None:
                    yield node, x, partial


# ------------------------------------------------------------------------- copies, also for pickles


def node_state(node: Node) -> tuple[Any, ...]:
    """Return (class, data, grad, op, free attributes): all of a node but its inputs.

    Raises GraphError for a `_backward` that was set by hand, because the copy's `_backward` would
    still write into the original's inputs.
    """
    data, free = node.data, vars(node)  # before its class, which a look at its data may change
    if "_backward" in free:
        symbol = node.op.symbol if node.op else "leaf"
        raise errors.GraphError(errors.handmade_node(symbol))
    return type(node), data, node.grad, node.op, free


def restore_node(state: Sequence[Any], inputs: tuple[Node, ...]) -> Node:
    """Return a node of that `state` (the free attributes may be missing), with these inputs."""
    cls, data, grad, op, *free = state
    node = object.__new__(cls)
    node.data, node.grad = data, grad
    node.op, node.inputs = op, inputs
    for attributes in filter(None, free):
        vars(node).update(attributes)
    return node


def restore_graph(nodes: list[Any], inputs: Sequence[Sequence[int]]) -> Node:
    """Return the last of `nodes`, each a leaf or the state of a node.

    `inputs` holds, for each node, the indices of its inputs; it is empty for a leaf.
    """
    for i, indices in enumerate(inputs):
        if indices:
            nodes[i] = restore_node(nodes[i], tuple(nodes[k] for k in indices))
    return nodes[-1]


restore = restore_node  # the name in pickles that earlier versions wrote
