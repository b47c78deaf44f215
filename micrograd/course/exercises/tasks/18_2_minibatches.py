"""Minibatches of one epoch

Write `minibatches(X, y, size)`. It cuts the examples into minibatches for one epoch, in a random
order that is another one each time: every example is in exactly one of them. A minibatch is a pair
of two lists, (rows, targets), of `size` examples; the last one may be shorter. Each row keeps its
own target, and X and y themselves stay as they are. The function returns a list: of seven examples
and size 3, three minibatches, with 3, 3 and 1 examples.
"""

import random


def minibatches(X, y, size):
    # <solution>
    order = list(range(len(X)))
    random.shuffle(order)
    batches = []
    for start in range(0, len(order), size):
        chosen = order[start : start + size]
        rows = [X[i] for i in chosen]
        targets = [y[i] for i in chosen]
        batches.append((rows, targets))
    return batches
    # </solution>


if __name__ == "__main__":
    for rows, targets in minibatches([[1.0], [2.0], [3.0], [4.0], [5.0]], [1, 2, 3, 4, 5], 2):
        print(rows, targets)


# <checker>
from itertools import pairwise

from micrograd.course.exercises.checking import Wrong, refuse_one_list, show, unchanged

HINTS = (
    "Shuffle the places 0 to len(X) - 1, not the data: order = list(range(len(X))).",
    "Cut the shuffled places into pieces: order[start : start + size], for each start in "
    "range(0, len(X), size).",
    "For each piece, rows = [X[i] for i in piece] and targets = [y[i] for i in piece].",
)
LOOP = """
order = list(range(len(X)))
random.shuffle(order)
batches = []
for start in range(0, len(X), size):
    chosen = order[start : start + size]
    batches.append(([X[i] for i in chosen], [y[i] for i in chosen]))
return batches
"""
RIGHT = [
    """
    pairs = list(zip(X, y))
    random.shuffle(pairs)
    chunks = [pairs[i : i + size] for i in range(0, len(pairs), size)]
    return [([row for row, _ in chunk], [target for _, target in chunk]) for chunk in chunks]
    """,
    """
    order = random.sample(range(len(X)), len(X))
    batches = []
    while order:
        now, order = order[:size], order[size:]
        batches.append([[X[i] for i in now], [y[i] for i in now]])
    return batches
    """,
    """
    rest = list(zip(X, y))
    batches = []
    while rest:
        rows, targets = [], []
        while rest and len(rows) < size:
            row, target = rest.pop(random.randrange(len(rest)))
            rows.append(row)
            targets.append(target)
        batches.append((rows, targets))
    return batches
    """,
    """
    places = sorted(range(len(X)), key=lambda i: random.random())
    for start in range(0, len(X), size):
        rows, targets = zip(*[(X[i], y[i]) for i in places[start : start + size]])
        yield rows, targets
    """,
]
CUT = "order[start : start + size]"
WRONG = {
    LOOP.replace("random.shuffle(order)\n", ""): "nothing is shuffled",
    """
    rows = random.sample(X, len(X))
    targets = random.sample(y, len(y))
    return [(rows[i:i + size], targets[i:i + size]) for i in range(0, len(X), size)]
    """: "lost its target",
    LOOP.replace("[y[i] for i in chosen]", "y[start : start + size]"): "lost its target",
    """
    rows = random.sample(X, len(X))
    targets = [y[X.index(row)] for row in rows]
    return [(rows[i:i + size], targets[i:i + size]) for i in range(0, len(X), size)]
    """: "the first row that equals it",
    """
    known = {tuple(row): target for row, target in zip(X, y)}
    rows = random.sample(X, len(X))
    pieces = [rows[i:i + size] for i in range(0, len(X), size)]
    return [(piece, [known[tuple(row)] for row in piece]) for piece in pieces]
    """: "where two rows are equal",
    LOOP.replace(CUT, "random.sample(order, min(size, len(X)))"): "drawn anew for each minibatch",
    LOOP.replace(CUT, f"[random.choice(order) for _ in {CUT}]"): "drawn anew for each minibatch",
    LOOP.replace("range(0, len(X), size)", "range(0, len(X) - size + 1, size)"): "last minibatch",
    LOOP.replace("range(0, len(X), size)", "range(0, len(X))"): "overlap",
    LOOP.replace("start + size]", "start + size - 1]"): "between two minibatches",
    LOOP.replace("random.shuffle(order)\n", "random.seed(1)\nrandom.shuffle(order)\n"): (
        "random.seed"
    ),
    """
    batches = [(X[i:i + size], y[i:i + size]) for i in range(0, len(X), size)]
    random.shuffle(batches)
    return batches
    """: "shuffle first, then cut",
    """
    s = random.randrange(1, len(X))
    X, y = X[s:] + X[:s], y[s:] + y[:s]
    return [(X[i:i + size], y[i:i + size]) for i in range(0, len(X), size)]
    """: "followed by its neighbour",
    """
    random.shuffle(X)
    return [(X[i:i + size], y[i:i + size]) for i in range(0, len(X), size)]
    """: "belongs to the caller",
    LOOP.replace("    batches.append", "    return").replace("    return(", "    return ("): (
        "one minibatch alone"
    ),
    LOOP.replace("    batches.append(([X[i] for i in chosen], [y[i] for i in chosen]))",
                 "    batches.append([(X[i], y[i]) for i in chosen])"): "a pair of two lists",
    LOOP.replace("[X[i] for i in chosen], [y[i] for i in chosen]", "chosen, chosen"): "places",
    LOOP.replace("([X[i] for i in chosen], [y[i] for i in chosen])", "[X[i] for i in chosen]"): (
        "a pair of two lists"
    ),
    """
    pairs = list(zip(X, y))
    random.shuffle(pairs)
    batches, rows, targets = [], [], []
    for row, target in pairs:
        if len(rows) == size:
            batches.append((rows, targets))
            rows.clear()
            targets.clear()
        rows.append(row)
        targets.append(target)
    return [*batches, (rows, targets)]
    """: "is the same list",
    """
    order = random.sample(range(len(X)), len(X))
    rows, targets = [], []
    for start in range(0, len(X), size):
        rows[:] = [X[i] for i in order[start : start + size]]
        targets[:] = [y[i] for i in order[start : start + size]]
        yield rows, targets
    """: "is the same list",
}  # fmt: skip
AFTER = {
    "another": RIGHT[0],
    "remark": "A row that is zipped with its target cannot lose it. data.batches(X, y, size) does "
    "the same.",
}


