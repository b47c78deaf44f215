"""Commands as this program shows them: their help, and one sentence about a wrong use.

Rule: whatever typer refuses is said as every other error is. Help is written from the public
attributes of typer's parameters, and no word in it is broken.
"""

import re
import sys
from collections.abc import Iterator
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from typer.core import TyperCommand, TyperGroup

from micrograd.cli import messages
from micrograd.cli.console import stop

UsageError: Any = typer.BadParameter.__bases__[0]  # typer offers this class under no name
EXAMPLES = "[bold]Examples[/bold]"
INTERRUPTED = 130


class Command(TyperCommand):
    """A command with its help."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        formatter.write(help_page(self, ctx))


class ExpressionCommand(Command):
    """A command on an expression, which may begin with a minus."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        options = [name for parameter in self.params for name in parameter.opts]
        return super().parse_args(ctx, [shield_minus(text, options) for text in args])


def shield_minus(text: str, options: list[str]) -> str:
    """Return an expression such as -a+b with a space before it, so that it is no option.

    >>> shield_minus("-a+b", ["-o"]), shield_minus("-ox.svg", ["-o"]), shield_minus("--nope", [])
    (' -a+b', '-ox.svg', '--nope')
    """
    is_option = text in (*options, "--help", "-") or re.fullmatch(r"--[a-z][\w-]+(=.*)?", text)
    is_short_with_value = text[:2] in options and re.fullmatch(r"[\w./\\~-]+\.\w+", text[2:])
    if not text.startswith("-") or text == "--" or is_option or is_short_with_value:
        return text
    return f" {text}"


class Commands(TyperGroup):
    """A group of commands. A mistake of the user is one sentence, and the exit code is 2."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        formatter.write(help_page(self, ctx))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        for text in args:
            if not text or re.fullmatch(r"--[\w-]+=", text) or "\0" in text:
                raise stop(messages.no_text(text))
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name = args[0]
        if self.get_command(ctx, name) is None and not ctx.resilient_parsing:
            raise stop(messages.no_such_command(name, ctx.command_path, self.commands))
        return super().resolve_command(ctx, args)

    def main(self, *args: Any, **options: Any) -> Any:
        """Run a command, and exit with its code."""
        try:
            code = super().main(*args, **{**options, "standalone_mode": False}) or 0
        except UsageError as error:
            code = stop(explain_usage(error)).exit_code
        except (typer.Abort, KeyboardInterrupt):
            code = INTERRUPTED
        sys.exit(code)


def explain_usage(error: Any) -> str:
    """Return the sentence about a wrong option or argument, in our words."""
    path = error.ctx.command_path if error.ctx else "micrograd"
    match type(error).__name__:
        case "NoSuchOption":
            known = [name for each in error.ctx.command.get_params(error.ctx) for name in each.opts]
            return messages.no_such_option(error.option_name, path, known)
        case "MissingParameter":
            return messages.missing_argument(error.param.metavar or error.param.opts[0], path)
        case "BadParameter":
            return f"{name_of(error.param)}: {error.message}"
    if extra := re.search(r"unexpected extra argument.*\((.*)\)", error.format_message()):
        return messages.extra_arguments(extra[1], path)
    return messages.see_help(error.format_message(), path)


def name_of(parameter: Any) -> str:
    """Return the name of a parameter as a user types it."""
    is_option = parameter.param_type_name == "option"
    return parameter.opts[0] if is_option else parameter.metavar


# ----------------------------------------------------------------------------------------- help


def help_page(command: Any, ctx: Any) -> str:
    """Return the help: usage, purpose, examples, commands, arguments and options."""
    console = Console(highlight=False)
    about, _, examples = (command.help or "").partition(EXAMPLES)
    with console.capture() as capture:
        console.print(f"[bold]Usage:[/] {escape(usage(command, ctx))}\n", soft_wrap=True)
        for paragraph in about.strip().split("\n\n"):
            console.print(paragraph.strip() + "\n")
        if examples:
            console.print("[bold]Examples[/]")
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
    return f"{option.help or ''} Default: {default}." if has_default else option.help or ""


def help_table(rows: list[tuple[str, str]]) -> Padding:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="bold cyan")
    table.add_column()
    for name, about in rows:
        table.add_row(escape(name), escape(about))
    return Padding(table, (0, 0, 0, 2))
