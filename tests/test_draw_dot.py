"""Pictures, read as text: the source of a graph, the words in its SVG, the lines of a tree.

Rule: what a picture shows is compared with text written out here, or counted again from the nodes;
a picture that only has to exist is rendered, and asked for what it must contain.
"""

import os
import random
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import graphviz
import pytest
from graphviz.backend import dot_command

from micrograd import MLP, Module, Value, draw_dot, label_all, trace, tree
from micrograd.course import presets
from micrograd.data import moons
from micrograd.drawing.folding import MOST_GROUPS
from micrograd.drawing.text import MOST_NODES
from micrograd.losses import hinge, l2_penalty
from micrograd.models.plots import draw_boundary
from micrograd.support.figures import png
from micrograd.training.plots import draw_curves, draw_history

PNG = b"\x89PNG\r\n\x1a\n"


def small():
    """x*x + x**3, whose every edge a reader can count."""
    x = Value(3.0, label="x")
    y = x * x + x**3
    y.label = "y"
    return x, y


def chain(length):
    x = Value(0.0, label="x")
    for _ in range(length):
        x = x + 1.0
    return x


def moons_loss(examples=10):
    random.seed(1337)
    model = MLP(2, [16, 16, 1])
    X, y = moons(examples, seed=1)
    return model, hinge([model(row) for row in X], y) + l2_penalty(model.parameters())


def shown(dot) -> list[str]:
    """Every text in the rendered SVG, where a space may be a no-break space, or follow."""
    root = ElementTree.fromstring(dot.pipe("svg", quiet=True))
    texts = root.iter("{http://www.w3.org/2000/svg}text")
    return [text.text.replace("\xa0", " ").rstrip() for text in texts]


def boxes(dot) -> dict[str, str]:
    """{name: label} of the boxes in the source."""
    return dict(re.findall(r'^\t(\w+) \[label="(.*)" shape=record\]$', dot.source, re.MULTILINE))


def folded(dot) -> tuple[dict[str, int], dict[tuple[str, str], int]]:
    """({group: nodes}, {(group, group): edges}), as a folded picture says them."""
    counts, names = {}, {}
    for name, label in boxes(dot).items():
        group, number = re.fullmatch(r"\{ (.*) \| ([\d,]+) nodes \}", label).groups()
        names[name], counts[group] = group, int(number.replace(",", ""))
    edges = re.findall(r'^\t(\w+) -> (\w+) \[label="?([\d,]+)"?\]$', dot.source, re.MULTILINE)
    return counts, {(names[a], names[b]): int(n.replace(",", "")) for a, b, n in edges}


# ------------------------------------------------------------------------------------------ trace


def test_trace_has_inputs_first_and_an_edge_for_each_use():
    x, y = small()
    nodes, edges = trace(y)
    square, cube = y.inputs
    assert nodes == [x, square, cube, y]
    assert edges == [(x, square), (x, square), (x, cube), (square, y), (cube, y)]


def test_trace_of_a_leaf():
    x = Value(1.0)
    assert trace(x) == ([x], [])


# ------------------------------------------------------------------------------------- small graphs

BEFORE = """\
digraph {
	graph [rankdir=LR]
	n0 [label="{ x | data 3.0000 | backward not run }" shape=record]
	n1 [label="{ data 9.0000 | backward not run }" shape=record]
	n1op [label="*" ordering=in]
	n1op -> n1
	n2 [label="{ data 27.0000 | backward not run }" shape=record]
	n2op [label="**3" ordering=in]
	n2op -> n2
	n3 [label="{ y | data 36.0000 | backward not run }" shape=record]
	n3op [label="+" ordering=in]
	n3op -> n3
	n0 -> n1op
	n0 -> n1op
	n0 -> n2op
	n1 -> n3op
	n2 -> n3op
}
"""

AFTER = """\
digraph {
	graph [rankdir=TB]
	n0 [label="{ x | data 3.0000 | grad 33.0000 }" shape=record]
	n1 [label="{ data 9.0000 | grad 1.0000 }" shape=record]
	n1op [label="*" ordering=in]
	n1op -> n1
	n2 [label="{ data 27.0000 | grad 1.0000 }" shape=record]
	n2op [label="**3" ordering=in]
	n2op -> n2
	n3 [label="{ y | data 36.0000 | grad 1.0000 }" shape=record]
	n3op [label="+" ordering=in]
	n3op -> n3
	n0 -> n1op
	n0 -> n1op
	n0 -> n2op
	n1 -> n3op
	n2 -> n3op
}
"""


