"""Number formats: what the elementary functions have to know of float64 and float32.

Rule: this file is a table. The coefficients of each polynomial stand from the lowest power up; they
were fitted for it by Remez's exchange.
"""

from dataclasses import dataclass

WIDTH = {"float64": 64, "float32": 32}  # bits of a number


@dataclass(frozen=True)
class Format:
    """The constants that depend on the width of a number."""

    digits: int  # bits of the fraction
    bias: int  # added to the exponent
    sqrt_half: int  # the bits of sqrt(1/2)
    exp_range: tuple[float, float]  # exp is 0 below it, and infinite above
    sin_range: float  # for larger numbers sin and cos are nan
    erf_range: float  # for larger numbers erf rounds to 1
    pi: tuple[float, float, float]  # their sum is pi, to three times the digits
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
        """A number that, added to k, leaves the whole part of k in the last bits of the sum."""
        return 1.5 * 2.0**self.digits

    @property
    def smallest(self) -> float:
        """The smallest number with all of its digits. Smaller ones are subnormal."""
        return 2.0 ** (1 - self.bias)

    @property
    def one(self) -> int:
        """The bits of 1.0."""
        return self.bias << self.digits


# Each polynomial approximates this expression, on this range. The last two columns are its largest
# error at 64 and at 32 bits, relative to the function named:
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
