"""Python for the pages of the site: Pyodide's files, this package as an archive, and the scripts.

Rule: nothing is fetched here, and nothing is loaded from elsewhere by a page. If build/pyodide is
missing (`tools/fetch_pyodide.py` fills it), the site is built all the same, and its pages say that
their cells cannot run.
"""

import hashlib
import io
import shutil
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

from tools.fetch_pyodide import FILES, FOLDER

PACKAGE = Path(__file__).parents[2] / "micrograd"
ARCHIVE = "micrograd.zip"
LEFT_OUT = {"__pycache__", "lab", "cli", "sklearn", "tables"}  # folders that no page needs
PAGES = ("lessons/", "exercises/")
WHEN = (1980, 1, 1, 0, 0, 0)  # the same sources give the same archive


def has_python() -> bool:
    return all((FOLDER / name).exists() for name in FILES)


def add_scripts(app: Any, pagename: str, templatename, context: dict, doctree) -> None:
    """Give a page of the course the script that runs its cells."""
    if pagename.startswith(PAGES):
        facts = {"data-python": "", "data-bytes": "0"}
        if has_python():
            facts = {"data-python": f"{folder_name()}/", "data-bytes": str(size())}
        app.add_js_file("run.js", loading_method="defer", **facts)


def write_python(app: Any, exception: Exception | None) -> None:
    """Write Python's files and the service worker, which keeps them, into the built site."""
    static = Path(app.outdir) / "_static"
    if exception or app.builder.format != "html" or not static.exists():
        return
    # a worker serves what lies below it, so this one lies at the root
    shutil.copy(static / "service_worker.js", app.outdir)
    for old in static.glob("python-*"):
        if old.name != folder_name():
            shutil.rmtree(old)
    if has_python():
        folder = static / folder_name()
        folder.mkdir(exist_ok=True)
        for name in FILES:
            shutil.copy(FOLDER / name, folder)
        (folder / ARCHIVE).write_bytes(archive())


@cache
def archive() -> bytes:
    """Return the package as a zip file."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for path in sorted(PACKAGE.rglob("*")):
            name = path.relative_to(PACKAGE.parent)
            if path.is_file() and not LEFT_OUT.intersection(name.parts):
                place = zipfile.ZipInfo(name.as_posix(), WHEN)
                file.writestr(place, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return content.getvalue()


@cache
def folder_name() -> str:
    """Return the name of the folder of Python's files, another one for another content."""
    digest = hashlib.sha256(FOLDER.name.encode() + archive()).hexdigest()
    return f"python-{digest[:12]}"


def size() -> int:
    """Return how many bytes a page fetches before it can run Python."""
    fetched = [name for name in FILES if name != "pyodide.mjs"]  # which is imported, and small
    return sum((FOLDER / name).stat().st_size for name in fetched) + len(archive())
