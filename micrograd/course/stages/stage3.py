"""Stage 3: the number has a grad."""

import math


class Value:
    """A number with a grad, which is 0 so far."""

    def __init__(self, data, inputs=(), op="", label=""):
        self.data = data
        self.grad = 0.0
        self.inputs = inputs
        self.op = op
        self.label = label

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        data = self.data + other.data
        return Value(data, (self, other), "+")

    def __mul__(self, other):
        data = self.data * other.data
        return Value(data, (self, other), "*")

    def tanh(self):
        data = math.tanh(self.data)
        return Value(data, (self,), "tanh")
