"""Why a training run ended in nan or inf: the step, the op, and the likely reason.

Rule: the failing step is replayed in plain Python, which checks every op; its report becomes the
error message.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from micrograd.training import messages
from micrograd.training.steps.eager_step import EagerRunner
from micrograd.watchers import detect_anomaly

GROWTH = 10.0  # a loss of this many times the smallest one was growing without limit
RECENT = 100  # losses that are compared


def diagnose_divergence(
    runner: EagerRunner, losses: Sequence[float], step: int, rate: float
) -> str:
    """Return the message about a run that diverged after `step` steps, at that learning rate.

    The parameters must be those before the failing step, which is the next one of `runner`. The
    step is replayed; the gradients are different afterwards.
    """
    happened = messages.diverged(step, find_anomaly(runner))
    reason = likely_reason(losses, step, rate)
    lines = [happened, reason, messages.parameters_are_good()]  # the first ends in a line of code
    return "\n".join(filter(None, lines))


def find_anomaly(runner: EagerRunner) -> str:
    """Return the report of `detect_anomaly` on the next step, "" if it finds nothing."""
    try:
        with detect_anomaly():
            runner.step.backward(*runner.next_batch())
    except FloatingPointError as error:
        return str(error)
    return ""


def likely_reason(losses: Sequence[float], step: int, rate: float) -> str:
    """Return a sentence about the learning rate: was the loss growing?"""
    recent = [loss for loss in losses[-RECENT:] if math.isfinite(loss)]
    grew = recent and abs(recent[-1]) > GROWTH * max(abs(min(recent)), 1e-12)
    if grew:
        return messages.learning_rate_too_large(min(recent), recent[-1], rate)
    return messages.loss_had_not_grown(rate) if step else ""
