"""Causal attention

Write `attention(queries, keys, values)` for lists with one row for each position, in order.
Position i has the scores queries[i]·keys[j] / sqrt(d) for j = 0 to i, itself and all before it,
where d is the length of a query. The softmax of its scores are its weights, and its result is the
sum of weight times values[j]. Return the list of the results, one row for each position. Rows of
values may be longer or shorter than d.
"""

from math import exp


def dot(xs, ys):
    return sum(x * y for x, y in zip(xs, ys))


def softmax(scores):
    powers = [exp(s - max(scores)) for s in scores]
    return [p / sum(powers) for p in powers]


def attention(queries, keys, values):
    # <solution>
    results = []
    for i, q in enumerate(queries):
        seen = range(i + 1)
        a = softmax([dot(q, keys[j]) / len(q) ** 0.5 for j in seen])
        columns = zip(*[values[j] for j in seen])
        results.append([dot(a, column) for column in columns])
    return results
    # </solution>


if __name__ == "__main__":
    for row in attention([[1.0], [2.0], [0.0]], [[1.0], [0.0], [-1.0]], [[5.0], [8.0], [2.0]]):
        print(row)


# <checker>
import contextlib
import math

from micrograd.course.exercises.checking import Wrong, compare, numbers, refuse_one_list, show

HINTS = (
    "Go through the positions with enumerate; position i looks at keys[: i + 1].",
    "a = softmax of the scores, each divided by len(q) ** 0.5.",
    "zip(*values[: i + 1]) gives the columns; the result is dot(a, column) for each of them.",
)
RIGHT = [
    """
    import numpy as np
    queries, keys, values = map(np.array, (queries, keys, values))
    s = queries @ keys.T / np.sqrt(queries.shape[1])
    s[np.triu_indices(len(s), 1)] = float("-inf")
    a = np.exp(s - s.max(1, keepdims=True))
    return a / a.sum(1, keepdims=True) @ values
    """,
]
AFTER = {
    "another": """
    results = []
    for i in range(len(queries)):
        scores = [dot(queries[i], key) * len(queries[i]) ** -0.5 for key in keys[: i + 1]]
        mean = [0.0] * len(values[0])
        for weight, value in zip(softmax(scores), values):
            mean = [m + weight * x for m, x in zip(mean, value)]
        results.append(mean)
    return results
    """,
    "remark": "zip ends with the shorter list, so the weights pick the values so far. Keys "
    "and values of earlier positions never change: a program that writes keeps "
    "them.",
}
CODE = """
results = []
for i, q in enumerate(queries):
    seen = range(i + 1)
    a = softmax([dot(q, keys[j]) / len(q) ** 0.5 for j in seen])
    columns = zip(*[values[j] for j in seen])
    results.append([dot(a, column) for column in columns])
return results
"""
WRONG = {
    CODE.replace("range(i + 1)", "range(len(keys))"): "looks ahead",
    CODE.replace("range(i + 1)", "range(max(i, 1))"): "leaves itself out",
    CODE.replace("range(i + 1)", "range(min(i + 2, len(keys)))"): "one position too far",
    CODE.replace("range(i + 1)", "range(i, len(keys))"): "those after it",
    CODE.replace("len(q) ** 0.5", "(i + 1) ** 0.5"): "positions that are seen",
    """
    results, row = [], [0.0] * len(values[0])
    for i, q in enumerate(queries):
        a = softmax([dot(q, keys[j]) / len(q) ** 0.5 for j in range(i + 1)])
        for weight, value in zip(a, values):
            for k in range(len(value)):
                row[k] += weight * value[k]
        results.append(list(row))
    return results
    """: "those before it added",
    """
    results = []
    for i, q in enumerate(queries):
        a = softmax([dot(q, keys[j]) / len(q) ** 0.5 for j in range(i + 1)])
        results.append([sum(w * v[k] for w, v in zip(a, values)) for k in range(len(q))])
    return results
    """: "as many numbers as a value",
    """
    results = []
    for i, q in enumerate(queries):
        a = softmax([dot(q, keys[j]) / len(q) ** 0.5 for j in range(i + 1)])
        row = [0.0] * len(q)
        for weight, value in zip(a, values):
            row = [x + weight * y for x, y in zip(row, value)]
        results.append(row)
    return results
    """: "as many numbers as a value",
    """
    results, row = [], [0.0] * len(values[0])
    for i, q in enumerate(queries):
        a = softmax([dot(q, keys[j]) / len(q) ** 0.5 for j in range(i + 1)])
        for k, column in enumerate(zip(*values[: i + 1])):
            row[k] = dot(a, column)
        results.append(row)
    return results
    """: "is the same list",
    CODE.replace(" / len(q) ** 0.5", ""): "are not divided",
    CODE.replace("len(q) ** 0.5", "len(q)"): "by d, not by its root",
    CODE.replace("len(q) ** 0.5", "len(keys) ** 0.5"): "number of positions",
    CODE.replace("len(q) ** 0.5 for", "1 for").replace(
        "dot(q, keys[j]) / 1", "dot(q, keys[j]) * len(q) ** 0.5"
    ): ("multiplied by the root"),
    CODE.replace("softmax(", "("): "without softmax",
    CODE.replace(
        "for j in seen])\n    columns", "for j in range(len(keys))])[: i + 1]\n    columns"
    ): ("cut off afterwards"),
    CODE.replace("values[j] for", "keys[j] for"): "of the keys",
    CODE.replace("dot(q, keys[j])", "dot(keys[i], queries[j])"): "keys and queries are swapped",
    CODE.replace("dot(q, keys[j])", "dot(q, values[j])"): "query times value",
    CODE.replace("dot(q, keys[j])", "dot(q, queries[j])"): "query times query",
    CODE.replace("dot(a, column) for", "sum(column) / len(a) for"): "plain mean",
    CODE.replace("dot(a, column) for", "column[a.index(max(a))] for"): "only the value of the",
    CODE.replace("return results", "return results[-1]"): "only the last",
}
POINTS = [
    (
        [[1.0, -0.5], [0.3, 2.0], [-1.0, 0.8]],
        [[0.2, 0.4], [1.0, -2.0], [-0.3, 0.8]],
        [[1.0, 0.0], [0.0, 2.0], [1.0, -1.0]],
    ),
    (
        [[0.6, 1.1], [-0.7, 0.2], [1.4, -0.9]],
        [[1.2, -0.4], [0.5, 0.6], [-0.1, 1.0]],
        [[0.5, 1.0], [-1.0, 0.3], [2.0, 0.1]],
    ),
]


