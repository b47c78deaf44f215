"""The smallest graph on which a learner's `Value` fails, if the mistake of a stage shows in one.

Rule: the graphs ask for nothing that comes after the stage, and stand from small to large. Whatever
happens while they run, the sentence of the stage stays.
"""

from contextlib import suppress
from typing import Any

from micrograd.course.exercises.checking import REASONS_WANTED, Wrong
from micrograd.course.exercises.graphs import Graph, Run, run_backward
from micrograd.course.exercises.time_limit import TakesTooLong, limited

SECONDS = 1.0  # for all graphs of a stage
# fmt: off
SUM, PRODUCT = (("+", 0, 1),), (("*", 0, 1),)
TREES = (  # each node is used once
    Graph((2.0, 3.0), SUM),
    Graph((2.0, 3.0), PRODUCT),
    Graph((2.0, 3.0, 5.0), (*SUM, ("*", 3, 2))),
    Graph((2.0, 3.0, 5.0), (*PRODUCT, ("+", 3, 2))),
)
SHARED = (
    Graph((2.0,), (("+", 0, 0),)),
    Graph((2.0,), (("*", 0, 0),)),
    Graph((2.0,), (("+", 0, 0), ("+", 1, 1))),
    Graph((2.0,), (("+", 0, 0), ("*", 1, 1), ("+", 1, 2))),
    Graph((2.0,), (("+", 0, 0), ("*", 1, 1), ("+", 2, 1))),
    Graph((2.0, 3.0), (*SUM, ("*", 0, 1), ("*", 2, 3))),
)
DIVIDED = tuple(Graph((2.0, 3.0), ((symbol, 0, 1),)) for symbol in "-/")
# fmt: on
SINCE = {5: TREES, 6: SHARED, 8: DIVIDED}  # by the stage that teaches a Value to do them


def add_graph(error: Wrong, value_class: Any, stage: int) -> None:
    """Give the error the first graph on which the learner's Value fails, if there is one."""
    if REASONS_WANTED.get() and error.graph is None:
        with suppress(Exception, SystemExit, TakesTooLong), limited(SECONDS, ""):
            error.graph = failing_run(value_class, stage)


def failing_run(value_class: Any, stage: int) -> Run | None:
    """Return the learner's backward on the first graph of the stage that fails."""
    for graph in graphs_of(stage):
        run = run_backward(graph, value_class, lambda root: root.backward())
        if run.wrong_node() is not None:
            return run
    return None


def graphs_of(stage: int) -> tuple[Graph, ...]:
    """Return the graphs that a Value can make, and go back through, when the stage is written."""
    graphs: tuple[Graph, ...] = ()
    for first, more in SINCE.items():
        if stage >= first:
            graphs += more
    return graphs
