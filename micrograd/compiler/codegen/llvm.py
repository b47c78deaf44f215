"""LLVM: its types, its functions, and machine code for the processor that this runs on.

Rule: this is the only file that imports llvmlite, and it knows nothing of ops or programs. Code is
written with lanes.py and code.py.
"""

import ctypes
import functools
import sys
from array import array
from collections.abc import Iterable, Sequence
from typing import Any

import llvmlite
from llvmlite import binding, ir

from micrograd.compiler.codegen.formats import WIDTH as WIDTH

I8, I64 = ir.IntType(8), ir.IntType(64)
MOST_SPELT = 1000  # integers in a table; those of a longer one are bytes, which LLVM reads faster
REAL = {"float64": ir.DoubleType(), "float32": ir.FloatType()}
FRAME = I64.as_pointer()  # the argument of machine code: an array of addresses and integers
# The system's function that lets other threads run.
YIELD = "SwitchToThread" if sys.platform == "win32" else "sched_yield"

# llvmlite has no annotations, so that these names only tell a reader what is meant.
Type = Any  # the type of a value
Register = Any  # a value in a register, or a constant
Pointer = Any  # a value that is an address
Function = Any  # a function of a module

# ------------------------------------------------------------------------------- types and values


def vector(element: Type, lanes: int) -> Type:
    """Return the type of `lanes` numbers in one register, which is `element` for one lane."""
    return ir.VectorType(element, lanes) if lanes > 1 else element


def lane_count(type_: Type) -> int:
    return type_.count if is_vector(type_) else 1


def is_vector(type_: Type) -> bool:
    return isinstance(type_, ir.VectorType)


def with_element_type(type_: Type, element: Type) -> Type:
    """Return the type of as many lanes as `type_` has, of `element`."""
    return ir.VectorType(element, type_.count) if is_vector(type_) else element


def constant(type_: Type, x: Any) -> Register:
    """Return `x` as a constant, in every lane."""
    return ir.Constant(type_, [x] * type_.count if is_vector(type_) else x)


@functools.lru_cache(maxsize=4096)
def integer(x: int) -> Register:
    """Return an integer as a constant, which is made once, as its text costs a microsecond."""
    return I64(x)


def constant_lanes(element: Type, numbers: Iterable[Any]) -> Register:
    numbers = list(numbers)
    return ir.Constant(ir.VectorType(element, len(numbers)), numbers)


@functools.cache
def undefined(type_: Type) -> Register:
    return ir.Constant(type_, ir.Undefined)


def shuffle_mask(lanes: Iterable[int]) -> Register:
    """Return which lane of the input each lane of a shuffle takes."""
    return known_mask(tuple(lanes))


@functools.cache
def known_mask(lanes: tuple[int, ...]) -> Register:
    return constant_lanes(ir.IntType(32), lanes)


def suffix(type_: Type) -> str:
    """Return how the names of intrinsics end for a type: "f64", "v8f64"."""
    element = type_.element if is_vector(type_) else type_
    name = "f64" if element == REAL["float64"] else "f32"
    return f"v{type_.count}{name}" if is_vector(type_) else name


def int_type(bits: int) -> Type:
    return ir.IntType(bits)


# ---------------------------------------------------------------------------- modules and functions


def new_module(name: str) -> Any:
    module = ir.Module(name)
    module.triple = machine().triple
    return module


def new_function(
    module: Any, name: str, inputs: Sequence[Type], result: Type = None, internal: bool = True
) -> Function:
    """Return a new function of the module; without `result` it returns nothing.

    Only internal functions may be removed or copied to where they are called.
    """
    type_ = ir.FunctionType(ir.VoidType() if result is None else result, inputs)
    function = ir.Function(module, type_, name)
    if internal:
        function.linkage = "internal"
    return function


def new_builder(function: Function) -> Any:
    """Return what appends instructions to a new block of the function."""
    return ir.IRBuilder(function.append_basic_block())