def test_the_source_before_backward():
    assert draw_dot(small()[1]).source == BEFORE


def test_the_source_after_backward_from_top_to_bottom():
    _, y = small()
    y.backward()
    assert draw_dot(y, rankdir="TB").source == AFTER


def test_operands_are_drawn_in_order():
    a, b = Value(1.0, label="a"), Value(2.0, label="b")
    edges = re.findall(r"n(\d) -> n2op", draw_dot(b - a).source)
    assert [boxes(draw_dot(b - a))[f"n{i}"][2] for i in edges] == ["b", "a"]


def test_drawing_changes_nothing():
    _, y = small()
    y.backward()
    before = [(v.data, v.grad, v.label) for v in trace(y)[0]]
    assert draw_dot(y).source == draw_dot(y).source
    assert [(v.data, v.grad, v.label) for v in trace(y)[0]] == before


@pytest.mark.slow
@pytest.mark.parametrize("examples", [1, 10], ids=["every node", "folded"])
def test_the_source_does_not_depend_on_the_hash_seed(examples):
    code = (
        f"import sys; sys.path[:0] = {[str(Path(__file__).parents[1])]}\n"
        "from tests import test_draw_dot as t\n"
        f"model, loss = t.moons_loss({examples}) if {examples} > 1 else (0, t.small()[1])\n"
        "t.label_all({'model': model}); print(t.draw_dot(loss).source, t.tree(loss))"
    )
    outputs = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1")
    ]
    assert outputs[0] == outputs[1] != b""


@pytest.mark.parametrize("rankdir", ["RL", "lr", "", None])
def test_another_rankdir_is_refused(rankdir):
    with pytest.raises(ValueError) as refused:
        draw_dot(Value(1.0), rankdir=rankdir)
    assert str(refused.value) == (
        f"rankdir must be 'LR' (left to right) or 'TB' (top to bottom), got {rankdir!r}. "
        "Write rankdir='LR'."
    )


# ---------------------------------------------------------------------------------------- rendering


@pytest.fixture
def no_system_dot(monkeypatch, tmp_path):
    monkeypatch.setattr(dot_command, "DOT_BINARY", Path("dot"))
    monkeypatch.setenv("PATH", str(tmp_path))


def test_is_a_digraph_of_graphviz():
    dot = draw_dot(small()[1])
    assert isinstance(dot, graphviz.Digraph)
    assert (dot.format, draw_dot(small()[1], format="png").format) == ("svg", "png")


def test_svg_needs_no_graphviz_on_the_machine(no_system_dot):
    texts = shown(draw_dot(small()[1]))
    assert {"x", "y", "data 36.0000", "backward not run", "*", "**3", "+"} <= set(texts)


def test_png_needs_no_graphviz_on_the_machine(no_system_dot):
    assert draw_dot(small()[1]).pipe("png").startswith(PNG)


def test_render_writes_the_file(no_system_dot, tmp_path):
    path = draw_dot(small()[1]).render(str(tmp_path / "graph"))
    ElementTree.parse(path)


def test_a_notebook_shows_it_as_svg(no_system_dot):
    bundle = draw_dot(small()[1])._repr_mimebundle_()
    assert list(bundle) == ["image/svg+xml"]
    assert "data 36.0000" in bundle["image/svg+xml"]


LABELS = (
    *('"', 'say "hi"', "{a}", "}{", "a|b", "<a>", "<<b>a</b>>", "</text>", "a\\b", "\\", "\\N"),
    *(
        "\\n",
        "é",
        "😀",
        "a&b",
        "&amp;",
        "&lt;b&gt;",
        "&#39;",
        "a;b",
        "a -> b",
        "a]b[",
        "#",
        "//",
        "%s",
        "a b",
        "x[0]",
        "'",
    ),
)


@pytest.mark.parametrize("label", LABELS)
def test_a_label_is_shown_as_it_is(label):
    assert label in shown(draw_dot(Value(1.0, label=label) * 2.0))


@pytest.mark.parametrize("character", ["\x00", "\x08", "\x1b", "\ud800", "\uffff"])
def test_what_xml_cannot_hold_is_replaced(character):
    assert "a\ufffdb" in shown(draw_dot(Value(1.0, label=f"a{character}b") * 2.0))


