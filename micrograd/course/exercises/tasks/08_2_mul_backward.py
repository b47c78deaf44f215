"""What * passes back

You are given a Value that can be multiplied. Write the `_backward` of the product: work out how
much `out` changes when `self` does, and when `other` does. Each of these, times `out.grad`, is what
that input receives; add it to the input's `grad`. Add it (+=), because a Value may be used in
other places too.

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

HINTS = (
    "If a goes up by 0.001 and b is -3, how far does a * b move?",
    "The partial of a * b with respect to a is b, and with respect to b it is a: the other's data.",
    "Add other.data * out.grad to self.grad, and self.data * out.grad to other.grad.",
)
WRONG = {
    """
    self.grad += self.data * out.grad
    other.grad += other.data * out.grad
    """: "own number",
    """
    self.grad = other.data * out.grad
    other.grad = self.data * out.grad
    """: "= instead of +=",
    """
    self.grad += other.data
    other.grad += self.data
    """: "out.grad is missing",
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
    """: "= instead of +=",
    """
    self.data += other.data * out.grad
    other.data += self.data * out.grad
    """: "not any data",
    """
    self.grad += other * out.grad
    other.grad += self * out.grad
    """: "are Values",
}


def check_one_product():
    """a = 2, b = -3, c = a * b, c.grad = 7"""
    a, b = grads_after(2.0, -3.0, 7.0, 0.0, 0.0)
    recognise(
        [a, b],
        {
            "nothing is passed on to a and b": [0, 0],
            "each gets its own number: the partial with respect to a is b": [14, -21],
            "out.grad is missing: that is only the partial": [-3, 2],
            "that is the rule of +: for * the partial is the other one's number": [7, 7],
            "each gets the product itself instead of the other one's number": [-42, -42],
            "both signs are reversed": [21, -14],
            "only self receives something: other is an input too": [-21, 0],
            "only other receives something: self is an input too": [0, 14],
        },
    )
    near([a, b], [-21, 14], "[a.grad, b.grad] for a = 2, b = -3, c = a * b and c.grad = 7")


def check_what_was_there_before():
    """a and b that already have a grad from another use"""
    a, b = grads_after(2.0, -3.0, 7.0, 20.0, 30.0)
    for answer, before, now in ((a, 20.0, -21.0), (b, 30.0, 14.0)):
        recognise(
            answer,
            {f"this looks like = instead of +=: the {before:g} from another use is lost": now},
        )
    near([a, b], [-1, 44], "[a.grad, b.grad] for c.grad = 7, when a.grad was 20 and b.grad was 30")


def check_the_same_value_twice():
    """b = a * a with a = 3, b.grad = 5"""
    a = Value(3.0)
    b = a * a
    b.grad = 5.0
    b._backward()
    recognise(number(a.grad), {"this looks like = instead of +=: a is used twice in a * a": 15})
    near(number(a.grad), 30, "a.grad for a = 3, b = a * a and b.grad = 5")


def check_other_numbers():
    """other numbers, and a product of three numbers"""
    chance = random.Random(6)
    for _ in range(20):
        x, y, grad, p, q = (chance.uniform(-4, 4) for _ in range(5))
        what = f"what [a.grad, b.grad] receive for a = {x:.4g}, b = {y:.4g}, c.grad = {grad:.4g}"
        a, b = grads_after(x, y, grad, p, q)
        near([a - p, b - q], [y * grad, x * grad], what)
    a, b, c = Value(1.5), Value(-2.5), Value(4.0)
    d = a * b
    e = d * c
    e.grad = -3.0
    e._backward()
    d._backward()
    answer = [number(x.grad) for x in (a, b, c, d)]
    what = "the grads of a to d for d = a * b, e = d * c, a = 1.5, b = -2.5, c = 4, e.grad = -3"
    near(answer, [30, -18, 11.25, -12], what)


def grads_after(x, y, grad, *before):
    """Return the grads of the two inputs of a product. Wrong if anything else has changed."""
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
        raise Wrong("`_backward` may change only the grads of the inputs: not out, not any data.")
    return numbers([a.grad, b.grad], 2)


# </checker>
