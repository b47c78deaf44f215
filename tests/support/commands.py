"""Commands in this process: Typer's `CliRunner`, what a function prints, and a terminal's keyboard.

Rule: an app's commands are built once for all tests, as in a process of the command; Typer's runner
would build them again for each call, which takes longer than most commands do.
"""

import functools
import io

from rich.console import Console
from typer import testing
from typer.testing import CliRunner

__all__ = ["CliRunner", "Terminal", "captured"]

testing._get_command = functools.cache(testing._get_command)


def captured(show, *arguments, width=80):
    """Return what the function prints on a console of that many columns."""
    console = Console(highlight=False, width=width)
    with console.capture() as capture:
        show(console, *arguments)
    return capture.get()


class Terminal(io.StringIO):
    """The standard input of a reader who can type."""

    def isatty(self):
        return True
