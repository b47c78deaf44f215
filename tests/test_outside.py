"""Parts whose surroundings change while a loss is traced: each call does what Values do.

Rule: a change has no effect on results, only on gradients, so that no comparison of results would
find it. Models of a few parameters are rolled here.
"""

import itertools
import os
import queue
import random
import threading
import weakref
from contextvars import ContextVar
from types import SimpleNamespace

import numpy as np
import pytest

from micrograd import Value, jit, nn, no_grad, ops, part
from micrograd.losses import softmax
from micrograd.nn import Module
from micrograd.support.own_rows import is_own_row
from micrograd.transforms.gradient_ends import detach_replaced
from tests.support.rolled import assert_close, check, compiled, eager, numbers

pytestmark = pytest.mark.usefixtures("rolled")

GLOBAL, GLOBALS, LIST, SET = False, {"on": False}, [], set()
BOX, LATE, LOCAL = SimpleNamespace(on=False), SimpleNamespace(), threading.local()
LOCAL.on = False
CYCLE = itertools.cycle([1, 2, 3, 4])  # a loss has four calls
VALUES, ROW = [Value(1.0)], [Value(1.0)]
CONTEXT: ContextVar[bool] = ContextVar("CONTEXT", default=False)


class Plain(Module):
    def __init__(self, w=0.25):
        self.w = Value(w)

    def __call__(self, x):
        return self.w * x[1]


class Switched(Module):
    """Multiplies by its weight, which has no gradient if `is_off` says so."""

    off = False

    def __init__(self, is_off, **others):
        self.w, self.is_off = Value(0.5), is_off
        vars(self).update(others)

    def __call__(self, x):
        y = self.w * x[0]
        return ops.detach(y) if self.is_off(self) else y


EVAL = Plain()
OTHER = Switched(bool, off=False, list=[False])


class Model(Module):
    def __init__(self, cell):
        self.cell, self.plain = cell, [Plain(), Plain(0.75)]

    def total(self, x, *outputs):
        outputs += tuple([plain(x) for plain in self.plain])
        return sum((i + 1.0) * y * y for i, y in enumerate(outputs))


def check_every_way(loss, model, reasons):
    """Assert that a step and a jitted function have the gradients of Values, and say why."""
    X = numbers(3, 2)
    step = check(loss, model, X, reasons=reasons)
    assert "Plain is traced" not in step.report()
    assert_right(loss, model, X)


# ---------------------------------------------------------------------- what the loss itself turns


def set_global(on):
    global GLOBAL
    GLOBAL = on


def set_first(container, on):
    container[0] = on


def set_training(mode):
    EVAL.training = mode


def of_closure():
    off = False

    def turn(cell, on):
        nonlocal off
        off = on

    return lambda cell: off, turn


def of_default():
    def is_off(cell, off=False):
        return off

    return is_off, lambda cell, on: setattr(is_off, "__defaults__", (on,))


def of_container(container):
    return lambda cell: container[0], lambda cell, on: set_first(container, on)


SWITCHES = {  # name: (whether a cell is off, what turns that on and off)
    "global": (lambda cell: GLOBAL, lambda cell, on: set_global(on)),
    "dict": (lambda cell: GLOBALS["on"], lambda cell, on: GLOBALS.update(on=on)),
    "object": (lambda cell: BOX.on, lambda cell, on: setattr(BOX, "on", on)),
    "object, by vars": (lambda cell: vars(BOX)["on"], lambda cell, on: setattr(BOX, "on", on)),
    "object, set by vars": (lambda cell: BOX.on, lambda cell, on: vars(BOX).update(on=on)),
    "object of a cell": (lambda cell: cell.box.on, lambda cell, on: setattr(cell.box, "on", on)),
    "array of a cell": (lambda cell: cell.array[0], lambda cell, on: set_first(cell.array, on)),
    "another module": (lambda cell: OTHER.off, lambda cell, on: setattr(OTHER, "off", on)),
    "training of another": (lambda cell: not EVAL.training, lambda cell, on: set_training(not on)),
    "another, by vars": (lambda cell: OTHER.off, lambda cell, on: vars(OTHER).update(off=on)),
    "list of another": (lambda cell: OTHER.list[0], lambda cell, on: set_first(OTHER.list, on)),
    "new attribute": (
        lambda cell: hasattr(LATE, "on"),
        lambda cell, on: setattr(LATE, "on", on) if on else delattr(LATE, "on"),
    ),
    "class": (lambda cell: type(cell).off, lambda cell, on: setattr(type(cell), "off", on)),
    "default of a class": (lambda cell: cell.off, lambda cell, on: setattr(Switched, "off", on)),
    "list of Values": (
        lambda cell: len(VALUES) > 1,
        lambda cell, on: VALUES.append(VALUES[0]) if on else VALUES.pop(),
    ),
    "list": (lambda cell: bool(LIST), lambda cell, on: LIST.append(1) if on else LIST.clear()),
    "set": (lambda cell: 1 in SET, lambda cell, on: SET.add(1) if on else SET.clear()),
    "array": of_container(np.array([False])),
    "array of objects": of_container(np.array([False, None])),
    "bytes": of_container(bytearray(1)),
    "context variable": (lambda cell: CONTEXT.get(), lambda cell, on: CONTEXT.set(on)),
    "thread": (lambda cell: LOCAL.on, lambda cell, on: setattr(LOCAL, "on", on)),
    "label": (
        lambda cell: VALUES[0].label == "off",
        lambda cell, on: setattr(VALUES[0], "label", "off" if on else ""),
    ),
    "requires_grad": (
        lambda cell: not cell.w.requires_grad,
        lambda cell, on: setattr(cell.w, "requires_grad", not on),
    ),
    "attribute of a Value": (
        lambda cell: getattr(VALUES[0], "is_off", False),
        lambda cell, on: setattr(VALUES[0], "is_off", on) if on else delattr(VALUES[0], "is_off"),
    ),
    "attribute of its Value": (
        lambda cell: hasattr(cell.w, "is_off"),
        lambda cell, on: setattr(cell.w, "is_off", on) if on else delattr(cell.w, "is_off"),
    ),
    "closure": of_closure(),
    "default of a function": of_default(),
}


