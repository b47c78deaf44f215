"""The results of a class as a CSV file: a row for each learner, a column for each task.

Rule: a spreadsheet takes no cell for a formula, whatever a learner is called.
"""

import csv
import io

from micrograd.course.classroom.results import Results

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how a cell begins that a spreadsheet computes


def render_csv(results: Results) -> str:
    """Return the text of the CSV file."""
    tasks = results.tasks
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["learner", "solved", *(task.name for task in tasks), "problem"])
    for each in results.submissions:
        states = [results.state(each, task) for task in tasks]
        row = [as_text(each.learner), results.solved(each), *states, as_text(each.problem)]
        writer.writerow(row)
    return file.getvalue()


def as_text(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell
