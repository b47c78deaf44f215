"""Differentiating a program: reverse mode, by the chain rule and the rows that Values use.

Rule: nothing here knows an op. The gradient is more scalar program.
"""

from micrograd.compiler.program import Program
from micrograd.compiler.trace import Trace, Tracer, program_of, replay
from micrograd.graph import chain_rule, topological_order


def differentiate(
    program: Program, output: int = 0, by: list[int] | None = None, exact: bool = False
) -> Program:
    """The program that returns what `program` does and then d output / d input.

    `output` is a number among its outputs, `by` are the places of inputs; without, of all. With
    `exact` also a partial that is always 0 is multiplied by the grad: an infinite one gives nan.

    >>> from micrograd.compiler.trace import trace
    >>> print(differentiate(trace(lambda x, y: x * y, 2)))
    t0 = mul x0, x1
    return t0, x1, x0
    """
    inputs, outputs = replay(program, Trace())
    variables = list(inputs)
    xs = variables if by is None else [variables[i] for i in by]
    return program_of(inputs, [*outputs, *gradients(outputs[output], xs, exact)])


def gradients(y, xs: list[Tracer], exact: bool = False) -> list:
    """[d y / d x for x in xs], Tracers or floats, added up in the order of an eager `backward()`.

    An x that y does not depend on has 0.0.
    """
    if type(y) is not Tracer:
        return [0.0] * len(xs)
    order = topological_order(y, traced_inputs)
    active = dependent(order, xs)
    grads: dict[int, Tracer | float] = {y.place: 1.0}
    for node, x, partial in chain_rule([node for node in order if node.place in active], itself):
        if type(partial) is float and partial == 0.0 and not exact:
            continue
        if type(x) is Tracer and x.place in active and node.place in grads:
            owed = product(partial, grads[node.place])
            grads[x.place] = grads[x.place] + owed if x.place in grads else owed
    return [grads.get(x.place, 0.0) for x in xs]


def product(partial, grad):
    """partial * grad; of 1.0 and x that is x, to the last bit."""
    if type(partial) is float and partial == 1.0:
        return grad
    return partial if type(grad) is float and grad == 1.0 else partial * grad


def itself(node):
    return node


def traced_inputs(node: Tracer) -> list[Tracer]:
    return [x for x in node.inputs if type(x) is Tracer]


def dependent(order: list[Tracer], xs: list[Tracer]) -> set[int]:
    """The places of what was computed from `xs`, and of `xs`."""
    found = {x.place for x in xs}
    for node in order:
        if not found.isdisjoint([x.place for x in node.inputs if type(x) is Tracer]):
            found.add(node.place)
    return found
