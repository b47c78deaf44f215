"""Messages of pictures: what happened, why, and what to do."""


def no_steps_in_machine_code(name: str) -> str:
    return (
        f"{name!r} was computed by machine code, which records no ops that could be shown. Draw "
        "what the function returns without @jit."
    )


def too_large_to_play(nodes: int, most: int) -> str:
    return (
        f"The graph has {nodes:,} nodes, and at most {most:,} can be played. Draw a part of it: "
        "draw(node) for a node inside it, or the loss of one example. After label_all(locals()), "
        "a page opens the modules of a model."
    )


def unknown_rankdir(rankdir: object) -> str:
    return f"rankdir must be 'LR' (left to right) or 'TB' (top to bottom), got {rankdir!r}."
