"""Plain numbers on either side

`a + 1` fails so far, because the number 1 has no `data`.
And `1 + a` fails before your code runs: Python first asks
the int, which does not know your class, and then looks for
a method `__radd__` ("right add") in the Value.

This is where `sum()` breaks: `sum([a, b])` starts with
0 + a.

Change your class:

- At the top of `__add__` and `__mul__`, turn a number into
  a Value:

      if not isinstance(other, Value):
          other = Value(other)

- `__radd__(self, other)` and `__rmul__(self, other)` return
  the same sum and product as `self + other` and
  `self * other`.
- `__neg__(self)` is -a, `__sub__(self, other)` is a - b,
  and `__rsub__(self, other)`, for 1 - a, is
  `other + (-self)`.

For the last three you need no new derivative: write them
with the + and * that you have, and the grads come for free.

    >>> a = Value(3.0)
    >>> 2 * a + 1, 1 - a, sum([a, a, a])
    (Value(data=7.0), Value(data=-2.0), Value(data=9.0))
"""

from collections.abc import Callable
from typing import Any

from micrograd.course.build.learner import Learner, compare_grads, equal
from micrograd.course.exercises.checking import Unexplained, Wrong, show

LESSONS = (11,)
MINUTES = 13
OWNER = "Value"
NEEDS = ("Value.__radd__", "Value.__rmul__", "Value.__neg__", "Value.__sub__", "Value.__rsub__")
CODE = """
class Value:
    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other), "+")

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other), "*")

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return other + (-self)
"""
HINTS = (
    "In all of these methods, self is your Value and other is what stands on the other side.",
    "-a is a * -1, and a - b is a + (-b): both are made of operations that have a `_backward`.",
    "`__radd__`: return self + other. `__rsub__`: return other + (-self).",
)
WRONG = {
    "def __add__(self, other):\n    out = Value(self.data + other.data, (self, other), '+')\n\n"
    "    def _backward():\n        self.grad += out.grad\n        other.grad += out.grad\n\n"
    "    out._backward = _backward\n    return out": "stands where a Value should",
    "def __mul__(self, other):\n    out = Value(self.data * other.data, (self, other), '*')\n\n"
    "    def _backward():\n        self.grad += other.data * out.grad\n"
    "        other.grad += self.data * out.grad\n\n"
    "    out._backward = _backward\n    return out": "stands where a Value should",
    "def __radd__(self, other):\n    return Value(other) + self.data": "loses its graph",
    "def __radd__(self, other):\n    return other + self": "calls itself",
    "def __rmul__(self, other):\n    return other * self": "calls itself",
    "def __rmul__(self, other):\n    return self + other": "2 * a",
    "def __neg__(self):\n    return Value(-self.data)": "loses its graph",
    "def __neg__(self):\n    self.data = -self.data\n    return self": "changes a",
    "def __neg__(self):\n    return -self.data": "and not a Value",
    "def __neg__(self):\n    return -self": "calls itself",
    "def __sub__(self, other):\n    return Value(self.data - other.data)": "loses its graph",
    "def __sub__(self, other):\n    other = other if isinstance(other, Value) else Value(other)\n"
    "    return Value(self.data - other.data, (self, other), '-')": "loses its graph",
    "def __sub__(self, other):\n    return other + (-self)": "the wrong way round",
    "def __rsub__(self, other):\n    return other - self": "calls itself",
    "def __rsub__(self, other):\n    return self - other": "the wrong way round",
    "def __rsub__(self, other):\n    return self + (-other)": "the wrong way round",
}
Apply = Callable[..., Any]
# (what is written, the same as a function, and its partial with respect to a and to b)
CASES: tuple[tuple[str, Apply, float, float], ...] = (
    ("a + 1", lambda a, b: a + 1, 1.0, 0.0),
    ("a * 2", lambda a, b: a * 2, 2.0, 0.0),
    ("1 + a", lambda a, b: 1 + a, 1.0, 0.0),
    ("2.5 + a", lambda a, b: 2.5 + a, 1.0, 0.0),
    ("2 * a", lambda a, b: 2 * a, 2.0, 0.0),
    ("-a", lambda a, b: -a, -1.0, 0.0),
    ("a - b", lambda a, b: a - b, 1.0, -1.0),
    ("b - a", lambda a, b: b - a, -1.0, 1.0),
    ("a - 1", lambda a, b: a - 1, 1.0, 0.0),
    ("1 - a", lambda a, b: 1 - a, -1.0, 0.0),
    ("sum([a, b])", lambda a, b: sum([a, b]), 1.0, 1.0),
    ("(3 - a) * (b - 2) + a", lambda a, b: (3 - a) * (b - 2) + a, 4.5, -4.0),
    ("a - a", lambda a, b: a - a, 0.0, 0.0),
)
X, Y = 7.0, -1.5


def check(my: Learner) -> None:
    for text, apply, to_a, to_b in CASES:
        check_expression(my, text, apply, (to_a, to_b))


def check_expression(my: Learner, text: str, apply: Apply, partials: tuple[float, float]) -> None:
    """Raise Wrong unless the expression has the right data and gives the right grads."""
    a, b = my.Value(X), my.Value(Y)
    try:
        out = apply(a, b)
    except RecursionError as error:
        raise Wrong(
            f"`{text}` calls itself without end: Python calls the same method for it again. Put "
            "self in front, or use the operations that you have.",
            "the op calls itself",
        ) from error
    data, right = my.data(out, text), float(apply(X, Y))
    check_unchanged(text, a, b)
    where = f"`{text}` with a = 7 and b = -1.5 is {show(data)}, and should be {show(right)}"
    if equal(data, -right) and right and " - " in text:
        raise Wrong(f"{where}: the wrong way round, self and other.", "self and other swapped")
    if not equal(data, right):
        raise Unexplained(f"{where}.")
    out.backward()
    lost = (
        f"{text}: no grad arrives, so the result loses its graph: write it with + and * of Values"
    )
    mistakes = {lost: [0.0, 0.0]} if any(partials) else {}
    compare_grads(f"`{text}`, after backward()", [("a", a), ("b", b)], partials, mistakes)


def check_unchanged(text: str, a: Any, b: Any) -> None:
    if (a.data, b.data) != (X, Y):
        name = "a" if a.data != X else "b"
        raise Wrong(f"`{text}` changes {name} itself: return a new Value.", "an input is changed")
