"""The elementary functions, on NumPy's arrays as lanes, against C's at a higher precision."""

import math
from fractions import Fraction

import numpy as np
import pytest

from micrograd.compiler.codegen.elementary import BOUND, ELEMENTARY
from micrograd.compiler.codegen.formats import FORMATS

REAL = {64: np.float64, 32: np.float32}
INT = {64: np.int64, 32: np.int32}
FINER = {64: np.longdouble, 32: np.float64}
DIGITS = {64: 53, 32: 24}
LOWEST = {64: -1074, 32: -149}  # the smallest subnormal is 2**LOWEST
TOP = {64: 1024, 32: 128}  # 2**TOP is the first power that is infinite


# ------------------------------------------------------------------------------ lanes, over NumPy


def two_sum(x, y):
    """Return (s, e): s = x + y rounded, and s + e = x + y (Knuth)."""
    s = x + y
    part = s - x
    return s, (x - (s - part)) + (y - part)


def two_product(x, y):
    """Return (p, e): p = x * y rounded, and p + e = x * y (Dekker)."""

    def halves(x):
        upper = x * 134217729.0  # 2**27 + 1
        upper = upper - (upper - x)
        return upper, x - upper

    (a, b), (c, d), p = halves(x), halves(y), x * y
    return p, ((a * c - p) + a * d + b * c) + b * d


def fused(x, y, z):
    """Return x * y + z of float64, rounded once.

    The rests of the two sums are rounded to odd, as in Boldo and Melquiond, "Emulation of a FMA and
    correctly rounded sums" (2008). Near the ends of the exponent's range, fractions are used.
    """
    product, error = two_product(x, y)
    upper, rest = two_sum(z, error)
    total, left = two_sum(product, upper)
    tail, lost = two_sum(rest, left)
    even = tail.view(np.int64) % 2 == 0
    odd = np.nextafter(tail, np.copysign(np.inf, lost))
    found = total + np.where((lost != 0.0) & even, odd, tail)
    found = np.where(found == 0.0, x * y + z, found)
    tiny = (abs(product) < 2.0**-900) & (abs(z) < 2.0**-850) & (x != 0.0) & (y != 0.0)
    large = np.maximum(abs(x), abs(y)) > 2.0**990
    for i in np.flatnonzero(tiny | large | ~np.isfinite(found)):
        found[i] = fused_one(float(x[i]), float(y[i]), float(z[i]))
    return found


def fused_one(x, y, z):
    if not all(map(math.isfinite, (x, y, z))):
        return np.float64(x) * y + z
    exact = Fraction(x) * Fraction(y) + Fraction(z)
    try:
        return float(exact) if exact else x * y + z
    except OverflowError:
        return math.copysign(math.inf, exact)


class NumpyLanes:
    lanes = 8  # what the functions are told, though an array may have any number

    def __init__(self, values):
        self.values = values

    @property
    def width(self):
        return 8 * self.values.dtype.itemsize

    def like(self, x):
        if isinstance(x, NumpyLanes):
            return x.values
        return np.full_like(self.values, x)

    def emit(self, compute, *others):
        with np.errstate(all="ignore"):
            return NumpyLanes(compute(self.values, *map(self.like, others)))

    # fmt: off
    def __add__(self, other):       return self.emit(np.add, other)
    def __sub__(self, other):       return self.emit(np.subtract, other)
    def __mul__(self, other):       return self.emit(np.multiply, other)
    def __truediv__(self, other):   return self.emit(np.divide, other)
    def __radd__(self, other):      return NumpyLanes(self.like(other)) + self
    def __rsub__(self, other):      return NumpyLanes(self.like(other)) - self
    def __rmul__(self, other):      return NumpyLanes(self.like(other)) * self
    def __rtruediv__(self, other):  return NumpyLanes(self.like(other)) / self
    def __neg__(self):              return self.emit(np.negative)
    def __lt__(self, other):        return NumpyMask(self.values < self.like(other))
    def __le__(self, other):        return NumpyMask(self.values <= self.like(other))
    def __gt__(self, other):        return NumpyMask(self.values > self.like(other))
    def __ge__(self, other):        return NumpyMask(self.values >= self.like(other))
    def equals(self, other):        return NumpyMask(self.values == self.like(other))
    def abs(self):                  return self.emit(np.abs)
    def sqrt(self):                 return self.emit(np.sqrt)
    def nearest(self):              return self.emit(np.rint)
    def copysign(self, other):      return self.emit(np.copysign, other)
    def bits(self):                 return NumpyInt(self.values.view(INT[self.width]))
    # fmt: on

    def fma(self, y, z):
        if self.width == 64:
            return self.emit(fused, y, z)
        # the product of two float32 is a float64, and two roundings seldom differ from one
        return self.emit(lambda x, y, z: (np.float64(x) * y + z).astype(np.float32), y, z)


