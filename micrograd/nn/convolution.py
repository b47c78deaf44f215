"""Convolutions: one small linear map, applied at every place of a row or of an image.

Rule: they are PyTorch's of the same name, for one example: channels come first.
"""

from functools import reduce

from micrograd.engine import Value
from micrograd.nn.layers import dot, fits, uniform
from micrograd.nn.network import Module
from micrograd.ops import maximum


class Conv1d(Module):
    """From nin channels x length to nout channels x places; weights are nout x nin x kernel.

    With `padding` zeros at both ends there are (length + 2 padding - kernel) // stride + 1 places.
    """

    def __init__(self, nin: int, nout: int, kernel: int, stride: int = 1, padding: int = 0):
        self.nin, self.nout, self.kernel = nin, nout, kernel
        self.stride, self.padding = stride, padding
        bound = (nin * kernel) ** -0.5
        self.weight = uniform(bound, nout, nin, kernel)
        self.bias = uniform(bound, nout)

    def __call__(self, x) -> list:
        x = fits(self, x, self.nin, 0)
        rows = [padded(row, self.padding) for row in x]
        places = starts(len(rows[0]), self.kernel, self.stride)
        windows = [[row[i : i + self.kernel] for row in rows] for i in places]
        return [
            [b + sum(map(dot, w, window)) for window in windows]
            for w, b in zip(self.weight, self.bias)
        ]

    def __repr__(self):
        return f"Conv1d({self.nin}, {self.nout}, {self.kernel})"


class Conv2d(Module):
    """From nin x height x width to nout x places x places.

    The weights are nout x nin x kernel x kernel; `padding` rows and columns of zeros go around the
    image.
    """

    def __init__(self, nin: int, nout: int, kernel: int, stride: int = 1, padding: int = 0):
        self.nin, self.nout, self.kernel = nin, nout, kernel
        self.stride, self.padding = stride, padding
        bound = (nin * kernel * kernel) ** -0.5
        self.weight = uniform(bound, nout, nin, kernel, kernel)
        self.bias = uniform(bound, nout)

    def __call__(self, x) -> list:
        x = fits(self, x, self.nin, 0, 0)
        images = [framed(image, self.padding) for image in x]
        down = starts(len(images[0]), self.kernel, self.stride)
        across = starts(len(images[0][0]), self.kernel, self.stride)
        windows = [[self.window(images, i, j) for j in across] for i in down]
        return [
            [[b + dot(weights, window) for window in row] for row in windows]
            for weights, b in zip(map(flat, self.weight), self.bias)
        ]

    def window(self, images, i: int, j: int) -> list:
        """What the kernel sees at (i, j), channel by channel, row by row."""
        seen = [
            [row[j : j + self.kernel] for row in image[i : i + self.kernel]] for image in images
        ]
        return flat(seen)

    def __repr__(self):
        return f"Conv2d({self.nin}, {self.nout}, {self.kernel})"


class MaxPool2d(Module):
    """From channels x height x width to the largest of each kernel x kernel, side by side."""

    def __init__(self, kernel: int, stride: int | None = None):
        self.kernel, self.stride = kernel, stride or kernel

    def __call__(self, x) -> list:
        x = fits(self, x, 0, 0, 0)
        return [self.pooled(image) for image in x]

    def pooled(self, image) -> list:
        down = starts(len(image), self.kernel, self.stride)
        across = starts(len(image[0]), self.kernel, self.stride)
        return [[self.largest(image, i, j) for j in across] for i in down]

    def largest(self, image, i: int, j: int) -> Value:
        return reduce(maximum, flat(square(image, i, j, self.kernel)))

    def __repr__(self):
        return f"MaxPool2d({self.kernel})"


def starts(length: int, kernel: int, stride: int) -> range:
    """Where the kernel can stand."""
    return range(0, length - kernel + 1, stride)


def square(image, i: int, j: int, size: int) -> list:
    """Its rows from i on and columns from j on."""
    rows = image[i : i + size]
    return [row[j : j + size] for row in rows]


def padded(row, zeros: int) -> list:
    return [0.0] * zeros + list(row) + [0.0] * zeros


def framed(image, zeros: int) -> list[list]:
    width = len(image[0]) + 2 * zeros
    empty = [[0.0] * width for _ in range(zeros)]
    return [*empty, *[padded(row, zeros) for row in image], *empty]


def flat(nest) -> list:
    """What is in lists within lists, in order."""
    if not isinstance(nest, list):
        return [nest]
    return [x for part in nest for x in flat(part)]