def dot_product(xs, ys):
    return math.fsum(x * y for x, y in zip(xs, ys))


def weights_of(scores):
    powers = [math.exp(s - max(scores)) for s in scores]
    return [p / math.fsum(powers) for p in powers]


def plain_mean(scores):
    return [1 / len(scores)] * len(scores)


def only_the_largest(scores):
    return [float(i == scores.index(max(scores))) for i in range(len(scores))]


def attend(
    queries,
    keys,
    values,
    *,
    seen=None,
    power=-0.5,
    base=None,
    soft=weights_of,
    left=None,
    right=None,
):
    """Return all results in one list, or those of one who makes the mistake of an option."""
    left, right = left or queries, right or keys
    scale = (base or len(queries[0])) ** power
    results = []
    for i, q in enumerate(left):
        count = seen(i, len(keys)) if seen else i + 1
        a = soft([dot_product(q, k) * scale for k in right[:count]])
        results += [dot_product(a, column) for column in zip(*values[:count])]
    return results


def backwards(results, width):
    """Return the rows of a flat list in the reverse order."""
    return [x for i in range(len(results) - width, -1, -width) for x in results[i : i + width]]


def summed(results, width):
    """Return a flat list of rows, in which each row has all rows before it added."""
    for i in range(width, len(results)):
        results[i] += results[i - width]
    return results


def attend_with(queries, keys, values, scale):
    """Return all results if the scores of position i are multiplied by scale(i, query)."""
    scaled = [[x * scale(i, q) for x in q] for i, q in enumerate(queries)]
    return attend(scaled, keys, values, power=0.0)


def cut_afterwards(queries, keys, values):
    results = []
    for i, q in enumerate(queries, 1):
        a = weights_of([dot_product(q, k) * len(q) ** -0.5 for k in keys])
        results += [dot_product(a[:i], column) for column in zip(*values[:i])]
    return results


def variant(**options):
    return lambda *point: attend(*point, **options)


