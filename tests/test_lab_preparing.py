"""Runs that are prepared in a thread: what is shown meanwhile, what takes their place, and when.

Rule: a test holds the preparation where it wants it; nothing here depends on how long it takes.
"""

import threading
from concurrent.futures import Future

import pytest

from micrograd.lab import Experiment, LabError, Session, preparing, probe, texts
from micrograd.lab.datasets import make_points
from micrograd.lab.later import Queue, finish
from micrograd.lab.mistakes import MISTAKES
from tests.support.cases import cases

WAIT = 60
SMALL = Experiment(points=20, hidden=(4,))
CSV = "a,b,kind\n" + "".join(f"{i},{i % 7},{'cat' if i % 2 else 'dog'}\n" for i in range(40))


class Gate:
    """`make_points`, which waits until the test opens the gate, and notes what it was asked for."""

    def __init__(self):
        self.gate, self.reached = threading.Event(), threading.Event()
        self.asked = []

    def make_points(self, experiment):
        self.asked.append(experiment.data)
        self.reached.set()
        assert self.gate.wait(WAIT)
        return make_points(experiment)


class Held:
    """A queue of work that waits until the test lets it go on."""

    def __init__(self):
        self.waiting = []

    def later(self, work):
        self.waiting.append((Future(), work))
        return self.waiting[-1][0]

    def go_on(self):
        for future, work in self.waiting:
            finish(future, work)


@pytest.fixture
def gate(monkeypatch):
    gate = Gate()
    monkeypatch.setattr(preparing, "make_points", gate.make_points)
    yield gate
    gate.gate.set()


@pytest.fixture
def session():
    session = Session(SMALL)
    session.is_served = True
    return session


def do(session, action, /, **arguments):
    return session.do({"do": action, **arguments})


def test_the_run_before_goes_on_until_the_new_one_is_ready(session, gate):
    do(session, "play")
    before = session.run
    reply = do(session, "setup", changes={"data": "circles"})
    assert gate.reached.wait(WAIT)
    session.advance(7)
    state = session.state()
    assert (state["preparing"], state["experiment"]["data"]) == (True, "circles")
    assert session.run is before and before.step == 7 and session.players == [session]
    assert do(session, "question") and not reply.done()
    version = session.version
    gate.gate.set()
    assert "data=circles" in reply.result(WAIT)["query"]
    assert session.run.experiment == SMALL.replace(data="circles") and session.run.step == 0
    assert not session.state()["preparing"] and session.version > version and session.playing


def test_what_is_shown_was_compiled_before_it_is_shown(session, monkeypatch):
    """Neither a step nor a frame compiles anything in the thread that answers."""
    do(session, "setup", changes={"hidden": [5], "activation": "softplus"}).result(WAIT)
    monkeypatch.setattr(probe, "Probe", None)
    monkeypatch.setattr("micrograd.compiler.codegen.cache.load_or_build", None)
    assert session.frame()["step"] == 0
    session.advance(3)
    assert session.frame()["step"] == 3


def test_a_prepared_run_takes_the_steps_of_any_other(session):
    do(session, "setup", changes={"rate": 0.02, "seed": 3}).result(WAIT)
    session.advance(20)
    other = Session(SMALL.replace(rate=0.02, seed=3))
    other.advance(20)
    assert session.run.losses.tolist() == other.run.losses.tolist()


def test_another_choice_takes_the_place_and_keeps_what_was_chosen(session, gate):
    first = do(session, "setup", changes={"data": "circles"})
    assert gate.reached.wait(WAIT)
    second = do(session, "setup", changes={"data": "xor"})
    third = do(session, "setup", changes={"rate": 0.02})
    gate.gate.set()
    assert third.result(WAIT)["query"] == session.run.experiment.to_query()
    assert [reply.result(WAIT) for reply in (first, second)] == [{"shown": False}] * 2
    assert session.run.experiment == SMALL.replace(data="xor", rate=0.02)
    assert gate.asked == ["circles", "xor"]  # the second was not read for a run that nobody wants


def test_the_run_before_can_be_kept(session, gate):
    before = session.run
    reply = do(session, "setup", changes={"data": "circles"})
    do(session, "cancel")
    assert not session.state()["preparing"] and session.state()["query"] == SMALL.to_query()
    gate.gate.set()
    assert reply.result(WAIT) == {"shown": False} and session.run is before


def held_session():
    """A session whose preparations wait until `preparations.go_on()`."""
    session = Session(SMALL)
    session.is_served, session.preparations = True, Held()
    return session


@cases("switch", [("choose", {"run": "A"}), ("forget", {"run": "B"}), ("fork", {})])
def test_a_run_that_is_prepared_replaces_no_other_run(switch):
    session = held_session()
    do(session, "fork")
    before = session.runs["A"]
    reply = do(session, "setup", changes={"data": "circles"})
    action, arguments = switch
    do(session, action, **arguments)
    assert not session.state()["preparing"]
    session.preparations.go_on()
    assert reply.result() == {"shown": False} and session.runs["A"] is before
    assert {run.experiment.data for run in session.runs.values()} == {"moons"}


