"""What tanh passes back

A Value is given that has tanh. Write the `_backward` of its result: the slope of tanh can be worked
out from its result alone (1 minus the square of it), and that times `out.grad` is added (+=) to
`self.grad`.

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

NEEDS = 8
HINTS = (
    "Which number is the result of tanh within `_backward`: self.data, or out.data?",
    "The slope is 1 - out.data**2; what is passed on is the slope times out.grad.",
    "One line: self.grad += (...) * out.grad, with the slope in the brackets.",
)
WRONG = {
    "self.grad += (1 - self.data**2) * out.grad": "the input in place of the result",
    "self.grad += 1 - out.data**2": "out.grad is left out",
    "self.grad += (1 - out.data) * out.grad": "the square",
    "self.grad = (1 - out.data**2) * out.grad": "= in place of +=",
    "self.grad += 1 - out.data**2 * out.grad": "brackets",
    "self.grad += out.data**2 * out.grad": "1 minus",
    "self.grad += (out.data**2 - 1) * out.grad": "sign",
    "self.grad += out.data * out.grad": "in place of its slope",
    "self.grad += out.grad": "a slope of 1",
    "self.grad += (1 - math.tanh(out.data) ** 2) * out.grad": "twice",
    "out.grad += (1 - out.data**2) * self.grad": "nothing is passed on",
    "return (1 - out.data**2) * out.grad": "nothing is passed on",
}


def check_one_tanh():
    """a = 0.5, b = a.tanh(), b.grad = 3"""
    found, t = passed_on(0.5, 3.0, 0.0), tanh(0.5)
    recognise(
        found,
        {
            "nothing is passed on to a": 0,
            "that is 1 - x**2 with the input in place of the result: out.data": (1 - 0.25) * 3,
            "out.grad is left out: that is the slope of tanh alone": 1 - t**2,
            "that is 1 - out.data: the square of it is missing": (1 - t) * 3,
            "put brackets around the slope: * comes before -": 1 - t**2 * 3,
            "that is the square of the result: the slope is 1 minus that": t**2 * 3,
            "the sign is turned around: tanh goes up everywhere": (t**2 - 1) * 3,
            "that is the result of tanh in place of its slope": t * 3,
            "that is a slope of 1: tanh is less steep than that": 3,
            "tanh is taken twice: out.data is the result already": (1 - tanh(t) ** 2) * 3,
        },
    )
    near(found, (1 - t**2) * 3, "with a = 0.5, b = a.tanh() and b.grad = 3, a.grad")


def check_what_was_there_before():
    """a that has a grad of 20 already, of another use"""
    found, alone = passed_on(-0.8, 3.0, 20.0), (1 - tanh(-0.8) ** 2) * 3
    recognise(
        found, {"looks like = in place of +=: the grad of 20 from another use is lost": alone}
    )
    near(found, 20 + alone, "with a = -0.8, b.grad = 3, and a.grad of 20 before, a.grad")


def check_two_uses():
    """b = a.tanh() and c = a.tanh(), both passing back to a"""
    a = Value(1.2)
    b, c = a.tanh(), a.tanh()
    b.grad, c.grad = 4.0, -1.5
    b._backward()
    c._backward()
    near(number(a.grad), (1 - tanh(1.2) ** 2) * 2.5, "with a = 1.2 and grads of 4 and -1.5, a.grad")


def check_other_numbers():
    """other numbers, against the slope of tanh over a small distance; and tanh of tanh"""
    made = random.Random(7)
    for _ in range(20):
        x, grad, before = (made.uniform(-3, 3) for _ in range(3))
        what = f"with a = {x:.4g} and b.grad = {grad:.4g}, what comes to a.grad"
        near(passed_on(x, grad, before) - before, slope(tanh, (x,), 0) * grad, what, rel=1e-7)
    a = Value(-0.9)
    b = a.tanh()
    c = b.tanh()
    c.grad = 2.0
    c._backward()
    b._backward()
    wanted = 2 * slope(lambda x: tanh(tanh(x)), (-0.9,), 0)
    near(number(a.grad), wanted, "with a = -0.9, the tanh of its tanh, a grad of 2, a.grad", 1e-7)


def passed_on(x, grad, before):
    """The grad of the input of one tanh, if nothing else has changed."""
    a = Value(x)
    b = a.tanh()
    a.grad, b.grad = before, grad
    b._backward()
    if [a.data, b.grad] != [x, grad] or not isclose(b.data, tanh(x)):
        raise Wrong("`_backward` changes only the grad of the input: out and all data stay.")
    return number(a.grad)


# </checker>
