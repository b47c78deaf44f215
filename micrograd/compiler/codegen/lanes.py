"""Numbers in lanes: arithmetic that writes instructions of LLVM.

Rule: nothing here knows an op or a program. Arithmetic is IEEE 754's: no flag lets LLVM assume
anything, and only `contract` (a product and a sum may become one `fma`) can be asked for, by
`contraction()`. The elementary functions, which allow for it, are always written with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from micrograd.compiler.codegen import llvm
from micrograd.compiler.codegen.llvm import I64, Function, Register, Type

INLINED = 32  # a shared function with at most so many calls is copied to each of them


class Module:
    """The functions of one piece of machine code, and the type of number that they compute with."""

    def __init__(self, name: str, dtype: str = "float64", contract: bool = True):
        self.ir = llvm.new_module(name)
        self.real, self.width = llvm.REAL[dtype], llvm.WIDTH[dtype]
        self.contraction_flags = ("contract",) if contract else ()
        self.calls: dict[str, int] = {}  # of each shared function

    def declare(self, name: str, type_: Type, inputs: int) -> Function:
        """Return an outside function, of `inputs` numbers of the type to another one."""
        if name not in self.ir.globals:
            llvm.new_function(self.ir, name, [type_] * inputs, type_, internal=False)
        return self.ir.globals[name]

    def libm(self, name: str, inputs: int) -> Function:
        """Return C's function of that name for the module's type of number.

        LLVM must not know it: it would write pow(x, 2.0) as x * x, which differs in the last bit.
        """
        function = self.declare(name if self.width == 64 else f"{name}f", self.real, inputs)
        function.attributes.add("nobuiltin")
        return function

    def text(self) -> str:
        """Return LLVM's text of all functions, in which the often called ones stay functions."""
        for name, calls in self.calls.items():
            attribute = "alwaysinline" if calls <= INLINED else "noinline"
            self.ir.globals[name].attributes.add(attribute)
        return str(self.ir)


class Emitter:
    """One function of a module while its instructions are appended."""

    def __init__(self, module: Module, function: Function):
        self.module, self.function = module, function
        self.real, self.width = module.real, module.width
        self.flags: tuple[str, ...] = ()
        self.builder = llvm.new_builder(function)
        self.computed: dict[tuple[Any, ...], Register] = {}  # what `once` has returned

    def once(self, instruction: str, *operands: Register) -> Register:
        """Append an instruction on integers or addresses, unless this block has its result."""
        key = (self.builder.block, instruction, *operands)
        if key not in self.computed:
            append = getattr(self.builder, instruction)
            self.computed[key] = append(*operands)
        return self.computed[key]

    @contextmanager
    def contraction(self, is_allowed: bool = True) -> Iterator[None]:
        """Within the block, a product and a sum may be rounded once, if the module allows it."""
        before, allowed = self.flags, self.module.contraction_flags
        self.flags = allowed if is_allowed else before
        yield
        self.flags = before

    def shared(self, name: str, write: Writer, inputs: Sequence[Lanes]) -> Lanes:
        """Return write(*inputs), computed by a function that is written once and called."""
        values = [x.value for x in inputs]
        name = f"{name}.{llvm.suffix(values[0].type)}"
        functions, calls = self.module.ir.globals, self.module.calls
        if name not in functions:
            self.define(name, write, [value.type for value in values])
        calls[name] = calls.get(name, 0) + 1
        return Lanes(self, self.builder.call(functions[name], values))

    def define(self, name: str, write: Writer, types: Sequence[Type]) -> None:
        function = llvm.new_function(self.module.ir, name, types, types[0])
        inner = Emitter(self.module, function)
        arguments = [Lanes(inner, x) for x in function.args]
        with inner.contraction():
            result = write(*arguments)
        inner.builder.ret(result.value)


class InRegister:
    """A value in a register, or a constant, of the function that is being written."""

    def __init__(self, code: Emitter, register: Register):
        self.code, self.register = code, register

    @property
    def value(self) -> Register:
        return self.register

    @property
    def build(self) -> Any:
        """LLVM's builder, which appends an instruction and returns its result."""
        return self.code.builder


