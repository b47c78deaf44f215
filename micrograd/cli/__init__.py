"""Commands: what a user types behind `micrograd`."""


def main() -> None:
    """Run the command; the entry point of the installed `micrograd`."""
    from micrograd.cli.app import app
    from micrograd.cli.console import any_output

    with any_output():
        app()
