"""Values that are linked to the array of a compiled step, and the calls between which they are.

Rule: whatever somebody does between two calls gives what it gives where all Values are ordinary
ones. Each case runs twice: in the second run, everything is looked at after each step, so that
nothing is linked. All numbers are equal to the last bit.
"""

import copy
import gc
import io
import operator
import pickle
import random
import re
import signal
import threading
import weakref
from contextlib import suppress
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from micrograd import MLP, Layer, Value, compile_step, grad, gradients, jit, no_grad, ops, vmap
from micrograd.engine import Value as EngineValue
from micrograd.explaining import explain
from micrograd.nn import BatchNorm1d, Dropout, Module, summary
from micrograd.optim import SGD, Adam
from micrograd.saving import load, save
from micrograd.support.nest import tree_map
from micrograd.training import grads_of_parameters
from micrograd.training.snapshot import Snapshot
from micrograd.training.steps.compiled_step import Step
from micrograd.training.steps.optimizer_lock import OptimizerLock
from micrograd.training.steps.ready_runners import MOST_RUNNERS
from micrograd.transforms import linked_values, parameter_reader
from micrograd.transforms.accesses import NotedSlot
from micrograd.transforms.linked_values import LinkedValue

X, Y = np.linspace(-1.0, 1.0, 12).reshape(6, 2), np.array([1.0, -1.0, 0.5, 0.0, 2.0, -0.5])


@pytest.fixture(autouse=True)
def read_small_models_in_arrays(monkeypatch):
    """Let compiled functions find the numbers of few parameters, too, in the array of a step."""
    monkeypatch.setattr(parameter_reader, "FEWEST", 1)


class Setting:
    """A model, its optimizer and its step, and whether everything is looked at after each step."""

    def __init__(self, dtype, make=Adam, looks=False):
        random.seed(5)
        self.model = MLP(2, [3, 1], activation="tanh")
        self.optimizer = make(self.model.parameters(), lr=0.05)
        self.dtype, self.looks = dtype, looks
        self.step = compile_step(squared, self.model, self.optimizer, dtype=dtype)

    @property
    def p(self):
        return self.optimizer.parameters[1]

    def take(self):
        loss = self.step(X, Y)
        if self.looks:
            self.numbers()
        return loss

    def link(self):
        """Take two steps: after the first, the numbers are copied."""
        self.take()
        self.take()

    def numbers(self):
        ps = self.optimizer.parameters
        rows = [list(row) for row in self.optimizer.state]
        return [p.data for p in ps], [p.grad for p in ps], rows, self.optimizer.steps


def squared(model, x, y):
    return (model(x) - y) ** 2


def is_linked(x):
    return type(x) is LinkedValue


def eager_loss(s):
    return sum((squared(s.model, x, y) for x, y in zip(X.tolist(), Y.tolist())), Value(0.0))


def rendered(value):
    return io.StringIO(str(explain(value))).read()


def set_data(s):
    s.p.data = 0.25


def set_all_data(s):
    for p in s.optimizer.parameters:
        p.data = 0.375


def set_data_of_a_parameter_of_two_steps(s):
    """Set data that stand in the array of one step, and are read by another."""
    s.other = getattr(s, "other", None) or compile_step(squared, s.model, s.optimizer)
    losses = [s.other(X, Y), s.other(X, Y)]
    set_all_data(s)
    return [*losses, s.take(), s.other(X, Y)]


def set_data_within_a_trace(s):
    """Set data in a function that is traced and checked, which puts back what it set."""

    def loss(x):
        s.p.data = 0.5
        return s.model(x)

    with suppress(TypeError, ValueError):
        jit(loss)([0.5, 0.25])
    return s.p.data


def set_data_of_a_subclass_of_float(s):
    s.p.data = np.float64(0.25)
    return type(s.p.data).__name__


def set_data_after_an_empty_block(s):
    with s.step.bound(X, Y):
        pass
    set_all_data(s)


def set_data_after_several_steps(s):
    """Set a number that single precision rounds, and look at one Value."""
    losses = s.step.run(X, Y, 3).tolist()
    for p in s.optimizer.parameters:
        p.data = 0.1
    return losses, s.p.data, s.step.run(X, Y, 2).tolist()


def add_to_data(s):
    s.p.data += 0.125


def set_grad(s):
    s.p.grad = 7.0


def add_to_grad(s):
    s.p.grad += 1.5


def eager_backward(s):
    s.model.zero_grad()
    eager_loss(s).backward()
    return [p.grad for p in s.model.parameters()]


def accumulate(s):
    eager_loss(s).backward()


def eager_step(s):
    eager_backward(s)
    s.optimizer.step()


def update_by_hand(s):
    for p in s.model.parameters():
        p.data -= 0.1 * p.grad


def deep_copy(s):
    twin = copy.deepcopy(s.model)
    assert all(type(p) is Value for p in twin.parameters())
    twin.parameters()[1].data = 9.0  # which leaves the original alone
    return [p.data for p in twin.parameters()], s.p.data


def pickled(s):
    model, optimizer = pickle.loads(pickle.dumps((s.model, s.optimizer)))
    assert optimizer.parameters[0] is model.parameters()[0]
    assert all(type(p) is Value for p in model.parameters())
    return [(p.data, p.grad) for p in model.parameters()], optimizer.state, optimizer.steps


