"""The list of the lessons that a user has read, in a file of the user's own.

Rule: it is a list of numbers, in the folder that the system has for each user's data, and nothing
else is stored.
"""

import json
from pathlib import Path

from micrograd.support import files
from micrograd.support.user_folders import data_folder


def path() -> Path:
    """Return the path of the file. Raises RuntimeError for a user who has no home."""
    return data_folder() / "lessons.json"


def read() -> set[int]:
    """Return the numbers of the lessons read; none without a readable file."""
    try:
        return set(map(int, json.loads(path().read_text(encoding="utf-8"))))
    except (OSError, RuntimeError, ValueError, TypeError):
        return set()


def mark(number: int) -> None:
    """Note that the lesson was read, if the file can be written."""
    numbers = sorted(read() | {number})
    try:
        files.write(path(), json.dumps(numbers) + "\n")
    except (OSError, RuntimeError):
        return
