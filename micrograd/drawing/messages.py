"""Messages of pictures: what happened, why, and what to do."""

from collections.abc import Iterable

from micrograd.support.wording import did_you_mean, kind


def no_steps_in_machine_code(name: str) -> str:
    return (
        f"{name!r} was computed by machine code, which records no ops that could be shown. Draw "
        "what the function returns without @jit."
    )


def too_large_to_play(nodes: int, most: int) -> str:
    return (
        f"The graph has {nodes:,} nodes, and a widget plays at most {most:,}. Draw a part of it: "
        "draw(node) for a node inside it, or the loss of one example. Or show its page, which "
        "opens every part: draw(loss) as the last line of a cell."
    )


def not_variables(got: object) -> str:
    return (
        "label_all() takes the names of variables with what they hold, as a dict, got "
        f"{kind(got)}. Write label_all(locals()), or label_all({{'x': x}})."
    )


def no_graphviz() -> str:
    return (
        "draw_dot() needs Graphviz, which cannot run here: it is missing, or this is a browser. "
        "Call draw(), which has a layout of its own, or run: pip install graphviz graphviz-pure"
    )


def unknown_dot_format(name: object, known: Iterable[str]) -> str:
    hint = did_you_mean(str(name), known) or " Choose 'svg', 'png' or 'pdf'."
    return f"Graphviz has no format {name!r}.{hint}"


def unknown_rankdir(rankdir: object) -> str:
    return (
        f"rankdir must be 'LR' (left to right) or 'TB' (top to bottom), got {rankdir!r}. "
        "Write rankdir='LR'."
    )


def no_network(model: object) -> str:
    name = type(model).__name__
    return (
        f"{name} cannot be drawn as a network, because not all of its parameters are weights and "
        "biases of layers that follow each other. Draw a part of it that is an MLP, a Layer, a "
        "Linear or a Sequential of them, or draw its loss for one example: "
        "draw(loss), after label_all(locals())."
    )


def unknown_show(show: object, known: Iterable[str]) -> str:
    hint = did_you_mean(str(show), known)
    return f"show must be 'weight' or 'grad', got {show!r}.{hint} Write show='grad'."


def rankdir_of_a_network(rankdir: object) -> str:
    return (
        f"A network is drawn from left to right, and rankdir={rankdir!r} is for graphs. "
        "Write draw(model)."
    )


def show_of_a_graph(show: object) -> str:
    return (
        f"show={show!r} is for a network, and a graph shows data and grad of every node. "
        "Leave show out, or draw the model: draw(model, show='grad')."
    )


def all_zero(show: str) -> str:
    hint = " Run backward() first." if show == "grad" else ""
    return f"All {show}s are 0.{hint}"
