"""`micrograd build`: from the first line of a file to the trained moons, and whatever can go wrong
with a learner's file on the way.

Rule: the answer is a sentence, no file of a learner is written, and where it stands follows from
the file alone.
"""

import json
import os
import time
from unittest import mock

import pytest

from micrograd.cli import build as commands
from micrograd.cli.app import app
from micrograd.course import build
from micrograd.course.build import comparison, finale, judging, learner_file, original_tests
from tests.support.commands import CliRunner, captured

STAGES = build.all_stages()
LAST = len(STAGES)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def file(folder):
    return folder / "my_micrograd.py"


def run(*arguments):
    return CliRunner().invoke(app, ["build", *arguments], env={"COLUMNS": "80"})


def solution(number):
    return STAGES[number - 1].solution


# ------------------------------------------------------------------------------------ on the way


@pytest.mark.slow
def test_from_the_first_line_to_the_next_stage(file):
    began = run("start")
    assert began.exit_code == 0
    assert "Stage 1. A number in a box" in began.stdout
    assert "wrote my_micrograd.py" in began.stdout
    first = run("check")
    assert first.exit_code == 0  # nothing is wrong, and nothing is written
    assert "Stage 1. A number in a box" in first.stdout and "✓" not in first.stdout
    file.write_text(solution(1))
    second = run("check")
    assert second.exit_code == 0
    assert "✓ 1. A number in a box" in second.stdout
    assert "Stage 2. Plus and times" in second.stdout
    assert "micrograd learn 4" in second.stdout
    assert run("check", "2").exit_code == 1
    only = run("check", "1")
    assert only.exit_code == 0 and "Stage 1 holds. Next is stage 2" in only.stdout


@pytest.mark.slow
def test_a_mistake_is_told_with_a_way_to_a_hint(file):
    file.write_text(solution(2).replace("self.data * other.data", "self.data + other.data"))
    result = run("check")
    assert result.exit_code == 1
    assert "✗ 2. Plus and times" in result.stdout and "it adds" in result.stdout
    assert "micrograd build hint" in result.stdout
    place = run()
    assert place.exit_code == 0
    assert "it adds" in place.stdout and "Add two methods to your class" in place.stdout
    hint = run("hint", "3")
    assert "stage 2, hint 3 of 3" in hint.stdout
    assert run("hint", "4").exit_code == 2


@pytest.mark.slow
def test_an_early_stage_that_breaks_is_told_so(file):
    file.write_text(solution(9).replace("self._prev = _children", "self._prev = ()"))
    result = run("check")
    assert result.exit_code == 1
    assert "later stages build on stage 3, and it does not hold" in " ".join(result.stdout.split())


@pytest.mark.slow
def test_the_bug_of_the_lecture_leads_to_its_stage(file):
    """With `=` instead of `+=`, stage 5 holds, and the text of stage 6 explains what is wrong."""
    file.write_text(solution(5))
    result = run("check")
    assert result.exit_code == 0
    assert "replaces" in result.stdout and "Stage 6." in result.stdout


@pytest.mark.slow
def test_json(file):
    file.write_text(solution(4))
    result = json.loads(run("check", "--json").stdout)
    assert (result["held"], result["stages"], result["next"]["number"]) == (4, LAST, 5)
    assert result["misconception"] == "not written yet" and result["right"]
    assert json.loads(run("--json").stdout)["held"] == 4
    assert json.loads(run("hint", "--json").stdout)["hint"] == 1
    pieces = json.loads(run("diff", "--json").stdout)["pieces"]
    assert all(piece["same"] for piece in pieces)


@pytest.mark.parametrize("stage", STAGES, ids=[f"stage {each.number}" for each in STAGES])
def test_a_text_keeps_its_examples_and_its_powers(stage, file):
    """Markdown must not join the lines of an example, nor take `**` for bold."""
    shown = captured(commands.show_stage, stage, file)
    lines = [line.strip() for line in shown.splitlines()]
    for line in stage.text.splitlines():
        if line.startswith(("    >>>", "    ...")):
            assert line.strip() in lines
    assert shown.count("**") == stage.text.count("**")


# --------------------------------------------------------------------------------- the whole way


