"""The numbers of an optimizer's parameters stand in the Values, or in the array of a step.

Rule: after a step they are in its array, and the Values are linked to it (see `linked_values`). The
next step reads only the Values that somebody has looked at. If these are nearly all, again and
again, all are copied back and forth instead, as a link would cost more than it saves. They are also
copied after the first step: there may be no second, and to link a Value costs most the first time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain, repeat
from operator import attrgetter, is_
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

from micrograd.compiler import collector_paused
from micrograd.engine import Value, read_data
from micrograd.optim import Optimizer, defer_state, deferred_state
from micrograd.transforms import LINKS, Link, Members

if TYPE_CHECKING:
    from micrograd.training.steps.memory import StepArray  # which needs llvmlite

MOST_PAUSES = 63  # steps without a link, after links that ended at once


class StateRows:
    """The state of an optimizer in arrays; a call returns a tuple for each parameter.

    `sections` has an array for each number of a parameter; `array` is that of the step in which
    they stand, None if it is none.
    """

    def __init__(self, array: StepArray | None, sections: Sequence[np.ndarray]) -> None:
        self.array, self.sections = array, sections

    def __call__(self) -> list[tuple[Any, ...]]:
        columns = [section.tolist() for section in self.sections]
        with collector_paused():  # 100,000 new tuples would make it walk all Values five times
            return list(zip(*columns))


class ParameterNumbers:
    """The numbers of the parameters of one optimizer, and its state."""

    def __init__(self, values: Sequence[Value]) -> None:
        self.values = Members(values)
        self.array: StepArray | None = None  # which has the numbers of linked Values
        self.shown: StepArray | None = None  # where linked Values read them; None for a copy
        self.rows: StateRows | None = None  # the state that was stored last
        self.link: Link | None = None
        self.pauses, self.rest = 0, 1  # steps without a link: after the last one, and to come
        self.owners: Any = None  # the optimizer's, when they were last seen to fit

    @classmethod
    def of(cls, optimizer: Optimizer) -> ParameterNumbers:
        """Return those of the optimizer, for the parameters that it has now."""
        numbers, values = NUMBERS.get(optimizer), optimizer.parameters
        if numbers is None or numbers.values != values:
            if numbers is not None and numbers.link is not None:
                numbers.link.release_all()
            numbers = NUMBERS[optimizer] = cls(values)
        numbers.owners = optimizer.owners
        return numbers

    # ---------------------------------------------------------------- from the Values to the array

    def require_trainable(self, optimizer: Optimizer) -> None:
        """Raise ValueError for a parameter that was frozen, which unlinks it."""
        link = self.current_link()
        if link is None or False in [self.values[i].requires_grad for i in link.released]:
            optimizer.require_trainable()

    def load(self, array: StepArray) -> None:
        """Copy what is not there yet into the array: the data of all Values, or of a few."""
        section, link = array.section("p"), self.current_link()
        if link is None:
            section[:] = read_numbers(self.values)
            return
        if self.array is not array or (link.is_changed and self.shown is not array):
            section[:] = link.data
        if link.released:
            places = list(link.released)
            section[places] = read_numbers([self.values[i] for i in places])

    def current_link(self) -> Link | None:
        """Return the link, None if there is none or it is over."""
        if self.link is not None and self.link.is_over:
            self.link, self.pauses = None, min(2 * self.pauses + 1, MOST_PAUSES)
            self.rest = self.pauses
        return self.link

    def load_state(self, optimizer: Optimizer, array: StepArray) -> None:
        """Copy the optimizer's state into the array, unless it is there."""
        names, source = array.layout.state_sections, deferred_state(optimizer)
        if not isinstance(source, StateRows):
            rows = optimizer.state
            if all(map(is_, rows, repeat(rows[0]))):  # as before the first step
                rows = rows[:1]
            numbers = np.fromiter(chain.from_iterable(rows), float, len(rows) * len(names))
            for name, column in zip(names, numbers.reshape(len(rows), len(names)).T):
                array.section(name)[:] = column
        elif source.array is not array:
            for name, column in zip(names, source.sections):
                array.section(name)[:] = column

    # ---------------------------------------------------------------- from the array to the Values

    def freeze(self, optimizer: Optimizer) -> None:
        """Let the Values and the state keep their numbers while steps change the array.

        If nothing is stored afterwards, these are the numbers that the next step loads.
        """
        link, source = self.current_link(), deferred_state(optimizer)
        if link is not None:
            self.array = self.shown = None
            link.show(np.array(link.data), np.array(link.grads))
        if isinstance(source, StateRows):
            defer_state(optimizer, StateRows(None, [x.copy() for x in source.sections]))

    def is_untouched(self, optimizer: Optimizer, array: StepArray, keeps_state: bool) -> bool:
        """Return whether the array has all numbers, and everybody who looks finds them there."""
        link = self.link
        return (
            self.shown is array
            and link is not None
            and not (link.released or link.is_over or link.is_changed)
            and optimizer.owners is self.owners
            and (not keeps_state or deferred_state(optimizer) is self.rows)
        )

    def store(self, array: StepArray, is_live: bool) -> None:
        """Let the Values have the data and the grads in the array.

        With `is_live` they read them there after the next steps, too. Without it, an array in
        single precision is copied: only then can data be set that it would round.
        """
        data, grads = array.section("p"), array.section("grad")
        is_live = is_live or data.dtype == float
        with LINKS:
            link = self.current_link()
            if link is not None:
                self.pauses = 0
            elif not self.rest:
                link = self.link = Link(self.values)
            if link is None:
                self.rest, unlinked = self.rest - 1, []
            else:
                link.show(*(x if is_live else x.astype(float) for x in (data, grads)))
                link.attach_released()
                unlinked = list(link.released)
            self.array, self.shown = array, array if is_live else None
        if link is None:
            copy_numbers(self.values, data, grads)
        elif unlinked:
            copy_numbers([self.values[i] for i in unlinked], data[unlinked], grads[unlinked])

    def store_state(self, optimizer: Optimizer, array: StepArray) -> None:
        """Let the optimizer have the state in the array."""
        if self.rows is None or self.rows.array is not array:
            sections = [array.section(name) for name in array.layout.state_sections]
            self.rows = StateRows(array, sections)
        if deferred_state(optimizer) is not self.rows:
            defer_state(optimizer, self.rows)


