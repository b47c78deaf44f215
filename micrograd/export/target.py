"""Targets: the dozen words in which the walk over kernels is written.

Rule: a target knows arrays and numbers, and nothing of kernels. An array of a target has a `shape`,
in which EXAMPLES stands for the number of examples; all shapes and axes count that axis, which
comes first.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

Shape = tuple[int, ...]
Cut = tuple[int, int, int] | None  # start, stop and step of a slice; None for all examples
Padding = Sequence[tuple[int, int]]  # zeros before and after each axis of an image

EXAMPLES = -1


class Target(Protocol):
    """The words that all targets have, and `ops`: a function for each row of the table.

    Without convolutions, windows are taken by a table, and `convolve` is not called.
    """

    ops: Any
    has_convolutions: bool

    # fmt: off
    def constant(self, numbers: np.ndarray) -> Any:
        """Return an array of these numbers."""

    def reshape(self, x: Any, shape: Shape) -> Any:
        """Return the array in another shape."""

    def slice(self, x: Any, cuts: Sequence[Cut]) -> Any:
        """Return the part of the array that the cuts give, one for each axis."""

    def transpose(self, x: Any, order: Sequence[int]) -> Any:
        """Return the array with its axes in that order."""

    def flip(self, x: Any, axis: int) -> Any:
        """Return the array with the entries along an axis in reverse."""

    def expand(self, x: Any, shape: Shape) -> Any:
        """Return the array repeated along axes of length 1, and along new ones in front."""

    def take(self, x: Any, places: np.ndarray, axis: int) -> Any:
        """Return the entries at these places along an axis."""

    def concatenate(self, xs: Sequence[Any], axis: int) -> Any:
        """Return the arrays one behind the other along an axis."""

    def contract(self, xs: Sequence[Any], labels: Sequence[str], out: str) -> Any:
        """Return the sum of products over every label that is not in `out`, as in einsum."""

    def convolve(self, x: Any, filters: Any, strides: Shape, padding: Padding) -> Any:
        """Return the sums over each window of images, examples x filters x windows.

        The images are examples x channels x extents, with zeros (before, after) each axis, and the
        filters are filters x channels x extents.
        """

    def extreme(self, name: str, x: Any, axis: int) -> Any:
        """Return the "maximum" or the "minimum" along an axis."""

    def pick_rows(self, table: Any, index: Any) -> Any:
        """Return the row of the table at each index, index axes x row axes."""

    def pick_along(self, table: Any, index: Any, axis: int) -> Any:
        """Return the entry along the axis at each index; both have the same other axes."""

    def keep(self, x: Any, comment: str) -> Any:
        """Return the array under a name, as it is read more than once."""
    # fmt: on


def varies(x: Any) -> bool:
    """Return whether an array has the axis of the examples."""
    return bool(x.shape) and x.shape[0] == EXAMPLES


def inner_shape(x: Any) -> Shape:
    """Return the shape of an array for one example."""
    shape: Shape = x.shape
    return shape[1:] if varies(x) else shape
