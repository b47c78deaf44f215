"""Pictures: whole XML, the same bytes every time, every label in it, nothing but text.

Rule: an SVG is read by an XML parser, and what it shows is compared with the nodes.
"""

import html
import itertools
import math
import re
import sys
from xml.etree import ElementTree

import pytest

from micrograd import MLP, Value, draw, draw_dot, label_all
from micrograd.course.presets import PRESETS
from micrograd.drawing.layout import Item, place
from micrograd.drawing.svg import FAINT, INK, MINUS, PAPER, PLUS
from micrograd.errors import GraphError
from micrograd.graph import topological_order

SVG = "{http://www.w3.org/2000/svg}"


def read(picture):
    return ElementTree.fromstring(picture.svg)


def texts(picture, kind=None):
    found = read(picture).iter(f"{SVG}text")
    return [x.text for x in found if kind in (None, x.get("class", ""))]


@pytest.mark.parametrize("make", PRESETS.values(), ids=PRESETS)
def test_a_picture_shows_every_node_op_and_edge(make):
    root = make()
    root.backward()
    nodes = topological_order(root)
    picture = draw(root)
    assert sorted(texts(picture, "label")) == sorted(x.label for x in nodes if x.label)
    assert sorted(texts(picture, "op")) == sorted(x._op for x in nodes if x.inputs)
    edges = sum(len(x.inputs) + bool(x.inputs) for x in nodes)
    assert len(list(read(picture).iter(f"{SVG}path"))) == edges
    assert picture.svg == draw(make_again(make)).svg


def make_again(make):
    root = make()
    root.backward()
    return root


def test_every_part_has_a_role_and_a_sentence():
    root = make_again(PRESETS["expression"])
    groups = [g for g in read(draw(root)).iter(f"{SVG}g") if g.get("role")]
    descriptions = [g.find(f"{SVG}title").text for g in groups]
    assert len(groups) == 7 + 3
    assert {g.get("role") for g in groups} == {"img"}
    assert "a, data 2.0000, grad 6.0000" in descriptions
    assert "op *" in descriptions


def test_a_sign_is_a_glyph_a_dash_and_a_colour():
    root = make_again(PRESETS["expression"])
    groups = {
        g.find(f"{SVG}title").text[0]: g for g in read(draw(root)).iter(f"{SVG}g") if g.get("role")
    }
    for label, sign, glyph in (("a", "plus", "▲"), ("b", "minus", "▼")):
        assert groups[label].get("class") == sign
        assert groups[label].findall(f"{SVG}text")[-1].text.startswith(glyph)
    assert re.search(r"\.minus \.card \{[^}]*dasharray", draw(root).svg)
    assert "color-scheme: light dark" in draw(root).svg


def test_a_program_without_style_sheets_sees_the_same_colours():
    """Every shape and text has its colours as attributes, of its own or of a group around it."""
    picture = read(draw(make_again(PRESETS["expression"])))
    parents = {child: parent for parent in picture.iter() for child in parent}

    def look(element, name):
        while name not in element.attrib:
            element = parents[element]
        return element.get(name)

    shapes = [x for x in picture.iter() if x.tag[len(SVG) :] in ("rect", "circle", "path", "text")]
    assert {look(x, "fill") for x in shapes} == {"none", PAPER, INK, PLUS, MINUS}
    drawn = [x for x in shapes if x.get("class") in ("card", "disc") or x.tag == f"{SVG}path"]
    assert {look(x, "stroke") for x in drawn} == {FAINT, PLUS, MINUS}
    assert all(look(x, "font-family") for x in shapes if x.tag == f"{SVG}text")
    style = picture.find(f"{SVG}style").text.strip()
    assert style.startswith("@supports (color: light-dark(#fff, #000)) {")


def test_links_are_arrows():
    """The head of each ends where its curve ends."""
    for path in read(draw(make_again(PRESETS["expression"]))).iter(f"{SVG}path"):
        _, start, head = path.get("d").split("M")
        assert head.split("L")[1] == " ".join(start.replace("C", " ").split()[-2:])


def test_before_backward_the_picture_says_so():
    assert "backward not run" in texts(draw(PRESETS["used_twice"]()))


