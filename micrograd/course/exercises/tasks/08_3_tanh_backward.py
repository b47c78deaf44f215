"""What tanh passes back

You are given a Value that has tanh. Write the `_backward` of its result: the slope of tanh follows
from the result alone (it is 1 minus the square of the result). Add (+=) that slope times `out.grad`
to `self.grad`.

With a = Value(0.5), b = a.tanh(), whose data is 0.462117, and b.grad = 3.0, b._backward() makes
a.grad 2.359343.
"""

import math


class Value:
    def __init__(self, data):
        self.data = data
        self.grad = 0.0
        self._backward = lambda: None

    def tanh(self):
        out = Value(math.tanh(self.data))

        def _backward():
            # <solution>
            self.grad += (1 - out.data**2) * out.grad
            # </solution>

        out._backward = _backward
        return out


# <checker>
from math import tanh

from micrograd.course.exercises.checking import compare
from micrograd.course.exercises.closures import receive

HINTS = (
    "Inside `_backward`, which number is the result of tanh: self.data, or out.data?",
    "The partial is 1 - out.data**2; pass on the partial times out.grad.",
    "Write one line: self.grad += (...) * out.grad, with the partial in the parentheses.",
)
RIGHT = (
    "self.grad += out.grad / math.cosh(self.data) ** 2",
    "t = math.tanh(self.data)\nself.grad += out.grad * (1 - t) * (1 + t)",
)
WRONG = {
    "self.grad += (1 - self.data**2) * out.grad": "the input instead of the result",
    "self.grad += 1 - out.data**2": "out.grad is missing",
    "self.grad += (1 - out.data) * out.grad": "the square",
    "self.grad = (1 - out.data**2) * out.grad": "= instead of +=",
    "self.grad =+ (1 - out.data**2) * out.grad": "in the wrong order",
    "self.grad += 1 - out.data**2 * out.grad": "parentheses",
    "self.grad += out.data**2 * out.grad": "1 minus",
    "self.grad += (out.data**2 - 1) * out.grad": "sign",
    "self.grad += out.data * out.grad": "instead of its slope",
    "self.grad += out.grad": "a slope of 1",
    "self.grad += (1 - math.tanh(out.data) ** 2) * out.grad": "twice",
    "out.grad += (1 - out.data**2) * self.grad": "may change only the grads",
    "return (1 - out.data**2) * out.grad": "nothing is passed on",
    "self.grad += (1 - out**2) * out.grad": "no `**` between",
    "self.grad += (1 - out.data^2) * out.grad": "a power is `**`",
    "self.grad += (1 + out.data**2) * out.grad": "1 plus",
    "self.grad += (1 - math.tanh(self.data**2)) * out.grad": "tanh of the square",
    "self.grad += out.data * (1 - out.data) * out.grad": "the slope of the sigmoid",
    "self.grad += 2.359343": "constant",
    "self.grad += (1 - out.data**2) * self.grad": "own grad",
    "self.grad += (1 - out.data**2) + out.grad": "multiply",
    "self.grad += (1 - out.data * 2) * out.grad": "doubled",
}
AFTER = {
    "another": RIGHT[0],
    "remark": "1 / cosh(x)**2 is the same slope. With out.data no function has to be computed "
    "again: the forward pass has done it.",
}
POINTS = [
    (0.5, 3.0, 1.6), (-0.8, 3.0, 20.0), (1.2, -1.7, 0.6), (0.0, 2.3, -1.1), (-2.1, 0.9, 4.2),
]  # fmt: skip


def with_slope(slope):
    """Return the grad of the input for another slope of tanh."""
    return lambda x, grad, own: own + slope(x, tanh(x)) * grad


def check_grads(Value):
    """b = a.tanh(): b._backward() for several a and b.grad, when a has a grad already"""
    compare(
        lambda x, grad, own: receive(Value, lambda a: a.tanh(), [x], grad, [own])[0],
        with_slope(lambda x, t: 1 - t * t),
        POINTS,
        "a.grad",
        "a = {}, b = a.tanh(), b.grad = {}, and a grad of {} from another use",
        {
            "this looks like = instead of +=: the grad from another use is lost": (
                lambda x, grad, own: (1 - tanh(x) ** 2) * grad
            ),
            "nothing is passed on to a": lambda x, grad, own: own,
            "that is 1 - x**2 with the input instead of the result, out.data": with_slope(
                lambda x, t: 1 - x * x
            ),
            "out.grad is missing: that is only the slope of tanh": (
                lambda x, grad, own: own + 1 - tanh(x) ** 2
            ),
            "that is 1 - out.data: the square is missing": with_slope(lambda x, t: 1 - t),
            "put parentheses around the slope: * comes before -": (
                lambda x, grad, own: own + 1 - tanh(x) ** 2 * grad
            ),
            "that is the square of the result: the slope is 1 minus that square": with_slope(
                lambda x, t: t * t
            ),
            "that is 1 minus tanh of the square: square the result, out.data": with_slope(
                lambda x, t: 1 - tanh(x * x)
            ),
            "that is 1 plus the square of the result: it is 1 minus": with_slope(
                lambda x, t: 1 + t * t
            ),
            "the result is doubled, not squared: write **2": with_slope(lambda x, t: 1 - 2 * t),
            "that is the slope of the sigmoid, out * (1 - out): the slope of tanh is 1 - out**2": (
                with_slope(lambda x, t: t * (1 - t))
            ),
            "the sign is reversed: tanh goes up everywhere": with_slope(lambda x, t: t * t - 1),
            "that is the result of tanh instead of its slope": with_slope(lambda x, t: t),
            "that is a slope of 1: tanh is less steep than that": with_slope(lambda x, t: 1),
            "tanh is applied twice: out.data is already the result": with_slope(
                lambda x, t: 1 - tanh(t) ** 2
            ),
            "the slope is multiplied by a's own grad: what flows back is out.grad": (
                lambda x, grad, own: own + (1 - tanh(x) ** 2) * own
            ),
            "out.grad is added to the slope: multiply them": (
                lambda x, grad, own: own + 1 - tanh(x) ** 2 + grad
            ),
            "a constant is added, whatever a and b.grad are: are the numbers of the example "
            "written in?": lambda x, grad, own: own + 2.359343,
        },
        lambda x, grad, own: {"out.grad": grad, "out.data": tanh(x)},
    )


def check_two_uses(Value):
    """tanh of tanh, and b = a.tanh() and c = a.tanh(), both passing back to a"""

    def uses(x, first, second):
        a = Value(x)
        b, c = a.tanh(), a.tanh()
        b.grad, c.grad = first, second
        b._backward()
        c._backward()
        return a.grad

    compare(
        uses,
        lambda x, first, second: (1 - tanh(x) ** 2) * (first + second),
        [(1.2, 4.0, -1.5), (-0.3, 0.7, 2.2)],
        "a.grad",
        "a = {}, two uses, and grads of {} and {}",
    )

    def twice(x, grad):
        a = Value(x)
        b = a.tanh()
        c = b.tanh()
        c.grad = grad
        c._backward()
        b._backward()
        return a.grad

    compare(
        twice,
        lambda x, grad: (1 - tanh(tanh(x)) ** 2) * (1 - tanh(x) ** 2) * grad,
        [(-0.9, 2.0), (0.4, -1.3)],
        "a.grad",
        "a = {}, c = a.tanh().tanh() and c.grad = {}",
    )


# </checker>
