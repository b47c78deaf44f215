"""Columns of tables: a cell's meaning is decided by its whole column, and told.

Rule: a row is the cells of a column, how they are read, and the note that says so, word for word.
"""

import csv
import io
import json
import random
from datetime import datetime

import numpy as np
import pytest

from micrograd import errors
from micrograd.tables import notes
from micrograd.tables.column import Column
from micrograd.tables.csv_table import Table, read_table
from micrograd.tables.dates import parse_date
from micrograd.tables.encoding import Encoding, encoding_of
from micrograd.tables.inference import column_of_kind, infer_column
from micrograd.tables.informative import informative_columns
from micrograd.tables.number_format import PLAIN, SIGNS_OF_OTHER_FILES, NumberFormat, format_of
from micrograd.tables.preparation import prepare
from tests.support.cases import cases


def table_of(cells, delimiter=","):
    """Return a table with one column, a."""
    return Table(["a"], [[cell] for cell in cells], [*range(2, len(cells) + 2)], delimiter)


def column_of(cells, delimiter=","):
    """Return the column of those cells, and the notes on it."""
    table = table_of(cells, delimiter)
    return infer_column(table, "a"), table.notes


def write_table(path, rows, delimiter=","):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


THOUSANDS = "were read as separators of thousands"
DECIMALS = "commas were read as decimal points"

# ----------------------------------------------------------------------------------------- numbers