def test_constants_are_small():
    x = Value(2.0, label="x")
    assert texts(draw(x * 3.0), "data") == ["data 2.0000", "3.0000", "data 6.0000"]


@pytest.mark.parametrize(
    "label", ['"a"', "<script>", "a & b", "π 🎓", "a\x00b", "]]>", "{x|y}", "\\n"]
)
def test_labels_of_any_kind_are_only_text(label):
    x = Value(2.0, label=label)
    picture = draw(x * x)
    assert texts(picture, "label") == [label.replace("\x00", "\ufffd")]
    assert "<script>" not in picture.html


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, -0.0, 1e300, 5e-324])
def test_numbers_at_the_edge(number):
    x = Value(number, label="x")
    y = x * 2.0
    y.backward()
    x.grad = number
    assert len(texts(draw(y))) == 7


def test_a_large_graph_of_a_network_is_the_network():
    model = MLP(2, [24, 24, 1])
    label_all({"model": model})
    picture = draw(model([1.0, 2.0]))
    names = {"model.layers.0", "model.layers.1", "model.layers.2"}
    assert names <= set(texts(picture, "name"))
    assert len(read(picture).findall(f".//{SVG}circle")) == 2 + 14 + 14 + 1


def test_the_page_loads_nothing():
    page = draw(PRESETS["neuron"]()).html
    assert page.startswith("<!doctype html>\n<html lang=")
    assert not re.search(r"(src|href)=", page)


@pytest.mark.parametrize(
    ("make", "heading"),
    [
        (lambda a, b: a * b + 1.0, "a * b + 1"),
        (lambda a, b: (a * b).tanh() ** 2, "tanh(a * b)**2"),
        (lambda a, b: Value(3.0, label="L") * a, "L * a"),
        (lambda a, b: a, "the graph of a: 1 nodes"),
        (lambda a, b: sum([a * b] * 10), "the graph of a Value: 14 nodes"),
        (lambda a, b: PRESETS["expression"](), "L = d * f"),
        (lambda a, b: a * Value(1.0, label="<b>"), "a * &lt;b&gt;"),
    ],
)
def test_a_page_is_headed_by_its_expression(make, heading):
    """A short expression heads its page, as text; any other page has a count of nodes."""
    text = draw(make(Value(1.0, label="a"), Value(2.0, label="b"))).html
    assert f"<h1>{heading}</h1>" in text
    assert f"<title>{heading}</title>" in text


def test_a_notebook_shows_the_page_in_a_frame():
    picture = draw(Value(2.0, label="x") + 1.0)
    bundle = picture._repr_mimebundle_()
    assert bundle["image/svg+xml"] == picture.svg
    assert bundle["text/plain"] == "<Picture of the graph of a Value: 3 nodes>"
    frame = re.fullmatch(r'<iframe srcdoc="([^"]*)" (.*)></iframe>', bundle["text/html"])
    assert html.unescape(frame[1]) == picture.html
    assert 'sandbox="allow-scripts"' in frame[2]


def test_pictures_are_saved_by_their_ending(tmp_path):
    picture = draw(PRESETS["used_twice"]())
    assert picture.save(tmp_path / "y.svg").read_text(encoding="utf-8") == picture.svg
    assert picture.save(tmp_path / "y.HTML").read_text(encoding="utf-8") == picture.html
    assert picture.save(str(tmp_path / "y.png")).read_bytes().startswith(b"\x89PNG")
    with pytest.raises(ValueError, match="pdf"):
        picture.save(tmp_path / "y.eps")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["y.HTML", "y.png", "y.svg"]


def test_a_path_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        draw(Value(1.0)).save(tmp_path / "file" / "y.svg")


def test_downwards():
    root = PRESETS["expression"]()
    wide, tall = (read(draw(root, rankdir)) for rankdir in ("LR", "TB"))
    assert int(wide.get("width")) > int(wide.get("height"))
    assert int(tall.get("width")) < int(tall.get("height"))
    with pytest.raises(ValueError, match="rankdir"):
        draw(root, "RL")


def test_a_cycle_is_named():
    x = Value(1.0, label="x")
    y = x + 1.0
    y.inputs = (y, x)
    with pytest.raises(GraphError, match="cycle"):
        draw(y)


