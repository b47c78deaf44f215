"""From a program to something that can be called: lowered, then compiled or taken from the cache.

Rule: machine code takes its numbers from arrays and leaves its results in arrays, whose addresses
stand in a frame.
"""

import ctypes
import functools
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from micrograd.compiler.batch import batch_program
from micrograd.compiler.codegen import cache, kernels, llvm, straight_line
from micrograd.compiler.codegen.code import Code
from micrograd.compiler.codegen.lowering_rules import lowering_rules
from micrograd.compiler.codegen.unit import LINE, Buffer, CompilationUnit, RolledUnit, padded
from micrograd.compiler.plan import Kernel, Plan
from micrograd.compiler.program import Program
from micrograd.compiler.simplification import simplify
from micrograd.compiler.trace import collector_paused, expand

NAME = "micrograd"  # of the one function in the machine code that is called from outside
LONGEST_LINE = 1000  # a program of at most so many instructions and outputs is one straight line
MIN_MEMBERS = 4  # a longer program whose kernels have fewer members is straight lines as well


class StageTimes(dict[str, float]):
    """The seconds that each stage took."""

    @contextmanager
    def measure(self, stage: str) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self[stage] = self.get(stage, 0.0) + time.perf_counter() - began


# ------------------------------------------------------------------------------------------ memory


@dataclass(eq=False)
class Frame:
    """The words that machine code is called with: addresses of arrays, and integers."""

    words: np.ndarray
    bound: dict[int, np.ndarray] = field(default_factory=dict)  # so that the arrays stay alive

    @classmethod
    def of(cls, *arrays: np.ndarray) -> "Frame":
        frame = cls(np.zeros(len(arrays), np.int64))
        for i, array in enumerate(arrays):
            frame.bind(i, array)
        return frame

    def bind(self, i: int, array: np.ndarray) -> None:
        """Make word number i the address of the array."""
        if self.bound.get(i) is not array:
            self.bound[i] = array
            self.words[i] = address(array)

    @property
    def pointer(self) -> ctypes.c_void_p:
        return ctypes.c_void_p(self.words.ctypes.data)


def address(array: np.ndarray) -> int:
    """Return where the numbers of an array begin. `array.ctypes` takes four times as long."""
    try:
        return ctypes.addressof(ctypes.c_char.from_buffer(array.data))
    except (TypeError, ValueError):  # it is empty, or cannot be written to, or is not contiguous
        return array.ctypes.data


def zeros(count: int, dtype: str) -> np.ndarray:
    """Return an array that begins a cache line: a register that lies across two loads slowly."""
    line = LINE * np.dtype(dtype).itemsize
    array = np.zeros(count + LINE, dtype)
    start = -array.ctypes.data % line // array.itemsize
    return array[start : start + count]


# ---------------------------------------------------------------------------------------- lowering


class LoweredProgram:
    """A compilation unit, lowered as straight lines or, with a `plan`, as kernels.

    It needs `size` numbers of its unit's array, from `work` on; `prepare(array)` sets the constants
    among them. `count` is the expected number of examples.
    """

    def __init__(
        self,
        unit: CompilationUnit,
        dtype: str,
        exact: bool,
        count: int = 1,
        longest_line: int = LONGEST_LINE,
    ):
        self.unit, self.dtype, self.exact = unit, dtype, exact
        self.lanes = llvm.native_lanes(dtype)
        self.plan: Plan | None = None
        length = len(unit.program)
        if not isinstance(unit.program, Program):  # it is rolled
            self.plan = unit.program.plan(unit)
        elif max(length, len(unit.outputs)) > longest_line:
            self.plan = plan_of(unit, exact, MIN_MEMBERS if length > LONGEST_LINE else 0)
        if self.plan is None:
            if not self.fills_lanes():
                self.lanes = 1
            self.size = straight_line.scratch(unit, self.lanes)
        else:
            self.block = kernels.block_size(self.plan, self.lanes, count, llvm.WIDTH[dtype])
            self.size = kernels.memory_size(self.plan, self.block)

    def fills_lanes(self) -> bool:
        """Return whether a straight line has enough examples for its lanes.

        For a few examples, lanes would load side by side what was just stored one by one: slowly.
        """
        is_few = isinstance(self.unit.count, int) and 1 < self.unit.count < 2 * self.lanes
        return not is_few and any(buffer.stride for buffer in self.unit.inputs)

    @property
    def kernels(self) -> list[Kernel]:
        """The kernels of the plan or, for straight lines, those that there would be."""
        plan = self.plan or plan_of(self.unit, self.exact)
        assert plan is not None
        return plan.kernels

    def summary(self) -> str:
        """Return one line about the result: "1,514 instructions -> 12 kernels".

        The kernels of a rolled program are counted in operations, forward and backward: a product
        that is added to a sum is one.
        """
        unit = "instructions" if isinstance(self.unit.program, Program) else "operations"
        return f"{len(self.unit.program):,} {unit} -> {self.form()}"

    def form(self) -> str:
        if self.plan:
            return f"{len(self.plan.kernels)} kernels"
        lines = len(straight_line.pieces(self.unit.program))
        return "one straight line" if lines < 2 else f"{lines} straight lines"

    def prepare(self, array: np.ndarray) -> None:
        """Set the constants in the unit's array."""
        if self.plan:
            for start, numbers in self.plan.constants:
                array[start : start + len(numbers)] = numbers

    def write(self, code: Code, **known: Any) -> None:
        """Write the code; `known` are fields of the unit that only the code knows."""
        unit, rules = replace(self.unit, **known), lowering_rules(self.exact)
        if self.plan is None:
            straight_line.StraightLine(code, unit, rules, self.lanes).write()
        else:
            plan, lanes, block = self.plan, self.lanes, self.block
            kernels.KernelWriter(code, unit, plan, rules, lanes, block, self.exact).write()

    @property
    def key(self) -> str:
        """A text of all that the code depends on, for the cache."""
        form = f"{self.lanes} lanes" if self.plan is None else f"blocks of {self.block}"
        unit = self.unit
        ends = f"{unit.inputs} {unit.outputs} {unit.mean_runs()}"
        return f"{form} {self.size} {ends} {unit.program.key}"


