"""A small step gives the same bits whether its numbers stay in registers or stand in memory.

Rule: the referee is the loop in memory, which other tests compare with the eager engine.
"""

import random

import pytest

from micrograd import MLP, Module, Value, compile_step, nn
from micrograd.optim import SGD, Adam, RMSprop
from micrograd.training.steps import register_loop

STEPS = 7


class Expression(Module):
    """A function of two parameters, and of a third number that nobody trains."""

    def __init__(self):
        self.a, self.b, self.c = Value(-0.4), Value(0.2), Value(1.5)

    def __call__(self):
        return (self.a * self.b + self.b**3).tanh() * self.c + 1.0 / self.a


class Normed(Module):
    """A layer between norms, whose running statistics each step moves."""

    def __init__(self):
        random.seed(3)
        self.before, self.layer = nn.BatchNorm1d(2), nn.Linear(2, 1)

    def __call__(self, X):
        return [self.layer(x) for x in self.before(X)]


def dropping():
    random.seed(5)
    return nn.Sequential(nn.Linear(2, 3), nn.Dropout(0.5), nn.Linear(3, 1))


def network():
    random.seed(7)
    return MLP(2, [3, 1], activation="tanh")


def squared(model, x, y):
    out = model(x)
    return ((out[0] if isinstance(out, list) else out) - y) ** 2


def of_batch(model, X, y):
    return sum((out[0] - target) ** 2 for out, target in zip(model(X), y))


def trained(model):
    """Return what is trained: all but the last number of an Expression."""
    return model.parameters()[:2] if isinstance(model, Expression) else model.parameters()


X, Y = [[0.5, -1.0], [2.0, 0.25], [-0.75, 1.5]], [1.0, -1.0, 0.5]

# name: (the model, its loss, the data, the arguments of a run, whether the loss is of one example)
# fmt: off
MODELS = {
    "an expression":      (Expression, lambda model: model(), (None, None), {}, True),
    "one example a step": (network, squared, (X, Y), {"batch_size": 1}, True),
    "random numbers":     (dropping, squared, (X, Y), {"batch_size": 1}, True),
    "moved statistics":   (Normed, of_batch, (X, Y), {}, False),
}
OPTIMIZERS = {
    "SGD":      lambda ps: SGD(ps, lr=lambda t: 0.1 / (1 + t)),
    "momentum": lambda ps: SGD(ps, lr=0.05, momentum=0.9),
    "Adam":     lambda ps: Adam(ps, lr=0.01),
    "RMSprop":  lambda ps: RMSprop(ps, lr=0.01, momentum=0.9),
}
# fmt: on


def l2(model):
    return 0.01 * sum(p * p for p in trained(model))


def run(name, make_optimizer, **options):
    """Return the losses of two runs and of a block, and every number that they change."""
    make, loss, data, arguments, per_example = MODELS[name]
    model = make()
    optimizer = make_optimizer(trained(model))
    step = compile_step(loss, model, optimizer, per_example=per_example, **options)
    losses = [*step.run(*data, STEPS, **arguments), *step.run(*data, 1, **arguments)]
    with step.bound(*data, **arguments) as take:
        losses += [take() for _ in range(3)]
    numbers = [(v.data, v.grad) for v in trained(model)]
    return losses, numbers, model.state_dict(), optimizer.state, step.latest.code.in_registers


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("clip", [None, 0.1], ids=["free", "clipped"])
@pytest.mark.parametrize("penalty", [None, l2], ids=["plain", "penalty"])
@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_registers_and_memory_give_the_same_bits(
    name, optimizer, penalty, clip, dtype, monkeypatch
):
    options = {"penalty": penalty, "clip": clip, "dtype": dtype}
    *in_registers, is_so = run(name, OPTIMIZERS[optimizer], **options)
    monkeypatch.setattr(register_loop, "MOST_PARAMETERS", 0)
    *in_memory, is_not_so = run(name, OPTIMIZERS[optimizer], **options)
    assert (is_so, is_not_so) == (True, False)
    assert in_registers == in_memory


def test_larger_steps_stay_in_memory():
    """Many parameters, many examples, or long programs."""
    random.seed(1)
    for model, arguments in ((MLP(2, [8, 1]), {"batch_size": 1}), (network(), {})):
        step = compile_step(squared, model, SGD(model.parameters()))
        step.run(X, Y, **arguments)
        assert not step.latest.code.in_registers
    model = Expression()

    def long_loss(model):
        y = model()
        for _ in range(600):
            y = y * model.a + model.b
        return y

    step = compile_step(long_loss, model, SGD(trained(model)))
    step.run()
    assert not step.latest.code.in_registers
