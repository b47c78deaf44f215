"""Machine code on disk, so that the next process need not compile it again.

Rule: the cache may be missing, full, damaged or deleted at any time; then the code is built again.
Its folder is $MICROGRAD_CACHE or, without it, micrograd in the user's cache folder. The key of an
entry begins with a digest of all sources: code that another version wrote is never found.
"""

import hashlib
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

from micrograd.support import files

CAP = 256 * 2**20  # bytes in all; the oldest files are deleted first
DIGEST = 32  # bytes of SHA-256, before the code
PACKAGE = Path(__file__).parents[2]


def folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("MICROGRAD_CACHE") or Path(base) / "micrograd")


@cache
def digest_of_sources(package: Path = PACKAGE) -> str:
    """Return a digest of every source file of the package, each with its path.

    Any of them may decide what is compiled: the rows of the table, an optimizer, a layer. All are
    read, which takes a few milliseconds, so that no list of them can be out of date. The digest is
    "" where no source can be read, as in a zip file.
    """
    sources = sorted(filter(Path.is_file, package.rglob("*.py")))  # an editor's lock is a dead link
    if not sources:
        return ""
    digest = hashlib.sha256()
    for path in sources:
        digest.update(f"{path.relative_to(package).as_posix()}\n".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def load_or_build(key: str, build: Callable[[], bytes]) -> bytes:
    """Return the stored code for that key, or else what `build()` returns, and store it.

    Nothing is stored without sources, because all versions would have the same keys.
    """
    if not digest_of_sources():
        return build()
    try:
        path = folder() / hashlib.sha256(key.encode()).hexdigest()
    except RuntimeError:  # there is no home
        return build()
    code = read(path)
    if code is None:
        code = build()
        store(path, code)
    return code


def read(path: Path) -> bytes | None:
    """Return the code in that file, or None if it is missing or damaged."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    digest, code = content[:DIGEST], content[DIGEST:]
    return code if hashlib.sha256(code).digest() == digest else None


def store(path: Path, code: bytes) -> None:
    """Write the file, and delete the oldest ones beyond the cap; ignore a disk that refuses."""
    try:
        files.write(path, hashlib.sha256(code).digest() + code)
        prune(path.parent, CAP)
    except OSError:
        return


def prune(where: Path, cap: int) -> None:
    """Delete the oldest files of a folder until those that stay have at most `cap` bytes."""
    newest = sorted(where.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    total = 0
    for path in newest:
        total += path.stat().st_size
        if total > cap:
            path.unlink(missing_ok=True)
