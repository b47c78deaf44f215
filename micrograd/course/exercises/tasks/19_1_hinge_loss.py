"""The hinge loss

This is the loss of micrograd's demo notebook. A score is right if it has the sign of its target y,
which is +1 or -1, and right enough if y * score is at least 1. Then it costs nothing; otherwise it
costs what is missing to 1. `loss(scores, ys)` returns, as a Value, the mean of relu(1 - y * score)
over all pairs; the scores are Values, and the ys are numbers. For the scores [2, 0.5] and the ys
[1, -1] it is (0 + 1.5) / 2, which is 0.75.
"""


def loss(scores, ys):
    # <solution>
    return sum((1 - y * score).relu() for score, y in zip(scores, ys)) / len(ys)
    # </solution>


# <checker>
import random

from micrograd import Value
from micrograd.course.exercises.checking import Wrong, close, near, number, recognise, show

HINTS = (
    "Take one pair: y * score is large if it is right, so 1 - y * score is what is missing to 1.",
    "A Value has a method relu(): (1 - y * score).relu() is 0 where nothing is missing.",
    "Add that up over zip(scores, ys), and divide by the number of pairs, len(ys), at the end.",
)
WRONG = {
    "return sum((1 + y * score).relu() for score, y in zip(scores, ys)) / len(ys)": "1 + y * score",
    "return sum(1 - y * score for score, y in zip(scores, ys)) / len(ys)": "relu is missing",
    "return sum((1 - y * score).relu() for score, y in zip(scores, ys))": "the sum",
    "return (sum(1 - y * score for score, y in zip(scores, ys)) / len(ys)).relu()": "of each pair",
    "return sum((y * score - 1).relu() for score, y in zip(scores, ys)) / len(ys)": "y * score - 1",
    "return sum((-y * score).relu() for score, y in zip(scores, ys)) / len(ys)": "margin",
    "return sum((1 - score).relu() for score, y in zip(scores, ys)) / len(ys)": "y is missing",
    "return sum(max(0, 1 - y * score.data) for score, y in zip(scores, ys)) / len(ys)": (
        "expected a Value"
    ),
}
SCORES, YS = [2.5, 0.4, -0.3, 3.7, -2.9, 0.2], [1, 1, 1, 1, -1, -1]


def examine(scores, ys):
    """Return the loss of these, and the scores as Values. Wrong, with a reason if there is one."""
    values, n, margins = [Value(x) for x in scores], len(ys), [y * s for s, y in zip(scores, ys)]
    answer, costs = loss(values, ys), [max(0.0, 1 - m) for m in margins]
    if n > 4 and not close(number(answer), sum(costs) / n, 1e-9):
        mistakes = {
            "that is 1 + y * score: a right score would cost the most": [1 + m for m in margins],
            "that is y * score - 1: write 1 - y * score": [m - 1 for m in margins],
            "the margin is missing: the 1 in 1 - y * score": [-m for m in margins],
            "y is missing: half of the scores should be negative": [1 - s for s in scores],
        }
        for sentence, terms in mistakes.items():
            recognise(number(answer), {sentence: sum(max(0.0, term) for term in terms) / n})
        plain = n - sum(margins)
        recognise(
            number(answer),
            {
                "relu is missing: good scores make up for bad ones": plain / n,
                "that is the sum: return the mean": sum(costs),
                "take relu of 1 - y * score of each pair, not of the mean": max(0.0, plain / n),
            },
        )
    near(number(answer), sum(costs) / n, f"loss({show(scores)}, {show(ys)})")
    if not isinstance(answer, Value):
        raise Wrong(f"expected a Value, got {show(answer)}: do you use .data or max?")
    return answer, values


def check_six_scores():
    """the loss of six scores: right enough, right, and wrong"""
    examine(SCORES, YS)
    examine([2.0, 0.5], [1, -1])
    examine([-0.25], [-1])


def check_any_number_of_scores():
    """random scores, one to nine of them"""
    chance = random.Random(21)
    for n in range(1, 10):
        examine(
            [chance.uniform(-2, 2) for _ in range(n)], [chance.choice((-1, 1)) for _ in range(n)]
        )


def check_no_loss():
    """scores that are all right enough, whose loss is 0"""
    examine([1.5, -3.0, 1.25], [1, -1, 1])


def check_the_grads():
    """the grads of the scores: -y / n, or 0 where a score is right enough"""
    answer, values = examine(SCORES, YS)
    answer.backward()
    if not any(value.grad for value in values):
        raise Wrong("backward() does not reach the scores: the graph is lost where you take .data.")
    wanted = [-y / len(YS) if y * s < 1 else 0.0 for s, y in zip(SCORES, YS)]
    near([value.grad for value in values], wanted, "the list of the grads of the scores")


# </checker>
