"""Series of kernels: what comes several times in a row is a loop, and the numbers stay the same."""

import random

import pytest

from micrograd import nn
from micrograd.compiler.codegen.series import LONGEST, series_of
from tests.support.rolled import check, numbers
from tests.test_rolled import gpt, next_token, squares

SERIES = {
    "": [],
    "a": [(0, 1, 1)],
    "aa": [(0, 1, 2)],
    "ab": [(0, 1, 1), (1, 1, 1)],
    "aab": [(0, 1, 2), (2, 1, 1)],
    "abab": [(0, 2, 2)],
    "ababa": [(0, 2, 2), (4, 1, 1)],
    "aabaab": [(0, 3, 2)],
    "xabcabcabcy": [(0, 1, 1), (1, 3, 3), (10, 1, 1)],
    "abcacbabc": [(i, 1, 1) for i in range(9)],
}


@pytest.mark.parametrize("forms", SERIES)
def test_series(forms):
    assert list(series_of(forms)) == SERIES[forms]


def test_forms_of_which_there_is_one():
    assert list(series_of([None, None, "a", None, "a", None])) == [(i, 1, 1) for i in range(6)]


def test_the_longest_series():
    for length, times in ((LONGEST, 2), (LONGEST + 1, 1)):
        assert next(series_of([*range(length)] * 2)) == (0, length if times > 1 else 1, times)


@pytest.mark.parametrize("seed", range(20))
def test_series_of_random_forms_are_all_of_them(seed):
    pick = random.Random(seed)
    forms = [f for _ in range(12) for f in pick.choices("abc", k=3) * pick.randint(1, 4)]
    found = []
    for start, length, times in series_of(forms):
        assert start == len(found)
        found += forms[start : start + length] * times
    assert found == forms


# ------------------------------------------------------------------------------- in machine code


def calls_of_kernels(step):
    return step.latest.machine.ir.count("call void @")


def last_state(model, xs):
    return squares(model(xs)[1])


@pytest.mark.usefixtures("rolled")
@pytest.mark.parametrize("kind", [nn.RNN, nn.GRU])
@pytest.mark.parametrize("threads", [1, 2])
def test_time_steps_are_one_loop(kind, threads):
    rows = [numbers(17, n, 2) for n in (12, 24)]  # too many examples to run in turn
    short, long = [check(last_state, kind(2, 3), X, threads=threads) for X in rows]
    assert len(short.kernels) < len(long.kernels)
    assert calls_of_kernels(short) == calls_of_kernels(long)


@pytest.mark.usefixtures("rolled")
def test_layers_are_one_loop():
    tokens = [[4, 3, 2, 1]]
    shallow, deep = [check(next_token, gpt(n), tokens, is_written_out=False) for n in (3, 6)]
    assert len(shallow.kernels) < len(deep.kernels)
    assert calls_of_kernels(shallow) == calls_of_kernels(deep)
