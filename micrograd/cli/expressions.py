"""The commands on one expression: draw, compare and compile, and what `explain` shares with them.

Rule: a user's mistake is one clear message on standard error and exit code 2, and no file is left
half-written. A command lists every file that it writes.
"""

import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

import micrograd
from micrograd import check, errors
from micrograd.cli import expression_parser, messages
from micrograd.cli.console import (
    STANDARD_OUTPUT,
    STDOUT,
    report,
    stop,
    stop_writing,
    working,
    write_output,
)
from micrograd.cli.exit_codes import CHECK_FAILED
from micrograd.cli.options import AsJson, argument, flag, text
from micrograd.drawing import draw_dot, tree
from micrograd.support.arguments import unknown_format

Expression = Annotated[str, argument("Such as 'tanh(x*w + b)'.", "EXPRESSION")]
Numbers = Annotated[list[str] | None, argument("Such as x=2 w=-0.5.", "NAME=NUMBER...")]

FORMATS = ("svg", "html", "png", "json", "gv")
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


COMPILE_HELP = """Compile an expression and its gradient, and print the program after every stage.

The stages are: the scalar program, the same with its gradient, simplified, as kernels (groups of \
instructions that run as one loop), and as machine code.

[bold]Examples[/bold]

  micrograd compile "tanh(x1*w1 + x2*w2 + b)"

  micrograd compile "tanh(x*w + b)" x=2 w=-3 b=6.5

  micrograd compile "x**3 + exp(-x)" --ir --asm --exact
"""


def draw(
    expression: Expression,
    numbers: Numbers = None,
    output: Annotated[
        Path | None,
        text(
            "A .svg, .html (a page that plays it), .png, or Graphviz's .json or .gv. "
            "- prints the SVG.",
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
        written = write_output(output, render(y, output)) if output else {}
    except errors.ExpressionError as error:
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
    """Return (the Value of the expression, {name: its Value}), given such as ["x=2"].

    Raises ExpressionError for text that is no expression, and for a name without a number or use;
    for a missing number it shows the command's line to paste.
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
    if format in ("svg", "html"):
        return getattr(micrograd.draw(y), format)
    dot = draw_dot(y)
    return dot.source if format == "gv" else dot.pipe(format, quiet=True)


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
        with working("asking PyTorch", as_json):
            comparison = check.compare(y)
    except (errors.ExpressionError, errors.GraphError, ImportError) as error:
        raise stop(str(error)) from error
    names = ("name", "ours", "pytorch", "ulp", "right")
    rows = [dict(zip(names, row)) for row in comparison.rows]
    report({"rows": rows}, {}, as_json, lambda console: print_plain(console, comparison))
    if not comparison:
        raise typer.Exit(CHECK_FAILED)


def compile_(
    expression: Expression,
    numbers: Numbers = None,
    exact: Annotated[bool, flag("exact", "Match the eager engine bit for bit.")] = False,
    ir: Annotated[bool, flag("ir", "Also print the LLVM IR.")] = False,
    asm: Annotated[bool, flag("asm", "Also print the assembly.")] = False,
    as_json: AsJson = False,
) -> None:
    try:
        stages = stages_of(expression, numbers, exact)
    except (errors.ExpressionError, errors.TraceError) as error:
        raise stop(str(error)) from error
    hidden = [title for title, shown in (("LLVM IR", ir), ("assembly", asm)) if not shown]
    shown = {title: content for title, content in stages.items() if title not in hidden}
    report({"stages": shown}, {}, as_json, lambda console: show_stages(console, shown, hidden))


def show_stages(console: Console, stages: dict[str, str], hidden: list[str]) -> None:
    for title, content in stages.items():
        console.print(f"[bold]{escape(title)}[/bold]")
        print_plain(console, content + "\n")
    if hidden:
        options = {"LLVM IR": "--ir", "assembly": "--asm"}
        advice = " and ".join(f"{options[title]} for the {title}" for title in hidden)
        console.print(f"[dim]Add {advice}.[/dim]")


def stages_of(expression: str, numbers: list[str] | None, exact: bool) -> dict[str, str]:
    """Return {title of a stage: the program after it}; the last stages are run and listed."""
    from micrograd.compiler import ScalarFunction, Trace, differentiate, program_of, simplify

    if numbers:
        evaluate_text("compile", expression, numbers)  # refuses what the numbers lack
    names = expression_parser.names(expression)
    recorder = Trace()
    variables = {name: recorder.variable() for name in names}
    y, _ = expression_parser.evaluate(expression, variables)
    traced = program_of({x: name for name, x in variables.items()}, [recorder.as_operand(y)])
    both = differentiate(traced)
    simple = simplify(both)
    once = ScalarFunction(simple, exact)
    given = assignments(numbers or [])
    began = time.perf_counter()
    value, *grads = once.run([given.get(name, 0.5) for name in names])
    took = 1e3 * (time.perf_counter() - began)
    lines = [f"value = {value!r}", *(f"d/d{name} = {x!r}" for name, x in zip(names, grads))]
    at = ", ".join(numbers or []) or "0.5 for every name"
    return {
        f"1. traced: {len(traced)} instructions": str(traced),
        f"2. with the gradient: {len(both)} instructions": str(both),
        f"3. simplified: {len(simple)} instructions": str(simple),
        f"4. in kernels: {len(once.kernels)}": "\n".join(map(str, once.kernels)),
        f"5. machine code, {took:.0f} ms to compile or to load, run at {at}": "\n".join(lines),
        "LLVM IR": once.machine.ir,
        "assembly": once.machine.asm,
    }
