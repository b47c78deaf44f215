"""Models that ship with their data: what each is made of, and how it is trained.

Rule: a model is a row of the table at the foot; nothing else knows its name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from micrograd import data, losses, optim
from micrograd.engine import Value
from micrograd.models import plots
from micrograd.nn import MLP, Module
from micrograd.training import (
    ExampleLoss,
    History,
    cross_entropy_loss,
    fit,
    hinge_loss,
    l2,
    predict,
    squared_error_loss,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Examples = tuple[list[Any], list[Any]]  # X and y
Metric = Callable[[list[Any], list[Any]], float]
MakeOptimizer = Callable[[list[Value], int], optim.Optimizer]  # of parameters and steps


@dataclass(frozen=True)
class Recipe:
    """A model, its data, and how it is trained.

    `data(seed)` returns the examples to train on, and others to measure with. `optimizer(
    parameters, steps)` makes the optimizer, `picture(model, X, y)` a matplotlib Figure of what was
    learned. A step sees `batch_size` examples (None: all).
    """

    name: str
    what: str
    data: Callable[[int], tuple[Examples, Examples]]
    make: Callable[[], Module]
    loss: ExampleLoss
    optimizer: MakeOptimizer
    steps: int
    picture: Callable[[Module, list[Any], list[Any]], Figure]
    batch_size: int | None = None
    penalty: Callable[[Module], Any] | None = None
    metrics: dict[str, Metric] = field(default_factory=lambda: {"accuracy": losses.accuracy})

    def train(self, model: Module, steps: int, seed: int, **options: Any) -> History:
        """Train the model for that many steps; `options` are further arguments of `fit`."""
        (X, y), held_out = self.data(seed)
        return fit(
            model,
            self.loss,
            X,
            y,
            optimizer=lambda parameters: self.optimizer(parameters, steps),
            steps=steps,
            batch_size=self.batch_size,
            penalty=self.penalty,
            validation=held_out,
            metrics=self.metrics,
            seed=seed,
            **options,
        )

    def scores(self, model: Module, X: list[Any], y: list[Any]) -> dict[str, float]:
        """Return the mean loss of the model over these examples, and each metric."""
        outputs = predict(model, X).tolist()
        loss = float(self.loss.function(outputs, y))
        return {"loss": loss} | {name: f(outputs, y) for name, f in self.metrics.items()}


# ------------------------------------------------------------------------- data and optimizers


def fresh_samples(
    make: Callable[..., Examples], count: int, held_out: int
) -> Callable[[int], tuple[Examples, Examples]]:
    """Return `data` of a Recipe: `count` examples of make(n, seed), and others of another seed."""
    return lambda seed: (make(count, seed=seed), make(held_out, seed=seed + 1))


def four_points(seed: int) -> tuple[Examples, Examples]:
    return data.four_points(), data.four_points()


def digits(seed: int) -> tuple[Examples, Examples]:
    return data.split(*data.digits(), validation=0.2, seed=seed)


def adam(lr: float) -> MakeOptimizer:
    """Return `optimizer` of a Recipe: Adam, whose learning rate falls to a hundredth."""

    def make(parameters: list[Value], steps: int) -> optim.Optimizer:
        return optim.Adam(parameters, lr=optim.cosine_decay(lr, lr / 100, steps))

    return make


def sgd(parameters: list[Value], steps: int) -> optim.Optimizer:
    return optim.SGD(parameters, lr=0.1)


def sgd_with_linear_decay(parameters: list[Value], steps: int) -> optim.Optimizer:
    """Return the optimizer of the lecture's demo."""
    return optim.SGD(parameters, lr=optim.linear_decay(1.0, 0.1, steps))


def root_mean_square(outputs: Sequence[float], targets: Sequence[float]) -> float:
    return float(losses.mean_squared_error(outputs, targets) ** 0.5)


# ---------------------------------------------------------------------------------- the table

ALL = (
    Recipe(
        "moons",
        "the lecture's demo: two half moons, separated by a network of 337 parameters",
        fresh_samples(data.moons, 100, 100),
        partial(MLP, 2, [16, 16, 1]),
        hinge_loss,
        sgd_with_linear_decay,
        steps=100,
        picture=plots.plot_boundary,
        penalty=l2,
    ),
    Recipe(
        "yinyang",
        "the yin-yang sign: two halves and dots, three classes",
        fresh_samples(data.yin_yang, 1000, 500),
        partial(MLP, 4, [30, 3], init="he"),
        cross_entropy_loss,
        adam(0.03),
        steps=4000,
        picture=plots.classes,
        batch_size=50,
    ),
    Recipe(
        "points",
        "the lecture's four points of three numbers",
        four_points,
        partial(MLP, 3, [4, 4, 1], activation="tanh", output_activation="tanh"),
        squared_error_loss,
        sgd,
        steps=200,
        picture=plots.scores,
    ),
    Recipe(
        "sine",
        "regression: a sine with noise",
        fresh_samples(data.sine, 200, 100),
        partial(MLP, 1, [16, 16, 1], activation="tanh", init="xavier"),
        squared_error_loss,
        adam(0.02),
        steps=3000,
        picture=plots.line,
        batch_size=50,
        metrics={"root mean square error": root_mean_square},
    ),
    Recipe(
        "digits",
        "handwritten digits of 8 x 8 pixels, ten classes (scikit-learn's 1,797 images)",
        digits,
        partial(MLP, 64, [128, 10], init="he"),
        cross_entropy_loss,
        adam(0.01),
        steps=1500,
        picture=plots.images,
        batch_size=32,
    ),
)
RECIPES = {recipe.name: recipe for recipe in ALL}
