"""A row of attention, backward

A position has the query q, and each position so far has a key and a value. The scores are
q·k / sqrt(d), where d is the length of q; softmax turns them into weights a; and the result is the
sum of a·v. Write `attention_backward(q, keys, values, g)`: g has the upstream grads, one for each
number of the result. Return three things: the grads of q (a list), of the keys and of the values
(lists of lists). Lesson 26 has the rules; only the division by sqrt(d) is new.
"""

from math import exp


def dot(xs, ys):
    return sum(x * y for x, y in zip(xs, ys))


def attention_backward(q, keys, values, g):
    # <solution>
    scale = len(q) ** -0.5
    powers = [exp(dot(q, k) * scale) for k in keys]
    a = [p / sum(powers) for p in powers]
    b = [dot(g, v) for v in values]
    mean = dot(a, b)
    s = [scale * ai * (bi - mean) for ai, bi in zip(a, b)]
    q_grads = [dot(s, column) for column in zip(*keys)]
    key_grads = [[si * x for x in q] for si in s]
    value_grads = [[ai * x for x in g] for ai in a]
    return q_grads, key_grads, value_grads
    # </solution>


if __name__ == "__main__":
    keys, values = [[0.2, 0.4], [1.0, 0.0]], [[1.0, 0.0], [0.0, 2.0]]
    for grads in attention_backward([1.0, -0.5], keys, values, [1.0, -2.0]):
        print(grads)


# <checker>
import math

from micrograd import Value
from micrograd.course.exercises.checking import Wrong, compare, numbers, show
from micrograd.losses import softmax