@pytest.mark.slow
def test_the_last_stage_trains_the_learners_own_engine(file, monkeypatch):
    monkeypatch.setattr(finale.run_finale, "__defaults__", (3, 1337, 60))
    monkeypatch.setattr(commands, "RESOLUTION", 8)
    file.write_text(solution(LAST))
    result = run("check")
    assert result.exit_code == 0
    assert "Your network has learned the moons" in result.stdout
    assert "build moons" not in result.stdout
    assert "✓ test_sanity_check" in result.stdout and "✓ test_more_ops" in result.stdout
    picture = file.with_name("my_micrograd_moons.png")
    assert picture.read_bytes().startswith(b"\x89PNG")
    again = run("check")  # the picture is newer than the file
    assert "All of it holds." in again.stdout and "learned the moons" not in again.stdout
    numbers = json.loads(run("moons", "--json").stdout)
    assert len(numbers["losses"]) == 3 and all(numbers["tests"].values())


def test_the_moons_come_last(file):
    file.write_text(solution(1))
    result = run("moons")
    assert result.exit_code == 2
    assert f"1 of {LAST} stages hold, and the network trains when all do" in result.stderr


def test_the_tests_of_the_original_see_a_wrong_engine():
    names = {"__name__": "answer"}
    exec(solution(LAST).replace(".grad += ", ".grad = "), names)
    numbers = original_tests.numbers_of(names["Value"])
    engine, expected = original_tests.reference()
    assert engine in ("PyTorch", "this package")
    assert not any(finale.agree(numbers[name], expected[name]) for name in expected)
    assert numbers_agree(expected, original_tests.numbers_of(original_tests.Value))


def numbers_agree(xs, ys):
    return all(finale.agree(xs[name], ys[name]) for name in xs)


def test_without_pytorch_the_package_is_compared_with(monkeypatch):
    monkeypatch.setattr(original_tests, "find_spec", lambda name: None)
    assert original_tests.reference()[0] == "this package"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("raise OSError('nothing there')", "The training of your network failed: OSError: nothing"),
        ("while True: pass", "The training did not end within 1 seconds"),
        ("exit()", "The training of your network failed: no error was printed"),
    ],
)
def test_a_training_that_fails_is_told(file, change, sentence):
    file.write_text(solution(LAST) + f"\n\ndef train(*arguments):\n    {change}\n")
    with pytest.raises(ValueError, match=sentence):
        list(finale.run_finale(file, [[0.0, 1.0]], [1.0], [[0.0, 0.0]], 2, seconds=1))


# ------------------------------------------------------------------------------------ comparison


@pytest.mark.slow
def test_both_files_are_shown(file):
    file.write_text("# mine\n" + solution(4).replace("1.0 * out.grad", "out.grad"))
    shown = run("diff")
    assert shown.exit_code == 0
    assert "The same in both: Value.__init__, Value.__repr__, Value.__mul__" in shown.stdout
    assert "yours:" in shown.stdout and "self.grad = out.grad" in shown.stdout
    wide = CliRunner().invoke(app, ["build", "diff"], env={"COLUMNS": "140"})
    assert "yours  " in wide.stdout
    page = run("diff", "--html")
    assert "wrote my_micrograd_diff.html" in page.stdout
    text = file.with_name("my_micrograd_diff.html").read_text(encoding="utf-8")
    assert "<h3>yours</h3>" in text and "Value.__add__" in text
    other = run("diff", "6")
    assert "Value.backward" in other.stdout and "# (none)" in other.stdout


@pytest.mark.slow
def test_nothing_is_compared_before_a_stage_holds(file):
    file.write_text("x = 1\n")
    assert "No stage holds yet" in run("diff").stderr
    file.write_text("class Value\n")
    assert "my_micrograd.py does not run, so mend this first: line 1" in run("diff", "1").stderr


# ------------------------------------------------------------------------------- files, and trouble


def test_an_existing_file_is_left_alone(file):
    file.write_text("mine")
    result = run("start")
    assert result.exit_code == 2
    assert "my_micrograd.py already exists, and it may be your work" in result.stderr
    assert file.read_text() == "mine"
    assert "is no Python file" in run("start", "notes.txt").stderr


def test_a_file_may_begin_elsewhere(folder):
    assert run("start", "engines").exit_code == 0
    assert (folder / "engines" / "my_micrograd.py").read_text() == learner_file.STARTER
    assert run("start", "engines/second.py").exit_code == 0
    result = run("--file", "engines")
    assert "micrograd build check --file engines/my_micrograd.py" in " ".join(result.stdout.split())


@pytest.mark.parametrize("name", ["micrograd.py", "random.py", "math.py"])
def test_a_name_that_hides_a_module_is_refused(folder, name):
    result = run("start", f"mg/{name}")
    assert result.exit_code == 2 and "would hide the module" in result.stderr
    assert not (folder / "mg").exists()


