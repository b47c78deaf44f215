"""Phases: the order in which a part's instructions and calls run, and which of them run together.

Rule: a call waits for the calls that it depends on and for nothing else. Calls of one part in one
phase, of which the same results are needed, are a group; a phase's instructions are a region,
which runs before its calls.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import numpy as np

from micrograd.compiler.program import Program
from micrograd.compiler.rolled.calls import Call, Part
from micrograd.compiler.trace import Tracer


@dataclass(eq=False)
class Region:
    """Instructions that run together: a program, and where its numbers stand in the part."""

    program: Program
    inputs: list[int]  # places of the part
    outputs: list[int]


Step = Region | list[Call]


def steps_of(part: Part) -> list[Step]:
    """Return the regions and the groups of calls of a part, in an order in which they can run."""
    wanted, calls = needed(part)
    phases, phase_of_call = phases_of(part, calls)
    last = int(phases[wanted].max(initial=0))
    read = places_read(part, calls)
    instructions: list[list[int]] = [[] for _ in range(last + 1)]
    for place, x in enumerate(part.trace.tracers):
        if wanted[place] and x is not None and x.op:
            instructions[phases[place]].append(place)
            read_across_phases(x, phases, read)
    groups: list[dict[Hashable, list[Call]]] = [{} for _ in range(last + 1)]
    for call, phase in zip(calls, phase_of_call):
        key = id(call.part), wanted[call.results].tobytes()
        groups[phase].setdefault(key, []).append(call)
    steps: list[Step] = []
    for places, together in zip(instructions, groups):
        if places:
            steps.append(region_of(part, places, read))
        steps += together.values()
    return steps


def needed(part: Part) -> tuple[np.ndarray, list[Call]]:
    """Return (whether each place is needed for the outputs, the calls that are)."""
    tracers = part.trace.tracers
    wanted = np.zeros(len(tracers), bool)
    wanted[[y for y in part.outputs if isinstance(y, int)]] = True
    remaining, calls = list(part.calls), []
    for place in range(len(tracers) - 1, -1, -1):
        x = tracers[place]
        if remaining and place < remaining[-1].first + len(remaining[-1].part.outputs):
            call = remaining.pop()
            if wanted[call.first : call.first + len(call.part.outputs)].any():
                calls.append(call)
                for bundle in call.bundles:
                    wanted[bundle] = True
        if x is not None and x.op and wanted[place]:
            for y in x.inputs:
                if type(y) is Tracer:
                    wanted[y.place] = True
    return wanted, calls[::-1]


def phases_of(part: Part, calls: list[Call]) -> tuple[np.ndarray, list[int]]:
    """Return (the phase of each place, that of each call).

    A place is as late as the latest of its inputs, and a result of a call one phase later.
    """
    tracers = part.trace.tracers
    phases = np.zeros(len(tracers), np.int64)
    phase_of_call, start = [], 0
    for call in calls:
        set_phases(tracers[start : call.first], phases)
        phase = max((int(phases[b].max(initial=0)) for b in call.bundles), default=0)
        phase_of_call.append(phase)
        start = call.first + len(call.part.outputs)
        phases[call.first : start] = phase + 1
    set_phases(tracers[start:], phases)
    return phases, phase_of_call


def set_phases(tracers: Iterable[Tracer | None], phases: np.ndarray) -> None:
    for x in tracers:
        if x is not None and x.op:
            inputs = [phases[y.place] for y in x.inputs if type(y) is Tracer]
            phases[x.place] = max(inputs, default=0)


def places_read(part: Part, calls: list[Call]) -> np.ndarray:
    """Return whether each place is read by a call, or is an output."""
    read = np.zeros(part.count, bool)
    read[[y for y in part.outputs if isinstance(y, int)]] = True
    for call in calls:
        for bundle in call.bundles:
            read[bundle] = True
    return read


def read_across_phases(x: Tracer, phases: np.ndarray, read: np.ndarray) -> None:
    """Note which inputs of an instruction were computed in another phase."""
    for y in x.inputs:
        if type(y) is Tracer and phases[y.place] != phases[x.place]:
            read[y.place] = True


def region_of(part: Part, places: list[int], read: np.ndarray) -> Region:
    """Return the instructions at those places as a program."""
    tracers = [part.trace.tracers[place] for place in places]
    inputs: dict[int, int] = {}
    inside = set(places)
    for x in tracers:
        for y in x.inputs:
            if type(y) is Tracer and y.place not in inside:
                inputs.setdefault(y.place, len(inputs))
    index = {place: len(inputs) + i for i, place in enumerate(places)}
    index.update(inputs)
    outputs = [place for place in places if read[place]]
    program = Program(
        tuple(f"x{i}" for i in inputs.values()),
        tuple([x.op for x in tracers if x.op]),
        tuple([operands(x, index) for x in tracers]),
        tuple([index[place] for place in outputs]),
    )
    return Region(program, list(inputs), outputs)


def operands(x: Tracer, index: dict[int, int]) -> tuple[int | float, ...]:
    return tuple([index[y.place] if type(y) is Tracer else y for y in x.inputs])
