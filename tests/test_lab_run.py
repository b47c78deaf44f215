"""Runs of the lab: the steps of `fit`, to the same bits, however they are reached.

Rule: right are the losses and parameters of `fit`, or those of a run that was never rewound.
"""

import random

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from micrograd import MLP, fit, losses, optim
from micrograd.errors import Diverged
from micrograd.explaining import ALGORITHMS, acyclic_order, grads_of
from micrograd.lab import Experiment, LabError, Run, messages
from micrograd.lab.datasets import DATASETS, Points, make_points
from micrograd.lab.experiment import MOST_NEURONS, MOST_POINTS, OPTIMIZERS, losses_for
from micrograd.lab.mistakes import MISTAKES
from micrograd.lab.probe import as_list
from micrograd.lab.run import MOST_STEPS
from tests.support.cases import cases

SMALL = {"points": 12, "hidden": (3,), "rate": 0.05}
SETS = ["moons", "blobs", "sine", "digits"]


def fitted(experiment: Experiment, steps: int):
    """Return the history of `fit` with the settings of an experiment, and its model."""
    points = make_points(experiment)
    kind, extra = OPTIMIZERS[experiment.optimizer]
    random.seed(experiment.seed)
    model = MLP(len(points.columns), [*experiment.hidden, points.outputs], experiment.activation)
    history = fit(
        model,
        experiment.loss,
        points.X,
        points.y,
        optimizer=lambda p: getattr(optim, kind)(p, lr=experiment.rate, **extra),
        penalty=lambda model: losses.l2_penalty(model.parameters(), experiment.l2),
        batch_size=experiment.batch_size,
        seed=experiment.seed,
        steps=steps,
        progress=False,
    )
    return history, model


@pytest.mark.no_cover
@pytest.mark.parametrize("size", [None, 1, 5, 100])
@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("data", SETS)
def test_a_run_takes_the_steps_of_fit(data, name, size):
    loss = losses_for(DATASETS[data].task)[0]
    experiment = Experiment(**SMALL, data=data, loss=loss, optimizer=name, batch_size=size)
    run = Run(experiment)
    for count in (1, 7, 12):
        run.advance(count)
    history, model = fitted(experiment, 20)
    assert run.losses.tolist() == history.losses
    assert run.numbers.tolist() == [p.data for p in model.parameters()]


@pytest.mark.parametrize("size", [None, 5])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_rewound_run_has_the_same_bits(name, size):
    experiment = Experiment(**SMALL, optimizer=name, batch_size=size)
    run, other = Run(experiment), Run(experiment)
    there = {}
    for _ in range(60):
        there[other.step] = state(other)
        other.advance(1)
    run.advance(60)
    steps = list(range(60))
    random.Random(3).shuffle(steps)
    for step in steps:
        run.rewind(step)
        assert state(run) == there[step]


def state(run: Run) -> tuple:
    """Return all that a frame reads of a run: the step, parameters, grads and the last update."""
    return run.step, run.numbers.tolist(), run.grads.tolist(), run.before.tolist()


def test_many_snapshots_are_thinned_out_and_lead_to_the_same_bits(monkeypatch):
    monkeypatch.setattr("micrograd.lab.run.SECONDS_APART", 0.0)
    monkeypatch.setattr("micrograd.lab.run.MOST_BYTES", 1)
    run = Run(Experiment(**SMALL))
    run.advance(200)
    numbers = run.numbers
    assert len(run.stretch.marks) <= 17
    run.rewind(3)
    run.rewind(200)
    assert (run.numbers == numbers).all()


# ---------------------------------------------------------------- forks, edits and other actions


