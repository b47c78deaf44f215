"""exp, log, tanh and similar functions without branches or tables, so that they run on any lanes.

Rule: nothing here knows what lanes are. Lanes have `+ - * /`, `< <= > >= equals`, `fma` (x*y + z,
rounded once), `abs`, `copysign`, `nearest`, `bits`, masks with `select`, and `lanes`, how many
there are. Every operation is IEEE 754's, and the results stay right if a product and a sum are
contracted to one `fma`.

Each function splits x into parts, so that a short polynomial is enough for the last part, and then
puts the result together again. BOUND, at the foot, has the error of each function in ulp; the tests
hold it to that. The ideas are those of fdlibm (Sun, 1993) and of Cody and Waite, "Software Manual
for the Elementary Functions" (1980).
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

from micrograd.compiler.codegen.formats import FORMATS, Format

LOG2_E = math.log2(math.e)
ONE_OVER_PI = 1.0 / math.pi
INFINITY, NAN = math.inf, math.nan

X = Any  # numbers in lanes, or the bits of such numbers
Pair = tuple[X, X]


# ------------------------------------------------------------------------------------- the parts


def polynomial(x: X, coefficients: Sequence[float]) -> X:
    """Return c0 + c1 x + c2 x**2 + ...

    The even and the odd powers are two chains of operations, which can run side by side.
    """
    square = x * x
    even = horner(square, coefficients[0::2])
    odd = horner(square, coefficients[1::2])
    return x.fma(odd, even)


def estrin(x: X, coefficients: Sequence[float]) -> X:
    """Return (c0 + c1 x) + (c2 + c3 x) x**2 + ..., a polynomial in x**2 of half as many terms.

    These are more operations than those of `polynomial`, and fewer of them wait for each other.
    """
    if len(coefficients) == 1:
        return coefficients[0]
    pairs = [x.fma(odd, even) for even, odd in zip(coefficients[0::2], coefficients[1::2])]
    rest = coefficients[2 * len(pairs) :]
    return estrin(x * x, [*pairs, *rest])


def horner(x: X, coefficients: Sequence[float]) -> X:
    """Return c0 + x (c1 + x (c2 + ...))."""
    *others, total = coefficients
    for c in reversed(others):
        total = x.fma(total, c)
    return total


def at_least(x: X, low: float) -> X:
    return (x < low).select(low, x)


def at_most(x: X, high: float) -> X:
    return (x > high).select(high, x)


def whole_part(x: X, factor: float, magic: float) -> Pair:
    """Return (`magic` + k, k), where k is x * factor rounded to the nearest whole number."""
    total = x.fma(factor, magic)
    return total, total - magic


def power_of_two(n: X, fmt: Format) -> X:
    """Return 2**k for an integer that has k + bias in its last bits."""
    return (n << fmt.digits).as_floats()


def times_power_of_two(p: X, total: X, k: X, fmt: Format) -> X:
    """Return p * 2**k, rounded once; `total` is magic + 2 bias + k.

    2**k may be too large or too small for a number of this width, so it is the product of two
    powers, each of about half k.
    """
    half = k.fma(0.5, fmt.magic + fmt.bias).bits()
    p = p * power_of_two(half, fmt)
    return p * power_of_two(total.bits() - half, fmt)


def expm1_near_zero(r: X, fmt: Format) -> X:
    """Return e**r - 1 for |r| <= ln(2) / 2. A number that is alone waits for each operation."""
    scheme = estrin if r.lanes == 1 else polynomial
    tail = scheme(r, (0.5, *fmt.exp))
    return (r * r).fma(tail, r)


def expm1_of_rest(x: X, k: X, fmt: Format) -> X:
    """Return e**r - 1, where r = x - k ln 2."""
    high, low = fmt.ln2
    r = k.fma(-low, k.fma(-high, x))
    return expm1_near_zero(r, fmt)


def plus_multiple_of_ln2(x: X, k: X, fmt: Format) -> X:
    """Return x + k ln 2."""
    high, low = fmt.ln2
    return k.fma(high, k.fma(low, x))


def expm1_below_zero(x: X, fmt: Format) -> X:
    """Return e**x - 1 for -40 <= x <= 0: 2**k (e**r - 1) + (2**k - 1)."""
    scale, p = scale_and_rest(x, fmt)
    return scale.fma(p, scale - 1.0)


def scale_and_rest(x: X, fmt: Format) -> Pair:
    """Return 2**k and e**r - 1, where x = k ln 2 + r."""
    total, k = whole_part(x, LOG2_E, fmt.magic + fmt.bias)
    return power_of_two(total.bits(), fmt), expm1_of_rest(x, k, fmt)


def exp_below_zero(x: X, fmt: Format) -> X:
    """Return e**x for x <= 0, computed as 2**-64 times 2**64 e**x, which is not subnormal."""
    x = at_least(x, fmt.exp_range[0])
    total, k = whole_part(x, LOG2_E, fmt.magic + fmt.bias + 64.0)
    p = expm1_of_rest(x, k, fmt) + 1.0
    return p * power_of_two(total.bits(), fmt) * 2.0**-64


def log1p_near_zero(f: X, fmt: Format) -> X:
    """Return log(1 + f) for sqrt(1/2) <= 1 + f < sqrt(2), as f - s (f - R) with s = f / (2 + f).

    log(1 + f) = 2 atanh(s) = s (2 + R), and 2 s = f - s f.
    """
    s = f / (2.0 + f)
    z = s * s
    rest = polynomial(z, fmt.log)
    return s.fma(z.fma(rest, -f), f)


def exponent_and_rest(x: X, fmt: Format) -> Pair:
    """Return (k, m) with x = 2**k m and sqrt(1/2) <= m < sqrt(2), for x normal and positive."""
    n = x.bits() + (fmt.one - fmt.sqrt_half)
    fraction = (1 << fmt.digits) - 1
    sign_and_exponent = (1 << (x.width - fmt.digits)) - 1
    whole = (n >> fmt.digits) & sign_and_exponent
    digits_only = (fmt.bias + fmt.digits) << fmt.digits  # the bits of 2.0**digits
    k = (whole | digits_only).as_floats() - (2.0**fmt.digits + fmt.bias)
    m = ((n & fraction) + fmt.sqrt_half).as_floats()
    return k, m


def exponent_and_rest_of_any(x: X, fmt: Format) -> Pair:
    """Return the same as `exponent_and_rest`, for subnormal x too."""
    subnormal = x < fmt.smallest
    lift = fmt.digits + 2
    normal = subnormal.select(x * 2.0**lift, x)
    k, m = exponent_and_rest(normal, fmt)
    return subnormal.select(k - float(lift), k), m


def log_at_edges(result: X, x: X, pole: float) -> X:
    """Return `result`, but the logarithm's values at infinity, at nan, and for x <= pole."""
    result = (x < INFINITY).select(result, x)
    result = (x < pole).select(NAN, result)
    return x.equals(pole).select(-INFINITY, result)


