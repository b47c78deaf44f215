"""The squared loss

The loss says in one number how wrong a network is. `loss(ys, predictions)` takes the targets, which
are numbers, and the predictions of the network, which are Values. It returns a Value: the sum of
the squares of all differences. For the targets [1, -1] and the predictions [0.5, 1] that is
0.25 + 4 = 4.25.
"""


def loss(ys, predictions):
    # <solution>
    return sum((p - y) ** 2 for y, p in zip(ys, predictions))
    # </solution>


# <checker>
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
    "zip(ys, predictions) gives the pairs. How far off is one prediction, and in which direction?",
    "Square each difference, so that too high and too low both count, and then add up.",
    "sum(... for y, p in zip(ys, predictions)), with the square of p - y instead of the dots.",
)
RIGHT = (
    "return sum((y - p) * (y - p) for y, p in zip(ys, predictions))",
    """
    from micrograd import Value
    total = Value(0.0)
    for i in range(len(ys)):
        d = predictions[i] - ys[i]
        total = total + d * d
    return total
    """,
    "return sum([(p - y) ** 2 for y, p in zip(ys, predictions)], 0.0)",
)
WRONG = {
    "return sum(p - y for y, p in zip(ys, predictions))": "misses cancel",
    "return sum(y - p for y, p in zip(ys, predictions))": "misses cancel",
    "return sum((p - y) ** 2 for y, p in zip(ys, predictions)) / len(ys)": "the mean",
    "return sum(abs(p - y) for y, p in zip(ys, predictions))": "absolute values",
    "return sum((p - y) ** 2 for y, p in zip(ys[:-1], predictions))": "the last pair is missing",
    "return sum((p - y) ** 2 for y, p in zip(ys[1:], predictions))": "takes only a part",
    "return sum(p - y for y, p in zip(ys, predictions)) ** 2": "square of the sum",
    """
    for y, p in zip(ys, predictions):
        total = (p - y) ** 2
    return total
    """: "the last pair only",
    """
    total = 0.0
    for y, p in zip(ys, predictions):
        total += (p - y) ** 2
        return total
    """: "the first pair only",
    "return sum((p.data - y) ** 2 for y, p in zip(ys, predictions))": "no gradient comes back",
    """
    from micrograd import Value
    return Value(sum((p.data - y) ** 2 for y, p in zip(ys, predictions)))
    """: "the graph is lost",
    "return sum((p + y) ** 2 for y, p in zip(ys, predictions))": "plus",
    "return sum((p - y) * 2 for y, p in zip(ys, predictions))": "twice each difference",
    "return sum(p - y ** 2 for y, p in zip(ys, predictions))": "parentheses",
    "return sum(p ** 2 - y ** 2 for y, p in zip(ys, predictions))": "difference of the squares",
    "return sum((p - y) ** 2 for y in ys for p in predictions)": "every target",
    "return [(p - y) ** 2 for y, p in zip(ys, predictions)]": "a list of squares",
    "return sum((p - y) ^ 2 for y, p in zip(ys, predictions))": "a power is `**`",
    "return (ys - predictions) ** 2": "whole list",
    "return sum((p - y) ** 2 for y, p in zip(ys, predictions)) ** 0.5": "square root",
    "return sum((p - y) ** 2 for y, p in zip(ys, predictions)) / 2": "half",
    "return max((p - y) ** 2 for y, p in zip(ys, predictions))": "the largest",
    "sum((p - y) ** 2 for y, p in zip(ys, predictions))": "return missing",
    """
    total = 0
    for y in ys:
        total = total + (predictions[ys.index(y)] - y) ** 2
    return total
    """: "is the place of the first that equals `y`",
    "return sum((predictions[ys.index(y)] - y) ** 2 for y in ys)": "take the place from enumerate",
    "return sum((p - y) ** 3 for y, p in zip(ys, predictions))": "has to be 2",
}
AFTER = {
    "another": RIGHT[0],
    "remark": "The sign of a difference does not matter once it is squared. (y - p) * (y - p) "
    "uses the difference twice; its grad is the sum of both uses.",
}
POINTS = [
    ([1.0, -1.0, -1.0, 1.0], [0.7, 0.4, -0.85, 0.9]), ([1.0, -1.0], [0.5, 1.0]),
    ([0.4, -2.3, 1.7], [-1.1, 0.6, 2.9]), ([1.9, -0.2, 0.0, 2.2, -1.4], [0.3, 0.3, -1.7, 2.8, 0.0]),
    ([-1.0], [0.3]), ([0.7], [2.9]),
]  # fmt: skip


