"""Frames: a learner's file does not see those of the checker, in which the right answers stand.

Rule: Python's own audit events are watched, and a request is refused by who makes it: libraries
may ask, as they do for names of classes, and whoever else asks is the learner's file.
"""

import sys
import sysconfig
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from micrograd.course.exercises.limits import Refused

REQUESTS = {
    "sys._getframe",
    "sys._current_frames",
    "sys._current_exceptions",
    "sys.settrace",
    "sys.setprofile",
    "gc.get_objects",
    "gc.get_referrers",
    "gc.get_referents",
}
ATTRIBUTES = {"tb_frame", "gi_frame", "cr_frame", "ag_frame"}  # those that are a frame
HAND_OUT = {  # functions of libraries that give the frame to their caller
    "currentframe", "stack", "trace", "getouterframes", "getinnerframes", "getframeinfo",
    "walk_stack", "walk_tb", "extract", "<lambda>", "settrace", "setprofile", "set_trace",
}  # fmt: skip
SCHEMES = ("stdlib", "platstdlib", "purelib", "platlib")
OURS = str(Path(__file__).parents[2])
LIBRARIES = (OURS, *(str(Path(sysconfig.get_path(scheme)).resolve()) for scheme in SCHEMES))


def hide_frames(path: str) -> None:
    """Refuse to show frames to the file at `path`, as long as this process lives."""
    state = threading.local()

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if not is_request(event, arguments) or getattr(state, "asking", False):
            return
        state.asking = True  # the next line is a request, too
        try:
            asks = asker(sys._getframe(1))
        finally:
            state.asking = False
        if asks == path or not asks.startswith(LIBRARIES):
            raise Refused(
                f"{name_of(event, arguments)} would show the numbers of the checker. Compute the "
                "answer without it"
            )

    sys.addaudithook(refuse)


def is_request(event: str, arguments: tuple[Any, ...]) -> bool:
    if event == "object.__getattr__":
        return arguments[1] in ATTRIBUTES
    return event in REQUESTS


def name_of(event: str, arguments: tuple[Any, ...]) -> str:
    return arguments[1] if event == "object.__getattr__" else event


def asker(frame: FrameType | None) -> str:
    """Return the file whose code asks, or for which a library does so; "" if there is none."""
    while frame is not None and is_for_its_caller(frame):
        frame = frame.f_back
    return "" if frame is None else frame.f_code.co_filename


def is_for_its_caller(frame: FrameType) -> bool:
    code = frame.f_code
    if code.co_filename.startswith("<frozen "):
        return True
    return code.co_name in HAND_OUT and code.co_filename.startswith(LIBRARIES)
