"""The command `micrograd` as it is installed: quiet whenever Ctrl-C comes.

Rule: until the modules of the command are imported, which takes some tenths of a second, Ctrl-C
ends the process at once. This file stands beside the package because importing a module of the
package imports the package first.
"""

import sys

INTERRUPTED = 130  # as in micrograd.cli.exit_codes, which cannot be imported yet


def main() -> None:
    """Run the command; the entry point of the installed `micrograd`."""
    try:
        import_quietly()
        from micrograd.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def import_quietly() -> None:
    """Import the modules of the command. Nothing has been written yet, so it may end anywhere.

    A KeyboardInterrupt would not do: some code that runs while a module is imported replaces an
    exception by its own, or prints it and goes on.
    """
    import os
    import signal

    raises = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if raises:  # a process under nohup ignores it, and means it
        signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
    import micrograd.cli.app
    import micrograd.cli.console  # noqa: F401

    if raises:
        signal.signal(signal.SIGINT, signal.default_int_handler)
