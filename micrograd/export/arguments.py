"""Checks of what an export is given: a model, the shape of one row of inputs, and a dtype."""

from typing import Any

from micrograd import errors
from micrograd.export import messages
from micrograd.export.target import Shape
from micrograd.nn import Module

DTYPES = ("float32", "float64")  # of the numbers in files


def require_dtype(dtype: str) -> None:
    """Raise ValueError for a dtype that files do not have."""
    if dtype not in DTYPES:
        raise ValueError(errors.unknown_name("dtype", dtype, DTYPES))


def require_module(x: object) -> None:
    """Raise TypeError for anything but a Module."""
    if not isinstance(x, Module):
        raise TypeError(messages.expected_module(x))


def row_shape(input: Any) -> Shape:
    """Return the shape of one row as a tuple. Raises TypeError for anything but a list of sizes.

    >>> row_shape([2, 7, 7])
    (2, 7, 7)
    """
    is_list = isinstance(input, list | tuple)
    if not is_list or not all(type(size) is int and size >= 0 for size in input):
        raise TypeError(messages.not_a_shape(input))
    return tuple(input)