HINTS = (
    "First forward: the weights a. A value gets its weight times g, and a weight gets b = g·v.",
    "Through softmax a score gets a * (b - sum of all a * b), and through the division / sqrt(d).",
    "With these grads s of q·k: q gets the sum of s * key, and each key gets its s * q.",
)
RIGHT = [
    """
    import numpy as np
    q, keys, values, g = map(np.array, (q, keys, values, g))
    s = keys @ q / len(q) ** 0.5
    a = np.exp(s - s.max())
    a /= a.sum()
    b = values @ g
    s_grads = a * (b - a @ b) / len(q) ** 0.5
    return s_grads @ keys, np.outer(s_grads, q), np.outer(a, g)
    """,
]
AFTER = {
    "another": """
    from micrograd import Value
    from micrograd.losses import softmax

    rows = [[Value(x) for x in row] for row in (q, *keys, *values)]
    first, ks, vs = rows[0], rows[1 : len(keys) + 1], rows[len(keys) + 1 :]
    a = softmax([dot(first, k) / len(q) ** 0.5 for k in ks])
    sum(gi * dot(a, column) for gi, column in zip(g, zip(*vs))).backward()
    grads = [[x.grad for x in row] for row in rows]
    return grads[0], grads[1 : len(keys) + 1], grads[len(keys) + 1 :]
    """,
    "remark": "The engine finds the same numbers, with a node for every operation. Yours "
    "needs about ten lines, and is many times faster.",
}
CODE = """
scale = len(q) ** -0.5
powers = [exp(dot(q, k) * scale) for k in keys]
a = [p / sum(powers) for p in powers]
b = [dot(g, v) for v in values]
mean = dot(a, b)
s = [scale * ai * (bi - mean) for ai, bi in zip(a, b)]
q_grads = [dot(s, column) for column in zip(*keys)]
key_grads = [[si * x for x in q] for si in s]
value_grads = [[ai * x for x in g] for ai in a]
return q_grads, key_grads, value_grads
"""
RETURN = "return q_grads, key_grads, value_grads"
Q_GRADS = "[dot(s, column) for column in zip(*keys)]"
KEY_GRADS = "[[si * x for x in q] for si in s]"
VALUE_GRADS = "[[ai * x for x in g] for ai in a]"
S = "scale * ai * (bi - mean) for"
WRONG = {
    CODE.replace(S, "ai * (bi - mean) for"): "on the way back",
    CODE.replace(S, "ai * (bi - mean) for").replace("dot(s, column)", "dot(s, column) * scale"): (
        "missing in the grads of the keys"
    ),
    CODE.replace(S, "ai * (bi - mean) for").replace("[[si *", "[[scale * si *"): (
        "missing in the grads of q"
    ),
    CODE.replace("dot(q, k) * scale", "dot(q, k)"): "scores are not divided",
    CODE.replace("len(q) ** -0.5", "1.0"): "is missing in both",
    CODE.replace(S, "scale * bi for"): "softmax is left out",
    CODE.replace(S, "scale * ai * bi for"): "is not subtracted",
    CODE.replace(S, "scale * (bi - mean) for"): "factor a",
    CODE.replace(S, "scale * ai * (1 - ai) * bi for"): "only its own weight",
    CODE.replace(S, "scale * ai * (mean - bi) for"): "wrong sign",
    CODE.replace("mean = dot(a, b)", "mean = sum(b) / len(b)"): "plain mean",
    CODE.replace(VALUE_GRADS, "[list(g) for _ in a]"): "weight is missing",
    CODE.replace(KEY_GRADS, "[[si * x for x in k] for si, k in zip(s, keys)]"): "the key itself",
    CODE.replace(Q_GRADS, "[sum(s) * x for x in q]"): "q itself",
    CODE.replace(VALUE_GRADS, "[[ai * x for x in v] for ai, v in zip(a, values)]"): (
        "the value itself"
    ),
    CODE.replace("for column in zip(*keys)]", "for column in zip(*values)]"): "not the values",
    CODE.replace(RETURN, "return q_grads, value_grads, key_grads"): (
        "keys and of the values are swapped"
    ),
    CODE.replace("len(q) ** -0.5", "1 / len(q)"): "by d, not by its root",
    CODE.replace("len(q)", "len(values[0])"): "not that of the values",
    CODE.replace("len(q)", "len(keys)"): "not the number of the keys",
    CODE.replace(RETURN, "return q_grads"): "three lists",
    CODE.replace(RETURN, "return key_grads, q_grads, value_grads"): "in the wrong order",
    CODE.replace(VALUE_GRADS, "[[bi * x for x in g] for bi in b]"): "gets its weight",
    CODE.replace(Q_GRADS, "[s[-1] * x for x in keys[-1]]"): "only what the last key gives",
    CODE.replace(
        KEY_GRADS,
        "[[0.0] * len(q)] * len(keys)\nfor j, si in enumerate(s):\n"
        "    for i, x in enumerate(q):\n        key_grads[j][i] += si * x",
    ): "one and the same object",
}
POINTS = [
    (
        [1.0, -0.5],
        [[0.2, 0.4], [1.0, 0.0], [-0.3, 0.8]],
        [[1.0, 0.0], [0.0, 2.0], [1.0, -1.0]],
        [1.0, -2.0],
    ),
    (
        [0.3, 2.0],
        [[1.2, -0.4], [0.5, 0.6], [0.0, 1.0]],
        [[0.5, 1.0], [-1.0, 0.3], [2.0, 0.1]],
        [0.7, 0.4],
    ),
    (
        [-1.0, 0.8],
        [[0.6, 0.1], [-0.7, 0.2], [0.4, -0.9]],
        [[-0.2, 0.9], [1.4, 0.0], [0.3, -0.6]],
        [-1.5, 2.0],
    ),
]


def dot_product(xs, ys):
    return sum(x * y for x, y in zip(xs, ys))


def result(q, keys, values):
    a = softmax([dot_product(q, k) / len(q) ** 0.5 for k in keys])
    return [dot_product(a, column) for column in zip(*values)]


def by_the_engine(q, keys, values, g):
    """Return all grads as the engine has them, in one list: q, then keys, then values."""
    rows = [[Value(x) for x in row] for row in (q, *keys, *values)]
    count = len(keys)
    ys = result(rows[0], rows[1 : count + 1], rows[count + 1 :])
    dot_product(g, ys).backward()
    return [leaf.grad for row in rows for leaf in row]


