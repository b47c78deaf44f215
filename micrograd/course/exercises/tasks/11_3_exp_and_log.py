"""Exp and log, and what they pass back

This `Value` can multiply. Teach it `a.exp()` and `a.log()`, the natural logarithm. In each of them
make `out`, the Value of the result, which remembers self as its input, and define the function
`_backward`, which adds to self.grad what self receives. At a = 2.0, `a.exp()` is about 7.389056
and `a.log()` about 0.693147.
"""

import math


class Value:
    def __init__(self, data, inputs=()):
        self.data, self.grad, self.inputs = data, 0.0, inputs
        self._backward = lambda: None

    def __mul__(self, other):
        out = Value(self.data * other.data, (self, other))

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def exp(self):
        # <solution>
        out = Value(math.exp(self.data), (self,))

        def _backward():
            self.grad += out.data * out.grad

        # </solution>
        out._backward = _backward
        return out

    def log(self):
        # <solution>
        out = Value(math.log(self.data), (self,))

        def _backward():
            self.grad += out.grad / self.data

        # </solution>
        out._backward = _backward
        return out

    def backward(self):
        order = []

        def visit(node):
            if node not in order:
                for x in node.inputs:
                    visit(x)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            node._backward()


# <checker>
from math import exp, log, log2, log10

from micrograd.course.exercises.checking import Wrong, compare

HINTS = (
    "Write them like `__mul__`, but with one input. What are the slopes of exp and log?",
    "exp is its own slope, and you already have out.data. The slope of log at x is 1 / x.",
    "In exp: self.grad += out.data * out.grad. In log the factor is 1 / self.data.",
)
EXP = """
out = Value(math.exp(self.data), (self,))
def _backward():
    """
LOG = """
out = Value(math.log(self.data), (self,))
def _backward():
    """
RIGHT_EXP = EXP + "self.grad += out.data * out.grad"
RIGHT_LOG = LOG + "self.grad += out.grad / self.data"
RIGHT = (
    (
        "from math import exp\nout = Value(exp(self.data), (self,))\ndef _backward():\n"
        "    self.grad += exp(self.data) * out.grad",
        LOG + "self.grad += self.data**-1 * out.grad",
    ),
    (
        EXP.replace("math.exp(self.data)", "math.e**self.data")
        + "self.grad += out.grad * out.data",
        LOG + "self.grad += math.exp(-out.data) * out.grad",
    ),
)
WRONG = {
    (EXP + "self.grad += self.data * out.data * out.grad", RIGHT_LOG): "no factor x in front",
    (EXP + "self.grad += self.data * math.exp(self.data - 1) * out.grad", RIGHT_LOG): "for powers",
    (EXP + "self.grad += self.data * out.grad", RIGHT_LOG): "out.data, not self.data",
    (EXP + "self.grad += out.grad", RIGHT_LOG): "only out.grad",
    (RIGHT_EXP, LOG + "self.grad += 1 / out.data * out.grad"): "1 / self.data, not 1 / out.data",
    (RIGHT_EXP, LOG + "self.grad += 1 // self.data * out.grad"): "`//`",
    (RIGHT_EXP, LOG + "self.grad += self.data * out.grad"): "not self.data",
    (EXP + "self.grad = out.data * out.grad", RIGHT_LOG): "exp: this looks like = instead",
    (RIGHT_EXP, LOG + "self.grad = out.grad / self.data"): "log: this looks like = instead",
    (EXP + "self.grad += out.data", RIGHT_LOG): "exp: the factor out.grad is missing",
    (RIGHT_EXP, LOG + "self.grad += 1 / self.data"): "log: the factor out.grad is missing",
    (
        RIGHT_EXP,
        """
        out = Value(math.log10(self.data), (self,))
        def _backward():
            self.grad += out.grad / self.data
        """,
    ): "natural logarithm",
    (
        RIGHT_EXP,
        "out = Value(math.log(self.data))\ndef _backward():\n    pass",
    ): "must add its slope",
    (
        RIGHT_EXP,
        LOG.replace(", (self,)", "") + "self.grad += out.grad / self.data",
    ): "remember a * b",
    (EXP.replace("self.data)", "self)") + "self.grad += out.data * out.grad", RIGHT_LOG): (
        "plain numbers, not Values"
    ),
    (EXP.replace("(self,)", "(self)") + "self.grad += out.data * out.grad", RIGHT_LOG): (
        "with a comma"
    ),
    (RIGHT_EXP, LOG + "self.grad -= out.grad / self.data"): "log: the sign",
    (RIGHT_EXP, LOG + "self.grad += out.data * out.grad"): "the log itself",
}
AFTER = {
    "another": RIGHT[1],
    "remark": "exp(-log(x)) is 1 / x: the slope of log follows from its result, too, as that of "
    "exp and tanh does.",
}
FUNCTIONS = {"exp": (exp, exp), "log": (log, lambda x: 1 / x)}
POINTS = [(2.5, 7.0), (0.3, -1.3), (1.7, 0.6), (1.0, 2.2), (4.5, -0.4)]


