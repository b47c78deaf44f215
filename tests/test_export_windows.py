"""Windows that filters are applied to become one convolution, and whatever else does not.

Rule: each case says whether it is a convolution, and its outputs are compared with those of the
eager engine. Sums are in another order: 1e-12 of the largest.
"""

import random
from dataclasses import replace
from unittest.mock import Mock

import numpy as np
import pytest

from micrograd import Value, maximum, nn, ops, tanh
from micrograd.compiler import CONSTANT, SHARED, VARYING, Access, Kernel, Segment, places_of
from micrograd.export import arrays_of, to_onnx, to_source
from micrograd.export.completed import is_by_number
from micrograd.export.dialects import NUMPY
from micrograd.export.function import FunctionTracer
from micrograd.export.grid_axes import cut_by_array, part_of, transposed
from micrograd.export.memory import continue_rows
from micrograd.export.source import call_model, source_of
from micrograd.export.sums import SumWriter
from micrograd.export.windows import Axis, axes_of, convolution_of
from micrograd.support.nest import leaves
from tests.test_export import MODELS, assert_close, columns

# --------------------------------------------------------------------------- the axes of a kernel

GRID, TERMS = (2, 3), 4
PLACES = np.arange(24).reshape(*GRID, TERMS)  # of an operand, for each member and each term
ACCESSES = {  # the same places: as strides, and as tables
    "strides": Access(SHARED, 0, (12, 4), 1),
    "offsets": Access(SHARED, 0, (0, 0), 1, member_offsets=PLACES[..., 0].ravel()),
    "a table": Access(SHARED, 0, (0, 0), offset_table=PLACES.reshape(-1, TERMS)),
    "a table alone": Access(SHARED, 0, offset_table=PLACES.reshape(-1, TERMS)),
}


def product(access):
    result = Access(VARYING, 100, (3, 1))
    row = Access(VARYING, 0, (0, 0), 1)
    return Kernel(None, True, False, 1, GRID, result, (), (Segment(False, TERMS, (row, access)),))


def places(kernel):
    return places_of(kernel.segments[0].factors[1], kernel.grid, TERMS)


@pytest.mark.parametrize("name", ACCESSES)
def test_a_kernel_keeps_its_places_where_its_axes_change(name):
    kernel = product(ACCESSES[name])
    assert places(kernel).tolist() == PLACES.tolist()
    assert places(transposed(kernel, [1, 0])).tolist() == PLACES.transpose(1, 0, 2).tolist()
    for i in range(3):
        assert places(part_of(kernel, 1, i, i + 1)).tolist() == PLACES[:, i].tolist()
    assert places(part_of(kernel, 1, 1, 3)).tolist() == PLACES[:, 1:].tolist()


CUTS = {  # the array of each place, and the pieces of the first axis of a grid of 3 x 2
    "each row": (np.repeat([0, 1, 2], 8), [[0], [1], [2]]),
    "some rows": (np.repeat([0, 1], [8, 16]), [[0], [1, 2]]),
    "one array": (np.zeros(24, int), [[0, 1, 2]]),
    "one array twice": (np.repeat([0, 1, 0], 8), [[0, 1, 2]]),
    "both axes": (np.repeat([0, 1, 2], [4, 4, 16]), [[0, 1, 2]]),
    "the terms": (np.tile([0, 0, 1, 1], 6), [[0, 1, 2]]),
}


@pytest.mark.parametrize("name", CUTS)
@pytest.mark.parametrize("kind", [VARYING, SHARED])
def test_a_product_of_several_arrays_is_one_for_each(name, kind):
    owner, pieces = CUTS[name]
    rows = PLACES.reshape(3, 2, TERMS)
    factors = Access(kind, 0, (0, 0), 1), Access(SHARED, 0, (8, 4), 1)
    segments = (Segment(False, TERMS, factors),)
    result = Access(VARYING, 100, (2, 1))
    kernel = Kernel(None, True, False, 1, (3, 2), result, (), segments)
    cut = cut_by_array(kernel, owner)
    assert [places(each).ravel().tolist() for each in cut] == [
        rows[piece].ravel().tolist() for piece in pieces
    ]
    assert {each.grid for each in cut} == {(len(piece), 2)[len(piece) == 1 :] for piece in pieces}


def test_the_largest_of_many_is_no_product_and_not_by_number():
    result, row = Access(VARYING, 9, (1,)), Access(VARYING, 0, (1,))
    largest = Kernel(ops.maximum, True, False, 1, (2,), result, (row,) * 3)
    larger = replace(largest, inputs=(row,) * 2)
    assert (is_by_number(largest), is_by_number(larger)) == (False, True)
    assert convolution_of([largest]) is None


