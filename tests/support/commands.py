"""Typer's `CliRunner`, which runs a command in this process.

Rule: an app's commands are built once for all tests, as in a process of the command; Typer's runner
would build them again for each call, which takes longer than most commands do.
"""

import functools

from typer import testing
from typer.testing import CliRunner

__all__ = ["CliRunner"]

testing._get_command = functools.cache(testing._get_command)