# fmt: off
NUMBERS = {  # name: (what separates the cells, the cells, their numbers, what the note says)
    "thousands":             (",", ["1,234", "7"], [1234, 7], f"commas {THOUSANDS}, as in 1,234"),
    "millions":              (",", ["1,234,567", "7.5"], [1234567, 7.5], f"commas {THOUSANDS}"),
    "a zero before a comma": (",", ["0,100", "0,847"], [0.1, 0.847], f"{DECIMALS}, as in 0,100"),
    "zeros before a comma":  (",", ["000,125", "-0,001"], [0.125, -0.001], DECIMALS),
    "one that is no group":  (",", ["1,234", "0,5"], [1.234, 0.5], DECIMALS),
    "one of many is none":   (",", ["1,234"] * 9 + ["2,5"], [1.234] * 9 + [2.5], DECIMALS),
    "both signs":            (",", ["1,234.5", "2"], [1234.5, 2], f"commas {THOUSANDS}"),
    "both, the other way":   (",", ["1.234,56", "2"], [1234.56, 2],
                              f"points {THOUSANDS} and {DECIMALS}, as in 1.234,56"),
    "decimal commas":        (";", ["1,234", "7"], [1.234, 7], f"{DECIMALS}, as in 1,234"),
    "one decides for all":   (";", ["1.234", "1.234,5"], [1234, 1234.5], f"points {THOUSANDS}"),
    "two points":            (";", ["1.234", "1.234.567"], [1234, 1234567], f"points {THOUSANDS}"),
    "English in semicolons": (";", ["1,234,567.5", "1,000"], [1234567.5, 1000], "commas were read"),
    "tabs":                  ("\t", ["0,5", "12"], [0.5, 12], DECIMALS),
    "pipes":                 ("|", ["1.234,5", "12"], [1234.5, 12], DECIMALS),
    "Swiss":                 (",", ["1'234.5", "7"], [1234.5, 7], f"apostrophes {THOUSANDS}"),
    "Swiss, curly":          (",", ["1\u2019234'567", "7"], [1234567, 7], "apostrophes were read"),
    "blanks":                (";", ["1 234,5", "7"], [1234.5, 7], f"{THOUSANDS} and {DECIMALS}"),
    "blanks of other width": (";", ["1\u202f234", "1\u00a0000"], [1234, 1000], "blanks were read"),
    "minus":                 (",", ["\u22125", "3"], [-5, 3], None),
    "minus in a group":      (",", ["\u22121,234", "3"], [-1234, 3], f"commas {THOUSANDS}"),
    "dollars":               (",", ["$5", "$1,234.50"], [5, 1234.5],
                              f"commas {THOUSANDS} and the unit '$' was left out, as in $1,234.50"),
    "dollars below zero":    (",", ["-$5", "$-6", "$7"], [-5, -6, 7], "the unit '$' was left out"),
    "euros":                 (";", ["5,50 €", "1.200,00 €"], [5.5, 1200], "unit '€' was left out"),
    "a code of money":       (",", ["CHF 1'200", "CHF 30"], [1200, 30], "unit 'CHF' was left out"),
    "a code after it":       (",", ["5 EUR", "6.5 EUR"], [5, 6.5], "the unit 'EUR' was left out"),
    "percent":               (",", ["45%", "50 %"], [45, 50], "the unit '%' was left out, as in"),
    "a unit":                (",", ["12 kg", "1.5 kg"], [12, 1.5], "the unit 'kg' was left out"),
    "exponents":             (",", ["1e5", "2E-3", "1.5e+3"], [1e5, 2e-3, 1500], None),
    "plain":                 (",", ["1.234", "5.678"], [1.234, 5.678], None),
    "plain, semicolons":     (";", ["1.2", "5.678"], [1.2, 5.678], None),
    "doubtful points":       (";", ["1.234", "5.678"], [1.234, 5.678],
                              "points were read as decimal points, as in 1.234. If they separate "
                              "thousands, remove them."),
    "a code among numbers":  (",", ["1e5", "77", "12"], [1e5, 77, 12],
                              "1e5 was read as the number 100,000. If it is a code, write"),
    "leading zeros":         (",", ["01067", "10115"], [1067, 10115],
                              "numbers such as 01067 begin with 0, but were read as amounts."),
}
TEXTS = {  # name: (what separates the cells, the cells): columns that are none of numbers
    "two units":             (",", ["12 kg", "500 g"]),
    "two currencies":        (",", ["$5", "5 €"]),
    "units now and then":    (",", ["45%", "0.45"]),
    "rooms of flats":        (",", ["12A"] * 19 + ["12B"]),
    "signs that disagree":   (",", ["1,234,567", "0,847"]),
    "groups of two":         (",", ["1,23,45"]),
    "codes":                 (",", ["A1", "B2"]),
    "versions":              (",", ["1.2.3", "1.10.0"]),
    "addresses":             (",", ["192.168.0.1", "10.0.0.1"]),
    "telephones":            (",", ["+49 30 1234", "+49 89 555"]),
    "times":                 (",", ["14:30", "9:15"]),
    "ranges":                (",", ["10-20", "20-30"]),
    "half a number":         (",", ["1e", "1-"]),
}
# fmt: on


@cases("delimiter, cells, numbers, words", NUMBERS.values(), ids=NUMBERS)
def test_numbers(delimiter, cells, numbers, words):
    column, said = column_of(cells, delimiter)
    assert (column.kind, column.cells) == ("number", numbers)
    assert len(said) == (words is not None)
    assert words is None or (said[0].startswith("Column 'a': ") and words in said[0])


@pytest.mark.parametrize("delimiter, cells", TEXTS.values(), ids=TEXTS)
def test_texts(delimiter, cells):
    column, _ = column_of(cells, delimiter)
    assert (column.kind, column.cells) == ("category", cells)


@pytest.mark.parametrize(
    "delimiter, cells, other, numbers",
    [
        (";", ["1.234", "999"], "0,5", [1234.0, 999.0]),
        (";", ["1.234", "999"], "0.5", [1.234, 999.0]),
        (";", ["1,234", "999"], "0,5", [1.234, 999.0]),
        (";", ["1,234", "999"], "0.5", [1234.0, 999.0]),
        (",", ["1,234", "999"], "12,75", [1.234, 999.0]),
        (",", ["1,234", "999"], "12.75", [1234.0, 999.0]),
        (",", ["1.234", "999"], "1,2345", [1234.0, 999.0]),
        (",", ["1.234", "999"], "x", [1.234, 999.0]),
        (";", ["1.234 €", "999 €"], "-0,5", [1234.0, 999.0]),
    ],
)
@pytest.mark.parametrize("known", [None, PLAIN])
def test_other_columns_decide_where_one_leaves_a_doubt(delimiter, cells, other, numbers, known):
    table = Table(["a", "b"], [[cell, other] for cell in cells], [2, 3], delimiter)
    assert infer_column(table, "a").cells == numbers
    if known and "€" not in cells[0]:
        assert column_of_kind(table, "a", "number", known).cells == numbers
    assert not any("If they separate" in note for note in table.notes)


