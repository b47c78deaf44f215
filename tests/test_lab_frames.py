"""The frames of the lab, which a page shows with each step, tested without a page.

Rule: the referee of each number is the eager engine, or NumPy, on the run's own model.
"""

import base64
import gc
import json
import weakref
from statistics import fmean
from types import SimpleNamespace

import numpy as np
import pytest

from micrograd import diagnose, losses
from micrograd.lab import Experiment, Points, Run
from micrograd.lab.curves import MOST_MARKS, MOST_POINTS, Marks, curves_of
from micrograd.lab.frames import frame, frame_beside, frames_of
from micrograd.lab.json_numbers import rounded
from micrograd.lab.measuring import layer_sizes
from micrograd.lab.pictures import SIZE
from micrograd.lab.plane import picture, places
from micrograd.lab.probe import MOST_PROBES, Probe, kept, probe_of
from micrograd.training import loss_of
from tests.support.lab_runs import RUNS, moons_run

ROUNDED = 5e-5  # relative: half a unit of the last of five significant digits


@pytest.fixture(params=RUNS)
def run(request):
    run = RUNS[request.param]()
    run.advance(3)
    return run


def eager_loss(run):
    loss, targets = loss_of(run.experiment.loss), run.points.y
    if run.experiment.loss == "binary_cross_entropy":
        targets = [(y + 1.0) / 2.0 for y in targets]
    pairs = list(zip(run.points.X, targets))
    mean = sum(loss(run.model, list(x), y) for x, y in pairs) * (1.0 / len(pairs))
    return mean, mean + losses.l2_penalty(run.model.parameters(), run.experiment.l2)


def flat(layers):
    numbers = []
    for layer in layers:
        for neuron in layer:
            numbers += [*neuron["w"], neuron["b"]]
    return numbers


def close(x, y):
    return x == pytest.approx(y, rel=ROUNDED, abs=1e-12)


def test_a_frame_is_json_of_the_contract(run):
    sent = json.loads(json.dumps(frame(run), allow_nan=False))
    assert sent["step"] == 3 and sent["stopped"] == ""
    sizes = [len(layer.neurons) for layer in run.model.layers]
    for name in ("weights", "grads", "updates"):
        assert [len(layer) for layer in sent[name]] == sizes
    assert [len(layer) for layer in sent["pictures"]["layers"]] == sizes
    assert [len(layer) for layer in sent["pictures"]["scale"]] == sizes
    assert len(sent["layers"]) == len(sizes)


def test_weights_are_those_of_now_and_grads_those_of_the_last_step(run):
    run.rewind(2)
    _, objective = eager_loss(run)
    run.model.zero_grad()
    objective.backward()
    right = [p.grad for p in run.model.parameters()]
    before = [p.data for p in run.model.parameters()]
    run.advance(1)
    sent = frame(run)
    assert close(flat(sent["weights"]), [p.data for p in run.model.parameters()])
    assert close(flat(sent["grads"]), right)
    moved = [p.data - old for p, old in zip(run.model.parameters(), before)]
    assert close(flat(sent["updates"]), moved)
    for layer, sizes in zip(run.model.layers, sent["layers"]):
        count = len(layer.parameters())
        own, moved = moved[:count], moved[count:]
        weights = [p.data for p in layer.parameters()]
        assert close(sizes["update_ratio"], np.std(own) / np.std(weights))
    for layer, sizes in zip(run.model.layers, sent["layers"]):
        norm = np.linalg.norm([p.grad for p in layer.parameters()])
        assert close(sizes["grad_norm"], norm)


def test_loss_and_accuracy_are_those_of_the_eager_network(run):
    sent = frame(run)
    mean, _ = eager_loss(run)
    assert close(sent["train"]["loss"], mean.data)
    outputs = [run.model(list(x)) for x in run.points.X]
    if run.points.task == "amount":
        assert sent["train"]["accuracy"] is None
    else:
        assert sent["train"]["accuracy"] == losses.accuracy(outputs, run.points.y)


def test_validation_is_measured_on_the_rows_held_out():
    run = moons_run()
    sent = frame(run)
    outputs = [run.model(x) for x in run.points.held_X]
    assert close(sent["validation"]["loss"], losses.hinge(outputs, run.points.held_y).data)
    assert sent["validation"]["accuracy"] == losses.accuracy(outputs, run.points.held_y)
    assert frame(RUNS["amount"]())["validation"] == {"loss": None, "accuracy": None}


def test_a_frame_changes_nothing_of_the_run(run):
    before = [(p.data, p.grad) for p in run.model.parameters()]
    frame(run)
    assert [(p.data, p.grad) for p in run.model.parameters()] == before


