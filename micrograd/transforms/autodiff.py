"""Derivatives of functions of numbers, under the names that JAX gives them.

Rule: a transform takes a function and returns a function, so that they nest. Called with numbers
the result is made of floats; called with Values, or inside another transform, of Values. Of a
compiled function (see `jit`) the derivative is compiled, and inside one it is traced.
"""

from collections.abc import Callable
from contextlib import contextmanager

from micrograd import errors
from micrograd.compiler import Tracer
from micrograd.compiler import gradients as traced_gradients
from micrograd.engine import Value, gradients
from micrograd.ops import mul
from micrograd.support.nest import leaves, tree_map
from micrograd.transforms.jitting import Jitted, nested
from micrograd.transforms.recording import as_lists, current
from micrograd.watchers import enable_grad

Places = int | tuple[int, ...]


def value_and_grad(f: Callable, argnums: Places = 0) -> Callable:
    """The function that returns (f(...), its derivative), the latter in the shape of the argument.

    `f` takes numbers or nested lists of them and returns one number; `argnums` says by which
    argument to differentiate, or, as a tuple, by which. Raises TypeError where f returns no scalar.

    >>> value_and_grad(lambda x, w: x * w[0] + w[1], argnums=1)(3.0, [2.0, 1.0])
    (7.0, [3.0, 1.0])
    """

    if isinstance(f, Jitted):
        return f.transformed(lambda inner: value_and_grad(inner, argnums))

    def derivative(*args, **kwargs):
        with enable_grad(), variables(args, argnums) as (arguments, chosen, keep):
            y = f(*arguments, **kwargs)
            if isinstance(y, list | tuple | dict):
                raise TypeError(errors.not_one_number("grad", y))
            return finish(y, keep), by(y, chosen, keep)

    return derivative


def grad(f: Callable, argnums: Places = 0) -> Callable:
    """The function that returns the derivative of `f`, as in `value_and_grad`.

    >>> cube = lambda x: x**3
    >>> grad(cube)(2.0), grad(grad(cube))(2.0)
    (12.0, 12.0)
    """
    if isinstance(f, Jitted):
        return f.transformed(lambda inner: grad(inner, argnums))
    both = value_and_grad(f, argnums)
    return lambda *args, **kwargs: both(*args, **kwargs)[1]


def jacobian(f: Callable, argnums: Places = 0) -> Callable:
    """The function that returns, in place of each number that `f` returns, its derivative.

    For f from n numbers (a list) to m (a list) that is a list of m lists of n.

    >>> jacobian(lambda x: [x[0] * x[1], x[0] + x[1]])([2.0, 3.0])
    [[3.0, 2.0], [1.0, 1.0]]
    """

    if isinstance(f, Jitted):
        return f.transformed(lambda inner: jacobian(inner, argnums))

    def derivative(*args, **kwargs):
        with enable_grad(), variables(args, argnums) as (arguments, chosen, keep):
            found = tree_map(as_lists, f(*arguments, **kwargs))
            return tree_map(lambda y: by(y, chosen, keep), found)

    return derivative


def hessian(f: Callable, argnums: int = 0) -> Callable:
    """The function that returns the second derivatives of `f`: the jacobian of its grad.

    >>> hessian(lambda x: x[0] ** 2 * x[1])([2.0, 3.0])
    [[6.0, 4.0], [4.0, 0.0]]
    """
    return jacobian(grad(f, argnums), argnums)


@contextmanager
def variables(args: tuple, argnums):
    """(the arguments, with variables for numbers; the chosen ones; whether to keep Values).

    A Value becomes a new node with the same bits (x * 1.0), so that a nested transform by the same
    Value differentiates by its own variable alone.
    """
    places = argnums if isinstance(argnums, tuple) else (argnums,)
    keep = nested.get() or any(isinstance(x, Value) for x in leaves(args))
    arguments = list(args)
    for i in places:
        arguments[i] = tree_map(variable, args[i])
    chosen = (
        tuple(arguments[i] for i in places) if isinstance(argnums, tuple) else arguments[argnums]
    )
    token = nested.set(True)
    try:
        yield arguments, chosen, keep
    finally:
        nested.reset(token)


def variable(x):
    if recorder := current():
        fresh = recorder.trace.record(mul, (x, 1.0))
        if fresh is NotImplemented:
            raise TypeError(errors.not_a_scalar(x))
        return fresh
    return x * 1.0 if isinstance(x, Value) else Value(x)


def by(y, chosen, keep: bool):
    """d y / d chosen, in the shape of `chosen`; zeros if y does not depend on it."""
    if recorder := current():
        found = iter(traced_gradients(recorder.as_result(y), leaves(chosen)))
    else:
        y = y if isinstance(y, Value) else Value(y)
        found = iter(gradients(y, leaves(chosen), keep))
    return tree_map(lambda _: next(found), chosen)


def finish(y, keep: bool):
    if isinstance(y, Tracer):
        return y
    if not isinstance(y, Value):
        return Value(y) if keep else y
    return y if keep else y.data
