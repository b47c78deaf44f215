"""Every action of the lab's page, without a page: what it replies, changes and refuses."""

import pytest

from micrograd.lab import Experiment, LabError, Run
from micrograd.lab.session import ACTIONS, Session, function_of


@pytest.fixture
def session():
    return Session(Experiment(points=20, hidden=(4,)))


@pytest.mark.parametrize("name", ACTIONS)
def test_every_action_has_a_function(name):
    assert callable(function_of(ACTIONS[name].place))


def test_a_fork_is_shown_and_keeps_its_history(session):
    session.do({"do": "step", "count": 10})
    name = session.do({"do": "fork", "changes": {"rate": 0.01}})["run"]
    runs = session.state()["runs"]
    assert [run["id"] for run in runs] == ["A", name]
    assert runs[1]["parent"] == "A" and runs[1]["forked_at"] == 10 and runs[1]["current"]
    session.do({"do": "rewind", "step": 3})
    assert (session.run.numbers == rewound(session.runs["A"], 3)).all()


def rewound(run: Run, step: int):
    run.rewind(step)
    return run.numbers


@pytest.mark.parametrize("request_", [None, 7, [], {}, {"do": 7}, {"do": "fly"}, {"do": "rewind"}])
def test_what_is_no_request_is_refused_in_a_sentence(session, request_):
    with pytest.raises(LabError, match=r"\w+ .*\."):
        session.do(request_)


def test_the_plane_stays_while_points_are_edited_inside_it(session):
    points = session.run.points
    x0, x1, y0, y1 = points.bounds
    edited = points.add([x0, y1], 1.0).move(0, [x1, y0]).remove(1)
    assert edited.bounds == points.bounds
    assert edited.add([x1 + 1.0, y0], 1.0).bounds[1] > x1 + 1.0


def test_other_data_brings_a_rate_that_it_can_be_learnt_with(session):
    session.do({"do": "setup", "changes": {"data": "sine"}})
    experiment = session.run.experiment
    assert (experiment.loss, experiment.rate) == ("mse", 0.1)
    session.do({"do": "setup", "changes": {"rate": 0.5}})
    assert session.run.experiment.rate == 0.5


def test_a_query_sets_all_settings(session):
    session.do({"do": "setup", "query": "data=circles&hidden=4,3&rate=0.25"})
    assert session.run.experiment == Experiment(data="circles", hidden=(4, 3), rate=0.25)


def test_a_point_of_one_number_moves_with_its_target(session):
    session.do({"do": "setup", "changes": {"data": "sine"}})
    session.do({"do": "move", "i": 3, "x": [0.5], "y": 2.0})
    points = session.run.points
    assert (points.X[3], points.y[3]) == ([0.5], 2.0)
