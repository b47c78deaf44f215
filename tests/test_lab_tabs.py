"""The tabs of the lab beside the network: graphs, a GPT, comparisons and lessons, without a page.

Rule: the referee is the package's own engine, called as a user would call it.
"""

import json
import math
import re
import sys
import threading
from concurrent.futures import Future

import numpy as np
import pytest

from micrograd.course import progress, tasks
from micrograd.course.lesson import lessons
from micrograd.lab import LabError, comparison, learning, messages, text_actions, texts
from micrograd.lab.expressions import MOST_NODES
from micrograd.lab.gpt_views import attention_of, embeddings_of
from micrograd.lab.session import Session
from micrograd.lab.texts import TextRun, documents_of
from micrograd.lab.trainer import targets_for
from micrograd.models import char_gpt
from micrograd.support.randomness import seeded
from micrograd.transforms import with_plain_numbers
from tests.support.lab_runs import RUNS, moons_run


def ask(session, do, **arguments):
    reply = session.do({"do": do, **arguments})
    if isinstance(reply, Future):
        reply = reply.result(60)
    return json.loads(json.dumps(reply, allow_nan=False))


@pytest.fixture(scope="module")
def lab():
    return Session(run=moons_run())


# ------------------------------------------------------------------------------------- graphs


def test_an_expression_is_a_graph_that_plays(lab):
    reply = ask(lab, "expression", text="tanh(a*b) + a", numbers={"a": 0.5, "b": -2.0})
    assert reply["title"] == "tanh(a*b) + a"
    assert reply["value"] == math.tanh(-1.0) + 0.5
    assert reply["numbers"] == {"a": 0.5, "b": -2.0}
    assert reply["svg"].startswith("<svg")
    assert [node["op"] for node in reply["page"]["nodes"] if node["op"]] == ["mul", "tanh", "add"]
    assert reply["page"]["ran"]


def test_an_expression_needs_no_numbers(lab):
    assert ask(lab, "expression", text="a + b")["numbers"] == {"a": 1.0, "b": 1.0}


def test_a_name_without_a_number_is_one_and_one_too_many_is_left_out(lab):
    reply = ask(lab, "expression", text="a * b", numbers={"a": 3, "c": 5})
    assert reply["numbers"] == {"a": 3.0, "b": 1.0} and reply["value"] == 3.0


@pytest.mark.parametrize(
    "text, numbers, words",
    [
        ("a +", {}, "is not an expression: it ends too early"),
        ("__import__('os')", {}, "There is no op called '__import__'"),
        ("a.b", {}, "is not allowed in an expression"),
        ("[a]", {}, "is not allowed in an expression"),
        ("", {}, "is not an expression"),
        ("a" * 10_001, {}, "at most 10,000 are read"),
        (7, {}, "An expression must be a text, got an int"),
        ("a", [1], "must be an object of names and numbers, got a list"),
        ("a", {"a": "1"}, "The number of 'a' must be finite, got the str"),
        ("a", {"a": math.inf}, "The number of 'a' must be finite"),
        ("a", {"a": True}, "The number of 'a' must be finite"),
        ("+".join(["x"] * 500), {}, f"and at most {MOST_NODES} fit on a screen"),
    ],
)
def test_a_text_that_is_no_expression_says_why(lab, text, numbers, words):
    with pytest.raises(LabError) as caught:
        lab.do({"do": "expression", "text": text, "numbers": numbers})
    assert words in str(caught.value)


@pytest.mark.parametrize("name", RUNS)
def test_the_graph_of_a_neuron_ends_in_its_output(name):
    session = Session(run=RUNS[name]())
    session.advance(2)
    session.held = 3
    x = session.run.points.X[3]
    for number, layer in enumerate(session.run.model.layers):
        output = layer.neurons[0](x)
        reply = ask(session, "graph", layer=number, index=0)
        nodes = reply["page"]["nodes"]
        assert reply["value"] == nodes[-1]["data"] == output.data
        assert nodes[-1]["name"] == f"h[{number}][0]"
        is_last = number == len(session.run.model.layers) - 1
        assert any(node["name"] == f"s[{number}][0]" for node in nodes) != is_last
        leaves = {node["name"] for node in nodes if not node["inputs"]}
        inputs = len(layer.neurons[0].w)
        assert {f"w[{number}][0][{i}]" for i in range(inputs)} <= leaves
        x = layer(x)
        x = [value.data for value in (x if isinstance(x, list) else [x])]


