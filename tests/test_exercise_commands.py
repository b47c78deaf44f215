"""`micrograd exercises`: a learner's folder, from the starters to the last task, and everything
that can go wrong in it. The judge of a file has tests of its own.

Rule: whatever happens, the answer is one sentence, and no work of a learner is lost.
"""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from micrograd.cli import exercises
from micrograd.cli.app import app
from micrograd.course.exercises import keyboard, solved_tasks
from micrograd.course.exercises.checking import Wrong, near, number, numbers, show
from micrograd.course.exercises.judge import Verdict
from micrograd.course.exercises.many import Answer, count_misconceptions
from micrograd.course.exercises.running import Finding
from micrograd.course.exercises.task import find_task, tasks
from micrograd.course.exercises.workspace import Workspace
from micrograd.support.locks import hold_lock
from tests.support.commands import CliRunner, captured
from tests.support.processes import interruptible_micrograd

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
    assert f"micrograd learn {tasks()[0].lesson}" in second.stdout
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
    workspace.mark(FIRST, solved=True)
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


NAME = FIRST.name
READ = {  # what stands in progress.json: the tasks that are solved, and how many hints were shown
    "": (set(), {}),
    "null": (set(), {}),
    "[]": (set(), {}),
    "[[[[": (set(), {}),
    '{"solved": 3}': (set(), {}),
    '{"solved": [3, null, {}]}': (set(), {}),
    '{"solved": ["a_task_of_tomorrow"]}': (set(), {}),
    f'{{"solved": ["{NAME}"]}}': ({NAME}, {}),
    f'{{"solved": {{"{NAME}": true, "mul_backward": false}}}}': ({NAME}, {}),
    f'{{"solved": "{NAME}", "hints": ["{NAME}"]}}': ({NAME}, {NAME: 1}),
    f'["{NAME}"]': ({NAME}, {}),
    f'{{"solved": ["{FIRST.number}", "01_{NAME}.py"]}}': ({NAME}, {}),
    f'{{"hints": {{"{NAME}": "2", "mul_backward": null}}}}': (set(), {NAME: 2}),
    f'{{"hints": {{"{NAME}": -1, "mul_backward": 1e999}}}}': (set(), {}),
}


@pytest.mark.parametrize("content", READ)
def test_progress_of_any_version_is_read(folder, content):
    folder.mkdir()
    (folder / "progress.json").write_text(content)
    workspace = Workspace(folder)
    solved, hints = READ[content]
    assert workspace.solved() == solved
    assert workspace.progress()["hints"] == hints
    number, count, _ = workspace.hint(FIRST)
    assert number == hints.get(NAME, 0) + 1 and count == 3
    assert workspace.solved() == solved


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_progress_in_another_encoding_is_read(folder, encoding):
    folder.mkdir()
    (folder / "progress.json").write_text(f'{{"solved": ["{NAME}"]}}', encoding=encoding)
    assert Workspace(folder).solved() == {NAME}


def test_damaged_progress_is_kept_beside_the_new_one(folder):
    folder.mkdir()
    (folder / "progress.json").write_text('{"solved": ["mul_backw')
    Workspace(folder).mark(FIRST, solved=True)
    assert (folder / "progress.json.old").read_text() == '{"solved": ["mul_backw'
    assert Workspace(folder).solved() == {NAME}


def test_what_another_version_has_stored_is_kept(folder):
    folder.mkdir()
    (folder / "progress.json").write_text('{"solved": ["of_tomorrow"], "streak": 3}')
    Workspace(folder).mark(FIRST, solved=True)
    content = json.loads((folder / "progress.json").read_text())
    assert content == {"solved": sorted([NAME, "of_tomorrow"]), "hints": {}, "streak": 3}


def test_changes_at_once_lose_nothing(folder):
    """Each thread is a check of another task; the lock is the same for processes."""
    workspace = Workspace(folder)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda task: workspace.mark(task, solved=True), tasks()))
        list(pool.map(lambda _: workspace.hint(FIRST), range(3)))
    assert workspace.solved() == {task.name for task in tasks()}
    assert workspace.progress()["hints"] == {NAME: 3}
    assert sorted(path.name for path in folder.iterdir()) == ["progress.json"]