def data(n):
    """Return n rows and targets that belong together: row [i, i + 0.5] and target 100 + i."""
    return [[float(i), i + 0.5] for i in range(n)], [100 + i for i in range(n)]


def as_batches(answer, X, y):
    """Return the minibatches as lists of places and targets. Raises Wrong for another form."""
    if answer is None:
        raise Wrong("nothing was returned: is there a return?", "nothing returned")
    batches = list(answer)
    if len(batches) == 2 and batches[0] and batches[0][0] in X:
        text = "this is one minibatch alone: return a list of all of the epoch."
        raise Wrong(text, "a single minibatch")
    for batch in batches:
        form = isinstance(batch, list | tuple) and len(batch) == 2
        if form and batch[0] and all(x in y for x in batch[0]):
            raise Wrong("rows and targets are swapped: the rows come first.", "swapped")
        if form and batch[0] and all(isinstance(x, int) for x in batch[0]):
            text = "these are places in the data: return the rows and targets that stand there."
            raise Wrong(text, "places instead of examples")
        is_pair = form and all(isinstance(part, list | tuple) for part in batch)
        if not is_pair or any(row not in X for row in batch[0]):
            text = f"each minibatch is a pair of two lists, (rows, targets); got {show(batch)}."
            raise Wrong(text, "form of a minibatch")
    refuse_one_list([part for batch in batches for part in batch], "minibatch")
    return [([int(row[0]) for row in rows], list(targets)) for rows, targets in batches]


def examine(minibatches, n, size):
    """Return the places of the examples in all minibatches. Raises Wrong if one is not right."""
    X, y = data(n)
    with unchanged(X=X, y=y):
        answer = minibatches(X, y, size)
    batches = as_batches(answer, X, y)
    for places, targets in batches:
        wanted = [100 + i for i in places]
        if targets != wanted:
            raise Wrong(
                "a row has lost its target: take rows and targets from the same places. The rows "
                f"{[X[i] for i in places]} have the targets {wanted}, not {show(targets)}.",
                "rows and targets in different orders",
            )
    examine_places([places for places, _ in batches], n, size)
    return [places for places, _ in batches]


