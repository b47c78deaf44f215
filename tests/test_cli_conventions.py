"""All commands share their style of help, errors, JSON, encodings and interrupts.

Rule: a command is a row, found in the app itself, so that a new one is tested, too.
"""

import errno
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from unittest import mock

import pytest
import typer

from micrograd import cli
from micrograd.cli import app, console, train
from micrograd.cli.commands import Commands
from micrograd.cli.console import STDOUT, stop_writing, write_output
from micrograd.cli.exercises import task_names
from micrograd.cli.gpt import warn_of_long_documents
from micrograd.cli.learn import lesson_names
from micrograd.cli.options import completer
from micrograd.cli.run_folder import earlier_run, new_folder
from micrograd.cli.stand_ins import STAND_INS, ascii_for, replace_unencodable, stand_in
from micrograd.cli.train import model_names
from micrograd.course.lesson import lessons
from micrograd.engines import Disconnected, Indivisible
from tests.support.commands import CliRunner
from tests.support.processes import interruptible_micrograd


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    """A folder and a home of one's own, and a terminal of 80 columns without colours."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(app.app, list(arguments), prog_name="micrograd")


def all_commands():
    """Return {words of the command: the command}, with `exercises check` and its like."""
    found = {}
    for name, command in typer.main.get_command(app.app).commands.items():
        inner = getattr(command, "commands", {})
        found |= {f"{name} {each}": x for each, x in inner.items()} or {name: command}
    return found


COMMANDS = all_commands()
PAGES = ["", "exercises", "build", *COMMANDS]


# ------------------------------------------------------------------------------------------- help


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("name", PAGES)
def test_no_word_of_the_help_is_broken(monkeypatch, name, columns):
    """A line is too long only where it is one to copy, which a terminal wraps."""
    monkeypatch.setenv("COLUMNS", str(columns))
    text = run(*name.split(), "--help").stdout
    words = set(text.split())
    monkeypatch.setenv("COLUMNS", "1000")
    assert words <= set(run(*name.split(), "--help").stdout.split())
    assert not re.search(r"<bool>|<str>|<int|\[\[|\{[A-Z]", text)
    long = [line for line in text.splitlines() if len(line) > columns]
    assert all(line.startswith(("  micrograd", "Usage")) for line in long)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_default_in_the_help_is_a_word(monkeypatch, name):
    """The current folder is a point, which would be lost beside the full stop."""
    monkeypatch.setenv("COLUMNS", "1000")
    defaults = re.findall(r"Default: (.*)\.", run(*name.split(), "--help").stdout)
    assert all(re.search(r"\w", default) for default in defaults), defaults


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_names_its_kind_of_value(name):
    for parameter in COMMANDS[name].params:
        assert parameter.help, (name, parameter.name)
        is_flag = getattr(parameter, "is_flag", False)
        assert is_flag or parameter.metavar, (name, parameter.name)


@pytest.mark.parametrize("name", ["", "exercises", "build"])
def test_a_group_without_a_command_shows_its_help(name):
    result = run(*name.split())
    assert result.exit_code == 0
    assert "Commands" in result.stdout


def test_the_help_says_what_exit_codes_mean():
    text = " ".join(run("--help").stdout.split())
    assert "The exit code is 0 for success, 1 if" in text
    assert "2 if the command could not do what was asked, 75 if it lost another process" in text
    assert "and 130 after Ctrl-C" in text


# ----------------------------------------------------------------------------------------- errors

# fmt: off
WRONG_USES = {  # what is typed: a part of the sentence
    "dram":                          "There is no command micrograd dram. Did you mean draw?",
    "exercises chek":                "no command micrograd exercises chek. Did you mean check?",
    "draw":                          "micrograd draw needs a value for EXPRESSION.",
    "draw x x=1 --ouput x.svg":      "has no option --ouput. Did you mean --output?",
    "draw x x=1 -o":                 "Option '-o' requires an argument.",
    "--nope":                        "micrograd has no option --nope. See micrograd --help.",
    "info a b":                      "micrograd info does not take the argument 'b'.",
    "demo --steps x":                "--steps: expected a whole number of at least 1, got 'x'.",
    "demo --steps 1.5":              "--steps: expected a whole number of at least 1, got '1.5'.",
    "demo --data moon":              "--data: 'moon' is unknown. Did you mean moons?",
    "train moons --engine eagre":    "--engine: 'eagre' is unknown. Did you mean eager?",
    "train gpt --temperature 0":     "--temperature: expected a number above 0, got '0'.",
    "train gpt --temperature nan":   "--temperature: expected a number above 0, got 'nan'.",
    "train moon":                    "There is no model called 'moon'. Did you mean moons?",
    "explain a*a a=3 --wrong asign": "--wrong: 'asign' is unknown. Did you mean assign?",
    "explain a*a a=3 --paths aa":    "no number called 'aa'.",
    "explain a*a a=3 --html x.pdf":  "'x.pdf' does not end in a known format.",
    "learn backpropagate":           "Did you mean backpropagation_by_hand?",
    "learn 99":                      "There is no lesson 99: they are numbered from 1 to ",
    "exercises check analytic":      "Did you mean analytic_gradient?",
    "compare x^2 x=1":               "Write x**2.",
    "compile sigmod(x)":             "Did you mean sigmoid?",
}
# fmt: on


@pytest.mark.parametrize("line", WRONG_USES)
def test_a_wrong_use_is_one_sentence(line, folder):
    result = run(*line.split())
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1
    assert WRONG_USES[line] in result.stderr
    assert [path.name for path in folder.iterdir() if path.name != "home"] == []


def test_missing_numbers_come_in_a_line_to_paste():
    result = run("draw", "x*w1 + w2", "x=2")
    line = result.stderr.splitlines()[-1]
    assert line == 'For example: micrograd draw "x*w1 + w2" x=2 w1=1.5 w2=1.5'
    assert run("draw", "x*w1 + w2", "x=2", "w1=1.5", "w2=1.5").exit_code == 0


@pytest.mark.parametrize("command", ["draw", "explain", "compile"])
@pytest.mark.parametrize("text", ["-a", "-a+b", "-a*o", "-o", "--a", "-(a - b)", "-2.5*a"])
def test_an_expression_may_begin_with_a_minus(command, text):
    numbers = [f"{name}=2" for name in "abo" if name in text]
    result = run(command, text, *numbers)
    if text == "-o" and command == "draw":
        assert result.exit_code == 2  # that is its option
    else:
        assert result.exit_code == 0, result.stderr


# ------------------------------------------------------------------------- json, standard output

# fmt: off
JSON = (
    "draw a*b a=2 b=3", "explain a*b a=2 b=3", "compile a*b a=2 b=3", "learn", "learn 5",
    "exercises start", "exercises list", "exercises hint analytic_gradient",
    "exercises progress", "train", "build start",
)
# fmt: on


@pytest.mark.parametrize("line", JSON)
def test_json_is_all_of_the_standard_output(line):
    result = run(*line.split(), "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    assert isinstance(json.loads(result.stdout), dict)


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - {"exercises watch", "build watch"}))
def test_every_command_that_ends_by_itself_has_json(name):
    assert "as_json" in [parameter.name for parameter in COMMANDS[name].params]


TO_STANDARD_OUTPUT = {"draw -o": (b"<svg", b"</svg>"), "explain --html": (b"<!", b"</html>")}


@pytest.mark.slow
@pytest.mark.parametrize("command", TO_STANDARD_OUTPUT)
def test_a_dash_is_standard_output(command):
    """It holds the file alone, and so no JSON beside it."""
    name, option = command.split()
    line = [sys.executable, "-m", "micrograd", name, "a*b", "a=2", "b=3", option, "-"]
    result = subprocess.run(line, capture_output=True)
    assert (result.returncode, result.stderr) == (0, b"")
    first, last = TO_STANDARD_OUTPUT[command]
    assert result.stdout.startswith(first) and result.stdout.rstrip().endswith(last)
    assert not Path("-").exists()
    both = run(*line[3:], "--json")
    assert (both.exit_code, both.stdout) == (2, "")
    assert "--json and the path - both write to the standard output" in both.stderr


# -------------------------------------------------------------------------------------- encodings


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
@pytest.mark.parametrize("line", ["draw a*b a=2 b=3", "learn 5", "train", "exercises list", ""])
def test_output_fits_any_encoding(line, encoding):
    result = subprocess.run(
        [sys.executable, "-m", "micrograd", *line.split()],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
    )
    assert (result.returncode, result.stderr) == (0, b"")
    assert "?" * 3 not in result.stdout.decode(encoding)


def test_stand_ins_are_ascii():
    assert all(ascii_for(character).isascii() for character in [*STAND_INS, "é", "雪"])


# ------------------------------------------------------------------------------------- interrupts


MOMENTS = range(0, 400, 10)  # milliseconds after the command begins; its imports take about 300


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
@pytest.mark.parametrize("milliseconds", MOMENTS)
def test_an_early_interrupt_is_quiet(milliseconds, tmp_path):
    """Whenever it comes after Python has started the command, it is no traceback."""
    command = interruptible_micrograd("demo", "--steps", "100000", "--out", str(tmp_path))
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr.readline() == "\n"
    time.sleep(milliseconds / 1000)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert not re.search("Traceback|Exception ignored", err)


# ------------------------------------------------------------------------ outputs, in this process


def stream(encoding):
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding)


@pytest.mark.parametrize(
    ("encoding", "printed"),
    [("utf-8", "├── é ✓"), ("cp1252", "+-- é ok"), ("ascii", "+-- e ok")],
)
def test_a_character_that_an_output_lacks_has_a_stand_in(encoding, printed):
    output = stream(encoding)
    replace_unencodable(output)
    output.write("├── é ✓")
    output.flush()
    assert output.buffer.getvalue().decode(encoding) == printed


def test_other_errors_of_an_encoding_stay_errors():
    with pytest.raises(UnicodeDecodeError):
        stand_in(UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"))


@pytest.mark.parametrize("content", ["text", b"bytes"])
def test_a_dash_writes_text_and_bytes(content, monkeypatch):
    output = stream("utf-8")
    monkeypatch.setattr(sys, "stdout", output)
    assert write_output(STDOUT, content) == {}
    assert output.buffer.getvalue() == (content.encode() if content == "text" else content)


def test_a_closed_pipe_ends_without_a_word_and_a_full_disk_with_one(capsys):
    assert stop_writing("x.svg", BrokenPipeError()).exit_code == 1
    assert capsys.readouterr().err == ""
    assert stop_writing("x.svg", OSError(errno.ENOSPC, "No space left")).exit_code == 2
    assert "cannot write" in capsys.readouterr().err


def test_shells_are_offered_the_names_of_lessons_and_tasks():
    assert "analytic_gradient" in task_names()
    assert lesson_names() == [lesson.name for lesson in lessons()]


def test_a_shell_is_offered_the_models():
    assert completer(model_names)("mo") == ["moons"]


def test_long_documents_are_counted_in_a_warning(capsys):
    warn_of_long_documents(["ab", "abcd", "abcdef"], context=3)
    assert re.search(r"2 documents .* 6 characters|2 .*longer", capsys.readouterr().err)


def test_a_folder_in_which_nothing_was_written_is_removed(folder):
    with pytest.raises(ValueError), new_folder(Path("new")):
        Path("new").mkdir()
        raise ValueError
    with new_folder(Path("used")):
        Path("used").mkdir()
        Path("used/model.safetensors").write_text("no model", encoding="utf-8")
    assert sorted(path.name for path in folder.iterdir()) == ["used"]
    assert earlier_run(Path("used")) == {}


def test_a_full_standard_output_ends_a_command_with_a_sentence(folder, monkeypatch, capsys):
    with open(folder / "out", "w", encoding="utf-8") as output:
        monkeypatch.setattr(sys, "stdout", output)
        with pytest.raises(SystemExit) as ended, console.guard_output():
            raise OSError(errno.ENOSPC, "No space left on device")
    assert ended.value.code == 2
    sentence = "error: cannot write to 'standard output': No space left on device. "
    assert capsys.readouterr().err == f"{sentence}Name another place.\n"


def test_an_error_about_a_file_is_not_taken_for_one_of_the_output(monkeypatch):
    monkeypatch.setattr(sys, "stdout", stream("utf-8"))
    monkeypatch.setattr(sys, "stderr", stream("utf-8"))
    with pytest.raises(FileNotFoundError), console.guard_output():
        Path("nowhere").read_text()


def test_a_closed_output_becomes_the_null_device(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    console.replace_closed_outputs()
    with sys.stdout as output:
        assert output.name == os.devnull


def interrupt(*arguments, **options):
    raise KeyboardInterrupt


def abort():
    raise typer.Abort


def test_an_interrupt_ends_any_command_with_130(monkeypatch, capsys):
    commands = typer.Typer(cls=Commands)
    commands.command("wait")(lambda: interrupt())
    commands.command("abort")(abort)
    commands.command("go")(lambda: None)
    results = [CliRunner().invoke(commands, [name]) for name in ("go", "wait", "abort")]
    assert [result.exit_code for result in results] == [0, 130, 130]
    assert {result.output for result in results} == {""}
    monkeypatch.setattr(app, "app", interrupt)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 130
    assert capsys.readouterr() == ("", "")


SHARES = {
    (10, 4): "10 examples, which 4 devices cannot share evenly. Choose --processes and --devices "
    "whose product is 2.",
    (7, 2): "7 examples, which 2 devices cannot share evenly. Leave --processes and --devices out.",
    (1, 2): "1 example, which 2 devices cannot share evenly. Leave --processes and --devices out.",
}


@pytest.mark.parametrize("numbers", SHARES)
def test_devices_that_cannot_share_a_batch_are_told_what_they_can(numbers):
    told = train.message_of(Indivisible(*numbers))
    assert told == f"A step of this model sees {SHARES[numbers]}"


def test_a_lost_process_ends_the_run_and_another_error_is_raised(monkeypatch):
    ended = []
    monkeypatch.setattr(train, "end_disconnected", ended.append)
    for error, kept in ((Disconnected("one is lost"), ["one is lost"]), (RuntimeError("x"), [])):
        ended.clear()
        monkeypatch.setattr(train, "train_recipe", mock.Mock(side_effect=error))
        result = run("train", "moons", "--steps", "1")
        assert [str(each) for each in ended] == kept
        assert result.exception is (None if kept else error)
