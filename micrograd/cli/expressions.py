"""The commands on one expression: draw, explain, compare and compile.

Rule: a user's mistake is one clear message on standard error and exit code 2, and no file is left
half-written. A command lists every file that it writes.
"""

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

import micrograd
from micrograd import check, errors
from micrograd.cli import expression_parser, messages
from micrograd.cli.console import STANDARD_OUTPUT, stop
from micrograd.drawing import draw_dot, tree
from micrograd.explaining import ALGORITHMS, SECOND_PASS
from micrograd.support import files
from micrograd.support.nest import tree_map
from micrograd.support.numbers import json_number

Expression = Annotated[str, typer.Argument(metavar="EXPRESSION", help="Such as 'tanh(x*w + b)'.")]
Numbers = Annotated[
    list[str] | None, typer.Argument(metavar="NAME=NUMBER...", help="Such as x=2 w=-0.5.")
]


FORMATS = ("svg", "html", "png", "json", "gv")
DRAW_HELP = """Draw an expression as a graph, with the gradient of every number in it.

[bold]Examples[/bold]

  micrograd draw "a*b + a**2" a=2 b=-3

  micrograd draw "tanh(x1*w1 + x2*w2 + b)" x1=2 x2=0 w1=-3 w2=1 b=6.88 -o neuron.svg
"""


EXPLAIN_HELP = """Show where every gradient of an expression comes from, edge by edge.

[bold]Examples[/bold]

  micrograd explain "tanh(x1*w1 + x2*w2 + b)" x1=2 x2=0 w1=-3 w2=1 b=6.88

  micrograd explain "(a*b + a)**2" a=2 b=-3 --paths a --nudge a

  micrograd explain "a*a" a=3 --wrong assign

  micrograd explain "tanh(x*w + b)" x=2 w=-3 b=6.5 --html story.html
"""


COMPARE_HELP = """Compute an expression and its gradients beside PyTorch, in double precision.

The last column is the difference in ulp, units in the last place.

[bold]Examples[/bold]

  micrograd compare "tanh(x1*w1 + x2*w2 + b)" x1=2 x2=0 w1=-3 w2=1 b=6.88
"""


MISTAKES = tuple(name for name in ALGORITHMS if name != "right")
if TYPE_CHECKING:
    Mistake = str
else:
    Mistake = Literal[MISTAKES]
COMPILE_HELP = """Compile an expression and its gradient, and print the program after every stage.

The stages are: the scalar program, the same with its gradient, simplified, as kernels (groups of \
instructions that run as one loop), and as machine code.

[bold]Examples[/bold]

  micrograd compile "tanh(x1*w1 + x2*w2 + b)"

  micrograd compile "x**3 + exp(-x)" --ir --asm --exact
"""


def draw(
    text: Expression,
    numbers: Numbers = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="A .svg, .html (a page that plays it), .png, or Graphviz's .json or .gv.",
        ),
    ] = None,
) -> None:
    console = Console(highlight=False)
    try:
        y, _ = evaluate_text(text, numbers or [])
        y.backward()
        content = render(y, output) if output else ""
        console.print(escape(tree(y)), soft_wrap=True)
        if output:
            console.print(f"wrote {escape(str(files.write(output, content)))}", soft_wrap=True)
    except errors.ExpressionError as error:
        raise stop(str(error)) from error
    except OSError as error:
        raise stop(files.cannot_write(output or STANDARD_OUTPUT, error)) from error


def evaluate_text(text: str, numbers: list[str]) -> tuple:
    """Return (the Value of the expression, {name: its Value}).

    Raises ExpressionError for text that is no expression, and for a name without a number or use.
    """
    given = assignments(numbers)
    y, used = expression_parser.parse(text, given)
    if unused := given.keys() - used.keys():
        raise errors.ExpressionError(messages.unused(sorted(unused)))
    return y, used


def render(y: Any, output: Path) -> bytes | str:
    """Return the picture of the graph, in the format of the path's ending."""
    format = output.suffix.lower().removeprefix(".")
    if format not in FORMATS:
        raise errors.ExpressionError(errors.unknown_format(output.name, FORMATS))
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
        raise errors.ExpressionError(messages.not_an_assignment(item)) from error


