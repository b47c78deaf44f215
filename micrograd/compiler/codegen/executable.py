"""From parts to something that can be called: spelled, lowered, compiled or found in the cache.

Rule: what is called takes its numbers from arrays and leaves them in arrays, bound once.
"""

import ctypes
import functools
import hashlib
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from micrograd.compiler.batch import Kernel, Plan, batch
from micrograd.compiler.codegen import kernels, llvm, straight_line
from micrograd.compiler.codegen.cache import cached
from micrograd.compiler.codegen.llvm import Code
from micrograd.compiler.codegen.lowering_rules import lowering_rules
from micrograd.compiler.codegen.straight_line import (
    LINE,
    Buffer,
    CompilationUnit,
    padded,
    scratch,
    varying,
)
from micrograd.compiler.program import Program
from micrograd.compiler.simplification import simplify
from micrograd.compiler.trace import collector_paused, expand

NAME = "micrograd"  # of the one function in the machine code


@functools.cache
def version() -> str:
    """A digest of the compiler's own files: another compiler does not find the old one's code."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()


@dataclass(eq=False)
class Frame:
    """The words that machine code is called with: addresses of arrays, and whole numbers."""

    words: np.ndarray
    held: dict[int, np.ndarray] = field(default_factory=dict)

    @classmethod
    def of(cls, *arrays: np.ndarray) -> "Frame":
        frame = cls(np.zeros(len(arrays), np.int64))
        for i, array in enumerate(arrays):
            frame.bind(i, array)
        return frame

    def bind(self, i: int, array: np.ndarray) -> None:
        if self.held.get(i) is not array:
            self.held[i] = array
            self.words[i] = array.ctypes.data

    @property
    def pointer(self) -> ctypes.c_void_p:
        return ctypes.c_void_p(self.words.ctypes.data)


def zeros(count: int, dtype: str) -> np.ndarray:
    """An array that begins a cache line: a register that lies across two loads slowly."""
    line = LINE * np.dtype(dtype).itemsize
    found = np.zeros(count + LINE, dtype)
    start = -found.ctypes.data % line // found.itemsize
    return found[start : start + count]


class StageTimes(dict):
    """How long each stage took."""

    @contextmanager
    def measure(self, stage: str):
        began = time.perf_counter()
        try:
            yield
        finally:
            self[stage] = self.get(stage, 0.0) + time.perf_counter() - began


STRAIGHT = 1000  # instructions up to which a program is one straight line
FEW = 4  # members of a kernel: with fewer, a longer program is straight lines as well


class LoweredProgram:
    """A part, and how it is lowered: as straight lines, or as the kernels of `plan`.

    It needs `size` numbers of its part's array, from `work` on; `prepare(array)` sets those of them
    that are constants. `count` is about how many examples there will be.
    """

    def __init__(
        self, part: CompilationUnit, dtype: str, exact: bool, count: int = 1, most: int = STRAIGHT
    ):
        self.part, self.dtype, self.exact = part, dtype, exact
        many = any(s.stride for s in part.inputs)
        self.lanes = llvm.native_lanes(dtype)
        self.plan = None
        if len(part.program) > most:
            self.plan = planned(part, exact, FEW if len(part.program) > STRAIGHT else 0)
        if self.plan is None:
            few = isinstance(part.count, int) and 1 < part.count < 2 * self.lanes
            if few or not many:  # numbers just stored one by one are slow to load side by side
                self.lanes = 1
            self.size = scratch(part, self.lanes)
            return
        self.block = kernels.block_size(self.plan, self.lanes, count, llvm.WIDTH[dtype])
        self.size = kernels.memory(self.plan, self.block)

    @property
    def kernels(self) -> list[Kernel]:
        """Those of the plan, or those that there would be."""
        return (self.plan or planned(self.part, self.exact)).kernels

    def summary(self) -> str:
        """What the program has become."""
        lines = len(straight_line.pieces(self.part.program))
        how = "one straight line" if lines < 2 else f"{lines} straight lines"
        how = f"{len(self.plan.kernels)} kernels" if self.plan else how
        return f"{len(self.part.program):,} instructions -> {how}"

    def prepare(self, array: np.ndarray) -> None:
        for start, numbers in self.plan.constants if self.plan else ():
            array[start : start + len(numbers)] = numbers

    def write(self, code: Code, **known) -> None:
        """Write the code; `known` are fields of the part that are known only to the code."""
        part = replace(self.part, **known)
        if self.plan is None:
            straight_line.lower(code, part, lowering_rules(self.exact), self.lanes)
        else:
            how = (lowering_rules(self.exact), self.lanes, self.block, self.exact)
            kernels.lower(code, part, self.plan, *how)

    @property
    def key(self) -> str:
        """What the code depends on, for the cache."""
        how = f"{self.lanes} lanes" if self.plan is None else f"blocks of {self.block}"
        return f"{how} {self.size} {self.part.inputs} {self.part.outputs} {self.part.program.key}"


def planned(part: CompilationUnit, exact: bool, least: float = 0.0) -> Plan | None:
    inputs = {i: s.offset for i, s in enumerate(part.inputs) if not s.stride}
    results = {i: s.offset for i, s in enumerate(part.outputs) if not s.stride}
    how = (varying(part), inputs, results, part.sums, part.work, exact, least)
    return batch(part.program, *how)


class MachineCode:
    """Machine code of what `write(code)` writes; built, or read from the cache, at the first call.

    `key` says what that is, for the cache. `ir` and `asm` are texts to read.
    """

    def __init__(self, key: str, write: Callable, dtype: str, exact: bool, seconds=None):
        self.key = f"{version()} {key} {dtype} {exact} {llvm.identity()}"
        self.write, self.dtype, self.exact = write, dtype, exact
        self.seconds = StageTimes() if seconds is None else seconds

    @functools.cached_property
    def ir(self) -> str:
        with self.seconds.measure("lower"), collector_paused():
            code = Code(NAME, self.dtype, contract=not self.exact)
            self.write(code)
            return code.done()

    @functools.cached_property
    def asm(self) -> str:
        return llvm.assembly(self.ir)

    @functools.cached_property
    def loaded(self) -> llvm.Loaded:
        code = cached(self.key, self.compiled)
        with self.seconds.measure("load"):
            return llvm.Loaded(code, NAME)

    def compiled(self) -> bytes:
        text = self.ir
        with self.seconds.measure("compile"):
            return llvm.compiled(text)

    @property
    def call(self) -> Callable[[ctypes.c_void_p], None]:
        """The machine code, to be called with a frame's pointer."""
        return self.loaded.call


