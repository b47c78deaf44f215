"""`jit` and `vmap` of large models are rolled, with the numbers of `unroll=True` and of Values.

Rule: models of a few parameters are rolled here. What cannot be rolled is traced as before.
"""

import itertools
import math
import re
import threading
from contextlib import suppress
from contextvars import ContextVar
from functools import lru_cache

import numpy as np
import pytest

from micrograd import (
    MLP,
    Value,
    compile_step,
    errors,
    grad,
    jit,
    losses,
    nn,
    no_grad,
    optim,
    part,
    vmap,
)
from micrograd.models import char_gpt
from micrograd.nn import Module
from micrograd.training.prediction import predict
from micrograd.transforms import rolled_functions
from micrograd.transforms.copies import fill
from micrograd.transforms.large_functions import RolledFunction, outermost_modules, parameters_of
from micrograd.transforms.rolled_check import Numbers, run, standing_in
from micrograd.transforms.state import State
from tests.support.rolled import FAMILIES, FLOAT64, LAYERS, PARTIALS, Own, numbers

RANDOM = ("Dropout", "Dropout twice")  # which `jit` refuses


pytestmark = pytest.mark.usefixtures("rolled")


def flat(y):
    if isinstance(y, dict):
        return [x for child in y.values() for x in flat(child)]
    if isinstance(y, list | tuple):
        return [x for child in y for x in flat(child)]
    return [y]


def total(y):
    """Return the sum of the squares of all numbers in a nest, each with another weight."""
    return sum((0.5 + 0.25 * i) * x * x for i, x in enumerate(flat(y)))


def is_rolled(compiled):
    (rows,) = compiled.specialisations.by_key.values()
    return isinstance(rows[0][1].traced, RolledFunction)


def grads_of(f, values):
    """Return (the number that f() returns, the grads of the Values)."""
    for value in values:
        value.grad = 0.0
    y = f()
    y.backward()
    return y.data, [value.grad for value in values]


def assert_same(found, expected):
    largest = np.abs(expected).max()
    np.testing.assert_allclose(found, expected, rtol=0, atol=FLOAT64 * largest)


# ------------------------------------------------------------------------------- modules of `nn`


@pytest.mark.parametrize("name", [name for name in LAYERS if name not in RANDOM])
def test_jit_of_a_module(name):
    make, shape = LAYERS[name]
    model = make()
    x = [Value(float(number)) for number in numbers(*shape).ravel()]
    entries = np.array(x, object).reshape(shape).tolist()
    f = jit(lambda x: total(model(x)))
    values = [*model.parameters(), *x]
    loss, grads = grads_of(lambda: f(entries), values)
    assert is_rolled(f)
    expected, expected_grads = grads_of(lambda: total(model(entries)), values)
    assert_same([loss], [expected])
    assert_same(grads, expected_grads)


@pytest.mark.parametrize("name", [name for name in LAYERS if name not in RANDOM])
def test_vmap_of_a_module(name):
    make, shape = LAYERS[name]
    model, X = make(), numbers(5, *shape)
    f = vmap(lambda x: flat(model(x)))
    found = f(X.tolist())
    assert is_rolled(f)
    assert_same(found, np.transpose([[y.data for y in flat(model(x))] for x in X.tolist()]))
    assert_same(found, vmap(jit(f.f, unroll=True))(X.tolist()))


def test_a_gpt():
    model = char_gpt.make(char_gpt.Vocabulary("abc"), 4, 8, 2)
    tokens = [0.0, 2.0, 1.0, 3.0, 1.0]
    loss = lambda t: losses.cross_entropy(model(t[:-1]), t[1:])  # noqa: E731
    f = jit(loss)
    found, grads = grads_of(lambda: f(tokens), model.parameters())
    assert is_rolled(f)
    expected, expected_grads = grads_of(lambda: loss(tokens), model.parameters())
    assert_same([found], [expected])
    assert_same(grads, expected_grads)


# --------------------------------------------------------------------- what the function is given


MODEL = MLP(3, [4, 2], activation="tanh")  # whose outputs are never all 0


def by_closure(x):
    return total(MODEL(x))


def of_the_model(model, x):
    return total(model(x))


