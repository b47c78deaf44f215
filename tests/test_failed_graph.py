"""The graph on which an answer fails: from the learner's process to the page that plays it.

Rule: the page shows the grads that the learner's code gave, beside those of micrograd. A text that
is no such graph shows nothing, whoever wrote it.
"""

import json
import math
import re

import pytest

from micrograd import Value, draw
from micrograd.cli.app import app
from micrograd.course import build
from micrograd.course.build.failing_graph import SINCE, add_graph, failing_run
from micrograd.course.build.judging import TASK, stand
from micrograd.course.exercises.checking import Unexplained, Wrong
from micrograd.course.exercises.failed_graph import MOST_CALLS, MOST_NODES, read_run, write_run
from micrograd.course.exercises.graph_page import build_nodes, describe_graph, render_graph
from micrograd.course.exercises.graphs import Graph, Run, compare_graphs, doublings, node_name
from micrograd.course.exercises.judge import Verdict, judge_file
from micrograd.course.exercises.task import Task, find_task, tasks
from micrograd.drawing import GivenRun
from tests.support.cases import cases
from tests.support.checks import run_checks
from tests.support.commands import CliRunner

TWICE = Run(Graph((2.0,), (("+", 0, 0),)), [1.0, 1.0], [1], 1.0)
LATE = Graph((2.0,), (("*", 0, 0), ("*", 1, 1), ("+", 1, 2)))  # d = b + b * b
GRAPH_TASKS = [task for task in tasks() if "compare_graphs(" in task.text]
NO_GRAPH = re.compile(r"does something stay|nodes stay|there are 2\*\*n")  # other mistakes


def given_of(page):
    """Return what the page knows: its nodes, and the grads and calls of the learner's code."""
    (text,) = re.findall(r'<script type="application/json" id="graph">(.*?)</script>', page)
    data = json.loads(text)
    return data["nodes"], data["given"], data["algorithms"]["given"]


def numbers(texts):
    """Return the numbers of a page, of which JSON lacks some."""
    return [float(str(text).replace("Infinity", "inf")) for text in texts]


# --------------------------------------------------------------------------------- each graph task


def test_the_tasks_on_graphs_are_known():
    names = {"graph_backward", "hunt_order", "add_up", "hunt_assigned_grad"}
    assert {task.name for task in GRAPH_TASKS} == names


@pytest.mark.slow
@pytest.mark.parametrize("task", GRAPH_TASKS, ids=lambda task: task.name)
def test_a_wrong_answer_has_a_page_with_its_grads(task):
    pages = 0
    for answer in task.checker_names["WRONG"]:
        answers = [answer] if isinstance(answer, str) else answer
        verdict = Verdict(tuple(run_checks(task, task.with_answers(answers), "answer.py")))
        finding = verdict.on_a_graph
        if finding is None:
            assert NO_GRAPH.search(verdict.why)
            continue
        nodes, given, row = given_of(render_graph(finding.run, verdict.why))
        shown = dict(zip([node["name"] for node in nodes], numbers(given["grads"])))
        grads = describe_graph(finding.run)["grads"]
        assert shown == pytest.approx(grads, nan_ok=True)
        assert finding.run.wrong_node() is not None
        assert row["misconception"].lower().startswith(verdict.why.lower())
        assert str(finding.run.graph) in row["misconception"]
        pages += 1
    assert pages >= 5


@pytest.mark.slow
@pytest.mark.usefixtures("no_causes")
def test_wrong_stages_have_a_graph_of_what_they_ask_for():
    """A stage whose mistake is one of grads has a graph; one before backward() has none."""
    found = {}
    for stage in build.all_stages()[:9]:
        for file in stage.wrong:
            findings = run_checks(Task(TASK), file, "my_micrograd.py")
            standing = stand(Verdict(tuple(findings)), stage.number)
            found.setdefault(stage.number, []).append(standing.run)
            assert standing.run is None or standing.run.wrong_node() is not None
    count = {number: sum(run is not None for run in runs) for number, runs in found.items()}
    assert not any(count[number] for number in (1, 2, 3, 4, 7, 9))
    assert count[6] == len(found[6])
    assert 0 < count[5] < len(found[5]) and 0 < count[8] < len(found[8])


class Leaves(Value):
    """A Value whose backward() ends the program."""

    __slots__ = ()

    def backward(self):
        raise SystemExit


