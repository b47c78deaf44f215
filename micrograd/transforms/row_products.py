"""Products of a module's matrix with a vector: a call for each row, of a part that is one product.

Rule: a row is known by the place of its first parameter. So a matrix costs as much as its rows, and
its entries are no Tracers.
"""

from __future__ import annotations

from itertools import count
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from micrograd.compiler import Call, Part, PartTrace, Tracer, Vectors, record_dot
from micrograd.transforms.kinds import Known, as_places, place_of

if TYPE_CHECKING:
    from numpy import ndarray as Places

trace_of = attrgetter("trace")
Key = tuple[int, ...]  # the places of a row's first parameter, and of the start if there is one


class RowProducts:
    """Writes down the products of the matrices of one part. `parts` are those of all parts."""

    def __init__(self, part: Part, known: Known, parts: dict[Any, Part]) -> None:
        self.part, self.known, self.parts = part, known, parts
        self.places: dict[Key, Places] = {}  # of the parameters of a row

    def record(self, rows: Any, x: Any, starts: Any) -> list[Tracer] | None:
        """Return start + row · x for each row; None unless these are rows of the module's own."""
        if not self.is_vector(x) or type(rows) is not list:
            return None
        keys, length = self.keys_of(rows, starts), len(x)
        if not keys or set(map(len, rows)) != {length}:
            return None
        callee = self.part_of(length, len(keys[0]) > 1)
        arguments = [as_places(map(place_of, x))]
        for key, result in zip(keys, count(self.part.count)):
            own = self.places_of(key, length)
            self.part.calls.append(Call(callee, own, arguments, result))
        return self.part.trace.variables(len(keys))

    def is_vector(self, x: Any) -> bool:
        """Return whether it is a list of different numbers of this part."""
        if type(x) is not list or set(map(type, x)) != {Tracer}:
            return False
        traces = set(map(trace_of, x))
        return traces == {self.part.trace} and len(set(x)) == len(x)

    def keys_of(self, rows: list[Any], starts: Any) -> list[Key]:
        """Return the key of each row, [] if that is not known of one."""
        if type(starts) is not list or len(starts) != len(rows):
            return []
        firsts = list(map(self.first_of, rows))
        if None in firsts:
            return []
        if set(map(type, starts)) == {float} and not any(starts):
            return list(zip(firsts))
        first = self.first_of(starts)
        if first is None:
            return []
        return list(zip(firsts, count(first)))

    def first_of(self, row: list[Any]) -> Any:
        """Return the place of the first parameter of a list, None unless it is as it was met."""
        first, before = self.known.rows.get(id(row), (None, None))
        return first if row == before else None

    def places_of(self, key: Key, length: int) -> Places:
        """Return the places of a row and its start; the same array for the same ones."""
        if key not in self.places:
            first, *start = key
            row = range(first, first + length)
            self.places[key] = as_places([*row, *start])
        return self.places[key]

    def part_of(self, length: int, has_start: bool) -> Part:
        """Return the part that is one product of that length."""
        key = length, has_start, self.part.trace.detached
        if key not in self.parts:
            self.parts[key] = row_product(*key)
        return self.parts[key]


def row_product(length: int, has_start: bool, detached: bool) -> Part:
    """Return the part of row · x, or of start + row · x."""
    trace = PartTrace()
    trace.detached = detached
    row = trace.variables(length)
    start = trace.variable() if has_start else 0.0
    parameters = len(trace.tracers)
    x = trace.variables(length)
    part = Part("row", trace, [parameters, length])
    part.order = range(parameters, part.count)
    product = record_dot(trace, Vectors(), row, x, start)
    part.outputs = [product.place]
    trace.close()
    return part
