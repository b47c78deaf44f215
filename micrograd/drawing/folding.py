"""Large graphs, folded: the nodes that belong together stand in one box."""

from collections.abc import Sequence

from micrograd.engine import Value
from micrograd.explaining import label_of, owner_of

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


def owners_of(nodes: Sequence[Value]) -> dict[Value, str]:
    """Return {node: the module that it belongs to, or "" if there is none}.

    A result belongs to the module of the parameter that it was computed with. A result that was
    computed from one module's numbers alone belongs to that module, too. The rest, such as a loss,
    belongs to none.
    """
    owners: dict[Value, str] = {}
    for node in nodes:
        owners[node] = result_owner(node, owners) if node.inputs else labelled_owner(node)
    return owners


def result_owner(node: Value, owners: dict[Value, str]) -> str:
    parameters = [x for x in node.inputs if not x.inputs and owners[x]]
    if parameters:
        computed_with_one = len(parameters) < len(node.inputs)
        return owners[parameters[0]] if computed_with_one else ""
    modules = {owners[x] for x in node.inputs}
    return modules.pop() if len(modules) == 1 else ""


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
