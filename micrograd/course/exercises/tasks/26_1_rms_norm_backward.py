"""RMSNorm with weights, backward

This RMSNorm has a weight for each number: y[i] = w[i] * x[i] * r, where r is (the mean of all
x * x, plus eps) ** -0.5. Write `rms_norm_backward(xs, ws, g, eps)` for lists of floats: g has the
upstream grads, one for each y. Return two lists: the grads of xs, and the grads of ws. Lesson 26
has the case without weights. `backward()` is not needed, and would be slow.
"""


def rms_norm_backward(xs, ws, g, eps):
    # <solution>
    n = len(xs)
    r = (sum(x * x for x in xs) / n + eps) ** -0.5
    normed = [x * r for x in xs]
    inner = [gi * w for gi, w in zip(g, ws)]
    mean = sum(i * y for i, y in zip(inner, normed)) / n
    x_grads = [r * (i - y * mean) for i, y in zip(inner, normed)]
    w_grads = [gi * y for gi, y in zip(g, normed)]
    return x_grads, w_grads
    # </solution>


if __name__ == "__main__":
    print(rms_norm_backward([3.0, -1.0, 2.0], [1.0, 1.0, 1.0], [1.0, 4.0, -2.0], 0.0))


# <checker>
from itertools import accumulate

from micrograd import Value
from micrograd.course.exercises.checking import Wrong, compare, numbers, show

HINTS = (
    "Call normed = x * r. Then y is w * normed: w gets g times normed, and normed gets g times w.",
    "From there it is lesson 26, with g * w in place of g, and normed in place of y.",
    "x gets r * (g * w - normed * mean), where mean is the mean of all g * w * normed.",
)
AFTER = {
    "another": """
    n = len(xs)
    r = (sum(x * x for x in xs) / n + eps) ** -0.5
    r_grad = sum(gi * w * x for gi, w, x in zip(g, ws, xs))
    x_grads = [gi * w * r - r_grad * r**3 * x / n for gi, w, x in zip(g, ws, xs)]
    return x_grads, [gi * x * r for gi, x in zip(g, xs)]
    """,
    "remark": "This one keeps the two paths apart: r_grad is what arrives at r. Both are "
    "the same sum.",
}
CODE = """
n = len(xs)
r = (sum(x * x for x in xs) / n + eps) ** -0.5
normed = [x * r for x in xs]
inner = [gi * w for gi, w in zip(g, ws)]
mean = sum(i * y for i, y in zip(inner, normed)) / n
x_grads = [r * (i - y * mean) for i, y in zip(inner, normed)]
w_grads = [gi * y for gi, y in zip(g, normed)]
return x_grads, w_grads
"""
X_GRADS = "r * (i - y * mean) for"
W_GRADS = "[gi * y for gi, y in zip(g, normed)]"
WRONG = {
    CODE.replace(X_GRADS, "r * i for"): "second path",
    CODE.replace(X_GRADS, "r * (i + y * mean) for"): "the sign of the second path",
    CODE.replace("zip(inner, normed)) / n", "zip(inner, normed))"): "the sum in place of the mean",
    CODE.replace("[gi * w for gi, w in zip(g, ws)]", "list(g)"): "the weights are missing",
    CODE.replace(" + eps) **", ") **"): "eps is missing",
    CODE.replace(W_GRADS, "[gi * x for gi, x in zip(g, xs)]"): "lack the factor r",
    CODE.replace(W_GRADS, "[gi * y * w for gi, y, w in zip(g, normed, ws)]"): "the weight itself",
    CODE.replace(W_GRADS, "list(g)"): "just the upstream",
    CODE.replace("return x_grads, w_grads", "return w_grads, x_grads"): "other way round",
    CODE.replace(X_GRADS, "(i - y * mean) for"): "grads of xs lack the factor r",
    CODE.replace("for i, y in zip(inner, normed)) / n", "for i, y in zip(inner, xs)) / n"): (
        "the mean has x in place of"
    ),
    CODE.replace(X_GRADS, "r * (i - mean) for"): "x * r is missing in the second path",
    CODE.replace("** -0.5", "** 0.5"): "multiplies by the root",
    CODE.replace("sum(i * y for i, y in zip(inner, normed)) / n", "sum(inner) / n"): "LayerNorm",
    CODE.replace("return x_grads, w_grads", "return x_grads"): "two lists",
    CODE.replace(X_GRADS, "r * i - y * mean for"): "r**2 stands for r**3",
    CODE.replace(X_GRADS, "r * i - y / r * mean for"): "r instead of r**3",
    CODE.replace(
        "sum(i * y for i, y in zip(inner, normed)) / n",
        "sum(i * y for i, y in zip(g, normed)) / n",
    ): "missing in the second path",
    CODE.replace(W_GRADS, "normed"): "the upstream grads are missing",
    CODE.replace(X_GRADS, "r * (i - y * i * y / n) for"): "x's own product",
    """
    n, total, x_grads = len(xs), 0.0, []
    r = (sum(x * x for x in xs) / n + eps) ** -0.5
    for x, w, gi in zip(xs, ws, g):
        total += gi * w * x
        x_grads.append(gi * w * r - total * x * r**3 / n)
    return x_grads, [gi * x * r for gi, x in zip(g, xs)]
    """: "used while it grows",
    """
    n = len(xs)
    r = (sum(x * x for x in xs) / n + eps) ** -0.5
    total = sum(gi * x for gi, x in zip(g, xs))
    x_grads = [w * (r * gi - r**3 * x * total / n) for x, w, gi in zip(xs, ws, g)]
    return x_grads, [gi * x * r for gi, x in zip(g, xs)]
    """: "the weights come in at the end",
    """
    squares = sum(x * x for x in xs)
    r = (squares / len(xs) + eps) ** -0.5
    inner = [gi * w for gi, w in zip(g, ws)]
    part = sum(i * x for i, x in zip(inner, xs)) / squares
    return [r * (i - part * x) for i, x in zip(inner, xs)], [gi * x * r for gi, x in zip(g, xs)]
    """: "eps is missing in the second path",
}
POINTS = [
    ([3.0, -1.0, 2.0], [1.5, 0.5, -2.0], [1.0, 4.0, -2.0], 0.1),
    ([0.2, 0.5, -0.4], [-1.0, 2.0, 0.7], [0.3, -1.0, 2.5], 0.02),
    ([-5.0, 1.0, 0.0], [0.4, 3.0, 1.0], [2.0, 0.5, -3.0], 1.5),
]


