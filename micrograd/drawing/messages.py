"""Messages of pictures: what happened, why, and what to do."""


def no_steps_in_machine_code(name: str) -> str:
    return (
        f"{name!r} was computed by machine code, which has no steps to show. Draw what the "
        "function returns without @jit."
    )


def too_large_to_play(nodes: int, most: int) -> str:
    return (
        f"the graph has {nodes:,} nodes, and at most {most:,} can be played. Draw a part of it: "
        "draw(node) of a node in between, or of the loss of one example. After "
        "label_all(locals()) the modules of a model can be opened here."
    )


def unknown_rankdir(rankdir) -> str:
    return f"rankdir is 'LR' (left to right) or 'TB' (top to bottom), got {rankdir!r}."
