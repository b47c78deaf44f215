"""The command `micrograd`: each of its commands is a plain function, registered here."""

from collections.abc import Callable
from typing import Annotated

import typer

import micrograd
from micrograd.cli import (
    build,
    classroom,
    compilation,
    demo,
    exercises,
    explanations,
    exports,
    expressions,
    lab,
    learn,
    review,
    saved_models,
    tables,
    train,
)
from micrograd.cli.commands import Command, Commands, ExpressionCommand
from micrograd.cli.options import flag

ABOUT = """Neural networks out of single scalars, and pictures of how they learn.

The exit code is 0 for success, 1 if a check found something wrong, 2 if the command could not do \
what was asked, 75 if it lost another process and may be run again, and 130 after Ctrl-C. Results \
go to standard output; progress, notes and errors go to standard error."""

app = typer.Typer(cls=Commands, pretty_exceptions_enable=False, help=ABOUT)


@app.callback(invoke_without_command=True)
def options(
    context: typer.Context,
    version: Annotated[bool, flag("version", "Print the version.")] = False,
) -> None:
    if version:
        print(micrograd.__version__)
        raise typer.Exit
    if context.invoked_subcommand is None:
        print(context.get_help())


def register(command: type[Command], help: str, function: Callable[..., None]) -> None:
    """Add the function as a command of its name."""
    app.command(function.__name__.rstrip("_"), cls=command, help=help)(function)


register(Command, demo.DEMO_HELP, demo.demo)
register(ExpressionCommand, expressions.DRAW_HELP, expressions.draw)
register(ExpressionCommand, explanations.EXPLAIN_HELP, explanations.explain)
register(ExpressionCommand, expressions.COMPARE_HELP, expressions.compare)
register(ExpressionCommand, compilation.COMPILE_HELP, compilation.compile_)
register(Command, lab.LAB_HELP, lab.lab)
register(Command, learn.LEARN_HELP, learn.learn)
register(Command, review.REVIEW_HELP, review.review)
register(Command, train.TRAIN_HELP, train.train)
register(Command, tables.PREDICT_HELP, tables.predict)
register(Command, saved_models.SAMPLE_HELP, saved_models.sample)
register(Command, saved_models.INFO_HELP, saved_models.info)
register(Command, exports.EXPORT_HELP, exports.export)
register(Command, classroom.CLASSROOM_HELP, classroom.classroom)
app.add_typer(exercises.exercises, name="exercises")
app.add_typer(build.commands, name="build")
