"""It remembers where it came from

A sum forgets its terms. To find out later who is
responsible for the result, and for how much of it, each
Value has to remember the Values it was computed from: its
*inputs*. All Values together are then a graph.

The lecture calls the inputs of a node its children, and
stores them in `_prev`.

Change your class:

- `__init__(self, data, _children=(), _op="")` stores the
  inputs in `self._prev`, as a tuple or a set, and the sign
  of the operation in `self._op`. `Value(2.0)` still works:
  it has no inputs, and its `_op` is "".
- `__add__` hands over both Values, self and other, and
  "+". `__mul__` hands over both, and "*".

Hand over the two objects themselves, not their numbers.

    >>> a, b, c = Value(2.0), Value(-3.0), Value(10.0)
    >>> d = a * b + c
    >>> d._op, len(d._prev), a._prev
    ('+', 2, ())

Now it can be drawn, and this package does it for you:

    >>> from micrograd import draw, tree
    >>> print(tree(d))
    + data 4.0000  backward not run
    ├── * data -6.0000  backward not run
    │   ├── data 2.0000  backward not run
    │   └── data -3.0000  backward not run
    └── data 10.0000  backward not run

The result stands on top, its inputs below it, indented.
`draw(d).save("d.html")` writes a page with a picture.

(The lessons call the two attributes `inputs` and `op`. Both
pairs of names are fine here.)
"""

from collections.abc import Callable
from typing import Any

from micrograd.course.build.learner import INPUTS, OPS, Learner, inputs_of, is_number, op_of
from micrograd.course.exercises.checking import Wrong, show

LESSONS = (4,)
MINUTES = 9
OWNER = "Value"
NEEDS = ()
OTHER_NAMES = (*INPUTS, *OPS, "operation", "sign")
CODE = """
class Value:
    def __init__(self, data, _children=(), _op=""):
        self.data = data
        self._prev = _children
        self._op = _op

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), "+")

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), "*")
"""
HINTS = (
    "Give `__init__` two more arguments with defaults, and store both on self.",
    'In `__add__`, the new Value\'s inputs are the pair (self, other), and its sign is "+".',
    'return Value(self.data + other.data, (self, other), "+"), and in `__init__`: '
    "self._prev = _children and self._op = _op.",
)
WRONG = {
    "def __add__(self, other):\n"
    "    return Value(self.data + other.data, (self.data, other.data), '+')": "the numbers",
    "def __add__(self, other):\n"
    "    pair = Value(self.data), Value(other.data)\n"
    "    return Value(self.data + other.data, pair, '+')": "copies",
    "def __mul__(self, other):\n"
    "    return Value(self.data * other.data, (self, other), '+')": "sign of `a * b`",
    "def __mul__(self, other):\n    return Value(self.data * other.data)": "remembers no inputs",
    "def __mul__(self, other):\n"
    "    return Value(self.data * other.data, (self,), '*')": "b is missing",
    "def __add__(self, other):\n"
    "    return Value(self.data + other.data, (other,), '+')": "a is missing",
    "def __add__(self, other):\n"
    "    return Value(self.data + other.data, (self, other))": "sign of `a + b`",
    "def __add__(self, other):\n"
    "    out = Value(self.data + other.data, (), '+')\n"
    "    self._prev = (self, other)\n"
    "    return out": "on a, and not on the result",
    "def __init__(self, data, _children=(), _op=''):\n"
    "    self.data = data\n    self._prev = ()\n    self._op = _op": "remembers no inputs",
    "def __init__(self, data, _children=(), _op=''):\n"
    "    self.data = data\n    self._prev = _children\n    self._op = ''": "sign of `a + b`",
    "def __init__(self, data, _children=(), _op='+'):\n"
    "    self.data = data\n    self._prev = _children\n    self._op = _op": "a leaf has the sign",
    "def __init__(self, data, _children=[], _op=''):\n"
    "    self.data = data\n    self._prev = _children\n    self._op = _op\n\n"
    "def __add__(self, other):\n"
    "    out = Value(self.data + other.data)\n    out._op = '+'\n"
    "    out._prev.extend((self, other))\n    return out": "one list",
}
ADD: Callable[[Any, Any], Any] = lambda a, b: a + b  # noqa: E731
MUL: Callable[[Any, Any], Any] = lambda a, b: a * b  # noqa: E731


def check(my: Learner) -> None:
    leaf = my.Value(2.0)
    inputs_of(leaf), op_of(leaf)
    for sign, apply in (("+", ADD), ("*", MUL)):
        check_op(my, sign, apply)
    a, b, c = my.Value(2.0), my.Value(-3.0), my.Value(10.0)
    product = a * b
    d = product + c
    if not any(x is product for x in inputs_of(d)):
        raise Wrong("the inputs of `a * b + c` are a * b and c, and the product is missing.")
    double = inputs_of(a + a)
    if not double or any(x is not a for x in double):
        raise Wrong("`a + a` has a for its inputs, and nothing else.", "a + a")


def check_leaf(my: Learner) -> None:
    """Raise Wrong unless a Value that nothing was computed from has no inputs and no sign."""
    leaf = my.Value(1.0)
    if inputs_of(leaf):
        raise Wrong(
            "a new `Value(1.0)` already has inputs: all Values share one list. Give `_children` "
            "the default (), and hand over new inputs each time.",
            "one list is shared",
        )
    if op_of(leaf):
        raise Wrong(
            f'`Value(1.0)._op` is {op_of(leaf)!r}: a leaf has the sign "", as no op made it.',
            "a leaf has a sign",
        )


def check_op(my: Learner, sign: str, apply: Callable[[Any, Any], Any]) -> None:
    """Raise Wrong unless the result of the op remembers both inputs and its sign."""
    a, b = my.Value(2.0), my.Value(-3.0)
    out = my.value(apply(a, b), f"a {sign} b")
    text = f"`a {sign} b`"
    check_leaf(my)
    if inputs_of(a) or inputs_of(b):
        raise Wrong(f"the inputs of {text} are stored on a, and not on the result.", "on self")
    inputs = inputs_of(out)
    if not inputs:
        raise Wrong(
            f"{text} remembers no inputs: hand over `(self, other)`, and store it in `__init__`.",
            "no inputs",
        )
    for name, x in (("a", a), ("b", b)):
        if not any(y is x for y in inputs):
            raise explain_missing(name, text, x, inputs)
    if op_of(out) != sign:
        raise Wrong(f"the sign of {text}, its `_op`, is {op_of(out)!r}, and should be {sign!r}.")


def explain_missing(name: str, text: str, x: Any, inputs: list[Any]) -> Wrong:
    """Return what is wrong with inputs in which x is missing."""
    if any(is_number(y) for y in inputs):
        return Wrong(
            f"{text} remembers the numbers {show(inputs)}: hand over the Values themselves, self "
            "and other, or nothing can be told to them later.",
            "numbers for inputs",
        )
    if any(getattr(y, "data", None) == x.data for y in inputs):
        return Wrong(
            f"the inputs of {text} are copies, with the same numbers: hand over self and other.",
            "copies for inputs",
        )
    return Wrong(f"in the inputs of {text}, {name} is missing.", "an input is missing")
