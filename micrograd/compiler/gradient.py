"""Differentiating a program: reverse mode, by the chain rule and the rows that Values use.

Rule: nothing here knows an op. The gradient is more scalar program.
"""

from collections.abc import Iterable
from typing import Any

from micrograd.compiler.program import Program
from micrograd.compiler.trace import Trace, Tracer, program_of, replay
from micrograd.graph import chain_rule, topological_order


def differentiate(program: Program, output: int = 0, inputs: list[int] | None = None) -> Program:
    """Return the program with more outputs: d output / d input, for each of `inputs`.

    `output` is an index among the program's outputs, and `inputs` are places; None means all of
    them.

    >>> from micrograd.compiler.trace import trace
    >>> print(differentiate(trace(lambda x, y: x * y, 2)))
    t0 = mul x0, x1
    return t0, x1, x0
    """
    names, outputs = replay(program, Trace())
    variables = list(names)
    xs = variables if inputs is None else [variables[i] for i in inputs]
    return program_of(names, [*outputs, *gradients(outputs[output], xs)])


def receiving_inputs(program: Program, output: int = 0) -> set[int]:
    """Return the places of the inputs that receive a grad from that output, which may be 0.0.

    >>> from micrograd.compiler.trace import trace
    >>> receiving_inputs(trace(lambda x, y: x * y.sign(), 2))
    {0}
    """
    inputs = range(len(program.input_names))
    result = program.outputs[output]
    reached = {result} if type(result) is int else set()
    instructions = list(zip(program.ops, program.operands))
    last = len(inputs) + len(instructions) - 1
    for place, (op, operands) in zip(range(last, 0, -1), reversed(instructions)):
        if place in reached:
            for x, partial in zip(operands, op.partials):
                if partial and type(x) is int:
                    reached.add(x)
    return reached.intersection(inputs)


def gradients(y: Any, xs: list[Tracer]) -> list[Tracer | float]:
    """Return [d y / d x for x in xs], added up in the order of an eager `backward()`.

    The gradient is 0.0 for an x that y does not depend on. A partial that is 0.0 is multiplied like
    any other, because the grad may be infinite.
    """
    if type(y) is not Tracer:
        return [0.0] * len(xs)
    order = topological_order(y, traced_inputs)
    active = dependent_places(order, xs)
    dependent = [node for node in order if node.place in active]
    edges = chain_rule(dependent, identity)
    grads: dict[int, Any] = {y.place: 1.0}
    for node, x, partial in edges:
        if type(x) is Tracer and x.place in active:
            owed = product(partial, grads[node.place])
            grads[x.place] = grads[x.place] + owed if x.place in grads else owed
    return [grads.get(x.place, 0.0) for x in xs]


def product(partial: Any, grad: Any) -> Any:
    """Return partial * grad; 1.0 * x is x to the last bit, so nothing is recorded for it."""
    if isinstance(partial, float) and partial == 1.0:
        return grad
    return partial if isinstance(grad, float) and grad == 1.0 else partial * grad


def identity(node: Any) -> Any:
    return node


def traced_inputs(node: Tracer) -> list[Tracer]:
    return [x for x in node.inputs if type(x) is Tracer]


def dependent_places(order: Iterable[Tracer], xs: list[Tracer]) -> set[int]:
    """Return the places of `xs` and of all that is computed from them."""
    places = {x.place for x in xs}
    for node in order:
        if not places.isdisjoint([x.place for x in node.inputs if type(x) is Tracer]):
            places.add(node.place)
    return places
