"""The check of a rolled program: the user's code, run once on plain numbers, has the same loss.

Rule: a program is only used if it passes. That takes about 50 ns for each operation of the loss.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from micrograd.compiler import CannotRoll, RolledProgram
from micrograd.engine import Value, read_data
from micrograd.support.nest import leaves, tree_map
from micrograd.support.randomness import isolated, use_generator
from micrograd.support.state_updates import collect_updates
from micrograd.training.prediction import with_plain_numbers

if TYPE_CHECKING:
    from micrograd.training.steps.programs import StepDefinition, StepPrograms

TOLERANCE = 1e-9  # of the loss; sums in another order differ by 1e-13 of it
MOST_VALUES = 3_000_000  # instructions that are computed with Values, a microsecond each
UNCHECKED = "its loss cannot be computed with plain numbers, which would check it"
SEED = 0

Point = tuple[Any, list[Any], list[float]]  # a model, an example, the data of all Values


def check_rolled(programs: StepPrograms, definition: StepDefinition, example: list[Any]) -> None:
    """Raise CannotRoll unless a rolled program has the loss of the user's code.

    Both are computed for other numbers than those of the example and the model, where these allow
    it: a 0 would hide what is multiplied by it.
    """
    program = programs.example
    if not isinstance(program, RolledProgram):
        return
    rng = random.Random(SEED)
    draws = [rng.random() for _ in range(programs.random_per_example)]
    values = [*definition.optimizer.parameters, *programs.other_parameters]
    count = len(definition.optimizer.parameters)
    for model, case, data in points(program, definition, example, values, rng):
        try:
            expected = run(partial(definition.loss, model, *case), draws)
        except Exception:  # as `x.tanh()` and `1 / 0` raise for plain numbers
            continue
        if math.isfinite(expected):
            numbers = [*data[:count], *leaves(case), *draws, *data[count:]]
            loss = program.evaluate(numbers)
            if not math.isclose(loss, expected, rel_tol=TOLERANCE):
                raise CannotRoll(f"its loss would be {loss!r}; that of the code is {expected!r}")
            return
    raise CannotRoll(UNCHECKED)


def points(
    program: RolledProgram,
    definition: StepDefinition,
    example: list[Any],
    values: list[Value],
    rng: random.Random,
) -> Iterator[Point]:
    """Yield models and examples to compute the loss of, the most telling ones first."""

    def shift(x: float) -> float:
        return x * rng.uniform(0.9, 1.1) + rng.uniform(-0.01, 0.01)

    model, data = definition.model, list(map(read_data, values))
    moved = list(map(shift, data))
    numbers = dict(zip(values, moved))
    moved_model = with_plain_numbers(model, lambda value: numbers.get(value, value.data))
    yield moved_model, tree_map(shift, example), moved
    yield moved_model, example, moved  # whose entries may be numbers of tokens
    if program.instructions <= MOST_VALUES:
        yield model, tree_map(shift, example), data
        yield model, example, data


def run(f: Callable[[], Any], draws: list[float]) -> float:
    """Return the number that `f` returns; nothing that it draws or moves remains."""
    numbers = iter(draws)
    with isolated(), collect_updates(), use_generator(lambda: next(numbers)):
        y = f()
    return float(getattr(y, "data", y))
