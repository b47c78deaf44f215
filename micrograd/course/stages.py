"""The stages of `Value` in the lecture, from a number to a table of operations, each runnable.

Rule: a stage is a whole class, so that `difference(n)` shows what it adds to the stage before. The
last stage does what the engine does. `Value4` and `Value5` have the lecture's bug, marked, which
`Value6` fixes.
"""

import difflib
import inspect
import math
import re
from collections.abc import Callable


class Value1:
    """A number that can be added and multiplied."""

    def __init__(self, data):
        self.data = data

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value1(self.data + other.data)

    def __mul__(self, other):
        return Value1(self.data * other.data)


class Value2:
    """A number that remembers its inputs and the operation that made it."""

    def __init__(self, data, inputs=(), op="", label=""):
        self.data = data
        self.inputs = inputs
        self.op = op
        self.label = label

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value2(self.data + other.data, (self, other), "+")

    def __mul__(self, other):
        return Value2(self.data * other.data, (self, other), "*")


class Value3:
    """A number with a grad: how fast the result changes with it. It is 0 so far."""

    def __init__(self, data, inputs=(), op="", label=""):
        self.data = data
        self.grad = 0.0
        self.inputs = inputs
        self.op = op
        self.label = label

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value3(self.data + other.data, (self, other), "+")

    def __mul__(self, other):
        return Value3(self.data * other.data, (self, other), "*")

    def tanh(self):
        return Value3(math.tanh(self.data), (self,), "tanh")


class Value4:
    """Each operation knows how to pass the grad of its result on to its inputs."""

    def __init__(self, data, inputs=(), op="", label=""):
        self.data = data
        self.grad = 0.0
        self.inputs = inputs
        self.op = op
        self.label = label
        self._backward = lambda: None

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        out = Value4(self.data + other.data, (self, other), "+")

        def _backward():
            self.grad = 1.0 * out.grad  # a bug, which lesson 10 fixes
            other.grad = 1.0 * out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        out = Value4(self.data * other.data, (self, other), "*")

        def _backward():
            self.grad = other.data * out.grad
            other.grad = self.data * out.grad

        out._backward = _backward
        return out

    def tanh(self):
        out = Value4(math.tanh(self.data), (self,), "tanh")

        def _backward():
            self.grad = (1.0 - out.data**2) * out.grad

        out._backward = _backward
        return out


class Value5:
    """`backward()` calls the `_backward` of every node, each node before its inputs."""

    def __init__(self, data, inputs=(), op="", label=""):
        self.data = data
        self.grad = 0.0
        self.inputs = inputs
        self.op = op
        self.label = label
        self._backward = lambda: None

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        out = Value5(self.data + other.data, (self, other), "+")

        def _backward():
            self.grad = 1.0 * out.grad  # a bug, which lesson 10 fixes
            other.grad = 1.0 * out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        out = Value5(self.data * other.data, (self, other), "*")

        def _backward():
            self.grad = other.data * out.grad
            other.grad = self.data * out.grad

        out._backward = _backward
        return out

    def tanh(self):
        out = Value5(math.tanh(self.data), (self,), "tanh")

        def _backward():
            self.grad = (1.0 - out.data**2) * out.grad

        out._backward = _backward
        return out

    def backward(self):
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for x in node.inputs:
                    visit(x)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            node._backward()


class Value6:
    """Contributions from several uses of a node are added up."""

    def __init__(self, data, inputs=(), op="", label=""):
        self.data = data
        self.grad = 0.0
        self.inputs = inputs
        self.op = op
        self.label = label
        self._backward = lambda: None

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        out = Value6(self.data + other.data, (self, other), "+")

        def _backward():
            self.grad += 1.0 * out.grad
            other.grad += 1.0 * out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        out = Value6(self.data * other.data, (self, other), "*")

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def tanh(self):
        out = Value6(math.tanh(self.data), (self,), "tanh")

        def _backward():
            self.grad += (1.0 - out.data**2) * out.grad

        out._backward = _backward
        return out

    def backward(self):
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for x in node.inputs:
                    visit(x)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            node._backward()


