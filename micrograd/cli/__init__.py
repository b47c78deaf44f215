"""Commands: what a user types behind `micrograd`."""


def main() -> None:
    """Run the command; the entry point of the installed `micrograd`.

    Ctrl-C ends it without a traceback, also while its modules are still being imported.
    """
    import sys

    try:
        from micrograd.cli.app import app
        from micrograd.cli.console import any_output

        with any_output():
            app(prog_name="micrograd")
    except KeyboardInterrupt:
        sys.exit(130)
