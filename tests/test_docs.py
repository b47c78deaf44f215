"""Whatever a reader is shown runs: the examples in docstrings, and the README from top to bottom.

Rule: nothing is skipped. What the README prints stands there, too: in the comment behind the
`print`, or as an indented block. (A comment that begins with a letter is about the output.)
"""

import doctest
import importlib
import pkgutil
import random
import re
import textwrap
from pathlib import Path

import pytest

import micrograd
from micrograd import OPS

README = Path(__file__).parents[1] / "README.md"
# `cli` needs a terminal, `__main__` is the command itself, which importing would run, and `widget`
# needs an extra
SKIPPED = ("micrograd.__main__", "micrograd.drawing.player.widget")
MODULES = ["micrograd"] + [
    module.name
    for module in pkgutil.walk_packages(micrograd.__path__, "micrograd.")
    if module.name not in SKIPPED
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings(name):
    if name == "micrograd.check":
        pytest.importorskip("torch")
    state = random.getstate()
    result = doctest.testmod(importlib.import_module(name))
    random.setstate(state)
    assert result.failed == 0


def test_there_are_examples():
    names = [name for name in MODULES if ">>>" in (importlib.import_module(name).__doc__ or "")]
    assert "micrograd" in names


def as_shown(source: str, printed: list[str], text: str) -> None:
    """Every `print` line of a block, with what it printed, is as the README says."""
    lines = [line for line in source.splitlines() if line.startswith("print(")]
    assert len(lines) == len(printed)
    for line, output in zip(lines, printed):
        _, _, comment = line.partition("  # ")
        if not comment:
            assert textwrap.indent(output, "    ") in text, output
        elif not comment[0].isalpha():
            assert comment.startswith(output), line


def test_the_readme_runs_from_top_to_bottom(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)  # a block that writes a file writes it there
    text = README.read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert blocks
    printed = []
    namespace = {
        "__name__": "readme",
        "print": lambda *args: printed.append(" ".join(map(str, args))),
    }
    state = random.getstate()
    for block in blocks:
        printed.clear()
        exec(compile(block, str(README.name), "exec"), namespace)
        as_shown(block, printed, text)
    random.setstate(state)
    del OPS["swish"]  # the README's own row
    assert doctest.testfile(str(README), module_relative=False).failed == 0