class Histories(RuleBasedStateMachine):
    """Any sequence of actions: a run is at each step what a plain list of snapshots says."""

    def __init__(self):
        super().__init__()
        self.run = Run(Experiment(**SMALL, optimizer="adam", batch_size=5))
        self.snapshots = [self.run.numbers.tolist()]

    @rule(count=st.integers(0, 9))
    def advance(self, count):
        for _ in range(count):
            self.run.advance(1)
            del self.snapshots[max(self.run.reached, self.run.step) + 1 :]
            if self.run.step == len(self.snapshots):
                self.snapshots.append(self.run.numbers.tolist())

    @rule(count=st.integers(0, 30))
    def advance_at_once(self, count):
        first = self.run.step
        self.run.advance(count)
        last = self.run.step
        for step in range(max(len(self.snapshots), first), last + 1):
            self.run.rewind(step)
            self.snapshots.append(self.run.numbers.tolist())
        self.run.rewind(last)

    @rule(data=st.data())
    def rewind(self, data):
        self.run.rewind(data.draw(st.integers(0, self.run.reached)))

    @rule(rate=st.sampled_from([0.01, 0.1]), name=st.sampled_from(["adam", "sgd"]))
    def fork(self, rate, name):
        old = self.run
        self.run = old.fork(rate=rate, optimizer=name)
        assert self.run.losses.tolist() == old.losses[: old.step].tolist()
        del self.snapshots[self.run.step + 1 :]

    @rule(name=st.sampled_from(["", *MISTAKES]))
    def fork_with_a_mistake(self, name):
        self.run = self.run.fork(mistake=name)
        del self.snapshots[self.run.step :]
        self.snapshots.append(self.run.numbers.tolist())

    @rule(place=st.integers(0, 12), number=st.floats(-2, 2))
    def set_parameter(self, place, number):
        name = [name for name, _ in self.run.model.named_parameters()][place]
        self.run.set_parameter(name, number)
        del self.snapshots[self.run.step :]
        self.snapshots.append(self.run.numbers.tolist())
        assert self.snapshots[-1][place] == number

    @precondition(lambda self: len(self.run.points.X) < 15)
    @rule(x=st.tuples(st.floats(-2, 2), st.floats(-2, 2)), y=st.sampled_from([-1, 1]))
    def add_point(self, x, y):
        self.run.set_points(self.run.points.add(x, y))
        del self.snapshots[self.run.step + 1 :]

    @invariant()
    def numbers_are_those_of_the_list(self):
        assert self.run.reached == len(self.snapshots) - 1 == len(self.run.losses)
        assert self.run.numbers.tolist() == self.snapshots[self.run.step]
        assert [p.data for p in self.run.model.parameters()] == self.snapshots[self.run.step]


