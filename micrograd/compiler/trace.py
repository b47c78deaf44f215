"""Tracing: scalar code is run once on Tracers, which write down what is done to them.

Rule: a Tracer knows how it was made and never what it is: whoever asks for its number gets an error
that says what to write instead.
"""

import gc
import sys
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from numbers import Real

from micrograd import errors
from micrograd.compiler import messages
from micrograd.compiler.program import Program
from micrograd.ieee import as_number
from micrograd.ops import Arithmetic, Op, detach, equal, less, where

TELL_EVERY = 1_000_000  # instructions between two lines about how long a trace has become
BYTES = 2000  # of all stages together: 1,200 a traced instruction in a wide network, 2,400 in a GPT

new = object.__new__


class Tracer(Arithmetic):
    """A number of a program that is being written: an input of it (`op` is None) or a result."""

    __slots__ = ("trace", "op", "inputs", "place")
    __array_ufunc__ = None  # NumPy leaves `np.float64(2) * tracer` to us
    __hash__ = object.__hash__

    def interpret(self, op: Op, inputs: tuple):
        """Write the instruction down."""
        return self.trace.record(op, inputs)

    def detach(self) -> "Tracer":
        """The same number, which sends no grad back to here."""
        return detach(self)

    # fmt: off
    def __lt__(self, other):  return less(self, other)
    def __gt__(self, other):  return less(other, self)
    def __le__(self, other):  return where(less(self, other), 1.0, equal(self, other))
    def __ge__(self, other):  return where(less(other, self), 1.0, equal(self, other))
    # fmt: on

    def __eq__(self, other):
        return equal(self, other) if isinstance(other, Real | Arithmetic) else NotImplemented

    def __ne__(self, other):
        return 1.0 - equal(self, other) if isinstance(other, Real | Arithmetic) else NotImplemented

    def __bool__(self):
        raise errors.TraceError(messages.no_truth_value())

    def __index__(self):
        raise errors.TraceError(messages.no_index())

    def no_number(self, *_):
        raise errors.TraceError(messages.no_number_yet())

    def no_change(self, *_):
        raise errors.TraceError(errors.no_side_effect())

    __float__ = __int__ = __round__ = __str__ = __format__ = __trunc__ = no_number
    data = grad = property(no_number, no_change)
    backward = no_change

    def __repr__(self):
        return f"Tracer({self.op.name if self.op else 'input'})"


class Trace:
    """What has been written down so far.

    `capture(x)` says what an input of an op is that is neither a Tracer nor a number: a Tracer, a
    float, or NotImplemented. With `bind`, x**3 is an op of one input.
    """

    def __init__(self, capture: Callable = lambda x: NotImplemented, bind: bool = True):
        self.tracers: list[Tracer] = []
        self.capture, self.bind = capture, bind
        self.closed = False
        self.detached = False  # whether results send no grads back, as within no_grad()
        self.tell_at = TELL_EVERY

    def variable(self) -> Tracer:
        """A new input of the program."""
        return self.append(None, ())

    def record(self, op: Op, inputs: tuple):
        """The result of `op`; NotImplemented if an input is of a kind that nobody knows."""
        if op.with_constant and self.bind and isinstance(inputs[-1], Real):
            op, inputs = op.with_constant(as_number(inputs[-1])), inputs[:-1]
        for x in inputs:
            if type(x) is not float and (type(x) is not Tracer or x.trace is not self):
                inputs = tuple(map(self.as_operand, inputs))
                if any(x is NotImplemented for x in inputs):
                    return NotImplemented
                break
        out = self.append(op, inputs)
        return self.append(detach, (out,)) if self.detached else out

    def append(self, op: Op | None, inputs: tuple) -> Tracer:
        if self.closed:
            raise errors.TraceError(messages.leaked())
        out = new(Tracer)
        out.trace, out.op, out.inputs, out.place = self, op, inputs, len(self.tracers)
        self.tracers.append(out)
        if out.place == self.tell_at:
            self.tell_at += TELL_EVERY
            print(messages.long_trace(out.place, out.place * BYTES), file=sys.stderr)
        return out

    def as_operand(self, x):
        """`x` as a Tracer or a float; NotImplemented if nobody knows its kind."""
        if type(x) is Tracer:
            if x.trace is not self:
                raise errors.TraceError(messages.leaked())
            return x
        if isinstance(x, Real) or getattr(x, "shape", None) == ():
            return float(as_number(x))
        return self.capture(x)

    def close(self) -> None:
        """From now on a Tracer that somebody kept is refused."""
        self.closed = True


