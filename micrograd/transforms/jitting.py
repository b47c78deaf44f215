"""jit: functions of numbers, recorded once for each kind of arguments and compiled.

Rule: a compiled function means what it means without `jit`. Inside another compiled function, or
inside a transform of an eager one, it is simply called.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, overload

from micrograd import errors
from micrograd.compiler import (
    Tracer,
)
from micrograd.engine import Value, as_values, read_data
from micrograd.graph import topological_order
from micrograd.ieee import as_number
from micrograd.ops import interpret
from micrograd.support.arguments import require_function
from micrograd.support.arrays import compact
from micrograd.support.fold import fold
from micrograd.support.nest import leaves, tree_map
from micrograd.transforms import messages
from micrograd.transforms.compilations import Compilations
from micrograd.transforms.parameter_reader import reader_of
from micrograd.transforms.recording import (
    current_recorder,
    flatten_call,
    nested,
    result_leaves,
    result_map,
)
from micrograd.transforms.state import TRACING, State
from micrograd.transforms.traced_functions import TracedFunction, is_number, trace_function
from micrograd.watchers import watchers

if TYPE_CHECKING:
    from micrograd.compiler import ScalarFunction


@overload
def jit(f: Callable[..., Any], *, exact: bool = False, unroll: bool = False) -> Jitted: ...
@overload
def jit(
    f: None = None, *, exact: bool = False, unroll: bool = False
) -> Callable[[Callable[..., Any]], Jitted]: ...
def jit(f: Callable[..., Any] | None = None, *, exact: bool = False, unroll: bool = False) -> Any:
    """Return `f`, compiled: machine code computes the same results.

    `f` takes numbers, Values, nested lists of them or NumPy arrays, and returns a number or a nest
    of them. It is recorded once for each structure and shape of its arguments, and for each text,
    bool or model among them. The results are Values: their `backward()` fills the grads of the
    Values that `f` was given and of those that it met, its parameters. Any other number that the
    function closes over or makes is a constant.

    With `exact` the results equal the eager engine's to the last bit. Without, functions are within
    a few units in the last place, and sums may be added in another order, those of four products or
    more without rounding each product first: a sum differs by at most 1e-12 of what its terms'
    absolute values add up to. A difference is rounded as in the eager engine, so that
    `x * x - y * y` is 0 where it is 0 there.

    A function of large models is compiled as a rolled program: each kind of module is traced once.
    `exact` and `unroll` trace every op instead, which takes 5 to 100 times as long; the report of
    `lower` says what happened.

    Raises TraceError for a branch on a traced number, or for code that reads its value.

    >>> @jit
    ... def area(w, h):
    ...     return w * h
    >>> area(2.0, 3.0)
    Value(data=6.0, grad=0.0)
    """
    if f is None:
        return partial(jit, exact=exact, unroll=unroll)
    require_function("jit", f)
    return Jitted(f, exact, unroll=unroll)


def compile_graph(y: Value, inputs: list[Value], exact: bool = False) -> Jitted:
    """Return the graph of `y` as it stands, compiled: a function of the numbers at `inputs`.

    Every other leaf is a constant. Called with Values, its result passes grads back to them. Raises
    TypeError for `inputs` that are no Values, and if it is called with another number of arguments.

    >>> a, b = Value(2.0), Value(3.0)
    >>> replay = compile_graph(a * b + 1.0, [a, b])
    >>> replay(a, 5.0)
    Value(data=11.0, grad=0.0)
    """
    order, inputs = topological_order(y), as_values(inputs)

    def replay(*numbers: Any) -> Any:
        if len(numbers) != len(inputs):
            raise TypeError(errors.wrong_arity("this graph", len(inputs), len(numbers)))
        return fold(order, read_data, interpret, dict(zip(inputs, numbers)))[y]

    return Jitted(replay, exact, unroll=True)


class Jitted:
    """A compiled function. With `returns_floats`, it does so unless it is given Values."""

    def __init__(
        self,
        f: Callable[..., Any],
        exact: bool = False,
        returns_floats: bool = False,
        unroll: bool = False,
    ):
        functools.update_wrapper(self, f)
        self.f, self.exact, self.returns_floats, self.unroll = f, exact, returns_floats, unroll
        self.specialisations: Compilations[Specialisation]
        self.specialisations = Compilations(getattr(f, "__name__", "f"))

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """Return the function as a method: `self` is the model that it is compiled for."""
        return self if instance is None else partial(self, instance)

    def __repr__(self) -> str:
        name = getattr(self, "__name__", type(self.f).__name__)
        return f"<compiled function {name}{', exact' if self.exact else ''}>"

    def derive(self, transform: Callable[..., Any]) -> Jitted:
        """Return the derivative of the function, compiled in the same way."""
        return Jitted(transform(self.f), self.exact, returns_floats=True, unroll=self.unroll)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        key, arguments = flatten_call(args, kwargs)
        is_watched = watchers.get() and current_recorder()
        if is_watched or nested.get() or Tracer in map(type, arguments):
            return self.f(*args, **kwargs)
        compiled = self.specialisations.find(key) or self.specialisation(key, args, kwargs)
        result = compiled.call(arguments)
        if self.returns_floats and not any(isinstance(x, Value) for x in arguments):
            numbers = result_map(lambda y: y.data if isinstance(y, Value) else y, result)
            return tree_map(compact, numbers)
        return result

    def specialisation(
        self, key: Hashable, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Specialisation:
        """Return the function compiled for arguments with that key, in the state of now."""

        def make() -> tuple[State, Specialisation]:
            machine = None if self.exact or self.unroll else partial(scalar_function, exact=False)
            state, traced = trace_function(self.f, args, kwargs, machine)
            return state, Specialisation(self.specialisations.name, traced, self.exact)

        return self.specialisations.find_or_compile(key, make)

    def lower(self, *args: Any, **kwargs: Any) -> Specialisation:
        """Return what such arguments are compiled to: `program`, `ir`, `asm` and a `report()`."""
        key, _ = flatten_call(args, kwargs)
        return self.specialisation(key, args, kwargs)


class Specialisation:
    """A function compiled for one kind of arguments. `program` returns what it returns."""

    def __init__(self, name: str, traced: TracedFunction, exact: bool):
        self.name, self.traced, self.exact = name, traced, exact
        self.result, self.parameters, self.program = (
            traced.result,
            tuple(traced.parameters),
            traced.program,
        )
        self.value_arguments = traced.value_arguments
        self.takes_values_alone = len(self.value_arguments) == len(traced.arguments)
        self.reader = reader_of(self.parameters)
        self.interior_parameters = [p for p in self.parameters if p.op]
        self.count = len(list(filter(is_number, result_leaves(self.result))))
        self.is_one_number = is_number(self.result)
        # whether the result has no arrays and texts between its numbers
        self.has_only_numbers = self.count == len(leaves(self.result))
        self.gradients: dict[int, ScalarFunction] = {}
        self.edges: dict[int, list[tuple[int, int]]] = {}
        self.expects_backward = False  # whether a call is likely to be followed by backward()

    @functools.cached_property
    def forward(self) -> Any:
        return self.traced.forward or scalar_function(self.program, self.exact)

    def report(self) -> str:
        """Return what became of the program and, if it is large, its parts, or why it has none."""
        summary = self.forward.lowered.summary()
        return "\n".join([summary, *self.traced.report()])

    @functools.cached_property
    def ir(self) -> str:
        return self.forward.machine.ir

    @functools.cached_property
    def asm(self) -> str:
        return self.forward.machine.asm

    def gradient(self, output: int) -> ScalarFunction:
        """Return the compiled program of all outputs and of the gradient of that one.

        There are `edges` to it: (k, i) for each Value k that receives a grad from that output; its
        partial is number i of the program, which returns the outputs first. Another thread that
        asks for it meanwhile waits: there is one program, with its own edges.
        """
        if output not in self.gradients:
            with TRACING:
                if output not in self.gradients:
                    compiled = scalar_function(self.traced.gradient(output), self.exact)
                    self.edges[output] = self.traced.edges(output)
                    self.gradients[output] = compiled
        return self.gradients[output]

    def call(self, arguments: list[Any]) -> Any:
        """Return the results for those numbers and Values, in the structure of the function's."""
        values = self.values_among(arguments)
        if self.takes_values_alone and self.reader is None:
            numbers = list(map(read_data, values))
        else:
            numbers = self.read_inputs(arguments)
        call = Invocation(self, values, numbers)
        if self.is_one_number:
            return call.result(0)
        results = iter([call.result(i) for i in range(self.count)])
        if self.has_only_numbers:
            return tree_map(lambda _: next(results), self.result)
        return result_map(lambda y: next(results) if is_number(y) else y, self.result)

    def read_inputs(self, arguments: list[Any]) -> Any:
        """Return the numbers of the arguments and of the parameters, in a list or an array."""
        numbers = [x if type(x) is float else number_of(x) for x in arguments]
        linked = self.reader and self.reader.read(numbers)
        return [*numbers, *map(read_data, self.parameters)] if linked is None else linked

    def values_among(self, arguments: list[Any]) -> tuple[Value, ...]:
        """Return the Values that the results depend on, which may be a whole model's."""
        if not self.value_arguments:
            return self.parameters  # no copy: that takes 20 ns for each
        if self.takes_values_alone:
            return (*arguments, *self.parameters)
        return (*map(arguments.__getitem__, self.value_arguments), *self.parameters)