@pytest.mark.parametrize("name", SWITCHES)
def test_a_switch_that_the_loss_turns_between_two_calls(name):
    is_off, turn = SWITCHES[name]

    def loss(model, x):
        cell = model.cell
        before = cell(x)
        turn(cell, True)
        between = cell(x)
        turn(cell, False)
        return model.total(x, before, between, cell(x))

    cell = Switched(is_off, box=SimpleNamespace(on=False), array=np.array([False]))
    reasons = "Switched is traced at each of its calls: it can reach "
    check_every_way(loss, Model(cell), reasons)
    assert vars(Value).keys().isdisjoint({"__setattr__", "__delattr__"})


# -------------------------------------------------------------------- what no comparison would see


class Equal:
    """Equal to any other, whatever it says."""

    def __init__(self, is_off):
        self.is_off = is_off

    def __eq__(self, other):
        return isinstance(other, Equal)

    __hash__ = object.__hash__


ARRAY, LONG, VIEW = np.zeros(10_000), [False] * 2000, memoryview(bytearray(1))
TABLE, QUEUE, EQUAL = dict.fromkeys(range(2000), False), queue.Queue(), [Equal(False), 1]


def set_variable(on):
    os.environ["MICROGRAD_TEST_OFF"] = "1" if on else ""


UNSEEN = {  # name: (whether a cell is off, what turns that on and off)
    "large array": of_container(ARRAY),
    "long list": of_container(LONG),
    "large dict": of_container(TABLE),
    "view": of_container(VIEW),
    "queue": (
        lambda cell: not QUEUE.empty(),
        lambda cell, on: QUEUE.put(1) if on else QUEUE.get(),
    ),
    "variable of the process": (
        lambda cell: bool(os.environ.get("MICROGRAD_TEST_OFF")),
        lambda cell, on: set_variable(on),
    ),
    "equal objects": (
        lambda cell: EQUAL[0].is_off,
        lambda cell, on: set_first(EQUAL, Equal(on)),
    ),
    "equal numbers": (
        lambda cell: type(EQUAL[1]) is bool,
        lambda cell, on: EQUAL.__setitem__(1, True if on else 1),
    ),
}


class Paused(Switched):
    """Has no gradient where it is off, by no_grad()."""

    def __call__(self, x):
        if not self.is_off(self):
            return self.w * x[0]
        with no_grad():
            return self.w * x[0]


class Asking(Switched):
    """Has no gradient where it is off, by a method that it asks for."""

    def __call__(self, x):
        y = self.w * x[0]
        return y.detach() if self.is_off(self) and hasattr(y, "detach") else y


class WithOwnValue(Switched):
    """Has no gradient where it is off, by a method that only Values have."""

    def __call__(self, x):
        y = self.w * x[0]
        return (y.detach() if self.is_off(self) else y).tanh()


@pytest.mark.parametrize("cell_class", [Switched, Paused, WithOwnValue])
@pytest.mark.parametrize("name", UNSEEN)
def test_a_switch_that_is_not_compared_is_noticed_by_the_check(name, cell_class):
    """The loss is the same however it is set, so the check looks where gradients end."""
    is_off, turn = UNSEEN[name]

    def loss(model, x):
        with no_grad():
            paused = model.plain[0](x)
        before = model.cell(x)
        turn(model.cell, True)
        between = model.cell(x)
        turn(model.cell, False)
        return model.total(x, paused, before, between, model.cell(x))

    model = Model(cell_class(is_off))
    assert_right(loss, model, numbers(3, 2))


