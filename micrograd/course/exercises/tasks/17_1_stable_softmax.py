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

from micrograd.course.exercises.checking import Wrong, compare, numbers, show, unchanged

HINTS = (
    "exp(x - c) is exp(x) / exp(c): in each probability exp(c) cancels.",
    "exp overflows above 709, but below 0 it lies between 0 and 1. Which c makes every x - c <= 0?",
    "With c = max(xs), take exp(x - c) for each x, and divide each by their sum.",
)
RIGHT = (
    "c = sorted(xs)[-1]\nweights = tuple(exp(x - c) for x in xs)\n"
    "return [w / sum(weights) for w in weights]",
    """
    from math import log
    c = max(xs)
    logsum = c + log(sum(exp(x - c) for x in xs))
    return [exp(x - logsum) for x in xs]
    """,
)
POWERS = "return [power / sum(powers) for power in powers]"
WRONG = {
    "powers = [exp(x) for x in xs]\n" + POWERS: "nothing is subtracted",
    "c = min(xs)\npowers = [exp(x - c) for x in xs]\n" + POWERS: "the smallest",
    "c = sum(xs) / len(xs)\npowers = [exp(x - c) for x in xs]\n" + POWERS: "the mean",
    "c = xs[0]\npowers = [exp(x - c) for x in xs]\n" + POWERS: "the first",
    "c = xs[-1]\npowers = [exp(x - c) for x in xs]\n" + POWERS: "the last",
    "c = sorted(xs)[len(xs) // 2]\npowers = [exp(x - c) for x in xs]\n" + POWERS: "the median",
    "c = max(xs)\npowers = [exp(x) - c for x in xs]\n" + POWERS: "after exp",
    "c = max(xs)\npowers = [exp(c - x) for x in xs]\n" + POWERS: "the smallest probability",
    "c = max(xs)\nreturn [exp(x - c) for x in xs]": "add up to 1",
    "powers = [exp(x - 1000.0) for x in xs]\n" + POWERS: "`1000.0`",
    "c = max(xs)\npowers = [exp(x / c) for x in xs]\n" + POWERS: "divided by the largest",
    "c = max(xs)\npowers = [exp(x - c) for x in xs]\nreturn [p / max(powers) for p in powers]": (
        "add up to 1"
    ),
    "powers = [exp(min(x, 700)) for x in xs]\n" + POWERS: "cut off",
    "powers = [exp(max(min(x, 700), -700)) for x in xs]\n" + POWERS: "cut off",
    "c = max(xs)\nreturn [exp(x - c) / sum(exp(y) for y in xs) for x in xs]": "different powers",
    "c = max(xs)\npowers = [exp(x - c) for x in sorted(xs)]\n" + POWERS: "order",
    "xs.sort()\nc = xs[-1]\npowers = [exp(x - c) for x in xs]\n" + POWERS: "belongs to the caller",
    "c = max(abs(x) for x in xs)\npowers = [exp(x - c) for x in xs]\n" + POWERS: "every exp is 0",
}
AFTER = {
    "another": RIGHT[1],
    "remark": "log of the sum of the exps is a function of its own in every library: logsumexp.",
}
SMALL = [([0.5, -1.5, 2.0],), ([1.2, 0.3],), ([-0.7, 0.0, 0.4, 1.9],), ([0.6, 0.6],)]
LARGE = [
    [1000.0, 1001.0, 999.0], [0.0, 1000.0], [1000.0, 0.0, 5.0], [-800.0, -3.0, -2.0],
    [0.0, 0.0, 0.0, 0.0, 1000.0], [1000.0, 0.0, 0.0, 0.0, 0.0], [0.0, 900.0, 0.0],
    [-1000.0, -1001.0, -999.0, -1000.5], [-4000.0],
]  # fmt: skip


def normalize(weights):
    return [w / math.fsum(weights) for w in weights]


def probabilities(xs):
    return normalize([math.exp(x - max(xs)) for x in xs])


def run(softmax, xs):
    kept = list(xs)
    with unchanged(xs=kept):
        return numbers(softmax(kept), len(xs))


