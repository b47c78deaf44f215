"""Console output that all commands share: results, lists of written files, and errors.

Rule: results go to standard output and errors to standard error; with --json one JSON object is all
of the standard output.
"""

import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape

from micrograd.support.files import cannot_write

STANDARD_OUTPUT = "standard output"  # its name in an error


def stop(message: str) -> typer.Exit:
    """Print `message` on standard error, and return the exit, with code 2, to raise."""
    console = Console(stderr=True, highlight=False)
    console.print(f"[bold red]error:[/] {escape(message)}", soft_wrap=True)
    return typer.Exit(2)


@contextmanager
def any_output() -> Iterator[None]:
    """Run the command of this block, whatever its standard output is.

    A character that the output's encoding lacks becomes a question mark, and what is printed to a
    closed output is lost. A full disk ends the command with an error, and a closed pipe ends it
    silently.
    """
    replace_closed_outputs()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except OSError as error:
        if error.filename is not None:  # it is about a file
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the flush at exit
        if isinstance(error, BrokenPipeError):
            sys.exit(1)
        sys.exit(stop(cannot_write(STANDARD_OUTPUT, error)).exit_code)


def replace_closed_outputs() -> None:
    """Open the null device where Python has None: for an output that is closed, as after `>&-`."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115


def list_files(console: Console, files: dict[Path, str]) -> None:
    """Print a line for each written file; `files` is {path: its purpose}."""
    for path, purpose in files.items():
        console.print(f"wrote {escape(str(path))}  [dim]{purpose}[/dim]", soft_wrap=True)


def report(
    results: dict, files: dict[Path, str], as_json: bool, show: Callable[[Console], None]
) -> None:
    """Print the results of a training command and the files that it wrote.

    `show` prints the results for people; with `as_json` they are one JSON object instead.
    """
    if as_json:
        print(json.dumps({**results, "files": [str(path) for path in files]}))
        return
    console = Console(highlight=False)
    show(console)
    list_files(console, files)
