"""Models in C compute what the eager engine computes: models x dtypes, compiled and run here.

Rule: every file is compiled as C99 with all warnings as errors, by each compiler that there is, and
called through ctypes. C adds up in the eager engine's order but for the order of terms in a sum, so
outputs are within a few units in the last place: 1e-12 of the largest, 1e-5 in float.
"""

import ctypes
import itertools
import math
import random
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from micrograd import MLP, Value, compile_step, errors, losses, nn, ops, optim
from micrograd.export import to_c
from micrograd.export.c_ops import C_TYPES, FUNCTIONS, OF_MATH, SPELLINGS
from micrograd.export.layout import layout_of
from micrograd.export.source import call_model
from micrograd.ops import OPS, pow_op, take_op
from micrograd.support.nest import leaves
from tests.support.differential import Case
from tests.support.floats import bits, close
from tests.test_export import MODELS, Empty, Exported, is_within_range

COMPILERS = [name for name in ("gcc", "clang") if shutil.which(name)]
FLAGS = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-O2", "-fPIC", "-shared"]
needs_a_compiler = pytest.mark.skipif(not COMPILERS, reason="there is no C compiler here")
C_NUMBERS = {"float64": ctypes.c_double, "float32": ctypes.c_float}


class Compiled:
    """A file that was compiled, and its functions over arrays."""

    def __init__(self, path, dtype="float64", compiler=""):
        library = path.with_suffix(".so")
        command = [compiler or COMPILERS[0], *FLAGS, str(path), "-o", str(library), "-lm"]
        subprocess.run(command, check=True)
        self.library, self.name, self.dtype = ctypes.CDLL(str(library)), path.stem, dtype
        header = path.with_suffix(".h").read_text()
        self.sizes = {name: int(n) for name, n in re.findall(r"define \w+?_(\w+) (\d+)", header)}

    def array(self, size):
        """Return an array of that size in which nothing is known: what it held before is nan."""
        return np.full(self.sizes[size], np.nan, self.dtype)

    def call(self, suffix, *arguments, result=None):
        function = getattr(self.library, f"{self.name}{suffix}")
        function.restype = result
        is_array = [isinstance(x, np.ndarray) for x in arguments]
        function.argtypes = [ctypes.c_void_p if x else ctypes.c_double for x in is_array]
        return function(*[x.ctypes.data if isinstance(x, np.ndarray) else x for x in arguments])

    def outputs(self, x):
        y = self.array("OUTPUTS")
        self.call("", np.array(x, self.dtype).ravel(), y, self.array("WORK"))
        return y


def compiled(model, path, input, dtype="float64", **options):
    to_c(model, path, input, dtype, **options)
    return Compiled(path, dtype)


CALLED = [name for name, row in MODELS.items() if row[2] is call_model]


@needs_a_compiler
@pytest.mark.slow
@pytest.mark.parametrize("dtype", C_TYPES)
@pytest.mark.parametrize("name", CALLED)
def test_c_computes_the_outputs(name, dtype, tmp_path):
    exported = Exported(name)
    path = to_c(exported.model, tmp_path / "model.c", exported.shape, dtype)
    bound = 1e-12 if dtype == "float64" else 1e-5  # 2**-24 for each of some dozen roundings
    for compiler in COMPILERS:
        program = Compiled(path, dtype, compiler)
        found = np.array([program.outputs(row) for row in exported.X])
        largest = max(np.abs(exported.outputs).max(), 1.0)
        assert np.abs(found - exported.outputs).max() <= bound * largest


EDGES = (0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan, 1e-300, 1e300, 0.3, -0.3)
EXPONENTS = (0, 1, 2, 3, -1, -2, 0.5, -0.5, 2.5, 1e300, math.inf)
ALL_ROWS = [*OPS.values(), *map(pow_op, EXPONENTS), take_op(1), take_op(2)]


class Rows(Empty):
    """All rows of so many inputs, on the numbers of the example."""

    def __init__(self, inputs):
        self.rows = [op for op in ALL_ROWS if len(op.partials) == inputs]

    def __call__(self, x):
        return [op(*x) for op in self.rows]


