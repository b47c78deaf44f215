"""The widget, as Python has it: what moves when the page moves a leaf. Needs anywidget."""

import builtins
import math

import pytest

from micrograd import Value, draw, jit
from micrograd.course.presets import PRESETS
from micrograd.errors import GraphError


@pytest.fixture
def widget():
    pytest.importorskip("anywidget")
    root = PRESETS["expression"]()
    root.backward()
    return draw(root).widget()


def test_it_has_the_page_and_the_leaves(widget):
    assert widget.leaves == [2.0, -3.0, 10.0, -2.0]
    assert [node["name"] for node in widget.page["nodes"]] == list("abecdfL")
    assert widget.drawing.startswith("<svg")
    assert "export default {" in widget._esm


def test_leaves_that_move_in_the_page_move_in_python(widget):
    a, f = widget.order[0], widget.order[5]
    widget.leaves = [4.0, -3.0, 10.0, -2.0]
    assert (a.data, widget.root.data) == (4.0, 4.0)
    assert (a.grad, f.grad) == (6.0, -2.0)


def test_leaves_that_move_in_python_reach_the_page(widget):
    a = widget.order[0]
    a.data = math.inf
    widget.refresh()
    assert widget.leaves[0] == "Infinity"
    assert widget.root.data == math.inf


def test_to_show_it_changes_nothing():
    pytest.importorskip("anywidget")
    x = Value(2.0)
    y = x * x
    draw(y).widget()
    assert (x.grad, y.grad) == (0.0, 0.0)


def test_without_anywidget_the_picture_and_a_line(monkeypatch, capsys):
    real = builtins.__import__

    def without(name, *args):
        if name in ("anywidget", "micrograd.drawing.player.widget"):
            raise ImportError(name)
        return real(name, *args)

    monkeypatch.setattr(builtins, "__import__", without)
    picture = draw(Value(2.0) + 1.0)
    assert picture.widget() is picture
    assert "pip install 'micrograd[notebook]'" in capsys.readouterr().out


def test_what_cannot_be_played_is_refused():
    pytest.importorskip("anywidget")
    x = Value(2.0)
    for _ in range(601):
        x = x + 1.0
    with pytest.raises(GraphError, match="a widget plays at most 1,200"):
        draw(x).widget()
    made = Value(2.0, (Value(1.0),), "double")
    with pytest.raises(GraphError, match="double"):
        draw(made).widget()
    with pytest.raises(GraphError, match=r"computed by machine code.* without @jit"):
        draw(jit(lambda x: x * x)(2.0)).widget()
