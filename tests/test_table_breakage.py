"""Tables that break: whatever is wrong with a file, a column or a row, there is one sentence.

Rule: each row is a file as bytes and what is said of it. A sentence is exit code 2 and `error: `,
with no traceback, nothing on standard output, and no file left.
"""

import gzip
import os
import shutil
from pathlib import Path

import pytest

from micrograd.cli import app
from tests.support.commands import CliRunner

pytestmark = pytest.mark.slow

GOOD = [f"{i}.5,{'red' if i % 2 else 'blue'},{'ab'[i % 3 > 1]}" for i in range(60)]
CELL = 10_000_000 * "z"
DATED = [(i, f"2021-01-{i % 28 + 1:02}") for i in range(60)]


def lines_of(*rows, header="x,colour,y", end="\n"):
    return end.join([header, *rows, ""]).encode()


def changed(line, row):
    """The good rows, with another one on that line of the file."""
    rows = list(GOOD)
    rows[line - 2] = row
    return lines_of(*rows)


@pytest.fixture(autouse=True)
def own_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setenv("NO_COLOR", "1")


def run(*arguments):
    done = CliRunner().invoke(app.app, [*map(str, arguments)], prog_name="micrograd")
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def sentence(done):
    """Return the one sentence that an error is."""
    assert (done.exit_code, done.stdout) == (2, ""), done.output
    assert done.stderr.count("error: ") == 1
    assert done.stderr.count("\n") == 1
    return done.stderr.removeprefix("error: ").strip()


TRAIN = ["--target", "y", "--layers", "2", "--epochs", "2"]

# fmt: off
NO_TABLES = {  # name: (the file's name, its content, what is said of it)
    "empty":             ("t.csv", b"", "t.csv is empty. Write a line with the names"),
    "blank lines":       ("t.csv", b"\n\r\n  \n", "t.csv is empty."),
    "a header alone":    ("t.csv", b"x,colour,y\n", "t.csv has a line of names but no rows."),
    "one row":           ("t.csv", lines_of(GOOD[0]), "Only 1 row has a value for 'y'."),
    "four rows":         ("t.csv", lines_of(*GOOD[:4]), "Only 4 rows have a value for 'y'."),
    "no answers":        ("t.csv", lines_of(*["1,red,"] * 9), "Only 0 rows have a value for 'y'."),
    "one class":         ("t.csv", lines_of(*["1,red,a", "2,blue,a"] * 9),
                          "The target 'y' is 'a' in every"),
    "all missing":       ("t.csv", lines_of(*[",NA,a", "?,,b"] * 9),
                          "No column is left to predict 'y' from."),
    "no such column":    ("t.csv", lines_of(*GOOD, header="x,colour,Y1"), "Did you mean 'Y1'?"),
    "a short row":       ("t.csv", changed(30, "1,red"),
                          "t.csv, line 30 has 2 cells but the first line has 3."),
    "a long row":        ("t.csv", changed(30, "1,red,a,"), "t.csv, line 30 has 4 cells"),
    "a long header":     ("t.csv", lines_of(*GOOD, header="x,colour,y,"),
                          "line 2 has 3 cells but the first line"),
    "an open quote":     ("t.csv", changed(30, '1,"red,a'),
                          "the row that begins on line 30 cannot be read"),
    "a quote inside":    ("t.csv", changed(30, '1,"re"d",a'),
                          "the row that begins on line 30 cannot be read"),
    "a cell of 10 MB":   ("t.csv", changed(30, f"1,{CELL},a"),
                          "the row that begins on line 30 cannot be read"),
    "a NUL byte":        ("t.csv", changed(30, "1,r\0d,a"),
                          "t.csv, line 30 has a NUL byte, which no text can have."),
    "Latin-1":           ("t.csv", changed(30, "1,grün,a").decode().encode("latin-1"),
                          "line 30: the text is not UTF-8."),
    "UTF-16, no mark":   ("t.csv", lines_of(*GOOD).decode().encode("utf-16-le"),
                          "line 1 has a NUL byte"),
    "half a UTF-16":     ("t.csv", b"\xff\xfea\0b", "t.csv, line 1: the text is not UTF-8."),
    "a picture":         ("t.csv", b"\x89PNG\r\n\x1a\n\0\0",
                          "t.csv, line 1: the text is not UTF-8."),
    "cut gzip":          ("t.csv.gz", gzip.compress(lines_of(*GOOD))[:-20],
                          "cannot be unpacked, because the gzip file is damaged"),
    "no gzip at all":    ("t.csv", b"\x1f\x8bnonsense",
                          "the gzip file is damaged or cut off. Pack it again."),
    "a spreadsheet":     ("t.xlsx", b"PK\3\4",
                          "t.xlsx is a spreadsheet, and only CSV is read. Save its sheet as"),
    "OpenDocument":      ("t.ODS", b"PK\3\4", "t.ODS is a spreadsheet"),
    "JSON":              ("t.json", b"[]",
                          "pandas.read_json('t.json').to_csv('t.csv', index=False)"),
    "JSON lines":        ("t.jsonl", b"{}",
                          "pandas.read_json('t.jsonl', lines=True).to_csv('t.csv'"),
    "Parquet":           ("t.parquet", b"PAR1", "pandas.read_parquet('t.parquet').to_csv('t.csv'"),
    "a text":            ("t.txt", b"a rose", "t.txt has the name of a text"),
    "dates to predict":  ("t.csv", lines_of(*[f"{i}.5,red,{day}" for i, day in DATED]),
                          "The target 'y' has dates, which cannot be predicted."),
    "too many classes":  ("t.csv", lines_of(*[f"{i}.5,red,n{i}" for i in range(60)]),
                          "has 60 classes, but a"),
}
FINE = {  # name: (the file's name, its content): tables that are read all the same
    "BOM":               ("t.csv", b"\xef\xbb\xbf" + lines_of(*GOOD)),
    "CRLF":              ("t.csv", lines_of(*GOOD, end="\r\n")),
    "CR":                ("t.csv", lines_of(*GOOD, end="\r")),
    "no last newline":   ("t.csv", lines_of(*GOOD).rstrip()),
    "quotes":            ("t.csv", changed(30, '"1.5","re""d","a"')),
    "newlines in cells": ("t.csv", changed(30, '1.5,"re\nd\r\n",a')),
    "100 kB in a cell":  ("t.csv", changed(30, f"1.5,{'z' * 100_000},a")),
    "UTF-16":            ("t.csv", lines_of(*GOOD).decode().encode("utf-16")),
    "gzip":              ("t.csv.gz", gzip.compress(lines_of(*GOOD))),
    "tabs":              ("t.tsv", lines_of(*GOOD, end="\n").replace(b",", b"\t")),
    "pipes":             ("t.psv", lines_of(*GOOD).replace(b",", b"|")),
    "semicolons":        ("t.CSV", lines_of(*GOOD).replace(b",", b";").replace(b".", b",")),
    "a suffix of its own": ("t.data", lines_of(*GOOD)),
    "one odd cell":      ("t.csv", changed(30, "many,red,a")),
    "infinite":          ("t.csv", changed(30, "1e999,red,a")),
    "huge":              ("t.csv", changed(30, "1e308,red,a")),
    "dates":             ("t.csv", lines_of(*[f"{day},red,{'ab'[i % 2]}" for i, day in DATED])),
    "names twice":       ("t.csv", lines_of(*GOOD, header="x,x,y")),
    "names that quote":  ("t.csv", lines_of(*GOOD, header='"x""\n[b]",colour,y')),
    "markup":            ("t.csv", changed(30, "1.5,[/red][bold],a")),
}
# fmt: on


