"""Optimizers x thirty steps against torch.optim in float64; schedules against their formulas."""

import math

import pytest

from micrograd import Value, optim

OPTIMIZERS = {
    "sgd": ("SGD", {"lr": 0.05}),
    "decay": ("SGD", {"lr": 0.05, "weight_decay": 0.1}),
    "momentum": ("SGD", {"lr": 0.02, "momentum": 0.9, "weight_decay": 0.01}),
    "nesterov": ("SGD", {"lr": 0.02, "momentum": 0.9, "nesterov": True}),
    "adam": ("Adam", {"lr": 0.1}),
    "adam with decay": ("Adam", {"lr": 0.1, "betas": (0.8, 0.95), "weight_decay": 0.1}),
    "adamw": ("AdamW", {"lr": 0.1, "weight_decay": 0.2}),
    "rmsprop": ("RMSprop", {"lr": 0.02}),
    "rmsprop with momentum": ("RMSprop", {"lr": 0.01, "momentum": 0.9, "weight_decay": 0.1}),
    "adam as it comes": ("Adam", {}),
    "adamw as it comes": ("AdamW", {}),
    "rmsprop as it comes": ("RMSprop", {}),
    "sgd as it comes": ("SGD", {}),
}


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="pip install 'micrograd[test]'")


def bumpy(x, y):
    return (x * x - y).tanh() ** 2 + (x + y * y - 1.0).sin() * x


def run(optimizer, parameters):
    path = []
    for _ in range(30):
        optimizer.zero_grad()
        bumpy(*parameters).backward()
        optimizer.step()
        path.append([p.data.item() if hasattr(p, "item") else p.data for p in parameters])
    return path


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_thirty_steps_are_torchs(name, torch):
    kind, options = OPTIMIZERS[name]
    ours = [Value(0.8), Value(-0.6)]
    theirs = [torch.tensor(x.data, dtype=torch.float64, requires_grad=True) for x in ours]
    expected = run(getattr(torch.optim, kind)(theirs, **options), theirs)
    found = run(getattr(optim, kind)(ours, **options), ours)
    # roundings of each step, some 1e-16, grow along a path that is not convex; seen: 2e-14
    for a, b in zip(found, expected):
        assert a == pytest.approx(b, rel=1e-12)


def test_a_parameter_listed_twice_moves_once():
    p = Value(1.0)
    p.grad = 1.0
    optim.SGD([p, p], lr=0.1).step()
    assert p.data == 0.9


def test_an_update_runs_on_values():
    p, lr = Value(1.0), Value(0.1)
    moved, _ = optim.Adam([p]).update(p, p * 2.0, (0.0, 0.0), lr, 1)
    moved.backward()
    assert lr.grad == pytest.approx(-1.0, rel=1e-7)  # Adam's first step is lr, whatever the grad


def test_the_lecture_demos_schedule():
    schedule = optim.linear_decay(1.0, 0.1, 100)
    assert [schedule(k) for k in range(100)] == [1.0 - 0.9 * k / 100 for k in range(100)]
    assert schedule(1000) == schedule(100)


def test_cosine_and_warm_up():
    cosine = optim.cosine_decay(1.0, 0.2, 10)
    assert [cosine(0), cosine(5), cosine(10), cosine(99)] == pytest.approx([1.0, 0.6, 0.2, 0.2])
    assert cosine(3) == pytest.approx(0.2 + 0.4 * (1 + math.cos(0.3 * math.pi)), rel=1e-15)
    warm = optim.warm_up(0.5, 4)
    assert [warm(k) for k in range(6)] == [0.125, 0.25, 0.375, 0.5, 0.5, 0.5]
    assert optim.warm_up(cosine, 2)(0) == 0.5


def test_lr_may_be_a_schedule():
    p = Value(0.0)
    optimizer = optim.SGD([p], lr=lambda step: 10.0**-step)
    for _ in range(3):
        p.grad = 1.0
        optimizer.step()
    assert p.data == pytest.approx(-1.11)


def test_bad_input():
    with pytest.raises(ValueError, match="an optimizer of no parameters has nothing to train"):
        optim.SGD([])
    with pytest.raises(ValueError, match="looks ahead along the momentum, and there is none"):
        optim.SGD([Value(1.0)], nesterov=True)
    with pytest.raises(NotImplementedError):
        optim.Optimizer([Value(1.0)], 0.1).step()
