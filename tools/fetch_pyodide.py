"""Fetch Pyodide, which is Python for browsers, from npm into build/pyodide, for the site.

Run as `python tools/fetch_pyodide.py`; it needs npm and, the first time, a network. If the package
cannot be had, it exits with 1 and a sentence: the site is then built without "Run".
"""

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

VERSION = "314.0.7"
DIGEST = (
    "66b7949e5a0cba2250b586d7e368bf12fb482800748d182c4618254b685ffaa0"  # SHA-256 of the package
)
FILES = (
    "pyodide.mjs",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "pyodide-lock.json",
)
FOLDER = Path(__file__).parents[1] / "build" / "pyodide" / VERSION
SECONDS = 120  # for npm


def fetch() -> Path:
    """Return the folder with the files, which are fetched unless they are there.

    Raises RuntimeError, with a sentence, if that fails.
    """
    if all((FOLDER / name).exists() for name in FILES):
        return FOLDER
    with tempfile.TemporaryDirectory() as folder:
        package = pack(Path(folder))
        if hashlib.sha256(package.read_bytes()).hexdigest() != DIGEST:
            raise RuntimeError(f"pyodide {VERSION} from npm is not the package that was tested.")
        FOLDER.mkdir(parents=True, exist_ok=True)
        with tarfile.open(package) as archive:
            for name in FILES:
                content = archive.extractfile(f"package/{name}")
                assert content is not None  # the digest says that it is there
                (FOLDER / name).write_bytes(content.read())
    return FOLDER


def pack(folder: Path) -> Path:
    """Return the package that npm puts into the folder. RuntimeError without npm or a network."""
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError("Pyodide comes from npm, which is not installed.")
    command = [npm, "pack", f"pyodide@{VERSION}", "--silent", "--pack-destination", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=SECONDS, cwd=folder)
    except (subprocess.SubprocessError, OSError) as error:
        raise RuntimeError(f"npm could not fetch pyodide {VERSION}: {error}") from error
    return next(folder.glob("*.tgz"))


def main() -> int:
    try:
        print(f"Pyodide {VERSION} is in {fetch()}")
    except RuntimeError as error:
        print(f'{error} The site is built without "Run".', file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
