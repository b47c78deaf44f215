"""`compile_step` against the loop that it stands for: zero_grad, backward, step.

Rule: the judge is the eager loop, written out once (`eager`); a case is a row of a table.
"""

import copy
import random
import re
import subprocess
import threading
import time
from types import SimpleNamespace

import numpy as np
import pytest

from micrograd import MLP, Module, Value, compile_step
from micrograd.compiler import LINE
from micrograd.compiler.codegen import straight_line
from micrograd.compiler.codegen.executable import LoweredProgram
from micrograd.compiler.trace import trace
from micrograd.errors import ShapeError, TraceError
from micrograd.losses import binary_cross_entropy, cross_entropy, hinge, mean_squared_error
from micrograd.ops import relu, sigmoid, sqrt
from micrograd.optim import SGD, Adagrad, Adam, AdamW, RMSprop, cosine_decay, linear_decay, warm_up
from micrograd.training.steps import memory, minibatches, runner
from micrograd.training.steps.step_numbers import compute, split
from tests.support.processes import interruptible

# Compiled tanh is within 3 ulps of C's (7e-16), and sums are fused and added in lanes. After five
# steps, numbers of the size of 1 differ by a few 1e-15. Adam divides by the root of a mean of
# squares, where the relative error of a small grad counts in full: hundreds of times as much.
CLOSE = {"rel": 1e-12, "abs": 1e-12}
COUNTS = (
    1,
    3,
    4,
    5,
    9,
)  # examples: less than a block of 4 or 8 lanes, one, or more


def network(activation="tanh", sizes=(4, 1)):
    random.seed(7)
    return MLP(2, list(sizes), activation=activation)


def data(count):
    """Return points in random order, and labels of both kinds."""
    draw = random.Random(3)
    X = [[draw.uniform(-1, 1), draw.uniform(-1, 1)] for _ in range(count)]
    return X, [1.0 if x * y > 0 else -1.0 for x, y in X]


def squared(model, x, y):
    return mean_squared_error(model(x), y)


def eager(loss, model, optimizer, X, y, steps=5, penalty=None):
    losses = []
    for _ in range(steps):
        total = sum(loss(model, *example) for example in zip(X, y)) * (1.0 / len(X))
        if penalty:
            total = total + penalty(model)
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        losses.append(total.data)
    return losses


def state(model, optimizer):
    """Return everything that a step changes."""
    ps = model.parameters()
    moments = [x for row in optimizer.state for x in row]
    return [p.data for p in ps], [p.grad for p in ps], moments, optimizer.steps


def both(loss, make_model, make_optimizer, X, y, penalty=None, dtype="float64", steps=5):
    """Return (losses, state) of the eager loop, and of the compiled step."""
    found = []
    for compiled in (False, True):
        model = make_model()
        optimizer = make_optimizer(model.parameters())
        if compiled:
            step = compile_step(loss, model, optimizer, penalty, dtype)
            losses = step.run(X, y, steps).tolist()
        else:
            losses = eager(loss, model, optimizer, X, y, steps, penalty)
        found.append((losses, state(model, optimizer)))
    return found


def agree(eager, compiled, close=CLOSE):
    assert compiled[0] == pytest.approx(eager[0], **close)
    for wanted, got in zip(eager[1], compiled[1]):
        assert got == pytest.approx(wanted, **close)


# ---------------------------------------------------------------------------- as the eager loop

# fmt: off
OPTIMIZERS = {
    "SGD":          lambda ps: SGD(ps, lr=0.1),
    "momentum":     lambda ps: SGD(ps, lr=0.1, momentum=0.9),
    "nesterov":     lambda ps: SGD(ps, lr=0.1, momentum=0.9, nesterov=True),
    "SGD, decay":   lambda ps: SGD(ps, lr=0.1, momentum=0.9, weight_decay=0.01),
    "Adam":         lambda ps: Adam(ps, lr=0.01),
    "Adam, decay":  lambda ps: Adam(ps, lr=0.01, weight_decay=0.01, betas=(0.8, 0.9)),
    "AdamW":        lambda ps: AdamW(ps, lr=0.01, weight_decay=0.1),
    "Adagrad":      lambda ps: Adagrad(ps, lr=0.1),
    "Adagrad, all": lambda ps: Adagrad(ps, 0.1, lr_decay=0.1, weight_decay=0.01),
    "RMSprop":      lambda ps: RMSprop(ps, lr=0.01),
    "RMSprop, all": lambda ps: RMSprop(ps, lr=0.01, momentum=0.9, weight_decay=0.01),
    "linear":       lambda ps: SGD(ps, lr=linear_decay(1.0, 0.1, 4)),
    "cosine":       lambda ps: Adam(ps, lr=warm_up(cosine_decay(0.1, 0.01, 5), 2)),
}
# fmt: on


