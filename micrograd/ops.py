"""The table of operations. Whatever is known about an op stands in its row, and nowhere else.

Rule 1: a partial, the derivative with respect to one input, is written in the ops' own language with
        the result `out` in scope, so that it runs on whatever the op runs on. It spells / and ** as
        `div` and `pow`, since Python's own raise on floats where IEEE 754 has an answer.
Rule 2: arithmetic is IEEE 754's: log(0) is -inf, 1/0 is inf, exp(1000) is inf, (-8)**(1/3) is nan.
        Nothing raises, and an op of a nan is a nan (but nan < x is 0, nan**0 is 1, where(nan, x, y) is x).
Rule 3: at corners the partials are PyTorch's: relu'(0) = 0, abs'(0) = 0, maximum and minimum split a tie.
        A partial of 0 times an infinite grad is nan, as IEEE 754 has it, also for a closed gate.
"""

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from numbers import Real

from micrograd import errors, ieee
from micrograd.ieee import number

SQRT_HALF = math.sqrt(0.5)
TWO_OVER_SQRT_PI = 2.0 / math.sqrt(math.pi)
ONE_OVER_SQRT_TWO_PI = SQRT_HALF / math.sqrt(math.pi)


@dataclass(frozen=True, eq=False, repr=False)
class Op:
    """An operation: how it is written, what it computes, how that changes with each input.

    `Op(...)` is also how a user adds one, the counterpart of `torch.autograd.Function`:

    >>> square = Op("square", "square({})", lambda x: x * x, (lambda x, out: 2.0 * x,))
    >>> square(3.0)
    9.0
    """

    name: str  # as in C, PyTorch and JAX
    symbol: str  # as people write it, with a {} for each input
    forward: Callable  # of floats to a float; never raises
    partials: tuple[Callable, ...]  # one for each input: (*inputs, out) -> d out / d input
    mark: str = ""  # on the op's disc in a picture, and `Value._op`; the name if not given
    # the row that this op is when its last input is that number: x**3 has one input
    bind: Callable | None = None

    def __post_init__(self):
        if not isinstance(self.partials, tuple):
            raise TypeError(errors.malformed_row(self.name))
        object.__setattr__(self, "mark", self.mark or self.name)

    def __call__(self, *inputs):
        """The result, of the inputs' own kind: a float of floats, a Value where there is a Value."""
        return interpret(self, inputs)

    def __repr__(self):
        return f"Op({self.symbol})"

    def __deepcopy__(self, memo):
        return self

    def __reduce__(self):
        """Pickled by name, so it has to be the row of that name (or of x**3, which is made anew)."""
        if OPS.get(self.name) is not self and self.name.partition(" ")[0] not in FAMILIES:
            raise errors.GraphError(errors.no_such_row(self.name))
        return row, (self.name,)


def interpret(op: Op, inputs: tuple):
    """The one point of dispatch: the first input that knows how says what applying `op` means."""
    if len(inputs) != len(op.partials):
        raise TypeError(errors.wrong_arity(op.name, len(op.partials), len(inputs)))
    for x in inputs:
        if isinstance(x, Arithmetic):
            out = x.interpret(op, inputs)
            if out is not NotImplemented:
                return out
    for x in sorted(inputs, key=lambda x: isinstance(x, Arithmetic)):  # the others are to blame
        if not isinstance(x, Real) and getattr(x, "shape", None) != ():
            raise TypeError(errors.unknown_input(op.name, x))
    return op.forward(*[float(number(x)) for x in inputs])


def row(name: str) -> Op:
    """The row of the table called `name`; "pow 3" is the row of x**3. GraphError if none is."""
    if name in OPS:
        return OPS[name]
    family, _, written = name.partition(" ")
    whole = written.lstrip("-").isdigit()
    try:
        return FAMILIES[family](int(written) if whole else float(written))
    except (KeyError, ValueError):
        raise errors.GraphError(errors.no_such_row(name)) from None


def slope(x, y):
    """d x**y / dx where y is not 0. (Where it is, x**0 is 1 everywhere, and the partial 0.)"""
    return y * pow(x, y - 1.0)


@lru_cache(maxsize=1024, typed=True)  # typed: "**3" and "**3.0" are two marks
def power(exponent: float) -> Op:
    """The row of `x**3`: the exponent is part of the op, so that nothing ever asks for log(x)."""
    return Op(
        f"pow {exponent}",
        f"{{}}**{exponent}",
        lambda x: pow(x, exponent),
        (lambda x, out: slope(x, exponent) if exponent else 0.0,),
        mark=f"**{exponent}",
    )


