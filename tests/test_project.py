"""What the repository says about itself: one version, and commands that exist.

Rule: only what nothing else would notice is tested here.
"""

import ast
import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

import micrograd

ROOT = Path(__file__).parent.parent
WHERE_SESSIONS_ARE_NAMED = (
    *(".ci/run", ".github/workflows/ci.yml", ".github/PULL_REQUEST_TEMPLATE.md"),
    *("CONTRIBUTING.md", "README.md", "RELEASING.md"),
)


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def sessions() -> set[str]:
    """Return the names of the noxfile's sessions."""
    functions = [x for x in ast.parse(text_of("noxfile.py")).body if isinstance(x, ast.FunctionDef)]
    return {function.name for function in functions}


@pytest.mark.parametrize("name", WHERE_SESSIONS_ARE_NAMED)
def test_a_session_that_is_named_exists(name):
    calls = re.findall(r"nox -s ((?:[a-z]+\b ?)+)", text_of(name))
    assert {session for call in calls for session in call.split()} <= sessions()


def test_every_file_that_needs_a_browser_is_run_with_one():
    """The environment of the README's command has none, where such a test is skipped."""
    named = text_of("noxfile.py")
    for path in sorted(ROOT.glob("tests/test_*.py")):
        name = path.stem.removeprefix("test_")
        text = path.read_text("utf-8")
        needs_one = path != Path(__file__) and re.search("needs_browser|CHROMIUM", text)
        assert not needs_one or f'"{name}"' in named or f'"tests/{path.name}"' in named, name


def test_the_workflow_runs_the_checks_of_the_gate():
    gate, hosted = text_of(".ci/run"), text_of(".github/workflows/ci.yml")
    for session in sessions() - {"quick", "base", "bench", "nightly"}:
        named = rf"nox -s [a-z ]*\b{session}\b"
        assert re.search(named, hosted), session
    assert "pip install" in gate and "tools/smoke.py" in gate and "tools/smoke.py" in hosted


def test_the_version_stands_in_one_place():
    number = re.escape(micrograd.__version__)
    files = [*ROOT.glob("*.toml"), *ROOT.glob("*.cff"), *(ROOT / "docs").glob("*.py")]
    stated = [path.name for path in files if re.search(rf"version.*{number}", path.read_text())]
    assert stated == []


def test_the_changelog_has_the_version_and_what_is_to_come():
    headings = re.findall(r"^## (.*)$", text_of("CHANGELOG.md"), re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert headings[1].split()[0] == micrograd.__version__
    kinds = set(re.findall(r"^### (.*)$", text_of("CHANGELOG.md"), re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


@pytest.mark.parametrize("name", [*WHERE_SESSIONS_ARE_NAMED, "noxfile.py", "docs/conf.py"])
def test_the_source_archive_has_what_its_tests_read(name):
    pattern = r"(?s)targets\.sdist\]\ninclude = \[(.*?)\n\]"
    (included,) = re.findall(pattern, text_of("pyproject.toml"))
    top = name.split("/")[0]
    assert any(fnmatch(top, each) for each in re.findall(r'"(.*?)"', included))


def test_the_command_is_in_the_wheel():
    """It begins in a file beside the package."""
    text = text_of("pyproject.toml")
    (module,) = re.findall(r'^micrograd = "(\w+):main"$', text, re.MULTILINE)
    assert (ROOT / f"{module}.py").exists()
    (included,) = re.findall(r"^force-include = \{(.*)\}$", text, re.MULTILINE)
    assert included.strip() == f'"{module}.py" = "{module}.py"'
