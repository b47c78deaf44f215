"""The negative log-likelihood

How surprised are the scores by the right class? `loss(logits, target)` takes a list of Values, the
scores of the classes, and the number of the right class, counted from 0. It returns a Value, the
negative log-likelihood: minus the logarithm of the probability that softmax gives to the right
class. It is 0 where that probability is 1, and grows without limit as the probability goes to 0.
For [0.0, 3.0, -2.0, 1.0] and the target 3 it is 2.1755153626167147.
"""

from micrograd import exp, log


def softmax(logits):
    counts = [exp(logit) for logit in logits]
    total = sum(counts)
    return [count / total for count in counts]


def loss(logits, target):
    # <solution>
    return -log(softmax(logits)[target])
    # </solution>


# <checker>
import math

from micrograd import Value
from micrograd.course.exercises.checking import (
    NOTHING_RETURNED,
    Unexplained,
    compare,
    show,
    unchanged,
)

HINTS = (
    "Take three steps: all probabilities, the one that counts, its logarithm with a sign.",
    "softmax(logits)[target] is the probability of the right class, between 0 and 1.",
    "The log of that is negative, but a loss has to be positive: put a minus in front.",
)
RIGHT = (
    "return log(sum(exp(x) for x in logits)) - logits[target]",
    "p = softmax(logits)[target]\nreturn log(1 / p)",
    "return log(sum(exp(x - logits[target]) for x in logits))",
)
WRONG = {
    "return log(softmax(logits)[target])": "the minus is missing",
    "return -log(softmax(logits)[target - 1])": "the one before it",
    "return -log(softmax(logits)[target + 1])": "past the end",
    "return -log(max(softmax(logits)))": "the largest probability",
    "return 1 - softmax(logits)[target]": "1 - p instead of -log(p)",
    "return -softmax(logits)[target]": "without the log",
    "return -sum(log(p) for p in softmax(logits))": "all probabilities",
    "return -log(exp(logits[target]))": "the logit itself",
    "return -log(logits[target])": "log of the logit itself",
    "return -log(1 - softmax(logits)[target])": "log of 1 - p",
    "return softmax(logits)[target]": "the probability itself",
    "return -log(softmax(logits)[target]).detach()": "no gradient comes back",
    "return -log(softmax(logits)[target]).data": "plain number",
    "return log(sum(exp(x) for x in logits))": "the logit of the target is not subtracted",
    "return -log(softmax(logits)[target]) / len(logits)": "does not belong there",
    "return -log(softmax(logits))": "list",
    "return log(sum(exp(x) for x in logits)) - target": "its number",
    "return -log(exp(logits[target]) / exp(sum(logits)))": "add up the exps",
    "return -log(softmax(logits)[0])": "the first class",
    """
    for i, p in enumerate(softmax(logits)):
        if i == target:
            return -log(p)
        return 0 * p
    """: "does the loop end in its first turn",
    "-log(softmax(logits)[target])": "return missing",
    """
    import math
    return -math.log(softmax(logits)[target])
    """: "plain number",
    "return -log(softmax(logits)[target] + 1e-9)": "`1e-09` in",
    "return -log(softmax(softmax(logits))[target])": "`softmax()` does not belong",
}
AFTER = {
    "another": RIGHT[0],
    "remark": "That one needs no softmax at all: log of the sum of the exps, minus the logit of "
    "the target. It is how libraries compute it, after subtracting the largest score.",
}
LECTURE = [0.0, 3.0, -2.0, 1.0]
POINTS = [
    (LECTURE, 3), ([0.5, -1.2, 0.3], 1), ([0.5, -1.2, 0.3], 2), ([1.7, -0.4], 0), ([1.7, -0.4], 1),
    ([0.9, 0.9, -2.3, 0.2, 1.1], 2), ([0.9, 0.9, -2.3, 0.2, 1.1], 4),
]  # fmt: skip


def probabilities(logits):
    counts = [math.exp(x) for x in logits]
    return [count / sum(counts) for count in counts]