def minus_multiple_of_pi(x: X, k: X, fmt: Format) -> X:
    """Return x - k pi, for a whole or half k. The first subtraction is exact."""
    for part in fmt.pi:
        x = k.fma(-part, x)
    return x


def sin_near_zero(r: X, fmt: Format) -> X:
    """Return sin(r) for |r| up to pi / 2 and the little more that a rounded k may leave."""
    z = r * r
    return (r * z).fma(polynomial(z, fmt.sin), r)


def with_sign_of(total: X, x: X) -> X:
    """Return x * (-1)**k for `total` = magic + k, by moving the last bit of k to the sign's bit."""
    bits = x.bits()
    sign = total.bits() << (x.width - 1)
    return (bits ^ sign).as_floats()


def log2_in_two(x: X, fmt: Format) -> Pair:
    """Return (high, low) for x > 0, whose sum is log2(x) to about twice the digits of a number.

    log2(x) = k + s (2/ln 2 + z (2/(3 ln 2) + z R)), with s = (m - 1) / (m + 1) and z = s**2. Each
    term that matters is kept as a sum of two numbers; `fma` gives the rounding error of a product.
    """
    k, m = exponent_and_rest_of_any(x, fmt)
    over = m + 1.0
    inverse = 1.0 / over
    s = (m - 1.0) * inverse
    lost = m - (over - 1.0)
    s_low = lost.fma(-s, s.fma(-over, m - 1.0)) * inverse
    z = s * s
    z_low = (s + s).fma(s_low, s.fma(s, -z))
    tail = polynomial(z, fmt.log2)
    second, second_low = fmt.log2_second
    p = z.fma(tail, second)
    p_low = z.fma(tail, second - p) + second_low
    first, first_low = fmt.log2_first
    q = z.fma(p, first)
    q_low = z.fma(p, first - q) + z.fma(p_low, z_low.fma(p, first_low))
    high = s.fma(q, k)
    low = s.fma(q, k - high) + s.fma(q_low, s_low * q)
    return high, low


