"""Stage 2: the number remembers its inputs."""


class Value:
    """A number that remembers its inputs and the operation that made it."""

    def __init__(self, data, inputs=(), op="", label=""):
        self.data = data
        self.inputs = inputs
        self.op = op
        self.label = label

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), "+")

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), "*")
