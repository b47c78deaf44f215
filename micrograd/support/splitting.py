"""How a share of the examples is set aside."""

from __future__ import annotations

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