def same(x, y):
    """Return whether zeros, infinities and nans are the same, and other numbers close."""
    return bits(x) == bits(y) or (close(x, y) and x != 0.0 and math.isfinite(x))


@needs_a_compiler
@pytest.mark.parametrize("inputs", [1, 2, 3])
def test_every_row_equals_its_forward(inputs, tmp_path):
    """The rows of C's functions call the same libm as Python does."""
    model = Rows(inputs)
    program = compiled(model, tmp_path / "rows.c", (inputs,))
    for xs in itertools.product(EDGES, repeat=inputs):
        wanted = [op.forward(*xs) for op in model.rows]
        found = program.outputs(xs).tolist()
        wrong = [op.name for op, x, y in zip(model.rows, found, wanted) if not same(x, y)]
        assert not wrong, xs


class Numbers(nn.Module):
    """Parameters as they are, constants, and a number that C would compute itself."""

    def __init__(self, numbers):
        self.numbers = [Value(x) for x in numbers]

    def __call__(self, x):
        constants = [ops.where(x[0], p.data, 0.5) for p in self.numbers]
        return [*self.numbers, *constants, self.numbers[0] * 0.5]


@needs_a_compiler
@pytest.mark.parametrize("dtype", C_TYPES)
def test_numbers_are_exact(dtype, tmp_path):
    numbers = [0.1, -0.1, 1e22, 123456789.0, 5e-324, -1.7e308, -0.0, math.inf, -math.inf, math.nan]
    program = compiled(Numbers(numbers), tmp_path / "numbers.c", (1,), dtype)
    with np.errstate(over="ignore"):
        wanted = np.array([*numbers, *numbers, 0.05], dtype)
    assert list(map(bits, program.outputs([1.0]))) == list(map(bits, wanted))


class Picks(nn.Module):
    """Entries of lists by an index: of parameters, of what was computed, and of mixed kinds."""

    def __init__(self):
        self.table = [[Value(float(3 * i + j)) for j in range(3)] for i in range(4)]

    def __call__(self, x):
        computed = [ops.tanh(entry) for entry in x]
        mixed = [self.table[1][1], x[1], 0.25, ops.exp(x[2])]
        return [
            *ops.take(self.table, x[0]),
            ops.take(computed, x[0]),
            ops.take(mixed, x[0]),
            ops.take([x[0], computed[1]], x[0]),
        ]


@needs_a_compiler
def test_an_index_picks_an_entry_or_nan(tmp_path):
    model = Picks()
    program = compiled(model, tmp_path / "picks.c", (4,))
    for index in (0.0, -0.0, 1.0, 3.0, 4.0, -1.0, 0.5, 1e300, math.inf, math.nan):
        x = [index, 0.5, -0.5, 2.0]
        wanted = [y.data for y in model([Value(entry) for entry in x])]
        assert np.array_equal(program.outputs(x), wanted, equal_nan=True), index


@needs_a_compiler
def test_the_largest_of_several_is_one_loop_and_nan_if_one_is(tmp_path):
    def largest(x):
        of_three = ops.maximum(ops.maximum(x[4], x[1]), x[3])
        mixed = ops.minimum(ops.minimum(x[2], 0.25), ops.tanh(x[3]))
        return [losses.greatest(x), of_three, mixed]

    program = compiled(Function(largest), tmp_path / "largest.c", (5,))
    for x in (
        [3.0, 1.0, 2.0, -1.0, 0.5],
        [-1.0, -2.0, math.nan, 4.0, 0.0],
        [0.0, 5.0, 1.0, 1.0, 7.0],
    ):
        wanted = [y.data for y in largest([Value(entry) for entry in x])]
        assert np.array_equal(program.outputs(x), wanted, equal_nan=True)
    text = (tmp_path / "largest.c").read_text()
    assert re.search(r"for \(int k = 0; k < \d; k\+\+\) \{\n *s = maximum\(s, ", text)


