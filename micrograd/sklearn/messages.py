"""Messages of the estimators: what happened, why, and what to do."""

from collections.abc import Iterable, Sequence

from micrograd.support.arguments import not_a_number
from micrograd.support.listing import quote


def not_sizes(x: object) -> str:
    return (
        "hidden_layer_sizes must be the sizes of the hidden layers, whole numbers of at least 1, "
        f"got {x!s:.80}. Write hidden_layer_sizes=(16, 16)."
    )


def out_of_range(name: str, least: float, most: float, x: object) -> str:
    return f"{not_a_number(name, least, x, most)} Leave it out for the default."


def one_class(classes: Sequence[object]) -> str:
    return (
        "A classifier needs at least two classes to tell apart, but y holds one class alone: "
        f"{', '.join(quote(classes))}. Pass examples of another one, too."
    )


def other_classes(before: Iterable[object], now: Iterable[object]) -> str:
    return (
        "With warm_start the classes must be those of the last fit. They were "
        f"{', '.join(quote(before))}, and are {', '.join(quote(now))}. Pass examples of each of "
        "them, or write warm_start=False."
    )


def other_sizes() -> str:
    return (
        "With warm_start the network must be that of the last fit, and hidden_layer_sizes or the "
        "number of outputs has changed. Write warm_start=False to start over."
    )


def not_converged(epochs: int) -> str:
    return (
        f"The training ended after max_iter={epochs} epochs while the loss was still falling. "
        "Raise max_iter, or learning_rate_init."
    )
