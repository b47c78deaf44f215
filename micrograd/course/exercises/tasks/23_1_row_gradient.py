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

from micrograd.course.exercises.checking import near, numbers, recognise, show

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
    BOTH + "return [-q for q in shares]": "only minus the shares",
    BOTH + "return [len(targets) * (p - q) for p, q in zip(ps, shares)]": "the sum over",
    BOTH + "return [(p - q) / len(scores) for p, q in zip(ps, shares)]": "number of scores",
    BOTH + "return [p - (i in targets) for i, p in enumerate(ps)]": "however often",
    BOTH + "return [p - (i == targets[-1]) for i, p in enumerate(ps)]": "only the last target",
    BOTH + "return [p - (i == targets[0]) for i, p in enumerate(ps)]": "only the first target",
    BOTH + "return [p - targets.count(i) for i, p in enumerate(ps)]": "the counts are subtracted",
    BOTH + "return [s - q for s, q in zip(scores, shares)]": "score minus share",
    SHARES + "return [1 / len(scores) - q for q in shares]": "in place of the probability",
    BOTH + "return [x - q for x, q in zip(powers, shares)]": "exp is not yet a probability",
    BOTH + "return [p * (1 - p) - q for p, q in zip(ps, shares)]": "p * (1 - p)",
    BOTH + "return [(p - q) if q else 0.0 for p, q in zip(ps, shares)]": "no target get 0",
    BOTH + "return [-q / p for p, q in zip(ps, shares)]": "with respect to the probabilities",
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


def mistakes(scores, targets):
    """Return {sentence: the gradient that the mistake leads to}."""
    count, n = len(scores), len(targets)
    ps, qs = softmax_of(scores), shares_of(targets, count)
    right = minus(ps, qs)
    return {
        "the sign is wrong: it is probability minus share, so that the score of a target that "
        "comes too seldom goes up": minus(qs, ps),
        "these are only the probabilities: subtract the share of each place": ps,
        "these are only minus the shares: the probability is added": [-q for q in qs],
        "this belongs to the sum over the targets: their mean is asked for": [n * x for x in right],
        "this is divided by the number of scores: the mean is over the targets": [
            x / count for x in right
        ],
        "1 is subtracted at each target, however often it comes: subtract its share": minus(
            ps, [float(i in targets) for i in range(count)]
        ),
        "only the last target counts: subtract the share of each": minus(
            ps, one_hot(targets[-1], count)
        ),
        "only the first target counts: subtract the share of each": minus(
            ps, one_hot(targets[0], count)
        ),
        "the counts are subtracted: the shares are asked for, counts divided by their total": minus(
            ps, [n * q for q in qs]
        ),
        "this is score minus share: take the probability, the softmax of the scores": minus(
            scores, qs
        ),
        "exp is not yet a probability: divide by the sum of all": minus(
            [math.exp(s) for s in scores], qs
        ),
        "that has 1/n in place of the probability: take the softmax of the scores": minus(
            [1 / count] * count, qs
        ),
        "p * (1 - p) is the derivative of p itself: in the loss, minus the log of p, the p in "
        "front cancels": minus([p * (1 - p) for p in ps], qs),
        "the places that are no target get 0: their probability has to go down, too": [
            x if q else 0.0 for x, q in zip(right, qs)
        ],
        "this is the gradient with respect to the probabilities, not to the scores": [
            -q / p for p, q in zip(ps, qs)
        ],
        "the first target is left out": minus(ps, shares_of(targets[1:], count)),
    }


def examine(row_gradient, scores, targets):
    given, kept = list(scores), list(targets)
    answer = numbers(row_gradient(given, kept), len(scores))
    wanted = minus(softmax_of(scores), shares_of(targets, len(scores)))
    if max(abs(x - y) for x, y in zip(answer, wanted)) > 1e-9:
        recognise(answer, mistakes(scores, targets))
    near(answer, wanted, f"row_gradient({show(scores)}, {targets})")


def check_three_scores(row_gradient):
    """row_gradient([0.5, -1.0, 2.0], [1, 1, 0, 1, 0])"""
    examine(row_gradient, [0.5, -1.0, 2.0], [1, 1, 0, 1, 0])


def check_a_target_that_never_comes(row_gradient):
    """five scores, two of which are no target"""
    examine(row_gradient, [0.3, 1.1, -0.7, 0.0, 2.0], [4, 0, 4, 2, 2, 2])


def check_a_single_target(row_gradient):
    """a single target: probability minus 1 there"""
    examine(row_gradient, [1.5, -0.5], [1])


def check_large_scores(row_gradient):
    """row_gradient([400.0, 398.0, 399.0], [0, 1])"""
    examine(row_gradient, [400.0, 398.0, 399.0], [0, 1])


# </checker>