def copied_optimizer(s):
    twin = copy.copy(s.optimizer)
    return twin.state, twin.steps


def save_and_load(s):
    s.model.load_state_dict(s.model.state_dict())
    return s.model.state_dict()


def save_to_a_file(s, path):
    save(s.model, path / "m.safetensors")
    return load(path / "m.safetensors").state_dict()


def optimizer_states(s):
    state = s.optimizer.state_dict()
    s.optimizer.load_state_dict(state)
    return state["state"], state["steps"]


def another_step(s):
    """Another step of the same optimizer, with an array of its own."""
    other = compile_step(lambda m, x: m(x) ** 2, s.model, s.optimizer, dtype=s.dtype)
    return other(X), other(X)


def another_optimizer(s):
    other = SGD(s.model.parameters()[:5], lr=0.01)
    step = compile_step(squared, s.model, other, dtype=s.dtype)
    return step(X, Y), step(X, Y)


def other_examples(s):
    return s.step(X[:3], Y[:3]), s.step(X[1:4], Y[1:4]), s.step(X[:1].tolist(), [1.0])


def several_steps(s):
    return s.step.run(X, Y, 3, batch_size=2).tolist()


def bound_block(s):
    with s.step.bound(X, Y) as take:
        first, seen = take(), [p.data for p in s.model.parameters()]
        rows = list(s.optimizer.state)
        s.p.data = 100.0  # which the end of the block overwrites
        return first, take(), seen, rows


def empty_block(s):
    with s.step.bound(X, Y):
        pass
    return s.p.data


def jitted(s):
    return jit(lambda x: s.model(x) * 2.0)([0.5, 0.25]).data


def jitted_backward(s):
    s.model.zero_grad()
    jit(lambda x: s.model(x) * 2.0)([0.5, 0.25]).backward()
    return [p.grad for p in s.model.parameters()]


def mapped(s):
    return np.array(vmap(lambda x: s.model(x))(X)).tolist()


def frozen_meanwhile(s):
    s.p.requires_grad = False
    with pytest.raises(ValueError, match="requires_grad=False"):
        s.step(X, Y)
    s.p.requires_grad = True


def bad_number(s):
    before, s.p.data = s.p.data, "x"
    with pytest.raises(ValueError, match="could not convert"):
        s.step(X, Y)
    s.p.data = before


def failing_schedule(s):
    rate, s.optimizer.lr = s.optimizer.lr, lambda t: 1 / 0
    with pytest.raises(ZeroDivisionError):
        s.step(X, Y)
    s.optimizer.lr = rate


def bad_data(s):
    with pytest.raises(ValueError, match="X"):
        s.step([["a", "b"]], [1.0])


def in_a_thread(s):
    found = []
    thread = threading.Thread(target=lambda: found.append([p.data for p in s.model.parameters()]))
    thread.start()
    thread.join()
    return found


def step_in_a_thread(s):
    thread = threading.Thread(target=lambda: s.step(X, Y))
    thread.start()
    thread.join()


def set_state(s):
    s.optimizer.state = [tuple(0.5 * x for x in row) for row in s.optimizer.state]


def set_a_row_of_the_state(s):
    s.optimizer.state[1] = s.optimizer.start


def replace_state(s):
    s.optimizer.state = [s.optimizer.start] * len(s.optimizer.parameters)


def remove_a_parameter(s):
    s.optimizer.parameters = s.optimizer.parameters[:-1]


def swap_parameters(s):
    ps = s.optimizer.parameters
    ps[0], ps[1] = ps[1], ps[0]


def restore_a_snapshot(s):
    snapshot = Snapshot.of(s.optimizer, 1, [])
    s.step(X, Y)
    snapshot.restore(s.optimizer, [])
    return snapshot.parameters.tolist(), snapshot.state.tolist()


class Mine(Value):
    pass


def change_class(s):
    s.p.__class__ = Mine
    assert type(s.p) is Mine


def delete_the_step(s):
    del s.step
    gc.collect()
    found = s.p.data
    s.step = compile_step(squared, s.model, s.optimizer, dtype=s.dtype)
    return found


def change_the_momentum(s):
    if isinstance(s.optimizer, SGD):
        s.optimizer.momentum = 0.9 if not s.optimizer.momentum else 0.0
    else:
        s.optimizer.betas = (0.8, 0.99)


def label_it(s):
    s.p.label = "w"
    return s.p.label, vars(s.p)["label"]


def set_an_attribute(s):
    s.p.mine = 3
    del s.p.mine
    return hasattr(s.p, "mine")


def set_as_an_object(s, name):
    """Set a number without `__setattr__`, as some libraries that restore objects do."""
    object.__setattr__(s.p, name, 0.25)
    return getattr(s.p, name), is_linked(s.p)


def delete_what_is_not_there(s):
    with pytest.raises(AttributeError) as error:
        del s.p.mine
    return str(error.value)


