"""Reads the numbers of a compiled function's parameters, in a step's array if they stand there.

Rule: Values that are linked to the array (see `linked_values`) stay linked. So a model is called
between two steps of its training, and neither the call nor the next step copies it in Python.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING
from weakref import ref

from micrograd.engine import Value, read_data
from micrograd.transforms.linked_values import LINKS, Link, Members, link_of

if TYPE_CHECKING:
    import numpy as np

FEWEST = 256  # parameters; fewer are read one by one
SAMPLES = 64  # at least so many parameters are asked for their link


def reader_of(parameters: tuple[Value, ...]) -> ParameterReader | None:
    """Return a reader of these Values, None if they are few."""
    return ParameterReader(parameters) if len(parameters) >= FEWEST else None


class ParameterReader:
    """Knows the link of some Values, and their places in its array."""

    def __init__(self, parameters: tuple[Value, ...]) -> None:
        self.parameters = parameters
        self.samples = parameters[:: max(1, len(parameters) // SAMPLES)]
        self.link: ref[Link] | None = None  # whose places are known

    def read(self, before: list[float]) -> np.ndarray | None:
        """Return these numbers, and after them all parameters'; None if the Values have theirs."""
        link = next(filter(None, map(link_of, self.samples)), None)
        if link is None:
            return None
        with LINKS:
            values = link.values()
            if values is None or link.is_over:
                return None
            if self.link is None or self.link() is not link:
                self.find_places(link, values)
            return self.read_from(link, values, before)

    def find_places(self, link: Link, values: Members) -> None:
        """Find each parameter's place among the link's Values, followed by all others."""
        import numpy as np  # here, because it loads slowly

        places = dict(zip(values, count()))
        self.others = [x for x in self.parameters if x not in places]
        places.update(zip(self.others, count(len(values))))
        self.places = np.array([places[x] for x in self.parameters])
        self.link = ref(link)

    def read_from(self, link: Link, values: Members, before: list[float]) -> np.ndarray:
        import numpy as np  # here, because it loads slowly

        others = np.fromiter(map(read_data, self.others), float, len(self.others))
        numbers = np.concatenate([link.data, others])
        for place in set(link.released):
            numbers[place] = values[place].data
        return np.concatenate([before, numbers[self.places]])
