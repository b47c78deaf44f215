"""Relations: how wrong numbers follow from the right ones, in one table for all tasks.

Rule: a relation is told only if it holds wherever numbers were compared, and if at least two of
them, that are no coincidence, differ from the right ones.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

Column = list[float]
DISTINCT = 2  # so many different wrong numbers at least, of which a relation is told
ROUNDED = 2e-3  # relative errors below this are rounding, or a step that is too large


@dataclass(frozen=True)
class Comparison:
    """A number that was computed at several points, beside what it should be there.

    `quantities` are other numbers at the same points, by the names that learners know.
    """

    name: str
    answers: Column
    wanted: Column
    quantities: dict[str, Column] = field(default_factory=dict)
    rel: float = 1e-9

    def wrong_points(self) -> list[int]:
        pairs = enumerate(zip(self.answers, self.wanted))
        return [i for i, (answer, right) in pairs if not close(answer, right, self.rel)]

    def follows(self, predicted: Column) -> bool:
        """Return whether the answers are these numbers, wherever they are compared."""
        tolerance = max(self.rel, 1e-9)
        return all(close(x, y, tolerance) for x, y in zip(self.answers, predicted))

    def is_telling(self) -> bool:
        """Return whether the wrong answers are enough, and different enough, to tell a relation."""
        pairs = [(self.answers[i], self.wanted[i]) for i in self.wrong_points()]
        return len({round(right, 9) for _, right in pairs}) >= DISTINCT


def close(x: float, y: float, rel: float) -> bool:
    if math.isnan(x) and math.isnan(y):
        return True
    return math.isclose(x, y, rel_tol=rel, abs_tol=rel)


@dataclass(frozen=True)
class Relation:
    """A way in which numbers are wrong: what is computed from the right one, and how it is told.

    `singular` and `plural` are what follows the name, or the names, of what is wrong.
    """

    name: str
    compute: Callable[..., float]
    singular: str
    plural: str


# fmt: off
OF_THE_RIGHT_NUMBER = (
    Relation("0 everywhere", lambda right: 0.0, "is always 0",
             "are always 0"),
    Relation("wrong sign", lambda right: -right, "has the wrong sign", "have the wrong sign"),
    Relation("twice", lambda right: 2 * right, "is twice what it should be",
             "are twice what they should be"),
    Relation("half", lambda right: right / 2, "is half of what it should be",
             "are half of what they should be"),
    Relation("one too large", lambda right: right + 1, "is too large by 1", "are too large by 1"),
    Relation("one too small", lambda right: right - 1, "is too small by 1", "are too small by 1"),
    Relation("rounded down", math.floor, "is rounded down: is there a // or an int()?",
             "are rounded down: is there a // or an int()?"),
    Relation("reciprocal", lambda right: 1 / right, "is upside down: 1 divided by what it "
        "should be",
             "are upside down: 1 divided by what they should be"),
    Relation("square", lambda right: right * right, "is the square of what it should be",
             "are the squares of what they should be"),
    Relation("absolute", abs, "has lost its sign: is there an abs() too many?",
             "have lost their signs: is there an abs() too many?"),
    Relation("exp", math.exp, "is exp() of what it should be", "are exp() of what they should be"),
    Relation("log", math.log, "is the log of what it should be", "are the logs of what they "
        "should be"),
    Relation("tanh", math.tanh, "is tanh() of what it should be", "are tanh() of what they "
        "should be"),
)
OF_A_QUANTITY = (
    Relation("factor missing", lambda right, q: right / q, "lacks the factor {q}",
             "lack the factor {q}"),
    Relation("factor twice", lambda right, q: right * q, "has the factor {q} once too often",
             "have the factor {q} once too often"),
    Relation("sign and factor", lambda right, q: -right / q,
             "has the wrong sign, and lacks the factor {q}",
             "have the wrong sign, and lack the factor {q}"),
    Relation("sign and factor twice", lambda right, q: -right * q,
             "has the wrong sign, and the factor {q} once too often",
             "have the wrong sign, and the factor {q} once too often"),
    Relation("the quantity itself", lambda right, q: q, "is just {q}", "are just {q}"),
    Relation("the quantity, negative", lambda right, q: -q, "is just minus {q}",
             "are just minus {q}"),
    Relation("the difference", lambda right, q: right - q, "is too small by {q}",
             "are too small by {q}"),
    Relation("the sum", lambda right, q: right + q, "is too large by {q}", "are too large by {q}"),
    Relation("divided, then the sum", lambda right, q: right + 2 * q, "is too large by twice {q}",
             "are too large by twice {q}"),
    Relation("turned away", lambda right, q: 2 * q - right, "goes the wrong way from {q}: the sign "
             "of the change is reversed", "go the wrong way from {q}: the sign of the change is "
             "reversed"),
)
# fmt: on


@dataclass(frozen=True)
class Diagnosis:
    """A relation between wrong numbers and right ones, in words for one name and for several."""

    name: str
    singular: str
    plural: str


def diagnose(one: Comparison) -> Diagnosis | None:
    """Return the first relation that holds for the numbers, None if none does."""
    if any(not math.isfinite(answer) for answer in one.answers):
        return not_finite(one)
    if not one.is_telling():
        return None
    return next(diagnoses(one), None)


def not_finite(one: Comparison) -> Diagnosis | None:
    bad = {str(answer) for answer in one.answers if not math.isfinite(answer)}
    if all(not math.isfinite(right) for right in one.wanted) or len(bad) > 1:
        return None
    (text,) = bad
    return Diagnosis("not finite", f"is {text} somewhere", f"are {text} somewhere")


def diagnoses(one: Comparison) -> Iterator[Diagnosis]:
    """Yield all relations that hold, the most specific first."""
    for relation in OF_THE_RIGHT_NUMBER:
        if one.follows(compute(relation, one.wanted)):
            yield Diagnosis(relation.name, relation.singular, relation.plural)
    for quantity, column in one.quantities.items():
        if is_special(column):
            continue
        for relation in OF_A_QUANTITY:
            if one.follows(compute(relation, one.wanted, column)):
                texts = (relation.singular.format(q=quantity), relation.plural.format(q=quantity))
                yield Diagnosis(f"{relation.name}: {quantity}", *texts)
    yield from numeric_patterns(one)


def is_special(column: Column) -> bool:
    """Return whether a quantity has too few different numbers to be recognised by them."""
    return len({round(x, 9) for x in column}) < DISTINCT


def compute(relation: Relation, *columns: Column) -> Column:
    """Return what the relation predicts at each point; nan where it is not defined."""
    predicted = []
    for numbers in zip(*columns):
        try:
            predicted.append(float(relation.compute(*numbers)))
        except (ArithmeticError, ValueError):
            predicted.append(math.nan)
    return predicted


def numeric_patterns(one: Comparison) -> Iterator[Diagnosis]:
    """Yield what the numbers alone show: a constant, a factor, a distance, too few digits."""
    pairs = list(zip(one.answers, one.wanted))
    if len(pairs) >= 2 and all(close(answer, one.answers[0], one.rel) for answer in one.answers):
        yield constant(one)
    if all(abs(a - w) <= ROUNDED * abs(w) for a, w in pairs):
        text = "right to a few digits only"
        if all(close(a, round(a, 6), 1e-12) for a, _ in pairs):
            text += ": is something rounded?"
        yield Diagnosis("few digits", f"is {text}", f"are {text}")
    ratios = [answer / right for answer, right in pairs if right and answer]
    if len(ratios) == len(pairs) >= 3 and all(close(r, ratios[0], 1e-9) for r in ratios):
        factor = f"{ratios[0]:.4g} times what"
        yield Diagnosis("a factor", f"is {factor} it should be", f"are {factor} they should be")
    steps = [answer - right for answer, right in pairs]
    if len(steps) >= 3 and steps[0] and all(close(s, steps[0], 1e-9) for s in steps):
        way = f"too {'large' if steps[0] > 0 else 'small'} by {abs(steps[0]):.4g} everywhere"
        yield Diagnosis("a distance", f"is {way}", f"are {way}")


SORTED: dict[str, Callable[[Column], Column]] = {  # these name the mistake itself
    "the numbers are sorted, the smallest first: keep them in the order of the inputs": sorted,
    "the numbers are sorted, the largest first: keep them in the order of the inputs": (
        lambda xs: sorted(xs, reverse=True)
    ),
}
ORDERS: dict[str, Callable[[Column], Column]] = {
    "the numbers stand in the reverse order": lambda xs: xs[::-1],
    **SORTED,
    "the numbers stand one place too early": lambda xs: xs[1:] + xs[:1],
    "the numbers stand one place too late": lambda xs: xs[-1:] + xs[:-1],
    "the numbers are running totals: those before are added to each": (
        lambda xs: list(accumulate(xs))
    ),
    "all numbers are what the first should be": lambda xs: xs[:1] * len(xs),
    "all numbers are what the last should be": lambda xs: xs[-1:] * len(xs),
}


def order_of(answers: Sequence[Column], wanted: Sequence[Column], rel: float) -> str:
    """Return how whole lists follow from the right ones, by their order; "" if they do not."""
    lists = [(xs, ys) for xs, ys in zip(answers, wanted) if len(set(ys)) > 1]
    if len(lists) < 2:
        return ""
    for sentence, change in ORDERS.items():
        if all(close(x, y, rel) for xs, ys in lists for x, y in zip(xs, change(list(ys)))):
            return sentence
    return ""


def between_names(columns: Sequence[Comparison]) -> str:
    """Return how numbers follow from what others, with other names, should be; "" if none do."""
    known = [one for one in columns if not is_special(one.wanted)]
    wrong = [one for one in columns if one.is_telling()]
    places = [next((x.name for x in known if one.follows(x.wanted)), "") for one in wrong]
    if len(wrong) > 2 and sorted(places) == sorted(one.name for one in wrong):
        order = ", ".join(one.name for one in wrong)
        return f"the order is wrong: {', '.join(places)} stand in the places of {order}"
    for one, place in zip(wrong, places):
        if place:
            return f"{one.name} is what {place} should be"
    for one in wrong:
        for other in known:
            both = [x + y for x, y in zip(one.wanted, other.wanted)]
            if one is not other and one.follows(both):
                return f"{one.name} is what {other.name} and {one.name} should be together"
    return ""


def constant(one: Comparison) -> Diagnosis:
    where = one.answers[0]
    if close(where, one.wanted[0], 1e-3):
        text = "the same for other inputs, too: are the numbers of the example written in?"
    else:
        text = "the same number whatever the inputs are"
    return Diagnosis("constant", f"is {text}", f"are {text}")
