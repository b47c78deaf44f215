"""Transforms: functions of functions. Here Values meet programs.

Read `autodiff` first (grad, jacobian, hessian), then `recording` (how a function of Values becomes
a program), `state` (what that program depends on, with `reach`, `dependencies` and `compilations`
beneath and above it, and `state_digest` for other processes), `rolling` with `kinds` (parts of a
program that are traced once), `rolled_functions` (when a function is rolled) and `rolled_check`
(compares it with the code on `plain_numbers`), `traced_functions` and `large_functions` (a function
as a program, unrolled or rolled), `jitting` (jit), and `vmapping` with `examples` (vmap). Last,
`linked_values` and `parameter_reader` say where the numbers of Values are after a compiled step.
"""

from micrograd.support.lazy import load_on_demand

TYPE_CHECKING: bool = False  # type checkers read True; `bool` lets Jedi look inside, too
if TYPE_CHECKING:
    from micrograd.transforms.accesses import SLOTS as SLOTS
    from micrograd.transforms.autodiff import grad as grad
    from micrograd.transforms.autodiff import hessian as hessian
    from micrograd.transforms.autodiff import jacobian as jacobian
    from micrograd.transforms.autodiff import value_and_grad as value_and_grad
    from micrograd.transforms.compilations import Compilations as Compilations
    from micrograd.transforms.examples import as_array as as_array
    from micrograd.transforms.jitting import Jitted as Jitted
    from micrograd.transforms.jitting import compile_graph as compile_graph
    from micrograd.transforms.jitting import jit as jit
    from micrograd.transforms.linked_values import LINKS as LINKS
    from micrograd.transforms.linked_values import Link as Link
    from micrograd.transforms.linked_values import Members as Members
    from micrograd.transforms.plain_numbers import with_plain_numbers as with_plain_numbers
    from micrograd.transforms.recording import Recorder as Recorder
    from micrograd.transforms.recording import Variables as Variables
    from micrograd.transforms.recording import current_recorder as current_recorder
    from micrograd.transforms.recording import record as record
    from micrograd.transforms.rolled_check import check_rolled as check_rolled
    from micrograd.transforms.rolled_check import possible_examples as possible_examples
    from micrograd.transforms.rolled_check import shifted_first as shifted_first
    from micrograd.transforms.rolled_functions import SMALL as SMALL
    from micrograd.transforms.rolled_functions import Rolled as Rolled
    from micrograd.transforms.rolled_functions import check_regular as check_regular
    from micrograd.transforms.rolled_functions import limits as limits
    from micrograd.transforms.rolled_functions import roll as roll
    from micrograd.transforms.rolling import RolledRecorder as RolledRecorder
    from micrograd.transforms.rolling import part as part
    from micrograd.transforms.rolling import refuse_updates as refuse_updates
    from micrograd.transforms.state import State as State
    from micrograd.transforms.state_digest import digest_of as digest_of
    from micrograd.transforms.vmapping import vmap as vmap

LAZY = {
    "Compilations": "compilations",
    "Jitted": "jitting",
    "Recorder": "recording",
    "SLOTS": "accesses",
    "RolledRecorder": "rolling",
    "State": "state",
    "as_array": "examples",
    "compile_graph": "jitting",
    "Variables": "recording",
    "current_recorder": "recording",
    "digest_of": "state_digest",
    "grad": "autodiff",
    "hessian": "autodiff",
    "jacobian": "autodiff",
    "jit": "jitting",
    "part": "rolling",
    "record": "recording",
    "refuse_updates": "rolling",
    "value_and_grad": "autodiff",
    "vmap": "vmapping",
}
FOR_OTHER_ROOMS = {
    "LINKS": "linked_values",
    "Link": "linked_values",
    "Members": "linked_values",
    "Rolled": "rolled_functions",
    "SMALL": "rolled_functions",
    "check_regular": "rolled_functions",
    "check_rolled": "rolled_check",
    "limits": "rolled_functions",
    "possible_examples": "rolled_check",
    "roll": "rolled_functions",
    "shifted_first": "rolled_check",
    "with_plain_numbers": "plain_numbers",
}
load_on_demand(__name__, LAZY | FOR_OTHER_ROOMS)

__all__: list[str] = []
__all__.extend(LAZY)
