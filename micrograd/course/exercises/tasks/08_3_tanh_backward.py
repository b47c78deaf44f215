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
import random
from math import isclose, tanh

from micrograd.course.exercises.checking import Wrong, near, number, recognise, slope

HINTS = (
    "Inside `_backward`, which number is the result of tanh: self.data, or out.data?",
    "The partial is 1 - out.data**2; pass on the partial times out.grad.",
    "Write one line: self.grad += (...) * out.grad, with the partial in the parentheses.",
)
WRONG = {
    "self.grad += (1 - self.data**2) * out.grad": "the input instead of the result",
    "self.grad += 1 - out.data**2": "out.grad is missing",
    "self.grad += (1 - out.data) * out.grad": "the square",
    "self.grad = (1 - out.data**2) * out.grad": "= instead of +=",
    "self.grad += 1 - out.data**2 * out.grad": "parentheses",
    "self.grad += out.data**2 * out.grad": "1 minus",
    "self.grad += (out.data**2 - 1) * out.grad": "sign",
    "self.grad += out.data * out.grad": "instead of its slope",
    "self.grad += out.grad": "a slope of 1",
    "self.grad += (1 - math.tanh(out.data) ** 2) * out.grad": "twice",
    "out.grad += (1 - out.data**2) * self.grad": "nothing is passed on",
    "return (1 - out.data**2) * out.grad": "nothing is passed on",
}


def check_one_tanh():
    """a = 0.5, b = a.tanh(), b.grad = 3"""
    answer, t = grad_after(0.5, 3.0, 0.0), tanh(0.5)
    recognise(
        answer,
        {
            "nothing is passed on to a": 0,
            "that is 1 - x**2 with the input instead of the result, out.data": (1 - 0.25) * 3,
            "out.grad is missing: that is only the slope of tanh": 1 - t**2,
            "that is 1 - out.data: the square is missing": (1 - t) * 3,
            "put parentheses around the slope: * comes before -": 1 - t**2 * 3,
            "that is the square of the result: the slope is 1 minus that square": t**2 * 3,
            "the sign is reversed: tanh goes up everywhere": (t**2 - 1) * 3,
            "that is the result of tanh instead of its slope": t * 3,
            "that is a slope of 1: tanh is less steep than that": 3,
            "tanh is applied twice: out.data is already the result": (1 - tanh(t) ** 2) * 3,
        },
    )
    near(answer, (1 - t**2) * 3, "a.grad for a = 0.5, b = a.tanh() and b.grad = 3")


def check_what_was_there_before():
    """a that already has a grad of 20 from another use"""
    answer, from_this_use = grad_after(-0.8, 3.0, 20.0), (1 - tanh(-0.8) ** 2) * 3
    recognise(
        answer,
        {"this looks like = instead of +=: the 20 from another use is lost": from_this_use},
    )
    near(answer, 20 + from_this_use, "a.grad for a = -0.8 and b.grad = 3, when a.grad was 20")


def check_two_uses():
    """b = a.tanh() and c = a.tanh(), both passing back to a"""
    a = Value(1.2)
    b, c = a.tanh(), a.tanh()
    b.grad, c.grad = 4.0, -1.5
    b._backward()
    c._backward()
    near(number(a.grad), (1 - tanh(1.2) ** 2) * 2.5, "a.grad for a = 1.2 and grads of 4 and -1.5")


def check_other_numbers():
    """other numbers, compared with the slope of tanh over a small distance; and tanh of tanh"""
    chance = random.Random(7)
    for _ in range(20):
        x, grad, before = (chance.uniform(-3, 3) for _ in range(3))
        what = f"what a.grad receives for a = {x:.4g} and b.grad = {grad:.4g}"
        near(grad_after(x, grad, before) - before, slope(tanh, (x,), 0) * grad, what, rel=1e-7)
    a = Value(-0.9)
    b = a.tanh()
    c = b.tanh()
    c.grad = 2.0
    c._backward()
    b._backward()
    wanted = 2 * slope(lambda x: tanh(tanh(x)), (-0.9,), 0)
    near(number(a.grad), wanted, "a.grad for a = -0.9, the tanh of its tanh, and a grad of 2", 1e-7)


def grad_after(x, grad, before):
    """Return the grad of the input of a tanh. Wrong if anything else has changed."""
    a = Value(x)
    b = a.tanh()
    a.grad, b.grad = before, grad
    b._backward()
    if [a.data, b.grad] != [x, grad] or not isclose(b.data, tanh(x)):
        raise Wrong("`_backward` may change only the grad of the input, not out and not any data.")
    return number(a.grad)


# </checker>
