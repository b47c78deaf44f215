"""The command `micrograd explain`: an expression forward and backward, edge by edge.

Rule: the last table has every number with its grad; a mistake's grads stand beside the right ones.
"""

from pathlib import Path
from typing import Annotated, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

import micrograd
from micrograd import errors
from micrograd.cli import messages
from micrograd.cli.console import STANDARD_OUTPUT, STDOUT, report, stop, stop_writing, write_output
from micrograd.cli.expressions import Expression, Numbers, evaluate_text, print_plain
from micrograd.cli.options import AsJson, choice, text
from micrograd.explaining import ALGORITHMS, SECOND_PASS, same
from micrograd.support.arguments import unknown_format
from micrograd.support.numbers import format_float

EXPLAIN_HELP = """Show where every gradient of an expression comes from, edge by edge.

[bold]Examples[/bold]

  micrograd explain "tanh(x1*w1 + x2*w2 + b)" x1=2 x2=0 w1=-3 w2=1 b=6.88

  micrograd explain "(a*b + a)**2" a=2 b=-3 --paths a --nudge a

  micrograd explain "a*a" a=3 --wrong assign

  micrograd explain "tanh(x*w + b)" x=2 w=-3 b=6.5 --html story.html
"""
MISTAKES = tuple(name for name in ALGORITHMS if name != "right")


def explain(
    expression: Expression,
    numbers: Numbers = None,
    paths: Annotated[str, text("List all paths from that number.", "NAME")] = "",
    nudge: Annotated[str, text("Move that number and compare.", "NAME")] = "",
    wrong: Annotated[
        str | None, choice("Show what a common mistake does.", MISTAKES, "MISTAKE")
    ] = None,
    html: Annotated[Path | None, text("Also write a page that plays it.", "FILE.html")] = None,
    as_json: AsJson = False,
) -> None:
    try:
        y, used = evaluate_text("explain", expression, numbers)
        y.label = y.label or "y"
        explanation, answers = explain_all(y, used, paths, nudge, wrong)
        written = write_page(html, y, as_json) if html else {}
    except (errors.ExpressionError, errors.GraphError) as error:
        raise stop(str(error)) from error
    except OSError as error:
        raise stop_writing(html or STANDARD_OUTPUT, error) from error
    if html == STDOUT:
        return
    rows = gradient_rows(used, explanation.grads)

    def show(console: Console) -> None:
        show_explanation(console, y, explanation, answers)
        if rows:
            console.print(gradient_table(explanation.result, rows, wrong))

    report({"story": explanation, "gradients": rows, **answers}, written, as_json, show)


def write_page(path: Path, y: Any, as_json: bool) -> dict[Path, str]:
    """Write the page that plays the graph; raises ExpressionError for a path of another kind."""
    if path.suffix.lower() not in (".html", ".htm") and path != STDOUT:
        raise errors.ExpressionError(unknown_format(path.name, ["html"]))
    return write_output(path, micrograd.draw(y).html, as_json)


def explain_all(y: Any, used: dict, paths: str, nudge: str, wrong: str | None) -> tuple:
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


def gradient_rows(used: dict[str, Any], grads: dict[str, float]) -> list[dict[str, Any]]:
    """Return a row for each name: its number, its grad, and the one that the algorithm gave."""
    rows = []
    for name, x in used.items():
        rows.append({"name": name, "data": x.data, "grad": x.grad, "given": grads.get(name, 0.0)})
    return rows


# -------------------------------------------------------------------------------- printed results


def show_explanation(console: Console, y: Any, explanation: Any, answers: dict) -> None:
    if explanation.lines:
        print_plain(console, "\n".join(explanation.forward))
        console.print(edge_table(explanation))
    else:
        print_plain(console, messages.no_gradient(y.label, format_float(y.data)))
    for part in (*explanation.notes, *answers.values()):
        print_plain(console, f"{part}\n")


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


def gradient_table(result: str, rows: list[dict[str, Any]], wrong: str | None) -> Table:
    """Return the table of all grads; with a mistake, a column has what it gives instead."""
    table = Table(title=f"the gradients of {result}", title_justify="left")
    table.add_column("name")
    for header in ("data", "grad", *([f"with {wrong}"] if wrong else [])):
        table.add_column(header, justify="right")
    for row in rows:
        cells = [escape(row["name"]), format_float(row["data"]), format_float(row["grad"])]
        table.add_row(*cells, *([given_cell(row)] if wrong else []))
    return table


def given_cell(row: dict[str, Any]) -> str:
    """Return the grad that a mistake gave; a wrong one is marked in words and in red."""
    given = format_float(row["given"])
    return given if same(row["given"], row["grad"]) else f"[red]{given} wrong[/red]"