def test_the_start_lists_all_stages():
    shown = run("start").stdout
    assert all(f"{stage.number}. {stage.title}" in shown for stage in STAGES)
    assert "22 minutes" in shown


def test_a_name_with_a_space_is_quoted(folder):
    (folder / "my engine.py").write_text(solution(1))
    assert "write --file 'my engine.py'" in run("check").stderr
    assert "write --file 'my engine.py'" in run().stdout
    assert commands.file_option(folder / "my engine.py").endswith("my engine.py'")


def test_a_stopped_training_is_told(file, monkeypatch):
    def interrupt(*arguments):
        raise KeyboardInterrupt

    file.write_text(solution(LAST))
    monkeypatch.setattr(commands, "follow", interrupt)
    result = run("moons")
    assert result.exit_code == 130
    assert "The training was stopped, and nothing was written." in result.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", ["half saved", "empty", "no UTF-8"])
@pytest.mark.parametrize("command", ["", "hint", "diff", "moons"])
def test_a_broken_file_is_mended_first(file, name, command):
    content, sentence = TROUBLE[name]
    file.write_bytes(content)
    result = run(*command.split())
    shown = " ".join((result.stdout + result.stderr).split())
    assert sentence in shown
    assert "tage 1" not in shown and "0 of" not in shown


def test_a_renamed_file_is_found_by_its_class(folder):
    (folder / "engine.py").write_text(solution(1))
    (folder / "notes.py").write_bytes(b"\xff\xfe")
    result = run("check")
    assert result.exit_code == 2
    assert "my_micrograd.py does not exist. Run `micrograd build start`" in result.stderr
    assert "engine.py has a class Value: if you renamed it, write --file engine.py" in result.stderr


# fmt: off
TROUBLE = {
    "empty":         (b"\n", "it is empty: perhaps it was not saved. Save it"),
    "half saved":    (b"class Value:\n    def __init__(self, da", "line 2"),
    "no UTF-8":      ("# Wört\n".encode("utf-16"), "UTF-8"),
    "latin-1":       ("# Wört\n".encode("latin-1"), "save it as UTF-8"),
    "it exits":      (b"exit()\n", "end"),
    "an exception":  (b"1 / 0\n", "Your file does not run. line 1"),
    "imported":      (b"from micrograd import Value\n", "comes from the package micrograd"),
}
# fmt: on


@pytest.mark.slow
@pytest.mark.parametrize("name", TROUBLE)
def test_a_file_in_trouble_is_told_in_a_sentence(file, name):
    content, sentence = TROUBLE[name]
    file.write_bytes(content)
    result = run("check")
    assert result.exit_code in (0, 1)
    assert sentence in " ".join(result.stdout.split())
    assert file.read_bytes() == content


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="everything is readable")
def test_an_unreadable_file(file):
    file.write_text("x")
    file.chmod(0)
    assert run("check").exit_code == 2


def test_unknown_stages(file):
    file.write_text("")
    result = run("check", "99")
    assert result.exit_code == 2
    assert f"There is no stage 99: they are numbered from 1 to {LAST}" in result.stderr


# --------------------------------------------------------------------------------------- watching


@pytest.mark.slow
def test_watch_checks_when_the_file_is_saved(file, monkeypatch):
    file.write_text(solution(1))
    pressed = iter(["", "h", "t", "save", "gone", "back", "q"])

    def key(seconds):
        now = next(pressed)
        if now in ("save", "back"):
            file.write_text(solution(2))
            os.utime(file, (time.time() + len(now), time.time() + len(now)))
        if now == "gone":
            file.unlink()
        return now if now in ("h", "t", "q") else ""

    shown = captured(commands.watch_file, file, key)
    assert "hint 1 of 3" in shown and "✓ 2. Plus and times" in shown
    assert "Stage 3. It remembers where it came from" in shown


def test_watch_without_a_file(file):
    assert run("watch").exit_code == 2


# ------------------------------------------------------------------------ refusals and endings

COMPLETE = """Your micrograd is complete. See what it can do:
  micrograd build moons
  micrograd build diff
"""
PRINTED = "✓ 1. A number in a box\nyour file printed:\n[a]\n"


def test_a_complete_file_is_told_what_it_can_do(file):
    shown = captured(commands.show_place, judging.Standing(LAST), commands.USUAL_FILE)
    assert shown.endswith(COMPLETE) and shown.count("✓") == LAST


