"""The loss of a table of probabilities

Write `table_loss(table, names)`: the mean of -log(p) over all pairs of all names, where p is the
probability that the table gives to the sign that follows. table[i][j] is the probability that
letters[j] follows letters[i], and a dot stands before and after each name. If a pair has the
probability 0, the loss is `math.inf`.
"""

import math

letters = ".abcdefghijklmnopqrstuvwxyz"


def table_loss(table, names):
    # <solution>
    losses = []
    for name in names:
        for a, b in zip("." + name, name + "."):
            p = table[letters.index(a)][letters.index(b)]
            losses.append(-math.log(p) if p > 0.0 else math.inf)
    return sum(losses) / len(losses)
    # </solution>


if __name__ == "__main__":
    uniform = [[1 / 27] * 27 for _ in letters]
    print(table_loss(uniform, ["ada", "eva"]), math.log(27))


# <checker>
import math as maths
from itertools import pairwise

from micrograd.course.exercises.checking import (
    Wrong,
    close,
    near,
    number,
    recognise,
    show,
    unchanged,
)

letters = ".abcdefghijklmnopqrstuvwxyz"
HINTS = (
    'Go through zip("." + name, name + ".") for each name, as in lesson 22.',
    "Keep -math.log(p) of each pair in one list for all names; where p is 0, keep math.inf.",
    "Return the sum of the list divided by its length: by how many pairs there are, not names.",
)
AFTER = {
    "another": """
    pairs = [pair for name in names for pair in zip("." + name, name + ".")]
    ps = [table[letters.index(a)][letters.index(b)] for a, b in pairs]
    if 0.0 in ps:
        return math.inf
    return -sum(map(math.log, ps)) / len(ps)
    """,
    "remark": "exp(-loss) is the mean probability of a pair, as a geometric mean: 1/27 for "
    "the uniform table.",
}
LOOP = """
losses = []
for name in names:
    for a, b in zip({}, {}):
        p = table[letters.index(a)][letters.index(b)]
        losses.append({})
"""
START, END = '"." + name', 'name + "."'
LOG = "-math.log(p) if p else math.inf"
MEAN = "return sum(losses) / len(losses)"
WRONG = {
    LOOP.format(START, END, LOG) + "return sum(losses)": "the sum over all pairs",
    LOOP.format(START, END, "math.log(p) if p else math.inf") + MEAN: "the minus is missing",
    LOOP.format(START, END, LOG) + "return sum(losses) / len(names)": (
        "divided by the number of names"
    ),
    LOOP.format("name", 'name[1:] + "."', LOG) + MEAN: "no pair begins at the dot",
    LOOP.format(START, "name", LOG) + MEAN: "no pair ends at the dot",
    LOOP.format("name", "name[1:]", LOG) + MEAN: "without the dots",
    LOOP.format(START, END, "1 - p") + MEAN: "the mean of 1 - p",
    LOOP.format(START, END, LOG) + "return max(losses)": "the largest loss",
    LOOP.format(START, END, "p") + "return math.prod(losses)": "the product",
    LOOP.format(START, END, "p") + MEAN: "the mean probability",
    LOOP.format(START, END, "p") + "return -math.log(sum(losses) / len(losses))": (
        "the log of the mean"
    ),
    LOOP.format(START, END, "p")
    + "p = math.prod(losses)\nreturn -math.log(p) / len(losses) if p else math.inf": (
        "too small for a float"
    ),
    LOOP.format(START, END, "-math.log10(p) if p else math.inf") + MEAN: "base 10",
    LOOP.format(START, END, "-math.log2(p) if p else math.inf") + MEAN: "base 2",
    LOOP.format(START, END, LOG).replace("(a)][letters.index(b)", "(b)][letters.index(a)")
    + MEAN: "the row and the column are swapped",
    """
    means = []
    for name in names:
        losses = []
        for a, b in zip("." + name, name + "."):
            p = table[letters.index(a)][letters.index(b)]
            losses.append(-math.log(p) if p else math.inf)
        means.append(sum(losses) / len(losses))
    return sum(means) / len(means)
    """: "the mean of the means",
    LOOP.format(START, END, "-math.log(p) if p else 0.0") + MEAN: "as if it were certain",
    LOOP.format(START, END, "-math.log(p)").replace("losses.append", "if p: losses.append")
    + MEAN: "is left out",
    LOOP.format(START, END, "-math.log(p)") + MEAN: "there is no log(0)",
    LOOP.format(START, END, "-math.log(p + 1e-9)") + MEAN: "something is added to p",
    """
    total, count = 0.0, 0
    for name in names:
        impossible = False
        for a, b in zip("." + name, name + "."):
            p = table[letters.index(a)][letters.index(b)]
            count += 1
            if p > 0:
                total -= math.log(p)
            else:
                impossible = True
    return math.inf if impossible else total / count
    """: "before it is forgotten",
    LOOP.format(START, END, "-math.log(p + 1e-12)") + MEAN: "the impossible pair has a loss of 27.",
    LOOP.format(START, END, "-math.log(p) if p else 100.0") + MEAN: "put in its place",
    LOOP.format(START, END, LOG) + 'return sum(losses) / len("".join(names))': (
        "the number of letters"
    ),
    """
    pairs = {(a, b) for name in names for a, b in zip("." + name, name + ".")}
    ps = [table[letters.index(a)][letters.index(b)] for a, b in pairs]
    return sum(-math.log(p) if p else math.inf for p in ps) / len(ps)
    """: "each pair counts once",
    LOOP.replace("in names:", "in set(names):").format(START, END, LOG) + MEAN: (
        "each name counts once"
    ),
}