Histories.TestCase.settings = settings(
    max_examples=30,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestHistories = Histories.TestCase


def test_a_fork_without_changes_goes_on_to_the_same_bits():
    run = Run(Experiment(**SMALL, batch_size=5))
    run.advance(10)
    fork = run.fork()
    run.advance(10)
    fork.advance(10)
    assert fork.losses.tolist() == run.losses.tolist() and fork.forked_at == 10


@pytest.mark.parametrize("name", ["hidden", "data", "points", "noise", "seed"])
def test_a_fork_keeps_its_network_and_its_data(name):
    with pytest.raises(LabError, match="same weights"):
        Run(Experiment(**SMALL)).fork(**{name: getattr(Experiment(), name)})


# ------------------------------------------------------------------------------------ mistakes


@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_makes_another_run_and_can_be_rewound(name):
    right, wrong = Run(Experiment(**SMALL)), Run(Experiment(**SMALL, mistake=name))
    right.advance(8)
    wrong.advance(8)
    assert wrong.losses.tolist() != right.losses.tolist()
    numbers = wrong.numbers
    wrong.rewind(2)
    wrong.rewind(8)
    assert (wrong.numbers == numbers).all()


def by_hand(model, points: Points, experiment: Experiment):
    """Return the mean loss plus penalty of all points, as one graph."""
    loss, share = LOSSES[experiment.loss], 1.0 / len(points.y)
    each = [loss(model(x), y) * share for x, y in zip(points.X, points.y)]
    return sum(each) + losses.l2_penalty(model.parameters(), experiment.l2)


def mistaken_steps(name: str, experiment: Experiment, steps: int) -> list[list[float]]:
    """Return the parameters after each step with a mistake, in the lecture's own loop."""
    points = make_points(experiment)
    random.seed(experiment.seed)
    sizes = [*experiment.hidden, points.outputs]
    model = MLP(len(points.columns), sizes, activation=experiment.activation)
    parameters = model.parameters()
    numbers = []
    for _ in range(steps):
        loss = by_hand(model, points, experiment)
        if name != "no_zero_grad":
            for p in parameters:
                p.grad = 0.0
        if name == "assign":
            grads = grads_of(acyclic_order(loss), ALGORITHMS["assign"])
            for p in parameters:
                p.grad = grads[p]
        else:
            loss.backward()
        rate = experiment.rate * (100 if name == "rate_x_100" else 1)
        for p in parameters:
            p.data += (1 if name == "wrong_sign" else -1) * rate * p.grad
        numbers.append([p.data for p in parameters])
    return numbers


LOSSES = {"hinge": losses.hinge, "cross_entropy": losses.cross_entropy}
LOSSES["mse"] = losses.mean_squared_error
TASKS = {  # settings in which numbers are used in other ways
    "two classes": {},
    "deeper": {"hidden": (3, 4), "activation": "gelu"},
    "classes": {"data": "blobs", "loss": "cross_entropy", "activation": "tanh"},
    "amounts": {"data": "sine", "loss": "mse", "activation": "sigmoid"},
}


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("name", ["no_zero_grad", "wrong_sign", "rate_x_100", "assign"])
def test_a_mistake_is_the_one_that_people_make(name, task):
    experiment = Experiment(**{**SMALL, "rate": 0.001, **TASKS[task], "mistake": name})
    run, expected = Run(experiment), mistaken_steps(name, experiment, 5)
    for numbers in expected:
        run.advance(1)
        # sums are rounded in another order; five steps grow that to less than 1e-9
        assert run.numbers.tolist() == pytest.approx(numbers, rel=1e-9, abs=1e-9)


@pytest.mark.no_cover
@pytest.mark.slow
@cases("data", ["moons", "circles", "xor", "blobs", "sine", "digits"])
def test_copies_of_a_neuron_still_learn(data):
    """If all of them were dead, there would be nothing to see of what makes them copies."""
    for activation in ("relu", "tanh"):
        settings = {"data": data, "loss": losses_for(DATASETS[data].task)[0], "rate": 0.1}
        run = Run(Experiment(**settings, activation=activation, mistake="equal_weights"))
        run.advance(600)
        outputs = [as_list(run.model(x))[0].data for x in run.points.X[:30]]
        assert max(outputs) - min(outputs) > 0.1


def test_neurons_with_equal_weights_stay_copies():
    run = Run(Experiment(**SMALL, mistake="equal_weights"))
    run.advance(20)
    first, *others = run.model.layers[0].neurons
    assert all(
        [p.data for p in n.parameters()] == [p.data for p in first.parameters()] for n in others
    )


def test_the_sum_of_grads_is_shown_where_zero_grad_is_forgotten():
    run = Run(Experiment(**SMALL, mistake="no_zero_grad"))
    total = np.zeros(len(run.numbers))
    for _ in range(3):
        before = run.numbers
        run.advance(1)
        total = run.grads
    # an update is rounded to the parameter, whose size is about 1
    assert (before - run.numbers) == pytest.approx(0.05 * total, abs=1e-15)


# ---------------------------------------------------------------------------------- nan and inf

TOO_FAST = [
    Experiment(loss="mse", rate=900.0, activation="none"),
    Experiment(loss="mse", rate=900.0, activation="none", batch_size=7),
    Experiment(mistake="wrong_sign", rate=10.0),
]


@pytest.mark.parametrize("experiment", TOO_FAST)
def test_a_run_stops_before_nan_says_where_and_can_be_rewound(experiment):
    run, slow = Run(experiment), Run(experiment)
    assert run.advance(5000) == run.step == run.reached < 5000
    assert np.isfinite(run.losses).all() and np.isfinite(run.numbers).all()
    assert f"after {run.step} steps" in run.stopped and "The result of " in run.stopped
    assert "Rewind the run" in run.stopped and "Made at" not in run.stopped
    assert run.advance(1) == 0
    while not slow.stopped:
        slow.advance(1)
    assert (slow.step, slow.stopped) == (run.step, run.stopped)
    last = state(run)
    run.rewind(2)
    assert not run.stopped and run.advance(1) == 1
    run.advance(5000)
    assert state(run) == last and run.stopped == slow.stopped


def test_a_run_stops_where_the_update_before_a_bad_loss_was_bad():
    run = Run(Experiment(points=12, hidden=(2,), rate=1000.0, l2=0.0))
    run.set_parameter("layers.1.neurons.0.w.0", 1e306)  # whose loss is still finite
    assert run.advance(5) == run.step == 0
    assert run.stopped == (
        "The run stopped after 0 steps: the next one produced nan or inf. Rewind the run, and fork "
        "it with a smaller rate than 1000."
    )


def test_a_run_stops_where_fit_does():
    experiment = Experiment(loss="mse", rate=900.0, activation="leaky_relu")
    run = Run(experiment)
    run.advance(5000)
    with pytest.raises(Diverged) as caught:
        fitted(experiment, 5000)
    assert len(caught.value.history.losses) == run.step


# -------------------------------------------------------------------------- what cannot be built

REFUSED = {  # settings: a part of the sentence
    "no neurons": ({"hidden": (0,)}, "0 neurons passes nothing on"),
    "ten thousand neurons": ({"hidden": (10_000,)}, f"from 1 to {MOST_NEURONS} neurons"),
    "many layers": ({"hidden": (2,) * 50}, "50 hidden layers"),
    "no list": ({"hidden": "8,8"}, "Write them as 8,8"),
    "no points": ({"points": 0}, "no points to learn from"),
    "ten million points": ({"points": 10**7}, f"at most {MOST_POINTS:,}"),
    "half a point": ({"points": 2.5}, "whole number"),
    "nan": ({"rate": float("nan")}, "The learning rate must be a number"),
    "negative": ({"noise": -0.1}, "The noise must be a number from 0 to 1"),
    "a text": ({"rate": "fast"}, "got the str 'fast'"),
    "true": ({"seed": True}, "whole number"),
    "no data set": ({"data": "moon"}, "Did you mean moons"),
    "no activation": ({"activation": "rleu"}, "Did you mean relu"),
    "no optimizer": ({"optimizer": ["adam"]}, "Choose one of sgd"),
    "no mistake": ({"mistake": "none"}, "Choose one of no_zero_grad"),
    "another task": ({"data": "sine"}, "Choose mse"),
    "own points": ({"data": "own"}, "an address cannot hold"),
    "unknown": ({"lr": 0.1}, "No setting is called 'lr'"),
}


@cases("name", list(REFUSED))
def test_what_cannot_be_built_is_a_sentence_before_anything_is_allocated(name, monkeypatch):
    settings, part = REFUSED[name]
    monkeypatch.setattr("micrograd.lab.run.Trainer", lambda *_: pytest.fail("it was built"))
    with pytest.raises(LabError) as caught:
        Run(Experiment.from_json(settings))
    assert part in str(caught.value) and str(caught.value).endswith(".")


POINTS = {  # what is wrong with points of one's own: (X, y, a part of the sentence)
    "none": ([], [], "no points to learn from"),
    "one class": ([[0.0, 1.0], [1.0, 0.0]], [1.0, 1.0], "of the class +1"),
    "too many": ([[0.0, 0.0]] * (MOST_POINTS + 1), [1.0] * (MOST_POINTS + 1), "takes at most"),
}


@cases("name", list(POINTS))
def test_points_that_teach_nothing_are_refused(name):
    X, y, part = POINTS[name]
    with pytest.raises(LabError) as caught:
        Run(Experiment(data="own"), Points(X, y))
    assert part in str(caught.value)


@pytest.mark.parametrize("step", [-1, 11, 1.0, "3", None, True, 10**30])
def test_a_step_that_was_not_taken_is_refused(step):
    run = Run(Experiment(**SMALL))
    run.advance(10)
    with pytest.raises(LabError, match="from 0 to 10"):
        run.rewind(step)
    assert run.step == 10


REFUSED_NUMBERS = {  # what is asked of a run, and the sentence
    "no count": (
        lambda run: run.advance(-1),
        "The number of steps must be a whole number of at least 0, got -1.",
    ),
    "no parameter": (
        lambda run: run.set_parameter("layers.0.neurons.0.c", 1.0),
        "The network has no parameter 'layers.0.neurons.0.c'. Did you mean layers.0.neurons.0.b?",
    ),
}


@pytest.mark.parametrize("name", REFUSED_NUMBERS)
def test_a_run_refuses_what_it_does_not_have(name):
    request, sentence = REFUSED_NUMBERS[name]
    run = Run(Experiment(**SMALL))
    with pytest.raises(LabError) as refusal:
        request(run)
    assert str(refusal.value) == sentence and run.step == 0


NOT_FINITE = "The run stopped after 3 steps: the next one produced nan or inf."
STOPPED = {  # (the anomaly, the mistake, how the loss has grown): the sentence
    "no op is known": (
        ("", "", ""),
        f"{NOT_FINITE} Rewind the run, and fork it with a smaller rate than 0.1.",
    ),
    "a mistake": (
        ("the result of exp is inf.", "No zero_grad", ""),
        f"{NOT_FINITE} The result of exp is inf. That is the mistake at work: No zero_grad. "
        "Rewind the run, or remove it.",
    ),
}


@pytest.mark.parametrize("name", STOPPED)
def test_a_run_that_stopped_says_why(name):
    facts, sentence = STOPPED[name]
    assert messages.diverged(3, *facts, 0.1) == sentence


SLOPES = {  # a grad, and the sentence
    0.0: "The grad of w is 0: if it moves a little, the loss stays as it is, so a step leaves it "
    "alone.",
    float("inf"): "The grad of w is inf, so no step can follow it.",
    -0.5: "The grad of w is -0.5, the slope of the curve here: a little more of it makes the loss "
    "smaller, so a step makes it larger.",
}


@pytest.mark.parametrize("grad", SLOPES)
def test_the_grad_of_a_weight_is_a_slope(grad):
    assert messages.slope_of_weight("w", grad) == SLOPES[grad]


def test_a_comparison_without_times_has_no_ratio():
    timed, untimed = (messages.comparison(x, 5, 20) for x in ((2.0, 0.5, 1.0), (None, 0.5, None)))
    assert untimed == [timed[0], timed[-1]] and len(timed) == 4
    assert timed[1] == "Compiled, the same code is 4 times as fast."


def test_a_run_has_an_end(monkeypatch):
    monkeypatch.setattr("micrograd.lab.run.MOST_STEPS", 100)
    run = Run(Experiment(**SMALL))
    assert run.advance(MOST_STEPS) == 100 and "100 steps" in run.stopped
    run.rewind(50)
    assert run.advance(10) == 10


# ------------------------------------------------------------------------------------- settings


@pytest.mark.parametrize(
    "experiment",
    [
        Experiment(),
        Experiment(hidden=()),
        Experiment(hidden=(3, 4, 5), batch_size=7, rate=1e-9, mistake="assign"),
        Experiment(data="digits", loss="cross_entropy", optimizer="adamw", activation="none"),
    ],
)
def test_settings_survive_json_and_the_query(experiment):
    assert Experiment.from_json(experiment.to_json()) == experiment
    assert Experiment.from_query(experiment.to_query()) == experiment


def test_no_minibatch_is_an_empty_text_in_the_query():
    assert Experiment.from_query("batch_size=&points=7") == Experiment(batch_size=None, points=7)


@pytest.mark.parametrize(
    "query", ["a=1", "hidden=a", "rate=", "points=1e9", "hidden=" + "9," * 999, "&".join("ab" * 99)]
)
def test_a_query_that_is_none_is_refused(query):
    with pytest.raises(LabError):
        Experiment.from_query(query)
