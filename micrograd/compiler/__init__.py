"""The compiler: from a scalar program to machine code. It knows no Value.

Read it in the order in which a program passes through it: `program` (what a program is), `trace`
(run a function once and record every op), `gradient` (the program of the gradient),
`simplification` and `chains` (shorter programs), then `nodes`, `schedule`, `access`, `plan`,
`packing`, `fusion` and `batch` (which of them run as one loop; `lines` helps them), and at last
`codegen/` (LLVM and machine code). `rolled/` does all of it for large models, whose parts are
traced once.
"""

from micrograd.support.lazy import load_on_demand

TYPE_CHECKING: bool = False  # type checkers read True; `bool` lets Jedi look inside, too
if TYPE_CHECKING:
    from micrograd.compiler.access import CONSTANT as CONSTANT
    from micrograd.compiler.access import SHARED as SHARED
    from micrograd.compiler.access import VARYING as VARYING
    from micrograd.compiler.access import Access as Access
    from micrograd.compiler.access import Grid as Grid
    from micrograd.compiler.access import common_grid as common_grid
    from micrograd.compiler.access import fit_access as fit_access
    from micrograd.compiler.access import places_of as places_of
    from micrograd.compiler.batch import batch_program as batch_program
    from micrograd.compiler.chains import shorten_chains as shorten_chains
    from micrograd.compiler.codegen.cache import find_entry as find_entry
    from micrograd.compiler.codegen.cache import keep_entry as keep_entry
    from micrograd.compiler.codegen.code import Code as Code
    from micrograd.compiler.codegen.executable import BatchFunction as BatchFunction
    from micrograd.compiler.codegen.executable import Frame as Frame
    from micrograd.compiler.codegen.executable import LoweredProgram as LoweredProgram
    from micrograd.compiler.codegen.executable import MachineCode as MachineCode
    from micrograd.compiler.codegen.executable import RowField as RowField
    from micrograd.compiler.codegen.executable import ScalarFunction as ScalarFunction
    from micrograd.compiler.codegen.executable import StageTimes as StageTimes
    from micrograd.compiler.codegen.executable import code_identity as code_identity
    from micrograd.compiler.codegen.executable import zeros as zeros
    from micrograd.compiler.codegen.formats import WIDTH as WIDTH
    from micrograd.compiler.codegen.lanes import Int as Int
    from micrograd.compiler.codegen.lanes import Lanes as Lanes
    from micrograd.compiler.codegen.llvm import native_lanes as native_lanes
    from micrograd.compiler.codegen.lowering_rules import lowering_rules as lowering_rules
    from micrograd.compiler.codegen.straight_line import write_program as write_program
    from micrograd.compiler.codegen.unit import LINE as LINE
    from micrograd.compiler.codegen.unit import Buffer as Buffer
    from micrograd.compiler.codegen.unit import CompilationUnit as CompilationUnit
    from micrograd.compiler.codegen.unit import RolledUnit as RolledUnit
    from micrograd.compiler.codegen.unit import padded as padded
    from micrograd.compiler.gradient import differentiate as differentiate
    from micrograd.compiler.gradient import gradients as gradients
    from micrograd.compiler.gradient import receiving_inputs as receiving_inputs
    from micrograd.compiler.lines import without_repeats as without_repeats
    from micrograd.compiler.messages import no_side_effect as no_side_effect
    from micrograd.compiler.nodes import EXTREMES as EXTREMES
    from micrograd.compiler.plan import Kernel as Kernel
    from micrograd.compiler.plan import Plan as Plan
    from micrograd.compiler.plan import Segment as Segment
    from micrograd.compiler.program import Operand as Operand
    from micrograd.compiler.program import Program as Program
    from micrograd.compiler.rolled.calls import ENDING as ENDING
    from micrograd.compiler.rolled.calls import Call as Call
    from micrograd.compiler.rolled.calls import CannotRoll as CannotRoll
    from micrograd.compiler.rolled.calls import Part as Part
    from micrograd.compiler.rolled.calls import PartTrace as PartTrace
    from micrograd.compiler.rolled.dots import Vectors as Vectors
    from micrograd.compiler.rolled.dots import record_dot as record_dot
    from micrograd.compiler.rolled.outputs import RolledOutputs as RolledOutputs
    from micrograd.compiler.rolled.program import RolledProgram as RolledProgram
    from micrograd.compiler.simplification import simplify as simplify
    from micrograd.compiler.trace import Trace as Trace
    from micrograd.compiler.trace import Tracer as Tracer
    from micrograd.compiler.trace import collector_paused as collector_paused
    from micrograd.compiler.trace import expand as expand
    from micrograd.compiler.trace import new_tracer as new_tracer
    from micrograd.compiler.trace import number_names as number_names
    from micrograd.compiler.trace import program_of as program_of
    from micrograd.compiler.trace import remap as remap

LAZY = {
    "Call": "rolled.calls",
    "CannotRoll": "rolled.calls",
    "Part": "rolled.calls",
    "PartTrace": "rolled.calls",
    "RolledOutputs": "rolled.outputs",
    "RolledProgram": "rolled.program",
    "Vectors": "rolled.dots",
    "record_dot": "rolled.dots",
    "no_side_effect": "messages",
    "Access": "access",
    "BatchFunction": "codegen.executable",
    "Buffer": "codegen.unit",
    "CONSTANT": "access",
    "Code": "codegen.code",
    "CompilationUnit": "codegen.unit",
    "RolledUnit": "codegen.unit",
    "ENDING": "rolled.calls",
    "EXTREMES": "nodes",
    "Frame": "codegen.executable",
    "Grid": "access",
    "Int": "codegen.lanes",
    "Kernel": "plan",
    "LINE": "codegen.unit",
    "Lanes": "codegen.lanes",
    "LoweredProgram": "codegen.executable",
    "MachineCode": "codegen.executable",
    "Operand": "program",
    "Plan": "plan",
    "Program": "program",
    "RowField": "codegen.executable",
    "SHARED": "access",
    "ScalarFunction": "codegen.executable",
    "Segment": "plan",
    "StageTimes": "codegen.executable",
    "Trace": "trace",
    "Tracer": "trace",
    "VARYING": "access",
    "WIDTH": "codegen.formats",
    "batch_program": "batch",
    "code_identity": "codegen.executable",
    "collector_paused": "trace",
    "common_grid": "access",
    "differentiate": "gradient",
    "expand": "trace",
    "new_tracer": "trace",
    "find_entry": "codegen.cache",
    "fit_access": "access",
    "gradients": "gradient",
    "keep_entry": "codegen.cache",
    "lowering_rules": "codegen.lowering_rules",
    "native_lanes": "codegen.llvm",
    "padded": "codegen.unit",
    "places_of": "access",
    "without_repeats": "lines",
    "number_names": "trace",
    "program_of": "trace",
    "receiving_inputs": "gradient",
    "remap": "trace",
    "shorten_chains": "chains",
    "simplify": "simplification",
    "write_program": "codegen.straight_line",
    "zeros": "codegen.executable",
}
load_on_demand(__name__, LAZY)

__all__: list[str] = []
__all__.extend(LAZY)
