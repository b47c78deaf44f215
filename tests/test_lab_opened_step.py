"""One step for one example, opened in the lab: the numbers of all five stages, without a page.

Rule: the referee is a step in plain Python that sees this example alone, taken by a twin of the
run; numbers are compared bit by bit.
"""

import json
import random

import numpy as np
import pytest

from micrograd.lab import LabError, Points
from micrograd.lab.grad_proof import prove_grad
from micrograd.lab.mistakes import MISTAKES
from micrograd.lab.opened_step import open_step
from micrograd.lab.session import Session
from micrograd.lab.trainer import targets_for
from tests.support.cases import cases
from tests.support.lab_runs import RUNS, moons_run

HELD = 4
OPTIMIZERS = ("sgd", "momentum", "adam", "adamw", "rmsprop", "adagrad")
CASES = {
    **RUNS,
    **{name: lambda name=name: moons_run(optimizer=name, rate=0.01) for name in OPTIMIZERS},
    **{name: lambda name=name: moons_run(mistake=name, rate=1e-3) for name in MISTAKES},
    "no penalty": lambda: moons_run(l2=0.0),
    "no hidden layer": lambda: moons_run(hidden=()),
    "tanh": lambda: moons_run(activation="tanh"),
    "gelu": lambda: moons_run(activation="gelu"),
    "assign without a penalty": lambda: moons_run(mistake="assign", rate=1e-3, l2=0.0),
}


@pytest.fixture(params=CASES)
def pair(request):
    """Return a run, and a twin that has taken the same steps."""
    runs = []
    for _ in range(2):
        random.seed(0)
        run = CASES[request.param]()
        run.advance(3)
        runs.append(run)
    return runs


def stages_of(opened):
    return {stage["name"]: {row["id"]: row for row in stage["rows"]} for stage in opened["stages"]}


def take_eagerly(run):
    """Let a run take one step in plain Python over the held point; return the loss."""
    points, trainer = run.points, run.trainer
    alone = Points([points.X[HELD]], [points.y[HELD]], columns=points.columns,
                   classes=points.classes, task=points.task)  # fmt: skip
    step = trainer.step if trainer.mistake.assigns else trainer.eager_step()
    losses, rates = np.empty(1), np.empty(1)
    with trainer.bound(alone, run.step, step) as block:
        block.run_into(losses, rates)
    return float(losses[0])


def test_the_numbers_of_a_step_are_those_of_plain_python(pair):
    run, twin = pair
    opened = json.loads(json.dumps(open_step(run, HELD), allow_nan=False))
    stages = stages_of(opened)
    assert [*stages] == ["forward", "loss", "zero_grad", "backward", "update"]
    before, old = run.numbers.tolist(), run.grads.tolist()
    objective = take_eagerly(twin)
    parameters = twin.model.parameters()
    names = [*stages["update"]]
    assert [stages["update"][name]["before"] for name in names] == before
    kept = old if run.trainer.mistake.sums_grads else [0.0] * len(old)
    assert [stages["zero_grad"][name]["before"] for name in names] == old
    assert [stages["zero_grad"][name]["after"] for name in names] == kept
    assert [stages["backward"][name]["before"] for name in names] == kept
    grads = [stages["backward"][name]["after"] for name in names]
    # a sum that was begun with another number is rounded elsewhere
    tolerance = {"rel": 1e-12} if run.trainer.mistake.sums_grads else {"rel": 0.0, "abs": 0.0}
    right = [p.grad + grad for p, grad in zip(parameters, kept)]
    assert grads == pytest.approx(right, **tolerance)
    moved = [stages["update"][name]["after"] for name in names]
    assert moved == pytest.approx(twin.numbers.tolist(), **tolerance)
    last = "objective" if "objective" in stages["loss"] else "loss"
    assert stages["loss"][last]["after"] == objective