# --------------------------------------------------------------------------------- the functions


def exp(x: X) -> X:
    """Return e**x = 2**k e**r, where x = k ln 2 + r."""
    fmt = FORMATS[x.width]
    low, high = fmt.exp_range
    x = at_most(at_least(x, low), high)
    total, k = whole_part(x, LOG2_E, fmt.magic + 2.0 * fmt.bias)
    p = expm1_of_rest(x, k, fmt) + 1.0
    return times_power_of_two(p, total, k, fmt)


def expm1(x: X) -> X:
    """Return e**x - 1, as twice 2**(k-1) (e**r - 1) + 2**(k-1) - 1/2: 2**k may be too large."""
    fmt = FORMATS[x.width]
    y = at_most(at_least(x, -40.0), fmt.exp_range[1])
    total, k = whole_part(y, LOG2_E, fmt.magic + (fmt.bias - 1.0))
    scale = power_of_two(total.bits(), fmt)
    result = 2.0 * scale.fma(expm1_of_rest(y, k, fmt), scale - 0.5)
    return (x.abs() < 2.0 ** (-2 - fmt.digits)).select(x, result)


def log(x: X) -> X:
    """Return log(x) = k ln 2 + log(m), where x = 2**k m."""
    fmt = FORMATS[x.width]
    k, m = exponent_and_rest_of_any(x, fmt)
    near = log1p_near_zero(m - 1.0, fmt)
    result = plus_multiple_of_ln2(near, k, fmt)
    return log_at_edges(result, x, 0.0)


def log1p(x: X) -> X:
    """Return log(1 + x), the log of the rounded sum u = 2**k m with its rounding error added."""
    fmt = FORMATS[x.width]
    u = 1.0 + x
    part = u - 1.0
    lost = 1.0 - (u - part)
    lost = lost + (x - part)
    k, m = exponent_and_rest(u, fmt)
    down = (fmt.magic + (fmt.bias + 1.0)) - k
    inverse = power_of_two(down.bits(), fmt) * 0.5  # 2**-k
    near = log1p_near_zero(inverse.fma(lost, m - 1.0), fmt)
    result = plus_multiple_of_ln2(near, k, fmt)
    return log_at_edges(result.copysign(x), x, -1.0)


def sin(x: X) -> X:
    """Return sin(x) = (-1)**k sin(x - k pi), where k is x / pi to the nearest whole number.

    This holds for |x| <= 2**50 (float32: 2**22). For larger numbers the result is nan, and so
    never a wrong number.
    """
    fmt = FORMATS[x.width]
    total, k = whole_part(x, ONE_OVER_PI, fmt.magic)
    r = minus_multiple_of_pi(x, k, fmt)
    result = sin_near_zero(r, fmt)
    result = (x.abs() <= fmt.sin_range).select(with_sign_of(total, result), NAN)
    return (x.abs() < 2.0**-fmt.digits).select(x, result)


def cos(x: X) -> X:
    """Return cos(x) = (-1)**k sin(x - (k - 1/2) pi), in the same range as `sin`."""
    fmt = FORMATS[x.width]
    total = x.fma(ONE_OVER_PI, 0.5) + fmt.magic
    k = total - fmt.magic
    r = minus_multiple_of_pi(x, k - 0.5, fmt)
    result = sin_near_zero(r, fmt)
    return (x.abs() <= fmt.sin_range).select(with_sign_of(total, result), NAN)


