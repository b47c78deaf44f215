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
import random

from micrograd import Value
from micrograd.course.exercises.checking import Wrong, near, number, recognise, show

HINTS = (
    "zip(ys, predictions) gives the pairs. How far off is one prediction, and in which direction?",
    "Square each difference, so that too high and too low both count, and then add up.",
    "sum(... for y, p in zip(ys, predictions)), with the square of p - y instead of the dots.",
)
WRONG = {
    "return sum(p - y for y, p in zip(ys, predictions))": "without squares, misses cancel",
    "return sum(y - p for y, p in zip(ys, predictions))": "without squares, misses cancel",
    "return sum((p - y) ** 2 for y, p in zip(ys, predictions)) / len(ys)": "the mean",
    "return sum(abs(p - y) for y, p in zip(ys, predictions))": "absolute values",
    "return sum((p - y) ** 2 for y, p in zip(ys[:-1], predictions))": "the last pair",
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
    "return sum((p.data - y) ** 2 for y, p in zip(ys, predictions))": "expected a Value",
    """
    from micrograd import Value
    return Value(sum((p.data - y) ** 2 for y, p in zip(ys, predictions)))
    """: "the graph is lost",
}


def examine(ys, guesses):
    """Return the loss of these, and the predictions. Wrong, with a reason if there is one."""
    predictions = [Value(x) for x in guesses]
    answer = loss(ys, predictions)
    if isinstance(answer, list | tuple):
        raise Wrong("a list of squares is returned: add them up, with sum().")
    off = [x - y for x, y in zip(guesses, ys)]
    squares = [d * d for d in off]
    mistakes = {
        "without squares, misses cancel each other": sum(off),
        "without squares, misses cancel: square target minus prediction": -sum(off),
        "that is the mean: return the sum": sum(squares) / len(ys),
        "that is the square root: return the sum of the squares": sum(squares) ** 0.5,
        "that is twice each difference: square with ** 2": 2 * sum(off),
        "these are absolute values: use squares": sum(map(abs, off)),
        "the last pair is missing": sum(squares[:-1]),
        "the first pair is missing": sum(squares[1:]),
        "this is the last pair only: add up all pairs": squares[-1],
        "this is the first pair only: is the return inside the loop?": squares[0],
        "this is the square of the sum: square each difference, then add up": sum(off) ** 2,
    }
    if len(ys) > 2:
        recognise(number(answer), mistakes)
    near(number(answer), sum(squares), f"loss({show(ys)}, {show(guesses)})")
    if not isinstance(answer, Value):
        raise Wrong(f"expected a Value, got {show(answer)}: do you take .data?")
    return answer, predictions


def check_four_points():
    """the loss of four predictions"""
    examine([1.0, -1.0, -1.0, 1.0], [0.7, 0.4, -0.85, 0.9])
    examine([1.0, -1.0], [0.5, 1.0])
    examine([-1.0], [0.3])


def check_any_number_of_points():
    """random targets and predictions, one to nine of them"""
    chance = random.Random(20)
    for n in range(1, 10):
        examine(
            [chance.uniform(-3, 3) for _ in range(n)], [chance.uniform(-3, 3) for _ in range(n)]
        )


def check_the_grads():
    """the grads of the predictions"""
    ys, guesses = [1.0, -1.0, -1.0, 1.0], [0.7, 0.4, -0.85, 0.9]
    answer, predictions = examine(ys, guesses)
    answer.backward()
    if not any(p.grad for p in predictions):
        raise Wrong(
            "backward() does not reach the predictions: the graph is lost where you take .data."
        )
    wanted = [2 * (x - y) for x, y in zip(guesses, ys)]
    near([p.grad for p in predictions], wanted, "the list of the grads of the predictions")


# </checker>
