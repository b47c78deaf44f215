"""Tables of wrong inputs, and the limits that a row is held to."""

import signal
from contextlib import contextmanager
from pathlib import Path

import pytest

TABLES = Path(__file__).parent.parent / "bad_inputs"


class Hung(BaseException):
    """A row took too long. It is no Exception, so that nothing that is tested catches it."""


def rows(*tables):
    """Return a pytest parameter for each row of the tables: what was typed, and what follows it."""
    parameters = []
    for table in tables:
        for line in (TABLES / f"{table}.txt").read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                typed, _, rest = line.partition("  =>  ")
                parameters.append(pytest.param(typed, rest, id=f"{table}: {typed}"))
    return parameters


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
