"""Every interpreter of the table gives the same derivative, also where a number is nan or infinite.

Rule: a row is a function of one number and the places to try; an interpreter is a way to
differentiate it. What is compared with PyTorch in float64 are finite numbers and which kind of
number is not finite. A path without a derivative passes nothing on, and only such a path: a partial
of 0 times an infinite grad is nan.
"""

import math

import numpy as np
import pytest

from micrograd import (
    Value,
    compile_graph,
    compile_step,
    grad,
    gradients,
    jacobian,
    jit,
    optim,
    vmap,
)
from micrograd import ops as ours
from micrograd.errors import TraceError
from micrograd.explaining.events import grads_of
from micrograd.graph import topological_order
from micrograd.nn import Module
from tests.support.floats import bits
from tests.support.torch_ops import in_torch

PLACES = (0.0, -0.0, 1.0, -1.0, 0.25, 4.0, 1e300, math.inf, -math.inf, math.nan)


class Torch:
    """The table's names, for PyTorch's tensors."""

    def __init__(self, torch):
        self.torch = torch

    def __getattr__(self, name):
        def call(*inputs):
            double = self.torch.float64
            tensors = [self.torch.as_tensor(x, dtype=double) for x in inputs]
            return in_torch(self.torch, name, *tensors)

        return call


# fmt: off
FUNCTIONS = {  # name: a function of the table, or PyTorch's in its place, and of one number
    "where a branch":  lambda o, x: o.where(o.less(o.sqrt(x), 1.0), x, 2.0 * x),
    "where a number":  lambda o, x: o.where(o.sqrt(x), x * 3.0, x),
    "less":            lambda o, x: o.less(o.log(x), 2.0) * x,
    "less, right":     lambda o, x: o.less(2.0, o.log(x)) + x,
    "equal":           lambda o, x: o.equal(o.sqrt(x), 0.0) * x,
    "detach":          lambda o, x: o.sqrt(o.detach(x)) + x,
    "below a detach":  lambda o, x: o.detach(o.sqrt(x)) * x + x,
    "step":            lambda o, x: o.step(o.sqrt(x)) * 3.0 + x,
    "two ways":        lambda o, x: (lambda s: o.less(s, 1.0) + s)(o.sqrt(x + 1.0)),
    "0 times":         lambda o, x: x + 0.0 * o.sqrt(x),
    "0 times, left":   lambda o, x: o.sqrt(x) * 0.0 + x,
    "0 times a sum":   lambda o, x: 0.0 * (o.sqrt(x) + o.log(x)) + x,
    "to the power 0":  lambda o, x: o.sqrt(x) ** 0 + x,
    "root of 0":       lambda o, x: o.sqrt(0.0 * x) + x,
    "log of 0":        lambda o, x: o.log(x * 0.0) + x,
    "0 by infinity":   lambda o, x: o.sqrt(x) * 0.0 * math.inf + x,
    "a flat branch":   lambda o, x: o.where(1.0, x, o.sqrt(x)),
    "a closed branch": lambda o, x: o.where(o.less(x, 0.5), x, o.log(x)),
}
# fmt: on


class Holder(Module):
    def __init__(self, x):
        self.x = Value(x)


def by_backward(f):
    def slope(x):
        v = Value(x)
        f(v).backward()
        return v.grad

    return slope


def of_graph(read):
    """Return an interpreter that reads the derivative from a graph of y = f(v)."""

    def differentiate(f):
        def slope(x):
            v = Value(x)
            return read(f(v), v)

        return slope

    return differentiate


def by_compiled_part(f):
    """The function as one node of an eager graph."""
    compiled = jit(f)
    return by_backward(lambda v: compiled(v * 1.0))


def by_graph(f):
    def slope(x):
        v = Value(x)
        return by_backward(compile_graph(f(v), [v]))(x)

    return slope


def by_step(f):
    model = Holder(0.0)
    step = compile_step(lambda model: f(model.x), model, optim.SGD([model.x], lr=0.0))

    def slope(x):
        model.x.data = x
        step()
        return model.x.grad

    return slope