def test_the_forward_pass_is_that_of_the_network(pair):
    run, _ = pair
    opened = open_step(run, HELD)
    stages = stages_of(opened)
    x = list(run.points.X[HELD])
    for number, layer in enumerate(run.model.layers):
        outputs = layer(x)
        outputs = outputs if isinstance(outputs, list) else [outputs]
        x = [output.data for output in outputs]
        assert [neuron["output"] for neuron in opened["layers"][number]["neurons"]] == x
        for index, output in enumerate(x):
            assert stages["forward"][f"h[{number}][{index}]"]["after"] == output
    target = targets_for(run.experiment.loss, run.points.y)[HELD]
    output = x if len(x) > 1 else x[0]
    assert stages["loss"]["loss"]["after"] == run.trainer.definition.loss.function(output, target)


def everything_of(run):
    state = run.trainer.snapshot(0).state.tolist()
    return run.step, run.numbers.tolist(), run.grads.tolist(), state, run.losses.tolist()


def test_a_step_that_is_opened_is_not_taken(pair):
    run, _ = pair
    before = everything_of(run)
    open_step(run, HELD)
    assert everything_of(run) == before


def test_every_number_says_why(pair):
    run, _ = pair
    opened = open_step(run, HELD)
    for stage in opened["stages"]:
        assert stage["title"] and stage["sentence"].endswith(".")
        for row in stage["rows"]:
            has_path = stage["name"] != "backward" or row["after"] != row["before"]
            assert row["why"] or not has_path, row
            assert row["changed"] == (row["before"] != row["after"])


def test_the_grad_of_an_input_is_its_derivative():
    """The page shows it, and no parameter does: compared with finite differences."""
    run = moons_run(activation="tanh", l2=0.0)
    run.advance(2)
    x, y = run.points.X[HELD], run.points.y[HELD]
    loss = run.trainer.definition.loss
    grads = stages_of(open_step(run, HELD))["backward"]
    step = 1e-6
    for place, name in enumerate(run.points.columns):
        above, below = list(x), list(x)
        above[place] += step
        below[place] -= step
        slope = (loss(run.model, above, y) - loss(run.model, below, y)).data / (2.0 * step)
        assert grads[name]["after"] == pytest.approx(slope, rel=1e-6, abs=1e-9)


def test_the_lines_of_a_weight_are_its_chain_rule():
    """One neuron, by hand: loss = relu(1 - y * (b + w0 * x0 + w1 * x1))."""
    run = moons_run(hidden=(), l2=0.0)
    run.rewind(0)
    (x0, x1), y = run.points.X[HELD], run.points.y[HELD]
    parameters = run.model.parameters()
    w0, w1, b = (p.data for p in parameters)
    slope = -y if 1 - y * (b + w0 * x0 + w1 * x1) > 0 else 0.0
    row = stages_of(open_step(run, HELD))["backward"]["w[0][0][1]"]
    assert row["after"] == pytest.approx(slope * x1)
    rule, why = row["why"]
    assert rule.startswith("grad(w[0][0][1]) += grad(h[0][0]) · ∂h[0][0]/∂w[0][0][1] = ")
    assert f"{slope} · {x1:.6g}" in rule
    assert why == "∂h[0][0]/∂w[0][0][1] = x2"


def test_the_update_is_written_by_the_rule_of_the_optimizer():
    run = moons_run()
    run.advance(1)
    row = stages_of(open_step(run, HELD))["update"]["b[2][0]"]
    symbols, numbers = row["why"]
    assert symbols == "b[2][0] = b[2][0] - rate * grad"
    assert row["rate"] == 0.1
    before, after = (f"{row[key]:.6g}" for key in ("before", "after"))
    assert numbers.startswith(f"b[2][0] = {before} - 0.1 * ")
    assert numbers.endswith(f" = {after}")


def test_a_run_with_a_mistake_shows_it_in_its_stage():
    sums = open_step(moons_run(mistake="no_zero_grad"), HELD)
    assert sums["mistake"] == MISTAKES["no_zero_grad"].title
    assert "forgets zero_grad()" in sums["stages"][2]["sentence"]
    assigns = open_step(moons_run(mistake="assign"), HELD)
    assert "replaces the one before" in assigns["stages"][3]["sentence"]
    assert open_step(moons_run(), HELD)["mistake"] == ""