@needs_a_compiler
@pytest.mark.parametrize("first", range(0, 100, 20))
def test_random_programs_compute_what_they_say(first, tmp_path):
    cases = list(map(Case, range(first, first + 20)))
    model = Function(lambda x: [case(*x) for case in cases])
    program = compiled(model, tmp_path / "cases.c", (3,))
    for row in np.random.default_rng(first).normal(size=(7, 3)).tolist():
        for case, found in zip(cases, program.outputs(row)):
            if is_within_range(case, row):
                wanted = float(case(*row))
                same = np.allclose(found, wanted, rtol=1e-9, atol=1e-9, equal_nan=True)
                assert same, case.seed


class Function(Empty):
    """A function as a model without parameters."""

    def __init__(self, f):
        self.f = f

    def __call__(self, x):
        return self.f(x)


@needs_a_compiler
def test_two_threads_at_once_compute_the_same(tmp_path):
    random.seed(2)
    program = compiled(MLP(8, [64, 64, 3], activation="tanh"), tmp_path / "net.c", (8,))
    rows = np.random.default_rng(0).normal(size=(500, 8))
    alone = [program.outputs(row) for row in rows]
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(program.outputs, [*rows, *rows]))
    assert np.array_equal(together, [*alone, *alone])


# ----------------------------------------------------------------------------------------- training


def squared(model, x, y):
    return (model(x) - y) ** 2


def entropy(model, x, y):
    return losses.cross_entropy(model(x), y)


def several(model, x, y):
    return sum((a - b) ** 2 for a, b in zip(model(x), y))


def frozen_first_layer():
    model = MLP(3, [4, 3])
    for p in model.layers[0].parameters():
        p.requires_grad = False
    return model


def sum_of_squares(model, x, y):
    return sum(output * output for output in leaves(model(x)))


@pytest.mark.no_cover
@needs_a_compiler
@pytest.mark.slow
@pytest.mark.parametrize("dtype", C_TYPES)
@pytest.mark.parametrize("name", CALLED)
def test_c_computes_the_gradients(name, dtype, tmp_path):
    """A step of SGD at the rate 1 takes the gradient off: one from the start for each example."""
    exported = Exported(name)
    optimizer = optim.SGD(exported.model.parameters(), lr=1.0)
    options = {"loss": sum_of_squares, "optimizer": optimizer}
    program = compiled(exported.model, tmp_path / "net.c", exported.shape, dtype, **options)
    start, state, work = map(program.array, ("PARAMETERS", "STATE", "WORK"))
    program.call("_start", start, state)
    total = np.zeros(len(start))
    for row in exported.X:
        moved, target = start.copy(), np.zeros(1, dtype)
        row = np.array(row, dtype).ravel()
        program.call("_step", row, target, moved, state, 1.0, work, result=C_NUMBERS[dtype])
        total += start.astype(float) - moved
    values = [value for array in layout_of(exported.model).values() for value in array.ravel()]
    wanted = np.concatenate([x.ravel() for x in exported.gradients.values()])
    wanted = np.where([value.requires_grad for value in values], wanted, 0.0)
    bound = 1e-12 if dtype == "float64" else 1e-5
    largest = max(np.abs(wanted).max(), np.abs(start).max(), 1.0)
    assert np.abs(total - wanted).max() <= bound * largest