def test_points_are_doubtful_with_a_unit_too():
    for delimiter, count in ((";", 2), ("\t", 2), (",", 1)):
        column, said = column_of(["1.234 €", "56.789 €", "7 €"], delimiter)
        assert column.cells == [1.234, 56.789, 7.0]
        assert len(said) == count
        assert "If they separate thousands" not in said[0]


@cases("decimal, thousands", SIGNS_OF_OTHER_FILES)
@cases("unit", ["{}", "${}", "{} %"])
@cases("delimiter", ",;")
def test_random_numbers_are_read_as_they_were_written(decimal, thousands, unit, delimiter):
    """Numbers with two decimals and groups of thousands can be read in one way only."""
    chance = random.Random(7)
    written = [f"{chance.uniform(-1, 1) * 10 ** chance.uniform(3, 8):,.2f}" for _ in range(50)]
    signs = str.maketrans({",": thousands, ".": decimal})
    cells = [unit.format(text.translate(signs)) for text in written]
    column, _ = column_of(cells, delimiter)
    assert column.cells == [float(text.replace(",", "")) for text in written]


def test_a_text_among_numbers_is_missing_in_any_format():
    column, said = column_of([*["1.234,5"] * 19, "zwei"], ";")
    assert column.cells == [1234.5] * 19 + [None]
    assert said[0] == (
        "Line 21, column 'a': 'zwei' is not a number, but 95 % of the column are, so it counts as "
        "missing."
    )


def test_a_number_without_the_unit_is_no_guess():
    column, said = column_of(["$5"] * 19 + ["5"])
    assert column.kind == "category"
    assert said == [
        "Column 'a': 1 of 20 cells are numbers (line 21), too few for a column of numbers, so all "
        "cells were read as categories."
    ]


@pytest.mark.parametrize(
    "cells, known, numbers",
    [
        (["1,234"], NumberFormat(".", ","), [1234.0]),
        (["1,234"], NumberFormat(",", ""), [1.234]),
        (["1,234"], NumberFormat(",", "."), [1.234]),
        (["1.234"], NumberFormat(",", "."), [1234.0]),
        (["1.234"], PLAIN, [1.234]),
        (["0,5"], PLAIN, [0.5]),
        (["7"], NumberFormat(",", "."), [7.0]),
        (["7 kg"], NumberFormat(".", "", "", "kg"), [7.0]),
    ],
)
def test_new_rows_are_read_as_the_training_rows_were(cells, known, numbers):
    for delimiter in ",;":
        table = table_of(cells, delimiter)
        assert column_of_kind(table, "a", "number", known).cells == numbers


@pytest.mark.parametrize(
    "cells, known, noun",
    [
        (["45"], NumberFormat(after="%"), "a number in '%'"),
        (["45%"], PLAIN, "a number"),
        (["5 $"], NumberFormat(after="€"), "a number in '€'"),
        (["", "foo"], PLAIN, "a number"),
        (["31.12.2021"], "%Y-%m-%d", "a date (year, month, day)"),
    ],
)
def test_new_rows_of_another_kind_are_refused(cells, known, noun):
    kind = "date" if isinstance(known, str) else "number"
    with pytest.raises(errors.TableError) as caught:
        column_of_kind(table_of(cells), "a", kind, known)
    assert str(caught.value) == (
        f"Column 'a' has no cell that is {noun}, as in the table of the training, but has "
        f"{cells[-1]!r}. Write it as it was there, or leave the cells empty."
    )