@pytest.mark.parametrize("label", ["a\nb", "a\r\nb"])
def test_a_new_line_in_a_label_parts_its_words(label):
    texts = shown(draw_dot(Value(1.0, label=label)))
    assert texts[:2] == ["a", "b"] or texts[0] == "a b"


@pytest.mark.parametrize(
    "mark", ["sin", "<", "<b>", "<b>x</b>", "\\N", '"', "{|}", "a\\lb", "é", "&amp;"]
)
def test_an_op_made_by_hand_is_shown_as_it_is(mark):
    assert mark in shown(draw_dot(Value(1.0, (Value(2.0),), mark)))


@pytest.mark.parametrize(
    "data, text",
    [
        (float("nan"), "data nan"),
        (float("inf"), "data inf"),
        (-float("inf"), "data -inf"),
        (-0.0, "data -0.0000"),
        (1.23456, "data 1.2346"),
        (-12345.5, "data -12345.5000"),
    ],
)
def test_any_number_is_shown(data, text):
    assert text in shown(draw_dot(Value(data)))
    assert text in tree(Value(data))


@pytest.mark.parametrize("data", [1e300, -1.7e308])
def test_a_large_number_does_not_take_three_hundred_digits(data):
    assert all(len(text) < 30 for text in shown(draw_dot(Value(data))))
    assert len(tree(Value(data))) < 60


# ------------------------------------------------------------------------------------------ folding


def test_500_nodes_are_all_drawn_and_501_are_folded():
    below = sum((Value(1.0) for _ in range(248)), Value(0.0))
    assert len(trace(below)[0]) == 497
    full = below.tanh().tanh().tanh()
    fold = full.tanh()
    assert (len(trace(full)[0]), len(boxes(draw_dot(full)))) == (MOST_NODES, MOST_NODES)
    dot = draw_dot(fold)
    assert '\tlabel="501 nodes, more than 500: folded by op"' in dot.source
    assert folded(dot)[0] == {"leaves": 249, "+": 248, "tanh": 4}


def test_without_labels_it_is_folded_by_op():
    _, loss = moons_loss()
    nodes, edges = trace(loss)
    group = {node: node._op or "leaves" for node in nodes}
    counts, between = folded(draw_dot(loss))
    assert counts == Counter(group.values())
    assert between == Counter((group[a], group[b]) for a, b in edges if group[a] != group[b])


def test_with_labels_it_is_folded_by_module():
    model, loss = moons_loss()
    label_all({"model": model})
    nodes, edges = trace(loss)
    dot = draw_dot(loss)
    counts, between = folded(dot)
    assert f'\tlabel="{len(nodes):,} nodes, more than 500: folded by module and op"' in dot.source
    assert 3 < len(counts) <= MOST_GROUPS
    assert any(group.startswith("model.layers.0") for group in counts)
    assert sum(counts.values()) == len(nodes)
    assert 0 < sum(between.values()) < len(edges)
    assert set(shown(dot)) >= {*counts, *(f"{n:,} nodes" for n in counts.values())}


def test_between_layers_there_are_as_many_edges_as_weights_use():
    """One example: each of the 2 neurons of the second layer reads each of the first's 200."""
    random.seed(1)
    model = MLP(2, [200, 2, 1])
    out = model([1.0, -1.0])
    label_all({"model": model})
    counts, between = folded(draw_dot(out))
    by_layer = Counter()
    for (a, b), n in between.items():
        by_layer[a[:14], b[:14]] += n
    assert by_layer["model.layers.0", "model.layers.1"] == 400
    assert by_layer["model.layers.1", "model.layers.2"] == 2
    assert sum(counts.values()) == len(trace(out)[0])


@pytest.mark.parametrize("powers", [100, 300])
def test_there_are_never_too_many_boxes(powers):
    x = Value(1.0)
    dot = draw_dot(sum((x**i for i in range(powers)), chain(MOST_NODES)))
    assert len(boxes(dot)) <= MOST_GROUPS + 3


def test_many_modules_do_not_make_many_boxes():
    networks = {f"network{i}": MLP(2, [2, 1]) for i in range(MOST_GROUPS + 10)}
    out = sum((network([1.0, 2.0]) for network in networks.values()), Value(0.0))
    label_all(networks)
    counts, _ = folded(draw_dot(out))
    assert len(counts) <= MOST_GROUPS
    assert sum(counts.values()) == len(trace(out)[0])


