"""The classes of all commands: how they read arguments, and one sentence about a wrong use.

Rule: an error of typer's is printed as every other error is, and in our words.
"""

import re
import sys
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from micrograd.cli import messages
from micrograd.cli.console import stop
from micrograd.cli.exit_codes import INTERRUPTED
from micrograd.cli.help_page import help_page
from micrograd.support.interrupts import CtrlC

UsageError: Any = typer.BadParameter.__bases__[0]  # typer offers this class under no name


class Command(TyperCommand):
    """A command whose help is a `help_page`."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        formatter.write(help_page(self, ctx))


class ExpressionCommand(Command):
    """A command on an expression, which may begin with a minus."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        options = [name for parameter in self.params for name in parameter.opts]
        return super().parse_args(ctx, [shield_minus(text, options) for text in args])


class PageCommand(Command):
    """A command whose option --html takes a file that may be left out."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, name_page(args))


def name_page(args: list[str]) -> list[str]:
    """Return the arguments in which each --html has a value: `.` where no .html file follows.

    >>> name_page(["add_up", "--html"]), name_page(["--html", "x.html", "add_up"])
    (['add_up', '--html=.'], ['--html=x.html', 'add_up'])
    """
    named: list[str] = []
    for text in args:
        is_page = text == "-" or text.lower().endswith((".html", ".htm"))
        if is_page and named[-1:] == ["--html=."]:
            named[-1] = f"--html={text}"
        else:
            named.append("--html=." if text == "--html" else text)
    return named


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
                raise stop(messages.unusable_argument(text))
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name = args[0]
        if self.get_command(ctx, name) is None and not ctx.resilient_parsing:
            raise stop(messages.no_such_command(name, ctx.command_path, self.commands))
        return super().resolve_command(ctx, args)

    def main(self, *args: Any, **options: Any) -> Any:
        """Run a command, and exit with its code."""
        with CtrlC() as ctrl_c:
            try:
                code = super().main(*args, **{**options, "standalone_mode": False}) or 0
            except UsageError as error:
                code = stop(explain_usage(error)).exit_code
            except (typer.Abort, KeyboardInterrupt):
                code = INTERRUPTED
            except Exception:
                if not ctrl_c.has_come:
                    raise
                code = INTERRUPTED  # the exception is what became of the KeyboardInterrupt
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