def take(table, i):
    """table[i], a number or a row, where `i` is a number or, in a compiled function, a traced one.

    Differentiable in the table. Raises IndexError outside 0 .. len(table) - 1; compiled, where no
    one can raise, that is nan.
    """
    if isinstance(i, Arithmetic):
        if isinstance(table[0], list | tuple):
            return [take(column, i) for column in zip(*table)]
        return interpret(taker(len(table)), (i, *table))
    if i != int(i) or not 0 <= i < len(table):
        raise IndexError(errors.no_such_place(i, len(table)))
    return table[int(i)]


@lru_cache(maxsize=1024)
def taker(length: int) -> Op:
    """The row of `take` from so many numbers; written in ops, as halves to choose from."""

    def forward(i, *table):
        inside = less(-0.5, i) * less(i, length - 0.5)
        return where(inside, chosen(i, table, 0), math.nan)

    def partial(k):
        return lambda i, *_: equal(i, float(k))

    symbol = ", ".join(["{}"] * (length + 1))
    partials = (lambda *_: 0.0, *map(partial, range(length)))
    return Op(f"take {length}", f"take({symbol})", forward, partials)


def chosen(i, table, first: int):
    """The one of `table` at i, where its own places begin at `first`."""
    if len(table) == 1:
        return table[0]
    half = len(table) // 2
    left = chosen(i, table[:half], first)
    right = chosen(i, table[half:], first + half)
    return where(less(i, first + half - 0.5), left, right)


# ---------------------------------------------------------------------------------------- the operators


class Arithmetic:
    """Python's operators and the table's functions, for whatever defines `interpret(op, inputs)`.

    `interpret` returns NotImplemented for an input that it does not know, so that the other may try.
    """

    __slots__ = ()

    # fmt: off
    def __add__(self, other):       return self.interpret(add, (self, other))
    def __radd__(self, other):      return self.interpret(add, (other, self))
    def __sub__(self, other):       return self.interpret(sub, (self, other))
    def __rsub__(self, other):      return self.interpret(sub, (other, self))
    def __mul__(self, other):       return self.interpret(mul, (self, other))
    def __rmul__(self, other):      return self.interpret(mul, (other, self))
    def __truediv__(self, other):   return self.interpret(div, (self, other))
    def __rtruediv__(self, other):  return self.interpret(div, (other, self))
    def __pow__(self, other):       return self.interpret(pow, (self, other))
    def __rpow__(self, other):      return self.interpret(pow, (other, self))
    def __neg__(self):              return self.interpret(neg, (self,))
    def __pos__(self):              return self
    def __abs__(self):              return self.interpret(abs, (self,))

    def exp(self):                  return self.interpret(exp, (self,))
    def expm1(self):                return self.interpret(expm1, (self,))
    def log(self):                  return self.interpret(log, (self,))
    def log1p(self):                return self.interpret(log1p, (self,))
    def sqrt(self):                 return self.interpret(sqrt, (self,))
    def sin(self):                  return self.interpret(sin, (self,))
    def cos(self):                  return self.interpret(cos, (self,))
    def tanh(self):                 return self.interpret(tanh, (self,))
    def sigmoid(self):              return self.interpret(sigmoid, (self,))
    def softplus(self):             return self.interpret(softplus, (self,))
    def relu(self):                 return self.interpret(relu, (self,))
    def leaky_relu(self):           return self.interpret(leaky_relu, (self,))
    def elu(self):                  return self.interpret(elu, (self,))
    def gelu(self):                 return self.interpret(gelu, (self,))
    def erf(self):                  return self.interpret(erf, (self,))
    def abs(self):                  return self.interpret(abs, (self,))
    def step(self):                 return self.interpret(step, (self,))
    def sign(self):                 return self.interpret(sign, (self,))
    # these two have no operator that would let the other try, so they go through the dispatch
    def maximum(self, other):       return interpret(maximum, (self, other))
    def minimum(self, other):       return interpret(minimum, (self, other))
    # fmt: on


# -------------------------------------------------------------------------------------------- the table
# fmt: off
#                  name           symbol                computes           and changes by

add        = Op("add",        "{} + {}",            operator.add,      (lambda x, y, out: 1.0,
                                                                        lambda x, y, out: 1.0), "+")
sub        = Op("sub",        "{} - {}",            operator.sub,      (lambda x, y, out: 1.0,
                                                                        lambda x, y, out: -1.0), "-")
mul        = Op("mul",        "{} * {}",            operator.mul,      (lambda x, y, out: y,
                                                                        lambda x, y, out: x), "*")
div        = Op("div",        "{} / {}",            ieee.div,          (lambda x, y, out: div(1.0, y),
                                                                        lambda x, y, out: div(-out, y)), "/")
