"""exp, log, tanh and their like in straight lines: no branch, no table, so they run on any lanes.

Rule: nothing here knows what lanes are. They have `+ - * /`, `< <= > >= equals`, `fma` (x*y + z,
rounded once), `abs`, `copysign`, `nearest`, `bits`, and masks with `choose`. Every step is IEEE
754's, and stays right where a product and a sum are contracted to one `fma`.

Each function takes x apart, so that a short polynomial does for what is left, and puts the result
together again. BOUND, at the foot, has each one's error in ulp, which the tests hold it to. The
ideas are those of fdlibm (Sun, 1993) and of Cody and Waite, "Software Manual for the Elementary
Functions" (1980); the coefficients were fitted for this file by Remez's exchange.
"""

import math
from dataclasses import dataclass

LOG2_E = math.log2(math.e)
ONE_OVER_PI = 1.0 / math.pi
INFINITY, NAN = math.inf, math.nan


@dataclass(frozen=True)
class Format:
    """What depends on the width of a number. Coefficients stand from the lowest power up."""

    digits: int  # of the fraction, in bits
    bias: int  # of the exponent
    sqrt_half: int  # the bits of sqrt(1/2)
    exp_range: tuple[float, float]  # exp is 0 below, infinite above
    sin_range: float  # beyond, sin and cos are not worked out
    erf_range: float  # erf rounds to 1 above
    pi: tuple[float, float, float]  # the sum is pi, to three times the digits
    ln2: tuple[float, float]
    log2_first: tuple[float, float]  # 2 / ln 2
    log2_second: tuple[float, float]  # 2 / (3 ln 2)
    erf_first: float  # 2 / sqrt(pi)
    exp: tuple[float, ...]
    log: tuple[float, ...]
    log2: tuple[float, ...]
    sin: tuple[float, ...]
    erf: tuple[float, ...]

    @property
    def magic(self) -> float:
        """Added to k, it leaves the whole part of k in the last bits of the sum."""
        return 1.5 * 2.0**self.digits

    @property
    def smallest(self) -> float:
        """The smallest number with all its digits; below are the subnormals."""
        return 2.0 ** (1 - self.bias)

    @property
    def one(self) -> int:
        """The bits of 1.0."""
        return self.bias << self.digits


# What each polynomial approximates, where, and its largest error relative to the function named:
#   exp   (e**r - 1 - r - r**2 / 2) / r**3 on |r| <= ln(2) / 2, of e**r - 1:    2**-55   2**-26
#   log   (2 atanh(s) / s - 2) / z, z = s**2 <= 0.0295, of atanh(s):            2**-59   2**-30
#   log2  ((2 atanh(s) / s - 2) / z - 2 / 3) / (z ln 2), likewise:              2**-65   2**-35
#   sin   (sin(r) - r) / r**3 in r**2, on |r| <= 1.65 and 1.95, of sin(r):      2**-59   2**-29
#   erf   -log(1 - erf(x)) / x - erf_first, on [0, erf_range], of erf(x):       2**-54   2**-27
# fmt: off
FORMATS = {
    64: Format(
        digits=52,
        bias=1023,
        sqrt_half=0x3FE6A09E667F3BCD,
        exp_range=(-746.0, 710.0),
        sin_range=2.0**50,
        erf_range=5.93,
        pi=(3.141592653589793, 1.2246467991473532e-16, -2.9947698097183397e-33),
        ln2=(0.6931471805599453, 2.3190468138462996e-17),
        log2_first=(2.8853900817779268, 4.0710547481862066e-17),
        log2_second=(0.9617966939259756, 5.0577616648125907e-17),
        erf_first=1.1283791670955126,
        exp=(
            0.16666666666666602, 0.04166666666661916, 0.008333333333387767,
            0.0013888888920913728, 0.0001984126971206501, 2.4801515760325573e-05,
            2.7557421600303193e-06, 2.7622489536150603e-07, 2.504728349714575e-08,
        ),
        log=(
            0.6666666666666735, 0.3999999999940935, 0.28571428743673566,
            0.22222198434597307, 0.18183571629569528, 0.15313865592318,
            0.14797755551191846,
        ),
        log2=(
            0.577078016355618, 0.41219858309191504, 0.3205989022783759,
            0.26230770067418974, 0.22198401986717356, 0.1912546171300205,
            0.1903907287640991,
        ),
        sin=(
            -0.16666666666666663, 0.00833333333333293, -0.00019841269841119202,
            2.755731919660246e-06, -2.5052105620439916e-08, 1.605888049188561e-10,
            -7.641541611053974e-13, 2.7067992634289065e-15,
        ),
        erf=(
            -9.054485200043387e-18, 0.6366197723675909, 0.10277260330131549,
            -0.019128446993095273, -0.00020919485391807143, 0.0016962076698293525,
            -0.0005901324299108461, 2.5904498588225544e-05, 6.442047603458568e-05,
            -2.957567717168685e-05, 3.169687901704375e-06, 3.132942290458248e-06,
            -2.0371698313257122e-06, 5.706188147198832e-07, -1.1700247124533416e-08,
            -6.573726972862647e-08, 3.4586238531824266e-08, -1.0773757706503286e-08,
            2.3606072271507868e-09, -3.760870044524115e-10, 4.301984154559107e-11,
            -3.364520139726619e-12, 1.614960775627722e-13, -3.59241378709102e-15,
        ),
    ),
    32: Format(
        digits=23,
        bias=127,
        sqrt_half=0x3F3504F3,
        exp_range=(-104.0, 89.0),
        sin_range=2.0**22,
        erf_range=3.94,
        pi=(3.1415927, -8.742278e-08, -3.430249e-15),
        ln2=(0.6931472, -1.9046542e-09),
        log2_first=(2.88539, 3.851926e-08),
        log2_second=(0.9617967, -7.028462e-09),
        erf_first=1.1283792,
        exp=(0.16666548, 0.041666854, 0.008366164, 0.0013898257),
        log=(0.66666776, 0.39977577, 0.29871774),
        log2=(0.5770802, 0.41184777, 0.3378664),
        sin=(-0.16666666, 0.008333305, -0.00019838569, 2.7443962e-06, -2.2868592e-08),
        erf=(
            -5.411975e-08, 0.6366194, 0.10277783, -0.019153064, -0.0001603954,
            0.0016670265, -0.00063283625, 0.00011764107, -9.25624e-06,
        ),
    ),
}
# fmt: on


