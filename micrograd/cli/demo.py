"""The command `micrograd demo`: the lecture's network learns points of two classes."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from micrograd import data as data_sets
from micrograd.cli.console import stop_writing
from micrograd.cli.options import AS_JSON, choice, text, whole_number
from micrograd.cli.run_folder import MODEL
from micrograd.cli.train import Run, finish
from micrograd.engine import Value
from micrograd.nn import MLP
from micrograd.support import files
from micrograd.support.randomness import seeded

POINTS: dict[str, Callable] = {
    "moons": data_sets.moons,
    "circles": data_sets.circles,
    "spirals": data_sets.spirals,
    "xor": lambda n, seed: data_sets.xor(n, noise=0.2, seed=seed),
    "blobs": data_sets.blobs,
}
EXAMPLES = 100
DEMO_HELP = """Train a network of scalars on two classes of points, and draw pictures of it.

MLP(2, [16, 16, 1]) learns 100 points with a max-margin loss and gradient descent, as in the \
lecture's demo; the training steps are compiled. Ctrl-C stops early and keeps the model as it is \
then.

[bold]Examples[/bold]

  micrograd demo

  micrograd demo --data circles --steps 50 --out circles
"""


def demo(
    data: Annotated[str, choice("The points to classify.", tuple(POINTS), "NAME")] = "moons",
    steps: Annotated[int, whole_number("Steps of gradient descent.", 1)] = 100,
    seed: Annotated[
        int, whole_number("Random seed for the points and the initial weights.")
    ] = 1337,
    out: Annotated[Path, text("The folder for the files.", "FOLDER")] = Path("micrograd-demo"),
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Train on the points, write the model and three pictures, and list them."""
    run = Run(out, steps, seed, engine="jit", resume=False, as_json=as_json)
    try:
        train_on_points(data, steps, run)
    except OSError as error:
        raise stop_writing(out, error) from error


def train_on_points(name: str, steps: int, run: Run) -> None:
    """Train the recipe of the moons on the points; others of their kind measure it."""
    from micrograd.models import RECIPES

    points = POINTS[name](EXAMPLES, seed=run.seed)
    others = POINTS[name](EXAMPLES, seed=run.seed + 1)
    recipe = replace(RECIPES["moons"], name=name, data=lambda seed: (points, others))
    with seeded(run.seed):
        model = MLP(2, [16, 16, 1])
    files.check_writable(run.out / MODEL)
    options = {**run.fit_options(), "checkpoint": None}
    history = recipe.train(model, steps, **options)
    pictures = {
        "boundary.png": (recipe.picture(model, *points), "the points and the decision boundary"),
        "training.png": (history.plot(), "loss and accuracy, also on new points"),
        "neuron.svg": (draw_neuron(model, points[0][0]), "one neuron's graph with its gradients"),
    }
    metadata = {"kind": "shipped", "name": name, "what": f"the lecture's demo, on {name}"}
    finish(model, history, metadata, pictures, run)


def draw_neuron(model: MLP, row: list[float]) -> bytes:
    """Return the SVG of a neuron at one example, after a backward pass from its output.

    It is the first neuron with an output, for in the graph of a closed ReLU every grad is 0.
    """
    from micrograd.drawing import draw_dot, label_all

    inputs = [Value(x) for x in row]
    neurons = model.layers[0].neurons
    neuron = next((neuron for neuron in neurons if neuron(inputs) > 0.0), neurons[0])
    out = neuron(inputs)
    model.zero_grad()
    out.backward()
    labels = {f"x{i}": x for i, x in enumerate(inputs, 1)}
    labels |= {f"w{i}": w for i, w in enumerate(neuron.w, 1)}
    label_all({**labels, "b": neuron.b, "out": out})
    return draw_dot(out).pipe()