@pytest.mark.slow
def test_very_many_additions_are_one_box():
    dot = draw_dot(chain(50_000))
    assert len(dot.source) < 400
    assert folded(dot) == ({"leaves": 50_001, "+": 50_000}, {("leaves", "+"): 50_001})


# ------------------------------------------------------------------------------------------- labels


def test_label_all_names_variables_lists_and_modules():
    a, row, pair, model = Value(1.0), [Value(2.0), 3, Value(4.0)], (Value(5.0),), MLP(1, [2, 1])
    label_all({"a": a, "row": row, "pair": pair, "model": model, "n": 3, "s": "text", "none": None})
    assert [v.label for v in (a, row[0], row[2], pair[0])] == ["a", "row[0]", "row[2]", "pair[0]"]
    labels = [p.label for p in model.parameters()]
    assert labels == [f"model.{name}" for name, _ in model.named_parameters()]


def test_label_all_keeps_labels_and_skips_underscores():
    kept, hidden, twice = Value(1.0, label="mine"), Value(2.0), Value(3.0)
    label_all({"kept": kept, "_hidden": hidden, "__": hidden, "first": twice, "second": twice})
    assert [v.label for v in (kept, hidden, twice)] == ["mine", "", "first"]


def test_label_all_of_locals():
    a = Value(1.0)
    out = a + 1.0
    label_all(locals())
    assert (a.label, out.label) == ("a", "out")


@pytest.mark.parametrize("cls", [Value, MLP, Module])
def test_label_all_leaves_classes_alone(cls, monkeypatch):
    """As they are in `globals()` of a notebook that says `from micrograd import Value, MLP`."""
    monkeypatch.setattr(Value, "label", "")  # puts it back, should it be set
    label_all({cls.__name__: cls})
    assert Value(1.0).label == ""


# --------------------------------------------------------------------------------------------- tree

TREE = """\
y + data 36.0000  backward not run
├── * data 9.0000  backward not run
│   ├── x data 3.0000  backward not run  #1
│   └── x #1
└── **3 data 27.0000  backward not run
    └── x #1"""

TREE_AFTER = """\
+ data 8.0000  grad 1.0000
├── * data 4.0000  grad 2.0000  #1
│   ├── a data 2.0000  grad 8.0000  #2
│   └── a #2
└── * #1"""


def test_the_tree_before_backward():
    assert tree(small()[1]) == TREE


def test_the_tree_after_backward_shows_an_inner_node_once():
    assert tree(twice()) == TREE_AFTER


def twice():
    """Return c = b + b, where b = a * a, after backward()."""
    a = Value(2.0, label="a")
    b = a * a
    c = b + b
    c.backward()
    return c


@pytest.mark.parametrize(
    "value, text",
    [
        (Value(1.0), "data 1.0000  backward not run"),
        (Value(1.0, label="a"), "a data 1.0000  backward not run"),
    ],
)
def test_the_tree_of_a_leaf(value, text):
    assert tree(value) == text


def test_the_tree_is_cut_after_500_lines():
    lines = tree(sum((Value(1.0) for _ in range(400)), Value(0.0))).split("\n")
    assert (len(lines), lines[-1]) == (MOST_NODES + 1, "... 801 nodes in all")


def test_a_tree_of_500_lines_is_whole():
    lines = tree(-sum((Value(1.0) for _ in range(249)), Value(0.0))).split("\n")
    assert len(lines) == MOST_NODES
    assert not lines[-1].startswith("...")


NARROW = """\
+ data 8.0000
│ grad 1.0000
├─* data 4.0000  #1
│ │ grad 2.0000
│ ├─a data 2.0000  #2
│ │   grad 8.0000
│ └─a #2
└─* #1"""


def test_a_narrow_tree_has_its_grads_on_lines_of_their_own():
    assert tree(twice(), 24) == NARROW
    assert tree(twice(), 46) == TREE_AFTER


@pytest.mark.parametrize("columns", [40, 60, 80])
@pytest.mark.parametrize("name", ["neuron", "tanh_in_parts", "near_and_far", "softmax", "readme"])
def test_a_tree_that_is_made_narrow_keeps_its_numbers(name, columns):
    root = getattr(presets, name)()
    root.backward()
    wide, narrow = tree(root), tree(root, columns)
    assert max(map(len, narrow.splitlines())) <= columns
    assert sorted(words_of(narrow)) == sorted(words_of(wide))


