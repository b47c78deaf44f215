"""The player's page: what it knows and what it may do; its timeline and its quiz, run by Node.

Rule: the page says what Python's explanation says, line by line.
"""

import base64
import gzip
import hashlib
import json
import math
import re

import pytest

from micrograd import OPS, Op, Value, draw, explain, jit, record_sources
from micrograd.course.presets import PRESETS
from micrograd.drawing.player import explorer
from micrograd.drawing.player import page as player_page
from micrograd.drawing.player.javascript import PLAYER_FILES
from micrograd.explaining import notation
from micrograd.explaining.events import ALGORITHMS, grads_of
from micrograd.graph import topological_order
from micrograd.support.numbers import format_fixed, format_float
from tests.support.node import TABLE, needs_node, run

EVERY_PRESET = pytest.mark.parametrize("make", PRESETS.values(), ids=PRESETS)


def scripts_of(page):
    return re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL)


def page_of(root):
    root.backward()
    return draw(root).html


# ------------------------------------------------------------------------------------- the page


@EVERY_PRESET
def test_a_page_allows_its_own_code_and_style_and_nothing_else(make):
    page = page_of(make())
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert policy.startswith("default-src 'none'; base-uri 'none'; form-action 'none'; ")
    code = re.findall(r'<script type="module">(.*?)</script>', page, re.DOTALL)
    assert len(code) == 2  # the theme, and the player
    styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    for text in (*code, *styles):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    outside = r"(src|href)=|https?://(?!www\.w3\.org|github\.com/timmywil)| on\w+=|unsafe"
    assert not re.search(outside + "|(?<!font-)style=", page)
    assert len(page) < 111_000  # of which Panzoom is 17,000


def test_a_page_knows_the_graph():
    with record_sources():
        a = Value(2.0, label="a")
        y = a**3 + math.inf
    y.label = "y"
    y.backward()
    page = player_page.page_data(topological_order(y))
    assert json.loads(player_page.as_json(page)) == page
    names = [node["name"] for node in page["nodes"]]
    assert names == ["a", "t1", "c1", "y"]
    first, cube, number, _ = page["nodes"]
    assert first | {"torch": None} == {
        "name": "a", "op": None, "inputs": [], "data": 2.0, "formula": "", "partials": [],
        "source": a.made_at, "torch": None,
    }  # fmt: skip
    assert cube["op"] == "pow 3" and cube["inputs"] == [0] and cube["formula"] == "a**3"
    assert cube["partials"] == ["3 * a**2"]
    assert cube["source"].endswith("y = a**3 + math.inf")
    assert number["data"] == "Infinity"
    assert list(page["algorithms"]) == list(ALGORITHMS)


@needs_node
def test_derivatives_are_written_as_in_explanations():
    script = f"""
    const {{ chainRule, gradOf, partialOf, seed }} = await import("{PLAYER_FILES}/notation.mjs");
    const result = [chainRule("e", "a", "+="), gradOf("a"), partialOf("e", "a"), seed("y")];
    """
    ours = [notation.chain_rule("e", "a", "+="), notation.grad_of("a")]
    ours += [notation.partial_of("e", "a"), notation.seed("y")]
    assert run(script, None) == ours


@pytest.mark.parametrize("number", [0.0, -0.0, math.nan, -math.inf, 1e-320, 2.5])
def test_numbers_that_json_has_not_are_text(number):
    found = player_page.js_number(number)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert math.copysign(1.0, float(found)) == math.copysign(1.0, number) or number != number
    assert float(found) == number or number != number


@pytest.mark.parametrize("label", ["</script>", "<!--", "π 🎓", '"', "\u2028"])
def test_labels_of_any_kind_stay_text(label):
    x = Value(2.0, label=label)
    page = page_of(x * x)
    (text,) = re.findall(r'<script type="application/json" id="graph">(.*?)</script>', page)
    assert json.loads(text)["nodes"][0]["name"] == player_page.names_of([x])[x]


def test_pytorch_is_asked_where_it_is_at_work():
    pytest.importorskip("torch")
    for make in PRESETS.values():
        root = make()
        order = topological_order(root)
        right = grads_of(order)
        found = player_page.torch_grads(order)
        assert list(found) == [node for node in order if not node.inputs]
        for leaf, grad in found.items():
            assert grad == pytest.approx(right[leaf], rel=1e-13)  # other orders of the same sums


@pytest.mark.parametrize("op", TABLE, ids=lambda op: op.name)
def test_pytorch_is_asked_about_every_row(op):
    pytest.importorskip("torch")
    xs = [Value(1.0 + 0.25 * i) for i in range(len(op.partials))]
    y = op(*xs)
    found = player_page.torch_grads(topological_order(y))
    right = grads_of(topological_order(y))
    assert list(found) == xs
    for x, grad in found.items():
        assert grad == pytest.approx(right[x], rel=1e-12)  # erf and gelu by other formulas


