"""Losses: how wrong an output is, as one number to make small.

Rule: written with operators and ops alone, so that they run on floats, Values and whatever else has
these. Each takes one output and its target, or a list of outputs with a list of targets, and
returns their mean.
"""

from collections.abc import Callable
from functools import reduce

from micrograd import errors
from micrograd.ops import Arithmetic, detach, exp, log, maximum, relu, softplus, take


def mean_squared_error(outputs, targets):
    """The mean of (output - target)**2."""
    return mean_over(lambda output, target: (output - target) ** 2, outputs, targets)


def hinge(scores, targets):
    """The max-margin loss of a support vector machine, the mean of relu(1 - target * score).

    `targets` are +1 or -1. Zero once every score is on its side of 0 by a margin of 1.
    """
    return mean_over(lambda score, target: relu(1 + -target * score), scores, targets)


def binary_cross_entropy(scores, targets):
    """The mean of -log of the probability that sigmoid(score) gives to the target, 0 or 1.

    As `torch.nn.functional.binary_cross_entropy_with_logits`; for labels y of +1 and -1 the targets
    are (y + 1) / 2. Never overflows, and stays exact where the probability rounds to 0 or 1.
    """
    return mean_over(
        lambda score, target: target * softplus(-score) + (1 - target) * softplus(score),
        scores,
        targets,
    )


def cross_entropy(scores, targets):
    """The mean of -log of the probability that softmax(scores) gives to the target class.

    One example is a list of scores and the index of its class; several are a list of such lists and
    a list of such indices. Raises IndexError for a class outside 0 .. len(scores) - 1.
    """
    return mean_over(negative_log_likelihood, scores, targets)


def negative_log_likelihood(scores, target):
    return logsumexp(scores) - take(scores, target)


def logsumexp(xs):
    """log(sum(exp(x))), where no exp overflows: the largest x is taken out first."""
    if not xs:
        raise errors.ShapeError(errors.empty("logsumexp"))
    largest = detach(greatest(xs))  # its grads would add up to 0
    return largest + log(sum(exp(x - largest) for x in xs))


def greatest(xs):
    """The greatest of `xs`, found in rounds, as in a tournament."""
    while len(xs) > 1:
        xs = [reduce(maximum, xs[i : i + 2]) for i in range(0, len(xs), 2)]
    return xs[0]


def log_softmax(xs) -> list:
    """[x - logsumexp(xs) for x in xs]: the logarithms of `softmax(xs)`, none of them -inf."""
    total = logsumexp(xs)
    return [x - total for x in xs]


def softmax(xs) -> list:
    """exp(x) / sum of all exp(x), for each x: positive numbers that add up to 1."""
    if not xs:
        raise errors.ShapeError(errors.empty("softmax"))
    largest = detach(greatest(xs))  # as in `logsumexp`
    powers = [exp(x - largest) for x in xs]
    total = sum(powers)
    return [power / total for power in powers]


def l2_penalty(parameters, alpha: float = 1e-4):
    """alpha times the sum of the squares, which keeps parameters small."""
    return alpha * sum(p * p for p in parameters)


def accuracy(scores, targets) -> float:
    """The share of examples that are on the right side: a plain float between 0 and 1.

    A score is right if it has its target's sign (two classes, +1 and -1); a list of scores if its
    largest stands at the target's index.
    """
    right = [is_right(*pair) for pair in pairs(scores, targets)]
    return sum(right) / len(right)


def is_right(score, target) -> bool:
    if hasattr(score, "__len__"):
        return bool(max(range(len(score)), key=score.__getitem__) == target)
    return bool((score > 0) == (target > 0))


def mean_over(loss: Callable, outputs, targets):
    """The mean of `loss(output, target)` over the examples."""
    losses = [loss(*pair) for pair in pairs(outputs, targets)]
    return sum(losses) * (1.0 / len(losses))


def pairs(outputs, targets) -> list[tuple]:
    """[(output, target), ...]; one pair if `targets` is a single one.

    Raises ShapeError for unequal or no lengths, ValueError for a target that is nan.
    """
    if not hasattr(targets, "__len__"):
        outputs, targets = [outputs], [targets]
    outputs = list(outputs)
    if len(outputs) != len(targets):
        raise errors.ShapeError(errors.unequal_lengths(len(outputs), len(targets)))
    if not len(targets):
        raise errors.ShapeError(errors.empty("the mean"))
    if any(target != target for target in targets if not isinstance(target, Arithmetic)):
        raise ValueError(errors.nan_target())
    return list(zip(outputs, targets))
