"""Dropout: how much is dropped, when it is off, and where the random numbers come from."""

import random

import numpy as np
import pytest

from micrograd import Value, compile_step, fit, jit, no_grad, optim, vmap
from micrograd.errors import TraceError
from micrograd.nn import Dropout, Linear, Sequential
from micrograd.support.randomness import uniform, use_generator
from micrograd.training.steps import minibatches
from tests.support.floats import flat_numbers


@pytest.mark.slow
@pytest.mark.parametrize("p", [0.0, 0.25, 0.9, 1.0])
def test_a_share_is_dropped_and_the_rest_made_larger(p):
    random.seed(1)
    out = np.array(flat_numbers(Dropout(p)([Value(1.0)] * 20_000)))
    kept = 1.0 / (1.0 - p) if p < 1.0 else 0.0
    assert set(np.round(out, 12)) <= {0.0, round(kept, 12)}
    # The standard deviation of a share of 20,000 draws is at most 0.0036: five times as much.
    assert (out == 0.0).mean() == pytest.approx(p, abs=0.018)


def test_the_seed_decides_what_is_dropped_and_the_grads_follow():
    xs = [Value(2.0) for _ in range(50)]
    random.seed(4)
    out = Dropout(0.5)(xs)
    sum(out).backward()
    assert [x.grad for x in xs] == [
        y / 2.0 for y in flat_numbers(out)
    ]  # x is 2, out twice that or 0
    random.seed(4)
    assert flat_numbers(Dropout(0.5)(xs)) == flat_numbers(out)


def test_nests_keep_their_shape():
    assert np.shape(Dropout(0.0)([[1.0, 2.0], [3.0, 4.0]])) == (2, 2)


OFF = {
    "eval": lambda layer: layer.eval()([1.0, 2.0]),
    "no_grad": lambda layer: no_grad()(layer)([1.0, 2.0]),
    "no chance": lambda layer: use_generator(None)(layer)([1.0, 2.0]),
}


@pytest.mark.parametrize("call", OFF.values(), ids=OFF)
def test_it_is_off(call):
    assert call(Dropout(0.9)) == [1.0, 2.0]


def test_eval_and_train_reach_every_module():
    model = Sequential(Linear(2, 2), Sequential(Dropout(0.9)))
    inner = model.steps[1].steps[0]
    assert model.eval() is model
    assert inner.training is False
    model.train()
    assert inner.training is True
    assert model.parameters() == model.steps[0].parameters()


@pytest.mark.parametrize("p", [-0.1, 1.1, 2.0, float("nan"), "a"])
def test_a_probability_outside_its_range_is_refused(p):
    with pytest.raises(ValueError, match="must be between 0 and 1, got"):
        Dropout(p)


def test_a_compiled_function_cannot_draw_random_numbers():
    layer = Dropout(0.5)
    for compiled in (jit(lambda x: layer([x])[0]), lambda x: vmap(lambda x: layer([x])[0])([x])):
        with pytest.raises(TraceError, match=r"cannot draw random numbers.*model.eval\(\)"):
            compiled(2.0)
    layer.eval()
    assert jit(lambda x: layer([x])[0] * 1.0)(2.0).data == 2.0


def test_a_step_without_data_cannot_draw_random_numbers():
    model = Sequential(Linear(1, 1), Dropout(0.5))
    step = compile_step(lambda model: model([1.0])[0] ** 2, model, optim.SGD(model.parameters()))
    with pytest.raises(TraceError, match="they belong to an example"):
        step()


@pytest.mark.parametrize("size", [1, 3, None])
def test_a_step_draws_for_each_example(size):
    """With a learning rate of 0, only the dropped numbers change from step to step."""
    model = Sequential(Linear(1, 8), Dropout(0.5))
    optimizer = optim.SGD(model.parameters(), lr=0.0)
    step = compile_step(lambda model, x: sum(z * z for z in model(x)), model, optimizer)
    X = [[1.0]] * 5

    def run(**options):
        optimizer.steps = 0
        return step.run(X, steps=40, batch_size=size, **options).tolist()

    losses = run()
    assert len(set(losses)) > 20
    assert losses == run() != run(seed=1)


def dropping():
    """Return (a model with Dropout, its loss, an optimizer that does not move it)."""
    random.seed(5)
    model = Sequential(Linear(1, 8), Dropout(0.5))
    optimizer = optim.Adam(model.parameters(), lr=0.0)
    return model, lambda model, x: sum(z * z for z in model(x)), optimizer


DATA = [[0.1 * i + 0.2] for i in range(7)]


def by_calls(step, **options):
    return [float(step.run(DATA, **options)[0]) for _ in range(6)]


def by_blocks(step, **options):
    losses = []
    for count in (1, 3, 2):
        with step.bound(DATA, **options) as take:
            losses += [take() for _ in range(count)]
    return losses


def by_one_block(step, **options):
    block, losses = step.bound(DATA, **options), []
    for _ in range(2):
        with block as take:
            losses += [take(), *take.run(1), take()]
    return losses


