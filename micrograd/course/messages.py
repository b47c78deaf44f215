"""Messages of the course: what happened, why, and what to do."""


def no_such_lesson(number: int, last: int) -> str:
    return f"there is no lesson {number}: they are numbered from 1 to {last}."


def no_such_file_yet(path) -> str:
    return f"there is no {path}: write `micrograd exercises start`, and name its folder with --dir."


def no_such_task(name: str, known: list[str]) -> str:
    return f"there is no task {name!r}: they are {', '.join(known)}."