def test_a_backward_that_ends_the_program_has_no_graph():
    error = Wrong("a.grad is 0.", "no grad")
    add_graph(error, Leaves, max(SINCE))
    assert error.graph is None


def test_our_own_value_fails_on_no_graph():
    assert failing_run(Value, max(SINCE)) is None


# ----------------------------------------------------------------------------------------- the text

INFINITE = [math.nan, math.inf, -math.inf, -0.0]
RUNS = {
    "twice": TWICE,
    "no calls": Run(LATE, [0.0] * 4, [], 0.0),
    "nan and inf": Run(LATE, INFINITE, [3, 1, 2, 1], math.nan),
    "far numbers": Run(LATE, [5e-324, 1.7976931348623157e308, -1e-9, 1e22], [0], 1.0),
    "all signs": Run(
        Graph((2.0, -3.0), (("-", 0, 1), ("/", 2, 1))), [0.1, 1 / 3, 1.0, 1.0], [3, 2], 1.0
    ),
    "all nodes": Run(doublings(MOST_NODES - 1), [1.0] * MOST_NODES, [1] * MOST_CALLS, 1.0),
}


@cases("name", RUNS)
def test_a_run_is_read_as_it_was_written(name):
    run = RUNS[name]
    assert repr(read_run(write_run(run))) == repr(run)  # nan is unequal to nan
    page = render_graph(run, "it is wrong")
    _, given, _ = given_of(page)
    right = run.graph.grads()
    for got, own, wanted in zip(numbers(given["grads"]), run.grads, right, strict=True):
        assert got == own or (got != got and own != own) or got == pytest.approx(wanted, 1e-9)


def test_a_huge_run_is_no_text():
    huge = Run(doublings(MOST_NODES), [1.0] * (MOST_NODES + 1), [], 1.0)
    assert write_run(huge) == ""
    often = Run(TWICE.graph, [1.0, 1.0], [1] * (MOST_CALLS + 1), 1.0)
    assert read_run(write_run(often)).calls == []
    assert write_run(None) == write_run("2.0; + 0 0; 1.0 1.0; 1; 1.0") == ""


HOSTILE = {
    "nothing": "",
    "a sentence": "a.grad is 1, and should be 2.",
    "markup in a leaf": "</script>; + 0 0; 1.0 1.0; 1; 1.0",
    "markup in an op": "2.0; </script> 0 0; 1.0 1.0; 1; 1.0",
    "markup in a grad": "2.0; + 0 0; 1.0 <b>; 1; 1.0",
    "code in a call": "2.0; + 0 0; 1.0 1.0; alert(1); 1.0",
    "a text in a number": "2.0; + 0 0; 1.0 '1.0'; 1; 1.0",
    "an underscore": "2.0; + 0 0; 1.0 1_0; 1; 1.0",
    "other digits": "2.0; + 0 0; 1.0 \u0661; 1; 1.0",
    "a line": "2.0\n; + 0 0; 1.0 1.0; 1; 1.0",
    "an op that is none": "2.0; ** 0 0; 1.0 1.0; 1; 1.0",
    "an input that comes later": "2.0; + 0 1; 1.0 1.0; 1; 1.0",
    "an input before the first": "2.0; + 0 -1; 1.0 1.0; 1; 1.0",
    "a call of no node": "2.0; + 0 0; 1.0 1.0; 2; 1.0",
    "half a call": "2.0; + 0 0; 1.0 1.0; 0.5; 1.0",
    "a call of nan": "2.0; + 0 0; 1.0 1.0; nan; 1.0",
    "a grad too many": "2.0; + 0 0; 1.0 1.0 1.0; 1; 1.0",
    "no leaf": "; + 0 0; 1.0; 1; 1.0",
    "no operation": "2.0; ; 1.0; 1; 1.0",
    "a part too few": "2.0; + 0 0; 1.0 1.0; 1",
    "a part too many": "2.0; + 0 0; 1.0 1.0; 1; 1.0; 1.0",
    "a node that is not used": "2.0 3.0; + 0 0; 1.0 1.0 1.0; 1; 1.0",
    "too many nodes": write_run(RUNS["all nodes"]).replace("; 1.0", ", + 59 59; 1.0 1.0", 1),
    "many digits": "2" * 10**6 + "; + 0 0; 1.0 1.0; 1; 1.0",
    "digits that end in a letter": "2" * 5000 + "x; + 0 0; 1.0 1.0; 1; 1.0",
    "brackets": "[" * 5000,
}