@pytest.mark.parametrize("name", RUNS)
def test_the_graph_of_the_loss_ends_in_the_loss_of_the_point(name):
    session = Session(run=RUNS[name]())
    session.held = 2
    run = session.run
    reply = ask(session, "graph", layer=None)
    target = targets_for(run.experiment.loss, run.points.y)[2]
    loss = run.trainer.definition.loss(run.model, run.points.X[2], target)
    assert reply["value"] == loss.data
    assert reply["page"]["nodes"][-1]["name"] == "loss"


def test_the_graph_of_the_loss_of_a_large_network_begins_at_its_outputs():
    session = Session(run=moons_run(hidden=(16, 16)))
    reply = ask(session, "graph", layer=None)
    leaves = [node["name"] for node in reply["page"]["nodes"] if not node["inputs"]]
    assert "h[2][0]" in leaves and "w[0][0][0]" not in leaves


def test_a_graph_does_not_touch_the_run(lab):
    before = lab.run.numbers.tolist(), [p.grad for p in lab.run.model.parameters()]
    ask(lab, "graph", layer=1, index=0)
    ask(lab, "graph", layer=None)
    assert (lab.run.numbers.tolist(), [p.grad for p in lab.run.model.parameters()]) == before


def test_a_neuron_that_is_not_there_has_no_graph(lab):
    with pytest.raises(LabError, match="has no neuron 77"):
        lab.do({"do": "graph", "layer": 0, "index": 77})


# ---------------------------------------------------------------------------------------- the GPT

NAMES = "anna\nemma\notto\nhanna\nana\nemm\ntom"


@pytest.fixture
def gpt():
    run = TextRun(NAMES)
    run.prepared.result()
    return run


@pytest.mark.no_cover
def test_slices_of_a_gpt_are_the_steps_of_training(gpt):
    """The weights, the order of the documents and the learning rates are those of train()."""
    with seeded(0):
        model = char_gpt.make(gpt.vocabulary, gpt.model.context)
    history = char_gpt.train(model, gpt.documents, gpt.vocabulary, texts.STEPS, 0, progress=False)
    for count in (1, 7, 92, texts.STEPS):
        gpt.advance(count)
    assert gpt.step == texts.STEPS and not gpt.playing
    assert gpt.losses.tolist() == history.losses
    assert [p.data for p in gpt.model.parameters()] == [p.data for p in model.parameters()]


def test_the_next_characters_are_the_softmax_of_the_scores(gpt):
    gpt.advance(50)
    letters = gpt.ask("an")["letters"]
    vocabulary = gpt.vocabulary
    scores = [score.data for score in gpt.model(vocabulary.tokens("an")[:-1])[-1]]
    right = np.exp(scores) / np.exp(scores).sum()
    assert letters["probabilities"] == pytest.approx(right.tolist(), rel=1e-4)
    assert letters["characters"] == [*vocabulary.characters, ""]
    assert sum(letters["probabilities"]) == pytest.approx(1.0, abs=1e-3)


