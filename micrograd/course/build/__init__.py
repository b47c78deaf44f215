"""Build micrograd: a learner's own file grows, stage by stage, into an engine and a network.

Read `stage` first (a stage is a module in `stages`: its text, its hints, its checks and our code),
then `learner` (the learner's file as checks see it) and `judging` (the file from the first stage
on). `merging` puts the code of stages together, `comparison` shows it beside the learner's, and
`finale` trains the learner's network on the moons, in a `finale_process`, and runs the
`original_tests`. `learner_file` is the file on disk.
"""

from micrograd.course.build import messages as messages
from micrograd.support.lazy import load_on_demand

TYPE_CHECKING: bool = False  # type checkers read True; `bool` lets Jedi look inside, too
if TYPE_CHECKING:
    from micrograd.course.build.comparison import compare_files as compare_files
    from micrograd.course.build.comparison import write_page as write_page
    from micrograd.course.build.finale import run_finale as run_finale
    from micrograd.course.build.judging import judge as judge
    from micrograd.course.build.learner_file import existing as existing
    from micrograd.course.build.learner_file import output_path as output_path
    from micrograd.course.build.learner_file import similar_files as similar_files
    from micrograd.course.build.learner_file import start as start
    from micrograd.course.build.stage import all_stages as all_stages
    from micrograd.course.build.stage import find_stage as find_stage

LAZY = {
    "compare_files": "comparison",
    "existing": "learner_file",
    "find_stage": "stage",
    "judge": "judging",
    "output_path": "learner_file",
    "run_finale": "finale",
    "all_stages": "stage",
    "similar_files": "learner_file",
    "start": "learner_file",
    "write_page": "comparison",
}
load_on_demand(__name__, LAZY)

__all__: list[str] = ["messages"]
__all__.extend(LAZY)