def test_what_a_file_prints_is_shown(file):
    standing = judging.Standing(1, "it adds.", "plus", printed="[a]\n\n")
    shown = captured(commands.show_standing, standing, commands.USUAL_FILE)
    assert shown.startswith(PRINTED)


def test_two_files_with_nothing_in_common():
    pairs = build.compare_files("x = 1", "y = 2")
    shown = [line.rstrip() for line in captured(commands.show_pairs, pairs, "Both:").splitlines()]
    halves = [
        ["yours:", "  # (none)", "ours:", "  y = 2"],
        ["yours:", "  x = 1", "ours:", "  # (none)"],
    ]
    assert shown == ["Both:", "", "y", *halves[0], "", "x", *halves[1]]
    page = comparison.render_comparison(pairs, "Both:")
    assert "The same in both" not in page
    assert page.count("<h3>yours</h3><p>No <code>y</code>.</p>") == 1
    assert page.count("<h3>ours</h3><p>No <code>x</code>.</p>") == 1


SAME = {
    "a docstring": ('def f():\n    """One."""\n    return 1', "def f():\n    return 1", True),
    "the head of a class": ('class A:\n    """One."""\n    x = 1', "class A:\n    x = 1", True),
    "a number in a head": ("class A:\n    x = 2", "class A:\n    x = 1", False),
    "a decorator": ("@cache\nclass A:\n    x = 1", "class A:\n    x = 1", False),
}


@pytest.mark.parametrize("name", SAME)
def test_code_is_the_same_if_python_reads_the_same(name):
    theirs, ours, same = SAME[name]
    assert [pair.same for pair in build.compare_files(theirs, ours)] == [same]


def test_a_shell_is_offered_the_stages():
    assert commands.stage_numbers() == [str(number) for number in range(1, LAST + 1)]


def test_a_place_that_cannot_be_written(folder):
    (folder / "file").write_text("")
    result = run("start", "file/engine.py")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "error: cannot write to 'file/engine.py': Not a directory. Name another place.\n"
    )


REFUSED = {
    "no Python": (
        SyntaxError("invalid syntax", ("x", 3, 1, "", 3, 1)),
        "my_micrograd.py cannot be compared, because Python cannot read line 3: invalid syntax. "
        "Run `micrograd build check` first.",
    ),
    "no file": (
        PermissionError(13, "Permission denied"),
        "cannot use 'my_micrograd.py': Permission denied. Check it, or name another file with "
        "--file.",
    ),
    "a rule": (ValueError("No stage holds yet."), "No stage holds yet."),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_refuses_a_file_is_one_sentence(name, capsys):
    error, sentence = REFUSED[name]
    with pytest.raises(commands.typer.Exit) as ended, commands.refusals(commands.USUAL_FILE):
        raise error
    assert ended.value.exit_code == 2
    assert capsys.readouterr().err == f"error: {sentence}\n"


TRAININGS = {
    "it fails": (ValueError("The training failed."), "The training failed."),
    "a full disk": (OSError(28, "No space left on device"), "cannot write to '.': No space left on "
                    "device. Name another place."),
}  # fmt: skip


@pytest.mark.parametrize("name", TRAININGS)
def test_a_training_without_an_end_is_one_sentence(name, monkeypatch, capsys):
    error, sentence = TRAININGS[name]
    monkeypatch.setattr(commands, "follow", mock.Mock(side_effect=error))
    with pytest.raises(commands.typer.Exit) as ended:
        commands.train_moons(commands.USUAL_FILE, as_json=False)
    assert ended.value.exit_code == 2
    assert capsys.readouterr().err == f"error: {sentence}\n"


def test_an_engine_that_fails_the_tests_of_the_original_fails(monkeypatch, capsys):
    trained = finale.Finale(1, [0.5], [1.0], [0.0], {})
    monkeypatch.setattr(commands, "follow", lambda events, as_json: trained)
    monkeypatch.setattr(commands, "draw_boundary", lambda *arguments: "moons.png")
    with pytest.raises(commands.typer.Exit) as ended:
        commands.train_moons(commands.USUAL_FILE, as_json=True)
    assert ended.value.exit_code == 1
    results = json.loads(capsys.readouterr().out)
    assert results["tests"] == {"test_sanity_check": False, "test_more_ops": False}
    assert (results["losses"], results["files"]) == ([0.5], ["moons.png"])
