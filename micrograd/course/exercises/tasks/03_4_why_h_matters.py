"""Which h is best

With a large h the symmetric difference is wrong because the curve bends between the two points.
With a tiny h it is wrong because f is rounded, and the rounding error is divided by h. The best h
lies in between. `best(f, x, slope_of_x, hs)` returns the h of the list `hs` for which `symmetric`
comes closest to the true slope of f at x, the number `slope_of_x`.

For sin at 1, whose slope is cos(1), best(sin, 1, cos(1), [0.1, 0.00001, 1e-12]) is 0.00001.
"""


def symmetric(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


def best(f, x, slope_of_x, hs):
    # <solution>
    return min(hs, key=lambda h: abs(symmetric(f, x, h) - slope_of_x))
    # </solution>


# <checker>
from math import cos, exp, sin

from micrograd.course.exercises.checking import Wrong, number

HINTS = (
    "For each h, how far is its slope from the true slope? Find the smallest of these distances.",
    "Too high and too low are equally bad: the error is abs(symmetric(f, x, h) - slope_of_x).",
    "min(hs, key=...) returns the h of the list for which the key, a function of h, is smallest.",
)
WRONG = {
    "return min(hs)": "smallest h",
    "return max(hs)": "largest h",
    "return min(hs, key=lambda h: symmetric(f, x, h) - slope_of_x)": "abs()",
    "return min(hs, key=lambda h: slope_of_x - symmetric(f, x, h))": "abs()",
    "return max(hs, key=lambda h: abs(symmetric(f, x, h) - slope_of_x))": "farthest",
    "return min(abs(symmetric(f, x, h) - slope_of_x) for h in hs)": "the h itself",
    """
    slopes = [symmetric(f, x, h) for h in hs]
    return min(slopes, key=lambda slope: abs(slope - slope_of_x))
    """: "the h itself",
    "return min(hs, key=lambda h: abs((f(x + h) - f(x)) / h - slope_of_x))": "one side",
    "return hs[len(hs) // 2]": "a better one",
}


def check_near_a_pole():
    """1 / x at 0.5, where the slope is far too low for one h and far too high for another"""
    hs = [0.49, 2.0, 1e-13, 0.01, 0.51, 1e-5]
    try_it(lambda x: 1 / x, "1 / x", 0.5, -4.0, hs)


def check_a_wave():
    """sin(10 x) at two points"""
    hs = [0.45, 1e-13, 1e-5, 1.0, 0.01, 1e-11]
    try_it(lambda x: sin(10 * x), "sin(10 x)", 0.6, 10 * cos(6), hs)
    try_it(lambda x: sin(10 * x), "sin(10 x)", 0.3, 10 * cos(3), hs)


def check_other_functions():
    """other functions; lists in which the best h is the largest, the smallest, or in between"""
    try_it(exp, "exp(x)", 1, exp(1), [1e-13, 1e-8, 1e-2, 1e-5, 1e-1])
    try_it(exp, "exp(x)", 2, exp(2), [0.1, 0.01, 1.0])
    try_it(sin, "sin(x)", 1, cos(1), (1e-10, 1e-5, 1e-14))
    try_it(lambda x: 1 / x, "1 / x", -0.5, -4.0, [0.3, 1e-3, 1e-5, 1e-12])
    try_it(lambda x: x**3, "x**3", -2, 12, [0.75])


def try_it(f, text, x, true, hs):
    """Call best once; Wrong, with a reason, if it returns another h than the best."""

    def error(h):
        return (f(x + h) - f(x - h)) / (2 * h) - true

    def one_sided(h):
        return abs((f(x + h) - f(x)) / h - true)

    answer, wanted = number(best(f, x, true, list(hs))), min(hs, key=lambda h: abs(error(h)))
    if answer == wanted:
        return
    if answer not in hs:
        raise Wrong(f"{answer:.6g} is not in the list: return the h itself, no slope or error.")
    reasons = (
        ("the smallest h is not the best: the rounding error of f is divided by it", min(hs)),
        ("the largest h is not the best: the curve bends between the two points", max(hs)),
        (
            "that h is farthest from the true slope: choose the smallest abs() of the error",
            max(hs, key=lambda h: abs(error(h))),
        ),
        (
            "a slope that is far too low is bad: take the abs() of the error",
            min(hs, key=error),
        ),
        (
            "a slope that is far too high is bad: take the abs() of the error",
            max(hs, key=error),
        ),
        ("that h would be best for a move to one side", min(hs, key=one_sided)),
    )
    sentence = next((sentence for sentence, h in reasons if answer == h), "there is a better one")
    raise Wrong(
        f"{sentence}. For {text} at {x:g}, the slope with h = {answer:g} is off by "
        f"{abs(error(answer)):.3g}, but with h = {wanted:g} only by {abs(error(wanted)):.3g}."
    )


# </checker>
