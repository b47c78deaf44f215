"""Commands: what a user types behind `micrograd`."""

from micrograd.cli.exit_codes import INTERRUPTED


def main() -> None:
    """Run the command; the entry point of the installed `micrograd`.

    Ctrl-C ends it without a traceback, also while its modules are still being imported.
    """
    import sys

    try:
        from micrograd.cli.app import app
        from micrograd.cli.console import guard_output

        with guard_output():
            app(prog_name="micrograd")
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
