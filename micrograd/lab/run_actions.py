"""The actions of a page that concern runs: set up, play, step, rewind, fork, break, set a weight.

Rule: an action checks what a page sends, because anything may arrive; what is wrong is a LabError
and changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

from micrograd.lab import messages, naming
from micrograd.lab.arrivals import begin_fork, begin_mistake, give_up_mistakes, remove_mistakes
from micrograd.lab.datasets import AMOUNT, DATASETS, task_of
from micrograd.lab.experiment import OWN, Experiment, is_finite, losses_for, require_known
from micrograd.lab.later import Reply
from micrograd.lab.messages import LabError
from micrograd.lab.preparing import begin
from micrograd.lab.program import program_of
from micrograd.lab.session import Session

RATE_OF_AMOUNTS = 0.1  # with a larger one the squared error of the sine grows without end
MOST_AT_ONCE = 10_000  # steps of one request: a page waits for it


def hello(session: Session) -> dict[str, Any]:
    """Return all that a page needs to show itself, and whether it is the first page.

    The address of the first one decides which run begins; a later page may come from a link.
    """
    if session.texts is not None:
        session.texts.is_new = True
    is_first, session.is_seen = not session.is_seen, True
    return {"state": session.state(), "frame": session.frame(), "first": is_first}


def setup(
    session: Session, changes: Any = None, query: Any = None
) -> dict[str, Any] | Future[dict[str, Any]]:
    """Start the run that is shown anew with other settings, or with those of an address's query.

    A loss that does not fit gives way.
    """
    if query is not None:
        changes = settings_of(str(query))
    if not isinstance(changes, Mapping):
        raise LabError(messages.not_settings(changes))
    experiment, own = fitting(session, changes), session.experiment.data == OWN
    if experiment.data == OWN and not own:
        raise LabError(messages.own_points_are_missing())
    points = session.points if experiment.data == OWN else None
    return begin(session, experiment, points, {"query": experiment.to_query()})


def settings_of(query: str) -> dict[str, Any]:
    """Return all settings of an address; one that names no loss has one that fits its data."""
    experiment = Experiment.from_query(query)
    dataset = DATASETS.get(experiment.data)
    losses = losses_for(dataset.task) if dataset else [experiment.loss]
    if "loss=" not in query and experiment.loss not in losses:
        experiment = experiment.replace(loss=losses[0])
    return experiment.to_json()


def fitting(session: Session, changes: Mapping[str, Any]) -> Experiment:
    """Return the changed settings, with a loss and a rate that other data can be learnt with.

    Those that were chosen along with the data stay.
    """
    experiment = session.experiment.replace(**changes)
    task = task_of(experiment, session.points)
    losses = losses_for(task)
    if "loss" not in changes and experiment.loss not in losses:
        experiment = experiment.replace(loss=losses[0])
    if "rate" not in changes and "data" in changes and task == AMOUNT:
        experiment = experiment.replace(rate=min(experiment.rate, RATE_OF_AMOUNTS))
    return experiment


def play(session: Session) -> dict[str, Any]:
    """Let the run go on by itself. LabError, with the reason, if it has stopped."""
    if session.run.stopped:
        raise LabError(session.run.stopped)
    session.playing = True
    return {}


def pause(session: Session) -> dict[str, Any]:
    """Let the run stand still."""
    session.playing = False
    return {}


def set_speed(session: Session, steps: Any) -> dict[str, Any]:
    """Choose the most steps a second to play; None stands for as many as there can be."""
    speed = math.inf if steps in (None, math.inf) else steps
    if speed != math.inf and not (is_finite(speed) and speed > 0.0):
        raise LabError(messages.not_a_speed(steps))
    session.speed = float(speed)
    return {}


def step(session: Session, count: Any = 1) -> dict[str, Any]:
    """Take some steps, and return the step that was reached."""
    if type(count) is not int or not 0 <= count <= MOST_AT_ONCE:
        raise LabError(messages.not_whole("The number of steps", count, 0, MOST_AT_ONCE))
    if session.run.stopped:
        raise LabError(session.run.stopped)
    session.advance(count)
    return {"step": session.run.step}


def rewind(session: Session, step: Any) -> dict[str, Any]:
    """Go to any step that was taken; the run beside goes there too, as far as it came."""
    session.run.rewind(step)
    if session.run_beside is not None:
        session.run_beside.rewind(min(step, session.run_beside.reached))
    return {"step": session.run.step}


def fork(session: Session, changes: Any = None) -> Reply | Future[Reply]:
    """Add a run that goes on from this step with other settings, and show it."""
    changes = {} if changes is None else changes
    if not isinstance(changes, Mapping):
        raise LabError(messages.not_settings(changes))
    require_known(changes)
    return begin_fork(session, changes)


def choose(session: Session, run: Any) -> dict[str, Any]:
    """Show another run; if it was beside the one that was shown, they change places."""
    require_run(session, run)
    if run == session.beside:
        session.beside = session.current
    session.switch_to(run)
    return {}


def show_beside(session: Session, run: Any) -> dict[str, Any]:
    """Let another run play beside the one that is shown, from the same step; "" for none."""
    if run == "":
        session.beside = ""
        return {"run": None}
    require_run(session, run)
    session.beside = run
    if session.run_beside is not None:
        session.run_beside.rewind(min(session.run.step, session.run_beside.reached))
    return {"run": run}


def forget(session: Session, run: Any) -> dict[str, Any]:
    """Remove a run; one must be left. Where it was shown, the one that it was forked from is."""
    require_run(session, run)
    if len(session.runs) == 1:
        raise LabError(messages.last_run(run))
    session.forget(run)
    return {}


def require_run(session: Session, name: Any) -> None:
    if not isinstance(name, str) or name not in session.runs:
        raise LabError(messages.no_such_run(name, session.runs))


def break_run(session: Session, mistake: Any) -> Reply | Future[Reply]:
    """Let a run with that mistake play beside the one that is shown, both from step 0 on.

    It is a fork at step 0, so both begin with the same weights. With "" the runs with a mistake are
    removed.
    """
    session.run.experiment.replace(mistake=mistake)  # raises LabError for an unknown one
    give_up_mistakes(session)
    if mistake:
        return begin_mistake(session, mistake)
    remove_mistakes(session)
    return {"run": None}


def set_weight(session: Session, layer: Any, neuron: Any, input: Any, value: Any) -> dict[str, Any]:
    """Set a weight of a neuron, or its bias, whose input is -1; the steps after this are gone."""
    run = session.run
    naming.find_weight(naming.find_neuron(run.model, layer, neuron), input)
    run.set_parameter(naming.path_of(layer, neuron, input), value)
    return {"step": session.run.step}


def program(session: Session) -> dict[str, Any]:
    """Return the run that is shown as a Python program, until the step at which it stands."""
    return {"program": program_of(session.run)}
