"""The hinge loss

It is the loss of micrograd's demo notebook. A score is right if it has the sign of its target y,
+1 or -1, and right enough if y * score is at least 1: then it costs nothing, else what is missing
to 1. `loss(scores, ys)` returns, as a Value, the mean of relu(1 - y * score) over all pairs; the
scores are Values, the ys numbers. For the scores [2, 0.5] and the ys [1, -1] it is (0 + 1.5) / 2,
which is 0.75.
"""


def loss(scores, ys):
    # <solution>
    return sum((1 - y * score).relu() for score, y in zip(scores, ys)) / len(ys)
    # </solution>


# <checker>
import random

from micrograd import Value
from micrograd.course.exercises.checking import Wrong, close, near, number, recognise, shown

NEEDS = 17
HINTS = (
    "Take one pair: y * score is large where it is right, so 1 - y * score is what is missing.",
    "A Value has a method relu(): (1 - y * score).relu() is 0 where nothing is missing.",
    "Add that up over zip(scores, ys), and divide by their number, len(ys), at the end.",
)
WRONG = {
    "return sum((1 + y * score).relu() for score, y in zip(scores, ys)) / len(ys)": "1 + y * score",
    "return sum(1 - y * score for score, y in zip(scores, ys)) / len(ys)": "relu is forgotten",
    "return sum((1 - y * score).relu() for score, y in zip(scores, ys))": "the sum",
    "return (sum(1 - y * score for score, y in zip(scores, ys)) / len(ys)).relu()": "of each pair",
    "return sum((y * score - 1).relu() for score, y in zip(scores, ys)) / len(ys)": "y * score - 1",
    "return sum((-y * score).relu() for score, y in zip(scores, ys)) / len(ys)": "margin",
    "return sum((1 - score).relu() for score, y in zip(scores, ys)) / len(ys)": "y is forgotten",
    "return sum(max(0, 1 - y * score.data) for score, y in zip(scores, ys)) / len(ys)": (
        "a Value is wanted"
    ),
}
SCORES, YS = [2.5, 0.4, -0.3, 3.7, -2.9, 0.2], [1, 1, 1, 1, -1, -1]


def looked_at(scores, ys):
    """The loss of these, and the scores as Values; Wrong, with a reason where there is one."""
    values, n, margins = [Value(x) for x in scores], len(ys), [y * s for s, y in zip(scores, ys)]
    found, costs = loss(values, ys), [max(0.0, 1 - m) for m in margins]
    if n > 4 and not close(number(found), sum(costs) / n, 1e-9):
        mistakes = {
            "that is 1 + y * score: a right score would cost the most": [1 + m for m in margins],
            "that is y * score - 1, the wrong way round": [m - 1 for m in margins],
            "the margin is forgotten: the 1 of 1 - y * score": [-m for m in margins],
            "y is forgotten: half of the scores should be negative": [1 - s for s in scores],
        }
        for sentence, terms in mistakes.items():
            recognise(number(found), {sentence: sum(max(0.0, term) for term in terms) / n})
        plain = n - sum(margins)
        recognise(
            number(found),
            {
                "relu is forgotten: good scores make up for bad ones": plain / n,
                "that is the sum: the mean is wanted": sum(costs),
                "relu belongs to 1 - y * score of each pair, not to the mean": max(0.0, plain / n),
            },
        )
    near(number(found), sum(costs) / n, f"loss({shown(scores)}, {shown(ys)})")
    if not isinstance(found, Value):
        raise Wrong(
            f"a Value is wanted, and this came back: {shown(found)}: is .data taken, or max?"
        )
    return found, values


def check_six_scores():
    """the loss of six scores: right enough, right, and wrong"""
    looked_at(SCORES, YS)
    looked_at([2.0, 0.5], [1, -1])
    looked_at([-0.25], [-1])


def check_any_number_of_scores():
    """random scores, one to nine of them"""
    r = random.Random(21)
    for n in range(1, 10):
        looked_at([r.uniform(-2, 2) for _ in range(n)], [r.choice((-1, 1)) for _ in range(n)])


def check_no_loss():
    """scores that are all right enough, whose loss is 0"""
    looked_at([1.5, -3.0, 1.25], [1, -1, 1])


def check_the_grads():
    """the grads of the scores: -y / n, or 0 where a score is right enough"""
    found, values = looked_at(SCORES, YS)
    found.backward()
    if not any(value.grad for value in values):
        raise Wrong("backward() does not reach the scores: the graph is lost, with .data.")
    wanted = [-y / len(YS) if y * s < 1 else 0.0 for s, y in zip(SCORES, YS)]
    near([value.grad for value in values], wanted, "the list of the grads of the scores")


# </checker>