def test_a_lock_that_is_held_for_long_is_not_waited_for(folder, monkeypatch):
    monkeypatch.setattr(solved_tasks, "LOCK_SECONDS", 0.05)
    with hold_lock(folder / ".progress.json.lock"):
        Workspace(folder).mark(FIRST, solved=True)
    assert Workspace(folder).solved() == {NAME}


@pytest.mark.slow
def test_a_solved_task_that_breaks_is_unsolved(folder):
    workspace = Workspace(folder)
    workspace.start()
    path = workspace.path(FIRST)
    path.write_text(FIRST.solution, encoding="utf-8")
    assert "✓" in run("check", FIRST.number).stdout and workspace.solved() == {NAME}
    path.write_text(FIRST.starter, encoding="utf-8")
    broken = run("check", FIRST.number)
    assert broken.exit_code == 1
    assert "It was solved before, and no longer is." in broken.stdout
    assert workspace.solved() == set()


# ------------------------------------------------------------------------------------- all tasks


@pytest.fixture
def three(folder):
    """A folder with a solved task, one with a mistake, and one that is not written."""
    names = ("analytic_gradient", "hunt_sign", "mul_backward")
    first, second, third = map(find_task, names)
    folder.mkdir()
    (folder / first.path.name).write_text(first.solution, encoding="utf-8")
    (folder / second.path.name).write_text(second.starter, encoding="utf-8")
    (folder / third.path.name).write_text(third.starter, encoding="utf-8")
    return folder


@pytest.mark.slow
def test_all_tasks_are_checked_and_stored(three):
    said = run("check", "--all")
    assert said.exit_code == 1
    marks = [line.split()[0] for line in said.stdout.splitlines() if "analytic" in line]
    assert marks == ["✓"] and "1 of 3 solved." in said.stdout
    assert Workspace(three).solved() == {"analytic_gradient"}
    result = json.loads(run("check", "--all", "--json").stdout)
    assert (result["solved"], result["checked"], result["interrupted"]) == (1, 3, False)
    assert [row["task"] for row in result["tasks"]] == [
        "analytic_gradient", "mul_backward", "hunt_sign",
    ]  # fmt: skip
    assert [row["tasks"] for row in result["misconceptions"]] == [["hunt_sign"]]


@pytest.mark.slow
def test_a_mistake_in_several_tasks_is_shown_once(folder):
    folder.mkdir()
    for name in ("mul_backward", "add_backward", "analytic_gradient"):
        (folder / find_task(name).path.name).write_text("exit()")
    (folder / find_task("numerical_gradient").path.name).write_text("x = ")
    said = run("check", "--all").stdout
    (row,) = [line for line in said.splitlines() if line.split()[:2] == ["3", "SystemExit"]]
    assert row.split()[2:] == ["analytic_gradient,", "add_backward,", "mul_backward"]


@pytest.mark.slow
def test_all_tasks_solved_is_success(three):
    for name in ("hunt_sign", "mul_backward"):
        task = find_task(name)
        (three / task.path.name).write_text(task.solution, encoding="utf-8")
    assert run("check", "--all").exit_code == 0


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_an_interrupt_keeps_what_was_checked(three):
    hanging = find_task("hunt_sign")
    (three / hanging.path.name).write_text("while True: pass")
    process = subprocess.Popen(
        [*interruptible_micrograd("exercises", "check", "--all", "--json")],
        cwd=three.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(three / "progress.json")
    time.sleep(0.5)  # the verdict is stored first, and then shown
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=15)
    assert process.returncode == 130
    result = json.loads(out)
    assert result["interrupted"] and result["solved"] == 1
    assert "hunt_sign" not in [row["task"] for row in result["tasks"]]
    assert "files were checked, and that is kept." in err and "Traceback" not in err


