"""Neurons that let no grad through

`rows` has the outputs of a layer: one list for each example, with a number for each neuron. Write
two functions. `dead(rows)` is for relu: it returns the places of the neurons whose output is 0 for
*every* example, in order. `saturated(rows)` is for tanh: it returns which share of *all* the
numbers in rows, from 0 to 1, has a slope of tanh below 0.01.
"""


def dead(rows):
    # <solution>
    return [i for i, outputs in enumerate(zip(*rows)) if all(h == 0.0 for h in outputs)]
    # </solution>


def saturated(rows):
    # <solution>
    numbers = [h for row in rows for h in row]
    return sum(1.0 - h * h < 0.01 for h in numbers) / len(numbers)
    # </solution>


if __name__ == "__main__":
    print(dead([[0.0, 1.5, 0.0], [0.0, 0.0, 2.0]]))
    print(saturated([[0.999, -0.2], [-1.0, 0.5]]))


# <checker>
from micrograd.course.exercises.checking import Unexplained, Wrong, compare, copied, show, unchanged

HINTS = (
    "zip(*rows) turns the table: it gives the outputs of one neuron for all examples.",
    "A neuron is dead if all(h == 0.0 for h in outputs); enumerate gives its place.",
    "The slope of tanh is 1 - h * h, where h is its output. Count the numbers with less than 0.01.",
)
AFTER = {
    "another": (
        """
        columns = list(zip(*rows))
        return [i for i in range(len(columns)) if not any(columns[i])]
        """,
        """
        flat = [h for row in rows for h in row if 1.0 - h * h < 0.01]
        return len(flat) / (len(rows) * len(rows[0]))
        """,
    ),
    "remark": "A dead neuron is dead on these examples; others may wake it. diagnose(model,"
    " loss) looks for both.",
}
DEAD = "return [i for i, hs in enumerate(zip(*rows)) if all(h == 0.0 for h in hs)]"
NUMBERS = "numbers = [h for row in rows for h in row]\n"
SHARE = NUMBERS + "return sum(1.0 - h * h < 0.01 for h in numbers) / len(numbers)"
WRONG = {
    (DEAD.replace("all(", "any("), SHARE): "one 0 is enough",
    (DEAD.replace("zip(*rows)", "rows"), SHARE): "examples, not neurons",
    (DEAD.replace("[i for", "[hs for"), SHARE): "places",
    (DEAD.replace("[i for", "len([i for") + ")", SHARE): "how many",
    (DEAD.replace("if all(h == 0.0 for h in hs)", "if sum(hs) == 0.0"), SHARE): "cancel",
    (DEAD.replace("all(h == 0.0 for h in hs)", "hs[0] == 0.0"), SHARE): "the first example",
    (DEAD.replace("if all", "if not all"), SHARE): "living",
    (DEAD.replace("enumerate(zip(*rows))", "enumerate(zip(*rows), 1)"), SHARE): "from 1",
    (
        """
        places = list(range(len(rows[0])))
        for row in rows:
            for i in places:
                if row[i] != 0.0:
                    places.remove(i)
        return places
        """,
        SHARE,
    ): "some are skipped",
    (DEAD.replace("h == 0.0", "abs(h) < 0.01"), SHARE): "small outputs",
    (DEAD.replace("h == 0.0", "round(h, 2) == 0.0"), SHARE): "small outputs",
    (DEAD, SHARE.replace("1.0 - h * h < 0.01", "h > 0.99")): "near -1",
    (DEAD, SHARE.replace("1.0 - h * h < 0.01", "abs(h) > 0.99")): "the output itself",
    (DEAD, SHARE.replace("1.0 - h * h < 0.01", "1.0 - abs(h) < 0.01")): "the output itself",
    (DEAD, SHARE.replace("1.0 - h * h < 0.01", "1.0 - h * h > 0.01")): "not saturated",
    (DEAD, NUMBERS + "return sum(1.0 - h * h < 0.01 for h in numbers)"): "a count",
    (DEAD, NUMBERS + "return sum(1.0 - h * h < 0.01 for h in numbers) / len(rows)"): (
        "number of examples"
    ),
    (
        DEAD,
        SHARE.replace("1.0 - h * h", "1.0 - tanh(h) ** 2").replace(
            "numbers =", "from math import tanh\nnumbers =", 1
        ),
    ): "`tanh()` does not belong around `h`",
    (DEAD, SHARE.replace(" / len", " // len")): "rounds down",
    (
        DEAD,
        """
        count = sum(all(1.0 - h * h < 0.01 for h in hs) for hs in zip(*rows))
        return count / len(rows[0])
        """,
    ): "share of the neurons",
    (
        DEAD,
        "count = sum(any(1.0 - h * h < 0.01 for h in hs) for hs in zip(*rows))\n"
        "return count / len(rows[0])",
    ): "saturated for some example",
    (DEAD, SHARE + " * 100"): "per cent",
    (DEAD, SHARE.replace("1.0 - h * h < 0.01", "abs(h) < 0.01")): "near 0",
    (
        DEAD,
        "for row in rows:\n    n = sum(1.0 - h * h < 0.01 for h in row)\n"
        "return n / (len(rows) * len(rows[0]))",
    ): "only the last example is counted",
    (DEAD, SHARE.replace("in rows", "in rows[:1]")): "only the first example",
}
RELU = [
    [[0.0, 1.5, 0.0, 0.0, 2.0], [0.0, 0.0, 2.0, 0.0, 0.0]],
    [[3.0, 0.0], [0.0, 0.0], [1.0, 0.0]],
    [[0.0, 0.0, 0.0], [0.25, 0.0, 1e-9], [0.0, 0.0, 0.0], [1.0, 0.5, 2.0]],
    [[1.0, -1.0, 0.0], [-1.0, 1.0, 0.0]],
    [[1.0, 2.0, 0.0, 3.0], [0.0, 0.0, 0.0, 0.0]],
    [[0.0, 0.001], [0.0, 0.0]],
]
TANH = [
    [[0.999, -0.2, 0.9975], [-1.0, 0.5, 0.0], [0.996, 0.2, -0.3]],
    [[-0.999, 0.3], [-1.0, 0.993], [-0.998, 0.1], [-0.996, 0.999]],
    [[0.1, 0.2, 0.3, -0.9992], [0.992, -0.4, 0.1, -1.0]],
]


