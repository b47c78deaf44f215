"""Views: the words that turn one array into another, given which entry stands where.

Rule: a view is a list of steps. An array of places says what is wanted: the number there is the
place of the entry in the array as it is, in order. Reshape, slice, transpose, flip and expand are
found where they give it; rows taken by a table where they do not; single entries last.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import prod
from typing import Any, NamedTuple

import numpy as np

from micrograd.compiler import without_repeats
from micrograd.export import shapes
from micrograd.export.target import Shape


class Step(NamedTuple):
    """A word and its argument.

    "reshape" and "expand" have a shape; "slice" a (start, stop, step) for each axis; "transpose"
    the order of the axes; "flip" an axis; "take" an axis and the places to take along it.
    """

    word: str
    argument: Any


def view(shape: Shape, places: np.ndarray) -> list[Step]:
    """Return the steps from an array of that shape to the entries at `places`.

    >>> view((2, 3), np.array([[0, 3], [1, 4], [2, 5]]))
    [Step(word='transpose', argument=(1, 0))]
    >>> view((2, 3), np.array([1, 4]))  # a column
    [Step(word='slice', argument=((0, 2, 1), (1, 2, 1))), Step(word='reshape', argument=(2,))]
    """
    return without_idle_steps(shape, list(steps_to(shape, places)))


def steps_to(shape: Shape, places: np.ndarray) -> Iterable[Step]:
    count = prod(shape)
    if places.size == count and (places.ravel() == np.arange(count)).all():
        return [Step("reshape", places.shape)]
    small = without_repeats(places)
    if small.shape != places.shape:
        return [*steps_to(shape, small), Step("expand", places.shape)]
    strides = [stride_along(places, axis) for axis in range(places.ndim)]
    irregular = [axis for axis, stride in enumerate(strides) if stride is None]
    if not irregular:
        steps = strided_steps(count, places, [stride or 0 for stride in strides])
        return steps or take_entries(count, places)
    for axis in irregular:
        run = run_along(places, axis)
        if run:
            halves = (*places.shape[:axis], -1, run, *places.shape[axis + 1 :])
            return [*steps_to(shape, places.reshape(halves)), Step("reshape", places.shape)]
    return take_rows(shape, places, irregular) or take_entries(count, places)


def take_entries(count: int, places: np.ndarray) -> list[Step]:
    """Return the steps that take each entry by a table."""
    taken = Step("take", (0, places.ravel()))
    return [Step("reshape", (count,)), taken, Step("reshape", places.shape)]


def take_rows(shape: Shape, places: np.ndarray, irregular: Sequence[int]) -> list[Step]:
    """Return the steps that take rows by a table, and the same view of each; [] if none do."""
    count = prod(shape)
    axes = range(places.ndim)
    heads = places[tuple(slice(None) if a in irregular else slice(0, 1) for a in axes)]
    within = places - heads  # the same for each row
    numbers = np.arange(heads.size).reshape(heads.shape)
    for width in row_widths(shape, heads, within if len(irregular) < places.ndim else None):
        offset = int(heads.flat[0]) % width
        fits = within.min() + offset >= 0 and within.max() + offset < width
        if fits and (heads % width == offset).all():
            split = Step("reshape", (count // width, width))
            taken = Step("take", (0, heads.ravel() // width))
            wanted = numbers * width + offset + within
            return [split, taken, *steps_to((heads.size, width), wanted)]
    return []


def row_widths(shape: Shape, heads: np.ndarray, within: np.ndarray | None) -> list[int]:
    """Return how long rows may be: those of the array as it is, or as much as is read of each."""
    widths = [prod(shape[axis:]) for axis in range(1, len(shape))]
    if within is not None and within.min() >= 0:
        span = int(within.max()) + 1
        if span > 1 and prod(shape) % span == 0 and not (heads % span).any():
            widths.append(span)
    return widths


# -------------------------------------------------------------------------------- regular places


class Box(NamedTuple):
    """A part of the flat array from `start` on, reshaped to `extents`, that holds the entries.

    `digits` are the indices of the first entry along each axis.
    """

    start: int
    extents: Shape
    digits: list[int]


def strided_steps(count: int, places: np.ndarray, strides: Sequence[int]) -> list[Step]:
    """Return the steps to places that have a stride along each axis; [] if none of ours do.

    The flat array has `count` entries.
    """
    sizes = places.shape
    axes = sorted((a for a, n in enumerate(sizes) if n > 1), key=lambda a: -abs(strides[a]))
    steps = [abs(strides[a]) for a in axes]
    counts = [sizes[a] for a in axes]
    leap = 1
    if len(steps) > 1 and steps[-2] % steps[-1]:
        leap, steps[-1] = steps[-1], 1  # the last axis is a slice with a step
        counts[-1] = (counts[-1] - 1) * leap + 1
    box = find_box(count, int(places.min()), steps, counts) if nests(steps, counts) else None
    if box is None:
        return []
    return [*cut_box(count, box, counts, leap), *put_in_order(sizes, axes, strides)]


def nests(steps: list[int], counts: list[int]) -> bool:
    """Return whether each axis lies within one step of the axis before it."""
    for (outer, inner), count in zip(pairwise(steps), counts[1:]):
        if outer % inner or outer < inner * count:
            return False
    return True


def cut_box(count: int, box: Box, counts: list[int], leap: int) -> list[Step]:
    """Return the steps from the flat array to the entries; the last axis takes each `leap`-th."""
    stop = box.start + prod(box.extents)
    cuts = [(q, q + n, 1) for q, n in zip(box.digits, [*counts, 1])]
    if leap > 1:
        cuts[-2] = (*cuts[-2][:2], leap)
    return [
        Step("reshape", (count,)),
        Step("slice", ((box.start, stop, 1),)),
        Step("reshape", box.extents),
        Step("slice", tuple(cuts)),
    ]


def put_in_order(sizes: Shape, axes: list[int], strides: Sequence[int]) -> list[Step]:
    """Return the steps from axes that stand in that order to all axes, of these sizes."""
    order = sorted(axes)
    flipped = [axis for axis in axes if strides[axis] < 0]
    return [
        Step("reshape", tuple([sizes[axis] for axis in axes])),
        Step("transpose", tuple(np.argsort(axes).tolist())),
        *[Step("flip", order.index(axis)) for axis in flipped],
        Step("reshape", sizes),
    ]


def find_box(count: int, lowest: int, steps: list[int], counts: list[int]) -> Box | None:
    """Return a box that holds the entries, from the lowest on; None if none of ours does.

    Its axes have the `steps`; one axis more counts the entries within the smallest step.
    """
    if not steps:
        return Box(0, (count,), [lowest])
    inner = [outer // inner for outer, inner in pairwise(steps)] + [steps[-1]]
    for start, outer in boxes(count, lowest, steps[0], counts[0]):
        digits, rest = [], lowest - start
        for step in steps:
            digits.append(rest // step)
            rest %= step
        extents = (outer, *inner)
        fits = all(q + n <= e for q, n, e in zip(digits, counts, extents))
        if 0 <= start <= lowest and start + outer * steps[0] <= count and fits:
            return Box(start, extents, [*digits, rest])
    return None


def boxes(count: int, lowest: int, step: int, size: int) -> Iterable[tuple[int, int]]:
    """Yield (start, length of the first axis) of the boxes to try: the whole array first."""
    if count % step == 0:
        yield 0, count // step
    yield lowest, size
    yield count - size * step, size


# ------------------------------------------------------------------------------- arrays of places


def stride_along(places: np.ndarray, axis: int) -> int | None:
    """Return the step from place to place along an axis, None if it is not the same everywhere."""
    steps = np.diff(places, axis=axis)
    if not steps.size:
        return 0
    return int(steps.flat[0]) if (steps == steps.flat[0]).all() else None


def run_along(places: np.ndarray, axis: int) -> int:
    """Return after how many entries along the axis a new row begins, if all rows are alike; else 0.

    >>> run_along(np.array([0, 1, 2, 10, 11, 12]), 0)
    3
    """
    moved = np.moveaxis(places, axis, -1)
    steps = np.diff(moved.reshape(-1, moved.shape[-1])[0])
    breaks = np.flatnonzero(steps != steps[0])
    run = int(breaks[0]) + 1 if len(breaks) else 0
    if run < 2 or moved.shape[-1] % run:
        return 0
    pieces = moved.reshape(-1, run)
    return run if (pieces - pieces[:, :1] == pieces[0] - pieces[0, 0]).all() else 0


# -------------------------------------------------------------------------------------- idle steps


def without_idle_steps(shape: Shape, steps: list[Step]) -> list[Step]:
    """Return the steps without those that change nothing, and without a reshape before another."""
    kept: list[Step] = []
    shapes = [shape]
    for step in steps:
        if step.word == "reshape" and kept and kept[-1].word == "reshape":
            kept.pop()
            shapes.pop()
        if not is_idle(step, shapes[-1]):
            kept.append(step)
            shapes.append(shape_after(step, shapes[-1]))
    return kept


def is_idle(step: Step, shape: Shape) -> bool:
    if step.word == "slice":
        return all(cut == (0, n, 1) for cut, n in zip(step.argument, shape))
    if step.word == "transpose":
        return list(step.argument) == sorted(step.argument)
    return step.word in ("reshape", "expand") and tuple(step.argument) == shape


def shape_after(step: Step, shape: Shape) -> Shape:
    """Return the shape of an array of that shape after the step."""
    match step.word:
        case "reshape" | "expand":
            return tuple(step.argument)
        case "slice":
            return shapes.after_slice(step.argument)
        case "transpose":
            return shapes.after_transpose(shape, step.argument)
        case "take":
            axis, places = step.argument
            return shapes.after_take(shape, len(places), axis)
    return shape
