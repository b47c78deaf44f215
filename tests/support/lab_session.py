"""A session for tests of the lab's server: it counts, and does what a test asks for."""

import math
import threading
import time
from concurrent.futures import Future

from micrograd.lab import LabError


class Counter:
    """A player that counts the steps that it takes."""

    def __init__(self):
        self.step = 0
        self.steps_per_second = 0.0

    def advance(self, count):
        self.step += count


class CountingSession:
    """A session whose run counts; it remembers what it was asked, and in which threads."""

    def __init__(self):
        self.counter = Counter()
        self.playing = False
        self.speed = math.inf
        self.actions, self.threads = [], set()
        self.has_new_state = self.is_closed = False
        self.later = None  # the last answer that was not there at once

    @property
    def players(self):
        self.threads.add(threading.get_ident())
        return [self.counter] if self.playing else []

    def do(self, action):
        self.threads.add(threading.get_ident())
        self.actions.append(action)
        match action:
            case {"do": "hello"}:
                return {"state": self.state(), "frame": self.frame()}
            case {"do": "play" | "pause" as name}:
                self.playing = name == "play"
                self.speed = action.get("speed") or math.inf
            case {"do": "echo", "text": str(text)}:
                return {"text": text}
            case {"do": "sleep", "seconds": seconds}:
                time.sleep(seconds)
            case {"do": "later"}:
                self.later = Future()
                return self.later
            case {"do": "crash"}:
                raise RuntimeError("a defect")
            case {"do": "break the player"}:
                self.counter.advance = None
            case _:
                raise LabError(f"There is no action {str(action['do'])[:40]!a}.")
        self.has_new_state = True
        return {}

    def state(self):
        return {"playing": self.playing, "loss": math.inf}

    def frame(self):
        return {"step": self.counter.step, "loss": math.nan}

    def news(self):
        news = {"frame": self.frame()}
        if self.has_new_state:
            news["state"] = self.state()
        self.has_new_state = False
        return news

    def close(self):
        self.is_closed = True

    def download(self, name):
        if name != "lab.json":
            raise LabError(f"There is no file {name[:40]!a}.")
        return b"{}", "application/json"
