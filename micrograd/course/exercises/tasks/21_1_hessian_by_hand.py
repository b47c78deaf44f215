"""The second derivatives of a function of two inputs

`f` is a function of two Values, such as f = lambda x, y: x**2 * y. `hessian(f, x, y)` takes f and
two floats, and returns the four second derivatives of f there: [[fxx, fxy], [fyx, fyy]], where fxy
is df/dx differentiated with respect to y. For that f at (3.0, 5.0) it is [[10.0, 6.0], [6.0, 0.0]].

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
from micrograd import exp, sin
from micrograd import hessian as reference
from micrograd.course.exercises.checking import (
    NOTHING_RETURNED,
    Wrong,
    near,
    number,
    recognise,
    show,
)

HINTS = (
    "Differentiate f with respect to both inputs; then do the same to each of the two results.",
    "Without create_graph=True the first derivatives are floats, which have no graph.",
    "With xy = (Value(x), Value(y)): fx, fy = gradients(f(*xy), xy, create_graph=True); the first "
    "row is gradients(fx, xy).",
)
WRONG = {
    """
    x, y = Value(x), Value(y)
    return gradients(f(x, y), (x, y))
    """: "the gradient",
    """
    x, y = Value(x), Value(y)
    fx, fy = gradients(f(x, y), (x, y), create_graph=True)
    return [[*gradients(fx, (x,)), 0.0], [0.0, *gradients(fy, (y,))]]
    """: "mixed",
    """
    x, y = Value(x), Value(y)
    fx, fy = gradients(f(x, y), (x, y), create_graph=True)
    (fxx, fxy), (_, fyy) = gradients(fx, (x, y)), gradients(fy, (x, y))
    return [[fxx, 2 * fxy], [2 * fxy, fyy]]
    """: "twice too large",
    """
    x, y = Value(x), Value(y)
    fx, fy = gradients(f(x, y), (x, y), create_graph=True)
    return [gradients(fx, (x, y)), gradients(fx, (x, y))]
    """: "both rows",
    """
    x, y = Value(x), Value(y)
    fx, fy = gradients(f(x, y), (x, y))
    return [gradients(fx, (x, y)), gradients(fy, (x, y))]
    """: "create_graph=True",
    """
    x, y = Value(x), Value(y)
    fx, fy = gradients(f(x, y), (x, y), create_graph=True)
    (fxx, fxy), (fyx, fyy) = gradients(fx, (x, y)), gradients(fy, (x, y))
    return [fxx, fxy, fyx, fyy]
    """: "two rows",
    """
    x, y = Value(x), Value(y)
    fx, fy = gradients(f(x, y), (x, y), create_graph=True)
    (fxx, fxy), (fyx, fyy) = gradients(fx, (x, y)), gradients(fy, (x, y))
    return [[fxy, fxx], [fyy, fyx]]
    """: "in the other order",
    """
    x, y = Value(x), Value(y)
    fx, fy = gradients(f(x, y), (x, y), create_graph=True)
    return [[fx * fx, fx * fy], [fy * fx, fy * fy]]
    """: "multiplied",
}


def four(f, x, y):
    """Return the answer as one list of four numbers. Wrong unless it is two rows of two."""
    try:
        answer = hessian(f, x, y)
    except (AttributeError, TypeError) as error:
        if "float" not in str(error):
            raise
        raise Wrong(
            "a float is used as a Value: without create_graph=True the first derivatives are "
            "floats, which cannot be differentiated again."
        ) from None
    if answer is None:
        raise Wrong(NOTHING_RETURNED)
    rows = answer if isinstance(answer, list | tuple) else [answer]
    if len(rows) != 2 or not all(isinstance(r, list | tuple) and len(r) == 2 for r in rows):
        flat = not any(isinstance(r, list | tuple) for r in rows)
        if flat and len(rows) == 2:
            v, w = Value(x), Value(y)
            recognise(
                [number(r) for r in rows],
                {"this is the gradient, the first derivatives": gradients(f(v, w), (v, w))},
            )
        raise Wrong(f"expected two rows of two numbers, got {show(answer)}.")
    return [number(entry) for row in rows for entry in row]


def check_a_known_function():
    """f = x**3 * y**2 + x * y at (1.5, -0.7)"""
    x, y = 1.5, -0.7
    xx, xy, yy = 6 * x * y**2, 6 * x**2 * y + 1, 2 * x**3
    fx, fy = 3 * x**2 * y**2 + y, 2 * x**3 * y + x
    answer = four(lambda x, y: x**3 * y**2 + x * y, x, y)
    recognise(
        answer,
        {
            "the mixed derivatives are not 0: df/dx changes with y, too": [xx, 0.0, 0.0, yy],
            "the mixed derivatives are twice too large": [xx, 2 * xy, 2 * xy, yy],
            "both rows are those of df/dx": [xx, xy] * 2,
            "both rows are those of df/dy": [xy, yy] * 2,
            "each row is in the other order: the derivative with respect to x comes first": [
                xy,
                xx,
                yy,
                xy,
            ],
            "the rows are in the other order: the row of df/dx comes first": [xy, yy, xx, xy],
            "first derivatives are multiplied: differentiate them again instead": [
                fx * fx,
                fx * fy,
                fx * fy,
                fy * fy,
            ],
        },
    )
    near(answer, [xx, xy, xy, yy], "the hessian of x**3 * y**2 + x * y at (1.5, -0.7), row by row")


def check_other_functions():
    """other functions and points, compared with micrograd's own hessian"""
    functions = (
        lambda x, y: sin(x * y) + exp(x - 2 * y),
        lambda x, y: x / y + y**4,
        lambda x, y: (x * x + 3.0 * y).tanh(),
        lambda x, y: 2.0 * x - y,
    )
    for i, f in enumerate(functions):
        for x, y in ((0.8, 1.7), (-1.3, 0.6)):
            rows = reference(lambda point, f=f: f(*point))([x, y])
            wanted = [entry for row in rows for entry in row]
            near(four(f, x, y), wanted, f"the hessian of function {i + 1} at ({x:g}, {y:g})")


# </checker>
