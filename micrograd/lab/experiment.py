"""An experiment: every setting of a run, to and from JSON and the query of an address.

Rule: a setting is a field and one check in the table; whatever passes can be built at once, without
a surprise for the memory or the clock.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from micrograd.lab import messages
from micrograd.lab.messages import LabError

MOST_POINTS = 5_000  # of one data set: each is drawn, and every step sees all
MOST_INPUTS = 64
MOST_LAYERS = 6
MOST_NEURONS = 32  # of one layer
OWN = "own"  # the name of data that no name stands for: edited points, or a table
LARGEST_SEED = 2**32 - 1
LARGEST = sys.float_info.max  # JSON has whole numbers beyond it

ACTIVATIONS = ("relu", "tanh", "sigmoid", "leaky_relu", "elu", "gelu", "softplus", "sin", "none")
LOSSES = {  # the tasks that each is for; the first loss of a task is its default
    "hinge": ("two classes",),
    "cross_entropy": ("classes",),
    "binary_cross_entropy": ("two classes",),
    "mse": ("amount", "two classes"),
}
OPTIMIZERS: dict[str, tuple[str, dict[str, float]]] = {  # the class in optim, and its settings
    "sgd": ("SGD", {}),
    "momentum": ("SGD", {"momentum": 0.9}),
    "adam": ("Adam", {}),
    "adamw": ("AdamW", {}),
    "rmsprop": ("RMSprop", {}),
    "adagrad": ("Adagrad", {}),
}


@dataclass(frozen=True)
class Experiment:
    """The settings of a run. Raises LabError, which names the setting, for one out of its range.

    `hidden` are the sizes of the hidden layers, `batch_size` is how many examples a step sees
    (None: all), and `mistake` is the name of a row of MISTAKES, or "".

    >>> experiment = Experiment(hidden=(4,), rate=0.1)
    >>> Experiment.from_query(experiment.to_query()) == experiment
    True
    """

    data: str = "moons"
    points: int = 100
    noise: float = 0.1
    hidden: tuple[int, ...] = (8, 8)
    activation: str = "relu"
    loss: str = "hinge"
    optimizer: str = "sgd"
    rate: float = 0.5
    batch_size: int | None = None
    l2: float = 1e-4
    seed: int = 1337
    mistake: str = ""

    def __post_init__(self) -> None:
        for field in fields(self):
            checked = CHECKS[field.name](getattr(self, field.name))
            object.__setattr__(self, field.name, checked)

    def replace(self, **changes: Any) -> Experiment:
        """Return the experiment with other settings. Raises LabError for an unknown one."""
        require_known(changes)
        return replace(self, **changes)

    def to_json(self) -> dict[str, Any]:
        """Return the settings as a dict that JSON can write."""
        return {**asdict(self), "hidden": list(self.hidden)}

    @classmethod
    def from_json(cls, settings: Any) -> Experiment:
        """Return the experiment of a dict; a setting that is missing has its default."""
        if not isinstance(settings, Mapping):
            raise LabError(messages.not_settings(settings))
        require_known(settings)
        return cls(**settings)

    def to_query(self) -> str:
        """Return the settings as the query of an address, without those that are the defaults.

        >>> Experiment(hidden=(4, 4), rate=0.1).to_query()
        'hidden=4%2C4&rate=0.1'
        """
        default = Experiment()
        pairs = {}
        for field in fields(self):
            setting = getattr(self, field.name)
            if setting != getattr(default, field.name):
                pairs[field.name] = write(setting)
        return urlencode(pairs)

    @classmethod
    def from_query(cls, text: str) -> Experiment:
        """Return the experiment of a query. Raises LabError for what is not one."""
        try:
            pairs = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=len(CHECKS)))
        except ValueError:
            raise LabError(messages.not_settings(text)) from None
        require_known(pairs)
        return cls(**{name: read(name, text) for name, text in pairs.items()})


def require_known(settings: Mapping[Any, Any]) -> None:
    for name in settings:
        if name not in CHECKS:
            raise LabError(messages.unknown_setting(name, CHECKS))


def write(setting: Any) -> str:
    """Return how a setting stands in a query: a list as 8,8, no batch size as nothing."""
    if isinstance(setting, tuple):
        return ",".join(map(str, setting))
    return "" if setting is None else str(setting)


def read(name: str, text: str) -> Any:
    """Return the setting that a query spells, as a text where that is no number."""
    if name == "hidden":
        return [as_number(size) for size in text.split(",")] if text else []
    if name == "batch_size" and not text:
        return None
    return text if name in TEXTS else as_number(text)


def as_number(text: str) -> Any:
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            pass
    return text


# ------------------------------------------------------------------------------------ the checks


def choice(setting: str, known: Callable[[], Sequence[str]]) -> Callable[[Any], str]:
    """Return the check of a setting that is one of some names."""

    def check(name: Any) -> str:
        if not isinstance(name, str) or name not in known():
            raise LabError(messages.unknown_choice(setting, name, filter(None, known())))
        return name

    return check


def whole(setting: str, least: int, most: int) -> Callable[[Any], int]:
    """Return the check of a setting that is a whole number; 4.0 is one, too."""

    def check(number: Any) -> int:
        is_number = type(number) is int or (type(number) is float and number.is_integer())
        if not is_number or not least <= number <= most:
            raise LabError(messages.not_whole(setting, number, least, most))
        return int(number)

    return check


def between(setting: str, least: float, most: float) -> Callable[[Any], float]:
    """Return the check of a setting that is any number."""

    def check(number: Any) -> float:
        if type(number) not in (int, float) or not least <= number <= most:
            raise LabError(messages.not_between(setting, number, least, most))
        return float(number)

    return check


def is_finite(x: Any) -> bool:
    """Return whether `x` is a number that a float can hold and finite; a bool is none.

    >>> is_finite(3), is_finite(10**400), is_finite(True)
    (True, False, False)
    """
    return type(x) in (int, float) and -LARGEST <= x <= LARGEST


def check_points(count: Any) -> int:
    if is_finite(count):
        if count < 1:
            raise LabError(messages.no_points())
        if count > MOST_POINTS:
            raise LabError(messages.too_many_points(int(count), MOST_POINTS))
    return whole("The number of points", 2, MOST_POINTS)(count)


def check_layers(sizes: Any) -> tuple[int, ...]:
    if not isinstance(sizes, list | tuple):
        raise LabError(messages.not_layers(sizes))
    if len(sizes) > MOST_LAYERS:
        raise LabError(messages.too_many_layers(len(sizes), MOST_LAYERS))
    for size in sizes:
        if type(size) is not int or not 1 <= size <= MOST_NEURONS:
            raise LabError(messages.layer_size(size, MOST_NEURONS))
    return tuple(sizes)


def check_batch(size: Any) -> int | None:
    return None if size is None else whole("The batch size", 1, MOST_POINTS)(size)


def data_names() -> list[str]:
    from micrograd.lab.datasets import DATASETS  # here, since datasets imports this file

    return [*DATASETS, OWN]


def mistake_names() -> list[str]:
    from micrograd.lab.mistakes import MISTAKES  # here, since mistakes imports this file

    return ["", *MISTAKES]


# fmt: off
CHECKS: dict[str, Callable[[Any], Any]] = {
    "data":       choice("The data set", data_names),
    "points":     check_points,
    "noise":      between("The noise", 0.0, 1.0),
    "hidden":     check_layers,
    "activation": choice("The activation", lambda: ACTIVATIONS),
    "loss":       choice("The loss", lambda: [*LOSSES]),
    "optimizer":  choice("The optimizer", lambda: [*OPTIMIZERS]),
    "rate":       between("The learning rate", 0.0, 1000.0),
    "batch_size": check_batch,
    "l2":         between("The L2 penalty", 0.0, 10.0),
    "seed":       whole("The seed", 0, LARGEST_SEED),
    "mistake":    choice("The mistake", mistake_names),
}
TEXTS = ("data", "activation", "loss", "optimizer", "mistake")  # settings that are names
# fmt: on


def losses_for(task: str) -> list[str]:
    """Return the losses for data of that task, its default first.

    >>> losses_for("two classes"), losses_for("amount")
    (['hinge', 'binary_cross_entropy', 'mse'], ['mse'])
    """
    return [loss for loss, tasks in LOSSES.items() if task in tasks]