class Value7:
    """More operations, also with plain numbers: 2 * a, a - 1, a / b, a**3, a.exp()."""

    def __init__(self, data, inputs=(), op="", label=""):
        self.data = data
        self.grad = 0.0
        self.inputs = inputs
        self.op = op
        self.label = label
        self._backward = lambda: None

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        other = other if isinstance(other, Value7) else Value7(other)
        out = Value7(self.data + other.data, (self, other), "+")

        def _backward():
            self.grad += 1.0 * out.grad
            other.grad += 1.0 * out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value7) else Value7(other)
        out = Value7(self.data * other.data, (self, other), "*")

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def __pow__(self, exponent):
        out = Value7(self.data**exponent, (self,), f"**{exponent}")

        def _backward():
            self.grad += exponent * self.data ** (exponent - 1) * out.grad

        out._backward = _backward
        return out

    def exp(self):
        out = Value7(math.exp(self.data), (self,), "exp")

        def _backward():
            self.grad += out.data * out.grad

        out._backward = _backward
        return out

    def tanh(self):
        out = Value7(math.tanh(self.data), (self,), "tanh")

        def _backward():
            self.grad += (1.0 - out.data**2) * out.grad

        out._backward = _backward
        return out

    def __neg__(self):
        return self * -1.0

    def __sub__(self, other):
        return self + -other

    def __truediv__(self, other):
        return self * other**-1.0

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __rsub__(self, other):
        return -self + other

    def __rtruediv__(self, other):
        return self**-1.0 * other

    def backward(self):
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for x in node.inputs:
                    visit(x)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            node._backward()


# {symbol: (what the op computes, its partials: d out / d each input)}
TABLE: dict[str, tuple[Callable, tuple[Callable, ...]]] = {
    "+": (lambda x, y: x + y, (lambda x, y, out: 1.0, lambda x, y, out: 1.0)),
    "*": (lambda x, y: x * y, (lambda x, y, out: y, lambda x, y, out: x)),
    "-": (lambda x, y: x - y, (lambda x, y, out: 1.0, lambda x, y, out: -1.0)),
    "/": (lambda x, y: x / y, (lambda x, y, out: 1.0 / y, lambda x, y, out: -out / y)),
    "exp": (math.exp, (lambda x, out: out,)),
    "tanh": (math.tanh, (lambda x, out: 1.0 - out * out,)),
}


class Value8:
    """All operations are rows of one table, and the chain rule is written in one place."""

    def __init__(self, data, inputs=(), op="", label=""):
        self.data = data
        self.grad = 0.0
        self.inputs = inputs
        self.op = op
        self.label = label

    def __repr__(self):
        return f"Value(data={self.data})"

    @staticmethod
    def apply(op, *inputs):
        inputs = tuple(x if isinstance(x, Value8) else Value8(x) for x in inputs)
        forward, _ = TABLE[op]
        return Value8(forward(*[x.data for x in inputs]), inputs, op)

    def _backward(self):
        if self.op:
            _, partials = TABLE[self.op]
            numbers = (*[x.data for x in self.inputs], self.data)
            for x, partial in zip(self.inputs, partials):
                x.grad += partial(*numbers) * self.grad

    def __add__(self, other):
        return self.apply("+", self, other)

    def __mul__(self, other):
        return self.apply("*", self, other)

    def __sub__(self, other):
        return self.apply("-", self, other)

    def __truediv__(self, other):
        return self.apply("/", self, other)

    def exp(self):
        return self.apply("exp", self)

    def tanh(self):
        return self.apply("tanh", self)

    def __neg__(self):
        return self * -1.0

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __rsub__(self, other):
        return self.apply("-", other, self)

    def __rtruediv__(self, other):
        return self.apply("/", other, self)

    def backward(self):
        order, seen, waiting = [], {self}, [(self, iter(self.inputs))]
        while waiting:
            node, rest = waiting[-1]
            for x in rest:
                if x not in seen:
                    seen.add(x)
                    waiting.append((x, iter(x.inputs)))
                    break
            else:
                order.append(node)
                waiting.pop()
        self.grad = 1.0
        for node in reversed(order):
            node._backward()


STAGES = (Value1, Value2, Value3, Value4, Value5, Value6, Value7, Value8)


def source(stage: int) -> str:
    """Return the source of a stage, in which the class is called Value."""
    text = inspect.getsource(STAGES[stage - 1])
    return re.sub(r"\bValue\d\b", "Value", text)


def difference(stage: int) -> str:
    """Return what a stage adds to the stage before, and what it removes: lines of "+ " and "- ".

    Unchanged lines are left out, except those next to a change; "..." stands for the rest. For the
    first stage every line is new.

    >>> print(difference(3).splitlines()[2])
    +     \"\"\"A number with a grad: how fast the result changes with it. It is 0 so far.\"\"\"
    """
    old = source(stage - 1).splitlines() if stage > 1 else []
    lines = difflib.unified_diff(old, source(stage).splitlines(), n=1, lineterm="")
    return "\n".join(
        "..." if line.startswith("@@") else f"{line[0]} {line[1:]}".rstrip()
        for line in [*lines][3:]  # the first three name the files and the first place
    )
