"""The second derivatives of a function of two inputs

`f` is a function of two Values, such as f = lambda x, y: x**2 * y. `hessian(f, x, y)` takes f and
two floats, and returns the four second derivatives of f there as floats, [[fxx, fxy], [fyx, fyy]],
where fxy is df/dx differentiated with respect to y. For that f at (3.0, 5.0) they are [[10.0, 6.0],
[6.0, 0.0]].

gradients(z, (x, y)) returns [dz/dx, dz/dy] as floats. With create_graph=True it returns them as
Values, which can be differentiated again. (micrograd has a `hessian`; do not use it here.)
"""

from micrograd import Value, gradients


def hessian(f, x, y):
    # <solution>
    both = (Value(x), Value(y))
    first = gradients(f(*both), both, create_graph=True)
    return [gradients(slope, both) for slope in first]
    # </solution>


# <checker>
from contextlib import contextmanager
from unittest.mock import patch

from micrograd import exp, sin
from micrograd import hessian as reference
from micrograd.course.exercises.checking import (
    NOTHING_RETURNED,
    REASONS_WANTED,
    Unexplained,
    Wrong,
    compare,
    number,
    show,
)
from micrograd.engine import Value as Reference
from micrograd.engine import gradients as gradients_of

HINTS = (
    "Differentiate f with respect to both inputs; then do the same to each of the two results.",
    "Without create_graph=True the first derivatives are floats, which have no graph.",
    "With xy = (Value(x), Value(y)): fx, fy = gradients(f(*xy), xy, create_graph=True); the first "
    "row is gradients(fx, xy).",
)
BOTH = "x, y = Value(x), Value(y)\n"
FIRST = "fx, fy = gradients(f(x, y), (x, y), create_graph=True)\n"
RIGHT = (
    BOTH + FIRST + "return [gradients(fx, (x, y)), gradients(fy, (x, y))]",
    BOTH + FIRST + "fxx, fxy = gradients(fx, (x, y))\n(fyy,) = gradients(fy, (y,))\n"
    "return ((fxx, fxy), (fxy, fyy))",
    """
    h = 1e-5

    def grad(x, y):
        x, y = Value(x), Value(y)
        return gradients(f(x, y), (x, y))

    def row(dx, dy):
        up, down = grad(x + dx, y + dy), grad(x - dx, y - dy)
        return [(a - b) / (2 * h) for a, b in zip(up, down)]

    (fxx, fyx), (fxy, fyy) = row(h, 0), row(0, h)
    return [[fxx, fxy], [fyx, fyy]]
    """,
)
WRONG = {
    BOTH + "return gradients(f(x, y), (x, y))": "the gradient",
    BOTH + FIRST + "return [[*gradients(fx, (x,)), 0.0], [0.0, *gradients(fy, (y,))]]": "mixed",
    BOTH + FIRST + "(fxx, fxy), (_, fyy) = gradients(fx, (x, y)), gradients(fy, (x, y))\n"
    "return [[fxx, 2 * fxy], [2 * fxy, fyy]]": "twice what they should be",
    BOTH + FIRST + "return [gradients(fx, (x, y)), gradients(fx, (x, y))]": "both rows",
    BOTH + FIRST.replace(", create_graph=True", "") + "return [gradients(fx, (x, y)), "
    "gradients(fy, (x, y))]": "create_graph=True",
    BOTH + FIRST + "(fxx, fxy), (fyx, fyy) = gradients(fx, (x, y)), gradients(fy, (x, y))\n"
    "return [fxx, fxy, fyx, fyy]": "two rows",
    BOTH + FIRST + "(fxx, fxy), (fyx, fyy) = gradients(fx, (x, y)), gradients(fy, (x, y))\n"
    "return [[fxy, fxx], [fyy, fyx]]": "in the other order",
    BOTH + FIRST + "return [gradients(fy, (x, y)), gradients(fx, (x, y))]": "rows are in the other",
    BOTH + FIRST + "return [[fx * fx, fx * fy], [fy * fx, fy * fy]]": "multiplied",
    BOTH + FIRST + "return [fx, fy]": "two rows",
    BOTH + FIRST + "return [gradients(Value(s.data), (x, y)) for s in (fx, fy)]": "had no graph",
    BOTH + FIRST + "return [gradients(s.detach(), (x, y)) for s in (fx, fy)]": "cuts the graph",
    """
    h = 1e-8
    g = lambda a, b: f(Value(a), Value(b)).data
    fxx = (g(x + h, y) - 2 * g(x, y) + g(x - h, y)) / h**2
    fyy = (g(x, y + h) - 2 * g(x, y) + g(x, y - h)) / h**2
    fxy = (g(x + h, y + h) - g(x + h, y) - g(x, y + h) + g(x, y)) / h**2
    return [[fxx, fxy], [fxy, fyy]]
    """: "with too small a step",
    BOTH + FIRST + "[gradients(fx, (x, y)), gradients(fy, (x, y))]": "the return missing",
    BOTH + FIRST + "return [gradients(fx, (x, y)), gradients(fy, (y, x))]": "are swapped",
    "fx, fy = gradients(f(x, y), (x, y), create_graph=True)\n"
    "return [gradients(fx, (x, y)), gradients(fy, (x, y))]": "Value",
    BOTH + FIRST + "return gradients(fx + fy, (x, y))": "two rows",
    BOTH + FIRST + "a, b = gradients(fx + fy, (x, y))\nreturn [[a, b], [b, a]]": "not their sum",
    BOTH + FIRST + "rows = []\nfor g in (fx, fy):\n    g.backward()\n"
    "    rows.append([x.grad, y.grad])\nreturn rows": "the grads pile up",
    """
    def g(u, v):
        u, v = Value(u), Value(v)
        return gradients(f(u, v), (u, v))

    h = 0.1
    a, b, c = g(x, y), g(x + h, y), g(x, y + h)
    return [[(b[i] - a[i]) / h, (c[i] - a[i]) / h] for i in range(2)]
    """: "differences with a large step",
    BOTH + "g = gradients(f(x, y), (x, y), create_graph=True)\n"
    "return [gradients(d, (x, y), create_graph=True) for d in g]": "take its .data",
    "from micrograd import hessian as ready\nreturn ready(lambda xy: f(*xy))([x, y])": (
        "micrograd's hessian"
    ),
    BOTH + "from micrograd import hessian as ready\nreturn ready(f(x, y), (x, y))": (
        "micrograd's hessian"
    ),
}  # fmt: skip
AFTER = {
    "another": RIGHT[1],
    "remark": "fxy and fyx are equal for every smooth f, so three of the four are enough. For n "
    "inputs that saves almost half.",
}
FUNCTIONS = {
    "x**3 * y**2 + x * y": lambda x, y: x**3 * y**2 + x * y,
    "sin(x * y) + exp(x - 2 * y)": lambda x, y: sin(x * y) + exp(x - 2 * y),
    "x / y + y**4": lambda x, y: x / y + y**4,
    "tanh(x * x + 3 * y)": lambda x, y: (x * x + 3.0 * y).tanh(),
    "2 * x - y": lambda x, y: 2.0 * x - y,
}
CASES = [
    ("x**3 * y**2 + x * y", 1.5, -0.7), ("sin(x * y) + exp(x - 2 * y)", 0.8, 1.7),
    ("sin(x * y) + exp(x - 2 * y)", -1.3, 0.6), ("x / y + y**4", 0.8, 1.7),
    ("tanh(x * x + 3 * y)", 0.3, -0.2), ("2 * x - y", 0.8, 1.7), ("x**3 * y**2 + x * y", 0.9, 0.9),
]  # fmt: skip


