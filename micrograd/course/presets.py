"""Small graphs worth looking at: those of the lecture, and those on which mistakes show.

Rule: a preset is a function that makes its graph anew, with labels, and returns the result.
"""

import math

from micrograd.engine import Value
from micrograd.losses import cross_entropy
from micrograd.nn import MLP
from micrograd.ops import exp, relu, tanh
from micrograd.support.randomness import seeded


def named(**numbers: float) -> list[Value]:
    return [Value(number, label=name) for name, number in numbers.items()]


def label(**nodes: Value) -> Value:
    """Label each after its name; the last one."""
    for name, node in nodes.items():
        node.label = name
    return node


def expression():
    """L = (a*b + c) * f, the lecture's first."""
    a, b, c, f = named(a=2.0, b=-3.0, c=10.0, f=-2.0)
    e = a * b
    d = e + c
    return label(e=e, d=d, L=d * f)


def neuron():
    """One neuron with tanh, whose numbers come out round."""
    x1, x2, w1, w2, b = named(x1=2.0, x2=0.0, w1=-3.0, w2=1.0, b=6.8813735870195432)
    n = x1 * w1 + x2 * w2 + b
    return label(n=n, o=tanh(n))


def tanh_in_parts():
    """tanh out of exp: (e - 1) / (e + 1), where e = exp(2n)."""
    (n,) = named(n=0.8813735870195432)
    e = exp(2.0 * n)
    return label(e=e, o=(e - 1.0) / (e + 1.0))


def used_twice():
    """b = a + a: with `=` for `+=` a gets the grad 1."""
    (a,) = named(a=3.0)
    return label(b=a + a)


def two_uses():
    """f = (a*b) * (a + b): both are used twice, by different nodes."""
    a, b = named(a=-2.0, b=3.0)
    d, e = a * b, a + b
    return label(d=d, e=e, f=d * e)


def diamond():
    """c = b + b, b = a + a: who passes on at once passes on too much."""
    (a,) = named(a=1.0)
    b = a + a
    return label(b=b, c=b + b)


def near_and_far():
    """c = b + b*b, b = 2a: b is next to c by one path and further by the other."""
    (a,) = named(a=3.0)
    b = 2.0 * a
    d = b * b
    return label(b=b, d=d, c=b + d)


def readme_of(a, b):
    """The expression of the original's README, of anything with operators."""
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


def readme():
    """The expression of the original's README."""
    return label(g=readme_of(*named(a=-4.0, b=2.0)))


def softmax():
    """The cross-entropy of four scores: softmax, and the logarithm of one of its numbers."""
    scores = named(s0=0.0, s1=3.0, s2=-2.0, s3=1.0)
    return label(loss=cross_entropy(scores, 3))


def moons_neuron():
    """A neuron of the moons network, at one point of the data."""
    with seeded(1337):
        first = MLP(2, [16, 16, 1]).layers[0].neurons[0]
    for name, w in (("w1", first.w[0]), ("w2", first.w[1]), ("b", first.b)):
        w.label = name
    return label(out=first(named(x1=math.cos(1.0), x2=math.sin(1.0))))


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