def test_formats_are_found_in_a_moment():
    """100,000 different texts, none of them a number; a table of so many rows has many columns."""
    texts = [f"Smith, {chr(97 + i % 26)}. {'x' * (i % 7)}" for i in range(100_000)]
    assert format_of(texts, commas_separate=True) == PLAIN


# ------------------------------------------------------------------------------------------- dates

# fmt: off
DATES = {  # name: (cells, the first date, what the note says)
    "ISO":             (["2021-12-31", "2020-01-02"], (2021, 12, 31), "(year, month, day)"),
    "slashes":         (["2021/12/31", "2020/1/2"], (2021, 12, 31), "(year, month, day)"),
    "German":          (["31.12.2021", "1.2.2020"], (2021, 12, 31), "(day, month, year)"),
    "American":        (["12/31/2021", "1/2/2020"], (2021, 12, 31), "(month, day, year)"),
    "British":         (["1/2/2020", "31/12/2021"], (2020, 2, 1), "(day, month, year)"),
    "two digits":      (["31.12.21", "1.2.20"], (2021, 12, 31), "(day, month, year)"),
    "names of months": (["31 Dec 2021", "1 Feb 2020"], (2021, 12, 31), "(day, month, year)"),
    "long names":      (["December 31, 2021", "May 1, 2020"], (2021, 12, 31), "(month, day, ye"),
    "with times":      (["2021-12-31 18:30", "2020-01-02 00:00"], (2021, 12, 31, 18, 30), "hour"),
    "ISO with a zone": (["2021-12-31T18:30:00+02:00", "2020-01-02T00:00:00Z"],
                        (2021, 12, 31, 16, 30), "month, weekday and hour"),
    "AM and PM":       (["12/31/2021 6:30 PM", "1/31/2020 2:05 AM"], (2021, 12, 31, 18, 30), "our"),
    "an odd time":     (["12/31/2021 6:30 PM"] * 19 + ["1/31/2020 13:05 PM"],
                        (2021, 12, 31, 18, 30), "is not a date (month"),
    "odd ones":        (["2021-12-31"] * 19 + ["soon"], (2021, 12, 31), "is not a date (year"),
}
# fmt: on


@pytest.mark.parametrize("cells, first, words", DATES.values(), ids=DATES)
def test_dates(cells, first, words):
    column, said = column_of(cells)
    assert (column.kind, column.cells[0]) == ("date", datetime(*first))
    assert any(words in note for note in said)
    assert f"dates such as {cells[0]}" in said[-1]


@pytest.mark.parametrize(
    "cells",
    [["31.13.2021"], ["2021-12-31", "31.12.2021"], ["2021-02-30"], ["2021-12-31 25:00"], ["soon"]],
)
def test_what_is_no_date(cells):
    assert column_of(cells)[0].kind == "category"


def test_a_doubt_about_day_and_month_is_told():
    column, said = column_of(["1/2/2020", "3/4/2021"])
    assert column.cells[0] == datetime(2020, 1, 2)
    assert said == [
        "Column 'a': dates such as 1/2/2020 (month, day, year) were read as days, month and "
        "weekday. If the order is day, month, year, write them as 2021-12-31."
    ]
    assert "If the order" not in column_of(["1/2/2020", "3/14/2021"])[1][0]
    assert "If the order" not in column_of(["1/1/2020", "2/2/2021"])[1][0]


@pytest.mark.parametrize("text", ["", "x", "13:00", "2021-12-31T1:2", "9999-12-31T23:00:00-23:59"])
def test_parse_date_never_raises(text):
    assert parse_date(text, "%Y-%m-%d") is None


def dates_encoding():
    cells = ["2021-01-01", "2021-01-03", "", "2021-01-02", "2099-01-01"]
    table = table_of(cells)
    column = infer_column(table, "a")
    return column, encoding_of([column], Column("y", "number", [1.0, 2.0, 3.0, 4.0, 5.0]), [0, 1])


