"""Messages of explanations: what happened, why, and what to do."""

from micrograd.errors import called


def cycle(node, x) -> str:
    return (
        f"the graph has a cycle: {called(node)} was computed from {called(x)}, and that from "
        f"{called(node)}. Somebody assigned `inputs` by hand; a graph is made by ops alone."
    )


def not_in_graph(x) -> str:
    return (
        f"{called(x)} is not in this graph: the result was not computed from it. Ask for a Value "
        "that was used, and the very one, not another with the same number."
    )


def stale(y) -> str:
    return (
        f"{called(y)} was computed from other numbers than its leaves have now: compute it again, "
        "as after each step of an optimizer, and ask then."
    )


def no_distance(h) -> str:
    return f"a distance to move by is greater than 0, got {h}: write h=1e-5, or several."


def too_many_paths(most: int) -> str:
    return (
        f"more than {most:,} edges: what is passed on at once, path by path, has no end on a graph "
        "with as many paths as this. Try it on a smaller one."
    )


def too_long_a_story(most: int) -> str:
    return (
        f"a story of more than {most:,} lines is read by nobody: explain(y, x) tells of one Value, "
        "paths(y, x) of its largest contributions, draw_dot(y) folds what is large."
    )


def too_large_a_graph(nodes: int, most: int) -> str:
    return (
        f"the graph has {nodes:,} nodes; of more than {most:,} nothing is drawn or told. Take the "
        "loss of a few examples instead of all: its graph says the same."
    )
