"""Scores into probabilities

`softmax(logits)` takes a list of Values, the scores of some classes, and returns the list of their
probabilities, Values too, in the same order. Every exp(logit) is above 0; what share of the sum
of all of them it has is the probability. That of [0.0, 3.0, -2.0, 1.0] is about
[0.0418, 0.8390, 0.0057, 0.1135].
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
from micrograd.course.exercises.checking import Wrong, near, numbers, recognise, shown

NEEDS = 11
HINTS = (
    "First make every score positive, then make them add up to 1.",
    "A list with exp of each logit; Python's sum works on Values. What is the share of each?",
    "Each exp(logit) is divided by the sum of them all, not by the largest and not by the number.",
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
    """: "Values are wanted",
}
COLAB = [0.0, 3.0, -2.0, 1.0]


def shares(logits):
    counts = [math.exp(x) for x in logits]
    return [count / sum(counts) for count in counts]


def made(leaves):
    """The learner's probabilities."""
    found = softmax(leaves)
    numbers(found, len(leaves))
    for p in found:
        if not isinstance(p, Value):
            raise Wrong(f"Values are wanted, so that gradients can flow, and {shown(p)} is there.")
    return found


def check_the_logits_of_the_colab():
    """softmax([0.0, 3.0, -2.0, 1.0])"""
    found, counts = [p.data for p in made([Value(x) for x in COLAB])], [math.exp(x) for x in COLAB]
    recognise(
        found,
        {
            "these are the exponentials: divide each by their sum": counts,
            "divided by the sum of all exponentials, not by the largest": [
                c / max(counts) for c in counts
            ],
            "divided by the sum of the exponentials, not by the sum of the logits": [
                c / sum(COLAB) for c in counts
            ],
            "these are shares of the logits themselves, without exp": [
                x / sum(COLAB) for x in COLAB
            ],
            "divided by the sum of the exponentials, not by how many there are": [
                c / len(COLAB) for c in counts
            ],
            "exp(-logit) gives the largest score the smallest share": shares([-x for x in COLAB]),
            "these are logarithms of the probabilities": [math.log(p) for p in shares(COLAB)],
            "they come in the wrong order": sorted(shares(COLAB)),
        },
    )
    near(found, shares(COLAB), f"softmax({COLAB})")


def check_other_logits():
    """other logits, of two to six classes"""
    chance = random.Random(14)
    for count in (2, 3, 5, 6):
        logits = [round(chance.uniform(-3, 3), 2) for _ in range(count)]
        found = [p.data for p in made([Value(x) for x in logits])]
        near(found, shares(logits), f"softmax({logits})")


def check_the_gradients():
    """the gradient of each probability by each logit"""
    for logits in (COLAB, [0.5, -1.2, 0.3]):
        wanted = shares(logits)
        for i, p in enumerate(wanted):
            leaves = [Value(x) for x in logits]
            made(leaves)[i].backward()
            found = [x.grad for x in leaves]
            if not any(found):
                raise Wrong("no gradient comes back: compute with the logits, not their data.")
            fixed = [p if j == i else 0.0 for j in range(len(logits))]
            plain = "the sum is a plain number here: it depends on every logit, so keep it a Value"
            recognise(found, {plain: fixed})
            slopes = [p * ((i == j) - q) for j, q in enumerate(wanted)]
            near(found, slopes, f"the gradient of the probability number {i} of {logits}")


# </checker>
