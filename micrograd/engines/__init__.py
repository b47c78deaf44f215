"""Engines: training on devices, by a runtime that exists.

Read `mesh` (which devices there are, and what each of them holds), then `array_step` (a training
step as a function of arrays).
"""

from micrograd.support.lazy import load_on_demand

TYPE_CHECKING: bool = False  # type checkers read True; `bool` lets Jedi look inside, too
if TYPE_CHECKING:
    from micrograd.engines.array_step import ArrayStep as ArrayStep
    from micrograd.engines.array_step import Functions as Functions
    from micrograd.engines.mesh import DeviceMesh as DeviceMesh

LAZY = {
    "ArrayStep": "array_step",
    "DeviceMesh": "mesh",
    "Functions": "array_step",
}
load_on_demand(__name__, LAZY)

__all__: list[str] = []
__all__.extend(LAZY)
