"""The project's tasks, one command each: `nox -l` lists them, `nox -s lint` runs one.

Rule: a session runs in the environment that `pip install -e '.[dev]'` has filled, so that nothing
is installed twice; `base` and `lowest` alone make environments of their own. `.ci/run`, the hosted
workflow and the hooks of pre-commit call these sessions or the same commands.
"""

import shutil
from pathlib import Path

import nox

nox.needs_version = ">=2024.4"
nox.options.sessions = ["lint", "size", "types", "tests", "coverage"]
nox.options.default_venv_backend = "none"

BUILD = Path("build")
SITE = BUILD / "site"
CORE = ["ops", "graph", "engine", "watchers", "ieee", "errors", "nn/network"]
CORE += ["losses", "optim/*", "data", "check"]
CORE_FILES = ",".join(f"micrograd/{name}.py" for name in CORE)
PASSED, FAILED, NONE_RUN = 0, 1, 5  # exit codes of pytest
MEASURED = ("--cov", "--cov-report=", "--cov-fail-under=0")  # `coverage` compares, at the end
WIDGET_TESTS = ["tests/test_widget.py", "tests/test_lab_widget.py"]
PAGES = ("browser", "classroom", "lab_browser", "lab_recording", "large_graph_browser")
PAGES += ("lesson_commands", "lesson_pages", "pages_run", "site")
PAGE_TESTS = [f"tests/test_{name}.py" for name in PAGES]


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests and measure their coverage: nox -s tests -- tests/test_engine.py"""
    session.run("pytest", *MEASURED, *session.posargs)


@nox.session
def quick(session: nox.Session) -> None:
    """Run the tests that together take less than a minute."""
    session.run("pytest", "-m", "quick", *session.posargs)


@nox.session
def nightly(session: nox.Session) -> None:
    """Compare random programs with every interpreter: nox -s nightly -- --hours 8 --jobs 4"""
    session.run("python", "-m", "tests.nightly", *session.posargs)


@nox.session
def browser(session: nox.Session) -> None:
    """Run the tests of the player, the lab, the widget and the notebooks; they need Chromium.

    On a busy machine a page now and then comes later than a test waits, so what fails is run again:
    a mistake fails twice. Python's part of pages is measured by other tests.
    """
    session.run("pytest", *MEASURED, "--cov-append", *WIDGET_TESTS)
    session.run("pytest", *PAGE_TESTS, success_codes=[PASSED, FAILED])
    again = ("--last-failed", "--last-failed-no-failures=none")
    session.run("pytest", *again, *PAGE_TESTS, success_codes=[PASSED, NONE_RUN])


@nox.session
def coverage(session: nox.Session) -> None:
    """Compare what `tests` measured with the least that is allowed; the core needs every branch."""
    session.run("coverage", "report")
    session.run("coverage", "report", f"--include={CORE_FILES}", "--fail-under=100")


@nox.session
def lint(session: nox.Session) -> None:
    """Check the code's style, its layers and the spelling."""
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("typos")
    session.run("pytest", "tests/test_layers.py")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types of the package; `tests` checks those of programs that use it."""
    session.run("mypy")


@nox.session
def size(session: nox.Session) -> None:
    """Compare each file with its budget of lines and of tokens a line."""
    session.run("python", "tools/size.py")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the site in build/site and check its links; every warning is an error.

    Python for its pages comes from npm; without npm, or a network the first time, cells do not run.
    """
    session.run("python", "tools/fetch_pyodide.py", success_codes=[0, 1])
    shutil.rmtree(SITE, ignore_errors=True)
    session.run("python", "-m", "sphinx", "-q", "-W", "--keep-going", "docs", str(SITE))
    session.run("python", "tools/check_links.py", str(SITE))


@nox.session
def bench(session: nox.Session) -> None:
    """Measure the time of a step: nox -s bench -- moons --slow"""
    session.run("python", "-m", "bench", *session.posargs)


@nox.session
def package(session: nox.Session) -> None:
    """Build the source archive and the wheel in dist/."""
    session.run("python", "-m", "build")


@nox.session(venv_backend="venv")
def base(session: nox.Session) -> None:
    """Install the package alone and use it, in an environment without any extra."""
    session.install(".")
    session.run("python", "tools/smoke.py")


@nox.session(venv_backend="venv", python="3.10")
def lowest(session: nox.Session) -> None:
    """Do the same with the lowest versions that pyproject.toml allows."""
    requirements = nox.project.load_toml("pyproject.toml")["project"]["dependencies"]
    session.install(".", *[requirement.replace(">=", "==") for requirement in requirements])
    session.run("python", "tools/smoke.py")
