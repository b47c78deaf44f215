"""Messages of the commands: what happened, why, and what to do."""

from micrograd.support.wording import abbreviate, kind, nearest, quote


def expression_too_long(length: int, longest: int) -> str:
    return f"the expression has {length:,} characters, more than the {longest:,} that are read."


def expression_too_deep(deepest: int) -> str:
    return f"the expression is nested more than {deepest} deep: split it in parts."


def not_an_expression(text: str) -> str:
    return f"{kind(text)} is not an expression: write one such as tanh(x1*w1 + x2*w2 + b)."


def not_allowed(text: str) -> str:
    return (
        f"{text[:60]!r} is not allowed here: an expression is made of numbers, names, + - * / ** "
        "and ops such as tanh(x)."
    )


def no_number(name: str) -> str:
    return f"{name} has no number: add {name}=1.5 after the expression."


def no_number_called(name: str, known) -> str:
    return f"the expression has no number called {name!r}, only {', '.join(known) or 'none'}."


def not_an_assignment(text: str) -> str:
    return f"{text!r} does not give a name its number: write it as x1=2.0."


def unknown_op(name: str, known) -> str:
    return f"there is no op {name!r}: the ops are {', '.join(known)}."


def given_twice(name: str) -> str:
    return f"{name} is given two numbers: write it once."


def unused(names) -> str:
    return f"{', '.join(names)} is given a number but does not occur in the expression."


def is_there_already(path) -> str:
    return f"{path} is there already, and may be your work. Write --force to replace it."


def which_lesson() -> str:
    return "which lesson is to be written? Name its number, or --all."


def which_target(path, names: list[str]) -> str:
    columns = abbreviate(quote(names))
    return f"say which column to predict, as --target {names[-1]!r}: {path} has {columns}."


def not_sizes(text: str) -> str:
    return f"{text!r} are no sizes of layers: write whole numbers from 1, as --layers 32,16."


def unknown_model(name: str, known: list) -> str:
    near = nearest(name, known)
    meant = f", perhaps {near[0]}?" if near else "."
    return f"there is no model called {name!r}{meant} There are {', '.join(known)}, and FILE.csv."


def option_for(option: str, kind: str) -> str:
    return f"--{option} is for {kind}: see micrograd train --help."


def epochs_for_a_table() -> str:
    return "a table is trained for --epochs, times through its rows, and not for --steps."


def documents_cut(count: int, context: int) -> str:
    return f"Of each document the first {context} characters are learnt: {count:,} have more."


def not_a_gpt(path) -> str:
    return f"{path} is not a GPT of `micrograd train gpt`: micrograd info {path} says what it is."
