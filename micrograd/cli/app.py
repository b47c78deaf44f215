"""The command `micrograd`: each of its commands is a plain function, registered here."""

from typing import Annotated

import typer

import micrograd
from micrograd.cli import course, demo, expressions, saved_models, tables, train

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Neural networks out of single scalars, and pictures of how they learn.",
)


@app.callback(invoke_without_command=True)
def options(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        print(micrograd.__version__)
        raise typer.Exit


app.command(help=demo.DEMO_HELP)(demo.demo)
app.command(help=expressions.DRAW_HELP)(expressions.draw)
app.command(help=expressions.EXPLAIN_HELP)(expressions.explain)
app.command(help=expressions.COMPARE_HELP)(expressions.compare)
app.command("compile", help=expressions.COMPILE_HELP)(expressions.compile_)
app.command(help=course.LEARN_HELP)(course.learn)
app.command(help=train.TRAIN_HELP, name="train")(train.train)
app.command(help=tables.PREDICT_HELP)(tables.predict)
app.command(help=saved_models.SAMPLE_HELP)(saved_models.sample)
app.command(help=saved_models.INFO_HELP)(saved_models.info)
app.add_typer(course.exercises, name="exercises")
