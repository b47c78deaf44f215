"""Transforms x functions, against PyTorch's in float64, and how they nest."""

import pytest

from micrograd import Value, grad, hessian, jacobian, sin, tanh, value_and_grad
from micrograd.errors import GraphError


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="pip install 'micrograd[test]'")


def cubic(x):
    return x[0] ** 3 * x[1] + (x[1] * x[2]).tanh() + x[2].sin() / x[0]


def wave(x):
    return (x[0] * x[1]).sin() * x[2].exp()


FUNCTIONS = [cubic, wave]
POINTS = [[0.7, -1.2, 0.4], [2.0, 0.5, -0.3]]


@pytest.mark.parametrize("f", FUNCTIONS)
@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("name", ["grad", "hessian", "jacobian"])
def test_same_as_torchs(name, f, point, torch):
    ours = {"grad": grad, "hessian": hessian, "jacobian": lambda f: jacobian(several(f))}[name]
    theirs = {
        "grad": torch.func.grad,
        "hessian": lambda f: lambda x: torch.autograd.functional.hessian(f, x),
        "jacobian": lambda f: torch.func.jacrev(lambda x: torch.stack(several(f)(x))),
    }[name]
    expected = theirs(f)(torch.tensor(point, dtype=torch.float64)).tolist()
    # a few roundings of numbers of size 10 and less, summed in another order
    assert flat(ours(f)(point)) == pytest.approx(flat(expected), rel=1e-12, abs=1e-12)


def several(f):
    return lambda x: [f(x), x[0] * x[1]]


def flat(nest):
    return [y for x in nest for y in flat(x)] if isinstance(nest, list) else [nest]


CASES = {
    "third derivative": (lambda: grad(grad(grad(lambda x: x**4)))(2.0), 48.0),
    "by the second": (lambda: grad(lambda x, y: x * y * y, argnums=1)(3.0, 2.0), 12.0),
    "by both": (lambda: grad(lambda x, y: x * y, argnums=(0, 1))(3.0, 2.0), (2.0, 3.0)),
    "of a dict": (
        lambda: grad(lambda p: p["w"] * p["b"])({"w": 2.0, "b": 5.0}),
        {"w": 5.0, "b": 2.0},
    ),
    "of nested lists": (lambda: grad(lambda x: x[0][0] * x[1])([[2.0], 3.0]), [[3.0], 2.0]),
    "to a dict": (lambda: jacobian(lambda x: {"y": x * x})(3.0), {"y": 6.0}),
    "of an ignored argument": (lambda: grad(lambda x, y: y * 2.0)(3.0, 4.0), 0.0),
    "of a constant": (lambda: value_and_grad(lambda x: 7.0)(3.0), (7.0, 0.0)),
    "with a keyword": (lambda: grad(lambda x, k: k * x)(3.0, k=5.0), 5.0),
    "of a number": (lambda: hessian(lambda x: sin(x))(0.0), 0.0),
    # an inner variable is not the outer one, though both are x
    "perturbations apart": (lambda: grad(lambda x: x * grad(lambda y: x + y)(x))(1.0), 1.0),
    "closing over the outer": (lambda: grad(lambda w: grad(lambda x: w * x * x)(2.0))(3.0), 4.0),
}


@pytest.mark.parametrize("case", CASES)
def test_values(case):
    compute, expected = CASES[case]
    assert compute() == expected


def test_called_with_values_it_returns_values():
    x = Value(0.5)
    slope = grad(tanh)(x)
    slope.backward()
    assert x.grad == pytest.approx(grad(grad(tanh))(0.5), rel=1e-15)


def test_a_list_is_no_number():
    with pytest.raises(TypeError) as said:
        grad(lambda x: [x, x])(1.0)
    assert str(said.value) == (
        "grad needs a function that returns one number, got list of 2: "
        "return one of them or their sum, or use jacobian."
    )


def test_a_node_made_by_hand_has_no_partials():
    with pytest.raises(GraphError, match="the node 'sin' was made by hand"):
        grad(lambda x: Value(0.0, (x,), "sin"))(1.0)
