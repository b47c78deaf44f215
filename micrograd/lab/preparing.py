"""Runs that begin anew: each is prepared in a thread, and shown when it is ready.

Rule: until then the previous run is shown and plays on, and every request is answered. One run is
prepared at a time, and what a page chooses next takes its place. The network is built under the
session's lock, because that draws from Python's random numbers, which all threads share.
"""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from micrograd.lab.datasets import Points, make_points
from micrograd.lab.experiment import Experiment
from micrograd.lab.later import Reply
from micrograd.lab.run import Run

if TYPE_CHECKING:
    from micrograd.lab.session import Session


@dataclass(eq=False)
class Beginning:
    """A run that is to begin: its settings, its points, and the reply once it is shown.

    Without points it learns those of its data set, which can take seconds to read.
    """

    experiment: Experiment
    points: Points | None
    reply: Reply

    def learns_points_of(self, run: Run) -> bool:
        """Return whether the new run will learn the points of this one."""
        if self.points is not None:
            return self.points is run.points
        return data_settings(self.experiment) == data_settings(run.experiment)


def data_settings(experiment: Experiment) -> tuple[Any, ...]:
    """Return the settings that decide which points a named data set has."""
    return experiment.data, experiment.points, experiment.noise, experiment.seed


def begin(
    session: Session, experiment: Experiment, points: Points | None, reply: Reply
) -> Reply | Future[Reply]:
    """Show a run with these settings in place of the one that is shown; return the reply.

    Before a server, the run is prepared first and the reply is a future; it is {"shown": False} if
    another choice took its place.
    """
    if not session.is_served:
        show(session, Run(experiment, points))
        return reply
    beginning = Beginning(experiment, points, reply)
    session.beginning = session.chosen = beginning
    return session.preparations.later(partial(prepare, session, beginning))


def prepare(session: Session, beginning: Beginning) -> Reply:
    """Prepare the run and show it, unless it is no longer wanted."""
    try:
        runs = build(session, beginning)
        for run in runs:
            warm(run)
        with session.lock:
            if session.beginning is not beginning:
                return {"shown": False}
            show(session, *runs)
            session.hold_one_of_the_run()
            end(session, beginning)  # under the same lock: no page sees a half
        return beginning.reply
    finally:
        end(session, beginning)


def build(session: Session, beginning: Beginning) -> list[Run]:
    """Return the run, and after it the one with a mistake beside it; none if it is not wanted."""
    if session.beginning is not beginning:
        return []
    points = beginning.points or make_points(beginning.experiment)
    with session.lock:
        if session.beginning is not beginning:
            return []
        run = Run(beginning.experiment, points)
        broken = broken_beside(session, run)
    return [run] if broken is None else [run, broken]


def warm(run: Run, shown: Run | None = None) -> None:
    """Compile the run's steps, and what is shown of it; `shown` is a run that is shown already."""
    from micrograd.lab.frames import frame  # here, since a session need not be seen
    from micrograd.lab.probe import hand_over, key_of

    for stretch in run.stretches:
        trainer = run.trainer_of(stretch.experiment, stretch.points)
        with trainer.bound(stretch.points, stretch.first):
            pass  # a block of steps compiles them when it is entered
    if shown is not None and key_of(shown) == key_of(run):
        return  # they share a probe
    frame(run)
    hand_over(run)


def end(session: Session, beginning: Beginning) -> None:
    """Note that a run is prepared no more."""
    with session.lock:
        if session.beginning is beginning:
            session.beginning = None
            session.version += 1


def cancel(session: Session) -> dict[str, Any]:
    """Keep the runs that there are: none that is prepared takes a place or joins them."""
    session.give_up()
    return {}


def show(session: Session, run: Run, broken: Run | None = None) -> None:
    """Show a run in place of the one that is shown; a mistake beside it begins anew as well."""
    wanted = broken_beside(session, run, broken)
    session.runs[session.current] = run
    session.origins[session.current] = ""
    if wanted is None:
        session.beside = ""  # a fork has no more in common with it
    else:
        session.runs[session.beside] = wanted


def broken_beside(session: Session, run: Run, built: Run | None = None) -> Run | None:
    """Return a new run with the mistake of the one beside, and else as `run`; None without one.

    It is the one that was built before, if the mistake is still the same.
    """
    other = session.run_beside
    if other is None or not other.experiment.mistake:
        return None
    experiment = run.experiment.replace(mistake=other.experiment.mistake)
    if built is not None and built.experiment == experiment:
        return built
    return Run(experiment, run.points)
