"""Examples: arguments with an entry for each example, as arrays of numbers.

Rule: a text is no number here, although NumPy would read it as one, and neither is a complex one.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from micrograd import errors
from micrograd.support.wording import kind
from micrograd.transforms import messages

if TYPE_CHECKING:
    import numpy as np

NO_NUMBERS = {  # the kinds of NumPy's arrays that no loss can compute with
    "U": "text",
    "S": "bytes",
    "c": "complex numbers",
    "M": "dates",
    "m": "durations",
}


def as_array(x: Any, dtype: str, name: str) -> np.ndarray | None:
    """Return `x` as a contiguous array. `name` is that of the argument, for messages.

    Raises ShapeError unless it is rows of equally many numbers.
    """
    import numpy as np  # here, because it loads slowly

    if x is None:
        return None
    try:
        array = np.asarray(x)
        check_numbers(name, x, array)
        return np.ascontiguousarray(array, dtype)
    except errors.ShapeError:
        raise
    except (ValueError, TypeError, OverflowError, RuntimeError) as error:
        raise errors.ShapeError(messages.not_an_array(name, x)) from error


def check_numbers(name: str, x: Any, array: np.ndarray) -> None:
    """Raise ShapeError if `array`, which NumPy made of `x`, is no rows or holds no numbers."""
    if not array.ndim:
        raise errors.ShapeError(messages.no_rows(name, x))
    masks = sys.modules.get("numpy.ma")  # which loads slowly, and is loaded if `x` has a mask
    if masks is not None and masks.is_masked(x):
        raise errors.ShapeError(messages.masked(name))
    if array.dtype.kind in NO_NUMBERS:
        raise errors.ShapeError(messages.not_numbers(name, NO_NUMBERS[array.dtype.kind]))
    if array.dtype.kind == "O":
        for entry in array.ravel():
            if isinstance(entry, str | bytes | complex):
                raise errors.ShapeError(messages.not_numbers(name, kind(entry)))