def lopsided():
    """Return a table whose entries are all different, with the pair q, r impossible."""
    table = []
    for i in range(27):
        row = [2.0 + maths.sin(7 * i + 3 * j) for j in range(27)]
        if letters[i] == "q":
            row[letters.index("r")] = 0.0
        table.append([p / sum(row) for p in row])
    return table


def probabilities(table, name, before=".", after=".", swapped=False):
    text = before + name + after
    pairs = [(letters.index(a), letters.index(b)) for a, b in pairwise(text)]
    return [table[j][i] if swapped else table[i][j] for i, j in pairs]


def all_of(table, names, **options):
    return [p for name in names for p in probabilities(table, name, **options)]


def mean(numbers):
    return maths.fsum(numbers) / len(numbers)


def mean_loss(ps):
    return mean([-maths.log(p) for p in ps])


def different_pairs(table, names):
    """Return the probability of each pair, of those that occur twice only once."""
    pairs = {pair for name in names for pair in pairwise(f".{name}.")}
    return [table[letters.index(a)][letters.index(b)] for a, b in pairs]


def mistakes(table, names):
    """Return {sentence: the number that the mistake leads to}."""
    ps = all_of(table, names)
    loss = mean_loss(ps)
    by_name = [mean_loss(probabilities(table, name)) for name in names]
    return {
        "this is the sum over all pairs: divide it by how many there are": loss * len(ps),
        "the minus is missing: the log of a probability is negative": -loss,
        "the sum is divided by the number of names: divide it by the number of pairs": (
            loss * len(ps) / len(names)
        ),
        "the sum is divided by the number of letters: each name has one pair more than letters": (
            loss * len(ps) / len("".join(names))
        ),
        "each pair counts once, however often it occurs: every time counts": mean_loss(
            different_pairs(table, names)
        ),
        "each name counts once, however often it occurs: every time counts": mean_loss(
            all_of(table, sorted(set(names)))
        ),
        "no pair begins at the dot: the first letter of a name follows it": mean_loss(
            all_of(table, names, before="")
        ),
        "no pair ends at the dot: it follows the last letter of a name": mean_loss(
            all_of(table, names, after="")
        ),
        "the pairs are taken without the dots: a name begins and ends with one": mean_loss(
            all_of(table, names, before="", after="")
        ),
        "this is the product of all probabilities: take minus the log of each, and the mean": (
            maths.prod(ps)
        ),
        "this is the mean of 1 - p: take minus the log of p": mean([1 - p for p in ps]),
        "this is the largest loss of a pair: the mean over all pairs is asked for": max(
            -maths.log(p) for p in ps
        ),
        "this is the mean probability: take minus the log of each": mean(ps),
        "this is the log of the mean: take the logs first, then their mean": -maths.log(mean(ps)),
        "this logarithm has base 10: math.log has the base e": loss / maths.log(10),
        "this logarithm has base 2: math.log has the base e": loss / maths.log(2),
        "the row and the column are swapped: the row is the sign before": mean_loss(
            all_of(table, names, swapped=True)
        ),
        "this is the mean of the means of the names: every pair counts the same": mean(by_name),
    }