# ------------------------------------------------------------------------------------- the parts


def polynomial(x, coefficients):
    """c0 + c1 x + c2 x**2 + ...; even and odd powers are two chains, which can run side by side."""
    square = x * x
    even = horner(square, coefficients[0::2])
    odd = horner(square, coefficients[1::2])
    return x.fma(odd, even)


def horner(x, coefficients):
    """c0 + x (c1 + x (c2 + ...))."""
    *others, total = coefficients
    for c in reversed(others):
        total = x.fma(total, c)
    return total


def at_least(x, low: float):
    return (x < low).choose(low, x)


def at_most(x, high: float):
    return (x > high).choose(high, x)


def whole_part(x, factor: float, magic: float):
    """(`magic` + k, k), where k is x * factor to the nearest whole number."""
    total = x.fma(factor, magic)
    return total, total - magic


def power_of_two(n, of: Format):
    """2**k, of an integer that has k + bias in its last bits."""
    return (n << of.digits).floats()


def scaled(p, total, k, of: Format):
    """p * 2**k, rounded once, even if 2**k is none of this width; `total` is magic + 2 bias + k.

    2**k is the product of two powers, each of about half k.
    """
    half = k.fma(0.5, of.magic + of.bias).bits()
    return p * power_of_two(half, of) * power_of_two(total.bits() - half, of)


def expm1_near_zero(r, of: Format):
    """e**r - 1 for |r| <= ln(2) / 2."""
    tail = polynomial(r, (0.5, *of.exp))
    return (r * r).fma(tail, r)


def expm1_of_rest(x, k, of: Format):
    """e**r - 1, where r = x - k ln 2."""
    high, low = of.ln2
    r = k.fma(-low, k.fma(-high, x))
    return expm1_near_zero(r, of)


def plus_multiple_of_ln2(x, k, of: Format):
    """x + k ln 2."""
    high, low = of.ln2
    return k.fma(high, k.fma(low, x))


def expm1_below_zero(x, of: Format):
    """e**x - 1 for -40 <= x <= 0: 2**k (e**r - 1) + (2**k - 1), where x = k ln 2 + r."""
    total, k = whole_part(x, LOG2_E, of.magic + of.bias)
    scale = power_of_two(total.bits(), of)
    return scale.fma(expm1_of_rest(x, k, of), scale - 1.0)


def exp_below_zero(x, of: Format):
    """e**x for x <= 0, by way of 2**64 e**x, which is no subnormal."""
    x = at_least(x, of.exp_range[0])
    total, k = whole_part(x, LOG2_E, of.magic + of.bias + 64.0)
    p = expm1_of_rest(x, k, of) + 1.0
    return p * power_of_two(total.bits(), of) * 2.0**-64


def log1p_near_zero(f, of: Format):
    """log(1 + f) for sqrt(1/2) <= 1 + f < sqrt(2), as f - s (f - R); s = f / (2 + f).

    log(1 + f) = 2 atanh(s) = s (2 + R), and 2 s = f - s f.
    """
    s = f / (2.0 + f)
    z = s * s
    rest = polynomial(z, of.log)
    return s.fma(z.fma(rest, -f), f)


