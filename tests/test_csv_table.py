"""Tables from CSV files: every kind of dirt, what is said of it, and what becomes of it.

Rule: a row is the text of a file, and the note or the sentence that it is to give, word for word.
"""

import json
import math

import numpy as np
import pytest

from micrograd import errors
from micrograd.tables import encoding, messages, notes, target
from micrograd.tables.column import Column
from micrograd.tables.csv_table import read_table
from micrograd.tables.encoding import Encoding, encoding_of
from micrograd.tables.inference import column_of_kind, infer_column
from micrograd.tables.informative import informative_columns
from micrograd.tables.number_format import parse_number
from micrograd.tables.preparation import prepare
from micrograd.tables.split import split
from tests.support.cases import cases


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "t.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def prepared(path, goal="y", task="auto"):
    return prepare(path, goal, task, seed=0)


def lines_of(rows, header="x,y"):
    return "\n".join([header, *rows]) + "\n"


TEN = [f"{i}.5,{i * i}.25" for i in range(10)]  # rows of x,y that nothing is to be said of
NAMED = [f"{i}.5,{'ab'[i % 2]},{i * i}.25" for i in range(160)]  # of x,c,y
FEW = "The scores come from only 2 held-out rows, so treat them as rough."


def changed(rows, **changes):
    """The rows, with others on some lines of the file, as line7="..."."""
    rows = list(rows)
    for line, row in changes.items():
        rows[int(line.removeprefix("line")) - 2] = row
    return rows


# ---------------------------------------------------------------------------------------- reading


@pytest.mark.parametrize(
    "text, names, rows, lines, delimiter",
    [
        ("x,y\n1,2\n", ["x", "y"], [["1", "2"]], [2], ","),
        ("sep=;\r\nx;y\r\n1;2\r\n", ["x", "y"], [["1", "2"]], [3], ";"),
        ("\ufeffx,y\n1,2\n", ["x", "y"], [["1", "2"]], [2], ","),
        ("x;y\n1,5;2,5\n", ["x", "y"], [["1,5", "2,5"]], [2], ";"),
        ("x\ty\n1,5\t2;3\n", ["x", "y"], [["1,5", "2;3"]], [2], "\t"),
        ("x,y\r\n1,2\r\n", ["x", "y"], [["1", "2"]], [2], ","),
        ("x,y\r1,2\r", ["x", "y"], [["1", "2"]], [2], ","),
        ("x,y\n\n  \n1,2\n\n3,4", ["x", "y"], [["1", "2"], ["3", "4"]], [4, 6], ","),
        ('x,y\n"a, b","c ""d"""\n', ["x", "y"], [["a, b", 'c "d"']], [2], ","),
        ('x,y\n"a\nb",2\nc,3\n', ["x", "y"], [["a\nb", "2"], ["c", "3"]], [2, 4], ","),
        (" x , y\n 1,2 \n", ["x", "y"], [[" 1", "2 "]], [2], ","),
        ("größe,都市\n1,東京\n", ["größe", "都市"], [["1", "東京"]], [2], ","),
        ("x\n1\n2\n", ["x"], [["1"], ["2"]], [2, 3], ","),
        ("1,2\n3,4\n", ["column1", "column2"], [["1", "2"], ["3", "4"]], [1, 2], ","),
        ("1,5;2,5\n3,5;4\n", ["column1", "column2"], [["1,5", "2,5"], ["3,5", "4"]], [1, 2], ";"),
    ],
)
def test_what_a_file_holds(write, text, names, rows, lines, delimiter):
    table = read_table(write(text))
    assert (table.names, table.rows, table.lines) == (names, rows, lines)
    assert table.delimiter == delimiter


@pytest.mark.parametrize(
    "text, note",
    [
        (
            "1,2\n3,4\n",
            "The first line has only numbers, so it was read as data. The columns are called "
            "column1 and column2.",
        ),
        (
            "x,y,x\n1,2,3\n",
            ("Column 3 has the name of another column, 'x', so it is called 'x (2)'."),
        ),
        (
            "x,x,x (2)\n1,2,3\n",
            ("Column 2 has the name of another column, 'x', so it is called 'x (3)'."),
        ),
        ("x,,y\n1,2,3\n", "Column 2 has no name, so it is called 'unnamed2'."),
        (
            "5.1,setosa\n4.9,setosa\n",
            "A column is called '5.1', which is a number. If the first line is data, write a line "
            "of names above it.",
        ),
    ],
)
def test_what_is_said_of_a_header(write, text, note):
    assert read_table(write(text)).notes == [note]


