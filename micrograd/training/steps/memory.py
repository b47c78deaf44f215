"""Where the numbers of a compiled step stand: the words of its frame and its memory.

Rule: each thread has one array of memory, and each section begins a cache line. The parameters are
divided into parts of whole cache lines, one for each thread.
"""

from itertools import pairwise

import numpy as np

from micrograd.compiler import LINE, Buffer, padded, zeros
from micrograd.training.steps.programs import StepPrograms


class Word:
    """The words of the frame that the machine code of a step is called with.

    DONE counts the steps since the block of the runner began, and SINCE says how many of them were
    done when the arrays of the frame were bound. START and SIZE say which parameters the thread
    updates; PART is the address of its memory, moved on by START numbers. PEERS lists all threads,
    this one first (see `Peer`), and LEADER is the memory of the first thread.
    """

    MEMORY, ROWS, TARGETS, ORDER, RATES, LOSSES, STEPS, COUNT, STRIDE, DONE, SINCE = range(11)
    FIRST, LEADS, THREADS, SIGNAL, PEERS = range(11, 16)  # for several threads
    START, SIZE, PART, LEADER = range(16, 20)
    NUMBER = 20  # of words


DATA = (Word.ROWS, Word.TARGETS)  # the words of the arrays of data


class Peer:
    """The words about each thread in PEERS: its memory, and its part of the parameters."""

    MEMORY, START, SIZE = range(3)
    NUMBER = 3


class Scalar:
    """The numbers in the section "scalars"."""

    PENALTY, SCALE = range(2)
    NUMBER = 2


class Memory:
    """The sections of a step's memory: the offset and the size of each.

    If its examples are computed `in_turn`, the loss and gradients of one stand beside the means.
    """

    def __init__(
        self, programs: StepPrograms, parameters: int, state_numbers: int, in_turn: bool = False
    ) -> None:
        self.in_turn = in_turn
        self.starts: dict[str, int] = {}
        self.sizes: dict[str, int] = {}
        self.size = 0
        for name in ("p", "grad", "penalty"):
            self.add_section(name, parameters)
        self.add_section("other", len(programs.other_parameters))
        self.add_section("moved", programs.moved)
        self.state_sections = [f"s{i}" for i in range(state_numbers)]
        for name in self.state_sections:
            self.add_section(name, parameters)
        self.add_section("rates", len(programs.shared.outputs))
        self.add_section("scalars", Scalar.NUMBER)
        self.add_section("loss", 1)
        self.add_section("share", 1)  # of the examples that a thread has
        if in_turn:
            self.add_section("grad of one", parameters)
            self.add_section("loss of one", 1)
        for i, width in enumerate(programs.row_widths):
            self.add_section(f"data{i}", width)

    def add_section(self, name: str, size: int) -> None:
        self.starts[name], self.sizes[name] = self.reserve(size), size

    def reserve(self, size: int) -> int:
        """Return the offset of that many more numbers."""
        start = self.size
        self.size += padded(size) + LINE
        return start

    def allocate(self, dtype: str) -> np.ndarray:
        """Return a new array of memory, all zeros."""
        return zeros(self.size, dtype)

    def view(self, memory: np.ndarray, name: str) -> np.ndarray:
        """Return the numbers of a section as a part of that array."""
        start = self.starts[name]
        return memory[start : start + self.sizes[name]]

    def parts(self, threads: int) -> list[slice]:
        """Return which parameters each thread updates: whole cache lines, as equal as can be."""
        size = self.sizes["p"]
        lines = padded(size) // LINE
        ends = [min(LINE * (lines * i // threads), size) for i in range(threads + 1)]
        return [slice(*ends) for ends in pairwise(ends)]

    def buffer(self, name: str, i: int = 0, stride: int = 0) -> Buffer:
        """Return where number i of a section stands; with a stride, the numbers from there on."""
        return Buffer(Word.MEMORY, self.starts[name] + i, stride)

    def buffers(self, name: str) -> list[Buffer]:
        """Return where each number of a section stands."""
        return [self.buffer(name, i) for i in range(self.sizes[name])]


class StepArray:
    """The array of memory of a compiled step, with the names of its sections."""

    def __init__(self, layout: Memory, dtype: str) -> None:
        self.layout, self.memory = layout, layout.allocate(dtype)
        self.sections = {name: layout.view(self.memory, name) for name in layout.starts}
        self.user: object = None  # stands for the runner that has used it last

    def section(self, name: str) -> np.ndarray:
        """Return the numbers of a section, as a part of the array."""
        return self.sections[name]
