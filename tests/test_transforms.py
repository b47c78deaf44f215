"""Derivatives of functions, against torch.func, and nested transforms.

Rule: a function is a row with its arguments, in operations that Values and tensors both have. A new
row is tested with every transform.
"""

import math

import numpy as np
import pytest

from micrograd import Value, grad, hessian, jacobian, jit, no_grad, value_and_grad
from micrograd.support.nest import leaves, tree_map

# Both use the same rules in float64. They differ in the order of a few additions and in an ulp or
# two of exp and tanh, through at most three derivatives.
CLOSE = {"rel": 1e-12, "abs": 1e-13}


def dot(xs, ys):
    return sum(x * y for x, y in zip(xs, ys))


# fmt: off
SCALARS = {  # name: (function, arguments, argnums)
    "cube":          (lambda x: x**3, (2.0,), 0),
    "polynomial":    (lambda x: x**4 - 2.0 * x**2 + x, (-1.5,), 0),
    "tanh":          (lambda x: (x * x).tanh() * x.exp(), (0.3,), 0),
    "quotient":      (lambda x, y: x / y + y / x, (2.0, 3.0), 0),
    "second":        (lambda x, y: x / y + (x * y).sin(), (2.0, 3.0), 1),
    "last":          (lambda x, y: x / y + (x * y).sin(), (2.0, 3.0), -1),
    "both":          (lambda x, y: x / y + (x * y).sin(), (2.0, 3.0), (0, 1)),
    "other order":   (lambda x, y: x / y + (x * y).sin(), (2.0, 3.0), (1, 0)),
    "one in tuple":  (lambda x, y: x * y * y, (2.0, 3.0), (1,)),
    "log":           (lambda x, y: (x * y).log() * (x + y).sqrt(), (2.0, 3.0), (0, 1)),
    "vector":        (lambda x: x[0] * x[1] * x[2] + x[1].sin(), ([1.0, 2.0, 3.0],), 0),
    "tuple":         (lambda x: x[0] ** 2 * x[1], ((1.5, 2.5),), 0),
    "dict":          (lambda p: p["w"] * p["w"] * p["b"].exp(), ({"w": 2.0, "b": -1.0},), 0),
    "nest":          (lambda p, x: (dot(p["w"], x) + p["b"][0]).tanh(),
                      ({"w": [1.0, -2.0], "b": (0.5,)}, [0.3, 0.4]), (0, 1)),
    "matrix":        (lambda w, x: sum(dot(row, x).tanh() for row in w),
                      ([[1.0, 2.0], [3.0, -4.0]], [0.1, 0.2]), 0),
    "ignores":       (lambda x, y: y * y, (2.0, 3.0), (0, 1)),
}
LISTS = {
    "two of two":    (lambda x: [x[0] * x[1], x[0] + x[1]], ([2.0, 3.0],), 0),
    "three of two":  (lambda x: [x[0] * x[1], x[0].exp(), x[1].sin() * x[0]], ([2.0, 3.0],), 0),
    "one":           (lambda x: [x * x], (3.0,), 0),
    "tuple":         (lambda x: (x * x, x**3), (3.0,), 0),
    "dict out":      (lambda x, y: {"sum": x + y, "product": [x * y]}, (2.0, 3.0), (0, 1)),
    "dict in":       (lambda p: [p["a"] * p["b"], p["a"] ** 2], ({"a": 2.0, "b": 3.0},), 0),
}
# fmt: on

SCALAR = pytest.mark.parametrize("row", SCALARS.values(), ids=SCALARS)
ANY = pytest.mark.parametrize(
    "row", [*SCALARS.values(), *LISTS.values()], ids=[*SCALARS, *(f"list: {x}" for x in LISTS)]
)


def tensors(torch, nest):
    return tree_map(lambda x: torch.tensor(x, dtype=torch.float64), nest)


def same(ours, theirs):
    """Assert that two nests have the same structure and, up to rounding, the same numbers."""
    theirs = tree_map(lambda x: x.item(), theirs)
    assert tree_map(lambda x: None, ours) == tree_map(lambda x: None, theirs)
    assert leaves(ours) == pytest.approx(leaves(theirs), **CLOSE)


def floats(nest):
    return all(type(x) is float for x in leaves(nest))


@SCALAR
def test_grad_equals_torchs(torch, row):
    f, args, argnums = row
    ours = grad(f, argnums)(*args)
    assert floats(ours)
    same(ours, torch.func.grad(f, argnums)(*tensors(torch, args)))


@SCALAR
def test_value_and_grad_returns_the_value_and_the_grad(row):
    f, args, argnums = row
    value, derivative = value_and_grad(f, argnums)(*args)
    assert type(value) is float
    assert value == f(*tree_map(Value, args)).data
    assert derivative == grad(f, argnums)(*args)


