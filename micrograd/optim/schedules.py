"""Schedules: learning rates as functions of the number of training steps done so far.

Rule: a schedule is written with operators and ops alone, as an optimizer's `update` is. Each is a
`partial` of a function of this file, because a closure could not be pickled.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from micrograd.ops import cos, minimum
from micrograd.support.arguments import require_numbers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Schedule = Callable[[Any], Any]  # from the number of steps done so far to the learning rate


def linear_decay(start: float, end: float, steps: int) -> Schedule:
    """Return the schedule from `start` to `end` in a straight line over `steps` steps, then `end`.

    Over 0 steps it is `end` from the start. Raises ValueError for a number below 0.
    The lecture's demo is `linear_decay(1.0, 0.1, 100)`.

    >>> lr = linear_decay(1.0, 0.0, 10)
    >>> lr(0), lr(5), lr(20)
    (1.0, 0.5, 0.0)
    """
    require_numbers(start=start, end=end, steps=steps)
    if not steps:
        start, steps = end, 1
    return partial(linear_at, start, end, steps)


def linear_at(start: float, end: float, steps: int, step: Any) -> Any:
    return start + (end - start) * minimum(step, steps) / steps


def cosine_decay(start: float, end: float, steps: int) -> Schedule:
    """Return the schedule from `start` to `end` along half a cosine over `steps` steps, then `end`.

    Over 0 steps it is `end` from the start. Raises ValueError for a number below 0.
    Loshchilov and Hutter 2017.

    >>> lr = cosine_decay(1.0, 0.0, 10)
    >>> lr(0), round(lr(5), 4), lr(20)
    (1.0, 0.5, 0.0)
    """
    require_numbers(start=start, end=end, steps=steps)
    if not steps:
        start, steps = end, 1
    return partial(cosine_at, start, end, steps)


def cosine_at(start: float, end: float, steps: int, step: Any) -> Any:
    done = minimum(step, steps) / steps
    return end + (start - end) * 0.5 * (1.0 + cos(math.pi * done))


def warm_up(schedule: float | Schedule, steps: int) -> Schedule:
    """Return `schedule`, scaled from 1/steps up to 1 over the first `steps` steps.

    Over 0 steps nothing is scaled. Raises ValueError for a number below 0.

    >>> lr = warm_up(0.1, steps=4)
    >>> lr(0), lr(3), lr(9)
    (0.025, 0.1, 0.1)
    """
    require_numbers(steps=steps)
    if not callable(schedule):
        require_numbers(schedule=schedule)
    return partial(warm_up_at, schedule, steps or 1)


def warm_up_at(schedule: float | Schedule, steps: int, step: Any) -> Any:
    rate = schedule(step) if callable(schedule) else schedule
    return rate * minimum((step + 1) / steps, 1.0)
