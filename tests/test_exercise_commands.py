"""`micrograd exercises`: a learner's folder, from the starters to the last task, and everything
that can go wrong with a learner's file.

Rule: whatever the file does, the answer is one sentence, soon, and no work of a learner is lost.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from micrograd.cli import exercises
from micrograd.cli.app import app
from micrograd.course.exercises import judge, keyboard, learner_process
from micrograd.course.exercises.checking import Wrong, near, number, numbers, show
from micrograd.course.exercises.judge import judge_file
from micrograd.course.exercises.task import Task, find_task, tasks
from micrograd.course.exercises.workspace import Workspace
from tests.support.commands import CliRunner

FIRST = tasks()[0]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path / "exercises"


def run(*arguments):
    return CliRunner().invoke(app, ["exercises", *arguments], env={"COLUMNS": "100"})


# ------------------------------------------------------------------------------------ the folder


@pytest.mark.slow
def test_from_the_start_to_the_first_solution(folder):
    began = run("start")
    assert began.exit_code == 0
    assert f"{len(tasks())} new tasks in exercises" in began.stdout
    names = sorted(path.name for path in folder.iterdir())
    assert names == [one.path.name for one in tasks()]
    first = run("check")
    assert first.exit_code == 1
    assert "✗" in first.stdout and "this is not written yet." in first.stdout
    assert f"micrograd exercises hint {FIRST.name}" in first.stdout
    (folder / FIRST.path.name).write_text(FIRST.solution, encoding="utf-8")
    second = run("check")
    assert second.exit_code == 0
    assert f"solved. Next: {tasks()[1].name}" in second.stdout
    line = next(line for line in run("list").stdout.splitlines() if FIRST.name in line)
    assert line.rstrip().endswith("yes")
    said = run("progress").stdout
    assert f"1 of {len(tasks())} solved." in said and tasks()[1].name in said


def test_existing_files_are_never_overwritten(folder):
    run("start")
    (folder / FIRST.path.name).write_text("mine")
    again = run("start")
    assert "0 new tasks" in again.stdout
    assert (folder / FIRST.path.name).read_text() == "mine"
    assert run("reset", FIRST.name).exit_code == 0
    assert (folder / FIRST.path.name).read_text(encoding="utf-8") == FIRST.starter
    assert (folder / f"{FIRST.path.name}.old").read_text() == "mine"


def test_reset_keeps_every_version(folder):
    workspace = Workspace(folder)
    workspace.start()
    workspace.store_progress(solved=[FIRST.name])
    for text in ("first", "second"):
        workspace.path(FIRST).write_text(text)
        workspace.reset(FIRST)
    workspace.reset(FIRST)  # nothing was written since
    old = [folder / f"{FIRST.path.name}.old", folder / f"{FIRST.path.name}.old2"]
    assert [path.read_text() for path in old] == ["first", "second"]
    assert sorted(folder.glob("*.old*")) == old
    assert workspace.solved() == set()


def test_three_hints_and_then_the_last_again(folder):
    run("start")
    said = [run("hint", FIRST.number).stdout for _ in range(4)]
    assert [text.split(":")[0] for text in said] == [f"hint {i} of 3" for i in (1, 2, 3, 3)]
    assert json.loads((folder / "progress.json").read_text())["hints"] == {FIRST.name: 3}


def test_another_folder(tmp_path):
    mine = str(tmp_path / "mine")
    assert run("start", mine).exit_code == 0
    assert f"--dir {mine}" in run("check", FIRST.number, "--dir", mine).stdout.replace("\n", "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("check", "analytic"), "Did you mean analytic_gradient?"),
        (("check", FIRST.number), "micrograd exercises start"),
        (("hint", "99"), "There is no task '99'. Run `micrograd exercises list`"),
        (("reset", "nothing"), "There is no task 'nothing'."),
    ],
)
def test_impossible_requests_are_explained(folder, arguments, said):
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert not folder.exists()


def test_a_folder_that_cannot_be_written(folder):
    folder.write_text("")
    started, *others = [
        run(*arguments)
        for arguments in (["start"], ["hint", FIRST.number], ["reset", FIRST.number])
    ]
    assert started.exit_code == 2
    assert started.stderr.startswith("error: cannot write to 'exercises': ")
    for result in others:
        assert result.exit_code == 2
        assert result.stderr.startswith("error: cannot use the folder 'exercises': ")
        assert result.stderr.endswith(". Check it, or name another one with --dir.\n")


@pytest.mark.parametrize(
    "command",
    ["list", "check", "hint analytic_gradient", "reset analytic_gradient", "watch", "progress"],
)
def test_progress_that_cannot_be_read(folder, command):
    """A folder has the name of the file, so that even root cannot read it."""
    run("start")
    (folder / "progress.json").mkdir()
    result = run(*command.split())
    assert result.exit_code == 2
    assert result.stderr.startswith("error: cannot use the folder 'exercises': ")


@pytest.mark.slow
@pytest.mark.parametrize("content", ["", "[]", '{"solved": 3}', '{"solved": ["x"]}', "null"])
def test_damaged_progress_is_no_progress(folder, content):
    run("start")
    (folder / "progress.json").write_text(content)
    assert Workspace(folder).solved() == set()
    assert run("hint", FIRST.number).exit_code == 0


def test_after_the_last_one(folder):
    workspace = Workspace(folder)
    workspace.start()
    workspace.store_progress(solved=[one.name for one in tasks()])
    assert workspace.next_task() is None
    assert workspace.task("") == tasks()[-1]
    assert "next" not in run("progress").stdout
    (folder / FIRST.path.name).write_text(FIRST.solution, encoding="utf-8")
    assert "That was the last one." in run("check", FIRST.number).stdout


# ------------------------------------------------------------------------- what learners write

FILES = {
    "while True: pass": "it did not end within 2 seconds: is there an endless loop?",
    "exit()": "it ended before it could be checked: is there an exit()?",
    "raise SystemExit(3)": "Python stopped with exit code 3.",
    "import os; os._exit(4)": "Python stopped with exit code 4.",
    "import sys; sys.exit('no more')": "Python stopped with exit code 1: no more.",
    "import nothing_there": "line 1: there is no module `nothing_there` here.",
    "x = 1\ndef f(:": "line 2: this is not Python: invalid syntax.",
    "": "the file no longer defines `gradf`, which the starter did: put it back.",
    "def gradf(a, b, c): return None": "nothing was returned: is there a return?",
    "def gradf(a, b, c): return 1": "expected a list of 3 numbers, got 1.",
    "def gradf(a, b, c): return ['x'] * 3": "expected a number, got 'x'.",
    "def gradf(a, b, c):\n    return a.b": "line 2: `.b` is asked of a plain number",
    "def gradf(a, b, c): return gradf(a, b, c)": "line 1: a function calls itself too many times",
    "def gradf(a): return a": "gradf() gets 3 arguments, but takes 1.",
    "x = 1 \0": "line 1: this is not Python: source code string cannot contain null bytes.",
    "raise ValueError('\\ud800 a')": "line 1: ValueError: \ufffd a.",
    "raise ValueError('a' * 10**7)": f"line 1: ValueError: {'a' * 480} ...",
    "raise ValueError('a\\nb')": "line 1: ValueError: a b.",
    "class E(Exception):\n    def __str__(self): 1 / 0\nraise E": (
        "line 3: E: its text cannot be shown, because __str__ raised a ZeroDivisionError."
    ),
    "def gradf(a, b, c): return ['\\ud800'] * 3": r"expected a number, got '\ud800'.",
    "def gradf(a, b, c): return 'a' * 10**7": "expected a list of 3 numbers, got 'aaa",
    "import os; os.kill(os.getpid(), 9)": "its process was ended by SIGKILL: by itself, or by the",
    "import os; os.kill(os.getpid(), 11)": "its process was ended by SIGSEGV, which means that it",
    "input()": "line 1: EOFError: EOF when reading a line.",
}


@pytest.mark.slow
@pytest.mark.parametrize("text", FILES)
def test_every_failure_is_one_sentence(text, tmp_path):
    path = tmp_path / "answer.py"
    path.write_text(text)
    verdict = judge_file(FIRST, path, seconds=2)
    assert not verdict.right
    assert verdict.why.startswith(FILES[text])
    assert "\n" not in verdict.why
    assert len(verdict.why) < learner_process.SAID_AT_MOST + 100
    verdict.why.encode()


SPOILERS = {
    "text": "open(path, 'w').write('no json')",
    "deep": "open(path, 'w').write('[' * 100_000)",
    "number": "open(path, 'w').write('3')",
    "pairs": "open(path, 'w').write('[[1, 2, 3, 4]]')",
    "nothing": "open(path, 'w').write('[]')",
    "folder": "os.mkdir(path)",
    "pipe": "os.mkfifo(path)",
}
# The file of the findings is found as somebody would who looks for it.
SPOIL = """
import gc, os
lists = [x for x in gc.get_objects() if type(x) is list and str(x[-1:]).endswith(".json']")]
path = lists[0][-1]
{}
os._exit(0)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes with a name")
@pytest.mark.parametrize("spoil", SPOILERS.values(), ids=SPOILERS)
def test_a_spoilt_file_of_findings_is_a_verdict(spoil, tmp_path):
    path = tmp_path / "answer.py"
    path.write_text(SPOIL.format(spoil))
    verdict = judge_file(FIRST, path)
    assert not verdict.right
    assert verdict.why.startswith(
        ("it wrote over the findings of the judge", "nothing was checked")
    )


