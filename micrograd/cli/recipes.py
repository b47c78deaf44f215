"""`micrograd train moons`, and the other models that ship with their data.

Rule: what a model needs stands in its recipe. Nothing here knows one by its name.
"""

from typing import Any

from micrograd.cli import messages
from micrograd.cli.console import show_status
from micrograd.cli.results import (
    Outcome,
    RunOptions,
    curve,
    finish,
    require_steps,
    save_on_interrupt,
)
from micrograd.cli.run_folder import check_folder
from micrograd.cli.several_processes import leave_to_first
from micrograd.support.randomness import seeded


def find_recipe(name: str) -> Any:
    """Return the recipe of that name. Raises ValueError if there is none."""
    from micrograd.models import RECIPES

    if name not in RECIPES:
        raise ValueError(messages.unknown_model(name, [*RECIPES, "gpt"]))
    return RECIPES[name]


def train_recipe(name: str, run: RunOptions) -> None:
    """Train a model that ships with its data, and write its files."""
    with show_status("preparing", run.as_json), seeded(run.seed):
        recipe = find_recipe(name)
        model = recipe.make()
        data = recipe.data(run.seed)  # before any file: the data may need an extra
    metadata = {"kind": "shipped", "name": recipe.name, "what": recipe.what}
    check_folder(run.out, metadata, run.force, run.resume)
    history = recipe.train(model, run.steps or recipe.steps, **run.fit_options())
    leave_to_first(run.engine)
    require_steps(history)
    with save_on_interrupt(model, metadata, run):
        with show_status("drawing", run.as_json):
            scores = scores_of(recipe, model, data)
            pictures = pictures_of(recipe, model, history, data)
        finish(Outcome(model, history, metadata, scores, pictures), run)


def scores_of(recipe: Any, model: Any, data: Any) -> dict[str, dict[str, float]]:
    """Return the scores on the examples for training and on those for validation."""
    training, validation = data
    scores = {"training": recipe.scores(model, *training)}
    return scores | {"validation": recipe.scores(model, *validation)}


def pictures_of(recipe: Any, model: Any, history: Any, data: Any) -> dict[str, tuple]:
    """Return {name of the file: (its picture, its purpose)}."""
    from micrograd.training import plot_neurons

    _, (X, y) = data
    pictures = curve(history)
    pictures["learnt.png"] = (recipe.picture(model, X, y), "what it has learned")
    if len(X[0]) == 2:
        pictures["neurons.png"] = (plot_neurons(model, X), "the output of each neuron")
    return pictures