@pytest.mark.parametrize("cell_class", [Switched, Paused, Asking, WithOwnValue])
def test_a_model_that_ends_gradients_is_rolled(cell_class):
    model = Model(cell_class(lambda cell: True))
    model.others = [cell_class(lambda cell: False), nn.Linear(2, 3), nn.Linear(3, 3)]

    def loss(model, x):
        on, *linear = model.others
        with no_grad():
            paused = [plain(x) for plain in model.plain]
        constants = ops.detach(0.2) + ops.detach(Value(0.6)), ops.detach(x[0])
        outputs = ops.detach(on(x)), model.cell(x), *paused, *nn.Sequential(*linear, softmax)(x)
        outputs += constants
        return model.total(x, *outputs)

    check(loss, model, numbers(3, 2))
    assert_right(loss, model, numbers(3, 2))


def test_other_threads_compute_with_the_row_of_detach_as_it_is():
    results = []
    with detach_replaced(lambda x: 2.0 * x):
        thread = threading.Thread(target=lambda: results.append(ops.detach(1.0)))
        thread.start()
        thread.join()
        results.append(ops.detach(1.0))
        assert is_own_row(ops.detach)
    assert [*results, ops.detach(1.0)] == [1.0, 2.0, 1.0]


def assert_right(loss, model, X):
    """Assert that a step and a jitted function have the loss and the gradients of Values."""
    expected = eager(loss, model, X)
    _, *step = compiled(loss, model, X)
    assert_close(step, expected, 1e-12)
    f = jit(lambda x: loss(model, x))
    for x in X.tolist():
        f(x).backward()
    assert_close((expected[0], [p.grad / len(X) for p in model.parameters()]), expected, 1e-12)


# ------------------------------------------------------------------------ what the loss itself made


def call_by_closure(model, x):
    off = False

    @part
    def product(w, x):
        return ops.detach(w * x) if off else w * x

    before = product(model.cell.w, x[0])
    off = True
    return before, product(model.cell.w, x[0])


def call_by_nonlocal(model, x):
    calls = 0

    @part
    def product(w, x):
        nonlocal calls
        calls += 1
        return ops.detach(w * x) if calls == 2 else w * x

    return [product(model.cell.w, x[0]) for _ in range(3)]


def call_by_list(model, x):
    products = []

    @part
    def product(w, x):
        products.append(w * x)
        return ops.detach(w * x) if len(products) == 2 else w * x

    return [product(model.cell.w, x[0]) for _ in range(3)]


def call_module(model, x):
    box = SimpleNamespace(on=False)
    cell = Switched(lambda cell: cell.box.on, box=box, w=model.cell.w)
    before = cell(x)
    box.on = True
    return before, cell(x)


@part
def by_row(w, x):
    return ops.detach(w * x) if len(ROW) > 1 else w * x


def call_by_row(model, x):
    before = by_row(model.cell.w, x[0])
    ROW.append(EVAL.w)
    between = by_row(model.cell.w, x[0])
    ROW.pop()
    return before, between


def call_by_iterator(model, x):
    switches = iter([False, True, False])

    @part
    def product(w, x):
        return ops.detach(w * x) if next(switches) else w * x

    return [product(model.cell.w, x[0]) for _ in range(3)]


def call_by_next(model, x):
    draw = iter([False, True, False]).__next__

    @part
    def product(w, x):
        return ops.detach(w * x) if draw() else w * x

    return [product(model.cell.w, x[0]) for _ in range(3)]


def call_by_draws(model, x):
    generator = random.Random(1)  # which draws 0.1, 0.8, 0.8

    @part
    def product(w, x):
        return ops.detach(w * x) if generator.random() > 0.5 else w * x

    return [product(model.cell.w, x[0]) for _ in range(3)]


def call_by_draws_of_numpy(model, x):
    draw = np.random.default_rng(1).random  # 0.5, 0.95, 0.1

    @part
    def product(w, x):
        return ops.detach(w * x) if draw() > 0.7 else w * x

    return [product(model.cell.w, x[0]) for _ in range(3)]


MADE = {  # name: (what calls something that changes meanwhile, why it is no part)
    "closure": (call_by_closure, "product is traced at each of its calls: it can reach "),
    "nonlocal": (call_by_nonlocal, "product is traced at each of its calls: it can reach "),
    "list": (call_by_list, "product is traced at each of its calls: it can reach a list"),
    "iterator": (
        call_by_iterator,
        "product is traced at each of its calls: it can reach an iterator",
    ),
    "bound method of an iterator": (
        call_by_next,
        "product is traced at each of its calls: it can reach an iterator",
    ),
    "generator": (
        call_by_draws,
        "product is traced at each of its calls: it can reach a generator of random numbers",
    ),
    "generator of NumPy": (
        call_by_draws_of_numpy,
        "product is traced at each of its calls: it can reach a generator of random numbers",
    ),
    "module": (call_module, "Switched is traced at each of its calls: it can reach "),
    "row of a module": (call_by_row, "by_row is traced at each of its calls: it can reach "),
}


