"""Tracing: scalar code runs once on Tracers, which record what is done to them.

Rule: a Tracer knows how it was computed and never its value. Code that asks for the value gets an
error that says what to write instead.
"""

import gc
import sys
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import contextmanager
from numbers import Real
from typing import Any, NoReturn

from micrograd import errors
from micrograd.compiler import messages
from micrograd.compiler.program import Operand, Operands, Program
from micrograd.ieee import as_number
from micrograd.ops import Arithmetic, Op, detach, equal, less, where
from micrograd.support.arguments import no_spelling

REPORT_EVERY = 1_000_000  # instructions between two lines about the length of a trace
BYTES = 2000  # of memory for an instruction: 1,200 in a wide network, 2,400 in a GPT

new_without_init = object.__new__


class Tracer(Arithmetic):
    """A number of a program that is being traced: an input of it (`op` is None) or a result."""

    trace: "Trace"
    op: Op | None
    inputs: tuple[Any, ...]  # Tracers and floats
    place: int  # in the trace

    __slots__ = ("trace", "op", "inputs", "place")
    __hash__ = object.__hash__

    def interpret(self, op: Op, inputs: tuple[Any, ...]) -> Any:
        """Record the instruction."""
        return self.trace.record(op, inputs)

    def detach(self) -> "Tracer":
        """Return the same number, through which no grad is passed back."""
        return detach(self)

    # fmt: off
    def __lt__(self, other: Any) -> Any:  return less(self, other)
    def __gt__(self, other: Any) -> Any:  return less(other, self)
    def __le__(self, other: Any) -> Any:  return where(less(self, other), 1.0, equal(self, other))
    def __ge__(self, other: Any) -> Any:  return where(less(other, self), 1.0, equal(self, other))
    # fmt: on

    def refuse_equality(self, other: object) -> Any:
        """Refuse `==` and `!=`, which between Values ask whether both are the same object."""
        if isinstance(other, Real | Arithmetic):
            raise errors.TraceError(messages.no_equality())
        return NotImplemented

    __eq__ = __ne__ = refuse_equality

    def __bool__(self) -> NoReturn:
        raise errors.TraceError(messages.no_truth_value())

    def __index__(self) -> NoReturn:
        raise errors.TraceError(messages.no_index())

    def refuse_value(self, *_: Any) -> NoReturn:
        raise errors.TraceError(messages.no_number_yet())

    def refuse_change(self, *_: Any) -> NoReturn:
        raise errors.TraceError(messages.no_side_effect())

    # Whatever would show the value, or change it, is one of two methods under another name.
    __float__ = __int__ = __round__ = __str__ = __format__ = __trunc__ = refuse_value
    item = refuse_value
    data = grad = property(refuse_value, refuse_change)
    backward = zero_grad = refuse_change

    @property
    def label(self) -> str:
        """The text that traced code has set. It is left out of the program."""
        return self.trace.labels.get(self.place, "")

    @label.setter
    def label(self, text: str) -> None:
        self.trace.labels[self.place] = text

    def __repr__(self) -> str:
        return f"Tracer({self.op.name if self.op else 'input'})"


def new_tracer(trace: "Trace", place: int) -> Tracer:
    """Return a Tracer for an input of a program, at a place that was kept for it."""
    out = new_without_init(Tracer)
    out.trace, out.op, out.inputs, out.place = trace, None, (), place
    return out


def capture_nothing(x: Any) -> Any:
    return NotImplemented


def refuse_use(x: Any) -> NoReturn:
    raise errors.TraceError(messages.leaked())


class Trace:
    """The instructions recorded so far.

    `capture(x)` is asked for each input of an op that is neither a Tracer nor a number. It returns
    a Tracer, a float, or NotImplemented. With `bind`, `x**3` is an op of one input.
    """

    ending = detach  # of results within no_grad()

    def __init__(self, capture: Callable[[Any], Any] = capture_nothing, bind: bool = True):
        self.tracers: list[Tracer] = []
        self.labels: dict[int, str] = {}
        self.capture, self.bind = capture, bind
        self.closed = False
        self.detached = False  # whether results pass no grads back, as within no_grad()
        self.report_at = REPORT_EVERY

    def variable(self) -> Tracer:
        """Return a new input of the program."""
        return self.append(None, ())

    def variables(self, count: int) -> list[Tracer]:
        """Return that many new inputs, side by side."""
        first = len(self.tracers)
        new = [new_tracer(self, place) for place in range(first, first + count)]
        self.tracers += new
        return new

    def record(self, op: Op, inputs: tuple[Any, ...]) -> Any:
        """Return the result of `op`, or NotImplemented if an input is of an unknown kind."""
        if op.with_constant and self.bind and isinstance(inputs[-1], Real):
            op, inputs = op.with_constant(as_number(inputs[-1])), inputs[:-1]
        for x in inputs:
            if type(x) is not float and (type(x) is not Tracer or x.trace is not self):
                inputs = tuple(map(self.as_operand, inputs))
                if any(x is NotImplemented for x in inputs):
                    return NotImplemented
                break
        out = self.append(op, inputs)
        return self.append(self.ending, (out,)) if self.detached else out

    def append(self, op: Op | None, inputs: tuple[Any, ...]) -> Tracer:
        if self.closed:
            raise errors.TraceError(messages.leaked())
        out = new_without_init(Tracer)
        out.trace, out.op, out.inputs, out.place = self, op, inputs, len(self.tracers)
        self.tracers.append(out)
        if out.place == self.report_at:
            self.report_at += REPORT_EVERY
            print(messages.long_trace(out.place, out.place * BYTES), file=sys.stderr)
        return out

    def as_operand(self, x: Any) -> Any:
        """Return `x` as a Tracer or a float, or NotImplemented if its kind is unknown."""
        if type(x) is Tracer:
            if x.trace is not self:
                raise errors.TraceError(messages.leaked())
            return x
        if isinstance(x, Real) or getattr(x, "shape", None) == ():
            return float(as_number(x))
        return self.capture(x)

    def close(self) -> None:
        """Refuse from now on any Tracer that was stored outside; let go of what `capture` knows."""
        self.closed, self.capture = True, refuse_use


