"""A run: an experiment that is stepped, rewound, forked and edited, without any page or thread.

Rule: a run is a list of stretches, and a stretch has one experiment and one set of points. The
numbers after a step follow from the stretches alone, however the step was reached; so rewinding
restores the nearest snapshot before it and takes the few steps from there again.
"""

from __future__ import annotations

import math
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from micrograd.lab import messages
from micrograd.lab.datasets import Points, check_trainable, make_points
from micrograd.lab.experiment import OWN, Experiment, is_finite, losses_for
from micrograd.lab.messages import LabError
from micrograd.lab.trainer import Trainer
from micrograd.nn import MLP
from micrograd.training import Snapshot, find_anomaly

MOST_STEPS = 1_000_000  # of one run: what the lab keeps of it has an end
SECONDS_APART = 0.008  # of stepping between two snapshots, so that any step is quickly reached
MOST_BYTES = 2**24  # of the snapshots of one stretch: then every second one is left out
FEWEST = 16  # snapshots, however large they are
MOST_RECENT = 100  # losses that say whether the loss was growing
GROWTH, TINY = 10.0, 1e-12  # a loss of that many times the smallest one was growing
LINE_OF_CODE = " Made at "  # the rest of a report names a line of the library
FORK_KEEPS = ("hidden", "data", "points", "noise", "seed")  # settings that a fork cannot change


@dataclass
class Mark:
    """A place in a run to which it can go back: a snapshot, and the minibatches that follow.

    The order of minibatches could be found from the number of the step, but it takes a while to
    shuffle all epochs until there. It is None until it is needed.
    """

    snapshot: Snapshot
    order: Any = None

    @property
    def step(self) -> int:
        return self.snapshot.step