def add_data(module: Any, numbers: Iterable[Any], element: Type = I64) -> Pointer:
    """Return a pointer to constants in the module, which holds in all of its functions."""
    numbers = list(numbers)
    type_ = ir.ArrayType(element, len(numbers))
    if element is not I64:
        return add_constant(module, ir.Constant(type_, numbers))
    if len(numbers) <= MOST_SPELT:
        text = ", ".join([f"i64 {x}" for x in numbers])
        return add_constant(module, ir.FormattedConstant(type_, f"[{text}]"))
    text = "\\" + array("q", numbers).tobytes().hex("\\")
    as_bytes = ir.FormattedConstant(ir.ArrayType(I8, 8 * len(numbers)), f'c"{text}"')
    return add_constant(module, as_bytes, align=8).bitcast(I64.as_pointer())


def add_constant(module: Any, constant: Any, align: int | None = None) -> Pointer:
    """Return a pointer to the first entry of a constant, which is added to the module."""
    data = ir.GlobalVariable(module, constant.type, f"data{len(module.globals)}")
    data.initializer, data.align = constant, align
    data.global_constant, data.linkage = True, "internal"
    return data.gep([I64(0), I64(0)])


# ------------------------------------------------------------------------------------ machine code


@functools.cache
def machine() -> Any:
    """Return the processor that this runs on, with all of its features."""
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    return new_machine()


def new_machine() -> Any:
    """Return the same processor once more, for an engine to own.

    With opt=2 code took 6 to 15 % longer to generate, and no workload of `bench` was faster for it.
    """
    target = binding.Target.from_default_triple()
    cpu = binding.get_host_cpu_name()
    return target.create_target_machine(cpu=cpu, features=features(), opt=1, jit=True)


@functools.cache
def features() -> str:
    return str(binding.get_host_cpu_features().flatten())


@functools.cache
def identity() -> str:
    """Return what machine code depends on besides the program: processor, LLVM and llvmlite."""
    versions = f"LLVM {binding.llvm_version_info} llvmlite {llvmlite.__version__}"
    return f"{binding.get_host_cpu_name()} {features()} {versions}"


def native_lanes(dtype: str) -> int:
    """Return how many numbers one vector register holds."""
    return register_bits(features().split(",")) // WIDTH[dtype]


def register_bits(names: Sequence[str]) -> int:
    if "+avx512f" in names:
        return 512
    return 256 if "+avx" in names else 128


def optimise(text: str) -> Any:
    """Return the module of LLVM's text, with small functions inlined and instructions combined.

    More passes are not worth their time: -O1 took half of the compilation, and no workload of
    `bench` was faster for it. Loops are unrolled and vectorised already.
    """
    module = binding.parse_assembly(text)
    module.verify()
    passes = binding.create_new_module_pass_manager()
    passes.add_always_inliner_pass()
    passes.add_instruction_combine_pass()
    options = binding.create_pipeline_tuning_options()
    passes.run(module, binding.create_pass_builder(machine(), options))
    return module


def object_code(text: str) -> bytes:
    """Return the machine code of LLVM's text, as an object file."""
    return bytes(machine().emit_object(optimise(text)))


def assembly(text: str) -> str:
    """Return the same machine code as text."""
    return str(machine().emit_assembly(optimise(text)))


@functools.lru_cache(maxsize=64)
def load(code: bytes, name: str) -> "LoadedCode":
    """Return the machine code in memory; the latest stay there, for whoever compiles them again.

    Loading takes two milliseconds. The code holds nothing but constants, so it can be shared.
    """
    return LoadedCode(code, name)


class LoadedCode:
    """Machine code in memory: `call(frame)` runs the function of that name."""

    def __init__(self, code: bytes, name: str):
        machine()
        empty = binding.parse_assembly("")
        self.engine = binding.create_mcjit_compiler(empty, new_machine())
        self.engine.add_object_file(binding.ObjectFileRef.from_data(code))
        self.engine.finalize_object()
        address = self.engine.get_function_address(name)
        self.call = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(address)
