"""The hinge loss

This is the loss of micrograd's demo notebook. A score is right if it has the sign of its target y,
which is +1 or -1, and right enough if y * score is at least 1. Then it costs nothing; otherwise it
costs what is missing to 1. `loss(scores, ys)` returns, as a Value, the mean of relu(1 - y * score)
over all pairs; the scores are Values, which have a method `.relu()`, and the ys are numbers. For
the scores [2, 0.5] and the ys [1, -1] it is (0 + 1.5) / 2, which is 0.75.
"""


def loss(scores, ys):
    # <solution>
    return sum((1 - y * score).relu() for score, y in zip(scores, ys)) / len(ys)
    # </solution>


# <checker>
from itertools import takewhile

from micrograd import Value
from micrograd.course.exercises.checking import (
    NOTHING_RETURNED,
    Unexplained,
    Wrong,
    compare,
    show,
    unchanged,
)

HINTS = (
    "Take one pair: y * score is large if it is right, so 1 - y * score is what is missing to 1.",
    "A Value has a method relu(): (1 - y * score).relu() is 0 where nothing is missing.",
    "Add that up over zip(scores, ys), and divide by the number of pairs, len(ys), at the end.",
)
RIGHT = (
    """
    losses = [(1 + -y * score).relu() for y, score in zip(ys, scores)]
    return sum(losses) * (1.0 / len(losses))
    """,
    "return sum((1 - y * score).relu() / len(ys) for score, y in zip(scores, ys))",
    """
    from micrograd import Value
    total = Value(0)
    for y, score in zip(ys, scores):
        if y * score.data < 1:
            total = total + 1 - y * score
    return total / len(ys)
    """,
)
GUARD = """
total = 0.0
for score, y in zip(scores, ys):
    if y * score.data > 0:
        continue
    total += (1 - y * score).relu()
return total / len(scores)
"""
WRONG = {
    GUARD: "the right sign costs nothing",
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
    "return sum(1 - (y * score).relu() for score, y in zip(scores, ys)) / len(ys)": "the whole",
    "return sum((1 - y * score).relu() ** 2 for score, y in zip(scores, ys)) / len(ys)": "square",
    "return sum((1 - y * score).relu() for score, y in zip(scores, ys)) / 2": "pairs",
    "return sum((1 - y * score.data).relu() for score, y in zip(scores, ys)) / len(ys)": (
        "plain number"
    ),
    "return sum((1 - y * score).tanh() for score, y in zip(scores, ys)) / len(ys)": "relu",
    "return [(1 - y * score).relu() for score, y in zip(scores, ys)]": "a list",
    """
    bad = [1 - y * score for score, y in zip(scores, ys) if y * score.data < 1]
    return sum(bad) / len(bad)
    """: "not right enough",
    """
    from micrograd import Value
    total = Value(0.0)
    for score, y in zip(scores, ys):
        total = (total + 1 - y * score).relu()
    return total / len(ys)
    """: "relu is taken of the sum so far",
    """
    from micrograd import Value
    total = Value(0.0)
    for score, y in zip(scores, ys):
        if y * score.data >= 1:
            break
        total = total + 1 - y * score
    return total / len(ys)
    """: "the sum ends at the first score",
    "return sum((y - score).relu() for score, y in zip(scores, ys)) / len(ys)": "y - score",
    "return sum((1 - y * score).relu() for score, y in zip(scores, ys)) // len(ys)": "//",
    "return sum((1 - y * score).relu for score, y in zip(scores, ys)) / len(ys)": "not called",
}
AFTER = {
    "another": RIGHT[0],
    "remark": "The demo notebook writes it like that. The grad of a score is -y / n or 0: scores "
    "that are right enough do not pull any more.",
}
POINTS = [
    ([2.5, 0.4, -0.3, 3.7, -2.9, 0.2], [1, 1, 1, 1, -1, -1]), ([2.0, 0.5], [1, -1]),
    ([0.7, 0.7, -1.9], [-1, 1, 1]), ([0.0, -1.3, 0.6, 2.1], [1, 1, -1, -1]),
    ([1.5, -3.0, 1.25], [1, -1, 1]), ([0.4, 2.2, 0.5, 1.9], [1, 1, -1, 1]),
    ([-0.25], [-1]), ([0.6], [1]),
]  # fmt: skip


