"""Options and arguments of the commands: the values that each takes, and how it is shown in help.

Rule: every option names its kind of value in one word, and the error about a wrong value is one
sentence.
"""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from micrograd.cli import messages


def whole_number(help: str, least: int | None = None, name: str = "") -> Any:
    """Return an option whose value is a whole number, of at least `least`."""

    def parse(text: object) -> int:
        try:
            number = int(str(text))
        except ValueError:
            number = None
        if number is None or (least is not None and number < least):
            raise typer.BadParameter(messages.expected_whole_number(least, text))
        return number

    return typer.Option(*declarations(name), metavar="N", parser=parse, help=help)


def sizes(help: str, name: str = "") -> Any:
    """Return an option whose value is whole numbers of at least 1, separated by commas."""

    def parse(text: object) -> tuple[int, ...]:
        numbers = [size.strip() for size in str(text).split(",")]
        if not all(number.isdecimal() and int(number) > 0 for number in numbers):
            raise typer.BadParameter(messages.expected_sizes(text))
        return tuple(map(int, numbers))

    return typer.Option(*declarations(name), metavar="SIZES", parser=parse, help=help)


def positive_number(help: str, name: str = "") -> Any:
    """Return an option whose value is a number above 0."""

    def parse(text: object) -> float:
        try:
            number = float(str(text))
        except ValueError:
            number = math.nan
        if not 0.0 < number < math.inf:
            raise typer.BadParameter(messages.expected_positive_number(text))
        return number

    return typer.Option(*declarations(name), metavar="X", parser=parse, help=help)


def completer(names: Callable[[], Sequence[str]]) -> Callable[[str], list[str]]:
    """Return what a shell calls with the beginning of a word to complete it from `names()`."""

    def complete(incomplete: str) -> list[str]:
        return [name for name in names() if name.startswith(incomplete)]

    return complete


def choice(help: str, known: Sequence[str], metavar: str = "", name: str = "") -> Any:
    """Return an option whose value is one of the `known` names, which a shell completes.

    `metavar` stands for them in the help where there are many.
    """
    if metavar:
        help = f"{help} One of: {', '.join(known)}."
    metavar = metavar or "|".join(known)

    def parse(text: object) -> str:
        if text not in known:
            raise typer.BadParameter(messages.unknown_choice(str(text), known))
        return str(text)

    return typer.Option(
        *declarations(name),
        metavar=metavar,
        parser=parse,
        help=help,
        autocompletion=completer(lambda: known),
    )


def flag(name: str, help: str) -> Any:
    """Return an option without a value."""
    return typer.Option(f"--{name}", help=help)


def text(help: str, metavar: str, *names: str, **settings: Any) -> Any:
    """Return an option whose value is a text or a path; `metavar` says of what kind."""
    return typer.Option(*names, metavar=metavar, help=help, **settings)


def argument(help: str, metavar: str, complete: Callable[[], Sequence[str]] | None = None) -> Any:
    """Return an argument; a shell completes it from what `complete` returns."""
    completion = completer(complete) if complete else None
    return typer.Argument(metavar=metavar, help=help, autocompletion=completion)


def declarations(name: str) -> list[str]:
    """Return the declarations of an option; [] leaves its name to typer."""
    return [f"--{name}"] if name else []


AsJson = Annotated[bool, flag("json", "Print the results as one JSON object.")]
ModelFile = Annotated[Path, argument("The model's file, or the folder of that file.", "MODEL")]
