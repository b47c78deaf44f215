"""Which lessons were read: a file of the user's own, and nothing else is kept.

Rule: it is a list of numbers, in the folder for data that the system has for each user.
"""

import json
import os
from pathlib import Path

from micrograd.support import files


def path() -> Path:
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "micrograd" / "lessons.json"


def read() -> set[int]:
    """The numbers; none where the file is missing or is not ours."""
    try:
        return set(map(int, json.loads(path().read_text(encoding="utf-8"))))
    except (OSError, ValueError, TypeError):
        return set()


def mark(number: int) -> None:
    """Note that the lesson was read, if that can be written."""
    numbers = sorted(read() | {number})
    try:
        files.write(path(), json.dumps(numbers) + "\n")
    except OSError:
        return
