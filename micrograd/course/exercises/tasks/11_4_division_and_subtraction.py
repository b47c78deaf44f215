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
from micrograd.course.exercises.checking import Unexplained, Wrong, compare, near, show

HINTS = (
    "You only have +, * and **. By which number do you multiply a to get -a? Which power is 1 / b?",
    "a - b is a + (-b); a / b is a times b to the power of -1. In 5 - a, self is a and other is 5.",
    "-a: self * -1. 5 - a: -self + other. 5 / a: self**-1 * other. The other two are similar.",
)
NEG, SUB, RSUB = "return self * -1", "return self + -other", "return -self + other"
DIV, RDIV = "return self * other**-1", "return self**-1 * other"
RIGHT = (
    (NEG, SUB, RSUB, "return self * (1 / other)", RDIV),
    (
        "return self * (-1.0)",
        "return self + other * -1",
        "return Value(other) - self",
        DIV,
        "return Value(other) / self",
    ),
    (
        NEG,
        "return -(-self + other)",
        "return (self - other) * -1",
        "return self * (Value(1) * other) ** -1",
        "return self**-1 * other",
    ),
)
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
    ("return -self", SUB, RSUB, DIV, RDIV): "endlessly",
    (NEG, SUB, RSUB, "return Value(self.data / other.data)", RDIV): "plain number",
    (NEG, SUB, RSUB, "return self * other.data**-1", RDIV): "`other.data` is a plain number",
    (NEG, "return Value(self.data - Value(0 + other).data)", RSUB, DIV, RDIV): "no `__radd__`",
    ("return Value(-self.data)", SUB, RSUB, DIV, RDIV): "no way back",
    ("return self - 2 * self", SUB, RSUB, DIV, RDIV): "no `*` between",
    (NEG, SUB, RSUB, "return self * other^-1", RDIV): "a power is `**`",
    ("self.data = -self.data\nreturn self", SUB, RSUB, DIV, RDIV): "changes the data",
    (NEG, "self + -other", RSUB, DIV, RDIV): "return missing",
    (
        NEG,
        SUB,
        RSUB,
        "other = Value(0) + other\n"
        "partials = (1 / other.data, -1 / other.data**2)\n"
        "return Value(self.data / other.data, (self, other), partials)",
        "return Value(other) * self**-1",
    ): "b.grad lacks the factor a",
    (NEG, SUB, RSUB, DIV, "return self**-1"): "5 / a came out as 1 / a",
    (NEG, SUB, RSUB, DIV, "return (self / other) ** -1"): "0 / a fails",
    (NEG, SUB, "return -self", DIV, RDIV): "5 - a came out as -a",
    (NEG, SUB, RSUB, "return self * other**-2", RDIV): "the number 2 is wrong",
}
AFTER = {
    "another": RIGHT[0],
    "remark": "Each of these makes two or three nodes where one would do. An engine that has rows "
    "for - and / of their own is faster, but needs their partials.",
}
# in the order in which they build on each other: an expression, and what it comes out as by mistake
CASES = {
    "-a": (lambda a, b: -a, {"a": lambda a, b: a, "1 / a": lambda a, b: 1 / a}),
    "a - b": (
        lambda a, b: a - b,
        {
            "b - a": lambda a, b: b - a,
            "a + b": lambda a, b: a + b,
            "-b": lambda a, b: -b,
            "-a - b": lambda a, b: -a - b,
            "a * -b": lambda a, b: a * -b,
        },
    ),
    "a - 5": (lambda a, b: a - 5, {"5 - a": lambda a, b: 5 - a, "a + 5": lambda a, b: a + 5}),
    "5 - a": (
        lambda a, b: 5 - a,
        {
            "a - 5": lambda a, b: a - 5,
            "5 + a": lambda a, b: 5 + a,
            "-a - 5": lambda a, b: -a - 5,
            "-a": lambda a, b: -a,
        },
    ),
    "a / b": (
        lambda a, b: a / b,
        {"b / a": lambda a, b: b / a, "a * b": lambda a, b: a * b, "1 / b": lambda a, b: 1 / b},
    ),
    "a / 5": (lambda a, b: a / 5, {"5 / a": lambda a, b: 5 / a, "a * 5": lambda a, b: a * 5}),
    "5 / a": (
        lambda a, b: 5 / a,
        {"a / 5": lambda a, b: a / 5, "5 * a": lambda a, b: 5 * a, "1 / a": lambda a, b: 1 / a},
    ),
}
PARTIALS = {
    "-a": lambda a, b: [-1, 0],
    "a - b": lambda a, b: [1, -1],
    "a - 5": lambda a, b: [1, 0],
    "5 - a": lambda a, b: [-1, 0],
    "a / b": lambda a, b: [1 / b, -a / b**2],
    "a / 5": lambda a, b: [0.2, 0],
    "5 / a": lambda a, b: [-5 / a**2, 0],
}
POINTS = [(3.5, 2.0), (-1.25, 0.7), (0.8, -1.9), (1.3, 1.3)]