def program_of(variables: dict[Tracer, str], outputs: Iterable) -> Program:
    """The program from those Tracers, by name, to `outputs`: Tracers and floats.

    Instructions stand in the order in which they were written; what no output needs is left out.
    """
    outputs = list(outputs)
    instructions = [x for x in needed(outputs) if x not in variables]
    place = {x.place: i for i, x in enumerate([*variables, *instructions])}

    def operands(xs) -> tuple:
        return tuple([place[x.place] if type(x) is Tracer else x for x in xs])

    return Program(
        tuple(variables.values()),
        tuple([x.op for x in instructions]),
        tuple([operands(x.inputs) for x in instructions]),
        operands(outputs),
    )


def needed(outputs: list) -> list[Tracer]:
    """The Tracers among these and all that they were computed from, in the order of the trace."""
    tracers = next((x.trace.tracers for x in outputs if type(x) is Tracer), ())
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


def trace(f: Callable, inputs: int) -> Program:
    """The program of `f`, a function of so many numbers that returns one or a list of them.

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
    return program_of(
        {x: f"x{i}" for i, x in enumerate(variables)}, map(recorder.as_operand, outputs)
    )


def replay(program: Program, recorder: Trace) -> tuple[dict[Tracer, str], list]:
    """(the inputs by name, the outputs) of the same program, written down by `recorder`."""
    inputs = {recorder.variable(): name for name in program.names}
    found: list = list(inputs)

    def known(xs):
        return tuple([x if type(x) is float else found[x] for x in xs])

    for op, xs in zip(program.ops, program.inputs):
        found.append(recorder.record(op, known(xs)))
    return inputs, list(known(program.outputs))


class Speller(Trace):
    """Writes down ops of `known` alone: for any other, what its row computes."""

    def __init__(self, known):
        super().__init__(bind=False)
        self.spellings = known

    def record(self, op: Op, inputs: tuple):
        return super().record(op, inputs) if op in self.spellings else op.forward(*inputs)


def spelled(op: Op, known) -> Program:
    """What the row computes, in ops of `known`. TraceError where that is not written in ops."""
    recorder = Speller(known)
    variables = [recorder.variable() for _ in op.partials]
    try:
        y = recorder.as_operand(op.forward(*variables))
    except (errors.TraceError, TypeError, RecursionError) as error:
        raise errors.TraceError(errors.no_spelling(op.name)) from error
    return program_of({x: f"x{i}" for i, x in enumerate(variables)}, [y])


def expand(program: Program, known) -> Program:
    """The same in ops that are in `known`: any other is replaced by what its row computes."""
    unknown = {op: spelled(op, known) for op in dict.fromkeys(program.ops) if op not in known}
    if not unknown:
        return program
    found: list = list(range(len(program.names)))  # what each place has become
    ops, rows = [], []

    def write(op, inputs) -> int:
        ops.append(op)
        rows.append(inputs)
        return len(program.names) + len(ops) - 1

    for op, inputs in zip(program.ops, program.inputs):
        inputs = moved(inputs, found)
        if op in unknown:
            inner = list(inputs)
            for op_inside, inputs_inside in zip(unknown[op].ops, unknown[op].inputs):
                inner.append(write(op_inside, moved(inputs_inside, inner)))
            found += moved(unknown[op].outputs, inner)
        else:
            found.append(write(op, inputs))
    return Program(program.names, tuple(ops), tuple(rows), moved(program.outputs, found))


def moved(inputs: tuple, found: list) -> tuple:
    """The same inputs, where each place has become another, or a number."""
    return tuple([x if type(x) is float else found[x] for x in inputs])


@contextmanager
def collector_paused():
    """Within the block Python looks for no reference cycles: a compiler makes none.

    (With it the stages took a third longer.)
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
