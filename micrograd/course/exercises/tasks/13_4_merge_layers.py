"""Two linear layers are one

A linear layer of two inputs and two outputs has weights W and biases b: its output number i is
W[i][0] * x[0] + W[i][1] * x[1] + b[i]. Nothing is squashed. Two of them stand one after the other:
the first one, (W1, b1), gets x, and the second one, (W2, b2), gets the outputs of the first. Write
`merge(W1, b1, W2, b2)`, which returns the W and the b of the one layer that computes the same,
whatever x is. Everything is made of floats in lists, and the arguments stay as they are.
"""


def merge(W1, b1, W2, b2):
    # <solution>
    W, b = [], []
    for (p, q), last in zip(W2, b2):
        W.append([p * x + q * y for x, y in zip(W1[0], W1[1])])
        b.append(p * b1[0] + q * b1[1] + last)
    return W, b
    # </solution>


# <checker>
import random

from micrograd.course.exercises.checking import (
    Unexplained,
    Wrong,
    as_list,
    close,
    number,
    show,
    unchanged,
)

HINTS = (
    "Write out output i of the second layer, and put the two outputs of the first into it.",
    "Collect what stands before x[j]: it is W2[i][0] * W1[0][j] + W2[i][1] * W1[1][j].",
    "Without x there remain the biases: b1 goes through the second layer, and b2[i] is added.",
)
LOOP = """
W = [[0.0, 0.0], [0.0, 0.0]]
b = [0.0, 0.0]
for i in range(2):
    for j in range(2):
        W[i][j] = W2[i][0] * W1[0][j] + W2[i][1] * W1[1][j]
    b[i] = W2[i][0] * b1[0] + W2[i][1] * b1[1] + b2[i]
return W, b
"""
WEIGHT = "W2[i][0] * W1[0][j] + W2[i][1] * W1[1][j]"
BIAS = "W2[i][0] * b1[0] + W2[i][1] * b1[1] + b2[i]"
RIGHT = [
    """
    columns = list(zip(*W1))
    W = [[sum(w * x for w, x in zip(row, column)) for column in columns] for row in W2]
    b = [sum(w * x for w, x in zip(row, b1)) + last for row, last in zip(W2, b2)]
    return W, b
    """,
    """
    def layer(W, b, x):
        return [W[i][0] * x[0] + W[i][1] * x[1] + b[i] for i in (0, 1)]

    b = layer(W2, b2, layer(W1, b1, [0, 0]))
    one = layer(W2, b2, layer(W1, b1, [1, 0]))
    two = layer(W2, b2, layer(W1, b1, [0, 1]))
    return [[one[i] - b[i], two[i] - b[i]] for i in (0, 1)], b
    """,
    """
    import numpy as np
    return np.array(W2) @ np.array(W1), np.array(W2) @ np.array(b1) + np.array(b2)
    """,
    """
    W = []
    for p, q in W2:
        W.append((p * W1[0][0] + q * W1[1][0], p * W1[0][1] + q * W1[1][1]))
    return [W, [b + p * b1[0] + q * b1[1] for (p, q), b in zip(W2, b2)]]
    """,
]
WRONG = {
    LOOP.replace(WEIGHT, "W1[i][j] + W2[i][j]"): "weights are added",
    LOOP.replace(WEIGHT, "W1[i][j] * W2[i][j]"): "entry by entry",
    LOOP.replace(WEIGHT, "W1[i][0] * W2[0][j] + W1[i][1] * W2[1][j]"): "in the wrong order",
    LOOP.replace(WEIGHT, "W2[0][i] * W1[0][j] + W2[1][i] * W1[1][j]"): "rows and columns",
    LOOP.replace(WEIGHT, "W2[i][0] * W1[j][0] + W2[i][1] * W1[j][1]"): "rows and columns",
    LOOP.replace("W[i][j] =", "W[j][i] ="): "rows and columns",
    LOOP.replace(WEIGHT, "W2[i][j]"): "weights of the second layer alone",
    LOOP.replace(BIAS, "b1[i] + b2[i]"): "b1 does not go through the second layer",
    LOOP.replace(BIAS, "b2[i]"): "b1 is missing",
    LOOP.replace(BIAS, "W2[i][0] * b1[0] + W2[i][1] * b1[1]"): "b2 is missing",
    LOOP.replace(BIAS, "W2[i][i] * b1[i] + b2[i]"): "goes to every output",
    LOOP.replace(BIAS, "W2[0][i] * b1[0] + W2[1][i] * b1[1] + b2[i]"): "rows and columns",
    LOOP.replace("[[0.0, 0.0], [0.0, 0.0]]", "[[0.0, 0.0]] * 2"): "the same list",
    LOOP.replace("W = [[0.0, 0.0], [0.0, 0.0]]", "W = W1"): "belongs to the caller",
    LOOP.replace("return W, b", "return W"): "return W and b",
    LOOP.replace(WEIGHT, "W2[i][0] * W1[0][j]"): "one of the two paths",
}  # fmt: skip
AFTER = {
    "another": RIGHT[0],
    "remark": "W is the product of the matrices W2 and W1. This works for layers of any size, and "
    "for a stack of any height: without a bend in between, all layers are worth one.",
}


def product(A, B):
    """Return the rows of A times the columns of B."""
    return [[A[i][0] * B[0][j] + A[i][1] * B[1][j] for j in range(2)] for i in range(2)]


def turned(A):
    return [[A[j][i] for j in range(2)] for i in range(2)]


