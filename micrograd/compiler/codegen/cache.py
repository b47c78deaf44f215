"""Machine code and plans on disk, so that the next process need not compile again.

Rule: the cache may be missing, full, damaged or deleted at any time; then the code is built again.
Its folder is $MICROGRAD_CACHE or, without it, micrograd in the user's cache folder. The key of an
entry begins with a digest of all sources: code that another version wrote is never found. Nothing
but an entry is ever deleted, whatever else lies in the folder.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

from micrograd.support import LOADED_AT, files
from micrograd.support.user_folders import cache_folder

CAP = 256 * 2**20  # bytes in all; the oldest files are deleted first
DIGEST = 32  # bytes of SHA-256, before the code
ENTRY = re.compile(r"[0-9a-f]{64}|\.[0-9a-f]{64}\.\w{8}")  # a key's digest, or a file to become one
PRUNES_AT = "00"  # one entry in 256 prunes, since listing 50,000 files takes a second
PACKAGE = Path(__file__).parents[2]


def folder() -> Path:
    """Return the folder of the cache. Raises RuntimeError if none is named and there is no home."""
    named = os.environ.get("MICROGRAD_CACHE")
    return Path(named) if named else cache_folder()


@cache
def digest_of_sources(package: Path = PACKAGE) -> str:
    """Return a digest of every source file of the package, each with its path.

    Any of them may decide what is compiled: the rows of the table, an optimizer, a layer. All are
    read, which takes a few milliseconds, so that no list of them can be out of date. The digest is
    "" where no source can be read, as in a zip file.
    """
    paths = sources(package)
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path[len(str(package)) :]}\n".encode())
        with open(path, "rb", buffering=0) as file:
            digest.update(hashlib.sha256(file.read()).digest())
    return digest.hexdigest() if paths else ""


@cache
def is_replaced(package: Path = PACKAGE) -> bool:
    """Return whether a source is newer than this process, which runs the one before it.

    Somebody has installed another version meanwhile, and it must not find what is compiled here.
    """
    changes = [os.stat(path).st_ctime for path in sources(package)]
    return max(changes, default=0.0) > LOADED_AT


@cache
def sources(package: Path) -> list[str]:
    """Return the paths of all source files of a package, in order."""
    paths = [
        os.path.join(where, name)
        for where, _, names in os.walk(package)
        for name in names
        if name.endswith(".py")
    ]
    return sorted(filter(os.path.isfile, paths))  # an editor's lock is a dead link


def load_or_build(key: str, build: Callable[[], bytes]) -> bytes:
    """Return the stored code for that key, or else what `build()` returns, and store it."""
    code = find_entry(key)
    if code is None:
        code = build()
        keep_entry(key, code)
    return code


def find_entry(key: str) -> bytes | None:
    """Return what is stored for that key, None if nothing is."""
    path = path_of(key)
    return None if path is None else read(path)


def keep_entry(key: str, content: bytes) -> None:
    """Store the content for that key, if there is a place for it."""
    path = path_of(key)
    if path is not None:
        store(path, content)


def path_of(key: str) -> Path | None:
    """Return the place of an entry, None without a home.

    Without sources it is None, too, because all versions would have the same keys; and if they were
    replaced, because the key would be another version's.
    """
    if not digest_of_sources() or is_replaced():
        return None
    try:
        return folder() / hashlib.sha256(key.encode()).hexdigest()
    except RuntimeError:  # there is no home
        return None


def read(path: Path) -> bytes | None:
    """Return the code in that file, or None if it is missing, damaged or another entry's."""
    try:
        content = files.read(path)
    except OSError:
        return None
    digest, code = content[:DIGEST], content[DIGEST:]
    return code if digest == digest_of_entry(path, code) else None


def store(path: Path, code: bytes) -> None:
    """Write the file, and now and then delete the oldest; ignore a disk that refuses."""
    try:
        files.write(path, digest_of_entry(path, code) + code)
        if path.name.startswith(PRUNES_AT):
            prune(path.parent, CAP)
    except OSError:
        return


def digest_of_entry(path: Path, code: bytes) -> bytes:
    """Return a digest of the code and of the key, whose own digest is the name of the file."""
    return hashlib.sha256(path.name.encode() + code).digest()


def prune(where: Path, cap: int) -> None:
    """Delete the oldest entries of a folder until those that stay have at most `cap` bytes."""
    total = 0
    for _, size, path in sorted(entries(where), reverse=True):
        total += size
        if total > cap:
            Path(path).unlink(missing_ok=True)


def entries(where: Path) -> Iterator[tuple[float, int, str]]:
    """Yield (time of the last change, bytes, path) for each entry in the folder."""
    with os.scandir(where) as items:
        for item in items:
            if ENTRY.fullmatch(item.name) and item.is_file(follow_symlinks=False):
                with suppress(FileNotFoundError):  # another process prunes as well
                    facts = item.stat()
                    yield facts.st_mtime, facts.st_size, item.path
