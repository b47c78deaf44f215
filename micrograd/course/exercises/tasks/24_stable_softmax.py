"""A softmax that does not overflow

The softmax of a list of scores is exp(x) / (sum of all exp(x)), for each x: shares that add up to
1. But exp(1000.0) is too large for a float. The same number may be taken from every score without
any change of the shares; take the one after which no exp can overflow, whatever the scores.

`softmax(xs)` takes a list of floats and returns a list of as many floats:
softmax([1000.0, 1001.0, 999.0]) is about [0.24473, 0.66524, 0.09003].
"""

from math import exp


def softmax(xs):
    # <solution>
    largest = max(xs)
    shares = [exp(x - largest) for x in xs]
    total = sum(shares)
    return [share / total for share in shares]
    # </solution>


# <checker>
import math

from micrograd.course.exercises.checking import Wrong, near, numbers, recognise, shown

NEEDS = 17
HINTS = (
    "exp(x - c) is exp(x) / exp(c): in each share the exp(c) cancels, above and below.",
    "exp overflows above 709, and below 0 it is between 0 and 1. Which c makes every x - c <= 0?",
    "With c = max(xs), take exp(x - c) for each x, and divide each by the sum of them.",
)
WRONG = {
    """
    shares = [exp(x) for x in xs]
    return [share / sum(shares) for share in shares]
    """: "nothing is subtracted",
    """
    c = min(xs)
    shares = [exp(x - c) for x in xs]
    return [share / sum(shares) for share in shares]
    """: "the smallest",
    """
    c = sum(xs) / len(xs)
    shares = [exp(x - c) for x in xs]
    return [share / sum(shares) for share in shares]
    """: "the mean",
    """
    c = max(xs)
    shares = [exp(x) - c for x in xs]
    return [share / sum(shares) for share in shares]
    """: "after exp",
    """
    c = max(xs)
    shares = [exp(c - x) for x in xs]
    return [share / sum(shares) for share in shares]
    """: "the largest score has the smallest share",
    """
    c = max(xs)
    return [exp(x - c) for x in xs]
    """: "add up to 1",
    """
    shares = [exp(x - 1000.0) for x in xs]
    return [share / sum(shares) for share in shares]
    """: "every exp is 0",
}


def shares_of(weights):
    return [w / math.fsum(weights) for w in weights]


def found_for(xs, reason):
    """The answer for xs; Wrong, with the reason, where an exp was too large."""
    try:
        found = numbers(softmax(list(xs)), len(xs))
    except OverflowError:
        raise Wrong(f"softmax({shown(xs)}) overflows: {reason}.") from None
    except ZeroDivisionError:
        raise Wrong(
            f"softmax({shown(xs)}) divides by 0: every exp is 0 there, so subtract more or less, "
            "by what the scores are."
        ) from None
    if not all(map(math.isfinite, found)):
        raise Wrong(f"softmax({shown(xs)}) is {shown(found)}: {reason}.")
    return found


def looked_at(xs, reason):
    c = max(xs)
    wanted = shares_of([math.exp(x - c) for x in xs])
    near(found_for(xs, reason), wanted, f"softmax({shown(xs)})")


def check_small_scores():
    """softmax([0.5, -1.5, 2.0]), where nothing can overflow"""
    xs = [0.5, -1.5, 2.0]
    found, powers = found_for(xs, "there is nothing large in it"), [math.exp(x) for x in xs]
    recognise(
        found,
        {
            "the largest is subtracted after exp, where it changes the shares: exp(x - c), not "
            "exp(x) - c": shares_of([p - 2.0 for p in powers]),
            "the largest score has the smallest share: it is x - c, not c - x": shares_of(
                [1 / p for p in powers]
            ),
            "below stands the sum of other exps than above: subtract c in both": [
                p / powers[2] / sum(powers) for p in powers
            ],
            "these do not add up to 1: divide each by the sum of all": [
                p / powers[2] for p in powers
            ],
            "these do not add up to 1: the exp of each is there, and not divided by their "
            "sum": powers,
        },
    )
    near(found, shares_of(powers), "softmax([0.5, -1.5, 2])")


def check_large_scores():
    """softmax([1000.0, 1001.0, 999.0])"""
    looked_at([1000.0, 1001.0, 999.0], "exp(1000) is too large, and nothing is subtracted before")


def check_far_apart():
    """scores far apart: [0.0, 1000.0] and [-800.0, -3.0, -2.0]"""
    smallest = "x - c is still large there: is c the smallest score"
    looked_at([0.0, 1000.0], smallest)
    looked_at([-800.0, -3.0, -2.0], smallest)


def check_one_far_above_the_others():
    """one score far above many: [0.0, 0.0, 0.0, 0.0, 1000.0]"""
    mean = "x - c is still large there: is c the mean, above which a score can be far"
    looked_at([0.0, 0.0, 0.0, 0.0, 1000.0], mean)


def check_very_small_scores():
    """very small scores: [-1000.0, -1001.0, -999.0, -1000.5], and a single one"""
    looked_at([-1000.0, -1001.0, -999.0, -1000.5], "nothing is large there")
    looked_at([-4000.0], "nothing is large there")


# </checker>