def examine_places(batches, n, size):
    """Raise Wrong unless each example is in exactly one minibatch, and these have their sizes."""
    where = f"with {n} examples and size {size}"
    sizes = [len(places) for places in batches]
    wanted = [min(size, n - start) for start in range(0, n, size)]
    places = [place for each in batches for place in each]
    missing = [i for i in range(n) if i not in places]
    if len(sizes) == 1 < len(wanted):
        text = f"there is only one minibatch: {where} there should be {len(wanted)}."
        raise Wrong(text, "a single minibatch")
    if 0 in sizes:
        text = "a minibatch is empty: a piece that begins at start ends at start + size."
        raise Wrong(text, "an empty minibatch")
    if len(set(places)) < len(places) and len(sizes) > len(wanted):
        text = f"the minibatches overlap: {where} there are {len(wanted)}, and here are"
        raise Wrong(f"{text} {len(sizes)}. Go on by size places.", "overlapping minibatches")
    if missing and len(set(places)) < len(places):
        text = f"{where}, some examples come twice, and {len(missing)} never: they are drawn anew"
        raise Wrong(f"{text} for each minibatch. Shuffle all once, then cut.", "drawn anew")
    examine_missing(missing, sizes, wanted, where)
    if sizes != wanted and sorted(sizes) == sorted(wanted):
        examine_neighbours(batches)
    if sizes != wanted and sizes == [len(places) for places in pieces(n, size)]:
        text = f"{where}, there are {size} minibatches, and there should be {size} examples in each"
        raise Wrong(f"{text}: the sizes are {sizes}, not {wanted}.", "so many minibatches")
    if sizes != wanted:
        raise Wrong(f"{where}, the sizes should be {wanted}, and are {sizes}.", "sizes")


def pieces(n, count):
    """Return the places 0 to n - 1, dealt out like cards to so many."""
    return [range(start, n, count) for start in range(count)]


def examine_missing(missing, sizes, wanted, where):
    """Raise Wrong if examples are missing, and none comes twice."""
    if not missing:
        return
    if sizes == wanted[:-1] and wanted[-1] < max(wanted):
        text = f"the last minibatch is missing, which is shorter: {where} it has {wanted[-1]}"
        raise Wrong(f"{text} of them.", "the last minibatch is dropped")
    if missing == [0]:
        text = f"{where}, the first example is never used: places begin at 0."
        raise Wrong(text, "the first example is missing")
    text = f"{where}, examples are lost between two minibatches: the sizes should be {wanted}, and"
    if len(sizes) == len(wanted):
        raise Wrong(f"{text} are {sizes}.", "examples lost between minibatches")
    raise Wrong(f"{where}, {len(missing)} examples are never used.", "examples missing")


def examine_neighbours(batches):
    """Raise Wrong if each minibatch is a piece of the data, cut before anything was shuffled."""
    if all(sorted(places) == [*range(min(places), max(places) + 1)] for places in batches):
        text = "neighbours in the data stay in the same minibatch: shuffle first, then cut."
        raise Wrong(text, "cut before it is shuffled")


def check_every_example_once(minibatches):
    """12 examples in minibatches of 4: every example once, with its target"""
    for _ in range(3):
        examine(minibatches, 12, 4)


def check_the_last_one(minibatches):
    """7 examples in minibatches of 3; sizes 1 and 50"""
    for n, size in ((7, 3), (5, 1), (5, 50), (9, 3)):
        examine(minibatches, n, size)


def check_equal_rows(minibatches):
    """equal rows with different targets, and equal targets of different rows"""
    X, y = [[1.0], [2.0], [1.0], [3.0], [2.0], [4.0]], [5, 6, 7, 8, 9, 5]
    with unchanged(X=X, y=y):
        answer = list(minibatches(X, y, 2))
    pairs = [pair for rows, targets in answer for pair in zip(rows, targets)]
    if sorted(pairs) == sorted(zip(X, y)):
        return
    if all(target == y[X.index(row)] for row, target in pairs):
        text = "each row gets the target of the first row that equals it: take rows and targets by"
        raise Wrong(f"{text} their places, without looking for a row.", "a row is looked for")
    text = "where two rows are equal, a row has lost its target: the pairs should be"
    raise Wrong(f"{text} {show(sorted(zip(X, y)))}.", "equal rows")


def check_the_order(minibatches):
    """the order of 40 examples: random, and another one in each epoch"""
    epochs = [examine(minibatches, 40, 5) for _ in range(3)]
    flat = [[place for places in epoch for place in places] for epoch in epochs]
    if any(order == sorted(order) for order in flat):
        text = "nothing is shuffled: the examples come in the order of the data."
        raise Wrong(text, "not shuffled")
    if flat[0] == flat[1] == flat[2]:
        text = "each epoch has the same order: is there a random.seed in the function?"
        raise Wrong(text, "a seed in the function")
    for order in flat:
        steps = [after - before for before, after in pairwise(order)]
        if max(map(steps.count, steps)) > len(steps) - 2:
            text = "almost every example is followed by its neighbour in the data: shuffle them, so"
            raise Wrong(f"{text} that every order is possible.", "only turned round")
    examine_neighbours(epochs[0])


# </checker>