def test_pytorch_is_not_asked_about_rows_it_has_not():
    pytest.importorskip("torch")
    mine = Op("mine", "mine({})", lambda x: x, (lambda x, out: 1.0,))
    assert player_page.torch_grads(topological_order(mine(Value(1.0)))) == {}


def by_hand():
    x = Value(1.0)
    made = Value(2.0, (x,), "double")
    made._backward = lambda: None
    return made


def with_math():
    op = Op("cosh", "cosh({})", math.cosh, (lambda x, out: math.sinh(x),))
    return op(Value(1.0))


ONLY_PYTHON = {
    "made by hand": (by_hand, "was made by hand"),
    "a result of jit": (lambda: jit(lambda x: x * x)(Value(2.0)), "without @jit"),
    "a row with math in it": (with_math, "cosh cannot be compiled"),
}


@pytest.mark.parametrize(("make", "said"), ONLY_PYTHON.values(), ids=ONLY_PYTHON)
def test_what_only_python_can_compute_does_not_play(make, said):
    page = draw(make()).html
    assert scripts_of(page) == [player_page.web_file("theme.mjs")]
    assert "<svg" in page
    assert re.search(f'<p class="note">This picture does not play: .*{said}', page)


@pytest.mark.slow
def test_a_large_picture_is_packed():
    x = Value(0.5, label="x")
    root = sum((x * float(i)).tanh() for i in range(200))
    root.backward()
    picture = draw(root)
    (packed,) = re.findall(r'<script type="text/plain" id="packed">(.*?)</script>', picture.html)
    drawing, known = json.loads(gzip.decompress(base64.b64decode(packed)))
    assert (drawing, known) == (
        picture.labelled_svg,
        player_page.page_data(topological_order(root)),
    )
    assert len(picture.html) < len(drawing) / 2
    assert "<svg" not in picture.html
    assert picture.html == draw(root).html


def test_notes_say_what_has_not_been_run():
    root = PRESETS["used_twice"]()
    assert player_page.page_data(topological_order(root))["notes"] == [
        "backward() has not been run: these are the grads that it will give."
    ]
    root.backward()
    assert player_page.page_data(topological_order(root))["notes"] == []


def test_a_row_of_the_users_own_plays():
    swish = Op("swish", "swish({})", lambda x: x * OPS["sigmoid"](x), (lambda x, out: out,))
    assert len(scripts_of(draw(swish(Value(1.0))).html)) == 3


# --------------------------------------------------------------------------------- with Node


def web(name, *names):
    address = json.dumps((PLAYER_FILES / name).as_uri())
    return f"const {{ {', '.join(names)} }} = await import({address});"


SETTING = """
const graph = page.nodes.map((node) => ({ ...node, data: Number(node.data) }));
const data = forward(graph, rows);
"""


def in_page(root, script, given=None):
    """The `result` of a script that knows the page, its graph, its rows and its data."""
    known = player_page.module(topological_order(root)).partition("\n// Numbers as text")[0]
    known += f"const page = {player_page.as_json(player_page.page_data(topological_order(root)))};"
    imports = web("engine.mjs", "forward", "backward", "ALGORITHMS", "slopes")
    imports += web("timeline.mjs", "framesOf", "stateAt", "describe", "pathsTo")
    imports += web("numbers.mjs", "shortNumber", "cardNumber")
    imports += web("quiz.mjs", "judge")
    return run(known + imports + SETTING + script, given or {})


@pytest.mark.slow
@needs_node
@EVERY_PRESET
@pytest.mark.parametrize("algorithm", ["right", "assign", "wrong_order", "no_zero", "wrong_sign"])
def test_the_page_says_what_the_explanation_says(make, algorithm):
    root = make()
    root.backward()
    explanation = explain(root, algorithm=algorithm)
    found = in_page(
        root,
        """
        const { events } = backward(graph, rows, data, ALGORITHMS[given.algorithm]);
        const frames = framesOf(graph, events);
        const { sign } = page.algorithms[given.algorithm];
        const tell = (frame) => describe(graph, frame, data, sign);
        const result = frames.map((frame) => ({ kind: frame.kind, ...tell(frame) }));
        """,
        {"algorithm": algorithm},
    )
    of = {kind: [x for x in found if x["kind"] == kind] for kind in ("forward", "seed", "edge")}
    assert [x["line"] for x in of["forward"]] == list(explanation.forward)
    assert len(of["seed"]) == ALGORITHMS[algorithm].passes
    assert [(x["line"], x["why"]) for x in of["edge"]] == [
        (str(x), x.why) for x in explanation.lines
    ]
    assert found[-1]["line"] == "All gradients are complete."


