"""Models that ship with their data: what each is made of, and how it is trained.

Rule: a model is a row of the table at the foot; nothing else knows its name.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from micrograd import data, losses, optim
from micrograd.models import plots
from micrograd.nn import MLP, Module
from micrograd.training import History, fit, likelihood, margin, small, square


@dataclass(frozen=True)
class Recipe:
    """`data(seed)` is ((X, y), (X, y) to measure with); `optimizer(parameters, steps)` makes one.

    `picture(model, X, y)` is a matplotlib Figure of what was learnt, `size` how many examples a
    step sees (None: all).
    """

    name: str
    what: str
    data: Callable
    make: Callable[[], Module]
    loss: Callable
    optimizer: Callable
    steps: int
    picture: Callable
    size: int | None = None
    penalty: Callable | None = None
    metrics: dict[str, Callable] = field(default_factory=lambda: {"accuracy": losses.accuracy})

    def train(self, model: Module, steps: int, seed: int, **how) -> History:
        """Train it; `how` are further arguments of `fit`."""
        (X, y), held_out = self.data(seed)
        return fit(
            model,
            self.loss,
            X,
            y,
            optimizer=lambda parameters: self.optimizer(parameters, steps),
            steps=steps,
            batch_size=self.size,
            penalty=self.penalty,
            validation=held_out,
            metrics=self.metrics,
            seed=seed,
            **how,
        )


# ---------------------------------------------------------------------------------- losses and data


def two(make: Callable, n: int, held_out: int):
    """n examples to train on, and others, of another seed, to measure with."""
    return lambda seed: (make(n, seed=seed), make(held_out, seed=seed + 1))


def points(seed: int):
    return data.four_points(), data.four_points()


def digits(seed: int):
    return data.split(*data.digits(), validation=0.2, seed=seed)


def adam(lr: float) -> Callable:
    """Adam, whose rate falls to a hundredth."""
    return lambda ps, steps: optim.Adam(ps, lr=optim.cosine_decay(lr, lr / 100, steps))


def falling(parameters, steps):
    """The rate of the lecture's demo."""
    return optim.SGD(parameters, lr=optim.linear_decay(1.0, 0.1, steps))


def root_mean_square(outputs, targets) -> float:
    return losses.mean_squared_error(outputs, targets) ** 0.5


ALL = (
    Recipe(
        "moons",
        "the lecture's demo: two half moons, told apart by a network of 337 parameters",
        two(data.moons, 100, 100),
        partial(MLP, 2, [16, 16, 1]),
        margin,
        falling,
        steps=100,
        picture=plots.boundary,
        penalty=small,
    ),
    Recipe(
        "yinyang",
        "the yin-yang sign: two halves and dots, three classes",
        two(data.yin_yang, 1000, 500),
        partial(MLP, 4, [30, 3], init="he"),
        likelihood,
        adam(0.03),
        steps=4000,
        picture=plots.classes,
        size=50,
    ),
    Recipe(
        "points",
        "the lecture's four points of three numbers",
        points,
        partial(MLP, 3, [4, 4, 1], activation="tanh", output_activation="tanh"),
        square,
        lambda parameters, steps: optim.SGD(parameters, lr=0.1),
        steps=200,
        picture=plots.scores,
    ),
    Recipe(
        "sine",
        "regression: a sine under noise",
        two(data.sine, 200, 100),
        partial(MLP, 1, [16, 16, 1], activation="tanh", init="xavier"),
        square,
        adam(0.02),
        steps=3000,
        picture=plots.line,
        size=50,
        metrics={"error": root_mean_square},
    ),
    Recipe(
        "digits",
        "handwritten digits of 8 x 8 pixels, ten classes (scikit-learn's 1,797 images)",
        digits,
        partial(MLP, 64, [128, 10], init="he"),
        likelihood,
        adam(0.01),
        steps=1500,
        picture=plots.images,
        size=32,
    ),
)
RECIPES = {recipe.name: recipe for recipe in ALL}