def test_a_network_sees_days_month_and_weekday():
    column, found = dates_encoding()
    rows = found.numbers([column])
    assert found.width == rows.shape[1] == 3
    # the 18,628 days since 1970 take five of the sixteen digits that a float has
    assert rows[:4, 0].tolist() == pytest.approx([-1.0, 1.0, 0.0, 0.0], rel=1e-11)
    assert rows[:4, 1].tolist() == [0.0] * 4
    assert [note.partition(": ")[2] for note in found.notes([column], [2, 3, 4, 5, 6])] == [
        "1 missing date (line 4) filled in with the means of the training rows.",
        "2099-01-01 (line 6) is far from all dates of the training rows, so it was cut off.",
    ]


def test_hours_count_where_there_are_some():
    column = column_of(["2021-01-01 06:00", "2021-01-01 18:00"])[0]
    found = encoding_of([column], Column("y", "number", [1.0, 2.0]), [0, 1])
    assert found.width == 4
    # a mean and a deviation of two numbers: a few roundings
    assert found.numbers([column])[:, 3].tolist() == pytest.approx([-1.0, 1.0], rel=1e-15)


def test_dates_and_formats_go_through_json():
    column, found = dates_encoding()
    money = column_of(["1.234,50 €", "7 €"], ";")[0]
    both = encoding_of([column, money], Column("y", "number", [1.0, 2.0]), [0, 1])
    for one in (found, both):
        again = Encoding.from_json(json.loads(json.dumps(one.to_json())))
        assert again == one
    assert both.features[1].format == NumberFormat(",", ".", "", "€")


def test_an_encoding_of_an_earlier_version_is_read():
    number = {"name": "x", "mean": 1.0, "deviation": 2.0, "kind": "number"}
    classes = {"name": "y", "classes": ["a", "b"], "kind": "classes"}
    found = Encoding.from_json({"features": [number], "target": classes})
    assert (found.features[0].format, found.target.frequent) == (None, 0)


# ----------------------------------------------------------------------------------------- missing


@pytest.mark.parametrize(
    "text", ["", "#N/A", "<NA>", "None", "NULL", "null", "NaN", "nan", "-nan", "NA", "n/a", "?"]
)
def test_what_is_missing(text):
    assert column_of(["1", text, "2"])[0].cells == [1.0, None, 2.0]
    assert column_of(["red", text, "blue"])[0].cells == ["red", None, "blue"]


def test_na_is_a_code_among_codes():
    column, said = column_of(["EU", "NA", "AS", ""])
    assert column.cells == ["EU", "NA", "AS", None]
    assert said == [
        "Column 'a': 'NA' was read as a value, as 'AS' is. Leave the cells empty if it means that "
        "the value is missing."
    ]
    for others in (["yes", "no"], ["EU", "Asia"], ["eu"], ["1"]):
        assert column_of([*others, "NA"])[0].cells[-1] is None


def test_na_stays_what_it_was_in_the_training():
    table = table_of(["NA", "XXL"])
    assert column_of_kind(table, "a", "category", categories=["EU", "NA"]).cells == ["NA", "XXL"]
    assert column_of_kind(table, "a", "category", categories=["EU"]).cells == [None, "XXL"]


# ----------------------------------------------------------------------------------------- targets

