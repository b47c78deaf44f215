"""Turn scores into probabilities

`softmax(logits)` takes a list of Values, the scores of some classes, and returns the list of their
probabilities, which are Values too, in the same order. Every exp(logit) is positive; the
probability is exp(logit) divided by the sum of all of them. For [0.0, 3.0, -2.0, 1.0] the
probabilities are about [0.0418, 0.8390, 0.0057, 0.1135].
"""

from micrograd import exp


def softmax(logits):
    # <solution>
    counts = [exp(logit) for logit in logits]
    total = sum(counts)
    return [count / total for count in counts]
    # </solution>


# <checker>
import math

from micrograd import Value
from micrograd.course.exercises.checking import Unexplained, compare, numbers, show, unchanged

HINTS = (
    "First make every score positive, then make them add up to 1.",
    "Make a list of exp of each logit, and add it up with sum, which accepts Values.",
    "Divide each exp(logit) by the sum of them all, not by the largest or by their number.",
)
RIGHT = (
    "total = sum(exp(x) for x in logits)\nreturn [exp(x) / total for x in logits]",
    "return [1 / sum(exp(y - x) for y in logits) for x in logits]",
    """
    largest = max(x.data for x in logits)
    counts = [exp(x - largest) for x in logits]
    return [count / sum(counts) for count in counts]
    """,
)
WRONG = {
    "return [exp(x) for x in logits]": "divide each by their sum",
    """
    counts = [exp(x) for x in logits]
    return [count / max(counts, key=lambda x: x.data) for count in counts]
    """: "not by the largest",
    "return [exp(x) / sum(logits) for x in logits]": "not by the sum of the logits",
    "return [x / sum(logits) for x in logits]": "without exp",
    "return [exp(x) / exp(sum(logits)) for x in logits]": "not by exp of the sum",
    """
    counts = [exp(x) for x in logits]
    return [count / len(counts) for count in counts]
    """: "not by how many there are",
    """
    counts = [exp(-x) for x in logits]
    return [count / sum(counts) for count in counts]
    """: "exp(-logit)",
    """
    total = sum(exp(x) for x in logits).data
    return [exp(x) / total for x in logits]
    """: "sum is a plain number",
    """
    total = sum(exp(x.data) for x in logits)
    return [exp(x.data) / total for x in logits]
    """: "no gradient comes back",
    """
    total = sum(exp(x) for x in logits)
    for x in logits:
        return [exp(x) / total]
    """: "expected a list of 4 numbers",
    """
    logits.sort(key=lambda x: x.data)
    total = sum(exp(x) for x in logits)
    return [exp(x) / total for x in logits]
    """: "belongs to the caller",
    """
    counts = [exp(x) for x in sorted(logits, key=lambda x: x.data)]
    return [count / sum(counts) for count in counts]
    """: "wrong order",
    "return exp(logits) / sum(exp(logits))": "list",
    """
    import math
    counts = [math.exp(x) for x in logits]
    return [count / sum(counts) for count in counts]
    """: "plain number",
    """
    counts = [exp(x) for x in logits]
    return [count / sum(counts) for count in counts][-1]
    """: "expected a list of 4 numbers",
    """
    from micrograd import log
    total = sum(exp(x) for x in logits)
    return [log(exp(x) / total) for x in logits]
    """: "logarithms",
    """
    counts = [exp(x) for x in logits]
    total = counts[0]
    for count in counts:
        total = total + count
    return [count / total for count in counts]
    """: "first one counted twice",
    """
    out = []
    for i in range(len(logits)):
        rest = sum(exp(logits[j]) for j in range(len(logits)) if j != i)
        out.append(exp(logits[i]) / rest)
    return out
    """: "the sum of the others",
    """
    counts = {x.data: exp(x) for x in logits}
    total = sum(counts.values())
    return [counts[x.data] / total for x in logits]
    """: "Values with equal data share it",
    "return [exp(x / sum(logits)) for x in logits]": "exp is taken of the quotient",
    """
    counts = sorted([exp(x) for x in logits], reverse=True)
    return [count / sum(counts) for count in counts]
    """: "the largest first",
    """
    total, out = 0, []
    for x in logits:
        total += exp(x)
        out.append(exp(x) / total)
    return out
    """: "the sum so far",
}
AFTER = {
    "another": RIGHT[1],
    "remark": "exp(y - x) is a ratio of two counts. Only differences of scores matter, so the same "
    "number may be added to all of them.",
}
LECTURE = [0.0, 3.0, -2.0, 1.0]
POINTS = [
    (LECTURE,), ([0.5, -1.2, 0.3],), ([1.7, -0.4],), ([0.9, 0.9, -2.3, 0.2, 1.1],), ([-0.7],),
]  # fmt: skip