@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
@pytest.mark.parametrize("count", [4, 5])
def test_each_optimizer_equals_the_loop(make, count):
    agree(*both(squared, network, make, *data(count)))


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("activation", ["tanh", "relu", "gelu", "softplus"])
def test_any_number_of_examples(count, activation):
    agree(*both(squared, lambda: network(activation), OPTIMIZERS["SGD"], *data(count)))


# fmt: off
LOSSES = {  # name: (loss of one example, sizes of the layers, target of a label)
    "hinge":         (lambda model, x, y: hinge(model(x), y), (4, 1), lambda y: y),
    "squared":       (squared, (4, 1), lambda y: y),
    "binary":        (lambda model, x, y: binary_cross_entropy(model(x), y), (1,),
                      lambda y: (y + 1.0) / 2.0),
    "cross entropy": (lambda model, x, y: cross_entropy(model(x), y), (4, 3), lambda y: int(y) + 1),
    "several":       (lambda model, x, y: sum((a - b) ** 2 for a, b in zip(model(x), y)), (4, 2),
                      lambda y: [y, 1.0 - y]),
    "no target used":(lambda model, x, y: model(x) ** 2, (3, 1), lambda y: y),
}
# fmt: on


@pytest.mark.parametrize("loss, sizes, target", LOSSES.values(), ids=LOSSES)
def test_each_loss_equals_the_loop(loss, sizes, target):
    X, y = data(9)
    y = [target(label) for label in y]
    agree(*both(loss, lambda: network(sizes=sizes), OPTIMIZERS["momentum"], X, y))


def l2(model):
    return 0.01 * sum(p * p for p in model.parameters())


@pytest.mark.parametrize("name", ["SGD", "Adam", "linear"])
@pytest.mark.parametrize("count", [3, 8])
def test_a_penalty(name, count):
    agree(*both(squared, network, OPTIMIZERS[name], *data(count), penalty=l2))


@pytest.mark.slow
def test_a_network_too_large_for_one_straight_line():
    """One example has more than 1000 instructions, so they run as kernels."""
    agree(*both(squared, lambda: network(sizes=(16, 16, 1)), OPTIMIZERS["SGD"], *data(9)))


@pytest.mark.parametrize("count", [1, 9])
@pytest.mark.parametrize("penalty", [None, lambda model: model.parameters()[0] ** 2])
def test_few_instructions_with_many_gradients(penalty, count):
    """A loss, and a penalty, of one parameter: the gradients of all others are constants.

    They are set in loops, as a line for each would take LLVM minutes in a larger network.
    """

    def loss(model, x, y):
        return (model.parameters()[0] * x[0] - y) ** 2

    def wide():
        return network(sizes=(340, 1))

    agree(*both(loss, wide, OPTIMIZERS["momentum"], *data(count), penalty=penalty))
    step = compile_step(loss, model := wide(), SGD(model.parameters()), penalty)
    step(*data(count))
    of_all, *_ = step.report().split("for each parameter")
    assert "straight line" not in of_all


@pytest.mark.parametrize("count", COUNTS)
def test_what_all_examples_share_crosses_functions(count, monkeypatch):
    """The straight line is cut into functions; each reads what the earlier ones computed, once."""
    monkeypatch.setattr(straight_line, "PIECE", 3)

    def loss(model, x, y):
        w = model.layers[0].neurons[0].w
        shared = w[0] * w[0] * w[1]
        return (shared * x[0] * w[0] + shared * shared * x[1] - y) ** 2

    agree(*both(loss, network, OPTIMIZERS["momentum"], *data(count)))


def split_both_ways(lr, t, p, grad):
    corrected = lr / (1.0 - 0.9**t)
    return [p - corrected * grad, grad * 2.0, t + lr, corrected]


# fmt: off
UPDATES = {  # name: function of lr, t, p and grad; how many instructions need lr and t alone
    "none":       (lambda lr, t, p, grad: [p - lr * grad, grad], 0),
    "neither":    (lambda lr, t, p, grad: [p + grad, 2.0 * grad], 0),
    "corrected":  (split_both_ways, 4),
    "all":        (lambda lr, t, p, grad: [lr * t, sqrt(t), 3.0], 2),
    "Python's":   (lambda lr, t, p, grad: [p * sigmoid(lr), relu(t) * grad], 2),
}
# fmt: on


@pytest.mark.parametrize("f, count", UPDATES.values(), ids=UPDATES)
def test_a_program_is_split_into_what_a_step_shares_and_the_rest(f, count):
    whole = trace(f, 4)
    shared, rest = split(whole)
    assert len(shared) == count
    assert len(shared) + len(rest) == len(whole)
    rates, numbers = np.array([0.1, 0.2, 0.3]), np.array([1.0, 2.0, 7.0])
    table = compute(shared, rates, numbers)
    for row, lr, t in zip(table.tolist(), rates.tolist(), numbers.tolist()):
        wanted = whole.run(lr, t, 0.5, -2.0)
        # NumPy's power may differ from C's in the last bit
        assert rest.run(*row, 0.5, -2.0) == pytest.approx(wanted, rel=1e-15)