def by_jacobian(f):
    rows = jacobian(lambda x: [f(x)])
    return lambda x: rows(x)[0]


def by_batch(f):
    grads = vmap(grad(f))
    return lambda x: float(grads([x, x])[1])


# fmt: off
INTERPRETERS = {  # name: from a function of one number to its derivative
    "backward":           by_backward,
    "gradients":          of_graph(lambda y, v: gradients(y, [v])[0]),
    "a graph of grads":   of_graph(lambda y, v: gradients(y, [v], True)[0].data),
    "events":             of_graph(lambda y, v: grads_of(topological_order(y))[v]),
    "grad":               grad,
    "jacobian":           by_jacobian,
    "jit, backward":      lambda f: by_backward(jit(f)),
    "jit, a part":        by_compiled_part,
    "grad of jit":        lambda f: grad(jit(f)),
    "grad of exact":      lambda f: grad(jit(f, exact=True)),
    "vmap of grad":       by_batch,
    "compile_graph":      by_graph,
    "compile_step":       by_step,
}
# fmt: on


def kind_of(x):
    """Return a number that is comparable: nan as a text, and a finite number within rounding."""
    return "nan" if math.isnan(x) else pytest.approx(x, rel=1e-12)


@pytest.mark.parametrize("interpreter", INTERPRETERS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_interpreter_differentiates_as_torch_does(name, interpreter, torch):
    f = FUNCTIONS[name]
    slope = INTERPRETERS[interpreter](lambda x: f(ours, x))
    for x in PLACES:
        tensor = torch.tensor(x, dtype=torch.float64, requires_grad=True)
        f(Torch(torch), tensor).backward()
        got = slope(x)
        wanted = tensor.grad.item()
        assert kind_of(wanted) == ("nan" if math.isnan(got) else got), (x, got, wanted)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_exact_code_differentiates_to_the_last_bit(name):
    def f(x):
        return FUNCTIONS[name](ours, x)

    compiled = jit(f, exact=True)
    outside, inside = grad(compiled), jit(grad(f), exact=True)
    for x in PLACES:
        eager = grad(f)(x)
        assert bits(outside(x)) == bits(eager), x
        assert bits(inside(x).data) == bits(eager), x
        assert by_backward(compiled)(x) == pytest.approx(by_backward(f)(x), nan_ok=True)


# fmt: off
OWN_RULES = {  # PyTorch has another rule here: its sign has a gradient of 0, its index is an int
    "sign": (lambda x: ours.sign(ours.sqrt(x)) + x, 1.0),
    "take": (lambda x: ours.take([x * 2.0, x * 3.0], ours.sqrt(x)), 2.0),
}
# fmt: on


@pytest.mark.parametrize("differentiate", INTERPRETERS.values(), ids=INTERPRETERS)
@pytest.mark.parametrize("f, wanted", OWN_RULES.values(), ids=OWN_RULES)
def test_nothing_passes_below_a_sign_or_an_index(f, wanted, differentiate):
    assert differentiate(f)(0.0) == wanted


def test_a_number_that_an_output_does_not_need_receives_nothing():
    """Not even 0 times the grad, which may be infinite."""
    a, b = Value(0.0), Value(2.0)
    both = jit(lambda x, y: [x.sqrt(), y * y])
    root, square = both(a.sqrt(), b)
    root.backward()
    assert b.grad == 0.0
    square.backward()
    assert b.grad == 4.0


def test_a_grad_from_an_earlier_result_does_not_stay():
    x = Value(4.0)
    s = x.sqrt()
    (s * 2.0).backward()
    assert s.grad == 2.0
    (ours.less(s, 1.0) + x).backward()
    assert s.grad == 0.0


def test_a_node_passes_on_by_hand():
    x = Value(2.0)
    out = ours.step(x)
    out.grad = math.inf
    out._backward()
    assert x.grad == 0.0


def by_compiled_step(f):
    model = Holder(1.0)
    compile_step(lambda model, x: f(x) * model.x, model, optim.SGD([model.x]))([1.0])


# fmt: off
EQUALITIES = {
    "==":             lambda x: ours.where(x == 1.0, x * x, x),
    "!=":             lambda x: ours.where(x != 1.0, x * x, x),
    "on the right":   lambda x: ours.where(x == 1, x * x, x),
    "of results":     lambda x: ours.where(x * 1.0 == x + 0.0, x * x, x),
}
COMPILED = {
    "jit":            lambda f: jit(f)(1.0),
    "vmap":           lambda f: vmap(f)([1.0, 2.0]),
    "grad of jit":    lambda f: grad(jit(f))(1.0),
    "jit of grad":    lambda f: jit(grad(f))(1.0),
    "vmap of grad":   lambda f: vmap(grad(f))([1.0]),
    "jit of vmap":    lambda f: jit(vmap(f))([1.0, 2.0]),
    "compile_step":   by_compiled_step,
}
# fmt: on


@pytest.mark.parametrize("f", EQUALITIES.values(), ids=EQUALITIES)
@pytest.mark.parametrize("compiled", COMPILED.values(), ids=COMPILED)
def test_equality_is_refused_in_compiled_code(f, compiled):
    with pytest.raises(TraceError, match=r"Write equal\(x, y\)"):
        compiled(f)


def test_equality_of_values_is_identity():
    x, same_number = Value(1.0), Value(1.0)
    assert x == x and x != same_number and x != 1.0
    assert not (x == same_number or x == 1.0 or x == 1.0)
    assert [same_number, x].index(x) == 1 and len({x, same_number, x}) == 2


@pytest.mark.parametrize("i", [0.0, 1.0, 2.0, -1.0, 0.4, 0.5, 1.5, 2.5, 3.0, math.inf, math.nan])
def test_an_index_that_is_not_whole_is_nan_in_every_interpreter(i):
    def f(i, scale=1.0):
        return ours.take([1.0 * scale, 2.0 * scale, 3.0 * scale], i)

    wanted = i + 1.0 if i in (0.0, 1.0, 2.0) else math.nan
    results = [f(Value(i)).data, *[jit(f, exact=exact)(i).data for exact in (True, False)]]
    results += [vmap(f)([i])[0], compile_graph(f(i * Value(1.0)), [])().data]
    results += [jit(lambda i: ours.take([[1.0], [2.0], [3.0]], i)[0])(i).data]
    assert list(map(bits, results)) == [bits(wanted)] * len(results)
    if wanted != wanted:
        with pytest.raises(IndexError, match="is out of range"):
            f(i)


@pytest.mark.parametrize(
    "x", [-2.0, -0.0, 0.0, 5e-324, -5e-324, 3.0, math.inf, -math.inf, math.nan]
)
def test_leaky_relu_leaks_alike_everywhere(x):
    results = [ours.leaky_relu(x), Value(x).leaky_relu().data]
    results += [jit(ours.leaky_relu, exact=exact)(x).data for exact in (True, False)]
    results += [vmap(ours.leaky_relu)([x])[0]]
    wanted = x if x > 0.0 else 0.01 * x
    assert list(map(bits, results)) == [bits(wanted)] * len(results)


# fmt: off
OF_NUMPY = {
    "functions":    lambda x: np.exp(x) * np.sqrt(np.abs(x)) + np.square(np.tanh(x)),
    "operators":    lambda x: np.float64(2) * x - np.float32(0.5) / x + np.int64(2) ** x,
    "two numbers":  lambda x: np.maximum(x, 0.25) * np.add(x, x) + np.minimum(np.float64(3.0), x),
    "a comparison": lambda x: ours.where(np.less(x * 1.0, 1.0), x, x * x),
}
# fmt: on


@pytest.mark.parametrize("name", OF_NUMPY)
def test_numpys_functions_are_ours_in_every_interpreter(name):
    f = OF_NUMPY[name]
    slopes = [differentiate(f)(0.75) for differentiate in INTERPRETERS.values()]
    h = 1e-6
    difference = (f(Value(0.75 + h)).data - f(Value(0.75 - h)).data) / (2.0 * h)
    assert slopes == pytest.approx([difference] * len(slopes), rel=1e-8)  # h² and rounding: 1e-10
