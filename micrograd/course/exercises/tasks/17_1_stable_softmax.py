"""A softmax that does not overflow

The softmax of a list of scores is exp(x) / (sum of all exp(x)), for each x: probabilities that add
up to 1. But exp(1000.0) is too large for a float. You may subtract the same number from every score
without changing the result; choose the number with which no exp can overflow, whatever the scores.

`softmax(xs)` takes a list of floats and returns a list of as many floats:
softmax([1000.0, 1001.0, 999.0]) is about [0.24473, 0.66524, 0.09003].
"""

from math import exp


def softmax(xs):
    # <solution>
    largest = max(xs)
    powers = [exp(x - largest) for x in xs]
    total = sum(powers)
    return [power / total for power in powers]
    # </solution>


# <checker>
import math

from micrograd.course.exercises.checking import Wrong, near, numbers, recognise, show

HINTS = (
    "exp(x - c) is exp(x) / exp(c): in each probability exp(c) cancels.",
    "exp overflows above 709, but below 0 it lies between 0 and 1. Which c makes every x - c <= 0?",
    "With c = max(xs), take exp(x - c) for each x, and divide each by their sum.",
)
WRONG = {
    """
    powers = [exp(x) for x in xs]
    return [power / sum(powers) for power in powers]
    """: "nothing is subtracted",
    """
    c = min(xs)
    powers = [exp(x - c) for x in xs]
    return [power / sum(powers) for power in powers]
    """: "the smallest",
    """
    c = sum(xs) / len(xs)
    powers = [exp(x - c) for x in xs]
    return [power / sum(powers) for power in powers]
    """: "the mean",
    """
    c = max(xs)
    powers = [exp(x) - c for x in xs]
    return [power / sum(powers) for power in powers]
    """: "after exp",
    """
    c = max(xs)
    powers = [exp(c - x) for x in xs]
    return [power / sum(powers) for power in powers]
    """: "the smallest probability",
    """
    c = max(xs)
    return [exp(x - c) for x in xs]
    """: "add up to 1",
    """
    powers = [exp(x - 1000.0) for x in xs]
    return [power / sum(powers) for power in powers]
    """: "every exp is 0",
}


def normalize(weights):
    return [w / math.fsum(weights) for w in weights]


def run_softmax(xs, reason):
    """Return the answer for xs. Wrong, with the reason, if an exp was too large."""
    try:
        answer = numbers(softmax(list(xs)), len(xs))
    except OverflowError:
        raise Wrong(f"softmax({show(xs)}) overflows: {reason}.") from None
    except ZeroDivisionError:
        raise Wrong(
            f"softmax({show(xs)}) divides by 0, because every exp is 0: choose what to subtract "
            "from the scores."
        ) from None
    if not all(map(math.isfinite, answer)):
        raise Wrong(f"softmax({show(xs)}) is {show(answer)}: {reason}.")
    return answer


def examine(xs, reason):
    c = max(xs)
    wanted = normalize([math.exp(x - c) for x in xs])
    near(run_softmax(xs, reason), wanted, f"softmax({show(xs)})")


def check_small_scores():
    """softmax([0.5, -1.5, 2.0]), where nothing can overflow"""
    xs = [0.5, -1.5, 2.0]
    answer, powers = run_softmax(xs, "no score is large"), [math.exp(x) for x in xs]
    recognise(
        answer,
        {
            "the largest score is subtracted after exp, which changes the result: exp(x - c), not "
            "exp(x) - c": normalize([p - 2.0 for p in powers]),
            "the largest score has the smallest probability: write x - c, not c - x": normalize(
                [1 / p for p in powers]
            ),
            "numerator and denominator use different powers: subtract c in both": [
                p / powers[2] / sum(powers) for p in powers
            ],
            "these do not add up to 1: divide each by the sum of all": [
                p / powers[2] for p in powers
            ],
            "these do not add up to 1: divide the exp of each by their sum": powers,
        },
    )
    near(answer, normalize(powers), "softmax([0.5, -1.5, 2])")


def check_large_scores():
    """softmax([1000.0, 1001.0, 999.0])"""
    examine([1000.0, 1001.0, 999.0], "exp(1000) is too large, and nothing is subtracted first")


def check_far_apart():
    """scores far apart: [0.0, 1000.0] and [-800.0, -3.0, -2.0]"""
    smallest = "x - c is still large: is c the smallest score"
    examine([0.0, 1000.0], smallest)
    examine([-800.0, -3.0, -2.0], smallest)


def check_one_far_above_the_others():
    """one score far above many: [0.0, 0.0, 0.0, 0.0, 1000.0]"""
    mean = "x - c is still large: is c the mean? A score can lie far above it"
    examine([0.0, 0.0, 0.0, 0.0, 1000.0], mean)


def check_very_small_scores():
    """very small scores: [-1000.0, -1001.0, -999.0, -1000.5], and a single one"""
    examine([-1000.0, -1001.0, -999.0, -1000.5], "no score is large")
    examine([-4000.0], "no score is large")


# </checker>