def right(name, x, y):
    rows = reference(lambda point: FUNCTIONS[name](*point))([x, y])
    return [entry for row in rows for entry in row]


def first(name, x, y):
    """Return the first derivatives."""
    values = Reference(x), Reference(y)
    return gradients_of(FUNCTIONS[name](*values), values)


def mix(formula):
    """Return formula(fxx, fxy, fyy) as a function of a case."""

    def rows(*case):
        xx, xy, _, yy = right(*case)
        return formula(xx, xy, yy)

    return rows


def piled(name, x, y):
    """Return the grads of one who calls backward() of f, and then of each first derivative."""
    (fx, fy), (xx, xy, _, yy) = first(name, x, y), right(name, x, y)
    return [fx + xx, fy + xy, fx + xx + xy, fy + xy + yy]


def differences(name, x, y, h=0.1):
    """Return the slopes of the first derivatives, with this step to one side."""
    here, right_of, above = first(name, x, y), first(name, x + h, y), first(name, x, y + h)
    slopes = [[(b - a) / h for a, b in zip(here, moved)] for moved in (right_of, above)]
    return [slopes[0][0], slopes[1][0], slopes[0][1], slopes[1][1]]


def four(hessian, name, x, y, plain=False):
    """Return the answer as one list of four numbers. Wrong unless it is two rows of two."""
    try:
        with without_the_ready_one():
            answer = hessian(FUNCTIONS[name], x, y)
    except (AttributeError, TypeError) as error:
        if "float" not in str(error):
            raise
        raise Unexplained(
            "a float is used as a Value: are the inputs Values, and does gradients() get "
            "create_graph=True, without which the first derivatives are floats?",
            "float instead of Value",
        ) from None
    if answer is None:
        raise Unexplained(NOTHING_RETURNED, "nothing returned")
    rows = answer if isinstance(answer, list | tuple) else [answer]
    if len(rows) != 2 or not all(isinstance(r, list | tuple) and len(r) == 2 for r in rows):
        flat = not any(isinstance(r, list | tuple) for r in rows)
        if flat and [number(r) for r in rows] == first(name, x, y):
            text = "this is the gradient, the first derivatives: expected two rows of two numbers."
            raise Wrong(text, "the gradient")
        raise Wrong(f"expected two rows of two numbers, got {show(answer)}.", "shape")
    entries = [number(entry, plain) for row in rows for entry in row]
    if not any(entries) and any(right(name, x, y)):
        raise Unexplained(
            "all four are 0, as if df/dx and df/dy had no graph: let gradients() return them with "
            "create_graph=True, and differentiate these Values themselves, no new ones.",
            "no graph",
        )
    return entries


