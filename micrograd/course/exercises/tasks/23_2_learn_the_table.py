"""Gradient descent finds the counts

`X` has the first sign of each pair, and `y` the second, as numbers below `count`. Write
`learn(X, y, count, steps, lr)`: make a table of count x count scores, Values that begin at 0. In
each step, take the mean cross-entropy of *all* pairs (that of one is cross_entropy(row, second)),
run backward, and move every score by -lr times its grad. Return the table of *probabilities* after
the last step: count lists of count floats, each the softmax of a row.
"""

from micrograd import Value
from micrograd.losses import cross_entropy, softmax


def learn(X, y, count, steps, lr):
    # <solution>
    rows = [[Value(0.0) for _ in range(count)] for _ in range(count)]
    for _ in range(steps):
        losses = [cross_entropy(rows[a], b) for a, b in zip(X, y)]
        for row in rows:
            for score in row:
                score.grad = 0.0
        (sum(losses) / len(losses)).backward()
        for row in rows:
            for score in row:
                score.data -= lr * score.grad
    return [softmax([score.data for score in row]) for row in rows]
    # </solution>


if __name__ == "__main__":
    X, y = [0, 0, 0, 1], [1, 1, 0, 0]
    for row in learn(X, y, 2, 100, 1.0):
        print([round(p, 3) for p in row])


# <checker>
import math

from micrograd.course.exercises.checking import Unexplained, Wrong, close, number, show

HINTS = (
    "Begin with rows = [[Value(0.0) for _ in range(count)] for _ in range(count)].",
    "The loss of one pair is cross_entropy(rows[a], b). Add all, divide by len(X), and backward.",
    "In each step: loss, grads to 0, backward, update. At the end softmax of the data of each row.",
)
AFTER = {
    "another": """
    from micrograd import optim

    rows = [[Value(0.0) for _ in range(count)] for _ in range(count)]
    sgd = optim.SGD([score for row in rows for score in row], lr=lr)
    for _ in range(steps):
        sgd.zero_grad()
        cross_entropy([rows[a] for a in X], y).backward()
        sgd.step()
    return [softmax([score.data for score in row]) for row in rows]
    """,
    "remark": "cross_entropy takes many examples at once, and gives their mean. A row that "
    "begins no pair keeps its scores of 0.",
}
LOOP = """
rows = [[Value(0.0) for _ in range(count)] for _ in range(count)]
everything = [score for row in rows for score in row]
for _ in range(steps):
    for score in everything: score.grad = 0.0
    losses = [cross_entropy(rows[a], b) for a, b in zip(X, y)]
    (sum(losses) / len(losses)).backward()
    for score in everything: score.data -= lr * score.grad
"""
END = "return [softmax([score.data for score in row]) for row in rows]"
WRONG = {
    LOOP.replace("score.grad = 0.0", "pass") + END: "the grads pile up",
    LOOP.replace("-= lr", "+= lr") + END: "uphill",
    "import random\n" + LOOP.replace("0.0) for", "random.uniform(-1, 1)) for") + END: "begin at 0",
    LOOP + "return [softmax(row) for row in rows]": "take its .data",
    LOOP.replace("sum(losses) / len(losses)", "sum(losses)") + END: "the sum of the losses",
    LOOP.replace("/ len(losses)", "/ count") + END: "by the number of signs",
    LOOP.replace(
        "cross_entropy(rows[a], b) for", "cross_entropy(rows[a], b) / X.count(a) for"
    ).replace(" / len(losses)", "")
    + END: "a mean for each row",
    LOOP.replace("_ in range(steps)", "i in range(steps)").replace(
        "(sum(losses) / len(losses))", "losses[i % len(X)]"
    )
    + END: "uses a single pair",
    LOOP.replace(
        "[[Value(0.0) for _ in range(count)] for _ in range(count)]",
        "[[Value(0.0)] * count] * count",
    )
    + END: "one and the same object",
    LOOP.replace(
        "[[Value(0.0) for _ in range(count)] for _ in range(count)]",
        "[[Value(0.0) for _ in range(count)]] * count",
    )
    + END: "one and the same object",
    """
    rows = [[Value(0.0) for _ in range(count)] for _ in range(count)]
    everything = [score for row in rows for score in row]
    for _ in range(steps):
        loss = sum(cross_entropy(rows[a], b) for a, b in zip(X, y)) / len(X)
        for score in everything: score.grad = 0.0
        for score in everything: score.data -= lr * score.grad
        loss.backward()
    return [softmax([score.data for score in row]) for row in rows]
    """: "`loss.backward()` has to come before it",
    LOOP.replace("range(steps)", "range(steps - 1)") + END: "one step is missing",
    LOOP.replace("range(steps)", "range(steps + 1)") + END: "one step too many",
    LOOP + "return [[score.data for score in row] for row in rows]": "these are the scores",
    LOOP.replace("rows[a], b", "rows[b], a") + END: "a and b are swapped",
    LOOP.replace("-= lr * score.grad", "-= lr * score.data") + END: "nothing was learned",
    LOOP.replace("-= lr * score.grad", "-= score.grad") + END: "lr is not used",
    LOOP.replace("(sum(losses) / len(losses))", "losses[-1]") + END: "only the last pair",
    LOOP.replace("(sum(losses) / len(losses))", "losses[0]") + END: "only the first pair",
    """
    table = []
    for a in range(count):
        targets = [t for x, t in zip(X, y) if x == a]
        table.append([targets.count(b) / len(targets) if targets else 1 / count
            for b in range(count)])
    return table
    """: "counted, not learned",
    """
    rows = [[Value(0.0) for _ in range(count)] for _ in range(count)]
    for _ in range(steps):
        for a, b in zip(X, y):
            for score in rows[a]: score.grad = 0.0
            cross_entropy(rows[a], b).backward()
            for score in rows[a]: score.data -= lr * score.grad
    return [softmax([score.data for score in row]) for row in rows]
    """: "a step after each pair",
    """
    rows = [[Value(0.0) for _ in range(count)] for _ in range(count)]
    for _ in range(steps):
        for a, b in zip(X, y):
            for score in rows[a]: score.grad = 0.0
            (cross_entropy(rows[a], b) / len(X)).backward()
            for score in rows[a]: score.data -= lr * score.grad
    return [softmax([score.data for score in row]) for row in rows]
    """: "with its part of the mean",
    LOOP.replace(
        "cross_entropy(rows[a], b) for", "cross_entropy(rows[a], b) / X.count(a) for"
    ).replace("/ len(losses)", "/ len(set(X))")
    + END: "the mean of the means",
    LOOP.replace(
        "rows = [[Value(0.0) for _ in range(count)] for _ in range(count)]",
        "rows = [[Value(0.0) for _ in range(count)]] * count",
    ).replace("everything = [score for row in rows for score in row]", "everything = rows[0]")
    + END: "one and the same row",
}


