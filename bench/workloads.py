"""The workloads: models, data, losses and optimizers, written with the scalars of micrograd.

Rule: a workload is a row of the table at the end. Every contestant gets the same numbers: the
weights in the order of `model.parameters()`, and the data as lists.

One step is forward, backward and update. `loss(model, x, y)` is the loss of one example, and a step
minimizes its mean over the data plus `penalty(parameters)`. A workload without data minimizes
`loss(model)`.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from micrograd import MLP, Module, Value, data, losses, optim
from micrograd.ops import exp, relu, tanh
from micrograd.support.randomness import seeded
from micrograd.training.example_losses import cross_entropy_loss, hinge_loss, squared_error_loss

SEED = 1337


@dataclass(frozen=True)
class Workload:
    name: str
    what: str
    make: Callable  # () -> the model
    loss: Callable
    optimizer: Callable  # (parameters) -> the optimizer
    data: Callable = lambda: (None, None)  # () -> (rows, targets)
    penalty: Callable | None = None
    dtype: str = "float64"
    most: int = 2000  # steps in one go, which must not end in nan

    def model(self) -> Module:
        """Return a new model, always with the same weights."""
        with seeded(SEED):
            return self.make()

    def settings(self) -> optim.Optimizer:
        """Return an optimizer of the workload's kind, to read its settings from."""
        return self.optimizer([Value(0.0)])


# ------------------------------------------------------------------------------------- expressions


class Numbers(Module):
    """Named Values, the parameters of an expression."""

    def __init__(self, **numbers: float):
        for name, number in numbers.items():
            setattr(self, name, Value(number))


def readme(model):
    """Return the expression of the original's README."""
    a, b = model.a, model.b
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    f = (c - d) ** 2
    return f / 2.0 + 10.0 / f


def neuron(model):
    return tanh(model.x1 * model.w1 + model.x2 * model.w2 + model.b)


# ---------------------------------------------------------------------------------------- networks


def penalty(parameters):
    return losses.l2_penalty(parameters)


def moons():
    return data.moons(100, seed=SEED)


def yin_yang():
    X, y = data.yin_yang(80, seed=SEED)
    return [row[:2] for row in X], y


def noise(n: int, pixels: int):
    """Return `n` images of random pixels from 0 to 1, each with one of ten classes."""
    rng = random.Random(SEED)
    X = [[rng.random() for _ in range(pixels)] for _ in range(n)]
    return X, [rng.randrange(10) for _ in range(n)]


# -------------------------------------------------------------------------------------------- a GPT

VOCABULARY, EMBEDDING, HEADS, BLOCK, HIDDEN = 27, 16, 4, 8, 64
START = 26  # the token that begins a document, and ends it
DOCUMENT = [START, 0, 13, 0, 18, 19, 0, 18, 8]  # one token more than positions


class GPT(Module):
    """Karpathy's microgpt: one layer, RMSNorm without gain, no biases, relu."""

    def __init__(self):
        self.wte = matrix(VOCABULARY, EMBEDDING)
        self.wpe = matrix(BLOCK, EMBEDDING)
        self.wq = matrix(EMBEDDING, EMBEDDING)
        self.wk = matrix(EMBEDDING, EMBEDDING)
        self.wv = matrix(EMBEDDING, EMBEDDING)
        self.wo = matrix(EMBEDDING, EMBEDDING)
        self.fc1 = matrix(HIDDEN, EMBEDDING)
        self.fc2 = matrix(EMBEDDING, HIDDEN)
        self.head = matrix(VOCABULARY, EMBEDDING)

    def __call__(self, token: int, position: int, keys: list, values: list) -> list:
        """Return the scores of the next token; append this position to `keys` and `values`."""
        x = normed(add(self.wte[token], self.wpe[position]))
        z = normed(x)
        query = linear(self.wq, z)
        keys.append(linear(self.wk, z))
        values.append(linear(self.wv, z))
        x = add(x, linear(self.wo, attention(query, keys, values)))
        hidden = [relu(h) for h in linear(self.fc1, normed(x))]
        x = add(x, linear(self.fc2, hidden))
        return linear(self.head, x)


