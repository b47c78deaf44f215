"""Arrays: telling NumPy's from other objects, and mapping over them.

Rule: an array has `ravel` and a shape of at least one axis. A NumPy scalar is a number.
"""

from __future__ import annotations

from collections.abc import Callable

TYPE_CHECKING = False  # a type checker reads it as True; importing `typing` takes milliseconds
if TYPE_CHECKING:
    from typing import Any


def is_array(x: Any) -> bool:
    return hasattr(type(x), "ravel") and getattr(x, "shape", ()) != ()


def is_number_like(x: Any) -> bool:
    """Return whether `x` is a Python int or float (no bool) or an array of no axes.

    >>> is_number_like(2.0), is_number_like(True), is_number_like([2.0])
    (True, False, False)
    """
    if isinstance(x, bool):
        return False
    return isinstance(x, int | float) or getattr(x, "shape", None) == ()


def is_numpy_number(x: Any) -> bool:
    """Return whether `x` is one number of NumPy's, such as np.float64(2.0), which never changes.

    >>> import numpy as np
    >>> is_numpy_number(np.float64(2.0)), is_numpy_number(np.array(2.0)), is_numpy_number(2.0)
    (True, False, False)
    """
    if type(x).__module__ != "numpy":
        return False
    dtype: Any = getattr(x, "dtype", None)
    return getattr(dtype, "type", None) is type(x) and dtype.kind in "biufc"


def as_lists(x: Any) -> Any:
    """Return an array as nested lists of its numbers, and anything else as it is."""
    return x.tolist() if is_array(x) else x


def nested_lists(x: Any) -> Any:
    """Return an array, or lists and tuples that may hold arrays, as nested lists."""
    x = as_lists(x)
    return [nested_lists(child) for child in x] if isinstance(x, list | tuple) else x


def map_array(f: Callable[[Any], Any], array: Any) -> Any:
    """Return an array of objects of the same shape, with f(x) in place of each x."""
    import numpy as np  # here, because it loads slowly

    objects = np.empty(array.size, object)
    objects[:] = [f(x) for x in array.ravel()]
    return objects.reshape(array.shape)


def compact(x: Any) -> Any:
    """Return an array of objects that are all floats as an array of floats, anything else as is."""
    if is_array(x) and all(isinstance(entry, float) for entry in x.flat):
        return x.astype(float)
    return x


def stack_objects(objects: Any) -> Any:
    """Return an array of objects, or of arrays of one shape, along a new first axis."""
    import numpy as np  # here, because it loads slowly

    shape = getattr(objects[0], "shape", ())
    stacked = np.empty((len(objects), *shape), object)
    for i, x in enumerate(objects):
        stacked[i] = x
    return stacked
