"""Every optimizer against PyTorch's, step by step, and every schedule against its formula.

Rule: an optimizer is a row, its class's name (PyTorch's, too) and options.
"""

import inspect
import math
import pickle

import pytest

from micrograd import MLP, Value, compile_step, gradcheck, optim
from micrograd.errors import TraceError
from micrograd.ops import Op
from tests.support.cases import cases

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
    ("Adagrad", {}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.05, "weight_decay": 0.1}),
    ("Adagrad", {"lr": 0.1, "initial_accumulator_value": 0.5, "eps": 1e-3}),
]
STARTS = (1.5, -0.7, 0.3)


def bumpy(x, y, z):
    """Not convex, with slopes of both signs, written with what Values and tensors both have."""
    return (3.0 * x).sin() * y + 0.1 * x**4 + (x * z).tanh() + y * y + (z - x).exp()


# fmt: off
FLOAT32_ROWS = [  # decay and momentum of RMSprop make the steps oscillate, and roundings grow
    *(row for row in ROWS if row[0] != "RMSprop"),
    ("Adam",  {"betas": (0.9, 0.9999)}),
    ("Adam",  {"betas": (0.9, 0.9999999)}),
    ("Adam",  {"betas": (0.9999999, 0.9999999)}),
    ("Adam",  {"betas": (0.0, 0.999)}),
    ("AdamW", {"lr": 0.01, "betas": (0.9, 0.9999999), "weight_decay": 0.1}),
]
# fmt: on


@pytest.mark.slow
@pytest.mark.parametrize(("name", "options"), FLOAT32_ROWS, ids=str)
@pytest.mark.parametrize("steps", [1, 10, 100, 1000])
def test_float32_steps_are_pytorchs(name, options, steps):
    """Parameters start at 0 and grads stay, so that the result is what the steps add up to.

    A float32 is within 6e-8, and the roundings of up to 1000 additions come to 7e-7 here. What is
    computed in float32 from 1 - 0.999**t would be wrong by 5e-6.
    """
    slopes = (3.0, -0.7, 0.01)
    ours = [Value(0.0) for _ in slopes]
    theirs = [torch.tensor(0.0, requires_grad=True) for _ in slopes]
    optimizer = getattr(optim, name)(ours, **options)
    step = compile_step(
        lambda _: sum(slope * w for slope, w in zip(slopes, ours)), None, optimizer, dtype="float32"
    )
    step.run(steps=steps)
    reference = getattr(torch.optim, name)(theirs, **options)
    for w, slope in zip(theirs, slopes):
        w.grad = torch.tensor(slope)
    for _ in range(steps):
        reference.step()
    assert [w.data for w in ours] == pytest.approx([w.item() for w in theirs], rel=2e-6, abs=0.0)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_an_optimizer_may_use_a_row_of_its_own(dtype):
    """Its row has the name of one of ours, and computes something else."""
    twice = Op("exp", "twice({})", lambda x: 2.0 * x, (lambda x, out: 2.0,))

    class Growing(optim.SGD):
        def update(self, p, grad, state, lr, t):
            return p - lr * twice(t) * grad, state

    w = Value(1.0)
    step = compile_step(lambda _: w * w, None, Growing([w], lr=0.01), dtype=dtype)
    step.run(steps=1)
    assert w.data == pytest.approx(1.0 - 0.01 * 2.0 * 2.0, rel=1e-7)


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


@pytest.mark.parametrize("name", ["Adam", "AdamW", "RMSprop", "Adagrad"])
def test_without_eps_a_grad_of_zero_gives_nan_as_in_pytorch(name):
    """0 / 0 is nan, and no error that leaves some parameters moved."""
    slopes = (0.0, 1e-200, -2.0)
    ours, compiled = [[Value(x) for x in STARTS] for _ in range(2)]
    theirs = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in STARTS]
    one = getattr(optim, name)(ours, lr=0.1, eps=0.0)
    other = getattr(optim, name)(compiled, lr=0.1, eps=0.0)
    reference = getattr(torch.optim, name)(theirs, lr=0.1, eps=0.0)
    step = compile_step(lambda ws: sum(w * slope for w, slope in zip(ws, slopes)), compiled, other)
    for _ in range(3):
        for p, tensor, slope in zip(ours, theirs, slopes):
            p.grad, tensor.grad = slope, torch.tensor(slope, dtype=torch.float64)
        one.step(), reference.step(), step()
        wanted = pytest.approx([x.item() for x in theirs], rel=1e-14, nan_ok=True)
        assert [p.data for p in ours] == wanted
        assert [p.data for p in compiled] == wanted


