"""The token of a lab, kept while it runs, so that an open page finds it again if it was killed.

Rule: the token is in a file that its user alone may read, one for each port. A lab that ends
removes it, and Ctrl-C is such an end. Where there is no place for the file, a token lasts as long
as its lab.
"""

import os
import secrets
import time
from contextlib import suppress
from pathlib import Path

from micrograd.support.user_folders import data_folder

SECONDS_KEPT = 24 * 60 * 60
PRIVATE = 0o600  # the permissions of the file
LEAST = 32  # characters of a token


def token_of(port: int) -> str:
    """Return the token of a lab on this port that was killed, or a new one, which is kept."""
    try:
        path = path_of(port)
        token = read(path) or secrets.token_urlsafe(LEAST)
        write(path, token)
    except (OSError, RuntimeError, UnicodeDecodeError):
        return secrets.token_urlsafe(LEAST)
    return token


def forget_token(port: int) -> None:
    """Remove the token that was kept for this port."""
    with suppress(OSError, RuntimeError):
        path_of(port).unlink()


def path_of(port: int) -> Path:
    """Return the path of the token's file. Raises RuntimeError if the user has no home."""
    return data_folder() / f"lab-{port}.token"


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
