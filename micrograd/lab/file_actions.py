"""The actions of a page that concern files: the table of a CSV file, and a file of the lab.

Rule: a page reads a file and sends its text; nothing here opens a path that a page has named.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

from micrograd.lab import messages
from micrograd.lab.csv_points import column_names, points_of_table
from micrograd.lab.datasets import Points
from micrograd.lab.experiment import OWN, Experiment, losses_for
from micrograd.lab.messages import LabError
from micrograd.lab.preparing import begin
from micrograd.lab.session import Session


def table(
    session: Session, name: Any, text: Any, columns: Any = None
) -> dict[str, Any] | Future[dict[str, Any]]:
    """Learn from the rows of a table; without columns, return the names of those it has.

    `columns` are {"target": a name, "inputs": a list of names}.
    """
    if not isinstance(name, str) or not isinstance(text, str):
        raise LabError(messages.not_a_table(text))
    if columns is None:
        return {"columns": column_names(name, text)}
    target, inputs = target_and_inputs(columns)
    now = session.experiment
    points, notes = points_of_table(name, text, target, inputs, now.seed)
    reply = {"points": len(points.X), "inputs": list(points.columns), "notes": notes}
    return begin_with(session, now, points, reply)


def target_and_inputs(columns: Any) -> tuple[str, list[str]]:
    """Return the target and the inputs. Raises LabError for anything else than names."""
    if not isinstance(columns, Mapping):
        raise LabError(messages.not_columns(columns))
    target, inputs = columns.get("target"), columns.get("inputs")
    if not isinstance(target, str) or not isinstance(inputs, list) or not inputs:
        raise LabError(messages.not_columns(columns))
    if target in inputs or not all(isinstance(name, str) for name in inputs):
        raise LabError(messages.not_columns(columns))
    return target, list(dict.fromkeys(inputs))


def load(session: Session, file: Any) -> dict[str, Any] | Future[dict[str, Any]]:
    """Start the run of a file that the lab has saved: see `downloads.lab_file`."""
    try:
        content = json.loads(file)
        settings = content["experiment"]
    except (KeyError, TypeError, ValueError, RecursionError):
        raise LabError(messages.not_a_lab_file()) from None
    experiment = Experiment.from_json(settings)
    reply = {"query": experiment.to_query()}
    if content.get("points") is None:
        return begin(session, experiment, None, reply)
    return begin_with(session, experiment, Points.from_json(content["points"]), reply)


def begin_with(
    session: Session, experiment: Experiment, points: Points, reply: dict[str, Any]
) -> dict[str, Any] | Future[dict[str, Any]]:
    """Show a run with these points, and with a loss that is for them; return the reply."""
    losses = losses_for(points.task)
    if experiment.loss not in losses:
        experiment = experiment.replace(loss=losses[0])
    return begin(session, experiment.replace(data=OWN), points, reply)