@pytest.mark.parametrize("make", [
    lambda optimizer: optim.lr_scheduler.StepLR(optimizer, 1, gamma=10.0),
    lambda optimizer: optim.lr_scheduler.MultiStepLR(optimizer, range(400), gamma=10.0),
    lambda optimizer: optim.lr_scheduler.ExponentialLR(optimizer, gamma=10.0),
], ids=["StepLR", "MultiStepLR", "ExponentialLR"])  # fmt: skip
def test_a_rate_that_overflows_is_infinite(make):
    optimizer = optim.SGD([Value(1.0)], lr=1.0)
    scheduler = make(optimizer)
    for _ in range(400):
        scheduler.step()
    assert optimizer.lr == math.inf


@pytest.mark.slow
@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad"])
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


@pytest.mark.parametrize("name", ["Adam", "AdamW", "RMSprop", "Adagrad"])
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


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad"])
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


# ------------------------------------------------- what PyTorch refuses, refused when it is made

BAD_SETTINGS = [
    ("SGD", {"lr": -0.1}),
    ("SGD", {"lr": math.nan}),
    ("SGD", {"lr": "0.1"}),
    ("SGD", {"lr": [0.1]}),
    ("SGD", {"lr": None}),
    ("SGD", {"momentum": -0.5}),
    ("SGD", {"weight_decay": -1}),
    ("SGD", {"weight_decay": math.nan}),
    ("SGD", {"nesterov": True}),
    ("Adam", {"lr": -1}),
    ("Adam", {"eps": -1.0}),
    ("Adam", {"betas": (0.9, 1.0)}),
    ("Adam", {"betas": (-0.1, 0.9)}),
    ("Adam", {"betas": (0.9, math.nan)}),
    ("Adam", {"betas": 0.9}),
    ("Adam", {"betas": (0.9,)}),
    ("AdamW", {"betas": ("0.9", 0.99)}),
    ("AdamW", {"weight_decay": -0.1}),
    ("RMSprop", {"alpha": -0.1}),
    ("RMSprop", {"momentum": -1}),
    ("RMSprop", {"eps": -1}),
    ("Adagrad", {"lr_decay": -1}),
    ("Adagrad", {"initial_accumulator_value": -1}),
]


@cases("name, options", BAD_SETTINGS, ids=str)
def test_an_impossible_setting_is_refused_at_once(name, options):
    """PyTorch refuses it as well; the message names the setting."""
    with pytest.raises((ValueError, TypeError, IndexError)):
        optimizer = getattr(torch.optim, name)([torch.zeros(1, requires_grad=True)], **options)
        optimizer.step()  # some pass the constructor of PyTorch, but no step
        raise ValueError("PyTorch takes it")
    with pytest.raises((ValueError, TypeError)) as error:
        getattr(optim, name)([Value(1.0)], **options)
    (setting,) = options
    assert setting in str(error.value) or setting == "nesterov"


@pytest.mark.parametrize("options", [{"lr": 0}, {"lr": math.inf}, {"momentum": 1}, {"lr": True}])
def test_an_odd_setting_that_pytorch_takes_is_taken(options):
    torch.optim.SGD([torch.zeros(1, requires_grad=True)], **options)
    optim.SGD([Value(1.0)], **options)