def test_attention_is_what_the_model_computes(gpt):
    """The first head of the only block, by NumPy from the weights."""
    gpt.advance(50)
    model = gpt.model
    tokens = gpt.vocabulary.tokens("anna")[:-1]
    shown = attention_of(with_plain_numbers(model), gpt.vocabulary, "anna")
    assert shown["characters"] == ["", "a", "n", "n", "a"]
    squares = np.array(shown["heads"], float)
    assert squares.shape == (model.blocks[0].attention.heads, 5, 5)
    assert squares.sum(axis=2) == pytest.approx(1.0, abs=1e-3)
    assert not np.triu(squares, 1).any()

    def numbers(matrix):
        return np.array([[p.data for p in row] for row in matrix])

    def norm(rows):
        return rows / np.sqrt((rows**2).mean(axis=1, keepdims=True) + 1e-5)

    rows = numbers(model.tokens.weight)[tokens] + numbers(model.positions.weight)[: len(tokens)]
    attention = model.blocks[0].attention
    inner = norm(norm(rows))
    width = attention.size // attention.heads
    queries = inner @ numbers(attention.query.weight)[:width].T
    keys = inner @ numbers(attention.key.weight)[:width].T
    scores = queries @ keys.T / width**0.5
    for i, row in enumerate(scores):
        right = np.exp(row[: i + 1]) / np.exp(row[: i + 1]).sum()
        assert squares[0][i][: i + 1] == pytest.approx(right, rel=1e-4)


def test_embeddings_are_placed_by_their_two_principal_components(gpt):
    gpt.advance(50)
    model = with_plain_numbers(gpt.model)
    shown, axes = embeddings_of(model, gpt.vocabulary)
    places = np.array(shown["places"], float)
    vectors = np.array(model.tokens.weight)
    largest = np.linalg.eigvalsh(np.cov(vectors.T))[::-1][:2]
    assert places.var(axis=0, ddof=1) == pytest.approx(largest, rel=1e-3)
    assert places.mean(axis=0) == pytest.approx([0.0, 0.0], abs=1e-4)
    turned, _ = embeddings_of(model, gpt.vocabulary, -axes)
    assert np.array(turned["places"], float) == pytest.approx(-places, abs=1e-4)


def test_a_session_plays_a_gpt_and_tells_of_it():
    session = Session(run=moons_run())
    assert ask(session, "gpt_start", text=NAMES, seed=1) == {"text": NAMES}
    assert session.players == [session.texts]
    first = json.loads(json.dumps(session.news(), allow_nan=False))["gpt"]
    assert first["step"] == 0 and first["loss"] is None and first["curve"]["step"] == []
    assert len(first["samples"]) == texts.SAMPLES
    assert "gpt" not in session.news()
    session.texts.prepared.result()
    session.texts.advance(100)
    now = session.news()["gpt"]
    assert now["step"] == 100 and now["playing"]
    assert now["loss"] == pytest.approx(session.texts.losses[50:100].mean(), rel=1e-4)
    assert len(now["curve"]["step"]) == len(now["curve"]["loss"]) == 100
    ask(session, "gpt_pause")
    assert session.players == [] and not session.news()["gpt"]["playing"]
    ask(session, "gpt_pause")
    ask(session, "gpt_next", prefix="em")
    assert session.news()["gpt"]["attention"]["characters"] == ["", "e", "m"]
    ask(session, "hello")
    assert session.news()["gpt"]["step"] == 100  # for a page that has just come


def test_a_gpt_that_is_compiled_lets_others_play():
    """A turn waits a little, and takes no step, until the step is compiled."""
    run = TextRun(NAMES)
    assert run.advance(5) in (0, 5)
    run.prepared.result()
    assert run.advance(5) == 5


def test_a_long_line_is_split_between_words():
    """The GPT reads 16 characters at once, and would see the beginning of each line alone."""
    text = "anna\n\n  to be or not to be, that is the question\n" + "x" * 40
    pieces = documents_of(text)
    assert pieces[0] == "anna" and pieces[-1] == "x" * 8
    assert max(map(len, pieces)) <= char_gpt.CONTEXT
    assert " ".join(pieces[1:-3]).strip() == "to be or not to be, that is the question"


def test_the_samples_follow_from_the_seed_and_the_step(gpt):
    gpt.advance(100)
    twin = TextRun(NAMES)
    twin.prepared.result()
    twin.advance(100)
    assert gpt.news()["samples"] == twin.news()["samples"]


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "There is no text to learn from"),
        (" \n\n ", "There is no text to learn from"),
        (7, "must be a text, got an int"),
        ("x" * 1_000_001, "the lab learns at most 1,000,000"),
        ("".join(map(chr, range(200, 400))), "different characters"),
    ],
)
def test_a_text_that_cannot_be_learnt_says_why(text, words):
    session = Session(run=moons_run())
    with pytest.raises(LabError, match=words):
        session.do({"do": "gpt_start", "text": text})
    assert session.texts is None


