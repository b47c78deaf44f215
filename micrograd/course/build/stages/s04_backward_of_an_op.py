"""Each operation passes its grad on

Call the end of a graph L. Every Value gets a number `grad`:
how fast L changes with it, dL/d(this). L changes with
itself at a rate of 1. From there, each operation can tell
its inputs: by the chain rule, an input receives the grad of
the result, times the partial of the result with respect to
that input. For `c = a * b`, the partial with respect to a
is b; for `c = a + b`, it is 1.

Change your class:

- `__init__` also sets `self.grad = 0.0` and
  `self._backward = lambda: None`, a function that does
  nothing, for leaves.
- In `__add__` and `__mul__`, name the new Value `out`,
  define a function `_backward()` inside, which gives both
  inputs their grads, then set `out._backward = _backward`
  (no parentheses: it is kept for later), and return out.

`_backward` uses `out.grad`, which is filled in later.

    >>> a, b = Value(2.0), Value(-3.0)
    >>> c = a * b
    >>> c.grad = 10.0
    >>> c._backward()
    >>> a.grad, b.grad
    (-30.0, 20.0)

For a sum, both inputs receive the 10.0 as it is.
"""

from micrograd.course.build.learner import Learner, compare_grads, grad_of
from micrograd.course.exercises.checking import Wrong

LESSONS = (5, 8)
MINUTES = 14
OWNER = "Value"
NEEDS = ()
CODE = """
class Value:
    def __init__(self, data, _children=(), _op=""):
        self.data = data
        self.grad = 0.0
        self._backward = lambda: None
        self._prev = _children
        self._op = _op

    def __add__(self, other):
        out = Value(self.data + other.data, (self, other), "+")

        def _backward():
            self.grad = 1.0 * out.grad
            other.grad = 1.0 * out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        out = Value(self.data * other.data, (self, other), "*")

        def _backward():
            self.grad = other.data * out.grad
            other.grad = self.data * out.grad

        out._backward = _backward
        return out
"""
HINTS = (
    "What an input receives is out.grad times the partial. For a product, the partial with respect "
    "to self is other.data.",
    "`_backward` takes no arguments: a function inside a method sees self, other and out.",
    "In `__mul__`: self.grad = other.data * out.grad, other.grad = self.data * out.grad; then "
    "out._backward = _backward, and return out.",
)
ADD = """
def __add__(self, other):
    out = Value(self.data + other.data, (self, other), "+")

    def _backward():
        {}

    out._backward = _backward
    return out
"""
MUL = ADD.replace("add", "mul").replace("+", "*")
WRONG = {
    MUL.format("self.grad = other.data * self.grad\n        other.grad = self.data * other.grad"): (
        "out.grad"
    ),
    MUL.format("self.grad = self.data * out.grad\n        other.grad = other.data * out.grad"): (
        "its own data"
    ),
    MUL.format("self.grad = other.data\n        other.grad = self.data"): "out.grad is missing",
    MUL.format("self.grad = 1.0 * out.grad\n        other.grad = 1.0 * out.grad"): "of a sum",
    MUL.format("self.grad = other.data * out.grad"): "b receives nothing",
    MUL.format("self.grad = other.grad * out.grad\n        other.grad = self.grad * out.grad"): (
        "other.data"
    ),
    MUL.format("self.grad = other.data + out.grad\n        other.grad = self.data + out.grad"): (
        "times, not plus"
    ),
    ADD.format("self.grad = 1.0\n        other.grad = 1.0"): "out.grad is missing",
    ADD.format("self.grad = other.data * out.grad\n        other.grad = self.data * out.grad"): (
        "of a product"
    ),
    ADD.format("self.grad = self.data * out.grad\n        other.grad = other.data * out.grad"): (
        "its own data"
    ),
    ADD.format("self.grad = out.grad"): "b receives nothing",
    ADD.format("self.grad = out.grad / 2\n        other.grad = out.grad / 2"): "shares",
    ADD.format("self.grad += 2 * out.grad\n        other.grad += 2 * out.grad"): "twice",
    ADD.format("self.grad -= out.grad\n        other.grad -= out.grad"): "the sign is turned",
    MUL.format("self.grad -= other.data * out.grad\n        other.grad -= self.data * out.grad"): (
        "the sign is turned"
    ),
    MUL.format("self.grad *= other.data * out.grad\n        other.grad *= self.data * out.grad"): (
        "nothing arrives"
    ),
    ADD.format("self.grad = out.data\n        other.grad = out.data"): "out.data",
    ADD.format("self.grad = other.grad = out.grad").replace(
        "_backward\n    return", "_backward()\n    return"
    ): ("without parentheses"),
    ADD.format("self.grad = other.grad = out.grad").replace(
        "    out._backward = _backward\n", ""
    ): ("nothing is passed on"),
    ADD.format("self.grad = other.grad = out.grad").replace("    out._b", "    self._b"): (
        "on a, and not on the result"
    ),
    ADD.format("self.grad = other.grad = out.grad").replace("_backward():", "_backward(self):"): (
        "takes no arguments"
    ),
    "def __init__(self, data, _children=(), _op=''):\n"
    "    self.data = data\n    self.grad = 1.0\n    self._backward = lambda: None\n"
    "    self._prev = _children\n    self._op = _op": "starts at 0",
    "def __init__(self, data, _children=(), _op=''):\n"
    "    self.data = data\n    self.grad = None\n    self._backward = lambda: None\n"
    "    self._prev = _children\n    self._op = _op": "a plain number",
    "def __init__(self, data, _children=(), _op=''):\n"
    "    self.data = data\n    self.grad = 0.0\n    self._backward = None\n"
    "    self._prev = _children\n    self._op = _op": "a leaf",
}


