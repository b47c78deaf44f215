"""What * passes back

A Value is given that can be multiplied. Write the `_backward` of the product: work out how much
`out` changes when `self` does, and when `other` does; each times `out.grad` is what that input is
owed, and is added to its `grad`. Add it (+=), for a Value may be used in other places too.

With a = Value(2.0), b = Value(-3.0), c = a * b and c.grad = 7.0, c._backward() makes a.grad -21 and
b.grad 14.
"""


class Value:
    def __init__(self, data):
        self.data = data
        self.grad = 0.0
        self._backward = lambda: None

    def __mul__(self, other):
        out = Value(self.data * other.data)

        def _backward():
            # <solution>
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad
            # </solution>

        out._backward = _backward
        return out


# <checker>
import random

from micrograd.course.exercises.checking import Wrong, near, number, numbers, recognise

NEEDS = 8
HINTS = (
    "If a goes up by 0.001 and b is -3, by how much does a * b move?",
    "The slope of a * b by a is b, and by b it is a: the number of the other one.",
    "self.grad gets other.data * out.grad on top of what it has; other.grad the same, swapped.",
)
WRONG = {
    """
    self.grad += self.data * out.grad
    other.grad += other.data * out.grad
    """: "own number",
    """
    self.grad = other.data * out.grad
    other.grad = self.data * out.grad
    """: "= in place of +=",
    """
    self.grad += other.data
    other.grad += self.data
    """: "out.grad is left out",
    """
    self.grad += out.grad
    other.grad += out.grad
    """: "the rule of +",
    """
    self.grad += out.data * out.grad
    other.grad += out.data * out.grad
    """: "the product itself",
    """
    self.grad -= other.data * out.grad
    other.grad -= self.data * out.grad
    """: "sign",
    "self.grad += other.data * out.grad": "only self",
    "other.grad += self.data * out.grad": "only other",
    """
    self.grad += other.grad * out.grad
    other.grad += self.grad * out.grad
    """: "nothing is passed on",
    """
    self.grad += other.data * out.grad
    other.grad = self.data * out.grad
    """: "= in place of +=",
    """
    self.data += other.data * out.grad
    other.data += self.data * out.grad
    """: "all data stay",
    """
    self.grad += other * out.grad
    other.grad += self * out.grad
    """: "are Values",
}


def check_one_product():
    """a = 2, b = -3, c = a * b, c.grad = 7"""
    a, b = passed_on(2.0, -3.0, 7.0, 0.0, 0.0)
    recognise(
        [a, b],
        {
            "nothing is passed on to a and b": [0, 0],
            "each gets its own number: the slope of a * b by a is b": [14, -21],
            "out.grad is left out: that is the slope of out alone": [-3, 2],
            "that is the rule of +: with * the slope is the other one's number": [7, 7],
            "each gets the product itself in place of the other one's number": [-42, -42],
            "the sign of both is turned around": [21, -14],
            "only self is given something: other is an input too": [-21, 0],
            "only other is given something: self is an input too": [0, 14],
        },
    )
    near([a, b], [-21, 14], "with a = 2, b = -3, c = a * b and c.grad = 7, [a.grad, b.grad]")


def check_what_was_there_before():
    """a and b that have a grad already, of another use"""
    a, b = passed_on(2.0, -3.0, 7.0, 20.0, 30.0)
    for found, before, alone in ((a, 20.0, -21.0), (b, 30.0, 14.0)):
        recognise(
            found,
            {f"looks like = in place of +=: the {before:g} from another use is lost": alone},
        )
    near([a, b], [-1, 44], "when c.grad = 7, a.grad was 20 and b.grad was 30, [a.grad, b.grad]")


def check_the_same_value_twice():
    """b = a * a with a = 3, b.grad = 5"""
    a = Value(3.0)
    b = a * a
    b.grad = 5.0
    b._backward()
    recognise(number(a.grad), {"looks like = in place of +=: a is used twice in a * a": 15})
    near(number(a.grad), 30, "with a = 3, b = a * a and b.grad = 5, a.grad")


def check_other_numbers():
    """other numbers, and three in a row"""
    made = random.Random(6)
    for _ in range(20):
        x, y, grad, p, q = (made.uniform(-4, 4) for _ in range(5))
        what = f"with a = {x:.4g}, b = {y:.4g}, c.grad = {grad:.4g}, what comes to [a.grad, b.grad]"
        a, b = passed_on(x, y, grad, p, q)
        near([a - p, b - q], [y * grad, x * grad], what)
    a, b, c = Value(1.5), Value(-2.5), Value(4.0)
    d = a * b
    e = d * c
    e.grad = -3.0
    e._backward()
    d._backward()
    found = [number(x.grad) for x in (a, b, c, d)]
    what = (
        "in d = a * b, e = d * c, with a = 1.5, b = -2.5, c = 4, e.grad = -3, the grads of a to d"
    )
    near(found, [30, -18, 11.25, -12], what)


def passed_on(x, y, grad, *before):
    """The grads of the two inputs of one product, if nothing else has changed."""
    a, b = Value(x), Value(y)
    c = a * b
    a.grad, b.grad = before
    c.grad = grad
    try:
        c._backward()
    except AttributeError as error:
        if error.name == "data":
            raise Wrong("self and other are Values: their numbers are in `.data`.") from None
        raise
    if [a.data, b.data, c.data, c.grad] != [x, y, x * y, grad]:
        raise Wrong("`_backward` changes only the grads of the inputs: out and all data stay.")
    return numbers([a.grad, b.grad], 2)


# </checker>