@dataclass
class Stretch:
    """Steps of a run from step `first` on, with one experiment and one set of points.

    It goes on from `base`, the state that the stretch before it ended with (None at step 0), with
    the parameters in `edits` set; that is its first mark. `thinned` is how often every second mark
    was left out.
    """

    first: int
    experiment: Experiment
    points: Points
    marks: list[Mark]
    base: Snapshot | None = None
    edits: dict[str, float] = field(default_factory=dict)
    thinned: int = 0

    def until(self, step: int) -> Stretch:
        """Return a copy that knows nothing beyond that step."""
        return replace(self, marks=[mark for mark in self.marks if mark.step <= step])

    def before(self, step: int) -> Mark:
        """Return the last mark before that step; the first one for the first step."""
        place = bisect_left(self.marks, step, key=lambda mark: mark.step)
        return self.marks[max(place - 1, 0)]

    def keep(self, mark: Mark) -> None:
        """Keep a mark that is later than all others; thin them out if they are too many."""
        self.marks.append(mark)
        snapshot = mark.snapshot
        size = snapshot.parameters.nbytes + snapshot.state.nbytes
        if len(self.marks) > max(FEWEST, MOST_BYTES // size):
            del self.marks[1::2]
            self.thinned += 1


class Run:
    """A run of training. It begins at step 0 and has taken `reached` steps; it stands at `step`.

    Steps that were taken once are taken again to the same bits, also after a rewind. `losses` has
    the loss before each of them. `stopped` says why the run cannot go on, "" if it can. `before`
    are the parameters before the last step. Raises LabError for points that give nothing to learn,
    or that the loss is not for, before anything is allocated.

    >>> run = Run(Experiment(hidden=(4,), points=20))
    >>> run.advance(100)
    100
    >>> loss = run.losses[50]
    >>> run.rewind(50)
    >>> run.advance(1), bool(run.losses[50] == loss), run.step, run.reached
    (1, True, 51, 100)
    """

    def __init__(self, experiment: Experiment, points: Points | None = None) -> None:
        points = make_points(experiment) if points is None else points
        check(experiment, points)
        self.trainers: dict[Experiment, Trainer] = {}
        self.step = self.reached = 0
        self.forked_at: int | None = None
        self.stopped = ""
        self.seconds = 1e-3  # of the last steps, for each of them
        self.kept_losses = np.empty(1024)
        self.block: Any = None  # which takes the steps after `mark`, once there are some
        start = Mark(self.trainer_of(experiment, points).snapshot(0))
        self.stretches = [Stretch(0, experiment, points, [start])]
        self.enter(0)

    # --------------------------------------------------------------------------- what it is now

    @property
    def stretch(self) -> Stretch:
        """The stretch that the next step belongs to."""
        return self.stretches[self.place]

    @property
    def experiment(self) -> Experiment:
        """The settings of the next step."""
        return self.stretch.experiment

    @property
    def points(self) -> Points:
        """The points that the next step sees."""
        return self.stretch.points

    @property
    def trainer(self) -> Trainer:
        """The network, the optimizer and the compiled step."""
        return self.trainer_of(self.experiment, self.points)

    @property
    def model(self) -> MLP:
        """The network, with the parameters after the last step and their grads."""
        return self.trainer.model

    @property
    def losses(self) -> np.ndarray:
        """The loss before each of the `reached` steps, over the examples that the step saw."""
        losses = self.kept_losses[: self.reached]
        losses.setflags(write=False)
        return losses

    @property
    def numbers(self) -> np.ndarray:
        """The parameters now, in the order of `model.parameters()`; reading them costs little."""
        return self.trainer.numbers

    @property
    def grads(self) -> np.ndarray:
        """The grads of the last step, as the optimizer took them; 0 where none was taken."""
        if self.step == self.stretch.first:
            return np.zeros(len(self.before))
        return self.trainer.grads

    def trainer_of(self, experiment: Experiment, points: Points) -> Trainer:
        """Return the trainer of these settings, which is built when it is first asked for."""
        if experiment not in self.trainers:
            self.trainers[experiment] = Trainer(experiment, points)
        return self.trainers[experiment]

    # ------------------------------------------------------------------------------------ steps

    def advance(self, count: int) -> int:
        """Take `count` steps; return how many were taken, fewer if the run has stopped."""
        first = self.step
        target = min(first + whole_count(count), MOST_STEPS)
        self.take_until(target)
        if self.step == MOST_STEPS:
            self.stopped = messages.enough_steps(MOST_STEPS)
        return self.step - first

    @property
    def next_first(self) -> float:
        """The step at which the next stretch begins, inf without one."""
        following = self.stretches[self.place + 1 : self.place + 2]
        return following[0].first if following else math.inf

    @property
    def steps_apart(self) -> int:
        """How many steps two snapshots are apart."""
        return max(1, int(SECONDS_APART / self.seconds)) << self.stretch.thinned

    @property
    def next_pause(self) -> int:
        """The step at which another stretch begins, or a snapshot is due."""
        return int(min(self.step + self.steps_apart, self.next_first))

    def take(self, count: int) -> None:
        """Take steps of one stretch, and keep a snapshot if one is due."""
        losses, rates = np.empty(count), np.empty(count)
        began = time.perf_counter()
        self.run_into(losses[:-1], rates[:-1])
        self.before = self.numbers
        self.run_into(losses[-1:], rates[-1:])
        self.seconds = (time.perf_counter() - began) / count
        snapshot = self.trainer.snapshot(self.step + count)
        if not (np.isfinite(losses).all() and snapshot.is_finite):
            self.stop(losses)
            return
        self.record(losses)
        self.keep_if_due(snapshot)
        if self.step == self.next_first:
            self.enter(self.place + 1)

    def run_into(self, losses: np.ndarray, rates: np.ndarray) -> None:
        """Take len(losses) steps, after those that the block has taken."""
        if len(losses):
            if self.block is None:
                self.block = self.bind()
            with self.block as block:
                block.run_into(losses, rates)

    def bind(self) -> Any:
        """Return the block of the steps that follow the last mark."""
        block = self.trainer.bound(self.points, self.mark.step)
        if self.mark.order is None:
            self.mark.order = block.sampler.order_from_here()
        block.sampler.batches = copy(self.mark.order)
        return block

    def record(self, losses: np.ndarray) -> None:
        """Count steps that were taken, and keep their losses."""
        end = self.step + len(losses)
        if end > len(self.kept_losses):
            self.kept_losses = np.resize(self.kept_losses, 2 * end)
        self.kept_losses[self.step : end] = losses
        self.step, self.reached = end, max(self.reached, end)

    def keep_if_due(self, snapshot: Snapshot) -> None:
        latest = self.stretch.marks[-1].step
        if self.step - latest >= self.steps_apart:
            self.stretch.keep(Mark(snapshot, self.block.sampler.order_from_here()))

    # ----------------------------------------------------------------------------- to and fro

    def rewind(self, step: int) -> None:
        """Go to any step that the run has taken, forward or back. Raises LabError for another one.

        The last step before it is taken again, so that the grads and `before` are those of it.
        """
        if type(step) is not int or not 0 <= step <= self.reached:
            raise LabError(messages.no_such_step(step, self.reached))
        self.stopped = ""
        self.go_to(step)

    def go_to(self, step: int) -> None:
        """Restore the nearest snapshot before a step, and take the steps from there."""
        self.enter(self.place_of(step))
        if step > self.step:
            self.restore(self.stretch.before(step))
            self.take_until(step)

    def place_of(self, step: int) -> int:
        """Return the place of the stretch that begins at that step, or that it lies in."""
        return bisect_right(self.stretches, step, key=lambda stretch: stretch.first) - 1

    def take_until(self, step: int) -> None:
        while self.step < step and not self.stopped:
            self.take(min(step, self.next_pause) - self.step)

    def enter(self, place: int) -> None:
        """Go to the beginning of a stretch."""
        self.place = place
        self.restore(self.stretch.marks[0])

    def restore(self, mark: Mark) -> None:
        self.trainer.restore(mark.snapshot)
        self.mark, self.step, self.block = mark, mark.step, None
        self.before = mark.snapshot.parameters

    # ------------------------------------------------------------------------- other histories

    def fork(self, **changes: Any) -> Run:
        """Return a run with the same history up to this step, and with other settings from here.

        Raises LabError for a setting of the network or the data.
        """
        return self.fork_at(self.step, **changes)()

    def fork_at(self, step: int, **changes: Any) -> Callable[[], Run]:
        """Return the function that takes a fork of that step to where it begins.

        Its networks are built already. So it needs no lock, however this run goes on meanwhile, and
        neither does rewinding it.
        """
        for name in changes:
            if name in FORK_KEEPS:
                raise LabError(messages.other_network(name))
        place = self.place_of(step)
        now = self.stretches[place]
        experiment = now.experiment.replace(**changes)
        check(experiment, now.points)
        other = copy(self)
        other.trainers, other.kept_losses = {}, self.kept_losses.copy()
        other.stretches = [x.until(step) for x in self.stretches[: place + 1]]
        other.reached, other.forked_at, other.stopped = step, step, ""
        for stretch in other.stretches:
            other.trainer_of(stretch.experiment, stretch.points)
        other.trainer_of(experiment, now.points)
        return partial(other.begin_at, step, experiment)

    def begin_at(self, step: int, experiment: Experiment) -> Run:
        """Go to a step, and go on from there with these settings; return the run."""
        self.go_to(step)
        if experiment != self.experiment:
            self.begin_stretch(experiment, self.points)
        return self

    def page(self, path: str | Path) -> Path:
        """Write the run as one HTML page, in which it is played and scrubbed; return its path.

        The page has up to 60 snapshots of the run, loads nothing, and needs no server.
        """
        from micrograd.lab.recording import write_page

        return write_page(self, path)

    def set_parameter(self, name: str, number: float) -> None:
        """Set a parameter, such as "layers.0.neurons.1.w.0"; the steps after this one are gone."""
        parameters = dict(self.model.named_parameters())
        if name not in parameters:
            raise LabError(messages.no_such_parameter(name, parameters))
        if not is_finite(number):
            raise LabError(messages.not_a_weight(number))
        self.begin_stretch(self.experiment, self.points, {name: float(number)})

    def set_points(self, points: Points) -> None:
        """Go on with other points; the steps after this one are gone."""
        experiment = self.experiment.replace(data=OWN)
        check(experiment, points)
        self.begin_stretch(experiment, points)

    def begin_stretch(
        self, experiment: Experiment, points: Points, edits: dict[str, float] | None = None
    ) -> None:
        """Let another stretch begin at this step, in place of what followed.

        Several changes at one step are one stretch, which goes on from the steps before it.
        """
        now, base = self.stretch, self.stretch.base
        if now.first < self.step:
            base, edits = self.trainer.snapshot(self.step), edits or {}
        else:
            edits = now.edits | (edits or {})
        kept = [x.until(self.step) for x in self.stretches if x.first < self.step]
        trainer = self.trainer_of(experiment, points)
        start = trainer.first if base is None else trainer.adopt(base, kept[-1].experiment)
        start = replace(start, parameters=self.edit(start.parameters, edits))
        stretch = Stretch(self.step, experiment, points, [Mark(start)], base, edits)
        self.stretches = [*kept, stretch]
        self.reached, self.stopped = self.step, ""
        self.enter(len(kept))

    def edit(self, parameters: np.ndarray, edits: dict[str, float]) -> np.ndarray:
        """Return the parameters with some of them set, by their names."""
        names = [name for name, _ in self.model.named_parameters()]
        edited = parameters.copy()
        for name, number in edits.items():
            edited[names.index(name)] = number
        return edited

    # ------------------------------------------------------------------------------ nan and inf

    def stop(self, losses: np.ndarray) -> None:
        """Stop at the last step with good numbers; say which step failed, and at which op."""
        finite = np.isfinite(losses)
        good = len(losses) - 1 if finite.all() else int(finite.argmin())
        self.go_to(self.step + good)
        if not self.stopped:  # the update before a bad loss may have been bad as well
            self.stopped = self.diagnose()

    def diagnose(self) -> str:
        """Return why the next step fails: it is replayed in plain Python, op by op."""
        trainer, recent = self.trainer, self.losses[: self.step][-MOST_RECENT:]
        block = trainer.bound(self.points, self.step, trainer.eager_step())
        anomaly, _, _ = find_anomaly(block).partition(LINE_OF_CODE)
        self.go_to(self.step)
        facts = (trainer.mistake.title, growth(recent), trainer.rate)
        return messages.diverged(self.step, anomaly, *facts)


def growth(losses: np.ndarray) -> str:
    """Return how the loss has grown lately, "" if it has not."""
    least, last = (min(losses), losses[-1]) if len(losses) else (0.0, 0.0)
    return messages.loss_has_grown(least, last) if last > GROWTH * max(least, TINY) else ""


def check(experiment: Experiment, points: Points) -> None:
    """Raise LabError for points that give nothing to learn, or that the loss is not for."""
    check_trainable(points)
    fitting = losses_for(points.task)
    if experiment.loss not in fitting:
        raise LabError(messages.loss_does_not_fit(experiment.loss, points.task, fitting))


def whole_count(count: Any) -> int:
    if type(count) is not int or count < 0:
        raise LabError(messages.not_a_count(count))
    return count