def by_small_moves(q, keys, values, g):
    """Return all grads, from symmetric differences, in the same order."""
    h, slopes, count = 1e-5, [], len(keys)
    for row, numbers_of_row in enumerate((q, *keys, *values)):
        for i in range(len(numbers_of_row)):
            ends = []
            for move in (h, -h):
                rows = [list(each) for each in (q, *keys, *values)]
                rows[row][i] += move
                ends.append(dot_product(g, result(rows[0], rows[1 : count + 1], rows[count + 1 :])))
            slopes.append((ends[0] - ends[1]) / (2 * h))
    return slopes


def through_softmax(a, b, mean):
    return [ai * (bi - mean) for ai, bi in zip(a, b)]


SOFTMAX_BACKWARD = {
    "right": lambda a, b, mean: through_softmax(a, b, mean),
    "none": lambda a, b, mean: b,
    "no mean": lambda a, b, mean: [ai * bi for ai, bi in zip(a, b)],
    "no weight": lambda a, b, mean: [bi - mean for bi in b],
    "own": lambda a, b, mean: [ai * (1 - ai) * bi for ai, bi in zip(a, b)],
    "sign": lambda a, b, mean: [-x for x in through_softmax(a, b, mean)],
    "plain": lambda a, b, mean: through_softmax(a, b, sum(b) / len(b)),
}


def grads(q, keys, values, g, *, there=-0.5, back=-0.5, soft="right", d_of="q", **choices):
    """Return all grads, or those of one who makes the mistake that an option stands for."""
    lengths = {"q": len(q), "value": len(values[0]), "keys": len(keys)}
    d = lengths[d_of]
    a = softmax([dot_product(q, k) * d**there for k in keys])
    b = [dot_product(g, v) for v in values]
    s = [d**back * x for x in SOFTMAX_BACKWARD[soft](a, b, dot_product(a, b))]
    q_rows = {"keys": keys, "values": values, "q": [q] * len(s)}[choices.get("q_from", "keys")]
    k_rows = {"q": [q] * len(s), "keys": keys}[choices.get("key_from", "q")]
    v_rows = {"g": [g] * len(s), "values": values}[choices.get("value_from", "g")]
    weights = a if choices.get("weigh", True) else [1.0] * len(a)
    weights = b if choices.get("weigh_by_grads") else weights
    first = len(s) - 1 if choices.get("last_key") else 0
    key_grads = [si * x for si, row in zip(s, k_rows) for x in row]
    value_grads = [ai * x for ai, row in zip(weights, v_rows) for x in row]
    if choices.get("swap"):
        key_grads, value_grads = value_grads, key_grads
    q_grads = [dot_product(s[first:], column) for column in zip(*q_rows[first:])]
    q_grads = [x * d ** choices.get("more_for_q", 0.0) for x in q_grads]
    key_grads = [x * d ** choices.get("more_for_keys", 0.0) for x in key_grads]
    return q_grads + key_grads + value_grads


def variant(**options):
    return lambda *point: grads(*point, **options)


