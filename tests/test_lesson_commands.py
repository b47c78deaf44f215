"""Tests of `micrograd learn`, which lists and prints lessons and writes notebooks and pages.

Rule: no file of a learner is overwritten, and every file that is written is opened and read.
"""

import io
import itertools
import json
import re

import nbformat
import pytest
from rich.console import Console

from micrograd import draw, trace
from micrograd.cli import learn
from micrograd.cli.app import app
from micrograd.course import (
    check_guess,
    lesson,
    notebook,
    page,
    presets,
    progress,
    reading,
    terminal,
)
from tests.support.commands import CliRunner, Terminal

FIVE = lesson.find_lesson(5)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Give each test a home of its own, so that the tester's stays untouched."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path


def run(*arguments, columns=100):
    return CliRunner().invoke(app, ["learn", *arguments], env={"COLUMNS": str(columns)})


# -------------------------------------------------------------------------------- in a terminal


def test_the_list_marks_lessons_that_were_read():
    before = run()
    assert before.exit_code == 0
    line = next(x for x in before.stdout.splitlines() if "a simple expression" in x)
    assert line.split()[0] == "5" and "32:10 to 51:10" in line
    assert not line.rstrip().endswith("yes")
    assert run("5").exit_code == 0
    line = next(x for x in run().stdout.splitlines() if "a simple expression" in x)
    assert line.rstrip().endswith("yes")


@pytest.mark.parametrize("columns", [40, 60, 80])
def test_a_picture_in_a_terminal_keeps_its_numbers(columns):
    root = presets.softmax()
    root.backward()
    cell = lesson.Cell(True, "draw(y)", returned=draw(root))
    screen = Console(file=io.StringIO(), width=columns)
    screen.print(terminal.render_cell(cell, columns))
    said = screen.file.getvalue()
    assert "…" not in said and said.count("grad") == len(trace(root)[0])


@pytest.mark.parametrize("columns", [60, 100])
def test_a_lesson_in_a_terminal(columns):
    said = run("5", columns=columns).stdout
    assert max(map(len, said.splitlines())) <= columns
    assert "Backpropagation by hand" in said
    assert "d.grad = L.grad * f.data" in said
    assert "-6.0 4.0 -8.0" in said  # what that prints
    assert "└── f data -2.0000  grad 4.0000" in said  # the picture


def test_a_difference_is_coloured(monkeypatch):
    """New lines are green and lines that are gone red, in a terminal and on a page."""
    cell = lesson.Cell(True, "print(difference(3))", "  a\n- b < c\n+ d\n")
    assert "<del>- b &lt; c</del>\n<ins>+ d</ins>" in page.as_html(cell)
    assert "<ins>" not in page.as_html(lesson.Cell(True, "x", "+ 1\nand more\n"))
    screen = Console(file=io.StringIO(), force_terminal=True, color_system="standard")
    screen.print(terminal.render_cell(cell, 80))
    assert "\x1b[31m- b < c\x1b[0m" in screen.file.getvalue()
    assert "\x1b[32m+ d\x1b[0m" in screen.file.getvalue()


