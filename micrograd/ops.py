"""The table of operations. Everything that is known about an op stands in its row, and nowhere else.

Rule 1: a partial, the derivative with respect to one input, is written in the ops' own language with
        the result `out` in scope, so that it runs on whatever the op runs on. It writes / and ** as
        `div` and `pow`, because Python's own raise on floats where IEEE 754 has an answer.
Rule 2: arithmetic is IEEE 754's: log(0) is -inf, 1/0 is inf, exp(1000) is inf, (-8)**(1/3) is nan.
        Nothing raises, and an op of a nan is a nan (but nan < x is 0, nan**0 is 1, where(nan, x, y) is x).
Rule 3: at corners the partials are PyTorch's: relu'(0) = 0, abs'(0) = 0, maximum and minimum split a tie.
        A partial of 0 times an infinite grad is nan, as in IEEE 754, also behind a closed relu.
Rule 4: None stands for a derivative that does not exist, as that of `step`: nothing is passed on, not
        even a 0 that could meet an infinity. Every interpreter skips such an edge, and no other.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from numbers import Real

from micrograd import errors, ieee
from micrograd.ieee import as_number

TYPE_CHECKING = False  # a type checker reads it as True; importing `typing` takes milliseconds
if TYPE_CHECKING:
    from typing import Any, SupportsFloat, TypeAlias, TypeVar, overload

    A = TypeVar("A", bound="Arithmetic")
    Function = Callable[..., Any]
    Operand: TypeAlias = "Arithmetic | SupportsFloat"

SQRT_HALF = math.sqrt(0.5)
TWO_OVER_SQRT_PI = 2.0 / math.sqrt(math.pi)
ONE_OVER_SQRT_TWO_PI = SQRT_HALF / math.sqrt(math.pi)
LEAK = 0.01  # the slope of leaky_relu below 0


@dataclass(frozen=True, eq=False, repr=False)
class Op:
    """An operation: how it is written, what it computes, and its partials.

    `Op(...)` is also how a user adds one, the counterpart of `torch.autograd.Function`:

    >>> square = Op("square", "square({})", lambda x: x * x, (lambda x, out: 2.0 * x,))
    >>> square(3.0)
    9.0

    Raises TypeError if `partials` is not a tuple.
    """

    name: str  # as in C, PyTorch and JAX
    template: str  # how people write it, with a {} for each input; "f" is short for "f({})"
    forward: Function  # from floats to a float; never raises
    # One for each input: (*inputs, out) -> d out / d input. None: there is no derivative.
    partials: tuple[Function | None, ...]
    symbol: str = ""  # on the op's disc in a picture, and `Value._op`; the name by default
    # Given a constant last input, return the op of one input less: `x**3` takes only x.
    with_constant: Callable[[Any], Op] | None = None
    family: str = ""  # of an op that a function makes when it is needed: "pow" for "pow 3"
    constant: Any = None  # the input that is part of such an op: 3 for "pow 3"

    def __post_init__(self) -> None:
        if not isinstance(self.partials, tuple):
            raise TypeError(errors.malformed_row(self.name))
        object.__setattr__(self, "symbol", self.symbol or self.name)
        if "{}" not in self.template:
            slots = ", ".join(["{}"] * len(self.partials))
            object.__setattr__(self, "template", f"{self.template}({slots})")

    if TYPE_CHECKING:

        @overload
        def __call__(self, *inputs: float) -> float: ...  # type: ignore[overload-overlap]
        @overload
        def __call__(self, *inputs: A | float) -> A: ...

    def __call__(self, *inputs: Any) -> Any:
        """Return the result: a float if all inputs are numbers, a Value if one is a Value.

        Raises TypeError for another number of inputs, or for an input that is no number.
        """
        return interpret(self, inputs)

    def __repr__(self) -> str:
        return f"Op({self.template})"

    def __deepcopy__(self, memo: object) -> Op:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the name alone. Raises GraphError for an op that cannot be found by its name."""
        if not is_row(self):
            raise errors.GraphError(errors.no_such_row(self.name))
        return op_named, (self.name,)