SETS = {  # of data
    "set data": set_data,
    "set all data": set_all_data,
    "set data of a parameter of two steps": set_data_of_a_parameter_of_two_steps,
    "set data within a trace": set_data_within_a_trace,
    "set data, a subclass of float": set_data_of_a_subclass_of_float,
    "set data, an int": lambda s: setattr(s.p, "data", 1),
    "set data, nan": lambda s: setattr(s.p, "data", float("nan")),
    "set data after an empty block": set_data_after_an_empty_block,
    "set data after several steps": set_data_after_several_steps,
    "load a saved state_dict": lambda s: s.model.load_state_dict(s.model.state_dict()),
}

ACTIONS = {
    "nothing": lambda s: None,
    "set data as an object's": lambda s: set_as_an_object(s, "data"),
    "set grad as an object's": lambda s: set_as_an_object(s, "grad"),
    "delete what is not there": delete_what_is_not_there,
    "read data": lambda s: s.p.data,
    "read grad": lambda s: s.p.grad,
    "read all": lambda s: s.numbers(),
    "attrgetter": lambda s: list(map(operator.attrgetter("data"), s.model.parameters())),
    **SETS,
    "add to data": add_to_data,
    "set grad": set_grad,
    "add to grad": add_to_grad,
    "zero_grad of a Value": lambda s: s.p.zero_grad(),
    "zero_grad of the model": lambda s: s.model.zero_grad(),
    "zero_grad of the optimizer": lambda s: s.optimizer.zero_grad(),
    "predict": lambda s: s.model([0.5, 0.25]).data,
    "predict without grads": lambda s: no_grad()(s.model)([0.5, 0.25]).data,
    "eager backward": eager_backward,
    "accumulate": accumulate,
    "eager step": eager_step,
    "update by hand": update_by_hand,
    "gradients": lambda s: gradients(eager_loss(s), [s.p]),
    "grad": lambda s: grad(lambda x: s.model([x, 0.5]))(0.25),
    "copy": lambda s: repr(copy.copy(s.p)),
    "deep copy": deep_copy,
    "pickle": pickled,
    "copy the optimizer": copied_optimizer,
    "copy the step": lambda s: copy.deepcopy(s.step)(X, Y),
    "state_dict": save_and_load,
    "state_dict of the optimizer": optimizer_states,
    "another step": another_step,
    "another optimizer": another_optimizer,
    "other examples": other_examples,
    "several steps": several_steps,
    "a bound block": bound_block,
    "an empty block": empty_block,
    "jit": jitted,
    "jit and backward": jitted_backward,
    "vmap": mapped,
    "explain": lambda s: rendered(s.model([0.5, 0.25])),
    "summary": lambda s: str(summary(s.model)),
    "repr": lambda s: (repr(s.p), f"{s.p:.3f}", float(s.p), s.p.item(), round(s.p, 2)),
    "compare": lambda s: (s.p > 0, s.p <= s.optimizer.parameters[0], s.p != 0),
    "operand": lambda s: [repr(y) for y in (s.p + 1, 2 - s.p, Value(2.0) * s.p, s.p**2, +s.p)],
    "detach": lambda s: repr(s.p.detach()),
    "classes": lambda s: (s.p.__class__ is Value, type(s.p) in [Value], type(s.p).__name__),
    "set of classes": lambda s: ({type(s.p)} == {Value}, isinstance(s.p, EngineValue)),
    "class of a result": lambda s: type(s.p * 2.0) is Value,
    "label": label_it,
    "an attribute": set_an_attribute,
    "freeze": frozen_meanwhile,
    "a bad number": bad_number,
    "a failing schedule": failing_schedule,
    "bad data": bad_data,
    "thread": in_a_thread,
    "a step in a thread": step_in_a_thread,
    "read state": lambda s: [tuple(row) for row in s.optimizer.state],
    "set state": set_state,
    "set a row of the state": set_a_row_of_the_state,
    "replace state": replace_state,
    "remove a parameter": remove_a_parameter,
    "swap parameters": swap_parameters,
    "snapshot": restore_a_snapshot,
    "change the class": change_class,
    "delete the step": delete_the_step,
    "change the momentum": change_the_momentum,
}


# after which few Values are looked at, so that all are linked again when the next step ends
FEW = {"nothing", "read data", "set data", "repr", "freeze", "label", "copy", "classes"}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("make", [SGD, Adam])
@pytest.mark.parametrize("name", ACTIONS)
def test_what_happens_between_two_calls(name, make, dtype):
    histories = []
    for looks in (False, True):
        s = Setting(dtype, make, looks)
        history = [s.take(), s.take()]
        for _ in range(3):  # links pause after some actions, and go on
            if name in FEW and not looks:
                assert is_linked(s.p)
            history += [ACTIONS[name](s), s.take(), s.take()]
        histories.append([*history, s.numbers()])
    assert repr(histories[0]) == repr(histories[1])  # nan, if there were one, would differ


def test_compiled_and_eager_steps_alternate():
    """The judge is the eager loop. Six steps differ by a few ulps: see CLOSE in test_stepping."""
    one, other = Setting("float64"), Setting("float64")
    for _ in range(3):
        one.take()
        eager_backward_of_the_mean(one)
        one.optimizer.step()
        for _ in range(2):
            eager_backward_of_the_mean(other)
            other.optimizer.step()
    for ours, theirs in zip(one.numbers(), other.numbers()):
        assert np.ravel(ours) == pytest.approx(np.ravel(theirs), rel=1e-12, abs=1e-12)


