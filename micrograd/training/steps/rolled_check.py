"""The check of a rolled program: the user's code, run once on plain numbers, has the same loss.

Rule: a program is only used if it passes. That takes about 50 ns for each operation of the loss.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from micrograd.compiler import CannotRoll, RolledProgram
from micrograd.engine import Value, read_data
from micrograd.ops import Op
from micrograd.support.fused import fused_dot_each
from micrograd.support.nest import leaves, tree_map
from micrograd.support.randomness import isolated, use_generator
from micrograd.support.state_updates import collect_updates
from micrograd.training.prediction import with_plain_numbers
from micrograd.watchers import Watcher, watching

if TYPE_CHECKING:
    from micrograd.training.steps.programs import StepDefinition, StepPrograms

TOLERANCE = 1e-9  # of the loss; sums in another order differ by 1e-13 of it
MOST_VALUES = 1_000_000  # instructions that are computed with Values, a microsecond each
UNCHECKED = "its loss cannot be computed with plain numbers, which would check it"
SEED = 0

Point = tuple[Any, list[Any], dict[Value, float]]  # a model, an example, a number for each Value


def check_rolled(programs: StepPrograms, definition: StepDefinition, example: list[Any]) -> None:
    """Raise CannotRoll unless a rolled program has the loss of the user's code.

    Both are computed for other numbers than those of the example and the model, where these allow
    it: a 0 would hide what is multiplied by it.
    """
    program = programs.example
    if not isinstance(program, RolledProgram):
        return
    rng = np.random.default_rng(SEED)
    draws = rng.random(programs.random_per_example).tolist()
    values = [*definition.optimizer.parameters, *programs.other_parameters]
    count = len(definition.optimizer.parameters)
    for model, case, numbers in points(program, definition, example, values, rng):
        try:
            expected = run(partial(definition.loss, model, *case), numbers, draws)
        except Exception:  # as `x.tanh()` and `1 / 0` raise for plain numbers
            continue
        if math.isfinite(expected):
            data = list(map(numbers.__getitem__, values))
            loss = program.evaluate([*data[:count], *leaves(case), *draws, *data[count:]])
            if not math.isclose(loss, expected, rel_tol=TOLERANCE):
                raise CannotRoll(f"its loss would be {loss!r}; that of the code is {expected!r}")
            return
    raise CannotRoll(UNCHECKED)


def points(
    program: RolledProgram,
    definition: StepDefinition,
    example: list[Any],
    values: list[Value],
    rng: np.random.Generator,
) -> Iterator[Point]:
    """Yield models and examples to compute the loss of, the most telling ones first."""

    def shift(x: Any) -> Any:
        size = np.shape(x)
        return x * rng.uniform(0.9, 1.1, size) + rng.uniform(-0.01, 0.01, size)

    model = definition.model
    data = np.fromiter(map(read_data, values), float, len(values))
    numbers = Numbers(zip(values, shift(data).tolist()))
    moved_model = with_plain_numbers(model, numbers.__getitem__)
    models = [moved_model] if moved_model is not model else []
    if program.instructions <= MOST_VALUES:
        models.append(model)
    for each in models:
        yield each, tree_map(lambda x: float(shift(x)), example), numbers
        yield each, example, numbers  # whose entries may be numbers of tokens


class Numbers(dict[Value, float]):
    """A number for each of some Values; that of any other is its data."""

    def __missing__(self, value: Value) -> float:
        return value.data


class OtherNumbers(Watcher):
    """Computes with other numbers than the data of some Values, in this thread alone."""

    def __init__(self, numbers: Mapping[Value, float]) -> None:
        self.numbers = numbers
        self.copies: dict[Value, Value] = {}

    def copy(self, x: Any) -> Any:
        """Return the Value that stands for an input."""
        if not isinstance(x, Value) or x not in self.numbers:
            return x
        if x not in self.copies:
            self.copies[x] = Value(self.numbers[x])
        return self.copies[x]

    def intercept(self, op: Op, inputs: tuple[Any, ...]) -> Any:
        others = list(map(self.copy, inputs))
        is_same = all(map(operator.is_, others, inputs))
        return None if is_same else op(*others)


class MatrixProducts:
    """Computes the dot products of many rows of plain numbers at once.

    `known` has matrices by the ids of their lists, with a copy of each list, so that one that was
    changed is noticed.
    """

    def __init__(self) -> None:
        self.known: dict[int, tuple[list[Any], list[Any], np.ndarray]] = {}

    def __call__(self, rows: Any, x: Any, starts: Any) -> list[float] | None:
        """Return start + row · x for each row; None if one of them is no list of floats."""
        if type(rows) is not list or not is_row(x) or not is_row(starts):
            return None
        known = self.known.get(id(rows))
        if known is None or known[1] != rows:
            if not all(map(is_row, rows)) or len(set(map(len, rows))) != 1:
                return None
            known = rows, [row[:] for row in rows], np.array(rows)
            self.known[id(rows)] = known
        matrix = known[2]
        if matrix.shape != (len(starts), len(x)):
            return None
        with np.errstate(all="ignore"):
            products: list[float] = (matrix @ x + starts).tolist()
        return products


def is_row(x: Any) -> bool:
    return type(x) is list and set(map(type, x)) == {float}


def run(f: Callable[[], Any], numbers: Mapping[Value, float], draws: list[float]) -> float:
    """Return the number that `f` returns; nothing that it draws or moves remains."""
    drawn = iter(draws)
    chance, others = use_generator(lambda: next(drawn)), watching(OtherNumbers(numbers))
    token = fused_dot_each.set(MatrixProducts())
    try:
        with isolated(), collect_updates(), chance, others:
            y = f()
    finally:
        fused_dot_each.reset(token)
    return float(getattr(y, "data", y))