@ANY
def test_jacobian_equals_torchs(torch, row):
    f, args, argnums = row
    ours = jacobian(f, argnums)(*args)
    assert floats(ours)
    same(ours, torch.func.jacrev(f, argnums)(*tensors(torch, args)))


@pytest.mark.slow
@SCALAR
def test_hessian_equals_torchs(torch, row):
    f, args, argnums = row
    ours = hessian(f, argnums)(*args)
    assert floats(ours)
    twice = torch.func.jacrev(torch.func.jacrev(f, argnums), argnums)
    same(ours, twice(*tensors(torch, args)))


# torch.func.hessian itself warns: its forward mode compiles a helper with torch.jit.script
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.torch.jit.script. is deprecated:DeprecationWarning")
def test_hessian_of_a_vector_equals_torchs(torch):
    def f(x):
        return x[0] * x[1].sin() + (x[1] * x[2]).exp() * x[0] ** 2 + x[2] ** 3

    x = [0.5, -1.5, 0.7]
    theirs = torch.func.hessian(f)(torch.tensor(x, dtype=torch.float64))
    for ours, other in zip(hessian(f)(x), theirs.tolist()):
        assert ours == pytest.approx(other, **CLOSE)


@pytest.mark.parametrize("order", [1, 2, 3, 4])
@pytest.mark.parametrize(
    "f", [lambda x: x**5, lambda x: x.sin() * x.exp(), lambda x: (x * x + 1.0).log(), lambda x: x]
)
def test_grads_of_grads_equal_torchs(torch, f, order):
    ours, theirs = f, f
    for _ in range(order):
        ours, theirs = grad(ours), torch.func.grad(theirs)
    derivative = ours(0.7)
    assert type(derivative) is float
    wanted = theirs(torch.tensor(0.7, dtype=torch.float64)).item()
    assert derivative == pytest.approx(wanted, **CLOSE)


# -------------------------------------------------------------------------------- nested transforms

# fmt: off
NESTED = {  # each call and what it must give; the numbers are exact
    "confusion":       (lambda: grad(lambda x: x * grad(lambda y: x + y)(x))(1.0), 1.0),
    "confusion, 2":    (lambda: grad(lambda x: x * grad(lambda y: x + y)(2.0))(1.0), 1.0),
    "confusion, x*y":  (lambda: grad(lambda x: x * grad(lambda y: x * y)(x))(3.0), 6.0),
    "confusion, y*y":  (lambda: grad(lambda x: grad(lambda y: x * y * y)(x))(3.0), 12.0),
    "shadowed":        (lambda: grad(lambda x: x * grad(lambda x: x * x)(x))(3.0), 12.0),
    "three deep":      (lambda: grad(lambda x: grad(lambda y: grad(lambda z: x * y * z)(y))(x))(5),
                        1.0),
    "closure":         (lambda: grad(lambda w: grad(lambda x: w * x * x)(2.0))(3.0), 4.0),
    "closure, list":   (lambda: grad(lambda w: grad(lambda x: w * x[0] * x[1])([2.0, 5.0])[0])(3.0),
                        5.0),
    "closure, value":  (lambda: grad(lambda w: value_and_grad(lambda x: w * x)(2.0)[0])(3.0), 2.0),
    "jacobian inside": (lambda: grad(lambda w: jacobian(lambda x: [w * x * x, x])(2.0)[0])(3.0),
                        4.0),
    "hessian inside":  (lambda: grad(lambda w: hessian(lambda x: w * x**3)(2.0))(3.0), 12.0),
    "grad inside":     (lambda: jacobian(lambda w: [grad(lambda x: w * x * x)(2.0), w])(3.0),
                        [4.0, 1.0]),
    "grad and itself": (lambda: grad(lambda x: grad(lambda y: y**3)(x) + x)(2.0), 13.0),
    "in a branch":     (lambda: grad(lambda x: grad(lambda y: y * y if x > y - 1.0 else y)(x))(2.0),
                        2.0),
}
# fmt: on


@pytest.mark.parametrize(("call", "wanted"), NESTED.values(), ids=NESTED)
def test_nested_transforms_do_not_mix_their_variables(call, wanted):
    results = call()
    assert results == wanted
    assert floats(results)


# ---------------------------------------------------------------------------- Values as arguments

TRANSFORMS = {
    "grad": (grad(lambda x: x**3), lambda out: out, 12.0, 12.0),
    "value_and_grad": (value_and_grad(lambda x: x**3), lambda out: out[1], 12.0, 12.0),
    "value": (value_and_grad(lambda x: x**3), lambda out: out[0], 8.0, 12.0),
    "jacobian": (jacobian(lambda x: [x, x**3]), lambda out: out[1], 12.0, 12.0),
    "hessian": (hessian(lambda x: x**4), lambda out: out, 48.0, 48.0),
    "grad of grad": (grad(grad(lambda x: x**4)), lambda out: out, 48.0, 48.0),
}


@pytest.mark.parametrize(
    ("transform", "pick", "value", "slope"), TRANSFORMS.values(), ids=TRANSFORMS
)
def test_values_give_values_that_can_go_backward(transform, pick, value, slope):
    x = Value(2.0)
    out = pick(transform(x))
    assert type(out) is Value
    assert out.data == value
    assert x.grad == 0.0  # nothing is touched until asked for
    out.backward()
    assert x.grad == slope


def test_values_in_other_arguments_give_values():
    w = Value(3.0)
    out = grad(lambda x, w: w * x * x)(2.0, w)
    out.backward()
    assert (out.data, w.grad) == (12.0, 4.0)


def test_captured_values_give_floats():
    w = Value(3.0)
    assert grad(lambda x: w * x * x)(2.0) == 12.0
    assert value_and_grad(lambda x: w * x)(2.0) == (6.0, 3.0)
    assert w.grad == 0.0


def test_a_value_that_is_passed_twice_is_two_variables():
    x = Value(3.0)
    by_first, by_second = grad(lambda a, b: a * a * b, (0, 1))(x, x)
    assert (by_first.data, by_second.data) == (18.0, 9.0)


# ------------------------------------------------------------------------------------ other cases


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        (lambda: grad(lambda x: 5.0)(2.0), 0.0),
        (lambda: grad(lambda x: 5)([2.0, {"a": 1.0}]), [0.0, {"a": 0.0}]),
        (lambda: grad(lambda x, y: y)(2.0, 3.0), 0.0),
        (lambda: value_and_grad(lambda x: 5.0)(2.0), (5.0, 0.0)),
        (lambda: jacobian(lambda x: [5.0, x])(2.0), [0.0, 1.0]),
        (lambda: hessian(lambda x: 3.0 * x)(2.0), 0.0),
        (lambda: hessian(lambda x: 5.0)([1.0, 2.0]), [[0.0, 0.0], [0.0, 0.0]]),
        (lambda: grad(lambda x: 1.0)([]), []),
        (lambda: grad(lambda x: x * x)(3), 6.0),
        (lambda: grad(lambda x, power=1: x**power)(2.0, power=3), 12.0),
        (lambda: value_and_grad(lambda x, *, by: x * by)(2.0, by=4.0), (8.0, 4.0)),
        (lambda: jacobian(lambda x, by=1.0: [x * by])(2.0, by=4.0), [4.0]),
        (lambda: hessian(lambda x, by=1.0: x * x * by)(2.0, by=4.0), 8.0),
    ],
)
def test_constants_ints_and_keywords(call, wanted):
    results = call()
    assert results == wanted
    assert floats(results)


def test_a_constant_result_is_a_value_if_the_argument_is_one():
    """The type of the result does not depend on what f does with its argument."""
    value, derivative = value_and_grad(lambda x: 5.0)(Value(2.0))
    assert (type(value), type(derivative)) == (Value, Value)


def test_a_list_of_arguments_is_not_changed():
    x = [1.0, 2.0]
    assert grad(lambda x: x[0] * x[1])(x) == [2.0, 1.0]
    assert x == [1.0, 2.0]


def test_no_grad_around_a_transform_does_not_affect_it():
    """This is as in torch.func: a block around `grad` does not stop its own computation."""
    with no_grad():
        assert grad(lambda x: x * x)(3.0) == 6.0


MESSAGE = (
    "grad needs a function that returns one number, got {}. "
    "Return one of them or their sum, or use jacobian."
)


@pytest.mark.parametrize("transform", [grad, value_and_grad, hessian])
@pytest.mark.parametrize(
    ("f", "got"),
    [
        (lambda x: [x, x], "a list of 2"),
        (lambda x: (x,), "a tuple of 1"),
        (lambda x: {"a": x}, "a dict of 1"),
    ],
)
def test_several_results_raise(transform, f, got):
    with pytest.raises(TypeError) as error:
        transform(f)(1.0)
    assert str(error.value) == MESSAGE.format(got)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: grad(lambda x: None)(1.0), "A Value holds one number .*, got None"),
        (lambda: grad(lambda x: x)("abc"), "A Value holds one number .*, got the str 'abc'"),
        (lambda: jacobian(lambda x: [None])(1.0), "A Value holds one number .*, got None"),
    ],
)
def test_an_argument_or_result_that_is_not_a_number_raises(call, message):
    with pytest.raises(TypeError, match=message):
        call()


