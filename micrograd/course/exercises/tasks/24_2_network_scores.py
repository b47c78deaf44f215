"""The scores of a network with embeddings

Write `network_scores(context, table, w, b, v, c)` for one context, such as [0, 1, 4]. Each sign of
it picks its row of `table`, and the rows are put one after the other into one list x. There are
hidden neurons with h = tanh(w[i] · x + b[i]), and the scores are v[j] · h + c[j], without a tanh.
Return the list of scores. All parameters may be Values, which must get their grads.
"""

from micrograd import tanh


def network_scores(context, table, w, b, v, c):
    # <solution>
    x = [number for sign in context for number in table[sign]]
    h = []
    for weights, bias in zip(w, b):
        h.append(tanh(sum((wi * xi for wi, xi in zip(weights, x)), bias)))
    scores = []
    for weights, bias in zip(v, c):
        scores.append(sum((vi * hi for vi, hi in zip(weights, h)), bias))
    return scores
    # </solution>


if __name__ == "__main__":
    table = [[0.1, 0.2], [-0.3, 0.4]]
    w, b = [[0.5, -0.5, 1.0, 0.3]], [0.1]
    print(network_scores([1, 0], table, w, b, [[1.0], [-1.0]], [0.0, 0.2]))


# <checker>
import contextlib
import math
import random

from micrograd import Value
from micrograd.course.exercises.checking import (
    Unexplained,
    Wrong,
    agree,
    near,
    number,
    numbers,
    recognise,
    show,
    unchanged,
)
from micrograd.losses import cross_entropy

HINTS = (
    "x begins as []; for each sign of the context, x += table[sign].",
    "A hidden neuron is tanh of (sum of weight times x, plus bias), as in lesson 7.",
    "A score is the same without tanh, with v, c and the hidden numbers h.",
)
AFTER = {
    "another": """
    def layer(rows, biases, xs):
        return [sum((p * q for p, q in zip(row, xs)), bias) for row, bias in zip(rows, biases)]

    x = sum((list(table[sign]) for sign in context), [])
    return layer(v, c, [tanh(n) for n in layer(w, b, x)])
    """,
    "remark": "A sign that comes twice in a context uses its row twice, so its grads add "
    "up: lesson 10.",
}
X = "x = [number for sign in context for number in table[sign]]\n"
H = "h = [tanh(sum((p * q for p, q in zip(row, x)), bias)) for row, bias in zip(w, b)]\n"
S = "return [sum((p * q for p, q in zip(row, h)), bias) for row, bias in zip(v, c)]"
WRONG = {
    X.replace("in context", "in reversed(context)") + H + S: "in the wrong order",
    "x = [sum(numbers) for numbers in zip(*[table[sign] for sign in context])]\n" + H + S: (
        "added up"
    ),
    "x = [n for ns in zip(*[table[sign] for sign in context]) for n in ns]\n" + H + S: (
        "the first numbers of all signs"
    ),
    X + H.replace("tanh(", "(") + S: "tanh is missing",
    X + H + S.replace("sum((", "tanh(sum((").replace("bias) for", "bias)) for"): (
        "a tanh on the scores"
    ),
    X + H.replace("), bias)", "))") + S: "bias of the hidden",
    X + H + S.replace("), bias)", "))"): "bias of the scores",
    X
    + "h = [sum(tanh(p * q) for p, q in zip(row, x)) + bias for row, bias in zip(w, b)]\n"
    + S: "tanh of each product",
    X
    + "h = [tanh(sum(p * q for p, q in zip(row, x))) + bias for row, bias in zip(w, b)]\n"
    + S: "outside tanh",
    X + H.replace("p * q for", "p * q + bias for").replace("), bias)", "))") + S: (
        "added once for each input"
    ),
    X + H + S.replace("p * q for", "p * q + bias for").replace("), bias)", "))"): (
        "added once for each hidden neuron"
    ),
    "x = [number for number in table[context[-1]] * len(context)]\n" + H + S: "only the last sign",
    X + H.replace("), bias)", "), b[0])") + S: ("the first bias, b[0]"),
    X + H + S.replace("), bias)", "), c[0])"): "the first bias, c[0]",
    "x = table[context[-1]]\n" + H + S: "x has the rows of all signs",
    "x = [float(sign) for sign in context for _ in table[sign]]\n" + H + S: (
        "x has the numbers of the signs"
    ),
    "x = [row[sign] for sign in context for row in table]\n" + H + S: "the column of a sign",
    X + H + "return h": "the hidden numbers",
    "import math\n"
    + X
    + H
    + S.replace("return [", "scores = [")
    + "\nm = max(float(s) for s in scores)\n"
    "e = [math.exp(float(s) - m) for s in scores]\nreturn [y / sum(e) for y in e]": "probabilities",
    "import math\n" + X + H.replace("tanh(sum", "math.tanh(sum") + S: "the graph is cut",
    X.replace("[number for", "[getattr(number, 'data', number) for") + H + S: (
        "no gradient comes back to table"
    ),
    X + H.replace("bias)) for", "getattr(bias, 'data', bias))) for") + S: (
        "no gradient comes back to b"
    ),
    X + H + "scores = []\nfor j in range(len(c)):\n    score = c[j]\n    for i in range(len(h)):\n"
    "        score = score + v[i][j] * h[i]\n    scores.append(score)\nreturn scores": (
        "the indices in `v[i][j]` are in the wrong order"
    ),
}


