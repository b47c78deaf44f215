"""Squash it: tanh

A neuron needs a function that bends. The lecture takes
tanh, which maps every number to one between -1 and 1. It is
a rule of its own, like +: all you need is its value, and
its derivative, which is `1 - tanh(x)**2`.

Add to your class:

- `tanh(self)` returns a new Value: the tanh of self.data,
  with the input `(self,)`, the sign "tanh", and a
  `_backward`. Use `math.tanh` (with `import math` at the
  top of the file), or the formula of the lecture.

For example:

    >>> a = Value(0.5)
    >>> b = a.tanh()
    >>> b.backward()
    >>> b, a.grad
    (Value(data=0.46211715726000974), 0.7864477329659274)

That is all for now: `relu` is due in stage 13. (Who wants
to write it already, or takes it in place of tanh: it is 0
for a negative number and the number itself otherwise, and
its derivative is 0 or 1. The check looks at it, too.)
"""

import math
from collections.abc import Callable

from micrograd.course.build.learner import (
    Learner,
    compare_grads,
    equal,
    inputs_of,
    methods_of,
    not_written,
)
from micrograd.course.build.near_misses import near_miss
from micrograd.course.exercises.checking import Unexplained, Wrong, show

LESSONS = (7, 11)
MINUTES = 11
OWNER = "Value"
NEEDS = ()
CODE = """
import math


class Value:
    def exp(self):
        out = Value(math.exp(self.data), (self,), "exp")

        def _backward():
            self.grad += out.data * out.grad

        out._backward = _backward
        return out

    def tanh(self):
        t = math.tanh(self.data)
        out = Value(t, (self,), "tanh")

        def _backward():
            self.grad += (1 - t**2) * out.grad

        out._backward = _backward
        return out
"""
HINTS = (
    "math.tanh takes a float, so give it self.data. The result is the t of the derivative.",
    "The partial is 1 - t**2, where t is the tanh and not self.data. Times out.grad, as always.",
    't = math.tanh(self.data); out = Value(t, (self,), "tanh"); in `_backward`: '
    "self.grad += (1 - t**2) * out.grad.",
)
OP = """
def tanh(self):
    t = math.tanh(self.data)
    out = Value(t, (self,), "tanh")

    def _backward():
        self.grad += (1 - t**2) * out.grad

    out._backward = _backward
    return out
"""
RULE = "(1 - t**2) * out.grad"
RELU = OP.replace("tanh(self):", "relu(self):").replace(
    "math.tanh(self.data)", "max(0.0, self.data)"
)
EXP = OP.replace("tanh", "exp")
WRONG = {
    OP.replace(RULE, "1 - t**2"): "out.grad is missing",
    OP.replace(RULE, "(1 - self.data**2) * out.grad"): "t is the tanh",
    OP.replace(RULE, "(1 - t) * out.grad"): "t is squared",
    OP.replace(RULE, "1 - t**2 * out.grad"): "parentheses",
    OP.replace(RULE, "t * out.grad"): "tanh itself",
    OP.replace(RULE, "(1 + t**2) * out.grad"): "minus",
    OP.replace(RULE, "(1 - t**2) * self.grad"): "nothing arrives",
    OP.replace("self.grad += ", "self.grad = "): "replaces",
    OP.replace("math.tanh(self.data)", "math.tanh(self)"): "takes a float",
    OP.replace("math.tanh(self.data)", "math.tan(self.data)"): "tan, and not tanh",
    OP.replace(
        "math.tanh(self.data)", "(math.exp(self.data) - 1) / (math.exp(self.data) + 1)"
    ): "2 * x",
    OP.replace("    out._backward = _backward\n", ""): "nothing arrives",
    "def tanh(self):\n    return math.tanh(self.data)": "and not a Value",
    "def tanh(self):\n    return Value(math.tanh(self.data))": "remembers no inputs",
    EXP.replace("1 - t**2", "self.data"): "its own value",
    EXP.replace("1 - t**2", "1"): "its own value",
    RELU.replace("1 - t**2", "out.data"): "0 or 1",
    RELU.replace("1 - t**2", "1"): "of a negative number",
    RELU.replace("max(0.0", "min(0.0").replace("1 - t**2", "out.data < 0"): "the other half",
    RELU.replace("max(0.0, self.data)", "abs(self.data)").replace("1 - t**2", "self.data > 0"): (
        "the sign is taken off"
    ),
}
Function = Callable[[float], float]
FUNCTIONS: dict[str, tuple[Function, Function]] = {  # {name: (its value, its derivative)}
    "tanh": (math.tanh, lambda x: 1 - math.tanh(x) ** 2),
    "relu": (lambda x: max(0.0, x), lambda x: float(x > 0)),
    "exp": (math.exp, math.exp),
    "log": (math.log, lambda x: 1 / x),
    "sigmoid": (lambda x: 1 / (1 + math.exp(-x)), lambda x: math.exp(-x) / (1 + math.exp(-x)) ** 2),
}
POINTS = {"log": (0.5, 1.3, 0.2)}  # where it is not any number
UNBRACKETED = {"tanh": lambda x, g: 1 - math.tanh(x) ** 2 * g}
OTHERS: dict[str, dict[str, Function]] = {  # {name: {what else it may be: its value}}
    "tanh": {
        "that is tan, and not tanh": math.tan,
        "each exponent of the formula has 2 * x, not x": lambda x: math.tanh(x / 2),
    },
    "relu": {
        "the other half is cut off": lambda x: min(0.0, x),
        "the sign is taken off, and a negative number must become 0": abs,
    },
}
PARTIALS: dict[str, dict[str, Function]] = {  # {name: {mistake: what it takes for the derivative}}
    "tanh": {
        "in 1 - t**2, t is the tanh, and not self.data": lambda x: 1 - x * x,
        "t is squared: 1 - t**2": lambda x: 1 - math.tanh(x),
        "that is tanh itself, and its derivative is 1 - t**2": math.tanh,
        "there is a plus where a minus belongs: 1 - t**2": lambda x: 1 + math.tanh(x) ** 2,
    },
    "exp": {
        "the derivative of exp is its own value, out.data": lambda x: x,
        "the derivative of exp is its own value, and not 1": lambda x: 1.0,
    },
    "relu": {
        "the derivative of relu is 0 or 1, and not the number": lambda x: max(0.0, x),
        "the derivative of a negative number is 0": lambda x: 1.0,
    },
}


