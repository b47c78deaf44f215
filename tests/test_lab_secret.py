"""The secret of a lab: kept until it ends, read by nobody else, and never a reason to fail."""

import os
import time

import pytest

from micrograd.lab import secret_file


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return tmp_path / "micrograd"


def test_a_lab_that_was_killed_and_is_started_again_has_the_same_secret(home):
    secret = secret_file.secret_of(8765)
    assert len(secret) >= secret_file.LEAST
    assert secret_file.secret_of(8765) == secret
    assert secret_file.secret_of(8766) != secret
    assert sorted(path.name for path in home.iterdir()) == ["lab-8765.secret", "lab-8766.secret"]


def test_a_lab_that_ends_removes_it(home):
    secret = secret_file.secret_of(8765)
    secret_file.forget_secret(8765)
    assert list(home.iterdir()) == []
    secret_file.forget_secret(8765)
    assert secret_file.secret_of(8765) != secret


@pytest.mark.skipif(os.name != "posix", reason="files have no permissions here")
def test_nobody_else_may_read_it(home):
    secret = secret_file.secret_of(8765)
    path = home / "lab-8765.secret"
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    assert secret_file.secret_of(8765) != secret
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", ["", "short", "é" * 50])
def test_a_file_that_is_no_secret_is_not_one(home, content):
    secret_file.secret_of(8765)
    path = home / "lab-8765.secret"
    path.write_text(content, encoding="utf-8")
    assert len(secret_file.secret_of(8765)) >= secret_file.LEAST
    assert secret_file.secret_of(8765) != content


def test_it_changes_after_a_day(home):
    secret = secret_file.secret_of(8765)
    old = time.time() - secret_file.SECONDS_KEPT - 60
    os.utime(home / "lab-8765.secret", (old, old))
    assert secret_file.secret_of(8765) != secret


def test_without_a_place_for_the_file_a_secret_lasts_as_long_as_its_lab(home):
    home.parent.joinpath("micrograd").write_text("a file where the folder must be")
    assert secret_file.secret_of(8765) != secret_file.secret_of(8765)
    secret_file.forget_secret(8765)
