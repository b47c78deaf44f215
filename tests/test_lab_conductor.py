"""The thread that plays: how many steps it takes, how often it tells, and what does not stop it.

Rule: time is a clock of the test's own; nothing here waits or depends on how fast the machine is.
"""

import json
import math

import pytest

from micrograd.lab import conductor
from micrograd.lab.conductor import MOST_STEPS, NEWS_SECONDS, TURN_SECONDS, Conductor, Pace, to_json
from tests.support.cases import cases
from tests.support.lab_session import CountingSession


class Clock:
    """A clock that moves when the test says so."""

    def __init__(self):
        self.now = 100.0

    def perf_counter(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(conductor, "time", clock)
    return clock


@pytest.fixture
def told():
    return []


@pytest.fixture
def playing(clock, told):
    """A conductor whose session plays at full speed for one page; its thread is not started."""
    playing = Conductor(CountingSession(), lambda kind, text: told.append((kind, json.loads(text))))
    playing.audience = 1
    playing.session.playing = True
    return playing


# fmt: off
STEPS = {  # (speed, seconds since the last turn of each turn): the steps of each turn
    (60.0, (1 / 30, 1 / 30, 1 / 30)): (3, 2, 2),  # one is due at once
    (60.0, (10.0, 0.0)):              (7, 0),     # what was missed for long is not made up for
    (1.0, (0.0, 0.5, 0.5, 0.5, 0.5)): (1, 0, 1, 0, 1),
    (0.5, (0.0, 1.0, 1.0)):           (1, 0, 1),
    (1e9, (0.5, 0.5)):                (64, 64),   # no more than fit into a turn
    (math.inf, (0.0, 9.0)):           (64, 64),
}
# fmt: on


@cases("case", list(STEPS))
def test_a_speed_is_kept(case, clock):
    speed, seconds = case
    pace = Pace()
    pace.count = 64
    assert tuple(pace.steps(speed, elapsed) for elapsed in seconds) == STEPS[case]


def test_a_turn_fits_its_time(clock):
    pace = Pace()
    for _ in range(40):
        pace.update(pace.count, pace.count * 1e-4)
    assert pace.count == pytest.approx(TURN_SECONDS / 1e-4, abs=1)
    pace.update(pace.count, 10.0)  # the machine was busy
    assert pace.count == 1
    for _ in range(40):
        pace.update(pace.count, 0.0)
    assert pace.count == MOST_STEPS


def test_the_steps_a_second_are_counted(playing, clock):
    (player,) = playing.players()
    pace = playing.paces[id(player)]
    for _ in range(10):
        clock.now += 0.1
        playing.play(player, pace, 50)
    assert player.steps_per_second == pytest.approx(500)


def test_it_tells_at_most_thirty_times_a_second(playing, clock, told):
    for _ in range(1000):  # requests within one second
        clock.now += 0.001
        playing.has_news = True
        playing.tell_news_if_due()
    frames = sum(kind == "frame" for kind, _ in told)
    assert 29 <= frames <= 31
    assert playing.patience([]) <= NEWS_SECONDS  # the last of them is told soon
    clock.now += NEWS_SECONDS
    playing.tell_news_if_due()
    assert playing.patience([]) is None


def tell_for_ten_seconds(playing, clock, news):
    """Ask once a millisecond whether a frame is due; `news` makes one, and takes time for it."""
    playing.session.news = news
    end = clock.now + 10.0
    while clock.now < end:
        clock.now += 0.001
        playing.tell_news_if_due()


def test_frames_that_take_long_leave_half_of_the_time(playing, clock, told):
    def news():
        clock.now += 0.2
        return {"frame": {}}

    tell_for_ten_seconds(playing, clock, news)
    assert 24 <= len(told) <= 26


def test_frames_that_take_long_for_once_are_made_up_for(playing, clock, told):
    """Once a second the doctor looks at the network, which takes as long as a frame and a half."""
    looked = [clock.now]

    def news():
        is_due = clock.now >= looked[-1] + 1.0
        clock.now += 0.05 if is_due else 0.005
        looked.extend([clock.now] * is_due)
        return {"frame": {}}

    tell_for_ten_seconds(playing, clock, news)
    assert len(looked) == 10 and 295 <= len(told) <= 301


def test_nothing_plays_and_nothing_is_told_without_a_page(playing, told):
    playing.audience = 0
    assert playing.players() == []
    playing.has_news = True
    playing.tell_news_if_due()
    assert told == []
    assert playing.patience([]) is None


def test_it_waits_for_requests_no_longer_than_until_there_is_work(playing, clock):
    players = playing.players()
    assert playing.patience(players) == 0.0  # at full speed
    playing.session.speed = 60.0
    for _ in range(2):  # the first one is late, and the next one makes up for that
        playing.tell_news_if_due()
    assert playing.patience(players) == pytest.approx(NEWS_SECONDS)
    clock.now += 1.0
    assert playing.patience(players) == 0.0


def test_a_player_whose_step_is_not_due_takes_none(playing, clock):
    playing.session.speed = 1.0
    playing.turn(playing.players())
    assert playing.session.counter.step == 1  # one is due at once
    clock.now += 0.5
    playing.turn(playing.players())
    assert playing.session.counter.step == 1
    clock.now += 0.5
    playing.turn(playing.players())
    assert playing.session.counter.step == 2


def test_a_player_that_fails_rests_until_the_next_request(playing, told, capsys):
    playing.session.counter.advance = None
    playing.turn(playing.players())
    assert [kind for kind, _ in told] == ["note", "frame"]
    assert "defect of its own: TypeError" in told[0][1]["note"]
    assert playing.players() == []
    assert "TypeError" in capsys.readouterr().err
    playing.failed.clear()
    assert playing.players() == [playing.session.counter]


def test_news_that_fail_are_a_sentence(playing, told, capsys):
    playing.session.news = lambda: 1 / 0
    playing.tell_news()
    assert [kind for kind, _ in told] == ["note"]
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_a_request_that_nobody_waits_for_is_not_done(playing):
    future = playing.ask(lambda: playing.session.actions.append("done"))
    assert future.cancel()
    playing.requests.get()()
    assert playing.session.actions == []


def test_what_a_late_reply_changed_is_told_although_nobody_asks(playing):
    future = playing.ask(lambda: playing.session.do({"do": "later"}))
    playing.requests.get()()
    assert playing.requests.empty()
    playing.session.later.set_result({})
    assert future.result() is playing.session.later
    playing.requests.get_nowait()()  # an empty request, after which the news are told


NUMBERS = {
    math.nan: "null",
    math.inf: "null",
    -math.inf: "null",
    1e-300: "1e-300",
    0.1: "0.1",
    "</script>": '"</script>"',
}


@cases("x", list(NUMBERS))
def test_what_json_lacks_is_null(x):
    assert to_json({"x": [x, (x,)]}) == f'{{"x":[{NUMBERS[x]},[{NUMBERS[x]}]]}}'


def test_the_end_of_a_run_is_told_although_nobody_asks(playing, clock, told):
    """A player may stop by itself, as at the last step that a lab keeps."""
    for _ in range(2):  # the next news are not due before the next frame
        playing.tell_news()
    playing.turn(playing.players())
    playing.session.playing = False
    assert playing.patience(playing.players()) == pytest.approx(NEWS_SECONDS)
    clock.now += NEWS_SECONDS
    playing.turn(playing.players())
    assert told[-1] == ("frame", {"frame": {"step": playing.session.counter.step, "loss": None}})
    assert playing.patience(playing.players()) is None