def examine(table_loss, names):
    table = lopsided()
    kept, wanted = list(names), mean_loss(all_of(table, names))
    with unchanged(table=table, names=kept):
        answer = number(table_loss(table, kept))
    if close(answer, wanted, 1e-9):
        return
    recognise(answer, mistakes(table, names))
    if close(answer, wanted, 1e-4) and number(table_loss(table, ["iqra"])) < maths.inf:
        raise Wrong("something is added to p, or small p are replaced: take -math.log(p) itself.")
    near(answer, wanted, f"the loss of {names}")


def check_two_names(table_loss):
    """the loss of a table on ["ada", "penelope"]"""
    examine(table_loss, ["ada", "penelope"])


def check_five_names(table_loss):
    """the loss of a table on five names, two of them the same"""
    examine(table_loss, ["bo", "maximilian", "bo", "zoe", "eve"])


def check_many_names(table_loss):
    """the loss of a table on 400 names"""
    table, names = lopsided(), ["ada", "maximilian", "penelope", "zoe"] * 100
    answer = number(table_loss(table, list(names)))
    if answer == maths.inf:
        text = "the loss of 400 names is math.inf: does a product of all probabilities become 0, "
        raise Wrong(f"{text}since it is too small for a float? Add up the logs.", "underflow")
    near(answer, mean_loss(all_of(table, names)), "the loss of 400 names")


def check_an_impossible_pair(table_loss):
    """a name with a pair of probability 0: math.inf"""
    table, names = lopsided(), ["ada", "iqra"]
    ps = all_of(table, names)
    others = [p for p in ps if p > 0.0]
    try:
        answer = number(table_loss(table, names))
    except ValueError:
        raise Wrong(
            "there is no log(0): return math.inf if a pair has the probability 0."
        ) from None
    total = mean_loss(others) * len(others)
    recognise(
        answer,
        {
            "the impossible pair counts as if it were certain: the loss is math.inf": (
                total / len(ps)
            ),
            "the impossible pair is left out: the loss is math.inf": total / len(others),
        },
    )
    own = answer * len(ps) - total  # the loss of the impossible pair
    if 0.0 < own < maths.inf and close(number(table_loss(table, ["ada"])), mean_loss(ps[:4]), 1e-4):
        text = "is something added to p, or put in its place?"
        shown = f"the impossible pair has a loss of {show(own)}, and should have math.inf: {text}"
        raise Wrong(shown, "something is added to p")
    near(answer, maths.inf, f"the loss of {names}, where r never follows q")
    if number(table_loss(table, names[::-1])) != maths.inf:
        text = "an impossible pair in the last name makes the loss math.inf, but one in a name"
        raise Wrong(f"{text} before it is forgotten: it has to count in any name.", "forgotten")


def check_nothing_is_added(table_loss):
    """a certain name: the loss is exactly 0"""
    table = [[0.0] * 27 for _ in letters]
    for a, b in zip(".zoe", "zoe."):
        table[letters.index(a)][letters.index(b)] = 1.0
    near(number(table_loss(table, ["zoe"])), 0.0, "the loss of a certain name", rel=1e-12)


# </checker>