def check_small_scores(softmax):
    """softmax([0.5, -1.5, 2.0]) and others, where nothing can overflow"""

    def of_powers(formula):
        return lambda xs: formula([math.exp(x) for x in xs], xs)

    compare(
        lambda xs: run(softmax, xs),
        probabilities,
        SMALL,
        "probability {}",
        "softmax({})",
        {
            "the largest score is subtracted after exp, which changes the result: exp(x - c), not "
            "exp(x) - c": of_powers(lambda ps, xs: normalize([p - max(xs) for p in ps])),
            "the largest score has the smallest probability: write x - c, not c - x": (
                of_powers(lambda ps, xs: normalize([1 / p for p in ps]))
            ),
            "numerator and denominator use different powers: subtract c in both": (
                of_powers(lambda ps, xs: [p / max(ps) / sum(ps) for p in ps])
            ),
            "these do not add up to 1: divide each by the sum of all": (
                of_powers(lambda ps, xs: [p / max(ps) for p in ps])
            ),
            "these do not add up to 1: divide the exp of each by their sum": (
                of_powers(lambda ps, xs: ps)
            ),
            "the scores are divided by the largest: subtract it": (
                lambda xs: normalize([math.exp(x / max(xs)) for x in xs])
            ),
            "the probabilities are in the wrong order": lambda xs: sorted(probabilities(xs)),
        },
    )


CHOICES = {
    "c is the smallest score": min,
    "c is the mean of the scores, and a score can lie far above it": lambda xs: sum(xs) / len(xs),
    "c is the first score": lambda xs: xs[0],
    "c is the last score": lambda xs: xs[-1],
    "c is the median, and a score can lie far above it": lambda xs: sorted(xs)[len(xs) // 2],
    "c is the largest absolute value": lambda xs: max(map(abs, xs)),
}


CUT_OFF = (
    "scores that differ get the same probability, as if they were cut off: subtract the largest "
    "from each instead"
)
SHORT = {"overflow": "an exp overflows", "zero": "every exp is 0"}


def outcome(xs, c):
    """Return what becomes of softmax with this c: "right", "overflow" or "zero"."""
    try:
        powers = [math.exp(x - c) for x in xs]
    except OverflowError:
        return "overflow"
    return "right" if sum(powers) else "zero"


def check_large_scores(softmax):
    """softmax([1000.0, 1001.0, 999.0]), and others with very large or very small scores"""
    seen, answers = [], {}
    for xs in LARGE:
        try:
            answer = answers[tuple(xs)] = run(softmax, xs)
            seen.append("right" if all(map(math.isfinite, answer)) else "overflow")
        except OverflowError:
            seen.append("overflow")
        except ZeroDivisionError:
            seen.append("zero")
    wrong = [i for i, end in enumerate(seen) if end != "right"]
    if any(equal_for_different(xs, ps) for xs, ps in answers.items()):
        raise Wrong(f"{CUT_OFF}.", CUT_OFF)
    if wrong:
        raise choice_of(seen, LARGE[wrong[0]], seen[wrong[0]])
    points = [(xs,) for xs in LARGE]
    compare(lambda xs: run(softmax, xs), probabilities, points, "probability {}", "softmax({})")


def equal_for_different(xs, ps):
    """Return whether two scores that differ have the same probability, which is not too small."""
    pairs = [(x, p) for x, p in zip(xs, ps) if 1e-9 < p < 1.0]
    return any(x != y and p == q for x, p in pairs for y, q in pairs)


def choice_of(seen, xs, end):
    """Return the error that says which c gives these outcomes."""
    texts = {
        "overflow": f"softmax({show(xs)}) overflows, because exp is taken of a large number",
        "zero": f"softmax({show(xs)}) divides by 0, because every exp is 0",
    }
    if seen == [outcome(each, 0.0) for each in LARGE]:
        text = f"softmax({show(xs)}) overflows: nothing is subtracted from the scores before exp."
        return Wrong(text, "nothing is subtracted")
    for sentence, c in CHOICES.items():
        if seen == [outcome(each, c(each)) for each in LARGE]:
            more = "choose c so that no x - c is above 0, and one is 0"
            return Wrong(f"{texts[end]}: it seems that {sentence}; {more}.", sentence)
    more = "which number, subtracted from every score, makes the largest one 0?"
    return Wrong(f"{texts[end]}: {more}", SHORT[end])


# </checker>
