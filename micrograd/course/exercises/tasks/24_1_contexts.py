"""Examples of a few signs and the next one

Write `contexts(names, back)`. It returns two lists, X and y: for each sign of each name, and for
the dot at its end, X has the `back` signs before it, the latest last, and y has the sign itself.
Signs are numbers, their places in `letters`. Before a name there are only dots. For "ada" and
back = 3, y is [1, 4, 1, 0] and X is [[0, 0, 0], [0, 0, 1], [0, 1, 4], [1, 4, 1]].
"""

letters = ".abcdefghijklmnopqrstuvwxyz"


def contexts(names, back):
    # <solution>
    X, y = [], []
    for name in names:
        context = [0] * back
        for sign in name + ".":
            X.append(context)
            y.append(letters.index(sign))
            context = [*context[1:], y[-1]]
    return X, y
    # </solution>


if __name__ == "__main__":
    for context, sign in zip(*contexts(["ada", "eve"], 3)):
        print(context, sign)


# <checker>
from collections import deque

from micrograd.course.exercises.checking import Unexplained, Wrong, show, unchanged

letters = ".abcdefghijklmnopqrstuvwxyz"
HINTS = (
    "Begin each name with context = [0] * back, and go through the signs of name + '.'.",
    "For each sign: append the context to X and the sign's number to y, then move the context on.",
    "Move it on by a new list, context[1:] + [number]: what is in X must not change any more.",
)
RIGHT = [
    """
    from collections import deque
    X = []; y = []
    for name in names:
        context = deque([0] * back, maxlen=back)
        for sign in name + ".":
            X.append(tuple(context))
            y.append(letters.index(sign))
            context.append(y[-1])
    return [X, y]
    """,
]
AFTER = {
    "another": """
    X, y = [], []
    for name in names:
        signs = [0] * back + [letters.index(sign) for sign in name + "."]
        for i in range(back, len(signs)):
            X.append(signs[i - back : i])
            y.append(signs[i])
    return X, y
    """,
    "remark": "A slice is always a new list, so nothing can change in X later.",
}
LOOP = """
X, y = [], []
for name in names:
    context = [0] * back
    for sign in name + ".":
        i = letters.index(sign)
        X.append(context)
        y.append(i)
        context = context[1:] + [i]
return X, y
"""
MOVE = "        context = context[1:] + [i]\n"
WRONG = {
    LOOP.replace(MOVE, "        context.append(i)\n        context.pop(0)\n"): (
        "one and the same list"
    ),
    LOOP.replace('name + "."', "name"): "the dot at the end",
    LOOP.replace("    context = [0] * back\n", "").replace(
        "X, y = [], []", "X, y = [], []\ncontext = [0] * back"
    ): "the name before",
    LOOP.replace(MOVE, "").replace(
        "        X.append(context)\n", MOVE + "        X.append(context)\n"
    ): "the answer is in the question",
    LOOP.replace("context[1:] + [i]", "[i] + context[:-1]"): "the latest has to be last",
    LOOP.replace("context[1:] + [i]", "context + [i]"): "grows",
    LOOP.replace("context[1:] + [i]", "context[:1] + context[2:] + [i]"): "stays for ever",
    LOOP.replace("[0] * back", "[0] * 3"): "always 3",
    LOOP.replace("[0] * back", "[0] * (back + 1)"): "one sign too many",
    LOOP.replace("[0] * back", "[0] * (back - 1)"): "one sign too few",
    LOOP.replace('name + "."', '"." + name + "."'): "the dot before the name is predicted",
    LOOP.replace("        X.append(context)\n        y.append(i)\n", "").replace(
        MOVE, MOVE + "        X.append(context)\n        y.append(i)\n"
    ): "the answer is in the question",
    LOOP.replace("y.append(i)", "y.append(sign)"): "numbers, their places in `letters`",
    """
    X, y = [], []
    for name in names:
        numbers = [letters.index(sign) for sign in name + "."]
        for i in range(back, len(numbers)):
            X.append(numbers[i - back:i])
            y.append(numbers[i])
    return X, y
    """: "first signs of a name are left out",
    """
    X, y = [], []
    for name in names:
        numbers = [letters.index(sign) for sign in name + "."]
        for i, number in enumerate(numbers):
            before = numbers[max(0, i - back):i]
            X.append(before + [0] * (back - len(before)))
            y.append(number)
    return X, y
    """: "the dots have to stand in front",
    """
    X, y = [], []
    for name in names:
        numbers = [letters.index(sign) for sign in name + "."]
        for i, number in enumerate(numbers):
            X.append(numbers[max(0, i - back):i])
            y.append(number)
    return X, y
    """: "too short",
    LOOP.replace("[0] * back", "deque([0] * back, maxlen=back)")
    .replace(MOVE, "        context.append(i)\n")
    .replace("X, y", "from collections import deque\nX, y", 1): "one and the same list",
    LOOP.replace("return X, y", "return X"): "two lists",
    LOOP.replace("return X, y", "return y, X"): "exchanged",
    LOOP.replace("X.append(context)", "X += context"): "numbers in a row",
}


def examples(names, back, *, end=True, begin=False, reset=True, shift=False, front=False):
    """Return X and y, or those of a mistake that an option stands for."""
    X, y = [], []
    context = [0] * back
    for name in names:
        context = [0] * back if reset else context
        for sign in "." * begin + name + "." * end:
            i = letters.index(sign)
            moved = [i, *context[:-1]] if front else [*context[1:], i]
            X.append(moved if shift else context)
            y.append(i)
            context = moved
    return X, y