def probabilities(logits):
    counts = [math.exp(x) for x in logits]
    return [count / sum(counts) for count in counts]


def run(softmax, logits):
    """Return the leaves and the learner's Values. Wrong unless they are Values."""
    leaves = [Value(x) for x in logits]
    with unchanged(logits=leaves):
        answer = softmax(leaves)
    numbers(answer, len(logits))
    for x in answer:
        if not isinstance(x, Value):
            text = f"expected Values, so that gradients can flow, got {show(x)}."
            raise Unexplained(text, "no Values")
    return leaves, list(answer)


def by(divisor):
    """Return probabilities with another divisor of the exps."""
    return lambda xs: [math.exp(x) / divisor(xs) for x in xs]


def check_the_probabilities(softmax):
    """softmax([0.0, 3.0, -2.0, 1.0]), and other logits"""
    compare(
        lambda logits: [p.data for p in run(softmax, logits)[1]],
        probabilities,
        POINTS,
        "probability {}",
        "softmax({})",
        {
            "these are the exps: divide each by their sum": by(lambda xs: 1.0),
            "divide by the sum of the exps, not by the largest": (
                by(lambda xs: max(map(math.exp, xs)))
            ),
            "divide by the sum of the exps, not by the sum of the logits": by(sum),
            "divide by the sum of the exps, not by exp of the sum": (
                by(lambda xs: math.exp(sum(xs)))
            ),
            "divide by the sum of the exps, not by how many there are": by(len),
            "each is divided by the sum of the others: its own exp belongs to the sum, too": (
                lambda xs: [math.exp(x) / (sum(map(math.exp, xs)) - math.exp(x)) for x in xs]
            ),
            "the sum is too large: is the first one counted twice?": (
                by(lambda xs: math.exp(xs[0]) + sum(map(math.exp, xs)))
            ),
            "exp is taken of the quotient: take exp of each logit, and then divide": (
                lambda xs: [math.exp(x / sum(xs)) for x in xs]
            ),
            "each is divided by the sum so far: finish the sum before you divide": (
                lambda xs: [math.exp(x) / sum(map(math.exp, xs[: i + 1])) for i, x in enumerate(xs)]
            ),
            "the logits are divided without exp": lambda xs: [x / sum(xs) for x in xs],
            "that is exp(-logit): the largest score gets the smallest probability": (
                lambda xs: probabilities([-x for x in xs])
            ),
            "these are the logarithms of the probabilities": (
                lambda xs: [math.log(p) for p in probabilities(xs)]
            ),
            "the probabilities are in the wrong order": lambda xs: sorted(probabilities(xs)),
            "the probabilities are in the reverse order": lambda xs: probabilities(xs)[::-1],
            "this takes powers of 2: use exp": (
                lambda xs: [2**x / sum(2**y for y in xs) for x in xs]
            ),
        },
    )


def check_the_gradients(softmax):
    """the gradient of each probability with respect to each logit"""

    def grads(logits, i):
        leaves, answer = run(softmax, logits)
        answer[i].backward()
        return [leaf.grad for leaf in leaves]

    def right(logits, i):
        ps = probabilities(logits)
        return [ps[i] * ((i == j) - q) for j, q in enumerate(ps)]

    compare(
        grads,
        right,
        [(logits, i) for (logits,) in POINTS[:3] for i in range(len(logits))],
        "the grad of logit {}",
        "softmax({}), and backward() of probability number {}",
        {
            "no gradient comes back: compute with the logits, not with their data": (
                lambda logits, i: [0.0] * len(logits)
            ),
            "the sum is a plain number: it depends on every logit, so keep it a Value": (
                lambda logits, i: [
                    p if i == j else 0.0 for j, p in enumerate(probabilities(logits))
                ]
            ),
        },
    )


# </checker>
