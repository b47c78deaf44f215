"""Every action of the lab's page, without a page: what it replies, changes and refuses.

Rule: whatever a page sends, the answer is a reply or a sentence, and a refusal changes nothing.
"""

import json
import math
import random
import sys
from concurrent.futures import Future
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from micrograd import save
from micrograd.lab import DATASETS, Experiment, LabError, Run, Session, program_of
from micrograd.lab.datasets import Points, make_points
from micrograd.lab.experiment import MOST_POINTS, losses_for
from micrograd.lab.mistakes import MISTAKES
from micrograd.lab.questions import (
    QUESTIONS,
    compare,
    next_step,
    silent_points,
    sum_of_neuron,
    updated_weight,
)
from micrograd.lab.session import ACTIONS, MOST_RUNS, function_of
from tests.support.cases import cases

SMALL = Experiment(points=20, hidden=(4,))


@pytest.fixture
def session():
    return Session(SMALL)


def do(session, action, /, **arguments):
    return session.do({"do": action, **arguments})


@pytest.mark.parametrize("name", ACTIONS)
def test_every_action_has_a_function(name):
    assert callable(function_of(ACTIONS[name].place))


# ------------------------------------------------------------------------------------------- runs


def test_hello_has_all_that_a_page_shows(session):
    reply = do(session, "hello")
    state = json.loads(json.dumps(reply["state"]))
    assert {*state["choices"]["data"]} == {*DATASETS}
    assert [row["name"] for row in state["choices"]["mistake"]] == list(MISTAKES)
    assert state["network"]["inputs"] == ["x1", "x2"]
    assert [layer["size"] for layer in state["network"]["layers"]] == [4, 1]
    assert state["points"]["X"] == session.run.points.X and reply["frame"]["step"] == 0


def test_setup_starts_the_run_anew(session):
    do(session, "step", count=10)
    do(session, "setup", changes={"hidden": [3, 2], "rate": 0.1})
    assert session.run.experiment == SMALL.replace(hidden=(3, 2), rate=0.1)
    assert session.run.step == 0 and list(session.runs) == ["A"]


def test_the_first_page_is_told_that_it_is_the_first(session):
    assert [do(session, "hello")["first"] for _ in range(3)] == [True, False, False]


@pytest.mark.parametrize("name", DATASETS)
def test_another_data_set_brings_a_loss_that_fits(session, name):
    do(session, "setup", changes={"data": name})
    assert session.run.experiment.loss in losses_for(DATASETS[name].task)
    assert do(session, "step", count=3) == {"step": 3}


