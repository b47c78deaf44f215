"""What + passes back

A Value is given that can be added. Write the `_backward` of the sum: `out.grad` is how much the end
result changes when `out` does; work out what that means for the two inputs, and add it to
`self.grad` and to `other.grad`. Add it (+=), for a Value may be used in other places too, or
twice in one sum, and is owed for each use.

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
import random

from micrograd.course.exercises.checking import Wrong, near, number, numbers, recognise

NEEDS = 8
HINTS = (
    "If a goes up by a little, by how much does a + b go up? And if b does?",
    "The slope of a + b by either input is 1; what is passed on is that, times out.grad.",
    "Two lines: one for self.grad, one for other.grad; each adds (+=) out.grad to it.",
)
WRONG = {
    """
    self.grad = out.grad
    other.grad = out.grad
    """: "= in place of +=",
    """
    self.grad += 1.0
    other.grad += 1.0
    """: "out.grad is left out",
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
    self.grad += out.data * out.grad
    other.grad += out.data * out.grad
    """: "and should be",
    "return out.grad": "nothing is passed on",
    """
    self.grad += out.grad
    other.grad = out.grad
    """: "= in place of +=",
    """
    self.grad += out.grad
    other.grad += out.grad
    out.grad = 0.0
    """: "only the grads of the inputs",
}


def check_one_sum():
    """a = 2, b = -5, c = a + b, c.grad = 7"""
    a, b = passed_on(2.0, -5.0, 7.0, 0.0, 0.0)
    recognise(
        [a, b],
        {
            "nothing is passed on to a and b": [0, 0],
            "out.grad is left out: both grads are 1 whatever out.grad is": [1, 1],
            "both have the wrong sign: if a goes up, so does a + b": [-7, -7],
            "that is what a - b would pass on": [7, -7],
            "that is what b - a would pass on": [-7, 7],
            "only self is given something: other is an input too": [7, 0],
            "only other is given something: self is an input too": [0, 7],
            "that is the rule of *: + does not need the other number": [-35, 14],
        },
    )
    near([a, b], [7, 7], "with a = 2, b = -5, c = a + b and c.grad = 7, [a.grad, b.grad]")


def check_what_was_there_before():
    """a and b that have a grad already, of another use"""
    a, b = passed_on(2.0, -5.0, 7.0, 20.0, 30.0)
    for found, before in ((a, 20.0), (b, 30.0)):
        recognise(
            found,
            {f"looks like = in place of +=: the grad of {before:g} from another use is lost": 7},
        )
    near([a, b], [27, 37], "when c.grad = 7, a.grad was 20 and b.grad was 30, [a.grad, b.grad]")


def check_the_same_value_twice():
    """b = a + a, b.grad = 5"""
    a = Value(3.0)
    b = a + a
    b.grad = 5.0
    b._backward()
    low = "a gets 5 of b = a + a: a is used twice, and both uses count. Is there = in place of +="
    recognise(number(a.grad), {f"{low}, or a use left out?": 5})
    near(number(a.grad), 10, "with b = a + a and b.grad = 5, a.grad")


def check_other_numbers():
    """other numbers, and three in a row"""
    made = random.Random(5)
    for _ in range(20):
        x, y, grad, p, q = (made.uniform(-4, 4) for _ in range(5))
        what = f"with a = {x:.4g}, b = {y:.4g}, c.grad = {grad:.4g}, what comes to [a.grad, b.grad]"
        a, b = passed_on(x, y, grad, p, q)
        near([a - p, b - q], [grad, grad], what)
    a, b, c = Value(1.5), Value(-2.5), Value(4.0)
    d = a + b
    e = d + c
    e.grad = -3.0
    e._backward()
    d._backward()
    found = [number(x.grad) for x in (a, b, c, d)]
    near(found, [-3.0] * 4, "in d = a + b, e = d + c, with e.grad = -3, the grads of a, b, c, d")


def passed_on(x, y, grad, *before):
    """The grads of the two inputs of one sum, if nothing else has changed."""
    a, b = Value(x), Value(y)
    c = a + b
    a.grad, b.grad = before
    c.grad = grad
    c._backward()
    if [a.data, b.data, c.data, c.grad] != [x, y, x + y, grad]:
        raise Wrong("`_backward` changes only the grads of the inputs: out and all data stay.")
    return numbers([a.grad, b.grad], 2)


# </checker>
