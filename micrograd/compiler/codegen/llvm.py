"""LLVM, as a small language: numbers in lanes, loops, memory, functions.

Rule: alone in importing llvmlite, and nothing here knows an op or a program; whoever lowers one
writes it with the words of this file. Arithmetic is IEEE 754's: no flag lets LLVM assume anything,
and only `contract` may be asked for.
"""

import ctypes
import functools
import sys
from collections.abc import Callable
from contextlib import contextmanager

from llvmlite import binding, ir

I64 = ir.IntType(64)
REAL = {"float64": ir.DoubleType(), "float32": ir.FloatType()}
WIDTH = {"float64": 64, "float32": 32}
GIVE_WAY = "SwitchToThread" if sys.platform == "win32" else "sched_yield"  # to other threads
UNROLLED = 16  # turns up to which a loop that is known to have so few is written out
INLINED = 32  # calls up to which a shared function is copied to where it is called


@functools.cache
def machine() -> binding.TargetMachine:
    """The processor that this runs on, with all that it can do."""
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    return another_machine()


def another_machine() -> binding.TargetMachine:
    """The same, for an engine to own."""
    target = binding.Target.from_default_triple()
    cpu = binding.get_host_cpu_name()
    return target.create_target_machine(cpu=cpu, features=features(), opt=2, jit=True)


@functools.cache
def features() -> str:
    return binding.get_host_cpu_features().flatten()


def identity() -> str:
    """What machine code depends on besides the program: the processor and LLVM's version."""
    return f"{binding.get_host_cpu_name()} {features()} {binding.llvm_version_info}"


def native_lanes(dtype: str) -> int:
    """How many numbers one vector register holds."""
    names = features().split(",")
    bits = 512 if "+avx512f" in names else 256 if "+avx" in names else 128
    return bits // WIDTH[dtype]


# ------------------------------------------------------------------------------ numbers in lanes


class Lanes:
    """One number, or several side by side, in a register. `constant` is set if known already."""

    def __init__(self, code: "Code", value, constant: float | None = None):
        self.code, self.value, self.constant = code, value, constant

    @property
    def type(self):
        return self.value.type

    @property
    def lanes(self) -> int:
        return self.type.count if isinstance(self.type, ir.VectorType) else 1

    @property
    def width(self) -> int:
        return self.code.width

    def like(self, x) -> "Lanes":
        """`x` as lanes of this type."""
        return x if isinstance(x, Lanes) else Lanes(self.code, constant(self.type, x), x)

    def do(self, instruction: str, *others) -> "Lanes":
        build = getattr(self.code.builder, instruction)
        values = [self.like(x).value for x in others]
        return Lanes(self.code, build(self.value, *values, flags=self.code.flags))

    # fmt: off
    def __add__(self, other):       return self.do("fadd", other)
    def __sub__(self, other):       return self.do("fsub", other)
    def __mul__(self, other):       return self.do("fmul", other)
    def __truediv__(self, other):   return self.do("fdiv", other)
    def __radd__(self, other):      return self.like(other) + self
    def __rsub__(self, other):      return self.like(other) - self
    def __rmul__(self, other):      return self.like(other) * self
    def __rtruediv__(self, other):  return self.like(other) / self
    def __neg__(self):              return Lanes(self.code, self.code.builder.fneg(self.value))
    def __lt__(self, other):        return self.compare("<", other)
    def __le__(self, other):        return self.compare("<=", other)
    def __gt__(self, other):        return self.compare(">", other)
    def __ge__(self, other):        return self.compare(">=", other)
    def equals(self, other):        return self.compare("==", other)
    def abs(self):                  return self.intrinsic("fabs")
    def sqrt(self):                 return self.intrinsic("sqrt")
    def nearest(self):              return self.intrinsic("rint")
    def copysign(self, other):      return self.intrinsic("copysign", other)
    def fma(self, y, z):            return self.intrinsic("fma", y, z)
    # fmt: on

    def compare(self, relation: str, other) -> "Mask":
        build = self.code.builder.fcmp_ordered
        return Mask(self.code, build(relation, self.value, self.like(other).value))

    def intrinsic(self, name: str, *others) -> "Lanes":
        values = [self.value, *[self.like(x).value for x in others]]
        function = self.code.intrinsic(f"llvm.{name}.{suffix(self.type)}", self.type, len(values))
        return Lanes(self.code, self.code.builder.call(function, values))

    def bits(self) -> "Int":
        to = wholes(self.type, ir.IntType(self.width))
        return Int(self.code, self.code.builder.bitcast(self.value, to))

    def call(self, name: str, *others) -> "Lanes":
        """C's function of that name, lane by lane."""
        values = [self.value, *[self.like(x).value for x in others]]
        function = self.code.libm(name, len(values))
        if not isinstance(self.type, ir.VectorType):
            return Lanes(self.code, self.code.builder.call(function, values))
        build, out = self.code.builder, ir.Constant(self.type, ir.Undefined)
        for i in range(self.type.count):
            one = [build.extract_element(value, I64(i)) for value in values]
            out = build.insert_element(out, build.call(function, one), I64(i))
        return Lanes(self.code, out)

    def first(self) -> "Lanes":
        """The number in the first lane."""
        if not isinstance(self.type, ir.VectorType):
            return self
        return Lanes(self.code, self.code.builder.extract_element(self.value, I64(0)))

    def total(self) -> "Lanes":
        """All lanes added up: halves onto halves, so in a set order."""
        build, value = self.code.builder, self.value
        while isinstance(value.type, ir.VectorType) and value.type.count > 1:
            half = value.type.count // 2
            low, high = (
                build.shuffle_vector(value, value, places(range(start, start + half)))
                for start in (0, half)
            )
            value = build.fadd(low, high)
        return Lanes(self.code, value).first()


