"""The rolled program of a loss: what the modules of a model do is traced once for each kind.

Rule: a small loss is traced number by number, as it compiles quickly.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING

from micrograd.compiler import CannotRoll, Plan, RolledProgram, StageTimes, Tracer
from micrograd.engine import Value
from micrograd.support.randomness import use_generator
from micrograd.support.state_updates import collect_updates
from micrograd.transforms import RolledRecorder, State, Variables, record_by, roll_calls

if TYPE_CHECKING:
    from micrograd.training.steps.programs import AnyProgram, StepDefinition

FEWEST_PARAMETERS = 1000  # of a loss that is rolled,
FEWEST_INSTRUCTIONS = 100_000  # if it has so many of them as well
MOST_IRREGULAR = 0.15  # of the operations; a GPT has 0.08 at most, two convolutions 0.27
MOST_UNROLLED = 3_000_000  # instructions that are traced one by one rather than run slowly
SMALL = "the loss is small"

Example = tuple[RolledProgram, list[Value], int]


def rolled_program(
    definition: StepDefinition, state: State, shapes: Sequence[tuple[int, ...]], times: StageTimes
) -> Example:
    """Return (the program, other parameters, how many random numbers an example needs).

    Raises CannotRoll if there is none.
    """
    parameters = definition.optimizer.parameters
    if len(parameters) < FEWEST_PARAMETERS:
        raise CannotRoll(SMALL)
    with collect_updates() as updates, record_by(RolledRecorder(state)) as recorder:
        recorder.frame.reserve(parameters)
        with roll_calls(recorder, definition.model), times.measure("trace"):
            variables = Variables(recorder)
            example = [variables.of_shape(shape) for shape in shapes]
            with use_generator(variables.make):
                y = recorder.as_result(definition.loss(definition.model, *example))
        if updates:
            raise CannotRoll("it keeps running statistics")
        if not isinstance(y, Tracer):
            raise CannotRoll("the loss is a constant")
    own, data = set(parameters), variables.made
    others = {p: x for p, x in recorder.parameters.items() if p not in own}
    part = recorder.frame.part
    part.outputs, part.sizes = [y.place], [len(parameters), len(data), len(others)]
    places = [x.place for x in (*data, *others.values())]
    part.order = [*range(len(parameters)), *places]
    program = RolledProgram(part, recorder.reasons)
    if program.instructions < FEWEST_INSTRUCTIONS:
        raise CannotRoll(SMALL)
    return program, list(others), len(data) - sum(map(prod, shapes))


def check_regular(program: AnyProgram, plan: Plan | None) -> None:
    """Raise CannotRoll if a rolled program's steps would be slower than those of an unrolled one.

    That is so where many operands are irregular, as the windows of a convolution are.
    """
    if not isinstance(program, RolledProgram) or program.instructions > MOST_UNROLLED:
        return
    if plan and plan.irregular_share() > MOST_IRREGULAR:
        raise CannotRoll("too many of its numbers stand at irregular places")