MISTAKES = {
    "a position looks ahead: it may see only itself and the positions before it": variant(
        seen=lambda i, n: n
    ),
    "a position leaves itself out: it sees itself, too": variant(seen=lambda i, n: max(i, 1)),
    "a position sees one position too far: it ends with itself": variant(
        seen=lambda i, n: min(i + 2, n)
    ),
    "a position sees itself and those after it: it may see only those before it": (
        lambda q, k, v: backwards(attend(*(rows[::-1] for rows in (q, k, v))), len(v[0]))
    ),
    "that divides by the root of the number of positions that are seen: d is the length of a "
    "query": lambda q, k, v: attend_with(q, k, v, lambda i, q: (i + 1) ** -0.5),
    "each row has those before it added: begin each with zeros": (
        lambda q, k, v: summed(attend(q, k, v), len(v[0]))
    ),
    "the scores are not divided by sqrt(d)": variant(power=0.0),
    "that divides by d, not by its root": variant(power=-1.0),
    "that divides by the root of the number of positions: d is the length of a query": (
        lambda q, k, v: attend(q, k, v, base=len(k))
    ),
    "that is multiplied by the root of d: divide by it": variant(power=0.5),
    "softmax is taken over all positions, and cut off afterwards: take it over those that are "
    "seen, so that the weights add up to 1": lambda q, k, v: cut_afterwards(q, k, v),
    "the scores are used without softmax: weights add up to 1": variant(soft=list),
    "that is a weighted sum of the keys: the values are handed over": (
        lambda q, k, v: attend(q, k, k)
    ),
    "keys and queries are swapped: position i asks with its query": (
        lambda q, k, v: attend(q, k, v, left=k, right=q)
    ),
    "the score is query times value: it is query times key": (
        lambda q, k, v: attend(q, k, v, right=v)
    ),
    "the score is query times query: it is query times key": (
        lambda q, k, v: attend(q, k, v, right=q)
    ),
    "that is the plain mean of the values: each has its weight": variant(soft=plain_mean),
    "that takes only the value of the largest weight: add up all, with their weights": variant(
        soft=only_the_largest
    ),
}


def flat(answer, count, width):
    """Return the rows as one list. Raises Wrong unless there are so many of that width."""
    if answer is None:
        raise Wrong("nothing was returned: is there a return?", "nothing returned")
    answer = answer.tolist() if hasattr(answer, "tolist") else answer
    if not isinstance(answer, list | tuple):
        raise Wrong(f"expected {count} lists, got {show(answer)}.", "shape")
    if len(answer) == width and not any(isinstance(row, list | tuple) for row in answer):
        raise Wrong("only the last row is returned: there is one for each position.")
    if len(answer) != count:
        raise Wrong(f"there are {count} positions, and {len(answer)} rows: {show(answer)}.")
    refuse_one_list(answer, "row")
    return [x for row in answer for x in numbers(row, width)]


AS_LONG = "a result has as many numbers as a value, not as a query"


def is_as_long(answer, width):
    """Return whether each row of the answer is a list of so many numbers."""
    rows = answer if isinstance(answer, list | tuple) else []
    return rows != [] and all(isinstance(row, list | tuple) and len(row) == width for row in rows)


def fits(attention, queries, keys, values):
    """Return whether the code ends if values have as many numbers as queries."""
    longer = [[*row, *[0.0] * len(queries[0])][: len(queries[0])] for row in values]
    with contextlib.suppress(Exception):
        return attention(queries, keys, longer) is not None
    return False


def examine(attention, points):
    count, width = len(points[0][0]), len(points[0][2][0])

    def call(queries, keys, values):
        copies = [[list(row) for row in rows] for rows in (queries, keys, values)]
        try:
            answer = attention(*copies)
        except IndexError:
            if width != len(queries[0]) and fits(attention, queries, keys, values):
                raise Wrong(f"{AS_LONG}: the two may differ.", AS_LONG) from None
            raise
        if is_as_long(answer, len(queries[0])) and width != len(queries[0]):
            raise Wrong(f"{AS_LONG}: the two may differ.", AS_LONG)
        return flat(answer, count, width)

    names = " ".join(f"result[{i}][{j}]" for i in range(count) for j in range(width))
    compare(call, attend, points, names, "queries = {}, keys = {} and values = {}", MISTAKES)


def check_three_positions(attention):
    """three positions, with lists of two numbers"""
    examine(attention, POINTS)


def wave(start, count, width):
    return [[math.sin(start + 2 * i + 5 * j) for j in range(width)] for i in range(count)]


def check_longer_values(attention):
    """four positions, with queries of three numbers and values of two, and the other way round"""
    for d, width in ((3, 2), (2, 3)):
        points = [(wave(s, 4, d), wave(s + 1, 4, d), wave(s + 2, 4, width)) for s in (0.3, 7.0)]
        examine(attention, points)


def check_one_position(attention):
    """a single position: it gets its own value"""
    examine(attention, [([[2.0, 1.0]], [[0.5, -1.0]], [[3.0, -4.0]])])


# </checker>