def first_neuron(s):
    return s.model.layers[0].neurons[0]


def replace_in_the_model(s):
    first_neuron(s).w[0] = Value(0.25)


def swap_in_the_model(s):
    w = first_neuron(s).w
    w[0], w[1] = w[1], w[0]


def replace_a_layer(s):
    random.seed(7)
    s.model.layers[0] = Layer(2, 3, activation="tanh")


def halve_by_a_state(s):
    s.model.load_state_dict({k: tree_map(lambda x: x / 2, v) for k, v in CLEAN.items()})


def move_by_hand(s):
    for p in s.optimizer.parameters:
        p.data -= 0.05 * p.grad


CLEAN = Setting("float64").model.state_dict()
BETWEEN = {  # what somebody does between two calls, so that the next one computes another loss
    **SETS,
    "add to data": add_to_data,
    "set data of the last": lambda s: setattr(s.optimizer.parameters[-1], "data", 0.5),
    "move by hand": move_by_hand,
    "load_state_dict": halve_by_a_state,
    "another parameter in a list": replace_in_the_model,
    "two parameters change places": swap_in_the_model,
    "another list": lambda s: setattr(first_neuron(s), "w", [Value(0.25), Value(0.5)]),
    "another bias": lambda s: setattr(first_neuron(s), "b", Value(0.75)),
    "another layer": replace_a_layer,
    "one layer more": lambda s: s.model.layers.append(Layer(1, 1, activation="tanh")),
    "one neuron less": lambda s: (s.model.layers[0].neurons.pop(), last_w(s).pop()),
    "another activation": lambda s: setattr(first_neuron(s), "activation", ops.relu),
    "no activation": lambda s: setattr(first_neuron(s), "nonlin", False),
    "another rate, seen a step later": lambda s: setattr(s.optimizer, "lr", 0.5),
    "a later attribute": lambda s: setattr(s.model, "scale", 3.0),
}


def last_w(s):
    return s.model.layers[-1].neurons[0].w


def scaled_loss(model, x, y):
    return (model(x) * getattr(model, "scale", 1.0) - y) ** 2


@pytest.mark.parametrize("name", BETWEEN)
@pytest.mark.parametrize("make", [SGD, Adam])
def test_a_call_sees_what_was_done_since_the_last(name, make):
    """The judge is the eager loop, which does the same. It differs by a few ulps."""
    losses = {True: [], False: []}
    for is_compiled, found in losses.items():
        s = Setting("float64", make)
        s.step = compile_step(scaled_loss, s.model, s.optimizer)
        take = s.take if is_compiled else partial(eager_step_of_the_mean, s)
        found += [take(), take()]
        BETWEEN[name](s)
        found += [take(), take()]
    assert losses[True] == pytest.approx(losses[False], rel=1e-11, abs=1e-13, nan_ok=True)
    assert len(set(losses[True])) == 4


def eager_step_of_the_mean(s):
    s.optimizer.zero_grad()
    loss = sum(scaled_loss(s.model, x, y) for x, y in zip(X.tolist(), Y.tolist())) / len(X)
    loss.backward()
    s.optimizer.step()
    return loss.data


def eager_backward_of_the_mean(s):
    s.optimizer.zero_grad()
    (eager_loss(s) * (1.0 / len(X))).backward()


# ------------------------------------------------------------------------------- what is linked


def test_after_the_first_step_the_numbers_are_copied():
    """A first link costs more than a copy, and there may be no second step."""
    s = Setting("float64")
    s.step.run(X, Y, steps=3)
    assert not any(map(is_linked, s.optimizer.parameters))
    s.take()
    assert all(map(is_linked, s.optimizer.parameters))


def test_after_a_step_all_parameters_are_linked_and_a_look_unlinks_one():
    s = Setting("float64")
    s.link()
    assert all(map(is_linked, s.optimizer.parameters))
    assert type(s.p.data) is float
    assert [is_linked(p) for p in s.optimizer.parameters].count(False) == 1
    assert type(s.p) is Value
    s.take()
    assert all(map(is_linked, s.optimizer.parameters))


def test_all_grads_are_read_without_unlinking_any():
    s = Setting("float64")
    s.link()
    s.p.grad = 7.0  # this one is an ordinary Value now
    grads = grads_of_parameters(s.optimizer)
    assert [is_linked(p) for p in s.optimizer.parameters].count(False) == 1
    assert grads.tolist() == [p.grad for p in s.optimizer.parameters] and 7.0 in grads


def test_the_state_is_made_when_somebody_looks():
    s = Setting("float64")
    s.link()
    assert "state" not in vars(s.optimizer)
    rows = s.optimizer.state
    assert rows is s.optimizer.state
    assert [type(row) for row in rows] == [tuple] * 13
    s.take()
    assert rows != s.optimizer.state  # a list that was handed out is the user's


def test_a_compiled_function_depends_on_a_state_that_it_reads():
    s = Setting("float64")
    s.take()
    scaled = jit(lambda x: x * s.optimizer.state[1][0])
    for _ in range(3):
        found = scaled(2.0).data
        assert found == 2.0 * s.optimizer.state[1][0]
        s.take()
        assert scaled(2.0).data == 2.0 * s.optimizer.state[1][0] != found


