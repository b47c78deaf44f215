"""The plan of a step: what it computes and how, for examples of one shape.

Rule: a plan knows nothing of the numbers of parameters. It can be kept on disk.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from micrograd.compiler import (
    LoweredProgram,
    Program,
    RolledProgram,
    StageTimes,
    native_lanes,
    shorten_chains,
)
from micrograd.training.steps.definition import StepDefinition
from micrograd.training.steps.machine_code import StepCode
from micrograd.training.steps.memory import Memory
from micrograd.training.steps.programs import ProgramTracer, Shape, StepPrograms
from micrograd.transforms import State, check_regular, check_rolled, shifted_first

LONGEST_CHAIN = 500  # instructions of a program whose chains are worth shortening

# Examples are computed in turn where each fills the lanes by itself, as a text does in a GPT, which
# uses each parameter at many places. The cache has no room for large ones side by side.
USES = 30  # instructions for each parameter: some 15 places
LARGE = 2_000_000  # instructions


@dataclass(frozen=True)
class StepKind:
    """How a step runs: the number type, the threads, and the shapes and the number of examples."""

    dtype: str
    threads: int
    shapes: tuple[Shape, ...]
    examples: int


@dataclass(frozen=True)
class StepPlan:
    """The programs of a step, where its numbers stand, and its kernels.

    `why_unrolled` says why the loss is not a rolled program.
    """

    programs: StepPrograms
    layout: Memory
    lowered: list[LoweredProgram]
    code: StepCode
    why_unrolled: str


def trace_plan(
    definition: StepDefinition,
    state: State,
    kind: StepKind,
    times: StageTimes,
    why_unrolled: str = "",
) -> StepPlan:
    """Return the plan of what the user wrote, rolled unless `why_unrolled` is a reason.

    Raises CannotRoll if that is not possible.
    """
    optimizer = definition.optimizer
    tracer = ProgramTracer(definition, state, kind.dtype, times, not why_unrolled)
    programs = with_short_chains(tracer.trace(kind.shapes), kind, times)
    in_turn = runs_in_turn(programs, len(optimizer.parameters), kind)
    layout = Memory(programs, len(optimizer.parameters), len(optimizer.start), in_turn)
    code = code_of(programs, layout, kind)
    return StepPlan(programs, layout, lower(code, layout, kind, times), code, why_unrolled)


def with_short_chains(programs: StepPrograms, kind: StepKind, times: StageTimes) -> StepPrograms:
    """Return the programs with shorter chains if a step sees one example, of few instructions.

    Steps of several examples have enough to do while a number is awaited.
    """
    example, has_batch = programs.example, bool(programs.widths) and kind.examples > 1
    if has_batch or kind.threads > 1 or not isinstance(example, Program):
        return programs
    if len(example) > LONGEST_CHAIN:
        return programs
    with times.measure("simplify"):
        return replace(programs, example=shorten_chains(example))


def runs_in_turn(programs: StepPrograms, parameters: int, kind: StepKind) -> bool:
    """Return whether the program of one example runs for each example of a step."""
    example = programs.example
    if not isinstance(example, RolledProgram) or not programs.widths or kind.examples == 1:
        return False
    fill_lanes = kind.examples >= kind.threads * native_lanes(kind.dtype)
    is_small = fill_lanes and example.instructions < LARGE
    return not is_small and example.instructions >= USES * parameters


def check_plan(
    plan: StepPlan, definition: StepDefinition, state: State, example: list[Any]
) -> None:
    """Raise CannotRoll if the loss is a rolled program that is slow, or another loss."""
    program, kernels = plan.programs.example, plan.lowered[0].plan
    if isinstance(program, RolledProgram) and kernels:
        check_regular(program, kernels)
        parameters, others = definition.optimizer.parameters, plan.programs.other_parameters
        examples = shifted_first(example)
        check_rolled(
            program, definition.loss, definition.model, parameters, others, examples, state
        )


def code_of(programs: StepPrograms, layout: Memory, kind: StepKind) -> StepCode:
    return StepCode(programs, layout, kind.dtype, kind.examples, kind.threads)


def lower(
    code: StepCode, layout: Memory, kind: StepKind, times: StageTimes
) -> list[LoweredProgram]:
    """Lower each program, and reserve memory for its intermediate results."""
    lowered = []
    for unit in code.units():
        with times.measure("batch"):
            unit = replace(unit, work=layout.size)
            lowered.append(LoweredProgram(unit, kind.dtype, False, kind.examples))
        layout.reserve(lowered[-1].size)
    return lowered
