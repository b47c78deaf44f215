"""The size of a module, known before its parameters are made.

Rule: only what cannot be is refused: parameters that take more memory than the machine has. A very
large module that fits is announced, and made.
"""

from __future__ import annotations

import functools
import inspect
import sys
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import pairwise
from operator import index

from micrograd.engine import Value
from micrograd.nn import messages
from micrograd.support.machine_memory import most_memory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])

MANY = 10**7  # parameters, up to which no one is told and nothing is asked of the system
LARGE = 10**8  # which take a minute to make
BYTES = sys.getsizeof(Value(0.5)) + sys.getsizeof(0.5) + 8  # of a parameter and its place in a list


def require_room(who: str, count: int) -> None:
    """Raise ValueError if `count` parameters cannot be held. Warn if they are a great many."""
    if count <= MANY:
        return
    memory = most_memory()
    if count * BYTES > memory:
        raise ValueError(messages.too_large(who, count, count * BYTES, int(memory), BYTES))
    if count >= LARGE:
        warnings.warn(messages.very_large(who, count, count * BYTES), stacklevel=4)


def announce_size(count: Callable[..., int]) -> Callable[[F], F]:
    """Return a decorator for the `__init__` of a module; count(*arguments) is its size."""

    names = [*inspect.signature(count).parameters]

    def size(args: tuple[Any, ...], named: dict[str, Any]) -> int:
        known = {name: plain(x) for name, x in named.items() if name in names}
        return count(*map(plain, args[: len(names)]), **known)

    def decorate(init: F) -> F:
        @functools.wraps(init)
        def count_and_call(module: Any, *args: Any, **named: Any) -> None:
            counted = 0
            with suppress(TypeError):  # of what is no whole number, for which `init` has an error
                counted = size(args, named)
            require_room(type(module).__name__, counted)
            init(module, *args, **named)

        return count_and_call  # type: ignore[return-value]

    return decorate


def plain(x: Any) -> Any:
    """Return a size, or a list of them, as Python's own ints, which do not overflow.

    Raises TypeError for anything else but None.
    """
    if x is None:
        return None
    return list(map(index, x)) if isinstance(x, list | tuple) else index(x)


def size_of_neuron(nin: int) -> int:
    return nin + 1


def size_of_layer(nin: int, nout: int) -> int:
    return (nin + 1) * nout


def size_of_mlp(nin: int, nouts: Sequence[int]) -> int:
    return sum((a + 1) * b for a, b in pairwise([nin, *nouts]))


def size_of_block(size: int, heads: int = 1, hidden: int | None = None) -> int:
    """Return the size of a TransformerBlock: four maps of the attention, and two more."""
    return 4 * size**2 + 2 * size * (hidden or 4 * size)


def size_of_gpt(
    vocabulary: int, context: int, size: int = 16, heads: int = 4, layers: int = 1
) -> int:
    embeddings = (2 * vocabulary + context) * size
    return embeddings + layers * size_of_block(size, heads)
