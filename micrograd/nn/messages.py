"""Messages of modules: what happened, why, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from micrograd.support.wording import kind, plural


def wrong_shape(layer: str, sizes: Sequence[int], got: str) -> str:
    return f"{layer} takes {lists('a list', sizes)}, got {got}. Pass numbers of that shape."


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
    return (
        f"The dropout probability must be between 0 and 1, got {p!r}. "
        "Write Dropout(0.5) to drop every other number."
    )


def not_a_module(x: object) -> str:
    return f"summary() takes a Module, got {kind(x)}. Write summary(MLP(2, [16, 1]))."


def no_function(activation: str) -> str:
    return (
        f"{activation} computes nothing, because its class does not define function(x). Use an "
        "activation such as nn.ReLU, or define function(x), an expression of ops, in a subclass."
    )


def not_the_innermost(who: str, depth: int) -> str:
    return (
        f"{who} can only work along the innermost lists, which are dim={depth} here. "
        "Leave dim out, or transpose the rows first: list(zip(*rows))."
    )


def targets_of_another_shape(outputs: str, targets: str) -> str:
    return (
        f"The outputs are {outputs}, but the targets are {targets}. "
        "Give both the same shape; [row[0] for row in outputs] takes the number out of each row."
    )


def not_positive(name: str, got: object) -> str:
    return f"{name} must be a positive number, got {got!r}. Write {name}=1.0."


def not_an_output_probability(got: float) -> str:
    return (
        f"BCELoss takes probabilities between 0 and 1, got {got!r}. "
        "Pass scores to BCEWithLogitsLoss, or apply sigmoid first."
    )


def smaller_than_the_kernel(who: str, kernel: int, length: int) -> str:
    return (
        f"{who} needs an input of at least {kernel} along each axis, got {length} with padding. "
        "Pass a longer input, a smaller kernel or more padding."
    )


def no_batch(who: str) -> str:
    return (
        f"{who} normalises over the examples of a batch, so training needs at least two rows. "
        "Call the model with a list of rows, or switch to the running statistics: model.eval()."
    )


def running_statistics_in_a_trace(who: str) -> str:
    return (
        f"{who} changes its running statistics in training, and compiled functions set nothing. "
        "Call model.eval() first, or train with fit or compile_step, which set them."
    )


def not_a_step(got: object) -> str:
    return (
        f"Sequential takes modules and functions, one by one, got {kind(got)}. "
        "Write Sequential(Linear(2, 3), relu), or Sequential(*layers) for a list."
    )


def too_large(who: str, count: int, needed: int, memory: int, each: int) -> str:
    return (
        f"This {who} would have {count:,} parameters, which take at least {gigabytes(needed)} of "
        f"memory, and this machine has {gigabytes(memory)}. Choose smaller sizes: a map from n to "
        f"m numbers has n * m parameters, and each of them, a Value, takes {each} bytes."
    )


def very_large(who: str, count: int, needed: int) -> str:
    return (
        f"This {who} will have {count:,} parameters, which take at least {gigabytes(needed)} of "
        "memory and minutes to make. Ctrl-C stops. Choose smaller sizes if you did not mean this."
    )


def gigabytes(count: int) -> str:
    return f"{count / 1e9:,.1f} GB"
