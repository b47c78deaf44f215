"""The program of a run is executed: it takes the same steps, to the same bits."""

from micrograd.lab import Experiment, Run
from micrograd.lab.datasets import DATASETS
from micrograd.lab.experiment import ACTIVATIONS, LOSSES, OPTIMIZERS, losses_for
from micrograd.lab.mistakes import MISTAKES
from micrograd.lab.program import program_of
from tests.support.cases import cases

SMALL = {"points": 12, "hidden": (3,), "rate": 0.05}


def execute(program: str) -> tuple[list[float], list[float]]:
    """Return the losses and the parameters that a program ends with."""
    names: dict = {}
    exec(program, names)
    losses = names["history"].losses if "history" in names else names["curve"]
    return losses, [p.data for p in names["model"].parameters()]


def assert_same(run: Run) -> None:
    losses, numbers = execute(program_of(run))
    assert losses == run.losses[: run.step].tolist()
    assert numbers == run.numbers.tolist()


SETTINGS = {
    **{f"data {name}": {"data": name} for name in DATASETS},
    **{f"optimizer {name}": {"optimizer": name} for name in OPTIMIZERS},
    **{f"activation {name}": {"activation": name} for name in ACTIVATIONS},
    **{f"mistake {name}": {"mistake": name} for name in MISTAKES},
    **{f"loss {name}": {"loss": name} for name, tasks in LOSSES.items() if "two classes" in tasks},
    "minibatches": {"batch_size": 5, "optimizer": "adam"},
    "minibatches and a mistake": {"batch_size": 5, "mistake": "assign"},
    "no penalty": {"l2": 0.0},
    "no penalty and a mistake": {"l2": 0.0, "mistake": "assign"},
    "no hidden layer": {"hidden": ()},
}


@cases("name", list(SETTINGS))
def test_the_program_takes_the_same_steps(name, capsys):
    settings = {**SMALL, **SETTINGS[name]}
    task = DATASETS[settings.get("data", "moons")].task
    run = Run(Experiment(**{"loss": losses_for(task)[0], **settings}))
    run.advance(7)
    assert_same(run)
    assert capsys.readouterr().out.strip().strip("[]") == repr(float(run.losses[-1]))


def edit(run: Run) -> Run:
    run.set_parameter("layers.0.neurons.1.w.0", 0.25)
    run.set_parameter("layers.1.neurons.0.b", -1.5)
    return run


def move(run: Run) -> Run:
    run.set_points(run.points.move(3, [0.5, 0.5]).add([0.1, 0.2], 1))
    return run


CHANGES = {
    "edit": edit,
    "points": move,
    "rate": lambda run: run.fork(rate=0.01),
    "optimizer": lambda run: run.fork(optimizer="adam"),
    "loss": lambda run: run.fork(loss="binary_cross_entropy"),
    "activation": lambda run: run.fork(activation="tanh"),
    "minibatches": lambda run: run.fork(batch_size=4),
    "penalty": lambda run: run.fork(l2=0.0),
    "nothing": lambda run: run.fork(),
    **{name: lambda run, name=name: run.fork(mistake=name) for name in MISTAKES},
}


@cases("name", list(CHANGES))
def test_a_run_that_was_changed_at_step_0_has_a_program(name):
    run = CHANGES[name](Run(Experiment(**SMALL)))
    run.advance(4)
    assert_same(run)


@cases("name", list(CHANGES))
def test_a_run_that_was_changed_on_its_way_has_a_program(name):
    run = Run(Experiment(**SMALL, batch_size=5))
    run.advance(4)
    run = CHANGES[name](run)
    run.advance(3)
    run.rewind(6)
    assert_same(run)


def test_a_run_of_many_changes_has_a_program():
    """Changes at one step replace each other, and each stretch goes on from the one before."""
    run = Run(Experiment(**SMALL, optimizer="momentum", batch_size=5))
    for name, change in CHANGES.items():
        run = change(run)
        run.advance(0 if name in ("rate", "penalty", "equal_weights") else 3)
    assert_same(run)


def test_a_program_stands_in_lines_that_a_learner_knows():
    run = Run(Experiment())
    run.advance(3)
    program = program_of(run)
    assert "X, y = data.moons(100, noise=0.1, seed=1337)" in program
    assert 'model = MLP(2, [8, 8, 1], activation="relu")' in program
    assert "optim.SGD(parameters, lr=0.5)" in program and "import numpy" not in program