@pytest.mark.parametrize(
    "prefix, words",
    [("xyz", "has no 'x'"), ("a" * 30, "reads at most 5 characters, got 30"), (None, "got None")],
)
def test_a_beginning_that_cannot_be_read_says_why(gpt, prefix, words):
    with pytest.raises(LabError, match=words):
        gpt.ask(prefix)


def test_without_a_gpt_there_is_nothing_to_pause_or_ask(lab):
    for request in ({"do": "gpt_pause"}, {"do": "gpt_next", "prefix": "a"}):
        with pytest.raises(LabError, match="No GPT has been started"):
            lab.do(request)


def test_a_gpt_that_is_done_says_so(gpt):
    gpt.advance(texts.STEPS)
    assert gpt.advance(10) == 0
    with pytest.raises(LabError, match="has taken its 3,000 steps"):
        gpt.turn_over()


def test_a_gpt_learns_first_names_unless_it_is_given_a_text(monkeypatch):
    session = Session(run=moons_run())
    monkeypatch.setattr(text_actions, "first_names", lambda: ["ada", "grace"])
    assert ask(session, "gpt_start") == {"text": "ada\ngrace"}

    def missing():
        raise ImportError("This needs names. Run: pip install 'micrograd[models]'")

    monkeypatch.setattr(text_actions, "first_names", missing)
    assert ask(session, "gpt_start")["text"].split() == text_actions.SHORT_NAMES.split()


def test_a_page_is_given_the_text_that_is_learnt_or_one_to_begin_with(monkeypatch):
    session = Session(run=moons_run())
    monkeypatch.setattr(text_actions, "first_names", lambda: ["ada", "grace"])
    assert ask(session, "gpt_text") == {"text": "ada\ngrace"}
    assert session.texts is None
    ask(session, "gpt_start", text=NAMES)
    assert ask(session, "gpt_text") == {"text": NAMES}


@pytest.mark.parametrize("seed", [-1, 0.5, "7", 2**40])
def test_a_seed_that_is_none_starts_no_gpt(lab, seed):
    with pytest.raises(LabError, match="seed must be a whole number"):
        lab.do({"do": "gpt_start", "text": NAMES, "seed": seed})


def test_a_gpt_whose_loss_is_nan_stops_and_says_so(gpt):
    gpt.advance(3)
    gpt.model.head.weight[0][0].data = math.nan
    gpt.advance(5)
    assert not gpt.playing
    shown = json.loads(json.dumps(gpt.news(), allow_nan=False))
    assert "is not finite" in shown["error"] and shown["loss"] is None
    with pytest.raises(LabError, match="is not finite"):
        gpt.turn_over()


def test_a_step_that_cannot_be_compiled_is_told(monkeypatch):
    monkeypatch.setattr(texts, "compile_step", lambda *_: 1 / 0)
    run = TextRun(NAMES)
    run.prepared.result()
    assert not run.playing and "ZeroDivisionError" in run.news()["error"]
    with pytest.raises(LabError, match="could not be compiled"):
        run.turn_over()


# --------------------------------------------------------------------------------- comparison


def compared(run):
    """Return the reply about a run when all ways are measured."""
    all_ways = comparison.comparison_of(run)
    while all_ways.left:
        reply = all_ways.measure()
    return reply