class NumpyInt:
    def __init__(self, values):
        self.values = values

    def emit(self, compute, other):
        other = other.values if isinstance(other, NumpyInt) else self.values.dtype.type(other)
        with np.errstate(over="ignore"):
            return NumpyInt(compute(self.values, other))

    # fmt: off
    def __add__(self, other):     return self.emit(np.add, other)
    def __sub__(self, other):     return self.emit(np.subtract, other)
    def __and__(self, other):     return self.emit(np.bitwise_and, other)
    def __or__(self, other):      return self.emit(np.bitwise_or, other)
    def __xor__(self, other):     return self.emit(np.bitwise_xor, other)
    def __lshift__(self, other):  return self.emit(np.left_shift, other)
    def __rshift__(self, other):  return self.emit(np.right_shift, other)
    # fmt: on

    def as_floats(self):
        return NumpyLanes(self.values.view(REAL[8 * self.values.dtype.itemsize]))


class NumpyMask:
    def __init__(self, values):
        self.values = values

    # fmt: off
    def __and__(self, other):  return NumpyMask(self.values & other.values)
    def __or__(self, other):   return NumpyMask(self.values | other.values)
    def __invert__(self):      return NumpyMask(~self.values)
    # fmt: on

    def select(self, x, y):
        some = x if isinstance(x, NumpyLanes) else y
        return NumpyLanes(np.where(self.values, some.like(x), some.like(y)))


def evaluate(name, *inputs):
    """Return ELEMENTARY[name] of arrays."""
    return ELEMENTARY[name](*map(NumpyLanes, inputs)).values


# ------------------------------------------------------------------------------------- measuring


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softplus(x):
    return np.maximum(x, 0) + np.log1p(np.exp(-abs(x)))


def erf(x):
    """Return erf to 80 bits, by mpmath, rounded to x's type."""
    mpmath = pytest.importorskip("mpmath")
    with mpmath.workprec(80):
        return np.array([parse(mpmath.erf(float(v)), type(x[0])) for v in x])


def parse(number, kind):
    """Return a number of mpmath's in NumPy's `kind`, by way of two float64."""
    high = float(number)
    return kind(high) + kind(float(number - high))


EXACT = {
    **{name: getattr(np, name) for name in ("exp", "expm1", "log", "log1p", "sin", "cos", "tanh")},
    "sigmoid": sigmoid,
    "softplus": softplus,
    "erf": erf,
    "pow": np.power,
}


def errors(name, *inputs):
    """Return each result's error in ulp of the exact result; infinity counts as 2**TOP."""
    width = 8 * inputs[0].dtype.itemsize
    finer = FINER[width]
    found = evaluate(name, *inputs)
    assert found.dtype == inputs[0].dtype
    with np.errstate(all="ignore"):
        exact = EXACT[name](*(x.astype(finer) for x in inputs))
        assert np.array_equal(np.isnan(found), np.isnan(exact))
        top = finer(2) ** TOP[width]
        found, exact = (np.clip(np.nan_to_num(x.astype(finer)), -top, top) for x in (found, exact))
        ulp = np.ldexp(finer(1), np.maximum(np.frexp(exact)[1] - DIGITS[width], LOWEST[width]))
        return abs(found - exact) / ulp


# ----------------------------------------------------------------------------------------- tests