def test_a_compiled_function_may_close_over_a_step():
    s = Setting("float64")
    s.take()
    scaled = jit(lambda x: x * s.step.definition.optimizer.lr)
    assert scaled(2.0).data == 2.0 * 0.05
    s.optimizer.lr = 0.25
    s.take()
    assert scaled(2.0).data == 2.0 * 0.25


def test_an_optimizer_without_a_state_says_so():
    optimizer = SGD([Value(1.0)], lr=0.1)
    del optimizer.state
    with pytest.raises(AttributeError, match="state"):
        optimizer.state  # noqa: B018


class OwnState(SGD):
    """An optimizer that keeps its state where it wants."""

    @property
    def state(self):
        return vars(self)["rows"]

    @state.setter
    def state(self, rows):
        vars(self)["rows"] = rows


def test_an_optimizer_with_a_state_of_its_own_has_it_at_once():
    one, other = Setting("float64", OwnState), Setting("float64", SGD)
    for s in (one, other):
        s.optimizer.momentum = 0.5
        s.take()
        s.take()
    assert vars(one.optimizer)["rows"] == other.optimizer.state


class Noted(Value):
    """A Value of the user's, with an attribute of its own."""

    def __init__(self, data):
        super().__init__(data)
        self.notes = []


def test_values_of_a_subclass_are_never_linked():
    one, other = Setting("float64"), Setting("float64")
    first = one.model.layers[0].neurons[0]
    first.w = [Noted(x.data) for x in first.w]
    one.optimizer.parameters = one.model.parameters()
    for s in (one, other):
        for _ in range(3):
            s.take()
    assert [type(x) for x in first.w] == [Noted, Noted]
    assert first.w[0].notes == []
    assert [is_linked(p) for p in one.model.parameters()].count(True) == 11
    assert one.numbers() == other.numbers()


def test_links_that_end_at_once_pause():
    """A loop that looks at everything after each step copies the numbers, as a link costs more."""
    s = Setting("float64")
    linked = []
    for _ in range(20):
        s.take()
        linked.append(is_linked(s.p))
        s.numbers()
        for p in s.model.parameters() * 2:
            p.data, p.grad = p.data, p.grad
    assert linked == [False] + [True] * 19  # so small a model never releases all at once
    random.seed(5)
    model = MLP(2, [20, 1])
    step = compile_step(squared, model, SGD(model.parameters(), lr=0.01))
    linked = []
    for _ in range(20):
        step(X, Y)
        linked.append(is_linked(model.parameters()[0]))
        model.zero_grad()
    assert [i for i, is_one in enumerate(linked) if is_one] == [1, 3, 7, 15]
    for _ in range(20):
        step(X, Y)
    assert is_linked(model.parameters()[0])


def test_linked_values_are_freed_without_the_collector():
    s = Setting("float64")
    s.link()
    parameters = s.model.parameters()
    del s
    gc.collect()  # a step, as any function that was traced, is part of a cycle
    gc.disable()
    try:
        assert all(map(is_linked, parameters))
        p = weakref.ref(parameters[1])
        del parameters
        assert p() is None
    finally:
        gc.enable()


def test_values_outlive_their_step():
    s, twin = Setting("float64"), Setting("float64", looks=True)
    for each in (s, twin):
        each.link()
    parameters = s.model.parameters()
    del s
    gc.collect()
    assert [p.data for p in parameters] == [p.data for p in twin.model.parameters()]


# -------------------------------------------------------------------------- other kinds of steps


class Noisy(Module):
    """A model with running statistics and random draws."""

    def __init__(self):
        self.norm, self.drop, self.body = BatchNorm1d(3), Dropout(0.5), MLP(3, [2])

    def __call__(self, rows):
        return [y[0] * y[1] for y in self.body(self.drop(self.norm(rows)))]


def test_running_statistics_and_draws():
    rows = np.random.default_rng(1).normal(size=(4, 3))
    histories = []
    for looks in (False, True):
        random.seed(5)
        model = Noisy()
        optimizer = Adam(model.parameters(), lr=0.01)
        step = compile_step(batch_loss, model, optimizer, per_example=False)
        history = []
        for mode in (True, True, False, True):
            model.train(mode)
            history.append(step(rows, rows[:, 0]))
            if looks:
                history = [*history]
                [p.data for p in model.parameters()]
        history.append(model.state_dict())
        histories.append(history)
    assert histories[0] == histories[1]


def batch_loss(model, rows, ys):
    return sum((a - y) ** 2 for a, y in zip(model(rows), ys)) * 0.25


class Dropping(Module):
    def __init__(self):
        self.drop, self.body = Dropout(0.5), MLP(3, [2, 1])

    def __call__(self, x):
        return self.body(self.drop(x))


class Scaled(Module):
    """A model with a number that the optimizer does not have."""

    def __init__(self):
        self.scale, self.body = Value(2.0, requires_grad=False), MLP(3, [2, 1])

    def __call__(self, x):
        return self.body(x) * self.scale


def loss_without_targets(model, rows):
    return sum(y**2 for y in map(model, rows))


