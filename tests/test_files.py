"""Files are whole or absent, whatever stops the writing, and only regular files are touched.

Rule: each test lists its folder at the end; the file itself may be in it, and nothing else.
"""

import ast
import os
import re
import socket
import stat
from contextlib import suppress
from pathlib import Path

import pytest

import micrograd
from micrograd import MLP, Value, draw, fit, load, losses, save
from micrograd.support import files
from micrograd.support.figures import png
from micrograd.training import History
from tests.support.sources import nodes_of

posix = pytest.mark.skipif(os.name != "posix", reason="permissions and pipes are POSIX's")


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


@pytest.mark.parametrize(
    "text, read",
    [
        ("a\ud800b", "a\ufffdb"),
        ("\udc00", "\ufffd"),
        ("\ud83d\ude00", "😀"),
        ("\udc80é", "\ufffdé"),
    ],
)
def test_half_a_character_is_replaced(tmp_path, text, read):
    assert files.write(tmp_path / "a", text).read_text(encoding="utf-8") == read
    assert names(tmp_path) == ["a"]


def picture(ending):
    def write(path):
        label = Value(2.0, label="half \ud800 of one")
        return draw(label * 3.0).save(path.with_suffix(ending))

    return write


WRITERS = {
    "svg": picture(".svg"),
    "html": picture(".html"),
    "png": picture(".png"),
    "csv": lambda path: History(validation={"step": [], "loss": [], "\ud800": []}).to_csv(path),
    "model": lambda path: save(MLP(2, [1]), path, {"classes": ["\ud800"]}),
}


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_half_a_character_in_a_label_stops_no_writer(tmp_path, write):
    assert write(tmp_path / "out").stat().st_size > 0
    assert len(names(tmp_path)) == 1


@pytest.mark.parametrize("name", ["$\\frac{$", "a $ b $ c", "half \ud800", "_x", "\0", "\a", "名"])
def test_a_metric_of_any_name_is_plotted(name):
    validation = {"step": [1, 2], "loss": [1.0, 2.0], name: [0.1, 0.2]}
    figure = History([1.0, 2.0], [0.1, 0.1], [0.1, 0.2], validation).plot()
    assert png(figure).startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["a\0b", "a\ud800b"], ids=["NUL", "half"])
@pytest.mark.parametrize("use", [lambda path: files.write(path, "x"), files.read], ids=["w", "r"])
def test_a_name_that_no_file_can_have(tmp_path, name, use):
    with pytest.raises(OSError, match="no file can have this name"):
        use(f"{tmp_path}/{name}")
    assert names(tmp_path) == []


def test_a_long_name_is_a_name(tmp_path):
    files.write(tmp_path / ("é" * 125), "x")
    assert names(tmp_path) == ["é" * 125]


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


@posix
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


@posix
@pytest.mark.parametrize("permissions", [0o600, 0o644, 0o640, 0o755, 0o666])
def test_a_file_keeps_its_permissions(tmp_path, permissions):
    path = tmp_path / "a"
    path.write_text("old")
    path.chmod(permissions)
    for text in ("new", "newer"):
        files.write(path, text, previous=tmp_path / "b")
    assert stat.S_IMODE(path.stat().st_mode) == permissions
    assert stat.S_IMODE((tmp_path / "b").stat().st_mode) == permissions
    assert (path.read_text(), (tmp_path / "b").read_text()) == ("newer", "new")


@pytest.mark.parametrize("use", [lambda path: files.write(path, "x"), files.check_writable])
def test_a_read_only_file_is_refused(tmp_path, use):
    """Root may write to it, and is refused as well."""
    path = tmp_path / "a"
    path.write_text("old")
    path.chmod(0o444)
    with pytest.raises(PermissionError, match="read-only"):
        use(path)
    path.chmod(0o644)
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("name", ["new/inner/a", "old/new/a", "old/a", f"new/{'x' * 300}/a"])
def test_asking_whether_a_file_can_be_written_leaves_nothing(tmp_path, name):
    (tmp_path / "old").mkdir()
    with suppress(OSError):  # the name of the last one is too long
        files.check_writable(tmp_path / name)
    assert names(tmp_path) == ["old"]
    assert names(tmp_path / "old") == []