@pytest.mark.parametrize("name, content, words", NO_TABLES.values(), ids=NO_TABLES)
def test_what_is_no_table_is_one_sentence(name, content, words):
    Path(name).write_bytes(content)
    assert words in sentence(run("train", name, *TRAIN))
    assert os.listdir() == [name]


@pytest.mark.no_cover
@pytest.mark.parametrize("name, content", FINE.values(), ids=FINE)
def test_what_is_read_all_the_same(name, content):
    Path(name).write_bytes(content)
    done = run("train", name, *TRAIN)
    assert done.exit_code == 0, done.output
    done = run("predict", "micrograd-t", name, "-o", "p.csv")
    assert done.exit_code == 0, done.output
    assert Path("p.csv").stat().st_size > 0


@pytest.fixture(scope="module")
def trained_folder(tmp_path_factory):
    """Return a folder with a model of the good rows, trained once for all tests."""
    folder = tmp_path_factory.mktemp("trained")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        Path("t.csv").write_bytes(lines_of(*GOOD))
        assert run("train", "t.csv", *TRAIN).exit_code == 0
    return folder / "micrograd-t"


# fmt: off
NEW_ROWS = {  # name: (the new table, what is said of it; "" where nothing is)
    "the same":          (lines_of(*GOOD), "60 rows with an answer: accuracy"),
    "no answers":        (lines_of("1,red,", "2,blue,"), ""),
    "no such column":    (lines_of("1,red", header="x,colour"), ""),
    "reordered":         (lines_of("a,red,7.5", header="y,colour,x"),
                          "1 row with an answer: accuracy"),
    "an extra one":      (lines_of("1,red,a,9", header="x,colour,y,z"), "1 row with an answer"),
    "one row, missing":  (lines_of(",,", header="x,colour,y"),
                          "1 missing value (line 2) filled in with"),
    "unknown category":  (lines_of("1,green,a"), "'green' (line 2) is not among the 2 categories"),
    "answers to come":   (lines_of("1,red,soon", "2,blue,soon"), ""),
    "unknown class":     (lines_of("1,red,c", "2,red,a"),
                          "'c' (line 2) is not among the 2 classes of the training"),
    "decimal commas":    (b"x;colour;y\n0,5;red;a\n",
                          "commas were read as decimal points, as in 0,5."),
    "an odd cell":       (lines_of("1,red,a", "many,red,a"),
                          "'many' is not a number, but 50 % of the"),
    "BOM and CRLF":      (b"\xef\xbb\xbfx,colour,y\r\n1,red,a\r\n", "1 row with an answer"),
}
NO_NEW_ROWS = {
    "missing":           (lines_of("1,a", header="x,y"),
                          "lacks columns that the model was trained on: 'colour'."),
    "renamed":           (lines_of("1,red", header="X,color"),
                          "'x' (is it 'X'?), 'colour' (is it 'color'?)."),
    "no header":         (b"1,2\n3,4\n",
                          "(The first line has only numbers, so it was read as data.)"),
    "no number at all":  (lines_of("many,red,a"),
                          "Column 'x' has no cell that is a number, as in the table of"),
    "empty":             (b"", "is empty."),
    "a header alone":    (b"x,colour,y\n", "has a line of names but no rows."),
    "a NUL byte":        (b"x,colour\n1,\0\n", "line 2 has a NUL byte"),
    "Latin-1":           (b"x,colour\n1,gr\xfcn\n", "line 2: the text is not UTF-8."),
    "a cell of 10 MB":   (f"x,colour\n1,{CELL}\n".encode(),
                          "the row that begins on line 2 cannot be read"),
}
# fmt: on


