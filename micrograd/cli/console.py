"""Console output that all commands share: results, lists of files, warnings and errors.

Rule: results go to standard output and errors to standard error; with --json one JSON object is all
of the standard output. The path `-` is standard output, too.
"""

import json
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape

from micrograd.cli import messages
from micrograd.cli.exit_codes import CHECK_FAILED, IMPOSSIBLE
from micrograd.cli.stand_ins import replace_unencodable
from micrograd.support import files
from micrograd.support.nest import tree_map
from micrograd.support.numbers import json_number

STDOUT = Path("-")
STANDARD_OUTPUT = "standard output"  # its name in an error


def stop(message: str) -> typer.Exit:
    """Print the error on standard error, and return the exit to raise, whose code is 2."""
    console = Console(stderr=True, highlight=False)
    console.print(f"[bold red]error:[/] {escape(message)}", soft_wrap=True)
    return typer.Exit(IMPOSSIBLE)


def print_note(message: str) -> None:
    """Print the note on standard error."""
    console = Console(stderr=True, highlight=False)
    console.print(f"[yellow]note:[/] {escape(message)}", soft_wrap=True)


def stop_writing(place: object, error: OSError) -> typer.Exit:
    """Return the exit to raise when `place` cannot be written. A closed pipe needs no message."""
    if isinstance(error, BrokenPipeError):
        return typer.Exit(CHECK_FAILED)
    name = STANDARD_OUTPUT if place == STDOUT else str(place)
    return stop(files.cannot_write(name, error))


@contextmanager
def guard_output() -> Iterator[None]:
    """Let the commands in the block print to any standard output, whatever becomes of it.

    A character that the output's encoding lacks is replaced, and what is printed to a closed output
    is lost. A full disk ends the command with an error, and a closed pipe ends it silently.
    """
    replace_closed_outputs()
    replace_unencodable(sys.stdout, sys.stderr)
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except OSError as error:
        if error.filename is not None:  # it is about a file
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the flush at exit
        ended = error.__context__  # the command may have told of it, or of another error
        if isinstance(ended, SystemExit) and ended.code == IMPOSSIBLE:
            raise ended from None
        sys.exit(stop_writing(STANDARD_OUTPUT, error).exit_code)


def replace_closed_outputs() -> None:
    """Open the null device where Python has None: for an output that is closed, as after `>&-`."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115


def show_status(text: str, as_json: bool = False) -> AbstractContextManager[Any]:
    """Return a block during which a terminal shows, on standard error, what is being done."""
    console = Console(stderr=True, quiet=as_json)
    return console.status(f"{text} ...", spinner="line")


@contextmanager
def print_warnings() -> Iterator[None]:
    """Print the warnings of a block in the style of errors, once each."""
    console = Console(stderr=True, highlight=False)

    def show(message: Warning | str, *_: Any, **__: Any) -> None:
        console.print(f"[bold yellow]warning:[/] {escape(str(message))}", soft_wrap=True)

    with warnings.catch_warnings():
        warnings.simplefilter("default", UserWarning)
        warnings.showwarning = show
        yield


def list_files(console: Console, files: dict[Path, str]) -> None:
    """Print a line for each written file; `files` is {path: its purpose}."""
    for path, purpose in files.items():
        end = f"  [dim]{purpose}[/dim]" if purpose else ""
        console.print(f"wrote {escape(str(path))}{end}", soft_wrap=True)


def report(
    results: dict[str, Any],
    files: dict[Path, str],
    as_json: bool,
    show: Callable[[Console], object],
) -> None:
    """Print the results of a command and the files that it wrote.

    `show` prints the results for people; with `as_json` they are one JSON object instead.
    """
    if as_json:
        print(to_json({**results, "files": [str(path) for path in files]}))
        return
    console = Console(highlight=False)
    show(console)
    list_files(console, files)


def to_json(results: dict[str, Any]) -> str:
    """Return the results as JSON; dataclasses become objects, and nan and inf become texts."""
    plain: dict[str, Any] = {}
    for name, x in results.items():
        plain[name] = asdict(x) if is_dataclass(x) and not isinstance(x, type) else x
    return json.dumps(tree_map(json_atom, plain), indent=1, allow_nan=False)


def json_atom(x: Any) -> Any:
    return json_number(x) if isinstance(x, float) else x


def write_output(path: Path, content: str | bytes, as_json: bool = False) -> dict[Path, str]:
    """Write the content to the file, or to standard output if the path is `-`.

    Return {path: ""} for `list_files`, {} for standard output, which is refused `as_json`.
    """
    if path != STDOUT:
        return {files.write(path, content): ""}
    if as_json:
        raise stop(messages.two_outputs())
    sys.stdout.flush()
    sys.stdout.buffer.write(content.encode() if isinstance(content, str) else content)
    sys.stdout.flush()
    return {}
