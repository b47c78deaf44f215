"""Messages of modules: what happened, why, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from micrograd.support.wording import kind, plural


def wrong_shape(layer: str, sizes: Sequence[int], got: str) -> str:
    return f"{layer} takes {lists('a list', sizes)}, got {got}."


def lists(these: str, sizes: Sequence[int]) -> str:
    """Describe lists within lists, where 0 is any length: "a list of 2 lists of 3"."""
    size, *inner_sizes = sizes
    if inner_sizes:
        inner = plural(size, "list") if size else "lists"
        return f"{these} of {lists(inner, inner_sizes)}"
    return f"{these} of {size}" if size else these


def uneven_heads(size: int, heads: int) -> str:
    return (
        f"{heads} heads cannot share {size} numbers evenly. "
        "Choose a number of heads that divides the size."
    )


def too_long_a_text(tokens: int, context: int) -> str:
    return (
        f"The text has {tokens} tokens, but the model takes at most {context}. "
        f"Pass the last {context} tokens."
    )


def no_probability(p: object) -> str:
    return f"The dropout probability must be at least 0 and less than 1, got {p!r}."


def not_a_module(x: object) -> str:
    return f"summary() expects a Module such as MLP(2, [16, 1]), got {kind(x)}."
