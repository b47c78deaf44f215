"""The thread that owns a session: it answers requests, lets the run play, and tells what is new.

Rule: every page reaches the session through this thread; the session's lock is for programs that
call it from threads of their own. The thread never waits for a page: whoever is told of news keeps
the latest of each kind.
"""

import json
import math
import queue
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Protocol, TypeVar

from micrograd.lab import messages
from micrograd.support.nest import tree_map

TURN_SECONDS = 0.008  # for which a player plays before requests are looked at again
NEWS_SECONDS = 1 / 30  # between two frames
NEWEST_SHARE = 0.2  # of the latest news in the mean of how long they take
LATE_SECONDS = 0.1  # by which a player that came too late makes up for the time
MOST_STEPS = 10**6  # in one turn
RATE_SECONDS = 0.5  # over which the steps a second are counted
STOP_SECONDS = 1.0  # for which the end waits for a call that is at work

Result = TypeVar("Result")


class Player(Protocol):
    """Anything that plays: the runs of a session, or a model of texts."""

    steps_per_second: float

    def advance(self, count: int) -> object: ...


class SessionLike(Protocol):
    """The part of a `Session` that this file and the server need."""

    is_served: bool  # whether there is somebody to whom a reply can come later

    @property
    def players(self) -> list[Any]:
        """The players that play now; each is the same object for as long as it plays."""

    @property
    def speed(self) -> float:
        """The most steps a second, inf for as many as there can be."""

    def do(self, action: dict[str, Any]) -> dict[str, Any] | Future[dict[str, Any]]:
        """Do what a page asks for, in a future if it takes long. LabError if it cannot be done."""

    def news(self) -> dict[str, Any]:
        """Return what has changed since the last call, by its kind."""

    def close(self) -> None:
        """End whatever goes on beside this thread. Called once, and in another thread."""

    def download(self, name: str) -> "tuple[bytes | Future[bytes], str]":
        """Return the content of a file, which may take long, and its MIME type.

        Raises LabError for an unknown name.
        """


class Pace:
    """How many steps a player takes in one turn, learned from how long the last ones took."""

    def __init__(self) -> None:
        self.count = 1  # steps that fit into a turn
        self.due = 1.0  # steps that the speed allows by now
        self.taken, self.since = 0, time.perf_counter()

    def steps(self, speed: float, elapsed: float) -> int:
        """Return how many steps to take, `elapsed` seconds after the last time."""
        if speed == math.inf:
            return self.count
        most = 1.0 + speed * LATE_SECONDS
        self.due = min(self.due + speed * elapsed, most)
        count = min(self.count, int(self.due))
        self.due -= count
        return count

    def update(self, steps: int, seconds: float) -> None:
        """Note that so many steps took so many seconds."""
        self.taken += steps
        fitting = steps * TURN_SECONDS / max(seconds, 1e-6)
        self.count = max(1, min(int(fitting), 2 * self.count, MOST_STEPS))

    def rate(self) -> float | None:
        """Return the steps a second since the last rate, None so soon that it would jump."""
        seconds = time.perf_counter() - self.since
        if seconds < RATE_SECONDS:
            return None
        rate = self.taken / seconds
        self.taken, self.since = 0, time.perf_counter()
        return rate


class Schedule:
    """When the next news are told: every `NEWS_SECONDS`, and half of the time is left for play.

    News that take long for once, as those with findings do, are made up for by the next ones.
    """

    def __init__(self) -> None:
        self.next = self.due = 0.0
        self.seconds: float | None = None  # that news take lately

    def update(self, start: float, end: float) -> None:
        """Note that news were told from `start` to `end`."""
        lately = end - start if self.seconds is None else self.seconds
        self.seconds = lately + NEWEST_SHARE * (end - start - lately)
        self.due = max(self.due, start - NEWS_SECONDS) + NEWS_SECONDS
        self.next = max(self.due, end + self.seconds)


