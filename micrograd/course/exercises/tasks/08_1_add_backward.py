"""What + passes back

You are given a Value that can be added. Write the `_backward` of the sum: `out.grad` says how much
the final result changes when `out` does. Work out what that means for the two inputs, and add it
to `self.grad` and to `other.grad`. Add it (+=), because a Value may be used in other places too,
or twice in one sum, and each use counts.

With a = Value(2.0), b = Value(-5.0), c = a + b and c.grad = 7.0, c._backward() makes both grads 7.
"""


class Value:
    def __init__(self, data):
        self.data = data
        self.grad = 0.0
        self._backward = lambda: None

    def __add__(self, other):
        out = Value(self.data + other.data)

        def _backward():
            # <solution>
            self.grad += out.grad
            other.grad += out.grad
            # </solution>

        out._backward = _backward
        return out


# <checker>
from micrograd.course.exercises.checking import compare
from micrograd.course.exercises.closures import TWO_INPUTS, TWO_PLACE, receive, receive_twice

HINTS = (
    "If a goes up a little, how far does a + b go up? And if b does?",
    "The partial of a + b with respect to either input is 1; pass on 1 times out.grad.",
    "Write two lines, one for self.grad and one for other.grad; each adds (+=) out.grad.",
)
RIGHT = (
    "for x in (self, other):\n    x.grad = x.grad + out.grad * 1.0",
    "self.grad -= -out.grad\nother.grad -= -out.grad",
)
WRONG = {
    """
    self.grad = out.grad
    other.grad = out.grad
    """: "= instead of +=",
    """
    self.grad =+ out.grad
    other.grad =+ out.grad
    """: "in the wrong order",
    """
    self.grad *= out.grad
    other.grad *= out.grad
    """: "it is `+=` here",
    """
    self.grad += 1.0
    other.grad += 1.0
    """: "out.grad is missing",
    """
    self.grad += -out.grad
    other.grad += -out.grad
    """: "wrong sign",
    """
    self.grad += out.grad
    other.grad -= out.grad
    """: "what a - b",
    "self.grad += out.grad": "only self",
    "other.grad += out.grad": "only other",
    """
    self.grad += other.data * out.grad
    other.grad += self.data * out.grad
    """: "the rule of *",
    """
    self.grad += self.grad
    other.grad += other.grad
    """: "its own grad",
    """
    self.grad += out.data * out.grad
    other.grad += out.data * out.grad
    """: "the factor `out.data`",
    "return out.grad": "nothing is passed on",
    """
    self.grad += out.grad
    other.grad = out.grad
    """: "`other.grad = ...` replaces",
    """
    self.grad += out.grad
    other.grad += out.grad
    out.grad = 0.0
    """: "only the grads of the inputs",
    """
    if self is other:
        self.grad = 2 * out.grad
    else:
        self.grad += out.grad
        other.grad += out.grad
    """: "the grad from another use is lost",
    """
    self.grad += out.grad
    if other is not self:
        other.grad += out.grad
    """: "both uses count",
    """
    for x in (self, other):
        x.grad += out.grad
        x._backward()
    """: "the `_backward` of an input is called",
}
AFTER = {
    "another": RIGHT[0],
    "remark": "A sum hands its grad on to each input unchanged: it only distributes. Real engines "
    "keep the partials beside the inputs, and have one loop like this for all operations.",
}


def check_sums(Value):
    """c = a + b: c._backward() for several a, b and c.grad, when a and b have grads already"""
    compare(
        lambda x, y, grad, p, q: receive(Value, lambda a, b: a + b, (x, y), grad, (p, q)),
        lambda x, y, grad, p, q: [p + grad, q + grad],
        TWO_INPUTS,
        "a.grad b.grad",
        TWO_PLACE,
        {
            "this looks like = instead of +=: the grad from other uses is lost": (
                lambda x, y, grad, p, q: [grad, grad]
            ),
            "nothing is passed on to a and b": lambda x, y, grad, p, q: [p, q],
            "out.grad is missing: each gets 1, whatever out.grad is": (
                lambda x, y, grad, p, q: [p + 1, q + 1]
            ),
            "both have the wrong sign: if a goes up, so does a + b": (
                lambda x, y, grad, p, q: [p - grad, q - grad]
            ),
            "that is what a - b would pass on": lambda x, y, grad, p, q: [p + grad, q - grad],
            "that is what b - a would pass on": lambda x, y, grad, p, q: [p - grad, q + grad],
            "only self receives something: other is an input too": (
                lambda x, y, grad, p, q: [p + grad, q]
            ),
            "only other receives something: self is an input too": (
                lambda x, y, grad, p, q: [p, q + grad]
            ),
            "self receives both parts, and other nothing": (
                lambda x, y, grad, p, q: [p + 2 * grad, q]
            ),
            "other receives both parts, and self nothing": (
                lambda x, y, grad, p, q: [p, q + 2 * grad]
            ),
            "each gets twice what it should: that is right only for a + a": (
                lambda x, y, grad, p, q: [p + 2 * grad, q + 2 * grad]
            ),
            "that is the rule of *: + does not need the other number": (
                lambda x, y, grad, p, q: [p + y * grad, q + x * grad]
            ),
            "each gets its own data as a factor: the partials of + are 1": (
                lambda x, y, grad, p, q: [p + x * grad, q + y * grad]
            ),
            "each is given its own grad once more: pass on out.grad": (
                lambda x, y, grad, p, q: [2 * p, 2 * q]
            ),
            "each is given the other's grad: pass on out.grad": (
                lambda x, y, grad, p, q: [p + q, None]
            ),
            "data is passed on: it is the grad of out that flows back": (
                lambda x, y, grad, p, q: [p + x + y, q + x + y]
            ),
        },
        lambda x, y, grad, p, q: {"out.grad": grad, "out.data": x + y},
    )


def check_the_same_value_twice(Value):
    """b = a + a: b._backward(), when a has a grad already"""
    compare(
        lambda x, grad, own: receive_twice(Value, lambda a, b: a + b, x, grad, own),
        lambda x, grad, own: own + 2 * grad,
        [(3.0, 5.0, 0.0), (1.7, -2.3, 0.9), (-0.4, 1.9, -3.1)],
        "a.grad",
        "a = {}, b = a + a, b.grad = {}, and a grad of {} from another use",
        {
            "a receives the grad of b only once: in a + a both uses count": (
                lambda x, grad, own: own + grad
            ),
            "the grad from another use is lost: also for a + a, add (+=) to it": (
                lambda x, grad, own: 2 * grad
            ),
        },
    )


# </checker>
