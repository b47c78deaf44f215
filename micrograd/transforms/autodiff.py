"""Derivatives of functions of numbers, under the names that JAX gives them.

Rule: a transform takes a function and returns a function, so transforms can be nested. Called with
numbers, the result is made of floats; called with Values, or inside another transform, of Values.
The derivative of a compiled function (see `jit`) is compiled, and inside one it is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from micrograd import errors
from micrograd.compiler import Tracer, no_side_effect
from micrograd.engine import Value, gradients
from micrograd.ops import mul
from micrograd.support.arguments import not_one_number, require_function
from micrograd.support.arrays import as_lists, compact, is_array, map_array, stack_objects
from micrograd.support.nest import tree_map
from micrograd.transforms import messages
from micrograd.transforms.jitting import Jitted
from micrograd.transforms.recording import (
    current_recorder,
    nested,
    result_leaves,
    result_map,
)
from micrograd.transforms.value_guard import ValueGuard
from micrograd.watchers import enable_grad, transform_variables

Argnums = int | tuple[int, ...]
Function = Callable[..., Any]


def value_and_grad(f: Function, argnums: Argnums = 0) -> Function:
    """Return a function that returns (f(...), its derivative), the latter in the argument's shape.

    `f` takes numbers, nested lists of them or NumPy arrays, and returns one number. The derivative
    is with respect to argument number `argnums`; if that is a tuple, it is a tuple of derivatives.
    Raises TypeError if `f` is not a function or does not return one number, and for an `argnums`
    that the call has no argument for.

    >>> value_and_grad(lambda x, w: x * w[0] + w[1], argnums=1)(3.0, [2.0, 1.0])
    (7.0, [3.0, 1.0])
    """
    require_function("value_and_grad", f)
    if isinstance(f, Jitted):
        return f.derive(lambda inner: value_and_grad(inner, argnums))

    guard = ValueGuard(f)

    def derivative(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        with enable_grad(), variables(guard, args, argnums) as given:
            arguments, differentiated, keep_values = given
            y = f(*arguments, **kwargs)
            if isinstance(y, list | tuple | dict):
                raise TypeError(not_one_number("grad", y))
            grads = derivatives(y, differentiated, keep_values)
            return unwrap(y, keep_values), grads

    return derivative


def grad(f: Function, argnums: Argnums = 0) -> Function:
    """Return a function that returns the derivative of `f`, as in `value_and_grad`.

    >>> cube = lambda x: x**3
    >>> grad(cube)(2.0), grad(grad(cube))(2.0)
    (12.0, 12.0)
    """
    require_function("grad", f)
    if isinstance(f, Jitted):
        return f.derive(lambda inner: grad(inner, argnums))
    value_and_derivative = value_and_grad(f, argnums)
    return lambda *args, **kwargs: value_and_derivative(*args, **kwargs)[1]


def jacobian(f: Function, argnums: Argnums = 0) -> Function:
    """Return a function that returns the derivative of each number that `f` returns.

    For f from n numbers (a list) to m (a list), that is a list of m lists of n; for f from an array
    to an array, it is one array.

    >>> jacobian(lambda x: [x[0] * x[1], x[0] + x[1]])([2.0, 3.0])
    [[3.0, 2.0], [1.0, 1.0]]
    """
    require_function("jacobian", f)
    if isinstance(f, Jitted):
        return f.derive(lambda inner: jacobian(inner, argnums))

    guard = ValueGuard(f)

    def derivative(*args: Any, **kwargs: Any) -> Any:
        with enable_grad(), variables(guard, args, argnums) as given:
            arguments, differentiated, keep_values = given
            returned = f(*arguments, **kwargs)
            results = tree_map(as_lists, returned)
            grads = tree_map(lambda y: derivatives(y, differentiated, keep_values), results)
            return stack(grads) if is_array(returned) and is_array(differentiated) else grads

    return derivative


def stack(arrays: Any) -> Any:
    """Return an array of a nested list of arrays."""
    if not isinstance(arrays, list):
        return arrays
    return compact(stack_objects([stack(x) for x in arrays]))


def hessian(f: Function, argnums: int = 0) -> Function:
    """Return a function that returns the second derivatives of `f`: the jacobian of its grad.

    For f of n numbers (a list), that is a list of n lists of n.

    >>> hessian(lambda x: x[0] ** 2 * x[1])([2.0, 3.0])
    [[6.0, 4.0], [4.0, 0.0]]
    """
    require_function("hessian", f)
    return jacobian(grad(f, argnums), argnums)


@contextmanager
def variables(
    guard: ValueGuard, args: tuple[Any, ...], argnums: Argnums
) -> Iterator[tuple[list[Any], Any, bool]]:
    """Yield (arguments, differentiated, keep_values) for a function to be differentiated.

    `differentiated` are the variables, which stand in the arguments in place of the numbers to
    differentiate with respect to. `keep_values` says whether results are Values. A Value becomes a
    new node with the same bits (x * 1.0), so that a nested transform of the same Value
    differentiates with respect to its own variable alone. Raises TraceError, and puts the number
    back, if the function changes a Value that it did not make.
    """
    in_order = result_leaves(args)
    is_inner = nested.get()
    keep_values = is_inner or any(isinstance(x, Value) for x in in_order)
    arguments = list(args)
    for i in argnums if isinstance(argnums, tuple) else (argnums,):
        require_argument(i, len(args))
        arguments[i] = result_map(variable, args[i])
    if isinstance(argnums, tuple):
        differentiated = tuple(arguments[i] for i in argnums)
    else:
        differentiated = arguments[argnums]
    numbers = [] if is_inner or current_recorder() else guard.numbers(in_order)
    outer = transform_variables.get()
    within = transform_variables.set(outer.union(result_leaves(differentiated)))
    token = nested.set(True)
    try:
        yield arguments, differentiated, keep_values
    finally:
        nested.reset(token)
        transform_variables.reset(within)
        changed = guard.put_back(numbers)
    if changed:
        raise errors.TraceError(no_side_effect())


def require_argument(i: Any, count: int) -> None:
    """Raise TypeError unless a call with `count` arguments has one of the number `i`."""
    if not isinstance(i, int) or not -count <= i < count:
        raise TypeError(messages.no_such_argument(i, count))


def variable(x: Any) -> Any:
    """Return a new node, or traced number, that is equal to `x`."""
    if recorder := current_recorder():
        fresh = recorder.trace.record(mul, (x, 1.0))
        if fresh is NotImplemented:
            raise TypeError(errors.not_a_scalar(x))
        return fresh
    return x * 1.0 if isinstance(x, Value) else Value(x)


def derivatives(y: Any, differentiated: Any, keep_values: bool) -> Any:
    """Return d y / d each variable, in the structure of `differentiated`.

    It is 0 for a variable that y does not depend on.
    """
    grads = iter(flat_derivatives(y, result_leaves(differentiated), keep_values))
    return tree_map(lambda x: in_shape_of(x, grads), differentiated)


def in_shape_of(x: Any, grads: Iterator[Any]) -> Any:
    """Return the next of `grads`, or an array of the next ones if `x` is an array."""
    if not is_array(x):
        return next(grads)
    return compact(map_array(lambda _: next(grads), x))


def flat_derivatives(y: Any, xs: list[Any], keep_values: bool) -> Sequence[Any]:
    if recorder := current_recorder():
        grads = recorder.gradients(y, xs)
        return [0.0 + x for x in grads]  # as an eager sum, which is never -0.0
    y = y if isinstance(y, Value) else Value(y)
    return gradients(y, xs, create_graph=True) if keep_values else gradients(y, xs)


def unwrap(y: Any, keep_values: bool) -> Any:
    """Return y as a Value if `keep_values`, and as a float otherwise."""
    if isinstance(y, Tracer):
        return y
    if not isinstance(y, Value):
        return Value(y) if keep_values else y
    return y if keep_values else y.data
