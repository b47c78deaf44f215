"""Code: a small language for one function of machine code, with memory, loops and functions.

Rule: nothing here knows an op or a program. A piece of machine code takes a frame, an array of
addresses and integers, and returns nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from micrograd.compiler.codegen import llvm
from micrograd.compiler.codegen.lanes import (
    Emitter,
    InRegister,
    Int,
    Integer,
    Lanes,
    Mask,
    Module,
)
from micrograd.compiler.codegen.llvm import I64, Function, Pointer, Register, Type

MOST_TURNS_WRITTEN = 16  # a loop that is known to have at most so many turns is written out


class Code(Emitter):
    """A function of machine code while it is written. Its first argument is the frame."""

    def __init__(self, module: Module, function: Function):
        super().__init__(module, function)
        self.frame: Pointer = function.args[0]
        self.words: dict[int, Register] = {}  # of the frame, those that were read

    @classmethod
    def start(cls, name: str, dtype: str = "float64", contract: bool = True) -> Code:
        """Return the one function of new machine code that may be called from outside."""
        module = Module(name, dtype, contract)
        inputs = [llvm.FRAME]
        return cls(module, llvm.new_function(module.ir, name, inputs, internal=False))

    def text(self) -> str:
        """End the function and return LLVM's text of the whole module."""
        self.builder.ret_void()
        return self.module.text()

    # ----------------------------------------------------------------------------------- constants

    def integer(self, x: int) -> Int:
        return Int(self, None, x)

    def number(self, x: float, lanes: int = 1) -> Lanes:
        type_ = llvm.vector(self.real, lanes)
        return Lanes(self, llvm.constant(type_, x), x)

    def data(self, numbers: Iterable[Any], element: Type = I64) -> Pointer:
        """Return a pointer to constants, integers unless `element` is another type."""
        return llvm.add_data(self.module.ir, numbers, element)

    # -------------------------------------------------------------------------------------- memory

    def word(self, i: int) -> Int:
        """Return word number i of the frame, an integer, which is read at the function's start."""
        if i not in self.words:
            with self.builder.goto_entry_block():
                pointer = self.element(self.frame, i)
                self.words[i] = self.builder.load(pointer)
        return Int(self, self.words[i])

    def set_word(self, i: int, x: Int) -> None:
        pointer = self.element(self.frame, i)
        self.builder.store(x.value, pointer)

    def pointer(self, address: Int, element: Type | None = None) -> Pointer:
        """Return an address as a pointer to numbers, or to another type of `element`."""
        type_ = (element or self.real).as_pointer()
        return self.builder.inttoptr(address.value, type_)

    def array(self, i: int) -> Pointer:
        """Return word number i of the frame as a pointer to numbers."""
        return self.pointer(self.word(i))

    def int_array(self, i: int) -> Pointer:
        """Return word number i of the frame as a pointer to integers."""
        return self.pointer(self.word(i), I64)

    def element(self, array: Pointer, index: Integer) -> Pointer:
        """Return a pointer to the array's element at `index`."""
        if isinstance(index, Int) and index.register is not None:
            array = self.once("gep", array, (index.register,))
        offset = index.offset if isinstance(index, Int) else index
        return self.once("gep", array, (llvm.integer(offset),)) if offset else array

    def load(self, array: Pointer, index: Integer, lanes: int = 1) -> Lanes:
        """Return `lanes` numbers that stand side by side from `index` on."""
        pointer, type_ = self.element(array, index), llvm.vector(self.real, lanes)
        value = self.builder.load(pointer, align=self.width // 8, typ=type_)
        return Lanes(self, value)

    def load_int(self, array: Pointer, index: Integer) -> Int:
        pointer = self.element(array, index)
        return Int(self, self.builder.load(pointer))

    def store(self, x: Lanes, array: Pointer, index: Integer) -> None:
        pointer = self.element(array, index)
        if llvm.is_vector(x.type):
            pointer = self.builder.bitcast(pointer, x.type.as_pointer())
        self.builder.store(x.value, pointer, align=self.width // 8)

    def gather(self, array: Pointer, indices: Iterable[Integer]) -> Lanes:
        """Return the numbers at those indices, one in each lane."""
        values = [self.load(array, index).value for index in indices]
        if len(values) == 1:
            return Lanes(self, values[0])
        out = llvm.undefined(llvm.vector(self.real, len(values)))
        for i, value in enumerate(values):
            out = self.builder.insert_element(out, value, llvm.integer(i))
        return Lanes(self, out)

    def scatter(self, x: Lanes, array: Pointer, indices: Sequence[Integer]) -> None:
        """Store each lane at its index."""
        for i, index in enumerate(indices):
            value = x.value
            if len(indices) > 1:
                value = self.builder.extract_element(x.value, llvm.integer(i))
            self.store(Lanes(self, value), array, index)

    # --------------------------------------------------------------------------------------- lanes

    def broadcast(self, x: Lanes, lanes: int) -> Lanes:
        """Return the same number in every lane."""
        if lanes == 1 or llvm.is_vector(x.type):
            return x
        return Lanes(self, self.in_every_lane(x.value, lanes), x.constant)

    def in_every_lane(self, value: Register, lanes: int) -> Register:
        start = llvm.undefined(llvm.vector(value.type, lanes))
        single = self.builder.insert_element(start, value, llvm.integer(0))
        mask = llvm.shuffle_mask([0] * lanes)
        return self.builder.shuffle_vector(single, single, mask)

    def lane_mask(self, first: Int, limit: Int, lanes: int) -> Mask:
        """Return for each lane whether first + lane < limit."""
        if lanes == 1:
            return first.less(limit)
        remaining = self.in_every_lane((limit - first).value, lanes)
        numbers = llvm.constant_lanes(I64, range(lanes))
        return Mask(self, self.builder.icmp_signed("<", numbers, remaining))

    def transpose(self, rows: Sequence[Lanes]) -> list[Lanes]:
        """Return the columns of as many rows as each has lanes: pairs of rows exchange single
        numbers, then pairs of numbers, then fours; each round is one shuffle for a row.
        """
        values, lanes, size = [row.value for row in rows], len(rows), 1
        while size < lanes:
            low = llvm.shuffle_mask(k + lanes - size if k & size else k for k in range(lanes))
            high = llvm.shuffle_mask(k + lanes if k & size else k + size for k in range(lanes))
            for i in range(lanes):
                if not i & size:
                    pair = values[i], values[i + size]
                    values[i] = self.builder.shuffle_vector(*pair, low)
                    values[i + size] = self.builder.shuffle_vector(*pair, high)
            size *= 2
        return [Lanes(self, value) for value in values]

    # --------------------------------------------------------------------------------------- loops

    @contextmanager
    def loop(
        self, count: Integer, stride: int = 1, carried: Sequence[Lanes] = ()
    ) -> Iterator[tuple[Int, list[Lanes]]]:
        """Write a loop over 0, stride, 2 stride, ... below `count`; yield (index, state).

        `state` is the list of lanes that are `carried` from turn to turn. Set its entries before
        the block ends; behind the loop they are the last ones.
        """
        # Four blocks of instructions take part in it:
        #   entry  comes before the loop, and skips it if there may be no turn
        #   body   begins a turn, with a phi node for the index and for each carried number
        #   last   ends a turn and may repeat it; it is `body` unless loops stand in between
        #   exit   comes after the loop, with a phi node for each number that may have had no turn
        build = self.builder
        at_least_once = not isinstance(count, Int) and count > 0
        limit = count if isinstance(count, Int) else self.integer(count)
        zero = self.integer(0)
        entry = build.block
        body = self.function.append_basic_block()
        exit_ = self.function.append_basic_block()
        if at_least_once:
            build.branch(body)
        else:
            build.cbranch(zero.less(limit).value, body, exit_)
        build.position_at_end(body)
        index, *phis = self.phi_nodes([zero, *carried], entry)
        state = [Lanes(self, phi) for phi in phis]
        yield Int(self, index), state
        last = build.block
        following = Int(self, index) + stride
        for phi, x in zip((index, *phis), (following, *state)):
            phi.add_incoming(x.value, last)
        build.cbranch(following.less(limit).value, body, exit_)
        build.position_at_end(exit_)
        if not at_least_once:
            finals = self.phi_nodes(state, last)
            for phi, x in zip(finals, carried):
                phi.add_incoming(x.value, entry)
            state[:] = [Lanes(self, phi) for phi in finals]

    def phi_nodes(self, numbers: Sequence[InRegister], block: Any) -> list[Register]:
        """Create a phi node for each value, incoming from `block`."""
        phis = [self.builder.phi(x.value.type) for x in numbers]
        for phi, x in zip(phis, numbers):
            phi.add_incoming(x.value, block)
        return phis

    def unrolled_loop(self, count: Integer, stride: int = 1) -> Iterator[Int]:
        """Yield the indices of a loop, for a `for`; a short loop is written out turn by turn."""
        if not isinstance(count, Int) and count <= MOST_TURNS_WRITTEN:
            yield from map(self.integer, range(0, count, stride))
        else:
            with self.loop(count, stride) as (index, _):
                yield index

    # ----------------------------------------------------------------------- functions and threads

    @contextmanager
    def outlined(self, *needed: Int | Pointer) -> Iterator[tuple[Code, list[Any]]]:
        """Write a function of its own, and call it; yield (its code, what it needs)."""
        with self.defined(*needed) as (function, inner, inside):
            yield inner, inside
        self.call_function(function, *needed)

    @contextmanager
    def defined(self, *needed: Int | Pointer) -> Iterator[tuple[Function, Code, list[Any]]]:
        """Write a function of its own; yield (the function, its code, what it needs).

        `needed` are integers and pointers of this function, which the other gets as arguments.
        """
        types = [self.frame.type, *[value_of(x).type for x in needed]]
        name = f"outlined{len(self.module.ir.globals)}"
        function = llvm.new_function(self.module.ir, name, types)
        inner = Code(self.module, function)
        inside: list[Any] = []
        for x, argument in zip(needed, function.args[1:]):
            inside.append(Int(inner, argument) if isinstance(x, Int) else argument)
        yield function, inner, inside
        inner.builder.ret_void()

    def call_function(self, function: Function, *needed: Int | Pointer) -> None:
        """Call a function that was defined with `needed`."""
        self.builder.call(function, [self.frame, *map(value_of, needed)])

    def barrier(self, counter: Pointer, count: Int) -> None:
        """Add 1 to the counter, and wait until all threads together have raised it to `count`."""
        build = self.builder
        build.atomic_rmw("add", counter, I64(1), "seq_cst")
        check = self.function.append_basic_block()
        wait = self.function.append_basic_block()
        after = self.function.append_basic_block()
        build.branch(check)
        build.position_at_end(check)  # the last thread comes through without a call
        reached = Int(self, build.load_atomic(counter, "acquire", 8))
        build.cbranch(reached.less(count).value, wait, after)
        build.position_at_end(wait)
        yield_ = self.module.declare(llvm.YIELD, llvm.int_type(32), 0)
        build.call(yield_, [])
        build.branch(check)
        build.position_at_end(after)


def value_of(x: Int | Pointer) -> Register:
    return x.value if isinstance(x, Int) else x