@pytest.mark.parametrize("name", MADE)
def test_a_part_that_the_loss_makes_or_that_has_no_module(name):
    call, reasons = MADE[name]
    model = Model(Switched(bool, row=ROW))
    check_every_way(lambda model, x: model.total(x, *call(model, x)), model, reasons)


# -------------------------------------------------------------------- what a module itself counts


class Counter:
    calls = 0


def of_own_list(cell):
    cell.list.append(0)
    return len(cell.list)


def of_list(cell):
    LIST.append(0)
    return len(LIST)


def of_attribute(holder):
    holder.calls += 1
    return holder.calls


def of_dict(cell):
    GLOBALS["calls"] = GLOBALS.get("calls", 0) + 1
    return GLOBALS["calls"]


def of_context(cell):
    CONTEXT.set(CONTEXT.get() + 1)
    return CONTEXT.get()


COUNTERS = {  # name: (what counts a call and returns how many there were, what resets it)
    "attribute": (of_attribute, lambda cell: setattr(cell, "calls", 0)),
    "object": (lambda cell: of_attribute(cell.box), lambda cell: setattr(cell.box, "calls", 0)),
    "class": (lambda cell: of_attribute(Counter), lambda cell: setattr(Counter, "calls", 0)),
    "own list": (of_own_list, lambda cell: cell.list.clear()),
    "list": (of_list, lambda cell: LIST.clear()),
    "dict": (of_dict, lambda cell: GLOBALS.pop("calls", None)),
    "context variable": (of_context, lambda cell: CONTEXT.set(False)),
    "iterator": (lambda cell: next(CYCLE), lambda cell: None),
}


@pytest.mark.parametrize("name", COUNTERS)
def test_a_module_that_counts_its_calls(name):
    """Its code runs again if it is no part; that, too, must count once."""
    calls, reset = COUNTERS[name]

    def loss(model, x):
        reset(model.cell)
        outputs = [model.cell(x) for _ in range(4)]
        reset(model.cell)
        return model.total(x, *outputs)

    cell = Switched(lambda cell: calls(cell) > 2, calls=0, list=[], box=SimpleNamespace(calls=0))
    check_every_way(loss, Model(cell), "Switched is traced at each of its calls: ")


# -------------------------------------------------------------------------- what is left behind


class Child(Module):
    """Notes a product in its parent, which `parent()` returns."""

    def __init__(self, w, parent):
        self.w, self.parent = Value(w), parent

    def __call__(self, x):
        memo = self.parent().memo
        if "product" not in memo:
            memo["product"] = self.w * x[0]
        return memo["product"] + self.w * x[1]


class Parent(Module):
    def __init__(self, refer):
        self.children, self.memo = [Child(0.5, refer(self)), Child(0.4, refer(self))], {}

    def __call__(self, x):
        outputs = [child(x) for child in self.children]
        self.memo.clear()
        return outputs[0] * outputs[1]


def close_over(x):
    return lambda: x


@pytest.mark.parametrize("refer", [weakref.ref, close_over])
def test_the_check_leaves_nothing_in_an_object_that_a_copy_reaches(refer):
    model = Parent(refer)
    check(lambda model, x: model(x), model, numbers(3, 2), reasons="Child is traced at each")
    expected = model([0.3, 0.2]).data
    for _ in range(2):
        assert jit(model)([0.3, 0.2]).data == pytest.approx(expected, rel=1e-12)
        assert not model.memo
        assert model([0.3, 0.2]).data == expected


# ------------------------------------------------------------------------ attributes of Values


class Frozen(Module):
    def __init__(self, w, **attributes):
        self.w = Value(w)
        vars(self.w).update(attributes)

    def __call__(self, x):
        is_off = getattr(self.w, "frozen", False) or self.w.label == "off" or not self.trains()
        y = self.w * x[0]
        return ops.detach(y) if is_off else y

    def trains(self):
        return self.w.requires_grad


@pytest.mark.parametrize("attributes", [{"frozen": True}, {"label": "off"}], ids=str)
def test_modules_whose_values_differ_in_an_attribute_that_code_reads(attributes):
    model = Model(Frozen(0.5))
    others = [Frozen(0.4), Frozen(0.3, **attributes)]
    model.others = others

    def loss(model, x):
        cells = [model.cell, *model.others]
        return model.total(x, *[cell(x) for cell in cells]) + sum(cell.w**2 for cell in cells)

    check(loss, model, numbers(3, 2))
