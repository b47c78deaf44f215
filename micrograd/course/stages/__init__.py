"""The stages of `Value` in the lecture, from a number to a table of operations, each runnable.

Rule: a stage is one file with one class, so that `difference(n)` shows what it adds to the stage
before. The last stage does what the engine does. Stages 4 and 5 have the lecture's bug, of
which a reader learns in lesson 10; stage 6 fixes it.
"""

import difflib
import inspect

from micrograd.course.stages.stage1 import Value as Value1
from micrograd.course.stages.stage2 import Value as Value2
from micrograd.course.stages.stage3 import Value as Value3
from micrograd.course.stages.stage4 import Value as Value4
from micrograd.course.stages.stage5 import Value as Value5
from micrograd.course.stages.stage6 import Value as Value6
from micrograd.course.stages.stage7 import Value as Value7
from micrograd.course.stages.stage8 import TABLE as TABLE
from micrograd.course.stages.stage8 import Value as Value8

STAGES = (Value1, Value2, Value3, Value4, Value5, Value6, Value7, Value8)


def source(stage: int) -> str:
    """Return the source of the class of a stage."""
    return inspect.getsource(STAGES[stage - 1])


def difference(stage: int) -> str:
    """Return what a stage adds to the stage before, and what it removes: lines of "+ " and "- ".

    Unchanged lines are left out, except those next to a change; "..." stands for the rest. For the
    first stage every line is new.

    >>> print(difference(3).splitlines()[2])
    +     \"\"\"A number with a grad, which is 0 so far.\"\"\"
    """
    old = source(stage - 1).splitlines() if stage > 1 else []
    lines = difflib.unified_diff(old, source(stage).splitlines(), n=1, lineterm="")
    return "\n".join(
        "..." if line.startswith("@@") else f"{line[0]} {line[1:]}".rstrip()
        for line in [*lines][3:]  # the first three name the files and the first place
    )
