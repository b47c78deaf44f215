"""Every optimizer against PyTorch's, step by step, and every schedule against its formula.

Rule: an optimizer is a row, its class's name (PyTorch's, too) and options.
"""

import inspect
import math
import pickle

import pytest

from micrograd import Value, gradcheck, optim

torch = pytest.importorskip("torch")

ROWS = [
    ("SGD", {"lr": 0.05}),
    ("SGD", {"lr": 0.02, "momentum": 0.9}),
    ("SGD", {"lr": 0.02, "momentum": 0.9, "nesterov": True}),
    ("SGD", {"lr": 0.05, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.02, "momentum": 0.5, "nesterov": True, "weight_decay": 0.1}),
    ("Adam", {}),
    ("Adam", {"lr": 0.1}),
    ("Adam", {"lr": 0.1, "betas": (0.5, 0.9), "eps": 1e-3}),
    ("Adam", {"lr": 0.1, "weight_decay": 0.1}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.1, "weight_decay": 0.1}),
    ("RMSprop", {}),
    ("RMSprop", {"lr": 0.05, "alpha": 0.9}),
    ("RMSprop", {"lr": 0.01, "momentum": 0.9}),
    ("RMSprop", {"lr": 0.01, "momentum": 0.9, "weight_decay": 0.1, "eps": 1e-4}),
]
STARTS = (1.5, -0.7, 0.3)


def bumpy(x, y, z):
    """Not convex, with slopes of both signs, written with what Values and tensors both have."""
    return (3.0 * x).sin() * y + 0.1 * x**4 + (x * z).tanh() + y * y + (z - x).exp()


@pytest.mark.slow
@pytest.mark.parametrize(("name", "options"), ROWS, ids=str)
def test_thirty_steps_are_pytorchs(name, options):
    ours = [Value(x) for x in STARTS]
    theirs = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in STARTS]
    optimizer = getattr(optim, name)(ours, **options)
    reference = getattr(torch.optim, name)(theirs, **options)
    for _ in range(30):
        for function, one in ((ours, optimizer), (theirs, reference)):
            one.zero_grad()
            bumpy(*function).backward()
            one.step()
        # A step rounds each number a few times (1e-16 each), and the function carries what is off
        # from step to step. The most measured in any row is 2.3e-16, an ulp of 1.
        wanted = [x.item() for x in theirs]
        assert [x.data for x in ours] == pytest.approx(wanted, rel=1e-14, abs=1e-14)
    assert optimizer.steps == 30


@pytest.mark.slow
@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW", "RMSprop"])
def test_defaults_are_pytorchs(name):
    defaults = getattr(torch.optim, name)([torch.zeros(1, requires_grad=True)]).defaults
    signature = inspect.signature(getattr(optim, name)).parameters
    ours = {key: x.default for key, x in signature.items() if key != "parameters"}
    assert ours == {key: defaults[key] for key in ours}


ALL = pytest.mark.parametrize(("name", "options"), ROWS, ids=str)


@ALL
def test_a_gradient_flows_through_two_updates(name, options):
    """`update` runs on Values: the parameter after two steps, differentiated by what it came of."""
    options = {key: x for key, x in options.items() if key != "lr"}
    optimizer = getattr(optim, name)([Value(0.0)], **options)

    def trained(p, grad, lr):
        p, state = optimizer.update(p, grad, optimizer.start, lr, 1)
        return optimizer.update(p, 2.0 * grad - p, state, lr, 2)[0]

    check = gradcheck(trained, 0.7, 0.4, 0.01)
    assert check, f"\n{check}"


@ALL
def test_a_shared_parameter_is_stepped_once(name, options):
    once, twice = Value(1.0), Value(1.0)
    for parameters in ([once], [twice, twice]):
        optimizer = getattr(optim, name)(parameters, **options)
        parameters[0].grad = 2.0
        optimizer.step()
        assert len(optimizer.parameters) == 1
    assert once.data == twice.data != 1.0


@ALL
def test_parameters_from_a_generator_and_zero_grad(name, options):
    values = [Value(1.0), Value(2.0)]
    optimizer = getattr(optim, name)((v for v in values), **options)
    for v in values:
        v.grad = 3.0
    optimizer.zero_grad()
    assert optimizer.parameters == values
    assert [v.grad for v in values] == [0.0, 0.0]


def test_the_lr_may_be_a_schedule_or_be_set():
    p, asked = Value(0.0), []
    optimizer = optim.SGD([p], lr=lambda step: asked.append(step) or 2.0**-step)
    p.grad, places = -1.0, []
    for _ in range(4):
        optimizer.step()
        places.append(p.data)
    assert asked == [0, 1, 2, 3]
    assert places == [1.0, 1.5, 1.75, 1.875]
    optimizer.lr = 10.0
    optimizer.step()
    assert p.data == 11.875


@pytest.mark.parametrize("name", ["Adam", "AdamW", "RMSprop"])
def test_a_schedule_in_every_optimizer(name):
    ours, theirs = Value(1.0), torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    optimizer = getattr(optim, name)([ours], lr=lambda step: 0.1 / (step + 1))
    reference = getattr(torch.optim, name)([theirs], lr=0.1)
    for step in range(5):
        ours.grad, theirs.grad = 0.5 - step, torch.tensor(0.5 - step, dtype=torch.float64)
        reference.param_groups[0]["lr"] = 0.1 / (step + 1)
        optimizer.step()
        reference.step()
    assert ours.data == pytest.approx(theirs.item(), rel=1e-14)  # five steps of a few roundings


