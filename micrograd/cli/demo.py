"""The command `micrograd demo`: the lecture's network learns points of two classes.

Rule: it trains the recipe of `micrograd train moons` on the points that the user chose, and writes
the same files and the graph of one neuron. It ends with the time that plain Python would take.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from micrograd import data as data_sets
from micrograd.cli import messages
from micrograd.cli.console import show_status, stop, stop_writing
from micrograd.cli.options import AsJson, choice, flag, text, whole_number
from micrograd.cli.recipes import pictures_of, scores_of
from micrograd.cli.results import Outcome, RunOptions, finish, require_steps, save_on_interrupt
from micrograd.cli.run_folder import check_folder, new_folder
from micrograd.engine import Value
from micrograd.support.randomness import seeded

POINTS: dict[str, Callable] = {
    "moons": data_sets.moons,
    "circles": data_sets.circles,
    "spirals": data_sets.spirals,
    "xor": lambda n, seed: data_sets.xor(n, noise=0.2, seed=seed),
    "blobs": data_sets.blobs,
}
EXAMPLES = 100
COMPILED_STEPS, EAGER_STEPS = 100, 2  # timed for the comparison at the end
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
    force: Annotated[bool, flag("force", "Replace another model in the folder.")] = False,
    as_json: AsJson = False,
) -> None:
    """Train on the points, write the model and four pictures, and list them."""
    run = RunOptions(out, steps, seed, engine="jit", resume=False, as_json=as_json, force=force)
    try:
        with new_folder(out):
            train_on_points(data, steps, run)
    except ValueError as error:
        raise stop(str(error)) from error
    except OSError as error:
        raise stop_writing(out, error) from error


def train_on_points(name: str, steps: int, run: RunOptions) -> None:
    """Train the recipe of the moons on the points; others of their kind measure it."""
    points = POINTS[name](EXAMPLES, seed=run.seed)
    others = POINTS[name](EXAMPLES, seed=run.seed + 1)
    with show_status("preparing", run.as_json), seeded(run.seed):
        from micrograd.models import RECIPES

        recipe = replace(RECIPES["moons"], name="demo", data=lambda seed: (points, others))
        model = recipe.make()
    metadata = {"kind": "shipped", "name": "demo", "what": f"the lecture's demo, on {name}"}
    check_folder(run.out, metadata, run.force)
    history = recipe.train(model, steps, **{**run.fit_options(), "checkpoint": None})
    require_steps(history)
    with save_on_interrupt(model, metadata, run):
        show_training(recipe, model, history, metadata, (points, others), run)


def show_training(
    recipe: Any, model: Any, history: Any, metadata: dict[str, Any], data: Any, run: RunOptions
) -> None:
    """Draw pictures, compare the engines, and write and print everything."""
    points, _ = data
    with show_status("drawing", run.as_json):
        pictures = pictures_of(recipe, model, history, (points, points))
        neuron = draw_neuron(model, points[0][0])
        pictures["neuron.svg"] = (neuron, "one neuron's graph with its gradients")
        scores = scores_of(recipe, model, data)
    outcome = Outcome(model, history, metadata, scores, pictures)
    if history.stopped != "interrupted":  # a user in a hurry does not wait for plain Python
        with show_status("taking the same steps in plain Python", run.as_json):
            sentence, times = compare_engines(recipe)
        outcome = replace(outcome, lines=[sentence], for_json={"times_as_fast": times})
    finish(outcome, run)


def compare_engines(recipe: Any) -> tuple[str, float]:
    """Return (a sentence that compares both engines, how many times as fast a compiled step is)."""
    compiled = seconds_of(recipe, "jit", COMPILED_STEPS)
    eager = seconds_of(recipe, "eager", EAGER_STEPS) / EAGER_STEPS
    times = eager / (compiled / COMPILED_STEPS)
    return messages.engines_compared(COMPILED_STEPS, compiled, eager, times), times


def seconds_of(recipe: Any, engine: str, steps: int) -> float:
    """Return how long so many steps of the recipe take on a network like the demo's."""
    from micrograd.training import fit

    X, y = recipe.data(0)[0]
    with seeded(0):
        model = recipe.make()
    history = fit(
        model,
        recipe.loss,
        X,
        y,
        optimizer=lambda parameters: recipe.optimizer(parameters, steps),
        penalty=recipe.penalty,
        steps=steps,
        engine=engine,
        progress=False,
    )
    return history.seconds[-1]


def draw_neuron(model: Any, row: list[float]) -> bytes:
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