@pytest.mark.parametrize("content, words", NEW_ROWS.values(), ids=NEW_ROWS)
def test_new_rows(trained_folder, content, words):
    Path("new.csv").write_bytes(content)
    done = run("predict", trained_folder, "new.csv")
    assert done.exit_code == 0, done.output
    assert words in done.stdout
    assert words or "note" not in done.stdout


@pytest.mark.parametrize("content, words", NO_NEW_ROWS.values(), ids=NO_NEW_ROWS)
def test_what_are_no_new_rows(trained_folder, content, words):
    Path("new.csv").write_bytes(content)
    assert words in sentence(run("predict", trained_folder, "new.csv"))
    assert os.listdir() == ["new.csv"]


def test_names_that_are_numbers_are_found_again():
    rows = [f"{i % 7},{i % 5},{'ab'[i % 2]}" for i in range(60)]
    Path("t.csv").write_bytes(lines_of(*rows, header="0,1,kind"))
    assert run("train", "t.csv", "--target", "kind", *TRAIN[2:]).exit_code == 0
    Path("new.csv").write_bytes(b"0,1\n1,2\n")
    done = run("predict", "micrograd-t", "new.csv")
    assert done.exit_code == 0, done.output
    header, *rows = Path("predictions.csv").read_text().splitlines()
    assert header == "0,1,prediction,probability"
    assert len(rows) == 1


def test_a_table_without_a_header_is_predicted_without_one():
    Path("t.csv").write_bytes(b"".join(b"%d.5,%d.5,%d.25\n" % (i % 7, i % 5, i) for i in range(60)))
    assert run("train", "t.csv", "--target", "column3", *TRAIN[2:]).exit_code == 0
    Path("new.csv").write_bytes(b"1.5,2.5\n3.5,4.5\n")
    assert run("predict", "micrograd-t", "new.csv").exit_code == 0
    assert len(Path("predictions.csv").read_text().splitlines()) == 3


def test_amounts_to_come_are_not_scored():
    Path("t.csv").write_bytes(b"x,y\n" + b"".join(b"%d.5,%d.25\n" % (i % 7, i) for i in range(60)))
    assert run("train", "t.csv", *TRAIN).exit_code == 0
    for answers, is_scored in (((b"soon", b"soon"), False), ((b"1.5", b"2.5"), True)):
        Path("new.csv").write_bytes(b"x,y\n1.5,%s\n2.5,%s\n" % answers)
        done = run("predict", "micrograd-t", "new.csv")
        assert done.exit_code == 0, done.output
        assert ("2 rows with an answer" in done.stdout) == is_scored
        assert "soon" not in done.stdout


def test_codes_come_back_as_they_were():
    rows = [f"{i % 7},{['001', '010'][i % 2]}" for i in range(60)]
    Path("t.csv").write_bytes(lines_of(*rows, header="x,y"))
    assert run("train", "t.csv", *TRAIN).exit_code == 0
    assert run("predict", "micrograd-t", "t.csv").exit_code == 0
    _, *rows = Path("predictions.csv").read_text().splitlines()
    assert {row.split(",")[2] for row in rows} <= {"001", "010"}


def test_a_failed_run_leaves_no_folder_and_keeps_an_old_one(trained_folder):
    Path("t.csv").write_bytes(b"x,y\n1,2\n")
    Path("empty").mkdir()
    old = shutil.copytree(trained_folder, "old")
    files = sorted(os.listdir(old))
    for folder in ("new", "empty", "old"):
        done = run("train", "t.csv", *TRAIN, "--out", folder)
        assert "Only 1 row has a value for 'y'." in sentence(done)
    assert sorted(os.listdir()) == ["empty", "old", "t.csv"]
    assert sorted(os.listdir("old")) == files
