"""Losses: how wrong an output is, as one number to make small.

Rule: each is written with operators and ops alone, so that it runs on floats, Values and traced
numbers. It takes one output and its target, or a list of outputs and a list of targets, and returns
the mean over them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import reduce

from micrograd import errors
from micrograd.ops import Arithmetic, detach, exp, less, log, maximum, relu, softplus, take, where
from micrograd.support import foreign_names
from micrograd.support.arrays import as_lists
from micrograd.support.each import are_floats, each
from micrograd.support.lazy import load_on_demand
from micrograd.support.sums import add_all
from micrograd.support.wording import kind, plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    # The result is of the outputs' kind: Values give a Value, floats give a float.
    N = TypeVar("N", bound=Arithmetic | float)
    S = TypeVar("S", bound=Any)
    Targets = Any  # a number for one output; a list or an array of them for a list of outputs

__all__ = ["accuracy", "binary_cross_entropy", "cross_entropy", "hinge", "l2_penalty"]
__all__ += ["log_softmax", "logsumexp", "mean_squared_error", "softmax"]
load_on_demand(__name__, {}, foreign_names.LOSSES)


def mean_squared_error(outputs: N | Iterable[N], targets: Targets) -> N:
    """Return the mean of (output - target)**2.

    Raises ShapeError for lists that are empty or differ in length, and ValueError for a target that
    is nan; so do the other losses.

    >>> mean_squared_error([1.0, 2.0], [1.0, 4.0])
    2.0
    """
    return mean_over(loss_of_numbers(squared_error), outputs, targets)


def squared_error(output: Any, target: Any) -> Any:
    return (output - target) ** 2


def hinge(scores: N | Iterable[N], targets: Targets) -> N:
    """Return the max-margin loss of a support vector machine, the mean of relu(1 - target * score).

    `targets` are +1 or -1; others raise ValueError. The loss is 0 once every score is on its side
    of 0 by a margin of 1.

    >>> hinge([2.0, 0.5], [1.0, -1.0])
    0.75
    """
    return mean_over(loss_of_numbers(hinge_error), scores, targets)


def hinge_error(score: Any, target: Any) -> Any:
    check_sides([target])
    return relu(1 + -target * score)


def binary_cross_entropy(scores: N | Iterable[N], targets: Targets) -> N:
    """Return the mean of -log of the probability that sigmoid(score) gives to the target, 0 or 1.

    For labels y of +1 and -1 the targets are (y + 1) / 2; targets outside 0 to 1 raise
    ValueError. It never overflows, and stays exact where the probability rounds to 0 or 1. PyTorch
    calls it `binary_cross_entropy_with_logits`.

    >>> round(binary_cross_entropy([0.0, 2.0], [1, 0]), 4)
    1.41
    """
    return mean_over(loss_of_numbers(binary_error), scores, targets)


def binary_error(score: Any, target: Any) -> Any:
    check_probabilities([target])
    for_one = target * softplus(-score)
    for_zero = (1 - target) * softplus(score)
    return for_one + for_zero


def check_sides(targets: Iterable[Any]) -> None:
    """Raise ValueError for a target that is a number, but neither +1 nor -1."""
    for target in targets:
        if not isinstance(target, Arithmetic) and target * target != 1:
            raise ValueError(not_a_side(target))


def check_probabilities(targets: Iterable[Any]) -> None:
    """Raise ValueError for a target that is a number outside 0 to 1."""
    for target in targets:
        if not isinstance(target, Arithmetic) and not 0 <= target <= 1:
            raise ValueError(not_a_probability(target))


def cross_entropy(
    scores: Sequence[N] | Sequence[Sequence[N]],
    targets: Targets,
) -> N:
    """Return the mean of -log of the probability that softmax(scores) gives to the target class.

    One example is a list of scores and the index of its class; several are a list of such lists and
    a list of such indices. Raises IndexError for a class outside 0 .. len(scores) - 1.

    >>> round(cross_entropy([[2.0, 0.0, 0.0], [0.0, 0.0, 0.0]], [0, 2]), 4)
    0.6691
    """
    return mean_over(negative_log_likelihood, scores, targets)


def negative_log_likelihood(scores: Sequence[S], target: Any) -> S:
    """Return -log of the probability that softmax(scores) gives to the target, one example's."""
    scores = list_of_numbers(scores, "cross_entropy")
    check_class(target)
    return log_of_sum(scores, detach(greatest(scores))) - take(scores, target)


