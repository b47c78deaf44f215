"""`micrograd classroom`: the answers of a class, whatever is in a submission.

Rule: each submission that cannot be judged is one sentence, and all others are judged.
"""

import csv
import importlib.util
import json
import os
import re
import sys
import zipfile
from pathlib import Path
from unittest import mock

import pytest

from micrograd.cli.app import app
from micrograd.course.classroom import results as class_results
from micrograd.course.classroom import submissions as class_submissions
from micrograd.course.classroom.csv_rows import as_text
from micrograd.course.classroom.results import KnownVerdicts, Results, judge_class
from micrograd.course.classroom.submissions import read_submissions, task_of
from micrograd.course.exercises import judge, judged_process, running
from micrograd.course.exercises.task import find_task
from micrograd.support import files
from tests.support.commands import CliRunner
from tests.support.site import CHROMIUM

MUL, SIGN = find_task("mul_backward"), find_task("hunt_sign")
NAME = MUL.path.name
INSTALLED = CHROMIUM and all(map(importlib.util.find_spec, ("playwright", "axe_core_python")))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "class").mkdir()
    return tmp_path / "class"


def run(*arguments):
    return CliRunner().invoke(app, ["classroom", *arguments], env={"COLUMNS": "200"})


def put(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def zip_with(path, **files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def wrong(number):
    answer = list(MUL.checker_names["WRONG"])[number]
    return MUL.with_answers([answer] if isinstance(answer, str) else answer)


# ------------------------------------------------------------------------------------ submissions


def flat(folder):
    put(folder / "a" / NAME, "x")


def deep(folder):
    put(folder / "a" / "week 3" / "exercises" / NAME, "x")


def twice(folder):
    put(folder / "a" / "old" / NAME, "y")
    put(folder / "a" / NAME, "x")


def another_number(folder):
    put(folder / "a" / "05_mul_backward (1).PY", "x")


def zipped(folder):
    zip_with(folder / "a.zip", **{f"work/old/{NAME}": "y", f"work/{NAME}": "x"})


def zipped_on_windows(folder):
    zip_with(folder / "a.zip", **{f"work\\{NAME}": "x", f"__MACOSX/._{NAME}": "y"})


def outside_of_the_zip(folder):
    zip_with(folder / "a.zip", **{f"out/../../../{NAME}": "x", "/etc/passwd": "y"})


READ = [flat, deep, twice, another_number, zipped, zipped_on_windows]


@pytest.mark.parametrize("make", READ)
def test_a_file_is_found_by_the_name_of_its_task(make, folder, tmp_path):
    make(folder)
    (submission,) = read_submissions(folder, tmp_path / "scratch", tmp_path / "out")
    assert submission.learner == "a" and submission.problem == ""
    assert {task.name: path.read_text() for task, path in submission.paths.items()} == {
        "mul_backward": "x"
    }
    outside = [path for path in tmp_path.rglob("*.py") if "scratch" not in path.parts]
    assert all(path.is_relative_to(folder) for path in outside)


def nothing(folder):
    put(folder / "a" / "notes.py", "x")


def only_libraries(folder):
    put(folder / "a" / "venv" / "lib" / NAME, "x")


def a_link(folder):
    target = put(folder.parent / "secret.py", "x")
    (folder / "a").mkdir()
    (folder / "a" / NAME).symlink_to(target)


def no_zip(folder):
    (folder / "a.zip").write_bytes(b"PK nothing")


def half_a_zip(folder):
    path = zip_with(folder / "a.zip", **{NAME: os.urandom(5000).hex()})
    path.write_bytes(path.read_bytes()[:-2000])


def damaged(folder):
    path = zip_with(folder / "a.zip", **{NAME: "x" * 5000})
    content = path.read_bytes()
    path.write_bytes(content.replace(b"xxxxxxxxxx", b"yxxxxxxxxx", 1))


def many_files(folder):
    for number in range(30):
        put(folder / "a" / f"{number}.py", "x")


def many_members(folder):
    zip_with(folder / "a.zip", **{f"{number}.py": "x" for number in range(30)})


NO_TASK = "no file has the name of a task. Ask for files with the names"
PROBLEMS = {
    nothing: NO_TASK,
    only_libraries: NO_TASK,
    outside_of_the_zip: NO_TASK,
    a_link: NO_TASK,
    no_zip: "it cannot be read: File is not a zip file. Ask for it again.",
    half_a_zip: "it cannot be read: File is not a zip file. Ask for it again.",
    damaged: "it cannot be read: Bad CRC-32 for file",
    many_files: "it cannot be read: it has more than 20 files. Ask for it again.",
    many_members: "it cannot be read: it has more than 20 files. Ask for it again.",
}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows asks for rights to make links")
@pytest.mark.parametrize("make", PROBLEMS, ids=lambda make: make.__name__)
def test_a_submission_that_is_none_is_one_sentence(make, folder, tmp_path, monkeypatch):
    monkeypatch.setattr(class_submissions, "MOST_FILES", 20)
    make(folder)
    (submission,) = read_submissions(folder, tmp_path / "scratch", tmp_path / "out")
    assert submission.paths == {}
    assert submission.problem.startswith(PROBLEMS[make])


def test_a_member_is_unpacked_no_further_than_it_is_read(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(class_submissions, "MOST_BYTES", 100)
    zip_with(folder / "a.zip", **{NAME: "x" * 10**6})
    (submission,) = read_submissions(folder, tmp_path / "scratch", tmp_path / "out")
    assert submission.paths[MUL].stat().st_size == 101


def test_what_is_no_submission_is_left_out(folder, tmp_path):
    flat(folder)
    zip_with(folder / "a.zip", **{NAME: "x"})
    put(folder / "grades.txt", "")
    put(folder / ".git" / NAME, "x")
    put(folder / "out" / NAME, "x")
    names = [each.learner for each in read_submissions(folder, tmp_path, folder / "out")]
    assert names == ["a", "a.zip"]


def test_names_of_files_that_are_of_no_task():
    names = ("mul_backward.txt", "my_mul_backward.py", "mul.py", ".py", "08_2_.py")
    assert [task_of(name) for name in names] == [None] * 5


# ---------------------------------------------------------------------------------------- a class


@pytest.fixture
def group(folder):
    """Six learners: right, twice the same mistake, one that hangs, one that fills the disk."""
    put(folder / "ada" / NAME, MUL.solution)
    put(folder / "ben" / NAME, wrong(1))
    put(folder / "<b>&cy" / NAME, wrong(1) + "\n# my own\n")
    put(folder / "dan" / NAME, "while True: pass")
    put(
        folder / "eve" / NAME,
        "i = 0\nwhile True:\n    i += 1\n    open(str(i), 'wb').write(bytes(10**6))",
    )
    put(folder / "fay" / SIGN.path.name, SIGN.solution)
    put(folder / "fay" / NAME, MUL.starter)
    no_zip(folder)
    return folder


@pytest.mark.slow
def test_a_class_is_judged_whatever_some_of_it_does(group, monkeypatch, tmp_path):
    for module in (judged_process, judge):
        monkeypatch.setattr(module, "FOLDER_MEGABYTES", 5)
    result = run(str(group), "--seconds", "4", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    states = {row["learner"]: row["tasks"]["mul_backward"] for row in found["learners"]}
    assert states == {
        "<b>&cy": "wrong", "a": "missing", "ada": "solved", "ben": "wrong", "dan": "wrong",
        "eve": "wrong", "fay": "not written",
    }  # fmt: skip
    told = {row["learner"]: row["wrong"].get("mul_backward") for row in found["learners"]}
    assert told["dan"] == "it did not end within 4 seconds: is there an endless loop?"
    assert told["eve"] == "it wrote more than 5 megabytes of files: is there an endless loop?"
    first = found["misconceptions"][0]
    assert first["learners"] == ["<b>&cy", "ben"] and first["answers"] == 5
    assert found["judged"] == 7 and not found["interrupted"]
    check_table(tmp_path / "classroom" / "results.csv")
    check_page((tmp_path / "classroom" / "results.html").read_text("utf-8"))


def check_table(path):
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["learner", "solved", "mul_backward", "hunt_sign", "problem"]
    fay = rows[-1]
    assert (fay["learner"], fay["solved"], fay["hunt_sign"]) == ("fay", "1", "solved")
    assert [row["problem"] for row in rows if row["learner"] == "a"] == [
        "it cannot be read: File is not a zip file. Ask for it again."
    ]


def check_page(page):
    assert "<b>" not in page and "&lt;b&gt;&amp;cy" in page
    assert "<td>2 of 5</td><td>8.2 mul_backward</td>" in page
    assert "http" not in page  # it works offline


def count_judged(monkeypatch):
    """Return a list that gets the learners whose answers are judged from now on."""
    judged = []
    judge_many = class_results.judge_many

    def note(answers, seconds):
        judged.extend(answer.learner for answer in answers)
        return judge_many(answers, seconds)

    monkeypatch.setattr(class_results, "judge_many", note)
    return judged


@pytest.mark.slow
def test_only_what_has_changed_is_judged_again(folder, monkeypatch):
    judged = count_judged(monkeypatch)
    for name in ("ada", "ben", "cy"):
        put(folder / name / NAME, MUL.solution)
    put(folder / "dan" / NAME, wrong(1))
    assert run(str(folder)).exit_code == 0
    assert judged == ["ada", "dan"]  # equal answers are judged once
    before = Path("classroom/results.csv").read_text()
    assert run(str(folder)).exit_code == 0
    assert judged == ["ada", "dan"] and Path("classroom/results.csv").read_text() == before
    put(folder / "ben" / NAME, wrong(2))
    assert run(str(folder)).exit_code == 0
    assert judged == ["ada", "dan", "ben"]
    monkeypatch.setattr(KnownVerdicts, "key", lambda self, answer, seconds: answer.learner)
    Path("classroom/judged.json").write_text("[1]")  # damaged: all is judged again
    assert run(str(folder)).exit_code == 0
    assert judged[3:] == ["ada", "ben", "cy", "dan"]


@pytest.mark.slow
def test_an_interrupt_keeps_what_was_judged(folder, monkeypatch):
    put(folder / "ada" / NAME, MUL.solution)
    put(folder / "ben" / NAME, wrong(1))

    def interrupted(answers, seconds):
        yield from judge_many(answers[:1], seconds)
        raise KeyboardInterrupt

    judge_many = class_results.judge_many
    monkeypatch.setattr(class_results, "judge_many", interrupted)
    first = run(str(folder))
    assert first.exit_code == 130
    assert "Interrupted: 1 of 2 files were checked, and that is kept." in first.stderr
    assert Path("classroom/results.csv").read_text().splitlines()[1:] == [
        "ada,1,solved,", "ben,0,not judged,",
    ]  # fmt: skip
    monkeypatch.setattr(class_results, "judge_many", judge_many)
    judged = count_judged(monkeypatch)
    assert run(str(folder)).exit_code == 0
    assert judged == ["ben"]


def test_files_of_somebody_else_are_not_overwritten(folder):
    flat(folder)
    put(Path("classroom") / "results.csv", "mine")
    result = run(str(folder))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "results.csv already exists. Use --force to overwrite it." in result.stderr
    assert Path("classroom/results.csv").read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("class", "class has no submission. Put a folder or a zip file of each learner into it."),
        ("nowhere", "error: cannot read 'nowhere': No such file or directory."),
        ("file", "error: cannot read 'file': Not a directory."),
    ],
)
def test_a_folder_that_is_no_class(folder, name, said):
    put(Path("file"), "")
    result = run(name)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert not Path("classroom").exists()


def test_a_file_that_cannot_be_read_has_a_verdict(folder, tmp_path, monkeypatch):
    """The file is gone after it was found, so that even root cannot read it."""
    flat(folder)
    results = Results(read_submissions(folder, tmp_path, tmp_path / "out"))
    (folder / "a" / NAME).unlink()
    list(judge_class(results, KnownVerdicts(tmp_path / "judged.json"), 10))
    (verdict,) = results.verdicts.values()
    assert verdict.why == "it cannot be read: No such file or directory. Check the file."


def test_no_cell_is_a_formula():
    cells = ["=1+1", "+a", "-a", "@a", "ada", ""]
    assert [as_text(cell) for cell in cells] == ["'=1+1", "'+a", "'-a", "'@a", "ada", ""]


@pytest.mark.slow
@pytest.mark.skipif(not INSTALLED, reason="needs a browser, playwright and axe")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_page(group, tmp_path, scheme, browser):
    from axe_core_python.sync_playwright import Axe

    run(str(group), "--seconds", "2")
    page = browser.new_page(color_scheme=scheme, viewport={"width": 390, "height": 800})
    page.goto((tmp_path / "classroom" / "results.html").as_uri())
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    found = Axe().run(page)["violations"]
    width = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    assert [each["id"] for each in found] == []
    assert width <= 390


# ------------------------------------------------------------------------------------- the guides

GUIDES = Path(__file__).parents[1] / "docs" / "how-to"
PLAN = (GUIDES / "plan_five_lessons.md").read_text(encoding="utf-8")
RECIPES = (GUIDES / "teach_a_class.md").read_text(encoding="utf-8")


def test_a_task_of_the_plan_exists_and_belongs_to_its_meeting():
    for meeting in PLAN.split("\n## ")[2:7]:
        numbers = re.search(r"Lessons (\d+) to (\d+)(?:, and (\d+))?", meeting)
        first, last, more = (int(number or 0) for number in numbers.groups())
        row = next(line for line in meeting.splitlines() if line.startswith("| 20 |"))
        lessons = [find_task(name).lesson for name in re.findall(r"`(\w+)`", row)]
        assert all(first <= lesson <= last or lesson == more for lesson in lessons), meeting[:40]
        minutes = map(int, re.findall(r"^\| (\d+) \|", meeting, re.MULTILINE))
        assert sum(minutes) == 45


def test_the_plan_counts_parameters_right():
    from micrograd import MLP

    expression, count = re.search(r"has (MLP\(.*?\))\? .* is (\d+)\.", PLAN).groups()
    assert len(eval(expression, {"MLP": MLP}).parameters()) == int(count)


@pytest.mark.slow
@pytest.mark.parametrize("written", [True, False])
def test_the_notebook_for_nbgrader_judges_each_answer(tmp_path, monkeypatch, written):
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    monkeypatch.chdir(tmp_path)
    (program,) = re.findall(r"^```python\n(.*?)^```$", RECIPES, re.DOTALL | re.MULTILINE)
    exec(program, {})
    notebook = nbformat.read("assignment.ipynb", 4)
    tests = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    assert len(tests) >= 5 and all(cell.metadata.nbgrader.locked for cell in tests)
    place = next(i for i, cell in enumerate(notebook.cells) if "mul_backward.py" in cell.source)
    notebook.cells = notebook.cells[place : place + 2]
    if written:
        notebook.cells[0].source = f"%%writefile mul_backward.py\n{MUL.solution}"
        nbclient.execute(notebook)
    else:
        with pytest.raises(nbclient.exceptions.CellExecutionError, match="not written yet"):
            nbclient.execute(notebook)


def test_the_workflow_for_github_names_each_step_the_same():
    (workflow,) = re.findall(r"```yaml\n(.*?)```", RECIPES, re.DOTALL)
    (step,) = re.findall(r"id: (.*)", workflow)
    assert f"{step.upper()}_RESULTS" in workflow and f"steps.{step}.outputs" in workflow
    assert re.findall(r"runners: (.*)", workflow) == [step]
    (command,) = re.findall(r"command: micrograd (.*)", workflow)
    assert find_task(command.split()[2]) == MUL


def no_verdicts(answers, seconds):
    """Judge nothing, as if the answers were none."""
    yield from ()


def test_a_place_in_which_nothing_can_be_written(folder):
    flat(folder)
    put(Path("file"), "")
    result = run(str(folder), "--out", "file")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "error: cannot write to 'file/results.csv': Not a directory. Name another place.\n"
    )


def test_a_disk_that_fills_up_while_answers_are_judged(folder, monkeypatch):
    flat(folder)
    full = mock.Mock(side_effect=OSError(28, "No space left on device"))
    monkeypatch.setattr(class_results, "judge_many", no_verdicts)
    monkeypatch.setattr(files, "write", full)
    result = run(str(folder))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.lstrip() == (
        "error: cannot write to 'classroom': No space left on device. Name another place.\n"
    )


def test_verdicts_are_saved_from_time_to_time(tmp_path, monkeypatch):
    monkeypatch.setattr(class_results, "SAVE_EVERY", 2)
    known = KnownVerdicts(tmp_path / "judged.json")
    verdict = judge.Verdict((running.Finding("it runs"),))
    known.add("a", verdict)
    assert not known.path.exists()
    known.add("b", verdict)
    assert KnownVerdicts(known.path).verdicts == {"a": verdict, "b": verdict}
