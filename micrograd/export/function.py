"""Functions of a model and of one example, as kernels over arrays of numbers.

Rule: shared memory begins with the parameters, in the order of their layout, and goes on with the
numbers of other Values that the function meets, which are constants; varying memory begins with the
numbers of the example. Kernels put what they compute behind these.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, NamedTuple

import numpy as np

from micrograd.compiler import (
    CONSTANT,
    SHARED,
    VARYING,
    CannotRoll,
    Operand,
    Plan,
    Program,
    Tracer,
    batch_program,
    collector_paused,
    expand,
    gradients,
    number_names,
    program_of,
    simplify,
)
from micrograd.engine import Value
from micrograd.errors import TraceError
from micrograd.export import messages
from micrograd.export.layout import Layout, layout_of, values_in
from micrograd.export.padding import without_padding
from micrograd.export.target import Shape
from micrograd.export.unsupported import with_line
from micrograd.export.windows import has_windows
from micrograd.nn import Module
from micrograd.ops import Op
from micrograd.support.nest import leaves, tree_map
from micrograd.support.randomness import generator, use_generator
from micrograd.transforms import (
    State,
    Variables,
    check_rolled,
    possible_examples,
    record,
    roll,
    shifted_first,
)

# why a function is not rolled:
UNROLL = "unroll=True, or grads are wanted"
WINDOWS = "it has windows, which leave as convolutions only where each number is traced"


@dataclass(frozen=True, eq=False)
class ArrayFunction:
    """A function of a model and of an example whose parts have the given shapes.

    `outputs` are places of the plan, or numbers. `others` are the Values that it met beside the
    parameters, and `used` all on which it depends. `result` has, in the structure of what the
    function returns, an array of numbers of outputs in place of each list. `why_unrolled` says why
    each call of a module was traced, if it was.
    """

    plan: Plan
    outputs: Sequence[Operand]
    layout: Layout
    others: list[Value]
    used: set[Value]
    shapes: tuple[Shape, ...]
    result: Any
    why_unrolled: str

    @property
    def numbers(self) -> np.ndarray:
        """The data of the other Values, which are constants."""
        return np.array([value.data for value in self.others], float)

    def memory_of(self, operand: Operand) -> str:
        """Return the memory in which an output stands, CONSTANT for a number."""
        if isinstance(operand, float):
            return CONSTANT
        return VARYING if self.plan.varies[operand] else SHARED

    @property
    def values(self) -> list[Value]:
        """The Values with whose numbers shared memory begins."""
        return [*values_in(self.layout), *self.others]


class Planned(NamedTuple):
    """A function that was traced: its kernels, and which Values it met."""

    plan: Plan
    outputs: Sequence[Operand]
    returned: Any
    variables: int  # the numbers of an example
    others: list[Value]
    used: set[Value]


def array_function(
    f: Callable[..., Any],
    model: Module,
    shapes: Sequence[Shape],
    targets: Container[Op],
    *,
    layout: Layout | None = None,
    draws: bool = False,
    state: State | None = None,
    once: bool = True,
    trained: Sequence[Value] = (),
    example: Callable[[], list[Any]] | None = None,
    unroll: bool = False,
) -> ArrayFunction:
    """Return f(model, *example) as kernels of the ops in `targets`.

    Values that are not in `layout`, by default that of the model, are constants. With `draws`, the
    random numbers of an example are one part more of it, if it needs any. `state` is that which the
    function depends on. Without `once`, shared memory is only read: also what does not depend on
    the example is computed for each. The last outputs are the grads of the Values in `trained`,
    where the first output is a loss.

    A large function is a rolled program if it can be, unless there are such grads, or `unroll` is
    true; its results for `example()`, or for numbers that it takes, are compared with those of
    the code. Raises TraceError for a function that cannot be recorded, and for an op that is
    neither in `targets` nor computed by ops that are.
    """
    layout = layout_of(model) if layout is None else layout
    tracer = FunctionTracer(f, model, shapes, targets, values_in(layout), draws, state, once)
    planned, reason = None, UNROLL
    if not (unroll or trained):
        with collector_paused():
            planned, reason = tracer.try_rolled(example)
    planned = planned or tracer.unrolled(trained)
    random = planned.variables - tracer.given
    parts = [*shapes, (random,)] if random else shapes
    result = number_outputs(planned.returned, itertools.count())
    others, used = planned.others, planned.used
    return ArrayFunction(
        planned.plan, planned.outputs, layout, others, used, tuple(parts), result, reason
    )


class FunctionTracer:
    """Traces one function for one target; the arguments are those of `array_function`."""

    def __init__(
        self,
        f: Callable[..., Any],
        model: Module,
        shapes: Sequence[Shape],
        targets: Container[Op],
        parameters: list[Value],
        draws: bool,
        state: State | None,
        once: bool,
    ) -> None:
        self.f, self.model, self.shapes, self.targets = f, model, shapes, targets
        self.parameters, self.draws, self.once = parameters, draws, once
        self.known_state = state
        self.given = sum(map(prod, shapes))  # numbers of an example, without random ones

    def state(self) -> State:
        """Return the state that the function depends on."""
        return self.known_state or State(self.f, self.model)

    def run(self, variables: Variables) -> Any:
        """Return what the function returns for an example of new variables."""
        example = [variables.of_shape(shape) for shape in self.shapes]
        with use_generator(variables.make if self.draws else generator.get()):
            return self.call(self.model, *example)

    def call(self, model: Module, *example: Any) -> Any:
        return as_lists(self.f(model, *example))

    def try_rolled(self, example: Callable[[], list[Any]] | None) -> tuple[Planned | None, str]:
        """Return (the function as a rolled program, ""), or (None, why it is none)."""
        try:
            return self.rolled(example), ""
        except CannotRoll as cannot:
            return None, str(cannot)
        except Exception as error:  # which the whole trace raises as well, if it is the user's
            return None, f"{type(error).__name__}: {error}"

    def rolled(self, example: Callable[[], list[Any]] | None) -> Planned:
        """Return the function as a rolled program. Raises CannotRoll if it is none."""
        state = self.state()
        program, returned, variables, others = roll(
            self.run, self.model, self.parameters, state, is_exported=True
        )
        plan, outputs = program.plan_outputs(self.targets, self.once)
        if any(map(has_windows, plan.kernels)):
            raise CannotRoll(WINDOWS)
        examples = shifted_first(example()) if example else possible_examples(self.shapes)
        check_rolled(program, self.call, self.model, self.parameters, others, examples, state)
        used = {self.parameters[i] for i in program.inputs_used() if i < len(self.parameters)}
        return Planned(plan, outputs.tolist(), returned, variables, others, used | {*others})

    def unrolled(self, trained: Sequence[Value]) -> Planned:
        """Return the function, and the grads of its first output, traced number by number."""
        state = self.state()
        with collector_paused(), record(state) as recorder:
            variables = Variables(recorder)
            returned = self.run(variables)
            used = set(recorder.parameters)
            captured = [recorder.capture(p) for p in self.parameters]
            outputs = [number_of(recorder.as_result(y)) for y in leaves(returned)]
            require_numbers(outputs, returned)
            moved = [recorder.capture(value) for value in trained]
            grads = gradients(outputs[0], moved) if trained else []
        known, count = set(self.parameters), len(variables.made)
        others = {p: x for p, x in recorder.parameters.items() if p not in known}
        names = number_names(x=variables.made, p=captured, c=others.values())
        try:
            whole = expand(program_of(names, [*outputs, *grads]), self.targets)
        except TraceError as error:
            again = lambda recorder: self.run(Variables(recorder))  # noqa: E731
            raise with_line(error, again, state, self.targets) from None
        program = simplify(without_padding(whole, count))
        plan = plan_of(program, count, self.once)
        return Planned(plan, program.outputs, returned, count, list(others), used)


def number_of(y: Any) -> Tracer | float:
    """Return a result of the recorder that is a number. Raises TypeError for anything else."""
    if not isinstance(y, Tracer | float):
        raise TypeError(messages.not_numbers(y))
    return y


def require_numbers(outputs: Sequence[object], returned: object) -> None:
    """Raise ValueError if the function returned no number at all."""
    if not outputs:
        raise ValueError(messages.no_numbers(returned))


def one_memory(kinds: Iterable[str]) -> str | None:
    """Return the memory of all, None if they stand in several, or one of them is a number.

    >>> one_memory(["shared", "shared"]), one_memory(["shared", "varying"])
    ('shared', None)
    """
    memories = set(kinds)
    is_one = len(memories) == 1 and CONSTANT not in memories
    return memories.pop() if is_one else None


def plan_of(program: Program, varying: int, once: bool) -> Plan:
    """Return the kernels of a program whose first `varying` inputs differ between examples.

    Without `once`, whatever is computed counts as differing, too.
    """
    inputs = len(program.input_names)
    varies = [place < varying for place in range(inputs)]
    for operands in program.operands:
        varies.append(not once or any(varies[x] for x in operands if isinstance(x, int)))
    input_slots = {place: place - varying for place in range(varying, inputs)}
    work = inputs - varying
    plan = batch_program(program, varies, input_slots, {}, (), work, False, fewest=True)
    assert plan is not None  # without a least number of members there always is one
    return plan


def as_lists(x: Any) -> Any:
    """Return the result with lists in place of arrays."""
    return tree_map(lambda y: y.tolist() if hasattr(y, "tolist") else y, x)


def number_outputs(nest: Any, numbers: Any) -> Any:
    """Return the result with an array of numbers in place of each number, or list of equal rows."""
    if isinstance(nest, dict):
        return {key: number_outputs(child, numbers) for key, child in nest.items()}
    shape = even_shape(nest)
    if isinstance(nest, tuple) or shape is None:
        return tuple(number_outputs(child, numbers) for child in nest)
    return np.array([next(numbers) for _ in range(prod(shape))], np.int64).reshape(shape)


def even_shape(nest: Any) -> Shape | None:
    """Return the shape of nested lists of numbers, None if rows are unequal or no lists."""
    if not isinstance(nest, list | tuple | dict):
        return ()
    if not isinstance(nest, list):
        return None
    rows = {even_shape(row) for row in nest}
    row = rows.pop() if len(rows) == 1 else None
    return None if row is None else (len(nest), *row)