BAD_PARAMETERS = [
    (lambda: MLP(1, [1]), TypeError, "got a MLP. Write Adam(model.parameters())."),
    (lambda: Value(1.0), TypeError, "got a Value. Write Adam(model.parameters())."),
    (lambda: MLP(1, [1]).parameters, TypeError, "got a method. Write Adam(model.parameters())."),
    (lambda: "weights", TypeError, "got the str 'weights'. Write Adam(model.parameters())."),
    (lambda: [1.0], TypeError, "got a float among the parameters."),
    (lambda: [MLP(1, [1])], TypeError, "got a MLP among the parameters."),
    (lambda: [[Value(1.0)]], TypeError, "got a list of 1 among the parameters."),
    (lambda: [Value(1.0) * 2.0], ValueError, "cannot train the result of an op"),
    (lambda: [{"lr": 0.1}], ValueError, "needs its parameters under 'params'"),
    (lambda: [{"params": []}], ValueError, "received no parameters"),
    (lambda: [{"params": [Value(1.0)]}, Value(2.0)], ValueError, "under 'params'"),
    (lambda: [{"params": [Value(1.0)], "rate": 1}], ValueError, "no setting 'rate'. It may have"),
    (lambda: [{"params": [Value(1.0)], "lr": -1}], ValueError, "lr must be a number of at least 0"),
    (lambda: [{"params": [w]}, {"params": [w]}], ValueError, "A parameter is in two groups"),
]
w = Value(1.0)


@pytest.mark.parametrize(("make", "raises", "message"), BAD_PARAMETERS)
def test_what_cannot_be_trained_is_refused(make, raises, message):
    with pytest.raises(raises) as error:
        optim.Adam(make())
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("keyword", "message"),
    [
        ("learning_rate", "Adam() has no parameter 'learning_rate'. Write lr."),
        ("weight_decy", "Adam() has no parameter 'weight_decy'. Did you mean weight_decay?"),
        ("momentum9", "Adam() has no parameter 'momentum9'."),
    ],
)
def test_an_unknown_keyword_says_which_there_is(keyword, message):
    with pytest.raises(TypeError) as error:
        optim.Adam([Value(1.0)], **{keyword: 0.1})
    assert str(error.value) == message


# --------------------------------------------------------------------------- parameter groups

GROUPS = [
    ("SGD", {"lr": 0.02, "momentum": 0.9}, [{"lr": 0.05}, {"momentum": 0.0, "weight_decay": 0.1}]),
    ("SGD", {"lr": 0.02}, [{"momentum": 0.5, "nesterov": True}, {}]),
    ("Adam", {"lr": 0.1}, [{"betas": (0.5, 0.9)}, {"eps": 1e-3, "lr": 0.01}]),
    ("AdamW", {"lr": 0.1}, [{"weight_decay": 0.0}, {"weight_decay": 0.2}]),
    ("RMSprop", {"lr": 0.01}, [{"alpha": 0.9}, {"momentum": 0.9}]),
    ("Adagrad", {"lr": 0.1}, [{"lr_decay": 0.1}, {"eps": 1e-2}]),
]


@pytest.mark.parametrize(("name", "options", "own"), GROUPS, ids=str)
def test_groups_have_settings_of_their_own(name, options, own):
    ours = [Value(x) for x in STARTS]
    theirs = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in STARTS]
    pair = []
    for library, values in ((optim, ours), (torch.optim, theirs)):
        groups = [{"params": values[:2], **own[0]}, {"params": values[2:], **own[1]}]
        pair.append(getattr(library, name)(groups, **options))
    for step in range(10):
        for values, optimizer in zip((ours, theirs), pair):
            optimizer.zero_grad()
            bumpy(*values).backward()
            for group in optimizer.param_groups:
                group["lr"] *= 0.9**step
            optimizer.step()
        # as in the test of thirty steps
        wanted = [x.item() for x in theirs]
        assert [x.data for x in ours] == pytest.approx(wanted, rel=1e-13, abs=1e-13)


