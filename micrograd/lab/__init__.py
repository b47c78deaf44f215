"""The lab: one local page where a network is built, trained, opened and understood.

Without a page: read `experiment` first (the settings of a run), then `datasets` (points), `run`
(steps, rewinding, forks) with `trainer` and `mistakes`, and `session` (every action of the page, as
functions in `run_actions` and `point_actions`). Whoever steps a run may look at `run.numbers`,
`run.grads` and `run.before`, which are arrays in the order of `model.parameters()`: reading a
parameter itself makes the next step slower.

For what is shown: read `frames` first (what moves with each step), with `probe` and `measuring`
beneath it, then `neurons`, `weights` and `opened_step` (a closer look), and the tabs:
`expressions`, `texts`, `comparison` and `learning`.

For the page: read `server` first (the page's address, and who may read it), then `conductor` (the
thread that plays) and `security`. Nothing here imports the packages of the extra `lab` before they
are needed.
"""

from micrograd.support.lazy import load_on_demand

TYPE_CHECKING: bool = False  # type checkers read True; `bool` lets Jedi look inside, too
if TYPE_CHECKING:
    from micrograd.lab.datasets import DATASETS as DATASETS
    from micrograd.lab.datasets import Points as Points
    from micrograd.lab.experiment import Experiment as Experiment
    from micrograd.lab.messages import LabError as LabError
    from micrograd.lab.notebook import lab as lab
    from micrograd.lab.notebook import watch as watch
    from micrograd.lab.program import program_of as program_of
    from micrograd.lab.run import Run as Run
    from micrograd.lab.server import listen as listen
    from micrograd.lab.server import serve as serve
    from micrograd.lab.session import Session as Session

LAZY = {
    "DATASETS": "datasets",
    "Experiment": "experiment",
    "LabError": "messages",
    "Points": "datasets",
    "Run": "run",
    "Session": "session",
    "lab": "notebook",
    "listen": "server",
    "program_of": "program",
    "serve": "server",
    "watch": "notebook",
}
load_on_demand(__name__, LAZY)

__all__: list[str] = []
__all__.extend(LAZY)