@pytest.mark.parametrize("count", COUNTS)
def test_float32(count):
    """A number has 24 bits, so it is within 6e-8. Hundreds of times as much, as above, is 1e-5.

    The grads are some tenths, so the test does not compare noise.
    """
    close = {"rel": 1e-5, "abs": 1e-5}
    agree(*both(squared, network, OPTIMIZERS["SGD"], *data(count), dtype="float32"), close)


def test_what_all_parameters_share_is_computed_before_each_of_them():
    model = network()
    step = compile_step(squared, model, Adam(model.parameters()), dtype="float32")
    step(*data(3))
    titles = [line for line in step.program.splitlines() if line.endswith(":")]
    assert titles == ["for each example:", "for each step, in float64:", "for each parameter:"]


def test_single_steps_equal_the_run():
    X, y = data(5)
    one, other = network(), network()
    step = compile_step(squared, one, Adam(one.parameters()))
    losses = [step(X, y) for _ in range(5)]
    assert compile_step(squared, other, Adam(other.parameters())).run(X, y, 5).tolist() == losses
    assert [p.data for p in one.parameters()] == [p.data for p in other.parameters()]
    assert type(losses[0]) is float


def test_without_data():
    """The loss is a function of the parameters alone."""

    class Point(Module):
        def __init__(self):
            self.x, self.y = Value(3.0), Value(-2.0)

    def bowl(model):
        return model.x**2 + 10.0 * model.y**2

    found = Point()
    step = compile_step(bowl, found, SGD(found.parameters(), lr=0.05))
    assert [step() for _ in range(2)] == pytest.approx([49.0, 2.7**2], **CLOSE)
    assert step.run(steps=100)[-1] < 1e-6


def test_eager_and_compiled_take_turns():
    """Parameters, grads and the optimizer's state are those of one engine alone."""
    X, y = data(5)
    one, other = network(), network()
    first, second = Adam(one.parameters(), lr=0.05), Adam(other.parameters(), lr=0.05)
    step = compile_step(squared, one, first)
    for turn in range(4):
        if turn % 2:
            step.run(X, y, 2)
        else:
            eager(squared, one, first, X, y, 2)
        eager(squared, other, second, X, y, 2)
    agree((0.0, state(other, second)), (0.0, state(one, first)))


def test_a_rate_and_a_parameter_changed_between_calls():
    X, y = data(5)
    model = network()
    optimizer = SGD(model.parameters(), lr=0.1)
    step = compile_step(squared, model, optimizer)
    first = step(X, y)
    for p in model.parameters():
        p.data = 0.0
    optimizer.lr = 0.0
    assert step(X, y) == step(X, y) == 1.0 != first  # all outputs are 0, all targets 1 or -1


# ----------------------------------------------------------------------------------- the arguments

# fmt: off
KINDS = {
    "lists":       lambda X, y: (X, y),
    "arrays":      lambda X, y: (np.array(X), np.array(y)),
    "float32":     lambda X, y: (np.array(X, np.float32), np.array(y, np.float32)),
    "tuples":      lambda X, y: (tuple(map(tuple, X)), tuple(y)),
    "integers":    lambda X, y: (X, [int(label) for label in y]),
    "transposed":  lambda X, y: (np.array(list(zip(*X))).T, np.array(y)),
    "every second":lambda X, y: (np.repeat(X, 2, 0)[::2], np.repeat(y, 2)[::2]),
}
# fmt: on


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_kinds_of_data(kind):
    X, y = data(5)
    X = [[float(np.float32(number)) for number in x] for x in X]
    losses = []
    for given in ((X, y), kind(X, y)):
        model = network()
        losses.append(compile_step(squared, model, SGD(model.parameters())).run(*given, 3).tolist())
    assert losses[0] == losses[1]


def test_other_counts_share_the_specialisations():
    model = network()
    step = compile_step(squared, model, SGD(model.parameters(), lr=0.0))
    for count in (*COUNTS, *reversed(COUNTS)):
        X, y = data(count)
        wanted = sum(squared(model, *example).data for example in zip(X, y)) / count
        assert step(X, y) == pytest.approx(wanted, **CLOSE)
    assert len(step.specialisations) == 2  # one for one example a step, and one for more


# fmt: off
REFUSED = {  # name: (X, y, the exception, part of the message)
    "more rows":    ([[1.0, 2.0]] * 3, [1.0] * 2, ShapeError, "3 rows but 2 labels"),
    "more labels":  ([[1.0, 2.0]] * 2, [1.0] * 3, ShapeError, "2 rows but 3 labels"),
    "none":         ([], [], ShapeError, "There are no examples"),
    "no rows":      (np.zeros((0, 2)), np.zeros(0), ShapeError, "There are no examples"),
    "ragged":       ([[1.0, 2.0], [3.0]], [1.0, 2.0], ShapeError, "many numbers, got a list of 2"),
    "texts":        ([["a", "b"]], [1.0], ShapeError, "X must hold numbers, and it holds text"),
    "wrong width":  ([[1.0, 2.0, 3.0]], [1.0], ShapeError, "takes 2 inputs, got 3"),
}
# fmt: on


