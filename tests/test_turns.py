"""Examples in turn: the program of one example runs for each of a step, and the means are the same.

Rule: small models are computed in turn here, and compared with `unroll=True` and with Values.
"""

from types import SimpleNamespace

import numpy as np
import pytest

from micrograd import MLP, nn
from micrograd.compiler import RolledProgram
from micrograd.training.steps import step_plan
from micrograd.training.steps.step_plan import LARGE, USES, StepKind
from tests.support.rolled import LAYERS, assert_close, check, compiled, numbers
from tests.test_rolled import OPTIONS, gpt, loss_of, next_token, squares

pytestmark = pytest.mark.usefixtures("rolled", "in_turn")


@pytest.fixture
def in_turn(monkeypatch, tmp_path):
    """Let small examples run in turn; other tests keep plans of the same models on disk."""
    monkeypatch.setenv("MICROGRAD_CACHE", str(tmp_path))
    monkeypatch.setattr(step_plan, "USES", 0)
    monkeypatch.setattr(step_plan, "LARGE", 0)


def is_in_turn(step):
    return step.latest.layout.in_turn


@pytest.mark.parametrize("count", [1, 2, 3, 17])
def test_numbers_of_examples(count):
    step = check(loss_of, MLP(3, [4, 2]), numbers(count, 3))
    assert is_in_turn(step) == (count > 1)


@pytest.mark.parametrize("options", OPTIONS, ids=lambda options: " ".join(options))
def test_options(options):
    assert is_in_turn(check(loss_of, MLP(3, [4, 2]), numbers(17, 3), **options))


@pytest.mark.parametrize("name", [name for name in LAYERS if name.startswith("Dropout")])
def test_random_numbers_of_each_example(name):
    make, shape = LAYERS[name]
    assert is_in_turn(check(loss_of, make(), numbers(3, *shape), is_eager=False))


def test_targets():
    loss = lambda m, x, y: (m(x)[0] - y) ** 2  # noqa: E731
    assert is_in_turn(check(loss, nn.Linear(3, 1), numbers(5, 3), numbers(5)))


def test_texts():
    tokens = np.random.default_rng(0).integers(0, 5, (3, 6))
    assert is_in_turn(check(next_token, gpt(), tokens, is_written_out=False))


def test_a_gradient_that_an_example_does_not_have():
    """Each example adds its grads: what one leaves in memory must not count for the next."""
    loss = lambda m, x: squares([m(x)[0] * x[0]])  # noqa: E731
    model, X = nn.Linear(2, 2), [[0.0, 1.0], [2.0, 1.0], [0.0, 3.0]]
    assert is_in_turn(check(loss, model, X))
    assert compiled(loss, model, X)[2][-1] == 0.0


def test_numbers_of_examples_that_change():
    """The step is compiled once for any number of examples but one."""
    model = MLP(3, [4, 2])
    step, *_ = compiled(loss_of, model, numbers(4, 3))
    before = [p.data for p in model.parameters()]
    for count in (2, 9, 1, 4):
        X = numbers(count, 3)
        found = step(X), [p.grad for p in model.parameters()]
        for p, data in zip(model.parameters(), before):
            p.data = data
        assert_close(found, compiled(loss_of, model, X, unroll=True)[1:], 1e-12)


SIZES = {  # (instructions for 10 parameters, examples, threads): whether they run in turn
    (299, 2, 1): False,
    (300, 1, 1): False,
    (300, 2, 1): True,
    (300, 7, 1): True,
    (300, 8, 1): False,
    (300, 15, 2): True,
    (300, 16, 2): False,
    (1_999_999, 8, 1): False,
    (2_000_000, 1, 1): False,
    (2_000_000, 8, 1): True,
}


@pytest.mark.parametrize("instructions, examples, threads", SIZES)
def test_sizes(instructions, examples, threads, monkeypatch):
    monkeypatch.setattr(step_plan, "USES", USES)
    monkeypatch.setattr(step_plan, "LARGE", LARGE)
    monkeypatch.setattr(step_plan, "native_lanes", lambda dtype: 8)
    program = RolledProgram.__new__(RolledProgram)
    program.instructions = instructions
    kind = StepKind("float64", threads, ((3,),), examples)
    programs = SimpleNamespace(example=program, widths=[3])
    found = step_plan.runs_in_turn(programs, 10, kind)
    assert found == SIZES[instructions, examples, threads]