KINDS_OF_STEPS = {  # model, loss, options of compile_step
    "of each example": (lambda: MLP(3, [2, 1]), squared, {}),
    "of a batch": (lambda: MLP(3, [2, 1]), batch_loss, {"per_example": False}),
    "of a batch without targets": (Dropping, loss_without_targets, {"per_example": False}),
    "with a frozen number": (Scaled, squared, {}),
    "with a frozen number, by two threads": (Scaled, squared, {"threads": 2}),
    "with draws": (Dropping, squared, {}),
    "with draws, by two threads": (Dropping, squared, {"threads": 2}),
    "with draws, in single precision": (Dropping, squared, {"dtype": "float32"}),
    "with draws, of a batch": (Dropping, batch_loss, {"per_example": False}),
    "with statistics": (Noisy, batch_loss, {"per_example": False}),
}


class Stop(Exception):
    pass


def rate_that_stops(stops):
    """Return a schedule that raises Stop, once for each entry of `stops`."""

    def rate(step):
        if stops:
            raise stops.pop()
        return 0.01

    return rate


def run_once(step, *given):
    return step.run(*given)[0]


def take_in_a_block(step, *given):
    with step.bound(*given) as take:
        return take()


@pytest.mark.parametrize("name", KINDS_OF_STEPS)
def test_single_calls_and_runs_compute_what_blocks_of_one_step_do(name):
    """Rows are fresh, or change in place, or come in lists, of two shapes; two calls are stopped.

    All numbers are equal to the last bit.
    """
    make, loss, options = KINDS_OF_STEPS[name]
    histories = []
    for call in (Step.__call__, run_once, take_in_a_block):
        random.seed(3)
        model, history, stops = make(), [], []
        optimizer = Adam(model.parameters(), lr=rate_that_stops(stops))
        step = compile_step(loss, model, optimizer, **options)
        rows = np.random.default_rng(1).normal(size=(6, 3))
        for i in range(12):
            rows[i % 6, 0] += 1.0
            if isinstance(model, Scaled):
                model.scale.data += 0.25
            given = rows[: 4 + i % 5 // 4]
            given = (given, given.copy(), given.tolist())[i // 2 % 3]
            if i in (0, 7) and call is not take_in_a_block:
                stops.append(Stop())
                with pytest.raises(Stop):
                    call(step, *with_targets(name, 2.0 * given))
            history.append(call(step, *with_targets(name, given)))
        grads = [p.grad for p in optimizer.parameters]
        histories.append((history, grads, model.state_dict(), list(optimizer.state)))
    assert histories[0] == histories[1] == histories[2]
    assert len(set(histories[0][0])) == 12


@pytest.mark.parametrize("name", ["of each example", "of a batch", "with draws, by two threads"])
def test_runs_in_any_order_compute_what_blocks_do(name):
    """Runs of all kinds take turns with each other, and with single calls."""
    make, loss, options = KINDS_OF_STEPS[name]
    rows, histories = np.random.default_rng(1).normal(size=(6, 3)), []
    for in_blocks in (False, True):
        random.seed(3)
        draw, model, history = random.Random(4), make(), []
        optimizer = Adam(model.parameters(), lr=0.01)
        step = compile_step(loss, model, optimizer, **options)
        for i in range(60):
            given = rows[: draw.choice((4, 6))] * (1.0 + i)
            arguments = (given, given[:, 0].copy(), draw.choice((None, 2, 3, 9)), draw.randrange(3))
            shuffle, steps = draw.random() < 0.5, draw.choice((0, 1, 1, 5))
            if in_blocks:
                with step.bound(*arguments, shuffle=shuffle) as take:
                    history += take.run(steps).tolist()
            elif arguments[2] is None and arguments[3] == 0 and steps == 1:
                history.append(step(given, given[:, 0]))
            else:
                batch_size, seed = arguments[2:]
                history += step.run(*arguments[:2], steps, batch_size, seed, shuffle).tolist()
        histories.append((history, model.state_dict(), list(optimizer.state), optimizer.steps))
    assert histories[0] == histories[1]


@pytest.mark.parametrize("batch_size", [None, 2])
def test_a_run_keeps_no_array_alive(batch_size):
    s = Setting("float64")
    for _ in range(3):
        rows, targets = X.copy(), Y.copy()
        arrays = [rows, targets, s.step.run(rows, targets, 5, batch_size)]
        references = list(map(weakref.ref, arrays))
        del rows, targets, arrays
        assert [reference() for reference in references] == [None, None, None]


def test_a_run_refuses_what_equals_a_right_order():
    s = Setting("float64")
    s.step.run(X, Y, batch_size=1, seed=1)
    for batch_size, seed in ((1.0, 1), (True, 1), (1, 1.0), (1, True)):
        with pytest.raises(ValueError, match="must be a whole number"):
            s.step.run(X, Y, batch_size=batch_size, seed=seed)


def with_targets(name, rows):
    return (rows,) if "without" in name else (rows, [row[0] for row in rows])


@pytest.mark.parametrize("threads", [2, 3])
def test_several_threads(threads):
    histories = []
    for looks in (False, True):
        s = Setting("float64", looks=looks)
        s.step = compile_step(squared, s.model, s.optimizer, threads=threads)
        history = [s.take(), s.take()]
        s.p.data = 0.5
        histories.append([*history, s.take(), s.take(), s.numbers()])
    assert histories[0] == histories[1]


def test_runs_in_other_orders_need_no_memory_more():
    s = Setting("float64")
    s.step = compile_step(squared, s.model, s.optimizer, threads=2)
    for seed in range(5):
        s.step.run(X, Y, 2, batch_size=4, seed=seed)
    runners = s.step.calls.runners.values()
    assert len(runners) == 5
    assert len({id(memory) for runner in runners for memory in runner.memories}) == 2


def test_more_shapes_than_a_step_keeps_runners_for():
    s = Setting("float64", lambda ps, lr: SGD(ps, lr=0.0))
    rows, targets = np.tile(X, (2, 1)), np.tile(Y, 2)
    losses = [squared(s.model, x, y).data for x, y in zip(rows.tolist(), targets.tolist())]
    counts = [*range(1, len(rows) + 1)]
    assert len(counts) > MOST_RUNNERS
    for count in [*counts, 1]:
        # a mean of a few losses, added up in another order
        mean = sum(losses[:count]) / count
        assert s.step(rows[:count], targets[:count]) == pytest.approx(mean, rel=1e-14)


def test_other_arrays_in_the_same_places():
    """Each call sees the arrays that it is given, also if one was changed in place."""
    rows, histories = X.copy(), []
    for fresh in (False, True):
        s, history = Setting("float64"), []
        for scale in (1.0, 0.5, 2.0):
            rows[:] = X * scale
            history.append(s.step(rows.copy() if fresh else rows, Y))
            history.append(s.step(list(map(list, X)), Y.tolist()))
            history.append(s.step(X.astype("float32"), Y.astype(int)))
        histories.append(history)
    assert histories[0] == histories[1]


def frozen(array):
    array = array.copy()
    array.setflags(write=False)
    return array


FORMS = {  # the same numbers, each time in an array that was not seen before
    "another array": np.array,
    "backwards in memory": lambda array: array[::-1].copy()[::-1],
    "every other number": lambda array: np.repeat(array, 2, axis=-1)[..., ::2],
    "by columns": lambda array: np.array(array, order="F"),
    "in the order of the other bytes": lambda array: array.astype(array.dtype.newbyteorder()),
    "that nobody may write to": frozen,
    "that begins between two numbers": lambda array: unaligned(array),
    "of objects": lambda array: array.astype(object),
    "of a subclass": lambda array: array.view(np.memmap),
    "in lists": lambda array: array.tolist(),
}


def unaligned(array):
    buffer = np.zeros(array.nbytes + 1, np.uint8)
    moved = buffer[1:].view(array.dtype).reshape(array.shape)
    moved[...] = array
    return moved


@pytest.mark.parametrize("name", FORMS)
def test_each_call_sees_its_own_arrays_in_whatever_form(name):
    """Calls with plain arrays go before and come between."""
    plain, other, form = Setting("float64"), Setting("float64"), FORMS[name]
    for i, scale in enumerate((1.0, 0.5, 2.0, -1.0)):
        rows, targets = X * scale, Y - scale
        given = (rows, targets) if i == 0 else (form(rows), form(targets))
        assert other.step(*given) == plain.step(rows, targets)
        assert other.step(form(rows), targets) == plain.step(rows, targets)
        assert other.step(rows, form(targets)) == plain.step(rows, targets)
        assert other.step(rows, targets) == plain.step(rows, targets)
    assert other.numbers() == plain.numbers()


def test_a_schedule_sees_each_step_of_single_calls():
    asked, s = [], Setting("float64")
    s.optimizer.lr = lambda t: asked.append((t, s.p.data)) or 0.01
    for _ in range(3):
        s.take()
    assert [t for t, _ in asked] == [0, 1, 2]
    assert len({number for _, number in asked}) == 3


def test_steps_set_by_hand_are_counted_on():
    """Adam's corrections depend on the number of the step."""
    one, other = Setting("float64"), Setting("float64")
    for s in (one, other):
        s.take()
        s.optimizer.steps = 10
        if s is other:
            s.step.run(X, Y)
        else:
            s.take()
    assert one.numbers() == other.numbers()


# ------------------------------------------------------------------------- threads and interrupts


@pytest.mark.parametrize("name", ["data", "grad"])
def test_a_read_that_began_in_a_trace_before_the_value_was_linked(name):
    """A thread may wait for so long. The number is that of the array, and not its place there."""
    one, other = Setting("float64"), Setting("float64")
    for s in (one, other):
        s.link()
    assert NotedSlot(name).__get__(one.p) == getattr(other.p, name)


def test_threads_that_look_while_steps_run():
    """Whatever a thread reads is a float; at the end, all is as if nobody had looked."""
    s, twin, wrong, ends = Setting("float64"), Setting("float64"), [], threading.Event()

    def look():
        while not ends.is_set():
            for p in s.model.parameters():
                if type(p.data) is not float or type(p.grad) is not float:
                    wrong.append(p)

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(300):
        s.take()
    ends.set()
    for thread in threads:
        thread.join()
    for _ in range(300):
        twin.take()
    assert wrong == []
    assert s.numbers() == twin.numbers()


class Interrupted(Exception):
    pass


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="Windows has no such timer")
def test_an_interrupt_while_values_are_unlinked_leaves_their_numbers():
    def interrupt(*_):
        raise Interrupted

    s, twin = Setting("float64"), Setting("float64")
    draw, before = random.Random(1), signal.signal(signal.SIGALRM, interrupt)
    try:
        for _ in range(200):
            s.take()
            twin.take()
            with suppress(Interrupted):
                signal.setitimer(signal.ITIMER_REAL, draw.uniform(1e-6, 3e-5))
                for p in s.model.parameters() * 3:
                    p.data = p.data
                signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert s.numbers() == twin.numbers()


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="Windows has no such timer")
def test_an_interrupt_of_a_call_leaves_the_optimizer_to_others():
    """Its lock is held by nobody, whenever the signal came, and the next call takes a step."""

    def interrupt(*_):
        raise Interrupted

    s, twin = Setting("float64"), Setting("float64")
    s.link()
    lock = OptimizerLock.of(s.optimizer)
    draw, before = random.Random(1), signal.signal(signal.SIGALRM, interrupt)
    try:
        for _ in range(1000):
            with suppress(Interrupted):
                signal.setitimer(signal.ITIMER_REAL, draw.uniform(3e-6, 4e-5))
                for _ in range(100):
                    s.take()
                signal.setitimer(signal.ITIMER_REAL, 0)
            assert not lock.lock.locked()
            s.take()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    twin.step.run(X, Y, steps=s.optimizer.steps)
    assert s.numbers() == twin.numbers()


