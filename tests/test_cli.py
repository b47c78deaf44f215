"""The command, as a user meets it: what is typed, what is said, the exit code, the files left.

Rule: what a user gets wrong is exit code 2 and one sentence on standard error, and a list of the
folder shows that nothing else has happened.
"""

import dataclasses
import functools
import json
import os
import random
import re
import shlex
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

import micrograd
from micrograd import MLP, cli, data, losses, optim
from micrograd.cli import app, demo
from micrograd.drawing import tree
from micrograd.explaining import expression_parser
from micrograd.models import RECIPES
from micrograd.models.recipes import Recipe
from micrograd.support import files
from micrograd.training import plot_boundary
from tests.support.commands import CliRunner

SIX = [
    *("curve.png", "history.csv", "learnt.png", "model.safetensors"),
    *("neuron.svg", "neurons.png"),
]
PNG = b"\x89PNG\r\n\x1a\n"
SCRIPT = Path(sys.executable).with_name("micrograd")
NEURON = ("tanh(x1*w1 + x2*w2 + b)", "x1=2", "x2=0", "w1=-3", "w2=1", "b=6.88")


@pytest.fixture(autouse=True)
def quick_and_plain(monkeypatch, tmp_path):
    """A coarse boundary, a folder of one's own, and a terminal of 80 columns without a mind."""
    coarse = functools.partial(plot_boundary, resolution=5)
    moons = dataclasses.replace(RECIPES["moons"], picture=coarse)
    monkeypatch.setitem(RECIPES, "moons", moons)
    monkeypatch.chdir(tmp_path)
    for name in ("FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")


def run(*arguments):
    return CliRunner().invoke(app.app, list(arguments), prog_name="micrograd")


def plain(text):
    """One line of words, without colours and frames."""
    return " ".join(re.sub(r"\x1b\[[\d;]*m|[│┃╭╮╰╯─]", "", text).split())


def listing(folder="."):
    return sorted(os.listdir(folder))


def refused(result):
    """The one sentence, after a check that it is one and that nothing else was said."""
    assert result.exit_code == 2
    assert result.stderr.count("error: ") == 1
    assert "Traceback" not in result.output
    return plain(result.stderr).removeprefix("error: ")


# -------------------------------------------------------------------------------- help and version


def test_version():
    result = run("--version")
    assert (result.exit_code, result.stdout) == (0, f"{micrograd.__version__}\n")


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["--help"], ["demo Train a network", "draw Draw an expression"]),
        (
            ["demo", "--help"],
            ["Examples", "micrograd demo --data circles --steps 50 --out circles", "Ctrl-C"],
        ),
        (
            ["draw", "--help"],
            ["Examples", 'micrograd draw "a*b + a**2" a=2 b=-3', "-o neuron.svg", "NAME=NUMBER"],
        ),
    ],
    ids=lambda words: words[0],
)
@pytest.mark.parametrize("columns", ["60", "80", "200"])
def test_help_shows_examples(monkeypatch, arguments, words, columns):
    monkeypatch.setenv("COLUMNS", columns)
    result = run(*arguments)
    assert result.exit_code == 0
    assert [word for word in words if word not in plain(result.stdout)] == []


def test_without_a_command_it_shows_help():
    assert "draw Draw an expression" in plain(run().output)


@pytest.mark.parametrize("arguments", [["nope"], ["draw"], ["--nope"], ["demo", "--steps", "x"]])
def test_what_is_no_command_is_refused(arguments):
    result = run(*arguments)
    assert (result.exit_code, result.stdout, listing()) == (2, "", [])


# -------------------------------------------------------------------------------------------- demo


@pytest.mark.slow
@pytest.mark.parametrize("data", demo.POINTS)
def test_demo_writes_and_lists_six_files(data):
    result = run("demo", "--data", data, "--steps", "2", "--out", "new/out")
    assert result.exit_code == 0, result.output
    assert listing("new/out") == SIX
    wrote = re.findall(r"^wrote (\S+)  \S", result.stdout, re.MULTILINE)
    assert sorted(wrote) == [os.path.join("new", "out", name) for name in SIX]
    words = plain(result.stdout)
    assert "model demo parameters 337 steps 2 seconds" in words
    assert "training validation" in words and "accuracy" in words
    assert re.search(r"The same in plain Python takes \S+ s a step: [\d,]+ times as long", words)