def test_no_color_turns_colours_off(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[3" not in run("5").stdout


def test_a_lesson_that_is_not_there():
    result = run("99")
    assert result.exit_code == 2
    assert "There is no lesson 99" in result.stderr


@pytest.mark.parametrize("option", ["--html", "--notebook"])
def test_writing_needs_a_number(option):
    result = run(option)
    assert result.exit_code == 2
    assert "Write its number, or --all." in result.stderr


def test_long_lines_are_wrapped_and_pictures_cut():
    said = run("4", columns=60).stdout.replace(" ", "").replace("\n", "")
    for cell in lesson.find_lesson(4).cells:
        if cell.code and not cell.tag:
            assert "".join(cell.text.split()) in said


WITHOUT_A_PACKAGE = {  # what is asked for: a text that comes all the same, on standard output
    "5": "d.grad = L.grad * f.data",
    "5 --json": "d.grad = L.grad * f.data",
    "5 --no-pager": "d.grad = L.grad * f.data",
    "5 --notebook": "wrote 05_backpropagation_by_hand.ipynb",
    "5 --html --json": "05_backpropagation_by_hand.html",
    "--all --html": "wrote index.html",
}


@pytest.mark.parametrize("line", WITHOUT_A_PACKAGE)
def test_a_missing_package_is_an_error_at_the_end(line, monkeypatch, tmp_path):
    """The text is shown, nothing is run, and the exit code says that it was not."""
    monkeypatch.chdir(tmp_path)
    two = lesson.lessons()[3:5]
    monkeypatch.setattr(lesson, "lessons", lambda: two)
    monkeypatch.setattr(terminal, "find_spec", lambda name: None)
    monkeypatch.setattr(lesson.Lesson, "needs", ["torch"])
    result = run(*line.split())
    assert result.exit_code == 2
    assert WITHOUT_A_PACKAGE[line] in result.stdout and "-6.0 4.0" not in result.stdout
    assert "lesson 5 " in result.stderr and "was shown but not run" in result.stderr
    assert result.stderr.rstrip().endswith("Run: pip install 'micrograd[torch]'")


@pytest.mark.slow
def test_plots_are_drawn_or_told():
    from matplotlib.figure import Figure

    from micrograd import MLP, draw

    figure = Figure()
    assert "--html" in terminal.as_text(draw(MLP(2, [1])))  # it is no graph
    assert terminal.as_text(figure, "the loss falls") == "(the loss falls)"
    assert "--html" in terminal.as_text(figure)
    figure.subplots().plot([1, 2])
    assert terminal.as_text(figure, "it rises", 60).endswith("(it rises)")
    assert max(map(len, terminal.as_text(figure, "", 60).splitlines())) <= 60
    assert terminal.as_text(None) == ""
    assert terminal.as_text(2.5) == "2.5"


def plain(text):
    return re.sub(r"[*`\\]", "", text)


def test_answers_are_folded_to_the_end():
    """Above what asks, no answer stands; a check that a reader need not see is not shown."""
    said = run("5", columns=2000).stdout
    solution = next(cell.text for cell in FIVE.cells if cell.tag == "solution").splitlines()[-1]
    answers = said.index("Answers")
    assert said.index("Recap") < answers < said.index(solution)
    shown = json.loads(run("5", "--json").stdout)
    cells = json.dumps(shown["cells"], ensure_ascii=False)
    for question in FIVE.questions:
        assert said.index(plain(question.text)) < answers < said.index(plain(question.why))
        assert plain(question.text) in plain(cells) and plain(question.why) not in plain(cells)
    assert "ask(" not in said and solution not in cells
    assert [each["answer"] for each in shown["answers"]] == [each.answer for each in FIVE.questions]
    assert len(shown["solutions"]) == 1


@pytest.mark.parametrize("line", ["--all --no-pager", "5 --json", "5 --html", "5 --notebook"])
def test_only_a_lesson_that_was_shown_counts_as_read(line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    two = lesson.lessons()[3:5]
    monkeypatch.setattr(lesson, "lessons", lambda: two)
    assert run(*line.split()).exit_code == 0
    assert progress.read().read == set()


def test_a_home_that_cannot_be_written_is_ignored(home):
    (home / "data").write_text("")
    progress.mark("a_name")
    assert progress.read().read == set()
    assert run("5").exit_code == 0


# --------------------------------------------------------------------------------------- written


def test_a_lesson_is_written_once(tmp_path):
    first = run("5", "--notebook", "--html", "--dir", str(tmp_path / "new"))
    assert first.exit_code == 0
    paths = [tmp_path / "new" / (FIVE.path.stem + end) for end in (".ipynb", ".html")]
    assert all(f"wrote {path}" in first.stdout for path in paths)
    assert "jupyter lab" in first.stdout
    paths[1].write_text("mine")
    second = run("5", "--html", "--dir", str(tmp_path / "new"))
    assert second.exit_code == 2
    assert "already exists. Use --force" in second.stderr
    assert paths[1].read_text() == "mine"
    assert run("5", "--html", "--dir", str(tmp_path / "new"), "--force").exit_code == 0
    assert paths[1].read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    result = run("5", "--html", "--dir", str(tmp_path / "file"))
    assert result.exit_code == 2
    assert "cannot write to" in result.stderr


def test_a_user_without_a_home(monkeypatch):
    """Path.home() raises RuntimeError where no file of the system knows the user."""

    def no_home():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setattr(progress.Path, "home", no_home)
    assert run().exit_code == run("5").exit_code == 0
    assert progress.read().read == set()


def test_a_notebook_has_the_outputs_and_is_the_same_every_time():
    text = notebook.render_notebook(FIVE, FIVE.run())
    found = nbformat.reads(text, as_version=4)
    nbformat.validate(found)
    assert nbformat.writes(found, version=nbformat.NO_CONVERT) + "\n" == text
    cells = [cell for cell in found.cells if cell.cell_type == "code"]
    assert "-6.0 4.0 -8.0\n" in [
        out.text for cell in cells for out in cell.outputs if "text" in out
    ]
    (picture,) = [cell for cell in cells if cell.source.endswith("draw(picture)")]
    assert "image/svg+xml" in picture.outputs[0].data
    assert text == notebook.render_notebook(FIVE, FIVE.run())


def test_a_notebook_asks_and_hides_what_answers():
    """A cell for each guess, an empty one above each solution, and no output that gives it away."""
    found = nbformat.reads(notebook.render_notebook(FIVE, FIVE.run()), as_version=4).cells
    sources = [cell.source for cell in found]
    assert "%pip install" in sources[1] and not found[1].outputs
    for question in FIVE.questions:
        (place,) = [
            i for i, text in enumerate(sources) if f"check_guess(5, {question.name!r}" in text
        ]
        assert question.text in sources[place - 1].replace("> ", "")
        assert sources[place + 1].startswith("<details>") and question.why in sources[place + 1]
        below = itertools.takewhile(lambda cell: "## " not in cell.source, found[place:])
        assert not any(cell.get("outputs") for cell in below)
    (solution,) = [i for i, text in enumerate(sources) if text.startswith("# @title Solution")]
    assert sources[solution - 1] == notebook.TRY and not found[solution].outputs
    assert found[solution].metadata["jupyter"] == {"source_hidden": True}


REPLIES = {  # what is typed into the cell of the first question of lesson 5: the reply
    "8": "Right. While",
    "8x": "Right. While",
    6: "You added 4 and 2.",
    8.0: "Right. While",
    "walk": "Type a number, such as 4, -0.5 or 1/2.",
}


@pytest.mark.parametrize(("guess", "reply"), REPLIES.items())
def test_a_guess_is_checked_in_a_notebook(guess, reply):
    told = check_guess(5, "car", guess)
    assert told.startswith(reply) and told._repr_markdown_() == repr(told) == told
    kept = progress.read().guesses.get(("backpropagation_by_hand", "car"))
    assert (kept is None) == (guess == "walk")


@pytest.mark.parametrize(("lesson", "question"), [(5, "cars"), (99, "car"), ("none", "car")])
def test_a_guess_at_nothing_is_an_error(lesson, question):
    with pytest.raises(ValueError, match=r"Did you mean car\?|There is no lesson"):
        check_guess(lesson, question, 8)


@pytest.mark.slow
@pytest.mark.parametrize("one", lesson.lessons(), ids=lambda one: one.path.stem)
def test_a_notebook_runs_in_jupyter(one):
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    for name in one.needs:
        pytest.importorskip(name)
    found = nbformat.reads(notebook.render_notebook(one, one.cells), as_version=4)
    nbclient.NotebookClient(found, timeout=120, kernel_name="python3").execute()
    told = [cell.outputs for cell in found.cells if cell.cell_type == "code"]
    assert not [out for outputs in told for out in outputs if out.output_type == "error"]


def test_a_page_is_whole():
    text = page.render_page(FIVE, FIVE.run())
    headings = re.findall(r"<h2>(.*?)</h2>", text)
    assert [each for each in headings if each in lesson.SECTIONS] == list(lesson.SECTIONS)
    assert '<pre class="output" tabindex="0">-6.0 4.0 -8.0</pre>' in text
    assert "<iframe srcdoc=" in text
    assert not re.search(r"<(script|link)|src=\"http", text.partition("<iframe")[0])


def test_outputs_of_all_kinds():
    from matplotlib.figure import Figure

    cell = lesson.run_cell(lesson.Cell(True, "x = 3\nprint('<b>')\nx"), {}, "here")
    assert (cell.printed, cell.returned) == ("<b>\n", 3)
    assert "&lt;b&gt;" in page.as_html(cell) and ">3</pre>" in page.as_html(cell)
    plot = lesson.Cell(True, "figure", returned=Figure())
    assert "data:image/png;base64," in page.as_html(plot)
    assert "image/png" in notebook.as_json(plot)["outputs"][0]["data"]
    nothing = lesson.run_cell(lesson.Cell(True, "# nothing"), {}, "here")
    assert (nothing.printed, nothing.returned) == ("", None)


def test_pages_of_several_lessons_link_to_each_other(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    three = lesson.lessons()[3:6]
    monkeypatch.setattr(lesson, "lessons", lambda: three)
    assert run("--all", "--html", "--dir", "pages").exit_code == 0
    names = [each.path.stem for each in three]
    pages = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "pages").iterdir()}
    assert sorted(pages) == sorted(["index.html", *(f"{name}.html" for name in names)])
    links = {name: re.findall(r'<a href="([^"]+\.html)">', text) for name, text in pages.items()}
    assert links["index.html"] == [f"{name}.html" for name in names]
    middle = [f"{names[0]}.html", "index.html", f"{names[2]}.html"]
    assert links[f"{names[1]}.html"] == middle * 2  # above and below
    assert all(target in pages for targets in links.values() for target in targets)


def test_an_index_is_not_overwritten(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "index.html").write_text("mine")
    result = run("--all", "--html")
    assert result.exit_code == 2
    assert "index.html already exists. Use --force" in result.stderr
    assert [path.name for path in tmp_path.iterdir() if path.name != "data"] == ["index.html"]


def test_a_lesson_is_found_by_its_name():
    assert lesson.find_lesson("the_value_object").number == 4
    assert lesson.find_lesson("05") == lesson.find_lesson(5) == FIVE


def test_on_a_terminal_one_lesson_waits_for_its_reader(monkeypatch):
    waited = []
    screen = Console(file=io.StringIO(), force_terminal=True, width=100)
    monkeypatch.setattr(learn, "Console", lambda highlight: screen)
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr(reading.Reader, "read", lambda reader: waited.append(reader.lesson))
    learn.read_lessons([FIVE], no_pager=False, as_json=False)
    assert waited == [FIVE]