def words_of(text):
    """Return all that is in a tree but its lines."""
    return re.sub("[│├└─]", " ", text).split()


def test_a_tree_that_fits_nowhere_is_the_narrowest():
    assert "\n├* data 4.0000  #1\n││grad 2.0000\n" in tree(twice(), 5)


def test_a_deep_tree_is_no_recursion():
    assert tree(chain(20_000)).endswith("\n... 40,001 nodes in all")


# -------------------------------------------------------------------------------- data and training

CORNERS = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
SIGNS = [1.0, -1.0, -1.0, 1.0]
NAN, INFINITY = float("nan"), float("inf")


@pytest.mark.slow
@pytest.mark.parametrize(
    "model",
    [
        lambda row: row[0] - 0.5,
        lambda row: Value(row[0] - 0.5),
        lambda row: 0.0,
        lambda row: 5.0,
        lambda row: -1e300,
        lambda row: 1e-300,
        lambda row: NAN,
        lambda row: INFINITY,
        lambda row: -INFINITY,
        lambda row: NAN if row[0] > 0.5 else 1.0,
    ],
    ids=["line", "Value", "0", "5", "-1e300", "1e-300", "nan", "inf", "-inf", "some nan"],
)
def test_the_boundary_of_any_model(model):
    assert png(draw_boundary(model, CORNERS, SIGNS, resolution=4), dpi=40).startswith(PNG)


@pytest.mark.slow
@pytest.mark.parametrize(
    "X, y",
    [
        (CORNERS, [1.0] * 4),
        (CORNERS, [-1] * 4),
        ([[2.0, 2.0]], [1]),
        ([[2, 2], [2, 2]], [1, -1]),
        (CORNERS, [Value(sign) for sign in SIGNS]),
    ],
    ids=["all +1", "all -1", "one point", "twice the same", "Values"],
)
def test_the_boundary_of_any_data(X, y):
    figure = draw_boundary(lambda row: row[0], X, y, resolution=4)
    assert png(figure, dpi=40).startswith(PNG)


@pytest.mark.slow
def test_the_boundary_asks_at_resolution_by_resolution_places():
    asked = []
    draw_boundary(lambda row: asked.append(row) or row[0], CORNERS, SIGNS, resolution=3)
    assert len(asked) == 9
    assert (asked[0], asked[-1]) == ([-0.5, -0.5], [1.5, 1.5])


def test_the_points_of_a_class_are_drawn_as_one():
    (axes,) = draw_boundary(lambda row: row[0], CORNERS, SIGNS, resolution=4).axes
    drawn = {c.get_label(): c.get_offsets().tolist() for c in axes.collections[-2:]}
    assert drawn == {"+1": [[0.0, 0.0], [1.0, 1.0]], "-1": [[0.0, 1.0], [1.0, 0.0]]}


@pytest.mark.slow
@pytest.mark.parametrize(
    "losses, accuracies",
    [([3.0, 1.0], [0.5, 1.0]), ([1.0], [0.5]), ([], []), ([NAN, INFINITY], [0.5, 0.5])],
    ids=["two", "one", "none", "nan and inf"],
)
def test_curves(losses, accuracies):
    figure = draw_curves(losses, accuracies)
    above, below = figure.axes
    assert png(figure, dpi=40).startswith(PNG)
    assert list(above.lines[0].get_ydata()) == pytest.approx(losses, nan_ok=True)
    assert list(below.lines[0].get_ydata()) == [100 * a for a in accuracies]


@pytest.mark.slow
@pytest.mark.parametrize(
    "draw",
    [
        lambda: draw_boundary(lambda row: row[0] - 0.5, CORNERS, SIGNS, resolution=4),
        lambda: draw_curves([3.0, 1.0], [0.5, 1.0]),
    ],
    ids=["boundary", "curves"],
)
def test_the_same_picture_is_the_same_bytes(draw):
    assert png(draw()) == png(draw())


@pytest.mark.parametrize("root", [3.0, [Value(1.0)], None])
def test_only_one_value_can_be_drawn(root):
    with pytest.raises(TypeError, match="Only a Value can be differentiated, drawn or explained"):
        draw_dot(root)


def test_a_notebook_shows_a_figure():
    figure = draw_history([3.0, 2.0], {"step": [], "loss": []})
    assert figure._repr_png_().startswith(b"\x89PNG")