class Mask:
    """True or false, in lanes."""

    def __init__(self, code: "Code", value):
        self.code, self.value = code, value

    # fmt: off
    def __and__(self, other):  return self.both(self.code.builder.and_, other)
    def __or__(self, other):   return self.both(self.code.builder.or_, other)
    def __invert__(self):      return Mask(self.code, self.code.builder.not_(self.value))
    # fmt: on

    def both(self, build, other: "Mask") -> "Mask":
        return Mask(self.code, build(self.value, other.value))

    def either(self, x: "Int", y: "Int") -> "Int":
        """x where the one lane is true, else y."""
        return Int(self.code, self.code.builder.select(self.value, x.value, y.value))

    def choose(self, x, y) -> Lanes:
        """x where true, else y; one of them may be a float."""
        some = x if isinstance(x, Lanes) else y
        x, y = some.like(x), some.like(y)
        return Lanes(self.code, self.code.builder.select(self.value, x.value, y.value))

    def number(self) -> Lanes:
        """1.0 where true, else 0.0."""
        to = wholes(self.value.type, self.code.real)
        return Lanes(self.code, self.code.builder.uitofp(self.value, to))


class Int:
    """Integers: one, as a place in memory, or the bits of lanes."""

    def __init__(self, code: "Code", value):
        self.code, self.value = code, value

    def like(self, x):
        return x.value if isinstance(x, Int) else constant(self.value.type, x)

    def do(self, instruction: str, other) -> "Int":
        build = getattr(self.code.builder, instruction)
        return Int(self.code, build(self.value, self.like(other)))

    # fmt: off
    def __add__(self, other):     return self.do("add", other)
    def __sub__(self, other):     return self.do("sub", other)
    def __mul__(self, other):     return self.do("mul", other)
    def __and__(self, other):     return self.do("and_", other)
    def __or__(self, other):      return self.do("or_", other)
    def __xor__(self, other):     return self.do("xor", other)
    def __lshift__(self, other):  return self.do("shl", other)
    def __rshift__(self, other):  return self.do("ashr", other)
    def __floordiv__(self, other):  return self.do("udiv", other)
    __radd__, __rmul__ = __add__, __mul__
    # fmt: on

    def __rsub__(self, other):
        return Int(self.code, self.like(other)) - self

    def at_most(self, other) -> "Int":
        build = self.code.builder
        less = build.icmp_signed("<", self.value, self.like(other))
        return Int(self.code, build.select(less, self.value, self.like(other)))

    def less(self, other) -> Mask:
        return Mask(self.code, self.code.builder.icmp_signed("<", self.value, self.like(other)))

    def real(self) -> Lanes:
        """The same number as a float."""
        return Lanes(self.code, self.code.builder.sitofp(self.value, self.code.real))

    def floats(self) -> Lanes:
        to = wholes(self.value.type, self.code.real)
        return Lanes(self.code, self.code.builder.bitcast(self.value, to))