def test_numbers_give_floats_after_an_error():
    with pytest.raises(ZeroDivisionError):
        grad(lambda x: x * (1 / 0))(1.0)
    assert type(grad(lambda x: x * x)(1.0)) is float


def test_a_nan_stays_a_nan():
    assert math.isnan(grad(lambda x: x.log() * x)(math.nan))


def two():
    return [Value(1.0), Value(0.5)]


# fmt: off
COMPUTED = {  # numbers that have a graph which nobody can differentiate again
    "a compiled gradient": lambda: jit(grad(lambda v: v[0] ** 3 + v[0] * v[1]))(two()),
    "compiled results":    lambda: jit(lambda v: [v[0] + 4.0, v[0] * v[1]])(two()),
    "made by hand":        lambda: [Value(5.0, two(), "mine"), Value(1.0)],
    "detached":            lambda: [(Value(5.0) * 1.0).detach(), Value(1.0)],
}
# fmt: on


@pytest.mark.parametrize("make", COMPUTED.values(), ids=COMPUTED)
@pytest.mark.parametrize("transform", [value_and_grad, grad, hessian], ids=lambda f: f.__name__)
def test_arguments_are_differentiated_wherever_they_come_from(transform, make):
    def f(v):
        return v[0] ** 2 * v[1] + v[1].exp()

    xs = make()
    wanted = transform(f)([x.data for x in xs])
    for compiled in (False, True):
        got = transform(jit(f) if compiled else f)(xs)
        assert [x.data for x in leaves(got)] == pytest.approx(leaves(wanted), **CLOSE)


# ---------------------------------------------------------------------------- arrays as arguments

# fmt: off
OF_ARRAYS = {  # name: (function of an array, its argument)
    "a row":       (lambda x: x[0] * x[1] * x[2] + x[1].sin(), [1.0, 2.0, 3.0]),
    "a matrix":   (lambda x: (x[0, 0] * x[1, 1] - x[0, 1] * x[1, 0]).tanh(), [[1., 2.], [3., 4.]]),
    "a sum":       (lambda x: (x * x).sum(), [1.0, -2.0]),
    "a product":   (lambda x: x @ x, [1.5, -2.0]),
    "none of it":  (lambda x: x[0] * 0.0 + 1.0, [1.0, 2.0]),
}
# fmt: on


@pytest.mark.parametrize("f, x", OF_ARRAYS.values(), ids=OF_ARRAYS)
def test_the_grad_of_an_array_is_an_array(f, x, torch):
    wanted = torch.func.grad(f)(torch.tensor(x, dtype=torch.float64)).numpy()
    x = np.array(x)
    for transform in (grad, lambda f: grad(jit(f)), lambda f: lambda x: value_and_grad(f)(x)[1]):
        slopes = transform(f)(x)
        assert (slopes.dtype, slopes.shape) == (np.float64, x.shape)
        assert slopes == pytest.approx(wanted, **CLOSE)
    of_values = grad(f)(np.vectorize(Value)(x))
    assert [type(slope) for slope in of_values.flat] == [Value] * x.size
    assert [slope.data for slope in of_values.flat] == pytest.approx(wanted.ravel(), **CLOSE)


def test_a_dict_of_arrays_gives_a_dict_of_arrays():
    def loss(p, x):
        return ((p["w"] * x).sum() + p["b"]).tanh()

    p, x = {"w": np.array([1.0, -2.0]), "b": 0.25}, np.array([0.5, 0.125])
    by_p, by_x = grad(loss, (0, 1))(p, x)
    flat = grad(lambda w, b, x: (w[0] * x[0] + w[1] * x[1] + b).tanh(), (0, 1, 2))
    w, b, also_x = flat([1.0, -2.0], 0.25, [0.5, 0.125])
    assert (by_p["w"].tolist(), by_p["b"], by_x.tolist()) == (w, b, also_x)


@pytest.mark.parametrize("compiled", [False, True], ids=["eager", "jit"])
def test_the_jacobian_and_hessian_of_an_array_are_arrays(compiled, torch):
    def f(x):
        return x[0] * x[1] ** 2 + x[2] * x[0]

    x = [1.0, 2.0, 3.0]
    curvature = hessian(jit(f) if compiled else f)(np.array(x))
    assert curvature.shape == (3, 3)
    assert curvature.tolist() == [[0.0, 4.0, 1.0], [4.0, 2.0, 0.0], [1.0, 0.0, 0.0]]

    def square(x):
        return x * x

    slopes = jacobian(jit(square) if compiled else square)(np.array(x))
    assert slopes.tolist() == np.diag([2.0, 4.0, 6.0]).tolist()


def test_an_array_with_something_else_is_refused():
    with pytest.raises(TypeError, match=r"A Value holds one number .*, got the str 'a'"):
        grad(lambda x: x[0])(np.array(["a"], object))