@pytest.mark.no_cover
@pytest.mark.slow
def test_demo_output_can_be_read():
    run("demo", "--steps", "2", "--out", "out")
    out = Path("out")
    assert len(micrograd.load(out / "model.safetensors").parameters()) == 337
    assert len((out / "history.csv").read_text().splitlines()) == 3
    assert all((out / name).read_bytes().startswith(PNG) for name in SIX if name.endswith("png"))
    texts = [node.text for node in ElementTree.parse(out / "neuron.svg").iter()]
    assert {"x1", "x2", "w1", "w2", "b", "out", "ReLU"} <= set(texts)


@pytest.mark.no_cover
@pytest.mark.slow
def test_the_same_seed_gives_the_same_files():
    for out, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        run("demo", "--steps", "1", "--seed", seed, "--out", out)
    pictures = [name for name in SIX if not name.endswith(("csv", "safetensors"))]
    a, b, c = ([Path(out, name).read_bytes() for name in pictures] for out in "abc")
    assert a == b != c
    states = [micrograd.load(f"{out}/model.safetensors").state_dict() for out in "abc"]
    assert states[0] == states[1] != states[2]


@pytest.mark.no_cover
@pytest.mark.slow
def test_demo_of_moons_learns_every_example():
    result = run("demo")
    assert result.exit_code == 0
    assert listing() == ["micrograd-demo"]
    accuracy = re.search(r"accuracy 100.0 % (\S+) %", re.sub("│", "", plain(result.stdout)))[1]
    assert float(accuracy) >= 98.0  # on new points
    model, (X, y) = micrograd.load("micrograd-demo/model.safetensors"), data.moons(100, seed=1337)
    assert losses.accuracy([model(row) for row in X], y) == 1.0