def run(loss, logits, target):
    """Return the leaves and the learner's loss. Wrong unless it is a Value."""
    leaves = [Value(x) for x in logits]
    with unchanged(logits=leaves):
        answer = loss(leaves, target)
    if answer is None:
        raise Unexplained(NOTHING_RETURNED, "nothing returned")
    if not isinstance(answer, Value):
        text = f"expected a Value, so that gradients can flow, got {show(answer)}."
        raise Unexplained(text, "no Value")
    return leaves, answer


def of_p(formula):
    """Return a loss as a formula of the probability of the target, and of all."""
    return lambda logits, target: formula(probabilities(logits)[target], probabilities(logits))


def of_class_0(logits, target):
    return -math.log(probabilities(logits)[0]) if target == 0 else 0.0


def check_the_loss(loss):
    """loss([0.0, 3.0, -2.0, 1.0], 3), which is 2.1755153626167147, and others"""
    compare(
        lambda logits, target: run(loss, logits, target)[1],
        of_p(lambda p, ps: -math.log(p)),
        POINTS,
        "the loss",
        "loss({}, {})",
        {
            "the minus is missing: the log of a probability is negative": (
                of_p(lambda p, ps: math.log(p))
            ),
            "this is 1 - p instead of -log(p): it can never exceed 1": of_p(lambda p, ps: 1 - p),
            "this is -p, without the log": of_p(lambda p, ps: -p),
            "this is the probability itself: the loss is minus its log": of_p(lambda p, ps: p),
            "this uses the largest probability: use that of the target": (
                of_p(lambda p, ps: -math.log(max(ps)))
            ),
            "this uses all probabilities: use only that of the target": (
                of_p(lambda p, ps: -sum(map(math.log, ps)))
            ),
            "that is the log of 1 - p, the probability of all others: use p": (
                of_p(lambda p, ps: -math.log(1 - p))
            ),
            "that is the log of 1 - p, without a minus: the loss is -log(p)": (
                of_p(lambda p, ps: math.log(1 - p))
            ),
            "this is the mean over all classes: use only the probability of the target": (
                of_p(lambda p, ps: -sum(map(math.log, ps)) / len(ps))
            ),
            "this adds the probabilities of all classes up, which is 1: use that of the target": (
                of_p(lambda p, ps: 0.0)
            ),
            "that is the logarithm to base 2: use log": of_p(lambda p, ps: -math.log2(p)),
            "that is the logit itself, with a minus: softmax has to come first": (
                lambda logits, target: -logits[target]
            ),
            "that is the log of the logit itself: softmax has to come first": (
                lambda logits, target: (
                    -(math.log(logits[target]) if logits[target] > 0 else math.nan)
                )
            ),
            "the logit of the target is not subtracted: this is the log of the sum alone": (
                lambda logits, target: math.log(sum(map(math.exp, logits)))
            ),
            "the number of the target is subtracted: subtract its logit, and not its number": (
                lambda logits, target: math.log(sum(map(math.exp, logits))) - target
            ),
            "that has the sum of the logits in place of the log of the sum of their exps: add up "
            "the exps": lambda logits, target: sum(logits) - logits[target],
            "this uses the wrong probability, the one before it: classes are counted from 0": (
                lambda logits, target: -math.log(probabilities(logits)[target - 1])
            ),
            "this uses the first class, whatever the target is": (
                lambda logits, target: -math.log(probabilities(logits)[0])
            ),
            "that is right for class 0 alone, and 0 for the others: does the loop end in its first "
            "turn?": of_class_0,
            "this uses the last class, whatever the target is": (
                lambda logits, target: -math.log(probabilities(logits)[-1])
            ),
        },
    )


def check_the_gradients(loss):
    """the grads of the logits: p, minus 1 at the target"""

    def grads(logits, target):
        leaves, answer = run(loss, logits, target)
        answer.backward()
        return [leaf.grad for leaf in leaves]

    compare(
        grads,
        lambda logits, target: [p - (i == target) for i, p in enumerate(probabilities(logits))],
        POINTS,
        "the grad of logit {}",
        "loss({}, {})",
        {
            "no gradient comes back: compute with the logits, not with their data": (
                lambda logits, target: [0.0] * len(logits)
            ),
        },
    )


# </checker>
