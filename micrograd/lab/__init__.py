"""The lab: one local page where a network is built, trained, opened and understood.

Read `server` first (the page's address, and who may read it), then `conductor` (the thread that
plays) and `security`. Nothing here imports the packages of the extra `lab` before they are needed.
"""

from micrograd.support.lazy import load_on_demand

TYPE_CHECKING: bool = False  # type checkers read True; `bool` lets Jedi look inside, too
if TYPE_CHECKING:
    from micrograd.lab.messages import LabError as LabError

LAZY = {
    "LabError": "messages",
}
load_on_demand(__name__, LAZY)

__all__: list[str] = []
__all__.extend(LAZY)
