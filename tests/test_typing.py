"""What type checkers say of programs that use the package, as mypy and pyright read them.

Rule: the README, the examples and a user's program have no errors; a wrong program has those that
stand in its comments, and no others. None of these programs is run.
"""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import micrograd
from tests.support.once import once, session_folder

ROOT = Path(__file__).parents[1]
PROGRAMS = Path(__file__).with_name("typing")
PACKAGE = Path(micrograd.__file__).parent

# Errors are those of the program, as a user of the installed package sees them.
MYPY = (
    "--config-file=",
    "--python-version=3.10",
    "--follow-imports=silent",
    "--allow-redefinition-new",  # the README's programs share names
    "--local-partial-types",
    "--no-error-summary",
)

Errors = dict[tuple[str, int], str]  # {(file, line): what is wrong}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The programs in a folder of their own, outside the repository."""
    path = tmp_path_factory.mktemp("programs")
    for program in (*PROGRAMS.glob("*.py"), *(ROOT / "examples").glob("*.py")):
        shutil.copy(program, path)
    (path / "readme.py").write_text(code_of(ROOT / "README.md"), encoding="utf-8")
    return path


def code_of(page: Path) -> str:
    """Return the Python of a page, each line where it stands there."""
    inside, lines = False, []
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            inside = line == "```python"
            lines.append("")
        else:
            lines.append(line if inside else "")
    return "\n".join(lines) + "\n"


def mypy(folder: Path, *options: str) -> Errors:
    """Return mypy's errors in the folder's programs: {(file, line): code}."""
    command = [sys.executable, "-m", "mypy", *MYPY, *options, "."]
    environment = os.environ | {"MYPYPATH": str(PACKAGE.parent)}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment)
    assert not done.stderr and done.returncode in (0, 1), done.stdout + done.stderr
    found = re.findall(r"^(\S+?):(\d+): error: .*\[([\w-]+)\]$", done.stdout, re.MULTILINE)
    assert bool(found) == bool(done.returncode), done.stdout
    return {(name, int(line)): code for name, line, code in found}


def pyright(folder: Path) -> Errors:
    """Return pyright's errors in the folder's programs: {(file, line): rule}."""
    settings = {"extraPaths": [str(PACKAGE.parent)], "pythonVersion": "3.10"}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    command = [sys.executable, "-m", "pyright", "--outputjson"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.stdout.startswith("{"), done.stdout + done.stderr
    return {
        (Path(error["file"]).name, error["range"]["start"]["line"] + 1): error["rule"]
        for error in json.loads(done.stdout)["generalDiagnostics"]
        if error["severity"] == "error"
    }


@pytest.fixture(scope="module")
def errors(folder, tmp_path_factory):
    """Return errors(checker): what it finds in the programs, asked once in the whole session."""

    def errors_of(checker) -> Errors:
        if not find_spec(checker):
            pytest.skip(f"needs {checker}")
        path = session_folder(tmp_path_factory) / f"errors-of-{checker}.txt"
        once(path, lambda path: path.write_text(repr(CHECKERS[checker](folder))))
        return ast.literal_eval(path.read_text())

    return errors_of


def expected() -> dict[str, Errors]:
    """Return what the comments of the wrong program say, by checker."""
    wanted: dict[str, Errors] = {"mypy": {}, "pyright": {}}
    lines = (PROGRAMS / "wrong_program.py").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        if match := re.search(r"# ([\w-]+), (report\w+)$", line):
            wanted["mypy"]["wrong_program.py", number] = match[1]
            wanted["pyright"]["wrong_program.py", number] = match[2]
    return wanted


CHECKERS = {"mypy": mypy, "pyright": pyright}
CHECKER = pytest.mark.parametrize("checker", CHECKERS)


@pytest.mark.slow
@CHECKER
def test_right_programs_have_no_errors(errors, checker):
    assert not {place: what for place, what in errors(checker).items() if "wrong" not in place[0]}


@pytest.mark.slow
@CHECKER
def test_a_wrong_program_is_refused_for_the_right_reason(errors, checker):
    found = {place: what for place, what in errors(checker).items() if "wrong" in place[0]}
    assert found == expected()[checker]


@pytest.mark.slow
def test_the_programs_are_all_there(folder):
    names = {path.name for path in folder.glob("*.py")}
    assert names > {"readme.py", "user_program.py", "wrong_program.py", "moons.py"}
    assert "from micrograd import MLP, data, losses, optim" in (folder / "readme.py").read_text()
    assert len(expected()["mypy"]) > 20


@pytest.mark.slow
def test_types_cost_no_time():
    """`import micrograd` takes half as long again if it loads `typing`."""
    script = "import sys; import micrograd; print('typing' in sys.modules)"
    command = [sys.executable, "-S", "-c", script]
    environment = os.environ | {"PYTHONPATH": str(PACKAGE.parent)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "False"