def by_the_engine(xs, ws, g, eps):
    """Return all grads as the engine has them: those of xs, then those of ws."""
    leaves = [Value(x) for x in xs], [Value(w) for w in ws]
    r = (sum(x * x for x in leaves[0]) / len(xs) + eps) ** -0.5
    sum(gi * w * x * r for gi, x, w in zip(g, *leaves)).backward()
    return [leaf.grad for group in leaves for leaf in group]


def by_small_moves(xs, ws, g, eps):
    """Return all grads, from symmetric differences."""

    def loss(moved):
        xs, ws = moved[:count], moved[count:]
        r = (sum(x * x for x in xs) / count + eps) ** -0.5
        return sum(gi * w * x * r for gi, x, w in zip(g, xs, ws))

    count, grads, h = len(xs), [], 1e-5
    for i in range(2 * count):
        ends = []
        for move in (h, -h):
            moved = [*xs, *ws]
            moved[i] += move
            ends.append(loss(moved))
        grads.append((ends[0] - ends[1]) / (2 * h))
    return grads


def whole(terms):
    """Return the sum of the terms, once for each of them."""
    return [sum(terms)] * len(terms)


def grads(
    xs,
    ws,
    g,
    eps,
    *,
    second=1.0,
    weighted=True,
    power=-0.5,
    x_factor=True,
    y_in_second=True,
    of_w="normed",
    mean_of="normed",
    second_power=3,
    second_weighted=True,
    means_of=whole,
):
    """Return all grads, or those of one who makes the mistake that an option stands for."""
    n = len(xs)
    r = (sum(x * x for x in xs) / n + eps) ** power
    normed = [x * r for x in xs]
    inner = [gi * w for gi, w in zip(g, ws)] if weighted else g
    others = {"normed": normed, "x": xs, "nothing": [1.0] * n, "weighted": mul(normed, ws)}
    arriving = mul(inner if second_weighted else g, others[mean_of])
    means = means_of(arriving)
    second *= r ** (second_power - 3) / n
    factor = r if x_factor else 1.0
    ys = normed if y_in_second else others["nothing"]
    x_grads = [factor * (i - y * second * mean) for i, y, mean in zip(inner, ys, means)]
    return x_grads + (normed if of_w == "alone" else mul(g, others[of_w]))


def mul(xs, ys):
    return [x * y for x, y in zip(xs, ys)]


