"""Somebody's own backward on a graph, for the page: the grads that it gave beside the right ones.

Rule: steps are shown only if they are what that backward did: its calls give its grads, if each
node passes on as it should. Otherwise the right steps are shown, and its grads at the end alone.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from micrograd.drawing.player.javascript import literal
from micrograd.engine import Value
from micrograd.explaining import Algorithm, edges_of, grads_of
from micrograd.support.numbers import json_number

REPLAYED = "The steps are in the order of your calls."
NOT_REPLAYED = "The steps are the right ones, and your grads stand at the end."
TOLERANCE = 1e-9  # relative: the code may add in another order


@dataclass(frozen=True)
class GivenRun:
    """The grads that a backward gave, and the nodes that it called, in order.

    `title` is its name among the algorithms, and `text` says what is wrong with it.
    """

    grads: Mapping[Value, float]
    calls: Sequence[Value]
    title: str
    text: str

    def follows_from_its_calls(self, order: Sequence[Value]) -> bool:
        """Return whether its calls give its grads, if each node passes on as it should."""
        algorithm = Algorithm("calls", order=self.edges)
        grads = grads_of(order, algorithm)
        return all(close(self.grads[node], x) for node, x in grads.items())

    def edges(self, order: Sequence[Value]) -> Iterator[tuple[Value, int]]:
        """Yield the edges on which the nodes passed on, in the order of the calls."""
        return chain.from_iterable(map(edges_of, self.calls))

    def row(self, order: Sequence[Value]) -> dict[str, str]:
        """Return the run as one of the page's algorithms."""
        steps = REPLAYED if self.follows_from_its_calls(order) else NOT_REPLAYED
        return {"sign": "+=", "title": self.title, "misconception": f"{self.text} {steps}"}

    def run_data(self, order: Sequence[Value]) -> dict[str, Any]:
        """Return {grads, calls}; `calls` is None if the grads do not follow from them.

        A grad that differs from the right one by rounding alone is the right one.
        """
        place = {node: i for i, node in enumerate(order)}
        calls = [place[node] for node in self.calls]
        right = grads_of(order)
        numbers = []
        for node in order:
            grad = self.grads[node]
            shown = right[node] if close(grad, right[node]) else grad
            numbers.append(json_number(shown, literal))
        replayed = self.follows_from_its_calls(order)
        return {"grads": numbers, "calls": calls if replayed else None}


def close(x: float, y: float) -> bool:
    """Return whether two grads are the same, except for rounding; nan equals nan here."""
    return math.isclose(x, y, rel_tol=TOLERANCE) or (math.isnan(x) and math.isnan(y))
