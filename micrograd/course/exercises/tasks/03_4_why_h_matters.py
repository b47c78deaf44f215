"""Which h is best

With a large h the symmetric difference is wrong because the curve bends between the two points.
With a tiny h it is wrong because f is rounded, and the rounding error is divided by h. The best h
lies in between. `best(f, x, slope_of_x, hs)` returns the h of the list `hs` for which `symmetric`
comes closest to the true slope of f at x, the number `slope_of_x`; no two are equally close.

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

from micrograd.course.exercises.checking import (
    NOTHING_RETURNED,
    Unexplained,
    Wrong,
    number,
    show,
    unchanged,
)

HINTS = (
    "For each h, how far is its slope from the true slope? Find the smallest of these distances.",
    "Too high and too low are equally bad: the error is abs(symmetric(f, x, h) - slope_of_x).",
    "min(hs, key=...) returns the h of the list for which the key, a function of h, is smallest.",
)
RIGHT = (
    """
    errors = [abs(symmetric(f, x, h) - slope_of_x) for h in hs]
    return hs[errors.index(min(errors))]
    """,
    "return sorted(hs, key=lambda h: (symmetric(f, x, h) - slope_of_x) ** 2)[0]",
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
    """
    best_h, best_error = None, 0.001
    for h in hs:
        error = abs(symmetric(f, x, h) - slope_of_x)
        if error < best_error:
            best_h, best_error = h, error
    return best_h
    """: "None was returned",
    "return hs[len(hs) // 2]": "in the middle of the list",
    "return sorted(hs)[len(hs) // 2]": "middle of the sorted list",
    "return min(hs, key=lambda h: abs(symmetric(f, x, h) - f(x)))": "nearest to f(x)",
    "return hs[-1]": "last",
    "return hs[0]": "first",
    """
    best_h, best_error = hs[0], 1
    for h in hs:
        error = abs(symmetric(f, x, h) - slope_of_x)
        if error < best_error:
            best_h, best_error = h, error
    return best_h
    """: "start from the error of the first h",
    """
    errors = [abs(symmetric(f, x, h) - slope_of_x) for h in hs]
    return errors.index(min(errors))
    """: "its place in the list",
    "return min(hs, key=lambda h: abs(symmetric(f, x, h)))": "without the true slope",
    """
    hs.sort(key=lambda h: abs(symmetric(f, x, h) - slope_of_x))
    return hs[0]
    """: "belongs to the caller",
    """
    chosen = hs[0]
    error = abs(symmetric(f, x, chosen) - slope_of_x)
    for h in hs[1:]:
        other = abs(symmetric(f, x, h) - slope_of_x)
        if other > error:
            break
        chosen, error = h, other
    return chosen
    """: "ends at the first h that is worse",
    "return 0.00001": "not in the list",
    "return min(hs, key=lambda h: abs(symmetric(f, x, h) / slope_of_x - 1))": "no share of it",
}
AFTER = {
    "another": RIGHT[0],
    "remark": "The best h depends on f: a function that bends more needs a smaller one, and then "
    "rounding costs more digits.",
}
FUNCTIONS = {
    "exp(x)": exp,
    "sin(x)": sin,
    "1 / x": lambda x: 1 / x,
    "sin(10 x)": lambda x: sin(10 * x),
    "x**3": lambda x: x**3,
    "(x - 2)**3 + 1": lambda x: (x - 2) ** 3 + 1,
}
CASES = (
    ("sin(x)", 1, cos(1), [0.1, 0.00001, 1e-12]),
    ("1 / x", 0.5, -4.0, [0.49, 2.0, 1e-13, 0.01, 0.51, 1e-5]),
    ("1 / x", 0.5, -4.0, [0.51, 0.49]),
    ("1 / x", 0.5, -4.0, [2.0, 0.51]),
    ("sin(10 x)", 0.6, 10 * cos(6), [0.45, 1e-13, 1e-5, 1.0, 0.01, 1e-11]),
    ("sin(10 x)", 0.3, 10 * cos(3), [0.45, 1e-13, 1e-5, 1.0, 0.01, 1e-11]),
    ("exp(x)", 1, exp(1), [1e-13, 1e-8, 1e-2, 1e-5, 1e-1]),
    ("exp(x)", 2, exp(2), [0.1, 0.01, 1.0]),
    ("sin(x)", 1, cos(1), [1e-10, 1e-5, 1e-14]),
    ("1 / x", -0.5, -4.0, [0.3, 1e-3, 1e-5, 1e-12]),
    ("x**3", -2, 12, [0.75]),
    ("x**3", 1.5, 6.75, [1e-6, 0.5, 0.25]),
    ("(x - 2)**3 + 1", 2, 0, [0.1, 0.01, 0.5]),
)


def errors(name, x, true, hs):
    """Return how far off the slope with each h is, with its sign."""
    f = FUNCTIONS[name]
    return {h: (f(x + h) - f(x - h)) / (2 * h) - true for h in hs}


def smallest(off):
    """Return the h with the smallest error."""
    return min(off, key=lambda h: abs(off[h]))


def one_sided(name, x, true, hs):
    f = FUNCTIONS[name]
    return min(hs, key=lambda h: abs((f(x + h) - f(x)) / h - true))


def best_below(limit, off, hs):
    """Return the result of a search that starts at this error."""
    chosen = hs[0]
    for h in hs:
        if abs(off[h]) < limit:
            chosen, limit = h, abs(off[h])
    return chosen


def before_a_worse_one(off, hs):
    """Return the result of a search that ends at the first h that is worse than the one before."""
    sizes = [abs(off[h]) for h in hs]
    worse = (i for i in range(1, len(hs)) if sizes[i] > sizes[i - 1])
    return hs[next(worse, len(hs)) - 1]


def choose(rule):
    """Return the rule as a function of a case."""
    return lambda name, x, true, hs: rule(errors(name, x, true, hs), hs)


RULES = {
    "the smallest h is not the best: the rounding error of f is divided by it": (
        choose(lambda off, hs: min(hs))
    ),
    "the largest h is not the best: the curve bends between the two points": (
        choose(lambda off, hs: max(hs))
    ),
    "that h is farthest from the true slope: choose the smallest abs() of the error": (
        choose(lambda off, hs: max(hs, key=lambda h: abs(off[h])))
    ),
    "a slope that is far too low is bad: take the abs() of the error": (
        choose(lambda off, hs: min(hs, key=lambda h: off[h]))
    ),
    "a slope that is far too high is bad: take the abs() of the error": (
        choose(lambda off, hs: max(hs, key=lambda h: off[h]))
    ),
    "that h would be best for a move to one side": one_sided,
    "that is the first h of the list, whatever its error": choose(lambda off, hs: hs[0]),
    "that is the last h of the list, whatever its error": choose(lambda off, hs: hs[-1]),
    "that is the h in the middle of the list, whatever its error": (
        choose(lambda off, hs: hs[len(hs) // 2])
    ),
    "the search for the smallest error has to start from the error of the first h: here all "
    "errors may be above 1": choose(lambda off, hs: best_below(1, off, hs)),
    "the search ends at the first h that is worse, and a better one may come behind it: look at "
    "all": choose(before_a_worse_one),
    "that is the error itself: return the h itself": (
        choose(lambda off, hs: min(abs(off[h]) for h in hs))
    ),
    "that is the slope: return the h itself": (
        lambda name, x, true, hs: true + min(errors(name, x, true, hs).values(), key=abs)
    ),
    "that is its place in the list: return the h itself": (
        choose(lambda off, hs: hs.index(min(hs, key=lambda h: abs(off[h]))))
    ),
    "that is the h in the middle of the sorted list, whatever its error": (
        choose(lambda off, hs: sorted(hs)[len(hs) // 2])
    ),
    "that is the h whose slope is nearest to f(x): compare it with the true slope": (
        lambda name, x, true, hs: min(
            hs, key=lambda h: abs(errors(name, x, true, [h])[h] + true - FUNCTIONS[name](x))
        )
    ),
    "that h has the smallest slope, without the true slope: the error is the distance to it": (
        lambda name, x, true, hs: min(hs, key=lambda h: abs(errors(name, x, true, [h])[h] + true))
    ),
}


NO_SHARE = "the error is the distance from the true slope, and no share of it"


def check_all_lists(best):
    """the best h for several functions, points and lists"""
    answers = []
    for name, x, true, hs in CASES:
        kept = list(hs)
        try:
            with unchanged(hs=kept):
                answer = best(FUNCTIONS[name], x, true, kept)
        except ZeroDivisionError:
            if true:
                raise
            text = "with a true slope of 0, something is divided by 0"
            raise Wrong(f"{text}: {NO_SHARE}.", "divided by the slope") from None
        if answer is None:
            raise Unexplained(NOTHING_RETURNED, "nothing returned")
        answers.append(number(answer))
    wanted = [smallest(errors(*case)) for case in CASES]
    wrong = [i for i, (x, y) in enumerate(zip(answers, wanted)) if x != y]
    if not wrong:
        return
    i = wrong[0]
    (name, x, true, hs), answer = CASES[i], answers[i]
    facts = f"For {name} at {x:g} and the list {show(hs)}, expected {wanted[i]:g}, got {answer:g}."
    for sentence, rule in RULES.items():
        if all(
            abs(rule(*case) - given) <= 1e-9 * abs(given) for case, given in zip(CASES, answers)
        ):
            raise Wrong(f"{sentence}. {facts}", sentence)
    if answer not in hs:
        raise Wrong(f"{answer:.6g} is not in the list: return the h itself. {facts}", "not in list")
    off = errors(*CASES[i])
    raise Wrong(
        f"{facts} With h = {answer:g} the slope is off by {abs(off[answer]):.3g}, but with "
        f"h = {wanted[i]:g} only by {abs(off[wanted[i]]):.3g}.",
        "another h",
    )


# </checker>