def number_names(**groups: Iterable[Tracer]) -> dict[Tracer, str]:
    """Return the name of each Tracer for `program_of`: that of its group, and its number there."""
    return {x: f"{name}{i}" for name, xs in groups.items() for i, x in enumerate(xs)}


def program_of(variables: dict[Tracer, str], outputs: Iterable[Any]) -> Program:
    """Return the program from `variables` (Tracers and their names) to `outputs` (also floats).

    Instructions stand in the order of the trace. Those that no output needs are left out.
    """
    outputs = list(outputs)
    instructions = [x for x in reachable(outputs) if x not in variables]
    places = {x.place: i for i, x in enumerate([*variables, *instructions])}

    def operands(xs: Iterable[Any]) -> Operands:
        return tuple([places[x.place] if type(x) is Tracer else x for x in xs])

    return Program(
        tuple(variables.values()),
        tuple([x.op for x in instructions if x.op]),
        tuple([operands(x.inputs) for x in instructions]),
        operands(outputs),
    )


def reachable(outputs: list[Any]) -> list[Tracer]:
    """Return the Tracers in `outputs` and those they depend on, in the order of the trace."""
    tracers = next((x.trace.tracers for x in outputs if type(x) is Tracer), [])
    wanted = bytearray(len(tracers))
    for x in outputs:
        if type(x) is Tracer:
            wanted[x.place] = True
    for node in reversed(tracers):
        if wanted[node.place]:
            for x in node.inputs:
                if type(x) is Tracer:
                    wanted[x.place] = True
    return [x for x in tracers if wanted[x.place]]


def trace(f: Callable[..., Any], inputs: int) -> Program:
    """Return the program of `f`, a function of `inputs` numbers that returns one number or a list.

    >>> print(trace(lambda x, y: (x * y + 1).tanh(), 2))
    t0 = mul x0, x1
    t1 = add t0, 1.0
    t2 = tanh t1
    return t2
    """
    recorder = Trace()
    variables = [recorder.variable() for _ in range(inputs)]
    y = f(*variables)
    recorder.close()
    outputs = y if isinstance(y, list | tuple) else [y]
    return program_of(number_inputs(variables), map(recorder.as_operand, outputs))


def number_inputs(variables: list[Tracer]) -> dict[Tracer, str]:
    """Return the variables with the names x0, x1 and so on."""
    return {x: f"x{i}" for i, x in enumerate(variables)}


def replay(program: Program, recorder: Trace) -> tuple[dict[Tracer, str], list[Any]]:
    """Record a program once more; return its inputs, with their names, and its outputs."""
    variables = {recorder.variable(): name for name in program.input_names}
    results: list[Any] = list(variables)
    for op, operands in zip(program.ops, program.operands):
        results.append(recorder.record(op, remap(operands, results)))
    return variables, list(remap(program.outputs, results))


# ---------------------------------------------------------------------------------------- lowering


class Lowerer(Trace):
    """A trace that records the ops in `targets` alone, and runs the forward of any other."""

    def __init__(self, targets: Container[Op]):
        super().__init__(bind=False)
        self.targets = targets

    def record(self, op: Op, inputs: tuple[Any, ...]) -> Any:
        return super().record(op, inputs) if op in self.targets else op.forward(*inputs)


def lowered_form(op: Op, targets: Container[Op]) -> Program:
    """Return what the row computes as a program of ops in `targets`.

    Raises TraceError if its forward is not written in ops.
    """
    recorder = Lowerer(targets)
    variables = [recorder.variable() for _ in op.partials]
    try:
        y = recorder.as_operand(op.forward(*variables))
    except (errors.TraceError, TypeError, RecursionError) as error:
        raise errors.TraceError(no_spelling(op.name)) from error
    return program_of(number_inputs(variables), [y])


def expand(program: Program, targets: Container[Op]) -> Program:
    """Return the same program in the ops of `targets`: what other rows compute replaces them."""
    ops = dict.fromkeys(program.ops)
    forms = {op: lowered_form(op, targets) for op in ops if op not in targets}
    if not forms:
        return program
    places: list[Operand] = list(range(len(program.input_names)))  # what each place has become
    new_ops: list[Op] = []
    new_operands: list[Operands] = []

    def append(op: Op, operands: Operands) -> int:
        new_ops.append(op)
        new_operands.append(operands)
        return len(program.input_names) + len(new_ops) - 1

    for op, operands in zip(program.ops, program.operands):
        operands = remap(operands, places)
        if op in forms:
            inner = list(operands)
            for op_inside, operands_inside in zip(forms[op].ops, forms[op].operands):
                inner.append(append(op_inside, remap(operands_inside, inner)))
            places += remap(forms[op].outputs, inner)
        else:
            places.append(append(op, operands))
    outputs = remap(program.outputs, places)
    return Program(program.input_names, tuple(new_ops), tuple(new_operands), outputs)


def remap(operands: Operands, places: list[Any]) -> tuple[Any, ...]:
    """Return the operands with `places[x]` for each place x; constants stay."""
    if float in map(type, operands):
        return tuple([x if isinstance(x, float) else places[x] for x in operands])
    return tuple(map(places.__getitem__, operands))  # type: ignore[arg-type]


@contextmanager
def collector_paused() -> Iterator[None]:
    """Stop Python's search for reference cycles within the block: a compiler makes none.

    With the search on, the stages took a third longer.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