class Lanes(InRegister):
    """One number, or several side by side. `constant` is set if the number is known already."""

    def __init__(self, code: Emitter, value: Register, constant: float | None = None):
        super().__init__(code, value)
        self.constant = constant

    @property
    def type(self) -> Type:
        return self.value.type

    @property
    def lanes(self) -> int:
        return llvm.lane_count(self.type)

    @property
    def width(self) -> int:
        return self.code.width

    def like(self, x: Number) -> Lanes:
        """Return `x` as lanes of this type."""
        if isinstance(x, Lanes):
            return x
        return Lanes(self.code, llvm.constant(self.type, x), x)

    def values(self, others: Sequence[Number]) -> list[Register]:
        """Return the registers of this number and of others, as lanes of this type."""
        right = [self.like(x).value for x in others]
        return [self.value, *right]

    def emit(self, instruction: str, *others: Number) -> Lanes:
        append = getattr(self.build, instruction)
        value = append(*self.values(others), flags=self.code.flags)
        return Lanes(self.code, value)

    # fmt: off
    def __add__(self, other: Number) -> Lanes:       return self.emit("fadd", other)
    def __sub__(self, other: Number) -> Lanes:       return self.emit("fsub", other)
    def __mul__(self, other: Number) -> Lanes:       return self.emit("fmul", other)
    def __truediv__(self, other: Number) -> Lanes:   return self.emit("fdiv", other)
    def __radd__(self, other: Number) -> Lanes:      return self.like(other) + self
    def __rsub__(self, other: Number) -> Lanes:      return self.like(other) - self
    def __rmul__(self, other: Number) -> Lanes:      return self.like(other) * self
    def __rtruediv__(self, other: Number) -> Lanes:  return self.like(other) / self
    def __lt__(self, other: Number) -> Mask:         return self.compare("<", other)
    def __le__(self, other: Number) -> Mask:         return self.compare("<=", other)
    def __gt__(self, other: Number) -> Mask:         return self.compare(">", other)
    def __ge__(self, other: Number) -> Mask:         return self.compare(">=", other)
    def equals(self, other: Number) -> Mask:         return self.compare("==", other)
    def abs(self) -> Lanes:                            return self.intrinsic("fabs")
    def sqrt(self) -> Lanes:                           return self.intrinsic("sqrt")
    def nearest(self) -> Lanes:                        return self.intrinsic("rint")
    def copysign(self, other: Number) -> Lanes:      return self.intrinsic("copysign", other)
    def fma(self, y: Number, z: Number) -> Lanes:  return self.intrinsic("fma", y, z)
    # fmt: on

    def __neg__(self) -> Lanes:
        return Lanes(self.code, self.build.fneg(self.value))

    def compare(self, relation: str, other: Number) -> Mask:
        right = self.like(other).value
        value = self.build.fcmp_ordered(relation, self.value, right)
        return Mask(self.code, value)

    def intrinsic(self, name: str, *others: Number) -> Lanes:
        values = self.values(others)
        name = f"llvm.{name}.{llvm.suffix(self.type)}"
        function = self.code.module.declare(name, self.type, len(values))
        return Lanes(self.code, self.build.call(function, values))

    def call(self, name: str, *others: Number) -> Lanes:
        """Return C's function of that name, computed lane by lane."""
        values = self.values(others)
        function = self.code.module.libm(name, len(values))
        build = self.build
        if not llvm.is_vector(self.type):
            return Lanes(self.code, build.call(function, values))
        out = llvm.undefined(self.type)
        for i in map(I64, range(self.lanes)):
            inputs = [build.extract_element(value, i) for value in values]
            result = build.call(function, inputs)
            out = build.insert_element(out, result, i)
        return Lanes(self.code, out)

    def bits(self) -> Int:
        """Return the bits of each number as an integer."""
        type_ = llvm.with_element_type(self.type, llvm.int_type(self.width))
        return Int(self.code, self.build.bitcast(self.value, type_))

    def first(self) -> Lanes:
        """Return the number in the first lane."""
        if not llvm.is_vector(self.type):
            return self
        return Lanes(self.code, self.build.extract_element(self.value, llvm.integer(0)))

    def reduce_add(self) -> Lanes:
        """Return the sum of all lanes, halves onto halves, so that the order is fixed."""
        total = self
        while total.lanes > 1:
            half = total.lanes // 2
            low = total.some_lanes(range(half))
            high = total.some_lanes(range(half, 2 * half))
            total = Lanes(self.code, self.build.fadd(low, high))
        return total.first()

    def some_lanes(self, lanes: Iterable[int]) -> Register:
        mask = llvm.shuffle_mask(lanes)
        return self.build.shuffle_vector(self.value, self.value, mask)

    def mixed(self, other: Lanes, lanes: Iterable[int]) -> Lanes:
        """Return these lanes of both numbers side by side; those of `other` come second."""
        mask = llvm.shuffle_mask(lanes)
        return Lanes(self.code, self.build.shuffle_vector(self.value, other.value, mask))


Number = Lanes | float