def check(my: Learner) -> None:
    leaf = my.Value(2.0)
    if grad_of(leaf, "a") != 0.0:
        raise Wrong(
            f"the grad of a new Value is {leaf.grad}: it starts at 0, which says that a change "
            "of it has no effect, until backward says otherwise.",
            "grads do not start at 0",
        )
    check_parts(my)
    for x, y, g in ((2.0, -3.0, 10.0), (0.7, 1.9, -1.5), (5.0, 0.3, 0.25)):
        check_sum(my, x, y, g)
        check_product(my, x, y, g)
    check_chain(my)


def check_parts(my: Learner) -> None:
    """Raise Wrong unless every Value has a `_backward` to call, and making it calls nothing."""
    a, b = my.Value(2.0), my.Value(-3.0)
    before = a._backward if hasattr(a, "_backward") else None
    if not callable(before):
        raise Wrong(
            "a leaf has no `_backward` to call: set `self._backward = lambda: None` in `__init__`.",
            "not written yet",
        )
    before()
    for text, out in (("a + b", a + b), ("a * b", a * b)):
        if not callable(out._backward):
            raise Wrong(
                f"`({text})._backward` is {out._backward!r}: write `out._backward = _backward`, "
                "without parentheses, which would call it at once.",
                "_backward is called at once",
            )
        out.grad = 1.0
        out._backward()
        if a.grad == b.grad == 0.0:
            a._backward()
            if a.grad or b.grad:
                raise Wrong(
                    f"the `_backward` of `{text}` is stored on a, and not on the result: write "
                    "`out._backward = _backward`.",
                    "_backward is stored on an input",
                )
            raise Wrong(
                f"`c = {text}`, `c.grad = 1.0`, `c._backward()`: nothing is passed on, a.grad and "
                "b.grad are still 0. Is `out._backward = _backward` there, and does it write into "
                "self.grad and other.grad, with out.grad and not their own?",
                "nothing is passed on",
            )


def check_sum(my: Learner, x: float, y: float, g: float) -> None:
    a, b = my.Value(x), my.Value(y)
    c = a + b
    c.grad = g
    c._backward()
    text = f"c = a + b with a = {x}, b = {y} and c.grad = {g}, after c._backward()"
    mistakes: dict[str, list[float]] = {
        "out.grad is missing: each input receives out.grad times the partial, which is 1": [1, 1],
        "this is the rule of a product: the partials of a sum are 1": [y * g, x * g],
        "each input gets its own data: the partials of a sum are 1": [x * g, y * g],
        "b receives nothing: other needs its grad as well": [g, 0],
        "a receives nothing: self needs its grad as well": [0, g],
        "a sum shares nothing out: each input receives all of out.grad": [g / 2, g / 2],
        "out.data is passed on, and should be out.grad": [x + y, x + y],
        "each input receives out.grad twice: it receives it once": [2 * g, 2 * g],
        "the sign is turned": [-g, -g],
    }
    compare_grads(text, [("a", a), ("b", b)], [g, g], with_text(mistakes, text))


def check_product(my: Learner, x: float, y: float, g: float) -> None:
    a, b = my.Value(x), my.Value(y)
    c = a * b
    c.grad = g
    c._backward()
    text = f"c = a * b with a = {x}, b = {y} and c.grad = {g}, after c._backward()"
    mistakes: dict[str, list[float]] = {
        "out.grad is missing: each input receives out.grad times the partial": [y, x],
        "each input gets its own data as its partial: it is the data of the other one": [
            *(x * g, y * g)
        ],
        "this is the rule of a sum: the partial with respect to a is b": [g, g],
        "b receives nothing: other needs its grad as well": [y * g, 0],
        "a receives nothing: self needs its grad as well": [0, x * g],
        "out.grad and partial are joined by times, not plus": [y + g, x + g],
        "nothing arrives: does it read out.grad and other.data, and add or set what it writes?": [
            *(0, 0)
        ],
        "the sign is turned": [-y * g, -x * g],
    }
    compare_grads(text, [("a", a), ("b", b)], [y * g, x * g], with_text(mistakes, text))


def with_text(mistakes: dict[str, list[float]], text: str) -> dict[str, list[float]]:
    return {f"{text}: {sentence}": grads for sentence, grads in mistakes.items()}


def check_chain(my: Learner) -> None:
    """Two operations, called by hand from the end."""
    a, b, c = my.Value(2.0), my.Value(-3.0), my.Value(10.0)
    e = a * b
    d = e + c
    d.grad = 1.0
    d._backward()
    e._backward()
    compare_grads(
        "d = a * b + c with a = 2, b = -3, c = 10, both `_backward()` called, the last one first",
        [("a", a), ("b", b), ("c", c)],
        [-3.0, 2.0, 1.0],
        {},
    )
