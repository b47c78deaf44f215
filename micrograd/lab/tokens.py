"""The token of a lab, kept for a day, so that an open page finds a lab that was started again.

Rule: the token is in a file that its user alone may read, one for each port. Where there is no
place for such a file, a token lasts as long as its lab.
"""

import os
import secrets
import time
from pathlib import Path

from micrograd.support.user_folders import data_folder

SECONDS_KEPT = 24 * 60 * 60
PRIVATE = 0o600  # the permissions of the file
LEAST = 32  # characters of a token


def token_of(port: int) -> str:
    """Return the token of the last lab on this port, or a new one, which is kept.

    Its file counts as new each time, so the token stays the same as long as it is used.
    """
    try:
        path = data_folder() / f"lab-{port}.token"
        token = read(path) or secrets.token_urlsafe(LEAST)
        write(path, token)
    except (OSError, RuntimeError, UnicodeDecodeError):
        return secrets.token_urlsafe(LEAST)
    return token


def read(path: Path) -> str:
    """Return the token in a file, "" if it is too old, too short, or others may read it."""
    if not path.is_file() or path.is_symlink():
        return ""
    facts = path.stat()
    is_open = os.name == "posix" and bool(facts.st_mode & ~PRIVATE & 0o777)
    if is_open or time.time() - facts.st_mtime > SECONDS_KEPT:
        return ""
    token = path.read_text(encoding="ascii")
    return token if len(token) >= LEAST else ""


def write(path: Path, token: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{secrets.token_hex(4)}")
    handle = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(token)
    os.replace(temporary, path)
