"""Plus and times

Python does not know how to add two boxes. When it meets
`a + b`, it calls `a.__add__(b)`; for `a * b` it calls
`a.__mul__(b)`. So you can teach it.

Add two methods to your class:

- `__add__(self, other)` returns a *new* Value, whose data
  is the sum of both numbers.
- `__mul__(self, other)` returns a new Value, whose data is
  their product.

Neither changes a or b. A new Value comes out, so that the
result can be used in the next sum or product.

    >>> a, b, c = Value(2.0), Value(-3.0), Value(10.0)
    >>> a + b
    Value(data=-1.0)
    >>> a * b + c
    Value(data=4.0)
"""

from micrograd.course.build.learner import Learner
from micrograd.course.exercises.checking import Unexplained, Wrong, recognise, show

LESSONS = (4,)
MINUTES = 6
OWNER = "Value"
NEEDS = ("Value.__add__", "Value.__mul__")
CODE = """
class Value:
    def __add__(self, other):
        return Value(self.data + other.data)

    def __mul__(self, other):
        return Value(self.data * other.data)
"""
HINTS = (
    "`self` is what stands left of the sign, `other` what stands right of it. Both are Values.",
    "Compute with the numbers, which are in .data, and put the result into a new Value.",
    "return Value(self.data + other.data), and the same with * in `__mul__`.",
)
WRONG = {
    "def __add__(self, other):\n    return self.data + other.data": "and not a Value",
    "def __mul__(self, other):\n    return self.data * other.data": "and not a Value",
    "def __add__(self, other):\n    return Value(self + other)": "calls itself",
    "def __mul__(self, other):\n    return Value(self * other)": "calls itself",
    "def __add__(self, other):\n    Value(self.data + other.data)": "no return",
    "def __add__(self, other):\n    self.data += other.data\n    return self": "changes a",
    "def __mul__(self, other):\n    self.data *= other.data\n    return self": "changes a",
    "def __mul__(self, other):\n    return Value(self.data + other.data)": "it adds",
    "def __mul__(self, other):\n    return Value(self.data / other.data)": "it divides",
    "def __mul__(self, other):\n    return Value(self.data ** other.data)": "it takes a power",
    "def __add__(self, other):\n    return Value(self.data - other.data)": "it subtracts",
    "def __add__(self, other):\n    return Value(self.data + self.data)": "self twice",
    "def __mul__(self, other):\n    return Value(self.data * self.data)": "self twice",
    "def __add__(self, other):\n    self = Value(other.data)\n"
    "    return Value(self.data + other.data)": "takes other twice",
}


def check(my: Learner) -> None:
    for sign in ("+", "*"):
        for x, y in ((2.5, -3.5), (-1.5, 0.25), (4.0, 4.0), (0.0, 3.0), (12.5, -0.5)):
            check_op(my, sign, x, y)
    a, b, c = my.Value(2.0), my.Value(-3.0), my.Value(10.0)
    answer = my.data(a * b + c, "a * b + c")
    if answer != 4.0:
        text = f"a * b + c with a = 2, b = -3, c = 10 is {show(answer)}, and should be 4."
        raise Unexplained(text)


def check_op(my: Learner, sign: str, x: float, y: float) -> None:
    """Raise Wrong unless the op makes a new Value of the right number, and changes nothing."""
    a, b = my.Value(x), my.Value(y)
    text = f"a {sign} b"
    try:
        out = a + b if sign == "+" else a * b
    except RecursionError as error:
        raise Wrong(
            f"`{text}` calls itself without end: inside the method, `self {sign} other` is the "
            "same method again. Compute with self.data and other.data.",
            "the op calls itself",
        ) from error
    data = my.data(out, text)
    if (a.data, b.data) != (x, y):
        name, old, new = ("a", x, a.data) if a.data != x else ("b", y, b.data)
        raise Wrong(
            f"`{text}` changes {name} itself, from {show(old)} to {show(new)}: leave both as they "
            "are, and return a new Value.",
            "an input is changed",
        )
    if out is a or out is b:
        raise Wrong(f"`{text}` returns one of its inputs: return a new Value.", "no new Value")
    where = f"`{text}` with a = {show(x)} and b = {show(y)} is {show(data)}"
    compare(data, sign, x, y, where)


def compare(data: float, sign: str, x: float, y: float, where: str) -> None:
    """Raise Wrong unless data is right, and recognise another op. No y of the check is 0."""
    right = x + y if sign == "+" else x * y
    if data == right:
        return
    others = {
        "it adds": x + y,
        "it multiplies": x * y,
        "it subtracts": x - y,
        "it divides": x / y,
        "it takes other twice, and self never": y + y if sign == "+" else y * y,
        "it takes self twice, and other never": x + x if sign == "+" else x * x,
    }
    if x:
        others["it takes a power"] = abs(x) ** y * (1 if y % 2 == 0 or x > 0 else -1)
    recognise(data, {f"{where}: {text}": number for text, number in others.items()})
    raise Unexplained(f"{where}, and should be {show(right)}.")