def explain(
    text: Expression,
    numbers: Numbers = None,
    paths: Annotated[
        str, typer.Option(metavar="NAME", help="List all paths from that number.")
    ] = "",
    nudge: Annotated[str, typer.Option(metavar="NAME", help="Move that number and compare.")] = "",
    wrong: Annotated[Mistake | None, typer.Option(help="Show what a common mistake does.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
    html: Annotated[Path | None, typer.Option(help="Also write a page that plays it.")] = None,
) -> None:
    console = Console(highlight=False)
    try:
        y, used = evaluate_text(text, numbers or [])
        y.label = y.label or "y"
        explanation, answers = explain_all(y, used, paths, nudge, wrong)
        written = files.write(html, micrograd.draw(y).html) if html else None
    except (errors.ExpressionError, errors.GraphError) as error:
        raise stop(str(error)) from error
    except OSError as error:
        raise stop(files.cannot_write(html or STANDARD_OUTPUT, error)) from error
    if as_json:
        parts = {"story": explanation, **answers}
        content = tree_map(json_atom, {name: asdict(part) for name, part in parts.items()})
        print(json.dumps(content, indent=1, allow_nan=False))
        console = Console(highlight=False, stderr=True)  # standard output is JSON only
    else:
        show_explanation(console, explanation, answers)
    if written:
        console.print(f"wrote {escape(str(written))}", soft_wrap=True)


def show_explanation(console: Console, explanation: Any, answers: dict) -> None:
    console.print(escape("\n".join(explanation.forward)), soft_wrap=True)
    has_lines = bool(explanation.lines)
    console.print(edge_table(explanation) if has_lines else "no gradient is passed on.")
    for part in (*explanation.notes, *answers.values()):
        console.print(escape(str(part)) + "\n", soft_wrap=True)


def json_atom(x: Any) -> Any:
    """Return `x` as JSON can hold it: nan and inf become texts."""
    return json_number(x) if isinstance(x, float) else x


def explain_all(y: Any, used: dict, paths: str, nudge: str, wrong: Any) -> tuple:
    """Return (the explanation, {"paths": ..., "nudge": ...} as far as they were asked for)."""
    y.backward()
    explanation = micrograd.explain(y, algorithm=wrong or "right")
    answers: dict = {}
    if paths:
        answers["paths"] = micrograd.paths(y, value_called(used, paths))
    if nudge:
        answers["nudge"] = micrograd.nudge(y, value_called(used, nudge))
    return explanation, answers


def value_called(used: dict[str, Any], name: str) -> Any:
    """Return the Value of that name. Raises ExpressionError if the expression has none."""
    if name not in used:
        raise errors.ExpressionError(messages.no_number_called(name, used))
    return used[name]


def edge_table(explanation: Any) -> Table:
    title = f"from {explanation.result} backwards, edge by edge"
    table = Table(title=title, title_justify="left")
    for header in ("chain rule", "in numbers", "sum so far", "since"):
        table.add_column(header)
    for i, line in enumerate(explanation.lines):
        if i in explanation.again:
            table.add_section()
            table.add_row(SECOND_PASS)
        table.add_row(*map(escape, (line.rule, line.numbers, line.total, line.why)))
    return table


def compare(text: Expression, numbers: Numbers = None) -> None:
    try:
        y, _ = evaluate_text(text, numbers or [])
        comparison = check.compare(y)
    except (errors.ExpressionError, errors.GraphError, ImportError) as error:
        raise stop(str(error)) from error
    print(comparison)
    if not comparison:
        raise typer.Exit(1)


def compile_(
    text: Expression,
    exact: Annotated[
        bool, typer.Option("--exact", help="Match the eager engine bit for bit.")
    ] = False,
    ir: Annotated[bool, typer.Option("--ir", help="Also print the LLVM IR.")] = False,
    asm: Annotated[bool, typer.Option("--asm", help="Also print the assembly.")] = False,
) -> None:
    console = Console(highlight=False)
    try:
        stages = stages_of(text, exact)
    except (errors.ExpressionError, errors.TraceError) as error:
        raise stop(str(error)) from error
    hidden = {"LLVM": not ir, "machine": not asm}
    for title, content in stages.items():
        if not hidden.get(title.split()[0]):
            console.print(f"[bold]{escape(title)}[/bold]")
            console.print(escape(content) + "\n", soft_wrap=True)


def stages_of(text: str, exact: bool) -> dict[str, str]:
    """Return {title of a stage: the program after it}."""
    from micrograd.compiler import ScalarFunction, Trace, differentiate, program_of, simplify

    names = expression_parser.names(text)
    recorder = Trace()
    variables = {name: recorder.variable() for name in names}
    y, _ = expression_parser.evaluate(text, variables)
    traced = program_of({x: name for name, x in variables.items()}, [recorder.as_operand(y)])
    both = differentiate(traced, exact=exact)
    simple = simplify(both)
    once = ScalarFunction(simple, exact)
    began = time.perf_counter()
    once.run([0.5] * len(names))
    took = 1e3 * (time.perf_counter() - began)
    return {
        f"1. traced: {len(traced)} instructions": str(traced),
        f"2. with the gradient: {len(both)} instructions": str(both),
        f"3. simplified: {len(simple)} instructions": str(simple),
        f"4. in kernels: {len(once.kernels)}": "\n".join(map(str, once.kernels)),
        f"5. machine code: {took:.0f} ms to compile or to load": "To see it, add --ir or --asm.",
        "LLVM": once.machine.ir,
        "machine": once.machine.asm,
    }