scale = Value(0.5)
# name: (model, loss, optimizer of the model's parameters, shape of an example, shape of a target)
STEPS = {
    "SGD": (lambda: MLP(2, [16, 16, 1]), squared, lambda p: optim.SGD(p), (2,), ()),
    "momentum": (
        lambda: MLP(3, [4, 3], activation="tanh"),
        several,
        lambda p: optim.SGD(p, momentum=0.9, nesterov=True, weight_decay=0.1),
        (3,),
        (3,),
    ),
    "Adam": (lambda: MLP(3, [5, 4]), entropy, lambda p: optim.Adam(p), (3,), ()),
    "AdamW": (lambda: MLP(3, [5, 4]), entropy, lambda p: optim.AdamW(p), (3,), ()),
    "RMSprop": (
        lambda: MLP(2, [3, 1]),
        squared,
        lambda p: optim.RMSprop(p, momentum=0.5),
        (2,),
        (),
    ),
    "Adagrad": (lambda: MLP(2, [3, 1]), squared, lambda p: optim.Adagrad(p), (2,), ()),
    "one parameter": (lambda: nn.Linear(1, 1, bias=False), several, optim.Adam, (1,), (1,)),
    "a convolution": (
        lambda: nn.Sequential(nn.Conv1d(1, 2, 3), lambda x: ops.tanh(x[0][0]) + x[1][2]),
        squared,
        lambda p: optim.Adam(p),
        (1, 5),
        (),
    ),
    "a GPT": (
        lambda: nn.GPT(5, 4, size=4, heads=2, layers=1),
        lambda model, x, y: losses.cross_entropy(model(x)[-1], y),
        lambda p: optim.SGD(p, lr=0.1),
        (4,),
        (),
    ),
    "some parameters": (
        frozen_first_layer,
        several,
        lambda p: optim.Adam(list(reversed(p))[:5]),
        (3,),
        (3,),
    ),
    "a Value beside the model": (
        lambda: MLP(2, [3, 1]),
        lambda model, x, y: (model(x) * scale - y) ** 2,
        lambda p: optim.SGD([scale, *p], lr=0.1),
        (2,),
        (),
    ),
}
TAKEN = 5  # steps


@needs_a_compiler
@pytest.mark.slow
@pytest.mark.parametrize("dtype", C_TYPES)
@pytest.mark.parametrize("name", STEPS)
def test_steps_in_c_are_those_of_compile_step(name, dtype, tmp_path):
    """Two steps are taken before the model is exported, so that the optimizer has a state."""
    make, loss, make_optimizer, shape, target = STEPS[name]
    random.seed(3)
    scale.data = 0.5
    model = make()
    optimizer = make_optimizer(model.parameters())
    rng = np.random.default_rng(1)
    is_text = isinstance(model, nn.GPT)
    X = rng.integers(0, 5, (7, *shape)) if is_text else rng.normal(size=(7, *shape))
    X, y = X.astype(float), rng.normal(size=(7, *target))
    if loss is entropy or is_text:
        y = rng.integers(0, 3, 7).astype(float)
    step = compile_step(loss, model, optimizer, dtype=dtype)
    for i in range(2):
        step(X[i : i + 1], y[i : i + 1])
    options = {"loss": loss, "optimizer": optimizer, "target": target}
    program = compiled(model, tmp_path / "net.c", shape, dtype, **options)
    parameters, state = program.array("PARAMETERS"), program.array("STATE")
    work, result = program.array("WORK"), C_NUMBERS[dtype]
    program.call("_start", parameters, state)
    bound = 1e-12 if dtype == "float64" else 1e-4  # Adam divides by roots of squares of roundings
    for i in range(2, 2 + TAKEN):
        row, number = np.array(X[i], dtype).ravel(), np.array(y[i], dtype).ravel()
        arguments = (row, number, parameters, state, optimizer.lr, work)
        found = program.call("_step", *arguments, result=result)
        wanted = step(X[i : i + 1], y[i : i + 1])
        assert found == pytest.approx(wanted, rel=bound, abs=bound)
    layout = [p.data for values in layout_of(model).values() for p in values.ravel()]
    if scale in optimizer.parameters:
        layout.append(scale.data)
    assert np.abs(parameters - layout).max() <= bound * max(np.abs(layout).max(), 1.0)
    outputs = program.array("OUTPUTS")
    program.call("_with", row, parameters, outputs, work)
    wanted = [float(getattr(y, "data", y)) for y in leaves([model(X[i].tolist())])]
    assert np.allclose(outputs, wanted, rtol=10 * bound, atol=10 * bound)


# ---------------------------------------------------------------------------------- text and errors


def test_the_text_is_as_a_person_would_write_it(tmp_path):
    path = to_c(MLP(4, [5]), tmp_path / "net.c", (4,))
    text = path.read_text()
    assert (
        """
    for (int i = 0; i < 5; i++) {
        double s = parameters[20 + i];
        for (int k = 0; k < 4; k++) {
            s += parameters[4 * i + k] * x[k];
        }
        work[i] = s;
    }
"""
        in text
    )
    assert re.findall("#include .*", text) == ["#include <math.h>", '#include "net.h"']