def test_a_data_set_whose_package_is_missing_names_it(session, monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(LabError, match="scikit-learn"):
        do(session, "setup", changes={"data": "digits"})


@pytest.mark.parametrize("count", [2, 100, 1300, 1797, 5000])
def test_some_digits_are_held_out(count):
    points = make_points(Experiment(data="digits", loss="cross_entropy", points=count))
    assert len(points.X) == min(count, 1348) and len(points.held_X) >= 2


def test_a_setup_that_is_refused_leaves_the_run(session):
    do(session, "step", count=10)
    for changes in (
        {"hidden": [0]},
        {"loss": "mse", "data": "blobs"},
        {"rat": 1},
        [],
        {"seed": -1},
    ):
        with pytest.raises(LabError):
            do(session, "setup", changes=changes)
    assert session.run.step == 10 and session.run.experiment == SMALL


def test_an_address_sets_everything_up(session):
    experiment = SMALL.replace(data="xor", optimizer="adam", rate=0.01)
    do(session, "setup", query=experiment.to_query())
    assert session.run.experiment == experiment
    with pytest.raises(LabError, match="points of your own"):
        do(session, "setup", query="data=own")


def test_playing_ends_where_the_run_stops(session):
    do(session, "setup", changes={"loss": "mse", "rate": 900.0, "activation": "none"})
    do(session, "play")
    assert session.players == [session]
    session.advance(1000)
    assert not session.playing and session.players == []
    with pytest.raises(LabError, match="The run stopped after"):
        do(session, "play")
    do(session, "rewind", step=1)
    do(session, "play")
    assert session.playing


def test_a_fork_is_shown_and_keeps_its_history(session):
    do(session, "step", count=10)
    name = do(session, "fork", changes={"rate": 0.01})["run"]
    runs = session.state()["runs"]
    assert [run["id"] for run in runs] == ["A", name]
    assert runs[1]["parent"] == "A" and runs[1]["forked_at"] == 10 and runs[1]["current"]
    do(session, "rewind", step=3)
    session.runs["A"].rewind(3)
    assert (session.run.numbers == session.runs["A"].numbers).all()
    do(session, "choose", run="A")
    assert session.current == "A"
    do(session, "forget", run=name)
    assert list(session.runs) == ["A"]
    with pytest.raises(LabError, match="the only one"):
        do(session, "forget", run="A")


def test_where_a_run_is_forgotten_the_one_it_came_from_is_shown(session):
    for _ in range(2):
        do(session, "fork")
    do(session, "break", mistake="wrong_sign")
    do(session, "choose", run="D")
    do(session, "break", mistake="")
    assert session.current == "C"
    do(session, "choose", run="B")
    do(session, "forget", run="A")
    do(session, "forget", run="B")
    assert session.current == "C"


def test_there_are_not_more_runs_than_fit_on_a_page(session):
    for _ in range(MOST_RUNS - 1):
        do(session, "fork")
    do(session, "step", count=3)
    for request in ({"do": "fork"}, {"do": "break", "mistake": "wrong_sign"}):
        with pytest.raises(LabError, match="at most 12 runs"):
            session.do(request)
    assert session.run.step == 3
    do(session, "forget", run="C")
    assert do(session, "fork")["run"] == "C"


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_plays_beside_the_right_run(session, name):
    do(session, "step", count=10)
    other = do(session, "break", mistake=name)["run"]
    assert session.run.step == session.runs[other].step == 0
    session.advance(5)
    assert session.run.step == session.runs[other].step == 5
    beside = session.frame()["beside"]
    assert beside["mistake"] == name and beside["run"] == other and beside["step"] == 5
    do(session, "rewind", step=2)
    assert session.runs[other].step == 2
    do(session, "setup", changes={"rate": 0.2})
    assert session.run_beside.experiment == session.run.experiment.replace(mistake=name)
    do(session, "break", mistake="")
    assert list(session.runs) == ["A"] and session.frame()["beside"] is None


def test_a_run_with_a_mistake_begins_with_the_same_weights(session):
    do(session, "set", layer=0, neuron=1, input=0, value=0.75)
    do(session, "step", count=5)
    do(session, "add", x=[0.5, 0.5], y=1)
    do(session, "break", mistake="wrong_sign")
    assert session.run.numbers.tolist() == session.run_beside.numbers.tolist()
    assert session.run.reached == 5 and 0.75 in session.run_beside.numbers
    with pytest.raises(LabError, match="Did you mean wrong_sign"):
        do(session, "break", mistake="wrong_sing")
    assert session.run_beside is not None


def test_another_mistake_takes_the_place_of_the_first(session):
    do(session, "break", mistake="wrong_sign")
    do(session, "break", mistake="equal_weights")
    assert len(session.runs) == 2 and session.run_beside.experiment.mistake == "equal_weights"


def test_a_weight_is_set_and_the_later_steps_are_gone(session):
    do(session, "step", count=10)
    do(session, "rewind", step=4)
    do(session, "set", layer=0, neuron=2, input=1, value=0.75)
    do(session, "set", layer=1, neuron=0, input=-1, value=-0.5)
    assert session.run.model.layers[0].neurons[2].w[1].data == 0.75
    assert session.run.model.layers[1].neurons[0].b.data == -0.5
    assert session.run.reached == 4


# ------------------------------------------------------------------------------- points and files


def test_points_are_added_moved_removed_and_held(session):
    do(session, "step", count=5)
    assert do(session, "add", x=[0.5, 0.25], y=1) == {"points": 21}
    do(session, "move", i=20, x=[0.75, 0.25])
    assert session.run.points.X[20] == [0.75, 0.25]
    assert session.run.experiment.data == "own" and session.run.step == 5
    do(session, "hold", i=20)
    do(session, "remove", i=3)
    assert session.held == 19 and len(session.run.points.X) == 20
    assert do(session, "step", count=5) == {"step": 10}


def test_a_point_changes_its_class(session):
    before = session.run.points
    do(session, "move", i=2, x=[0.5, 0.25], y=-before.y[2])
    assert session.run.points.y == [*before.y[:2], -before.y[2], *before.y[3:]]


REFUSED_EDITS = {  # the action, its arguments, and the sentence
    "one more than fits": (
        "add",
        {"x": [0.5, 0.25], "y": 1},
        "The data have 21 points, and the lab takes at most 20, because it draws each one and "
        "every step sees them all. Use fewer, or train with `micrograd train`.",
    ),
    "settings in a text": (
        "fork",
        {"changes": "rate=1"},
        "The settings must be an object of names and values, got the str 'rate=1'.",
    ),
}


@pytest.mark.parametrize("name", REFUSED_EDITS)
def test_an_edit_that_is_refused_leaves_the_run(session, name, monkeypatch):
    monkeypatch.setattr("micrograd.lab.datasets.MOST_POINTS", 20)
    action, arguments, sentence = REFUSED_EDITS[name]
    with pytest.raises(LabError) as refusal:
        do(session, action, **arguments)
    assert str(refusal.value) == sentence
    assert len(session.run.points.X) == 20 and list(session.runs) == ["A"]


def test_the_last_point_of_all_stays():
    with pytest.raises(LabError) as refusal:
        Points([[0.0, 1.0]], [1.0]).remove(0)
    assert str(refusal.value) == (
        "There are no points to learn from, so there is no loss. Click into the plane to add some, "
        "or choose a data set."
    )


@pytest.mark.parametrize("steps, speed", [(20, 20.0), (0.5, 0.5), (None, math.inf)])
def test_the_speed_is_that_of_the_page(session, steps, speed):
    assert do(session, "speed", steps=steps) == {} and session.speed == speed


def test_the_judge_ends_with_the_session(session, monkeypatch):
    verdict, calls = Future(), []
    monkeypatch.setattr("micrograd.lab.learning.later", lambda work: verdict)
    monkeypatch.setattr("micrograd.lab.learning.ENDING_SECONDS", 0.0)
    monkeypatch.setattr("micrograd.lab.learning.end_judging", lambda: calls.append("end"))
    do(session, "check", name="1.1", code="x = 1")
    session.close()
    assert calls == ["end"]
    verdict.set_result({})
    session.close()  # nothing is at work any more
    assert calls == ["end"]


@cases("way", ["forget", "break", "rewind", "choose"])
def test_the_point_that_is_held_is_always_one_of_the_run(session, way):
    """Every way to a run, or to a step, that has fewer points."""
    do(session, "step", count=2)
    do(session, "fork", changes={"mistake": "wrong_sign"})
    do(session, "add", x=[0.5, 0.25], y=1)
    do(session, "hold", i=20)
    requests = {"choose": {"run": "A"}, "forget": {"run": "B"}, "break": {"mistake": ""}}
    if way == "rewind":
        do(session, "step", count=2)
    do(session, way, **requests.get(way, {"step": 1}))
    assert len(session.run.points.X) == 20 and session.state()["held"] == session.held == 19
    for view in ("open", "question", "hello"):
        assert do(session, view)


def test_the_point_that_is_held_is_one_of_the_step_that_is_reached(session):
    """The steps after a point was removed are taken again."""
    do(session, "step", count=2)
    do(session, "remove", i=3)
    do(session, "step", count=2)
    do(session, "rewind", step=1)
    do(session, "hold", i=19)
    assert session.advance(2) == 2 and session.held == 18
    assert do(session, "open") and session.frame()


HUGE = 10**400  # JSON may have it, and no float can hold it
HUGE_NUMBERS = [
    ("setup", {"changes": {"points": HUGE}}),
    ("setup", {"changes": {"rate": HUGE}}),
    ("setup", {"query": f"points={HUGE}"}),
    ("speed", {"steps": HUGE}),
    ("step", {"count": HUGE}),
    ("set", {"layer": 0, "neuron": 0, "input": 0, "value": -HUGE}),
    ("add", {"x": [HUGE, 0], "y": 1}),
    ("add", {"x": [0, 0], "y": HUGE}),
    ("move", {"i": 0, "x": [0, -HUGE]}),
    ("neuron", {"layer": HUGE, "index": 0}),
    ("weight", {"layer": 0, "neuron": 0, "input": HUGE}),
    ("expression", {"text": "x + 1", "numbers": {"x": HUGE}}),
    ("gpt_start", {"text": "anna", "seed": HUGE}),
]


@cases("place", range(len(HUGE_NUMBERS)))
def test_a_number_that_no_float_can_hold_is_refused_in_a_short_sentence(session, place):
    action, arguments = HUGE_NUMBERS[place]
    with pytest.raises(LabError) as refusal:
        do(session, action, **arguments)
    assert len(str(refusal.value)) < 300


def test_halves_of_characters_in_a_table_are_replaced(session):
    assert do(session, "table", name="t.csv", text="a,\ud800\n1,2\n") == {"columns": ["a", "?"]}


@cases("delimiter", ",;|\t")
def test_a_line_that_is_too_long_for_a_table_is_refused_before_it_is_read(session, delimiter):
    """Reading so many names takes minutes, in which nobody is answered."""
    with pytest.raises(LabError, match="more than 2,000 columns"):
        do(session, "table", name="log.csv", text="\n" + f"a{delimiter}" * 3_000_000)


def test_a_table_of_millions_of_rows_is_refused_before_it_is_read(session):
    with pytest.raises(LabError, match="3,000,001 points, and the lab takes at most 5,000"):
        do(session, "table", name="log.csv", text="a,b\n" + "1\n" * 3_000_000)


def test_the_last_point_of_a_class_stays(session):
    points = session.run.points
    last = [i for i, y in enumerate(points.y) if y == -1.0]
    for i in reversed(last[1:]):
        do(session, "remove", i=i)
    with pytest.raises(LabError, match="of the class"):
        do(session, "remove", i=last[0])


CSV = "height,weight,eyes,sort\n" + "".join(
    f"{150 + i},{50 + 2 * (i % 7)},{'blue' if i % 3 else 'brown'},{'ab'[i % 2]}\n"
    for i in range(60)
)


def test_a_csv_becomes_points(session):
    assert do(session, "table", name="people.csv", text=CSV) == {
        "columns": ["height", "weight", "eyes", "sort"]
    }
    columns = {"target": "sort", "inputs": ["height", "weight"]}
    holed = CSV.replace("150,", ",", 1)
    reply = do(session, "table", name="people.csv", text=holed, columns=columns)
    assert reply["inputs"] == ["height", "weight"] and "missing" in " ".join(reply["notes"])
    points = session.run.points
    assert points.columns == ("height", "weight") and points.classes == ("a", "b")
    assert len(points.X) + len(points.held_X) == 60 and {*points.y} == {-1.0, 1.0}
    assert points.bounds is not None and do(session, "step", count=3) == {"step": 3}


def test_each_part_of_a_date_is_an_input(session):
    rows = "".join(f"2024-{1 + i % 12:02}-{1 + i % 28:02},{i % 9}\n" for i in range(60))
    columns = {"target": "sold", "inputs": ["day"]}
    reply = do(session, "table", name="s.csv", text=f"day,sold\n{rows}", columns=columns)
    assert reply["inputs"] == list(session.run.points.columns)
    assert reply["inputs"] == ["day, days", "day, month", "day, weekday"]


@pytest.mark.parametrize(
    "target, inputs, task, width",
    [
        ("weight", ["height"], "amount", 1),
        ("sort", ["eyes", "height"], "two classes", 3),
        ("eyes", ["height", "weight", "sort"], "two classes", 4),
    ],
)
def test_a_csv_gives_the_task_and_the_loss(session, target, inputs, task, width):
    columns = {"target": target, "inputs": inputs}
    do(session, "table", name="people.csv", text=CSV, columns=columns)
    assert session.run.points.task == task and len(session.run.points.columns) == width
    assert session.run.experiment.loss == losses_for(task)[0]
    assert do(session, "step", count=3) == {"step": 3}


TABLES = {  # text, columns, a part of the sentence
    "empty": ("", None, "people.csv"),
    "a list": (["a"], None, "the text of a CSV file"),
    "no column": (CSV, {"target": "sort", "inputs": ["hight"]}, "Did you mean height"),
    "no inputs": (CSV, {"target": "sort", "inputs": []}, "at least one"),
    "the target as input": (CSV, {"target": "sort", "inputs": ["sort"]}, "at least one"),
    "texts": (CSV, "sort", "must name a target"),
    "one class": (
        "x,y\n" + "".join(f"{i},a\n" for i in range(30)),
        {"target": "y", "inputs": ["x"]},
        "'a'",
    ),
    "unequal rows": ("a,b\n1,2\n1,2,3\n", None, "people.csv"),
    "too many": (
        "x,y\n" + "1.5,a\n2.5,b\n" * (MOST_POINTS // 2 + 1),
        {"target": "y", "inputs": ["x"]},
        "takes at most",
    ),
    "many categories": (
        "x,z,y\n" + "".join(f"a{i % 45},b{i % 44},{'ab'[i % 2]}\n" for i in range(2000)),
        {"target": "y", "inputs": ["x", "z"]},
        "at most 64",
    ),
    "many classes": (
        "x,y\n" + "".join(f"{i}.5,c{i % 50}\n" for i in range(500)),
        {"target": "y", "inputs": ["x"]},
        "50 classes",
    ),
}


@cases("name", list(TABLES))
def test_a_table_that_cannot_be_learnt_from_is_a_sentence(name):
    session = Session(SMALL)
    text, columns, part = TABLES[name]
    with pytest.raises(LabError) as caught:
        do(session, "table", name="people.csv", text=text, columns=columns)
    assert part in str(caught.value) and "/tmp" not in str(caught.value)
    assert session.run.experiment == SMALL


def test_a_file_of_the_lab_brings_everything_back(session):
    do(session, "setup", changes={"optimizer": "adam", "rate": 0.01})
    do(session, "add", x=[0.5, 0.25], y=1)
    do(session, "step", count=5)
    content, kind = session.download("lab.json")
    other = Session()
    do(other, "load", file=content.decode())
    assert kind == "application/json" and other.run.experiment == session.run.experiment
    assert other.run.points == session.run.points and other.run.step == 0


def test_the_file_of_the_model_is_what_save_writes(session, tmp_path):
    content, kind = session.download("model.safetensors")
    path = save(session.run.model, tmp_path / "model.safetensors")
    assert (content, kind) == (Path(path).read_bytes(), "application/octet-stream")


def test_a_file_that_the_lab_does_not_have_is_a_sentence(session):
    with pytest.raises(LabError) as refusal:
        session.download("lab.jsn")
    assert str(refusal.value) == "The lab has no file 'lab.jsn'. Did you mean lab.json?"


def test_a_file_of_a_named_data_set_has_no_points(session):
    content, _ = session.download("lab.json")
    assert "points" not in json.loads(content)
    other = Session()
    do(other, "load", file=content.decode())
    assert other.run.points == session.run.points


def file_with(**changes) -> str:
    """Return a file of the lab whose points have other entries."""
    points = {"X": [[0, 0], [1, 1]], "y": [1, -1], "held_X": [], "held_y": []}
    points |= {"columns": ["a", "b"], "classes": ["-1", "+1"], "task": "two classes"}
    return json.dumps({"experiment": {"data": "own"}, "points": {**points, **changes}})


FILES = {
    "no json": "{",
    "a number": "7",
    "a list": "[]",
    "nothing": "{}",
    "deep": "[" * 100_000,
    "no settings": '{"experiment": 3}',
    "own without points": '{"experiment": {"data": "own"}}',
    "points as a list": '{"experiment": {}, "points": [1]}',
    "a missing target": file_with(y=[1]),
    "another target": file_with(y=[1, 0]),
    "nan": file_with(X=[[0, math.nan], [1, 1]]),
    "far away": file_with(X=[[0, 1e300], [1, 1]]),
    "texts": file_with(X=[["a", "b"], [1, 1]]),
    "another width": file_with(X=[[0], [1]]),
    "no columns": file_with(columns=[]),
    "many columns": file_with(columns=["a"] * 1000),
    "another task": file_with(task="regression"),
    "three sides": file_with(classes=["a", "b", "c"]),
    "many classes": file_with(task="classes", classes=["a"] * 1000),
    "no points": file_with(X=[], y=[]),
    "too many points": file_with(X=[[0, 0]] * 20_000, y=[1] * 20_000),
}


@cases("name", list(FILES))
def test_a_file_that_the_lab_has_not_saved_is_a_sentence(name):
    session = Session(SMALL)
    with pytest.raises(LabError, match=r"^[A-Z].*\.$"):
        do(session, "load", file=FILES[name])
    assert session.run.experiment == SMALL


def test_a_good_file_of_the_lab_is_loaded(session):
    do(session, "load", file=file_with())
    assert session.run.points.columns == ("a", "b")


# --------------------------------------------------------------------------------------- questions


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_leaves_the_run_as_it_is(session, question):
    session.advance(20)
    before = session.run.numbers.tolist(), session.run.step, session.run.reached
    assert any(question(session.run, held, 1) for held in range(20))
    assert before == (session.run.numbers.tolist(), session.run.step, session.run.reached)


def test_the_answers_are_what_happens():
    session = Session(SMALL.replace(rate=0.1))
    session.advance(20)
    by_name = {question.__name__: question(session.run, 0, 1) for question in QUESTIONS}
    losses = session.run.fork()
    losses.advance(2)
    falls = losses.losses[21] < losses.losses[20]
    assert by_name["next_step"].choices[by_name["next_step"].answer] == (
        "lower" if falls else "higher"
    )
    model, row = session.run.model, session.run.points.X[0]
    w1, w2 = (w.data for w in model.layers[0].neurons[1].w)
    total = w1 * row[0] + w2 * row[1] + model.layers[0].neurons[1].b.data
    assert by_name["sum_of_neuron"].answer == pytest.approx(total)
    after = session.run.fork()
    after.advance(1)
    assert by_name["updated_weight"].answer in after.numbers


DIGITS = SMALL.replace(data="digits", loss="cross_entropy")
LEARNT = Points([[1.0, 0.0], [-1.0, 0.0]], [1.0, -1.0])  # beyond the margin of the loss


def learnt_run():
    run = Run(SMALL.replace(data="own", hidden=(), loss="hinge", l2=0.0), LEARNT)
    run.set_parameter("layers.0.neurons.0.w.0", 10.0)
    return run


NOT_ASKED = {  # the question, and a run about which there is nothing to ask
    "a sum of many": (sum_of_neuron, lambda: Run(DIGITS)),
    "a step that moves nothing": (updated_weight, learnt_run),
    "a loss that stays": (next_step, learnt_run),
    "no ReLU": (silent_points, lambda: Run(SMALL.replace(activation="tanh"))),
    "no hidden layer": (silent_points, lambda: Run(SMALL.replace(hidden=()))),
}


@pytest.mark.parametrize("name", NOT_ASKED)
def test_what_a_run_does_not_show_is_not_asked(name):
    question, make = NOT_ASKED[name]
    assert question(make(), 0, 0) is None


def test_a_run_without_a_question_is_a_sentence(session, monkeypatch):
    monkeypatch.setattr("micrograd.lab.questions.QUESTIONS", (lambda run, held, turn: None,) * 3)
    with pytest.raises(LabError) as refusal:
        do(session, "question")
    assert str(refusal.value) == (
        "There is nothing to ask about this run now. Let it take a step, and ask again."
    )


@pytest.mark.parametrize(
    "other, word",
    [(2.0, "about the same"), (2.01, "about the same"), (2.1, "higher"), (1.9, "lower")],
)
def test_losses_within_a_percent_are_about_the_same(other, word):
    assert compare(2.0, other) == word


def test_every_question_takes_its_own_answer_and_no_other(session):
    session.advance(20)
    texts = set()
    for _ in range(2 * len(QUESTIONS)):
        reply = do(session, "question")
        texts.add(reply["question"])
        right = session.question.answer
        if reply["choices"]:
            answers = [do(session, "answer", choice=i) for i in range(len(reply["choices"]))]
            assert [answer["right"] for answer in answers].count(True) == 1
            assert answers[right]["right"]
        else:
            rounded = float(f"{right:.3g}")
            assert do(session, "answer", number=rounded)["right"]
            assert not do(session, "answer", number=right + 10.0)["right"]
        assert do(session, "answer", **given_answer(reply, right))["sentence"].endswith(".")
    assert len(texts) > len(QUESTIONS)


def given_answer(reply, right):
    return {"choice": right} if reply["choices"] else {"number": right}


@pytest.mark.no_cover
@pytest.mark.parametrize("mistake", MISTAKES)
def test_there_is_a_question_about_every_run(mistake):
    for changes in ({}, {"data": "digits", "loss": "cross_entropy", "hidden": ()}):
        session = Session(SMALL.replace(mistake=mistake, **changes))
        assert do(session, "question")["question"].endswith("?")


def test_an_answer_needs_a_question(session):
    with pytest.raises(LabError, match="Ask for one first"):
        do(session, "answer", number=1)
    do(session, "question")
    with pytest.raises(LabError, match="one of the choices"):
        do(session, "answer", number=1)


# -------------------------------------------------------------------------------- anything at all


@pytest.mark.parametrize("request_", [None, 7, [], {}, {"do": 7}, {"do": "fly"}, {"do": "rewind"}])
def test_what_is_no_request_is_refused_in_a_sentence(session, request_):
    with pytest.raises(LabError, match=r"\w+ .*\."):
        session.do(request_)


def test_an_argument_that_an_action_does_not_have_is_named(session):
    with pytest.raises(LabError, match="no argument 'steps'"):
        do(session, "step", steps=3)


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=5),
    st.lists(st.integers(-3, 3), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    st.sampled_from(["A", "B", "wrong_sign", "layers.0"]),
)
OWN = [
    name
    for name, row in ACTIONS.items()
    if row.place.split(".")[0] in ("run_actions", "point_actions", "file_actions", "questions")
]
ARGUMENTS = ["changes", "query", "count", "step", "run", "mistake", "layer", "neuron", "input"]
ARGUMENTS += ["value", "x", "y", "i", "name", "text", "columns", "file", "choice", "number"]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(OWN), st.data())
def test_whatever_a_page_sends_is_answered_or_refused(name, data):
    session = Session(SMALL)
    function = function_of(ACTIONS[name].place)
    names = [x for x in ARGUMENTS if x in function.__code__.co_varnames]
    arguments = {x: data.draw(ODD, label=x) for x in names}
    try:
        json.dumps(do(session, name, **arguments))
    except LabError as error:
        assert str(error).endswith((".", "?"))
    assert session.run.step >= 0 and session.state()["held"] < len(session.run.points.X)


