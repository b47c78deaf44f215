"""Messages of the commands: what happened, why, and what to do."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from micrograd.support.extras import missing_extra
from micrograd.support.listing import abbreviate, quote
from micrograd.support.wording import did_you_mean, plural


def line_to_paste(command: str, text: str, numbers: Iterable[str], missing: list[str]) -> str:
    """Return the command line that was typed, with a number for each name that had none."""
    words = [f"micrograd {command}", f'"{text.strip()}"', *numbers]
    line = " ".join([*words, *(f"{name}=1.5" for name in missing)])
    return f"For example: {line}"


def no_number_called(name: str, known: Iterable[str]) -> str:
    names = ", ".join(known) or "none"
    hint = did_you_mean(name, known)
    return f"The expression has no number called {name!r}.{hint} Its numbers are: {names}."


def no_gradient(name: str, number: str) -> str:
    return f"{name} = {number}. It is computed from no name, so no gradient is passed on."


def not_an_assignment(text: str) -> str:
    return f"{text!r} does not give a number to a name. Write it as x1=2.0."


def two_numbers_for(name: str) -> str:
    return f"{name} was given two numbers, but it can have only one. Write it once."


def unused(names: Iterable[str]) -> str:
    return (
        f"The expression does not use {', '.join(names)}, so a number there has no effect. Remove "
        "what it does not use."
    )


def already_exists(path: object) -> str:
    return f"{path} already exists. Use --force to overwrite it."


def is_the_model(path: object) -> str:
    return f"{path} is the file of the model itself, which would be lost. Name another FILE."


def two_outputs() -> str:
    return (
        "--json and the path - both write to the standard output, which holds one of them. "
        "Leave --json out, or write the file to a path."
    )


def dialect_is_for_python(path: object) -> str:
    return f"--dialect applies to a file of Python, and {path} is none. Leave it out."


def cannot_use_file(path: object, error: OSError) -> str:
    return (
        f"cannot use {str(path)!r}: {error.strerror or error}. Check it, or name another file with "
        "--file."
    )


def not_python(path: object, error: SyntaxError) -> str:
    return (
        f"{path} cannot be compared, because Python cannot read line {error.lineno}: {error.msg}. "
        "Run `micrograd build check` first."
    )


def compared_files(path: str, stage: int) -> str:
    return f"{path} beside our file after stage {stage}"


def cannot_use_folder(folder: object, error: OSError) -> str:
    return (
        f"cannot use the folder {str(folder)!r}: {error.strerror or error}. Check it, or name "
        "another one with --dir."
    )


def one_or_all_tasks(name: str) -> str:
    return f"--all checks all tasks, and {name!r} is one of them. Leave one of the two out."


def page_of_one_task() -> str:
    return "--html writes the page of one task, and --all checks all. Leave one of the two out."


def no_graph(sentence: str) -> str:
    """Return why there is no page of a graph; `sentence` says what is wrong, "" if nothing is."""
    if not sentence:
        return "There is no graph to show, because nothing is wrong."
    return (
        "There is no graph to show, because the mistake is not in the grads of a graph. Fix the "
        "mistake that the check names, then check again."
    )


def no_files_to_check(folder: object) -> str:
    return (
        f"{folder} has no file of a task. Run `micrograd exercises start`, or name the folder of "
        "your exercises with --dir."
    )


def no_submissions(folder: object) -> str:
    return f"{folder} has no submission. Put a folder or a zip file of each learner into it."


def interrupted_checks(done: int, count: int) -> str:
    return f"Interrupted: {done} of {count} files were checked, and that is kept."


def no_longer_solved() -> str:
    return "It was solved before, and no longer is."


def holds_another_model(folder: object, description: str) -> str:
    return (
        f"{folder} holds another model ({description}), which this run would replace. Choose "
        "another folder with --out, or write --force to replace it."
    )


def not_utf8(path: object) -> str:
    return f"{path} is not text in UTF-8. Save it with that encoding."


def option_of_a_table(option: str) -> str:
    return f"{option} names a column of a table. Name a CSV file, or leave it out."


def no_browser() -> str:
    return "There is no browser to open. Open the address yourself."


def way_to_lesson(lesson: int, next_lesson: int) -> str:
    """Return the way back to the lesson of a task that is solved, or on to that of the next."""
    if next_lesson == lesson:
        return f"Its lesson: micrograd learn {lesson}"
    back = f"Back to its lesson: micrograd learn {lesson}"
    return f"{back}; on to the next: micrograd learn {next_lesson}"


def nothing_to_review() -> str:
    return (
        "There is nothing to review yet: questions come from lessons that you have read to their "
        "end. Read one, for example: micrograd learn 1"
    )


def questions_due(due: int, count: int) -> str:
    return f"{plural(due, 'question')} of {count} due today. Answer in a terminal: micrograd review"


def reviews_not_read(count: int, path: Path) -> str:
    lines = plural(count, "line")
    return f"{lines} of {path} cannot be read, so those reviews do not count: the rest does."


def next_review(day: date, count: int) -> str:
    return f"Nothing more today. Next: {plural(count, 'question')} on {day:%A, %d %B}."


def session_over(right: int, count: int, left: int) -> str:
    more = f" {plural(left, 'more question')} due today." if left else ""
    return f"{right} of {count} right.{more}"


def which_lesson() -> str:
    return "No lesson was chosen. Write its number, or --all."


def lessons_not_run(lessons: Iterable[str], packages: Iterable[str]) -> str:
    lines = " ".join(missing_extra(name, name) for name in packages)
    return f"The code of {' and '.join(lessons)} was shown but not run. {lines}"


def one_or_all_lessons(name: str) -> str:
    return f"--all takes all lessons, and {name!r} chooses one of them. Leave one of the two out."


def nothing_to_write() -> str:
    return "--dir and --force are for the files of --notebook and --html. Add one of these."


def which_target(path: object, names: list[str]) -> str:
    columns = abbreviate(quote(names))
    return (
        f"No target was chosen. Write --target {names[-1]!r}, or another column of {path}: "
        f"{columns}."
    )


def not_sizes(text: str) -> str:
    return (
        f"{text!r} is not a list of layer sizes. Write whole numbers separated by commas: --layers "
        "32,16."
    )


def unknown_model(name: str, known: list) -> str:
    hint = did_you_mean(name, known)
    models = ", ".join(known)
    return f"There is no model called {name!r}.{hint} The models are: {models}, and FILE.csv."


def text_for_a_gpt(path: object) -> str:
    return (
        f"{path} has the name of a text, but only a table is trained on by its name. For a text, "
        f"write micrograd train gpt --file {path}. For a table, rename the file to .csv."
    )


def option_for(option: str, kind: str) -> str:
    return f"--{option} applies to {kind} only. See micrograd train --help."


def indivisible(examples: int, devices: int) -> str:
    shared = f"{plural(examples, 'example')}, which {devices} devices cannot share evenly"
    fitting = max(count for count in range(1, devices) if examples % count == 0)
    if fitting == 1:
        return f"A step of this model sees {shared}. Leave --processes and --devices out."
    return (
        f"A step of this model sees {shared}. Choose --processes and --devices whose product is "
        f"{fitting}."
    )


def nothing_to_resume(folder: object) -> str:
    return f"{folder} has no checkpoint yet, so --resume begins with the first step."


def needs_jax(option: str) -> str:
    return (
        f"--{option} is for the engine that trains on several devices. Write --engine jax as well."
    )


def epochs_for_a_table() -> str:
    return "--steps does not apply to a table. Use --epochs, the number of passes through its rows."


def documents_cut(count: int, context: int, longest: int) -> str:
    documents = plural(count, "document")
    verb = "is" if count == 1 else "are"
    return (
        f"Only the first {context} characters of each document are used; {documents} {verb} "
        f"longer. To use all, write --context {longest}."
    )


def layers_of_a_gpt(text: str) -> str:
    return f"{text!r} is not a number of blocks. For a GPT, write one whole number: --layers 2."


def other_sizes(folder: object, sizes: dict[str, int]) -> str:
    options = " ".join(f"--{name} {number}" for name, number in sizes.items())
    return (
        f"The run in {folder} cannot be continued, because its sizes are different. Write "
        f"{options} to continue it, or leave out --resume to start over."
    )


def no_step_was_taken() -> str:
    return "The run was interrupted before its first step, so nothing was written."


def engines_compared(steps: int, seconds: float, eager_seconds: float, times: float) -> str:
    """Return the sentence that compares compiled steps with those of plain Python."""
    return (
        f"{steps:,} compiled steps took {seconds:.2g} s. The same in plain Python takes "
        f"{eager_seconds:.2g} s a step: {times:,.0f} times as long."
    )


def not_a_gpt(path: object) -> str:
    return (
        f"The model in {path} is not a GPT of `micrograd train gpt`. Run micrograd info {path} to "
        "see what it is."
    )


def cannot_resume(problem: str) -> str:
    return (
        f"{problem} Write the options of that run, name another folder with --out, or leave out "
        "--resume to start over."
    )


# ------------------------------------------------------------------------- options and arguments


def expected_whole_number(least: int | None, text: object) -> str:
    limit = "" if least is None else f" of at least {least}"
    return f"expected a whole number{limit}, got {str(text)!r}."


def expected_sizes(text: object) -> str:
    return f"expected whole numbers such as 64 or 2,7,7, got {str(text)!r}."


def expected_positive_number(text: object) -> str:
    return f"expected a number above 0, got {str(text)!r}."


def unknown_choice(text: str, known: Iterable[str]) -> str:
    return f"{text!r} is unknown.{did_you_mean(text, known)} The choices are: {', '.join(known)}."


def see_help(text: str, path: str) -> str:
    end = "" if text.endswith("?") else "."
    return f"{text.rstrip('.')}{end} See {path} --help."


def no_such_command(name: str, path: str, known: Iterable[str]) -> str:
    names = ", ".join(known)
    hint = did_you_mean(name, known)
    return f"There is no command {path} {name}.{hint} The commands are: {names}."


def no_such_option(name: str, path: str, known: Iterable[str]) -> str:
    return see_help(f"{path} has no option {name}.{did_you_mean(name, known)}", path)


def unusable_argument(text: str) -> str:
    """Return the message about an argument, or an option's value, that is empty or has a NUL."""
    if "\0" in text:
        return f"The argument {text!r} has a NUL character, which no name can have. Remove it."
    return (
        f"The argument {text!r} is empty, perhaps because a variable of the shell is not set. "
        "Leave it out, or write a value."
    )


def missing_argument(name: str, path: str) -> str:
    return see_help(f"{path} needs a value for {name}", path)


def extra_arguments(text: str, path: str) -> str:
    return see_help(f"{path} does not take the argument {text!r}", path)
