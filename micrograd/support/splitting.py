"""How a share of the examples is set aside."""

from __future__ import annotations

from collections.abc import Sequence

TYPE_CHECKING = False  # a type checker reads it as True; importing `typing` takes milliseconds
if TYPE_CHECKING:
    from typing import TypeVar

    Order = TypeVar("Order", bound=Sequence[int])


def hold_out(order: Order, share: float) -> tuple[Order, Order]:
    """Return (the rest, the first `share` of `order`), neither of them empty.

    `order` has two numbers or more.

    >>> hold_out([4, 1, 3, 0, 2], 0.2)
    ([1, 3, 0, 2], [4])
    """
    count = round(share * len(order))
    count = min(max(count, 1), len(order) - 1)
    return order[count:], order[:count]