@pytest.mark.no_cover
@pytest.mark.slow
def test_demo_computes_what_the_lecture_loop_computes():
    """The compiled run ends at the parameters of the loop that the lecture writes out."""
    run("demo", "--steps", "3", "--seed", "7", "--out", "out")
    compiled = micrograd.load("out/model.safetensors")
    X, y = data.moons(100, seed=7)
    random.seed(7)
    model = MLP(2, [16, 16, 1])
    optimizer = optim.SGD(model.parameters(), lr=optim.linear_decay(1.0, 0.1, 3))
    for _ in range(3):
        loss = losses.hinge([model(row) for row in X], y) + losses.l2_penalty(model.parameters())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    for a, b in zip(compiled.parameters(), model.parameters()):
        assert a.data == pytest.approx(b.data, abs=1e-12)  # sums in another order


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["--steps", "0"], "--steps: expected a whole number of at least 1, got '0'."),
        (["--steps", "-5"], "--steps: expected a whole number of at least 1, got '-5'."),
        (["--data", "nope"], "--data: 'nope' is unknown. The choices are: moons, "),
        (["--seed", "x"], "--seed"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_demo_refuses(arguments, words):
    result = run("demo", *arguments)
    assert (result.exit_code, result.stdout, listing()) == (2, "", [])
    assert words in plain(result.stderr)


@pytest.mark.parametrize("out", ["file", "file/deep", "file/deep/er"])
def test_a_file_in_the_way_of_the_folder_is_seen_before_training(monkeypatch, out):
    monkeypatch.setattr(Recipe, "train", lambda *_, **__: pytest.fail("it trained first"))
    Path("file").write_text("mine")
    result = run("demo", "--out", out)
    message = refused(result)
    assert message.startswith(files.cannot_write(out, OSError(0, "")).split(":")[0].split("'")[0])
    assert result.stdout == ""
    assert (listing(), Path("file").read_text()) == (["file"], "mine")


@pytest.mark.slow
@pytest.mark.parametrize("name", SIX)
def test_a_folder_in_the_way_of_a_file_leaves_nothing_half_written(name):
    Path("out", name).mkdir(parents=True)
    refused(run("demo", "--steps", "1", "--out", "out"))
    half = [path for path in Path("out").iterdir() if path.is_file() and path.stat().st_size < 3]
    assert half == []
    assert [path for path in listing("out") if path.startswith(".")] == []


def test_history_of_an_earlier_run_is_kept_until_there_is_a_new_one(monkeypatch):
    def killed(*_, **__):
        raise SystemExit(1)

    Path("out").mkdir()
    Path("out", "history.csv").write_text("mine")
    monkeypatch.setattr(Recipe, "train", killed)
    run("demo", "--out", "out")
    assert (listing("out"), Path("out", "history.csv").read_text()) == (["history.csv"], "mine")


@pytest.mark.slow
def test_ctrl_c_keeps_the_model_as_it_is_then(monkeypatch):
    """The interrupt comes while the steps are measured; what was reached is written."""
    calls = []

    def interrupted(outputs, targets):
        calls.append(outputs)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return losses.accuracy(outputs, targets)

    recipe = dataclasses.replace(RECIPES["moons"], metrics={"accuracy": interrupted})
    monkeypatch.setitem(RECIPES, "moons", recipe)
    result = run("demo", "--steps", "500", "--out", "out")
    assert result.exit_code == 130, result.output
    assert listing("out") == SIX
    steps = len(Path("out", "history.csv").read_text().splitlines()) - 1
    assert f"steps {steps} " in plain(result.stdout)
    assert 0 < steps < 500


@pytest.mark.slow
@pytest.mark.parametrize(
    "place", ["demo.pictures_of", "demo.compare_engines", "results.write_pictures"]
)
@pytest.mark.parametrize("options", [[], ["--json"]], ids=["text", "json"])
def test_ctrl_c_after_the_training_keeps_the_model(place, options, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(f"micrograd.cli.{place}", interrupt)
    result = run("demo", "--steps", "2", "--out", "out", *options)
    assert (result.exit_code, listing("out")) == (130, ["model.safetensors"])
    path = str(Path("out", "model.safetensors"))
    if options:
        assert json.loads(result.stdout) == {"model": "demo", "files": [path]}
    else:
        assert plain(result.stdout).startswith(f"wrote {path} ")
    assert run("info", "out").exit_code == 0


# -------------------------------------------------------------------------------------------- draw


def test_draw_prints_the_tree():
    result = run("draw", "a*b + a", "a=2", "b=-3")
    assert (result.exit_code, result.stderr, listing()) == (0, "", [])
    assert result.stdout == (
        "+ data -4.0000  grad 1.0000\n"
        "├── * data -6.0000  grad 1.0000\n"
        "│   ├── a data 2.0000  grad -2.0000  #1\n"
        "│   └── b data -3.0000  grad 2.0000\n"
        "└── a #1\n"
    )


@pytest.mark.parametrize(
    "format, check",
    [
        ("svg", lambda content: "w1" in ElementTree.fromstring(content).itertext()),
        ("png", lambda content: content.startswith(PNG)),
        ("json", lambda content: len(json.loads(content)["objects"]) == 15),
        ("gv", lambda content: content.startswith(b"digraph {") and b"{ w1 | data -3" in content),
    ],
)
@pytest.mark.parametrize("option", ["-o", "--output"])
def test_draw_writes_the_picture(format, check, option):
    result = run("draw", *NEURON, option, f"new/neuron.{format}")
    assert result.exit_code == 0
    assert result.stdout.endswith(f"wrote {Path('new', f'neuron.{format}')}\n")
    assert listing("new") == [f"neuron.{format}"]
    assert check(Path("new", f"neuron.{format}").read_bytes())


@pytest.mark.parametrize(
    "text, items, line",
    [
        ("w1", ["w1=-3"], "w1 data -3.0000  grad 1.0000"),
        ("x", ["x=-0.5"], "x data -0.5000  grad 1.0000"),
        ("x", ["x=1e3"], "x data 1000.0000  grad 1.0000"),
        ("x", ["x= 2 "], "x data 2.0000  grad 1.0000"),
        ("3", [], "data 3.0000  grad 1.0000"),
        ("-2 * -x", ["x=1"], "* data 2.0000  grad 1.0000"),
        ("9**9**9**9", [], "data inf  grad 1.0000"),
        ("1 / x", ["x=0"], "/ data inf  grad 1.0000"),
    ],
)
def test_draw_reads_numbers(text, items, line):
    result = run("draw", "--", text, *items)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == line


@pytest.mark.parametrize("item", ["x1", "1x=2", "x=abc", "=2", "x=", "x==2", "x y=2", "x=[red]"])
def test_a_bad_assignment_is_refused(item):
    result = run("draw", "x", item)
    assert refused(result) == f"{item!r} does not give a number to a name. Write it as x1=2.0."
    assert result.stdout == ""


@pytest.mark.parametrize(
    "text, words",
    [
        ("x*w", "The name w has no number. Write w=1.5 after the expression."),
        ("exec('x')", "There is no op called 'exec'. The ops are: add, sub, mul, "),
        (
            "__import__('os').system('x')",
            "is not allowed in an expression. Use numbers, names, + - * / ** and ops ",
        ),
        ("tanh(x, x)", "tanh takes 1 input, got 2."),
        ("x +", "'x +' is not an expression: it ends too early. Write one such as "),
        (" ", "' ' is not an expression: it ends too early. Write one such as "),
        ("[bold]", "'[bold]' is not allowed in an expression. Use "),
        ("x[red]", "'x[red]' is not allowed in an expression. Use "),
        ("[/]", "'[/]' is not an expression: it cannot be read from '/]' on. Write "),
        ("x + [/red]", "'x + [/red]' is not an expression: it cannot be read from '/red]' on. Wri"),
        ("[link=x]", "'[link=x]' is not an expression: it cannot be read from 'link=x]' on."),
        (r"\[bold]", r"'\\[bold]' is not an expression: it cannot be read from '[bold]' on."),
    ],
)
def test_a_bad_expression_is_refused(text, words):
    result = run("draw", text, "x=1")
    assert words in refused(result)
    assert (result.stdout, listing()) == ("", [])


@pytest.mark.parametrize("name", ["x.gif", "x", "x.svgz", "svg", "x.svg.txt", "[bold]"])
def test_another_format_is_refused(name):
    message = refused(run("draw", "x", "x=1", "-o", name))
    known = ".svg, .html, .png, .pdf, .tex, .json, .gv"
    near = {"x.svgz": " Did you mean .svg?", "x.svg.txt": " Did you mean .tex?"}
    hint = near.get(name, "")
    assert message == f"{name!r} does not end in a known format.{hint} Choose one of {known}."
    assert listing() == []


@pytest.mark.parametrize("output", ["file/x.svg", "file/deep/x.svg", "folder.svg"])
def test_an_output_that_cannot_be_written_is_refused(output):
    Path("file").write_text("mine")
    Path("folder.svg").mkdir()
    message = refused(run("draw", "x", "x=1", "-o", output))
    assert message.startswith(f"cannot write to {output!r}: ")
    assert (listing(), Path("file").read_text()) == (["file", "folder.svg"], "mine")


@pytest.mark.skipif(os.name != "posix", reason="no file is called so there")
@pytest.mark.parametrize("name", ["[bold].gv", "a[red]b.gv", r"a\[bold].gv"])
def test_brackets_in_a_file_name_are_not_markup(name):
    result = run("draw", "x", "x=1", "-o", name)
    assert (result.exit_code, listing()) == (0, [name])
    assert result.stdout.endswith(f"wrote {name}\n")


# ---------------------------------------------------------------------------------------- terminals

COMMANDS = (
    ["demo", "--steps", "1", "--out", "out"],
    ["demo", "--out", "file"],
    ["draw", *NEURON, "-o", "x.gv"],
    ["draw", "x"],
)


@pytest.mark.no_cover
@pytest.mark.slow
@pytest.mark.parametrize("no_color", [None, "1"])
@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_no_escape_codes_where_there_is_no_terminal(monkeypatch, arguments, no_color):
    if no_color:
        monkeypatch.setenv("NO_COLOR", no_color)
    Path("file").write_text("mine")
    assert "\x1b" not in run(*arguments).output


@pytest.mark.no_cover
@pytest.mark.slow
def test_sixty_columns_hold_the_table_and_do_not_cut_paths(monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    out = "a-folder-with-a-name-that-is-longer-than-the-terminal-is-wide-by-far"
    lines = run("demo", "--steps", "1", "--out", out).stdout.splitlines()
    assert all(len(line) <= 60 for line in lines if not line.startswith(("wrote ", "100 ")))
    assert [line.split()[1] for line in lines if line.startswith("wrote ")] == [
        os.path.join(out, name)
        for name in (
            "model.safetensors",
            "history.csv",
            "curve.png",
            "learnt.png",
            "neurons.png",
            "neuron.svg",
        )
    ]


def test_sixty_columns_do_not_fold_the_tree(monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    text = "-" * 20 + "x"
    assert run("draw", "--", text, "x=1").stdout.rstrip("\n") == tree(graph_of(text))


def graph_of(text):
    y, _ = expression_parser.parse(text, {"x": 1.0})
    y.backward()
    return y


# ---------------------------------------------------------------------------------------- processes

STARTED = [sys.executable, "-m", "micrograd"]
STARTS = pytest.mark.parametrize(
    "start",
    [
        pytest.param(STARTED, id="python -m micrograd"),
        pytest.param(
            [str(SCRIPT)],
            id="micrograd",
            marks=pytest.mark.skipif(not SCRIPT.exists(), reason="the command is not installed"),
        ),
    ],
)


def process(start, *arguments, encoding="utf-8", stdout=subprocess.PIPE, **environment):
    own = {"COLUMNS": "60", "PYTHONIOENCODING": encoding, **environment}
    return subprocess.run(
        [*start, *arguments],
        env={**os.environ, **own},
        stdout=stdout,
        stderr=subprocess.PIPE,
        encoding=encoding,
    )


@pytest.mark.slow
@STARTS
def test_version_of_the_process(start):
    result = process(start, "--version")
    assert (result.returncode, result.stdout) == (0, f"{micrograd.__version__}\n")


@pytest.mark.slow
@STARTS
def test_draw_as_a_process(start):
    result = process(start, "draw", *NEURON, "-o", "neuron.svg")
    assert (result.returncode, result.stderr) == (0, "")
    assert "tanh data 0.7064  grad 1.0000\n" in result.stdout
    ElementTree.parse("neuron.svg")


@pytest.mark.parametrize("name", ["random", "ast", "typing", "json"])
def test_a_file_that_hides_a_module_of_python_is_named(name):
    """`python -m` looks into the present folder first. The file is not run."""
    Path(f"{name}.py").write_text("from micrograd import Value\nprint(Value(1.0))\n")
    result = process(STARTED, "draw", "a*b", "a=1", "b=2", "--json")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(f"error: {name}.py in this folder hides Python's own module")
    assert result.stderr.count("\n") == 1


def test_a_program_of_others_may_have_a_module_called_test():
    Path("mine").mkdir()
    Path("mine/__init__.py").write_text("import micrograd")
    Path("mine/__main__.py").write_text("import test\nprint(test.x)")
    Path("test.py").write_text("x = 3")
    command = [sys.executable, "-m", "mine"]
    assert subprocess.check_output(command, text=True) == "3\n"


def test_a_file_that_hides_nothing_that_is_imported():
    for name in ("turtle", "random_walk"):
        Path(f"{name}.py").write_text("1 / 0")
    assert process(STARTED, "draw", "a*b", "a=1", "b=2").returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_draw_where_the_output_cannot_show_every_character(encoding):
    """On Windows, a pipe and a file have the encoding of the country."""
    result = process(STARTED, "draw", *NEURON, encoding=encoding)
    assert (result.returncode, result.stderr) == (0, "")
    assert "\n+-- + data 0.8800  grad 0.5010\n" in result.stdout


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no sh")
@pytest.mark.parametrize("closed", ["1", "2", "1 2"])
def test_a_closed_output(closed):
    shut = " ".join(f"{number}>&-" for number in closed.split())
    command = f"{shlex.join([*STARTED, 'draw', 'a*a', 'a=3', '-o', 'square.svg'])} {shut}"
    result = process(["sh", "-c", command])
    assert (result.returncode, result.stderr) == (0, "")
    ElementTree.parse("square.svg")


FULL = Path("/dev/full")  # a device that refuses every write, on Linux


@pytest.mark.slow
@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize(
    "command",
    ["--version", "learn 1", "learn 7", "draw a*a a=3 -o -", "draw a*a a=3", "explain a*a a=3"],
)
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_behind_the_output(command, unbuffered):
    """A long output fails before its end, and again when the rest is written, if it is kept."""
    with FULL.open("w") as full:
        result = process(STARTED, *command.split(), stdout=full, PYTHONUNBUFFERED=unbuffered)
    assert result.returncode == 2
    assert result.stderr.startswith("error: cannot write to 'standard output': No space left")
    assert result.stderr.count("\n") == 1


@pytest.mark.slow
@STARTS
def test_a_mistake_as_a_process(start):
    result = process(start, "draw", "x[0]", "x=1")
    assert (result.returncode, result.stdout) == (2, "")
    assert plain(result.stderr).startswith("error: 'x[0]' is not allowed in an expression. Use ")


def test_a_name_given_twice_is_refused():
    assert refused(run("draw", "a * a", "a=1", "a=2")) == (
        "a was given two numbers, but it can have only one. Write it once."
    )


def test_a_number_for_no_name_is_refused():
    said = refused(run("draw", "x + 1", "x=1", "y=2"))
    assert said == (
        "The expression does not use y, so a number there has no effect. Remove what it does not "
        "use."
    )


# ------------------------------------------------------------------------------------- explain


def test_explain_tells_forward_and_backward():
    result = run("explain", *NEURON)
    assert result.exit_code == 0
    said = plain(result.stdout)
    assert "t1 = x1 * w1 = -6.0" in said
    assert "y = tanh(t4) = 0.706" in said
    assert "∂t1/∂x1 = w1" in said
    assert listing() == []


def test_explain_with_a_mistake():
    result = run("explain", "a*a", "a=3", "--wrong", "assign")
    said = plain(result.stdout)
    assert "grad(a) = grad(y) · ∂y/∂a" in said
    assert "3.0 replaced" in said
    assert "the second use erases the first. The grad of a comes out wrong." in said


def test_explain_shows_the_second_pass_of_a_mistake():
    said = plain(run("explain", "a*a", "a=3", "--wrong", "no_zero").stdout)
    assert "backward() is called" in said
    assert "sum 6.0 + 3.0 = 9.0" in said


def test_explain_paths_and_differences():
    said = plain(run("explain", "a*a + a", "a=3", "--paths", "a", "--nudge", "a").stdout)
    assert "3 paths:" in said
    assert "the sum of all paths: 7.0" in said
    assert "grad 7" in said
    assert "The best h here is" in said


def test_explain_as_json():
    result = run("explain", "a*b", "a=3", "b=2", "--json", "--paths", "a", "--nudge", "b")
    found = json.loads(result.stdout)
    assert found["story"]["grads"] == {"a": 2.0, "b": 3.0}
    assert found["story"]["forward"] == ["y = a * b = 6.0"]
    assert [line["input"] for line in found["story"]["lines"]] == ["a", "b"]
    assert found["paths"]["count"] == 1
    assert len(found["nudge"]["rows"]) == 15


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("a*a", "a=3", "--paths", "q"),
            "no number called 'q'. Its numbers are: a.",
        ),
        (
            ("2*3", "--nudge", "x"),
            "no number called 'x'. Its numbers are: none.",
        ),
        (("a*a",), "The name a has no number. Write a=1.5"),
        (("a*a", "a=3", "b=4"), "b"),
        (("a*", "a=3"), "a*"),
        (("a*a", "a=3", "--wrong", "guess"), "'guess' is unknown. The choices are: assign, "),
    ],
)
def test_explain_refuses(arguments, said):
    result = run("explain", *arguments)
    assert result.exit_code == 2
    assert said in plain(result.stderr)
    assert "Traceback" not in result.output


@pytest.mark.parametrize("more", [(), ("--json",)], ids=["story", "json"])
def test_explain_as_a_page(tmp_path, more):
    path = tmp_path / "new" / "story.html"
    result = run("explain", "a*a", "a=3", "--html", str(path), *more)
    assert result.exit_code == 0
    assert str(path) in (json.loads(result.stdout)["files"] if more else result.stdout)
    assert '<script type="module">' in path.read_text(encoding="utf-8")


def test_explain_to_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    result = run("explain", "a*a", "a=3", "--html", str(tmp_path / "file" / "x.html"))
    assert result.exit_code == 2
    assert "cannot write to" in result.stderr
    assert result.stdout == ""


def test_compare_with_pytorch():
    pytest.importorskip("torch")
    result = run("compare", "tanh(x*w + b)", "x=2", "w=-3", "b=6.5")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["value", "x", "w", "b"]
    assert all(line.endswith("ok") for line in lines[1:])
    assert run("compare", "x*w", "x=2").exit_code == 2


def test_compare_of_a_wrong_op_fails(monkeypatch):
    pytest.importorskip("torch")
    row = micrograd.OPS["tanh"]
    wrong = micrograd.Op("tanh", row.template, row.forward, (lambda x, out: 1.0 + out,))
    monkeypatch.setitem(micrograd.OPS, "tanh", wrong)
    monkeypatch.setattr(micrograd.ops, "tanh", wrong)
    result = run("compare", "tanh(x)", "x=2")
    assert result.exit_code == 1
    assert not result.stdout.splitlines()[-1].endswith("ok")


def test_compare_without_pytorch(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    result = run("compare", "x*x", "x=2")
    assert result.exit_code == 2
    assert "pip install 'micrograd[torch]'" in result.stderr


@pytest.mark.parametrize("exact", [(), ("--exact",)], ids=["default", "exact"])
def test_compile_shows_each_stage(exact):
    result = run("compile", "tanh(a*b) + a", *exact)
    assert result.exit_code == 0, result.output
    titles = re.findall(r"^\d\. (.*?)[:,]", result.stdout, re.M)
    assert titles == ["traced", "with the gradient", "simplified", "in kernels", "machine code"]
    assert "define" not in result.stdout


def test_compile_shows_the_code_if_asked():
    result = run("compile", "a*b", "--ir", "--asm")
    assert "define" in result.stdout
    assert ".text" in result.stdout or ".section" in result.stdout


def test_compile_refuses():
    result = run("compile", "a*")
    assert refused(result)


def test_the_installed_command_is_the_same_app(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["micrograd", "draw", "a*b", "a=2", "b=-3"])
    with pytest.raises(SystemExit) as done:
        cli.main()
    assert done.value.code == 0
    assert "a" in capsys.readouterr().out


def test_explain_in_a_narrow_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "50")
    lines = run("explain", "a*a", "a=3").stdout.splitlines()
    assert max(map(len, lines)) <= 50


def test_help_of_explain_has_examples():
    said = plain(run("explain", "--help").stdout)
    assert "--wrong assign" in said


def test_draw_writes_a_page():
    result = run("draw", "a*b", "a=2", "b=-3", "-o", "y.html")
    assert result.exit_code == 0
    page = Path("y.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "data -6.0000" in page
    assert listing() == ["y.html"]


def test_explain_as_json_of_what_json_has_no_numbers_for():
    result = run("explain", "log(x) * y", "x=0", "y=0", "--json", "--nudge", "x")
    found = json.loads(result.stdout, parse_constant=lambda name: pytest.fail(name))
    assert found["nudge"]["y"] == "nan"
    assert found["story"]["grads"]["y"] == "-inf"


def test_explain_of_numbers_alone_has_no_table_of_grads():
    result = run("explain", "2*3")
    assert result.exit_code == 0
    expected = "y = 6.0. It is computed from no name, so no gradient is passed on.\n"
    assert result.stdout == expected


@pytest.mark.parametrize(("command", "begin"), [("draw", "<svg"), ("explain", "<!doctype html>")])
def test_a_picture_on_standard_output_is_all_of_it(command, begin):
    option = "-o" if command == "draw" else "--html"
    result = run(command, "a*a", "a=3", option, "-")
    assert result.exit_code == 0 and result.stderr == ""
    assert result.stdout.lower().startswith(begin)
    assert result.stdout.rstrip().lower().endswith("</svg>" if begin == "<svg" else "</html>")