def wholes(like, of):
    """The type of as many `of` as `like` has."""
    return ir.VectorType(of, like.count) if isinstance(like, ir.VectorType) else of


def constant(type_, x):
    if isinstance(type_, ir.VectorType):
        return ir.Constant(type_, [x] * type_.count)
    return ir.Constant(type_, x)


def suffix(type_) -> str:
    one = type_.element if isinstance(type_, ir.VectorType) else type_
    name = "f64" if one == REAL["float64"] else "f32"
    return f"v{type_.count}{name}" if isinstance(type_, ir.VectorType) else name


def places(numbers):
    numbers = list(numbers)
    type_ = ir.VectorType(ir.IntType(32), len(numbers))
    return ir.Constant(type_, numbers)


# ----------------------------------------------------------------------------- one function's code


class Code:
    """One function that takes a frame, an array of pointers and integers, and returns nothing."""

    def __init__(self, name: str, dtype: str = "float64", contract: bool = True):
        self.module = ir.Module(name)
        self.module.triple = machine().triple
        self.real, self.width = REAL[dtype], WIDTH[dtype]
        self.flags = ("contract",) if contract else ()
        type_ = ir.FunctionType(ir.VoidType(), [I64.as_pointer()])
        self.function = ir.Function(self.module, type_, name)
        self.frame = self.function.args[0]
        self.words: dict[int, object] = {}  # of the frame, that the function has read
        self.calls: dict[str, int] = {}  # of shared functions
        self.builder = ir.IRBuilder(self.function.append_basic_block())

    def word(self, i: int) -> Int:
        """Word number i of the frame, as an integer; read where the function begins."""
        if i not in self.words:
            with self.builder.goto_entry_block():
                self.words[i] = self.builder.load(self.builder.gep(self.frame, [I64(i)]))
        return Int(self, self.words[i])

    def set_word(self, i: int, x: Int) -> None:
        self.builder.store(x.value, self.builder.gep(self.frame, [I64(i)]))

    def pointer(self, address: Int, of=None):
        """An address, as a pointer to numbers."""
        return self.builder.inttoptr(address.value, (of or self.real).as_pointer())

    def array(self, i: int, of=None):
        """Word number i of the frame, as a pointer to numbers."""
        return self.pointer(self.word(i), of)

    def int_array(self, i: int):
        """Word number i of the frame, as a pointer to integers."""
        return self.array(i, I64)

    def int(self, x: int) -> Int:
        return Int(self, I64(x))

    def element(self, array, index):
        value = index.value if isinstance(index, Int) else I64(index)
        return self.builder.gep(array, [value])

    def load(self, array, index, lanes: int = 1) -> Lanes:
        """`lanes` numbers that stand side by side from `index` on."""
        pointer, align = self.element(array, index), self.width // 8
        if lanes > 1:
            pointer = self.builder.bitcast(pointer, ir.VectorType(self.real, lanes).as_pointer())
        return Lanes(self, self.builder.load(pointer, align=align))

    def load_int(self, array, index) -> Int:
        return Int(self, self.builder.load(self.element(array, index)))

    def store(self, x: Lanes, array, index) -> None:
        pointer = self.element(array, index)
        if isinstance(x.type, ir.VectorType):
            pointer = self.builder.bitcast(pointer, x.type.as_pointer())
        self.builder.store(x.value, pointer, align=self.width // 8)

    def gather(self, array, indices) -> Lanes:
        """The numbers at those places, one a lane."""
        found = [self.load(array, index).value for index in indices]
        return self.side_by_side(found)

    def side_by_side(self, values) -> Lanes:
        if len(values) == 1:
            return Lanes(self, values[0])
        out = ir.Constant(ir.VectorType(self.real, len(values)), ir.Undefined)
        for i, value in enumerate(values):
            out = self.builder.insert_element(out, value, I64(i))
        return Lanes(self, out)

    def scatter(self, x: Lanes, array, indices) -> None:
        for i, index in enumerate(indices):
            one = self.builder.extract_element(x.value, I64(i)) if len(indices) > 1 else x.value
            self.store(Lanes(self, one), array, index)

    def broadcast(self, x: Lanes, lanes: int) -> Lanes:
        """The same number in every lane."""
        if lanes == 1 or isinstance(x.type, ir.VectorType):
            return x
        type_ = ir.VectorType(self.real, lanes)
        one = self.builder.insert_element(ir.Constant(type_, ir.Undefined), x.value, I64(0))
        value = self.builder.shuffle_vector(one, one, places([0] * lanes))
        return Lanes(self, value, x.constant)

    def number(self, x: float, lanes: int = 1) -> Lanes:
        type_ = ir.VectorType(self.real, lanes) if lanes > 1 else self.real
        return Lanes(self, constant(type_, x), x)

    def counting(self, first: Int, limit: Int, lanes: int) -> Mask:
        """first + lane < limit, for each lane."""
        if lanes == 1:
            return first.less(limit)
        type_ = ir.VectorType(I64, lanes)
        rest = (limit - first).value
        one = self.builder.insert_element(ir.Constant(type_, ir.Undefined), rest, I64(0))
        rests = self.builder.shuffle_vector(one, one, places([0] * lanes))
        lane = ir.Constant(type_, list(range(lanes)))
        return Mask(self, self.builder.icmp_signed("<", lane, rests))

    @contextmanager
    def loop(self, count, step: int = 1, carried: tuple = ()):
        """A loop over 0, step, 2 step, ... below `count`; yields (index, state).

        `state` is the list of the lanes that are `carried` from turn to turn: set its entries
        before the turn ends; after the loop they are the last ones.
        """
        build = self.builder
        sure = not isinstance(count, Int) and count > 0  # that there is a first turn
        limit = count.value if isinstance(count, Int) else I64(count)
        before = build.block
        body = self.function.append_basic_block()
        after = self.function.append_basic_block()
        if sure:
            build.branch(body)
        else:
            build.cbranch(build.icmp_signed("<", I64(0), limit), body, after)
        build.position_at_end(body)
        index, *phis = self.phis([Int(self, I64(0)), *carried], before)
        state = [Lanes(self, phi) for phi in phis]
        yield Int(self, index), state
        last, following = build.block, build.add(index, I64(step))
        for phi, value in zip((index, *phis), (following, *[x.value for x in state])):
            phi.add_incoming(value, last)
        build.cbranch(build.icmp_signed("<", following, limit), body, after)
        build.position_at_end(after)
        ends = self.phis(state, last)
        for phi, x in zip(ends, carried if not sure else ()):
            phi.add_incoming(x.value, before)
        state[:] = [Lanes(self, phi) for phi in ends]

    def turns(self, count, step: int = 1):
        """The indices of a loop, for a `for`: a loop, or what is known to be few turns unrolled."""
        if not isinstance(count, Int) and count <= UNROLLED:
            yield from map(self.int, range(0, count, step))
        else:
            with self.loop(count, step) as (index, _):
                yield index

    def phis(self, numbers: list, block) -> list:
        """For each number one that is it if the turn before was that block."""
        found = [self.builder.phi(x.value.type) for x in numbers]
        for phi, x in zip(found, numbers):
            phi.add_incoming(x.value, block)
        return found

    def barrier(self, array, count: Int) -> None:
        """Add 1 to the number there, and wait until all threads together have made it `count`."""
        build = self.builder
        build.atomic_rmw("add", array, I64(1), "seq_cst")
        turn = self.function.append_basic_block()
        after = self.function.append_basic_block()
        build.branch(turn)
        build.position_at_end(turn)
        build.call(self.intrinsic(GIVE_WAY, ir.IntType(32), 0), [])
        here = build.load_atomic(array, "acquire", 8)
        build.cbranch(build.icmp_signed("<", here, count.value), turn, after)
        build.position_at_end(after)

    def table(self, numbers, of=I64):
        """A pointer to constant integers (or, with `of`, to others)."""
        numbers = list(numbers)
        type_ = ir.ArrayType(of, len(numbers))
        name = f"table{len(self.module.globals)}"
        data = ir.GlobalVariable(self.module, type_, name)
        data.initializer = ir.Constant(type_, numbers)
        data.global_constant, data.linkage = True, "internal"
        return data.gep([I64(0), I64(0)])  # a constant, so that it holds in every block

    def shared(self, name: str, write: Callable, inputs: list[Lanes]) -> Lanes:
        """What write(*inputs) gives, written once in a function of its own and called."""
        values = [x.value for x in inputs]
        name = f"{name}.{suffix(values[0].type)}"
        if name not in self.module.globals:
            self.define(name, write, [value.type for value in values])
        self.calls[name] = self.calls.get(name, 0) + 1
        return Lanes(self, self.builder.call(self.module.globals[name], values))

    def define(self, name: str, write: Callable, types: list) -> None:
        function = ir.Function(self.module, ir.FunctionType(types[0], types), name)
        function.linkage = "internal"
        outside, self.builder = self.builder, ir.IRBuilder(function.append_basic_block())
        self.builder.ret(write(*[Lanes(self, x) for x in function.args]).value)
        self.builder = outside

    @contextmanager
    def apart(self, *needed):
        """What is written in the block is a function of its own, called from here.

        Yields what it knows of outside: integers and pointers, the same as those `needed`.
        """
        values = [x.value if isinstance(x, Int) else x for x in needed]
        outside = self.function, self.frame, self.words, self.builder
        name = f"part{len(self.module.globals)}"
        types = [self.frame.type, *[x.type for x in values]]
        self.function = ir.Function(self.module, ir.FunctionType(ir.VoidType(), types), name)
        self.function.linkage = "internal"
        self.frame, *inside = self.function.args
        self.words = {}
        self.builder = ir.IRBuilder(self.function.append_basic_block())
        yield [Int(self, y) if isinstance(x, Int) else y for x, y in zip(needed, inside)]
        self.builder.ret_void()
        made = self.function
        self.function, self.frame, self.words, self.builder = outside
        self.builder.call(made, [self.frame, *values])

    def libm(self, name: str, inputs: int):
        name = name if self.width == 64 else name + "f"
        return self.intrinsic(name, self.real, inputs)

    def intrinsic(self, name: str, type_, inputs: int):
        if name not in self.module.globals:
            ir.Function(self.module, ir.FunctionType(type_, [type_] * inputs), name)
        return self.module.globals[name]

    def done(self) -> str:
        """LLVM's own text of the function."""
        for name, calls in self.calls.items():
            how = "alwaysinline" if calls <= INLINED else "noinline"
            self.module.globals[name].attributes.add(how)
        self.builder.ret_void()
        return str(self.module)


# ------------------------------------------------------------------------------------ machine code


def optimised(text: str):
    """The module of that text, with small functions written out where they are called, tidied up.

    More is not worth its time: all of -O1 took half of the compilation, and no workload of `bench`
    was faster for it. Loops are unrolled, rotated and in lanes already.
    """
    module = binding.parse_assembly(text)
    module.verify()
    passes = binding.create_new_module_pass_manager()
    passes.add_always_inliner_pass()
    passes.add_instruction_combine_pass()
    options = binding.create_pipeline_tuning_options()
    passes.run(module, binding.create_pass_builder(machine(), options))
    return module


def compiled(text: str) -> bytes:
    """Machine code, as an object file, of LLVM's text."""
    return machine().emit_object(optimised(text))


def assembly(text: str) -> str:
    """The same for people to read."""
    return machine().emit_assembly(optimised(text))


class Loaded:
    """Machine code in memory: `call(frame)` runs the function of that name."""

    def __init__(self, code: bytes, name: str):
        machine()
        empty = binding.parse_assembly("")
        self.engine = binding.create_mcjit_compiler(empty, another_machine())
        self.engine.add_object_file(binding.ObjectFileRef.from_data(code))
        self.engine.finalize_object()
        address = self.engine.get_function_address(name)
        self.call = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(address)