# fmt: off
RANGES = {  # where the errors are largest, besides the whole range of the exponent
    "exp":      ((-1, 1), (-20, 20), (-745.2, -700), (-104, -80), (80, 89), (700, 710)),
    "expm1":    ((-0.4, 0.4), (-1.5, 1.5), (-40, 20), (80, 89), (700, 710)),
    "log":      ((0, 2), (0.5, 1.5), (0.99, 1.01), (0, 1e6)),
    "log1p":    ((-1, 1), (-0.5, 0.5), (-1, -0.9), (0, 10), (0, 1e6)),
    "sin":      ((-2, 2), (-20, 20), (-(2**20) * math.pi, 2**20 * math.pi)),
    "cos":      ((-2, 2), (-20, 20), (-(2**20) * math.pi, 2**20 * math.pi)),
    "tanh":     ((-0.5, 0.5), (-1, 1), (-3, 3), (-22, 22)),
    "sigmoid":  ((-2, 2), (-20, 20), (-745.2, -700), (-104, -80)),
    "softplus": ((-2, 2), (-20, 20), (-745.2, -700), (-104, -80), (0, 100)),
    "erf":      ((-1, 1), (-3, 3), (-6.5, 6.5)),
}
# fmt: on
BOTH = pytest.mark.parametrize("width", [64, 32])


@pytest.fixture(autouse=True, params=[8, 1], ids=["lanes", "one number"])
def lanes(request, monkeypatch):
    monkeypatch.setattr(NumpyLanes, "lanes", request.param)


def needs_finer(width):
    if np.finfo(FINER[width]).nmant < DIGITS[width] + 10:
        pytest.skip("NumPy has no type with enough digits to compare with here")


def allowed(name, width):
    return BOUND[name][width == 32]


def samples(name, width):
    """Return numbers in the function's ranges, then numbers of every size and both signs."""
    random, count = np.random.default_rng(0), 400 if name == "erf" else 4000
    inside = [random.uniform(low, high, count) for low, high in RANGES[name]]
    powers = random.integers(LOWEST[width], TOP[width], count)
    every = np.ldexp(random.uniform(1, 2, count), powers) * random.choice([-1, 1], count)
    x = np.concatenate([*inside, every]).astype(REAL[width])
    if name in ("sin", "cos"):
        x = np.concatenate([x, near_multiples(width)])
        return x[abs(x) <= FORMATS[width].sin_range]
    return x


def near_multiples(width):
    """Return the numbers nearest to multiples of pi/2, where little is left of x."""
    k = np.concatenate([np.arange(-2000, 2000), 3 ** np.arange(30), -(7 ** np.arange(17))])
    return (k * FINER[width](math.pi / 2)).astype(REAL[width])


def pairs(width):
    """Return (x, y) with x**y spread over all finite numbers and somewhat beyond."""
    random, count, top = np.random.default_rng(0), 3000, TOP[width]
    wide = np.ldexp(random.uniform(1, 2, count), random.integers(LOWEST[width], top, count))
    near = random.uniform(0.5, 2, count)
    x = np.concatenate([wide, near, 1 + (near - 1) / 1000]).astype(REAL[width])
    y = random.uniform(-1.06 * top, 1.01 * top, len(x)) / np.log2(x.astype(np.longdouble))
    return x, y.astype(REAL[width])


@BOTH
@pytest.mark.parametrize("name", RANGES)
def test_error_is_within_the_bound(name, width):
    needs_finer(width)
    assert errors(name, samples(name, width)).max() <= allowed(name, width)


@BOTH
def test_error_of_pow_is_within_the_bound(width):
    needs_finer(width)
    x, y = pairs(width)
    assert errors("pow", x, y).max() <= allowed("pow", width)


@pytest.mark.parametrize("name", ["sin", "cos"])
def test_largest_angles(name):
    needs_finer(64)
    x = np.random.default_rng(0).uniform(1e12, 1e15, 4000)
    assert errors(name, x).max() <= allowed(name, 64)
    assert np.isnan(evaluate(name, np.array([2.0**51, -1e300, math.inf]))).all()


def test_no_bound_is_above_four():
    assert BOUND.keys() == ELEMENTARY.keys()
    assert max(max(pair) for pair in BOUND.values()) <= 4.0


