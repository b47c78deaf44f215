"""Files, written whole or not at all.

Rule: a file is written under a temporary name beside its place and then renamed, so that whatever
stops the program leaves the old file or the new one, never half of one.
"""

import errno
import os
import tempfile
from pathlib import Path


def write(path: Path | str, content: bytes | str) -> Path:
    """Write `content` to `path`, making its folder if need be; returns the path. Raises OSError."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        os.chmod(temporary, 0o666 & ~umask())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    return path


def ready(path: Path | str) -> None:
    """Raise the OSError that `write` would, as far as can be known; leaves but the folder."""
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    tempfile.TemporaryFile(dir=path.parent).close()


def umask() -> int:
    """The permissions that new files do not get; it can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def cannot_write(path, error: OSError) -> str:
    return f"cannot write to {str(path)!r}: {error.strerror or error}. Name another place."


def cannot_read(path, error: OSError) -> str:
    return f"cannot read {str(path)!r}: {error.strerror or error}."
