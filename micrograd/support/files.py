"""Files that are written whole or not at all.

Rule: a file is written under a temporary name beside its place and then renamed. Whatever stops the
program leaves the old file or the new one, never half of one.
"""

import errno
import os
import tempfile
from pathlib import Path


def write(path: Path | str, content: bytes | str) -> Path:
    """Write `content`, creating the folder if it is missing; return the path. Raises OSError.

    Text is encoded as UTF-8.
    """
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


def check_writable(path: Path | str) -> None:
    """Raise the OSError that `write` would raise. Creates the folder but no file."""
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    tempfile.TemporaryFile(dir=path.parent).close()


def umask() -> int:
    """Return the permissions that new files do not get. Only setting them tells what they were."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def cannot_write(path: Path | str, error: OSError) -> str:
    return f"cannot write to {str(path)!r}: {error.strerror or error}. Name another place."


def cannot_read(path: Path | str, error: OSError) -> str:
    return f"cannot read {str(path)!r}: {error.strerror or error}. Check the path."
