"""Packing: numbers that stand scattered, copied side by side before a sum reads them many times.

Rule: a product of matrices whose operands are affine takes a tenth of the time of one that looks
every place up in a table.
"""

import numpy as np

from micrograd.compiler.access import CONSTANT, Access, Grid, without_repeats

READS = 4  # of each number, from which on a copy pays
FEWEST = 64  # places that a sum reads, below which none does


def scattered_box(access: Access, matrix: np.ndarray, grid: Grid) -> np.ndarray | None:
    """Return the places to copy, terms x grid, or None if a copy does not pay.

    The box is 1 long along each axis on which the operand does not depend. `matrix` has the places,
    members x terms.

    >>> from micrograd.compiler.access import fit_access
    >>> matrix = np.tile([7, 3, 8], (32, 1))  # the same three numbers for 32 members
    >>> scattered_box(fit_access("shared", matrix, (32,)), matrix, (32,)).ravel()
    array([7, 3, 8])
    """
    if access.kind == CONSTANT or str(access) == "affine" or matrix.size < FEWEST:
        return None
    box = without_repeats(matrix.reshape(*grid, -1))
    if box.size * READS > matrix.size:
        return None
    return np.moveaxis(box, -1, 0)


def spread(places: np.ndarray, grid: Grid) -> np.ndarray:
    """Return the places of a box, terms x grid, as a matrix of members x terms."""
    terms = len(places)
    box = np.moveaxis(places, 0, -1)
    return np.broadcast_to(box, (*grid, terms)).reshape(-1, terms)
