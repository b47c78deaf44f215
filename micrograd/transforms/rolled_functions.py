"""Functions of large models as rolled programs: when one pays, and how it is traced.

Rule: a small function is traced number by number, as it compiles quickly.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from micrograd.compiler import CannotRoll, Plan, RolledProgram, Tracer
from micrograd.engine import Value
from micrograd.support.nest import leaves, tree_map
from micrograd.support.state_updates import collect_updates
from micrograd.transforms.gradient_ends import detach_replaced
from micrograd.transforms.recording import Variables, record_by
from micrograd.transforms.rolling import RolledRecorder, refuse_updates, roll_calls
from micrograd.transforms.state import State

FEWEST_PARAMETERS = 1000  # of a function that is rolled,
FEWEST_INSTRUCTIONS = 100_000  # if it has so many of them as well
FEWEST_EXPORTED = 10_000  # of a function whose kernels another compiler gets
MOST_IRREGULAR = 0.15  # of the operations; a GPT has 0.08 at most, two convolutions 0.27
MOST_UNROLLED = 3_000_000  # instructions that are traced one by one rather than run slowly
SMALL = "it is small"


class Rolled(NamedTuple):
    """A rolled program, with inputs for the parameters, the variables and other Values it met.

    `returned` is what the function returned; the program's outputs are the numbers in it.
    """

    program: RolledProgram
    returned: Any
    variables: int
    others: list[Value]


def roll(
    f: Callable[[Variables], Any],
    model: Any,
    parameters: list[Value],
    state: State,
    is_exported: bool = False,
) -> Rolled:
    """Return `f` as a rolled program: it makes variables, and calls modules of the model.

    Raises CannotRoll if there is no such program, or if it would be small.
    """
    if len(parameters) < FEWEST_PARAMETERS:
        raise CannotRoll(SMALL)
    with collect_updates() as updates, record_by(RolledRecorder(state)) as recorder:
        recorder.frame.reserve(parameters)
        with roll_calls(recorder, model), detach_replaced(recorder.detach_constant):
            variables = Variables(recorder)
            returned = tree_map(lambda y: y, f(variables))  # what is undone may be a list in it
        outputs = [recorder.as_result(y) for y in leaves(returned)]
        refuse_updates(updates)
        require_numbers(outputs)
    data, own = variables.made, len(parameters)
    others = {p: x for p, x in recorder.parameters.items() if x.place >= own}
    part = recorder.frame.part
    part.outputs = [y.place if isinstance(y, Tracer) else y for y in outputs]
    part.sizes = [own, len(data), len(others)]
    part.order = np.array([x.place for x in (*data, *others.values())], np.int64)
    program = RolledProgram(part, recorder.reasons)
    program.detached_constants = recorder.detached_constants
    fewest = FEWEST_EXPORTED if is_exported else FEWEST_INSTRUCTIONS
    if program.instructions < fewest:
        raise CannotRoll(SMALL)
    return Rolled(program, returned, len(data), list(others))


def limits() -> dict[str, float]:
    """Return the numbers that decide what is rolled, by their names."""
    return {
        "FEWEST_PARAMETERS": FEWEST_PARAMETERS,
        "FEWEST_INSTRUCTIONS": FEWEST_INSTRUCTIONS,
        "FEWEST_EXPORTED": FEWEST_EXPORTED,
        "MOST_IRREGULAR": MOST_IRREGULAR,
        "MOST_UNROLLED": MOST_UNROLLED,
    }


def require_numbers(outputs: list[Any]) -> None:
    """Raise CannotRoll unless all results are numbers, and one depends on something."""
    kinds = set(map(type, outputs))
    if not kinds <= {Tracer, float}:
        raise CannotRoll("it returns something that is no number")
    if Tracer not in kinds:
        raise CannotRoll("its results are constants")


def check_regular(program: RolledProgram, plan: Plan) -> None:
    """Raise CannotRoll if a rolled program would run slower than an unrolled one.

    That is so where many operands are irregular, as the windows of a convolution are.
    """
    is_huge = program.instructions > MOST_UNROLLED
    if not is_huge and plan.irregular_share() > MOST_IRREGULAR:
        raise CannotRoll("too many of its numbers stand at irregular places")
