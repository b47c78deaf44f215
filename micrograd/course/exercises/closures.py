"""Closures: the grads that one operation of a learner's class passes back, by its `_backward`.

Rule: grads are not 0 before the call, so that an = in the place of += shows.
"""

from collections.abc import Callable, Sequence
from typing import Any

from micrograd.course.exercises.checking import Wrong, number

# two inputs, the grad of the result, and the grads from before: with a negative number, 0 as either
# input and as both, and an equal pair
TWO_INPUTS = [
    (2.0, -5.0, 7.0, 20.0, 30.0),
    (1.3, 0.6, -2.7, 0.4, -1.9),
    (-0.9, 2.2, 1.7, -3.1, 0.8),
    (0.0, 3.4, 0.7, 1.1, 2.3),
    (2.6, 0.0, -1.2, 5.3, -0.6),
    (0.0, 0.0, 2.1, 0.9, 4.7),
    (1.7, 1.7, 3.3, -2.2, 1.4),
]
TWO_PLACE = "a = {}, b = {}, c.grad = {}, and grads of {} and {} from other uses"


def receive(
    value_class: Any,
    operation: Callable[..., Any],
    data: Sequence[float],
    grad: float,
    before: Sequence[float],
) -> list[float]:
    """Return the grads of the inputs after the `_backward` of operation(*inputs) was called.

    The result had this `grad`, and the inputs had grads `before`. Raises Wrong if anything but the
    grads of the inputs has changed.
    """
    inputs = [value_class(x) for x in data]
    out = operation(*inputs)
    numbers_before = [*data, out.data]
    for value, own in zip(inputs, before):
        value.grad = own
    out.grad = grad
    called = watch(inputs)
    try:
        out._backward()
    except AttributeError as error:
        if error.name in ("data", "grad") and "'float'" in str(error):
            raise Wrong("self and other are Values: their numbers are in `.data`.") from None
        raise
    if called:
        raise Wrong(
            "the `_backward` of an input is called, too: that is left to backward(), which calls "
            "each node once. Here only pass on out.grad.",
            "the inputs are called",
        )
    if [x.data for x in (*inputs, out)] != numbers_before or out.grad != grad:
        raise Wrong("`_backward` may change only the grads of the inputs: not out, not any data.")
    return [number(value.grad) for value in inputs]


def watch(inputs: Sequence[Any]) -> list[int]:
    """Return a list that grows when the `_backward` of one of these is called."""
    called: list[int] = []
    for value in inputs:
        value._backward = lambda: called.append(1)
    return called


def receive_twice(
    value_class: Any, operation: Callable, x: float, grad: float, own: float
) -> float:
    """Return the grad of a Value that is both inputs of one operation; it was `own` before."""
    value = value_class(x)
    out = operation(value, value)
    value.grad, out.grad = own, grad
    out._backward()
    return number(value.grad)