def plain(x):
    return x.data if isinstance(x, Value) else x


def dot(xs, ys):
    return math.fsum(x * y for x, y in zip(xs, ys))


def forward(context, table, w, b, v, c, *, x=None, h=None):
    """Return the scores as floats; x or h may be those of a mistake."""
    x = x or [number for sign in context for number in table[sign]]
    h = h or [math.tanh(dot(row, x) + bias) for row, bias in zip(w, b)]
    return [dot(row, h) + bias for row, bias in zip(v, c)]


def make_parameters(seed, signs, size, back, hidden):
    rng = random.Random(seed)

    def draw(*sizes):
        first, *rest = sizes
        return [draw(*rest) if rest else rng.uniform(-1.0, 1.0) for _ in range(first)]

    return (
        draw(signs, size),
        draw(hidden, back * size),
        draw(hidden),
        draw(signs, hidden),
        draw(signs),
    )


def mistakes(context, table, w, b, v, c):
    """Return {sentence: the scores that the mistake leads to}."""
    parameters = (context, table, w, b, v, c)
    rows = [table[sign] for sign in context]
    x = [number for row in rows for number in row]
    h = [math.tanh(dot(row, x) + bias) for row, bias in zip(w, b)]
    right = forward(*parameters)
    powers = [math.exp(score) for score in right]
    return {
        "the rows are in the wrong order: take them as the signs stand in the context": forward(
            context[::-1], table, w, b, v, c
        ),
        "the rows are added up: put them one after the other, so that the place counts": forward(
            *parameters, x=[sum(column) for column in zip(*rows)]
        ),
        "x has the first numbers of all signs, then the second: put whole rows one after the "
        "other": forward(*parameters, x=[number for column in zip(*rows) for number in column]),
        "only the last sign is looked up, again and again": forward(
            *parameters, x=rows[-1] * len(rows)
        ),
        "only the last sign is looked up: x has the rows of all signs": forward(
            *parameters, x=rows[-1]
        ),
        "only the first sign is looked up: x has the rows of all signs": forward(
            *parameters, x=rows[0]
        ),
        "x has the numbers of the signs: it has their rows of the table": forward(
            *parameters, x=[float(sign) for sign, row in zip(context, rows) for _ in row]
        ),
        "all scores have the first bias, c[0]: each has its own": forward(
            context, table, w, b, v, c[:1] * len(c)
        ),
        "all hidden neurons have the first bias, b[0]: each has its own": forward(
            context, table, w, b[:1] * len(b), v, c
        ),
        "tanh is missing in the hidden neurons": forward(
            *parameters, h=[dot(row, x) + bias for row, bias in zip(w, b)]
        ),
        "there is a tanh on the scores: they may be any numbers": [math.tanh(s) for s in right],
        "the bias of the hidden neurons is missing": forward(
            context, table, w, [0.0] * len(b), v, c
        ),
        "the bias of the scores is missing": forward(context, table, w, b, v, [0.0] * len(c)),
        "the biases are missing": forward(context, table, w, [0.0] * len(b), v, [0.0] * len(c)),
        "the bias of a hidden neuron is added once for each input: add it once, to the sum": (
            forward(context, table, w, [len(x) * bias for bias in b], v, c)
        ),
        "the bias of a score is added once for each hidden neuron: add it once, to the "
        "sum": forward(context, table, w, b, v, [len(h) * bias for bias in c]),
        "this takes tanh of each product: first add up, with the bias, then tanh": forward(
            *parameters,
            h=[
                math.fsum(math.tanh(p * q) for p, q in zip(row, x)) + bias
                for row, bias in zip(w, b)
            ],
        ),
        "the bias is added outside tanh: it belongs to the sum": forward(
            *parameters, h=[math.tanh(dot(row, x)) + bias for row, bias in zip(w, b)]
        ),
        "these are probabilities: return the scores": [p / sum(powers) for p in powers],
        "these are the hidden numbers: the scores come from them, by v and c": h,
    }