def interpret(op: Op, inputs: tuple[Any, ...]) -> Any:
    """Return the result of `op`, which the first input that knows how computes.

    This is the one point of dispatch. Raises TypeError for inputs that `op` cannot take.
    """
    if len(inputs) != len(op.partials):
        raise TypeError(errors.wrong_arity(op.name, len(op.partials), len(inputs)))
    for x in inputs:
        if type(x) is not float:
            break
    else:
        return op.forward(*inputs)  # numbers alone, as in most partials
    for x in inputs:
        if isinstance(x, Arithmetic):
            out = x.interpret(op, inputs)
            if out is not NotImplemented:
                return out
    # Blame an input that is neither a number nor an Arithmetic, if there is one.
    for x in sorted(inputs, key=lambda x: isinstance(x, Arithmetic)):
        if not isinstance(x, Real) and getattr(x, "shape", None) != ():
            raise TypeError(errors.unknown_input(op.name, x))
    return op.forward(*[float(as_number(x)) for x in inputs])


# ---------------------------------------------------------------------------------------- the table
# fmt: off
# From here on, `abs` and `pow` are rows of the table: in this file they hide Python's own functions.
#
#                  name           template              computes           and its partials

add        = Op("add",        "{} + {}",            operator.add,      (lambda x, y, out: 1.0,
                                                                        lambda x, y, out: 1.0), "+")
sub        = Op("sub",        "{} - {}",            operator.sub,      (lambda x, y, out: 1.0,
                                                                        lambda x, y, out: -1.0), "-")
mul        = Op("mul",        "{} * {}",            operator.mul,      (lambda x, y, out: y,
                                                                        lambda x, y, out: x), "*")
div        = Op("div",        "{} / {}",            ieee.div,          (lambda x, y, out: div(1.0, y),
                                                                        lambda x, y, out: div(-out, y)), "/")
neg        = Op("neg",        "-{}",                operator.neg,      (lambda x, out: -1.0,))
# with respect to y: 0 where x is 0 and y is not negative, instead of 0 * log(0)
pow        = Op("pow",        "{}**{}",             ieee.pow,
                (lambda x, y, out: where(y, y * pow(x, y - 1.0), 0.0),  # where y is 0, x**y is 1 everywhere
                 lambda x, y, out: where(maximum(abs(x), step(-y)), out * log(x), 0.0)), "**", lambda exponent: pow_op(exponent))
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
leaky_relu = Op("leaky_relu", "leaky_relu({})",     lambda x: maximum(x, LEAK * x),
                                                                       (lambda x, out: where(less(0.0, x), 1.0, LEAK),))
# exp(-relu(-x)), not exp(x): exp(1000) must not appear in the derivative of this partial
elu        = Op("elu",        "elu({})",            lambda x: x if x > 0.0 else math.expm1(x),
                                                                       (lambda x, out: exp(-relu(-x)),))
gelu       = Op("gelu",       "gelu({})",           lambda x: 0.5 * x * (1.0 + erf(x * SQRT_HALF)),
                (lambda x, out: 0.5 * (1.0 + erf(x * SQRT_HALF)) + x * (ONE_OVER_SQRT_TWO_PI * exp(-0.5 * x * x)),))
erf        = Op("erf",        "erf({})",            math.erf,          (lambda x, out: TWO_OVER_SQRT_PI * exp(-(x * x)),))
abs        = Op("abs",        "abs({})",            math.fabs,         (lambda x, out: sign(x),))
maximum    = Op("maximum",    "maximum({}, {})",    ieee.maximum,      (lambda x, y, out: 1.0 - less(x, y) - 0.5 * equal(x, y),
                                                                        lambda x, y, out: 1.0 - less(y, x) - 0.5 * equal(x, y)))
minimum    = Op("minimum",    "minimum({}, {})",    ieee.minimum,      (lambda x, y, out: 1.0 - less(y, x) - 0.5 * equal(x, y),
                                                                        lambda x, y, out: 1.0 - less(x, y) - 0.5 * equal(x, y)))
step       = Op("step",       "step({})",           lambda x: x if x != x else float(x > 0.0),                       (None,))
sign       = Op("sign",       "sign({})",           lambda x: x if x != x else float((x > 0.0) - (x < 0.0)),         (None,))
less       = Op("less",       "({} < {})",          lambda x, y: float(x < y),
                                                                       (None, None), "<")
where      = Op("where",      "where({}, {}, {})",  lambda c, x, y: x if c else y,
                                                                       (None,
                                                                        lambda c, x, y, out: where(c, 1.0, 0.0),
                                                                        lambda c, x, y, out: where(c, 0.0, 1.0)))
