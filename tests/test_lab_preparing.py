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
from micrograd.lab.session import MOST_RUNS
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
        while self.waiting:
            finish(*self.waiting.pop(0))


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
    assert (state["preparing"], state["experiment"]["data"]) == ("run", "circles")
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
    session.preparations.go_on()
    before = session.runs["A"]
    reply = do(session, "setup", changes={"data": "circles"})
    action, arguments = switch
    do(session, action, **arguments)
    assert session.state()["preparing"] == ("fork" if action == "fork" else "")
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
    if mistake:
        do(session, "break", mistake=mistake).result(WAIT)
    session.advance(4)
    do(session, "setup", changes={"rate": 0.02}).result(WAIT)
    assert session.run.experiment.rate == 0.02
    assert bool(session.run_beside) == bool(mistake)
    if mistake:
        wanted = SMALL.replace(rate=0.02, mistake=mistake)
        assert (session.run_beside.experiment, session.run_beside.step) == (wanted, 0)


def test_a_mistake_that_ended_meanwhile_does_not_come_back(session, gate):
    do(session, "break", mistake="wrong_sign").result(WAIT)
    reply = do(session, "setup", changes={"data": "circles"})
    assert gate.reached.wait(WAIT)
    do(session, "break", mistake="")
    gate.gate.set()
    reply.result(WAIT)
    assert list(session.runs) == ["A"] and session.run.experiment.data == "circles"


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


# ------------------------------------------------------------------------------ forks and mistakes


def shown(session):
    """Return the names of all runs, of the one that is shown and of the one beside it."""
    return "".join(session.runs), session.current, session.beside


def test_a_fork_begins_at_the_step_that_was_seen_and_the_run_goes_on_until_it_is_there():
    session = held_session()
    session.advance(5)
    reply = do(session, "fork", changes={"rate": 0.02})
    session.advance(4)
    assert session.state()["preparing"] == "fork" and do(session, "question")
    assert not reply.done() and shown(session) == ("A", "A", "")
    version = session.version
    session.preparations.go_on()
    assert reply.result() == {"run": "B"} and session.version > version
    assert not session.state()["preparing"]
    assert (session.current, session.run.step, session.run.experiment.rate) == ("B", 5, 0.02)
    assert session.runs["A"].step == 9
    other = Session(SMALL)
    other.advance(5)
    do(other, "fork", changes={"rate": 0.02})
    assert (other.advance(6), session.advance(6)) == (6, 6)
    assert other.run.losses.tolist() == session.run.losses.tolist()


FORKS = [{"rate": 0.02}, {"optimizer": "adam"}, {"l2": 0.0}, {"activation": "tanh"}, {}]


@cases("changes", [*FORKS, *({"mistake": name} for name in MISTAKES)])
def test_a_fork_was_compiled_before_it_is_shown(changes, monkeypatch):
    compile_nothing_when_shown("fork", {"changes": changes}, monkeypatch)


@cases("mistake", MISTAKES)
def test_a_mistake_was_compiled_before_it_is_shown(mistake, monkeypatch):
    compile_nothing_when_shown("break", {"mistake": mistake}, monkeypatch)


def compile_nothing_when_shown(action, arguments, monkeypatch):
    """Neither a step nor a frame compiles anything in the thread that answers."""
    session = Session(SMALL)
    session.is_served = True
    session.advance(3)
    session.frame()
    do(session, action, **arguments).result(WAIT)
    with monkeypatch.context() as patch:
        patch.setattr(probe, "Probe", None)
        patch.setattr("micrograd.compiler.codegen.cache.load_or_build", None)
        first = session.run.step
        session.advance(3)
        assert session.frame()["step"] == first + 3


def test_two_forks_at_once_are_both_there_and_the_last_one_is_shown():
    session = held_session()
    replies = [do(session, "fork", changes={"rate": rate}) for rate in (0.01, 0.02)]
    session.preparations.go_on()
    assert [reply.result()["run"] for reply in replies] == ["B", "C"]
    assert shown(session) == ("ABC", "C", "")
    assert [session.runs[name].experiment.rate for name in "BC"] == [0.01, 0.02]


@cases("choice", [("choose", {"run": "B"}), ("setup", {"changes": {"rate": 0.5}})])
def test_a_fork_joins_the_runs_but_is_not_shown_if_something_else_was_chosen_since(choice):
    session = held_session()
    do(session, "fork")
    session.preparations.go_on()
    do(session, "choose", run="A")
    do(session, "fork", changes={"rate": 0.02})
    action, arguments = choice
    do(session, action, **arguments)
    session.preparations.go_on()
    wanted = {"choose": ("B", SMALL.rate), "setup": ("A", 0.5)}[action]
    assert (session.current, session.run.experiment.rate) == wanted
    assert session.runs["C"].experiment.rate == 0.02 and not session.state()["preparing"]