def test_what_is_no_node_is_refused():
    with pytest.raises(TypeError, match="draw"):
        draw(3.0)


def test_the_same_link_twice_has_two_curves():
    layout = place([Item("a", 40, 20), Item("b", 30, 30, "circle")], [("a", "b"), ("a", "b")])
    first, second = layout.curves
    assert first != second
    assert len(first) % 3 == len(second) % 3 == 1


def recurrent(times):
    """One leaf is used at every depth: Graphviz takes minutes for 80 times."""
    a = Value(0.5, label="a")
    y = a
    for _ in range(times):
        y = y.tanh() + a * 1.01
    y.backward()
    return y


@pytest.mark.slow
def test_long_links_do_not_take_minutes():
    picture = draw(recurrent(280))
    assert len(texts(picture, "label")) == 1
    assert picture.svg == draw(recurrent(280)).svg
    assert 'class="far"' in picture.svg


@pytest.mark.parametrize("rankdir", ["LR", "TB"])
def test_columns(rankdir, monkeypatch):
    """Nothing lies on anything else, and links go one way; also where Graphviz is not asked."""
    monkeypatch.setattr("micrograd.drawing.layout.LARGE", 0)
    monkeypatch.setattr("micrograd.drawing.layout.MOST_PASSED", -1)
    items = [Item(name, 30.0 + 7 * i, 20.0 + 5 * i) for i, name in enumerate("abcdefg")]
    links = [("a", "c"), ("b", "c"), ("c", "f"), ("a", "f"), ("d", "f"), ("e", "g"), ("f", "g")]
    layout = place(items, links, rankdir)
    along = 0 if rankdir == "LR" else 1
    for tail, head in links:
        assert layout.centers[tail][along] < layout.centers[head][along]
    boxes = {x.key: (*layout.centers[x.key], x.width / 2, x.height / 2) for x in items}
    for (_, one), (_, two) in itertools.combinations(boxes.items(), 2):
        assert abs(one[0] - two[0]) >= one[2] + two[2] or abs(one[1] - two[1]) >= one[3] + two[3]
    for x, y, width, height in boxes.values():
        assert x - width >= -1e-9 and x + width <= layout.width + 1e-9
        assert y - height >= -1e-9 and y + height <= layout.height + 1e-9
    sides = [curve[0][along] < curve[-1][along] for curve in layout.curves]
    assert all(sides) and len(sides) == len(links)


@pytest.mark.parametrize("rankdir", ["LR", "TB"])
def test_without_graphviz_a_graph_has_a_layout_of_its_own(rankdir, monkeypatch):
    """So it is in a browser. Modules that use one another by turns have a place each, too."""
    expected = sorted(texts(draw(recurrent(5), rankdir), "label"))
    monkeypatch.setitem(sys.modules, "graphviz", None)
    assert sorted(texts(draw(recurrent(5), rankdir), "label")) == expected
    assert draw(Value(2.0)).html
    cycle = [Item(name, 20.0, 10.0) for name in "abc"]
    layout = place(cycle, [("a", "b"), ("b", "c"), ("c", "a"), ("c", "c")], rankdir)
    assert len(set(layout.centers.values())) == 3
    assert len(layout.curves) == 4


def test_without_graphviz_draw_dot_says_what_to_call(monkeypatch):
    monkeypatch.setitem(sys.modules, "graphviz", None)
    with pytest.raises(ImportError, match=r"missing, or this is a browser\. Call draw\(\)"):
        draw_dot(Value(2.0))


def test_a_leaf_alone():
    assert texts(draw(Value(2.0, label="x")), "label") == ["x"]


@pytest.mark.parametrize("label", [7, 3.5, ("a", 1), b"w", None])
def test_a_label_that_is_no_text_is_shown_as_text(label):
    from micrograd import draw_dot, explain, paths, tree

    x = Value(2.0)
    x.label = label
    y = x * x
    y.backward()
    text = "" if label is None else str(label)
    for shown in (tree(y), draw(y).svg, draw_dot(y).source, str(explain(y)), str(paths(y, x))):
        assert text in shown
    assert draw(y).html
