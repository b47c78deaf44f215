"""The user's line on which each Value was made."""

from micrograd.support import source_line
from micrograd.watchers import Watcher, watching


class Sources(Watcher):
    """Notes which line of the user's made each Value."""

    def on_leaf(self, leaf):
        leaf.made_at = source_line.user_line()

    def on_result(self, out, op, inputs):
        out.made_at = source_line.user_line()


def record_sources():
    """Within the block every Value remembers the line that made it, which `explain` then shows.

    >>> from micrograd import Value
    >>> with record_sources():
    ...     a = Value(2.0)
    >>> a.made_at.endswith("a = Value(2.0)")
    True
    """
    return watching(Sources())