@pytest.mark.no_cover
@pytest.mark.slow
@pytest.mark.parametrize("name", RUNS)
def test_all_ways_take_the_same_step(name):
    pytest.importorskip("torch")
    run = RUNS[name]()
    run.advance(3)
    session = Session(run=run)
    before = run.step, run.numbers.tolist(), run.grads.tolist()
    first = ask(session, "compare")
    assert [row["name"] for row in first["rows"]] == [messages.EAGER]
    assert (first["left"], first["sentences"]) == (2, [])
    assert ask(session, "compare", more=True)["left"] == 1
    reply = ask(session, "compare", more=True)
    assert reply["left"] == 0
    assert [row["name"] for row in reply["rows"]] == [messages.EAGER, messages.COMPILED, "PyTorch"]
    targets = targets_for(run.experiment.loss, run.points.y)
    loss = run.trainer.definition.loss
    mean = np.mean([loss(run.model, x, y).data for x, y in zip(run.points.X, targets)])
    if run.trainer.definition.penalty:
        mean += run.trainer.definition.penalty(run.model).data
    for row in reply["rows"]:
        # sums of some hundred numbers in other orders
        assert row["loss"] == pytest.approx(mean, rel=1e-13)
        assert row["seconds"] > 0.0 and row["missing"] is None
    assert reply["rows"][0]["difference"] is None
    assert all(row["difference"] < 1e-13 for row in reply["rows"][1:])
    assert reply["sentences"][1].endswith("times as fast.")
    assert (run.step, run.numbers.tolist(), run.grads.tolist()) == before


@pytest.mark.slow
def test_a_comparison_of_a_run_with_a_mistake_compares_right_steps():
    pytest.importorskip("torch")
    run = moons_run(mistake="no_zero_grad")
    run.advance(2)
    rows = compared(run)["rows"]
    assert rows[2]["difference"] < 1e-13


def test_without_pytorch_the_line_that_installs_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    reply = compared(moons_run())
    assert "pip install 'micrograd[torch]'" in reply["rows"][2]["missing"]
    assert reply["rows"][2]["seconds"] is None and reply["rows"][2]["difference"] is None


def test_plain_python_sees_only_as_many_examples_as_it_can(monkeypatch):
    monkeypatch.setattr(comparison, "MOST_NODES", 1)
    reply = compared(moons_run())
    assert reply["sentences"][-1] == "The step sees 1 of the 40 points, because Python is slow."


def test_a_nan_is_null_in_a_comparison():
    run = moons_run()
    for p in run.model.parameters():
        p.data = math.nan
    rows = json.loads(json.dumps(compared(run), allow_nan=False))["rows"]
    assert rows[1]["loss"] is None and rows[1]["difference"] is None


# ------------------------------------------------------------------------- lessons and exercises


def test_all_lessons_are_listed_and_each_can_be_read(lab):
    listed = ask(lab, "lessons")["lessons"]
    assert [row["number"] for row in listed] == [lesson.number for lesson in lessons()]
    for row, lesson in zip(listed, lessons()):
        reply = ask(lab, "lesson", name=row["name"])
        assert reply["title"] == row["title"] == f"{lesson.number}. {lesson.title}"
        code = [cell["code"] for cell in reply["cells"] if "code" in cell]
        folded = ("question", "solution", "check")
        assert code == [cell.text for cell in lesson.cells if cell.code and cell.tag not in folded]
        html = "".join(cell["html"] for cell in reply["cells"] if "html" in cell)
        tags = [cell.tag for cell in lesson.cells]
        assert html.count("<details>") == sum(map(tags.count, ("question", "solution", "remark")))
        pages = "".join(cell["html"] for cell in reply["cells"] if "html" in cell)
        assert "<h2>" in pages and "<h1>" not in pages and "<script" not in pages
        links = re.findall("<a [^>]*>", pages)
        assert all('target="_blank" rel="noopener noreferrer"' in link for link in links)


def test_an_exercise_starts_with_its_starter_and_has_its_hints(lab):
    listed = ask(lab, "exercises")["exercises"]
    assert [row["name"] for row in listed] == [task.name for task in tasks()]
    for task in tasks():
        reply = ask(lab, "exercise", name=task.name)
        assert reply["title"] == f"{task.number} {task.title}" and reply["code"] == task.starter
        row = next(row for row in listed if row["name"] == task.name)
        lesson = ask(lab, "lesson", name=reply["lesson"])
        assert lesson["number"] == task.lesson and row in lesson["exercises"]
        assert reply["hints"] and reply["text"]
        assert task.solution not in json.dumps(reply)


