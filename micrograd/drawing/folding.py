"""Large graphs, folded: the nodes that belong together stand in one box."""

from collections.abc import Container, Mapping, Sequence

from micrograd.engine import Value
from micrograd.explaining import label_of, owner_of
from micrograd.ops import add

MOST_GROUPS = 12  # boxes for modules; more would be a thicket


def group_nodes(nodes: Sequence[Value]) -> dict[Value, str]:
    """Return {node: its group}: the module that it belongs to, or else its op.

    Modules are merged into those around them until at most 12 remain.
    """
    owners = dict.fromkeys(nodes, "")
    if any(map(labelled_owner, nodes)):
        owners = owners_of(nodes)
    modules = set(owners.values())
    while len(modules) > MOST_GROUPS:
        deepest = max(module.count(".") for module in modules)
        merged = {module: enclosing_module(module, deepest) for module in modules}
        owners = {node: merged[owner] for node, owner in owners.items()}
        modules = set(owners.values())
    return {node: owner or op_group(node) for node, owner in owners.items()}


def owners_of(
    nodes: Sequence[Value], owner_of_leaf: Mapping[Value, str] | None = None
) -> dict[Value, str]:
    """Return {node: the module that it belongs to, or "" if there is none}.

    `owner_of_leaf` has the leaves that belong to one; without it, their labels say so.

    A result belongs to the module of the parameter that it was computed with. A result that was
    computed from one module's numbers alone belongs to that module, too, unless it joins two
    results of the module, as the sum of a loss does. The rest belongs to none.
    """
    owners: dict[Value, str] = {}
    anchors: dict[str, Value] = {}  # the first parameter of each module
    anchored: set[Value] = set()  # what a module computed with its anchor
    for node in nodes:
        if node.inputs:
            owner = result_owner(node, owners, anchored)
            has_anchor = any(x in anchored and owners[x] == owner for x in node.inputs)
        else:
            owner = labelled_owner(node) if owner_of_leaf is None else owner_of_leaf.get(node, "")
            has_anchor = anchors.setdefault(owner, node) is node
        owners[node] = owner
        if owner and has_anchor:
            anchored.add(node)
    return owners


def result_owner(node: Value, owners: Mapping[Value, str], anchored: Container[Value]) -> str:
    parameters = [x for x in node.inputs if not x.inputs and owners[x]]
    if parameters:
        computed_with_one = len(parameters) < len(node.inputs)
        return owners[parameters[0]] if computed_with_one else ""
    modules = {owners[x] for x in node.inputs if owners[x] or not begins_a_sum(x, node)}
    uses = [x for x in dict.fromkeys(node.inputs) if x in anchored]
    return modules.pop() if len(modules) == 1 and len(uses) < 2 else ""


def begins_a_sum(x: Value, node: Value) -> bool:
    """Return whether `x` is the 0 that Python's `sum` adds the first term to."""
    is_zero = not x.inputs and not x.label and x.data == 0.0
    return is_zero and node.op is add


def op_group(node: Value) -> str:
    """Return the op's symbol, "**" for every power, and "leaves" for a leaf."""
    symbol = node._op
    return "**" if symbol.startswith("**") else symbol or "leaves"


def labelled_owner(node: Value) -> str:
    """Return the module that a node's label names: "model.layers.0" for "model.layers.0.w.1"."""
    label = label_of(node)
    parts = label.split(".")
    is_path = all(part.isidentifier() or part.isdigit() for part in parts)
    return owner_of(label) if is_path else ""


def enclosing_module(owner: str, deepest: int) -> str:
    """Return the module around a module, if its path has `deepest` dots, else the module itself.

    The module around "model.layers.0.neurons.3" is "model.layers.0".
    """
    if owner.count(".") < deepest:
        return owner
    path = owner.split(".")
    path.pop()
    while len(path) > 1 and not path[-1].isdigit():
        path.pop()
    return ".".join(path)
