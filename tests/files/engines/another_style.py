# An engine in another style: a dataclass, one method for all operations, names of its own.
import math
import random
from dataclasses import dataclass, field
from itertools import chain

PARTIALS = {
    "+": lambda xs, out: [1.0] * len(xs),
    "*": lambda xs, out: [xs[1].data, xs[0].data],
    "tanh": lambda xs, out: [1 - out.data * out.data],
    "relu": lambda xs, out: [float(out.data > 0)],
}


def wrap(x):
    return x if isinstance(x, Value) else Value(float(x))


@dataclass(eq=False, repr=False)
class Value:
    data: float
    inputs: tuple = ()
    op: str | None = None
    grad: float = 0.0
    power: float | None = field(default=None)

    def __repr__(self):
        return f"<{self.data:g}>" if self.data != int(self.data) else f"<{self.data:.1f}>"

    def _backward(self):
        if self.power is not None:
            partials = [self.power * self.inputs[0].data ** (self.power - 1)]
        elif self.op is None:
            return
        else:
            partials = PARTIALS[self.op](self.inputs, self)
        for x, partial in zip(self.inputs, partials):
            x.grad = x.grad + partial * self.grad

    def __add__(self, other):
        other = wrap(other)
        return Value(self.data + other.data, (self, other), "+")

    def __mul__(self, other):
        other = wrap(other)
        return Value(self.data * other.data, (self, other), "*")

    __radd__ = __add__
    __rmul__ = __mul__

    def __pow__(self, k):
        return Value(self.data**k, (self,), f"**{k}", power=k)

    def __neg__(self):
        return -1 * self

    def __sub__(self, other):
        return self + -wrap(other)

    def __rsub__(self, other):
        return wrap(other) - self

    def __truediv__(self, other):
        return self * wrap(other) ** -1

    def __rtruediv__(self, other):
        return wrap(other) / self

    def tanh(self):
        return Value(math.tanh(self.data), (self,), "tanh")

    def relu(self):
        return Value(max(self.data, 0.0), (self,), "relu")

    def backward(self):
        waiting, order, uses = [self], [], {}
        while waiting:
            node = waiting.pop()
            for x in node.inputs:
                uses[id(x)] = uses.get(id(x), 0) + 1
                if uses[id(x)] == 1:
                    waiting.append(x)
        self.grad, ready = 1.0, [self]
        while ready:
            node = ready.pop()
            order.append(node)
            node._backward()
            for x in node.inputs:
                uses[id(x)] -= 1
                if not uses[id(x)]:
                    ready.append(x)


class Neuron:
    __slots__ = ("b", "squash", "w")

    def __init__(self, nin, squash=Value.tanh):
        self.w = tuple(Value(random.uniform(-1, 1)) for _ in range(nin))
        self.b, self.squash = Value(random.uniform(-1, 1)), squash

    def __call__(self, x):
        total = self.b
        for w, xi in zip(self.w, x):
            total = total + xi * w
        return self.squash(total)

    def parameters(self):
        return [self.b, *self.w]


class Layer:
    def __init__(self, nin, nout):
        self.neurons = tuple(Neuron(nin) for _ in range(nout))

    def __call__(self, x):
        outs = tuple(neuron(x) for neuron in self.neurons)
        return outs if len(outs) > 1 else outs[0]

    def parameters(self):
        return [*chain.from_iterable(neuron.parameters() for neuron in self.neurons)]


class MLP:
    def __init__(self, nin, nouts):
        self.layers = []
        for nout in nouts:
            self.layers.append(Layer(nin, nout))
            nin = nout

    def __call__(self, x):
        *others, last = self.layers
        for layer in others:
            x = layer(x)
        return last(x)

    def parameters(self):
        return [p for layer in self.layers[::-1] for p in layer.parameters()]

    def zero_grad(self):
        for p in self.parameters():
            p.grad *= 0.0


def squared_loss(model, xs, ys):
    total = Value(0.0)
    for x, y in zip(xs, ys):
        error = model(x) - y
        total += error * error
    return total


def train(model, xs, ys, steps, lr, loss=squared_loss):
    def step():
        total = loss(model, xs, ys)
        model.zero_grad()
        total.backward()
        for p in model.parameters():
            p.data = p.data - lr * p.grad
        return total.data

    return [step() for _ in range(steps)]


def hinge_loss(model, xs, ys):
    total, price = 0.0, 0.0
    for x, y in zip(xs, ys):
        total = (Value(1.0) - model(x) * y).relu() + total
    for p in model.parameters():
        price = price + p**2
    return total / len(xs) + price * 1e-4


def accuracy(model, xs, ys):
    return sum(model(x).data * y > 0 for x, y in zip(xs, ys)) / len(xs)
