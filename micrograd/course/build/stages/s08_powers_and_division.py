"""Powers and division

A power with a plain number as its exponent has the rule
from school: the derivative of `x**k` is `k * x**(k - 1)`.
With powers, division needs no rule of its own: a / b is
`a * b**-1`.

Add to your class:

- `__pow__(self, other)` for `a**3`, where other is an int
  or a float. It makes a Value with one input, `(self,)`,
  and the sign `f"**{other}"`, and has a `_backward` like
  those of + and *.
- `__truediv__(self, other)` for a / b and a / 2.
- `__rtruediv__(self, other)` for 1 / a, which is
  `other * self**-1`.

(`__truediv__` is the name of `/` in Python. `//` is
another operation, which drops the fraction.)

    >>> a = Value(4.0)
    >>> b = a**3
    >>> b.backward()
    >>> b, a.grad
    (Value(data=64.0), 48.0)
    >>> a / 2, 2 / a
    (Value(data=2.0), Value(data=0.5))
"""

from collections.abc import Callable
from typing import Any

from micrograd.course.build.learner import Learner, compare_grads, equal, inputs_of
from micrograd.course.exercises.checking import Unexplained, Wrong, show

LESSONS = (11,)
MINUTES = 14
OWNER = "Value"
NEEDS = ("Value.__pow__", "Value.__truediv__", "Value.__rtruediv__")
CODE = """
class Value:
    def __pow__(self, other):
        out = Value(self.data**other, (self,), f"**{other}")

        def _backward():
            self.grad += other * self.data ** (other - 1) * out.grad

        out._backward = _backward
        return out

    def __truediv__(self, other):
        return self * other**-1

    def __rtruediv__(self, other):
        return other * self**-1
"""
HINTS = (
    "other is a plain number here, so it gets no grad, and `out` has one input: (self,).",
    "In `_backward`: the exponent, times self.data to the exponent minus 1, times out.grad.",
    "self.grad += other * self.data ** (other - 1) * out.grad; a / b: return self * other**-1.",
)
POW = """
def __pow__(self, other):
    out = Value(self.data**other, (self,), f"**{other}")

    def _backward():
        self.grad += other * self.data ** (other - 1) * out.grad

    out._backward = _backward
    return out
"""
RULE = "other * self.data ** (other - 1) * out.grad"
WRONG = {
    POW.replace(RULE, "other * self.data ** (other - 1)"): "out.grad is missing",
    POW.replace(RULE, "other * self.data ** other * out.grad"): "one less",
    POW.replace(RULE, "other * self.data ** other - 1 * out.grad"): "parentheses",
    POW.replace(RULE, "self.data ** (other - 1) * out.grad"): "exponent in front",
    POW.replace(RULE, "other * self.data * out.grad"): "the power is missing",
    POW.replace(RULE, "(other - 1) * self.data ** (other - 1) * out.grad"): "in front is one less",
    POW.replace(RULE, "other * out.data * out.grad"): "one less",
    POW.replace("self.grad += " + RULE, "self.grad = " + RULE): "replaces",
    POW.replace("self.data**other,", "self.data ^ other,"): "a power is `**`",
    POW.replace("self.data**other,", "self.data*other,"): "it multiplies",
    POW.replace("self.data**other,", "other**self.data,"): "the wrong way round",
    POW.replace("(self,),", "(),"): "remembers no inputs",
    "def __truediv__(self, other):\n"
    "    return self * getattr(other, 'data', other) ** -1": "b receives nothing",
    "def __truediv__(self, other):\n"
    "    return Value(self.data / getattr(other, 'data', other))": "loses its graph",
    "def __truediv__(self, other):\n    return Value(self.data) * other**-1": "a receives nothing",
    "def __truediv__(self, other):\n    return other * self**-1": "the wrong way round",
    "def __rtruediv__(self, other):\n    return self / other": "the wrong way round",
    "def __rtruediv__(self, other):\n    return other / self": "calls itself without end",
    "def __rtruediv__(self, other):\n    return Value(other / self.data)": "loses its graph",
}
Apply = Callable[..., Any]
POINTS = (2.3, 1.7, -0.6)
DIVISIONS: tuple[tuple[str, Apply], ...] = (
    ("a / b", lambda a, b: a / b),
    ("a / 2", lambda a, b: a / 2),
    ("3.5 / b", lambda a, b: 3.5 / b),
    ("1 / a", lambda a, b: 1 / a),
)


def check(my: Learner) -> None:
    for k in (4, 3, 2, -1, 1, 0.5, -2.5):
        for x in POINTS[: 2 if k % 1 else 3]:
            check_power(my, x, k)
    check_zero(my)
    check_twice(my)
    for text, apply in DIVISIONS:
        check_division(my, text, apply)