def run(loss, ys, guesses):
    """Return the predictions and the learner's loss. Wrong unless it is a Value."""
    predictions = [Value(x) for x in guesses]
    with unchanged(ys=ys, predictions=predictions):
        answer = loss(ys, predictions)
    if answer is None:
        raise Unexplained(NOTHING_RETURNED, "nothing returned")
    if isinstance(answer, list | tuple):
        raise Wrong("a list of squares is returned: add them up, with sum().", "not added up")
    if not isinstance(answer, Value):
        text = f"expected a Value, got {show(answer)}: do you take .data?"
        raise Unexplained(text, "no Value")
    return predictions, answer


def off(ys, guesses):
    return [x - y for x, y in zip(guesses, ys)]


def squares(ys, guesses):
    return [d * d for d in off(ys, guesses)]


def check_the_loss(loss):
    """the loss of one to five predictions"""
    compare(
        lambda ys, guesses: run(loss, ys, guesses)[1],
        lambda ys, guesses: sum(squares(ys, guesses)),
        POINTS,
        "the loss",
        "loss({}, {})",
        {
            "without squares, misses cancel each other": lambda *p: sum(off(*p)),
            "without squares, misses cancel: square target minus prediction": (
                lambda *p: -sum(off(*p))
            ),
            "that is the mean: return the sum": lambda *p: sum(squares(*p)) / len(p[0]),
            "that is the square root: return the sum of the squares": (
                lambda *p: sum(squares(*p)) ** 0.5
            ),
            "that is half of the sum: return the whole": lambda *p: sum(squares(*p)) / 2,
            "that is twice each difference: square with ** 2": lambda *p: 2 * sum(off(*p)),
            "these are absolute values: use squares": lambda *p: sum(map(abs, off(*p))),
            "the last pair is missing": lambda *p: sum(squares(*p)[:-1]),
            "the first pair is missing": lambda *p: sum(squares(*p)[1:]),
            "this is the last pair only: add up all pairs": lambda *p: squares(*p)[-1],
            "this is the first pair only: is the return inside the loop?": lambda *p: squares(*p)[
                0
            ],
            "this is the largest of the squares: add up all of them": lambda *p: max(squares(*p)),
            "this is the square of the sum: square each difference, then add up": (
                lambda *p: sum(off(*p)) ** 2
            ),
            "there is a plus in the square: the difference counts, p - y": (
                lambda ys, guesses: sum((x + y) ** 2 for x, y in zip(guesses, ys))
            ),
            "this is the difference of the squares: square the difference": (
                lambda ys, guesses: sum(x * x - y * y for x, y in zip(guesses, ys))
            ),
            "only y is squared: put parentheses around the difference": (
                lambda ys, guesses: sum(x - y * y for x, y in zip(guesses, ys))
            ),
            "every target is compared with every prediction: zip() makes the pairs": (
                lambda ys, guesses: sum((x - y) ** 2 for x in guesses for y in ys)
            ),
        },
    )


def check_the_grads(loss):
    """the grads of the predictions"""

    def grads(ys, guesses):
        predictions, answer = run(loss, ys, guesses)
        answer.backward()
        return [p.grad for p in predictions]

    compare(
        grads,
        lambda ys, guesses: [2 * d for d in off(ys, guesses)],
        POINTS,
        "the grad of prediction {}",
        "loss({}, {})",
        {
            "backward() does not reach the predictions: the graph is lost where you take .data": (
                lambda ys, guesses: [0.0] * len(ys)
            ),
        },
    )


# </checker>
