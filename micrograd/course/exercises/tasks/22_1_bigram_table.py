"""The table of a bigram model

Write `bigram_table(names, extra)`. It counts, for each sign, which sign follows it in the names,
and returns 27 rows of 27 probabilities: table[i][j] is the probability that letters[j] follows
letters[i]. A dot stands before and after each name. `extra` is added to every count before the
division, so that each row adds up to 1; without names, and with extra = 1, every entry is 1/27.
An `extra` is above 0, so that no row has the total 0.
"""

letters = ".abcdefghijklmnopqrstuvwxyz"


def bigram_table(names, extra):
    # <solution>
    counts = [[extra] * 27 for _ in letters]
    for name in names:
        for a, b in zip("." + name, name + "."):
            counts[letters.index(a)][letters.index(b)] += 1
    return [[n / sum(row) for n in row] for row in counts]
    # </solution>


if __name__ == "__main__":
    table = bigram_table(["ada", "adam", "eva"], 1)
    print([round(p, 3) for p in table[letters.index("a")]])


# <checker>
import math
from itertools import pairwise

from micrograd.course.exercises.checking import Unexplained, Wrong, close, number, show

letters = ".abcdefghijklmnopqrstuvwxyz"
HINTS = (
    'The pairs of "ada" are .a, ad, da and a.: zip("." + name, name + ".") gives them.',
    "Begin with 27 rows of 27 times `extra`, each row a list of its own, and add 1 for each pair.",
    "Then divide each number by the total of its *row*: n / sum(row).",
)
RIGHT = [
    """
    import numpy as np
    counts = np.full((27, 27), float(extra))
    for name in names:
        text = "." + name + "."
        for i in range(len(text) - 1):
            counts[letters.find(text[i]), letters.find(text[i + 1])] += 1
    return counts / counts.sum(axis=1, keepdims=True)
    """,
]
AFTER = {
    "another": """
    from collections import Counter

    counts = Counter(pair for name in names for pair in zip("." + name, name + "."))
    rows = [[counts[a, b] + extra for b in letters] for a in letters]
    return [[n / sum(row) for n in row] for row in rows]
    """,
    "remark": "A Counter gives 0 for a pair that never came. Lesson 23 finds the same table"
    " without counting.",
}
FILL = """
counts = [[extra] * 27 for _ in letters]
for name in names:
    for a, b in zip({}, {}):
        counts[letters.index(a)][letters.index(b)] += 1
"""
ROWS = "return [[n / sum(row) for n in row] for row in counts]"
BOTH = FILL.format('"." + name', 'name + "."')
WRONG = {
    FILL.format("name", 'name[1:] + "."') + ROWS: "no pair begins at the dot",
    FILL.format('"." + name', "name") + ROWS: "no pair ends at the dot",
    FILL.format("name", "name[1:]") + ROWS: "without the dots",
    BOTH + "return counts": "counts, not probabilities",
    BOTH + "total = sum(map(sum, counts))\nreturn [[n / total for n in row] for row in counts]": (
        "the total of the whole table"
    ),
    BOTH
    + """
totals = [sum(column) for column in zip(*counts)]
return [[n / total if total else 0.0 for n, total in zip(row, totals)] for row in counts]
""": "the total of its column",
    BOTH.replace("[letters.index(a)][letters.index(b)]", "[letters.index(b)][letters.index(a)]")
    + ROWS: "lies on its side",
    BOTH.replace("[extra] * 27", "[0] * 27")
    + "return [[n / (sum(row) or 1) for n in row] for row in counts]": "extra is not used",
    BOTH.replace("[extra] * 27", "[1] * 27") + ROWS: "always 1 in place of extra",
    BOTH.replace("[extra] * 27", "[0] * 27")
    + "return [[(n + extra) / (sum(row) or 1) for n in row] for row in counts]": (
        "not in the total"
    ),
    BOTH.replace("[extra] * 27", "[0] * 27")
    + "return [[n / (sum(row) or 1) + extra for n in row] for row in counts]": (
        "after the division"
    ),
    BOTH.replace("[[extra] * 27 for _ in letters]", "[[extra] * 27] * 27") + ROWS: (
        "one and the same list"
    ),
    "from math import exp\n"
    + BOTH
    + "return [[exp(n) / sum(map(exp, row)) for n in row] for row in counts]": "a softmax",
    BOTH.replace("in names", "in ['.'.join(names)]")
    .replace('"." + name', "name")
    .replace('name + "."', "name[1:]")
    + ROWS: ("with one dot between them"),
    BOTH.replace("in names", "in ['..'.join(names)]") + ROWS: "two dots meet",
    "letters = 'abcdefghijklmnopqrstuvwxyz.'" + BOTH + ROWS: "the last sign here",
    BOTH
    + """
for row in counts:
    for i in range(27):
        row[i] /= sum(row) or 1
return counts
""": "while you divide",
    BOTH + "return [[round(n / sum(row), 3) for n in row] for row in counts]": "rounded",
    BOTH.replace("+= 1", "= 1 + extra") + ROWS: "counted at most once",
    BOTH.replace("in names", "in set(names)") + ROWS: "a name that comes twice",
    """
    texts = ["." + name + "." for name in names]
    counts = [[extra + sum(text.count(a + b) for text in texts) for b in letters] for a in letters]
    return [[n / sum(row) for n in row] for row in counts]
    """: "overlap",
}
NAMES = ["ada", "adam", "eva", "anna"]


