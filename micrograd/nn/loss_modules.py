"""Losses as modules, by PyTorch's names and rules, over the functions of `micrograd.losses`.

Rule: a module says what the error of one output is; the base class pairs outputs with targets and
reduces. Outputs are a number, a list of them or a list of rows, and targets have their shape; where
a target is a class, each list of numbers has one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from micrograd import errors, losses
from micrograd.engine import Value
from micrograd.nn import messages
from micrograd.nn.network import Module
from micrograd.ops import Arithmetic, equal, less, log, maximum, minimum, take, where
from micrograd.ops import abs as absolute
from micrograd.support import foreign_keywords
from micrograd.support.arguments import require_numbers
from micrograd.support.arrays import nested_lists
from micrograd.support.nest import leaves, shape
from micrograd.support.sums import add_all
from micrograd.support.unknown_keywords import suggest_keywords

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

REDUCTIONS = ("mean", "sum", "none")
LEAST_PROBABILITY = 3.720075976020836e-44  # exp(-100): PyTorch's logarithms are at least -100


class Loss(Module):
    """The base of the losses. `reduction` is "mean", "sum", or "none" for the list of errors.

    Raises ValueError for another reduction, and ShapeError for targets of another shape.

    >>> MSELoss()([[1.0], [2.0]], [[1.0], [4.0]])
    2.0
    """

    @suggest_keywords(foreign_keywords.LOSS)
    def __init__(self, reduction: str = "mean"):
        if reduction not in REDUCTIONS:
            raise ValueError(errors.unknown_name("reduction", reduction, REDUCTIONS))
        self.reduction = reduction

    def __call__(self, outputs: Any, targets: Any) -> Any:
        pairs = self.pairs(nested_lists(outputs), nested_lists(targets))
        losses_of_each = [self.error(*pair) for pair in pairs]
        if self.reduction == "none":
            return losses_of_each
        scale = 1.0 / len(losses_of_each) if self.reduction == "mean" else 1.0
        return add_all(losses_of_each) * scale

    def pairs(self, outputs: Any, targets: Any) -> Sequence[tuple[Any, Any]]:
        """Return (output, target) for each number."""
        if shape(outputs) != shape(targets):
            message = messages.targets_of_another_shape(shape(outputs), shape(targets))
            raise errors.ShapeError(message)
        return losses.pairs(leaves(outputs), leaves(targets))

    def error(self, output: Any, target: Any) -> Any:
        """Return the loss of one output."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class ClassLoss(Loss):
    """The base of the losses of a class: an output is a list of numbers, a target an index."""

    def pairs(self, outputs: Any, targets: Any) -> Sequence[tuple[Any, Any]]:
        return losses.pairs(outputs, targets)


class MSELoss(Loss):
    """The mean of (output - target)**2."""

    def error(self, output: Any, target: Any) -> Any:
        return losses.squared_error(output, target)


class L1Loss(Loss):
    """The mean of |output - target|."""

    def error(self, output: Any, target: Any) -> Any:
        return absolute(output - target)


class HuberLoss(Loss):
    """The mean of e**2 / 2 for errors e of at most `delta`, and of delta (|e| - delta / 2) beyond.

    Raises ValueError for a `delta` that is not positive.
    """

    @suggest_keywords(foreign_keywords.LOSS)
    def __init__(self, reduction: str = "mean", delta: float = 1.0):
        super().__init__(reduction)
        require_numbers(delta=delta)
        if not delta:
            raise ValueError(messages.not_positive("delta", delta))
        self.delta = delta

    def error(self, output: Any, target: Any) -> Any:
        return huber(absolute(output - target), self.delta)


class SmoothL1Loss(Loss):
    """The loss of HuberLoss with delta = `beta`, divided by beta; with beta = 0 that of L1Loss."""

    @suggest_keywords(foreign_keywords.LOSS)
    def __init__(self, reduction: str = "mean", beta: float = 1.0):
        super().__init__(reduction)
        require_numbers(beta=beta)
        self.beta = beta

    def error(self, output: Any, target: Any) -> Any:
        distance = absolute(output - target)
        return huber(distance, self.beta) / self.beta if self.beta else distance


def huber(distance: Any, delta: float) -> Any:
    near = minimum(distance, delta)
    return 0.5 * near * near + delta * (distance - near)


class BCEWithLogitsLoss(Loss):
    """The mean of -log of the probability that sigmoid(output) gives to the target, 0 or 1."""

    def error(self, output: Any, target: Any) -> Any:
        return losses.binary_error(output, target)


class BCELoss(Loss):
    """The mean of -log of the probability of the target, 0 or 1; an output is that of 1.

    BCEWithLogitsLoss takes scores, and is exact where a probability rounds to 0 or 1. The gradient
    is that of the formula; PyTorch's is another one within 1e-12 of 0 and 1, where the formula has
    none. Raises ValueError for an output or a target outside 0 to 1.
    """

    def error(self, output: Any, target: Any) -> Any:
        is_traced = isinstance(output, Arithmetic) and not isinstance(output, Value)
        if not is_traced and not 0.0 <= output <= 1.0:
            raise ValueError(messages.not_an_output_probability(float(output)))
        losses.check_probabilities([target])
        for_one = target * log(maximum(output, LEAST_PROBABILITY))
        for_zero = (1.0 - target) * log(maximum(1.0 - output, LEAST_PROBABILITY))
        return -(for_one + for_zero)


class HingeEmbeddingLoss(Loss):
    """The mean of x for a target of 1, and of margin - x, if positive, for a target of -1.

    This is not the hinge loss of a classifier, which is `losses.hinge`.
    """

    @suggest_keywords(foreign_keywords.LOSS)
    def __init__(self, margin: float = 1.0, reduction: str = "mean"):
        super().__init__(reduction)
        require_numbers(least=-math.inf, margin=margin)
        self.margin = margin

    def error(self, output: Any, target: Any) -> Any:
        far = where(less(self.margin, output), 0.0, self.margin - output)
        return where(equal(target, 1.0), output, far)


class CrossEntropyLoss(ClassLoss):
    """The mean of -log of the probability that softmax(scores) gives to the target class.

    >>> round(CrossEntropyLoss()([[2.0, 0.0, 0.0], [0.0, 0.0, 0.0]], [0, 2]), 4)
    0.6691
    """

    def error(self, output: Any, target: Any) -> Any:
        return losses.negative_log_likelihood(output, target)


class NLLLoss(ClassLoss):
    """The mean of -x for the number x at the target's place: logarithms come from LogSoftmax."""

    def error(self, output: Any, target: Any) -> Any:
        losses.check_class(target)
        return -take(output, target)