def test_an_optimizer_without_an_update():
    with pytest.raises(NotImplementedError):
        optim.Optimizer([Value(1.0)], lr=0.1).step()


# ------------------------------------------------------------------------------------ schedules


def test_the_demos_schedule_to_the_last_bit():
    schedule = optim.linear_decay(1.0, 0.1, 100)
    assert [schedule(k) for k in range(100)] == [1.0 - 0.9 * k / 100 for k in range(100)]


def linear(start, end, steps, k):
    return start if k == 0 else end if k >= steps else start + (end - start) * k / steps


def cosine(start, end, steps, k):
    return end + (start - end) * (1 + math.cos(math.pi * min(k, steps) / steps)) / 2


@pytest.mark.parametrize(("name", "formula"), [("linear_decay", linear), ("cosine_decay", cosine)])
@pytest.mark.parametrize("bounds", [(1.0, 0.1, 100), (0.5, 0.0, 7), (0.1, 1.0, 10), (1, 0, 1)])
def test_schedules(name, formula, bounds):
    schedule = getattr(optim, name)(*bounds)
    for k in range(bounds[2] + 5):
        # the same three operations in another order, at numbers of at most 1
        assert schedule(k) == pytest.approx(formula(*bounds, k), abs=4e-16)


def rates_of_torch(scheduler, start, steps, **options):
    p = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.SGD([p], lr=start)
    scheduler = scheduler(optimizer, **options)
    rates = []
    for _ in range(steps + 1):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


@pytest.mark.parametrize("steps", [1, 7, 100])
def test_schedules_are_pytorchs(steps):
    schedulers = torch.optim.lr_scheduler
    options = {"start_factor": 1.0, "end_factor": 0.1, "total_iters": steps}
    lines = rates_of_torch(schedulers.LinearLR, 0.5, steps, **options)
    options = {"T_max": steps, "eta_min": 0.02}
    waves = rates_of_torch(schedulers.CosineAnnealingLR, 0.5, steps, **options)
    # PyTorch multiplies each rate out of the one before: up to 100 steps of some ulps each
    ours = optim.linear_decay(0.5, 0.05, steps)
    assert [ours(k) for k in range(steps + 1)] == pytest.approx(lines, rel=1e-13)
    ours = optim.cosine_decay(0.5, 0.02, steps)
    assert [ours(k) for k in range(steps + 1)] == pytest.approx(waves, rel=1e-12)


@pytest.mark.parametrize(
    ("schedule", "rates"),
    [
        (optim.warm_up(1.0, 4), [0.25, 0.5, 0.75, 1.0, 1.0, 1.0]),
        (optim.warm_up(2.0, 1), [2.0, 2.0, 2.0]),
        (optim.warm_up(optim.linear_decay(1.0, 0.0, 4), 2), [0.5, 0.75, 0.5, 0.25, 0.0, 0.0]),
    ],
)
def test_warm_up(schedule, rates):
    assert [schedule(k) for k in range(len(rates))] == rates


@pytest.mark.parametrize(
    "schedule",
    [optim.linear_decay(1.0, 0.1, 10), optim.cosine_decay(1.0, 0.1, 10), optim.warm_up(1.0, 9)],
)
def test_schedules_are_functions_that_values_go_through(schedule):
    check = gradcheck(schedule, 3.5)
    assert check, f"\n{check}"


# --------------------------------------------------------------------------------------- errors

NOTHING = "The optimizer received no parameters. Pass model.parameters()."
NESTEROV = "Nesterov's step looks ahead along the momentum, which is 0. Pass momentum=0.9."


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW", "RMSprop"])
@pytest.mark.parametrize("nothing", [[], (), iter(())], ids=["list", "tuple", "iterator"])
def test_nothing_to_train_is_an_error(name, nothing):
    with pytest.raises(ValueError) as error:
        getattr(optim, name)(nothing)
    assert str(error.value) == NOTHING


def test_nesterov_without_momentum_is_an_error():
    with pytest.raises(ValueError) as error:
        optim.SGD([Value(1.0)], nesterov=True)
    assert str(error.value) == NESTEROV


@pytest.mark.parametrize(
    "schedule",
    [optim.linear_decay(1.0, 0.1, 9), optim.cosine_decay(1.0, 0.1, 9), optim.warm_up(0.5, 3)],
)
def test_a_schedule_survives_pickling(schedule):
    assert pickle.loads(pickle.dumps(schedule))(2) == schedule(2)


@pytest.mark.parametrize("most", [0.1, 1.0, 100.0])
def test_clipping_is_pytorchs(most):
    grads = [0.3, -4.0, 1e-3]
    tensor = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    tensor.grad = torch.tensor(grads, dtype=torch.float64)
    torch.nn.utils.clip_grad_norm_([tensor], most)
    clipped = [grad * optim.clip_factor(grads, most) for grad in grads]
    assert clipped == pytest.approx(tensor.grad.tolist(), rel=1e-14)
