"""Subtraction and division, from what is there

This `Value` has +, * and powers by a number, each with its partials. The other operations need no
partials of their own: write -a, a - b, 5 - a, a / b and 5 / a (for any number instead of the 5)
with what the class already has. Python calls `a.__rsub__(5)` for 5 - a and `a.__rtruediv__(5)` for
5 / a. In `__sub__` and `__truediv__`, too, `other` may be a Value or a number.
"""


class Value:
    def __init__(self, data, inputs=(), partials=()):
        self.data, self.grad = data, 0.0
        self.inputs, self.partials = inputs, partials

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, n):
        return Value(self.data**n, (self,), (n * self.data ** (n - 1),))

    def __neg__(self):
        # <solution>
        return self * -1
        # </solution>

    def __sub__(self, other):
        # <solution>
        return self + -other
        # </solution>

    def __rsub__(self, other):
        # <solution>
        return -self + other
        # </solution>

    def __truediv__(self, other):
        # <solution>
        return self * other**-1
        # </solution>

    def __rtruediv__(self, other):
        # <solution>
        return self**-1 * other
        # </solution>

    def _backward(self):
        for x, partial in zip(self.inputs, self.partials):
            x.grad += partial * self.grad

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

from micrograd.course.exercises.checking import Wrong, close, near, number, show, slope

HINTS = (
    "You only have +, * and **. By which number do you multiply a to get -a? Which power is 1 / b?",
    "a - b is a + (-b); a / b is a times b to the power of -1. In 5 - a, self is a and other is 5.",
    "-a: self * -1. 5 - a: -self + other. 5 / a: self**-1 * other. The other two are similar.",
)
NEG, SUB, RSUB = "return self * -1", "return self + -other", "return -self + other"
DIV, RDIV = "return self * other**-1", "return self**-1 * other"
WRONG = {
    (NEG, SUB, "return self - other", DIV, RDIV): "5 - a came out as a - 5",
    (NEG, SUB, RSUB, DIV, "return self / other"): "5 / a came out as a / 5",
    (NEG, SUB, RSUB, "return self**-1 * other", RDIV): "a / b came out as b / a",
    (NEG, "return -self + other", RSUB, DIV, RDIV): "a - b came out as b - a",
    (NEG, "return self + other", RSUB, DIV, RDIV): "a - b came out as a + b",
    ("return self", SUB, RSUB, DIV, RDIV): "-a came out as a",
    (NEG, SUB, "return other - self", DIV, RDIV): "endlessly",
    (NEG, SUB, RSUB, DIV, "return other / self"): "endlessly",
    (NEG, "return self - other", RSUB, DIV, RDIV): "endlessly",
    (NEG, SUB, RSUB, "return Value(self.data / other.data)", RDIV): "a / 5 does not work",
    (NEG, "return Value(self.data - Value(0 + other).data)", RSUB, DIV, RDIV): "does not work",
    ("return Value(-self.data)", SUB, RSUB, DIV, RDIV): "no way back",
}
CASES = {  # in the order in which they build on each other: an expression, and its mistakes
    "-a": (lambda a, b: -a, {"a": lambda a, b: a}),
    "a - b": (
        lambda a, b: a - b,
        {"b - a": lambda a, b: b - a, "a + b": lambda a, b: a + b, "-b": lambda a, b: -b},
    ),
    "a - 5": (lambda a, b: a - 5, {"5 - a": lambda a, b: 5 - a, "a + 5": lambda a, b: a + 5}),
    "5 - a": (
        lambda a, b: 5 - a,
        {"a - 5": lambda a, b: a - 5, "5 + a": lambda a, b: 5 + a, "-a - 5": lambda a, b: -a - 5},
    ),
    "a / b": (lambda a, b: a / b, {"b / a": lambda a, b: b / a, "a * b": lambda a, b: a * b}),
    "a / 5": (lambda a, b: a / 5, {"5 / a": lambda a, b: 5 / a, "a * 5": lambda a, b: a * 5}),
    "5 / a": (
        lambda a, b: 5 / a,
        {"a / 5": lambda a, b: a / 5, "5 * a": lambda a, b: 5 * a, "1 / a": lambda a, b: 1 / a},
    ),
}


def result_of(f, what, *leaves):
    """Return the learner's Value of f. Wrong unless it is one."""
    try:
        answer = f(*leaves)
    except RecursionError:
        raise Wrong(
            f"{what} calls itself endlessly: its method uses the operator that it defines"
            + (
                ", and the number 5, which does not know Values, calls it back."
                if what[0] == "5"
                else "."
            )
        ) from None
    except (AttributeError, TypeError) as error:
        raise Wrong(f"{what} does not work: {error}.") from None
    if answer is None:
        raise Wrong(f"{what} returns nothing: is there a return?")
    if not isinstance(answer, Value):
        raise Wrong(f"{what} has to be a Value, but is {show(answer)}.")
    return answer


def grads(f, what, *point):
    """Return the grads of leaves at this point, after backward() of f of them."""
    leaves = [Value(x) for x in point]
    result_of(f, what, *leaves).backward()
    return [x.grad for x in leaves]


def check_the_data():
    """the data of -a, a - b, a - 5, 5 - a, a / b, a / 5 and 5 / a"""
    for a, b in ((3.5, 2.0), (-1.25, 0.7)):
        for what, (f, mistakes) in CASES.items():
            answer = number(result_of(f, what, Value(a), Value(b)))
            for looks, mistake in mistakes.items():
                if close(answer, mistake(a, b), 1e-9):
                    raise Wrong(f"{what} came out as {looks}.")
            near(answer, f(a, b), f"the data of {what}, for a = {a} and b = {b}")


def check_the_gradients():
    """the gradients of each"""
    for a, b in ((3.5, 2.0), (-1.25, 0.7)):
        for what, (f, _) in CASES.items():
            answer = grads(f, what, a, b)
            wanted = [slope(f, (a, b), i) for i in range(2)]
            if not any(answer):
                raise Wrong(
                    f"{what}: there is no way back to a. Build it from operations, not from data."
                )
            near(answer, wanted, f"[a.grad, b.grad] of {what}, for a = {a} and b = {b}", 1e-5)


def check_larger_graphs():
    """a / (b - 2) - 3 / (a - b) + -(a / b) * b, at random points, compared with slopes"""
    chance = random.Random(13)
    what = "a / (b - 2) - 3 / (a - b) + -(a / b) * b"

    def f(a, b):
        return a / (b - 2) - 3 / (a - b) + -(a / b) * b

    for _ in range(5):
        point = [chance.uniform(0.5, 2.0), chance.uniform(3.0, 5.0)]
        slopes = [slope(f, point, i) for i in range(2)]
        where = f"a = {point[0]:.4f} and b = {point[1]:.4f}"
        near(grads(f, what, *point), slopes, f"the gradient of {what} at {where}", 1e-5)


# </checker>