class Holder:
    def __init__(self):
        self.model = MODEL

    def __call__(self, x):
        return total(self.model(x))


def through_another(x):
    return by_closure(x) * 2.0


def through_a_layer(x):
    """Reach into the model, past its own `__call__`."""
    first, second = MODEL.layers
    return total(second([h * MODEL.layers[0].neurons[0].b for h in first(x)]))


def of_arrays(x):
    return total(MODEL(np.asarray(x)))


ROW = [0.5, -1.0, 2.0]
CALLS = {
    "a closed-over model": (by_closure, (ROW,)),
    "a model that is an argument": (of_the_model, (MODEL, ROW)),
    "an object with a model": (Holder(), (ROW,)),
    "a function that calls another": (through_another, (ROW,)),
    "layers and weights": (through_a_layer, (ROW,)),
    "an array": (by_closure, (np.array(ROW),)),
    "an array made inside": (of_arrays, (ROW,)),
    "integers": (by_closure, ([1, 2, 3],)),
    "Values and numbers": (by_closure, ([Value(1.0), 2.0, Value(-0.0)],)),
    "one Value twice": (lambda x, y: total(MODEL([x, y, x])), (Value(0.5), 1.5)),
    "a result of an op": (by_closure, ([Value(1.0) * 2.0, 1.0, Value(2.0).tanh()],)),
    "another argument": (lambda x, scale: total(MODEL(x)) * scale, (ROW, 3.0)),
    "a text and a bool": (lambda x, name, on: total(MODEL(x)) if on else name, (ROW, "n", True)),
}


@pytest.mark.parametrize("name", CALLS)
def test_call(name):
    f, arguments = CALLS[name]
    compiled = jit(f)
    given = [x for x in flat(list(arguments)) if isinstance(x, Value)]
    values = [*MODEL.parameters(), *given]
    found, grads = grads_of(lambda: compiled(*arguments), values)
    assert is_rolled(compiled)
    expected, expected_grads = grads_of(lambda: f(*arguments), values)
    assert_same([found], [expected])
    assert_same(grads, expected_grads)


def test_structure_of_a_result():
    f = jit(
        lambda x: {
            "scores": MODEL(x),
            "sum": (sum(MODEL(x)), x[0]),
            "one": [1.0, MODEL.layers[0].neurons[0].b],
        }
    )
    found, expected = f(ROW), f.f(ROW)
    assert is_rolled(f)
    assert [y.data for y in found["scores"]] == pytest.approx([y.data for y in expected["scores"]])
    assert [y.data for y in found["sum"]] == pytest.approx([expected["sum"][0].data, ROW[0]])
    assert [y.data for y in found["one"]] == [1.0, MODEL.layers[0].neurons[0].b.data]


def test_each_output_has_its_own_gradient():
    f, parameters = jit(lambda x: MODEL(x)), MODEL.parameters()
    for k in (1, 0, 1):
        _, grads = grads_of(lambda k=k: f(ROW)[k], parameters)
        _, expected = grads_of(lambda k=k: MODEL(ROW)[k], parameters)
        assert_same(grads, expected)


def test_a_value_that_is_not_reached_keeps_its_grad():
    """An infinite grad, times a partial of 0, would be nan."""
    other = MLP(2, [3])
    f = jit(lambda x: (sum(MODEL(x)), sum(other(x[:2]))))
    kept, _ = f(ROW)
    (kept * math.inf).backward()
    assert {p.grad for p in other.parameters()} == {0.0}
    assert any(math.isinf(p.grad) for p in MODEL.parameters())


def test_what_is_not_differentiable_receives_no_grad():
    class Signs(Module):
        def __init__(self):
            self.w = [Value(1.0), Value(-2.0)]

        def __call__(self, x):
            return [w.sign() * y for w, y in zip(self.w, x)]

    model, x = Signs(), [Value(3.0), Value(4.0)]
    f = jit(lambda x: sum(model(x)))
    f(x).backward()
    assert is_rolled(f)
    assert [w.grad for w in model.w] == [0.0, 0.0]
    assert [y.grad for y in x] == [1.0, -1.0]