class Conductor:
    """The thread of a session. `tell(kind, text)` is called in it with each news, as JSON."""

    def __init__(self, session: SessionLike, tell: Callable[[str, str], None]) -> None:
        self.session, self.tell = session, tell
        self.audience = 0  # connected pages: nothing plays while there is none
        self.requests: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self.paces: dict[int, Pace] = {}  # of the players, by their id
        self.failed: list[Player] = []  # which play no more until the next request
        self.schedule = Schedule()
        self.has_news = False  # which wait until they are due
        self.last_turn = time.perf_counter()
        self.thread = threading.Thread(target=self.run, name="lab", daemon=True)

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        """End the thread, after the call that is at work, and what the session has started."""
        self.requests.put(None)
        self.session.close()
        self.thread.join(STOP_SECONDS)

    def ask(self, work: Callable[[], Result]) -> "Future[Result]":
        """Return the future of what `work` returns or raises in the session's thread."""
        future: Future[Result] = Future()

        def answer() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = work()
            except Exception as error:
                future.set_exception(error)
                return
            if isinstance(result, Future):  # there may be news when it is done
                result.add_done_callback(lambda _: self.requests.put(do_nothing))
            future.set_result(result)

        self.requests.put(answer)
        return future

    # -------------------------------------------------------------------------------------- thread

    def run(self) -> None:
        """Answer and play until `stop`.

        The first news need code that is compiled, which is done while the page loads.
        """
        self.ask(self.session.news)
        while True:
            players = self.players()
            try:
                answer = self.requests.get(timeout=self.patience(players))
            except queue.Empty:
                self.turn(players)
                continue
            if answer is None:
                return
            self.failed.clear()
            answer()
            self.has_news = True
            self.tell_news_if_due()

    def players(self) -> list[Player]:
        """Return those that play now, each with a pace."""
        if not self.audience:
            return []
        players = [player for player in self.session.players if player not in self.failed]
        self.paces = {id(player): self.paces.get(id(player)) or Pace() for player in players}
        return players

    def patience(self, players: list[Player]) -> float | None:
        """Return for how many seconds to wait for a request; None is without end."""
        now = time.perf_counter()
        if not players:
            self.last_turn = now
            return max(0.0, self.schedule.next - now) if self.has_news else None
        if self.session.speed == math.inf:
            return 0.0
        return max(0.0, self.schedule.next - now)

    def turn(self, players: list[Player]) -> None:
        """Let each player take its steps, and tell of them."""
        now = time.perf_counter()
        elapsed, self.last_turn = now - self.last_turn, now
        for player in players:
            pace = self.paces[id(player)]
            count = pace.steps(self.session.speed, elapsed)
            if count:
                self.play(player, pace, count)
                self.has_news = True  # also if this was its last step
        self.tell_news_if_due()

    def play(self, player: Player, pace: Pace, count: int) -> None:
        start = time.perf_counter()
        try:
            player.advance(count)
        except Exception as error:
            self.failed.append(player)
            self.tell("note", to_json({"note": defect(error)}))
        pace.update(count, time.perf_counter() - start)
        rate = pace.rate()
        if rate is not None:
            player.steps_per_second = rate

    def tell_news_if_due(self) -> None:
        """Tell what is new, if the last news are old enough and a page is there."""
        if time.perf_counter() < self.schedule.next:
            return
        self.has_news = False
        if self.audience:
            self.tell_news()

    def tell_news(self) -> None:
        start = time.perf_counter()
        try:
            for kind, content in self.session.news().items():
                self.tell(kind, to_json({kind: content}))
        except Exception as error:
            self.tell("note", to_json({"note": defect(error)}))
        self.schedule.update(start, time.perf_counter())


def do_nothing() -> None:
    """A request for the news alone."""


def defect(error: Exception) -> str:
    """Return the sentence about an error of our own, and print its traceback in the terminal."""
    traceback.print_exception(error)
    return messages.defect(error)


def to_json(content: dict[str, Any]) -> str:
    """Return the content as JSON, in which nan, inf and -inf are null.

    >>> to_json({"loss": math.inf, "step": 3})
    '{"loss":null,"step":3}'
    """
    try:
        return json.dumps(content, allow_nan=False, separators=(",", ":"))
    except ValueError:
        finite = tree_map(finite_or_none, content)
        return json.dumps(finite, allow_nan=False, separators=(",", ":"))


def finite_or_none(x: Any) -> Any:
    return None if isinstance(x, float) and not math.isfinite(x) else x
