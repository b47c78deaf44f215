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
from micrograd.engine import read_data
from micrograd.support.nest import leaves
from micrograd.support.randomness import isolated, use_generator
from micrograd.support.state_updates import collect_updates
from micrograd.training.prediction import with_plain_numbers

if TYPE_CHECKING:
    from micrograd.training.steps.programs import StepDefinition, StepPrograms

TOLERANCE = 1e-9  # of the loss; sums in another order differ by 1e-13 of it
MOST_VALUES = 3_000_000  # instructions that are computed with Values, a microsecond each
UNCHECKED = "its loss cannot be computed with plain numbers, which would check it"


def check_rolled(programs: StepPrograms, definition: StepDefinition, example: list[Any]) -> None:
    """Raise CannotRoll unless a rolled program has the loss of the user's code for that example."""
    program = programs.example
    if not isinstance(program, RolledProgram):
        return
    draws = [random.Random(i).random() for i in range(programs.random_per_example)]
    numbers = [*map(read_data, definition.optimizer.parameters), *leaves(example), *draws]
    loss = program.evaluate([*numbers, *map(read_data, programs.other_parameters)])
    reason = UNCHECKED
    for model in plain_and_real(program, definition.model):
        try:
            expected = run(partial(definition.loss, model, *example), draws)
        except Exception:  # as `x.tanh()` and `1 / 0` raise for plain numbers
            continue
        if agree(loss, expected):
            return
        reason = f"its loss would be {loss!r}, where that of the code is {expected!r}"
    raise CannotRoll(reason)


def plain_and_real(program: RolledProgram, model: Any) -> Iterator[Any]:
    """Yield the model with plain numbers, and itself if that does not take too long."""
    yield with_plain_numbers(model)
    if program.instructions <= MOST_VALUES:
        yield model


def agree(loss: float, expected: float) -> bool:
    if loss == expected or (loss != loss and expected != expected):
        return True
    return math.isclose(loss, expected, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def run(f: Callable[[], Any], draws: list[float]) -> float:
    """Return the number that `f` returns; nothing that it draws or moves remains."""
    numbers = iter(draws)
    with isolated(), collect_updates(), use_generator(lambda: next(numbers)):
        y = f()
    return float(getattr(y, "data", y))
