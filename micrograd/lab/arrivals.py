"""Runs that join the others: forks, and runs with a mistake. Each is prepared in a thread.

Rule: no run is removed before the new one is ready. A fork goes on from the step at which it was
asked for; it is shown unless something else was chosen since. A run with a mistake plays beside the
run that is shown when it is ready, and each choice of a mistake takes the place of the last one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from micrograd.lab.later import Reply
from micrograd.lab.preparing import warm
from micrograd.lab.run import Run

if TYPE_CHECKING:
    from micrograd.lab.session import Session

FORK, MISTAKE = "fork", "mistake"
GIVEN_UP: Reply = {"shown": False}


@dataclass(eq=False)
class Arrival:
    """A run that is to join the others; `kind` is that of the sentence that a page shows."""

    kind: str


def prepare_later(
    session: Session, kind: str, prepare: Callable[[Arrival], Reply]
) -> Future[Reply]:
    """Return a future of the reply of `prepare`, which is called in a thread."""
    arrival = Arrival(kind)
    session.arrivals.append(arrival)

    def work() -> Reply:
        try:
            return prepare(arrival) if arrival in session.arrivals else GIVEN_UP
        finally:
            end(session, arrival)

    return session.preparations.later(work)


def end(session: Session, arrival: Arrival) -> None:
    """Note that the run is prepared no more. Under the session's lock, no page sees a half."""
    with session.lock:
        if arrival in session.arrivals:
            session.arrivals.remove(arrival)
        session.version += 1


# ------------------------------------------------------------------------------------------- forks


def begin_fork(session: Session, changes: Mapping[str, Any]) -> Reply | Future[Reply]:
    """Add a fork of the run that is shown, and show it. LabError for changes that cannot be."""
    session.require_room()
    run, origin = session.run, session.current
    finish = run.fork_at(run.step, **changes)
    if not session.is_served:
        return add_fork(session, finish(), origin)
    session.beginning = None  # it would take the place of the run that is forked

    def prepare(arrival: Arrival) -> Reply:
        fork = finish()
        warm(fork, run)
        with session.lock:
            if arrival not in session.arrivals:
                return GIVEN_UP
            end(session, arrival)
            return add_fork(session, fork, origin, session.chosen is arrival)

    future = prepare_later(session, FORK, prepare)
    session.chosen = session.arrivals[-1]
    return future


def add_fork(session: Session, fork: Run, origin: str, is_shown: bool = True) -> Reply:
    name = session.add_run(fork, origin)
    if is_shown:
        session.switch_to(name)
        session.hold_one_of_the_run()
    return {"run": name}


# ---------------------------------------------------------------------------------------- mistakes


def begin_mistake(session: Session, mistake: str) -> Reply | Future[Reply]:
    """Let a run with that mistake play beside the one that is shown, both from step 0 on."""
    require_room_for_mistake(session)
    if session.is_served:
        return prepare_later(session, MISTAKE, partial(prepare_mistake, session, mistake))
    remove_mistakes(session)
    return add_mistake(session, session.run.fork_at(0, mistake=mistake)())


def prepare_mistake(session: Session, mistake: str, arrival: Arrival) -> Reply:
    """Prepare the run with a mistake, once more if the beginning of the right one has changed."""
    while True:
        with session.lock:
            right = session.runs[right_name(session)]
            beginning = right.stretches[0]
            finish = right.fork_at(0, mistake=mistake)
        broken = finish()
        warm(broken, right)
        with session.lock:
            if arrival not in session.arrivals:
                return GIVEN_UP
            name = right_name(session)
            if session.runs[name].stretches[0] is not beginning:
                continue
            end(session, arrival)
            remove_mistakes(session)
            if session.current != name:
                session.switch_to(name)
            return add_mistake(session, broken)


def add_mistake(session: Session, broken: Run) -> Reply:
    """Let the broken run and the one that is shown stand at step 0, beside each other."""
    session.run.rewind(0)
    session.beside = session.add_run(broken, session.current)
    return {"run": session.beside}


def right_name(session: Session) -> str:
    """Return the name of the run that is shown when those with a mistake are gone."""
    rest = [name for name, run in session.runs.items() if not run.experiment.mistake]
    origin = session.origins[session.current]
    wanted = [name for name in (session.current, origin) if name in rest]
    return [*wanted, *rest, *list(session.runs)[-1:]][0]


def remove_mistakes(session: Session) -> None:
    """Remove the runs with a mistake; one run is left."""
    for name in [name for name, run in session.runs.items() if run.experiment.mistake]:
        if len(session.runs) > 1:
            session.forget(name)


def give_up_mistakes(session: Session) -> None:
    """Let no mistake that is prepared join the runs."""
    session.arrivals = [x for x in session.arrivals if x.kind != MISTAKE]


def require_room_for_mistake(session: Session) -> None:
    """Raise LabError if there is no room, even without the runs with a mistake."""
    broken = [run for run in session.runs.values() if run.experiment.mistake]
    if len(broken) < 1 or len(broken) == len(session.runs):
        session.require_room()
