"""Plans on disk, so that the next process traces nothing.

Rule: the key of a plan is a digest of all that the trace depends on, by `transforms.state_digest`.
Where that cannot see something, or the trace looked at a number or changed something, no plan is
kept. A plan lies beside the machine code, in the same cache and with the same care.
"""

from __future__ import annotations

import pickle
import sys
from copy import copy
from dataclasses import replace
from typing import Any

import numpy as np

from micrograd.compiler import (
    LoweredProgram,
    StageTimes,
    code_identity,
    find_entry,
    keep_entry,
)
from micrograd.training.steps.definition import StepDefinition
from micrograd.training.steps.step_numbers import PLAIN
from micrograd.training.steps.step_plan import StepKind, StepPlan, code_of
from micrograd.transforms import State, digest_of, limits

PROTOCOL = 5


class StoredPlan:
    """The place on disk of the plan for a definition in a state. It may have none."""

    def __init__(self, definition: StepDefinition, state: State, kind: StepKind) -> None:
        self.state, self.kind = state, kind
        self.things = count_things(state)
        self.key = None
        if len(definition.optimizer.parameters) >= limits()["FEWEST_PARAMETERS"]:
            self.key = key_of(definition, state, kind)

    def find(self, times: StageTimes) -> StepPlan | None:
        """Return the plan, None if there is none that can be read."""
        content = None
        with times.measure("find"):
            if self.key is not None:
                content = find_entry(self.key)
        try:
            return None if content is None else self.unpack(pickle.loads(content))
        except Exception:  # it is damaged, or of another version of NumPy
            return None

    def keep(self, plan: StepPlan, state: State) -> None:
        """Keep the plan, which was traced in that state, if this is still all it depends on."""
        if self.key is None or count_things(state) != self.things:
            return
        try:
            content = pickle.dumps(pack(plan, state), PROTOCOL)
        except Exception:  # an op or a Value that another process cannot find
            return
        keep_entry(self.key, content)

    def unpack(self, content: Any) -> StepPlan:
        programs, layout, lowered, why_unrolled = content
        others = [self.state.values[number] for number in programs.other_parameters]
        shared = PLAIN if programs.shared is None else programs.shared
        programs = replace(programs, other_parameters=others, shared=shared)
        code = code_of(programs, layout, self.kind)
        return StepPlan(programs, layout, lowered, code, why_unrolled)


def pack(plan: StepPlan, state: State) -> tuple[Any, ...]:
    """Return what is written of a plan: the other Values that it reads by their numbers."""
    others: list[Any] = list(map(state.reach.number_of, plan.programs.other_parameters))
    shared: Any = None if plan.programs.shared is PLAIN else plan.programs.shared
    programs = replace(plan.programs, other_parameters=others, shared=shared)
    lowered = [without_places(program) for program in plan.lowered]
    return programs, plan.layout, lowered, plan.why_unrolled


def count_things(state: State) -> list[int]:
    """Return how many things of each kind the state depends on, which a trace may change."""
    return [kind.count() for kind in state.kinds]


def without_places(program: LoweredProgram) -> LoweredProgram:
    """Return a lowered program without the slot of each number, which nobody reads any more."""
    if program.plan is None:
        return program
    slim = copy(program)
    slim.plan = replace(program.plan, slots=np.empty(0, np.int64), varies=())
    return slim


def key_of(definition: StepDefinition, state: State, kind: StepKind) -> str | None:
    """Return the key of a plan, None if the trace may depend on what no digest can see."""
    digest = digest_of(state)
    facts = (kind, definition.clip, definition.unroll, limits(), sys.version, np.__version__)
    return digest and f"plan {code_identity()} {facts} {digest}"
