"""Graphs of nodes: the order to walk them in, the chain rule, and copies.

A node is anything with `inputs` (a tuple of nodes, empty for a leaf) and `op` (a row of the table).
Nothing here recurses, so that a chain of a million nodes is fine.
"""

from operator import attrgetter

from micrograd import errors


def topological_order(root, read_inputs=attrgetter("inputs")) -> list:
    """Every node that `root` is computed from, once each, after all of its inputs; `root` is last.

    Walked backwards it is the order of backpropagation: a node may pass its grad on only when that
    grad is complete, which is when every node that uses it has had its turn. The smallest graph
    that goes wrong in another order is

        b = a + a
        c = b + b

    The two edges from c bring b a grad of 1 each. If b passes each on as it comes, with what its
    grad is by then (first 1, then 2), a receives 2 * 1 + 2 * 2 = 6, though c = 4a, so dc/da = 4.

    The same graph always gives the same order. `read_inputs(node)` are the inputs that are nodes.
    """
    order, seen, path = [], {root}, [(root, iter(read_inputs(root)))]
    while path:
        node, rest = path[-1]
        for x in rest:
            if x not in seen:
                seen.add(x)
                if inputs := read_inputs(x):
                    path.append((x, iter(inputs)))
                    break
                order.append(x)
        else:
            order.append(node)
            path.pop()
    return order


def partials(node, read) -> list:
    """[d node / d input for each input]; `read(node)` is what the partials are computed with.

    Read numbers, and they are numbers; read the nodes themselves, and they are nodes again.
    """
    numbers = (*map(read, node.inputs), read(node))
    return [partial(*numbers) for partial in node.op.partials]


def chain_rule(order, read):
    """Yield (node, input, d node / d input) for every edge, the last node first."""
    for node in reversed(order):
        if node.inputs:
            for x, partial in zip(node.inputs, partials(node, read)):
                yield node, x, partial


def node_state(node) -> tuple:
    """All of a node but its inputs. Raises GraphError for a `_backward` that was set by hand: it
    would go on serving the inputs of the original."""
    if "_backward" in vars(node):
        raise errors.GraphError(errors.made_by_hand(node.op.symbol if node.op else "leaf"))
    return type(node), node.data, node.grad, node.op, vars(node)


def restore_node(state, inputs: tuple):
    """The node of that `state` (its free attributes may be left out), with these inputs."""
    cls, data, grad, op, *free = state
    node = object.__new__(cls)
    node.data, node.grad, node.op, node.inputs = data, grad, op, inputs
    for attributes in filter(None, free):
        vars(node).update(attributes)
    return node


def restore_graph(nodes: list, inputs: list):
    """The last of `nodes`: leaves, and the states of nodes whose inputs stand at those places."""
    for i, places in enumerate(inputs):
        if places:
            nodes[i] = restore_node(nodes[i], tuple(nodes[place] for place in places))
    return nodes[-1]
