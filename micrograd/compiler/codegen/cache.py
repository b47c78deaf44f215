"""Machine code on disk, so that the next process need not compile it again.

Rule: the cache may be missing, full, damaged or deleted at any time; then the code is built again.
Its folder is $MICROGRAD_CACHE or, without, micrograd in the user's cache folder.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from micrograd.support import files

CAP = 256 * 2**20  # bytes in all; the oldest files go first
DIGEST = 32  # bytes of SHA-256, before the code


def folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("MICROGRAD_CACHE") or Path(base) / "micrograd")


def cached(key: str, build: Callable[[], bytes]) -> bytes:
    """What `build()` returned for that key at some time, else what it returns now."""
    try:
        path = folder() / hashlib.sha256(key.encode()).hexdigest()
    except RuntimeError:  # there is no home
        return build()
    found = read(path)
    if found is None:
        found = build()
        keep(path, found)
    return found


def read(path: Path) -> bytes | None:
    """The code in that file; None if there is none, or not what was written."""
    try:
        stored = path.read_bytes()
    except OSError:
        return None
    digest, code = stored[:DIGEST], stored[DIGEST:]
    return code if hashlib.sha256(code).digest() == digest else None


def keep(path: Path, code: bytes) -> None:
    """Write the file and delete the oldest ones beyond the cap; a disk that refuses is let be."""
    try:
        files.write(path, hashlib.sha256(code).digest() + code)
        prune(path.parent, CAP)
    except OSError:
        return


def prune(where: Path, cap: int) -> None:
    newest = sorted(where.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    total = 0
    for path in newest:
        total += path.stat().st_size
        if total > cap:
            path.unlink(missing_ok=True)
