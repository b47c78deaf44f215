"""Packing: the operands of sums put in order, so that sums become products of matrices.

Rule: a product of matrices whose operands are affine takes a tenth of the time of one that looks
every place up in a table. So terms may change places where sums need not be exact, and scattered
numbers that a sum reads many times are copied side by side before it.
"""

import numpy as np

from micrograd.compiler.access import CONSTANT, Access, Grid, is_separable
from micrograd.compiler.lines import without_repeats

READS = 4  # A copy pays if each number is read at least so often.
FEWEST = 64  # A sum that reads fewer places has no copy.


def ordered_terms(left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return both factors of terms, members x terms, each member's in the order of its left places.

    They stay as they are where the left places need no table.

    >>> ordered_terms(np.array([[1, 2], [2, 1]]), np.array([[5, 6], [7, 8]]))[1].tolist()
    [[5, 6], [8, 7]]
    """
    if is_separable(left):
        return left, right
    order = left.argsort(1, "stable")
    rows = np.arange(len(left))[:, None]
    return left[rows, order], right[rows, order]


def scattered_box(access: Access, matrix: np.ndarray, grid: Grid) -> np.ndarray | None:
    """Return the places to copy, terms x grid, or None if a copy does not pay.

    The box is 1 long along each axis on which the operand does not depend. `matrix` has the places,
    members x terms.

    >>> from micrograd.compiler.access import fit_access
    >>> matrix = np.tile([7, 3, 8], (32, 1))  # the same three numbers for 32 members
    >>> scattered_box(fit_access("shared", matrix, (32,)), matrix, (32,)).ravel()
    array([7, 3, 8])
    """
    if access.kind == CONSTANT or str(access) == "affine":
        return None
    reads = matrix.size
    box = without_repeats(matrix.reshape(*grid, -1))
    if reads < FEWEST or reads < READS * box.size:
        return None
    return np.moveaxis(box, -1, 0)


def spread(places: np.ndarray, grid: Grid) -> np.ndarray:
    """Return the places of a box, terms x grid, as a matrix of members x terms."""
    terms = len(places)
    box = np.moveaxis(places, 0, -1)
    full = np.broadcast_to(box, (*grid, terms))
    return full.reshape(-1, terms)
