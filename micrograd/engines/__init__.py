"""Engines: training on devices, by a runtime that exists.

Read `mesh` (which devices there are, and what each of them holds), `array_step` (a training step as
a function of arrays), `device_memory` (what if it does not fit), `rendezvous` (how several
processes meet), `processes` (how they agree), `launch` (who starts them), and `advice` (whether one
process would be quicker).
"""

from micrograd.support.lazy import load_on_demand

TYPE_CHECKING: bool = False  # type checkers read True; `bool` lets Jedi look inside, too
if TYPE_CHECKING:
    from micrograd.engines.advice import advise as advise
    from micrograd.engines.array_step import ROOM as ROOM
    from micrograd.engines.array_step import ArrayStep as ArrayStep
    from micrograd.engines.array_step import Functions as Functions
    from micrograd.engines.device_memory import explain_memory as explain_memory
    from micrograd.engines.launch import Launcher as Launcher
    from micrograd.engines.launch import command_here as command_here
    from micrograd.engines.mesh import DeviceMesh as DeviceMesh
    from micrograd.engines.mesh import Indivisible as Indivisible
    from micrograd.engines.processes import Processes as Processes
    from micrograd.engines.processes import connect as connect
    from micrograd.engines.processes import is_one_of_several as is_one_of_several
    from micrograd.engines.processes import watch as watch
    from micrograd.engines.rendezvous import Disconnected as Disconnected

LAZY = {
    "advise": "advice",
    "ArrayStep": "array_step",
    "DeviceMesh": "mesh",
    "Disconnected": "rendezvous",
    "Functions": "array_step",
    "Indivisible": "mesh",
    "Launcher": "launch",
    "Processes": "processes",
    "ROOM": "array_step",
    "command_here": "launch",
    "connect": "processes",
    "explain_memory": "device_memory",
    "is_one_of_several": "processes",
    "watch": "processes",
}
load_on_demand(__name__, LAZY)

__all__: list[str] = []
__all__.extend(LAZY)