def pair_counts(names, before=".", after=".", order=letters):
    counts = [[0] * 27 for _ in letters]
    for name in names:
        text = before + name + after
        for a, b in pairwise(text):
            counts[order.index(a)][order.index(b)] += 1
    return counts


def joined_counts(text):
    """Return the counts of all pairs in one text."""
    return pair_counts([text], before="", after="")


def divided_in_place(row):
    """Return a row in which each number is divided by the sum of what is there then."""
    row = list(row)
    for i in range(len(row)):
        row[i] /= sum(row) or 1
    return row


def divided(counts):
    return [[n / (sum(row) or 1) for n in row] for row in counts]


def plus(counts, extra):
    return [[n + extra for n in row] for row in counts]


def softmax_of(row):
    powers = [math.exp(n) for n in row]
    return [power / sum(powers) for power in powers]


def turned(table):
    return [list(column) for column in zip(*table)]


def mistakes(names, extra):
    """Return {sentence: the table that the mistake leads to}."""
    plain = pair_counts(names)
    counts = plus(plain, extra)
    whole = sum(map(sum, counts))
    return {
        "no pair begins at the dot: the first letter of a name follows it": divided(
            plus(pair_counts(names, before=""), extra)
        ),
        "no pair ends at the dot: it follows the last letter of a name": divided(
            plus(pair_counts(names, after=""), extra)
        ),
        "the pairs are counted without the dots: a name begins and ends with one": divided(
            plus(pair_counts(names, "", ""), extra)
        ),
        "these are counts, not probabilities: divide by the total of the row": counts,
        "each count is divided by the total of the whole table: each *row* has to add up to 1": [
            [n / whole for n in row] for row in counts
        ],
        "each count is divided by the total of its column: each *row* has to add up to 1": turned(
            divided(turned(counts))
        ),
        "the table lies on its side: the row is the sign before, the column the one after": divided(
            turned(counts)
        ),
        "the names are put together with one dot between them: the first has none before it, and "
        "the last none behind": divided(plus(joined_counts(".".join(names)), extra)),
        "two dots meet between two names, and are counted as a pair: take each name alone": (
            divided(plus(joined_counts("".join(f".{name}." for name in names)), extra))
        ),
        "the dot is the last sign here, and a is number 0: take the places in `letters`": divided(
            plus(pair_counts(names, order=letters[1:] + "."), extra)
        ),
        "the total changes while you divide the row: compute it once, before": [
            divided_in_place(row) for row in counts
        ],
        "extra is not used: add it to every count, also to those that are 0": divided(plain),
        "there is always 1 in place of extra": divided(plus(plain, 1)),
        "extra is added to the counts, but not in the total by which they are divided": [
            [(n + extra) / (sum(row) or 1) for n in row] for row in plain
        ],
        "that is a softmax of the counts: divide the counts themselves by their total": [
            softmax_of(row) for row in counts
        ],
        "extra is added after the division: add it to the counts": plus(divided(plain), extra),
        "all rows are one and the same list: make a new list for each row": divided(
            [[sum(column) + extra for column in zip(*plain)]] * 27
        ),
        "each pair is counted at most once: add 1 whenever it comes": divided(
            [[n + extra if n == 0 else 1 + extra for n in row] for row in pair_counts_once(names)]
        ),
        "a name that comes twice is counted only once: each counts": divided(
            plus(pair_counts(set(names)), extra)
        ),
        'pairs that overlap are counted only once: in "ooo" the pair oo comes twice': divided(
            plus(counted_by_str(names), extra)
        ),
    }