def number_of(x: Any) -> float:
    """Return the number of a Value, or another number as a float."""
    return x.data if isinstance(x, Value) else float(as_number(x))


def scalar_function(program: Any, exact: bool) -> ScalarFunction:
    from micrograd.compiler import ScalarFunction  # here, because NumPy and llvmlite load slowly

    return ScalarFunction(program, exact)


class Invocation:
    """One call: its inputs as they were, its outputs, and the gradients asked for so far."""

    def __init__(self, compiled: Specialisation, values: tuple[Value, ...], numbers: Any) -> None:
        self.compiled, self.values, self.numbers = compiled, values, numbers
        self.gradients: dict[int, list[float]] = {}  # the outputs, and the gradient of one of them
        if compiled.expects_backward:  # as the call before this one was followed by a backward()
            self.outputs = self.gradients[0] = compiled.gradients[0].run(numbers)
        else:
            self.outputs = compiled.forward.run(numbers)

    def result(self, output: int) -> Result:
        """Return an output as a Value, of which the watchers hear. Does not call `__init__`."""
        op: Any = CompiledOp(self, output)
        out = object.__new__(Result)
        out.data, out.grad = self.outputs[output], 0.0
        out.op, out.inputs = op, self.values
        for watcher in watchers.get():
            watcher.on_result(out, op, self.values)
        return out

    def has_interior_inputs(self) -> bool:
        """Return whether a Value that it was given was computed: then grads flow on from there."""
        compiled = self.compiled
        for x in self.values[: len(compiled.value_arguments)]:
            if x.op:
                return True
        return bool(compiled.interior_parameters)

    def backward(self, output: int, grad: float, values: tuple[Value, ...]) -> None:
        """Add d output / d each Value, times `grad`, to the grads of the Values, or of copies."""
        gradient = self.gradient(output)
        for k, i in self.compiled.edges[output]:
            values[k].grad += gradient[i] * grad

    def gradient(self, output: int) -> list[float]:
        """Return all outputs, and d output / d each input of the program."""
        if output not in self.gradients:
            self.gradients[output] = self.compiled.gradient(output).run(self.numbers)
            if output == 0:
                self.compiled.expects_backward = True
        return self.gradients[output]

    def partials(self, output: int) -> list[float | None]:
        """Return d output / d each Value; None for one that receives no grad."""
        partials: list[float | None] = [None] * len(self.values)
        gradient = self.gradient(output)
        for k, i in self.compiled.edges[output]:
            partials[k] = gradient[i]
        return partials