def matrix(rows: int, columns: int) -> list:
    return [[Value(random.gauss(0.0, 0.08)) for _ in range(columns)] for _ in range(rows)]


def dot(xs, ys):
    return sum(x * y for x, y in zip(xs, ys))


def linear(weights, xs) -> list:
    return [dot(row, xs) for row in weights]


def add(xs, ys) -> list:
    return [x + y for x, y in zip(xs, ys)]


def normed(xs) -> list:
    scale = (dot(xs, xs) / len(xs) + 1e-5) ** -0.5
    return [x * scale for x in xs]


def softmax(xs) -> list:
    powers = [exp(x) for x in xs]
    total = sum(powers)
    return [p / total for p in powers]


def attention(query, keys, values) -> list:
    """Return the mix of values that one position attends to, head by head."""
    size, out = EMBEDDING // HEADS, []
    for start in range(0, EMBEDDING, size):
        head = slice(start, start + size)
        scores = [dot(query[head], key[head]) / size**0.5 for key in keys]
        weights = softmax(scores)
        columns = zip(*[value[head] for value in values])
        out += [dot(weights, column) for column in columns]
    return out


def document(model):
    """Return the mean cross-entropy over the positions of one document."""
    keys, values, scores = [], [], []
    for position, token in enumerate(DOCUMENT[:-1]):
        scores.append(model(token, position, keys, values))
    return losses.cross_entropy(scores, DOCUMENT[1:])


# --------------------------------------------------------------------------------------- the table

# The updates of the first two workloads are tiny. They make each step depend on the one before, so
# that no compiler can compute the step once and skip the others.
TINY, TINIER = partial(optim.SGD, lr=1e-6), partial(optim.SGD, lr=1e-9)
SLOW, MIDDLE, FAST = (partial(optim.SGD, lr=lr) for lr in (0.01, 0.05, 0.2))

ALL = (
    Workload(
        "readme",
        "the README's expression of a and b",
        partial(Numbers, a=-4.0, b=2.0),
        readme,
        TINIER,
        most=1_000_000,
    ),
    Workload(
        "neuron",
        "tanh(x1*w1 + x2*w2 + b)",
        partial(Numbers, x1=2.0, x2=0.0, w1=-3.0, w2=1.0, b=6.8813735870195432),
        neuron,
        TINY,
        most=1_000_000,
    ),
    Workload(
        "lecture",
        "MLP(3, [4, 4, 1]) of tanh, 4 examples, squared error",
        partial(MLP, 3, [4, 4, 1], activation="tanh", output_activation="tanh"),
        squared_error_loss,
        FAST,
        data.four_points,
    ),
    Workload(
        "moons",
        "MLP(2, [16, 16, 1]) of relu, 100 points, hinge loss and penalty",
        partial(MLP, 2, [16, 16, 1]),
        hinge_loss,
        MIDDLE,
        moons,
        penalty,
    ),
    Workload(
        "yinyang",
        "MLP(2, [8, 3]) of tanh, 80 points, cross-entropy, AdamW",
        partial(MLP, 2, [8, 3], activation="tanh"),
        cross_entropy_loss,
        partial(optim.AdamW, lr=1e-3),
        yin_yang,
    ),
    Workload(
        "digits",
        "MLP(64, [32, 10]) of relu, 64 images, cross-entropy",
        partial(MLP, 64, [32, 10], init="he"),
        cross_entropy_loss,
        MIDDLE,
        partial(noise, 64, 64),
    ),
    Workload(
        "microgpt",
        "one-layer GPT of 4,064 parameters, 8 positions, Adam",
        GPT,
        document,
        partial(optim.Adam, lr=1e-3, betas=(0.85, 0.99)),
    ),
    Workload(
        "wide64",
        "MLP(784, [128, 10]) of relu, 64 images, cross-entropy, in double precision",
        partial(MLP, 784, [128, 10], init="he"),
        cross_entropy_loss,
        SLOW,
        partial(noise, 64, 784),
    ),
    Workload(
        "wide32",
        "the same in single precision",
        partial(MLP, 784, [128, 10], init="he"),
        cross_entropy_loss,
        SLOW,
        partial(noise, 64, 784),
        dtype="float32",
    ),
)
WORKLOADS = {w.name: w for w in ALL}