def edit(session):
    """Add two points, move one and remove one; return the points then."""
    do(session, "add", x=[2.0, 2.0], y=1.0)
    do(session, "add", x=[-2.0, 2.0], y=-1.0)
    do(session, "move", i=0, x=[0.5, 0.5])
    do(session, "remove", i=1)
    return session.run.points


@cases("own", [0, 1])
def test_points_that_are_edited_meanwhile_are_those_of_the_new_run(own):
    session = held_session()
    for _ in range(own):
        do(session, "add", x=[3.0, 3.0], y=1.0)
    first = do(session, "setup", changes={"rate": 0.02})
    points = edit(session)
    assert len(points.X) == 21 + own and session.run.experiment.rate == SMALL.rate
    session.preparations.go_on()
    assert first.result() == {"shown": False} and not session.state()["preparing"]
    assert session.run.points is points
    assert (session.run.experiment.data, session.run.experiment.rate) == ("own", 0.02)


@cases("changes", [{"data": "circles"}, {"points": 30}, {"noise": 0.2}, {"seed": 3}])
def test_an_edit_of_other_points_leaves_the_new_run_alone(changes):
    session = held_session()
    reply = do(session, "setup", changes=changes)
    edit(session)
    session.preparations.go_on()
    assert reply.result()["query"] == SMALL.replace(**changes).to_query()
    assert session.run.experiment == SMALL.replace(**changes)


def test_what_cannot_begin_is_a_sentence_and_changes_nothing(session, monkeypatch):
    def missing(experiment):
        raise LabError("This needs scikit-learn.")

    monkeypatch.setattr(preparing, "make_points", missing)
    reply = do(session, "setup", changes={"data": "digits"})
    assert isinstance(reply.exception(WAIT), LabError)
    assert session.run.experiment == SMALL and not session.state()["preparing"]


@cases("mistake", ["", *MISTAKES])
def test_a_mistake_beside_begins_anew_as_well(mistake):
    session = Session(SMALL)
    session.is_served = True
    do(session, "break", mistake=mistake)
    session.advance(4)
    do(session, "setup", changes={"rate": 0.02}).result(WAIT)
    assert session.run.experiment.rate == 0.02
    assert bool(session.run_beside) == bool(mistake)
    if mistake:
        wanted = SMALL.replace(rate=0.02, mistake=mistake)
        assert (session.run_beside.experiment, session.run_beside.step) == (wanted, 0)


def test_a_mistake_that_ended_meanwhile_does_not_come_back(session, gate):
    do(session, "break", mistake="wrong_sign")
    reply = do(session, "setup", changes={"data": "circles"})
    assert gate.reached.wait(WAIT)
    do(session, "break", mistake="assign")
    gate.gate.set()
    reply.result(WAIT)
    assert session.run_beside.experiment.mistake == "assign"
    assert session.run_beside.experiment.data == "circles"


def test_tables_and_files_are_prepared_as_well(session):
    columns = {"target": "kind", "inputs": ["a", "b"]}
    table = do(session, "table", name="pets.csv", text=CSV, columns=columns)
    later = do(session, "setup", changes={"rate": 0.02})  # of the table, which is not shown yet
    assert table.result(WAIT) and later.result(WAIT)
    assert session.run.points.columns == ("a", "b") and session.run.experiment.rate == 0.02
    content, _ = session.download("lab.json")
    do(session, "setup", changes={"data": "xor"}).result(WAIT)
    do(session, "load", file=content.decode()).result(WAIT)
    assert session.run.points.columns == ("a", "b")


# ---------------------------------------------------------------------------------------- in turn


def test_work_in_a_queue_is_done_one_after_the_other():
    queue, begun, gate = Queue(), [], threading.Event()

    def work(n):
        begun.append(n)
        assert gate.wait(WAIT)
        return {"n": n / (n - 1)}

    replies = [queue.later(lambda n=n: work(n)) for n in range(5)]
    assert len(begun) <= 1 and replies[2].cancel()  # as a server does that ends
    gate.set()
    errors = [replies[n].exception(WAIT) for n in (0, 1, 3, 4)]
    assert [type(error) for error in errors if error] == [ZeroDivisionError]  # ends no other work
    assert begun == [0, 1, 3, 4]
    assert queue.later(lambda: {"again": True}).result(WAIT) == {"again": True}


def test_only_the_last_of_many_gpts_is_compiled(monkeypatch):
    session, gate, compiled = Session(SMALL), threading.Event(), []

    def compile_one(run):
        compiled.append(run.seed)
        assert gate.wait(WAIT)

    monkeypatch.setattr(texts.TextRun, "compile", compile_one)
    runs = []
    for seed in range(6):
        do(session, "gpt_start", text="anna\nemma", seed=seed)
        runs.append(session.texts)
    gate.set()
    for run in runs:
        run.prepared.result(WAIT)
    assert compiled in ([5], [0, 5])  # the first one may have begun before the next was asked for
    assert session.texts.seed == 5 and session.news()["gpt"]["compiling"] is False
