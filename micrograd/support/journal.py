"""A journal: a file of JSON objects, one a line, to which lines are only ever appended.

Rule: nothing that stands in the file is changed. So two programs that write at once lose nothing,
and a line that cannot be read, such as one half written to a full disk, costs that line alone.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from micrograd.support import files


def append(path: Path, record: dict[str, Any]) -> None:
    """Append the record, creating file and folder if they are missing. Raises OSError."""
    line = json.dumps(record, ensure_ascii=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    try:
        os.write(handle, files.encode(f"\n{line}\n"))  # below a line that may be half written
    finally:
        os.close(handle)


def read(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the records that can be read, in order; none if there is no readable file."""
    return (record for record in read_lines(path) if record is not None)


def read_lines(path: Path) -> Iterator[dict[str, Any] | None]:
    """Yield the record of each line that is not empty, None for one that cannot be read."""
    try:
        text = files.read(path).decode(errors="replace")
    except OSError:
        return
    for line in filter(str.strip, text.splitlines()):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            record = None
        yield record if isinstance(record, dict) else None
