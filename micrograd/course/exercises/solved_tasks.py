"""The file `progress.json`: which tasks are solved, and how many hints of each were shown.

Rule: every change is read, made and written under a lock, so that two checks at once lose nothing.
A file of an older version, or by hand, is read as far as it can be, and one that cannot be read is
kept beside the new one.
"""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from micrograd.course.exercises.task import find_task
from micrograd.support import files
from micrograd.support.locks import Held, hold_lock

LOCK_SECONDS = 10.0  # to wait for another check, which holds the lock for some milliseconds
POLL_SECONDS = 0.01

Progress = dict[str, Any]  # {"solved": names, "hints": {name: how many}}, and what else was there


def read(path: Path) -> Progress:
    """Return the progress in the file; none if there is no such file. Raises OSError."""
    return progress_of(load(path))


def change(path: Path, update: Callable[[Progress], object]) -> None:
    """Let `update` change the progress in the file. Raises OSError."""
    lock = path.with_name(f".{path.name}.lock")
    end = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            with hold_lock(lock):
                return change_now(path, update)
        except Held:
            if time.monotonic() > end:  # another process was stopped in the middle
                return change_now(path, update)
            time.sleep(POLL_SECONDS)


def change_now(path: Path, update: Callable[[Progress], object]) -> None:
    content = load(path)
    progress = progress_of(content)
    update(progress)
    is_lost = content is None and path.exists()
    previous = unused_path(path) if is_lost else None
    files.write(path, json.dumps(progress, indent=1) + "\n", previous)


def unused_path(path: Path) -> Path:
    """Return the first of NAME.old, NAME.old2, NAME.old3, ... that does not exist."""
    old, number = path.with_name(f"{path.name}.old"), 2
    while old.exists():
        old = path.with_name(f"{path.name}.old{number}")
        number += 1
    return old


def load(path: Path) -> Any:
    """Return the JSON of the file; None if there is none, or no file. Raises OSError."""
    try:
        return json.loads(path.read_bytes())  # in UTF-8 or UTF-16
    except (FileNotFoundError, ValueError, RecursionError):
        return None


# ------------------------------------------------------------------------------ of any version


def progress_of(content: Any) -> Progress:
    """Return the content as progress: what is no progress is left out, and other keys are kept."""
    if isinstance(content, list):
        content = {"solved": content}
    if not isinstance(content, dict):
        content = {}
    solved, hints = solved_names(content.get("solved")), hint_counts(content.get("hints"))
    return {**content, "solved": solved, "hints": hints}


def solved_names(content: Any) -> list[str]:
    """Return the names in a list, or those that are true in a dictionary."""
    if isinstance(content, dict):
        content = [name for name, solved in content.items() if solved]
    names = content if isinstance(content, list) else [content]
    return sorted({name_of(name) for name in names if isinstance(name, str)})


def hint_counts(content: Any) -> dict[str, int]:
    """Return how many hints were shown of each task: those in a list got one."""
    if isinstance(content, list):
        content = dict.fromkeys((name for name in content if isinstance(name, str)), 1)
    pairs = content.items() if isinstance(content, dict) else ()
    counts = {name_of(name): count_of(count) for name, count in pairs}
    return {name: count for name, count in counts.items() if count}


def count_of(count: Any) -> int:
    try:
        return max(0, int(count))
    except (TypeError, ValueError, OverflowError):
        return 0


def name_of(text: str) -> str:
    """Return the name of a task that is stored by its name, its number or its file.

    A name that no task has is kept: a newer version may know it.

    >>> name_of("3.1"), name_of("03_1_analytic_gradient.py"), name_of("a_task_of_tomorrow")
    ('analytic_gradient', 'analytic_gradient', 'a_task_of_tomorrow')
    """
    stem = text.removesuffix(".py")
    for name in (stem, stem.lstrip("0123456789_")):
        with suppress(ValueError):
            return find_task(name).name
    return text
