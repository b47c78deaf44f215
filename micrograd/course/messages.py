"""Messages of the course: what happened, why, and what to do."""

from collections.abc import Sequence
from pathlib import Path

from micrograd.support.wording import did_you_mean, plural


def no_such_lesson(wanted: object, names: list[str]) -> str:
    hint = did_you_mean(str(wanted), names)
    return f"There is no lesson {wanted}: they are numbered from 1 to {len(names)}.{hint}"


def no_such_file_yet(path: Path, others: list[str]) -> str:
    start = f"{path} does not exist. Run `micrograd exercises start` to write the starters, or "
    if others:
        return f"{start}rename the file if it is {' or '.join(others[:3])}, which is of no task."
    return f"{start}name the folder of your exercises with --dir."


def no_such_task(name: str, names: list[str]) -> str:
    hint = did_you_mean(name, names)
    return f"There is no task {name!r}.{hint} Run `micrograd exercises list` to see them all."


def no_checker(path: Path) -> str:
    return f"{path} has no part between `# <checker>` and `# </checker>`: write its checks there."


def no_heading(path: Path, what: str) -> str:
    return f"{path} has no {what}: begin the lesson as the others do."


# -------------------------------------------------------------------------------------- questions

RIGHT = "Right."
NOT_RIGHT = "Not quite."
PARTLY_RIGHT = "Look again at number {} of {}: the rest is right."
WRONG_SIGN = "The size is right, but the sign is not."


def not_a_question(text: str) -> str:
    first = text.partition("\n")[0]
    return (
        f"The question that begins with {first!r} cannot be read: a cell tagged `question` holds "
        "one call ask(name, text, answer, ...) whose arguments are literals."
    )


def no_such_question(name: str, names: list[str]) -> str:
    hint = did_you_mean(name, names)
    return f"The lesson asks no question {name!r}.{hint} Its questions are: {', '.join(names)}."


def not_a_guess(answer: object, choices: Sequence[str]) -> str:
    """Return how to type a guess, for one that could not be read."""
    if choices:
        return "Type one of the choices: " + ", ".join(choices) + "."
    if isinstance(answer, Sequence):
        return f"Type {len(answer)} numbers with commas between them, such as 1, -0.5."
    return "Type a number, such as 4, -0.5 or 1/2."


# ----------------------------------------------------------------------------------- in a browser


def not_in_browsers(package: str) -> str:
    return (
        f"This needs {package}, which does not run in this page: a browser has Python and its "
        "standard library alone. Install micrograd on your computer to run it."
    )


def exit_in_a_cell() -> str:
    return "exit() ends a program, and the cells of a page go on. Delete the call."


# ---------------------------------------------------------------------------------------- reading


def left_lesson(number: int) -> str:
    return f"You can go on here: micrograd learn {number}"


ASKED_AGAIN = (
    "`micrograd review` asks all questions of this lesson again: from now on, and then after days, "
    "which become more with each right answer."
)


def predicted(right: int, count: int, skipped: int) -> str:
    """Return how many of the `count` guesses were right, and how many questions were skipped."""
    if not count:
        return f"You skipped {plural(skipped, 'question')}."
    more = f" and skipped {plural(skipped, 'question')}" if skipped else ""
    return f"You predicted {right} of {count}{more}."


def card_of(number: int, title: str) -> str:
    return f"From lesson {number}, {title}:"


def left_last_time(heading: str) -> str:
    return f"Last time you came as far as the part {heading!r}." if heading else "You were here."


# ------------------------------------------------------------------------------ a learner's file


def file_is_large(size: int) -> str:
    return f"it has {size:,} bytes, and an answer has some hundreds: is it another file?"


def file_is_unreadable(error: OSError) -> str:
    return f"it cannot be read: {error.strerror or error}. Check the file."


def file_is_empty() -> str:
    reset = "`micrograd exercises reset` writes the starter again."
    return f"it is empty: perhaps it was not saved. {reset}"


def file_is_utf16() -> str:
    return "it is UTF-16 text, which Python does not run: save it as UTF-8."


def not_utf8(line: int) -> str:
    return f"it is not UTF-8 text from line {line} on: save it as UTF-8."


def unknown_encoding(text: str) -> str:
    return f"its first lines name an encoding that Python lacks ({text}): remove that comment."


def half_saved(sentence: str) -> str:
    return f"{sentence} The file ends too early: perhaps only half of it was saved."


def fails_as_well() -> str:
    return "this fails as well, often for the same reason: mend the first mistake, and check again."


def replaced(names: list[str]) -> str:
    listed = ", ".join(f"`{name}`" for name in names[:3])
    return f"it replaces {listed}, which the checks use: change nothing outside your own file."


# ------------------------------------------------------------------- a process that was judged


def did_not_end(seconds: float) -> str:
    return f"it did not end within {seconds:g} seconds: is there an endless loop?"


def ended_early() -> str:
    return "it ended before it could be checked: is there an exit()?"


def not_judged(reason: str) -> str:
    return f"not judged: {reason}"


def wrote_to_the_judge() -> str:
    return "the file wrote to the pipe of the judge. Print with print(), or write to files."


def no_check_ran() -> str:
    return "no check ran."


def needed_memory(megabytes: int) -> str:
    return f"it needed more than {megabytes:,} megabytes of memory."


def wrote_too_much(megabytes: int) -> str:
    return f"it wrote more than {megabytes} megabytes of files: is there an endless loop?"


def computed_too_long(seconds: int) -> str:
    return f"it computed for more than {seconds} seconds: is there an endless loop?"


def ended_by(signal: str) -> str:
    return f"its process was ended by {signal}."


def stopped_with(code: int, line: str) -> str:
    return f"Python stopped with exit code {code}{line}."


# ------------------------------------------------------------------------------------- a class


def no_task_in_submission() -> str:
    return (
        "no file has the name of a task. Ask for files with the names that `micrograd exercises "
        "start` gives."
    )


def too_many_files(most: int) -> str:
    return f"it has more than {most:,} files"


def unreadable_submission(error: Exception) -> str:
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return f"it cannot be read: {reason.rstrip('.')}. Ask for it again."
