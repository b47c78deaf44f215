"""Numbers on the left, so that sum() works

With this class a + 5 and a * 5 work, but 5 + a and 5 * a raise a TypeError, and so does
sum([a, b]): it starts at the number 0. Python asks the number first, which knows no Values, and
then calls `a.__radd__(5)` or `a.__rmul__(5)`. Write both methods. Their results have to be Values
that pass their grads on, and `a` itself stays as it is.
"""


class Value:
    def __init__(self, data, inputs=(), partials=()):
        self.data, self.grad = data, 0.0
        self.inputs, self.partials = inputs, partials

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __radd__(self, other):
        # <solution>
        return self + other
        # </solution>

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __rmul__(self, other):
        # <solution>
        return self * other
        # </solution>

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
            for x, partial in zip(node.inputs, node.partials):
                x.grad += partial * node.grad


if __name__ == "__main__":
    a, b = Value(2.0), Value(-3.0)
    print((5 + a).data, (5 * a).data, sum([a, b]).data)


# <checker>
from micrograd.course.exercises.checking import Wrong, near, number

HINTS = (
    "In `a.__radd__(5)`, self is a and other is 5: which operator of this class can add the two?",
    "5 + a is a + 5, and a + 5 works already: self stands on the left there.",
    "Return self + other, and in __rmul__ self * other.",
)
ADD, TIMES = "return self + other", "return self * other"
RIGHT = [
    ("return Value(other) + self", "return Value(other) * self"),
    ("return self.__add__(other)", "return self.__mul__(other)"),
    (
        "return Value(self.data + other, (self,), (1.0,))",
        "return Value(other * self.data, (self,), (other,))",
    ),
    ("other = Value(other)\nreturn other + self", "other = Value(other)\nreturn other * self"),
]
WRONG = {
    ("return other + self", TIMES): "calls itself without end",
    (ADD, "return other * self"): "calls itself without end",
    ("return self", TIMES): "the 5 in 5 + a is lost",
    ("return self.data + other", TIMES): "a number, not a Value",
    ("return Value(self.data + other)", TIMES): "is not an input of the result",
    (ADD, "return Value(self.data * other)"): "is not an input of the result",
    ("self + other", TIMES): "return",
    ("self.data += other\nreturn self", TIMES): "changes a itself",
    (ADD, "self.data *= other\nreturn self"): "changes a itself",
    (ADD, ADD): "__rmul__ adds",
    (TIMES, TIMES): "__radd__ multiplies",
    ("return self + other.data", TIMES): "data",
    (ADD, "return self"): "the 5 in 5 * a is lost",
    ("return Value(other)", TIMES): "a is lost in 5 + a",
    (ADD, "return Value(other)"): "a is lost in 5 * a",
    (ADD, "return sum([self] * other)"): "need not be whole",
    ("return self - other", TIMES): "-",
    ("if other == 0:\n    return Value(0.0)\nreturn self + other", TIMES): (
        "with `self` in place of `Value(0.0)`"
    ),
}
AFTER = {
    "another": RIGHT[0],
    "remark": "sum() needs no __radd__ if it starts from a Value, as in sum(products, b).",
}


def check_a_sum(Value):
    """5 + a, and sum([a, b, c]), with their grads"""
    examine(Value, "+", lambda a: 5 + a, 7.5, 1.0, {2.5: LOST, 5.0: SELF_LOST, 12.5: MULTIPLIED})
    values = [Value(1.5), Value(-2.0), Value(4.0)]
    total = sum(values)
    near(number(total), 3.5, "sum([a, b, c]) for a = 1.5, b = -2 and c = 4")
    total.backward()
    near([x.grad for x in values], [1.0] * 3, "the list of the grads of a, b and c in their sum")


def check_a_product(Value):
    """5 * a, with its grad"""
    examine(Value, "*", lambda a: 5 * a, 12.5, 5.0, {2.5: LOST, 5.0: SELF_LOST, 7.5: ADDED})


def check_a_fraction(Value):
    """2.5 * a and 2.5 + a: the number need not be whole"""
    for sign, call, wanted in (("*", lambda a: 2.5 * a, 4.0), ("+", lambda a: 2.5 + a, 4.1)):
        a = Value(1.6)
        try:
            y = call(a)
        except TypeError:
            text = f"5 {sign} a works, but 2.5 {sign} a does not: the number need not be whole"
            raise Wrong(f"{text}. Let the operator {sign} of the class do it.", "whole") from None
        near(number(y), wanted, f"2.5 {sign} a for a = 1.6")


def check_an_expression(Value):
    """3 * a + 2 * b, 1 + 2 * (0.5 + a) and the sum of squares of three Values"""
    a, b = Value(2.0), Value(-4.0)
    y = 3 * a + 2 * b
    y.backward()
    near([number(y), a.grad, b.grad], [-2.0, 3.0, 2.0], "[y, a.grad, b.grad] for y = 3 * a + 2 * b")
    a = Value(2.0)
    y = 1 + 2 * (0.5 + a)
    y.backward()
    near([number(y), a.grad], [6.0, 2.0], "[y, a.grad] for y = 1 + 2 * (0.5 + a)")
    values = [Value(x) for x in (1.0, -2.0, 3.0)]
    y = sum(x * x for x in values)
    y.backward()
    near([x.grad for x in values], [2.0, -4.0, 6.0], "the list of the grads in a sum of squares")


LOST = "the 5 in 5 {} a is lost: that is right only for the number with which nothing changes"
SELF_LOST = "a is lost in 5 {} a: only the 5 is there"
ADDED = "__rmul__ adds: 5 * a is a product"
MULTIPLIED = "__radd__ multiplies: 5 + a is a sum"


def examine(Value, sign, call, wanted, grad, mistakes):
    """Raise Wrong unless call(a), which is 5 and a with that sign between them, is right."""
    a, method = Value(2.5), {"+": "__radd__", "*": "__rmul__"}[sign]
    try:
        y = call(a)
    except RecursionError:
        raise Wrong(
            f"{method} calls itself without end: it asks the 5 first, which knows no Values, and "
            "then calls itself again. Let self stand on the left.",
            "the number is asked again",
        ) from None
    if a.data != 2.5:
        text = f"5 {sign} a changes a itself, from 2.5 to {a.data}: return a new Value."
        raise Wrong(text, "an operand is changed")
    answer = number(y)
    for number_of_mistake, sentence in mistakes.items():
        if answer == number_of_mistake:
            text = sentence.format(sign)
            raise Wrong(f"{text}.", text)
    near(answer, wanted, f"5 {sign} a for a = 2.5")
    if not isinstance(y, Value):
        raise Wrong(f"5 {sign} a is {answer:g}, a number, not a Value.", "a number, not a Value")
    y.backward()
    if a.grad == 0.0:
        text = (
            f"a is not an input of the result of 5 {sign} a, so no grad comes back to it: let the"
        )
        raise Wrong(f"{text} operator {sign} of the class make the Value.", "the graph is lost")
    if sign == "+" and a.grad == 5.0:
        raise Wrong("the partial of 5 + a with respect to a is 1, not 5.", "partial of a sum")
    near(a.grad, grad, f"a.grad after y = 5 {sign} a and y.backward()")


# </checker>