NOTHING = "nothing was learned: every probability is still the same"


def softmax_of(scores):
    powers = [math.exp(s - max(scores)) for s in scores]
    return [power / math.fsum(powers) for power in powers]


def gradient(scores, pairs, used):
    """Return the grads of all scores in the mean loss of `used`, divided by so many pairs."""
    ps = [softmax_of(row) for row in scores]
    grads = [[0.0] * len(scores) for _ in scores]
    for a, b in used:
        for j, p in enumerate(ps[a]):
            grads[a][j] += (p - (j == b)) / len(pairs)
    return grads


def descend(X, y, count, steps, lr, *, used=slice(None), pile=False, by_row=False):
    """Return the probabilities after plain gradient descent; with `pile`, grads are never 0."""
    pairs = list(zip(X, y))
    scores = [[0.0] * count for _ in range(count)]
    old = [[0.0] * count for _ in range(count)]
    chosen = pairs[used]
    for _ in range(steps):
        new = gradient(scores, chosen, chosen)
        if by_row:
            new = [[g * len(X) / (X.count(a) or 1) for g in row] for a, row in enumerate(new)]
        if pile:
            new = [[g + h for g, h in zip(*rows)] for rows in zip(new, old)]
        scores = [[s - lr * g for s, g in zip(*rows)] for rows in zip(scores, new)]
        old = new
    return [softmax_of(row) for row in scores], scores


def descend_pair_by_pair(X, y, count, steps, lr):
    scores = [[0.0] * count for _ in range(count)]
    for _ in range(steps):
        for a, b in zip(X, y):
            ps = softmax_of(scores[a])
            scores[a] = [s - lr * (p - (j == b)) for j, (s, p) in enumerate(zip(scores[a], ps))]
    return [softmax_of(row) for row in scores]


def descend_by_turns(X, y, count, steps, lr):
    """Return the probabilities if step number i uses only pair number i, and then the next."""
    scores = [[0.0] * count for _ in range(count)]
    for i in range(steps):
        a, b = X[i % len(X)], y[i % len(X)]
        ps = softmax_of(scores[a])
        scores[a] = [s - lr * (p - (j == b)) for j, (s, p) in enumerate(zip(scores[a], ps))]
    return [softmax_of(row) for row in scores]


def descend_in_one_row(X, y, count, steps, lr):
    row = descend([0] * len(y), y, count, steps, lr)[0][0]
    return [row] * count


def counted(X, y, count):
    table = []
    for a in range(count):
        targets = [b for x, b in zip(X, y) if x == a]
        shares = [targets.count(b) / len(targets) if targets else 1 / count for b in range(count)]
        table.append(shares)
    return table


