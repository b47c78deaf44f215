"""Messages of building micrograd: what happened, why, and what to do."""

import shlex
from collections.abc import Sequence
from pathlib import Path


def no_such_stage(wanted: str, last: int) -> str:
    return f"There is no stage {wanted}: they are numbered from 1 to {last}."


def no_such_file(path: Path, similar: Sequence[Path]) -> str:
    hints = [f" {renamed(x)}" for x in similar[:1]]
    return (
        f"{path} does not exist. Run `micrograd build start` to begin it, or name your file with "
        f"--file.{''.join(hints)}"
    )


def renamed(path: Path) -> str:
    name = shlex.quote(str(path))
    return f"{path} has a class Value: if you renamed it, write --file {name}."


def mend_first(path: Path, wrong: str) -> str:
    return f"{path} does not run, so mend this first: {wrong}"


def hides_a_module(path: Path) -> str:
    return (
        f"{path} would hide the module `{path.stem}` from every program in its folder. Take "
        "another name, such as my_micrograd.py."
    )


def empty_file() -> str:
    return "it is empty: perhaps it was not saved. Save it in your editor, and check again."


def file_exists(path: Path) -> str:
    return (
        f"{path} already exists, and it may be your work, so it stays as it is. Run `micrograd "
        "build` to go on with it, or `micrograd build start FOLDER` to begin another."
    )


def not_a_python_file(path: Path) -> str:
    return f"{path} is no Python file. Name a folder, or a file that ends in .py."


def nothing_to_compare() -> str:
    return "No stage holds yet, so there is nothing to compare. Run `micrograd build` to go on."


def no_such_hint(number: str, last: int) -> str:
    return f"There is no hint {number}: a stage has hints 1 to {last}."


def not_finished(held: int, last: int) -> str:
    return (
        f"{held} of {last} stages hold, and the network trains when all do. Run `micrograd build` "
        "to see the next."
    )


def training_took_too_long(seconds: float) -> str:
    return (
        f"The training did not end within {seconds:g} seconds. Look for a loop that visits nodes "
        "more than once, or close other programs and try again."
    )


def training_stopped() -> str:
    return "The training was stopped, and nothing was written."


def training_failed(error: str) -> str:
    return f"The training of your network failed: {error}. Run your file with the same points."
