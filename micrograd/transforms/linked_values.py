"""Linked Values: after a compiled step, a Value finds its numbers in the step's array when asked.

Rule: whoever reads or sets anything of a linked Value makes it an ordinary one first, with its
numbers in its own slots; and its link takes note, so that the next step reads them from there. But
data that are set, as of a saved model, are set in the array. So a Value that nobody looks at costs
nothing; only steps and compiled functions know of links.

While a Value is linked, its class is `LinkedValue`, its slot `data` holds its place in the arrays,
and its slot `grad` the link. Whenever its class is `Value`, both slots hold its numbers.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Sequence
from itertools import chain, compress, repeat
from operator import is_, not_
from typing import TYPE_CHECKING, Any
from weakref import ref

from micrograd.compiler import collector_paused
from micrograd.engine import Value
from micrograd.transforms.accesses import SLOTS, at_work

if TYPE_CHECKING:
    import numpy as np

LINKS = threading.RLock()  # held while slots and classes change
set_class = vars(object)["__class__"].__set__
get_data, set_data = SLOTS["data"].__get__, SLOTS["data"].__set__
get_grad, set_grad = SLOTS["grad"].__get__, SLOTS["grad"].__set__


class LikeValue(type):
    """The class of LinkedValue, which makes it equal to Value for code that compares classes."""

    def __eq__(cls, other: object) -> bool:
        return other is Value or other is cls

    def __hash__(cls) -> int:
        return hash(Value)


class LinkedValue(Value, metaclass=LikeValue):
    """A Value whose numbers stand in an array; see the rule of this file."""

    __slots__ = ()
    __name__: str

    @property
    def data(self) -> float:
        return unlink(self).data

    @data.setter
    def data(self, number: float) -> None:
        if not set_in_array(self, number):
            unlink(self).data = number

    @property
    def grad(self) -> float:
        return unlink(self).grad

    @grad.setter
    def grad(self, number: float) -> None:
        unlink(self).grad = number

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return Value

    def __setattr__(self, name: str, x: Any) -> None:
        if name != "data" or not set_in_array(self, x):
            setattr(unlink(self), name, x)

    def __delattr__(self, name: str) -> None:
        delattr(unlink(self), name)

    def interpret(self, op: Any, inputs: tuple[Any, ...]) -> Any:
        return unlink(self).interpret(op, inputs)


# what a reader sees of a class: its name in messages, and its place in the documentation
for name in ("__name__", "__qualname__", "__module__", "__doc__"):
    setattr(LinkedValue, name, getattr(Value, name))


def unlink(x: Value) -> Value:
    """Make a Value an ordinary one, and return it."""
    with LINKS:
        if type(x) is LinkedValue:  # else another thread was first
            link = get_grad(x)
            if type(link) is Link:
                link.release(x, get_data(x))
            else:  # linking was interrupted, so its slots still hold its numbers
                set_class(x, Value)
    return x


def set_in_array(x: Value, number: Any) -> bool:
    """Set the data of a linked Value where its link shows them; return whether that is possible.

    It is impossible if the array would round the number, or if a trace notes what is set.
    """
    with LINKS:
        if type(number) is not float or type(x) is not LinkedValue or at_work:
            return False
        link = get_grad(x)
        if type(link) is not Link or not link.is_exact:
            return False
        link.is_changed = True
        link.data[get_data(x)] = number
    return True


class Members(list[Value]):
    """A list of Values that a link can know without keeping it alive."""

    __slots__ = ("__weakref__",)


class Link:
    """Knows where the numbers of some Values stand, and which of the Values have left.

    It does not keep the Values alive: a Value keeps its link alive, and the link the arrays.
    """

    def __init__(self, values: Members) -> None:
        self.values = ref(values)
        self.data: Any = None  # memory views, whose entries are floats
        self.grads: Any = None
        self.released = list(range(len(values)))  # the places of those that are ordinary ones
        self.most = 16 + len(values) // 16  # that leave, before all are released at once
        self.is_over = False  # whether all were
        self.is_changed = False  # whether data were set since `show`

    def show(self, data: np.ndarray, grads: np.ndarray) -> None:
        """Let the Values that are linked have these numbers."""
        self.data, self.grads = data.data, grads.data
        self.is_exact, self.is_changed = data.dtype == float, False

    def attach_released(self) -> None:
        """Link the Values that were released, but for those of subclasses, which cannot be linked.

        All is set in one call of C, so that neither a signal nor another thread comes between.
        """
        if self.released:
            with collector_paused():  # a first link makes a dict for each Value
                self.attach()

    def attach(self) -> None:
        values: Any = self.values()
        places = sorted(set(self.released))
        fresh = list(map(values.__getitem__, places))
        for x in compress(fresh, are_of(LinkedValue, fresh)):
            unlink(x)  # from the array of another optimizer
        plain = are_of(Value, fresh)
        fresh, own = list(compress(fresh, plain)), list(compress(places, plain))
        classes = map(set_class, fresh, repeat(LinkedValue))
        data, grads = map(set_data, fresh, own), map(set_grad, fresh, repeat(self))
        deque(chain(classes, data, grads), maxlen=0)
        self.released = list(compress(places, map(not_, plain)))

    def release(self, x: Value, place: int) -> None:
        """Make one Value, which is linked, an ordinary one; if it is one of many, all of them."""
        self.released.append(place)
        give_back((x,), (self.data[place],), (self.grads[place],))
        if len(self.released) > self.most and not self.is_over:
            self.release_all()

    def release_all(self) -> None:
        """Make all Values ordinary ones; this link is over."""
        values = self.values()
        if values is not None:
            gone = set(self.released)
            places = [i for i, x in enumerate(values) if i not in gone and link_of(x) is self]
            data, grads = self.data.tolist(), self.grads.tolist()
            self.is_over = True
            give_back(
                [values[i] for i in places],
                [data[i] for i in places],
                [grads[i] for i in places],
            )


def are_of(cls: type, values: Iterable[Value]) -> list[bool]:
    """Return which Values are of exactly that class, asked in C, as there are so many."""
    return list(map(is_, map(type, values), repeat(cls)))


def link_of(x: Value) -> Link | None:
    """Return the link of a Value, None if it has its numbers itself."""
    if type(x) is LinkedValue:
        link = get_grad(x)
        return link if type(link) is Link else None
    return None


def give_back(values: Sequence[Value], data: Iterable[float], grads: Iterable[float]) -> None:
    """Set the numbers of linked Values, and their class, in one call of C."""
    numbers = chain(map(set_data, values, data), map(set_grad, values, grads))
    deque(chain(numbers, map(set_class, values, repeat(Value))), maxlen=0)