def test_the_page_opens_the_point_that_is_held():
    session = Session(run=moons_run())
    session.do({"do": "hold", "i": 7})
    opened = session.do({"do": "open"})
    assert opened["held"] == 7 and opened["example"]["x"] == session.run.points.X[7]
    assert "there are 40" in opened["sentence"]


def test_a_point_without_a_loss_says_that_it_has_nothing_to_teach():
    run = moons_run(points=100, hidden=(8, 8), rate=0.5)
    run.advance(300)
    sentences = [open_step(run, held)["sentence"] for held in range(20)]
    zeros = [stages_of(open_step(run, held))["loss"]["loss"]["after"] == 0 for held in range(20)]
    assert True in zeros
    assert ["nothing to teach" in sentence for sentence in sentences] == zeros


def test_a_number_that_is_not_finite_is_null():
    run = moons_run()
    for p in run.model.parameters():
        p.data = float("inf")
    opened = open_step(run, HELD)
    json.dumps(opened, allow_nan=False)
    assert stages_of(opened)["forward"]["h[2][0]"]["after"] is None


# ------------------------------------------------------------------------------- grads once more


def test_every_grad_is_the_slope_and_the_sum_over_all_paths(pair):
    """Only a mistake in backward() makes it another number, which the page then calls wrong."""
    run, _ = pair
    backward = stages_of(open_step(run, HELD))["backward"]
    names = [*backward][:: 1 + len(backward) // 40]
    wrong = 0
    for name in names:
        row, proof = backward[name], prove_grad(run, HELD, name)
        slope, total = proof["numeric"]["slope"], proof["total"]
        assert slope == pytest.approx(total, rel=1e-5, abs=1e-6) or proof["numeric"]["corner"]
        products = [path["product"] for path in proof["paths"]]
        assert [abs(x) for x in products] == sorted(map(abs, products), reverse=True)
        for path in proof["paths"]:
            assert (path["names"][0], path["names"][-1]) == (name, proof["result"])
            assert len(path["factors"]) == len(path["names"]) - 1
            assert np.prod(path["factors"]) == pytest.approx(path["product"], rel=1e-9)
        wrong += row["after"] - row["before"] != pytest.approx(total, rel=1e-9, abs=1e-12)
    assert bool(wrong) == (run.experiment.mistake == "assign")


def test_the_paths_of_a_weight_pass_the_neurons_that_it_reaches():
    run = moons_run(hidden=(3, 2), activation="tanh", l2=0.0)
    proof = prove_grad(run, HELD, "w[0][1][0]")
    assert proof["count"] == "2 paths"
    names = [path["names"] for path in proof["paths"]]
    assert sorted(names) == [
        ["w[0][1][0]", "h[0][1]", f"h[1][{other}]", "h[2][0]", "loss"] for other in range(2)
    ]


def test_with_a_penalty_one_path_more_leads_to_the_objective():
    plain, pulled = (prove_grad(moons_run(l2=l2), HELD, "w[2][0][0]") for l2 in (0.0, 0.1))
    assert (plain["result"], pulled["result"]) == ("loss", "objective")
    assert (plain["count"], pulled["count"]) == ("1 path", "3 paths")  # w * w is a use each


@cases("name", ["", "nope", "w[9][0][0]", None, 7, [], "x" * 5000])
def test_a_number_that_is_not_there_is_a_sentence(name):
    with pytest.raises(
        LabError, match=r"^The step has no number .{1,80} Write a name as its tables"
    ):
        prove_grad(moons_run(), HELD, name)


def test_the_page_is_told_of_which_step_a_proof_is():
    session = Session(run=moons_run())
    session.do({"do": "step", "count": 3})
    session.do({"do": "hold", "i": 7})
    proof = session.do({"do": "proof", "name": "h[0][1]"})
    assert (proof["step"], proof["held"], proof["id"]) == (3, 7, "h[0][1]")
    assert json.loads(json.dumps(proof, allow_nan=False)) == proof