def exponent_and_rest(x, of: Format):
    """(k, m) with x = 2**k m and sqrt(1/2) <= m < sqrt(2), for x normal and positive."""
    n = x.bits() + (of.one - of.sqrt_half)
    fraction = (1 << of.digits) - 1
    sign_and_exponent = (1 << (x.width - of.digits)) - 1
    whole = (n >> of.digits) & sign_and_exponent
    digits_only = (of.bias + of.digits) << of.digits  # the bits of 2.0**digits
    k = (whole | digits_only).floats() - (2.0**of.digits + of.bias)
    return k, ((n & fraction) + of.sqrt_half).floats()


def exponent_and_rest_of_any(x, of: Format):
    """`exponent_and_rest`, for subnormal x too."""
    subnormal, lift = x < of.smallest, of.digits + 2
    k, m = exponent_and_rest(subnormal.choose(x * 2.0**lift, x), of)
    return subnormal.choose(k - float(lift), k), m


def log_at_edges(found, x, pole: float):
    """`found`, but the logarithm's values where it is not finite: at infinity, nan, x <= pole."""
    found = (x < INFINITY).choose(found, x)
    found = (x < pole).choose(NAN, found)
    return x.equals(pole).choose(-INFINITY, found)


def minus_multiple_of_pi(x, k, of: Format):
    """x - k pi, for a whole or half k: the first step is exact, the others round at the end."""
    for part in of.pi:
        x = k.fma(-part, x)
    return x


def sin_near_zero(r, of: Format):
    """sin(r) for |r| up to pi / 2 and a little more, which a rounded k may leave."""
    z = r * r
    return (r * z).fma(polynomial(z, of.sin), r)


def with_sign_of(total, x, of: Format):
    """x * (-1)**k, where `total` is magic + k: the last bit of k, moved to the sign's place."""
    return (x.bits() ^ (total.bits() << (x.width - 1))).floats()


def log2_in_two(x, of: Format):
    """(high, low), whose sum is log2(x) to about twice the digits needed for one, for x > 0.

    log2(x) = k + s (2/ln 2 + z (2/(3 ln 2) + z R)), with s = (m - 1) / (m + 1), z = s**2. Whatever
    counts is kept as a sum of two numbers, where a product's rounding error is what `fma` leaves.
    """
    k, m = exponent_and_rest_of_any(x, of)
    over = m + 1.0
    inverse = 1.0 / over
    s = (m - 1.0) * inverse
    lost = m - (over - 1.0)
    s_low = lost.fma(-s, s.fma(-over, m - 1.0)) * inverse
    z = s * s
    z_low = (s + s).fma(s_low, s.fma(s, -z))
    tail = polynomial(z, of.log2)
    second, second_low = of.log2_second
    p = z.fma(tail, second)
    p_low = z.fma(tail, second - p) + second_low
    first, first_low = of.log2_first
    q = z.fma(p, first)
    q_low = z.fma(p, first - q) + z.fma(p_low, z_low.fma(p, first_low))
    high = s.fma(q, k)
    return high, s.fma(q, k - high) + s.fma(q_low, s_low * q)


# --------------------------------------------------------------------------------- the functions


def exp(x):
    """e**x = 2**k e**r, where x = k ln 2 + r."""
    of = FORMATS[x.width]
    low, high = of.exp_range
    x = at_most(at_least(x, low), high)
    total, k = whole_part(x, LOG2_E, of.magic + 2.0 * of.bias)
    return scaled(expm1_of_rest(x, k, of) + 1.0, total, k, of)


def expm1(x):
    """e**x - 1, as twice 2**(k-1) (e**r - 1) + 2**(k-1) - 1/2; 2**k alone may be too large."""
    of = FORMATS[x.width]
    y = at_most(at_least(x, -40.0), of.exp_range[1])
    total, k = whole_part(y, LOG2_E, of.magic + (of.bias - 1.0))
    scale = power_of_two(total.bits(), of)
    found = 2.0 * scale.fma(expm1_of_rest(y, k, of), scale - 0.5)
    return (x.abs() < 2.0 ** (-2 - of.digits)).choose(x, found)


def log(x):
    """log(x) = k ln 2 + log(m), where x = 2**k m."""
    of = FORMATS[x.width]
    k, m = exponent_and_rest_of_any(x, of)
    near = log1p_near_zero(m - 1.0, of)
    found = plus_multiple_of_ln2(near, k, of)
    return log_at_edges(found, x, 0.0)