def through_jit(model):
    compiled = jit(lambda x: model(x))
    return lambda: [compiled(x).data for x in X.tolist()]


def through_vmap(model):
    compiled = vmap(lambda x: model(x))
    return lambda: compiled(X).tolist()


BEFORE_A_READ = {  # what somebody does after a step, and how many Values it unlinks
    "nothing": (lambda s: None, 0),
    "a look": (lambda s: s.p.data, 1),
    "a number that no array has": (lambda s: setattr(s.p, "data", 1), 1),
    "a look at all": (lambda s: s.numbers(), 13),
    "another step": (lambda s: s.take(), 0),
    "a first step of an optimizer of five": (another_optimizer, 8),
}


@pytest.mark.parametrize("through", [through_jit, through_vmap])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", BEFORE_A_READ)
def test_a_compiled_function_reads_linked_values_and_unlinks_none(name, dtype, through):
    """Tracing unlinks them. The twin is looked at after each step, so that nothing is linked."""
    work, unlinked = BEFORE_A_READ[name]
    found = []
    for looks in (False, True):
        s = Setting(dtype, looks=looks)
        read = through(s.model)
        results = [read()]
        for _ in range(4):
            s.take()
        results.append(read())
        work(s)
        before = list(map(type, s.optimizer.parameters))
        results.append(read())
        assert list(map(type, s.optimizer.parameters)) == before
        assert looks or sum(map(is_linked, s.optimizer.parameters)) == 13 - unlinked
        s.take()
        found.append((results, s.numbers()))
    assert found[0] == found[1]