equal      = Op("equal",      "({} == {})",         lambda x, y: float(x == y),
                                                                       (None, None), "==")
detach     = Op("detach",     "detach({})",         lambda x: x,       (None,))
# fmt: on


# ------------------------------------------------------------------------------------ the operators

# fmt: off
OPERATORS: dict[str, Function] = {  # NumPy's names for Python's operators; its other names are those of the rows
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul, "divide": operator.truediv,
    "power": operator.pow, "float_power": operator.pow, "square": lambda x: x * x,
    "negative": operator.neg, "positive": operator.pos, "absolute": operator.abs, "fabs": operator.abs,
    "less": operator.lt, "less_equal": operator.le, "greater": operator.gt, "greater_equal": operator.ge,
    "equal": operator.eq, "not_equal": operator.ne,
}
# fmt: on


class Arithmetic:
    """Python's operators and the table's functions, for a class that defines `interpret`.

    `interpret(op, inputs)` returns the result, or NotImplemented for an input that it does not know:
    then the other input may try. The methods are written out, so that editors complete them.
    """

    __slots__ = ()

    if TYPE_CHECKING:

        def interpret(self: A, op: Op, inputs: tuple[Any, ...]) -> A: ...

    # fmt: off
    def __add__(self: A, other: Operand) -> A:          return self.interpret(add, (self, other))
    def __radd__(self: A, other: Operand) -> A:         return self.interpret(add, (other, self))
    def __sub__(self: A, other: Operand) -> A:          return self.interpret(sub, (self, other))
    def __rsub__(self: A, other: Operand) -> A:         return self.interpret(sub, (other, self))
    def __mul__(self: A, other: Operand) -> A:          return self.interpret(mul, (self, other))
    def __rmul__(self: A, other: Operand) -> A:         return self.interpret(mul, (other, self))
    def __truediv__(self: A, other: Operand) -> A:      return self.interpret(div, (self, other))
    def __rtruediv__(self: A, other: Operand) -> A:     return self.interpret(div, (other, self))
    def __pow__(self: A, other: Operand) -> A:          return self.interpret(pow, (self, other))
    def __rpow__(self: A, other: Operand) -> A:         return self.interpret(pow, (other, self))
    def __neg__(self: A) -> A:                          return self.interpret(neg, (self,))
    def __pos__(self: A) -> A:                          return self
    def __abs__(self: A) -> A:                          return self.interpret(abs, (self,))

    def exp(self: A) -> A:                              return self.interpret(exp, (self,))
    def expm1(self: A) -> A:                            return self.interpret(expm1, (self,))
    def log(self: A) -> A:                              return self.interpret(log, (self,))
    def log1p(self: A) -> A:                            return self.interpret(log1p, (self,))
    def sqrt(self: A) -> A:                             return self.interpret(sqrt, (self,))
    def sin(self: A) -> A:                              return self.interpret(sin, (self,))
    def cos(self: A) -> A:                              return self.interpret(cos, (self,))
    def tanh(self: A) -> A:                             return self.interpret(tanh, (self,))
    def sigmoid(self: A) -> A:                          return self.interpret(sigmoid, (self,))
    def softplus(self: A) -> A:                         return self.interpret(softplus, (self,))
    def relu(self: A) -> A:                             return self.interpret(relu, (self,))
    def leaky_relu(self: A) -> A:                       return self.interpret(leaky_relu, (self,))
    def elu(self: A) -> A:                              return self.interpret(elu, (self,))
    def gelu(self: A) -> A:                             return self.interpret(gelu, (self,))
    def erf(self: A) -> A:                              return self.interpret(erf, (self,))
    def abs(self: A) -> A:                              return self.interpret(abs, (self,))
    def square(self: A) -> A:                           return self.interpret(mul, (self, self))
    def step(self: A) -> A:                             return self.interpret(step, (self,))
    def sign(self: A) -> A:                             return self.interpret(sign, (self,))
    # no operator would let the other input of these two try, so they go through the dispatch
    def maximum(self: A, other: Operand) -> A:          return interpret(maximum, (self, other))
    def minimum(self: A, other: Operand) -> A:          return interpret(minimum, (self, other))
    # fmt: on

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """Apply what NumPy calls `ufunc`: np.exp(v) is exp(v), and np.float64(2) * v is 2.0 * v.

        Raises TypeError for an array, and for a function that is neither an operator nor an op.
        """
        name = ufunc.__name__
        numbers = []
        for x in inputs:
            if getattr(x, "shape", ()):
                raise TypeError(errors.array_meets_value(x))
            numbers.append(x if isinstance(x, Arithmetic) else as_number(x))
        if options or method != "__call__" or name not in NUMPY_NAMES:
            raise TypeError(errors.no_such_ufunc(name))
        return NUMPY_NAMES[name](*numbers)