def test_a_fork_is_seen_beside_the_run_that_it_comes_from(session):
    session.do({"do": "step", "count": 10})
    name = session.do({"do": "fork", "changes": {"rate": 0.01}})["run"]
    session.do({"do": "step", "count": 5})
    session.do({"do": "choose", "run": "A"})
    session.do({"do": "beside", "run": name})
    assert session.run_beside.step == session.run.step == 10
    session.do({"do": "step", "count": 7})
    assert session.run_beside.step == session.run.step == 17
    assert session.frame()["beside"]["run"] == name
    session.do({"do": "choose", "run": name})  # they change places
    assert (session.current, session.beside) == (name, "A")
    session.do({"do": "beside", "run": ""})
    assert session.frame()["beside"] is None and len(session.runs) == 2


def test_a_mistake_ends_also_if_its_run_is_the_one_that_is_shown(session):
    name = session.do({"do": "break", "mistake": "wrong_sign"})["run"]
    session.do({"do": "choose", "run": name})
    session.do({"do": "break", "mistake": ""})
    assert list(session.runs) == ["A"] and session.run.experiment.mistake == ""


def test_the_point_that_is_held_can_be_that_of_the_largest_loss(session):
    session.do({"do": "step", "count": 5})
    held = session.do({"do": "hold"})["held"]
    model, points = session.run.model, session.run.points
    losses = [max(0.0, 1.0 - y * model(x).data) for x, y in zip(points.X, points.y)]
    assert losses[held] == max(losses)