def test_what_is_prepared_can_be_given_up():
    session = held_session()
    replies = [do(session, "fork"), do(session, "break", mistake="wrong_sign")]
    assert session.state()["preparing"] == "mistake"
    do(session, "cancel")
    assert session.state()["preparing"] == ""
    session.preparations.go_on()
    assert [reply.result() for reply in replies] == [{"shown": False}] * 2
    assert shown(session) == ("A", "A", "")


def test_a_mistake_begins_with_the_run_beside_it_and_takes_the_place_of_the_last_one():
    session = held_session()
    session.advance(5)
    do(session, "break", mistake="wrong_sign")
    session.preparations.go_on()
    assert shown(session) == ("AB", "A", "B") and session.run.step == 0
    session.advance(3)
    first = do(session, "break", mistake="assign")
    second = do(session, "break", mistake="equal_weights")
    session.advance(3)
    assert session.run_beside.experiment.mistake == "wrong_sign" and session.run_beside.step == 6
    session.preparations.go_on()
    assert first.result() == {"shown": False} and second.result() == {"run": "B"}
    assert session.run_beside.experiment.mistake == "equal_weights"
    assert (session.run.step, session.run_beside.step, len(session.runs)) == (0, 0, 2)


@cases("change", ["edit", "setup", "fork", "the broken run is chosen"])
def test_a_mistake_is_that_of_the_run_that_is_shown_when_it_is_ready(change, monkeypatch):
    """Each change comes while the broken run is compiled, and after it was begun."""
    session = held_session()
    do(session, "break", mistake="assign")
    session.preparations.go_on()
    requests = {
        "edit": ("set", {"layer": 0, "neuron": 1, "input": 0, "value": 0.75}),
        "setup": ("setup", {"changes": {"rate": 0.02}}),
        "fork": ("fork", {"changes": {"rate": 0.02}}),
        "the broken run is chosen": ("choose", {"run": "B"}),
    }
    action, arguments = requests[change]
    compiled = []

    def warm_meanwhile(run, other=None):
        compiled.append(run.experiment.mistake)
        if len(compiled) == 1:
            do(session, action, **arguments)

    monkeypatch.setattr("micrograd.lab.arrivals.warm", warm_meanwhile)
    session.advance(3)
    do(session, "break", mistake="wrong_sign")
    session.preparations.go_on()
    run, broken = session.run, session.run_beside
    assert not run.experiment.mistake and broken.experiment.mistake == "wrong_sign"
    assert run.stretches[0].experiment.replace(mistake="wrong_sign") == broken.experiment
    run.rewind(0)
    broken.rewind(0)
    assert run.numbers.tolist() == broken.numbers.tolist()
    assert compiled.count("wrong_sign") == {"edit": 2}.get(change, 1)
    assert len(session.runs) == (3 if change == "fork" else 2) and not session.preparing


def test_runs_that_are_prepared_count_among_those_that_fit_on_a_page():
    session = held_session()
    replies = [do(session, "fork") for _ in range(MOST_RUNS - 2)]
    replies.append(do(session, "break", mistake="assign"))
    with pytest.raises(LabError, match="at most 12 runs"):
        do(session, "fork")
    session.preparations.go_on()
    assert all("run" in reply.result() for reply in replies) and len(session.runs) == MOST_RUNS
    reply = do(session, "break", mistake="wrong_sign")  # in the place of the other one
    session.preparations.go_on()
    assert "run" in reply.result() and len(session.runs) == MOST_RUNS


@cases("action", ["fork", "break", "setup"])
def test_a_lab_that_ends_waits_for_no_run(action, session, monkeypatch):
    """Its thread goes on preparing the run to the end, and shows it to nobody."""
    gate = Gate()
    for file in ("arrivals", "preparing"):
        monkeypatch.setattr(f"micrograd.lab.{file}.warm", lambda *_: gate.make_points(SMALL))
    arguments = {"fork": {}, "break": {"mistake": "assign"}, "setup": {"changes": {"rate": 0.02}}}
    reply = do(session, action, **arguments[action])
    assert gate.reached.wait(WAIT)
    session.close()
    assert not session.preparing and not reply.done()
    gate.gate.set()
    assert reply.result(WAIT) == {"shown": False}
    assert shown(session) == ("A", "A", "") and session.run.experiment == SMALL


def test_another_page_is_answered_meanwhile_and_the_server_can_end(monkeypatch):
    pytest.importorskip("starlette")
    from tests.support.lab_server import RunningLab, wait_until

    gate = Gate()
    monkeypatch.setattr("micrograd.lab.arrivals.warm", lambda *_: gate.make_points(SMALL))
    running = RunningLab(Session(SMALL))
    with running.page() as one, running.page() as other:
        one.send('{"id": 1, "do": "fork"}')
        assert gate.reached.wait(WAIT)
        assert other.ask("step", count=3) == {"reply": {"step": 3}}
        assert other.ask("hello")["reply"]["state"]["preparing"] == "fork"
        running.stop()
    assert not running.thread.is_alive()
    gate.gate.set()
    wait_until(lambda: not running.session.preparations.waiting)
    assert shown(running.session) == ("A", "A", "")


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