@needs_node
def test_what_is_known_after_so_many_steps():
    root = PRESETS["used_twice"]()
    found = in_page(
        root,
        """
        const frames = framesOf(graph, backward(graph, rows, data).events);
        const result = [...frames.keys(), frames.length].map((at) => stateAt(graph, frames, at));
        """,
    )
    assert [(state["computed"][1], *state["grads"]) for state in found] == [
        (False, None, None),
        (True, None, None),
        (True, None, 1),
        (True, 1, 1),
        (True, 2, 1),
        (True, 2, 1),
    ]


@needs_node
def test_numbers_look_as_in_python():
    known = {
        1e-5: "1e-05, 1.0e-05",
        -3e17: "-3e+17, -3.0000e+17",
        0.0: "0.0, 0.0000",
        2.0: "2.0, 2.0000",
        -0.5: "-0.5, -0.5000",
        1 / 3: "0.333333, 0.3333",
        0.0001: "0.0001, 0.0001",
        123456789.0: "123457000.0, 1.2346e+08",
        math.nan: "nan, nan",
        math.inf: "inf, inf",
        -math.inf: "-inf, -inf",
    }
    script = "const result = given.numbers.map((x) => `${shortNumber(x)}, ${cardNumber(x)}`);"
    numbers = [*known, -0.0]
    found = in_page(Value(1.0), script, {"numbers": numbers})
    assert found == [*known.values(), "-0.0, -0.0000"]
    assert found == [f"{format_float(x)}, {format_fixed(x)}" for x in numbers]


@pytest.mark.slow
@needs_node
@EVERY_PRESET
def test_paths_add_up_to_the_grad(make):
    root = make()
    order = topological_order(root)
    right = grads_of(order)
    found = in_page(
        root,
        """
        const of = (i) => slopes(graph, rows, data, i);
        const result = graph.map((_, i) => pathsTo(graph, of, i, 1000));
        """,
    )
    for node, paths in zip(order, found):
        assert paths["count"] == len(paths["best"])
        total = sum(path["product"] for path in paths["best"])
        assert total == pytest.approx(right[node], rel=1e-9, abs=1e-12)


JUDGED = {  # of L = (a*b + c) * f: a is 2, b -3, c 10, f -2
    ("expression", "a", 6.0): "Right.",
    ("expression", "a", 6.001): "Right.",
    ("expression", "a", -6.0): "Right, except for the sign.",
    ("expression", "a", -3.0): "the partial alone: multiply it by the grad of e",
    ("expression", "a", -2.0): "the grad of e, which uses it: multiply it by the partial",
    ("expression", "b", 6.0): "the contribution to the other input",
    ("expression", "c", 10.0): "its data",
    ("expression", "c", 77.0): "Not yet.",
    ("expression", "c", 1e300): "Not yet.",
    ("used_twice", "a", 2.0): "Right.",
    ("used_twice", "a", 1.0): "contribution of one of its 2 uses",
    ("two_uses", "a", -18.0 + 3.0 - 6.0): "Not yet.",
}


@pytest.mark.slow
@needs_node
@pytest.mark.parametrize(("preset", "name", "answer"), JUDGED, ids=lambda x: str(x))
def test_the_quiz_knows_the_usual_mistakes(preset, name, answer):
    root = PRESETS[preset]()
    found = in_page(
        root,
        """
        const { grads } = backward(graph, rows, data);
        const node = graph.findIndex((node) => node.name === given.name);
        const result = judge(given.answer, node, graph, rows, data, grads);
        """,
        {"name": name, "answer": answer},
    )
    sentence = JUDGED[preset, name, answer]
    assert sentence in found["sentence"]
    assert found["right"] == (sentence == "Right.")


def test_every_file_is_in_the_bundle_after_what_it_imports():
    seen = {"vendor/panzoom"}
    for name in (*player_page.MODULES, *explorer.FILES, "widget"):
        imported = re.findall(
            r'^import .* from "\./([\w/]+)\.mjs"', player_page.web_file(f"{name}.mjs"), re.M
        )
        assert seen.issuperset(imported)
        seen.add(name)
    assert {path.stem for path in PLAYER_FILES.glob("*.mjs")} == seen - {"vendor/panzoom"} | {
        "ops",
        "theme",
    }


def test_a_library_is_the_one_that_was_published_with_its_licence():
    """The file is dist/panzoom.es.js of @panzoom/panzoom 4.6.2; a page has it without comments."""
    text = (PLAYER_FILES / "vendor" / "panzoom.mjs").read_bytes()
    assert (
        hashlib.sha256(text).hexdigest()
        == "3fb2efbf08b085fc0e7b0ba7f2900142f76a762d62b6e8e37ccb7af0f5d2fe78"
    )
    licence = (PLAYER_FILES / "vendor" / "panzoom-LICENSE").read_text(encoding="utf-8")
    assert "Permission is hereby granted, free of charge" in licence
    page = page_of(PRESETS["expression"]())
    assert "Panzoom 4.6.2" in page and "Copyright Timmy Willison" in page
