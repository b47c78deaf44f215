"""Work that takes long: it is done in a thread of its own, and a future has its result.

Rule: such work reads nothing that plays on meanwhile. It builds a network only under the session's
lock, because that draws from Python's random numbers, which all threads share.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock, Thread
from typing import Any, TypeVar

Reply = dict[str, Any]
Work = Callable[[], Reply]
Result = TypeVar("Result")


def later(work: Callable[[], Result]) -> Future[Result]:
    """Return a future of what `work` returns or raises.

    >>> later(lambda: {"solved": True}).result()
    {'solved': True}
    """
    future: Future[Result] = Future()
    start_thread(lambda: finish(future, work))
    return future


class Queue:
    """Work that is done one after the other, in a thread that lasts as long as there is some.

    >>> queue = Queue()
    >>> [queue.later(lambda n=n: {"n": n}).result() for n in range(3)]
    [{'n': 0}, {'n': 1}, {'n': 2}]
    """

    def __init__(self) -> None:
        self.lock = Lock()
        self.waiting: deque[tuple[Future[Reply], Work]] = deque()  # the first one is at work

    def later(self, work: Work) -> Future[Reply]:
        """Return a future of what `work` returns or raises, once it is its turn."""
        future: Future[Reply] = Future()
        with self.lock:
            self.waiting.append((future, work))
            if len(self.waiting) == 1:
                start_thread(self.run)
        return future

    def run(self) -> None:
        """Do the work until there is none."""
        while True:
            finish(*self.waiting[0])
            with self.lock:
                self.waiting.popleft()
                if not self.waiting:
                    return  # under the lock, so that work that comes now has a thread of its own


def finish(future: Future[Result], work: Callable[[], Result]) -> None:
    """Do the work, and let the future have its result. If it was cancelled, nobody waits."""
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(work())
    except Exception as error:
        future.set_exception(error)


def start_thread(work: Callable[[], None]) -> None:
    Thread(target=work, name="lab later", daemon=True).start()
