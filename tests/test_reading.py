"""Reading a Value's number: a warning where a gradient is likely to be lost, and nowhere else.

Rule: what is computed from a variable of a transform warns whoever reads it. Outside of transforms
a function of `math` warns of a Value that has inputs; float(v), tests and pictures are silent. Here
a warning that no test expects is an error.
"""

import io
import math
import statistics
from math import exp

import numpy as np
import pytest

import micrograd
from micrograd import Value, grad, hessian, jacobian, jit, no_grad, value_and_grad, vmap
from micrograd.errors import GradientWarning, TraceError
from tests.support.cases import cases

LOST = r"^No gradient flows through math\.exp\(v\) or float\(v\)\. Write micrograd\.exp\(v\), or"


@pytest.fixture
def h():
    """A Value with inputs, as a loss or an activation has."""
    return Value(0.5) * Value(0.5)


def averaged(x):
    return statistics.fmean([x, x * x])


def assigned(x):
    row = np.zeros(2)
    row[0] = x
    return x * row[0]


def unread(x):
    with no_grad():
        return x * float(x)


# fmt: off
READ_BY_MATH = {
    "exp":              lambda x: math.exp(x) * x,
    "exp by its name":  lambda x: exp(x) * x,
    "sqrt of a result": lambda x: math.sqrt(x * x + 1.0) * x,
    "pow":              lambda x: math.pow(x, 2.0) * x,
    "hypot":            lambda x: math.hypot(1.0, x) * x,
    "dist":             lambda x: math.dist([x], [1.0]) * x,
    "fsum":             lambda x: math.fsum([x, 1.0]) * x,
    "fmean":            lambda x: averaged(x) * x,
    "in a list":        lambda x: sum([math.tanh(y) for y in (x, x)]) * x,
    "over lines":       lambda x: math.atan2(
                            x,
                            1.0) * x,
    "é before it":      lambda x: ("é", math.cos(x) * x)[1],
}
READ_OTHERWISE = {
    "float":            lambda x: float(x) * x,
    "float64":          lambda x: np.float64(x) * x,
    "interp":           lambda x: np.interp(x, [0.0, 1.0], [0.0, 2.0]) * x,
    "an entry":         assigned,
    "an array":         lambda x: np.array([x, x], float)[0] * x,
    "isfinite":         lambda x: x if math.isfinite(x) else x * x,
}
SILENT = {
    "text":             lambda x: (f"{x:.3f} {x}", x * x)[1],
    "round":            lambda x: x * round(x, 2),  # flat wherever it has a derivative
    "comparisons":      lambda x: x * x if x > 0.0 else max(x, x * x),
    "data":             lambda x: x * x.data,
    "detach":           lambda x: x.detach() * x,
    "within no_grad":   unread,
    "an op":            lambda x: micrograd.exp(x) * np.sqrt(x),
    "array of objects": lambda x: np.array([x, x * x]).sum(),
}
TRANSFORMS = {
    "grad":             lambda f: grad(f)(0.5),
    "value_and_grad":   lambda f: value_and_grad(f)(0.5),
    "jacobian":         lambda f: jacobian(lambda x: [f(x)])(0.5),
    "hessian":          lambda f: hessian(f)(0.5),
    "of a list":        lambda f: grad(lambda x: f(x[0]))([0.5, 1.0]),
    "of an array":      lambda f: grad(lambda x: f(x[0]))(np.array([0.5, 1.0])),
    "of a Value":       lambda f: grad(f)(Value(0.5)),
    "grad of vmap":     lambda f: grad(lambda x: sum(vmap(f)(x)))([0.5, 0.25]),
    "below no_grad":    lambda f: no_grad()(grad(f))(0.5),
}
# fmt: on


@cases("f", [*READ_BY_MATH.values(), *READ_OTHERWISE.values()])
@cases("transform", TRANSFORMS.values(), ids=TRANSFORMS)
def test_whatever_reads_a_variable_of_a_transform_warns(f, transform):
    with pytest.warns(GradientWarning, match=LOST):
        transform(f)


@cases("f", SILENT.values(), ids=SILENT)
@cases("transform", TRANSFORMS.values(), ids=TRANSFORMS)
def test_what_loses_nothing_is_silent_in_a_transform(f, transform):
    transform(f)


def test_a_transform_does_not_warn_of_what_it_does_not_differentiate(h):
    w = Value(2.0)
    assert grad(lambda x: x * x * float(h) * float(w))(1.0) == 1.0
    assert grad(lambda x, y: x * math.exp(y))(1.0, Value(0.0)).data == 1.0


@pytest.mark.skipif("sys.version_info < (3, 11)", reason="no positions of calls")
@pytest.mark.parametrize("f", READ_BY_MATH.values(), ids=READ_BY_MATH)
def test_math_warns_of_a_result(f, h):
    with pytest.warns(GradientWarning, match=LOST) as caught:
        f(h)
    assert issubclass(GradientWarning, UserWarning)
    assert {warning.filename for warning in caught} <= {__file__, statistics.__file__}


@cases("f", [*READ_OTHERWISE.values(), *SILENT.values()])
def test_whoever_asks_for_the_number_of_a_result_gets_it(f, h):
    f(h)


@cases("f", [*READ_BY_MATH.values(), *READ_OTHERWISE.values()])
def test_no_grad_is_silent(f, h):
    with no_grad():
        f(h)


def test_a_leaf_is_silent():
    assert math.exp(Value(1.0)) == math.e
    assert math.hypot(Value(3.0), Value(4.0)) == 5.0


def test_a_finished_loss_can_be_shown(h):
    h.backward()
    print(f"{float(h)}", f"{h:.3f}", h, round(h, 2), file=io.StringIO())
    assert [float(x) for x in (h, h)] == list(map(float, (h, h))) == [0.25, 0.25]
    assert max([h, h * 2.0]).data == 0.5
    assert not math.isnan(h) and math.isclose(h, 0.25) and math.floor(h) == 0
    assert float(micrograd.exp(h)) == math.exp(0.25)
    assert np.asarray([h, h], float).tolist() == [0.25, 0.25]


@pytest.mark.parametrize("f", READ_BY_MATH.values(), ids=READ_BY_MATH)
def test_compiled_code_refuses_it(f):
    with pytest.raises(TraceError, match=r"such as exp\(x\) instead of math\.exp\(x\)"):
        jit(f)(0.5)
