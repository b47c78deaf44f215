"""The commands on tables: `micrograd train FILE.csv` and `micrograd predict`.

Rule: every change to a table is printed as a note.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from micrograd import errors
from micrograd.cli import messages
from micrograd.cli.console import STDOUT, report, stop, stop_writing, write_output
from micrograd.cli.exit_codes import INTERRUPTED
from micrograd.cli.options import AsJson, ModelFile, argument, text
from micrograd.cli.results import RunOptions, save_on_interrupt
from micrograd.cli.run_folder import (
    check_folder,
    checkpoints,
    model_file,
    write_model,
    write_pictures,
)
from micrograd.cli.several_processes import leave_to_first
from micrograd.support import files
from micrograd.support.numbers import format_percent
from micrograd.support.wording import plural

PREDICT_HELP = """Predict the target of each row of a CSV file.

The model is one of `micrograd train FILE.csv`. The result is the same table with a column \
"prediction" and, for classes, "probability". Columns are found by their names; columns that the \
model does not know are copied. If the target is among the columns, the predictions are scored.

[bold]Examples[/bold]

  micrograd predict micrograd-flowers/model.safetensors new.csv

  micrograd predict micrograd-flowers new.csv -o flowers.csv
"""
STOPPED = {
    "": "",
    "early": ", then the validation loss no longer fell",
    "interrupted": ", then it was interrupted",
}


@dataclass(frozen=True)
class TableOptions:
    """The options of `micrograd train FILE.csv` alone; None stands for a default."""

    target: str | None
    layers: str | None
    task: str | None
    epochs: int | None


def train_csv(path: Path, options: TableOptions, run: RunOptions) -> None:
    """Train on the table, write the model, pictures and scores to the folder, and print them.

    Raises ValueError (TableError among others), FloatingPointError and OSError, and typer.Exit if
    training was interrupted.
    """
    from micrograd.tables import EPOCHS, LAYERS, find_column, read_table, train_table

    sizes = read_layers(options.layers) if options.layers else LAYERS
    if options.target is None:
        raise errors.TableError(messages.which_target(path, read_table(path).names))
    metadata = {"kind": "table", "name": options.target, "source": path.name}
    try:
        check_folder(run.out, metadata, run.force, run.resume)
    except ValueError:  # the folder may be another target's because this one is misspelt
        find_column(read_table(path, [options.target]), options.target, path)
        raise
    trained = train_table(
        path,
        options.target,
        sizes,
        options.task or "auto",
        epochs=options.epochs or EPOCHS,
        **run.fit_options(),
    )
    leave_to_first(run.engine)
    with save_on_interrupt(trained.model, trained.metadata(), run):
        results = trained.results()
        purposes = write_all(trained, run.out)
    report(results, purposes, run.as_json, lambda console: show_results(console, results))
    if trained.history.stopped == "interrupted":
        raise typer.Exit(INTERRUPTED)


def read_layers(text: str) -> tuple[int, ...]:
    """Return (32, 16) for "32,16". Raises ValueError for a text that is no list of sizes."""
    sizes = [size.strip() for size in text.split(",")]
    if not all(size.isdecimal() and int(size) > 0 for size in sizes):
        raise ValueError(messages.not_sizes(text))
    return tuple(map(int, sizes))


def write_all(trained: Any, out: Path) -> dict[Path, str]:
    """Write the model, its pictures and its scores; return {path: its purpose}."""
    from micrograd.tables import pictures_of

    pictures = pictures_of(trained)
    names = ["metrics.json", *pictures]
    purposes = write_model(out, trained.model, trained.metadata(), names)
    purposes |= write_pictures(out, pictures)
    scores = json.dumps(trained.results(), indent=1) + "\n"
    purposes[files.write(out / "metrics.json", scores)] = "scores on the held-out rows, and notes"
    return purposes | checkpoints(out)


# --------------------------------------------------------------------------------- printed results


def show_results(console: Console, results: dict) -> None:
    """Print the notes, a summary, and the scores on the held-out rows."""
    show_notes(console, results["notes"])
    console.print(summary_table(results))
    show_scores(console, "held-out rows", results["held_out"])


def show_scores(console: Console, rows: str, scores: dict) -> None:
    """Print the scores on those rows beside the baseline."""
    console.print(f"[bold]{escape(headline(rows, scores))}[/bold]", soft_wrap=True)
    console.print(class_table(scores) if "classes" in scores else error_table(scores))


def show_notes(console: Console, notes: list[str]) -> None:
    for note in notes:
        console.print(f"[yellow]note:[/] {escape(note)}", soft_wrap=True)


def summary_table(results: dict) -> Table:
    rows = results["rows"]
    table = Table(show_header=False)
    table.add_row("target", escape(f"{results['target']} ({results['task']})"))
    shares = f"{rows['training']:,} to train, {rows['validation']:,} to validate"
    table.add_row("rows", f"{shares}, {rows['held_out']:,} held out")
    table.add_row("inputs", f"{results['inputs']:,}")
    table.add_row("parameters", f"{results['parameters']:,}")
    table.add_row("steps", f"{results['steps']:,}{STOPPED[results['stopped']]}")
    table.add_row("seconds", f"{results['seconds']:.1f}")
    return table


def headline(rows: str, scores: dict) -> str:
    if "classes" not in scores:
        return rows
    name, accuracy = scores["baseline"].values()
    baseline = f"baseline (always {name!r}) {percent(accuracy)}"
    return f"{rows}: accuracy {percent(scores['accuracy'])}, {baseline}"


def class_table(scores: dict) -> Table:
    table = Table(box=None)
    table.add_column("class")
    for header in ("precision", "recall", "rows"):
        table.add_column(header, justify="right")
    for name, one in scores["classes"].items():
        precision, recall = percent(one["precision"]), percent(one["recall"])
        table.add_row(escape(name), precision, recall, str(one["rows"]))
    return table


def error_table(scores: dict) -> Table:
    table = Table(box=None)
    for header in ("", "the model", "baseline: the mean"):
        table.add_column(header, justify="right" if header else "left")
    for name, title in (("rmse", "RMSE"), ("mae", "MAE")):
        table.add_row(title, f"{scores[name]:.4g}", f"{scores['baseline'][name]:.4g}")
    table.add_row("R²", "-" if scores["r2"] is None else f"{scores['r2']:.3f}", "")
    return table


def percent(share: float | None) -> str:
    return "-" if share is None else format_percent(share)


# ----------------------------------------------------------------------------------------- predict


def predict(
    model: ModelFile,
    table: Annotated[Path, argument("The rows to predict for.", "FILE.csv")],
    output: Annotated[
        Path, text("The CSV file to write; - is standard output.", "FILE.csv", "--output", "-o")
    ] = Path("predictions.csv"),
    as_json: AsJson = False,
) -> None:
    """Write the table with a prediction for each row."""
    from micrograd.tables import predict_table

    path = model_file(model)
    try:
        predictions = predict_table(path, table)
    except OSError as error:
        raise stop(files.cannot_read(path, error)) from error
    except ValueError as error:
        raise stop(str(error)) from error
    try:
        written = write_output(output, predictions.to_csv(), as_json)
    except OSError as error:
        raise stop_writing(output, error) from error
    notes, count = predictions.table.notes, len(predictions.values)
    if output == STDOUT:
        show_notes(Console(highlight=False, stderr=True), notes)
        return
    purposes = dict.fromkeys(written, f"{count:,} predictions")
    results = {"predictions": count, "notes": notes, "scores": predictions.scores}
    report(results, purposes, as_json, lambda console: show_predictions(console, predictions))


def show_predictions(console: Console, predictions: Any) -> None:
    """Print the notes and, where the table has right answers, the scores."""
    show_notes(console, predictions.table.notes)
    if predictions.scores:
        rows = f"{plural(predictions.scored, 'row')} with an answer"
        show_scores(console, rows, predictions.scores)
