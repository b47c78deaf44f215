"""A function of numbers as a program: traced number by number or, if it is large, rolled.

Rule: both kinds have the same attributes, so nobody who runs a program asks which it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from micrograd.compiler import (
    Tracer,
    collector_paused,
    differentiate,
    number_names,
    program_of,
    receiving_inputs,
    simplify,
)
from micrograd.engine import Value
from micrograd.support.nest import tree_map
from micrograd.transforms.recording import (
    Variables,
    flatten_call,
    record,
    result_leaves,
    static_arguments,
    with_variables,
)
from micrograd.transforms.state import State

Machine = Callable[[Any], Any]  # from a program to machine code


class TracedFunction:
    """A function as a program, whose inputs are the arguments and then `parameters`.

    `result` is what the function returns, with a Tracer or a float for each number, and `program`
    returns those numbers. `with_respect_to` are the inputs that are the data of Values.
    """

    result: Any
    parameters: list[Value]
    program: Any
    forward: Any = None  # its machine code, if there is one already
    is_rolled = False
    why_unrolled = ""  # why a large function is not rolled

    def __init__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        _, self.arguments = flatten_call(args, kwargs)
        self.value_arguments = [i for i, x in enumerate(self.arguments) if isinstance(x, Value)]

    @property
    def with_respect_to(self) -> list[int]:
        first = len(self.arguments)
        return [*self.value_arguments, *range(first, first + len(self.parameters))]

    def gradient(self, output: int) -> Any:
        """Return the program of all outputs, and then of the derivatives of that one."""
        raise NotImplementedError

    def edges(self, output: int) -> list[tuple[int, int]]:
        """Return (k, i) for each input that receives a grad from that output.

        It is number k of `with_respect_to`, and its partial output number i of the gradient's
        program.
        """
        raise NotImplementedError

    def report(self) -> list[str]:
        """Return lines about the parts of a rolled program, or why there is none."""
        return [f"not rolled: {self.why_unrolled}"] if self.why_unrolled else []


class TracedOneByOne(TracedFunction):
    """A function whose every op is an instruction."""

    def __init__(
        self,
        f: Callable[..., Any],
        state: State,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        why_unrolled: str = "",
    ) -> None:
        super().__init__(args, kwargs)
        self.why_unrolled = why_unrolled
        with collector_paused(), record(state) as recorder:
            variables = Variables(recorder)
            y = call_with(variables.make, f, args, kwargs)
            self.result = tree_map(recorder.as_result, y)
        self.parameters = list(recorder.parameters)
        outputs = list(filter(is_number, result_leaves(self.result)))
        names = number_names(x=variables.made, p=recorder.parameters.values())
        self.traced = program_of(names, outputs)
        self.program = simplify(self.traced)

    def gradient(self, output: int) -> Any:
        with collector_paused():
            return simplify(differentiate(self.traced, output))

    def edges(self, output: int) -> list[tuple[int, int]]:
        receivers, count = receiving_inputs(self.traced, output), len(self.traced.outputs)
        inputs = enumerate(self.with_respect_to)
        return [(k, count + i) for k, i in inputs if i in receivers]


def trace_function(
    f: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    machine: Machine | None = None,
) -> tuple[State, TracedFunction]:
    """Return the state of now, and the function in it. It may be rolled if `machine` is given."""
    state, reason = State(f, *static_arguments((args, kwargs))), ""
    if machine is not None:
        from micrograd.transforms.large_functions import may_roll, try_rolled  # they load NumPy

        if may_roll(state):
            rolled, reason = try_rolled(f, state, args, kwargs, machine)
            if rolled is not None:
                return state, rolled
            if state.written:  # it no longer depends on that
                state = State(f, *static_arguments((args, kwargs)))
    return state, TracedOneByOne(f, state, args, kwargs, reason)


def call_with(
    make: Callable[[], Any], f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Return what the function returns for make() in place of each number of its arguments."""
    return f(*with_variables(args, make), **with_variables(kwargs, make))


def is_number(y: Any) -> bool:
    """Return whether `y` is an output of the program; results may have texts and models as well."""
    return isinstance(y, Tracer | float)


def as_float(x: Any) -> float:
    return float(x.data if isinstance(x, Value) else x)
