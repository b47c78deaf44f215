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
import random

from micrograd.course.exercises.checking import Wrong, near, number, numbers, recognise

HINTS = (
    "If a goes up a little, how far does a + b go up? And if b does?",
    "The partial of a + b with respect to either input is 1; pass on 1 times out.grad.",
    "Write two lines, one for self.grad and one for other.grad; each adds (+=) out.grad.",
)
WRONG = {
    """
    self.grad = out.grad
    other.grad = out.grad
    """: "= instead of +=",
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
    self.grad += out.data * out.grad
    other.grad += out.data * out.grad
    """: "does not belong there",
    "return out.grad": "nothing is passed on",
    """
    self.grad += out.grad
    other.grad = out.grad
    """: "= instead of +=",
    """
    self.grad += out.grad
    other.grad += out.grad
    out.grad = 0.0
    """: "only the grads of the inputs",
}


def check_one_sum():
    """a = 2, b = -5, c = a + b, c.grad = 7"""
    a, b = grads_after(2.0, -5.0, 7.0, 0.0, 0.0)
    recognise(
        [a, b],
        {
            "nothing is passed on to a and b": [0, 0],
            "out.grad is missing: both grads are 1, whatever out.grad is": [1, 1],
            "both have the wrong sign: if a goes up, so does a + b": [-7, -7],
            "that is what a - b would pass on": [7, -7],
            "that is what b - a would pass on": [-7, 7],
            "only self receives something: other is an input too": [7, 0],
            "only other receives something: self is an input too": [0, 7],
            "that is the rule of *: + does not need the other number": [-35, 14],
        },
    )
    near([a, b], [7, 7], "[a.grad, b.grad] for a = 2, b = -5, c = a + b and c.grad = 7")


def check_what_was_there_before():
    """a and b that already have a grad from another use"""
    a, b = grads_after(2.0, -5.0, 7.0, 20.0, 30.0)
    for answer, before in ((a, 20.0), (b, 30.0)):
        recognise(
            answer,
            {f"this looks like = instead of +=: the {before:g} from another use is lost": 7},
        )
    near([a, b], [27, 37], "[a.grad, b.grad] for c.grad = 7, when a.grad was 20 and b.grad was 30")


def check_the_same_value_twice():
    """b = a + a, b.grad = 5"""
    a = Value(3.0)
    b = a + a
    b.grad = 5.0
    b._backward()
    low = "a receives only 5 from b = a + a: both uses count. Is there an = instead of +="
    recognise(number(a.grad), {f"{low}, or is one use missing?": 5})
    near(number(a.grad), 10, "a.grad for b = a + a and b.grad = 5")


def check_other_numbers():
    """other numbers, and a sum of three numbers"""
    chance = random.Random(5)
    for _ in range(20):
        x, y, grad, p, q = (chance.uniform(-4, 4) for _ in range(5))
        what = f"what [a.grad, b.grad] receive for a = {x:.4g}, b = {y:.4g}, c.grad = {grad:.4g}"
        a, b = grads_after(x, y, grad, p, q)
        near([a - p, b - q], [grad, grad], what)
    a, b, c = Value(1.5), Value(-2.5), Value(4.0)
    d = a + b
    e = d + c
    e.grad = -3.0
    e._backward()
    d._backward()
    answer = [number(x.grad) for x in (a, b, c, d)]
    near(answer, [-3.0] * 4, "the grads of a, b, c, d for d = a + b, e = d + c, e.grad = -3")


def grads_after(x, y, grad, *before):
    """Return the grads of the two inputs of a sum. Wrong if anything else has changed."""
    a, b = Value(x), Value(y)
    c = a + b
    a.grad, b.grad = before
    c.grad = grad
    c._backward()
    if [a.data, b.data, c.data, c.grad] != [x, y, x + y, grad]:
        raise Wrong("`_backward` may change only the grads of the inputs: not out, not any data.")
    return numbers([a.grad, b.grad], 2)


# </checker>
