"""Files are whole or absent, whatever stops the writing.

Rule: each test lists its folder at the end; the file itself may be in it, and nothing else.
"""

import os
import stat

import pytest

from micrograd.support import files


def names(folder):
    """Return the names of all files in the folder, hidden ones too."""
    return sorted(os.listdir(folder))


@pytest.mark.parametrize(
    "content, read",
    [
        (b"\x89PNG\r\n\x00", b"\x89PNG\r\n\x00"),
        (b"", b""),
        ("", b""),
        ("one\ntwo\n", b"one\ntwo\n"),
        ("é 😀", "é 😀".encode()),
    ],
)
def test_writes_bytes_and_text(tmp_path, content, read):
    files.write(tmp_path / "a", content)
    assert (tmp_path / "a").read_bytes() == read
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("kind", [str, lambda path: path], ids=["str", "Path"])
def test_returns_the_path(tmp_path, kind):
    assert files.write(kind(tmp_path / "a"), "x") == tmp_path / "a"


def test_creates_the_folder(tmp_path):
    files.write(tmp_path / "new" / "deep" / "a", "x")
    assert (tmp_path / "new" / "deep" / "a").read_text() == "x"


def test_a_name_alone_means_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files.write("a", "x")
    assert names(tmp_path) == ["a"]


def test_replaces_a_file(tmp_path):
    (tmp_path / "a").write_text("a longer text than the new one")
    files.write(tmp_path / "a", "new")
    assert (tmp_path / "a").read_text() == "new"
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
@pytest.mark.parametrize("function", ["replace", "fdopen", "chmod"])
@pytest.mark.parametrize("old", [None, "old"])
def test_whatever_fails_leaves_the_old_file_and_no_other(
    tmp_path, monkeypatch, function, old, error
):
    def fail(*arguments, **options):
        raise error("no")

    if old:
        (tmp_path / "a").write_text(old)
    monkeypatch.setattr(files.os, function, fail)
    with pytest.raises(error):
        files.write(tmp_path / "a", "new")
    assert names(tmp_path) == (["a"] if old else [])
    assert not old or (tmp_path / "a").read_text() == old


def test_what_cannot_be_encoded_leaves_nothing(tmp_path):
    with pytest.raises(UnicodeEncodeError):
        files.write(tmp_path / "a", "\ud800")
    assert names(tmp_path) == []


def test_a_folder_in_the_way_is_an_error(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(OSError):
        files.write(tmp_path / "a", "x")
    assert names(tmp_path) == ["a"]


def test_a_file_in_the_place_of_the_folder_is_an_error(tmp_path):
    (tmp_path / "a").write_text("old")
    with pytest.raises(OSError):
        files.write(tmp_path / "a" / "b", "x")
    assert (tmp_path / "a").read_text() == "old"


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
@pytest.mark.parametrize(
    "umask, permissions", [(0o022, 0o644), (0o077, 0o600), (0o000, 0o666), (0o027, 0o640)]
)
def test_permissions_follow_the_umask(tmp_path, umask, permissions):
    before = os.umask(umask)
    try:
        path = files.write(tmp_path / "a", "x")
        assert files.umask() == umask
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == permissions