def logsumexp(xs: Sequence[S]) -> S:
    """Return log(sum(exp(x))). No exp overflows, because the largest x is subtracted first.

    If the largest is infinite it is the result. Raises ShapeError for an empty list.

    >>> logsumexp([1000.0, 0.0]), logsumexp([-math.inf, -math.inf])
    (1000.0, -inf)
    """
    xs = list_of_numbers(xs, "logsumexp")
    largest: Any = detach(greatest(xs))
    shift: Any = where(less(abs(largest), math.inf), largest, 0.0)  # inf - inf would be nan
    return log_of_sum(xs, shift)


def log_of_sum(xs: Sequence[S], shift: Any) -> S:
    """Return log(sum(exp(x))), where `shift`, near the largest x, keeps each exp from overflowing.

    The shift is detached, because its grads would add up to 0.
    """
    total: Any = shift + log(add_all(exp(x - shift) for x in xs))
    return total


def list_of_numbers(xs: Any, who: str) -> list[Any]:
    """Return `xs`, a list or an array of one axis, as a list. Raises ShapeError for others."""
    xs = as_lists(xs)
    if not isinstance(xs, Sequence) or isinstance(xs, str):
        raise errors.ShapeError(not_a_row(who, xs))
    if not len(xs):
        raise errors.ShapeError(empty(who))
    if isinstance(xs[0], list | tuple):
        raise errors.ShapeError(not_a_row(who, xs))
    return list(xs)


def greatest(xs: Sequence[S]) -> S:
    """Return the greatest of `xs`, found in rounds, as in a tournament, or one by one in floats."""
    if are_floats(xs):
        return reduce(maximum.forward, xs)
    while len(xs) > 1:
        starts = range(0, len(xs), 2)
        matches = [xs[i : i + 2] for i in starts]
        xs = [reduce(maximum, match) for match in matches]
    return xs[0]


def log_softmax(xs: Sequence[S]) -> list[S]:
    """Return x - logsumexp(xs) for each x: the logarithms of `softmax(xs)`.

    None of them is -inf if every x is finite; if the largest is infinite, each is nan, as in
    PyTorch. Raises ShapeError for an empty list.

    >>> log_softmax([1000.0, 0.0])
    [0.0, -1000.0]
    """
    xs = list_of_numbers(xs, "log_softmax")
    total = log_of_sum(xs, detach(greatest(xs)))
    return [x - total for x in xs]


def softmax(xs: Sequence[S]) -> list[S]:
    """Return exp(x) / (sum of all exp(x)) for each x: positive numbers that add up to 1.

    Raises ShapeError for an empty list.

    >>> softmax([0.0, 0.0])
    [0.5, 0.5]
    """
    xs = list_of_numbers(xs, "softmax")
    largest = detach(greatest(xs))  # as in `log_of_sum`
    powers = each(exp, [x - largest for x in xs])
    total = add_all(powers)
    return [power / total for power in powers]


def l2_penalty(parameters: Iterable[S], alpha: float = 1e-4) -> S:
    """Return alpha times the sum of the squares, which keeps parameters small.

    Raises TypeError for anything but a list of parameters.

    >>> l2_penalty([3.0, 4.0], alpha=0.1)
    2.5
    """
    if not isinstance(parameters, Iterable):
        raise TypeError(not_parameters(parameters))
    penalty: S = alpha * add_all(p * p for p in parameters)
    return penalty


def accuracy(scores: Any, targets: Targets) -> float:
    """Return the fraction of examples whose output is right, a float between 0 and 1.

    A single score is right if it has its target's sign (two classes, +1 and -1). A list of several
    scores is right if the largest stands at the target's index. A score that is nan is never right.
    For a probability p, pass p - 0.5. Raises ShapeError for a target that is a list of several
    numbers, TypeError for one that is a text.

    >>> accuracy([0.3, -2.0], [1, 1])
    0.5
    """
    right = [is_right(*pair) for pair in pairs(scores, targets)]
    return sum(right) / len(right)


def is_right(score: Any, target: Any) -> bool:
    score, target = number_in(score), number_in(target)
    check_class(target)
    if not all(map(is_ordered, score if is_row(score) else [score])):
        return False
    if is_row(score):
        classes = range(len(score))
        best = max(classes, key=score.__getitem__)
        return bool(best == target)
    return bool((score > 0) == (target > 0))


def check_class(target: Any) -> None:
    """Raise ShapeError for a target that is a list, TypeError for a text or None."""
    if is_row(target):
        raise errors.ShapeError(not_a_class(target))
    if target is None or isinstance(target, str):
        raise TypeError(not_a_class(target))


def is_ordered(x: Any) -> bool:
    """Return whether a score is not nan. Raises TypeError for what is no number."""
    if isinstance(x, str) or not hasattr(x, "__float__"):
        raise TypeError(not_a_score(x))
    return bool(x > 0 or x <= 0)


