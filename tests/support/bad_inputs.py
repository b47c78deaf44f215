"""Tables of wrong inputs, and the limits that a row is held to."""

import signal
from contextlib import contextmanager
from pathlib import Path

TABLES = Path(__file__).parent.parent / "bad_inputs"


class Hung(BaseException):
    """A row took too long. It is no Exception, so that nothing that is tested catches it."""


def rows(table):
    """Return (what was typed, what follows it) for each row of a table."""
    lines = (TABLES / f"{table}.txt").read_text(encoding="utf-8").splitlines()
    parts = [line.partition("  =>  ") for line in lines if line and not line.startswith("#")]
    return [(typed, rest) for typed, _, rest in parts]


@contextmanager
def time_limit(seconds):
    """Raise Hung within the block after so many seconds, where signals can do that."""

    def stop(*_):
        raise Hung(f"not done after {seconds} s")

    if not hasattr(signal, "SIGALRM"):
        yield
        return
    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def files_in(folder):
    """Return {path: its content} for all that is in the folder; False for a folder."""
    return {path: path.is_file() and path.read_bytes() for path in folder.rglob("*")}
