"""Messages of the course: what happened, why, and what to do."""

from pathlib import Path

from micrograd.support.wording import did_you_mean


def no_such_lesson(wanted: object, names: list[str]) -> str:
    hint = did_you_mean(str(wanted), names)
    return f"There is no lesson {wanted}: they are numbered from 1 to {len(names)}.{hint}"


def no_such_file_yet(path: Path) -> str:
    return (
        f"{path} does not exist yet. Run `micrograd exercises start` to write the starters, or "
        "name the folder of your exercises with --dir."
    )


def no_such_task(name: str, names: list[str]) -> str:
    hint = did_you_mean(name, names)
    return f"There is no task {name!r}.{hint} Run `micrograd exercises list` to see them all."


def no_checker(path: Path) -> str:
    return f"{path} has no part between `# <checker>` and `# </checker>`: write its checks there."


def no_heading(path: Path, what: str) -> str:
    return f"{path} has no {what}: begin the lesson as the others do."
