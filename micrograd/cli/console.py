"""How a command says what it wrote, and that it cannot do what was asked."""

import typer
from rich.console import Console
from rich.markup import escape


def stop(message: str) -> typer.Exit:
    """The exit, with code 2, after saying `message` on standard error."""
    console = Console(stderr=True, highlight=False)
    console.print(f"[bold red]error:[/] {escape(message)}", soft_wrap=True)
    return typer.Exit(2)


def wrote(console: Console, written: dict) -> None:
    """A line for each file, {path: what it is}."""
    for path, what in written.items():
        console.print(f"wrote {escape(str(path))}  [dim]{what}[/dim]", soft_wrap=True)