FOLLOWER = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
{}
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no groups of processes")
@pytest.mark.parametrize("rest", ["while True: pass", "exit()", "1 / 0"])
def test_what_a_file_has_started_ends_with_it(rest, tmp_path):
    path = tmp_path / "answer.py"
    path.write_text(FOLLOWER.format(rest))
    pid = int(judge_file(FIRST, path, seconds=3).printed)
    for _ in range(1000):  # until the system has removed it
        if not is_alive(pid):
            break
        time.sleep(0.01)
    assert not is_alive(pid)


def is_alive(pid):
    """Return whether there is such a process that is not waiting to be removed."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().split()[2] != "Z"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
@pytest.mark.parametrize(
    "text",
    ["while True: print('again' * 10_000)", "open('big', 'wb').write(bytes(2 * 10**7)); 1 / 0"],
)
def test_a_file_cannot_fill_the_disk(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "answer.py").write_text(text)
    verdict = judge_file(FIRST, tmp_path / "answer.py")
    assert verdict.why == ("line 1: more than 16 megabytes of output: is there an endless loop?")


IN_ANOTHER_PROCESS = ("exit", "Exit", "while", "input", "kill")  # it ends, does not end, or waits
IN_THIS_PROCESS = [text for text in FILES if not any(x in text for x in IN_ANOTHER_PROCESS)]


@pytest.mark.parametrize("text", IN_THIS_PROCESS)
def test_the_judge_in_this_process_says_the_same(text, tmp_path, monkeypatch):
    """The other process calls `main`; here nothing limits the memory of the tests."""
    monkeypatch.setattr(learner_process, "limit_resources", lambda: None)
    path, result = tmp_path / "answer.py", tmp_path / "result.json"
    path.write_text(text)
    learner_process.main(str(FIRST.path), str(path), str(result))
    wrong = [sentence for _, sentence, _ in json.loads(result.read_text("utf-8")) if sentence]
    assert wrong[0].startswith(FILES[text])


def test_the_judge_reads_text_only(tmp_path, monkeypatch):
    monkeypatch.setattr(learner_process, "limit_resources", lambda: None)
    path, result = tmp_path / "answer.py", tmp_path / "result.json"
    path.write_bytes(b"x = '\xe9'")
    learner_process.main(str(FIRST.path), str(path), str(result))
    assert "it is not UTF-8 text" in result.read_text("utf-8")


@pytest.mark.slow
def test_checks_keep_their_names_where_python_drops_docstrings(tmp_path, monkeypatch):
    path = tmp_path / "answer.py"
    path.write_text(FIRST.solution, encoding="utf-8")
    verdict = judge_file(FIRST, path)
    monkeypatch.setenv("PYTHONOPTIMIZE", "2")
    assert all(finding.what for finding in verdict.findings)
    assert judge_file(FIRST, path) == verdict


@pytest.mark.slow
@pytest.mark.parametrize("name", ["random.py", "micrograd.py", "json.py"])
def test_files_of_a_learner_do_not_hide_modules(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text("raise ValueError")
    (tmp_path / "answer.py").write_text(FIRST.solution, encoding="utf-8")
    assert judge_file(FIRST, tmp_path / "answer.py").right


@pytest.mark.slow
def test_an_endless_loop_that_prints(tmp_path):
    path = tmp_path / "answer.py"
    path.write_text("while True: print('again')")
    verdict = judge_file(FIRST, path, seconds=1)
    assert "endless loop" in verdict.why
    assert verdict.printed.startswith("again\nagain\n")
    assert len(verdict.printed) == judge.PRINTED_AT_MOST


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_file_that_wants_all_the_memory(tmp_path):
    path = tmp_path / "answer.py"
    path.write_text("x = [0] * 10**10")
    assert "MemoryError" in judge_file(FIRST, path).why


def test_long_output_is_cut_off(tmp_path):
    path = tmp_path / "answer.py"
    path.write_text(FIRST.solution + "\nprint('x' * 10**6)\n", encoding="utf-8")
    verdict = judge_file(FIRST, path)
    assert verdict.right
    assert verdict.printed == "x" * judge.PRINTED_AT_MOST


def test_a_file_that_is_not_text(tmp_path):
    path = tmp_path / "answer.py"
    path.write_bytes(b"x = '\xe9'")
    assert judge_file(FIRST, path).why == "it is not UTF-8 text: save it in that encoding."


def test_a_task_of_any_folder_is_judged(tmp_path):
    """The stages of another project are tasks, too, in a folder of their own."""
    task = Task(tmp_path / "01_2_of_mine.py")
    task.path.write_text(FIRST.text.replace("def gradf", "def mine"), encoding="utf-8")
    path = tmp_path / "answer.py"
    path.write_text(task.solution, encoding="utf-8")
    assert judge_file(task, path).why == (
        "the file no longer defines `gradf`, which the starter did: put it back."
    )


def test_numbers_are_read_with_care():
    import numpy as np

    from micrograd import Value

    assert numbers((1, 2.0), 2) == numbers(np.array([1, 2]), 2) == [1.0, 2.0]
    assert number(np.float64(1.5)) == number(Value(1.5)) == 1.5
    with pytest.raises(Wrong, match=r"got a Value, .*: take its \.data\."):
        number(Value(1.5), plain=True)
    near([1.0, float("nan")], [1.0, float("nan")], "x")
    for wrong in (lambda: near(1.0, 2.0, "x"), lambda: number(None), lambda: numbers([1], 2)):
        with pytest.raises(Wrong):
            wrong()
    assert show([1 / 3, "x" * 100]) == "[0.333333, '" + "x" * 45 + "..."


# ---------------------------------------------------------------------------------------- watch


def keyboard_with(*keys, between=lambda: None):
    """Return a keyboard on which these keys are pressed in turn; between two, `between` runs."""
    left = list(keys)

    def key(seconds):
        between()
        return left.pop(0)

    return key


@pytest.mark.slow
def test_watch_checks_when_the_file_is_saved(folder, capsys):
    workspace = Workspace(folder)
    workspace.start()
    path = folder / FIRST.path.name

    def save():
        path.write_text(FIRST.solution, encoding="utf-8")
        os.utime(path, (time.time() + 5,) * 2)

    from rich.console import Console

    exercises.watch_file(
        Console(width=200), workspace, FIRST, keyboard_with("h", "", "l", "n", "q", between=save)
    )
    said = capsys.readouterr().out
    assert said.index("this is not written yet.") < said.index("hint 1 of 3")
    assert said.index("hint 1 of 3") < said.index(f"solved. Next: {tasks()[1].name}")
    assert "micrograd exercises check NAME" in said  # the list
    assert f"{tasks()[2].number}. {tasks()[2].title}" in said  # the next but one, after n


@pytest.mark.slow
def test_watch_waits_for_a_file_that_is_being_saved(folder, capsys):
    workspace = Workspace(folder)
    workspace.start()
    path = folder / FIRST.path.name
    looks = iter([path.unlink, lambda: None, lambda: path.write_text("x = 1"), lambda: None])

    from rich.console import Console

    keys = keyboard_with("", "", "", "q", between=lambda: next(looks)())
    exercises.watch_file(Console(width=200), workspace, FIRST, keys)
    said = capsys.readouterr().out
    assert said.count(FIRST.title) == 2 and "`gradf`" in said


def test_next_starts_again_after_the_last(folder):
    workspace = Workspace(folder)
    last = tasks()[-1]
    assert workspace.next_task(last) == FIRST
    assert workspace.next_task(FIRST) == tasks()[1]


@pytest.mark.slow
def test_watch_works_without_a_terminal(folder):
    run("start")
    process = subprocess.Popen(
        [sys.executable, "-m", "micrograd", "exercises", "watch", FIRST.number],
        cwd=folder.parent,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert FIRST.title in process.stdout.readline()
    process.terminate()
    process.communicate(timeout=20)


def test_keys_without_a_terminal(monkeypatch):
    with open(os.devnull) as nobody:
        monkeypatch.setattr("sys.stdin", nobody)
        with keyboard.keys() as key:
            assert key(0.0) == ""


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of POSIX")
def test_keys_of_a_terminal(monkeypatch):
    import pty

    ours, theirs = pty.openpty()
    with os.fdopen(theirs) as terminal:
        monkeypatch.setattr("sys.stdin", terminal)
        with keyboard.keys() as key:
            assert key(0.0) == ""
            os.write(ours, b"hq")
            assert [key(5.0), key(5.0)] == ["h", "q"]
    os.close(ours)


def test_a_task_is_found_by_name_and_number():
    assert find_task(FIRST.name) == find_task(FIRST.number) == FIRST


def test_the_system_ends_a_file_whose_judge_was_killed():
    """The judge's own limit ends with it, so each process has one of its own."""
    pytest.importorskip("resource")
    command = "from micrograd.course.exercises import learner_process as p; import resource\n"
    command += "p.limit_resources(); print(resource.getrlimit(resource.RLIMIT_CPU))"
    found = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True)
    assert found.stdout.strip() == str((learner_process.CPU_SECONDS,) * 2), found.stderr
    assert judge.SECONDS < learner_process.CPU_SECONDS
