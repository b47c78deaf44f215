"""Python in a process of its own that a Ctrl-C can reach.

Rule: a process inherits that SIGINT is ignored, as under nohup and some runners, and Python then
installs no handler. So a test that sends SIGINT starts its process by these.
"""

import sys

RESTORE = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
COMMAND = """
import os, sys
import micrograd_command

def say_that_it_begins(proceed=micrograd_command.import_quietly):
    os.write(sys.stderr.fileno(), b"\\n")
    proceed()

micrograd_command.import_quietly = say_that_it_begins
micrograd_command.main()
"""


def interruptible(code: str, *arguments: str) -> list[str]:
    """Return the command line that runs the code so that SIGINT raises KeyboardInterrupt."""
    return [sys.executable, "-c", RESTORE + code, *arguments]


def interruptible_micrograd(*arguments: str) -> list[str]:
    """Return the command line of `micrograd ...` that SIGINT interrupts.

    Its first line on standard error, which is empty, says that the command handles SIGINT from now.
    """
    return interruptible(COMMAND, *arguments)
