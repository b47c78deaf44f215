"""The option `--html` of a check: the page of the smallest graph on which the learner's code fails.

Rule: where there is no such graph, a note says why, and nothing is written.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from micrograd.cli import messages
from micrograd.cli.console import STANDARD_OUTPUT, STDOUT, print_note, stop_writing, write_output
from micrograd.cli.options import text

BESIDE = Path()  # the page stands beside the learner's file
PURPOSE = "the graph, with your grads beside the right ones"
GraphPage = Annotated[
    Path | None,
    text("Also write a page that plays the failing graph. Default: beside your file.",
         "[FILE.html]", "--html"),
]  # fmt: skip


def write_graph(html: Path | None, file: Path, verdict: Any, as_json: bool) -> dict[Path, str]:
    """Write the page of the graph that the verdict on the file has, and return {path: purpose}.

    Return {} without `html`, and if there is no graph, which a note says.
    """
    from micrograd.course import render_graph

    if html is None:
        return {}
    failed = verdict.failed_on_a_graph
    if failed is None:
        solved = messages.no_graph_when_solved(file.name)
        print_note(solved if verdict.right else messages.no_graph_in_the_mistake())
        return {}
    finding, run = failed
    path = file.with_suffix(".html") if html == BESIDE else html
    try:
        written = write_output(path, render_graph(run, finding.wrong), as_json)
    except OSError as error:
        raise stop_writing(STANDARD_OUTPUT if path == STDOUT else path, error) from error
    return dict.fromkeys(written, PURPOSE)


def describe_findings(verdict: Any) -> list[dict[str, Any]]:
    """Return the findings for JSON; `graph` is None where a check did not fail on one."""
    from micrograd.course import describe_graph, read_run

    rows = []
    for finding in verdict.findings:
        run = read_run(finding.graph)
        rows.append({**asdict(finding), "graph": describe_graph(run) if run else None})
    return rows
