"""The plane of the points: the grid of places on it, and pictures of numbers there.

Rule: a picture is bytes, one for each place, row by row from the top: 128 stands for 0, and 255 for
the picture's `scale`. It knows no model.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

import numpy as np

MIDDLE, REACH = 128, 127  # the byte for 0, and how far the largest number lies from it


def places(bounds: Sequence[float], size: int) -> np.ndarray:
    """Return size * size rows [x1, x2], row by row from the top left."""
    left, right, bottom, top = bounds
    across = np.linspace(left, right, size)
    down = np.linspace(top, bottom, size)
    grid = np.meshgrid(across, down)
    return np.stack(grid, axis=-1).reshape(-1, 2)


def picture(numbers: np.ndarray) -> tuple[str, float]:
    """Return (the bytes in base64, the scale); a nan looks like 0, an infinity like the largest.

    >>> picture(np.array([0.0, -3.0, 1.5]))
    ('gAHA', 3.0)
    """
    (pair,) = all_pictures(numbers[None])
    return pair


def all_pictures(rows: np.ndarray) -> list[tuple[str, float]]:
    """Return the picture of each row of numbers, with a scale of its own."""
    sizes = np.abs(np.where(np.isfinite(rows), rows, 0.0))
    scales = sizes.max(axis=1)
    scales[scales == 0.0] = 1.0
    limits = scales[:, None]
    known = np.where(np.isnan(rows), 0.0, rows)
    shares = known.clip(-limits, limits) / limits
    shades = MIDDLE + REACH * shares
    texts = map(encode, shades.round())
    return list(zip(texts, scales.tolist()))


def encode(numbers: np.ndarray) -> str:
    """Return numbers from 0 to 255 as bytes in base64."""
    data = numbers.astype(np.uint8).tobytes()
    return base64.b64encode(data).decode("ascii")
