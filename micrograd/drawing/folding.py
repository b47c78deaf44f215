"""Large graphs, folded: which nodes stand together in one box."""

MOST_GROUPS = 12  # boxes for modules; more are a thicket


def fold(nodes) -> dict:
    """{node: its group}: the module that it belongs to, of a depth that leaves few, or its op."""
    owners = owners_of(nodes) if any(map(owner_of_label, nodes)) else dict.fromkeys(nodes, "")
    while len(set(owners.values())) > MOST_GROUPS:
        longest = max(owner.count(".") for owner in owners.values())
        shorter = {owner: shorten(owner, longest) for owner in set(owners.values())}
        owners = {node: shorter[owner] for node, owner in owners.items()}
    return {node: owner or op_group(node) for node, owner in owners.items()}


def owners_of(nodes) -> dict:
    """{node: the module it belongs to, "" for none}.

    What is computed with a parameter belongs to the parameter's module, and so does what is
    computed from one module's numbers alone. The rest, as a loss, belongs to none.
    """
    owners: dict = {}
    for node in nodes:
        found = [owners[x] for x in node.inputs]
        parameters = [owners[x] for x in node.inputs if not x.inputs and owners[x]]
        if not node.inputs:
            owners[node] = owner_of_label(node)
        elif parameters and len(parameters) < len(found):
            owners[node] = parameters[0]
        else:
            owners[node] = found[0] if len(set(found)) == 1 and not parameters else ""
    return owners


def op_group(node) -> str:
    """The op's mark, all powers being one; "leaves" for leaves."""
    mark = node._op
    return "**" if mark.startswith("**") else mark or "leaves"


def owner_of_label(node) -> str:
    """The module in a parameter's label: "model.layers.0" of "model.layers.0.w.1"."""
    path = node.label.split(".")
    if not all(part.isidentifier() or part.isdigit() for part in path):
        return ""
    while len(path) > 1 and path[-1].isdigit():
        path.pop()
    return ".".join(path[:-1])


def shorten(owner: str, longest: int) -> str:
    """The module around: "model.layers.0" of "model.layers.0.neurons.3"."""
    path = owner.split(".")
    if len(path) - 1 < longest:
        return owner
    path.pop()
    while len(path) > 1 and not path[-1].isdigit():
        path.pop()
    return ".".join(path)
