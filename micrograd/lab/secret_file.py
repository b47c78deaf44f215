"""The secret of a lab, kept while it runs, so that an open page finds it again if it was killed.

Rule: the secret is in a file that its user alone may read, one for each port. A lab that ends
removes it, and Ctrl-C is such an end. Where there is no place for the file, a secret lasts as long
as its lab. It opens nothing by itself: see `returning`.
"""

import os
import secrets
import time
from contextlib import suppress
from pathlib import Path

from micrograd.support.user_folders import data_folder

SECONDS_KEPT = 24 * 60 * 60
PRIVATE = 0o600  # the permissions of the file
LEAST = 32  # characters of a secret


def secret_of(port: int) -> str:
    """Return the secret of a lab on this port that was killed, or a new one, which is kept."""
    try:
        path = path_of(port)
        secret = read(path) or secrets.token_urlsafe(LEAST)
        write(path, secret)
    except (OSError, RuntimeError, UnicodeDecodeError):
        return secrets.token_urlsafe(LEAST)
    return secret


def forget_secret(port: int) -> None:
    """Remove the secret that was kept for this port."""
    with suppress(OSError, RuntimeError):
        path_of(port).unlink()


def path_of(port: int) -> Path:
    """Return the path of the secret's file. Raises RuntimeError if the user has no home."""
    return data_folder() / f"lab-{port}.secret"


def read(path: Path) -> str:
    """Return the secret in a file, "" if it is too old, too short, or others may read it."""
    if not path.is_file() or path.is_symlink():
        return ""
    facts = path.stat()
    is_open = os.name == "posix" and bool(facts.st_mode & ~PRIVATE & 0o777)
    if is_open or time.time() - facts.st_mtime > SECONDS_KEPT:
        return ""
    secret = path.read_text(encoding="ascii")
    return secret if len(secret) >= LEAST else ""


def write(path: Path, secret: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{secrets.token_hex(4)}")
    handle = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secret)
    os.replace(temporary, path)
