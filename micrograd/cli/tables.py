"""The commands on tables: `micrograd train FILE.csv`, and `micrograd predict`.

Rule: whatever was done to a table is printed, every file that is written is listed, and with --json
one JSON object is all of the standard output.
"""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from micrograd import errors
from micrograd.cli import messages
from micrograd.cli.console import stop, wrote
from micrograd.cli.run_folder import CHECKPOINT, MODEL, checkpoints, model_file
from micrograd.support import files

PREDICT_HELP = """Predict, for each row of a CSV, what `micrograd train FILE.csv` has learnt.

The result is the same table with a column "prediction" and, for classes, "probability". Columns \
are found by their names; those that the model does not know are passed on.

[bold]Examples[/bold]

  micrograd predict micrograd-flowers/model.safetensors new.csv

  micrograd predict micrograd-flowers new.csv -o flowers.csv
"""


def train_csv(
    path: Path | str,
    target: str | None,
    layers: str | None,
    task: str,
    out: Path,
    seed: int,
    engine: str,
    epochs: int | None,
    as_json: bool,
    resume: bool,
) -> None:
    """Train on the table, write the model, pictures and scores to the folder, and say what it is.

    Raises ValueError (TableError among others), FloatingPointError and OSError; typer.Exit with
    code 130 if training was interrupted.
    """
    from micrograd.tables import training

    out = Path(out)
    sizes = read_layers(layers) if layers else training.LAYERS
    if target is None:
        raise errors.TableError(messages.which_target(path, training.read(path).names))
    files.check_writable(out / MODEL)
    trained = training.train_table(
        path,
        target,
        sizes,
        task,
        seed=seed,
        engine=engine,
        epochs=epochs or training.EPOCHS,
        checkpoint=out / CHECKPOINT,
        resume=resume,
        progress=not as_json,
    )
    say(trained.results(), write_all(trained, out), as_json)
    if trained.history.stopped == "interrupted":
        raise typer.Exit(130)


def read_layers(text: str) -> tuple[int, ...]:
    """(32, 16) of "32,16". ValueError for what is no list of sizes."""
    sizes = [part.strip() for part in text.split(",")]
    if not all(size.isdecimal() and int(size) > 0 for size in sizes):
        raise ValueError(messages.not_sizes(text))
    return tuple(map(int, sizes))


def write_all(trained, out: Path) -> dict[Path, str]:
    """Write the model, its pictures and its scores; {path: what it is}."""
    from micrograd.saving import save
    from micrograd.support.figures import png

    written = {save(trained.model, out / MODEL, trained.about()): "for predict, info, PyTorch"}
    for name, (figure, what) in figures(trained).items():
        written[files.write(out / name, png(figure))] = what
    metrics = json.dumps(trained.results(), indent=1) + "\n"
    written[files.write(out / "metrics.json", metrics)] = "scores on the held-out rows, and notes"
    return written | checkpoints(out)


def figures(trained) -> dict:
    """{name of the file: (figure, what it shows)}."""
    from micrograd.tables import plots, training

    found, examples, history = {}, trained.examples, trained.history
    if history.losses:
        figure = plots.draw_run(history.losses, history.validation, trained.epoch)
        found["curve.png"] = (figure, "loss and validation loss")
    if examples.classes:
        confusion, accuracy = trained.scores["confusion"], trained.scores["accuracy"]
        figure = plots.draw_confusion(confusion, examples.classes, accuracy)
        return {**found, "confusion.png": (figure, "which class is taken for which")}
    right, predicted = training.compared(trained.model, examples)
    target = examples.encoding.target.name
    figure = plots.draw_fit(right, predicted, target, trained.scores["r2"])
    return {**found, "fit.png": (figure, "predicted against true")}


# ------------------------------------------------------------------------------------- what is said


def say(results: dict, written: dict[Path, str], as_json: bool) -> None:
    if as_json:
        print(json.dumps({**results, "files": [str(path) for path in written]}))
        return
    console = Console(highlight=False)
    say_notes(console, results["notes"])
    held_out = results["held_out"]
    console.print(summary(results))
    console.print(f"[bold]{escape(headline(held_out))}[/bold]", soft_wrap=True)
    console.print(class_table(held_out) if "classes" in held_out else error_table(held_out))
    wrote(console, written)


def say_notes(console: Console, notes: list[str]) -> None:
    for note in notes:
        console.print(f"[yellow]note:[/] {escape(note)}", soft_wrap=True)


def summary(results: dict) -> Table:
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


STOPPED = {
    "": "",
    "early": ", then the validation loss fell no more",
    "interrupted": ", then it was interrupted",
}


def headline(held_out: dict) -> str:
    if "classes" not in held_out:
        return "held-out rows"
    baseline = held_out["baseline"]
    always = f"always {baseline['class']!r}: {percent(baseline['accuracy'])}"
    return f"held-out rows: accuracy {percent(held_out['accuracy'])} ({always})"


def class_table(held_out: dict) -> Table:
    table = Table(box=None)
    table.add_column("class")
    for header in ("precision", "recall", "rows"):
        table.add_column(header, justify="right")
    for name, of in held_out["classes"].items():
        table.add_row(
            escape(name), percent(of["precision"]), percent(of["recall"]), str(of["rows"])
        )
    return table


def error_table(held_out: dict) -> Table:
    table = Table(box=None)
    for header in ("", "the model", "always the mean"):
        table.add_column(header, justify="right" if header else "left")
    for name, title in (("rmse", "RMSE"), ("mae", "MAE")):
        table.add_row(title, f"{held_out[name]:.4g}", f"{held_out['baseline'][name]:.4g}")
    table.add_row("R²", "-" if held_out["r2"] is None else f"{held_out['r2']:.3f}", "")
    return table


def percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"


# ------------------------------------------------------------------------------------------ predict


def predict(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="Its file, or the folder of it.")],
    table: Annotated[Path, typer.Argument(metavar="CSV", help="The rows to predict for.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The CSV to write.")] = Path(
        "predictions.csv"
    ),
) -> None:
    from micrograd.tables import predict_table

    model = model_file(model)
    try:
        found = predict_table(model, table)
    except OSError as error:
        raise stop(files.cannot_read(model, error)) from error
    except ValueError as error:
        raise stop(str(error)) from error
    try:
        files.write(output, found.to_csv())
    except OSError as error:
        raise stop(files.cannot_write(output, error)) from error
    console = Console(highlight=False)
    say_notes(console, found.table.notes)
    rows = f"{len(found.values):,} predictions"
    wrote(console, {output: rows})
