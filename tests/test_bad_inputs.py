"""Wrong inputs, as people write them: each gets a sentence of ours, and leaves no file behind.

Rule: a row of a table in `tests/bad_inputs` is what somebody typed. Its error is ours if a `raise`
of the package raises it, because then somebody wrote its words; a bare error from the inside of
Python or NumPy is none. The words behind `=>` stand in the message. Two tables are different: the
rows of `pythons_own.txt` get Python's own error, and those of `accepted.txt` get none; there, the
words behind `=>` are the reason.
"""

import linecache
import math
import random
import traceback
import warnings
from pathlib import Path

import numpy as np
import pytest

import micrograd
from micrograd import MLP, Value, data, losses, nn, optim, save
from tests.support.bad_inputs import files_in, rows, time_limit
from tests.support.cases import cases, check_each

PACKAGE = str(Path(micrograd.__file__).parent)
SECONDS = 30  # after which a row counts as hung; the slowest takes less than one
LEAST = 25  # characters that a sentence has

X, Y = [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]], [1.0, 1.0, -1.0, -1.0]


def names():
    """Return the names that a row may use."""
    random.seed(1)
    model = MLP(2, [3, 1])
    public = {name: getattr(micrograd, name) for name in micrograd.__all__}
    modules = {"nn": nn, "optim": optim, "losses": losses, "data": data, "micrograd": micrograd}
    numbers = {"np": np, "math": math, "nan": math.nan, "inf": math.inf}
    given = {"model": model, "ps": model.parameters(), "X": X, "Y": Y}
    values = {"v": Value(2.0, label="v"), "w": Value(3.0, label="w")}
    functions = {"hinge": hinge, "square": lambda x: x * x, "draw_dot": micrograd.draw_dot}
    return {**public, **modules, **numbers, **given, **values, **functions}


def hinge(model, x, y):
    return losses.hinge(model(x), y)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Run in a folder with a model and with what is none."""
    monkeypatch.chdir(tmp_path)
    Path("text.txt").write_text("hello", encoding="utf-8")
    Path("empty.txt").touch()
    Path("folder").mkdir()
    save(MLP(2, [1]), "model.safetensors")
    return tmp_path


def error_of(typed):
    """Return the error that the row ends in, or None. Warnings are not what is asked about."""
    with time_limit(SECONDS), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            eval(typed, names())
        except Exception as error:
            return error
    return None


def is_ours(error):
    """Return whether the innermost frame is a `raise` of the package."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    statement = linecache.getline(frame.filename, frame.lineno).strip()
    return frame.filename.startswith(PACKAGE) and statement.startswith("raise ")


def is_the_systems(error):
    """Return whether the system refused a file, and the error names it."""
    return isinstance(error, OSError) and bool(error.filename)


def is_a_sentence(text):
    """Return whether the text is long enough, and ends as sentences do, or with a list."""
    text = text.strip("'\"")  # those of a KeyError
    return len(text) >= LEAST and (text.endswith((".", "?")) or ":\n" in text)


OURS = [
    "values",
    "networks",
    "losses",
    "optimizers",
    "fit",
    "transforms",
    "pictures",
    "files",
    "data",
]


@pytest.mark.parametrize("table", OURS)
def test_a_wrong_input_gets_a_sentence_and_writes_no_file(folder, table):
    each = {row[0]: row for row in rows(table)}
    check_each(each, lambda row: check_wrong_input(folder, *row))


def check_wrong_input(folder, typed, message):
    before = files_in(folder)
    error = error_of(typed)
    assert error is not None, "accepted"
    if not is_the_systems(error):
        assert is_ours(error), f"a bare {type(error).__name__}: {error}"
        assert is_a_sentence(str(error))
    assert message in str(error)
    assert files_in(folder) == before


@cases("typed, reason", rows("pythons_own"))
def test_pythons_own_sentence_stays_where_it_says_enough(folder, typed, reason):
    before = files_in(folder)
    error = error_of(typed)
    assert error is not None
    assert not is_ours(error), "it is ours now: move the row"
    assert files_in(folder) == before


@cases("typed, reason", rows("accepted"))
def test_an_odd_input_that_is_right_is_accepted(folder, typed, reason):
    assert error_of(typed) is None
