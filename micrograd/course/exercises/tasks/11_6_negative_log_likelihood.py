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
import random

from micrograd import Value
from micrograd.course.exercises.checking import NOTHING_RETURNED, Wrong, near, recognise, show

HINTS = (
    "Take three steps: all probabilities, the one that counts, its logarithm with a sign.",
    "softmax(logits)[target] is the probability of the right class, between 0 and 1.",
    "The log of that is negative, but a loss has to be positive: put a minus in front.",
)
WRONG = {
    "return log(softmax(logits)[target])": "the minus is missing",
    "return -log(softmax(logits)[target - 1])": "the wrong probability",
    "return -log(max(softmax(logits)))": "the largest probability",
    "return 1 - softmax(logits)[target]": "1 - p instead of -log(p)",
    "return -softmax(logits)[target]": "without the log",
    "return -sum(log(p) for p in softmax(logits))": "all probabilities",
    "return -log(exp(logits[target]))": "the logit itself",
    "return -log(logits[target])": "log of the logit itself",
    "return -log(1 - softmax(logits)[target])": "log of 1 - p",
    "return softmax(logits)[target]": "the probability itself",
    "return -log(softmax(logits)[target]).detach()": "no gradient",
    "return -log(softmax(logits)[target]).data": "expected a Value",
}
LECTURE = [0.0, 3.0, -2.0, 1.0]


def probabilities(logits):
    counts = [math.exp(x) for x in logits]
    return [count / sum(counts) for count in counts]


def run_loss(leaves, target):
    """Return the learner's loss. Wrong unless it is a Value."""
    answer = loss(leaves, target)
    if answer is None:
        raise Wrong(NOTHING_RETURNED)
    if not isinstance(answer, Value):
        raise Wrong(f"expected a Value, so that gradients can flow, got {show(answer)}.")
    return answer


def check_the_loss_of_the_lecture():
    """loss([0.0, 3.0, -2.0, 1.0], 3), which is 2.1755153626167147"""
    answer, ps = run_loss([Value(x) for x in LECTURE], 3).data, probabilities(LECTURE)
    mistakes = {
        "the minus is missing: the log of a probability is negative": math.log(ps[3]),
        "this is 1 - p instead of -log(p): it can never exceed 1": 1 - ps[3],
        "this is -p, without the log": -ps[3],
        "this is the probability itself: the loss is minus its log": ps[3],
        "this uses the largest probability: use that of the target": (-math.log(ps[1])),
        "this uses all probabilities: use only that of the target": -sum(map(math.log, ps)),
        "that is the logit itself, with a minus: softmax has to come first": -LECTURE[3],
        "that is the log of the logit itself: softmax has to come first": 0.0,
        "that is the log of 1 - p, the probability of all others: use p": -math.log(1 - ps[3]),
        "that is the logarithm to base 2: use log": -math.log2(ps[3]),
    }
    recognise(answer, mistakes)
    for i, p in enumerate(ps[:3]):
        recognise(
            answer, {f"this uses the wrong probability, number {i}: use number 3": -math.log(p)}
        )
    near(answer, 2.1755153626167147, f"loss({LECTURE}, 3)")


def check_the_gradients_of_the_lecture():
    """the four grads, after backward() of that loss"""
    leaves = [Value(x) for x in LECTURE]
    run_loss(leaves, 3).backward()
    answer = [x.grad for x in leaves]
    if not any(answer):
        raise Wrong("no gradient comes back: compute with the logits, not with their data.")
    wanted = [0.041772570515350445, 0.8390245074625319, 0.005653302662216329, -0.8864503806400986]
    near(answer, wanted, f"the gradient of loss({LECTURE}, 3)")


def check_other_logits():
    """other logits and every target: the loss, and its gradient: p, minus 1 at the target"""
    chance = random.Random(15)
    for count in (2, 3, 5):
        logits = [round(chance.uniform(-3, 3), 2) for _ in range(count)]
        for target, p in enumerate(probabilities(logits)):
            leaves = [Value(x) for x in logits]
            out = run_loss(leaves, target)
            near(out.data, -math.log(p), f"loss({logits}, {target})")
            out.backward()
            slopes = [q - (j == target) for j, q in enumerate(probabilities(logits))]
            near([x.grad for x in leaves], slopes, f"the gradient of loss({logits}, {target})")


# </checker>