def wait_for(path):
    for _ in range(2000):
        if path.exists():
            return
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("check", "--all"), "has no file of a task. Run `micrograd exercises start`"),
        (("check", "mul_backward", "--all"), "--all checks all tasks, and 'mul_backward' is one"),
    ],
)
def test_all_tasks_of_nothing(folder, arguments, said):
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_mistakes_are_counted_by_task_without_their_numbers():
    task, other = tasks()[:2]
    wrong = [
        Verdict((Finding("a", f"it is {i}.5, and should be 3."), Finding("b", "no")))
        for i in range(2)
    ]
    named = Verdict((Finding("a", "its sentence", "the sign"),))
    unwritten = Verdict((Finding("a", "not written", "not written yet"),))
    right = Verdict((Finding("a"),))
    verdicts = zip("abcdef", [*wrong, named, unwritten, right, named])
    answers = [(Answer(task, Path(), name), verdict) for name, verdict in verdicts]
    answers.append((Answer(other, Path(), "a"), named))
    counted = count_misconceptions(answers)
    assert [(each.text, each.name, each.learners) for each in counted] == [
        ("2 of 5", "it is ..., and should be ....", ("a", "b")),
        ("2 of 5", "the sign", ("c", "f")),
        ("1 of 1", "the sign", ("a",)),
    ]


def test_a_renamed_file_is_found_or_asked_for(folder):
    workspace = Workspace(folder)
    workspace.start()
    path = workspace.path(FIRST)
    path = path.replace(folder / f"99_{NAME}.py")
    assert workspace.existing_path(FIRST) == path
    path = path.replace(folder / f"{NAME}.py")
    assert workspace.existing_path(FIRST) == path
    path.replace(folder / "my_answer.py")
    said = run("check", FIRST.number)
    assert said.exit_code == 2
    assert "rename the file if it is my_answer.py, which is of no task." in said.stderr


def test_after_the_last_one(folder):
    workspace = Workspace(folder)
    workspace.start()
    for task in tasks():
        workspace.mark(task, solved=True)
    assert workspace.next_task() is None
    assert workspace.task("") == tasks()[-1]
    assert "next" not in run("progress").stdout
    (folder / FIRST.path.name).write_text(FIRST.solution, encoding="utf-8")
    assert "That was the last one." in run("check", FIRST.number).stdout


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
    assert said.count(FIRST.title) == 2 and "`after_a_move`" in said


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


# --------------------------------------------------------------------------------- in this process


def test_what_a_file_prints_is_shown(folder):
    verdict = Verdict((Finding("the file runs", "it adds."),), "[a]\n\n")
    shown = captured(exercises.show_verdict, Workspace(folder), FIRST, verdict)
    assert shown == (
        f"{FIRST.number}. {FIRST.title}\n✗ the file runs\n  it adds.\nyour file printed:\n[a]\n"
    )


WAYS = {
    ("x\n  y", "It is [a]."): "another way:\n    x\n      y\nIt is [a].\n",
    ("x", ""): "another way:\n    x\n",
    ("", "It is."): "It is.\n",
    ("", ""): "",
}


@pytest.mark.parametrize("task", WAYS)
def test_another_way_and_a_remark_are_shown_where_a_task_has_them(task):
    way, remark = task
    shown = captured(exercises.show_another_way, SimpleNamespace(another_way=way, remark=remark))
    assert shown == WAYS[task]


def test_watch_begins_with_the_task_that_is_named(folder, monkeypatch):
    run("start")
    watched = []
    monkeypatch.setattr(exercises, "watch_file", lambda *arguments: watched.append(arguments[2]))
    assert run("watch", FIRST.number).exit_code == 0
    assert watched == [FIRST]


def test_in_the_usual_folder_that_folder_is_used(folder, monkeypatch):
    run("start")
    monkeypatch.chdir(folder)
    said = run("progress")
    assert said.exit_code == 0 and said.stdout.startswith(f"0 of {len(tasks())} solved.")
    assert not (folder / "exercises").exists()


def test_an_interrupt_keeps_the_verdicts_before_it(folder, monkeypatch):
    def interrupted(self):
        yield Answer(FIRST, folder / FIRST.path.name), Verdict((Finding("it runs"),))
        raise KeyboardInterrupt

    run("start")
    monkeypatch.setattr(Workspace, "check_all", interrupted)
    said = run("check", "--all", "--json")
    assert said.exit_code == 130
    result = json.loads(said.stdout)
    assert (result["solved"], result["checked"], result["interrupted"]) == (1, 1, True)
    note = f"note: Interrupted: 1 of {len(tasks())} files were checked, and that is kept.\n"
    assert said.stderr == note