def mean_over(
    loss: Callable[..., Any],
    outputs: Any,
    targets: Targets,
) -> Any:
    """Return the mean of `loss(output, target)` over the examples."""
    losses = [loss(*pair) for pair in pairs(outputs, targets)]
    return add_all(losses) * (1.0 / len(losses))


def loss_of_numbers(loss: Callable[..., Any]) -> Callable[..., Any]:
    """Return `loss` for an output and a target that are numbers, or lists of equally many.

    A list of one number, as a layer with one output gives it, stands for the number.
    """

    def loss_of_pair(output: Any, target: Any) -> Any:
        output, target = number_in(output), number_in(target)
        if not is_row(output) and not is_row(target):
            return loss(output, target)
        if is_row(output) and is_row(target):
            return mean_over(loss_of_pair, output, target)
        raise errors.ShapeError(list_beside_number(output, target))

    return loss_of_pair


def number_in(x: Any) -> Any:
    """Return the number in a list of one, and anything else as it is."""
    return x[0] if is_row(x) and len(x) == 1 else x


def is_row(x: Any) -> bool:
    is_number = isinstance(x, Arithmetic) or getattr(x, "shape", None) == ()
    return not is_number and not isinstance(x, str) and hasattr(x, "__len__")


def pairs(outputs: Any, targets: Targets) -> list[tuple[Any, Any]]:
    """Return [(output, target), ...]; one pair if `targets` is a single number.

    Raises ShapeError for unequal or no lengths, ValueError for a target that is nan.
    """
    if not hasattr(targets, "__len__"):
        outputs, targets = [outputs], [targets]
    if not hasattr(outputs, "__iter__"):
        raise errors.ShapeError(one_output(outputs, len(targets)))
    outputs = list(outputs)
    if len(outputs) != len(targets):
        message = unequal_lengths(len(outputs), len(targets))
        raise errors.ShapeError(message)
    if not len(targets):
        raise errors.ShapeError(empty("The mean"))
    numbers = [x for x in targets if not isinstance(x, Arithmetic) and not is_row(x)]
    if any(number != number for number in numbers):
        raise ValueError(nan_target())
    return list(zip(outputs, targets))


# ----------------------------------------------------------------------------------------- messages


def unequal_lengths(outputs: int, targets: int) -> str:
    there_are = f"There are {plural(outputs, 'output')} but {plural(targets, 'target')}"
    return f"{there_are}. Pass one target for each output."


def one_output(output: object, targets: int) -> str:
    return (
        f"There is one output, {kind(output)}, but a list of {plural(targets, 'target')}. "
        "Pass a list of outputs, one for each target, or a target that is a number: for a y that "
        "is a column, y.ravel()."
    )


def list_beside_number(output: object, target: object) -> str:
    return (
        f"An output and its target must be two numbers or two lists, got {kind(output)} and "
        f"{kind(target)}. Give the last layer one output, or pass a target for each output; for "
        "classes, write cross_entropy."
    )


def not_parameters(got: object) -> str:
    return (
        f"l2_penalty() takes a list of parameters, got {kind(got)}. "
        "Write l2_penalty(model.parameters())."
    )


def not_a_class(target: object) -> str:
    advice = "the index of the 1: target.index(1)" if is_row(target) else "numbers, such as 0, 1, 2"
    return (
        f"The target of an example must be a number or the index of its class, got {kind(target)}. "
        f"Pass {advice}."
    )


def not_a_score(got: object) -> str:
    return (
        f"A score must be a number or a list of them, one for each class, got {kind(got)}. "
        "Pass the outputs of the model."
    )


def not_a_side(target: object) -> str:
    return (
        f"hinge takes targets of +1 and -1, got {target}. "
        "For labels of 0 and 1, write [2 * label - 1 for label in y]."
    )


def not_a_probability(target: object) -> str:
    return (
        f"A binary cross-entropy takes targets between 0 and 1, got {target}. "
        "For labels of +1 and -1, write [(label + 1) / 2 for label in y]."
    )


def nan_target() -> str:
    return "A target is nan, and no output can meet it. Drop the examples whose label is missing."


def empty(who: str) -> str:
    return f"{who} of an empty list is undefined. Pass at least one number."


def not_a_row(who: str, got: object) -> str:
    if isinstance(got, Arithmetic):
        advice = "Give the model's last layer an output for each class, as in MLP(2, [16, 3]), "
        advice += "and pass the index of the class as the target, not a list with a 1."
        return f"{who} takes one list of numbers for each example, got one number. {advice}"
    return (
        f"{who} takes one list of numbers for each example, got {kind(got)}. "
        "Several examples are a list of such lists, with a list of their targets."
    )
