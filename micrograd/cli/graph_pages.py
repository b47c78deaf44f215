"""The option `--html` of a check: the page of the smallest graph on which the learner's code fails.

Rule: where there is no such graph, a note says why, and nothing is written.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from micrograd.cli import messages
from micrograd.cli.console import print_note, stop_writing, write_output
from micrograd.cli.options import text

BESIDE = Path()  # the page stands beside the learner's file
PURPOSE = "the graph, with your grads beside the right ones"
GraphPage = Annotated[
    Path | None,
    text("Also write a page that plays the graph on which your code fails. Default: beside your "
         "file.", "[FILE.html]", "--html"),
]  # fmt: skip


def write_graph(
    html: Path | None, beside: Path, run: Any, wrong: str, as_json: bool
) -> dict[Path, str]:
    """Write the page of the run, and return {path: purpose}; {} without `html`.

    `wrong` is the sentence that says what is wrong. Without a run, a note says that there is none.
    """
    if html is None:
        return {}
    if run is None:
        print_note(messages.no_graph(wrong))
        return {}
    from micrograd.course import render_graph

    path = beside if html == BESIDE else html
    try:
        written = write_output(path, render_graph(run, wrong), as_json)
    except OSError as error:
        raise stop_writing(path, error) from error
    return dict.fromkeys(written, PURPOSE)


def describe_findings(verdict: Any) -> list[dict[str, Any]]:
    """Return the findings for JSON; `graph` is None where a check did not fail on one."""
    return [{**asdict(one), "graph": describe_run(one.run)} for one in verdict.findings]


def describe_run(run: Any) -> dict[str, Any] | None:
    """Return the graph and both grads of each node, for JSON; None without a run."""
    from micrograd.course import describe_graph

    return describe_graph(run) if run else None
