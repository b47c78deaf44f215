"""Tests of plots as text: every part of a Figure stands where matplotlib would put it."""

import itertools
import math

import pytest
from matplotlib.figure import Figure

from micrograd.support.text_plot import MARGIN, ROWS, text_plot


def axes():
    return Figure().subplots()


def body(plot):
    """Return the rows between the axes, without the numbers beside them."""
    return [line[MARGIN + 2 :] for line in plot.splitlines() if line[MARGIN : MARGIN + 2] == " |"]


def test_a_rising_line_goes_from_the_lower_left_to_the_upper_right():
    a = axes()
    a.plot([0, 1], [0, 1])
    rows = body(text_plot(a.figure, 60))
    assert len(rows) == ROWS
    begins = [len(row) - len(row.lstrip()) for row in rows if row.strip()]
    assert begins == sorted(begins, reverse=True) and len(set(begins)) == len(begins)


def test_a_falling_exponential_is_straight_on_a_logarithmic_scale():
    a = axes()
    a.plot(range(20), [10.0**-x for x in range(20)])
    a.set_yscale("log")
    begins = [len(row) - len(row.lstrip()) for row in body(text_plot(a.figure, 60)) if row.strip()]
    steps = {b - a for a, b in itertools.pairwise(begins[1:-1])}  # the outer rows are not full
    assert begins == sorted(begins) and max(steps) - min(steps) <= 1


def test_lines_have_letters_and_names_and_the_axes_numbers():
    a = axes()
    a.plot([0, 1], [0, 1], label="up")
    a.plot([0, 1], [1, 0], label="down")
    a.set(xlabel="step", ylabel="loss", title="both", xlim=(0, 1), ylim=(0, 2))
    lines = text_plot(a.figure, 60).splitlines()
    assert lines[:2] == ["both", "loss"]
    assert [line.strip() for line in lines[-3:]] == ["step", "A: up", "B: down"]
    assert lines[2].split()[0] == "2" and lines[1 + ROWS].split()[0] == "0"
    assert "A" in "".join(body("\n".join(lines))) and "B" in "".join(body("\n".join(lines)))


def test_points_of_two_colours_have_two_letters():
    a = axes()
    a.scatter([0, 1, 2], [0, 1, 2], c=["red", "blue", "red"])
    text = "".join(body(text_plot(a.figure, 60)))
    assert text.count("o") == 2 and text.count("x") == 1


def test_bars_and_marked_points_are_drawn():
    a = axes()
    a.hist([1, 1, 1, 2])
    assert any(row.strip() for row in body(text_plot(a.figure, 60)))
    a = axes()
    a.plot([0.0], [1.0], "o")
    assert "".join(body(text_plot(a.figure, 60))).split() == ["o"]


def test_bars_have_their_names():
    a = axes()
    a.bar(["a", "dog"], [1, -1])
    below = text_plot(a.figure, 60).splitlines()[-1]
    assert below.split() == ["a", "dog"] and below.index("a") < 30 < below.index("dog")


@pytest.mark.parametrize("columns", [1, 30, 60, 80, 300])
def test_it_keeps_to_the_columns(columns):
    a = axes()
    a.plot([-1e-300, 1e300], [1e-5, 123456789.0])
    assert max(map(len, text_plot(a.figure, columns).splitlines())) <= max(columns, 30)


@pytest.mark.parametrize("ys", [[], [math.nan], [math.nan, math.inf], [1.0, math.nan, 2.0]])
def test_numbers_that_have_no_place_are_left_out(ys):
    a = axes()
    a.plot(range(len(ys)), ys, label="a")
    a.plot(range(len(ys)), ys, label="b")
    text_plot(a.figure, 60)


def test_areas_and_nothing_are_no_plot():
    a = axes()
    assert text_plot(a.figure) == ""
    a.contourf([[0, 1], [1, 0]])
    assert text_plot(a.figure) == ""