def through(A, b):
    return [A[i][0] * b[0] + A[i][1] * b[1] for i in range(2)]


def mistakes_of_weights(W1, W2):
    """Return {sentence: the W that the mistake leads to}."""
    rows = "rows and columns are mixed up in a product: W[i][j] takes row i of W2, column j of W1"
    return {
        "the weights are added: one after the other, they multiply": [
            [x + y for x, y in zip(*rows)] for rows in zip(W1, W2)
        ],
        "the weights are multiplied entry by entry: each output needs a whole row": [
            [x * y for x, y in zip(*rows)] for rows in zip(W1, W2)
        ],
        "the layers are in the wrong order: x goes through W1 first": product(W1, W2),
        "these are the weights of the second layer alone: x does not get there directly": W2,
        "these are the weights of the first layer alone": W1,
        "both rows are one and the same list, [...] * 2: make each row anew": [product(W2, W1)[1]]
        * 2,
        "only one of the two paths from x[j] to output i counts: add both": [
            [W2[i][0] * W1[0][j] for j in range(2)] for i in range(2)
        ],
        rows: product(turned(W2), W1),
        f"{rows} ": product(W2, turned(W1)),
        f"{rows}  ": turned(product(W2, W1)),
    }


def mistakes_of_biases(W1, b1, W2, b2):
    """Return {sentence: the b that the mistake leads to}."""
    return {
        "b1 does not go through the second layer: its weights count for it, too": [
            x + y for x, y in zip(b1, b2)
        ],
        "b1 is missing in b: it goes through the second layer": b2,
        "b2 is missing in b: the second layer adds it at the end": through(W2, b1),
        "each b1[i] goes to every output, not to output i alone": [
            W2[i][i] * b1[i] + b2[i] for i in range(2)
        ],
        "in b the layers are in the wrong order: b1 goes through W2": [
            x + y for x, y in zip(through(W1, b2), b1)
        ],
        "both biases go through the second layer here: b2 is added after it": through(
            W2, [x + y for x, y in zip(b1, b2)]
        ),
        "the biases are multiplied: b1 goes through the weights W2, and b2 is added": [
            x * y for x, y in zip(b1, b2)
        ],
        "rows and columns are mixed up in b: output i takes row i of W2": [
            x + y for x, y in zip(through(turned(W2), b1), b2)
        ],
    }


def examine(merge, W1, b1, W2, b2):
    with unchanged(W1=W1, b1=b1, W2=W2, b2=b2), unchanged(W1=W1[0], b1=W1[1], W2=W2[0], b2=W2[1]):
        answer = merge(W1, b1, W2, b2)
    if answer is None:
        raise Wrong("nothing was returned: is there a return?", "nothing returned")
    if not isinstance(answer, list | tuple) or len(answer) != 2:
        raise Wrong(f"return W and b, got {show(answer)}.", "shape")
    rows = [isinstance(in_lists(part)[0], list | tuple) for part in answer if in_lists(part)]
    if rows == [False, True]:
        raise Wrong("b comes first here: return W, and then b.", "swapped")
    W = [[number(x, plain=True) for x in in_lists(row)] for row in in_lists(answer[0])]
    b = [number(x, plain=True) for x in in_lists(answer[1])]
    if [len(row) for row in W] != [2, 2]:
        raise Wrong(f"return W and b; this W has not two rows: {show(answer[0])}.", "shape")
    if len(b) != 2:
        raise Wrong(f"b should have two numbers, got {show(answer[1])}.", "shape")
    tell(W, product(W2, W1), mistakes_of_weights(W1, W2), "W")
    wanted = [x + y for x, y in zip(through(W2, b1), b2)]
    tell(b, wanted, mistakes_of_biases(W1, b1, W2, b2), "b")


def in_lists(x):
    """Return the numbers or rows of a list, a tuple or an array; a number as a list of one."""
    return as_list(x.tolist() if hasattr(x, "tolist") else x)


def tell(answer, wanted, mistakes, name):
    """Raise Wrong, with the mistake if it is known, unless the answer is right."""
    if same(answer, wanted):
        return
    for sentence, mistake in mistakes.items():
        if same(answer, mistake):
            raise Wrong(f"{sentence.strip()}.", sentence.strip())
    raise Unexplained(f"{name} is {show(answer)}, and should be {show(wanted)}.")


def same(xs, ys):
    if isinstance(xs, list):
        return all(map(same, xs, ys))
    return close(xs, ys, 1e-9)


def check_small_numbers(merge):
    """W1 = [[2, 3], [5, 7]], b1 = [1, -1], W2 = [[11, 13], [17, 19]], b2 = [0.5, 0.25]"""
    examine(
        merge,
        [[2.0, 3.0], [5.0, 7.0]],
        [1.0, -1.0],
        [[11.0, 13.0], [17.0, 19.0]],
        [0.5, 0.25],
    )


def check_zeros_and_signs(merge):
    """weights that are 0 or negative"""
    examine(merge, [[0.0, -1.0], [2.0, 0.0]], [0.0, 3.0], [[-1.5, 0.0], [4.0, -2.0]], [-1.0, 0.0])


def check_random_numbers(merge):
    """random layers"""
    chance = random.Random(13)
    for _ in range(10):
        W1, W2 = ([[chance.gauss(0, 1) for _ in range(2)] for _ in range(2)] for _ in range(2))
        b1, b2 = ([chance.gauss(0, 1) for _ in range(2)] for _ in range(2))
        examine(merge, W1, b1, W2, b2)


# </checker>
