"""The command `micrograd demo`: the lecture's network on points of two classes."""

import json
import random
import time
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

import micrograd
from micrograd import data
from micrograd.cli.console import stop, wrote
from micrograd.drawing import draw_dot, label_all
from micrograd.losses import accuracy, hinge, l2_penalty
from micrograd.models import draw_boundary
from micrograd.nn import MLP
from micrograd.optim import SGD, linear_decay
from micrograd.support import files
from micrograd.support.figures import png
from micrograd.training import draw_curves
from micrograd.watchers import no_grad

DATA: dict[str, Callable] = {
    "moons": data.moons,
    "circles": data.circles,
    "spirals": data.spirals,
    "xor": lambda n, seed: data.xor(n, noise=0.2, seed=seed),
    "blobs": data.blobs,
}


DataName = Enum("DataName", {name: name for name in DATA}, type=str)
EXAMPLES = 100
RESULTS = {
    "boundary.png": "the points and the decision boundary",
    "training.png": "loss and accuracy",
    "neuron.svg": "one neuron's graph, with its gradients",
    "weights.json": "for model.load_state_dict",
    "history.json": "loss and accuracy of every step",
}


DEMO_HELP = """Train a network of scalars on two classes of points, and write pictures of it.

MLP(2, [16, 16, 1]) learns 100 points with a max-margin loss and gradient descent, as in the \
lecture's demo. Ctrl-C stops early and keeps what was reached.

[bold]Examples[/bold]

  micrograd demo

  micrograd demo --data circles --steps 50 --out circles
"""


def demo(
    data: Annotated[DataName, typer.Option(help="The points to tell apart.")] = DataName.moons,
    steps: Annotated[int, typer.Option(min=1, help="Steps of gradient descent.")] = 100,
    seed: Annotated[int, typer.Option(help="Of the points and the first weights.")] = 1337,
    out: Annotated[Path, typer.Option(help="The folder for what is written.")] = Path(
        "micrograd-demo"
    ),
) -> None:
    console = Console(highlight=False)
    try:
        for name in RESULTS:
            files.check_writable(out / name)
        X, y = DATA[data.value](EXAMPLES, seed=seed)
        random.seed(seed)
        model = MLP(2, [16, 16, 1])
        history = train(model, X, y, steps, console)
        written = write_results(model, X, y, history, out)
    except OSError as error:
        raise stop(files.cannot_write(out, error)) from error
    console.print(results(model, history, steps))
    wrote(console, written)
    if history["interrupted"]:
        raise typer.Exit(130)


def train(model: MLP, X: list, y: list, steps: int, console: Console) -> dict:
    """Losses and accuracies of each step; stops early, but well, on Ctrl-C."""
    optimizer = SGD(model.parameters(), lr=linear_decay(1.0, 0.1, steps))
    history = {"loss": [], "accuracy": [], "seconds": 0.0, "interrupted": False}
    began = time.perf_counter()
    with progress(console) as bar:
        task = bar.add_task("training", total=steps, loss=float("nan"), accuracy=0.0)
        try:
            for _ in range(steps):
                scores = [model(row) for row in X]
                loss = hinge(scores, y) + l2_penalty(model.parameters())
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                right = accuracy(scores, y)
                history["loss"].append(loss.data)
                history["accuracy"].append(right)
                bar.update(task, advance=1, loss=loss.data, accuracy=100 * right)
        except KeyboardInterrupt:
            history["interrupted"] = True
    history["seconds"] = time.perf_counter() - began
    return history


def progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("loss {task.fields[loss]:.4f}  accuracy {task.fields[accuracy]:.0f} %"),
        TimeRemainingColumn(),
        TextColumn("left"),
        console=console,
    )


def write_results(model: MLP, X: list, y: list, history: dict, out: Path) -> dict[Path, str]:
    """Write the pictures, the weights and the history; {path: what it is}."""
    with no_grad():
        boundary = png(draw_boundary(model, X, y))
    curves = png(draw_curves(history["loss"], history["accuracy"]))
    weights, past = as_json(model.state_dict()), as_json(history)
    contents = (boundary, curves, draw_neuron(model, X[0]), weights, past)
    written = zip(RESULTS.items(), contents)
    return {files.write(out / name, content): what for (name, what), content in written}


def as_json(state: dict) -> str:
    return json.dumps(state, indent=1) + "\n"


def draw_neuron(model: MLP, row: list[float]) -> bytes:
    """The SVG of the first neuron at one example, after a backward pass from its output."""
    neuron = model.layers[0].neurons[0]
    inputs = [micrograd.Value(x) for x in row]
    out = neuron(inputs)
    model.zero_grad()
    out.backward()
    named = {f"x{i + 1}": x for i, x in enumerate(inputs)}
    named |= {f"w{i + 1}": w for i, w in enumerate(neuron.w)}
    label_all({**named, "b": neuron.b, "out": out})
    return draw_dot(out).pipe()


def results(model: MLP, history: dict, steps: int) -> Table:
    done = len(history["loss"])
    table = Table(show_header=False)
    table.add_row("parameters", str(len(model.parameters())))
    table.add_row("steps", f"{done} of {steps}" if history["interrupted"] else str(done))
    if done:
        table.add_row("loss", f"{history['loss'][0]:.4f} -> {history['loss'][-1]:.4f}")
        table.add_row("accuracy", f"{100 * history['accuracy'][-1]:.0f} %")
        table.add_row("seconds", f"{history['seconds']:.1f}")
    return table