def right_dead(rows, enough=all, first=0):
    return [i for i, hs in enumerate(zip(*rows), first) if enough(h == 0.0 for h in hs)]


def after_removing(rows):
    """Return the places that are left if a loop removes from the list that it goes through."""
    places = list(range(len(rows[0])))
    for row in rows:
        for i in places:
            if row[i] != 0.0:
                places.remove(i)
    return places


DEAD_MISTAKES = {
    "one 0 is enough here: a dead neuron gives 0 for *every* example": lambda rows: right_dead(
        rows, any
    ),
    "these are the places of examples, not neurons: a row is one example": lambda rows: [
        i for i, row in enumerate(rows) if all(h == 0.0 for h in row)
    ],
    "these are the outputs: their places are asked for": lambda rows: [
        hs for hs in zip(*rows) if all(h == 0.0 for h in hs)
    ],
    "this says how many are dead: their places are asked for": lambda rows: len(right_dead(rows)),
    "a sum of 0 is not enough, since positive and negative numbers cancel": lambda rows: [
        i for i, hs in enumerate(zip(*rows)) if sum(hs) == 0.0
    ],
    "only the first example is looked at": lambda rows: right_dead(rows[:1]),
    "only the last example is looked at": lambda rows: right_dead(rows[-1:]),
    "these are the living ones: the dead are asked for": lambda rows: [
        i for i, hs in enumerate(zip(*rows)) if any(hs)
    ],
    "places are removed from the list that the loop goes through, so that some are skipped: make a "
    "new list": lambda rows: after_removing(rows),
    "small outputs count as 0: a dead neuron gives exactly 0": lambda rows: [
        i for i, hs in enumerate(zip(*rows)) if all(abs(h) < 0.002 for h in hs)
    ],
    "the places are counted from 1: Python counts from 0": lambda rows: right_dead(rows, first=1),
}


def check_dead(dead):
    """dead(rows), for six layers"""
    kept = copied(RELU)
    with unchanged(rows=kept):
        answers = [dead(rows) for rows in kept]
    answers = [list(x) if isinstance(x, tuple) else x for x in answers]
    wanted = [right_dead(rows) for rows in RELU]
    if answers == wanted:
        return
    if answers[0] is None:
        raise Wrong("nothing was returned: is there a return?", "nothing returned")
    for sentence, mistake in DEAD_MISTAKES.items():
        if answers == [mistake(rows) for rows in RELU]:
            raise Wrong(f"{sentence}.")
    for rows, answer, right in zip(RELU, answers, wanted):
        if answer != right:
            raise Unexplained(f"dead({show(rows)}) is {show(answer)}, and should be {right}.")


def share(is_flat, rows):
    numbers = [h for row in rows for h in row]
    return sum(map(is_flat, numbers)) / len(numbers)


def flat(h):
    return 1.0 - h * h < 0.01


def check_saturated(saturated):
    """saturated(rows), for three layers"""
    compare(
        saturated,
        lambda rows: share(flat, rows),
        [(rows,) for rows in TANH],
        "the share",
        "rows = {}",
        {
            "numbers near -1 are saturated, too": lambda rows: share(
                lambda h: h > 0 and flat(h), rows
            ),
            "numbers near -1 are saturated, too, and it is the slope that counts": lambda rows: (
                share(lambda h: h > 0.99, rows)
            ),
            "this looks at the output itself: its slope is 1 - h * h, and that is to be below "
            "0.01": lambda rows: share(lambda h: abs(h) > 0.99, rows),
            "this looks for outputs near 0, where tanh is steep: it is flat near 1 and -1": (
                lambda rows: share(lambda h: abs(h) < 0.01, rows)
            ),
            "only the last example is counted: add up those of all": lambda rows: (
                sum(map(flat, rows[-1])) / (len(rows) * len(rows[0]))
            ),
            "only the last example is looked at": lambda rows: share(flat, rows[-1:]),
            "only the first example is looked at": lambda rows: share(flat, rows[:1]),
            "these are the ones that are not saturated": lambda rows: 1.0 - share(flat, rows),
            "this is a count: divide it by how many numbers there are": lambda rows: sum(
                flat(h) for row in rows for h in row
            ),
            "the count is divided by the number of examples: divide by that of all numbers": (
                lambda rows: share(flat, rows) * len(rows[0])
            ),
            "that is a share of the neurons: count all numbers of all examples": lambda rows: (
                sum(all(map(flat, hs)) for hs in zip(*rows)) / len(rows[0])
            ),
            "this is the share of neurons that are saturated for some example: count numbers of "
            "all examples": lambda rows: (
                sum(any(map(flat, hs)) for hs in zip(*rows)) / len(rows[0])
            ),
            "this is per cent: a share is from 0 to 1": lambda rows: 100 * share(flat, rows),
        },
    )


# </checker>