# ---------------------------------------------------------------------- families of rows, and names


def raise_to(exponent: float) -> Function:
    return lambda x: ieee.pow(x, exponent) if type(x) is float else pow(x, exponent)


@lru_cache(maxsize=1024, typed=True)  # typed: "**3" and "**3.0" are two symbols
def pow_op(exponent: float) -> Op:
    """Return the row of `x**3`: the exponent is part of the op, so nothing ever asks for log(x)."""
    lower = raise_to(exponent - 1.0)
    return Op(
        name=f"pow {exponent}",
        template=f"{{}}**{exponent}",
        forward=raise_to(exponent),
        partials=(lambda x, out: exponent * lower(x) if exponent else 0.0,),
        symbol=f"**{exponent}",
        family="pow",
        constant=exponent,
    )


def take(table: Sequence[Any], i: Any) -> Any:
    """Return table[i], a number or a row, for a number `i`; in a compiled function `i` may be traced.

    It is differentiable with respect to the table. Raises IndexError for a number that is not one of
    0, 1, ..., len(table) - 1. For such a Value, and in compiled code, the result is nan.

    >>> take([0.5, 1.5, 2.5], 2)
    2.5
    """
    if isinstance(i, Arithmetic):
        if isinstance(table[0], list | tuple):
            return [take(column, i) for column in zip(*table, strict=True)]
        return interpret(take_op(len(table)), (i, *table))
    if not hasattr(i, "__float__") or not 0 <= i < len(table) or i != int(i):
        raise IndexError(errors.no_such_place(i, len(table)))
    return table[int(i)]


@lru_cache(maxsize=1024)
def take_op(length: int) -> Op:
    """Return the row of `take` from `length` numbers, written in ops: a binary search by `where`."""
    places = [float(k) for k in range(length)]

    def forward(i: Any, *table: Any) -> Any:
        nearest = select_by_index(i, places, 0)
        return where(equal(i, nearest), select_by_index(i, table, 0), math.nan)

    return Op(
        name=f"take {length}",
        template="take",
        forward=forward,
        partials=(None, *[lambda i, *_, k=k: equal(i, k) for k in places]),
        family="take",
    )


def select_by_index(
    i: Any,
    table: Sequence[Any],
    first: int,
) -> Any:
    """Return the entry of `table` at index i, where its first entry has the index `first`."""
    if len(table) == 1:
        return table[0]
    half = len(table) // 2
    middle = first + half
    left = select_by_index(i, table[:half], first)
    right = select_by_index(i, table[half:], middle)
    return where(less(i, middle - 0.5), left, right)


# Functions that make a row when somebody needs it: "pow 3".
FAMILIES: dict[str, Function] = {"pow": pow_op, "take": take_op}
OPS = {op.name: op for op in [*vars().values()] if isinstance(op, Op)}
NUMPY_NAMES: dict[str, Function] = {**OPS, **OPERATORS}


def op_named(name: str) -> Op:
    """Return the row of the table called `name`; "pow 3" is the row of x**3.

    Raises GraphError if there is none.

    >>> op_named("pow 3")
    Op({}**3)
    """
    if name in OPS:
        return OPS[name]
    family, _, text = name.partition(" ")
    number = int if text.lstrip("-").isdigit() else float
    try:
        return FAMILIES[family](number(text))
    except (KeyError, ValueError, TypeError, OverflowError):
        raise errors.GraphError(errors.no_such_row(name)) from None


row = op_named  # the name in pickles that earlier versions wrote


def is_row(op: Op) -> bool:
    """Return whether `op_named` finds `op` by its name."""
    return OPS.get(op.name) is op or op.family in FAMILIES
