"""Shapes: the shape of what each word of a target returns.

Rule: EXAMPLES stands for the number of examples, in arguments as in results.
"""

from collections.abc import Sequence

import numpy as np

from micrograd.export.target import EXAMPLES, Cut, Padding, Shape

MANY = 2**31  # stands for the number of examples while shapes are compared


def after_slice(cuts: Sequence[Cut]) -> Shape:
    """Return the shape of what the cuts leave, one for each axis.

    >>> after_slice([None, (1, 5, 2)])
    (-1, 2)
    """
    sizes = [EXAMPLES if cut is None else len(range(*cut)) for cut in cuts]
    return tuple(sizes)


def after_transpose(shape: Shape, order: Sequence[int]) -> Shape:
    sizes = [shape[axis] for axis in order]
    return tuple(sizes)


def after_take(shape: Shape, count: int, axis: int) -> Shape:
    sizes = list(shape)
    sizes[axis] = count
    return tuple(sizes)


def after_concatenate(shapes: Sequence[Shape], axis: int) -> Shape:
    count = sum(shape[axis] for shape in shapes)
    return after_take(shapes[0], count, axis)


def after_contract(shapes: Sequence[Shape], labels: Sequence[str], out: Sequence[str]) -> Shape:
    """Return the shape of a contraction, whose axes bear the names in `out`.

    >>> after_contract([(EXAMPLES, 3), (4, 3)], ["ek", "ak"], "ea")
    (-1, 4)
    """
    sizes: dict[str, int] = {}
    for shape, names in zip(shapes, labels):
        sizes.update(zip(names, shape))
    return tuple([sizes[name] for name in out])


def after_convolve(shape: Shape, filters: Shape, strides: Shape, padding: Padding) -> Shape:
    """Return the shape of a convolution of images of that shape.

    >>> after_convolve((EXAMPLES, 2, 7, 7), (3, 2, 3, 3), (2, 2), [(1, 1), (1, 1)])
    (-1, 3, 4, 4)
    """
    sizes = [shape[0], filters[0]]
    columns = zip(shape[2:], filters[2:], strides, padding)
    for extent, taps, stride, zeros in columns:
        free = extent + sum(zeros) - taps
        sizes.append(free // stride + 1)
    return tuple(sizes)


def after_extreme(shape: Shape, axis: int) -> Shape:
    sizes = list(shape)
    del sizes[axis]
    return tuple(sizes)


def without_axes(shape: Shape, axes: Sequence[int]) -> Shape:
    sizes = [size for axis, size in enumerate(shape) if axis not in axes]
    return tuple(sizes)


def after_pick_rows(table: Shape, index: Shape) -> Shape:
    return (*index, *table[1:])


def broadcast(shapes: Sequence[Shape]) -> Shape:
    """Return the shape of what is computed of arrays of these shapes.

    >>> broadcast([(EXAMPLES, 1, 3), (2, 1)])
    (-1, 2, 3)
    """
    counted = [replace(shape, EXAMPLES, MANY) for shape in shapes]
    return replace(np.broadcast_shapes(*counted), MANY, EXAMPLES)


def replace(shape: Shape, size: int, new: int) -> Shape:
    """Return the shape with a new size in place of each of that size."""
    sizes = [new if n == size else n for n in shape]
    return tuple(sizes)
