"""Wrong command lines: each ends soon, with one sentence and the code 2, and writes no file.

Rule: a row of `tests/bad_inputs/commands.txt` is what somebody typed behind `micrograd`. The words
behind `=>` stand in the error.
"""

import re
import shlex
import struct
from pathlib import Path

import pytest

from micrograd import MLP, save
from micrograd.cli import app
from tests.support.bad_inputs import files_in, rows, time_limit
from tests.support.cases import check_each
from tests.support.commands import CliRunner

SECONDS = 30  # after which a row counts as hung; the slowest takes a second
DEEP = "tanh(" * 500 + "x" + ")" * 500
WORDS = {"<NUL>": "\0", "<HALF>": "\udcff", "<LONG>": "x" * 300, "<DEEP>": DEEP}

# fmt: off
FILES = {
    "text.txt":         b"hello",
    "empty.txt":        b"",
    "spaces.txt":       b"\n \n\n",
    "empty.csv":        b"",
    "header.csv":       b"x,y\n",
    "binary.csv":       b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xfe\0,\x80",
    "nul.csv":          b"x,y\n1,\0\n2,\0\n",
    "ragged.csv":       b"x,y\n1,2\n3\n4,5,6\n",
    "twice.csv":        b"x,x\n1,2\n3,4\n",
    "one_row.csv":      b"x,y\n1,2\n",
    "nameless.csv":     b",\n1,2\n3,4\n",
    "same.csv":         b"x,y\n" + b"".join(b"%d,a\n" % i for i in range(20)),
    "table.csv":        b"x,kind,y\n" + b"".join(b"%d,a,%d\n4,b,0\n" % (i, i) for i in range(12)),
    "other.csv":        b"p,q\n1,2\n3,4\n",
    "fake.safetensors": b"hello there, this is no model",
}
# fmt: on


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with files that a command cannot use, and some that it can."""
    folder = tmp_path_factory.mktemp("commands")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("COLUMNS", "80")
        patch.setenv("NO_COLOR", "1")
        for name, content in FILES.items():
            Path(name).write_bytes(content)
        for name in ("folder", "folder.csv"):
            Path(name).mkdir()
        write_models()
        yield folder


def write_models():
    """Write a model, a part of it, one with deep JSON, and one that was trained on a table."""
    whole = save(MLP(2, [1]), "model.safetensors").read_bytes()
    Path("cut.safetensors").write_bytes(whole[: len(whole) // 2])
    header = b'{"__metadata__":' + b"[" * 20_000 + b"}"
    Path("deep.safetensors").write_bytes(struct.pack("<Q", len(header)) + header)
    line = "train table.csv --target y --layers 2 --epochs 1 --engine eager --out trained"
    assert run(line).exit_code == 0


def run(line):
    """Run the command line, as a shell reads it, in this process."""
    words = shlex.split(line)
    for name, text in WORDS.items():
        words = [word.replace(name, text) for word in words]
    with time_limit(SECONDS):
        return CliRunner().invoke(app.app, words, prog_name="micrograd")


COMMANDS = sorted({line.partition(" ")[0] for line, _ in rows("commands")})


@pytest.mark.parametrize("command", COMMANDS)
def test_a_wrong_command_line_gets_one_sentence_and_writes_no_file(folder, command):
    each = {row[0]: row for row in rows("commands") if row[0].partition(" ")[0] == command}
    check_each(each, lambda row: check_wrong_line(folder, *row))


def check_wrong_line(folder, line, message):
    before = files_in(folder)
    result = run(line)
    assert isinstance(result.exception, SystemExit), result.exception
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("error:") == 1
    assert re.search(r"[.?]$|^For example: ", result.stderr, re.MULTILINE)
    assert message in result.stderr
    assert files_in(folder) == before
