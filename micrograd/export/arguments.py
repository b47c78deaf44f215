"""Checks of what an export is given: a model, and the shape of one row of inputs."""

from typing import Any

from micrograd.export import messages
from micrograd.export.target import Shape
from micrograd.nn import Module


def require_module(x: object) -> None:
    """Raise TypeError for anything but a Module."""
    if not isinstance(x, Module):
        raise TypeError(messages.expected_module(x))


def row_shape(input: Any) -> Shape:
    """Return the shape of one row as a tuple. Raises TypeError for what is not sizes.

    >>> row_shape([2, 7, 7])
    (2, 7, 7)
    """
    is_list = isinstance(input, list | tuple)
    if not is_list or not all(type(size) is int and size >= 0 for size in input):
        raise TypeError(messages.not_a_shape(input))
    return tuple(input)
