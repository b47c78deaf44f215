"""Stage 8: the operations are rows of one table."""

import math

TABLE: dict = {  # symbol: (what the op computes, its partials: d out / d each input)
    "+": (lambda x, y: x + y, (lambda x, y, out: 1.0, lambda x, y, out: 1.0)),
    "*": (lambda x, y: x * y, (lambda x, y, out: y, lambda x, y, out: x)),
    "-": (lambda x, y: x - y, (lambda x, y, out: 1.0, lambda x, y, out: -1.0)),
    "/": (lambda x, y: x / y, (lambda x, y, out: 1.0 / y, lambda x, y, out: -out / y)),
    "exp": (math.exp, (lambda x, out: out,)),
    "tanh": (math.tanh, (lambda x, out: 1.0 - out * out,)),
}


class Value:
    """All operations are rows of one table."""

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
        inputs = tuple(x if isinstance(x, Value) else Value(x) for x in inputs)
        forward, _ = TABLE[op]
        return Value(forward(*[x.data for x in inputs]), inputs, op)

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
