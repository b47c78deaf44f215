"""The squared loss

How wrong a network is, in one number. `loss(ys, predictions)` takes the targets, numbers, and what
the network said, Values, and returns a Value: the sum of the squares of all differences. For the
targets [1, -1] and the predictions [0.5, 1] it is 0.25 + 4 = 4.25.
"""


def loss(ys, predictions):
    # <solution>
    return sum((p - y) ** 2 for y, p in zip(ys, predictions))
    # </solution>


# <checker>
import random

from micrograd import Value
from micrograd.course.exercises.checking import Wrong, near, number, recognise, shown

NEEDS = 14
HINTS = (
    "zip(ys, predictions) gives the pairs. How far off is one prediction, and in which direction?",
    "Square each difference, so that too much and too little both count, and then add up.",
    "sum(... for y, p in zip(ys, predictions)), with the square of p - y in place of the dots.",
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
    "return sum((p.data - y) ** 2 for y, p in zip(ys, predictions))": "a Value is wanted",
    """
    from micrograd import Value
    return Value(sum((p.data - y) ** 2 for y, p in zip(ys, predictions)))
    """: "the graph is lost",
}


def looked_at(ys, guesses):
    """The loss of these, and the predictions, with every mistake that shows in its number."""
    predictions = [Value(x) for x in guesses]
    found = loss(ys, predictions)
    if isinstance(found, list | tuple):
        raise Wrong("a list of squares comes back: add them up, with sum().")
    off = [x - y for x, y in zip(guesses, ys)]
    squares = [d * d for d in off]
    mistakes = {
        "without squares, misses cancel each other": sum(off),
        "without squares, misses cancel: target minus prediction, too": -sum(off),
        "that is the mean: the sum is wanted": sum(squares) / len(ys),
        "the root is taken: the sum of the squares is wanted": sum(squares) ** 0.5,
        "that is twice each difference: ** 2 squares": 2 * sum(off),
        "these are absolute values: squares are wanted": sum(map(abs, off)),
        "the last pair is left out": sum(squares[:-1]),
        "the first pair is left out": sum(squares[1:]),
        "it is the last pair only: add up all": squares[-1],
        "it is the first pair only: is the return inside of the loop?": squares[0],
        "it is the square of the sum: square each difference, then add up": sum(off) ** 2,
    }
    if len(ys) > 2:
        recognise(number(found), mistakes)
    near(number(found), sum(squares), f"loss({shown(ys)}, {shown(guesses)})")
    if not isinstance(found, Value):
        raise Wrong(f"a Value is wanted, and this came back: {shown(found)}: is .data taken?")
    return found, predictions


def check_four_points():
    """the loss of four predictions"""
    looked_at([1.0, -1.0, -1.0, 1.0], [0.7, 0.4, -0.85, 0.9])
    looked_at([1.0, -1.0], [0.5, 1.0])
    looked_at([-1.0], [0.3])


def check_any_number_of_points():
    """random targets and predictions, one to nine of them"""
    r = random.Random(20)
    for n in range(1, 10):
        looked_at([r.uniform(-3, 3) for _ in range(n)], [r.uniform(-3, 3) for _ in range(n)])


def check_the_grads():
    """the grads of the predictions: how the loss goes when one of them does"""
    ys, guesses = [1.0, -1.0, -1.0, 1.0], [0.7, 0.4, -0.85, 0.9]
    found, predictions = looked_at(ys, guesses)
    found.backward()
    if not any(p.grad for p in predictions):
        raise Wrong("backward() does not reach the predictions: the graph is lost, with .data.")
    wanted = [2 * (x - y) for x, y in zip(guesses, ys)]
    near([p.grad for p in predictions], wanted, "the list of the grads of the predictions")


# </checker>
