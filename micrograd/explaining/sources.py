"""The line of the user's code that made each Value, recorded on request."""

from contextlib import AbstractContextManager
from typing import Any

from micrograd.ops import Op
from micrograd.support import source_line
from micrograd.watchers import Watcher, watching


class Sources(Watcher):
    """Notes on each Value the line of the user's code that made it."""

    def on_leaf(self, leaf: Any) -> None:
        leaf.made_at = source_line.user_line()

    def on_result(self, out: Any, op: Op, inputs: tuple[Any, ...]) -> None:
        out.made_at = source_line.user_line()


def record_sources() -> AbstractContextManager[None]:
    """Record within the block the line that made each Value; `explain` then shows it.

    >>> from micrograd import Value
    >>> with record_sources():
    ...     a = Value(2.0)
    >>> a.made_at.endswith("a = Value(2.0)")
    True
    """
    return watching(Sources())
