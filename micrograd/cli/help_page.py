"""The help of a command: usage, purpose, examples, commands, arguments and options.

Rule: help is written from the public attributes of typer's parameters, and no word in it is broken.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

EXAMPLES = "[bold]Examples[/bold]"


def help_page(command: Any, ctx: Any) -> str:
    """Return the text that `--help` prints."""
    console = Console(highlight=False)
    about, _, examples = (command.help or "").partition(EXAMPLES)
    with console.capture() as capture:
        console.print(f"[bold]Usage:[/] {escape(usage(command, ctx))}\n", soft_wrap=True)
        for paragraph in about.strip().split("\n\n"):
            console.print(paragraph.strip() + "\n")
        if examples:
            console.print(EXAMPLES)
        for line in filter(None, map(str.strip, examples.splitlines())):
            console.print(f"  {escape(line)}", soft_wrap=True)
        for title, rows in sections(command, ctx):
            console.print(f"\n[bold]{title}[/]")
            console.print(help_table(rows))
    return capture.get().replace("\n\n\n", "\n\n")


def usage(command: Any, ctx: Any) -> str:
    """Return the line that shows in which order options and arguments are typed."""
    words = [ctx.command_path, "[OPTIONS]"]
    for parameter in arguments_of(command):
        words.append(parameter.metavar if parameter.required else f"[{parameter.metavar}]")
    if hasattr(command, "commands"):
        words.append("COMMAND ...")
    return " ".join(words)


def arguments_of(command: Any) -> list[Any]:
    return [each for each in command.params if each.param_type_name == "argument"]


def sections(command: Any, ctx: Any) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield the title and the rows of each table of the help."""
    if commands := getattr(command, "commands", None):
        yield "Commands", [(name, first_sentence(each)) for name, each in commands.items()]
    if arguments := arguments_of(command):
        yield "Arguments", [(each.metavar, each.help or "") for each in arguments]
    options = [each for each in command.get_params(ctx) if each.param_type_name == "option"]
    yield "Options", [(option_names(each), option_help(each)) for each in options]


def first_sentence(command: Any) -> str:
    return (command.help or "").strip().split("\n\n")[0]


def option_names(option: Any) -> str:
    """Return the names of an option and its kind of value: "-o, --output FILE"."""
    flags = sorted(option.opts, key=len)
    kind = "" if option.is_flag or not option.metavar else f" {option.metavar}"
    return ", ".join(flags) + kind


def option_help(option: Any) -> str:
    """Return what an option does, and its default."""
    default = option.default
    has_default = not option.is_flag and default not in (None, "") and not callable(default)
    if not has_default:
        return option.help or ""
    shown = "the current folder" if default == Path() else default
    return f"{option.help or ''} Default: {shown}."


def help_table(rows: list[tuple[str, str]]) -> Padding:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="bold cyan")
    table.add_column()
    for name, about in rows:
        table.add_row(escape(name), escape(about))
    return Padding(table, (0, 0, 0, 2))
