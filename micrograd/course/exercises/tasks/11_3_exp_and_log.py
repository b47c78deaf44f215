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
import random

from micrograd.course.exercises.checking import Wrong, near, number, recognise, slope

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
WRONG = {
    (EXP + "self.grad += self.data * out.data * out.grad", RIGHT_LOG): "exp is its own slope",
    (EXP + "self.grad += self.data * math.exp(self.data - 1) * out.grad", RIGHT_LOG): "for powers",
    (RIGHT_EXP, LOG + "self.grad += 1 / out.data * out.grad"): "1 / self.data, not 1 / out.data",
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
    (RIGHT_EXP, "out = Value(math.log(self.data))\ndef _backward():\n    pass"): "must add to",
    (
        RIGHT_EXP,
        LOG.replace(", (self,)", "") + "self.grad += out.grad / self.data",
    ): "remember a * b",
}


def grads(f, *point):
    """Return the grads of leaves at this point, after backward() of f of them."""
    leaves = [Value(x) for x in point]
    f(*leaves).backward()
    return [x.grad for x in leaves]


def check_the_data():
    """the data of a.exp() and a.log()"""
    for out in (Value(2.0).exp(), Value(2.0).log()):
        if not isinstance(out.inputs, tuple | list) or not all(
            type(x) is Value for x in out.inputs
        ):
            raise Wrong("the inputs of out must be a tuple of Values: write (self,), with a comma.")
    for x in (2.0, 0.3, 1.0, 4.5):
        near(number(Value(x).exp()), math.exp(x), f"the data of Value({x}).exp()")
        answer = number(Value(x).log())
        if x != 1.0:  # where every logarithm is 0
            other_base = "use math.log, the natural logarithm, not one of base 10 or 2"
            recognise(answer, {other_base: math.log10(x)})
            recognise(answer, {other_base: math.log2(x)})
        near(answer, math.log(x), f"the data of Value({x}).log()")
    near(number(Value(-1.5).exp()), math.exp(-1.5), "the data of Value(-1.5).exp()")


def check_exp_alone():
    """a.grad after a.exp().backward(), at a = 2.5"""
    answer, x = grads(lambda a: a.exp(), 2.5)[0], 2.5
    recognise(
        answer,
        {
            "exp is its own slope: there is no factor x in front": x * math.exp(x),
            "that is the rule for powers: in exp(x) the x is in the exponent": x * math.exp(x - 1),
            "exp: a receives nothing: _backward must add to self.grad": 0.0,
            "exp: the slope is out.data, not self.data": x,
            "exp: a receives only out.grad: the slope, out.data, is missing": 1.0,
        },
    )
    near(answer, math.exp(x), "a.grad after a.exp().backward(), at a = 2.5")


def check_log_alone():
    """a.grad after a.log().backward(), at a = 2.5"""
    answer, x = grads(lambda a: a.log(), 2.5)[0], 2.5
    recognise(
        answer,
        {
            "the slope of log is 1 / self.data, not 1 / out.data": 1 / math.log(x),
            "the slope of log is 1 / self.data, not self.data": x,
            "log: a receives nothing: _backward must add to self.grad": 0.0,
            "log: that is the log itself: the slope is 1 / self.data": math.log(x),
            "log: a receives only out.grad: the slope, 1 / self.data, is missing": 1.0,
        },
    )
    near(answer, 1 / x, "a.grad after a.log().backward(), at a = 2.5")


def check_on_the_way():
    """a.exp() * b and a.log() * b, where they are not the last operation"""
    a, b = 1.5, 7.0
    for name, out, at in (("exp", math.exp(a), math.exp(a)), ("log", math.log(a), 1 / a)):
        answer = grads(lambda a, b, name=name: getattr(a, name)() * b, a, b)
        recognise(answer, {f"{name}: the factor out.grad is missing": [at, out]})
        near(answer, [at * b, out], f"[a.grad, b.grad] of a.{name}() * b, at 1.5 and 7")


def check_a_product():
    """(a * b).exp() and (a * b).log(), which have to remember their input"""
    a, b = 1.5, 0.8
    for name, at in (("exp", math.exp(a * b)), ("log", 1 / (a * b))):
        answer = grads(lambda a, b, name=name: getattr(a * b, name)(), a, b)
        forgets = f"{name}: a and b receive nothing: out has to remember a * b, as its input"
        recognise(answer, {forgets: [0.0, 0.0]})
        near(answer, [at * b, at * a], f"[a.grad, b.grad] of (a * b).{name}()")


def check_used_twice():
    """a.exp() * a and a.log() * a, where a is used twice"""
    a = 1.7
    for name, out, at in (("exp", math.exp(a), math.exp(a)), ("log", math.log(a), 1 / a)):
        answer = grads(lambda a, name=name: getattr(a, name)() * a, a)[0]
        recognise(answer, {f"{name}: this looks like = instead of +=, and a is used twice": at * a})
        near(answer, at * a + out, f"a.grad of a.{name}() * a, at a = 1.7")


def check_other_graphs():
    """(a.exp() * b.log()).log() * b.exp() * a, at random points, compared with slopes"""
    chance = random.Random(12)

    def f(a, b):
        return (a.exp() * b.log()).log() * b.exp() * a

    for _ in range(5):
        point = [chance.uniform(0.3, 2.0), chance.uniform(1.1, 2.0)]
        slopes = [slope(lambda a, b: f(Value(a), Value(b)), point, i) for i in range(2)]
        where = f"a = {point[0]:.4f} and b = {point[1]:.4f}"
        what = "the gradient of (a.exp() * b.log()).log() * b.exp() * a at"
        near(grads(f, *point), slopes, f"{what} {where}", 1e-5)


# </checker>