def check(my: Learner) -> None:
    names = [name for name in FUNCTIONS if my.has(f"Value.{name}")]
    if not {"tanh", "relu"} & set(names):
        note = near_miss("tanh", methods_of(my.Value), my.defined())
        raise not_written("`Value` has no `tanh`", note)
    for name in names:
        for x in POINTS.get(name, (0.5, -0.8, 1.3)):
            check_function(my, name, x)
        check_twice(my, name)


def check_function(my: Learner, name: str, x: float) -> None:
    function, derivative = FUNCTIONS[name]
    a = my.Value(x)
    out = getattr(a, name)()
    data, text = my.data(out, f"a.{name}()"), f"b = a.{name}() with a = {x}"
    for sentence, other in OTHERS.get(name, {}).items():
        if equal(data, other(x)) and not equal(other(x), function(x)):
            raise Wrong(f"{text} is {show(data)}: {sentence}.", sentence)
    if not equal(data, function(x)):
        raise Unexplained(f"{text} is {show(data)}, and should be {show(function(x))}.")
    if out is not a and not inputs_of(out):
        raise Wrong(f"`a.{name}()` remembers no inputs: hand over `(self,)`.", "no inputs")
    g, partial = 10.0, derivative(x)
    (out * g).backward()
    text = f"{text} and b.grad = 10"
    mistakes: dict[str, list[float]] = {}
    for sentence, other in PARTIALS.get(name, {}).items():
        if not equal(other(x), partial):
            mistakes[sentence] = [other(x) * g]
    if unbracketed := UNBRACKETED.get(name):
        mistakes["1 - t**2 needs parentheses"] = [unbracketed(x, g)]
    if partial:
        mistakes["out.grad is missing: a receives out.grad times the partial"] = [partial]
        if a.grad == 0.0:
            raise Unexplained(f"{text}: nothing arrives at a, and should be {show(partial * g)}.")
    with_text = {f"{text}: {sentence}": grads for sentence, grads in mistakes.items()}
    compare_grads(text, [("a", a)], [partial * g], with_text)


def check_twice(my: Learner, name: str) -> None:
    """A Value that is used by the function, and by something else."""
    x = 0.7
    derivative = FUNCTIONS[name][1](x)
    for late in (True, False):
        a = my.Value(x)
        b = getattr(a, name)()
        c = b + a * 3 if late else a * 3 + b
        c.backward()
        text = f"c = {f'a.{name}() + a * 3' if late else f'a * 3 + a.{name}()'} with a = 0.7"
        one = f"{text}: `=` replaces what arrived before. Add with `+=`"
        pairs, right = [("a", a)], [derivative + 3]
        mistakes = {one: [derivative], f"{one} ": [3.0]}
        compare_grads(f"{text}, after c.backward()", pairs, right, mistakes)