class Mask(InRegister):
    """True or false, in lanes."""

    def __and__(self, other: Mask) -> Mask:
        return Mask(self.code, self.build.and_(self.value, other.value))

    def __or__(self, other: Mask) -> Mask:
        return Mask(self.code, self.build.or_(self.value, other.value))

    def __invert__(self) -> Mask:
        return Mask(self.code, self.build.not_(self.value))

    def select(self, x: Number, y: Number) -> Lanes:
        """Return x where true, else y. At most one of them may be a float."""
        typed = x if isinstance(x, Lanes) else y
        assert isinstance(typed, Lanes)
        x, y = typed.like(x), typed.like(y)
        value = self.build.select(self.value, x.value, y.value)
        return Lanes(self.code, value)

    def select_int(self, x: Int, y: Int) -> Int:
        """Return x where the one lane is true, else y."""
        value = self.build.select(self.value, x.value, y.value)
        return Int(self.code, value)

    def number(self) -> Lanes:
        """Return 1.0 where true, else 0.0."""
        type_ = llvm.with_element_type(self.value.type, self.code.real)
        one, zero = (llvm.constant(type_, x) for x in (1.0, 0.0))
        return Lanes(self.code, self.build.select(self.value, one, zero))


class Int(InRegister):
    """An integer, such as an index in memory, or the bits of lanes: `register` plus `offset`.

    The offset is added where the integer is used, so all points of a tile share one register.
    Without a register it is a constant. So LLVM reads two thirds of the instructions.
    """

    def __init__(self, code: Emitter, register: Register | None, offset: int = 0):
        super().__init__(code, register)
        self.offset = offset

    @property
    def value(self) -> Register:
        if self.register is None:
            return llvm.integer(self.offset)
        if not self.offset:
            return self.register
        return self.code.once("add", self.register, llvm.integer(self.offset))

    def like(self, x: Integer) -> Int:
        """Return `x` as an integer of this type."""
        if isinstance(x, Int):
            return x
        if self.register is None or self.register.type is I64:
            return Int(self.code, None, x)
        return Int(self.code, llvm.constant(self.register.type, x))

    def emit(self, instruction: str, other: Integer) -> Int:
        operands = self.value, self.like(other).value
        return Int(self.code, self.code.once(instruction, *operands))

    def __add__(self, other: Integer) -> Int:
        x, y = self, self.like(other)
        register = y.register if x.register is None else x.register
        if x.register is not None and y.register is not None:
            register = self.code.once("add", x.register, y.register)
        return Int(self.code, register, x.offset + y.offset)

    def __sub__(self, other: Integer) -> Int:
        other = self.like(other)
        return self + -other.offset if other.register is None else self.emit("sub", other)

    def __mul__(self, other: Integer) -> Int:
        x, y = self, self.like(other)
        if x.register is None:
            x, y = y, x
        return x.emit("mul", y) if y.register is not None else x.scaled(y.offset)

    def scaled(self, factor: int) -> Int:
        """Return the product with a constant."""
        if self.register is None or not factor:
            return Int(self.code, None, self.offset * factor)
        register = self.register
        if factor != 1:
            register = self.code.once("mul", register, llvm.integer(factor))
        return Int(self.code, register, self.offset * factor)

    # fmt: off
    def __and__(self, other: Integer) -> Int:       return self.emit("and_", other)
    def __or__(self, other: Integer) -> Int:        return self.emit("or_", other)
    def __xor__(self, other: Integer) -> Int:       return self.emit("xor", other)
    def __lshift__(self, other: Integer) -> Int:    return self.emit("shl", other)
    def __rshift__(self, other: Integer) -> Int:    return self.emit("ashr", other)
    def __floordiv__(self, other: Integer) -> Int:  return self.emit("udiv", other)
    __radd__, __rmul__ = __add__, __mul__
    # fmt: on

    def __rsub__(self, other: Integer) -> Int:
        return self.like(other) - self

    def less(self, other: Integer) -> Mask:
        right = self.like(other).value
        value = self.build.icmp_signed("<", self.value, right)
        return Mask(self.code, value)

    def at_most(self, other: Integer) -> Int:
        """Return the smaller of the two."""
        other = self.like(other)
        return self.less(other).select_int(self, other)

    def to_float(self) -> Lanes:
        """Return the same number as a float."""
        value = self.build.sitofp(self.value, self.code.real)
        return Lanes(self.code, value)

    def as_floats(self) -> Lanes:
        """Return the floats that have these bits."""
        type_ = llvm.with_element_type(self.value.type, self.code.real)
        return Lanes(self.code, self.build.bitcast(self.value, type_))


Integer = Int | int
Writer = Callable[..., Lanes]  # writes a function of lanes
