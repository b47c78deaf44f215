"""The end of the way: a learner's network learns the moons, and what it has learned is drawn.

Rule: the learner's code runs in a process of its own, which is killed when its time is over.
"""

import json
import math
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from micrograd.course.build import messages
from micrograd.course.build.original_tests import Numbers, reference

START = """
import sys
sys.path[:] = [folder for folder in sys.path if folder]
from micrograd.course.build.finale_process import main
main()
"""
STEPS = 100
SECONDS = 600  # for everything; a usual machine needs half a minute
ROUNDING = 1e-9  # relative: some hundred roundings
SHORT_ENOUGH = 300  # characters of an error


@dataclass
class Finale:
    """A training of the learner's network: what was reached so far."""

    steps: int = STEPS
    losses: list[float] = field(default_factory=list)
    accuracies: list[float] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    numbers: Numbers = field(default_factory=dict)

    def add(self, event: dict[str, Any]) -> None:
        """Take in an event of the process."""
        if "step" in event:
            self.losses.append(event["loss"])
            self.accuracies.append(event["accuracy"])
        self.scores = event.get("scores", self.scores)
        self.numbers = event.get("tests", self.numbers)

    def test_results(self) -> tuple[str, dict[str, bool]]:
        """Return (the engine that was compared with, {test of the original: whether it passes})."""
        engine, expected = reference()
        results = {name: agree(self.numbers.get(name, []), each) for name, each in expected.items()}
        return engine, results


def agree(xs: Sequence[float], ys: Sequence[float]) -> bool:
    pairs = zip(xs, ys)
    return len(xs) == len(ys) and all(math.isclose(x, y, rel_tol=ROUNDING) for x, y in pairs)


def run_finale(
    path: Path,
    X: Sequence[Sequence[float]],
    y: Sequence[float],
    places: Sequence[Sequence[float]],
    steps: int = STEPS,
    seed: int = 1337,
    seconds: float = SECONDS,
) -> Iterator[Finale]:
    """Train the network of the file on the points, and yield what was reached after each event.

    Raises ValueError, with a sentence, if the process ends before it has done everything.
    """
    request = {"path": str(path.resolve()), "X": X, "y": y, "places": places}
    finale = Finale(steps)
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", START]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        timer = threading.Timer(seconds, process.kill)
        timer.start()
        try:
            send(process, {**request, "steps": steps, "seed": seed})
            for line in process.stdout or ():
                finale.add(json.loads(line))
                yield finale
            errors = process.stderr.read() if process.stderr else b""
            over = not timer.is_alive()
        finally:
            timer.cancel()
            process.kill()
    if not finale.numbers:
        raise ValueError(explain_end(errors.decode(errors="replace"), over, seconds))


def send(process: subprocess.Popen, request: dict[str, Any]) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps(request).encode() + b"\n")
    process.stdin.close()


def explain_end(errors: str, over: bool, seconds: float) -> str:
    """Return the sentence about a training that did not come to its end."""
    if over:
        return messages.training_took_too_long(seconds)
    last = errors.strip().splitlines()[-1:] or ["no error was printed"]
    return messages.training_failed(last[0][:SHORT_ENOUGH])
