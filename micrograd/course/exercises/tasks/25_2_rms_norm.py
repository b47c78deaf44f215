"""RMSNorm, forward

Write `rms_norm(xs, eps)`: it divides each number of xs by the root of (the mean of the squares of
all numbers, plus eps), and returns the results as a list. With eps = 0, [3.0, 4.0] becomes about
[0.849, 1.131]. The small eps is there so that a list of zeros does not divide by 0. The
numbers may be floats or Values, and Values have to get their grads.
"""


def rms_norm(xs, eps):
    # <solution>
    mean_square = sum(x * x for x in xs) / len(xs)
    scale = (mean_square + eps) ** -0.5
    return [x * scale for x in xs]
    # </solution>


if __name__ == "__main__":
    print(rms_norm([3.0, 4.0], 0.0))


# <checker>
import math
from statistics import fmean

from micrograd import Value
from micrograd.course.exercises.checking import Unexplained, Wrong, compare, near

HINTS = (
    "First the mean of the squares: sum(x * x for x in xs) / len(xs).",
    "Add eps to the mean, then take the root: ** 0.5 works for floats and Values.",
    "Divide each x by that root, and return all in a list.",
)
AFTER = {
    "another": """
    squares = [x * x for x in xs]
    root = (sum(squares) / len(squares) + eps) ** 0.5
    return [x / root for x in xs]
    """,
    "remark": "All outputs share one root, so each x moves all: lesson 26 needs both paths.",
}
RETURN = "\nreturn [x / root for x in xs]"
WRONG = {
    "root = (sum(x * x for x in xs) + eps) ** 0.5" + RETURN: "the sum of the squares",
    "root = sum(x * x for x in xs) / len(xs) + eps" + RETURN: "the root is missing",
    "root = (sum(x * x for x in xs) / len(xs)) ** 0.5 + eps" + RETURN: "outside the root",
    "root = (sum(x * x for x in xs) / len(xs)) ** 0.5 or 1.0" + RETURN: "eps is not used",
    "root = ((sum(xs) / len(xs)) ** 2 + eps) ** 0.5" + RETURN: "the square of the mean",
    "root = (sum(xs) ** 2 / len(xs) + eps) ** 0.5" + RETURN: "the square of the sum",
    "root = (sum(x * x for x in xs) / len(xs) + eps) ** 1 / 2" + RETURN: "parentheses are missing",
    """
    from micrograd import Value
    xs = [Value(x.data) if hasattr(x, "data") else x for x in xs]
    root = (sum(x * x for x in xs) / len(xs) + eps) ** 0.5
    return [x / root for x in xs]
    """: "no gradient comes back to xs",
    """
    mean = sum(xs) / len(xs)
    root = (sum((x - mean) * (x - mean) for x in xs) / len(xs) + eps) ** 0.5
    return [(x - mean) / root for x in xs]
    """: "LayerNorm",
    """
    mean = sum(xs) / len(xs)
    root = (sum((x - mean) * (x - mean) for x in xs) / len(xs) + eps) ** 0.5
    return [x / root for x in xs]
    """: "standard deviation",
    "root = (sum(x * x for x in xs) / len(xs) + eps) ** 0.5\nreturn [x * root for x in xs]": (
        "multiplies by the root"
    ),
    "root = (sum(x * x for x in xs) / len(xs) + eps) ** 0.5\nreturn [1 / root for x in xs]": (
        "x itself is missing"
    ),
    "root = (sum(x * x for x in xs) / len(xs) + eps) ** 0.5\nreturn root": "the root alone",
    "root = (sum(x * x for x in xs) / (len(xs) - 1) + eps) ** 0.5" + RETURN: "n - 1",
    "root = (sum(xs) / len(xs) + eps) ** 0.5" + RETURN: "the root of the mean",
    "root = sum(abs(x) for x in xs) / len(xs) + eps" + RETURN: "mean size",
    "root = max(abs(x) for x in xs) + eps" + RETURN: "the largest",
    "root = (sum(x * x for x in xs) + eps) ** 0.5 / len(xs)" + RETURN: "is divided by n",
    "root = (sum(x * x + eps for x in xs)) ** 0.5" + RETURN: "the sum of the squares",
    "root = (sum(float(x) ** 2 for x in xs) / len(xs) + eps) ** 0.5" + RETURN: "not part of",
}
POINTS = [
    ([3.0, -4.0, 1.0], 0.5),
    ([0.2, 0.1], 0.01),
    ([-1.0, 2.0, 0.0, 7.0, 2.0], 1e-5),
    ([100.0, -300.0, 200.0, 50.0], 2.0),
]


def mean_square(xs):
    return fmean(x * x for x in xs)


def over(xs, root):
    return [x / root for x in xs]