@pytest.mark.parametrize("number", [math.nan, math.inf, -0.0])
def test_numbers_that_a_check_cannot_use(number):
    f = jit(lambda x: total(MODEL(x)))
    found, expected = f([number, 1.0, 2.0]).data, total(MODEL([number, 1.0, 2.0])).data
    assert is_rolled(f)
    assert found == pytest.approx(expected, rel=FLOAT64, nan_ok=True)


def test_backward_of_a_result_that_no_value_gave():
    f = jit(lambda x: (x[0] * 2.0, MODEL(x)[0] * 0.0)[0])
    y = f(ROW)
    y.backward()
    assert (y.data, y.grad) == (1.0, 1.0)
    assert is_rolled(f)


def test_new_numbers_and_new_layers_are_seen():
    model = MLP(3, [4, 2])
    f = jit(lambda x: total(model(x)))
    for change in (
        lambda: None,
        lambda: set_data(model),
        lambda: model.layers.append(nn.Linear(2, 3)),
    ):
        change()
        assert f(ROW).data == pytest.approx(total(model(ROW)).data, rel=FLOAT64)


def set_data(model):
    for i, p in enumerate(model.parameters()):
        p.data = 0.1 * i


def test_a_compiled_function_within_another():
    inner = jit(lambda x: MODEL(x))
    outer = jit(lambda x: total(inner(x)))
    found, grads = grads_of(lambda: outer(ROW), MODEL.parameters())
    expected, expected_grads = grads_of(lambda: total(MODEL(ROW)), MODEL.parameters())
    assert_same([found], [expected])
    assert_same(grads, expected_grads)


WITHIN = {  # functions that call a compiled one
    "jit": (jit(lambda x: MODEL(x)), lambda f, x: total(f(x))),
    "vmap": (vmap(lambda x: MODEL(x)), lambda f, x: total([list(y) for y in f([x, x])])),
    "jit of the model": (jit(MODEL), lambda f, x: total(f(x)) + total(MODEL(x))),
}


@pytest.mark.parametrize("name", WITHIN)
def test_a_compiled_function_is_not_compiled_for_the_check(name):
    """The check calls it with other weights, which must not become its constants."""
    inner, f = WITHIN[name]
    outer = jit(lambda x: f(inner, x))
    assert_same([outer(ROW).data], [f(inner.f if name != "vmap" else each, ROW).data])
    assert is_rolled(outer)
    assert not len(inner.specialisations)
    step = compile_step(lambda _, x: f(inner, x), MODEL, optim.SGD(MODEL.parameters(), lr=0.0))
    assert step([ROW]) == pytest.approx(outer(ROW).data)
    assert not len(inner.specialisations)


def each(X):
    return list(zip(*map(MODEL, X)))


def test_threads_that_ask_for_one_gradient(monkeypatch):
    """The second waits: a program that another thread is planning does not know its edges."""
    f, gradient, outputs = jit(MODEL), RolledFunction.gradient, []

    def slow(self, output):
        outputs.append(output)
        if len(outputs) == 1:
            other.start()
            other.join(0.2)
        return gradient(self, output)

    monkeypatch.setattr(RolledFunction, "gradient", slow)
    y = f(ROW)[0]
    other = threading.Thread(target=lambda: f.specialisations.latest.gradient(0))
    y.backward()
    other.join()
    assert outputs == [0]
    for p in MODEL.parameters():
        p.grad = 0.0


CACHE: dict = {}
LOG: list = []


class Lazy:
    def __init__(self):
        self.model, self.scores = MODEL, None

    def __call__(self, x):
        if self.scores is None:
            self.scores = self.model(x)
        return total(self.scores)


def cached(x):
    if "scores" not in CACHE:
        CACHE["scores"] = MODEL(x)
    return total(CACHE["scores"])


def logged(x):
    LOG.append(MODEL(x))
    return LOG


LAZY = Lazy()
WRITES = {  # functions that write something for themselves, what it is, and what it was before
    "a cache": (cached, lambda: CACHE, {}),
    "an attribute": (LAZY, lambda: LAZY.scores, None),
    "a list that is returned": (logged, lambda: LOG, []),
}


