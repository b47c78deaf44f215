"""How surprised the scores are by the right class

`loss(logits, target)` takes a list of Values, the scores of the classes, and the number of the
class that is right, counted from 0; it returns a Value, the negative log-likelihood: minus the
logarithm of the probability that softmax gives to the right class. It is 0 where that probability
is 1, and grows without end as it goes to 0. For [0.0, 3.0, -2.0, 1.0] and the target 3 it is
2.1755153626167147.
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
from micrograd.course.exercises.checking import Wrong, near, recognise, shown

NEEDS = 11
HINTS = (
    "Three steps: the probabilities; the one that counts; its logarithm, with a sign.",
    "softmax(logits)[target] is the probability of the right class, between 0 and 1.",
    "The log of that is below 0, and a loss must be above: put a minus in front.",
)
WRONG = {
    "return log(softmax(logits)[target])": "the minus is missing",
    "return -log(softmax(logits)[target - 1])": "the wrong probability",
    "return -log(max(softmax(logits)))": "the largest probability",
    "return 1 - softmax(logits)[target]": "1 - p in place of -log(p)",
    "return -softmax(logits)[target]": "without the log",
    "return -sum(log(p) for p in softmax(logits))": "all probabilities",
    "return -log(exp(logits[target]))": "the logit itself",
    "return -log(logits[target])": "log of the logit itself",
    "return -log(1 - softmax(logits)[target])": "log of 1 - p",
    "return softmax(logits)[target]": "the probability itself",
    "return -log(softmax(logits)[target]).detach()": "no gradient",
    "return -log(softmax(logits)[target]).data": "a Value is wanted",
}
COLAB = [0.0, 3.0, -2.0, 1.0]


def shares(logits):
    counts = [math.exp(x) for x in logits]
    return [count / sum(counts) for count in counts]


def made(leaves, target):
    """The learner's loss."""
    found = loss(leaves, target)
    if found is None:
        raise Wrong("nothing comes back: is there a return?")
    if not isinstance(found, Value):
        raise Wrong(f"a Value is wanted, so that gradients can flow, and {shown(found)} came back.")
    return found


def check_the_loss_of_the_colab():
    """loss([0.0, 3.0, -2.0, 1.0], 3), which is 2.1755153626167147"""
    found, ps = made([Value(x) for x in COLAB], 3).data, shares(COLAB)
    mistakes = {
        "the minus is missing: the log of a probability is below 0": math.log(ps[3]),
        "1 - p in place of -log(p): it would never be above 1": 1 - ps[3],
        "-p, without the log of it": -ps[3],
        "this is the probability itself: its log, with a minus, is the loss": ps[3],
        "the largest probability is there: the one of the target counts, right or not": (
            -math.log(ps[1])
        ),
        "all probabilities are in it: only that of the target counts": -sum(map(math.log, ps)),
        "that is the logit itself, with a minus: softmax has to come first": -COLAB[3],
        "that is the log of the logit itself: softmax has to come first": 0.0,
        "that is the log of 1 - p, the probability of all others: p counts": -math.log(1 - ps[3]),
        "that is the logarithm to the base 2: take log": -math.log2(ps[3]),
    }
    recognise(found, mistakes)
    for i, p in enumerate(ps[:3]):
        recognise(found, {f"the wrong probability, number {i}, is there: 3 counts": -math.log(p)})
    near(found, 2.1755153626167147, f"loss({COLAB}, 3)")


def check_the_gradients_of_the_colab():
    """the four grads, after its backward()"""
    leaves = [Value(x) for x in COLAB]
    made(leaves, 3).backward()
    found = [x.grad for x in leaves]
    if not any(found):
        raise Wrong("no gradient comes back: compute with the logits, not with their data.")
    wanted = [0.041772570515350445, 0.8390245074625319, 0.005653302662216329, -0.8864503806400986]
    near(found, wanted, f"the gradient of loss({COLAB}, 3)")


def check_other_logits():
    """other logits, and every target: the loss and its gradient, which is p less 1 at the target"""
    chance = random.Random(15)
    for count in (2, 3, 5):
        logits = [round(chance.uniform(-3, 3), 2) for _ in range(count)]
        for target, p in enumerate(shares(logits)):
            leaves = [Value(x) for x in logits]
            out = made(leaves, target)
            near(out.data, -math.log(p), f"loss({logits}, {target})")
            out.backward()
            slopes = [q - (j == target) for j, q in enumerate(shares(logits))]
            near([x.grad for x in leaves], slopes, f"the gradient of loss({logits}, {target})")


# </checker>