class CompiledOp:
    """The op of a compiled result. It takes the place of a row; machine code gives its partials."""

    __slots__ = ("invocation", "output")
    with_constant, family, constant = None, "", None

    def __init__(self, invocation: Invocation, output: int):
        self.invocation, self.output = invocation, output

    @property
    def name(self) -> str:
        return self.invocation.compiled.name

    @property
    def symbol(self) -> str:
        return self.name

    @property
    def template(self) -> str:
        slots = ["{}"] * len(self.invocation.values)
        return f"{self.name}({', '.join(slots)})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(messages.machine_code_stays(self.name))

    def forward(self, *numbers: float) -> float:
        """Return the result for other numbers in place of the Values'."""
        call = self.invocation
        inputs = list(call.numbers)
        for position, x in zip(call.compiled.traced.with_respect_to, numbers):
            inputs[position] = x
        return call.compiled.forward.run(inputs)[self.output]

    @property
    def partials(self) -> tuple[Callable[..., float] | None, ...]:
        partials = self.invocation.partials(self.output)
        return tuple(None if x is None else partial(self.constant_partial, x) for x in partials)

    def constant_partial(self, partial: float, *numbers: Any) -> float:
        if isinstance(numbers[-1], Value):
            raise errors.GraphError(messages.compiled_twice(self.name))
        return partial


class Result(Value):
    """A Value that a compiled function returned."""

    __slots__ = ()

    def backward(self, *, retain_graph: bool = True) -> None:
        """Fill the grads as Value's does. If all inputs are leaves, no order has to be found."""
        op: Any = self.op
        if type(op) is not CompiledOp or watchers.get() or op.invocation.has_interior_inputs():
            super().backward()
        else:
            self.grad = 1.0
            op.invocation.backward(op.output, 1.0, self.inputs)

    def _backward(self) -> None:
        op: Any = self.op
        if not isinstance(op, CompiledOp):  # an op computed this from a compiled result
            super()._backward()
        else:
            op.invocation.backward(op.output, self.grad, self.inputs)
