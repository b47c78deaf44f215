"""Draws: whether code has drawn random numbers, and how to take that back.

Rule: a generator is Python's module `random`, an instance of its `Random`, NumPy's module, or one
of NumPy's generators. Only those that the code can reach count, since other threads draw, too.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable
from types import BuiltinMethodType, ModuleType
from typing import Any

from micrograd.support.nest import leaves


def is_generator(x: Any) -> bool:
    """Return whether `x` is an object that random numbers are drawn from.

    >>> is_generator(random.Random(1)), is_generator(random)
    (True, False)
    """
    kind = type(x)  # as an object of the user's may answer to any name, or raise
    return isinstance(x, random.Random) or hasattr(kind, "bit_generator") or is_old_numpy(kind)


def generator_of(x: Any) -> Any:
    """Return a generator, or the one behind a module or `random.gauss`; None for other objects."""
    if is_generator(x):
        return x
    if isinstance(x, ModuleType):
        name = x.__name__
        numpys = sys.modules.get("numpy.random") if name in ("numpy", "numpy.random") else None
        return random if x is random else numpys
    owner = x.__self__ if isinstance(x, BuiltinMethodType) else None
    return owner if is_generator(owner) else None


def is_old_numpy(x: Any) -> bool:
    return hasattr(x, "random_sample") and hasattr(x, "get_state")


def state_of(generator: Any) -> Any:
    """Return all that the next numbers of a generator depend on."""
    if hasattr(generator, "getstate"):
        return generator.getstate()
    if is_old_numpy(generator):
        return generator.get_state(legacy=False)
    return generator.bit_generator.state


def set_state(generator: Any, state: Any) -> None:
    if hasattr(generator, "setstate"):
        generator.setstate(state)
    elif is_old_numpy(generator):
        generator.set_state(state)
    else:
        generator.bit_generator.state = state


class Draws:
    """The states of generators, as they are now.

    >>> draws = Draws([random])
    >>> x = random.random()
    >>> draws.take_back(), random.random() == x
    (True, True)
    """

    def __init__(self, generators: Iterable[Any]) -> None:
        self.generators = list(filter(has_state, generators))
        self.states = list(map(state_of, self.generators))

    def take_back(self) -> bool:
        """Set all generators back; return whether a number was drawn."""
        pairs = list(zip(self.generators, self.states))
        moved = [pair for pair in pairs if not equal(state_of(pair[0]), pair[1])]
        for generator, state in moved:
            set_state(generator, state)
        return bool(moved)


def has_state(generator: Any) -> bool:
    return not isinstance(generator, random.SystemRandom)


def equal(state: Any, other: Any) -> bool:
    return all(map(equal_parts, leaves(state), leaves(other)))


def equal_parts(x: Any, y: Any) -> bool:
    return x.tobytes() == y.tobytes() if hasattr(x, "tobytes") else bool(x == y)
