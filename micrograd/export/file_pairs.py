"""Pairs of files that belong together: they come from one export, also where two run at once.

Rule: one process at a time writes the files of a path, and each file is replaced as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from micrograd.export import messages
from micrograd.support import files
from micrograd.support.locks import Held, hold_lock

LONGEST = 50  # letters of a name, each of at most 4 bytes


def write_pair(path: Path, contents: Mapping[Path, bytes | str]) -> Path:
    """Write the files of the export at that path, in order; return the path.

    Raises OSError if one cannot be written, or while another process writes them.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with hold_lock(lock_of(path)):
            for place, content in contents.items():
                files.write(place, content)
    except Held as held:
        raise OSError(messages.written_by_another(path, str(held))) from None
    return path


def lock_of(path: Path) -> Path:
    """Return the lock beside the files; names of more than 255 bytes are errors."""
    return path.with_name(f".{path.name[:LONGEST]}.lock")