def takes_columns(network_scores, context, parameters, wanted):
    """Return whether the scores are right if the table lies on its side."""
    table, *others = parameters
    with contextlib.suppress(Exception):
        answer = network_scores(list(context), [list(column) for column in zip(*table)], *others)
        return agree([number(x) for x in answer], wanted, 1e-9)
    return False


def examine(network_scores, seed, context, signs=4, size=2, hidden=3):
    parameters = make_parameters(seed, signs, size, len(context), hidden)
    kept, lists = list(context), zip(("table", "w", "b", "v", "c"), parameters)
    wanted = forward(context, *parameters)
    try:
        with unchanged(context=kept, **dict(lists)):
            answer = network_scores(kept, *parameters)
    except IndexError:
        if takes_columns(network_scores, context, parameters, wanted):
            text = "the column of a sign is taken: its numbers are a row, table[sign]"
            raise Wrong(f"{text}.", text) from None
        raise
    known = mistakes(context, *parameters)
    if isinstance(answer, list | tuple) and len(answer) != len(wanted):
        recognise([number(x) for x in answer], known)
    answer = numbers(answer, len(wanted))
    if not agree(answer, wanted, 1e-9):
        recognise(answer, known)
    near(answer, wanted, f"the scores of {context}")


def check_two_signs(network_scores):
    """a context of two signs, and three hidden neurons"""
    examine(network_scores, 1, [3, 1])


def check_three_signs(network_scores):
    """a context of three signs, one of them twice"""
    examine(network_scores, 2, [2, 0, 2], size=3, hidden=2)


CUT = "the graph is cut: use tanh of micrograd, and keep Values, not their data."


def as_values(numbers):
    if isinstance(numbers, list):
        return [as_values(x) for x in numbers]
    return Value(numbers)


def leaves(nested):
    if isinstance(nested, list):
        return [leaf for item in nested for leaf in leaves(item)]
    return [nested]


def check_grads(network_scores):
    """the grads of all parameters, where a sign comes twice in the context"""
    context = [2, 0, 2]
    parameters = make_parameters(3, 4, 2, 3, 3)
    values = as_values(list(parameters))
    scores = network_scores(list(context), *values)
    if not all(isinstance(s, Value) for s in scores):
        raise Wrong(CUT)
    cross_entropy(list(scores), 1).backward()
    if not any(leaf.grad for leaf in leaves(values[1])):
        raise Wrong(CUT)
    if agree([s.data for s in scores], forward(context, *parameters), 1e-9):
        require_a_way_back(values)
    wanted = slopes(context, parameters)
    for name, group in zip(("table", "w", "b", "v", "c"), values):
        for leaf in leaves(group):
            right = next(wanted)
            if abs(leaf.grad - right) > 1e-6:
                shown = f"{show(leaf.grad)}, and should have {show(right)}"
                raise Unexplained(f"a number of {name} has the grad {shown}.")


def require_a_way_back(parameters):
    """Raise Unexplained if all grads of one of the parameters are 0."""
    for name, group in zip(("table", "w", "b", "v", "c"), parameters):
        if not any(leaf.grad for leaf in leaves(group)):
            text = f"no gradient comes back to {name}: use its Values, and not their data"
            raise Unexplained(f"{text}.", "no gradient comes back")


def loss_of(context, parameters):
    scores = forward(context, *parameters)
    return math.log(math.fsum(math.exp(s) for s in scores)) - scores[1]


def slopes(context, parameters, h=1e-6):
    """Yield the slope of the loss with respect to each number, by symmetric differences."""
    flat = leaves(list(parameters))
    for i in range(len(flat)):
        ends = []
        for move in (h, -h):
            moved = iter([x + move * (j == i) for j, x in enumerate(flat)])
            ends.append(loss_of(context, refill(list(parameters), moved)))
        yield (ends[0] - ends[1]) / (2 * h)


def refill(nested, numbers):
    if isinstance(nested, list):
        return [refill(item, numbers) for item in nested]
    return next(numbers)


# </checker>