@pytest.mark.parametrize("X, y, exception, said", REFUSED.values(), ids=REFUSED)
def test_data_that_does_not_fit(X, y, exception, said):
    model = network()
    step = compile_step(squared, model, SGD(model.parameters()))
    before = [p.data for p in model.parameters()]
    with pytest.raises(exception, match=said):
        step(X, y)
    assert [p.data for p in model.parameters()] == before


# fmt: off
NO_LOSSES = {
    "a list":  (lambda model, x, y: [model(x), y], TypeError, "compile_step needs a function that"),
    "branch":  (lambda model, x, y: model(x) if y > 0 else -model(x), TraceError, "neither true"),
    "a float": (lambda model, x, y: float(model(x)), TraceError, "has no value yet"),
    "backward":(lambda model, x, y: model(x).backward(), TraceError, "cannot change anything"),
}
# fmt: on


@pytest.mark.parametrize("loss, exception, said", NO_LOSSES.values(), ids=NO_LOSSES)
def test_a_loss_that_is_not_one_number(loss, exception, said):
    model = network()
    with pytest.raises(exception, match=said):
        compile_step(loss, model, SGD(model.parameters()))(*data(3))


def test_a_penalty_of_other_parameters_is_refused():
    model, stranger = network(), Value(2.0)
    step = compile_step(squared, model, SGD(model.parameters()), lambda model: stranger * stranger)
    with pytest.raises(
        TraceError, match="The penalty uses Values that the optimizer does not have"
    ):
        step(*data(3))


# fmt: off
LOOKS = {
    "data":  lambda w, x: w * w.data * x,
    "grad":  lambda w, x: w * x + w.grad,
    "if":    lambda w, x: w * x if w > 0.0 else -w,
}
# fmt: on


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_a_loss_that_looks_at_the_number_of_a_trained_parameter_is_refused(look):
    w = Value(2.0)
    step = compile_step(lambda _, x: look(w, x), None, SGD([w]))
    with pytest.raises(TraceError, match=r"The loss reads the data .* Write p.detach\(\)"):
        step([1.0, 2.0])
    assert (w.data, w.grad) == (2.0, 0.0)


def test_nothing_is_compiled_before_the_first_call():
    model = network()
    step = compile_step(squared, model, SGD(model.parameters()), l2)
    with pytest.raises(TraceError, match="Nothing is compiled before the first call"):
        _ = step.program
    step(*data(3))
    assert step.program.startswith("for each example:\n")
    assert "penalty:\n" in step.program
    assert "define" in step.ir
    assert step.asm


REPORT = r"""for each example: 52 traced -> \d+ instructions -> one straight line
for the penalty: \d+ traced -> \d+ instructions -> one straight line
for each parameter: \d+ traced -> 3 instructions -> one straight line
(trace|differentiate|simplify|batch|lower|compile|load| |,|\d+\.\d{3} s)+
[\d,]+ bytes of memory"""


def test_the_report_says_what_became_of_the_trace():
    model = network()
    step = compile_step(squared, model, SGD(model.parameters()), l2)
    step(*data(3))
    assert re.fullmatch(REPORT, step.report())
    assert step.latest.times.keys() >= {"trace", "differentiate", "simplify", "batch", "load"}
    assert "kernels" in deep_step().report()


def deep_step():
    model = network(sizes=(16, 16, 1))
    step = compile_step(squared, model, SGD(model.parameters()))
    step(*data(3))
    return step


# ----------------------------------------------------------------------------------------- batches


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_minibatches_are_the_same_in_every_run(size):
    X, y = data(9)
    runs = []
    for seed in (0, 0, 1):
        model = network()
        step = compile_step(squared, model, SGD(model.parameters(), lr=0.1))
        losses = step.run(X, y, 10, batch_size=size, seed=seed).tolist()
        runs.append((losses, [p.data for p in model.parameters()]))
    assert runs[0] == runs[1] != runs[2]


@pytest.mark.parametrize("size", [1, 2, 4, 5])
def test_minibatches_equal_the_loop_over_them(size):
    X, y = data(9)
    one, other = network(), network()
    optimizer = SGD(other.parameters(), lr=0.1)
    losses, order = [], minibatches.ShuffledBatches(9, size, 3)
    for _ in range(6):
        batch = next(order)
        losses += eager(squared, other, optimizer, [X[i] for i in batch], [y[i] for i in batch], 1)
    step = compile_step(squared, one, SGD(one.parameters(), lr=0.1))
    assert step.run(X, y, 6, size, seed=3).tolist() == pytest.approx(losses, **CLOSE)
    assert [p.data for p in one.parameters()] == pytest.approx(
        [p.data for p in other.parameters()], **CLOSE
    )


def test_an_epoch_sees_each_example_once():
    order = minibatches.ShuffledBatches(9, 3, 0)
    for _ in range(3):
        assert sorted(np.concatenate([next(order) for _ in range(3)])) == list(range(9))