# fmt: off
TARGETS = {  # name: (the target's cells in turn, the task, the classes, what is said)
    "codes":          (["001", "010"], "auto", ["001", "010"], "written as codes, such as 001"),
    "one number":     (["7", "07"], "auto", ["07", "7"], "'07' and '7' are the same number, but"),
    "large numbers":  (["9007199254740992", "9007199254740993"], "auto",
                       ["9007199254740992", "9007199254740993"], "written as codes"),
    "an id":          (["12345678901234567890", "5"], "auto", ["5", "12345678901234567890"], ""),
    "exponents":      (["1e5", "12"], "auto", ["12", "1e5"], "written as codes, such as 1e5"),
    "floats":         (["1.0", "0.0"], "auto", ["0.0", "1.0"], "whole numbers 0.0 and 1.0, which"),
    "thousands":      (["1,000", "2,000"], "auto", ["1,000", "2,000"], "whole numbers"),
    "America":        (["NA", "EU"], "auto", ["EU", "NA"], "'NA' was read as a value, as 'EU'"),
    "America, Asia":  (["NA", "EU", "AS"], "auto", ["AS", "EU", "NA"], "'NA' was read as a value"),
    "not answered":   (["yes", "no", "NA"], "auto", ["no", "yes"],
                       "and 17 more): 'NA' counts as missing. Use --task classify to read"),
    "answered so":    (["yes", "no", "NA"], "classify", ["NA", "no", "yes"],
                       "The target 'y': 'NA' was read as a class. Leave the cells empty if"),
    "blank":          (["yes", "no", ""], "classify", ["no", "yes"], "20 rows without 'y' were"),
    "normal forms":   (["caf\u00e9", "cafe\u0301", "bar"], "auto", ["bar", "caf\u00e9"], ""),
    "texts":          (["01", "2", "x"], "auto", ["01", "2", "x"], "cells are numbers"),
}
# fmt: on


@pytest.mark.parametrize("cells, task, classes, words", TARGETS.values(), ids=TARGETS)
def test_a_class_is_the_text_of_its_cells(tmp_path, cells, task, classes, words):
    rows = [["x", "y"], *([f"{i}.5", cells[i % len(cells)]] for i in range(60))]
    found = prepare(write_table(tmp_path / "t.csv", rows), "y", task, seed=0)
    assert found.classes == classes
    assert words in " ".join(found.table.notes)


@pytest.mark.parametrize(
    "cells, task, message",
    [
        (
            ["EU", "", "NA"],
            "auto",
            None,
        ),
        (
            ["up", "NA", "null"],
            "auto",
            "The target 'y' is 'up' in every row, but for rows with 'NA' or 'null', read as "
            "missing. Choose a target that varies.",
        ),
        (
            ["7", "07"],
            "regress",
            "The target 'y' is 7.0 in every row. Choose a target that varies.",
        ),
        (
            ["2021-01-01", "2021-01-02"],
            "auto",
            "The target 'y' has dates, which cannot be predicted. Write the number of days since "
            "one of them, or use --task classify.",
        ),
        (["2021-01-01", "2021-01-02"], "classify", None),
    ],
)
def test_targets_that_teach_nothing(tmp_path, cells, task, message):
    rows = [["x", "y"], *([f"{i}.5", cells[i % len(cells)]] for i in range(60))]
    path = write_table(tmp_path / "t.csv", rows)
    if message is None:
        assert len(prepare(path, "y", task, seed=0).classes) == 2
        return
    with pytest.raises(errors.TableError) as caught:
        prepare(path, "y", task, seed=0)
    assert str(caught.value) == message


# -------------------------------------------------------------------------------- names of columns


def test_a_target_among_years_makes_a_header(tmp_path):
    rows = [["2019", "2020", "2021"], *([i, i * i % 7, i % 5 + 0.5] for i in range(40))]
    path = write_table(tmp_path / "t.csv", rows)
    found = prepare(path, "2021", "auto", seed=0)
    assert [feature.name for feature in found.encoding.features] == ["2019", "2020"]
    assert found.table.notes[0] == (
        "The first line has only numbers, but '2021' is among them, so it was read as the names of "
        "the columns."
    )
    with pytest.raises(errors.TableError) as caught:
        prepare(path, "2022", "auto", seed=0)
    assert str(caught.value) == (
        f"{path} has no column '2022'. Its columns are 'column1', 'column2' and 'column3'. (The "
        "first line has only numbers, so it was read as data.)"
    )
    assert prepare(path, "column3", "auto", seed=0).table.names == ["column1", "column2", "column3"]


