"""The gradient of a row of scores

A row of the table has scores, one for each sign, and softmax turns them into probabilities. The
pairs that begin in this row end in `targets`, a list of places such as [2, 2, 0]. Write
`row_gradient(scores, targets)`: the grad of each score in the *mean* cross-entropy of all targets,
as a list of floats. Use the rule of lesson 23, or work it out on paper; `backward()` is not needed.
"""

from math import exp


def row_gradient(scores, targets):
    # <solution>
    powers = [exp(s - max(scores)) for s in scores]
    grads = []
    for i, power in enumerate(powers):
        share = targets.count(i) / len(targets)
        grads.append(power / sum(powers) - share)
    return grads
    # </solution>


if __name__ == "__main__":
    print(row_gradient([0.0, 0.0, 0.0], [2, 2, 0]))


# <checker>
import math

from micrograd.course.exercises.checking import compare

HINTS = (
    "Lesson 23: the grad of a score is its probability minus its share among the pairs of the row.",
    "The probability is exp(s) / (sum of all exp); the share is targets.count(i) / len(targets).",
    "Both for each place i, also for places that are no target: there the share is 0.",
)
RIGHT = [
    """
    from micrograd import Value
    from micrograd.losses import cross_entropy
    values = [Value(s) for s in scores]
    cross_entropy([values] * len(targets), targets).backward()
    return [v.grad for v in values]
    """,
]
AFTER = {
    "another": """
    largest = max(scores)
    total = sum(exp(s - largest) for s in scores)
    grads = [exp(s - largest) / total for s in scores]
    for t in targets:
        grads[t] -= 1 / len(targets)
    return grads
    """,
    "remark": "The grads add up to 0: what one score gains, the others lose. Lesson 26 "
    "makes use of that.",
}
SOFTMAX = "powers = [exp(s) for s in scores]\nps = [x / sum(powers) for x in powers]\n"
SHARES = "shares = [targets.count(i) / len(targets) for i in range(len(scores))]\n"
BOTH = SOFTMAX + SHARES
WRONG = {
    BOTH + "return [q - p for p, q in zip(ps, shares)]": "the sign is wrong",
    BOTH + "return ps": "only the probabilities",
    SOFTMAX + "return [(p - targets.count(i)) / len(targets) for i, p in enumerate(ps)]": (
        "the probabilities are divided"
    ),
    BOTH + "return [-q for q in shares]": "only minus the shares",
    BOTH + "return [len(targets) * (p - q) for p, q in zip(ps, shares)]": "the sum over",
    BOTH + "return [(p - q) / len(scores) for p, q in zip(ps, shares)]": "number of scores",
    BOTH + "return [p - (i in targets) for i, p in enumerate(ps)]": "however often",
    SOFTMAX + "gs = ps[:]\nfor t in targets:\n    gs[t] = ps[t] - 1 / len(targets)\nreturn gs": (
        "counts once here"
    ),
    BOTH + "return [p - (i == targets[-1]) for i, p in enumerate(ps)]": "only the last target",
    BOTH + "return [p - (i == targets[0]) for i, p in enumerate(ps)]": "only the first target",
    BOTH + "return [p - targets.count(i) for i, p in enumerate(ps)]": "the counts are subtracted",
    BOTH + "return [s - q for s, q in zip(scores, shares)]": "score minus share",
    BOTH + "return [p - targets.count(s) / len(targets) for p, s in zip(ps, scores)]": (
        "the scores are counted"
    ),
    SHARES + "return [1 / len(scores) - q for q in shares]": "in place of the probability",
    BOTH + "return [x - q for x, q in zip(powers, shares)]": "exp is not yet a probability",
    BOTH + "return [p * (1 - p) - q for p, q in zip(ps, shares)]": "p * (1 - p)",
    BOTH + "return [(p - q) if q else 0.0 for p, q in zip(ps, shares)]": "no target get 0",
    BOTH + "return [-q / p for p, q in zip(ps, shares)]": "with respect to the probabilities",
    SOFTMAX + "kinds = set(targets)\n"
    "return [p - (i in kinds) / len(kinds) for i, p in enumerate(ps)]": "the same share",
    "for i, s in enumerate(scores):\n    scores[i] = exp(s)\ntotal = sum(scores)\n"
    "return [s / total - targets.count(i) / len(targets) for i, s in enumerate(scores)]": (
        "belongs to the caller"
    ),
    SOFTMAX
    + "return [sum(p - (i == t) for t in targets[1:]) / len(targets[1:]) "
    + "for i, p in enumerate(ps)]": "the first target is left out",
}


def softmax_of(scores):
    powers = [math.exp(s - max(scores)) for s in scores]
    return [power / math.fsum(powers) for power in powers]


def shares_of(targets, count):
    return [targets.count(i) / len(targets) for i in range(count)]


