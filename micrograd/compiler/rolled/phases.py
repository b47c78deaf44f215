"""Phases: the order in which a part's instructions and calls run, and which of them run together.

Rule: a call waits for the calls that it depends on and for nothing else. Calls of one part in one
phase, of which the same results are needed, are a group; a phase's instructions are a region,
which runs before its calls.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from math import inf
from operator import attrgetter

import numpy as np

from micrograd.compiler.program import Program
from micrograd.compiler.rolled.calls import Call, Part
from micrograd.compiler.rolled.dots import DOT, VECTOR
from micrograd.compiler.trace import Tracer

Rows = dict[int, list[int]]  # for each instruction's place, those of its inputs
place_of = attrgetter("place")


@dataclass(eq=False)
class Region:
    """Instructions that run together: a program, and where its numbers stand in the part."""

    program: Program
    inputs: list[int]  # places of the part
    outputs: list[int]


Step = Region | list[Call]


def steps_of(part: Part) -> list[Step]:
    """Return the regions and the groups of calls of a part, in an order in which they can run."""
    rows = rows_of(part)
    wanted, calls = needed(part, rows)
    phases, phase_of_call = phases_of(part, rows, calls)
    places = [place for place in rows if wanted[place]]
    instructions: dict[int, list[int]] = {}
    for place, phase in zip(places, phases[places].tolist()):
        instructions.setdefault(phase, []).append(place)
    read = places_read(part, calls)
    if len(instructions) > 1:
        instructions = with_vectors(part, instructions, rows)
        for phase, places in instructions.items():
            read_across_phases(places, phase, rows, phases, read)
    groups: dict[int, dict[Hashable, list[Call]]] = {}
    for call, phase in zip(calls, phase_of_call):
        key = id(call.part), bytes(wanted[call.first : call.results.stop])
        groups.setdefault(phase, {}).setdefault(key, []).append(call)
    steps: list[Step] = []
    for phase in sorted(instructions.keys() | groups.keys()):
        if phase in instructions:
            steps.append(region_of(part, instructions[phase], rows, read))
        steps += groups.get(phase, {}).values()
    return steps


def rows_of(part: Part) -> Rows:
    """Return, for each instruction in order, the places of its inputs without the constants."""
    return {x.place: places_of_inputs(x) for x in part.instructions}


def places_of_inputs(x: Tracer) -> list[int]:
    if float in map(type, x.inputs):
        return [y.place for y in x.inputs if type(y) is Tracer]
    return list(map(place_of, x.inputs))


def needed(part: Part, rows: Rows) -> tuple[bytearray, list[Call]]:
    """Return (whether each place is needed for the outputs, the calls that are)."""
    wanted, calls = bytearray(part.count), []
    marks = np.frombuffer(wanted, np.uint8)
    marks[[y for y in part.outputs if isinstance(y, int)]] = 1
    remaining = list(part.calls)

    def go_back_to(place: int) -> None:
        while remaining and remaining[-1].first > place:
            call = remaining.pop()
            if any(wanted[call.first : call.results.stop]):
                calls.append(call)
                for arguments in call.arguments:
                    marks[arguments] = 1

    for place, row in reversed(rows.items()):
        go_back_to(place)
        if wanted[place]:
            for y in row:
                wanted[y] = 1
    go_back_to(-1)
    return wanted, calls[::-1]


def phases_of(part: Part, rows: Rows, calls: list[Call]) -> tuple[np.ndarray, list[int]]:
    """Return (the phase of each place, that of each call).

    A place is as late as the latest of its inputs, and a result of a call one phase later.
    """
    as_array = np.zeros(part.count, np.int64)  # whose pages are not there before they are used
    phases = as_array.data
    phase_of = phases.__getitem__
    phase_of_call: list[int] = []

    def go_on_to(place: float) -> None:
        while len(phase_of_call) < len(calls) and calls[len(phase_of_call)].first < place:
            call = calls[len(phase_of_call)]
            phase = max([int(as_array[x].max(initial=0)) for x in call.arguments], default=0)
            phase_of_call.append(phase)
            as_array[call.first : call.results.stop] = phase + 1

    if calls:
        for place, row in rows.items():
            go_on_to(place)
            phases[place] = max(map(phase_of, row), default=0)
        go_on_to(inf)
    return as_array, phase_of_call


def places_read(part: Part, calls: list[Call]) -> np.ndarray:
    """Return whether each place is given to a call, or is an output."""
    read = np.zeros(part.count, bool)
    read[[y for y in part.outputs if isinstance(y, int)]] = True
    for call in calls:
        for bundle in call.arguments:
            read[bundle] = True
    return read


def with_vectors(
    part: Part, instructions: dict[int, list[int]], rows: Rows
) -> dict[int, list[int]]:
    """Return the places of each phase, where vectors stand in each that multiplies them."""
    tracers = part.trace.tracers
    moved = {}
    for phase, places in instructions.items():
        own = [place for place in places if tracers[place].op is not VECTOR]
        read = chain.from_iterable(rows[place] for place in own if tracers[place].op is DOT)
        vectors = {place for place in read if tracers[place].op is VECTOR}
        if own:
            moved[phase] = sorted([*own, *vectors])
    return moved


def read_across_phases(
    places: list[int], phase: int, rows: Rows, phases: np.ndarray, read: np.ndarray
) -> None:
    """Note which inputs of the instructions of one phase were computed in another."""
    inputs, _ = side_by_side([rows[place] for place in places])
    read[inputs[phases[inputs] != phase]] = True


def side_by_side(rows: list[list[int]]) -> tuple[np.ndarray, list[int]]:
    """Return all places in one array, and the length of each row."""
    return np.fromiter(chain.from_iterable(rows), np.int64), list(map(len, rows))


def region_of(part: Part, places: list[int], rows: Rows, read: np.ndarray) -> Region:
    """Return the instructions at those places as a program."""
    flat, lengths = side_by_side([rows[place] for place in places])
    is_input = np.zeros(part.count, bool)
    is_input[flat] = True
    is_input[places] = False
    inputs = np.flatnonzero(is_input)
    index = np.empty(part.count, np.int64)
    index[inputs] = np.arange(len(inputs))
    index[places] = len(inputs) + np.arange(len(places))
    numbers = iter(index[flat].tolist())
    tracers = [part.trace.tracers[place] for place in places]
    outputs = [x.place for x in tracers if read[x.place] and x.op is not VECTOR]
    program = Program(
        tuple([f"x{i}" for i in range(len(inputs))]),
        tuple([x.op for x in tracers if x.op]),
        tuple([operands(x, numbers, length) for x, length in zip(tracers, lengths)]),
        tuple(index[outputs].tolist()),
    )
    return Region(program, inputs.tolist(), outputs)


def operands(x: Tracer, numbers: Iterator[int], length: int) -> tuple[int | float, ...]:
    """Return the operands of an instruction: the next numbers, and its constants."""
    if length == len(x.inputs):
        return tuple(islice(numbers, length))
    return tuple([next(numbers) if type(y) is Tracer else y for y in x.inputs])