def test_before_the_first_step_there_is_no_update_and_no_grad():
    run = moons_run()
    sent = frame(run)
    assert set(flat(sent["updates"])) == {None} and set(flat(sent["grads"])) == {0.0}
    assert {layer["update_ratio"] for layer in sent["layers"]} == {None}
    run.advance(2)
    run.rewind(0)
    assert set(flat(frame(run)["updates"])) == {None}


def test_a_run_that_forgets_zero_grad_shows_the_sum_of_its_grads():
    run, right = moons_run(mistake="no_zero_grad"), moons_run()
    run.advance(1)
    right.advance(1)
    assert flat(frame(run)["grads"]) == flat(frame(right)["grads"])
    first = run.grads
    run.advance(1)
    right.advance(1)  # to the same numbers, because the first step was the same
    assert close(flat(frame(run)["grads"]), (first + right.grads).tolist())


def test_weights_that_are_all_equal_have_no_ratio():
    run = moons_run(hidden=(1,))
    for p in run.model.layers[0].parameters():
        p.data = 0.5
    sizes = layer_sizes(run.model, [1.0] * 5, [0.1, 0.2, 0.3, 0.4, 0.5])
    assert sizes[0] == {"grad_norm": rounded(3**0.5), "update_ratio": None}
    assert sizes[1]["update_ratio"] is not None


def test_a_run_beside_shows_its_results_alone():
    run = moons_run()
    run.advance(2)
    whole = frame(run)
    beside = frame_beside(run)
    assert set(beside) < set(whole) and "pictures" not in beside
    assert {name: whole[name] for name in beside} == beside


def test_runs_of_equal_networks_share_a_probe_and_keep_their_numbers():
    one, other = moons_run(seed=1), moons_run(seed=2, rate=0.3)
    first = frame(one)
    assert probe_of(one) is probe_of(other)
    assert frame(other)["weights"] != first["weights"]
    assert frame(one) == first
    assert probe_of(moons_run(activation="tanh")) is not probe_of(one)
    assert probe_of(moons_run(l2=0.5)) is not probe_of(one)


def test_few_probes_are_kept():
    for size in range(1, MOST_PROBES + 4):
        probe_of(moons_run(hidden=(size,)))
    assert len(kept.probes) == MOST_PROBES


def test_a_probe_takes_a_loss_of_the_users_own():
    run = moons_run()
    definition = SimpleNamespace(loss=lambda model, x, y: (model(x) - y) ** 4, penalty=None)
    trainer = SimpleNamespace(model=run.model, definition=definition, experiment=run.experiment)
    probe = Probe(trainer)
    X, y = run.points.X, run.points.y
    right = [((run.model(x) - target) ** 4).data for x, target in zip(X, y)]
    assert probe.losses(X, probe.outputs(X), y) == pytest.approx(right, rel=1e-12)


# ------------------------------------------------------------------------------------- pictures


def decode(text):
    return np.frombuffer(base64.b64decode(text), dtype=np.uint8).astype(float)


def test_each_neuron_has_its_picture_over_the_plane():
    run = moons_run()
    pictures = frame(run)["pictures"]
    assert pictures["kind"] == "plane" and pictures["size"] == SIZE
    grid = places(run.points.bounds, SIZE)
    for place in (0, 17, SIZE * SIZE - 1):
        x = list(map(float, grid[place]))
        for number, layer in enumerate(run.model.layers):
            outputs = layer(x)
            outputs = outputs if isinstance(outputs, list) else [outputs]
            for neuron, output in enumerate(outputs):
                scale = pictures["scale"][number][neuron]
                shade = decode(pictures["layers"][number][neuron])[place]
                # a byte is at most half a shade beside the number, of 127 up to the scale
                assert (shade - 128) / 127 * scale == pytest.approx(
                    output.data, abs=0.51 * scale / 127
                )
            x = outputs


def test_the_top_left_of_a_picture_is_left_and_up():
    corners = places([1.0, 2.0, 3.0, 4.0], 2).tolist()
    assert corners == [[1.0, 4.0], [2.0, 4.0], [1.0, 3.0], [2.0, 3.0]]


def test_the_boundary_has_the_class_of_the_largest_output():
    run = RUNS["classes"]()
    output = frame(run)["output"]
    grid = places(run.points.bounds, output["size"])
    classes = decode(output["values"])
    assert output["classes"] == 3
    for place in range(0, len(grid), 97):
        scores = [score.data for score in run.model(list(map(float, grid[place])))]
        assert classes[place] == np.argmax(scores)