def test_a_group_is_a_dict_of_its_settings():
    ps = [Value(1.0), Value(2.0)]
    (group,) = optim.SGD(ps, lr=0.1, momentum=0.9).param_groups
    assert group["params"] == ps
    assert dict(group)["momentum"] == 0.9
    assert len(group) == len(list(group))
    assert repr(group).startswith("{'lr': 0.1, ")
    for wrong in (lambda: group["beta"], lambda: group.pop("lr"), lambda: group.update(beta=0.9)):
        with pytest.raises(KeyError, match=r"SGD"):
            wrong()
    assert group["lr"] == 0.1


def test_a_group_may_be_one_value():
    optimizer = optim.SGD([{"params": Value(1.0)}, {"params": [Value(2.0)], "lr": 0.5}], lr=0.1)
    assert [p.data for p in optimizer.parameters] == [1.0, 2.0]


def test_a_scheduler_of_ones_own_defines_a_rate():
    with pytest.raises(NotImplementedError):
        optim.lr_scheduler.LRScheduler(optim.SGD([Value(1.0)], lr=0.1)).step()


def test_setting_the_rate_sets_it_in_every_group():
    optimizer = optim.SGD([{"params": [Value(1.0)]}, {"params": [Value(1.0)], "lr": 0.5}], lr=0.1)
    assert [group["lr"] for group in optimizer.param_groups] == [0.1, 0.5]
    optimizer.lr = 0.01
    assert [group["lr"] for group in optimizer.param_groups] == [0.01, 0.01]


def test_groups_are_not_compiled():
    model = MLP(1, [1])
    optimizer = optim.SGD([{"params": [p]} for p in model.parameters()])
    with pytest.raises(TraceError, match="The optimizer has parameter groups"):
        compile_step(lambda model, x, y: (model(x) - y) ** 2, model, optimizer)


@ALL
def test_a_state_dict_goes_on_where_it_was(name, options):
    """Ten steps are five, then five more of a new optimizer with the state of the first."""
    runs = []
    for stops in ((10,), (5, 5)):
        values, state = [Value(x) for x in STARTS], None
        for steps in stops:
            optimizer = getattr(optim, name)(values, **options)
            if state is not None:
                optimizer.load_state_dict(pickle.loads(pickle.dumps(state)))
            for _ in range(steps):
                optimizer.zero_grad()
                bumpy(*values).backward()
                optimizer.step()
            state = optimizer.state_dict()
        runs.append([x.data for x in values])
    assert runs[0] == runs[1]


def test_a_state_of_another_optimizer_is_refused():
    adam, sgd = optim.Adam([Value(1.0)]), optim.SGD([Value(1.0)])
    two = optim.SGD([Value(1.0), Value(2.0)])
    for other in (adam, two):
        with pytest.raises(ValueError, match="The state does not fit the optimizer"):
            sgd.load_state_dict(other.state_dict())
    with pytest.raises(ValueError, match="missing 'state'"):
        sgd.load_state_dict({})


# ------------------------------------------------------------------------------- schedulers

SCHEDULERS = [
    ("StepLR", {"step_size": 3}),
    ("StepLR", {"step_size": 1, "gamma": 0.5}),
    ("MultiStepLR", {"milestones": [2, 5, 5]}),
    ("ConstantLR", {}),
    ("ConstantLR", {"factor": 0.5, "total_iters": 3}),
    ("LinearLR", {}),
    ("LinearLR", {"start_factor": 1.0, "end_factor": 0.1, "total_iters": 7}),
    ("ExponentialLR", {"gamma": 0.9}),
    ("CosineAnnealingLR", {"T_max": 5}),
    ("CosineAnnealingLR", {"T_max": 8, "eta_min": 0.01}),
    ("LambdaLR", {"lr_lambda": lambda epoch: 1.0 / (1 + epoch)}),
    ("LambdaLR", {"lr_lambda": [lambda epoch: 0.5**epoch, lambda epoch: 1.0 + epoch]}),
]


def pair_of_optimizers(rates):
    ours = [{"params": [Value(1.0)], "lr": lr} for lr in rates]
    theirs = [{"params": [torch.zeros(1, requires_grad=True)], "lr": lr} for lr in rates]
    return optim.SGD(ours), torch.optim.SGD(theirs)


