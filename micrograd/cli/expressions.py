"""The commands `micrograd draw` and `compare`, and parts that all commands on expressions share.

Rule: a user's mistake is one clear message on standard error and exit code 2, and no file is left
half-written. A command lists every file that it writes.
"""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

import micrograd
from micrograd import check, errors
from micrograd.cli import messages
from micrograd.cli.console import (
    STANDARD_OUTPUT,
    STDOUT,
    report,
    show_status,
    stop,
    stop_writing,
    write_output,
)
from micrograd.cli.exit_codes import CHECK_FAILED
from micrograd.cli.options import AsJson, argument, text
from micrograd.drawing import FORMATS, tree
from micrograd.explaining import expression_parser
from micrograd.support.arguments import unknown_format

Expression = Annotated[str, argument("Such as 'tanh(x*w + b)'.", "EXPRESSION")]
Numbers = Annotated[list[str] | None, argument("Such as x=2 w=-0.5.", "NAME=NUMBER...")]

DRAW_HELP = """Draw an expression as a graph, with the gradient of every number in it.

[bold]Examples[/bold]

  micrograd draw "a*b + a**2" a=2 b=-3

  micrograd draw "tanh(x1*w1 + x2*w2 + b)" x1=2 x2=0 w1=-3 w2=1 b=6.88 -o neuron.svg

  micrograd draw "-a + b" a=2 b=3 -o - > sum.svg
"""


COMPARE_HELP = """Compute an expression and its gradients beside PyTorch, in double precision.

The last column is the difference in ulp, units in the last place.

[bold]Examples[/bold]

  micrograd compare "tanh(x1*w1 + x2*w2 + b)" x1=2 x2=0 w1=-3 w2=1 b=6.88
"""


def draw(
    expression: Expression,
    numbers: Numbers = None,
    output: Annotated[
        Path | None,
        text(
            "A .svg, .html (a page that plays it), .png, .pdf, .tex, or Graphviz's .json or "
            ".gv. - prints the SVG.",
            "FILE",
            "--output",
            "-o",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    try:
        y, used = evaluate_text("draw", expression, numbers)
        y.backward()
        written = write_output(output, render(y, output), as_json) if output else {}
    except (errors.ExpressionError, ImportError) as error:
        raise stop(str(error)) from error
    except OSError as error:
        raise stop_writing(output or STANDARD_OUTPUT, error) from error
    if output == STDOUT:
        return
    results = {"data": y.data, "grads": {name: x.grad for name, x in used.items()}}
    report(results, written, as_json, lambda console: print_plain(console, tree(y)))


def print_plain(console: Console, content: object) -> None:
    """Print the text as it is: no colours, no markup, and a long line in one piece."""
    console.print(escape(str(content)), soft_wrap=True)


def evaluate_text(command: str, expression: str, numbers: list[str] | None) -> tuple:
    """Return (the Value of the expression, {name: its Value}), with numbers such as ["x=2"].

    Raises ExpressionError for text that is no expression, for a name without a number, and for a
    number without a use. Where a number is missing, the message ends with a command to paste.
    """
    given = assignments(numbers or [])
    try:
        y, used = expression_parser.parse(expression, given)
    except expression_parser.MissingNumbers as error:
        line = messages.line_to_paste(command, expression, numbers or [], error.names)
        raise errors.ExpressionError(f"{error}\n{line}") from error
    if unused := given.keys() - used.keys():
        raise errors.ExpressionError(messages.unused(sorted(unused)))
    return y, used


def render(y: Any, output: Path) -> bytes | str:
    """Return the picture of the graph, in the format of the path's ending."""
    format = "svg" if output == STDOUT else output.suffix.lower().removeprefix(".")
    if format not in FORMATS:
        raise errors.ExpressionError(unknown_format(output.name, FORMATS))
    return getattr(micrograd.draw(y), format)


def assignments(items: list[str]) -> dict[str, float]:
    """Return {"x1": 2.0} for ["x1=2"]."""
    numbers: dict[str, float] = {}
    for name, number in map(assignment, items):
        if name in numbers:
            raise errors.ExpressionError(messages.two_numbers_for(name))
        numbers[name] = number
    return numbers


def assignment(item: str) -> tuple[str, float]:
    """Return ("x1", 2.0) for "x1=2"."""
    name, _, number = item.partition("=")
    try:
        if not name.isidentifier():
            raise ValueError
        return name, float(number)
    except ValueError as error:
        raise errors.ExpressionError(messages.not_an_assignment(item.strip())) from error


def compare(expression: Expression, numbers: Numbers = None, as_json: AsJson = False) -> None:
    try:
        y, _ = evaluate_text("compare", expression, numbers)
        with show_status("asking PyTorch", as_json):
            comparison = check.compare(y)
    except (errors.ExpressionError, errors.GraphError, ImportError) as error:
        raise stop(str(error)) from error
    names = ("name", "ours", "pytorch", "ulp", "right")
    rows = [dict(zip(names, row)) for row in comparison.rows]
    report({"rows": rows}, {}, as_json, lambda console: print_plain(console, comparison))
    if not comparison:
        raise typer.Exit(CHECK_FAILED)
