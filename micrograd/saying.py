"""How a command says that it cannot do what was asked."""

import typer
from rich.console import Console
from rich.markup import escape


def stop(message: str) -> typer.Exit:
    """The exit, with code 2, after saying `message` on standard error."""
    console = Console(stderr=True, highlight=False)
    console.print(f"[bold red]error:[/] {escape(message)}", soft_wrap=True)
    return typer.Exit(2)