def counted_by_str(names):
    """Return the counts as str.count finds them."""
    texts = [f".{name}." for name in names]
    return [[sum(text.count(a + b) for text in texts) for b in letters] for a in letters]


def pair_counts_once(names):
    return [[min(n, 1) for n in row] for row in pair_counts(names)]


def rows_of(answer):
    """Return the answer as 27 rows of 27 floats. Raises Wrong for anything else."""
    if answer is None:
        raise Wrong("nothing was returned: is there a return?")
    answer = answer.tolist() if hasattr(answer, "tolist") else answer
    is_table = isinstance(answer, list | tuple) and len(answer) == 27
    if not is_table or not all(isinstance(row, list | tuple) and len(row) == 27 for row in answer):
        raise Wrong(f"expected 27 lists of 27 numbers, got {show(answer)}.")
    return [[number(p) for p in row] for row in answer]


def equal(table, other):
    return all(close(p, q, 1e-9) for row, line in zip(table, other) for p, q in zip(row, line))


def examine(bigram_table, names, extra):
    kept = list(names)
    answer = rows_of(bigram_table(kept, extra))
    if kept != names:
        raise Wrong(f"the list of names was changed, from {show(names)} to {show(kept)}.")
    wanted = divided(plus(pair_counts(names), extra))
    if equal(answer, wanted):
        return
    for sentence, table in mistakes(names, extra).items():
        if equal(answer, table):
            raise Wrong(f"{sentence}.")
    if all(close(p, q, 5e-3) for row, line in zip(answer, wanted) for p, q in zip(row, line)):
        raise Wrong(
            "the probabilities are nearly right: are they rounded? Return them as they are."
        )
    for a, row, line in zip(letters, answer, wanted):
        for b, p, q in zip(letters, row, line):
            if not close(p, q, 1e-9):
                raise Unexplained(f"after {a!r}, {b!r} has {show(p)}: expected {show(q)}.")


def check_four_names(bigram_table):
    """bigram_table(["ada", "adam", "eva", "anna"], 2)"""
    examine(bigram_table, NAMES, 2)


def check_a_small_extra(bigram_table):
    """names with all letters, and extra = 0.01"""
    examine(bigram_table, ["quiz", "waltz", "jock", "nymph", "vexed", "fights", "bird"], 0.01)


def check_the_same_again(bigram_table):
    """names that come twice, and a name with three equal letters in a row"""
    examine(bigram_table, ["bob", "bo", "bob", "eve"], 1)
    examine(bigram_table, ["zooo", "oona"], 1)


def check_no_names(bigram_table):
    """no names at all, and extra = 3: every probability is 1/27"""
    examine(bigram_table, [], 3)


def check_twice(bigram_table):
    """two calls, one after the other: the second begins to count anew"""
    bigram_table(["zoe"], 1)
    examine(bigram_table, ["ada"], 1)


# </checker>