def test_what_comes_next_follows_what_was_read_and_solved(monkeypatch, tmp_path):
    """The journal of `micrograd learn` counts, too."""
    monkeypatch.setattr(progress, "path", lambda: tmp_path / "learning.jsonl")
    session = Session(run=moons_run())
    names = [lesson.name for lesson in lessons()]

    def suggested():
        reply = ask(session, "next")
        return [reply[kind] and reply[kind]["name"] for kind in ("lesson", "exercise")]

    tasks_of = {n: [task.name for task in tasks() if task.lesson == n] for n in (1, 2)}
    assert suggested() == [names[0], None]
    ask(session, "lesson", name=names[0])
    assert suggested() == [names[1], tasks_of[1][0]]
    progress.mark(names[1])
    assert suggested() == [names[2], tasks_of[2][0]]
    session.solved.update(tasks_of[2])
    assert suggested() == [names[2], tasks_of[1][0]]
    session.opened.update(names)
    session.solved.update(task.name for task in tasks())
    assert suggested() == [None, None]


def test_a_character_that_no_file_can_hold_is_a_finding(lab):
    verdict = lab.do({"do": "check", "name": tasks()[0].name, "code": "x = '\ud800'"}).result(60)
    assert not verdict["solved"] and verdict["findings"]


def test_the_judge_says_whether_an_answer_is_right():
    session = Session(run=moons_run())
    task = tasks()[0]
    wrong = session.do({"do": "check", "name": task.name, "code": task.starter}).result(60)
    assert not wrong["solved"] and any("not written yet" in text for text in wrong["findings"])
    assert not ask(session, "exercise", name=task.name)["solved"]
    right = session.do({"do": "check", "name": task.name, "code": task.solution}).result(60)
    assert right["solved"] and all(text.endswith("right.") for text in right["findings"])
    assert ask(session, "exercises")["exercises"][0]["solved"]


def test_what_an_answer_prints_is_shown_and_what_stops_it_as_well(lab):
    task = tasks()[0]
    code = "print('hello')\nraise SystemExit"
    verdict = lab.do({"do": "check", "name": task.name, "code": code}).result(60)
    assert verdict["printed"].strip() == "hello" and not verdict["solved"]


def test_an_answer_does_not_hold_the_session_up(lab, monkeypatch):
    started, may_end = threading.Event(), threading.Event()

    def wait(*_):
        started.set()
        may_end.wait(30)
        raise OSError("no process could be started")

    monkeypatch.setattr(learning, "judge_file", wait)
    verdict = lab.do({"do": "check", "name": tasks()[0].name, "code": ""})
    assert started.wait(30) and not verdict.done()
    assert ask(lab, "exercises")["exercises"]
    with pytest.raises(LabError, match="one at a time"):
        ask(lab, "check", name=tasks()[0].name, code="")
    may_end.set()
    with pytest.raises(OSError, match="no process"):
        verdict.result(30)


@pytest.mark.parametrize(
    "request_, words",
    [
        ({"do": "lesson", "name": "nothing"}, "nothing"),
        ({"do": "lesson", "name": 99}, "99"),
        ({"do": "exercise", "name": "nothing"}, "nothing"),
        ({"do": "check", "name": "../x", "code": ""}, "x"),
        ({"do": "check", "name": "analytic_gradient", "code": 7}, "must be a text"),
        ({"do": "check", "name": "analytic_gradient", "code": "#" * 100_001}, "at most 100,000"),
    ],
)
def test_a_lesson_or_an_answer_that_is_none_says_why(lab, request_, words):
    with pytest.raises(LabError, match=words):
        lab.do(request_)


@pytest.mark.parametrize("action", ["lesson", "exercise"])
def test_a_long_name_is_not_repeated_in_full(action):
    with pytest.raises(LabError) as refusal:
        Session().do({"do": action, "name": "x" * 10_000})
    assert "xxx" in str(refusal.value) and len(str(refusal.value)) < 400