def test_equal_models_are_equal_texts(tmp_path):
    texts = set()
    for name in ("a", "b"):
        random.seed(1)
        path = to_c(nn.GPT(5, 4, size=4, heads=2, layers=1), tmp_path / name / "net.c", (4,))
        texts.add(path.read_text() + path.with_suffix(".h").read_text())
    assert len(texts) == 1


def test_an_object_file_is_small(tmp_path):
    if not (COMPILERS and shutil.which("size")):
        pytest.skip("there is no C compiler here")
    path = to_c(MLP(2, [16, 16, 1]), tmp_path / "moons.c", (2,))
    command = [COMPILERS[0], "-std=c99", "-O2", "-c", path.name]
    subprocess.run(command, check=True, cwd=tmp_path)
    report = subprocess.run(
        ["size", "moons.o"], check=True, cwd=tmp_path, capture_output=True, text=True
    )
    assert int(report.stdout.split()[9]) < 10_000  # bytes, of which 2,696 are the parameters


class Alone(nn.Module):
    """A parameter, whatever the inputs are."""

    def __init__(self):
        self.b = Value(-0.5)

    def __call__(self, x):
        return [ops.relu(self.b), ops.tanh(self.b)]


@needs_a_compiler
def test_arguments_that_are_not_read_are_no_warning(tmp_path):
    """Although comments on the kernels have the word "x"."""
    program = compiled(Alone(), tmp_path / "alone.c", (2,))
    assert program.outputs([1.0, 2.0]).tolist() == [0.0, math.tanh(-0.5)]


OWN_NAMES = ["x", "y", "work", "state", "lr", "s", "i", "k", "loss", "gradient", "t", "p", "grad"]


@needs_a_compiler
@pytest.mark.parametrize("name", OWN_NAMES)
def test_a_function_may_be_called_as_its_variables_are(name, tmp_path):
    model = MLP(2, [1])
    optimizer = optim.Adam(model.parameters())
    options = {"loss": lambda model, x, y: (model(x) - y) ** 2, "optimizer": optimizer}
    program = compiled(model, tmp_path / f"{name}.c", (2,), **options)
    assert program.outputs([1.0, 2.0]).tolist() == [model([1.0, 2.0]).data]


unspoken = ops.Op("unspoken", "unspoken({})", lambda x: math.gamma(x), (None,))
written = ops.Op("swish", "swish({})", lambda x: x * ops.sigmoid(x), (None,))
NAMES = [
    ("net", "is not the name of a C file.*net.c"),
    ("net.cpp", "is not the name of a C file.*net.c"),
    ("while.c", "means something else in C.*while_net.c"),
    ("exp.c", "means something else in C.*exp_net.c"),
    ("main.c", "means something else in C.*main_net.c"),
    ("relu.c", "means something else in C.*relu_net.c"),
    ("parameters.c", "means something else in C.*parameters_net.c"),
    ("places0.c", "means something else in C.*places0_net.c"),
    ("NAN.c", "means something else in C.*NAN_net.c"),
    ("linux.c", "means something else in C.*linux_net.c"),
    ("my-net.c", "cannot be the name of a function.*my_net.c"),
    ("2.c", "cannot be the name of a function.*model2.c"),
    ("né.c", "cannot be the name of a function.*n_.c"),
]