def plan_of(unit: CompilationUnit, exact: bool, min_members: float = 0.0) -> Plan | None:
    """Return the unit's plan, or None if its kernels have too few members on average."""
    return batch_program(
        unit.program,
        unit.varying(),
        {i: buffer.offset for i, buffer in enumerate(unit.inputs) if not buffer.stride},
        {i: buffer.offset for i, buffer in enumerate(unit.outputs) if not buffer.stride},
        unit.means,
        unit.work,
        exact,
        min_members,
    )


def code_identity() -> str:
    """Return what all machine code depends on: this package, the processor and LLVM."""
    return f"{cache.digest_of_sources()} {llvm.identity()}"


class MachineCode:
    """The machine code of what `write(code)` writes, compiled or loaded at its first call.

    `key` is a text of all that this depends on, for the cache. `ir` and `asm` are texts to read.
    """

    def __init__(
        self,
        key: str,
        write: Callable[[Code], None],
        dtype: str,
        exact: bool,
        times: StageTimes | None = None,
    ):
        self.key = f"{code_identity()} {dtype} {exact} {key}"
        self.write, self.dtype, self.exact = write, dtype, exact
        self.times = StageTimes() if times is None else times

    @functools.cached_property
    def ir(self) -> str:
        with self.times.measure("lower"), collector_paused():
            code = Code.start(NAME, self.dtype, contract=not self.exact)
            self.write(code)
            return code.text()

    @functools.cached_property
    def asm(self) -> str:
        return llvm.assembly(self.ir)

    @functools.cached_property
    def loaded(self) -> llvm.LoadedCode:
        code = cache.load_or_build(self.key, self.compile)
        with self.times.measure("load"):
            return llvm.load(code, NAME)

    def compile(self) -> bytes:
        text = self.ir
        with self.times.measure("compile"):
            return llvm.object_code(text)

    @property
    def call(self) -> Callable[[ctypes.c_void_p], None]:
        """The machine code as a function, which takes a frame's pointer."""
        return self.loaded.call


# --------------------------------------------------------------------------------------- functions


def in_machine_ops(program: Any, exact: bool) -> Any:
    """Return a program in the ops that machine code has; a rolled one is planned in them."""
    if not isinstance(program, Program):
        return program
    return simplify(expand(program, lowering_rules(exact)))


def unit_of_call(program: Any) -> CompilationUnit:
    """Return the unit of a program whose inputs and outputs stand side by side."""
    inputs = program.input_count
    ends = inputs + program.output_count
    if isinstance(program, Program):
        buffers = tuple(Buffer(0, i) for i in range(ends))
        return CompilationUnit(program, buffers[:inputs], buffers[inputs:], work=padded(ends))
    arguments, results = program.argument_count, program.result_count
    given = tuple(Buffer(0, i) for i in range(arguments))
    returned = tuple(Buffer(0, inputs + i) for i in range(results))
    sections = {"p": arguments, "grad": inputs + results}
    return RolledUnit(program, given, returned, work=padded(ends), sections=sections)


