"""Messages of the course: what happened, why, and what to do."""

from pathlib import Path


def no_such_lesson(number: int, last: int) -> str:
    return f"There is no lesson {number}: they are numbered from 1 to {last}."


def no_such_file_yet(path: Path) -> str:
    return (
        f"{path} does not exist yet. Run `micrograd exercises start` to write the starters, or "
        "name the folder of your exercises with --dir."
    )


def no_such_task(name: str, names: list[str]) -> str:
    return f"There is no task {name!r}. Name one of these, or its number: {', '.join(names)}."


def no_checker(path: Path) -> str:
    return f"{path} has no part between `# <checker>` and `# </checker>`: write its checks there."


def no_heading(path: Path, what: str) -> str:
    return f"{path} has no {what}: begin the lesson as the others do."