@cases("name", HOSTILE)
def test_any_other_text_is_no_graph(name):
    assert read_run(HOSTILE[name]) is None


ATTACK = """
from micrograd.course.exercises import checking, graphs
class Leaf(float):
    def __repr__(self): return "</script><script>alert(1)</script>"
def attack():
    graph = graphs.Graph((Leaf(2.0),), (("+", 0, 0),))
    return checking.Wrong("</script><b>", "mine", {})
"""
ATTACKS = {
    "markup in numbers": "graphs.Run(graph, [Leaf(1), Leaf(1)], [1], 1.0)",
    "another type": "'2.0; + 0 0; 1.0 1.0; 1; 1.0'",
    "a million nodes": "graphs.Run(graph, [1.0] * 10**6, [1], 1.0)",
}


@pytest.mark.slow
@cases("name", ATTACKS)
def test_a_learner_forges_no_graph(name, tmp_path):
    task, path = find_task("graph_backward"), tmp_path / "answer.py"
    answer = task.with_answers(["\n    raise attack()\n"])
    path.write_text(ATTACK.format(ATTACKS[name]) + answer)
    verdict = judge_file(task, path)
    assert not verdict.right and "</script>" in verdict.why
    assert verdict.on_a_graph is None


# ----------------------------------------------------------------------------------------- the page


def test_nothing_in_the_page_is_code_but_the_players():
    sentence = "</script><script>alert(1)</script><!-- <b>\u2028"
    page = render_graph(TWICE, sentence)
    assert given_of(page)[2]["misconception"].startswith(sentence)
    own = draw(build_nodes(TWICE)[-1]).html
    assert page.count("<script") == own.count("<script")
    policy = re.compile(r"script-src ([^;]*)")
    assert policy.search(page)[1] == policy.search(own)[1]


def test_only_steps_that_give_these_grads_are_shown():
    """The order of d = b + b * b matters: b passes on before c, or after it."""
    nodes = build_nodes(Run(LATE, [], [], 1.0))
    _, b, c, d = nodes
    early, right = [d, b, c], [d, c, b]
    table = (
        (early, [4.0, 9.0, 1.0, 1.0], True),
        (right, LATE.grads(), True),
        (right, [x * (1 + 1e-12) for x in LATE.grads()], True),
        (right, [4.0, 9.0, 1.0, 1.0], False),
        ([], [0.0, 0.0, 0.0, 0.0], False),
        (right, [math.nan] * 4, False),
    )
    for calls, grads, replayed in table:
        run = GivenRun(dict(zip(nodes, grads)), calls, "yours", "wrong.")
        data = run.run_data(nodes)
        assert data["calls"] == ([nodes.index(node) for node in calls] if replayed else None)
        steps = "order of your calls" if replayed else "right ones"
        assert steps in run.row(nodes)["misconception"]
    assert data["grads"] == ["NaN"] * 4


def test_a_grad_that_differs_by_rounding_is_right():
    nodes = build_nodes(TWICE)
    run = GivenRun(dict(zip(nodes, [2.0000000000000004, 1.0])), [nodes[1]], "yours", "")
    assert run.run_data(nodes)["grads"] == [2.0, 1.0]


class Shallow(Value):
    """A Value whose backward() gives up after thirty nodes."""

    __slots__ = ()

    def backward(self):
        order, node = [], self
        while node.inputs and len(order) < 30:
            order.append(node)
            node = node.inputs[0]
        self.grad = 1.0
        for node in order:
            node._backward()


def test_a_graph_has_names_beyond_z():
    assert [node_name(i) for i in (0, 25, 26, 51, 52)] == ["a", "z", "a1", "z1", "a2"]
    with pytest.raises(Wrong, match=r"f1 = e1 \+ e1 with .*, a = 2, a\.grad is 0, and") as caught:
        compare_graphs(Shallow, [doublings(40)])
    assert read_run(write_run(caught.value.graph)).grads[0] == 0.0


def test_a_grad_that_is_unexplained_has_its_graph_too():
    class Doubles(Value):
        __slots__ = ()

        def backward(self):
            super().backward()
            for node in self.inputs:
                node.grad *= 2

    with pytest.raises(Unexplained) as caught:
        compare_graphs(Doubles, [LATE])
    assert read_run(write_run(caught.value.graph)) is not None


