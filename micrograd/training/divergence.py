"""Why a run of training ended in nan or inf: the step, the node, and the likely reason.

Rule: the step is taken again in plain Python, where every op is looked at; what that says is said.
"""

import math

from micrograd.training import messages
from micrograd.watchers import detect_anomaly

GREW = 10.0  # times its least: a loss that large was on its way out
LATELY = 100  # losses that are looked at


def diagnosed(run, losses: list[float], step: int, rate: float) -> str:
    """The message; `run` is an eager one, at the last good weights and before step number `step`.

    The step is taken, without regard to what becomes of the weights.
    """
    message = [messages.diverged(step, anomaly(run)), reason(losses, step, rate)]
    return " ".join([*filter(None, message), messages.weights_are_good()])


def anomaly(run) -> str:
    """What `detect_anomaly` says of the step, "" if nothing."""
    try:
        with detect_anomaly():
            run.step.backward(*run.batch())
    except FloatingPointError as error:
        return str(error)
    return ""


def reason(losses: list[float], step: int, rate: float) -> str:
    """A sentence on the learning rate, if the loss had been growing."""
    lately = [loss for loss in losses[-LATELY:] if math.isfinite(loss)]
    if not lately or abs(lately[-1]) <= GREW * max(abs(min(lately)), 1e-12):
        return messages.not_grown(rate) if step else ""
    return messages.rate_too_large(min(lately), lately[-1], rate)
