"""Setting aside a share of the examples, and the messages about those that cannot be split."""

from __future__ import annotations

from micrograd.support.wording import plural

TYPE_CHECKING = False  # a type checker reads it as True; importing `typing` takes milliseconds
if TYPE_CHECKING:
    from typing import Any, Protocol, TypeVar

    class Sliceable(Protocol):
        def __len__(self) -> int: ...

        def __getitem__(self, part: slice, /) -> Any: ...

    Order = TypeVar("Order", bound=Sliceable)


def hold_out(order: Order, share: float) -> tuple[Order, Order]:
    """Return (the rest, the first `share` of `order`), neither of them empty.

    `order` is a list or an array of two indices or more.

    >>> hold_out([4, 1, 3, 0, 2], 0.2)
    ([1, 3, 0, 2], [4])
    """
    most = len(order) - 1
    wanted = round(share * len(order))
    count = min(max(wanted, 1), most)
    held_out, rest = order[:count], order[count:]
    return rest, held_out


# ----------------------------------------------------------------------------------------- messages


def rows_and_labels(rows: int, labels: int) -> str:
    there_are = f"There are {plural(rows, 'row')} but {plural(labels, 'label')}"
    return f"{there_are}. Pass one label in y for each row of X."


def too_few_examples(n: int) -> str:
    return f"Two classes, or two parts, need at least two examples, got {n}. Use more examples."


def not_a_share(validation: float) -> str:
    return (
        f"validation must be a fraction of the examples between 0 and 1, got {validation}. Write "
        "validation=0.2."
    )