class ScalarFunction:
    """A program that is run once a call: `run(numbers)` returns its outputs as floats."""

    def __init__(self, program: Program, exact: bool, most: int = STRAIGHT):
        self.program = program = simplify(expand(program, lowering_rules(exact)))
        inputs, outputs = len(program.names), len(program.outputs)
        ends = inputs + outputs
        places = [Buffer(0, i) for i in range(ends)]
        part = CompilationUnit(
            program, tuple(places[:inputs]), tuple(places[inputs:]), work=padded(ends)
        )
        self.lowered = LoweredProgram(part, "float64", exact, most=most)
        memory = zeros(padded(ends) + self.lowered.size, "float64")
        self.lowered.prepare(memory)
        self.inputs, self.outputs = memory[:inputs], memory[inputs:ends]
        self.frame = Frame.of(memory)
        self.pointer = self.frame.pointer
        self.lock = threading.Lock()
        key = f"once {self.lowered.key}"
        self.machine = MachineCode(key, self.lowered.write, "float64", exact)

    @property
    def kernels(self) -> list[Kernel]:
        return self.lowered.kernels

    def run(self, numbers) -> list[float]:
        with self.lock:
            self.inputs[:] = numbers
            self.machine.call(self.pointer)
            return self.outputs.tolist()


OUTPUT_STRIDE, EXAMPLES, DATA = 2, 3, 4  # words of the frame of what is mapped


class BatchFunction:
    """A program that is run for every example: the machine code of `vmap`.

    `columns` says for each input of the program which array it comes from and where in a row of how
    many numbers it stands; None for those that all examples share. `count` is how many there are.
    """

    def __init__(
        self, program: Program, columns: list, exact: bool, count: int, most: int = STRAIGHT
    ):
        self.program = program = simplify(expand(program, lowering_rules(exact)))
        shared = iter(range(len(columns)))
        inputs = [
            Buffer(0, next(shared)) if c is None else Buffer(DATA + c[0], *c[1:]) for c in columns
        ]
        outputs = tuple(Buffer(1, k, 1) for k in range(len(program.outputs)))
        self.shared = next(shared, len(columns))
        part = CompilationUnit(program, tuple(inputs), outputs, work=padded(self.shared))
        self.lowered = LoweredProgram(part, "float64", exact, count, most)
        key = f"mapped {columns} {self.lowered.key}"
        self.machine = MachineCode(key, self.write, "float64", exact)

    def write(self, code: Code) -> None:
        self.lowered.write(code, output_stride=code.word(OUTPUT_STRIDE), count=code.word(EXAMPLES))

    def run(self, shared: list[float], rows: list[np.ndarray], count: int) -> np.ndarray:
        """The outputs, as an array of outputs x examples."""
        lanes = self.lowered.lanes
        apart = -(-count // lanes) * lanes
        out = np.empty((len(self.program.outputs), apart))
        memory = zeros(padded(self.shared) + self.lowered.size + 1, "float64")
        memory[: len(shared)] = shared
        self.lowered.prepare(memory)
        frame = Frame.of(memory, out)
        frame.words = np.append(frame.words, [apart, count, *[row.ctypes.data for row in rows]])
        if count:
            self.machine.call(frame.pointer)
        return out[:, :count]