@pytest.mark.parametrize("name", WRITES)
def test_what_a_function_writes_for_itself(name):
    """It is undone: the check, and the next trace, would read numbers that are no longer known."""
    f, written, before = WRITES[name]
    scores = [y.data for y in MODEL(ROW)]
    expected = scores if f is logged else [total(scores)]
    for compiled in (jit(f), jit(lambda x: f(x))):
        assert_same([y.data for y in flat(compiled(ROW))], expected)
        assert is_rolled(compiled)
        assert written() == before
    step = compile_step(lambda _, x: total(f(x)), MODEL, optim.SGD(MODEL.parameters(), lr=0.0))
    step([ROW])
    assert step.latest.why_unrolled == ""
    assert written() == before


def test_what_a_function_that_is_not_rolled_writes():
    """The trace of every op does not see what the first trace wrote."""
    turns = itertools.count(1)
    f = jit(lambda x: cached(x) * next(turns))
    turn = f(ROW).data / total(MODEL(ROW)).data
    assert not is_rolled(f)
    assert turn == pytest.approx(round(turn))
    CACHE.clear()


@lru_cache
def embedded(token):
    return tuple(MODEL([token, 1.0, 2.0]))


@pytest.mark.parametrize("unroll", [False, True])
def test_results_that_a_cache_keeps(unroll):
    """It is emptied: a traced number, or one of the check, means nothing later."""
    embedded.cache_clear()
    f = jit(lambda x: [*MODEL(x), *embedded(0.5), *[y * 2.0 for y in embedded(0.5)]], unroll=unroll)
    found = [y.data for y in f(ROW)]
    assert is_rolled(f) is not unroll
    scores = [y.data for y in embedded(0.5)]
    assert_same(scores, [y.data for y in MODEL([0.5, 1.0, 2.0])])
    assert_same(found, [y.data for y in MODEL(ROW)] + scores + [2.0 * y for y in scores])
    kept = embedded.cache_info()
    f(ROW)
    assert embedded.cache_info() == kept


def test_attributes_that_are_undone_stay_in_place():
    """Another thread may call the module meanwhile."""

    class Attributes(dict):
        def clear(self):
            raise AssertionError

    now = Attributes(w=1.0, h=2.0, new=3.0)
    fill(now, {"w": 1.0, "h": 0.5})
    assert list(now.items()) == [("w", 1.0), ("h", 0.5)]
    moved = {"h": 2.0}
    fill(moved, {"w": 1.0, "h": 0.5})
    assert list(moved.items()) == [("w", 1.0), ("h", 0.5)]


class Masked(Module):
    """Does `f` with its weights, a row of numbers, and an array of constants."""

    def __init__(self, f):
        self.f, self.w = f, [Value(0.5 + i) for i in range(3)]

    def __call__(self, x, constants):
        return self.f(self.w, x, constants)


def changed(w, x, constants):
    constants[0] = 5.0
    return [w[0] * x[0] * float(constants[0])]


