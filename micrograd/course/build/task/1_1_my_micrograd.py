"""My micrograd

The judge of exercises takes one task; this one has a check for each stage of `my_micrograd.py`.
"""
# <solution>
# </solution>

# <checker>
from micrograd.course.build.judging import make_checks, stage_tasks

HINTS = ()
STAGES = stage_tasks()
globals().update(make_checks(lambda: globals()))
# </checker>
