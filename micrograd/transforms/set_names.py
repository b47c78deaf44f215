"""Names that the code of a traced function sets, which a refused trace must not leave behind.

Rule: a program does not depend on them, so no call compares them. Only a trace that is given up
looks at them, and makes them what they were.
"""

from __future__ import annotations

from itertools import filterfalse

from micrograd.engine import Value
from micrograd.transforms.namespaces import ABSENT, Namespace, Slots
from micrograd.transforms.reach import Reach


class SetNames:
    """The names that code sets, and what each stands for before the trace."""

    def __init__(self, reach: Reach, values: list[Value]) -> None:
        self.names = frozenset(reach.set_names)
        self.values = values
        self.spaces = [x for x in reach.namespaces if x.guarded]
        for x, attributes in reach.free_attributes:
            self.spaces.append(Namespace(attributes, x, set()))
        self.before = [self.entries_of(space) for space in self.spaces]
        self.with_attributes = {x for x, _ in reach.free_attributes}

    def entries_of(self, space: Namespace) -> dict[str, object]:
        """Return those of the names that stand for something there."""
        if isinstance(space.entries, Slots):
            return {}
        names = self.names & space.entries.keys()
        return {name: space.entries[name] for name in names}

    def restore(self) -> None:
        """Make each name stand for what it stood for, in all namespaces."""
        for space, before in zip(self.spaces, self.before):
            now = self.entries_of(space)
            for name in now.keys() | before.keys():
                old = before.get(name, ABSENT)
                if now.get(name, ABSENT) is not old:
                    space.set(name, old)
        if self.names:
            for x in filterfalse(self.with_attributes.__contains__, self.values):
                self.remove_attributes(x)

    def remove_attributes(self, x: Value) -> None:
        """Remove the attributes that were set on a Value that had none."""
        attributes = vars(x)
        for name in self.names & attributes.keys():
            del attributes[name]
