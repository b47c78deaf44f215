"""The plan of a step: what it computes and how, for examples of one shape.

Rule: a plan knows nothing of the numbers of parameters. It can be kept on disk.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from micrograd.compiler import LoweredProgram, RolledProgram, StageTimes
from micrograd.training.steps.definition import StepDefinition
from micrograd.training.steps.machine_code import StepCode
from micrograd.training.steps.memory import Memory
from micrograd.training.steps.programs import ProgramTracer, Shape, StepPrograms
from micrograd.transforms import State, check_regular, check_rolled, shifted_first


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

    `unrolled` says why the loss is not a rolled program.
    """

    programs: StepPrograms
    layout: Memory
    lowered: list[LoweredProgram]
    code: StepCode
    unrolled: str


def trace_plan(
    definition: StepDefinition,
    state: State,
    kind: StepKind,
    times: StageTimes,
    unrolled: str = "",
) -> StepPlan:
    """Return the plan of what the user wrote, rolled unless `unrolled` is a reason.

    Raises CannotRoll if that is not possible.
    """
    optimizer = definition.optimizer
    tracer = ProgramTracer(definition, state, kind.dtype, times, not unrolled)
    programs = tracer.trace(kind.shapes)
    layout = Memory(programs, len(optimizer.parameters), len(optimizer.start))
    code = code_of(programs, layout, kind)
    return StepPlan(programs, layout, lower(code, layout, kind, times), code, unrolled)


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
