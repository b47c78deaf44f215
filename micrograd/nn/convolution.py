"""Convolutions: one small linear map, applied at every place of a row or of an image.

Rule: they are PyTorch's of the same name, for one example: channels come first.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from micrograd import errors
from micrograd.engine import Value
from micrograd.nn import messages
from micrograd.nn.layers import dot, over_examples, require_shape, uniform_values
from micrograd.nn.network import Module
from micrograd.ops import maximum
from micrograd.support import foreign_keywords
from micrograd.support.nest import leaves
from micrograd.support.sums import add_all
from micrograd.support.unknown_keywords import suggest_keywords
from micrograd.support.whole_numbers import whole_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Rows = Sequence[Sequence[Any]]  # an image of one channel


class Convolution(Module):
    """The base of the convolutions, over a row (one of `axes`) or an image (two)."""

    axes: int

    @suggest_keywords(foreign_keywords.LAYER)
    def __init__(
        self,
        nin: int,
        nout: int,
        kernel: int,
        stride: int = 1,
        padding: int = 0,
    ):
        self.nin, self.nout = whole_number(nin, "nin", 1), whole_number(nout, "nout", 1)
        self.kernel = whole_number(kernel, "kernel", 1)
        self.stride = whole_number(stride, "stride", 1)
        self.padding = whole_number(padding, "padding", 0)
        bound = (nin * kernel**self.axes) ** -0.5
        self.weight = uniform_values(bound, nout, nin, *[kernel] * self.axes)
        self.bias = uniform_values(bound, nout)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.nin}, {self.nout}, {self.kernel})"


class Conv1d(Convolution):
    """A convolution over rows, from nin channels x length to nout channels x places.

    The weights are nout x nin x kernel. With `padding` zeros at both ends there are
    (length + 2 padding - kernel) // stride + 1 places. Raises ShapeError for an input of another
    shape.

    >>> out = Conv1d(1, 2, kernel=3)([[0.0, 1.0, 2.0, 3.0]])
    >>> len(out), len(out[0])
    (2, 2)
    """

    axes = 1
    example_depth = 2

    @over_examples
    def __call__(self, x: Any) -> list[list[Value]]:
        x = require_shape(self, x, self.nin, 0)
        rows = [pad_row(row, self.padding) for row in x]
        places = starts(self, len(rows[0]))
        windows = [[row[i : i + self.kernel] for row in rows] for i in places]
        return [
            [b + add_all(map(dot, w, window)) for window in windows]
            for w, b in zip(self.weight, self.bias)
        ]


class Conv2d(Convolution):
    """A convolution over images, from nin x height x width to nout x places x places.

    The weights are nout x nin x kernel x kernel. `padding` rows and columns of zeros surround the
    image. Raises ShapeError for an input of another shape.

    >>> out = Conv2d(1, 2, kernel=2)([[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]])
    >>> len(out), len(out[0]), len(out[0][0])
    (2, 1, 2)
    """

    axes = 2
    example_depth = 3

    @over_examples
    def __call__(self, x: Any) -> list[list[list[Value]]]:
        x = require_shape(self, x, self.nin, 0, 0)
        images = [pad_image(image, self.padding) for image in x]
        down = starts(self, len(images[0]))
        across = starts(self, len(images[0][0]) if images[0] else 0)
        windows = [[self.window(images, i, j) for j in across] for i in down]
        return [
            [[b + dot(weights, window) for window in row] for row in windows]
            for weights, b in zip(map(leaves, self.weight), self.bias)
        ]

    def window(self, images: Sequence[Rows], i: int, j: int) -> list[Any]:
        """Return what the kernel covers at (i, j), channel by channel, row by row."""
        return leaves([square(image, i, j, self.kernel) for image in images])


class MaxPool2d(Module):
    """The largest number of each kernel x kernel square, from channels x height x width.

    Squares begin `stride` apart, by default the kernel's size. Returns channels x places x places.
    Equal numbers share a grad as in `maximum`; PyTorch's layer gives it to the first of them.
    Raises ShapeError for an input that is not three lists deep.

    >>> MaxPool2d(2)([[[0.0, 1.0], [3.0, 2.0]]])
    [[[3.0]]]
    """

    example_depth = 3

    @suggest_keywords(foreign_keywords.LAYER)
    def __init__(self, kernel: int, stride: int | None = None):
        self.kernel = whole_number(kernel, "kernel", 1)
        self.stride = self.kernel if stride is None else whole_number(stride, "stride", 1)

    @over_examples
    def __call__(self, x: Any) -> list[list[list[Any]]]:
        x = require_shape(self, x, 0, 0, 0)
        return [self.pool(image) for image in x]

    def pool(self, image: Rows) -> list[list[Any]]:
        down = starts(self, len(image))
        across = starts(self, len(image[0]) if image else 0)
        return [[self.largest(image, i, j) for j in across] for i in down]

    def largest(self, image: Rows, i: int, j: int) -> Any:
        return reduce(maximum, leaves(square(image, i, j, self.kernel)))

    def __repr__(self) -> str:
        return f"MaxPool2d({self.kernel})"


def starts(module: Convolution | MaxPool2d, length: int) -> range:
    """Return the places where the kernel can begin. Raises ShapeError if it fits nowhere."""
    if length < module.kernel:
        message = messages.smaller_than_the_kernel(repr(module), module.kernel, length)
        raise errors.ShapeError(message)
    return range(0, length - module.kernel + 1, module.stride)


def square(image: Rows, i: int, j: int, size: int) -> list[Sequence[Any]]:
    """Return `size` rows from i on, and of each `size` columns from j on."""
    rows = image[i : i + size]
    return [row[j : j + size] for row in rows]


def pad_row(row: Sequence[Any], zeros: int) -> list[Any]:
    return [0.0] * zeros + list(row) + [0.0] * zeros


def pad_image(image: Rows, zeros: int) -> list[list[Any]]:
    """Return the image with `zeros` rows and columns of 0 on every side."""
    width = len(image[0]) + 2 * zeros
    empty = [[0.0] * width for _ in range(zeros)]
    middle = [pad_row(row, zeros) for row in image]
    return [*empty, *middle, *empty]