@pytest.mark.parametrize(
    "text, words",
    [
        (
            "",
            (
                "{path} is empty. Write a line with the names of the columns and a line for "
                "each row."
            ),
        ),
        (
            "\n \n",
            (
                "{path} is empty. Write a line with the names of the columns and a "
                "line for each row."
            ),
        ),
        ("x,y\n", "{path} has a line of names but no rows. Write a line for each row below it."),
        (
            "x,y\n1,2\n1\n",
            "{path}, line 3 has 1 cell but the first line has 2. Put quotation marks around a "
            "cell that contains a delimiter.",
        ),
        (
            'x,y\n"1\n",2\n1,2,3\n1,2,3\n',
            "{path}, line 4 has 3 cells but the first line has 2 (1 more lines are like it). Put "
            "quotation marks around a cell that contains a delimiter.",
        ),
        (
            'x,y\n1,2\n"1,2\n3,4\n',
            "{path}: the row that begins on line 3 cannot be read (unexpected end of data). Look "
            'for a quotation mark that is not closed, or that is not doubled ("") inside quotes.',
        ),
        (
            "x,y\n1," + 200_000 * "z",
            "{path}: the row that begins on line 2 cannot be read (field larger than field limit "
            '(131072)). Look for a quotation mark that is not closed, or that is not doubled ("") '
            "inside quotes.",
        ),
        (
            "x,y\n1,Köln\n".encode("latin-1"),
            "{path}, line 2: the text is not UTF-8. Save the table as CSV in UTF-8, which "
            "spreadsheets offer when they save.",
        ),
    ],
)
def test_what_cannot_be_read(write, text, words):
    path = write(text)
    with pytest.raises(errors.TableError) as caught:
        read_table(path)
    assert str(caught.value) == words.format(path=path)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(errors.TableError) as caught:
        read_table(tmp_path / "no.csv")
    assert (
        str(caught.value)
        == f"cannot read '{tmp_path / 'no.csv'}': No such file or directory. Check the path."
    )


@pytest.mark.parametrize(
    "text, found",
    [
        ("1", 1.0),
        ("-1.5e3", -1500.0),
        ("+.5", 0.5),
        ("x", None),
        ("", None),
        ("nan", None),
        ("inf", None),
        ("1e999", None),
        ("1_000", None),
        ("1,5", None),
        ("0x10", None),
        ("12 kg", None),
    ],
)
def test_what_is_a_number(text, found):
    assert parse_number(text) == found


# ---------------------------------------------------------------------------------------- columns


def one(write, cells, header="a;b"):
    """The column of those cells, and what was noted of it."""
    table = read_table(write("\n".join([header, *(f"{cell};." for cell in cells)])))
    return infer_column(table, table.names[0]), table.notes