def test_a_sum_of_constants_is_a_number():
    numbers = Access(CONSTANT, number=2.0), Access(CONSTANT, number=0.75)
    writer = SumWriter.__new__(SumWriter)  # which needs no memory for them
    writer.memory = Mock()
    assert writer.segment((2,), Segment(False, 3, numbers)) == 4.5


@pytest.mark.parametrize(
    "places, whole",
    [
        ([[4, -1, -1], [8, 9, -1]], [[4, 5, 6], [8, 9, 10]]),
        ([[4, -1], [8, -1]], None),
        ([[5, 4, 3], [8, -1, -1]], None),
        ([[4, 5, 7], [8, 9, -1]], None),
    ],
)
def test_rows_go_on_by_a_stride_forward(places, whole):
    rows = continue_rows(np.array(places))
    assert (None if rows is None else rows.tolist()) == whole


@pytest.mark.parametrize("offsets, axes", [([0, 1, 5], []), ([0, 2, 4], [[Axis(3, 2)]])])
def test_taps_without_a_stride_have_no_axes(offsets, axes):
    assert [*axes_of(np.array(offsets))] == axes


def test_a_function_that_fails_where_it_is_rolled_says_how(monkeypatch):
    """It fails once more where it is traced as a whole, if the reason is the function."""
    tracer = FunctionTracer(len, nn.Linear(1, 1), [], (), [], False, None, True)
    monkeypatch.setattr(tracer, "rolled", Mock(side_effect=ValueError("no")))
    assert tracer.try_rolled(None) == (None, "ValueError: no")


# ------------------------------------------------------------------------------------- windows

ROWS = 3
rng = random.Random(7)


class Filters(nn.Module):
    """Two filters of some taps, and a function of them and of a row of 9 numbers."""

    def __init__(self, f, taps):
        self.f = f
        self.w = [[Value(rng.gauss(0.0, 1.0)) for _ in range(taps)] for _ in range(2)]

    def __call__(self, x):
        return self.f(self.w, x)


def dots(w, windows):
    return [[sum(a * b for a, b in zip(row, window)) for window in windows] for row in w]


def windows(x, size=3, step=1, apart=1):
    last = len(x) - apart * (size - 1)
    return [x[i : i + apart * size : apart][:size] for i in range(0, last, step)]


def of_two_rows(w, x):
    return dots(w, windows(x[:4]) + windows(x[4:]))


def with_one_more(w, x):
    outputs = dots(w, windows(x))
    outputs[0][2] = outputs[0][2] + w[0][1] * x[8]
    return outputs


def with_one_less(w, x):
    outputs = dots(w, windows(x))
    outputs[1][0] = w[1][0] * x[0] + w[1][1] * x[1]
    return outputs


def with_two_of_one(w, x):
    outputs = dots(w, windows(x))
    outputs[1][3] = outputs[1][3] + w[1][2] * x[5]
    return outputs


def swapped(w, x):
    outputs = dots(w, windows(x))
    outputs[0][4] = w[0][0] * x[5] + w[0][1] * x[4] + w[0][2] * x[6]
    return outputs


def rounded(w, x):
    """Windows of a row whose ends meet."""
    return dots(w, windows(x + x[:2]))


def square_windows(x):
    """Return windows of 3 x 3 of an image of 3 x 3 with zeros around it."""
    rows = [[0.0, *x[i : i + 3], 0.0] for i in (0, 3, 6)]
    image = [[0.0] * 5, *rows, [0.0] * 5]
    corners = [(i, j) for i in range(3) for j in range(3)]
    return [leaves([row[j : j + 3] for row in image[i : i + 3]]) for i, j in corners]