MISTAKES = {
    "the division by sqrt(d) is missing on the way back: q·k gets the score's grad, divided by "
    "it": variant(back=0.0),
    "the division by sqrt(d) is missing in the grads of the keys, and not in those of q: they "
    "come from the same q·k": variant(more_for_keys=0.5),
    "the division by sqrt(d) is missing in the grads of q, and not in those of the keys: they "
    "come from the same q·k": variant(more_for_q=0.5),
    "the scores are not divided by sqrt(d) before softmax, so the weights are others": variant(
        there=0.0
    ),
    "the division by sqrt(d) is missing in both directions": variant(there=0.0, back=0.0),
    "softmax is left out on the way back: the grads of the weights are not those of the "
    "scores": variant(soft="none"),
    "the sum of all a * b is not subtracted: a weight can only grow at the cost of the "
    "others": variant(soft="no mean"),
    "the factor a is missing in front of b - mean": variant(soft="no weight"),
    "each score moves only its own weight here: it moves the others, too": variant(soft="own"),
    "the grads of the scores have the wrong sign: it is b - mean": variant(soft="sign"),
    "that is the plain mean of b: weight it by a, the sum of all a * b": variant(soft="plain"),
    "the weight is missing in the grads of the values: each gets a * g": variant(weigh=False),
    "the values get the grads of the weights, times g: each gets its weight, times g": variant(
        weigh_by_grads=True
    ),
    "q gets only what the last key gives: add up what all give": variant(last_key=True),
    "a key gets the key itself: at the product q·k it gets q": variant(key_from="keys"),
    "q gets q itself: at the product q·k it gets the key": variant(q_from="q"),
    "a value gets the value itself: at the product a·v it gets a, times g": variant(
        value_from="values"
    ),
    "q gets the keys, not the values: it is multiplied by keys": variant(q_from="values"),
    "the grads of the keys and of the values are swapped": variant(swap=True),
    "d is the length of q, and not that of the values": variant(d_of="value"),
    "d is the length of q, and not the number of the keys": variant(d_of="keys"),
    "that divides by d, not by its root": variant(there=-1.0, back=-1.0),
}


def flat(answer, q, keys, g):
    """Return all grads in one list. Raises Wrong unless they have the shapes of q, keys, values."""
    if answer is None:
        raise Wrong("nothing was returned: is there a return?", "nothing returned")
    if not isinstance(answer, list | tuple) or len(answer) != 3:
        text = "expected three lists, the grads of q, of the keys and of the values"
        raise Wrong(f"{text}, got {show(answer)}.", "shape")
    first, *others = answer
    if is_table(first) and any(not is_table(rows) for rows in others):
        order = "first that of q, then those of the keys, then those of the values"
        raise Wrong(f"the three lists are in the wrong order: {order}.", "wrong order of lists")
    grads = numbers(first, len(q))
    for name, rows, length in zip(("keys", "values"), others, (len(q), len(g))):
        rows = rows.tolist() if hasattr(rows, "tolist") else rows
        if not isinstance(rows, list | tuple) or len(rows) != len(keys):
            raise Wrong(f"the grads of the {name} are a list for each position, not {show(rows)}.")
        grads += [x for row in rows for x in numbers(row, length)]
    return grads


def is_table(rows):
    return isinstance(rows, list | tuple) and all(isinstance(row, list | tuple) for row in rows)


def names_of(q, keys, values):
    names = [f"q[{i}].grad" for i in range(len(q))]
    for kind, rows in (("keys", keys), ("values", values)):
        names += [f"{kind}[{j}][{i}].grad" for j, row in enumerate(rows) for i in range(len(row))]
    return " ".join(names)


def examine(attention_backward, right, points, rel):
    def call(q, keys, values, g):
        return flat(attention_backward(q, keys, values, g), q, keys, g)

    q, keys, values, _ = points[0]
    at = "q = {}, keys = {}, values = {} and g = {}"
    compare(call, right, points, names_of(q, keys, values), at, MISTAKES, rel=rel)


def check_against_the_engine(attention_backward):
    """each grad for three positions, against the engine"""
    examine(attention_backward, by_the_engine, POINTS, 1e-9)


def check_against_small_moves(attention_backward):
    """each grad for two positions of three numbers, against small moves"""
    points = [
        (
            [1.0, 0.5, -2.0],
            [[math.sin(i + j) for i in range(3)] for j in range(2)],
            [[math.cos(2 * i + seed * j) for i in range(3)] for j in range(2)],
            [0.5, -1.0, 2.0],
        )
        for seed in (1, 3)
    ]
    examine(attention_backward, by_small_moves, points, 1e-6)


def check_longer_values(attention_backward):
    """each grad where a value has four numbers, and q and a key have two"""
    points = [
        (
            q,
            keys,
            [[*value, float(i - 1), i / 2] for i, value in enumerate(values)],
            [*g, 0.6, -1.1],
        )
        for q, keys, values, g in POINTS
    ]
    examine(attention_backward, by_the_engine, points, 1e-9)


# </checker>
