"""Stage 2: the number remembers its inputs."""


class Value:
    """A number that remembers what made it."""

    def __init__(self, data, inputs=(), op="", label=""):
        self.data = data
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