# fmt: off
CASES = {  # name: (whether it is a convolution, the function of two filters and a row)
    "windows": (True, lambda w, x: dots(w, windows(x))),
    "every second": (True, lambda w, x: dots(w, windows(x, step=2))),
    "the other way round": (True, lambda w, x: dots([row[::-1] for row in w], windows(x))),
    "the row reversed": (True, lambda w, x: dots(w, windows(x[::-1]))),
    "x times w": (True, lambda w, x: [[sum(b * a for a, b in zip(row, y)) for y in windows(x)]
                                      for row in w]),
    "zeros before alone": (True, lambda w, x: dots(w, windows([0.0, 0.0, *x]))),
    "zeros behind alone": (True, lambda w, x: dots(w, windows([*x, 0.0]))),
    "added to what goes in": (True, lambda w, x: [[y + a for y, a in zip(row, x[1:])]
                                                  for row in dots(w, windows(x))]),
    "of what was computed": (True, lambda w, x: dots(w, windows(list(map(tanh, x))))),
    "one after another": (True, lambda w, x: dots(w, windows(dots(w, windows(x))[0]))),
    "with a minus": (True, lambda w, x: [[-y for y in row] for row in dots(w, windows(x))]),
    "as wide as the image": (True, lambda w, x: dots(w, square_windows(x))),
    "channels last": (True, lambda w, x: dots(w, windows(x[:8], 6, step=2))),
    "every third": (False, lambda w, x: dots(w, windows(x, step=3))),
    "with gaps": (False, lambda w, x: dots(w, windows(x, apart=2))),
    "of two rows": (False, of_two_rows),
    "a window for each": (False, lambda w, x: [dots(w[:1], windows(x[:6])),
                                               dots(w[1:], windows(x[3:]))]),
    "one more product": (False, with_one_more),
    "one product less": (False, with_one_less),
    "a product twice": (False, with_two_of_one),
    "two products exchanged": (False, swapped),
    "ends that meet": (False, rounded),
}
TAPS = {"as wide as the image": 9, "channels last": 6}
# fmt: on


def exported(model, shape):
    """Return (how often the word convolution stands, outputs, outputs of the eager engine)."""
    source = source_of(call_model, model, [shape], NUMPY)
    X = np.random.default_rng(2).normal(size=(ROWS, *shape))
    wanted = [[float(getattr(y, "data", y)) for y in leaves(model(row))] for row in X.tolist()]
    words = [word for _, words in source.steps for word in words]
    found = columns(source.compile()(arrays_of(model), X), ROWS)
    return words.count("convolution"), found, np.array(wanted)


@pytest.mark.parametrize("name", CASES)
def test_what_is_a_convolution_becomes_one(name):
    is_convolution, f = CASES[name]
    count, found, wanted = exported(Filters(f, TAPS.get(name, 3)), (9,))
    assert_close(found, wanted)
    assert (count > 0) == is_convolution


SIZES = [
    (kernel, stride, padding, size)
    for kernel in (2, 3, 4)
    for stride in range(1, kernel)
    for padding in range(kernel)
    for size in (3, 5, 6)
    if kernel <= size and size + 2 * padding >= kernel + stride
]
SIZES += [(5, 1, 4, 5), (5, 2, 3, 6), (5, 3, 1, 6), (5, 4, 4, 6)]


@pytest.mark.parametrize("kernel, stride, padding, size", SIZES)
def test_layers_are_convolutions_of_all_sizes(kernel, stride, padding, size):
    line = nn.Conv1d(2, 3, kernel, stride=stride, padding=padding)
    image = nn.Conv2d(2, 2, kernel, stride=stride, padding=padding)
    for model, shape in ((line, (2, size)), (image, (2, size, size)), (image, (2, size, 7))):
        count, found, wanted = exported(model, shape)
        assert_close(found, wanted)
        assert count == 1


def test_products_with_padding_are_left_out_of_sums_alone():
    """A product with 0 that is no term of a sum stays: its sign and its nan may matter."""
    model = Filters(lambda w, x: [0.0 * w[0][0], maximum(w[0][1] * 0.0, x[0])], 3)
    model.w[0][0].data, model.w[0][1].data = float("inf"), float("-inf")
    with np.errstate(invalid="ignore"):
        _, found, wanted = exported(model, (9,))
    assert np.isnan(wanted).all()
    assert np.isnan(found).all()


def test_padding_takes_no_constant_for_a_place():
    """In a program 20 is the place of an instruction, and 20.0 a number."""
    sums = Filters(lambda w, x: [w[0][0] * 0.0 + x[0] + float(k) for k in range(60)], 3)
    _, found, wanted = exported(sums, (9,))
    assert_close(found, wanted)


def test_onnx_has_convolutions_in_float32(tmp_path):
    """In float64 onnxruntime has none, so that windows are taken by a table."""
    onnx = pytest.importorskip("onnx")
    make, shape, _ = MODELS["a convolution"]
    kinds = {}
    for dtype in ("float32", "float64"):
        path = to_onnx(make(), tmp_path / "model.onnx", shape, dtype)
        kinds[dtype] = {node.op_type for node in onnx.load(path).graph.node}
    assert kinds["float32"] == {"Conv", "Reshape", "Add", "Identity"}
    assert "Conv" not in kinds["float64"]


def test_torch_has_convolutions():
    make, shape, _ = MODELS["a convolution"]
    assert "conv2d" in to_source(make(), shape, "torch")
