"""Files that are read whole, and written whole or not at all.

Rule: a file is written under a temporary name beside its place and then renamed. Whatever stops the
program leaves the old file or the new one, never half of one. Nothing but a regular file is read or
replaced; a link is followed, and a file keeps its permissions.
"""

import errno
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from micrograd.support.wording import kind

LONGEST_PREFIX = 100  # characters of the name in the temporary one: a system allows about 255 bytes


def write(path: Path | str, content: bytes | str, previous: Path | str | None = None) -> Path:
    """Write `content`, creating the folder if it is missing; return the path. Raises OSError.

    Text is encoded as UTF-8. With `previous`, the file that it replaces is kept under that name.
    """
    place = place_of(path)
    permissions = check_place(place)
    place.parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{place.name[:LONGEST_PREFIX]}."
    handle, temporary = tempfile.mkstemp(dir=place.parent, prefix=prefix)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(encode(content) if isinstance(content, str) else content)
        os.chmod(temporary, permissions)
        if previous is not None and place.exists():
            os.replace(place, previous)
        os.replace(temporary, place)
    except BaseException:
        os.unlink(temporary)
        raise
    return Path(path)


def read(path: Path | str) -> bytes:
    """Return the content of a regular file. Raises OSError, also for a device, which has no end."""
    place = place_of(path)
    check_regular(place, place.stat().st_mode)
    return place.read_bytes()


def check_writable(path: Path | str) -> None:
    """Raise the OSError that `write` would raise. Nothing is left behind, not even a folder."""
    place = place_of(path)
    check_place(place)
    missing = [folder for folder in place.parents if not folder.exists()]
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=place.parent).close()
    finally:
        for folder in missing:
            with suppress(OSError):
                folder.rmdir()


def as_path(path: Path | str) -> Path:
    """Return the path as a Path. Raises TypeError for anything but a text or a path."""
    if not isinstance(path, str | os.PathLike):
        raise TypeError(not_a_path(path))
    return Path(path)


def place_of(path: Path | str) -> Path:
    """Return the path without links. Raises OSError for a name that no file can have."""
    path = as_path(path)
    try:
        return Path(os.path.realpath(os.fsdecode(os.fsencode(path))))
    except ValueError as error:  # a NUL, or half of a character
        raise OSError(errno.EINVAL, "no file can have this name", str(path)) from error


def check_place(place: Path) -> int:
    """Return the permissions of a file to write there. Raises OSError if it must not be replaced.

    They are those of the file that is there or, if there is none, those of a new file.
    """
    try:
        mode = place.stat().st_mode
    except FileNotFoundError:
        return 0o666 & ~umask()
    check_regular(place, mode)
    if not mode & 0o222 or not os.access(place, os.W_OK):
        raise PermissionError(errno.EACCES, "the file is read-only", str(place))
    return stat.S_IMODE(mode)


def check_regular(place: Path, mode: int) -> None:
    """Raise OSError for a folder, a device, a pipe or a socket."""
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(place))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "it is a device or a pipe, not a regular file", str(place))


def encode(text: str) -> bytes:
    """Return the text in UTF-8, with each lone surrogate replaced."""
    return replace_surrogates(text).encode()


def replace_surrogates(text: str) -> str:
    """Return the text with U+FFFD for each lone surrogate: half of a pair, which is no character.

    >>> replace_surrogates("a\\ud800b")
    'a\ufffdb'
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        pairs = text.encode("utf-16-le", "surrogatepass")
        return pairs.decode("utf-16-le", "replace")
    return text


def umask() -> int:
    """Return the permissions that new files do not get. Only setting them tells what they were."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def not_a_path(path: object) -> str:
    return f"The path of a file is a text or a Path, got {kind(path)}. Write one such as 'a.csv'."


def cannot_write(path: Path | str, error: OSError) -> str:
    reason = (error.strerror or str(error)).rstrip(".")
    return f"cannot write to {str(path)!r}: {reason}. Name another place."


def cannot_read(path: Path | str, error: OSError) -> str:
    return f"cannot read {str(path)!r}: {error.strerror or error}. Check the path."