def variance(xs):
    return fmean((x - fmean(xs)) ** 2 for x in xs)


def right(xs, eps):
    return over(xs, math.sqrt(mean_square(xs) + eps))


MISTAKES = {
    "that takes the sum of the squares: take their mean": lambda xs, eps: over(
        xs, math.sqrt(len(xs) * mean_square(xs) + eps)
    ),
    "that takes the sum of the squares, with eps for each: take their mean": lambda xs, eps: over(
        xs, math.sqrt(len(xs) * (mean_square(xs) + eps))
    ),
    "the root is missing: divide by the root of the mean square": lambda xs, eps: over(
        xs, mean_square(xs) + eps
    ),
    "eps is added outside the root: add it to the mean, then take the root": lambda xs, eps: over(
        xs, math.sqrt(mean_square(xs)) + eps
    ),
    "eps is not used": lambda xs, eps: over(xs, math.sqrt(mean_square(xs))),
    "that is the square of the mean: take the mean of the squares": lambda xs, eps: over(
        xs, math.sqrt(fmean(xs) ** 2 + eps)
    ),
    "that is the square of the sum: take the mean of the squares": lambda xs, eps: over(
        xs, math.sqrt(len(xs) * fmean(xs) ** 2 + eps)
    ),
    "that is LayerNorm: RMSNorm subtracts no mean": lambda xs, eps: over(
        [x - fmean(xs) for x in xs], math.sqrt(variance(xs) + eps)
    ),
    "that divides by the standard deviation: take the squares of the numbers themselves": (
        lambda xs, eps: over(xs, math.sqrt(variance(xs) + eps))
    ),
    "that multiplies by the root: divide by it": lambda xs, eps: [
        x * math.sqrt(mean_square(xs) + eps) for x in xs
    ],
    "the root is divided by n, and not the sum in it: take the root of the mean": (
        lambda xs, eps: over(xs, math.sqrt(len(xs) * mean_square(xs) + eps) / len(xs))
    ),
    "x itself is missing: multiply it by 1 / root": lambda xs, eps: [
        1 / math.sqrt(mean_square(xs) + eps) for _ in xs
    ],
    "the mean divides by n - 1: there are n squares": lambda xs, eps: over(
        xs, math.sqrt(mean_square(xs) * len(xs) / (len(xs) - 1) + eps)
    ),
    "that is the root of the mean: square the numbers first": lambda xs, eps: over(
        xs, math.sqrt(fmean(xs) + eps)
    ),
    "that divides by the mean size: take the root of the mean square": lambda xs, eps: over(
        xs, fmean(map(abs, xs)) + eps
    ),
    "that divides by the largest: take the root of the mean square": lambda xs, eps: over(
        xs, max(map(abs, xs)) + eps
    ),
}


def check_four_lists(rms_norm):
    """four lists of numbers, with different eps"""
    if isinstance(rms_norm([3.0, 4.0], 1.0), float):
        raise Wrong("that is the root alone: return each x divided by it, in a list.")
    compare(rms_norm, right, POINTS, "number {}", "xs = {} and eps = {}", MISTAKES)


def check_zeros(rms_norm):
    """rms_norm([0.0, 0.0], 1e-5) is [0.0, 0.0]"""
    near(rms_norm([0.0, 0.0], 1e-5), [0.0, 0.0], "rms_norm([0.0, 0.0], 1e-5)")


def check_grads(rms_norm):
    """the grads of three Values"""
    numbers, weights, h = [0.5, -1.0, 2.0], [1.0, 3.0, -2.0], 1e-6

    def loss(xs):
        return sum(w * y for w, y in zip(weights, right(xs, 0.1)))

    slopes = []
    for i in range(3):
        ends = [[x + move * (i == j) for j, x in enumerate(numbers)] for move in (h, -h)]
        slopes.append((loss(ends[0]) - loss(ends[1])) / (2 * h))
    xs = [Value(x) for x in numbers]
    outputs = rms_norm(list(xs), 0.1)
    if not all(isinstance(y, Value) for y in outputs):
        raise Wrong("the graph is cut: keep Values, not their data.")
    sum(w * y for w, y in zip(weights, outputs)).backward()
    grads = [x.grad for x in xs]
    scale = 1 / math.sqrt(mean_square(numbers) + 0.1)
    if all(abs(g - w * scale) < 1e-9 for g, w in zip(grads, weights)):
        raise Wrong("the root is not part of the graph: compute it from Values, not floats.")
    if not any(grads):
        text = "no gradient comes back to xs: compute with the Values themselves"
        raise Unexplained(f"{text}, and put no new ones in their place.", "no gradient comes back")
    near(grads, slopes, "the grads of xs", rel=1e-6)


# </checker>