def same(found, exact):
    """Return whether two arrays are equal, with the same signs of zero, where nan equals nan."""
    signs = np.isnan(exact) | (np.signbit(found) == np.signbit(exact))
    return np.array_equal(found, exact, equal_nan=True) and signs.all()


# The exact values of each function at -0.0, 0.0, -inf, inf and nan, as in C.
# fmt: off
INF, NAN = math.inf, math.nan
AT_EDGES = {
    "exp":      (1.0, 1.0, 0.0, INF, NAN),
    "expm1":    (-0.0, 0.0, -1.0, INF, NAN),
    "log":      (-INF, -INF, NAN, INF, NAN),
    "log1p":    (-0.0, 0.0, NAN, INF, NAN),
    "sin":      (-0.0, 0.0, NAN, NAN, NAN),
    "cos":      (1.0, 1.0, NAN, NAN, NAN),
    "tanh":     (-0.0, 0.0, -1.0, 1.0, NAN),
    "sigmoid":  (0.5, 0.5, 0.0, 1.0, NAN),
    "erf":      (-0.0, 0.0, -1.0, 1.0, NAN),
}
# fmt: on


@BOTH
@pytest.mark.parametrize("name", AT_EDGES)
def test_edges(name, width):
    x = np.array([-0.0, 0.0, -INF, INF, NAN], REAL[width])
    assert same(evaluate(name, x), np.array(AT_EDGES[name], REAL[width]))


@BOTH
def test_edges_of_logarithms_and_softplus(width):
    x = np.array([1.0, -1.0, -1e-30, -2.0], REAL[width])
    assert same(evaluate("log", x), np.array([0.0, NAN, NAN, NAN], REAL[width]))
    x = np.array([-1.0, -1.5, -INF], REAL[width])
    assert same(evaluate("log1p", x), np.array([-INF, NAN, NAN], REAL[width]))
    x = np.array([-INF, INF, NAN], REAL[width])
    assert same(evaluate("softplus", x), np.array([0.0, INF, NAN], REAL[width]))


@BOTH
@pytest.mark.parametrize("name", ["expm1", "log1p", "sin", "tanh"])
def test_subnormals_are_their_own_image(name, width):
    x = np.ldexp(np.array([1, -3, 1001], REAL[width]), LOWEST[width])
    assert same(evaluate(name, x), x)


@BOTH
def test_nan_of_any_bits_stays_nan(width):
    bits = np.array([1, 2, 12345, -1], INT[width]) | np.array([NAN], REAL[width]).view(INT[width])
    x = bits.view(REAL[width])
    for name in RANGES:
        assert np.isnan(evaluate(name, x)).all(), name


@BOTH
def test_special_cases_of_pow(width):
    """All pairs of edges and exact powers equal C's pow."""
    one_side = [0.0, 0.5, 1.0, 2.0, 3.0, 1e30, INF, 2.0**-120, float(2 ** DIGITS[width] - 1)]
    values = np.array([*one_side, *(-v for v in one_side), NAN], REAL[width])
    x, y = (v.ravel() for v in np.meshgrid(values, values))
    with np.errstate(all="ignore"):
        exact = np.power(x.astype(np.float64), y.astype(np.float64)).astype(REAL[width])
    found = evaluate("pow", x, y)
    plain = np.isfinite(exact) & (exact != 0.0)
    assert same(found[~plain], exact[~plain])
    # elsewhere two right results may differ by the bound and by a rounding of C's own
    nearness = (allowed("pow", width) + 1.0) * 2.0 ** (1 - DIGITS[width])
    assert np.allclose(found[plain], exact[plain], rtol=nearness, atol=0.0)
    assert np.isnan(evaluate("pow", *(np.array([v], REAL[width]) for v in (-8.0, 1 / 3)))).all()


def test_fused_is_one_rounding():
    random = np.random.default_rng(0)
    x, y = random.uniform(-2, 2, (2, 2000))
    z = -x * y * random.choice([1.0, 1.0 + 2.0**-50, 0.5, 2.0**60, 2.0**-60], 2000)
    assert same(fused(x, y, z), np.array([fused_one(*map(float, v)) for v in zip(x, y, z)]))
