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
from micrograd.course.exercises.checking import compare
from micrograd.course.exercises.closures import TWO_INPUTS, TWO_PLACE, receive, receive_twice

HINTS = (
    "If a goes up by 0.001 and b is -3, how far does a * b move?",
    "The partial of a * b with respect to a is b, and with respect to b it is a: the other's data.",
    "Add other.data * out.grad to self.grad, and self.data * out.grad to other.grad.",
)
RIGHT = (
    "for x, y in ((self, other), (other, self)):\n    x.grad = x.grad + out.grad * y.data",
    "g = out.grad\nself.grad += g * other.data\nother.grad += g * self.data",
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
    self.grad =+ other.data * out.grad
    other.grad =+ self.data * out.grad
    """: "in the wrong order",
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
    """: "the other's grad",
    """
    self.grad += other.data * self.grad
    other.grad += self.data * other.grad
    """: "its own grad",
    """
    self.grad *= other.data * out.grad
    other.grad *= self.data * out.grad
    """: "it is `+=` here",
    """
    self.grad += other.data * out.grad
    other.grad = self.data * out.grad
    """: "`other.grad = ...` replaces",
    """
    self.data += other.data * out.grad
    other.data += self.data * out.grad
    """: "not any data",
    """
    self.grad += other * out.grad
    other.grad += self * out.grad
    """: "are Values",
    """
    self.grad += other.data + out.grad
    other.grad += self.data + out.grad
    """: "is added",
    """
    self.grad += out.data / self.data * out.grad
    other.grad += out.data / other.data * out.grad
    """: "divides by 0",
    """
    if self is other:
        self.grad = 2 * self.data * out.grad
    else:
        self.grad += other.data * out.grad
        other.grad += self.data * out.grad
    """: "the grad from another use is lost",
}
AFTER = {
    "another": RIGHT[0],
    "remark": "Each input gets the other one's number: that is why a product needs to remember "
    "both. out.data / self.data is the same number, but not where self.data is 0.",
}


def check_products(Value):
    """c = a * b: c._backward() for several a, b and c.grad, when a and b have grads already"""
    compare(
        lambda x, y, grad, p, q: receive(Value, lambda a, b: a * b, (x, y), grad, (p, q)),
        lambda x, y, grad, p, q: [p + y * grad, q + x * grad],
        TWO_INPUTS,
        "a.grad b.grad",
        TWO_PLACE,
        {
            "this looks like = instead of +=: the grad from other uses is lost": (
                lambda x, y, grad, p, q: [y * grad, x * grad]
            ),
            "nothing is passed on to a and b": lambda x, y, grad, p, q: [p, q],
            "each gets its own number: the partial with respect to a is b": (
                lambda x, y, grad, p, q: [p + x * grad, q + y * grad]
            ),
            "out.grad is missing: that is only the partial": (
                lambda x, y, grad, p, q: [p + y, q + x]
            ),
            "that is the rule of +: for * the partial is the other one's number": (
                lambda x, y, grad, p, q: [p + grad, q + grad]
            ),
            "each gets the product itself instead of the other one's number": (
                lambda x, y, grad, p, q: [p + x * y * grad, q + x * y * grad]
            ),
            "both signs are reversed": lambda x, y, grad, p, q: [p - y * grad, q - x * grad],
            "only self receives something: other is an input too": (
                lambda x, y, grad, p, q: [p + y * grad, q]
            ),
            "only other receives something: self is an input too": (
                lambda x, y, grad, p, q: [p, q + x * grad]
            ),
            "self receives both parts, and other nothing": (
                lambda x, y, grad, p, q: [p + (x + y) * grad, q]
            ),
            "other receives both parts, and self nothing": (
                lambda x, y, grad, p, q: [p, q + (x + y) * grad]
            ),
            "both get the number of other: other gets that of self": (
                lambda x, y, grad, p, q: [p + y * grad, q + y * grad]
            ),
            "both get the number of self: self gets that of other": (
                lambda x, y, grad, p, q: [p + x * grad, q + x * grad]
            ),
            "the other's grad is multiplied: the partial is the other's data": (
                lambda x, y, grad, p, q: [p + q * grad, None]
            ),
            "each is multiplied by its own grad: what flows back is out.grad": (
                lambda x, y, grad, p, q: [p + y * p, q + x * q]
            ),
            "out.grad is added to the other's number: multiply them": (
                lambda x, y, grad, p, q: [p + y + grad, q + x + grad]
            ),
            "each gets twice what it should: that is right only for a * a": (
                lambda x, y, grad, p, q: [p + 2 * y * grad, q + 2 * x * grad]
            ),
        },
        lambda x, y, grad, p, q: {"out.grad": grad, "out.data": x * y},
    )


def check_the_same_value_twice(Value):
    """b = a * a: b._backward(), when a has a grad already"""
    compare(
        lambda x, grad, own: receive_twice(Value, lambda a, b: a * b, x, grad, own),
        lambda x, grad, own: own + 2 * x * grad,
        [(3.0, 5.0, 0.0), (1.7, -2.3, 0.9), (-0.4, 1.9, -3.1)],
        "a.grad",
        "a = {}, b = a * a, b.grad = {}, and a grad of {} from another use",
        {
            "a receives a part only once: in a * a both uses count": (
                lambda x, grad, own: own + x * grad
            ),
            "the grad from another use is lost: also for a * a, add (+=) to it": (
                lambda x, grad, own: 2 * x * grad
            ),
        },
    )


# </checker>