@pytest.mark.parametrize("first", [["2019", "2020"], ["1", "2"], ["0.5", "-1"], ["1,5", "2"]])
def test_names_are_compared_as_texts(tmp_path, first):
    path = write_table(tmp_path / "t.csv", [first, ["1", "2"]])
    assert read_table(path, expected=first).names == first
    assert read_table(path, expected=[first[1]]).names == first
    assert not read_table(path, expected=[*first, "3"]).has_header
    assert not read_table(path, expected=[f"{first[0]}.0"]).has_header
    assert not read_table(path).has_header


def test_names_of_either_normal_form_are_one(tmp_path):
    path = write_table(
        tmp_path / "t.csv", [["cafe\u0301", "y"], *([i + 0.5, i * 2.5] for i in range(9))]
    )
    assert prepare(path, "caf\u00e9", "auto", seed=0).encoding.target.name == "caf\u00e9"
    assert prepare(path, "cafe\u0301", "auto", seed=0).encoding.target.name == "caf\u00e9"


# --------------------------------------------------------------------- columns that are left out


@pytest.mark.parametrize(
    "name, is_dropped",
    [
        *[(name, True) for name in ("id", "ID", "Id", "customerId", "PassengerId", "customer_id")],
        *[(name, True) for name in ("Customer ID", "user-id", "userID", "invoice_no", "row", "#")],
        *[(name, False) for name in ("paid", "valid", "x", "heat_index", "grid", "no_of_rooms")],
    ],
)
def test_counters_are_told_by_the_last_word_of_their_name(name, is_dropped):
    column = Column(name, "number", [1.0, 2.0, 3.0], ["1", "2", "3"])
    assert informative_columns(table_of([]), [column]) == ([] if is_dropped else [column])
    measured = Column(name, "number", [1.5, 2.0, 3.0], ["1.5", "2", "3"])
    assert informative_columns(table_of([]), [measured]) == [measured]


def test_pixels_that_are_always_empty_are_one_note(tmp_path):
    pixels = [f"p{i}" for i in range(64)]
    rows = [[i % 7 + 0.5, i % 5 + 0.5, *["0"] * 64, ""] for i in range(200)]
    path = write_table(tmp_path / "t.csv", [["x", "y", *pixels, "z"], *rows])
    assert prepare(path, "y", "auto", seed=0).table.notes == [
        "Columns 'p0', 'p1', 'p2' and 61 more were left out: every value is '0'.",
        "Column 'z' was left out: no row has a value there.",
    ]


def test_notes_on_many_columns_are_folded(tmp_path):
    rows = [[i % 7 + 0.5, *("" if i == j else i + 0.5 for j in range(10))] for i in range(200)]
    path = write_table(tmp_path / "t.csv", [["y", *(f"it's {j}" for j in range(10))], *rows])
    said = prepare(path, "y", "auto", seed=0).table.notes
    assert len(said) == 4
    assert said[3] == "7 other columns have notes like the last one."
    assert notes.fold(["a", "b", "a"]) == ["a", "a", "b"]


# ------------------------------------------------------------------------------------- wide tables


@pytest.mark.no_cover
@pytest.mark.slow
def test_thirty_thousand_columns(tmp_path):
    """With a square in the time for columns this would run for minutes, and so end the tests."""
    names = ["y", *(f"c{i % 15_000}" for i in range(30_000))]
    rows = [[str((i * 7 + j) % 11 + 0.5) for j in range(len(names))] for i in range(6)]
    path = write_table(tmp_path / "t.csv", [names, *rows])
    found = prepare(path, "y", "auto", seed=0)
    assert found.X.shape == (6, 30_000)
    assert found.encoding.features[-1].name == "c14999 (2)"
    assert np.isfinite(found.X).all()
    assert Encoding.from_json(json.loads(json.dumps(found.encoding.to_json()))) == found.encoding


def test_equal_names_are_counted():
    from micrograd.tables.header import unique_names

    found = unique_names(["x"] * 20_000 + ["x (2)", "", ""])
    assert len({*found}) == len(found) == 20_003
    assert found[:2] == ["x", "x (3)"]
    assert found[-3:] == ["x (2)", "unnamed20002", "unnamed20003"]
