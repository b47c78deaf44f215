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
import random

from micrograd import Value
from micrograd.course.exercises.checking import Wrong, near, numbers, recognise, show

HINTS = (
    "First make every score positive, then make them add up to 1.",
    "Make a list of exp of each logit, and add it up with sum, which accepts Values.",
    "Divide each exp(logit) by the sum of them all, not by the largest or by their number.",
)
WRONG = {
    "return [exp(x) for x in logits]": "divide each by their sum",
    """
    counts = [exp(x) for x in logits]
    return [count / max(counts, key=lambda x: x.data) for count in counts]
    """: "not by the largest",
    "return [exp(x) / sum(logits) for x in logits]": "not by the sum of the logits",
    "return [x / sum(logits) for x in logits]": "without exp",
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
    """: "expected Values",
}
LECTURE = [0.0, 3.0, -2.0, 1.0]


def probabilities(logits):
    counts = [math.exp(x) for x in logits]
    return [count / sum(counts) for count in counts]


def run_softmax(leaves):
    """Return the learner's probabilities. Wrong unless they are Values."""
    answer = softmax(leaves)
    numbers(answer, len(leaves))
    for p in answer:
        if not isinstance(p, Value):
            raise Wrong(f"expected Values, so that gradients can flow, got {show(p)}.")
    return answer


def check_the_logits_of_the_lecture():
    """softmax([0.0, 3.0, -2.0, 1.0])"""
    answer = [p.data for p in run_softmax([Value(x) for x in LECTURE])]
    counts = [math.exp(x) for x in LECTURE]
    recognise(
        answer,
        {
            "these are the exponentials: divide each by their sum": counts,
            "divide by the sum of all exponentials, not by the largest": [
                c / max(counts) for c in counts
            ],
            "divide by the sum of the exponentials, not by the sum of the logits": [
                c / sum(LECTURE) for c in counts
            ],
            "each logit is divided by their sum, without exp": [x / sum(LECTURE) for x in LECTURE],
            "divide by the sum of the exponentials, not by how many there are": [
                c / len(LECTURE) for c in counts
            ],
            "exp(-logit) gives the largest score the smallest probability": probabilities(
                [-x for x in LECTURE]
            ),
            "these are the logarithms of the probabilities": [
                math.log(p) for p in probabilities(LECTURE)
            ],
            "the probabilities are in the wrong order": sorted(probabilities(LECTURE)),
        },
    )
    near(answer, probabilities(LECTURE), f"softmax({LECTURE})")


def check_other_logits():
    """other logits, of two to six classes"""
    chance = random.Random(14)
    for count in (2, 3, 5, 6):
        logits = [round(chance.uniform(-3, 3), 2) for _ in range(count)]
        answer = [p.data for p in run_softmax([Value(x) for x in logits])]
        near(answer, probabilities(logits), f"softmax({logits})")


def check_the_gradients():
    """the gradient of each probability with respect to each logit"""
    for logits in (LECTURE, [0.5, -1.2, 0.3]):
        wanted = probabilities(logits)
        for i, p in enumerate(wanted):
            leaves = [Value(x) for x in logits]
            run_softmax(leaves)[i].backward()
            answer = [x.grad for x in leaves]
            if not any(answer):
                raise Wrong("no gradient comes back: compute with the logits, not with their data.")
            fixed = [p if j == i else 0.0 for j in range(len(logits))]
            plain = "the sum is a plain number: it depends on every logit, so keep it a Value"
            recognise(answer, {plain: fixed})
            slopes = [p * ((i == j) - q) for j, q in enumerate(wanted)]
            near(answer, slopes, f"the gradient of probability number {i} of {logits}")


# </checker>