@contextmanager
def without_the_ready_one():
    """A block in which micrograd's own hessian, which begins with a jacobian, refuses to work."""

    def refuse(*arguments):
        raise Wrong("this calls micrograd's hessian: write it with gradients().", "ready-made")

    with patch.multiple("micrograd.transforms.autodiff", jacobian=refuse, require_function=refuse):
        yield


def jumps(hessian):
    """Return whether the answers jump when x moves by a billionth, as rounding errors do."""
    name, x, y = CASES[0]
    rows = [four(hessian, name, x + 1e-9 * i, y) for i in (0, 0, 1, 2, 3)]
    far = [abs(p - q) > 1e-5 * (1 + abs(q)) for row in rows[2:] for p, q in zip(row, rows[0])]
    return rows[0] == rows[1] and any(far)


def check_functions(hessian):
    """the second derivatives of five functions, at seven points"""
    try:
        examine(hessian)
    except Unexplained:
        if REASONS_WANTED.get() and jumps(hessian):
            text = "these are differences with too small a step, which divides rounding errors by "
            text += "almost 0: differentiate with gradients(), twice"
            raise Wrong(f"{text}.", text) from None
        raise
    four(hessian, *CASES[0], plain=True)


def examine(hessian):
    compare(
        lambda *case: four(hessian, *case),
        right,
        CASES,
        "fxx fxy fyx fyy",
        lambda name, x, y: f"f(x, y) = {name} at ({x:g}, {y:g})",
        {
            "the mixed derivatives are not 0: df/dx changes with y, too": (
                mix(lambda xx, xy, yy: [xx, 0.0, 0.0, yy])
            ),
            "both rows are those of df/dx": mix(lambda xx, xy, yy: [xx, xy, xx, xy]),
            "both rows are those of df/dy": mix(lambda xx, xy, yy: [xy, yy, xy, yy]),
            "each row is in the other order: the derivative with respect to x comes first": (
                mix(lambda xx, xy, yy: [xy, xx, yy, xy])
            ),
            "the rows are in the other order: the row of df/dx comes first": (
                mix(lambda xx, xy, yy: [xy, yy, xx, xy])
            ),
            "fxx and fxy are added, and fxy and fyy: differentiate df/dx and df/dy each alone, and "
            "not their sum": mix(lambda xx, xy, yy: [xx + xy, xy + yy, xy + yy, xx + xy]),
            "the rows are those of the sum of df/dx and df/dy: differentiate each alone": (
                mix(lambda xx, xy, yy: [xx + xy, xy + yy, xx + xy, xy + yy])
            ),
            "the grads pile up: the second row has the first one added. Set the grads to 0 before, "
            "or use gradients()": mix(lambda xx, xy, yy: [xx, xy, xx + xy, xy + yy]),
            "the grads pile up, the first derivatives among them: use gradients()": piled,
            "these are differences with a large step: differentiate df/dx and df/dy again, by "
            "gradients()": differences,
            "first derivatives are multiplied: differentiate them again instead": (
                lambda *case: [a * b for a in first(*case) for b in first(*case)]
            ),
        },
        rel=1e-5,
    )


# </checker>