ARRAYS = {  # what modules do with arrays of constants, and such an array
    "a mask": (lambda w, x, on: [w[0] * y for y in np.array(x, object)[on]], [True, False, True]),
    "small integers": (lambda w, x, k: [w[0] * x[0] * float((k - 1)[0])], np.zeros(3, np.uint8)),
    "not": (lambda w, x, on: [w[0] * x[0] * float((~on)[0])], [True, False, True]),
    "a class of numbers": (lambda w, x, k: [w[0] * x[0] * k.dtype.itemsize], np.ones(3)),
    "a product": (lambda w, x, k: [w[0] * y * k[0] for y in x], [2.0, math.nan, -0.0]),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_of_constants_keep_their_class_of_numbers(name):
    does, constants = ARRAYS[name]
    first, second = Masked(does), Masked(does)
    k, other = np.array(constants), np.array([1, 0, 1], np.int32)
    f = jit(lambda x: total([first(x, k), second(x, k), second(x, other)]))
    if name == "a mask":
        f = jit(lambda x: total([first(x, k), second(x, k), second(x, ~k)]))
    assert f(ROW).data == pytest.approx(f.f(ROW).data, rel=FLOAT64)
    assert is_rolled(f)


def test_an_array_of_constants_that_a_module_changes():
    model = Masked(changed)

    def f(x):
        k = np.ones(3)
        return total([model(x, k), k[0] * x[1]])

    assert jit(f)(ROW).data == pytest.approx(f(ROW).data, rel=FLOAT64)


METHODS = {  # of the arguments, which plain numbers do not have
    "a method of a number": (lambda x: total(MODEL([y.tanh() for y in x])), ROW),
    "a function of NumPy's": (lambda x: total(MODEL(np.tanh(x))), np.array(ROW)),
}


@pytest.mark.parametrize("name", METHODS)
def test_methods_of_arguments(name):
    f, row = METHODS[name]
    expected = total(MODEL(np.tanh(ROW).tolist())).data
    compiled, mapped = jit(f), vmap(f)
    assert_same([compiled(row).data], [expected])
    assert_same(mapped(np.array([ROW, ROW])), [expected] * 2)
    assert is_rolled(compiled)
    assert is_rolled(mapped)


# ------------------------------------------------------------------------------------------- vmap


def test_an_input_as_the_only_result():
    """Another function has a parameter where this one has the example."""
    keys = set()
    for size, result in ((5, lambda model, x: x), (6, lambda model, x: model.w[-1])):
        model = Weights(size)
        f = vmap(lambda x, model=model, result=result: (model(x), result(model, x))[1])
        assert f([2.0, 3.0]).tolist() in ([2.0, 3.0], [6.0, 6.0])
        assert is_rolled(f)
        keys.add(f.specialisations.latest.forward.lowered.key)
    assert len(keys) == 2


class Weights(Module):
    def __init__(self, size):
        self.w = [Value(1.0 + i) for i in range(size)]

    def __call__(self, x):
        return [w * x for w in self.w]


def test_vmap_of_numbers_that_all_examples_share():
    X = numbers(5, 3)
    f = vmap(lambda x, scale, y: [scale * s + y for s in MODEL(x)])
    found = f(X.tolist(), 3.0, [1.0, 2.0, 3.0, 4.0, 5.0])
    assert is_rolled(f)
    expected = [[3.0 * s.data + i + 1.0 for s in MODEL(x)] for i, x in enumerate(X.tolist())]
    assert_same(np.transpose(found), expected)


@pytest.mark.parametrize("count", [1, 2, 7, 64, 200])
def test_vmap_of_other_numbers_of_examples(count):
    X = numbers(count, 3)
    f = vmap(lambda x: total(MODEL(x)))
    f(numbers(7, 3).tolist())
    expected = [total(MODEL(x)).data for x in X.tolist()]
    assert_same(f(X.tolist()), expected)
    assert is_rolled(f)


def test_vmap_of_rows_of_arrays():
    X = numbers(5, 3)
    f = vmap(MODEL)
    assert_same(np.transpose(f(X)), [[y.data for y in MODEL(x)] for x in X.tolist()])
    assert is_rolled(f)


def test_vmap_of_no_examples():
    (first, second) = vmap(MODEL)(np.zeros((0, 3)))
    assert first.shape == second.shape == (0,)


def test_an_output_that_is_the_same_for_all_examples():
    f = vmap(lambda x: (sum(MODEL(x)), sum(MODEL([1.0, 2.0, 3.0])), 2.5, x[0]))
    _, shared, constant, first = f(numbers(3, 3).tolist())
    assert is_rolled(f)
    assert_same(shared, [sum(MODEL([1.0, 2.0, 3.0])).data] * 3)
    assert constant.tolist() == [2.5] * 3
    assert first.tolist() == numbers(3, 3)[:, 0].tolist()


def test_predict():
    X = numbers(4, 3)
    assert_same(predict(MODEL, X), [[y.data for y in MODEL(x)] for x in X.tolist()])


# ------------------------------------------------------------------------------ functions as parts


@part
def neuron(weights, bias, x):
    return sum((w * xi for w, xi in zip(weights, x)), bias).tanh()


WEIGHTS = [[Value(0.1 * i - 0.2 * j) for i in range(3)] for j in range(4)]
BIASES = [Value(0.1 * j) for j in range(4)]


def test_a_program_of_functions_alone():
    def loss(x):
        return total([neuron(w, b, x) for w, b in zip(WEIGHTS, BIASES)])

    f, values = jit(loss), [*flat(WEIGHTS), *BIASES]
    found, grads = grads_of(lambda: f(ROW), values)
    assert is_rolled(f)
    assert "4 x neuron" in str(f.lower(ROW).program)
    expected, expected_grads = grads_of(lambda: loss(ROW), values)
    assert_same([found], [expected])
    assert_same(grads, expected_grads)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("name", PARTIALS)
def test_own_op_of_a_family(family, name):
    model = Own(family, name)
    f = jit(lambda x: model(x) ** 2)
    found, grads = grads_of(lambda: f(ROW), [model.w])
    assert is_rolled(f)
    expected, expected_grads = grads_of(lambda: model(ROW) ** 2, [model.w])
    assert_same([found], [expected])
    assert_same(grads, expected_grads)
    assert_same(vmap(model)([ROW, ROW]), [model(ROW).data] * 2)


@pytest.mark.parametrize("is_shared", [False, True])
def test_values_of_models_and_others_once_each(is_shared):
    first, second, other = Weights(2), Weights(2), Value(5.0)
    if is_shared:
        second.w[0] = first.w[0]
    f = lambda x: [first(x), second(x), other * x if is_shared else x]  # noqa: E731
    state = State(f)
    values = parameters_of(outermost_modules(state), state)
    expected = {*first.w, *second.w, other}
    assert len(values) == len(expected) == 4 + (not is_shared)
    assert set(values) == expected


# ------------------------------------------------------------------------------ what is not rolled


def with_a_derivative(x):
    return grad(lambda z: total(MODEL([z, *x[1:]])))(x[0])


NO_NUMBER = "it returns something that is no number"
UNROLLED = {
    "a derivative": (with_a_derivative, "it computes a derivative"),
    "a text in its result": (lambda x: (total(MODEL(x)), "text"), NO_NUMBER),
    "an array in its result": (lambda x: np.array(MODEL(x)), NO_NUMBER),
    "no number that varies": (lambda x: 2.0 * bool(MODEL), "its results are constants"),
}


@pytest.mark.parametrize("name", UNROLLED)
def test_what_cannot_be_rolled(name):
    f, reason = UNROLLED[name]
    compiled = jit(f)
    found, expected = compiled(ROW), f(ROW)
    assert not is_rolled(compiled)
    assert compiled.lower(ROW).report().endswith(f"\nnot rolled: {reason}")
    assert plain(found) == pytest.approx(plain(expected), rel=FLOAT64)


def plain(y):
    """Return the numbers in a result, as floats."""
    numbers = [x for entry in flat(y) for x in np.ravel(np.array(entry, object))]
    return [float(x.data if isinstance(x, Value) else x) for x in numbers if not isinstance(x, str)]


@pytest.mark.parametrize("options", [{"exact": True}, {"unroll": True}])
def test_options_that_trace_every_op(options):
    f = jit(by_closure, **options)
    assert f(ROW).data == pytest.approx(by_closure(ROW).data, rel=FLOAT64)
    assert not is_rolled(f)
    g = vmap(jit(MODEL, **options))
    g(numbers(2, 3))
    assert not is_rolled(g)


def test_exact_keeps_the_bits():
    f = jit(by_closure, exact=True)
    assert f(ROW).data == by_closure(ROW).data


def test_a_small_function_is_traced_op_by_op(monkeypatch):
    monkeypatch.setattr(rolled_functions, "FEWEST_INSTRUCTIONS", 10**6)
    f = jit(by_closure)
    f(ROW)
    assert not is_rolled(f)
    assert f.lower(ROW).report() == "50 instructions -> one straight line"


def test_report_of_a_rolled_function():
    lines = jit(by_closure).lower(ROW).report().splitlines()
    assert re.fullmatch(r"\d+ operations -> \d+ kernels", lines[0])
    assert lines[1] == "rolled: 6 parts and 9 calls, in place of 50 instructions"


def test_report_of_a_rolled_step():
    """Each program has its line, and its own count of what was traced."""
    model = MLP(3, [4, 1], activation="tanh")
    square = lambda model: model.parameters()[0] ** 2  # noqa: E731
    loss, optimizer = lambda model, x, y: (model(x) - y) ** 2, optim.SGD(model.parameters())
    step = compile_step(loss, model, optimizer, square)
    step([ROW], [1.0])
    lines = step.report().splitlines()
    assert lines[0].startswith("for each example: 38 traced -> ")
    assert lines[1].startswith("for the penalty: 2 traced -> ")
    assert lines[2].startswith("for each parameter: ")
    assert lines[3] == "rolled: 6 parts and 8 calls, in place of 38 instructions"


def test_lowering_a_map_takes_what_a_call_takes():
    f = vmap(MODEL)
    X = numbers(5, 3)
    lowered = f.lower(X)
    assert "define" in lowered.ir
    f(X)
    assert f.specialisations.latest is lowered
    with pytest.raises(TypeError, match="by position"):
        f.lower(x=X)


def test_no_module_and_no_part_within_reach():
    f = jit(lambda x: total([w * y for w, y in zip(WEIGHTS[0], x)]))
    f(ROW)
    assert not is_rolled(f)


def test_errors_are_the_users():
    def fails(x):
        raise ZeroDivisionError(f"{len(MODEL(x))}")

    with pytest.raises(ZeroDivisionError, match=r"^2$"):
        jit(fails)(ROW)
    with pytest.raises(errors.TraceError, match="if"):
        jit(lambda x: 1.0 if MODEL(x)[0] > 0 else 2.0)(ROW)


def test_a_wrong_program_is_not_used(monkeypatch):
    """The check finds a program with other results, and the function is traced op by op."""

    class Twice(Module):
        def __init__(self):
            self.w = [Value(2.0)]

        def __call__(self, x):
            return [self.w[0] * y * next(turns) for y in x]

    turns = itertools.count(1)
    model = Twice()
    f = jit(lambda x: total(model(x)))
    f(ROW)
    assert not is_rolled(f)


# --------------------------------------------------------------------------------------- the check


def test_models_stand_in_for_this_thread_alone():
    other = MLP(3, [4, 2])
    results = {}
    with standing_in([MODEL], [other]):
        results["here"] = total(MODEL(ROW)).data
        thread = threading.Thread(target=lambda: results.update(there=total(MODEL(ROW)).data))
        thread.start()
        thread.join()
    assert results["here"] == total(other(ROW)).data
    assert results["there"] == total(MODEL(ROW)).data


def test_the_check_has_a_context_of_its_own():
    """So nothing of it remains, wherever Ctrl-C interrupts it."""
    seen = ContextVar("seen", default=0.0)

    def f():
        seen.set(1.0)
        return [seen.get()]

    results, _ = run(f, Numbers([], np.zeros(0)), [])
    assert results.tolist() == [1.0]
    assert seen.get() == 0.0


@pytest.mark.parametrize("error", [KeyboardInterrupt, RecursionError, MemoryError, ValueError])
@pytest.mark.parametrize("turn", [1, 2])  # while the module is traced, or checked
def test_an_error_leaves_nothing_behind(error, turn):
    turns = itertools.count(1)

    class Interrupted(Module):
        def __init__(self):
            self.w = [Value(2.0)]

        def __call__(self, x):
            if next(turns) == turn:
                raise error
            return [self.w[0] * y for y in x]

    model, before = Interrupted(), vars(Interrupted)["__call__"]
    f = jit(lambda x: total(model(x)))
    with suppress(error):
        f(ROW)
    assert next(turns) > turn
    assert vars(Interrupted)["__call__"] is before
    assert f(ROW).data == pytest.approx(total(model(ROW)).data, rel=FLOAT64)
    assert type(model.w[0].data) is float


def test_nothing_of_a_trace_remains():
    before = {name: vars(MLP)[name] for name in ("__call__",)}, [p.data for p in MODEL.parameters()]
    with no_grad():
        vmap(MODEL)(numbers(4, 3))
    after = {name: vars(MLP)[name] for name in ("__call__",)}, [p.data for p in MODEL.parameters()]
    assert before == after
    assert all(type(p) is Value for p in MODEL.parameters())
