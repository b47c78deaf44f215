"""The actions of a page that concern points: add, move, remove and hold one.

Rule: points that were edited have no name, so the run goes on with data of one's own.
"""

from __future__ import annotations

from typing import Any

from micrograd.lab.datasets import Points
from micrograd.lab.session import Session


def add(session: Session, x: Any, y: Any) -> dict[str, Any]:
    """Add a point, and return its number."""
    return replace_points(session, session.run.points.add(x, y))


def move(session: Session, i: Any, x: Any) -> dict[str, Any]:
    """Move a point to another place."""
    return replace_points(session, session.run.points.move(i, x))


def remove(session: Session, i: Any) -> dict[str, Any]:
    """Remove a point."""
    reply = replace_points(session, session.run.points.remove(i))
    session.held = min(session.held, reply["points"] - 1)
    return reply


def replace_points(session: Session, points: Points) -> dict[str, Any]:
    """Let the runs that are seen go on with other points."""
    session.run.set_points(points)
    if session.mistaken_run is not None:
        session.mistaken_run.set_points(points)
    return {"points": len(points.X)}


def hold(session: Session, i: Any) -> dict[str, Any]:
    """Hold a point: what is shown of one example is shown of it."""
    session.run.points.check_index(i)
    session.held = i
    return {}
