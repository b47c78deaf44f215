"""Messages of explanations: what happened, why, and what to do."""

from collections.abc import Iterable
from typing import Any

from micrograd.support.listing import abbreviate
from micrograd.support.wording import did_you_mean, kind


def name_of(node: Any) -> str:
    """Return what a message calls a node: its label, or its repr."""
    label = getattr(node, "label", "")
    return repr(label) if label else repr(node)


def cycle(node: object, x: object) -> str:
    return (
        f"The graph has a cycle: {name_of(node)} was computed from {name_of(x)}, which was "
        f"computed from {name_of(node)}. Only an assignment to `inputs` can do that; build graphs "
        "with ops."
    )


def not_in_graph(x: object) -> str:
    return (
        f"{name_of(x)} is not in this graph: the result was not computed from it. Pass a Value "
        "that was used, the same object and not another one with the same number."
    )


def stale(y: object) -> str:
    return (
        f"{name_of(y)} was computed from other numbers than its leaves have now. Compute it again "
        "before you ask, for example after each step of an optimizer."
    )


def not_a_model(got: object) -> str:
    return (
        "diagnose(model, loss) takes a module, whose parameters have names, and then its loss, got "
        f"{kind(got)} for the module. Pass the model itself."
    )


def no_distance(h: object) -> str:
    must = f"h must be a finite number greater than 0, got {h}"
    return f"{must}. Write h=1e-5, or a list of several distances."


def too_many_edges(most: int) -> str:
    return (
        f"The algorithm took more than {most:,} edges: it goes along every path by itself, and "
        "this graph has too many paths. Try it on a smaller graph."
    )


def too_long_an_explanation(most: int) -> str:
    return (
        f"The explanation would have more than {most:,} lines. Narrow it down: explain(y, x) "
        "explains one Value, paths(y, x) lists its largest contributions, and draw_dot(y) folds "
        "a large graph."
    )


def too_large_a_graph(nodes: int, most: int) -> str:
    return (
        f"The graph has {nodes:,} nodes, and graphs of more than {most:,} cannot be drawn or "
        "explained. Use the loss of a few examples instead of all."
    )


def wrong_grads(names: list[str]) -> str:
    if not names:
        return "On this graph no grad comes out wrong."
    if len(names) == 1:
        return f"The grad of {names[0]} comes out wrong."
    return f"The grads of {abbreviate(names, most=20)} come out wrong."


# ------------------------------------------------------------------------------- expressions

ALIASES = {"max": "maximum", "min": "minimum", "ln": "log", "if": "where", "sgn": "sign"}


def expression_too_long(length: int, longest: int) -> str:
    return f"The expression has {length:,} characters, but at most {longest:,} are read. Split it."


def expression_too_deep(deepest: int) -> str:
    return f"The expression is nested more than {deepest} levels deep. Split it into parts."


def not_an_expression(text: str, rest: str | None = None) -> str:
    """Return the message about a text; it cannot be read from its `rest` on."""
    place = "" if rest is None else ": it ends too early"
    if rest:
        place = f": it cannot be read from {rest[:20]!r} on"
    example = "tanh(x1*w1 + x2*w2 + b)"
    return f"{text[:60]!r} is not an expression{place}. Write one such as {example}."


def power_is_two_stars(text: str) -> str:
    right = text.replace("^", "**")
    return f"{text[:60]!r} is not a power, which is written with two stars. Write {right[:60]}."


def not_allowed(text: str) -> str:
    return (
        f"{text[:60]!r} is not allowed in an expression. Use numbers, names, + - * / ** and ops "
        "such as tanh(x)."
    )


def no_numbers(names: list[str]) -> str:
    """Return the message about names without a number; the line to paste follows it."""
    if len(names) == 1:
        return f"The name {names[0]} has no number. Write {names[0]}=1.5 after the expression."
    return (
        f"The names {abbreviate(names, most=20)} have no numbers. Write one for each after the "
        "expression."
    )


def unknown_op(name: str, known: Iterable[str]) -> str:
    alias = ALIASES.get(name.lower(), "")
    hint = f" Did you mean {alias}?" if alias else did_you_mean(name, known)
    return f"There is no op called {name!r}.{hint} The ops are: {', '.join(known)}."