# ------------------------------------------------------------------------------------ the commands


def run_command(*arguments):
    return CliRunner().invoke(app, arguments, env={"COLUMNS": "100"})


@pytest.fixture
def hunt(tmp_path, monkeypatch):
    """The path of the task `hunt_order` in a learner's folder, its bug not yet mended."""
    monkeypatch.chdir(tmp_path)
    run_command("exercises", "start")
    return tmp_path / "exercises" / find_task("hunt_order").path.name


@pytest.mark.slow
def test_a_check_writes_the_page_of_its_graph(hunt, tmp_path):
    name = "hunt_order"
    told = run_command("exercises", "check", name)
    assert f"To play the graph: micrograd exercises check {name} --html" in told.stdout
    page = hunt.with_suffix(".html")
    assert not page.exists()
    beside = run_command("exercises", "check", "--html", name)
    assert beside.exit_code == 1
    assert f"wrote exercises/{page.name}" in beside.stdout.replace("\\", "/")
    assert "To play the graph" not in beside.stdout
    nodes, given, _ = given_of(page.read_text(encoding="utf-8"))
    assert [node["name"] for node in nodes] == ["a", "b", "c", "d"] and given["calls"]
    elsewhere = run_command("exercises", "check", name, "--html", "mine.html", "--json")
    found = json.loads(elsewhere.stdout)
    assert found["files"] == ["mine.html"] and (tmp_path / "mine.html").exists()
    graph = found["findings"][0]["graph"]
    assert graph["expression"].startswith("d = ") and graph["grads"]["a"] != graph["right"]["a"]
    printed = run_command("exercises", "check", name, "--html", "-")
    assert "<!doctype html>" in printed.stdout
    full = run_command("exercises", "check", name, "--html", str(hunt / "x.html"))
    assert full.exit_code == 2 and full.stderr.startswith("error: cannot write to ")


@pytest.mark.slow
def test_where_there_is_no_graph_a_note_says_so(hunt):
    hunt.write_text(find_task("hunt_order").solution, encoding="utf-8")
    solved = run_command("exercises", "check", "hunt_order", "--html")
    assert solved.exit_code == 0
    assert "note: There is no graph to show, because nothing is wrong." in solved.stderr
    other = run_command("exercises", "check", "mul_backward", "--html", "x.html", "--json")
    assert other.exit_code == 1 and json.loads(other.stdout)["files"] == []
    assert "the mistake is not in the grads of a graph" in other.stderr
    assert not [*hunt.parent.glob("*.html"), *hunt.parent.parent.glob("*.html")]
    both = run_command("exercises", "check", "--all", "--html")
    assert both.exit_code == 2 and "Leave one of the two out." in both.stderr


@pytest.mark.slow
def test_a_stage_writes_its_page(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    stage = build.find_stage("6")
    (tmp_path / "my_micrograd.py").write_text(next(iter(stage.wrong)), encoding="utf-8")
    told = run_command("build", "check")
    assert "To play the graph: micrograd build check --html" in told.stdout
    result = run_command("build", "check", "--html")
    assert "wrote my_micrograd_graph.html" in result.stdout
    page = (tmp_path / "my_micrograd_graph.html").read_text(encoding="utf-8")
    assert given_of(page)[1] == {"grads": [1.0, 1.0], "calls": None}
    found = json.loads(run_command("build", "check", "--json").stdout)
    assert found["graph"]["right"] == {"a": 2.0, "b": 1.0} and found["files"] == []


@pytest.mark.slow
@cases("number", ["5", "6"])
def test_a_right_stage_has_no_page(number, tmp_path, monkeypatch):
    """The next stage is not begun, so a graph on which it fails says nothing."""
    monkeypatch.chdir(tmp_path)
    solution = build.find_stage(number).solution
    (tmp_path / "my_micrograd.py").write_text(solution, encoding="utf-8")
    written = run_command("build", "check", "--html")
    assert written.exit_code == 0 and "nothing is wrong" in written.stderr
    found = json.loads(run_command("build", "check", "--json").stdout)
    assert (found["right"], found["graph"]) == (True, None)
    assert [path.suffix for path in tmp_path.iterdir()] == [".py"]
