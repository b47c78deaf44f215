"""Small example graphs: those of the lecture, and those that reveal mistakes.

Rule: a preset is a function that builds a new graph, with labels, and returns its result.
"""

import math

from micrograd.engine import Value
from micrograd.losses import cross_entropy
from micrograd.nn import MLP
from micrograd.ops import exp, relu, tanh
from micrograd.support.randomness import seeded


def make_leaves(**numbers: float) -> list[Value]:
    """Return a leaf for each number, labelled with its name."""
    return [Value(number, label=name) for name, number in numbers.items()]


def label(**nodes: Value) -> Value:
    """Label each node with its name, and return the last one."""
    for name, node in nodes.items():
        node.label = name
    return node


def expression() -> Value:
    """Return L = (a*b + c) * f, the lecture's first expression."""
    a, b, c, f = make_leaves(a=2.0, b=-3.0, c=10.0, f=-2.0)
    e = a * b
    d = e + c
    return label(e=e, d=d, L=d * f)


def neuron() -> Value:
    """Return one neuron with tanh, whose gradients are round numbers."""
    x1, x2, w1, w2, b = make_leaves(x1=2.0, x2=0.0, w1=-3.0, w2=1.0, b=6.8813735870195432)
    n = x1 * w1 + x2 * w2 + b
    return label(n=n, o=tanh(n))


def tanh_in_parts() -> Value:
    """Return tanh made from exp: (e - 1) / (e + 1), where e = exp(2n)."""
    (n,) = make_leaves(n=0.8813735870195432)
    e = exp(2.0 * n)
    return label(e=e, o=(e - 1.0) / (e + 1.0))


def used_twice() -> Value:
    """Return b = a + a: with `=` instead of `+=`, a gets the grad 1."""
    (a,) = make_leaves(a=3.0)
    return label(b=a + a)


def two_uses() -> Value:
    """Return f = (a*b) * (a + b): two different nodes use both a and b."""
    a, b = make_leaves(a=-2.0, b=3.0)
    d, e = a * b, a + b
    return label(d=d, e=e, f=d * e)


def diamond() -> Value:
    """Return c = b + b with b = a + a: a node that passes on at once passes on too much."""
    (a,) = make_leaves(a=1.0)
    b = a + a
    return label(b=b, c=b + b)


def near_and_far() -> Value:
    """Return c = b + b*b with b = 2a: b reaches c directly, and by a longer path."""
    (a,) = make_leaves(a=3.0)
    b = 2.0 * a
    d = b * b
    return label(b=b, d=d, c=b + d)


def readme_of(a: Value, b: Value) -> Value:
    """Return the expression of the original's README, for anything that has operators."""
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + relu(b + a)
    d += 3 * d + relu(b - a)
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    return g


def readme() -> Value:
    """Return the expression of the original's README at a = -4 and b = 2."""
    return label(g=readme_of(*make_leaves(a=-4.0, b=2.0)))


def softmax() -> Value:
    """Return the cross-entropy of four scores: softmax, and the log of one probability."""
    scores = make_leaves(s0=0.0, s1=3.0, s2=-2.0, s3=1.0)
    return label(loss=cross_entropy(scores, 3))


def moons_neuron() -> Value:
    """Return a neuron of the moons network, at one point of the data."""
    with seeded(1337):
        first = MLP(2, [16, 16, 1]).layers[0].neurons[0]
    for name, w in (("w1", first.w[0]), ("w2", first.w[1]), ("b", first.b)):
        w.label = name
    return label(out=first(make_leaves(x1=math.cos(1.0), x2=math.sin(1.0))))


PRESETS = {
    f.__name__: f
    for f in (
        expression,
        neuron,
        tanh_in_parts,
        used_twice,
        two_uses,
        diamond,
        near_and_far,
        readme,
        softmax,
        moons_neuron,
    )
}