# fmt: off
WAYS = {  # name: six losses of a compiled step
    "one run":    lambda step, **options: step.run(DATA, steps=6, **options).tolist(),
    "two runs":   lambda step, **options: [*step.run(DATA, steps=2, **options),
                                           *step.run(DATA, steps=4, **options)],
    "calls":      by_calls,
    "blocks":     by_blocks,
    "one block":  by_one_block,
}
# fmt: on


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("size", [None, 1, 3])
@pytest.mark.parametrize("taken", [0, 5])
def test_draws_and_order_follow_from_the_step_however_it_is_taken(way, size, taken):
    """The parameters stay, so that each loss shows the examples and the draws of its step."""
    model, loss, optimizer = dropping()
    step = compile_step(loss, model, optimizer)
    wanted = step.run(DATA, steps=taken + 6, batch_size=size, seed=3).tolist()
    optimizer.steps = taken
    assert way(step, batch_size=size, seed=3) == wanted[taken:]
    assert len(set(wanted)) > 3


@pytest.mark.parametrize("engine", ["jit", "eager"])
@pytest.mark.parametrize("size", [None, 3])
def test_fit_draws_what_a_step_draws(engine, size):
    model, loss, optimizer = dropping()
    options = {"batch_size": size, "seed": 3, "steps": 6}
    wanted = compile_step(loss, model, optimizer).run(DATA, **options).tolist()
    model, loss, optimizer = dropping()
    options |= {"engine": engine, "progress": False, "optimizer": optimizer}
    history = fit(model, loss, DATA, **options)
    # eager and compiled sums of 8 squares differ by a few times 1e-16
    assert history.losses == pytest.approx(wanted, rel=1e-13)
    again = fit(model, loss, DATA, **options).losses  # these steps are others
    assert set(again).isdisjoint(history.losses)


@pytest.mark.parametrize("mode", [True, False])
def test_both_engines_see_a_mode_that_a_callback_sets(mode):
    """The steps after the first report are in the other mode."""
    results = []
    for engine in ("jit", "eager"):
        model, loss, optimizer = dropping()
        model.train(not mode)
        options = {"optimizer": optimizer, "steps": 8, "keep_every": 1, "progress": False}

        def switch(history, model=model):
            model.train(mode)

        history = fit(model, loss, DATA, engine=engine, callbacks=[switch], **options)
        results.append((history.losses, len(set(history.losses))))
    assert results[0][0] == pytest.approx(results[1][0], rel=1e-13)
    assert results[0][1] == results[1][1]


def test_calls_of_a_step_with_data_draw_new_numbers():
    model, loss, optimizer = dropping()
    step = compile_step(loss, model, optimizer)
    assert len({step(DATA) for _ in range(6)}) > 3


def test_many_blocks_of_single_steps_go_on_in_one_order():
    """Each block puts back the minibatches that it has prepared and not used."""
    model, loss, optimizer = dropping()
    step = compile_step(loss, model.eval(), optimizer)
    wanted = step.run(DATA, steps=300, batch_size=2).tolist()
    optimizer.steps, losses = 0, []
    for _ in range(300):
        with step.bound(DATA, batch_size=2) as take:
            losses.append(take())
    assert losses == wanted


# ---------------------------------------------------------------------------------- random numbers


def test_uniform_asks_the_generator_in_use():
    with use_generator(iter([0.25, 0.5]).__next__):
        assert [uniform(), uniform()] == [0.25, 0.5]
        with use_generator(None):
            assert uniform() is None
    random.seed(2)
    wanted = random.random()
    random.seed(2)
    assert uniform() == wanted


@pytest.mark.parametrize("count", [1, 4, 6])
def test_the_numbers_of_a_step_do_not_depend_on_how_it_is_reached(count):
    whole = minibatches.random_numbers(3, 0, 10, count)
    assert whole.shape == (10, count)
    assert minibatches.random_numbers(3, 4, 6, count).tolist() == whole[4:].tolist()
    assert len({*whole.ravel()}) == whole.size
    assert minibatches.random_numbers(4, 0, 10, count).tolist() != whole.tolist()


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("draws", [0, 2])
@pytest.mark.parametrize("first", [0, 3, 8])
def test_a_sampler_can_start_anywhere(first, draws, whole):
    rows, targets = np.arange(14.0).reshape(7, 2), np.arange(7.0)

    def seen(first, parts):
        sampler = minibatches.MinibatchSampler(rows, targets, 2, 5, first, whole, draws)
        found = []
        for steps in parts:
            X, y, order = sampler.arrays_for(steps, sampler.step)
            found += [(X[i].tolist(), y[i].tolist()) for i in order]
        return found

    each = 1 if whole else 2
    everything = seen(0, [12])
    assert seen(first, [12 - first]) == everything[first * each :]
    assert seen(first, [1, 2, 12 - first - 3]) == everything[first * each :]