def test_without_a_plane_the_first_layer_shows_its_weights_as_an_image():
    run = RUNS["images"]()
    sent = frame(run)
    assert sent["output"] is None
    pictures = sent["pictures"]
    assert (pictures["kind"], pictures["size"]) == ("weights", 3)
    weights = [w.data for w in run.model.layers[0].neurons[1].w]
    scale = max(map(abs, weights))
    shades = (decode(pictures["layers"][0][1]) - 128) / 127 * scale
    assert shades == pytest.approx(weights, abs=0.51 * scale / 127)
    assert pictures["layers"][1] == [None, None]


def test_a_network_of_one_input_is_a_line():
    run = RUNS["amount"]()
    sent = frame(run)
    line = sent["output"]["line"]
    left, right, bottom, top = run.points.bounds
    assert (line["x"][0], line["x"][-1]) == pytest.approx((left, right), rel=ROUNDED)
    assert bottom < min(run.points.y) and max(run.points.y) < top
    expected = [run.model([x]).data for x in line["x"]]
    assert line["y"] == pytest.approx(expected, rel=1e-3)  # x is rounded, too
    shades = decode(sent["pictures"]["layers"][0][0]).reshape(24, 24)
    assert (shades == shades[0]).all()  # the same from the bottom to the top


def test_neither_a_plane_nor_an_image_is_null():
    sent = frame(RUNS["three columns"]())
    assert sent["pictures"]["kind"] == "none" and sent["output"] is None
    assert {shown for layer in sent["pictures"]["layers"] for shown in layer} == {None}


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_picture_takes_numbers_that_are_not_finite(bad):
    shades = decode(picture(np.array([bad, 1.0, -1.0]))[0])
    assert shades[1:].tolist() == [255, 1]
    assert shades[0] == {"nan": 128, "inf": 255, "-inf": 1}[str(bad)]


def test_a_run_that_blew_up_is_still_a_frame():
    run = moons_run()
    run.rewind(0)
    for p in run.model.parameters()[:3]:
        p.data = float("nan")
    sent = json.loads(json.dumps(frame(run), allow_nan=False))
    assert sent["train"]["loss"] is None
    assert flat(sent["weights"])[:3] == [None] * 3
    assert "not finite" in sent["findings"][0]


# ------------------------------------------------------------------------- findings and curves


def test_findings_are_those_of_diagnose():
    points = Points([[1.0, 2.0], [2.0, 1.0]], [1.0, -1.0])
    run = Run(Experiment(data="own", hidden=(2,), l2=0.0), points)
    run.set_parameter("layers.0.neurons.0.b", -100.0)
    run.set_parameter("layers.0.neurons.1.b", -100.0)
    mean, _ = eager_loss(run)
    run.model.zero_grad()
    mean.backward()
    findings = frame(run)["findings"]
    assert findings == list(diagnose(run.model, mean).findings) and findings


def test_findings_are_looked_for_once_a_second():
    run = moons_run(mistake="equal_weights", l2=0.0)
    first = frame(run)["findings"]
    for neuron in range(6):
        run.set_parameter(f"layers.0.neurons.{neuron}.b", -100.0)
    assert frame(run)["findings"] is first
    frames_of(run).searched -= 1.0
    assert frame(run)["findings"] != first


def test_the_curve_of_training_is_the_losses_of_the_run():
    run = moons_run()
    frame(run)
    run.advance(20)
    curves = frame(run)["curves"]
    assert curves["step"] == list(range(21))
    assert close(curves["train"][:-1], run.losses) and curves["train"][-1] is None
    assert curves["validation"][0] is not None and curves["validation"][-1] is not None


def test_curves_of_a_long_run_are_short_and_end_at_its_last_step():
    marks = Marks()
    losses = [float(i) for i in range(100_000)]
    for step in range(0, 100_001, 20):
        marks.add(step, {"validation": step / 2})
    curves = curves_of(losses, marks)
    assert {len(numbers) for numbers in curves.values()} == {MOST_POINTS}
    assert curves["step"][0] == 0 and curves["step"][-1] == 100_000
    assert curves["train"][10] == pytest.approx(curves["step"][10], rel=ROUNDED)
    assert curves["validation"] == pytest.approx([step / 2 for step in curves["step"]], rel=1e-3)
    assert len(marks.steps) <= MOST_MARKS


def test_curves_forget_what_a_rewound_run_takes_anew():
    run = moons_run()
    for _ in range(3):
        frame(run)
        run.advance(2)
    run.rewind(2)
    run.set_parameter("layers.0.neurons.0.b", 1.0)
    frame(run)
    assert frames_of(run).marks.steps == [0, 2]


def test_a_run_that_is_gone_leaves_no_frames():
    run = moons_run()
    frame(run)
    reference = weakref.ref(run)
    del run
    gc.collect()
    assert reference() is None


def test_a_run_of_no_steps_has_curves():
    assert curves_of([], Marks()) == {"step": [0], "train": [None]}
    assert fmean(curves_of([2.0], Marks())["train"]) == 2.0
