"""The documentation site for tests, built once, and what they need to look at it in a browser."""

import importlib.util
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.once import once, session_folder
from tools import fetch_pyodide

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
SANDBOX = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
BUILDERS = ("sphinx", "furo", "myst_nb", "sphinx_copybutton", "torch")
BUILDERS += ("jax", "onnx", "onnxruntime")
BROWSER = ("playwright", "axe_core_python")
needs_sphinx = pytest.mark.skipif(
    not all(map(importlib.util.find_spec, BUILDERS)), reason="needs pip install -e '.[dev]'"
)
needs_browser = pytest.mark.skipif(
    not (CHROMIUM and all(map(importlib.util.find_spec, BROWSER))),
    reason="needs a browser: pip install -e '.[browser]' and, on Debian, apt install chromium",
)


def built_site(tmp_path_factory) -> Path:
    """Return the folder of the site: the one that `nox -s docs` has built, if that is not old."""
    with suppress(RuntimeError):  # without npm or a network, it is built without "Run"
        fetch_pyodide.fetch()
    built = ROOT / "build" / "site"
    index = built / "searchindex.js"  # is written last
    if index.exists() and index.stat().st_mtime > newest_source():
        return built
    return once(session_folder(tmp_path_factory) / "site", build)


def build(folder: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "-W", "-q", "-b", "html", "docs", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def newest_source() -> float:
    """Return when a source of the site was last written, Pyodide's files among them."""
    folders = ("docs", "micrograd", "tools", "build/pyodide")
    paths = (path for folder in folders for path in (ROOT / folder).rglob("*"))
    sources = (path for path in paths if path.is_file() and "__pycache__" not in path.parts)
    return max(path.stat().st_mtime for path in sources)
