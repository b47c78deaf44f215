"""Use what `pip install .` alone promises, and ask for what it lacks.

Run as `python tools/smoke.py` in an environment without extras; any fault ends it with a traceback.
Rule: it needs the installed package and the standard library only.
"""

import os
import shlex
import subprocess
import sys
import tempfile
from datetime import datetime, timezone
from importlib.util import find_spec
from pathlib import Path

import micrograd
import micrograd.lab
from micrograd import MLP, Value, against_torch, data, draw, draw_dot, explain, fit, jit, losses
from micrograd.course import review

EXTRAS = {  # {the extra: (a module that it installs, what to ask for, commands that ask)}
    "models": ("sklearn", data.digits, ["train digits"]),
    "lab": ("uvicorn", lambda: micrograd.lab.serve, ["lab"]),
    "review": ("fsrs", lambda: review.cards(datetime.now(timezone.utc)), ["review"]),
    "torch": ("torch", lambda: against_torch(Value.tanh, 1.0), ["compare a*a a=3", "learn 12"]),
}
COMMANDS = (
    'draw "tanh(x*w + b)" x=2 w=-3 b=6.5 -o neuron.html',
    'explain "a*a" a=3 --wrong assign',
    'compile "a*b + a"',
    "train --help",
    "learn",
    "learn 5",
    "learn 5 --notebook --html",
    "exercises start",
)


def use_values() -> None:
    """Compute, differentiate, draw and explain one expression."""
    x = Value(3.0, label="x")
    y = x * x + x
    y.backward()
    assert x.grad == 7.0
    assert draw(y).svg.startswith("<svg") and draw_dot(y).pipe()
    assert "x" in str(explain(y))
    assert jit(lambda a: a * a)(3.0).data == 9.0


def train() -> None:
    """Train a compiled network, and save and load it."""
    X, y = data.moons(40, seed=1)
    model = MLP(2, [8, 1])

    def loss(model, x, y):
        return losses.hinge(model(x), y)

    history = fit(model, loss, X, y, steps=50, progress=False)
    assert history.losses[-1] < history.losses[0]
    again = micrograd.load(micrograd.save(model, "model.safetensors"))
    assert again.state_dict() == model.state_dict()


def run(line: str) -> subprocess.CompletedProcess:
    """Run `micrograd` with these arguments and return its exit code and output."""
    command = [sys.executable, "-m", "micrograd", *shlex.split(line)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8")


def run_commands() -> None:
    for line in COMMANDS:
        done = run(line)
        assert done.returncode == 0, done


def ask_for(extra: str) -> None:
    """Check that a function and a command that need the extra name the line that installs it."""
    module, ask, lines = EXTRAS[extra]
    if find_spec(module):
        print(f"{module} is installed, so its absence is not tested")
        return
    installation = f"pip install 'micrograd[{extra}]'"
    try:
        ask()
    except ImportError as error:
        assert installation in str(error), error
    else:
        raise AssertionError(f"{module} is missing, and no error was raised")
    for line in lines:
        done = run(line)
        assert done.returncode == 2 and installation in " ".join(done.stderr.split()), done


def main() -> None:
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for name in micrograd.__all__:
            getattr(micrograd, name)
        use_values()
        train()
        run_commands()
        for extra in EXTRAS:
            ask_for(extra)
        os.chdir(here)  # Windows removes no folder that a program stands in
    print(f"micrograd {micrograd.__version__} works with its base dependencies alone")


if __name__ == "__main__":
    main()