def some_request(draw: random.Random, session: Session) -> tuple[str, dict]:
    """Return an action and arguments that a page may send now."""
    run, runs = session.run, [*session.runs]
    place = draw.randrange(len(run.points.X))
    corner = [draw.uniform(-2, 2) for _ in run.points.columns]
    value = draw.choice([0.0, 0.5, -3.0, 1e200])
    changes = [{"hidden": []}, {"rate": 1000.0}, {"batch_size": 3}, {"data": "blobs"}]
    forks = [{}, {"rate": 500.0}, {"optimizer": "adam"}, {"mistake": "equal_weights"}]
    requests = {
        "setup": {"changes": draw.choice([*changes, {"data": "sine"}, {"data": "moons"}])},
        "step": {"count": draw.choice([1, 30])},
        "rewind": {"step": draw.randint(0, run.reached)},
        "fork": {"changes": draw.choice(forks)},
        "choose": {"run": draw.choice(runs)},
        "beside": {"run": draw.choice(["", *runs])},
        "forget": {"run": draw.choice(runs)},
        "break": {"mistake": draw.choice(["", *MISTAKES])},
        "set": {"layer": 0, "neuron": 0, "input": -1, "value": value},
        "add": {"x": corner, "y": draw.choice([-1, 0, 1])},
        "move": {"i": place, "x": corner},
        "remove": {"i": place},
        "hold": {"i": place},
        "question": {},
        "program": {},
        "play": {},
    }
    return draw.choice([*requests.items()])


@pytest.mark.no_cover
@pytest.mark.parametrize("seed", range(4))
def test_any_sequence_of_requests_leaves_a_session_that_can_be_shown(seed):
    draw, session = random.Random(seed), Session(SMALL)
    for _ in range(60):
        action, arguments = some_request(draw, session)
        try:
            do(session, action, **arguments)
            session.advance(2)
        except LabError as error:
            assert str(error).endswith(".")
        json.dumps([session.state(), session.frame()], allow_nan=False)
        if len(session.run.stretches) > 2:  # it takes long, so not for every one
            assert losses_of_program(session.run) == session.run.losses[: session.run.step].tolist()


def losses_of_program(run) -> list[float]:
    """Return the losses of the steps that the program of a run takes."""
    names: dict = {}
    exec(program_of(run), names)
    return names["history"].losses if "history" in names and run.step else names.get("curve", [])


def test_a_frame_has_the_answer_for_the_point_that_is_held(session):
    session.do({"do": "hold", "i": 3})
    expected = session.run.model(session.run.points.X[3]).data
    assert session.frame()["answer"] == [pytest.approx(expected, rel=1e-4)]
