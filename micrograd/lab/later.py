"""Work that takes long: it is done in a thread of its own, and a future has its result.

Rule: such work reads nothing that plays on meanwhile. It builds no network either, because that
draws from Python's random numbers, which all threads share.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import Any

Reply = dict[str, Any]


def later(work: Callable[[], Reply]) -> Future[Reply]:
    """Return a future of what `work` returns or raises.

    >>> later(lambda: {"solved": True}).result()
    {'solved': True}
    """
    future: Future[Reply] = Future()

    def answer() -> None:
        try:
            future.set_result(work())
        except Exception as error:
            future.set_exception(error)

    Thread(target=answer, name="lab later", daemon=True).start()
    return future
