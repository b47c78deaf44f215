"""Compare floats: by their bits, by a few units in the last place, or by a scale."""

import math

import pytest

from micrograd.support.nest import leaves, tree_map


def bits(x) -> str:
    """Return all of a float as text, so that 0.0 differs from -0.0, and a nan equals a nan."""
    return float(x).hex()


def parameter_bits(model) -> list[str]:
    """Return the bits of each parameter of the model."""
    return [bits(p.data) for p in model.parameters()]


def close(x, y) -> bool:
    """Return whether two floats are equal but for what two math libraries may differ by.

    Our functions are within 3 ulps of the truth (7e-16, `elementary.BOUND`), those of C and of
    PyTorch within one or a few. An op may magnify that: `pow` multiplies the error of a logarithm
    by its exponent, `1 - tanh(x)**2` at x = 3 loses two digits, gelu is some tenfold at -0.3, and
    x**8 by products rounds seven times. 1e-13 leaves a factor of ten. It is relative alone: 1e-300
    is compared like any number.
    """
    return (x != x and y != y) or x == y or abs(x - y) <= 1e-13 * max(abs(x), abs(y))


def near(x, y, scale) -> bool:
    """Return whether two results of a program of a thousand ops are equal up to rounding.

    Each op is off by at most 3 ulps (7e-16) of the largest number, `scale`: 1e-12 in all. If one is
    not finite, the other must be the same infinity, or a nan as well.
    """
    if not (math.isfinite(x) and math.isfinite(y)):
        return (x != x) == (y != y) and (x != x or x == y)
    return abs(x - y) <= 1e-12 * scale


def approx(expected, rel=1e-13, abs=1e-300):
    """Return what equals each number near the expected one; a nan equals a nan."""
    return pytest.approx(expected, rel=rel, abs=abs, nan_ok=True)


def flat_numbers(nest) -> list[float]:
    """Return the numbers of a nest of Values, numbers and arrays as one list of floats."""
    without_arrays = tree_map(lambda x: x.tolist() if hasattr(x, "tolist") else x, nest)
    return [float(x) for x in leaves(without_arrays)]