neg        = Op("neg",        "-{}",                operator.neg,      (lambda x, out: -1.0,))
# by y: 0 where x is 0 and y is not negative, in place of 0 * log(0)
pow        = Op("pow",        "{}**{}",             ieee.pow,
                (lambda x, y, out: where(y, slope(x, y), 0.0),
                 lambda x, y, out: where(maximum(abs(x), step(-y)), out * log(x), 0.0)), "**", power)
exp        = Op("exp",        "exp({})",            ieee.exp,          (lambda x, out: out,))
expm1      = Op("expm1",      "expm1({})",          ieee.expm1,        (lambda x, out: out + 1.0,))
log        = Op("log",        "log({})",            ieee.log,          (lambda x, out: div(1.0, x),))
log1p      = Op("log1p",      "log1p({})",          ieee.log1p,        (lambda x, out: div(1.0, x + 1.0),))
sqrt       = Op("sqrt",       "sqrt({})",           ieee.sqrt,         (lambda x, out: div(0.5, out),))
sin        = Op("sin",        "sin({})",            ieee.sin,          (lambda x, out: cos(x),))
cos        = Op("cos",        "cos({})",            ieee.cos,          (lambda x, out: -sin(x),))
tanh       = Op("tanh",       "tanh({})",           math.tanh,         (lambda x, out: 1.0 - out * out,))
sigmoid    = Op("sigmoid",    "sigmoid({})",        ieee.sigmoid,      (lambda x, out: out * (1.0 - out),))
softplus   = Op("softplus",   "softplus({})",       ieee.softplus,     (lambda x, out: sigmoid(x),))
relu       = Op("relu",       "relu({})",           lambda x: 0.0 if x <= 0.0 else x,
                                                                       (lambda x, out: step(x),), "ReLU")
leaky_relu = Op("leaky_relu", "leaky_relu({})",     lambda x: x if x > 0.0 else 0.01 * x,
                                                                       (lambda x, out: where(step(x), 1.0, 0.01),))
# exp(-relu(-x)), not exp(x): a derivative of this partial must not meet exp(1000)
elu        = Op("elu",        "elu({})",            lambda x: x if x > 0.0 else math.expm1(x),
                                                                       (lambda x, out: exp(-relu(-x)),))
gelu       = Op("gelu",       "gelu({})",           lambda x: 0.5 * x * (1.0 + erf(x * SQRT_HALF)),
                (lambda x, out: 0.5 * (1.0 + erf(x * SQRT_HALF)) + x * (ONE_OVER_SQRT_TWO_PI * exp(-0.5 * x * x)),))
erf        = Op("erf",        "erf({})",            math.erf,          (lambda x, out: TWO_OVER_SQRT_PI * exp(-(x * x)),))
abs        = Op("abs",        "abs({})",            math.fabs,         (lambda x, out: sign(x),))
maximum    = Op("maximum",    "maximum({}, {})",    ieee.maximum,      (lambda x, y, out: 0.5 + 0.5 * (less(y, x) - less(x, y)),
                                                                        lambda x, y, out: 0.5 + 0.5 * (less(x, y) - less(y, x))))
minimum    = Op("minimum",    "minimum({}, {})",    ieee.minimum,      (lambda x, y, out: 0.5 + 0.5 * (less(x, y) - less(y, x)),
                                                                        lambda x, y, out: 0.5 + 0.5 * (less(y, x) - less(x, y))))
step       = Op("step",       "step({})",           ieee.step,         (lambda x, out: 0.0,))
sign       = Op("sign",       "sign({})",           ieee.sign,         (lambda x, out: 0.0,))
less       = Op("less",       "({} < {})",          lambda x, y: float(x < y),
                                                                       (lambda x, y, out: 0.0,
                                                                        lambda x, y, out: 0.0), "<")
where      = Op("where",      "where({}, {}, {})",  lambda c, x, y: x if c else y,
                                                                       (lambda c, x, y, out: 0.0,
                                                                        lambda c, x, y, out: where(c, 1.0, 0.0),
                                                                        lambda c, x, y, out: where(c, 0.0, 1.0)))
equal      = Op("equal",      "({} == {})",         lambda x, y: float(x == y),
                                                                       (lambda x, y, out: 0.0,
                                                                        lambda x, y, out: 0.0), "==")
detach     = Op("detach",     "detach({})",         lambda x: x,       (lambda x, out: 0.0,))
# fmt: on

FAMILIES = {"pow": power, "take": taker}  # rows that are made when they are asked for: "pow 3"
OPS = {op.name: op for op in list(vars().values()) if isinstance(op, Op)}