@pytest.mark.parametrize(("size", "shuffle"), [(3, True), (3, False), (9, True), (12, False)])
def test_a_copy_of_an_order_goes_on_from_where_it_was_made(size, shuffle):
    order = minibatches.minibatches_from(4, 9, size, 0, shuffle)
    next(order)
    other = copy.copy(order)
    assert np.array_equal([next(order) for _ in range(5)], [next(other) for _ in range(5)])
    beginning = minibatches.minibatches_from(0, 9, size, 0, shuffle)
    assert np.array_equal([next(beginning) for _ in range(11)][10], next(order))


def test_a_batch_size_beyond_the_data_means_all_examples():
    X, y = data(5)
    model, other = network(), network()
    step = compile_step(squared, model, SGD(model.parameters()))
    whole = compile_step(squared, other, SGD(other.parameters()))
    assert step.run(X, y, 3, batch_size=50).tolist() == whole.run(X, y, 3).tolist()


UNNATURAL = [  # (argument, its value, the smallest one allowed)
    ("batch_size", 0, 1),
    ("batch_size", -1, 1),
    ("batch_size", 2.5, 1),
    ("steps", -1, 0),
    ("steps", 1.5, 0),
    ("seed", "a", 0),
    ("steps", True, 0),
]


@pytest.mark.parametrize("name, given, least", UNNATURAL)
def test_arguments_that_are_not_whole_numbers(name, given, least):
    said = f"{name} must be a whole number of at least {least}, got {given!r}."
    model = network()
    with pytest.raises(ValueError) as error:
        compile_step(squared, model, SGD(model.parameters())).run(*data(3), **{name: given})
    assert str(error.value) == said


def test_no_steps_change_nothing():
    model = network()
    for p in model.parameters():
        p.grad = 7.0
    optimizer = SGD(model.parameters())
    before = state(model, optimizer)
    step = compile_step(squared, model, optimizer, dtype="float32")
    assert step.run(*data(3), steps=0).tolist() == []
    assert state(model, optimizer) == before


# --------------------------------------------------------------------------- step by step: bound()


@pytest.mark.parametrize("name", ["SGD", "Adam", "cosine"])
@pytest.mark.parametrize("batch_size", [None, 2])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_bound_steps_equal_the_run(name, batch_size, dtype, monkeypatch):
    # so few steps that rates and minibatches are prepared several times
    monkeypatch.setattr(runner, "MAX_STEPS_PREPARED", 3)
    X, y = data(5)
    found = []
    for each in (False, True):
        model = network()
        optimizer = OPTIMIZERS[name](model.parameters())
        step = compile_step(squared, model, optimizer, l2, dtype)
        with step.bound(X, y, batch_size, seed=4) as take:
            losses = [take() for _ in range(7)] if each else take.run(7).tolist()
        found.append((losses, state(model, optimizer)))
    assert found[0] == found[1]


def test_bound_parameters_come_back_when_the_block_ends():
    X, y = data(5)
    one, other = network(), network()
    first, second = Adam(one.parameters(), lr=0.05), Adam(other.parameters(), lr=0.05)
    before = [p.data for p in one.parameters()]
    with pytest.raises(KeyError), compile_step(squared, one, first).bound(X, y) as take:
        assert type(take()) is float
        take()
        assert [p.data for p in one.parameters()] == before
        raise KeyError
    eager(squared, other, second, X, y, 2)
    agree((0.0, state(other, second)), (0.0, state(one, first)))


def test_a_rate_changed_between_bound_steps():
    X, y = data(5)
    model = network()
    optimizer = SGD(model.parameters(), lr=0.1)
    with compile_step(squared, model, optimizer).bound(X, y) as take:
        first, second = take(), take()
        optimizer.lr = 0.0
        third, fourth = take(), take()
    assert first > second > third == fourth


def test_bound_steps_and_runs_can_alternate():
    X, y = data(5)
    model, other = network(), network()
    one, two = Adam(model.parameters(), lr=0.05), Adam(other.parameters(), lr=0.05)
    with compile_step(squared, model, one).bound(X, y) as take:
        losses = [take(), *take.run(2), take()]
    assert losses == compile_step(squared, other, two).run(X, y, 4).tolist()
    assert state(model, one) == state(other, two)


def test_a_step_outside_the_block_is_refused():
    X, y = data(5)
    model = network()
    bound = compile_step(squared, model, SGD(model.parameters())).bound(X, y)
    for _ in range(2):
        before = [p.data for p in model.parameters()]
        for take in (bound, lambda: bound.run(3)):
            with pytest.raises(RuntimeError, match=r"bound\(\) was not entered, or has ended"):
                take()
        assert [p.data for p in model.parameters()] == before
        with bound:  # a second time as well
            assert bound() > bound()