@pytest.mark.parametrize("name, message", NAMES)
def test_a_name_that_c_cannot_have_is_refused(name, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        to_c(MLP(2, [1]), tmp_path / name, (2,))
    assert not list(tmp_path.iterdir())


def test_an_op_that_is_not_written_in_ops_is_named(tmp_path):
    with pytest.raises(errors.TraceError, match="unspoken"):
        to_c(Function(lambda x: unspoken(x[0])), tmp_path / "net.c", (1,))


@needs_a_compiler
def test_an_op_that_is_written_in_ops_needs_no_spelling(tmp_path):
    program = compiled(Function(lambda x: written(x[0])), tmp_path / "net.c", (1,))
    assert program.outputs([0.7])[0] == pytest.approx(written(0.7), rel=1e-15)


def test_a_model_that_draws_random_numbers_is_refused(tmp_path):
    model = nn.Sequential(nn.Linear(2, 3), nn.Dropout(0.5))
    with pytest.raises(errors.TraceError, match=r"model\.eval\(\)"):
        to_c(model, tmp_path / "net.c", (2,))
    to_c(model.eval(), tmp_path / "net.c", (2,))


def test_a_folder_that_cannot_be_written_is_named_before_the_work(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        to_c(Function(None), tmp_path / "file" / "net.c", (2,))  # which cannot be called


def test_a_header_that_cannot_be_replaced_leaves_no_file(tmp_path):
    (tmp_path / "net.h").mkdir()
    with pytest.raises(IsADirectoryError):
        to_c(MLP(2, [1]), tmp_path / "net.c", (2,))
    assert not (tmp_path / "net.c").exists()


net = MLP(2, [1])
groups = optim.SGD([{"params": [p], "lr": 0.1} for p in net.parameters()])
# loss, optimizer, the error
WRONG_TRAINING = [
    (squared, None, TypeError, "Pass both"),
    (squared, groups, errors.TraceError, "without groups"),
    (squared, optim.SGD, TypeError, "optim.Adam\\(model.parameters"),
    ("mse", optim.SGD(net.parameters()), TypeError, "needs a function as its loss, got the str"),
    (nn.MSELoss, optim.SGD(net.parameters()), TypeError, "needs a function as its loss"),
    (lambda m, x, y: [m(x), y], optim.SGD(net.parameters()), TypeError, "one number"),
    (squared, optim.SGD(MLP(2, [1]).parameters()), errors.TraceError, "no parameter of the"),
]


@pytest.mark.parametrize("loss, optimizer, error, message", WRONG_TRAINING)
def test_a_wrong_loss_or_optimizer_is_named(loss, optimizer, error, message, tmp_path):
    with pytest.raises(error, match=message):
        to_c(net, tmp_path / "net.c", (2,), loss=loss, optimizer=optimizer)
    assert not list(tmp_path.iterdir())


class Beside(nn.Module):
    """A constant output, and one of a parameter."""

    def __init__(self):
        self.w = Value(2.0)

    def __call__(self, x):
        return [2.0, x[0] * self.w]


def test_constants_stand_behind_the_parameters(tmp_path):
    model = Beside()
    optimizer = optim.SGD(model.parameters())
    loss = lambda model, x, y: several(model, x, y) * scale  # noqa: E731
    path = to_c(model, tmp_path / "net.c", (1,), loss=loss, optimizer=optimizer, target=(2,))
    assert "    y[0] = 2.0;" in path.read_text().splitlines()
    lines = [line.split() for line in path.with_suffix(".h").read_text().splitlines()]
    assert lines.index(["0", "w", "(1)"]) + 1 == lines.index(["1", "constants", "(1)"])


class Stateless(optim.Optimizer):
    """Descent by steps of 0.5 * grad, which keeps no number."""

    def update(self, p, grad, state, lr, t):
        return p - 0.5 * grad, state


def test_an_optimizer_without_a_state_sets_none(tmp_path):
    model = nn.Linear(1, 1, bias=False)
    optimizer = Stateless(model.parameters(), lr=0.5)
    path = to_c(model, tmp_path / "net.c", (1,), loss=several, optimizer=optimizer, target=(1,))
    text = path.read_text()
    (line,) = [line for line in text.splitlines() if "start[i]" in line]
    assert line == "    for (int i = 0; i < 1; i++) parameters[i] = start[i];"
    assert "state[i]" not in text


def test_an_unknown_dtype_of_c_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"bfloat16.*float64"):
        to_c(MLP(2, [1]), tmp_path / "net.c", (2,), dtype="bfloat16")


def test_every_spelling_is_of_a_row():
    """A misspelt name would be expanded in silence."""
    assert {*SPELLINGS, *OF_MATH, *FUNCTIONS} <= {*OPS}
