"""The command `micrograd compile`: the program of an expression after every stage of the compiler.

Rule: a stage is shown as the compiler prints it.
"""

import time
from typing import Annotated, Any

from rich.console import Console
from rich.markup import escape

from micrograd import errors
from micrograd.cli.console import report, stop
from micrograd.cli.expressions import (
    Expression,
    Numbers,
    assignments,
    evaluate_text,
    print_plain,
)
from micrograd.cli.options import AsJson, flag
from micrograd.explaining import expression_parser

COMPILE_HELP = """Compile an expression and its gradient, and print the program after every stage.

The stages are: the scalar program, the same with its gradient, simplified, as kernels (groups of \
instructions that run as one loop), and as machine code.

[bold]Examples[/bold]

  micrograd compile "tanh(x1*w1 + x2*w2 + b)"

  micrograd compile "tanh(x*w + b)" x=2 w=-3 b=6.5

  micrograd compile "x**3 + exp(-x)" --ir --asm --exact
"""
IR, ASSEMBLY = "LLVM IR", "assembly"  # titles of the stages that are shown when asked for
OPTION_OF = {IR: "--ir", ASSEMBLY: "--asm"}
USUAL_NUMBER = 0.5  # for each name, where the user gives no numbers


def compile_(
    expression: Expression,
    numbers: Numbers = None,
    exact: Annotated[bool, flag("exact", "Match the eager engine bit for bit.")] = False,
    ir: Annotated[bool, flag("ir", "Also print the LLVM IR.")] = False,
    asm: Annotated[bool, flag("asm", "Also print the assembly.")] = False,
    as_json: AsJson = False,
) -> None:
    try:
        stages = stages_of(expression, numbers or [], exact)
    except (errors.ExpressionError, errors.TraceError) as error:
        raise stop(str(error)) from error
    hidden = [title for title, shown in ((IR, ir), (ASSEMBLY, asm)) if not shown]
    shown = {title: content for title, content in stages.items() if title not in hidden}
    report({"stages": shown}, {}, as_json, lambda console: show_stages(console, shown, hidden))


def show_stages(console: Console, stages: dict[str, str], hidden: list[str]) -> None:
    for title, content in stages.items():
        console.print(f"[bold]{escape(title)}[/bold]")
        print_plain(console, content + "\n")
    if hidden:
        advice = " and ".join(f"{OPTION_OF[title]} for the {title}" for title in hidden)
        console.print(f"[dim]Add {advice}.[/dim]")


def stages_of(expression: str, numbers: list[str], exact: bool) -> dict[str, str]:
    """Return {title of a stage: the program after it}; the machine code is run and then listed.

    Raises ExpressionError as `evaluate_text` does, and TraceError if it cannot be compiled.
    """
    from micrograd.compiler import ScalarFunction, differentiate, simplify

    if numbers:
        evaluate_text("compile", expression, numbers)  # raises if a number is missing or unused
    names = expression_parser.names(expression)
    traced = trace_expression(expression, names)
    with_gradient = differentiate(traced)
    simplified = simplify(with_gradient)
    function = ScalarFunction(simplified, exact)
    given = assignments(numbers)
    results, milliseconds = run_once(function, [given.get(name, USUAL_NUMBER) for name in names])
    place = ", ".join(numbers) or f"{USUAL_NUMBER} for every name"
    run_title = f"5. machine code, {milliseconds:.0f} ms to compile or to load, run at {place}"
    labels = ["value", *(f"d/d{name}" for name in names)]
    lines = [f"{label} = {x!r}" for label, x in zip(labels, results)]
    return {
        f"1. traced: {len(traced)} instructions": str(traced),
        f"2. with the gradient: {len(with_gradient)} instructions": str(with_gradient),
        f"3. simplified: {len(simplified)} instructions": str(simplified),
        f"4. in kernels: {len(function.kernels)}": "\n".join(map(str, function.kernels)),
        run_title: "\n".join(lines),
        IR: function.machine.ir,
        ASSEMBLY: function.machine.asm,
    }


def trace_expression(expression: str, names: list[str]) -> Any:
    """Return the scalar program of the expression, with an input for each name."""
    from micrograd.compiler import Trace, program_of

    trace = Trace()
    variables = {name: trace.variable() for name in names}
    y, _ = expression_parser.evaluate(expression, variables)
    inputs = {x: name for name, x in variables.items()}
    return program_of(inputs, [trace.as_operand(y)])


def run_once(function: Any, numbers: list[float]) -> tuple[list[float], float]:
    """Return the outputs of a compiled function, and the milliseconds that its first run took."""
    start = time.perf_counter()
    outputs = list(function.run(numbers))
    return outputs, 1e3 * (time.perf_counter() - start)