def run(loss, scores, ys):
    """Return the scores as Values, and the learner's loss. Wrong unless it is a Value."""
    values = [Value(x) for x in scores]
    with unchanged(scores=values, ys=ys):
        answer = loss(values, ys)
    if answer is None:
        raise Unexplained(NOTHING_RETURNED, "nothing returned")
    if isinstance(answer, list | tuple):
        raise Wrong("a list is returned: add up its items, and divide by their number.", "a list")
    if not isinstance(answer, Value):
        text = f"expected a Value, got {show(answer)}: do you use .data or max?"
        raise Unexplained(text, "no Value")
    return values, answer


def mean_of(cost):
    """Return the mean of a cost of y and a score."""
    return lambda scores, ys: sum(cost(y, s) for s, y in zip(scores, ys)) / len(ys)


def mean_of_bad(scores, ys):
    bad = [1 - y * s for s, y in zip(scores, ys) if y * s < 1]
    return sum(bad) / len(bad)


def running(scores, ys):
    total = 0.0
    for s, y in zip(scores, ys):
        total = relu(total + 1 - y * s)
    return total / len(ys)


def up_to_the_first_good(scores, ys):
    costs = [1 - y * s for s, y in zip(scores, ys)]
    return sum(takewhile(lambda cost: cost > 0, costs)) / len(ys)


def relu(x):
    return max(0.0, x)


def check_the_loss(loss):
    """the loss of one to six scores: right enough, right, and wrong"""
    compare(
        lambda scores, ys: run(loss, scores, ys)[1],
        mean_of(lambda y, s: relu(1 - y * s)),
        POINTS,
        "the loss",
        "loss({}, {})",
        {
            "that is 1 + y * score: a right score would cost the most": (
                mean_of(lambda y, s: relu(1 + y * s))
            ),
            "that is y * score - 1: write 1 - y * score": mean_of(lambda y, s: relu(y * s - 1)),
            "that is y - score: write 1 - y * score": mean_of(lambda y, s: relu(y - s)),
            "the margin is missing: the 1 in 1 - y * score": mean_of(lambda y, s: relu(-y * s)),
            "a score with the right sign costs nothing: below the margin, 1, it has to cost": (
                mean_of(lambda y, s: 1 - y * s if y * s <= 0 else 0.0)
            ),
            "y is missing: half of the scores should be negative": (
                mean_of(lambda y, s: relu(1 - s))
            ),
            "relu is missing: good scores make up for bad ones": mean_of(lambda y, s: 1 - y * s),
            "take relu of the whole 1 - y * score, not of y * score": (
                mean_of(lambda y, s: 1 - relu(y * s))
            ),
            "that is the square of each: without the square": (
                mean_of(lambda y, s: relu(1 - y * s) ** 2)
            ),
            "that is the largest of them: return the mean": (
                lambda scores, ys: max(relu(1 - y * s) for s, y in zip(scores, ys))
            ),
            "that is the sum: return the mean": (
                lambda scores, ys: sum(relu(1 - y * s) for s, y in zip(scores, ys))
            ),
            "this divides by 2, whatever the number of pairs is": (
                lambda scores, ys: sum(relu(1 - y * s) for s, y in zip(scores, ys)) / 2
            ),
            "that is a mean over those that are not right enough: divide by the number of all": (
                mean_of_bad
            ),
            "relu is taken of the sum so far: take it of each 1 - y * score, and add up": running,
            "the sum ends at the first score that is right enough: go on to those behind it": (
                up_to_the_first_good
            ),
            "take relu of 1 - y * score of each pair, not of the mean": (
                lambda scores, ys: relu(mean_of(lambda y, s: 1 - y * s)(scores, ys))
            ),
        },
        lambda scores, ys: {"the number of pairs": len(ys)},
    )


def check_the_grads(loss):
    """the grads of the scores: -y / n, or 0 where a score is right enough"""

    def grads(scores, ys):
        values, answer = run(loss, scores, ys)
        answer.backward()
        return [value.grad for value in values]

    compare(
        grads,
        lambda scores, ys: [-y / len(ys) if y * s < 1 else 0.0 for s, y in zip(scores, ys)],
        POINTS,
        "the grad of score {}",
        "loss({}, {})",
        {
            "backward() does not reach the scores: the graph is lost where you take .data": (
                lambda scores, ys: [0.0] * len(ys)
            ),
        },
    )


# </checker>
