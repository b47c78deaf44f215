"""The end of a training command: its files, its table of results, and its exit code.

Rule: a number stands in the column of the examples that it was measured on, with its unit.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import typer
from rich.console import Console, Group
from rich.table import Table

from micrograd.cli import messages
from micrograd.cli.console import report, show_status, stop
from micrograd.cli.exit_codes import INTERRUPTED
from micrograd.cli.run_folder import CHECKPOINT, checkpoints, write_model, write_pictures
from micrograd.support.numbers import format_number, format_percent

PERCENT = ("accuracy",)  # the metrics that are shares
COLUMNS = ("training", "validation")  # of the table of scores


@dataclass(frozen=True)
class RunOptions:
    """The options that every kind of training shares; None stands for a default."""

    out: Path
    steps: int | None
    seed: int
    engine: str
    resume: bool
    as_json: bool
    force: bool = False

    def fit_options(self) -> dict[str, Any]:
        """Return the keyword arguments of `fit` that follow from the options."""
        return {
            "seed": self.seed,
            "engine": self.engine,
            "checkpoint": self.out / CHECKPOINT,
            "resume": self.resume,
            "progress": not self.as_json,
        }


def require_steps(history: Any) -> None:
    """End the command if the run was interrupted before its first step; nothing is written."""
    if not history.done:
        stop(messages.no_step_was_taken())
        raise typer.Exit(INTERRUPTED)


def curve(history: Any) -> dict[str, tuple]:
    """Return {"curve.png": (the Figure of the loss, its purpose)}."""
    return {"curve.png": (history.plot(), "the loss")}


@dataclass(frozen=True)
class Outcome:
    """The outcome of a training: the model, and what is written and printed about it.

    `scores` is {"training": {name: number}, "validation": ...}, `pictures` is {name of the file:
    (picture, its purpose)}. The `lines` are printed after the results; with --json, the results end
    with `for_json` in their place.
    """

    model: Any
    history: Any
    metadata: dict[str, Any]
    scores: dict[str, dict[str, Any]]
    pictures: dict[str, tuple]
    lines: Iterable[str] = ()
    for_json: dict[str, Any] = field(default_factory=dict)

    def results(self, seed: int) -> dict[str, Any]:
        """Return the facts of the run and its scores, by name."""
        facts = facts_of(self.model, self.history)
        return {"model": self.metadata["name"], **facts, "seed": seed, **self.scores}

    def show(self, results: dict[str, Any], console: Console) -> None:
        console.print(result_tables(results))
        for line in self.lines:
            print(line)


def finish(outcome: Outcome, run: RunOptions) -> None:
    """Write the files and print the results. Raises typer.Exit if the run was interrupted."""
    results, today = outcome.results(run.seed), date.today().isoformat()
    outcome.metadata.update(results=results, trained=today)  # in place: save_on_interrupt has it
    with show_status("writing files", run.as_json):
        purposes = write_files(outcome, run.out)
    report({**results, **outcome.for_json}, purposes, run.as_json, partial(outcome.show, results))
    if outcome.history.stopped == "interrupted":
        raise typer.Exit(INTERRUPTED)


def write_files(outcome: Outcome, folder: Path) -> dict[Path, str]:
    """Write the model, its history and its pictures; return {path: its purpose}."""
    pictures, history = outcome.pictures, outcome.history
    purposes = write_model(folder, outcome.model, outcome.metadata, ["history.csv", *pictures])
    purposes[history.to_csv(folder / "history.csv")] = "a row for each training step"
    return purposes | write_pictures(folder, pictures) | checkpoints(folder)


@contextmanager
def save_on_interrupt(model: Any, metadata: dict[str, Any], run: RunOptions) -> Iterator[None]:
    """If Ctrl-C ends the block, write the trained model without its pictures, and end the command.

    Raises typer.Exit then.
    """
    try:
        yield
    except KeyboardInterrupt:
        about = metadata | {"trained": date.today().isoformat()}
        purposes = write_model(run.out, model, about, ()) | checkpoints(run.out)
        report({"model": metadata["name"]}, purposes, run.as_json, lambda console: None)
        raise typer.Exit(INTERRUPTED) from None


def facts_of(model: Any, history: Any) -> dict[str, Any]:
    seconds = round(history.seconds[-1], 3) if history.seconds else 0.0
    parameters = len(model.parameters())
    return {"parameters": parameters, "steps": history.done, "seconds": seconds}


def result_tables(results: dict[str, Any]) -> Group:
    """Return the results as two tables: facts of the run, and its scores in columns."""
    facts = Table(show_header=False)
    for name, number in results.items():
        if name not in COLUMNS:
            facts.add_row(name, format_result(name, number))
    columns = [name for name in COLUMNS if results.get(name)]
    scores = Table()
    for header in ("", *columns):
        scores.add_column(header, justify="right" if header else "left")
    for name in {name: None for column in columns for name in results[column]}:
        numbers = [results[column].get(name) for column in columns]
        scores.add_row(name, *(format_result(name, number) for number in numbers))
    return Group(facts, *([scores] if columns else []))


def format_result(name: str, number: Any) -> str:
    """Return the number with its unit, a dash for what is not defined."""
    if number is None:
        return "-"
    if not isinstance(number, int | float):
        return str(number)
    if name == "seconds":
        return f"{number:.2f}"
    if name in PERCENT:
        return format_percent(number)
    return format_number(number, 4) if isinstance(number, float) else str(number)