def mistakes(X, y, count, steps, lr):
    """Return {sentence: the table that the mistake leads to}."""
    args = (X, y, count, steps, lr)
    right, scores = descend(*args)
    return {
        NOTHING: [[1 / count] * count] * count,
        "the grads pile up from step to step: set them to 0 before backward": descend(
            *args, pile=True
        )[0],
        "the scores go uphill: subtract lr times grad": descend(X, y, count, steps, -lr)[0],
        "the loss is the sum of the losses: divide it by the number of pairs": descend(
            X, y, count, steps, lr * len(X)
        )[0],
        "one step is missing at the end": descend(X, y, count, steps - 1, lr)[0],
        "there is one step too many": descend(X, y, count, steps + 1, lr)[0],
        "these are the scores: return the softmax of each row": scores,
        "a and b are swapped: the row is the sign before, a": descend(y, X, count, steps, lr)[0],
        "the sum is divided by the number of signs: divide it by the number of pairs": descend(
            X, y, count, steps, lr * len(X) / count
        )[0],
        "that is a mean for each row: take one mean, over all pairs": descend(*args, by_row=True)[
            0
        ],
        "that is the mean of the means of the rows: take one mean, in which each pair counts the "
        "same": descend(X, y, count, steps, lr / len(set(X)), by_row=True)[0],
        "each step uses a single pair: take the mean over all pairs": descend_by_turns(*args),
        "lr is not used: move each score by -lr times its grad": descend(X, y, count, steps, 1.0)[
            0
        ],
        "only the last pair is learned: take the mean over all": descend(
            *args, used=slice(-1, None)
        )[0],
        "only the first pair is learned: take the mean over all": descend(*args, used=slice(1))[0],
        "this is counted, not learned: gradient descent comes near it, step by step": counted(
            X, y, count
        ),
        "there is a step after each pair: take one step with the mean of all": (
            descend_pair_by_pair(*args)
        ),
        "there is a step after each pair, with its part of the mean: add up all pairs first": (
            descend_pair_by_pair(X, y, count, steps, lr / len(X))
        ),
        "all rows are one and the same row: make new Values for each": descend_in_one_row(*args),
        "the table lies on its side": [list(column) for column in zip(*right)],
    }


def rows_of(answer, count):
    if answer is None:
        raise Wrong("nothing was returned: is there a return?")
    answer = answer.tolist() if hasattr(answer, "tolist") else answer
    is_table = isinstance(answer, list | tuple) and len(answer) == count
    if not is_table or not all(
        isinstance(row, list | tuple) and len(row) == count for row in answer
    ):
        raise Wrong(f"expected {count} lists of {count} numbers, got {show(answer)}.")
    return [[number(p, plain=True) for p in row] for row in answer]


def equal(table, other):
    return all(close(p, q, 1e-8) for row, line in zip(table, other) for p, q in zip(row, line))


def examine(learn, X, y, count, steps, lr):
    kept = (list(X), list(y))
    answer = rows_of(learn(*kept, count, steps, lr), count)
    if kept != (X, y):
        raise Wrong("X or y was changed by learn: leave the lists as they are.")
    wanted, _ = descend(X, y, count, steps, lr)
    if equal(answer, wanted):
        return
    for sentence, table in mistakes(X, y, count, steps, lr).items():
        if equal(answer, table):
            raise (Unexplained if sentence == NOTHING else Wrong)(f"{sentence}.", sentence)
    start = rows_of(learn(list(X), list(y), count, 0, lr), count)
    if not equal(start, [[1 / count] * count] * count):
        text = f"without a step all probabilities should be the same, 1/{count}, but here they are"
        raise Wrong(f"{text} {show(start[0])}. Do all scores begin at 0?", "another start")
    for i, (row, line) in enumerate(zip(answer, wanted)):
        for j, (p, q) in enumerate(zip(row, line)):
            if not close(p, q, 1e-8):
                raise Unexplained(
                    f"the probability of {j} after {i}: expected {show(q)}, got {show(p)}."
                )


X_FEW, Y_FEW = [0, 0, 2, 1, 1, 2, 2, 2, 0, 0], [1, 1, 0, 2, 0, 0, 2, 0, 0, 2]


def check_a_few_steps(learn):
    """ten pairs of three signs, five steps with lr = 1.5"""
    examine(learn, X_FEW, Y_FEW, 3, 5, 1.5)


def check_many_steps(learn):
    """ten pairs of three signs, 60 steps with lr = 5: near the counts"""
    examine(learn, X_FEW, Y_FEW, 3, 60, 5.0)


def check_a_sign_without_pairs(learn):
    """four signs, one of which begins no pair: its row stays as it was"""
    examine(learn, [0, 1, 1, 3, 0], [3, 1, 0, 1, 2], 4, 8, 0.7)


# </checker>