def log1p(x):
    """log(1 + x) of the rounded sum u = 2**k m, with what rounding took off added to m."""
    of = FORMATS[x.width]
    u = 1.0 + x
    part = u - 1.0
    lost = 1.0 - (u - part)
    lost = lost + (x - part)
    k, m = exponent_and_rest(u, of)
    down = (of.magic + (of.bias + 1.0)) - k
    inverse = power_of_two(down.bits(), of) * 0.5  # 2**-k
    near = log1p_near_zero(inverse.fma(lost, m - 1.0), of)
    found = plus_multiple_of_ln2(near, k, of)
    return log_at_edges(found.copysign(x), x, -1.0)


def sin(x):
    """sin(x) = (-1)**k sin(x - k pi), with k the nearest whole number to x / pi.

    For |x| <= 2**50 (float32: 2**22). Beyond, the answer is nan, never a wrong number.
    """
    of = FORMATS[x.width]
    total, k = whole_part(x, ONE_OVER_PI, of.magic)
    found = sin_near_zero(minus_multiple_of_pi(x, k, of), of)
    found = (x.abs() <= of.sin_range).choose(with_sign_of(total, found, of), NAN)
    return (x.abs() < 2.0**-of.digits).choose(x, found)


def cos(x):
    """cos(x) = (-1)**k sin(x - (k - 1/2) pi). Its range is that of `sin`."""
    of = FORMATS[x.width]
    total = x.fma(ONE_OVER_PI, 0.5) + of.magic
    k = total - of.magic
    found = sin_near_zero(minus_multiple_of_pi(x, k - 0.5, of), of)
    return (x.abs() <= of.sin_range).choose(with_sign_of(total, found, of), NAN)


def tanh(x):
    """tanh(|x|) = -E / (E + 2), where E = e**(-2 |x|) - 1."""
    of = FORMATS[x.width]
    e = expm1_below_zero(at_least(-2.0 * x.abs(), -40.0), of)
    return (e / (e + 2.0)).copysign(x)


def sigmoid(x):
    """1 / (1 + e**-x); where x < 0, as e**x / (1 + e**x), which loses no digits."""
    small = exp_below_zero(-x.abs(), FORMATS[x.width])
    return (x < 0.0).choose(small, 1.0) / (1.0 + small)


def softplus(x):
    """log(1 + e**x) = max(x, 0) + log(1 + z), z = e**-|x|; a large 1 + z is halved first."""
    of = FORMATS[x.width]
    z = exp_below_zero(-x.abs(), of)
    large = z > math.sqrt(2.0) - 1.0
    near = log1p_near_zero(large.choose(0.5 * z - 0.5, z), of)
    return (x > 0.0).choose(x, 0.0) + large.choose(near + of.ln2[0], near)


def erf(x):
    """erf(|x|) = 1 - e**-y, where y = -log(1 - erf(|x|)), a polynomial."""
    of = FORMATS[x.width]
    a = at_most(x.abs(), of.erf_range)
    y = a.fma(of.erf_first, a * polynomial(a, of.erf))
    return expm1_below_zero(-y, of).copysign(x)


def pow(x, y):
    """|x|**y = 2**(y log2 |x|), with the sign and the special cases of C (C17, F.10.4.4).

    y log2 |x| is a sum of two numbers, as an error in it counts in the result up to 1024 times.
    """
    of = FORMATS[x.width]
    a = x.abs()
    high, low = log2_in_two(a, of)
    high = (a < INFINITY).choose(high, a)
    high = a.equals(0.0).choose(-INFINITY, high)
    found = power_of_two_of_product(high.equals(0.0).choose(0.0, y), high, low, of)
    half = 0.5 * y
    whole = y.nearest().equals(y)
    odd = whole & ~half.nearest().equals(half)
    found = odd.choose(found.copysign(x), found)
    found = ((x < 0.0) & (x > -INFINITY) & ~whole).choose(NAN, found)
    return y.equals(0.0).choose(1.0, found)


def power_of_two_of_product(y, high, low, of: Format):
    """2**(y (high + low)), infinite or 0 where the product is out of the exponent's range."""
    limit = of.bias + of.digits + 9.0
    product = y * high
    rest = y.fma(low, y.fma(high, -product))
    rest = (product.abs() < limit).choose(rest, 0.0)
    product = at_most(at_least(product, -limit), limit)
    total, k = whole_part(product, 1.0, of.magic + 2.0 * of.bias)
    r = (product - k).fma(of.ln2[0], rest * of.ln2[0])
    return scaled(expm1_near_zero(r, of) + 1.0, total, k, of)


ELEMENTARY = {
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

# The largest error in ulp that the tests allow, at 64 and at 32 bits: what dense samples showed,
# and about a tenth more. An infinite result counts as the first power of two that is too large.
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
