"""Whatever a reader is shown is run: the docstrings' examples and the README's blocks."""

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import micrograd

MODULES = [module.name for module in pkgutil.iter_modules(micrograd.__path__)]
README = Path(__file__).parent.parent / "README.md"


@pytest.mark.parametrize("name", ["", *(name for name in MODULES if name != "__main__")])
def test_examples_in_docstrings(name):
    if name == "check":
        pytest.importorskip("torch", reason="pip install 'micrograd[test]'")
    module = importlib.import_module(f"micrograd.{name}".rstrip("."))
    assert doctest.testmod(module).failed == 0


def test_the_readme_does_what_it_shows(capsys):
    text = README.read_text(encoding="utf-8")
    names: dict = {}
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(block, names)
    printed = capsys.readouterr().out
    for number in ("24.7041", "138.8338", "645.5773"):
        assert number in printed
    shown = re.search(r"print\(tree\(y\)\)\n```\n\n((?:    .*\n)+)", text)[1]
    assert "\n".join(line[4:] for line in shown.splitlines()) in printed
    for said in re.findall(r"print\((?:losses|grad|hessian).*\)  # (.*)", text):
        assert said in printed