def minus(xs, ys):
    return [x - y for x, y in zip(xs, ys)]


def one_hot(place, count):
    return [float(i == place) for i in range(count)]


def right(scores, targets):
    return minus(softmax_of(scores), shares_of(targets, len(scores)))


def of(formula):
    """Return formula(ps, qs, count, n), with probabilities and shares, as a function of a case."""

    def grads(scores, targets):
        count = len(scores)
        return formula(softmax_of(scores), shares_of(targets, count), count, len(targets))

    return grads


def kinds_of(targets, count):
    return [float(i in targets) for i in range(count)]


MISTAKES = {
    "a target that comes twice counts once here: subtract 1 / len(targets) each time": of(
        lambda ps, qs, count, n: [p - (q > 0) / n for p, q in zip(ps, qs)]
    ),
    "the sign is wrong: it is probability minus share, so that the score of a target that comes "
    "too seldom goes up": of(lambda ps, qs, count, n: minus(qs, ps)),
    "these are only the probabilities: subtract the share of each place": of(
        lambda ps, qs, count, n: ps
    ),
    "these are only minus the shares: the probability is added": of(
        lambda ps, qs, count, n: [-q for q in qs]
    ),
    "this belongs to the sum over the targets: their mean is asked for": of(
        lambda ps, qs, count, n: [n * x for x in minus(ps, qs)]
    ),
    "this is divided by the number of scores: the mean is over the targets": of(
        lambda ps, qs, count, n: [x / count for x in minus(ps, qs)]
    ),
    "1 is subtracted at each target, however often it comes: subtract its share": (
        lambda scores, targets: minus(softmax_of(scores), kinds_of(targets, len(scores)))
    ),
    "all targets have the same share here, however often each comes: count them": (
        lambda scores, targets: minus(
            softmax_of(scores), [x / len(set(targets)) for x in kinds_of(targets, len(scores))]
        )
    ),
    "only the last target counts: subtract the share of each": lambda scores, targets: minus(
        softmax_of(scores), one_hot(targets[-1], len(scores))
    ),
    "only the first target counts: subtract the share of each": lambda scores, targets: minus(
        softmax_of(scores), one_hot(targets[0], len(scores))
    ),
    "the counts are subtracted: the shares are asked for, counts divided by their total": of(
        lambda ps, qs, count, n: minus(ps, [n * q for q in qs])
    ),
    "this is score minus share: take the probability, the softmax of the scores": (
        lambda scores, targets: minus(scores, shares_of(targets, len(scores)))
    ),
    "the scores are counted among the targets: count the places, 0, 1, 2 and so on": (
        lambda scores, targets: minus(
            softmax_of(scores), [targets.count(s) / len(targets) for s in scores]
        )
    ),
    "the probabilities are divided by the number of targets, too: only the counts are": of(
        lambda ps, qs, count, n: minus([p / n for p in ps], qs)
    ),
    "exp is not yet a probability: divide by the sum of all": lambda scores, targets: minus(
        [math.exp(s) for s in scores], shares_of(targets, len(scores))
    ),
    "that has 1/n in place of the probability: take the softmax of the scores": of(
        lambda ps, qs, count, n: minus([1 / count] * count, qs)
    ),
    "p * (1 - p) is the derivative of p itself: in the loss, minus the log of p, the p in front "
    "cancels": of(lambda ps, qs, count, n: minus([p * (1 - p) for p in ps], qs)),
    "the places that are no target get 0: their probability has to go down, too": of(
        lambda ps, qs, count, n: [p - q if q else 0.0 for p, q in zip(ps, qs)]
    ),
    "this is the gradient with respect to the probabilities, not to the scores": of(
        lambda ps, qs, count, n: [-q / p for p, q in zip(ps, qs)]
    ),
    "the first target is left out": lambda scores, targets: minus(
        softmax_of(scores), shares_of(targets[1:], len(scores))
    ),
}
CASES = [
    ([0.5, -1.0, 2.0], [1, 1, 0, 1, 0]),
    ([0.3, 1.1, -0.7, 0.0, 2.0], [4, 0, 4, 2, 2, 2]),
    ([-0.4, 0.9, 0.2], [2, 0, 2]),
    ([1.5, -0.5], [1]),
]


def check_small_scores(row_gradient):
    """row_gradient([0.5, -1.0, 2.0], [1, 1, 0, 1, 0]), and other scores and targets"""
    compare(row_gradient, right, CASES, "grad {}", "scores = {} and targets = {}", MISTAKES)


def check_large_scores(row_gradient):
    """row_gradient([400.0, 398.0, 399.0], [0, 1])"""
    points = [([400.0, 398.0, 399.0], [0, 1])]
    compare(row_gradient, right, points, "grad {}", "scores = {} and targets = {}")


# </checker>