@posix
def test_a_link_is_followed(tmp_path):
    (tmp_path / "far").mkdir()
    target = tmp_path / "far" / "target"
    target.write_text("old")
    for name, to in (("link", target), ("second", tmp_path / "link"), ("to_be", "far/new")):
        (tmp_path / name).symlink_to(to)
    files.write(tmp_path / "second", "new")
    files.write(tmp_path / "to_be", "born")
    assert target.read_text() == "new"
    assert (tmp_path / "far" / "new").read_text() == "born"
    assert all((tmp_path / name).is_symlink() for name in ("link", "second", "to_be"))
    assert names(tmp_path / "far") == ["new", "target"]
    assert names(tmp_path) == ["far", "link", "second", "to_be"]


@posix
def test_a_link_to_itself_is_an_error(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path / "a")
    for use in (lambda path: files.write(path, "x"), files.read, files.check_writable):
        with pytest.raises(OSError):
            use(tmp_path / "a")
    assert names(tmp_path) == ["a"]


# ---------------------------------------------------------------------------- not a regular file


def pipe(path):
    os.mkfifo(path)


def socket_at(path):
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    server.close()


def device(path):
    """A link to a device, since only root can make one."""
    path.symlink_to("/dev/full")


def train(path):
    fit(
        MLP(2, [1]), lambda model, x, y: losses.hinge(model(x), y), [[1.0, 2.0]], [1.0], steps=2,
        checkpoint=path, progress=False,
    )  # fmt: skip


USES = {
    "write": lambda path: files.write(path, "x"),
    "check_writable": files.check_writable,
    "read": files.read,
    "save": lambda path: save(MLP(2, [1]), path),
    "load": load,
    "to_csv": History().to_csv,
    "checkpoint": train,
}


@posix
@pytest.mark.parametrize("make", [pipe, socket_at, device], ids=["pipe", "socket", "device"])
@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_only_regular_files_are_read_and_replaced(tmp_path, monkeypatch, make, use):
    monkeypatch.chdir(tmp_path)  # the name of a socket must be short
    make(Path("out"))
    kind = stat.S_IFMT(os.stat("out").st_mode)
    with pytest.raises(OSError, match="a device or a pipe, not a regular file"):
        use("out")
    assert stat.S_IFMT(os.stat("out").st_mode) == kind
    assert names(tmp_path) == ["out"]


# Whatever else opens a file to write: the judge and the learner's process, whose files only the
# judge reads; rows that are written one by one; bytes in memory; and the null device.
OTHER_WRITERS = {
    ("course/exercises/judged_process.py", "open"),
    ("course/exercises/tasks/27_2_write_text.py", "write_text"),  # a function of the learner's
    ("course/build/finale_process.py", "open"),  # a pipe to the process that started it
    ("course/classroom/submissions.py", "write_bytes"),  # into a temporary folder
    ("lab/csv_points.py", "write_text"),  # these two in a temporary folder
    ("lab/learning.py", "write_text"),
    ("support/figures.py", "savefig"),
    ("drawing/pdf.py", "savefig"),
    ("support/row_file.py", "open"),
    ("cli/console.py", "open"),
}
MODE = re.compile(r"[wax][bt+]*|r[bt]*\+[bt]*")
WRITE = {"write_text", "write_bytes", "savefig", "mkstemp", "NamedTemporaryFile", "memmap"}


def calls_that_write(path):
    """Yield the name of each call in the file that can write to a path."""
    for node in nodes_of(path):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            words = [str(word.value) for word in ast.walk(node) if isinstance(word, ast.Constant)]
            if name in WRITE or (name == "open" and any(map(MODE.fullmatch, words))):
                yield name


def test_every_writer_of_the_package_writes_whole_files():
    package = Path(micrograd.__file__).parent
    found = set()
    for path in package.rglob("*.py"):
        name = path.relative_to(package).as_posix()
        if name != "support/files.py" and not name.startswith("course/lessons/"):
            found |= {(name, call) for call in calls_that_write(path)}
    assert found == OTHER_WRITERS