def test_a_running_step_cannot_be_called():
    """A second step in the same thread would wait for itself; another thread waits."""
    X, y = data(5)
    model = network()
    step = compile_step(squared, model, SGD(model.parameters(), lr=0.0))
    with step.bound(X, y) as take:
        with pytest.raises(RuntimeError, match="Another step of this optimizer"):
            step(X, y)
        found = []
        other = threading.Thread(target=lambda: found.append(step(X, y)))
        other.start()
        loss = take()
        assert found == []
    other.join()
    assert found == [loss] == [step(X, y)]


# ---------------------------------------------------------------------------------------- threads


@pytest.mark.no_cover
@pytest.mark.slow
@pytest.mark.parametrize("threads", [1, 2, 3, 8])
@pytest.mark.parametrize("sizes", [(4, 1), (16, 16, 1)], ids=["straight", "kernels"])
@pytest.mark.parametrize("batch_size", [None, 4])
@pytest.mark.parametrize("clip", [None, 0.1], ids=["free", "clipped"])
@pytest.mark.parametrize("penalty", [None, l2], ids=["plain", "penalty"])
def test_threads_equal_the_loop(threads, sizes, batch_size, clip, penalty):
    """There may be more threads than examples, and more than cache lines of parameters.

    Each thread updates a part of the parameters; one computes penalty and clipping for all.
    """
    X, y = data(9)
    losses = []
    for count in (1, threads, threads):
        model = network(sizes=sizes)
        optimizer = OPTIMIZERS["Adam"](model.parameters())
        step = compile_step(squared, model, optimizer, penalty, threads=count, clip=clip)
        losses.append((step.run(X, y, 6, batch_size).tolist(), state(model, optimizer)))
    agree(*losses[:2])
    assert losses[1] == losses[2]  # to the last bit, for a given count


@pytest.mark.parametrize("threads", [1, 2, 3, 7])
@pytest.mark.parametrize("parameters", [1, 16, 17, 100, 4810])
def test_the_parts_of_the_threads_are_whole_cache_lines(threads, parameters):
    """Each parameter is in one part. Two threads that wrote into one line would be slow."""
    model = network(sizes=(1,))
    optimizer = SGD(model.parameters())
    step = compile_step(squared, model, optimizer)
    step(*data(3))
    layout = memory.Memory(step.latest.programs, parameters, 0)
    parts = layout.parts(threads)
    assert len(parts) == threads
    covered = [i for part in parts for i in range(parameters)[part]]
    assert covered == list(range(parameters))
    assert all(part.start % LINE == 0 or part.start == parameters for part in parts)
    lengths = [part.stop - part.start for part in parts]
    assert max(lengths) - min(lengths) < 2 * LINE


def test_threads_in_single_precision():
    X, y = data(9)
    losses = []
    for count in (1, 2):
        model = network(sizes=(16, 16, 1))
        optimizer = OPTIMIZERS["Adam"](model.parameters())
        step = compile_step(squared, model, optimizer, dtype="float32", threads=count)
        losses.append(step.run(X, y, 6))
    assert losses[1] == pytest.approx(losses[0], rel=1e-5)  # sums of float32 in another order


def test_threads_of_a_step_without_data():
    model = network()
    step = compile_step(l2, model, SGD(model.parameters()), threads=2)
    losses = [step() for _ in range(3)]
    assert losses == sorted(losses, reverse=True)


@pytest.mark.parametrize("threads", [0, -1, 1.5, None, "2"])
def test_a_number_of_threads_that_is_refused(threads):
    model = network()
    with pytest.raises(ValueError, match="threads must be a whole number of at least 1, got"):
        compile_step(squared, model, SGD(model.parameters()), threads=threads)


INTERRUPTED = """
import os, random, signal, sys, threading
from micrograd import MLP, compile_step, optim
def run(steps, interrupt):
    random.seed(1)
    model = MLP(2, [4, 1], activation="tanh")
    optimizer = optim.Adam(model.parameters(), lr=1e-3)
    step = compile_step(lambda m, x, y: (m(x) - y) ** 2, model, optimizer, threads=int(sys.argv[1]))
    X = [[i / 64, 1 - i / 64] for i in range(64)]
    y = [x[0] for x in X]
    step.run(X, y, steps=1)
    if interrupt:
        threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    try:
        step.run(X, y, steps=steps - 1)
    except KeyboardInterrupt:
        assert interrupt
        assert threading.active_count() <= 2, threading.enumerate()
    return optimizer.steps, [p.data for p in model.parameters()]
reached, found = run(10**9, True)
assert 1 < reached < 10**9, reached
again, wanted = run(reached, False)
assert (again, wanted) == (reached, found), (again, reached)
print("ok")
"""


@pytest.mark.slow
@pytest.mark.parametrize("threads", [1, 2])
def test_ctrl_c_keeps_what_was_reached_and_ends_all_threads(threads):
    """The signal is real, in a process of its own. A run of as many steps gives the same bits."""
    command = interruptible(INTERRUPTED, str(threads))
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout == "ok\n", done.stderr