def parameters_and_state(optimizer: Optimizer) -> tuple[np.ndarray, np.ndarray]:
    """Return the data of all parameters, and the state: a row for each number of a parameter.

    Numbers in the array of a step are copied from there, and the Values stay linked.
    """
    optimizer.match_state()
    values, source = optimizer.parameters, deferred_state(optimizer)
    data = numbers_of_values(optimizer, lambda link: link.data, read_data)
    if isinstance(source, StateRows):
        return data, np.array(source.sections, float)
    return data, np.array(optimizer.state, float).reshape(len(values), -1).T


def grads_of_parameters(optimizer: Optimizer) -> np.ndarray:
    """Return the grads of all parameters, without ending the link of any Value."""
    return numbers_of_values(optimizer, lambda link: link.grads, attrgetter("grad"))


def numbers_of_values(
    optimizer: Optimizer, show: Callable[[Link], Any], read: Callable[[Value], float]
) -> np.ndarray:
    """Return a number of each parameter: what a link shows, and what is read of the others."""
    values, numbers = optimizer.parameters, NUMBERS.get(optimizer)
    link = numbers.current_link() if numbers is not None and numbers.values == values else None
    if link is None:
        return np.fromiter(map(read, values), float, len(values))
    data = np.array(show(link), float)
    places = list(link.released)
    data[places] = [read(values[i]) for i in places]
    return data


NUMBERS: WeakKeyDictionary[Optimizer, ParameterNumbers] = WeakKeyDictionary()


def read_numbers(values: Sequence[Value]) -> np.ndarray:
    """Return the data of Values, which makes them ordinary ones."""
    return np.fromiter(map(read_data, values), float, len(values))


def copy_numbers(values: Sequence[Value], data: np.ndarray, grads: np.ndarray) -> None:
    for x, number, grad in zip(values, data.data, grads.data):
        x.data, x.grad = number, grad