@pytest.mark.parametrize(("name", "options"), SCHEDULERS)
def test_rates_are_those_of_pytorchs_schedulers(name, options):
    schedulers, rates = [], ([], [])
    for library, optimizer in zip((optim, torch.optim), pair_of_optimizers([0.5, 0.1])):
        schedulers.append(getattr(library.lr_scheduler, name)(optimizer, **options))
        optimizer.step()
    for _ in range(20):
        for scheduler, own in zip(schedulers, rates):
            own.append(scheduler.get_last_lr())
            scheduler.step()
    # PyTorch multiplies each rate out of the one before: 20 steps of some ulps each
    for ours, theirs in zip(*rates):
        assert ours == pytest.approx(theirs, rel=1e-13, abs=1e-16)


@pytest.mark.parametrize(("name", "options"), SCHEDULERS)
@pytest.mark.parametrize("steps", [0, 4])
def test_a_scheduler_goes_on_from_its_state(name, options, steps):
    """With the optimizer's own; PyTorch's states have the same purpose."""

    def run(optimizer, scheduler):
        rates = []
        for _ in range(6):
            optimizer.step()
            scheduler.step()
            rates.append(scheduler.get_last_lr())
        return rates

    pairs = []
    for _ in range(2):
        optimizer, _ = pair_of_optimizers([0.5, 0.1])
        pairs.append((optimizer, getattr(optim.lr_scheduler, name)(optimizer, **options)))
    (first, scheduler), (second, other) = pairs
    for _ in range(steps):
        first.step()
        scheduler.step()
    second.load_state_dict(first.state_dict())
    other.load_state_dict(scheduler.state_dict())
    assert other.get_last_lr() == scheduler.get_last_lr()
    assert run(second, other) == run(first, scheduler)


def test_a_scheduler_refuses_the_state_of_another():
    optimizer = optim.SGD([Value(1.0)], lr=0.1)
    step, line = optim.lr_scheduler.StepLR(optimizer, 2), optim.lr_scheduler.LinearLR(optimizer)
    before = step.state_dict()
    with pytest.raises(ValueError, match=r"Pass what StepLR.state_dict\(\) returned"):
        step.load_state_dict(line.state_dict())
    with pytest.raises(TypeError):
        step.load_state_dict(None)
    assert step.state_dict() == before


def test_a_scheduler_shows_its_settings():
    optimizer = optim.SGD([Value(1.0)], lr=0.1)
    step = optim.lr_scheduler.StepLR(optimizer, 2, gamma=0.5)
    assert repr(step) == "StepLR(step_size=2, gamma=0.5, initial_rates=[0.1], last_epoch=0)"
    own = optim.lr_scheduler.LambdaLR(optimizer, float)
    assert repr(own) == "LambdaLR(lr_lambda=float, initial_rates=[0.1], last_epoch=0)"
    assert own.state_dict() == {"initial_rates": [0.1], "last_epoch": 0}


METRICS = [1.0, 0.9, 0.91, 0.9, 0.8999, 0.95, 0.5, 0.5, 0.6, 0.7, 0.8, 0.9, 0.4, 0.41, 0.42, 0.43]
PLATEAUS = [
    {"patience": 1},
    {"patience": 0, "factor": 0.5, "min_lr": 0.05},
    {"patience": 1, "cooldown": 2},
    {"patience": 2, "mode": "max"},
    {"patience": 0, "threshold": 0.2, "threshold_mode": "abs"},
    {"patience": 0, "eps": 0.01},
]


@pytest.mark.parametrize("options", PLATEAUS, ids=str)
def test_a_plateau_is_pytorchs(options):
    pair = pair_of_optimizers([0.5, 0.1])
    ours = optim.lr_scheduler.ReduceLROnPlateau(pair[0], **options)
    theirs = torch.optim.lr_scheduler.ReduceLROnPlateau(pair[1], **options)
    for metric in METRICS:
        ours.step(Value(metric))
        theirs.step(metric)
        assert ours.get_last_lr() == [group["lr"] for group in pair[1].param_groups]


