"""The course along the lecture: lessons that run, and exercises with a checker.

Read `lesson` first (a script becomes cells), then the forms that a lesson takes (`terminal`,
`page`, `notebook`), then `exercises/` and `build/`. `stages` holds the lecture's Value, growing;
`presets` its graphs.
"""

from micrograd.support.lazy import load_on_demand

TYPE_CHECKING: bool = False  # type checkers read True; `bool` lets Jedi look inside, too
if TYPE_CHECKING:
    from micrograd.course.anki import anki_text as anki_text
    from micrograd.course.classroom.csv_rows import render_csv as render_csv
    from micrograd.course.classroom.page import render_class as render_class
    from micrograd.course.classroom.results import KnownVerdicts as KnownVerdicts
    from micrograd.course.classroom.results import Results as Results
    from micrograd.course.classroom.results import judge_class as judge_class
    from micrograd.course.classroom.submissions import read_submissions as read_submissions
    from micrograd.course.exercises.graph_page import describe_graph as describe_graph
    from micrograd.course.exercises.graph_page import render_graph as render_graph
    from micrograd.course.exercises.judge import judge_file as judge_file
    from micrograd.course.exercises.judged_process import end_judging as end_judging
    from micrograd.course.exercises.keyboard import keys as keys
    from micrograd.course.exercises.many import tasks_by_misconception as tasks_by_misconception
    from micrograd.course.exercises.task import Task as Task
    from micrograd.course.exercises.task import find_task as find_task
    from micrograd.course.exercises.task import tasks as tasks
    from micrograd.course.exercises.workspace import Workspace as Workspace
    from micrograd.course.guessing import check_guess as check_guess
    from micrograd.course.lesson import Lesson as Lesson
    from micrograd.course.notebook import render_notebook as render_notebook
    from micrograd.course.page import as_html as as_html
    from micrograd.course.page import render_page as render_page
    from micrograd.course.writing import write_index as write_index
    from micrograd.course.writing import write_lesson as write_lesson

LAZY = {
    "Workspace": "exercises.workspace",
    "check_guess": "guessing",
    "keys": "exercises.keyboard",
    "render_notebook": "notebook",
    "render_page": "page",
    "tasks": "exercises.task",
    "write_index": "writing",
    "write_lesson": "writing",
}
FOR_OTHER_ROOMS = {
    "anki_text": "anki",
    "Lesson": "lesson",
    "Task": "exercises.task",
    "as_html": "page",
    "Results": "classroom.results",
    "KnownVerdicts": "classroom.results",
    "judge_class": "classroom.results",
    "read_submissions": "classroom.submissions",
    "render_class": "classroom.page",
    "render_csv": "classroom.csv_rows",
    "tasks_by_misconception": "exercises.many",
    "describe_graph": "exercises.graph_page",
    "find_task": "exercises.task",
    "end_judging": "exercises.judged_process",
    "judge_file": "exercises.judge",
    "render_graph": "exercises.graph_page",
}
load_on_demand(__name__, LAZY | FOR_OTHER_ROOMS)

__all__: list[str] = ["build", "lesson", "progress", "reading", "review", "terminal"]
__all__.extend(LAZY)
