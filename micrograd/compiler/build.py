"""From parts to something that can be called: spelled, lowered, compiled or found in the cache.

Rule: what is called takes its numbers from arrays and leaves them in arrays, bound once.
"""

import ctypes
import functools
import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from micrograd.compiler import kernels, llvm, straight
from micrograd.compiler.batch import Kernel, Plan, batch
from micrograd.compiler.cache import cached
from micrograd.compiler.llvm import Code
from micrograd.compiler.program import Program
from micrograd.compiler.simplify import simplify
from micrograd.compiler.spelling import spellings
from micrograd.compiler.straight import Part, Stream, scratch, varying
from micrograd.compiler.trace import expand

NAME = "micrograd"  # of the one function in the machine code


@functools.cache
def version() -> str:
    """A digest of the compiler's own files: another compiler does not find the old one's code."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()


@functools.cache
def spelled(exact: bool) -> dict:
    return spellings(exact)


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


STRAIGHT = 1000  # instructions up to which a program is one straight line


class Lowered:
    """A part, and how it is lowered: as one straight line, or as the kernels of `plan`.

    It needs `size` numbers of its part's array, from `work` on; `prepare(array)` sets those of them
    that are constants. `count` is about how many examples there will be.
    """

    def __init__(self, part: Part, dtype: str, exact: bool, count: int = 1, most: int = STRAIGHT):
        self.part, self.dtype, self.exact = part, dtype, exact
        many = any(s.stride for s in part.inputs)
        self.lanes = llvm.native_lanes(dtype)
        self.plan = None
        if len(part.program) <= most:
            few = isinstance(part.count, int) and 1 < part.count < 2 * self.lanes
            if few or not many:  # numbers just stored one by one are slow to load side by side
                self.lanes = 1
            self.size = scratch(part, self.lanes)
            return
        self.plan = planned(part, exact)
        self.block = kernels.block_size(self.plan, self.lanes, count, llvm.WIDTH[dtype])
        self.size = kernels.memory(self.plan, self.block)

    @property
    def kernels(self) -> list[Kernel]:
        """Those of the plan, or those that there would be."""
        return (self.plan or planned(self.part, self.exact)).kernels

    def prepare(self, array: np.ndarray) -> None:
        for start, numbers in self.plan.constants if self.plan else ():
            array[start : start + len(numbers)] = numbers

    def write(self, code: Code, **known) -> None:
        """Write the code; `known` are fields of the part that are known only to the code."""
        part = replace(self.part, **known)
        if self.plan is None:
            straight.lower(code, part, spelled(self.exact), self.lanes)
        else:
            how = (spelled(self.exact), self.lanes, self.block, self.exact)
            kernels.lower(code, part, self.plan, *how)

    def __str__(self):
        how = f"{self.lanes} lanes" if self.plan is None else f"blocks of {self.block}"
        return f"{how} {self.part.inputs} {self.part.outputs}\n{self.part.program}"


def planned(part: Part, exact: bool) -> Plan:
    inputs = {i: s.offset for i, s in enumerate(part.inputs) if not s.stride}
    results = {i: s.offset for i, s in enumerate(part.outputs) if not s.stride}
    how = (varying(part), inputs, results, part.sums, part.work, exact)
    return batch(part.program, *how)


class Machine:
    """Machine code of what `write(code)` writes; built, or read from the cache, at the first call.

    `key` says what that is, for the cache. `ir` and `asm` are texts to read.
    """

    def __init__(self, key: str, write: Callable[[Code], None], dtype: str, exact: bool):
        self.key = f"{version()} {key} {dtype} {exact} {llvm.identity()}"
        self.write, self.dtype, self.exact = write, dtype, exact

    @functools.cached_property
    def ir(self) -> str:
        code = Code(NAME, self.dtype, contract=not self.exact)
        self.write(code)
        return code.done()

    @functools.cached_property
    def asm(self) -> str:
        return llvm.assembly(self.ir)

    @functools.cached_property
    def loaded(self) -> llvm.Loaded:
        return llvm.Loaded(cached(self.key, lambda: llvm.compiled(self.ir)), NAME)

    def __call__(self, pointer: ctypes.c_void_p) -> None:
        self.loaded.call(pointer)


class Once:
    """A program that is run once a call: `run(numbers)` returns its outputs as floats."""

    def __init__(self, program: Program, exact: bool, most: int = STRAIGHT):
        self.program = program = simplify(expand(program, spelled(exact)))
        inputs, outputs = len(program.names), len(program.outputs)
        ends = inputs + outputs
        places = [Stream(0, i) for i in range(ends)]
        part = Part(program, tuple(places[:inputs]), tuple(places[inputs:]), work=ends)
        self.lowered = Lowered(part, "float64", exact, most=most)
        memory = np.zeros(ends + self.lowered.size)
        self.lowered.prepare(memory)
        self.inputs, self.outputs = memory[:inputs], memory[inputs:ends]
        self.frame = Frame.of(memory)
        self.pointer = self.frame.pointer
        self.lock = threading.Lock()
        key = f"once {self.lowered}"
        self.machine = Machine(key, self.lowered.write, "float64", exact)

    @property
    def kernels(self) -> list[Kernel]:
        return self.lowered.kernels

    def run(self, numbers) -> list[float]:
        with self.lock:
            self.inputs[:] = numbers
            self.machine(self.pointer)
            return self.outputs.tolist()


PADDED, EXAMPLES, DATA = 2, 3, 4  # words of the frame of what is mapped


class Mapped:
    """A program that is run for every example: the machine code of `vmap`.

    `columns` says for each input of the program which array it comes from and where in a row of how
    many numbers it stands; None for those that all examples share. `count` is how many there are.
    """

    def __init__(
        self, program: Program, columns: list, exact: bool, count: int, most: int = STRAIGHT
    ):
        self.program = program = simplify(expand(program, spelled(exact)))
        shared = iter(range(len(columns)))
        inputs = [
            Stream(0, next(shared)) if c is None else Stream(DATA + c[0], *c[1:]) for c in columns
        ]
        outputs = tuple(Stream(1, k, 1) for k in range(len(program.outputs)))
        self.shared = next(shared, len(columns))
        part = Part(program, tuple(inputs), outputs, work=self.shared)
        self.lowered = Lowered(part, "float64", exact, count, most)
        key = f"mapped {columns} {self.lowered}"
        self.machine = Machine(key, self.write, "float64", exact)

    def write(self, code: Code) -> None:
        self.lowered.write(code, apart=code.word(PADDED), count=code.word(EXAMPLES))

    def run(self, shared: list[float], rows: list[np.ndarray], count: int) -> np.ndarray:
        """The outputs, as an array of outputs x examples."""
        lanes = self.lowered.lanes
        padded = -(-count // lanes) * lanes
        out = np.empty((len(self.program.outputs), padded))
        memory = np.zeros(self.shared + self.lowered.size + 1)
        memory[: len(shared)] = shared
        self.lowered.prepare(memory)
        frame = Frame.of(memory, out)
        frame.words = np.append(frame.words, [padded, count, *[row.ctypes.data for row in rows]])
        if count:
            self.machine(frame.pointer)
        return out[:, :count]