def test_a_compiled_function_of_several_optimizers_and_none():
    """Two thirds of the Values are linked to two arrays, and the others are ordinary ones."""
    models = [MLP(2, [3, 1], activation="tanh") for _ in range(3)]
    steps = [compile_step(squared, m, SGD(m.parameters(), lr=0.1)) for m in models[:2]]
    together = jit(lambda x: sum(m(x) for m in models))
    together([0.5, -0.25])
    for _ in range(3):
        for step in steps * 4:
            step(X, Y)
        assert is_linked(models[0].parameters()[0])
        found = together([0.5, -0.25]).data
        assert found == pytest.approx(sum(m([0.5, -0.25]).data for m in models), rel=1e-14)


def test_a_compiled_function_outlives_the_optimizer():
    s = Setting("float64")
    read = through_jit(s.model)
    read()
    for _ in range(4):
        s.take()
    model, before = s.model, read()
    assert s.p.data == model.parameters()[1].data  # an ordinary Value now
    assert is_linked(model.parameters()[0])
    del s
    gc.collect()
    assert read() == before
    assert [model(x).data for x in X.tolist()] == pytest.approx(before, rel=1e-14)


def test_a_result_keeps_the_numbers_that_it_was_computed_with():
    """Its gradient is computed later, when a step has changed the array."""
    s, twin = Setting("float64"), Setting("float64", looks=True)
    grads = []
    for one in (s, twin):
        one.link()
        y = jit(lambda x, one=one: one.model(x) ** 2)([0.5, 0.25])
        one.take()
        one.model.zero_grad()
        y.backward()
        grads.append([p.grad for p in one.model.parameters()])
    assert grads[0] == grads[1]


def test_nothing_in_the_package_asks_whether_a_type_is_value():
    """The type of a linked Value equals Value, and is another class."""
    package = Path(linked_values.__file__).parents[1]
    asking = re.compile(r"type\(\w+\) is (not )?Value\b")
    files = [path for path in package.rglob("*.py") if "course" not in path.parts]
    own = Path(linked_values.__file__)
    assert [path for path in files if path != own and asking.search(path.read_text("utf-8"))] == []


def test_linking_that_was_interrupted_is_undone():
    x = Value(2.0)
    linked_values.set_class(x, LinkedValue)  # as the first of its three steps does
    assert (x.data, x.grad, type(x)) == (2.0, 0.0, Value)
