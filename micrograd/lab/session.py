"""A session of the lab: its runs, the one that is shown, and every action of a page as a function.

Rule: an action is a row of the table: a function of the session and of the arguments that a page
sends, which returns what the page gets back. It runs under `lock`, so the thread that plays and the
pages take turns. Whoever shows the session lets its `players` play, and pushes its `news`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from importlib import import_module
from secrets import token_hex
from threading import RLock
from typing import TYPE_CHECKING, Any

from micrograd.lab import messages
from micrograd.lab.experiment import Experiment
from micrograd.lab.later import Queue, Reply
from micrograd.lab.messages import LabError
from micrograd.lab.run import Run
from micrograd.lab.state import describe

if TYPE_CHECKING:
    from micrograd.lab.arrivals import Arrival
    from micrograd.lab.comparison import Comparison
    from micrograd.lab.datasets import Points
    from micrograd.lab.preparing import Beginning
    from micrograd.lab.questions import Question
    from micrograd.lab.texts import TextRun

MOST_RUNS = 12
BEGINNERS_SPEED = 60.0  # steps a second: a small network would have learnt before anyone looked
NAMES = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Action:
    """A row: where the function is, and whether it may change what `state()` returns."""

    place: str  # file.function, loaded when it is first asked for
    changes: bool = True


# fmt: off
ACTIONS = {
    "hello":  Action("run_actions.hello", changes=False),
    "setup":  Action("run_actions.setup"),
    "cancel": Action("preparing.cancel"),
    "play":   Action("run_actions.play"),
    "pause":  Action("run_actions.pause"),
    "speed":  Action("run_actions.set_speed"),
    "step":   Action("run_actions.step"),
    "rewind": Action("run_actions.rewind"),
    "fork":   Action("run_actions.fork"),
    "choose": Action("run_actions.choose"),
    "beside": Action("run_actions.show_beside"),
    "forget": Action("run_actions.forget"),
    "break":  Action("run_actions.break_run"),
    "set":    Action("run_actions.set_weight"),
    "program": Action("run_actions.program", changes=False),
    "add":    Action("point_actions.add"),
    "move":   Action("point_actions.move"),
    "remove": Action("point_actions.remove"),
    "hold":   Action("point_actions.hold"),
    "table":  Action("file_actions.table"),
    "load":   Action("file_actions.load"),
    "question": Action("questions.ask", changes=False),
    "answer": Action("questions.answer", changes=False),
    "neuron": Action("view_actions.neuron", changes=False),
    "weight": Action("view_actions.weight", changes=False),
    "open":   Action("view_actions.open_held", changes=False),
    "proof":  Action("view_actions.proof", changes=False),
    "graph":  Action("view_actions.graph", changes=False),
    "expression": Action("view_actions.expression", changes=False),
    "compare": Action("view_actions.comparison", changes=False),
    "lessons": Action("learning.lessons", changes=False),
    "lesson": Action("learning.lesson", changes=False),
    "exercises": Action("learning.exercises", changes=False),
    "exercise": Action("learning.exercise", changes=False),
    "check":  Action("learning.check", changes=False),
    "next":   Action("learning.next_steps", changes=False),
    "gpt_text": Action("text_actions.text", changes=False),
    "gpt_start": Action("text_actions.start", changes=False),
    "gpt_pause": Action("text_actions.pause", changes=False),
    "gpt_next": Action("text_actions.ask", changes=False),
}
# fmt: on


class Session:
    """The runs of one lab, by their names, and what all its pages see.

    `current` is the name of the run that is shown, and `beside` that of a run that plays beside it
    ("" without one). `held` is the number of the point that is held.

    >>> session = Session(Experiment(points=20, hidden=(4,)))
    >>> session.do({"do": "step", "count": 10})
    {'step': 10}
    """

    def __init__(self, experiment: Experiment | None = None, run: Run | None = None) -> None:
        self.lock = RLock()
        first = run or Run(experiment or Experiment())
        self.runs = {NAMES[0]: first}
        self.origins = {NAMES[0]: ""}  # of each run: the name of the one that it was forked from
        self.current, self.beside = NAMES[0], ""
        self.held, self.playing, self.version = 0, False, 0
        self.id = token_hex(4)  # by which a page knows that it is the same session
        self.speed = BEGINNERS_SPEED  # the most steps a second; inf is as fast as it goes
        self.steps_per_second = 0.0  # set by whoever plays
        self.told: tuple[Any, ...] = ()  # of what the last news were
        self.is_seen = False  # by a page, now or before
        self.is_served = False  # to pages, which a server sets: they can wait for a reply
        self.beginning: Beginning | None = None  # the run that is prepared, to be shown next
        self.arrivals: list[Arrival] = []  # runs that are prepared, to join the others
        self.chosen: Any = None  # last, to be shown: a name, a beginning or an arrival
        self.preparations = Queue()  # of runs
        self.texts: TextRun | None = None  # the GPT
        self.compilations = Queue()  # of GPTs
        self.comparison: Comparison | None = None  # the last of steps that was begun
        self.question: Question | None = None  # the one that waits for its answer
        self.turn = 0  # how many questions were looked for
        self.opened: set[str] = set()  # names of lessons
        self.solved: set[str] = set()  # names of exercises
        self.verdict: Future[Reply] | None = None  # of the judge, on the last answer
        self.endings: set[Callable[[], None]] = set()  # what ends that goes on elsewhere

    @property
    def run(self) -> Run:
        """The run that is shown."""
        return self.runs[self.current]

    @property
    def run_beside(self) -> Run | None:
        """The run that plays beside the one that is shown, None without one."""
        return self.runs.get(self.beside) if self.beside != self.current else None

    @property
    def experiment(self) -> Experiment:
        """The settings that were chosen last: those of the run that is prepared, if one is."""
        return self.beginning.experiment if self.beginning else self.run.experiment

    @property
    def preparing(self) -> str:
        """The kind of the run that is prepared, "" without one: it is "run" for a new one."""
        if self.arrivals:
            return self.arrivals[-1].kind
        return "run" if self.beginning else ""

    @property
    def points(self) -> Points:
        """The points that the last choice is for, as far as they are known."""
        own = self.beginning.points if self.beginning else None
        return own or self.run.points

    def switch_to(self, name: str) -> None:
        """Show the run of that name. A run that is being prepared would replace it: that ends."""
        self.current, self.beginning, self.chosen = name, None, name

    def forget(self, name: str) -> None:
        """Remove a run that is not the last. Where it was shown, the one that it came from is."""
        del self.runs[name]
        origin = self.origins.pop(name)
        self.beside = "" if name == self.beside else self.beside
        if name == self.current:
            self.switch_to(origin if origin in self.runs else next(iter(self.runs)))

    def do(self, request: Any) -> Reply | Future[Reply]:
        """Do what a page asks for, and return the reply, in a future if it takes long.

        Raises LabError, whose text is shown.
        """
        if not isinstance(request, Mapping) or not isinstance(request.get("do"), str):
            raise LabError(messages.not_a_request())
        name = request["do"]
        if name not in ACTIONS:
            raise LabError(messages.unknown_action(name, ACTIONS))
        arguments = {key: x for key, x in request.items() if key not in ("do", "id")}
        function = function_of(ACTIONS[name].place)
        check_arguments(name, function, arguments)
        with self.lock:
            try:
                reply = function(self, **arguments)
            finally:
                self.version += ACTIONS[name].changes
                self.hold_one_of_the_run()
        return reply

    def advance(self, count: int) -> int:
        """Take steps of the run that is shown, and of the one beside it; return how many.

        A run that stops ends the playing, unless it is the one beside.
        """
        with self.lock:
            taken = self.run.advance(count)
            if self.run_beside is not None:
                self.run_beside.advance(max(0, self.run.step - self.run_beside.step))
            self.hold_one_of_the_run()
            if self.run.stopped:
                self.playing, self.version = False, self.version + 1
        return taken

    def hold_one_of_the_run(self) -> None:
        """Hold the last point, if the run has fewer than it had: any step can be of an edit."""
        self.held = min(self.held, len(self.run.points.X) - 1)

    @property
    def players(self) -> list[Any]:
        """The objects that play now, by `advance(count)`; the session stands for its runs."""
        texts = [self.texts] if self.texts and self.texts.playing else []
        return [self, *texts] if self.playing else texts

    def news(self) -> dict[str, Any]:
        """Return what has changed since the last call, by its kind."""
        with self.lock:
            told = self.version, self.current, self.run.step
            news = {} if told == self.told else {"frame": self.frame()}
            if self.told[:1] != told[:1]:
                news = {"state": self.state(), **news}
            self.told = told
            texts = self.texts.news() if self.texts else None
            if texts is not None:
                news["gpt"] = texts
        return news

    def close(self) -> None:
        """End what goes on in other threads and processes."""
        self.give_up()
        for end in list(self.endings):
            end()

    def give_up(self) -> None:
        """Let no run that is prepared be shown, nor join the others."""
        self.beginning = None
        self.arrivals.clear()

    def download(self, name: str) -> tuple[bytes | Future[bytes], str]:
        """Return the content of a file and its MIME type. Raises LabError for an unknown name."""
        from micrograd.lab.downloads import download

        with self.lock:
            return download(self, name)

    def state(self) -> dict[str, Any]:
        """Return what all pages show beside the numbers that move."""
        with self.lock:
            return describe(self)

    def frame(self) -> dict[str, Any]:
        """Return the numbers that move with each step, for the run that is shown."""
        from micrograd.lab.frames import answer, frame  # here, since a session need not be seen

        with self.lock:
            other = self.run_beside
            return {
                **frame(self.run),
                "answer": answer(self.run, self.held),
                "run": self.current,
                "playing": self.playing,
                "steps_per_second": self.steps_per_second,
                "beside": None if other is None else facts_beside(self.beside, other),
            }

    def require_room(self) -> None:
        """Raise LabError if there are too many runs for one more."""
        if len(self.runs) + len(self.arrivals) >= MOST_RUNS:
            raise LabError(messages.too_many_runs(MOST_RUNS))

    def add_run(self, run: Run, origin: str) -> str:
        """Keep a run under the next free name, and return that. LabError if there are too many."""
        self.require_room()
        name = next(name for name in NAMES if name not in self.runs)
        self.runs[name], self.origins[name] = run, origin
        return name


def facts_beside(name: str, run: Run) -> dict[str, Any]:
    """Return what a frame shows of the run with a mistake: its losses, curves and boundary."""
    from micrograd.lab.frames import frame_beside

    return {"run": name, "mistake": run.experiment.mistake, **frame_beside(run)}


def function_of(place: str) -> Callable[..., Reply | Future[Reply]]:
    """Return the function of an action, which is imported when it is first asked for."""
    file, _, name = place.rpartition(".")
    function: Callable[..., Any] = getattr(import_module(f"micrograd.lab.{file}"), name)
    return function


def check_arguments(
    action: str, function: Callable[..., Any], arguments: Mapping[str, Any]
) -> None:
    """Raise LabError for an argument that is missing, or that the action does not have."""
    _, *parameters = inspect.signature(function).parameters.values()
    names = [parameter.name for parameter in parameters]
    for name in arguments:
        if name not in names:
            raise LabError(messages.unknown_argument(action, name, names))
    for parameter in parameters:
        if parameter.default is parameter.empty and parameter.name not in arguments:
            raise LabError(messages.missing_argument(action, parameter.name))