def tanh(x: X) -> X:
    """Return tanh(x) with tanh(|x|) = -E / (E + 2), where E = e**(-2 |x|) - 1."""
    fmt = FORMATS[x.width]
    scale, p = scale_and_rest(at_least(-2.0 * x.abs(), -40.0), fmt)
    return (scale.fma(p, scale - 1.0) / scale.fma(p, scale + 1.0)).copysign(x)


def sigmoid(x: X) -> X:
    """Return 1 / (1 + e**-x); for x < 0 as e**x / (1 + e**x), which loses no digits."""
    small = exp_below_zero(-x.abs(), FORMATS[x.width])
    return (x < 0.0).select(small, 1.0) / (1.0 + small)


def softplus(x: X) -> X:
    """Return log(1 + e**x) = max(x, 0) + log(1 + z), z = e**-|x|. A large 1 + z is halved first."""
    fmt = FORMATS[x.width]
    z = exp_below_zero(-x.abs(), fmt)
    large = z > math.sqrt(2.0) - 1.0
    near = log1p_near_zero(large.select(0.5 * z - 0.5, z), fmt)
    positive_part = (x > 0.0).select(x, 0.0)
    return positive_part + large.select(near + fmt.ln2[0], near)


def erf(x: X) -> X:
    """Return erf(x) with erf(|x|) = 1 - e**-y; y = -log(1 - erf(|x|)) is a polynomial."""
    fmt = FORMATS[x.width]
    a = at_most(x.abs(), fmt.erf_range)
    y = a.fma(fmt.erf_first, a * polynomial(a, fmt.erf))
    return expm1_below_zero(-y, fmt).copysign(x)


def pow(x: X, y: X) -> X:
    """Return x**y: |x|**y = 2**(y log2 |x|), with C's sign and special cases (C17, F.10.4.4).

    y log2 |x| is a sum of two numbers: the result magnifies an error in it up to 1024 times.
    """
    fmt = FORMATS[x.width]
    a = x.abs()
    high, low = log2_in_two(a, fmt)
    high = (a < INFINITY).select(high, a)
    high = a.equals(0.0).select(-INFINITY, high)
    exponent = high.equals(0.0).select(0.0, y)
    result = power_of_two_of_product(exponent, high, low, fmt)
    half = 0.5 * y
    whole = y.nearest().equals(y)
    odd = whole & ~half.nearest().equals(half)
    result = odd.select(result.copysign(x), result)
    negative = (x < 0.0) & (x > -INFINITY)
    result = (negative & ~whole).select(NAN, result)
    return y.equals(0.0).select(1.0, result)


def power_of_two_of_product(y: X, high: X, low: X, fmt: Format) -> X:
    """Return 2**(y (high + low)), which is infinite or 0 beyond the range of exponents."""
    limit = fmt.bias + fmt.digits + 9.0
    product = y * high
    rest = y.fma(low, y.fma(high, -product))
    rest = (product.abs() < limit).select(rest, 0.0)
    product = at_most(at_least(product, -limit), limit)
    total, k = whole_part(product, 1.0, fmt.magic + 2.0 * fmt.bias)
    r = (product - k).fma(fmt.ln2[0], rest * fmt.ln2[0])
    p = expm1_near_zero(r, fmt) + 1.0
    return times_power_of_two(p, total, k, fmt)


ELEMENTARY: dict[str, Callable[..., X]] = {
    "exp": exp,
    "expm1": expm1,
    "log": log,
    "log1p": log1p,
    "sin": sin,
    "cos": cos,
    "tanh": tanh,
    "sigmoid": sigmoid,
    "softplus": softplus,
    "erf": erf,
    "pow": pow,
}

# The largest error in ulp that the tests allow, at 64 and at 32 bits: the largest error in dense
# samples, and about a tenth more. An infinite result counts as the first power of two that is too
# large.
# fmt: off
BOUND = {
    "exp":      (1.2, 1.2),
    "expm1":    (2.4, 2.0),
    "log":      (1.3, 1.1),
    "log1p":    (1.4, 1.5),
    "sin":      (2.1, 2.5),
    "cos":      (2.4, 2.5),
    "tanh":     (2.8, 2.8),
    "sigmoid":  (2.3, 2.3),
    "softplus": (2.3, 2.0),
    "erf":      (1.8, 1.8),
    "pow":      (1.3, 1.2),
}
# fmt: on