@pytest.mark.parametrize(
    "cells, kind, found",
    [
        (["1", "2.5", "-3"], "number", [1.0, 2.5, -3.0]),
        (["1,5", "2"], "number", [1.5, 2.0]),
        (["a", "b"], "category", ["a", "b"]),
        (["1.000,5", "2"], "number", [1000.5, 2.0]),
        (
            ["1", "", "?", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", " "],
            "number",
            [1.0, *[None] * 10],
        ),
        (["a", "NA", "none"], "category", ["a", None, "none"]),
        (["", "NA"], "category", [None, None]),
        (["1"] * 9 + ["x"], "number", [1.0] * 9 + [None]),
        (["1"] * 8 + ["x"], "category", ["1"] * 8 + ["x"]),
        (["true", "false"], "category", ["true", "false"]),
    ],
)
def test_kinds_of_columns(write, cells, kind, found):
    assert one(write, cells)[0] == Column("a", kind, found)


@pytest.mark.parametrize(
    "cells, note",
    [
        (
            ["1"] * 99 + ["abc"],
            "Line 101, column 'a': 'abc' is not a number, but 99 % of the column are, so it "
            "counts as missing.",
        ),
        (
            ["1"] * 5 + ["abc"] + ["2"] * 60 + ["d", "e", "f"],
            "Column 'a': 4 cells, such as 'abc', are not numbers (lines 7, 68, 69 and 1 more), "
            "but 94 % of the column are, so they count as missing.",
        ),
        (
            ["1"] * 999 + ["inf"],
            "Line 1001, column 'a': 'inf' is not a number, but 99 % of the column are, so it "
            "counts as missing.",
        ),
        (
            ["a", "7", "b", "8"],
            "Column 'a': 2 of 4 cells are numbers (lines 3 and 5), too few for a column of "
            "numbers, so all cells were read as categories.",
        ),
        (["1,5", "2,5"], "Column 'a': commas were read as decimal points, as in 1,5."),
        (["45%", "50%", "n/a"], "Column 'a': the unit '%' was left out, as in 45%."),
        (
            ["45 kg", "50 g", "n/a"],
            "Column 'a': its texts, such as '45 kg', begin with digits but are not all numbers of "
            "one unit or dates of one format, so they were read as categories. To use them as "
            "amounts, write plain numbers.",
        ),
    ],
)
def test_what_is_said_of_columns(write, cells, note):
    assert one(write, cells)[1] == [note]


def test_commas_between_thousands(write):
    table = read_table(write('a,b\n"1,234.5",.\n"-12,000",.\n7,.\n'))
    assert infer_column(table, "a").cells == [1234.5, -12000.0, 7.0]
    note = "Column 'a': commas were read as separators of thousands, as in 1,234.5."
    assert table.notes == [note]


@pytest.mark.parametrize("cell", ["1,234,56", "1,,5", ","])
def test_commas_that_mean_nothing_between_commas(write, cell):
    table = read_table(write(f'a,b\n"{cell}",.\n'))
    assert infer_column(table, "a").kind == "category"


def test_a_comma_in_a_text_is_no_decimal_point(write):
    table = read_table(write('a,b\n"x, y",.\n' + "1,.\n" * 20))
    infer_column(table, "a")
    assert [note for note in table.notes if "commas" in note] == []


@pytest.mark.parametrize(
    "name, cells, why",
    [
        ("a", ["1", "1", "1"], "every value is '1'"),
        ("a", ["1", "", "1"], "every value is '1'"),
        ("a", ["x", "x", "x"], "every value is 'x'"),
        ("a", ["x", "", "x"], ""),
        ("a", ["", "NA"], "no row has a value there"),
        ("a", ["p", "q", "r"], "all 3 values are different, as in an identifier"),
        ("a", ["p", "", "r"], "all 2 values are different, as in an identifier"),
        ("a", ["p", "q", "p"], ""),
        ("a", ["1", "2", "3"], ""),
        ("ID", ["1", "2", "3"], "all 3 values are different, as in an identifier"),
        ("", ["0", "1", "2"], "all 3 values are different, as in an identifier"),
        ("id", ["1.5", "2", "3"], ""),
        ("id", ["1", "1", "3"], ""),
    ],
)
def test_columns_that_tell_nothing(write, name, cells, why):
    table = read_table(write("\n".join([f"{name};b", *(f"{cell};." for cell in cells)])))
    found = infer_column(table, table.names[0])
    kept = len(table.notes)
    assert bool(informative_columns(table, [found])) == (not why)
    said = [f"Column {found.name!r} was left out: {why}."] if why else []
    assert table.notes[kept:] == said


def test_a_column_of_a_kind_that_is_known(write):
    table = read_table(write("a,b\n1,x\nfoo,2\n"))
    assert column_of_kind(table, "a", "number").cells == [1.0, None]
    assert table.notes == [
        "Line 3, column 'a': 'foo' is not a number, but 50 % of the column are, so it counts as "
        "missing."
    ]
    assert column_of_kind(table, "b", "category").cells == ["x", "2"]


# ------------------------------------------------------------------------------------ whole tables

SOME = "'b' (line 3) is not among the 2 categories of the training rows, and counts as"


@pytest.mark.parametrize(
    "rows, header, said",
    [
        (TEN, "x,y", [FEW]),
        (
            changed(TEN, line4="9,", line7="9,NA"),
            "x,y",
            ["2 rows without 'y' were left out (lines 4 and 7): 'NA' counts as missing.", FEW],
        ),
        (
            changed(TEN, line4="9,"),
            "x,y",
            ["1 row without 'y' was left out (line 4).", FEW],
        ),
        (
            [f"{row},7,k{i}" for i, row in enumerate(TEN)],
            "x,y,one,name",
            [
                "Column 'one' was left out: every value is '7'.",
                ("Column 'name' was left out: all 10 values are different, as in an identifier."),
                FEW,
            ],
        ),
        (
            [f"{x},{y}" for x, y in zip([*"1234"] * 5, [*"01"] * 10)],
            "x,y",
            [
                "The target 'y' has the 2 whole numbers 0 and 1, which were read as classes. Use "
                "--task regress if they are amounts.",
                FEW.replace("2", "4"),
            ],
        ),
        (
            [f"{i % 7},{i}" for i in range(200)],
            "x,y",
            [
                "The target 'y' has 200 different whole numbers, which were read as amounts. Use "
                "--task classify if they are classes."
            ],
        ),
        (
            [f"{i % 7},{'cold' if i else 'hot'}" for i in range(200)],
            "x,y",
            ["The class 'hot' has one row, so it is trained on but not tested."],
        ),
        (
            [f"{i % 7},{['hot', 'warm'][i] if i < 2 else 'cold'}" for i in range(200)],
            "x,y",
            [
                "The classes 'hot' and 'warm' have one row each, so they are trained on but not "
                "tested."
            ],
        ),
    ],
)
def test_what_is_said_of_a_table(write, rows, header, said):
    assert prepared(write(lines_of(rows, header))).table.notes == said


def test_missing_numbers_get_the_mean_of_the_training_rows(write):
    found = prepared(write(lines_of(changed(NAMED, line3=",a,7.5", line9="NA,b,8.5"), "x,c,y")))
    known = [parse_number(found.table.rows[i][0]) for i in found.split.training]
    mean = np.mean([x for x in known if x is not None])
    assert found.table.notes == [
        f"Column 'x': 2 missing values (lines 3 and 9) filled in with {mean:.4g}, the mean of the "
        "training rows."
    ]
    assert found.X[[1, 7], 0].tolist() == [0.0, 0.0]


def test_missing_categories_get_one_of_their_own(write):
    rows = [f"{i}.5,{['a', 'b', ''][i % 3]},{i * i}.25" for i in range(150)]
    found = prepared(write(lines_of(rows, "x,c,y")))
    assert found.table.notes == [
        "Column 'c': 50 missing values (lines 4, 7, 10 and 47 more) became a category of their "
        "own, '(missing)'."
    ]
    assert found.encoding.features[1].categories == ["(missing)", "a", "b"]
    assert found.X[:3, 1:].tolist() == [[0, 1, 0], [0, 0, 1], [1, 0, 0]]


@pytest.mark.parametrize(
    "text, goal, task, words",
    [
        (
            lines_of(TEN),
            "Y_",
            "auto",
            "{path} has no column 'Y_'. Did you mean 'y'? Its columns are 'x' and 'y'.",
        ),
        (
            lines_of(TEN),
            "price",
            "auto",
            "{path} has no column 'price'. Its columns are 'x' and 'y'.",
        ),
        (
            lines_of(["1,2"]),
            "y",
            "auto",
            "Only 1 row has a value for 'y'. Training, validation and test need at least 5.",
        ),
        (
            lines_of(["1,NA"] * 10),
            "y",
            "auto",
            "Only 0 rows have a value for 'y'. Training, validation and test need at least 5.",
        ),
        (
            lines_of(["1,2", "2,2"] * 5),
            "y",
            "auto",
            "The target 'y' is '2' in every row. Choose a target that varies.",
        ),
        (
            lines_of(["1,a", "2,a"] * 5),
            "y",
            "auto",
            "The target 'y' is 'a' in every row. Choose a target that varies.",
        ),
        (
            lines_of(["7,1.5", "7,2.5"] * 5),
            "y",
            "auto",
            "No column is left to predict 'y' from. Column 'x' was left out: every value is '7'.",
        ),
        (
            lines_of(["1.5", "2.5"] * 5, "y"),
            "y",
            "auto",
            "No column is left to predict 'y' from.",
        ),
        (
            lines_of([f"{i},n{i}" for i in range(10)]),
            "y",
            "auto",
            "The target 'y' has 10 classes, but a table of this length can teach at most 5. Use "
            "--task regress if they are amounts, or choose another target.",
        ),
        (
            lines_of(TEN),
            "y",
            "classify",
            "The target 'y' has 10 classes, but a table of this length can teach at most 5. Use "
            "--task regress if they are amounts, or choose another target.",
        ),
        (
            lines_of(["1,a", "2,b"] * 5),
            "y",
            "regress",
            "The target 'y' contains text ('a'), so it cannot be predicted as an amount. Use "
            "--task classify, or choose another target.",
        ),
    ],
)
def test_what_cannot_be_learned_from(write, text, goal, task, words):
    path = write(text)
    with pytest.raises(errors.TableError) as caught:
        prepared(path, goal, task)
    assert str(caught.value) == words.format(path=path)


def test_many_columns_that_were_left_out_are_cut_short():
    words = messages.no_features("y", ["a.", "b.", "c.", "d.", "e."])
    assert words == "No column is left to predict 'y' from. a. b. c. And 2 more."


@pytest.mark.parametrize("names", [["age"], [f"c{i}" for i in range(20)]])
def test_many_names_are_cut_short(names):
    words = messages.no_such_column("t.csv", "zzz", names, has_header=True)
    assert words.count("'") == 2 + 2 * min(len(names), 8)
    assert ("and 12 more" in words) == (len(names) == 20)


# ----------------------------------------------------------------------------------------- targets


@pytest.mark.parametrize(
    "numbers, task, kind",
    [
        ([0, 1] * 3, "auto", "category"),
        ([0, 1] * 3, "regress", "number"),
        ([0, 1, 2] * 10, "auto", "category"),
        ([0, 1, 2] * 9, "auto", "number"),
        (list(range(10)) * 10, "auto", "category"),
        (list(range(11)) * 20, "auto", "number"),
        ([0.5, 1] * 50, "auto", "number"),
        ([0.5, 1] * 50, "classify", "category"),
    ],
)
def test_which_numbers_are_classes(write, numbers, task, kind):
    table = read_table(write("y,x\n1,2\n"))
    column = Column("y", "number", [*map(float, numbers)], [*map(str, numbers)])
    assert target.target_of(table, column, task, markers=[]).kind == kind


def test_classes_are_named_as_they_stand(write):
    rows = [f"{i},{['01', '2', 'x'][i % 3]}" for i in range(60)]
    assert prepared(write(lines_of(rows)), task="classify").classes == ["01", "2", "x"]


def test_classes_that_are_numbers_stand_in_their_order(write):
    rows = [f"{i},{[10, 9, 100][i % 3]}" for i in range(60)]
    assert prepared(write(lines_of(rows))).classes == ["9", "10", "100"]


# ---------------------------------------------------------------------------------------- encoding


def example_encoding():
    columns = [
        Column("x", "number", [1.0, 3.0, None, 100.0]),
        Column("c", "category", ["a", "b", None, "z"]),
    ]
    return columns, encoding_of(columns, Column("y", "number", [1.0, 2.0, 3.0, 4.0]), [0, 1, 2])


def test_the_encoding_knows_the_training_rows_alone():
    columns, found = example_encoding()
    assert (found.features[0].mean, found.features[0].deviation) == (2.0, 1.0)
    assert found.features[1].categories == ["(missing)", "a", "b"]
    assert found.width == 4
    assert found.numbers(columns).tolist() == [
        [-1, 0, 1, 0],
        [1, 0, 0, 1],
        [0, 1, 0, 0],
        [98, 0, 0, 0],
    ]


def test_the_encoding_says_what_it_does():
    columns, found = example_encoding()
    assert found.notes(columns, [2, 3, 4, 5]) == [
        "Column 'x': 1 missing value (line 4) filled in with 2, the mean of the training rows.",
        "Column 'c': 1 missing value (line 4) became a category of its own, '(missing)'.",
        "Column 'c': 'z' (line 5) is not among the 3 categories of the training rows, and counts "
        "as none of them.",
    ]


def test_the_encoding_goes_through_json():
    columns, found = example_encoding()
    classes = encoding_of(columns, Column("y", "category", ["q", "p", "q", "p"]), [0, 1, 2])
    for one in (found, classes):
        again = Encoding.from_json(json.loads(json.dumps(one.to_json())))
        assert again == one
        assert (again.numbers(columns) == one.numbers(columns)).all()
    assert classes.target.numbers(Column("y", "category", ["q", "p"])).tolist() == [1.0, 0.0]


def test_amounts_are_put_back():
    numbers = Column("y", "number", [10.0, 20.0, 60.0])
    found = encoding.Number.of(numbers, [0, 1, 2])
    # scaled and put back: two roundings each way
    assert found.values(found.numbers(numbers)[:, 0]) == pytest.approx(numbers.cells, rel=1e-14)


@pytest.mark.parametrize(
    "numbers, mean, deviation",
    [
        ([], 0.0, 1.0),
        ([0.0, 0.0], 0.0, 1.0),
        ([0.1] * 7, 0.1, 1.0),
        ([1e308, -1e308, 1e308, -1e308], 0.0, 1e308),
        ([2e-300, 4e-300], 3e-300, 1e-300),
    ],
)
def test_means_and_deviations(numbers, mean, deviation):
    # a sum and a root, of a few numbers: a few roundings
    assert encoding.mean_and_deviation(numbers) == pytest.approx((mean, deviation), rel=1e-15)


def test_what_is_far_away_is_said_and_no_further():
    column_ = Column("x", "number", [1.0, 3.0, 1e308, -5000.0])
    found = encoding.Number.of(column_, [0, 1])
    assert found.numbers(column_)[:, 0].tolist() == [-1.0, 1.0, 1000.0, -1000.0]
    assert found.notes(column_, [2, 3, 4, 5]) == [
        "Column 'x': 1e+308 (lines 4 and 5) is more than 1,000 deviations from the mean of the "
        "training rows, so it was cut off there."
    ]


def test_the_most_frequent_categories_are_told_apart():
    cells = [f"c{i}" for i in range(80)] + [f"c{i}" for i in range(30, 80)]
    column_ = Column("c", "category", cells)
    found = encoding.Category.of(column_, range(130))
    assert found.categories == sorted(f"c{i}" for i in range(30, 80))
    assert found.notes(column_, list(range(2, 132))) == [
        "Column 'c': 'c0', 'c1', 'c2' and 27 more (lines 2, 3, 4 and 27 more) are not among the "
        "50 categories of the training rows, and count as none of them."
    ]


# ------------------------------------------------------------------------------------------ shares


@pytest.mark.parametrize("count", [5, 6, 17, 100, 1003])
def test_rows_are_shared_out(count):
    groups = ["ab"[i % 2] for i in range(count)]
    found = split(groups, seed=4)
    assert sorted(found.training + found.validation + found.held_out) == list(range(count))
    assert abs(len(found.held_out) - count / 5) <= 0.6
    assert min(map(len, vars(found).values())) >= 1
    assert found == split(groups, seed=4)
    assert count < 17 or found != split(groups, seed=5)


def test_each_class_is_in_each_share():
    groups = ["a"] * 70 + ["b"] * 20 + ["c"] * 10 + ["d"]
    found = split(groups, seed=1)
    for share, sizes in (("held_out", (14, 4, 2, 0)), ("training", (45, 13, 6, 1))):
        counts = [[groups[i] for i in getattr(found, share)].count(name) for name in "abcd"]
        assert counts == pytest.approx(sizes, abs=1)
    assert groups.index("d") in found.training


@cases("groups", ["aaabb", "aaaab", "aabbcc", "aaabbc", "aaaaabcd", "aabbccdd"])
@cases("seed", range(5))
def test_small_tables_leave_something_for_everyone(groups, seed):
    found = split(list(groups), seed)
    assert min(map(len, vars(found).values())) >= 1
    assert {groups[i] for i in found.training} == set(groups)


# ------------------------------------------------------------------------------------ large tables


@pytest.mark.slow
def test_a_hundred_thousand_rows(write):
    rows = [f"{i % 97}.5,{'abc'[i % 3]},{i}.25" for i in range(100_000)]
    rows[70_000] = ",,1.5"
    found = prepared(write(lines_of(rows, "x,c,y")))
    assert found.X.shape == (100_000, found.encoding.width)
    assert any("(line 70002)" in note for note in found.table.notes)
    assert math.isfinite(found.X.sum())


@pytest.mark.parametrize(
    "items, words",
    [
        ([1], "1"),
        ([1, 2], "1 and 2"),
        ([1, 2, 3], "1, 2 and 3"),
        (range(1, 1005), "1, 2, 3 and 1,001 more"),
    ],
)
def test_lists_in_words(items, words):
    assert notes.list_items(items) == words