def test_ctrl_c_twice_waits_twice(monkeypatch):
    done, waits = [], []
    wait = threading.Event.wait

    def interrupted(event, timeout=None):
        if threading.current_thread() is threading.main_thread() and timeout is None:
            waits.append(event)
            if len(waits) in (2, 3):  # the first wait is that of Thread.start()
                raise KeyboardInterrupt
        return wait(event, timeout)

    def work(x):
        time.sleep(0.05)
        done.append(x)

    monkeypatch.setattr(threading.Event, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        runner.run_threads(work, [1, 2, 3])
    assert sorted(done) == [1, 2, 3]
    assert len(waits) == 4


# ------------------------------------------------------------ what goes wrong on the way, and turns


def test_a_schedule_that_fails_counts_the_steps_that_were_taken():
    X, y = data(5)
    for take_all in (lambda take: take.run(30_000), lambda take: [take() for _ in range(2000)]):
        model = network()
        optimizer = SGD(model.parameters(), lr=lambda t: 0.01 if t < 1500 else 1 / 0)
        step = compile_step(squared, model, optimizer)
        with pytest.raises(ZeroDivisionError), step.bound(X, y) as take:
            take.run(1000)
            take_all(take)
        assert optimizer.steps in (1000, 1500)
        other = network()
        twin = SGD(other.parameters(), lr=0.01)
        compile_step(squared, other, twin).run(X, y, optimizer.steps)
        assert state(model, optimizer) == state(other, twin)


def test_a_schedule_is_asked_for_the_steps_that_are_taken_and_no_others():
    X, y = data(5)
    asked, rate = [], [0.1]

    def schedule(t):
        asked.append(t)
        return rate[0]

    model = network()
    with compile_step(squared, model, SGD(model.parameters(), lr=schedule)).bound(X, y) as take:
        first, second = take(), take()
        rate[0] = 0.0
        third, fourth = take(), take()
    assert asked == [0, 1, 2, 3]
    assert first > second > third == fourth


def test_another_rate_does_not_change_the_order():
    X, y = data(9)
    found = []
    for changes in (False, True):
        model = network()
        optimizer = SGD(model.parameters(), lr=0.0)
        step = compile_step(squared, model, optimizer)
        losses = []
        for _ in range(2):  # another block does not change it either
            with step.bound(X, y, batch_size=1, seed=3) as take:
                for _ in range(9):
                    losses.append(take())
                    optimizer.lr = 0.0 * len(losses) if changes else optimizer.lr
        found.append(losses)
    assert found[0] == found[1]
    assert sorted(found[0][:9]) == sorted(found[0][9:])


def test_a_block_that_is_entered_again_goes_on():
    X, y = data(9)
    model, other = network(), network()
    step = compile_step(squared, model, SGD(model.parameters(), lr=0.1))
    bound, losses = step.bound(X, y, batch_size=2, seed=3), []
    for _ in range(3):
        with bound as take:
            losses += [take(), *take.run(2), take()]
    twin = compile_step(squared, other, SGD(other.parameters(), lr=0.1))
    assert losses == twin.run(X, y, 12, batch_size=2, seed=3).tolist()


def test_a_parameter_that_is_not_a_number_releases_the_lock():
    X, y = data(5)
    model = network()
    step = compile_step(squared, model, SGD(model.parameters(), lr=0.0))
    loss, p = step(X, y), model.parameters()[0]
    p.data, before = "x", p.data
    with pytest.raises(ValueError, match="could not convert string to float"):
        step(X, y)
    p.data = before
    assert step(X, y) == loss


def test_two_steps_of_one_optimizer_cannot_run_together():
    X, y = data(5)
    model = network()
    optimizer = SGD(model.parameters())
    one, other = (compile_step(squared, model, optimizer) for _ in range(2))
    with (
        one.bound(X, y),
        pytest.raises(RuntimeError, match="Another step of this optimizer is running"),
    ):
        other(X, y)


def test_threads_that_call_a_step_first_take_turns():
    X, y = data(5)
    model = network()
    optimizer = SGD(model.parameters(), lr=1e-3)
    step, ready = compile_step(squared, model, optimizer), threading.Barrier(4)

    def work():
        ready.wait()
        for _ in range(5):
            step.run(X, y, 20)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert optimizer.steps == 400
    assert len(step.specialisations) == 1


# ---------------------------------------------------------------------------- which parameters move


def test_parameters_that_the_optimizer_does_not_have_stay():
    X, y = data(5)
    found = []
    for compiled in (False, True):
        model = network()
        moving, frozen = model.layers[1].parameters(), model.layers[0].parameters()
        before = [p.data for p in frozen]
        optimizer = SGD(moving, lr=0.1)
        if compiled:
            step = compile_step(squared, model, optimizer)
            losses = step.run(X, y, 5).tolist()
        else:
            losses = eager(squared, model, optimizer, X, y)
        assert [p.data for p in frozen] == before
        found.append([*losses, *[p.data for p in moving], *[p.grad for p in moving]])
    assert found[1] == pytest.approx(found[0], **CLOSE)
    for p in frozen:  # the next call sees another number
        p.data = 0.0
    wanted = sum(squared(model, *example).data for example in zip(X, y)) / 5
    assert step(X, y) == pytest.approx(wanted, **CLOSE)


def test_a_parameter_that_the_loss_does_not_use():
    model, idle = network(), Value(5.0)
    optimizer = AdamW([*model.parameters(), idle], lr=0.1, weight_decay=0.5)
    compile_step(squared, model, optimizer).run(*data(5), 2)
    assert idle.grad == 0.0
    assert idle.data == pytest.approx(5.0 * (1.0 - 0.1 * 0.5) ** 2, **CLOSE)


def test_a_subclass_of_an_optimizer():
    """Any update that is written with operators can be traced."""

    class Signed(SGD):
        def update(self, p, grad, state, lr, t):
            return p - lr * grad / (grad * grad + 1e-12) ** 0.5, state

    agree(*both(squared, network, lambda ps: Signed(ps, lr=0.01), *data(5)))


def test_an_interrupted_run_stores_what_was_reached(monkeypatch):
    monkeypatch.setattr(runner, "MAX_STEPS_PER_CALL", 2)
    X, y = data(5)
    one, other = network(), network()
    first, second = Adam(one.parameters(), lr=0.05), Adam(other.parameters(), lr=0.05)
    step = compile_step(squared, one, first)
    step(X, y)
    machine, calls = step.latest.machine, []
    call = machine.call

    def interrupted(pointer):
        if len(calls) == 2:
            raise KeyboardInterrupt
        calls.append(call(pointer))

    monkeypatch.setattr(machine, "loaded", SimpleNamespace(call=interrupted))
    with pytest.raises(KeyboardInterrupt):
        step.run(X, y, 100)
    eager(squared, other, second, X, y, 5)
    agree((0.0, state(other, second)), (0.0, state(one, first)))


def test_two_steps_of_one_model():
    """Each step has arrays of its own; the parameters are the model's."""
    X, y = data(5)
    model, other = network(), copy.deepcopy(network())
    optimizer = SGD(model.parameters(), lr=0.1)
    steps = [compile_step(squared, model, optimizer) for _ in range(2)]
    losses = [steps[i % 2](X, y) for i in range(6)]
    wanted = eager(squared, other, SGD(other.parameters(), lr=0.1), X, y, 6)
    assert losses == pytest.approx(wanted, **CLOSE)


@pytest.mark.parametrize(
    "loss", [lambda *_: None, lambda *_: "a", lambda *_: True, lambda m, x, y: np.array([m(x)])]
)
def test_a_loss_of_another_type_is_refused(loss):
    model = network()
    with pytest.raises(TypeError, match="compile_step needs a function that returns one number"):
        compile_step(loss, model, SGD(model.parameters()))([[1.0, 2.0]], [1.0])


def test_labels_without_rows_are_refused():
    model = network()
    with pytest.raises(ShapeError, match="0 rows but 1 label"):
        compile_step(squared, model, SGD(model.parameters())).run(None, [1.0])


def test_an_optimizer_of_another_model_is_refused():
    step = compile_step(squared, network(), SGD(network().parameters()))
    with pytest.raises(TraceError, match="depends on any parameter of the optimizer"):
        step([[1.0, 2.0]], [1.0])


@pytest.mark.no_cover
@pytest.mark.slow
@pytest.mark.parametrize("batch_size", [None, 150])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_kernels_over_blocks_of_examples_equal_a_straight_line(batch_size, dtype, monkeypatch):
    """300 examples of 9 numbers are more than one block, with a remainder in each direction."""
    rng = random.Random(3)
    X = [[rng.uniform(-1.0, 1.0) for _ in range(9)] for _ in range(300)]
    y = [rng.choice([-1.0, 1.0]) for _ in X]
    found = []
    for most, piece in ((0, 500), (10**6, 10**6), (10**6, 40)):
        monkeypatch.setattr(LoweredProgram.__init__, "__defaults__", (1, most))
        monkeypatch.setattr(straight_line, "PIECE", piece)
        random.seed(1)
        model = MLP(9, [7, 1], activation="tanh")
        step = compile_step(squared, model, Adam(model.parameters(), lr=0.01), dtype=dtype)
        losses = step.run(X, y, steps=4, batch_size=batch_size)
        found.append([*losses, *[p.data for p in model.parameters()]])
    # Sums of 300 are added in another order. The grads, by whose size Adam divides, are not small.
    assert found[0] == pytest.approx(found[1], rel=1e-9 if dtype == "float64" else 1e-3)
    # A multiplication and an addition are fused, and rounded once, only within one straight line.
    assert found[1] == pytest.approx(found[2], rel=1e-12 if dtype == "float64" else 1e-4)


def test_kernels_are_printed_a_line_each_and_the_memory_of_each_thread():
    model = network()
    step = compile_step(squared, model, SGD(model.parameters()), threads=2)
    step(*data(5))
    assert len(str(step.kernels).splitlines()) == len(step.kernels)
    assert "for each of 2 threads" in step.report()
