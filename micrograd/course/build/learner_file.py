"""The learner's file on disk: how it begins, and what to say if it is not there.

Rule: it is read and never written, but for the first lines of a file that does not exist.
"""

import re
import sys
from pathlib import Path

from micrograd.course.build import messages
from micrograd.support import files

NAME = "my_micrograd.py"
STARTER = '''"""My micrograd: an engine, a network and a training loop of my own.

`micrograd build` says what comes next, and `micrograd build check` whether it holds.
"""
'''


def start(place: Path) -> Path:
    """Write the first lines of the file, or of `my_micrograd.py` in a folder; return its path.

    Raises ValueError if it exists, and OSError if it cannot be written.
    """
    path = place if place.suffix else place / NAME
    if path.suffix != ".py":
        raise ValueError(messages.not_a_python_file(path))
    if path.stem == "micrograd" or path.stem in sys.stdlib_module_names:
        raise ValueError(messages.hides_a_module(path))
    if path.exists():
        raise ValueError(messages.file_exists(path))
    return files.write(path, STARTER)


def existing(path: Path) -> Path:
    """Return the path, or that of the file in it if it is a folder. Raises ValueError if missing.

    The message names a file beside it that may be the same, renamed.
    """
    if path.is_dir():
        path = path / NAME
    if not path.exists():
        raise ValueError(messages.no_such_file(path, similar_files(path)))
    return path


def similar_files(path: Path) -> list[Path]:
    """Return the Python files beside the path that define a class Value."""
    beside = sorted(path.parent.glob("*.py")) if path.parent.is_dir() else []
    return [each for each in beside if defines_value(each)]


def defines_value(path: Path) -> bool:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return False
    return bool(re.search(r"^class Value\b", text, re.MULTILINE))


def output_path(path: Path, ending: str) -> Path:
    """Return the path of a picture or a page of the file: my_micrograd_moons.png."""
    return path.with_name(f"{path.stem}_{ending}")