def first_stays(names, back):
    """Return X and y if each context keeps its first sign, and drops its second."""
    X, y = [], []
    for name in names:
        context = [0] * back
        for i in (letters.index(sign) for sign in name + "."):
            X.append(context)
            y.append(i)
            context = [*context[:1], *context[2:], i]
    return X, y


def long_enough(names, back):
    X, y = [], []
    for name in names:
        numbers = [letters.index(sign) for sign in name + "."]
        for i in range(back, len(numbers)):
            X.append(numbers[i - back : i])
            y.append(numbers[i])
    return X, y


def short_ones(names, back, *, filled=False):
    X, y = [], []
    for name in names:
        numbers = [letters.index(sign) for sign in name + "."]
        for i, number in enumerate(numbers):
            before = numbers[max(0, i - back) : i]
            X.append(before + [0] * (back - len(before)) * filled)
            y.append(number)
    return X, y


def mistakes(names, back):
    """Return {sentence: the X and y that the mistake leads to}."""
    X, y = examples(names, back)
    last = [[*X[-1][1:], y[-1]]] * len(X)
    each = []
    for name in names:
        own, targets = examples([name], back)
        each += [[*own[-1][1:], targets[-1]]] * len(own)
    same = "a list in X is changed after it was appended, for it is one and the same list: make a"
    return {
        f"{same} new one for each example": (last, y),
        f"{same} new one for each sign": (each, y),
        "the dot at the end of each name is left out: it has to be predicted, too": examples(
            names, back, end=False
        ),
        "a name begins with signs of the name before: begin each with dots": examples(
            names, back, reset=False
        ),
        "the first sign stays for ever: drop it, and keep all behind it, context[1:]": (
            first_stays(names, back)
        ),
        "the answer is in the question: the context has the sign itself. Append first, then move "
        "it on": examples(names, back, shift=True),
        "the context is in the wrong order: the latest has to be last": examples(
            names, back, front=True
        ),
        "back is always 3 here: take it from the argument": examples(names, 3),
        "each context has one sign too many: it has `back` signs": examples(names, back + 1),
        "each context has one sign too few: it has `back` signs": examples(names, back - 1),
        "the dot before the name is predicted, too: begin with the first letter": examples(
            names, back, begin=True
        ),
        "the first signs of a name are left out: fill their contexts up with dots": long_enough(
            names, back
        ),
        "the dots have to stand in front of the signs, not behind them": short_ones(
            names, back, filled=True
        ),
        "contexts at the beginning of a name are too short: fill them up with dots": short_ones(
            names, back
        ),
    }


def as_lists(answer):
    """Return X and y as lists. Raises Wrong unless there are two of whole numbers."""
    if answer is None:
        raise Wrong("nothing was returned: is there a return?")
    if not isinstance(answer, list | tuple) or len(answer) != 2:
        raise Wrong(f"expected two lists, X and y, got {show(answer)}: write return X, y.")
    if any(isinstance(sign, list | tuple) for sign in answer[1]):
        raise Wrong("y has a number for each example, not a list. Are X and y exchanged?")
    if not all(isinstance(row, list | tuple | deque) for row in answer[0]):
        raise Wrong("X has numbers in a row: append a list for each example, with its context.")
    X, y = ([list(row) for row in answer[0]], list(answer[1]))
    for sign in [*y, *(x for row in X for x in row)]:
        if not isinstance(sign, int):
            raise Wrong(f"signs are numbers, their places in `letters`, got {show(sign)}.")
    return X, y


def examine(contexts, names, back):
    kept = list(names)
    with unchanged(names=kept):
        X, y = as_lists(contexts(kept, back))
    wanted = examples(names, back)
    if (X, y) == wanted:
        return
    for sentence, mistake in mistakes(names, back).items():
        if (X, y) == mistake:
            raise Wrong(f"{sentence}.")
    long = [row for row in X if len(row) > back]
    if long:
        raise Wrong(f"a context grows: {show(long[0])} has more than {back} signs. Drop the first.")
    if len(X) != len(wanted[0]) or len(y) != len(wanted[1]):
        counts = f"{len(X)} contexts and {len(y)} signs"
        raise Wrong(f"{names} have {len(wanted[1])} examples, and here are {counts}.")
    for i, (row, sign) in enumerate(zip(X, y)):
        right = (wanted[0][i], wanted[1][i])
        if (row, sign) != right:
            raise Unexplained(
                f"example {i} is {right[0]} and then {right[1]}, not {row} and {sign}."
            )


def check_five_back(contexts):
    """contexts(["ada", "mo"], 5)"""
    examine(contexts, ["ada", "mo"], 5)


def check_two_back(contexts):
    """contexts(["ada", "zoe", "eve"], 2)"""
    examine(contexts, ["ada", "zoe", "eve"], 2)


def check_four_back(contexts):
    """contexts(["bo", "penelope"], 4): a name that is shorter than a context"""
    examine(contexts, ["bo", "penelope"], 4)


def check_one_back(contexts):
    """contexts(["ann"], 1): the pairs of lesson 22"""
    examine(contexts, ["ann"], 1)


# </checker>
