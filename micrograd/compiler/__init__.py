"""The compiler: from a scalar program to machine code. It knows no Value.

Read it in the order in which a program passes through it: `program` (what a program is), `trace`
(run a function once and write every op down), `gradient` (the program of the gradient),
`simplification`, `schedule` and `batch` (which instructions run as one loop), then `codegen/` (LLVM
and machine code).
"""

from micrograd.support.lazy import lazy_names

TYPE_CHECKING = False  # a type checker reads it as True; `typing` takes long to import
if TYPE_CHECKING:
    from micrograd.compiler.codegen.executable import Frame as Frame
    from micrograd.compiler.codegen.executable import Lowered as Lowered
    from micrograd.compiler.codegen.executable import Machine as Machine
    from micrograd.compiler.codegen.executable import Mapped as Mapped
    from micrograd.compiler.codegen.executable import Once as Once
    from micrograd.compiler.codegen.executable import Seconds as Seconds
    from micrograd.compiler.codegen.executable import spelled as spelled
    from micrograd.compiler.codegen.executable import zeros as zeros
    from micrograd.compiler.codegen.llvm import WIDTH as WIDTH
    from micrograd.compiler.codegen.llvm import Code as Code
    from micrograd.compiler.codegen.llvm import Whole as Whole
    from micrograd.compiler.codegen.llvm import native_lanes as native_lanes
    from micrograd.compiler.codegen.straight_line import LINE as LINE
    from micrograd.compiler.codegen.straight_line import Part as Part
    from micrograd.compiler.codegen.straight_line import Stream as Stream
    from micrograd.compiler.codegen.straight_line import padded as padded
    from micrograd.compiler.gradient import differentiate as differentiate
    from micrograd.compiler.gradient import gradients as gradients
    from micrograd.compiler.program import Program as Program
    from micrograd.compiler.simplification import simplify as simplify
    from micrograd.compiler.trace import Trace as Trace
    from micrograd.compiler.trace import Tracer as Tracer
    from micrograd.compiler.trace import collector_paused as collector_paused
    from micrograd.compiler.trace import expand as expand
    from micrograd.compiler.trace import written as written

LAZY = {
    "Code": "codegen.llvm",
    "Frame": "codegen.executable",
    "LINE": "codegen.straight_line",
    "Lowered": "codegen.executable",
    "Mapped": "codegen.executable",
    "Machine": "codegen.executable",
    "Once": "codegen.executable",
    "Part": "codegen.straight_line",
    "Program": "program",
    "Seconds": "codegen.executable",
    "Stream": "codegen.straight_line",
    "Trace": "trace",
    "Tracer": "trace",
    "WIDTH": "codegen.llvm",
    "Whole": "codegen.llvm",
    "collector_paused": "trace",
    "differentiate": "gradient",
    "expand": "trace",
    "gradients": "gradient",
    "native_lanes": "codegen.llvm",
    "padded": "codegen.straight_line",
    "simplify": "simplification",
    "spelled": "codegen.executable",
    "written": "trace",
    "zeros": "codegen.executable",
}
__getattr__, __dir__ = lazy_names(__name__, LAZY)

__all__: list[str] = []
__all__.extend(LAZY)