def variant(**options):
    return lambda *point: grads(*point, **options)


def without_eps(xs, ws, g, eps):
    return grads(xs, ws, g, 0.0)


def swapped(xs, ws, g, eps):
    right = grads(xs, ws, g, eps)
    return right[len(xs) :] + right[: len(xs)]


def weighted_at_the_end(xs, ws, g, eps):
    n, plain = len(xs), grads(xs, ws, g, eps, weighted=False)
    return mul(plain[:n], ws) + plain[n:]


def without_eps_in_the_second(xs, ws, g, eps):
    return grads(xs, ws, g, eps, second=1.0 + eps / (sum(x * x for x in xs) / len(xs)))


def summed(xs, ws, g, eps):
    return grads(xs, ws, g, eps, second=len(xs))


MISTAKES = {
    "the second path is forgotten: each x also moves r, and with it all the others": variant(
        second=0.0
    ),
    "the second path has r instead of r**3: x * r and the mean of all x * r have one r each": (
        variant(second_power=1)
    ),
    "the weights are missing in the second path: it has the mean of all g * w * x * r": variant(
        second_weighted=False
    ),
    "the upstream grads are missing in the grads of ws: each is g * x * r": variant(of_w="alone"),
    "the second path has only x's own product, not the mean over all": variant(means_of=list),
    "the sum in the second path is used while it grows: add up all products first": variant(
        means_of=lambda terms: list(accumulate(terms))
    ),
    "the weights come in at the end: take g * w in place of g from the start, also in the mean": (
        weighted_at_the_end
    ),
    "eps is missing in the second path: it divides by the sum of all x * x, plus n * eps": (
        without_eps_in_the_second
    ),
    "the sign of the second path is wrong: a larger x makes r smaller": variant(second=-1.0),
    "the second path has the sum in place of the mean: divide by the number of xs": summed,
    "the weights are missing on the way to xs: take g * w in place of g": variant(weighted=False),
    "eps is missing in r": without_eps,
    "the grads of ws lack the factor r: w stands before x * r": variant(of_w="x"),
    "the weight itself is in its own grad: the partial of w * x * r is x * r": variant(
        of_w="weighted"
    ),
    "the grads of ws are just the upstream grads: multiply them by x * r": variant(of_w="nothing"),
    "the two lists stand the other way round: first the grads of xs": swapped,
    "the grads of xs lack the factor r": variant(x_factor=False),
    "the mean has x in place of x * r, or r**2 stands for r**3 in the second path": variant(
        mean_of="x"
    ),
    "x * r is missing in the second path, before the mean": variant(y_in_second=False),
    "that multiplies by the root: r has the power -0.5": variant(power=0.5),
    "the second path subtracts the mean of the grads, times x * r: that is half a LayerNorm. Take "
    "the mean of grads times x * r": variant(mean_of="nothing"),
}


def flat(answer, count):
    """Return the two lists as one. Raises Wrong unless there are two of so many numbers."""
    if answer is None:
        raise Wrong("nothing was returned: is there a return?", "nothing returned")
    if not isinstance(answer, list | tuple) or len(answer) != 2:
        raise Wrong(f"expected two lists, the grads of xs and of ws, got {show(answer)}.", "shape")
    return [x for grads in answer for x in numbers(grads, count)]


def names_of(count):
    places = [(name, i) for name in "xw" for i in range(count)]
    return " ".join(f"{name}[{i}].grad" for name, i in places)


def examine(rms_norm_backward, right, points, rel):
    count = len(points[0][0])
    compare(
        lambda *point: flat(rms_norm_backward(*point), count),
        right,
        points,
        names_of(count),
        "xs = {}, ws = {}, g = {} and eps = {}",
        MISTAKES,
        rel=rel,
    )


def check_against_the_engine(rms_norm_backward):
    """each grad for three numbers, against the engine"""
    examine(rms_norm_backward, by_the_engine, POINTS, 1e-9)


def check_against_small_moves(rms_norm_backward):
    """each grad for four numbers, against small moves"""
    points = [
        ([1.0, -2.0, 0.5, 3.0], [1.0, 0.5, -1.0, 2.0], [1.0, 4.0, -2.0, 0.3], 0.3),
        ([0.1, 0.2, 0.0, -0.4], [2.0, -0.5, 1.0, 1.0], [1.0, -1.0, 2.0, 0.7], 0.05),
    ]
    examine(rms_norm_backward, by_small_moves, points, 1e-6)


# </checker>