class ScalarFunction:
    """A program that runs once a call: `run(numbers)` returns its outputs as floats."""

    def __init__(self, program: Program, exact: bool, longest_line: int = LONGEST_LINE):
        self.program = program = in_machine_ops(program, exact)
        inputs, unit = program.input_count, unit_of_call(program)
        self.lowered = LoweredProgram(unit, "float64", exact, longest_line=longest_line)
        memory = zeros(unit.work + self.lowered.size, "float64")
        self.lowered.prepare(memory)
        self.memory, self.first_output = memory.data, inputs * memory.itemsize
        self.inputs = memory[:inputs]
        # for a few numbers `struct` takes a fifth of NumPy's time
        self.write = struct.Struct(f"{inputs}d").pack_into
        self.read = struct.Struct(f"{program.output_count}d").unpack_from
        self.frame = Frame.of(memory)
        self.pointer = self.frame.pointer
        self.lock = threading.Lock()
        key = f"scalar {self.lowered.key}"
        self.machine = MachineCode(key, self.lowered.write, "float64", exact)

    @property
    def kernels(self) -> list[Kernel]:
        return self.lowered.kernels

    @functools.cached_property
    def call(self) -> Callable[[ctypes.c_void_p], None]:
        return self.machine.call

    def run(self, numbers: Iterable[float] | np.ndarray) -> list[float]:
        with self.lock:
            if isinstance(numbers, np.ndarray):
                self.inputs[:] = numbers
            else:
                self.write(self.memory, 0, *numbers)
            self.call(self.pointer)
            return list(self.read(self.memory, self.first_output))


# The words of a batch function's frame; the arrays of examples come last.
MEMORY, OUTPUTS, OUTPUT_STRIDE, EXAMPLES, DATA = range(5)

Numbers = Sequence[float] | np.ndarray
RowField = tuple[int, int, int]  # the number of an array, a place in its rows, the length of a row


class BatchFunction:
    """A program that runs for every example: the machine code of `vmap`.

    `row_fields` say for each of the first inputs of the program where an example has it, or None if
    all examples share it, as they do the other inputs. `count` is the expected number of examples.
    """

    def __init__(
        self,
        program: Program,
        row_fields: Sequence[RowField | None],
        exact: bool,
        count: int,
        longest_line: int = LONGEST_LINE,
    ):
        self.program = program = in_machine_ops(program, exact)
        others = program.input_count - len(row_fields)
        self.shared = row_fields.count(None) + others
        outputs = tuple(Buffer(OUTPUTS, k, 1) for k in range(program.output_count))
        unit: CompilationUnit
        if isinstance(program, Program):
            inputs = tuple(place_inputs([*row_fields, *[None] * others]))
            unit = CompilationUnit(program, inputs, outputs, work=padded(self.shared))
        else:
            given, work = tuple(place_inputs(row_fields)), padded(self.shared)
            unit = RolledUnit(program, given, outputs, work=work, sections={"p": 0})
        self.lowered = LoweredProgram(unit, "float64", exact, count, longest_line)
        key = f"batch {row_fields} {self.lowered.key}"
        self.machine = MachineCode(key, self.write, "float64", exact)

    def write(self, code: Code) -> None:
        stride, count = code.word(OUTPUT_STRIDE), code.word(EXAMPLES)
        self.lowered.write(code, output_stride=stride, count=count)

    def run(self, shared: Numbers, arrays: Sequence[np.ndarray], count: int) -> np.ndarray:
        """Return the outputs, an array of outputs x examples.

        `shared` are the inputs that all examples share; `arrays` have a row for each example.
        """
        lanes = self.lowered.lanes
        stride = -(-count // lanes) * lanes
        out = np.empty((self.program.output_count, stride))
        memory = zeros(padded(self.shared) + self.lowered.size + 1, "float64")
        memory[: len(shared)] = shared
        self.lowered.prepare(memory)
        frame = Frame.of(memory, out)
        addresses = [array.ctypes.data for array in arrays]
        frame.words = np.append(frame.words, [stride, count, *addresses])
        if count:
            self.machine.call(frame.pointer)
        return out[:, :count]


def place_inputs(row_fields: Iterable[RowField | None]) -> Iterator[Buffer]:
    """Yield where each input stands: in the memory one after the other if shared, or in a row."""
    shared = 0
    for row_field in row_fields:
        if row_field is None:
            yield Buffer(MEMORY, shared)
            shared += 1
        else:
            array, place, width = row_field
            yield Buffer(DATA + array, place, width)