def grads(Value, f, *point):
    """Return the grads of leaves at this point, after backward() of f of them."""
    leaves = [Value(x) for x in point]
    f(*leaves).backward()
    return [x.grad for x in leaves]


def check_the_data(Value):
    """the data of a.exp() and a.log()"""
    for out in (Value(2.0).exp(), Value(2.0).log()):
        if not isinstance(out.inputs, tuple | list) or not all(
            type(x) is Value for x in out.inputs
        ):
            raise Wrong("the inputs of out must be a tuple of Values: write (self,), with a comma.")
    base = "use math.log, the natural logarithm, not one of base"
    compare(
        lambda x: Value(x).exp(), exp, [(2.0,), (0.3,), (-1.5,), (0.0,)], "out.data",
        "out = Value({}).exp()", {"that is 2**x: use math.exp": lambda x: 2**x},
    )  # fmt: skip
    compare(
        lambda x: Value(x).log(), log, [(2.0,), (0.3,), (1.0,), (4.5,)], "out.data",
        "out = Value({}).log()", {f"{base} 10": log10, f"{base} 2": log2},
    )  # fmt: skip


def check_on_the_way(Value):
    """a.grad after backward() of a.exp() * b, and of a.log() * b"""
    for name, (function, slope) in FUNCTIONS.items():
        compare(
            lambda a, b, name=name: grads(Value, lambda a, b: getattr(a, name)() * b, a, b),
            lambda a, b, f=function, slope=slope: [slope(a) * b, f(a)],
            POINTS,
            "a.grad b.grad",
            f"a = {{}}, b = {{}}, and backward() of a.{name}() * b",
            {
                f"{name}: the factor out.grad is missing": (
                    lambda a, b, slope=slope: [slope(a), None]
                ),
                f"{name}: the sign is wrong: it goes up everywhere": (
                    lambda a, b, slope=slope: [-slope(a) * b, None]
                ),
                f"{name}: a receives nothing: _backward must add its slope times out.grad to "
                "self.grad": (lambda a, b: [0.0, None]),
                f"{name}: a receives only out.grad: the slope is missing": lambda a, b: [b, None],
                **OWN[name],
            },
            lambda a, b: {"out.grad": b, "self.data": a},
        )


OWN = {
    "exp": {
        "exp is its own slope: there is no factor x in front": (
            lambda a, b: [a * exp(a) * b, None]
        ),
        "that is the rule for powers: in exp(x) the x is in the exponent": (
            lambda a, b: [a * exp(a - 1) * b, None]
        ),
        "exp: the slope is out.data, not self.data": lambda a, b: [a * b, None],
    },
    "log": {
        "the slope of log is 1 / self.data, not 1 / out.data": (
            lambda a, b: [b / log(a) if a != 1 else None, None]
        ),
        "the slope of log is 1 / self.data, not self.data": lambda a, b: [a * b, None],
        "log: that is the log itself: the slope is 1 / self.data": (
            lambda a, b: [log(a) * b, None]
        ),
    },
}


def check_a_product(Value):
    """(a * b).exp() and (a * b).log(), which have to remember their input"""
    for name, (_, slope) in FUNCTIONS.items():
        compare(
            lambda a, b, name=name: grads(Value, lambda a, b: getattr(a * b, name)(), a, b),
            lambda a, b, slope=slope: [slope(a * b) * b, slope(a * b) * a],
            [(1.5, 0.8), (0.7, 1.9), (2.1, 1.2)],
            "a.grad b.grad",
            f"a = {{}}, b = {{}}, and backward() of (a * b).{name}()",
            {
                f"{name}: a and b receive nothing: out has to remember a * b, as its input": (
                    lambda a, b: [0.0, 0.0]
                ),
            },
        )


def check_used_twice(Value):
    """a.exp() * a and a.log() * a, where a is used twice"""
    for name, (function, slope) in FUNCTIONS.items():
        compare(
            lambda a, name=name: grads(Value, lambda a: getattr(a, name)() * a, a)[0],
            lambda a, f=function, slope=slope: slope(a) * a + f(a),
            [(1.7,), (0.6,), (2.3,)],
            "a.grad",
            f"a = {{}}, and backward() of a.{name}() * a",
            {
                f"{name}: this looks like = instead of +=, and a is used twice": (
                    lambda a, slope=slope: slope(a) * a
                ),
            },
        )


# </checker>
