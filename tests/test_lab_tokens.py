"""The token of a lab: kept until it ends, read by nobody else, and never a reason to fail."""

import os
import time

import pytest

from micrograd.lab import tokens


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return tmp_path / "micrograd"


def test_a_lab_that_was_killed_and_is_started_again_has_the_same_token(home):
    token = tokens.token_of(8765)
    assert len(token) >= tokens.LEAST
    assert tokens.token_of(8765) == token
    assert tokens.token_of(8766) != token
    assert sorted(path.name for path in home.iterdir()) == ["lab-8765.token", "lab-8766.token"]


def test_a_lab_that_ends_removes_it(home):
    token = tokens.token_of(8765)
    tokens.forget_token(8765)
    assert list(home.iterdir()) == []
    tokens.forget_token(8765)
    assert tokens.token_of(8765) != token


@pytest.mark.skipif(os.name != "posix", reason="files have no permissions here")
def test_nobody_else_may_read_it(home):
    token = tokens.token_of(8765)
    path = home / "lab-8765.token"
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    assert tokens.token_of(8765) != token
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", ["", "short", "é" * 50])
def test_a_file_that_is_no_token_is_not_one(home, content):
    tokens.token_of(8765)
    path = home / "lab-8765.token"
    path.write_text(content, encoding="utf-8")
    assert len(tokens.token_of(8765)) >= tokens.LEAST
    assert tokens.token_of(8765) != content


def test_it_changes_after_a_day(home):
    token = tokens.token_of(8765)
    old = time.time() - tokens.SECONDS_KEPT - 60
    os.utime(home / "lab-8765.token", (old, old))
    assert tokens.token_of(8765) != token


def test_without_a_place_for_the_file_a_token_lasts_as_long_as_its_lab(home):
    home.parent.joinpath("micrograd").write_text("a file where the folder must be")
    assert tokens.token_of(8765) != tokens.token_of(8765)
    tokens.forget_token(8765)