BAD_SCHEDULERS = [
    (lambda o: optim.lr_scheduler.StepLR(o, 0), "step_size must be a whole number of at least 1"),
    (lambda o: optim.lr_scheduler.StepLR(o, 2.5), "step_size must be a whole number"),
    (lambda o: optim.lr_scheduler.ExponentialLR(o, math.nan), "gamma must be a number"),
    (lambda o: optim.lr_scheduler.CosineAnnealingLR(o, -1), "T_max must be a whole number"),
    (lambda o: optim.lr_scheduler.LinearLR(o, total_iters=0), "total_iters must be a whole"),
    (lambda o: optim.lr_scheduler.LambdaLR(o, [abs, abs]), "1 parameter group but 2 functions"),
    (lambda o: optim.lr_scheduler.ReduceLROnPlateau(o, factor=1.0), "must be less than 1"),
    (lambda o: optim.lr_scheduler.ReduceLROnPlateau(o, "least"), "one of 'min' and 'max'"),
    (
        lambda o: optim.lr_scheduler.StepLR(MLP(1, [1]), 3),
        "takes an optimizer as its first arg",
    ),
    (lambda o: optim.lr_scheduler.StepLR(optim.SGD([w], lr=lambda step: 0.1), 3), "is a schedule"),
]


@pytest.mark.parametrize(("make", "message"), BAD_SCHEDULERS)
def test_what_no_scheduler_takes(make, message):
    with pytest.raises((ValueError, TypeError)) as error:
        make(optim.SGD([Value(1.0)]))
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("schedule", "rate"),
    [
        (optim.warm_up(0.1, 0), 0.1),
        (optim.warm_up(optim.linear_decay(0.5, 0.1, 0), 0), 0.1),
        (optim.linear_decay(1.0, 0.1, 0), 0.1),
        (optim.cosine_decay(1.0, 0.1, 0), 0.1),
    ],
)
def test_over_no_steps_a_schedule_is_where_it_ends(schedule, rate):
    assert [schedule(k) for k in (0, 1, 7)] == [rate] * 3


@pytest.mark.parametrize("name", ["linear_decay", "cosine_decay"])
@pytest.mark.parametrize(
    "bounds", [(1.0, 0.1, -1), (-1.0, 0.1, 5), (1.0, math.nan, 5), ("1", 0, 5)]
)
def test_a_schedule_of_impossible_numbers_is_refused(name, bounds):
    with pytest.raises((ValueError, TypeError), match="must be a number of at least 0"):
        getattr(optim, name)(*bounds)
    with pytest.raises((ValueError, TypeError), match="must be a number of at least 0"):
        optim.warm_up(0.1, -1)


# --------------------------------------------------------------------------------- clipping


@pytest.mark.parametrize("most", [0.1, 1.0, 100.0])
def test_clipping_functions_are_pytorchs(most):
    grads = [0.3, -4.0, 1e-3]
    for name in ("clip_grad_norm_", "clip_grad_value_"):
        ours = [Value(0.0) for _ in grads]
        tensor = torch.zeros(3, dtype=torch.float64, requires_grad=True)
        tensor.grad = torch.tensor(grads, dtype=torch.float64)
        for p, grad in zip(ours, grads):
            p.grad = grad
        wanted = getattr(torch.nn.utils, name)([tensor], most)
        norm = getattr(optim, name)(ours, most)
        assert [p.grad for p in ours] == pytest.approx(tensor.grad.tolist(), rel=1e-14)
        assert norm is wanted is None or norm == pytest.approx(wanted.item(), rel=1e-15)


@pytest.mark.parametrize("bad", [MLP(1, [1]), 3.0, [1.0], "abc"])
def test_only_values_are_clipped(bad):
    with pytest.raises(TypeError, match="takes a list of Values, whose grads it changes"):
        optim.clip_grad_norm_(bad, 1.0)
    with pytest.raises(ValueError, match="max_norm must be a number of at least 0"):
        optim.clip_grad_norm_([Value(1.0)], -1.0)
