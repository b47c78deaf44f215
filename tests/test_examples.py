"""The programs of examples/ run as a user would run them, and their README lists each."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "examples"
PROGRAMS = sorted(path.name for path in FOLDER.glob("*.py"))

# name: (arguments that make it quick, a pattern that the output contains)
EXPECTED = {
    "csv_table.py": (["50"], r"typical error on held-out rows: \d\.\d\d mm\n10000 km, city: "),
    "explain_gradient.py": (
        ["page.html"],
        r"t3 = tanh\(t2\)[^~]*\n\nwrote page",
    ),
    "moons.py": (["50"], r"loss \d\.\d{3} -> \d\.\d{3}, accuracy \d+%\n#+"),
    "invent_names.py": (["20"], r"loss \d\.\d\d -> \d\.\d\d\n(.*\n){5}"),
    "newton.py": (["3"], r"(step  \d .*\n){4}"),
    "with_torchrun.py": (["20"], r"1 process\(es\), loss 0\.\d{6} after 20 steps"),
    "own_op.py": (["50"], r"  ok\nswish'\(1\) = 0\.927[^~]*compiled: [^~]*loss \d"),
}


def test_every_program_is_expected_and_listed():
    listed = re.findall(r"^\| \[(.*?)\]", (FOLDER / "README.md").read_text("utf-8"), re.M)
    assert sorted(EXPECTED) == sorted(listed) == PROGRAMS


@pytest.mark.no_cover
@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
def test_program_runs(name, tmp_path):
    if "torch" in name:
        pytest.importorskip("torch")
    arguments, pattern = EXPECTED[name]
    done = subprocess.run(
        [sys.executable, FOLDER / name, *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert re.search(pattern, done.stdout), done.stdout


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_uses_public_names_only(name):
    """A reader copies an example: it must import nothing that another release may move."""
    allowed = {"micrograd", "micrograd.export", "micrograd.nn", "torch", "torch.nn.parallel"}
    allowed |= set(sys.stdlib_module_names)
    tree = ast.parse((FOLDER / name).read_text("utf-8"))
    assert ast.get_docstring(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.module in allowed
        elif isinstance(node, ast.Import):
            assert all(alias.name in allowed for alias in node.names)
