"""Work that several processes of one test session need, and that only the first of them does.

Rule: the work writes a file or a folder; the others wait until it is whole.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path


def session_folder(tmp_path_factory) -> Path:
    """Return the temporary folder of the whole session; each xdist worker has one inside it."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if base.name.startswith("popen-") else base


def once(path: Path, write: Callable[[Path], object], seconds: float = 300.0) -> Path:
    """Return the path, after the first process that asked for it has called `write(path)`."""
    claim, done = (path.with_name(f"{path.name}.{end}") for end in ("claimed", "done"))
    try:
        os.close(os.open(claim, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        wait_for(done, seconds)
        return path
    write(path)
    done.touch()
    return path


def wait_for(path: Path, seconds: float) -> None:
    """Wait until the file exists. Raises TimeoutError after so many seconds."""
    end = time.monotonic() + seconds
    while not path.exists():
        if time.monotonic() > end:
            raise TimeoutError(f"{path} was not written: the process that began it failed")
        time.sleep(0.05)
