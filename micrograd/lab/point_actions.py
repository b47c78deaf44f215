"""The actions of a page that concern points: add, move, remove and hold one.

Rule: points that were edited have no name, so the run goes on with data of one's own.
"""

from __future__ import annotations

from typing import Any

from micrograd.lab.datasets import Points
from micrograd.lab.experiment import OWN
from micrograd.lab.preparing import begin
from micrograd.lab.probe import probe_of
from micrograd.lab.session import Session


def add(session: Session, x: Any, y: Any) -> dict[str, Any]:
    """Add a point, and return its number."""
    points = session.run.points.add(x, y)
    return replace_points(session, points)


def move(session: Session, i: Any, x: Any, y: Any = None) -> dict[str, Any]:
    """Move a point to another place, and to another target if one is given."""
    points = session.run.points.move(i, x, y)
    return replace_points(session, points)


def remove(session: Session, i: Any) -> dict[str, Any]:
    """Remove a point."""
    points = session.run.points.remove(i)
    return replace_points(session, points)


def replace_points(session: Session, points: Points) -> dict[str, Any]:
    """Let the runs that are seen go on with other points, and the one that is prepared as well."""
    beginning = session.beginning
    if beginning is not None and not beginning.learns_points_of(session.run):
        beginning = None
    session.run.set_points(points)
    if session.run_beside is not None:
        session.run_beside.set_points(points)
    if beginning is not None:
        begin(session, beginning.experiment.replace(data=OWN), points, beginning.reply)
    return {"points": len(points.X)}


def hold(session: Session, i: Any = None) -> dict[str, Any]:
    """Hold a point: what is shown of one example is shown of it. None is that of the largest loss.

    A loss that is nan counts as the largest.
    """
    run = session.run
    if i is None:
        probe, X = probe_of(run), run.points.X
        losses = probe.losses(X, probe.outputs(X), run.points.y)
        i = int(losses.argmax())
    run.points.check_index(i)
    session.held = i
    return {"held": i}
