"""Messages of the commands: what happened, why, and what to do."""

from collections.abc import Iterable

from micrograd.support.wording import abbreviate, nearest, quote


def expression_too_long(length: int, longest: int) -> str:
    return f"The expression has {length:,} characters, but at most {longest:,} are read. Split it."


def expression_too_deep(deepest: int) -> str:
    return f"The expression is nested more than {deepest} levels deep. Split it into parts."


def not_an_expression(text: str) -> str:
    return f"{text[:60]!r} is not an expression. Write one such as tanh(x1*w1 + x2*w2 + b)."


def not_allowed(text: str) -> str:
    return (
        f"{text[:60]!r} is not allowed in an expression. Use numbers, names, + - * / ** and ops "
        "such as tanh(x)."
    )


def no_number(name: str) -> str:
    return f"The name {name} has no number. Write {name}=1.5 after the expression."


def no_number_called(name: str, known: Iterable[str]) -> str:
    names = ", ".join(known) or "none"
    return f"The expression has no number called {name!r}. Its numbers are: {names}."


def not_an_assignment(text: str) -> str:
    return f"{text!r} does not give a number to a name. Write it as x1=2.0."


def unknown_op(name: str, known: Iterable[str]) -> str:
    return f"There is no op called {name!r}. The ops are: {', '.join(known)}."


def two_numbers_for(name: str) -> str:
    return f"{name} was given two numbers. Write it once."


def unused(names: Iterable[str]) -> str:
    return f"The expression does not use {', '.join(names)}. Remove what it does not use."


def is_there_already(path: object) -> str:
    return f"{path} already exists. Use --force to overwrite it."


def cannot_use_folder(folder: object, error: OSError) -> str:
    return (
        f"cannot use the folder {str(folder)!r}: {error.strerror or error}. Check it, or name "
        "another one with --dir."
    )


def holds_another_model(folder: object, description: str) -> str:
    return (
        f"{folder} holds another model ({description}), which this run would replace. Choose "
        "another folder with --out, or write --force to replace it."
    )


def which_lesson() -> str:
    return "No lesson was chosen. Write its number, or --all."


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
    near = nearest(name, known)
    meant = f" Did you mean {near[0]}?" if near else ""
    models = ", ".join(known)
    return f"There is no model called {name!r}.{meant} The models are: {models}, and FILE.csv."


def text_for_a_gpt(path: object) -> str:
    return (
        f"{path} is named like a text, and only tables are trained on by their names. For a GPT of "
        f"a text: micrograd train gpt --file {path}. For a table, rename it to .csv."
    )


def option_for(option: str, kind: str) -> str:
    return f"--{option} applies to {kind} only. See micrograd train --help."


def epochs_for_a_table() -> str:
    return "--steps does not apply to a table. Use --epochs, the number of passes through its rows."


def documents_cut(count: int, context: int) -> str:
    return (
        f"Only the first {context} characters of each document are used; {count:,} documents are "
        "longer."
    )


def not_a_gpt(path: object) -> str:
    return (
        f"The model in {path} is not a GPT of `micrograd train gpt`. Run micrograd info {path} to "
        "see what it is."
    )