def result_of(Value, f, what, *leaves):
    """Return the learner's Value of f. Wrong unless it is one."""
    before = [leaf.data for leaf in leaves]
    try:
        answer = f(*leaves)
    except RecursionError:
        more = ", and the number 5, which does not know Values, calls it back"
        raise Wrong(
            f"{what} calls itself endlessly: its method uses the operator that it defines"
            f"{more if what[0] == '5' else ''}.",
            "endless recursion",
        ) from None
    if [leaf.data for leaf in leaves] != before:
        text = f"{what} changes the data of its input: compute a new Value, and leave that alone"
        raise Wrong(f"{text}.", "the input is changed")
    if answer is None:
        raise Unexplained(f"{what} returns nothing: is there a return?", "nothing returned")
    if not isinstance(answer, Value):
        raise Wrong(f"{what} has to be a Value, but is {show(answer)}.", "no Value")
    return answer


def check_the_data(Value):
    """the data of -a, a - b, a - 5, 5 - a, a / b, a / 5 and 5 / a"""
    for what, (f, mistakes) in CASES.items():
        compare(
            lambda a, b, f=f, what=what: result_of(Value, f, what, Value(a), Value(b)),
            f,
            POINTS,
            what,
            "a = {}, b = {}",
            {f"{what} came out as {looks}": mistake for looks, mistake in mistakes.items()},
        )


def check_the_gradients(Value):
    """the gradients of each"""

    def grads(f, what, a, b):
        leaves = [Value(a), Value(b)]
        result_of(Value, f, what, *leaves).backward()
        return [leaf.grad for leaf in leaves]

    for what, (f, _) in CASES.items():
        partials = PARTIALS[what]
        compare(
            lambda a, b, f=f, what=what: grads(f, what, a, b),
            lambda a, b, partials=partials: [float(x) for x in partials(a, b)],
            POINTS,
            "a.grad b.grad",
            f"{what} at a = {{}}, b = {{}}",
            {
                f"{what}: there is no way back to a and b: build it from operations, not from "
                "data": lambda a, b: [0.0, 0.0],
                f"{what}: there is no way back to b: build it from operations, not from data": (
                    lambda a, b, partials=partials: [partials(a, b)[0], 0.0]
                ),
                f"{what}: there is no way back to a: build it from operations, not from data": (
                    lambda a, b, partials=partials: [0.0, partials(a, b)[1]]
                ),
            },
            lambda a, b: {"a": a, "b": b},
        )


def check_a_zero_on_the_left(Value):
    """0 / a and 0 - a, with their gradients"""
    cases = (("0 / a", lambda a: 0 / a, [0.0, 0.0]), ("0 - a", lambda a: 0 - a, [-2.5, -1.0]))
    for what, f, wanted in cases:
        a = Value(2.5)
        try:
            answer = result_of(Value, f, what, a)
        except ZeroDivisionError:
            text = f"{what} fails, although it is 0: something is divided by the number in front"
            raise Wrong(f"{text}. Multiply 1 / a by it.", "divided by the number") from None
        answer.backward()
        near([answer.data, a.grad], wanted, f"[{what}, a.grad] for a = 2.5")


# </checker>