def check_power(my: Learner, x: float, k: float) -> None:
    a = my.Value(x)
    out = a**k
    data, right = my.data(out, f"a**{k}"), x**k
    where = f"`a**{k}` with a = {x} is {show(data)}, and should be {show(right)}"
    if not equal(data, right) and gives(my, lambda base, exponent: base * exponent):
        raise Wrong(f"{where}: it multiplies.", "times for a power")
    if not equal(data, right) and gives(my, lambda base, exponent: exponent**base):
        raise Wrong(f"{where}: base and exponent are the wrong way round.", "base and exponent")
    if not equal(data, right):
        raise Unexplained(f"{where}.")
    if out is not a and not inputs_of(out):
        raise Wrong(f"`a**{k}` remembers no inputs: hand over `(self,)`.", "no inputs")
    if k == 4:
        compare_power(a, out, x, k)
        return
    out.backward()
    text = f"b = a**{k} with a = {x}, after b.backward()"
    compare_grads(text, [("a", a)], [k * x ** (k - 1)], {})


def gives(my: Learner, other: Callable[[float, float], float]) -> bool:
    """Return whether a power gives what the other function does, at points that tell."""
    points = ((2.3, 3), (1.7, 2), (0.6, 4))
    return all(equal(my.data(my.Value(x) ** k, "a**k"), other(x, k)) for x, k in points)


def compare_power(a: Any, out: Any, x: float, k: float) -> None:
    """Raise Wrong unless `_backward` of a power does its part, with a grad that is not 1."""
    g = 10.0
    (out * g).backward()
    text = f"b = a**{k} with a = {x} and b.grad = 10"
    mistakes = {
        "out.grad is missing: a receives out.grad times the partial": [k * x ** (k - 1)],
        "the new exponent is one less: k * x**(k - 1)": [k * x**k * g],
        "the exponent is other - 1 in parentheses: ** comes before -": [k * x**k - g],
        "the exponent in front is missing: k * x**(k - 1)": [x ** (k - 1) * g],
        "the power is missing: it is k * x**(k - 1)": [k * x * g],
        "the number in front is one less, and should be the exponent itself": [
            (k - 1) * x ** (k - 1) * g
        ],
        "nothing arrives at a": [0.0],
    }
    compare_grads(
        text,
        [("a", a)],
        [k * x ** (k - 1) * g],
        {f"{text}: {sentence}": grads for sentence, grads in mistakes.items()},
    )


def check_zero(my: Learner) -> None:
    a = my.Value(0.0)
    b = a**2
    b.backward()
    compare_grads("b = a**2 with a = 0, after b.backward()", [("a", a)], [0.0], {})


def check_twice(my: Learner) -> None:
    """A Value in two powers."""
    a = my.Value(1.5)
    c = a**2 + a**3
    c.backward()
    text = "c = a**2 + a**3 with a = 1.5, after c.backward()"
    one = f"{text}: only one of the two arrives, since `=` replaces the other. Add with `+=`"
    mistakes = {one: [3.0], f"{one} ": [6.75]}
    compare_grads(text, [("a", a)], [9.75], mistakes)


def check_division(my: Learner, text: str, apply: Apply) -> None:
    x, y = 3.0, -0.7
    a, b = my.Value(x), my.Value(y)
    try:
        out = apply(a, b)
    except RecursionError as error:
        raise Wrong(
            f"`{text}` calls itself without end: Python calls the same method for it again. Write "
            "it with * and **-1.",
            "the op calls itself",
        ) from error
    data, right = my.data(out, text), apply(x, y)
    where = f"`{text}` with a = 3 and b = -0.7 is {show(data)}, and should be {show(right)}"
    if equal(data * right, 1.0):
        raise Wrong(f"{where}: the wrong way round, self and other.", "self and other swapped")
    if not equal(data, right):
        raise Unexplained(f"{where}.")
    out.backward()
    expected = {
        "a / b": (1 / y, -x / y**2),
        "a / 2": (0.5, 0.0),
        "1 / a": (-1 / x**2, 0.0),
        "3.5 / b": (0.0, -3.5 / y**2),
    }[text]
    mistakes: dict[str, list[float]] = {
        f"{text}: no grad arrives, so the result loses its graph: write it with * and **": [0, 0]
    }
    if text == "a / b":
        mistakes[f"{text}: b receives nothing: its number is taken out of the graph by .data"] = [
            *(1 / y, 0)
        ]
        mistakes[f"{text}: a receives nothing: its number is taken out of the graph"] = [
            *(0, -x / y**2)
        ]
    compare_grads(f"`{text}`, after backward()", [("a", a), ("b", b)], expected, mistakes)
