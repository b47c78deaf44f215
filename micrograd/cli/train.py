"""The command `micrograd train`: it trains a model and lists what it wrote.

Rule: what a model needs stands in its recipe or in its file. Nothing here knows a model by name but
the GPT, which takes a text.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from micrograd.cli import messages
from micrograd.cli.console import print_warnings, report, stop, stop_writing
from micrograd.cli.options import (
    AS_JSON,
    argument,
    choice,
    flag,
    positive_number,
    text,
    whole_number,
)
from micrograd.cli.run_folder import (
    CHECKPOINT,
    check_folder,
    checkpoints,
    new_folder,
    write_model,
    write_pictures,
)
from micrograd.support.numbers import format_number
from micrograd.support.randomness import seeded
from micrograd.support.smoothing import window_means

TRAIN_HELP = """Train a model: one that ships with its data, a GPT on a text, or one on a CSV file.

Without a name it lists the models. Ctrl-C ends a run and keeps the model as it is then; --resume \
continues from there. All files go to one folder.

[bold]Examples[/bold]

  micrograd train digits

  micrograd train moons --steps 300 --seed 7 --out moons

  micrograd train gpt

  micrograd train gpt --file poems.txt --steps 5000 --samples 10

  micrograd train flowers.csv --target species --layers 32,16
"""
ENGINES = ("jit", "eager")
TASKS = ("auto", "classify", "regress")
SAMPLES, TEMPERATURE = 20, 0.5
CSV = "a CSV file"
TEXTS = (".txt", ".md")  # suffixes of texts; any other suffix is that of a table


@dataclass(frozen=True)
class Run:
    """The options that every kind of training shares."""

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


@dataclass(frozen=True)
class GPTOptions:
    """The options of `micrograd train gpt` alone."""

    file: Path | None
    samples: int | None
    temperature: float | None


def model_names() -> list[str]:
    from micrograd.models import RECIPES

    return [*RECIPES, "gpt"]


def train(
    name: Annotated[str, argument("The model to train.", "NAME|gpt|FILE.csv", model_names)] = "",
    steps: Annotated[
        int | None, whole_number("Training steps; each model has a default.", 1)
    ] = None,
    seed: Annotated[
        int,
        whole_number("Random seed for the data, the initial weights and the order of examples.", 0),
    ] = 0,
    engine: Annotated[
        str, choice("jit compiles the training steps; eager is plain Python.", ENGINES)
    ] = "jit",
    out: Annotated[Path | None, text("The folder for the files.", "FOLDER")] = None,
    resume: Annotated[bool, flag("resume", "Continue from the checkpoint in the folder.")] = False,
    force: Annotated[bool, flag("force", "Replace another model in the folder.")] = False,
    as_json: Annotated[bool, AS_JSON] = False,
    file: Annotated[Path | None, text("GPT only: a text with one document a line.", "FILE")] = None,
    samples: Annotated[
        int | None, whole_number("GPT only: the number of new texts to print.", 0)
    ] = None,
    temperature: Annotated[float | None, positive_number("GPT only: sampling temperature.")] = None,
    target: Annotated[str | None, text("CSV only: the column to predict.", "COLUMN")] = None,
    layers: Annotated[
        str | None, text("CSV only: sizes of the hidden layers, such as 32,16.", "SIZES")
    ] = None,
    task: Annotated[str | None, choice("CSV only: predict classes or amounts.", TASKS)] = None,
    epochs: Annotated[int | None, whole_number("CSV only: passes through the rows.", 1)] = None,
) -> None:
    """Train the model called `name`, or the one on the table in that file."""
    if not name:
        return show_models()
    if Path(name).suffix.lower() in TEXTS:
        raise stop(messages.text_for_a_gpt(name))
    is_table = Path(name).suffix != ""
    refuse_other_options(
        CSV if is_table else name,
        {
            "gpt": {"file": file, "samples": samples, "temperature": temperature},
            CSV: {"target": target, "layers": layers, "task": task, "epochs": epochs},
        },
    )
    if is_table and steps is not None:
        raise stop(messages.epochs_for_a_table())
    out = out or Path(f"micrograd-{Path(name.removesuffix('.gz')).stem}")
    run = Run(out, steps, seed, engine, resume, as_json, force)
    try:
        with print_warnings(), new_folder(out):
            if is_table:
                from micrograd.cli.tables import TableOptions, train_csv

                kind = task or "auto"
                train_csv(Path(name), TableOptions(target, layers, kind, epochs), run)
            elif name == "gpt":
                train_gpt(GPTOptions(file, samples, temperature), run)
            else:
                train_recipe(recipe_called(name), run)
    except OSError as error:
        raise stop_writing(out, error) from error
    except (ValueError, ImportError, FloatingPointError) as error:
        raise stop(sentence(error)) from error


def sentence(error: Exception) -> str:
    """Return the message of the error. One about a checkpoint says what to do in options."""
    from micrograd.training import CannotResume

    if isinstance(error, CannotResume):
        return messages.cannot_resume(error.problem)
    return str(error)


def refuse_other_options(name: str, groups: dict[str, dict]) -> None:
    """End the command if an option was given that is for another kind of model."""
    for kind, options in groups.items():
        given = [option for option, value in options.items() if value is not None]
        if given and name != kind:
            raise stop(messages.option_for(given[0], kind))


def show_models() -> None:
    from micrograd.models import RECIPES

    table = Table(show_header=False, box=None)
    for recipe in RECIPES.values():
        table.add_row(f"[bold]{recipe.name}[/bold]", recipe.what)
    table.add_row("[bold]gpt[/bold]", "a GPT of characters: first names, or --file of your own")
    table.add_row("[bold]FILE.csv[/bold]", "a table of yours: --target is the column to predict")
    console = Console(highlight=False)
    console.print(table)
    console.print("\nmicrograd train NAME; micrograd train --help")


def recipe_called(name: str) -> Any:
    from micrograd.models import RECIPES

    if name not in RECIPES:
        raise ValueError(messages.unknown_model(name, [*RECIPES, "gpt"]))
    return RECIPES[name]


# --------------------------------------------------------------------------------------- training


def train_recipe(recipe: Any, run: Run) -> None:
    """Train a model that ships with its data, and write its files."""
    with seeded(run.seed):
        model = recipe.make()
    X, y = recipe.data(run.seed)[1]  # before any file: the data may need an extra
    metadata = {"kind": "shipped", "name": recipe.name, "what": recipe.what}
    check_folder(run.out, metadata, run.force)
    history = recipe.train(model, run.steps or recipe.steps, **run.fit_options())
    pictures = curve(history)
    pictures["learnt.png"] = (recipe.picture(model, X, y), "what it has learnt")
    finish(model, history, metadata, pictures, run)


def train_gpt(options: GPTOptions, run: Run) -> None:
    """Train a GPT on the documents of a text, write its files, and print new texts."""
    from micrograd.data import first_names
    from micrograd.models import char_gpt

    documents = char_gpt.read_documents(options.file) if options.file else first_names()
    source = options.file.name if options.file else "first names"
    metadata = {"kind": "gpt", "name": "gpt", "source": source}
    check_folder(run.out, metadata, run.force)
    vocabulary = char_gpt.Vocabulary.of(documents)
    with seeded(run.seed):
        model = char_gpt.make(vocabulary)
    if not run.as_json:
        warn_of_long_documents(documents, char_gpt.CONTEXT)
    steps = run.steps or char_gpt.STEPS
    history = char_gpt.train(model, documents, vocabulary, steps, **run.fit_options())
    count = SAMPLES if options.samples is None else options.samples
    temperature = options.temperature or TEMPERATURE
    texts = char_gpt.sample(model, vocabulary, count, temperature, run.seed)
    metadata |= {"characters": vocabulary.characters}
    metadata |= {"what": f"a GPT of {source}, {len(documents):,} of them"}
    finish(model, history, metadata, curve(history), run, texts)


def warn_of_long_documents(documents: list[str], context: int) -> None:
    count = sum(len(document) > context for document in documents)
    if count:
        console = Console(stderr=True)
        console.print(messages.documents_cut(count, context), soft_wrap=True)


def curve(history: Any) -> dict[str, tuple]:
    """Return {"curve.png": (the Figure of the loss, its purpose)}, or {} for a run of no steps."""
    from micrograd.models import plots

    return {"curve.png": (plots.curve(history), "the loss")} if history.losses else {}


def finish(
    model: Any, history: Any, metadata: dict, pictures: dict, run: Run, texts: Iterable[str] = ()
) -> None:
    """Write the files and print the results. Exits with code 130 if the run was interrupted."""
    results = {"model": metadata["name"], **measure(model, history), "seed": run.seed}
    metadata |= {"results": results, "trained": date.today().isoformat()}
    purposes = write_model(run.out, model, metadata, ["history.csv", *pictures])
    purposes[history.to_csv(run.out / "history.csv")] = "a row for each training step"
    purposes |= write_pictures(run.out, pictures)
    purposes |= checkpoints(run.out)

    def show(console: Console) -> None:
        console.print(result_table(results))
        for line in texts:
            print(line)

    report({**results, "samples": list(texts)}, purposes, run.as_json, show)
    if history.stopped == "interrupted":
        raise typer.Exit(130)


def measure(model: Any, history: Any) -> dict[str, Any]:
    """Return the numbers of a run. The loss is the mean of the last twentieth of the steps."""
    count = len(history.losses)
    results = {"parameters": len(model.parameters()), "steps": history.first + count, "loss": None}
    if count:
        start = count - max(1, count // 20)
        (results["loss"],) = window_means(history.losses, [start], [count])
    for name, numbers in history.validation.items():
        if name not in ("step", "loss") and numbers:
            results[name] = numbers[-1]
    results["seconds"] = round(history.seconds[-1], 3) if history.seconds else 0.0
    return results


def result_table(results: dict) -> Table:
    """Return the results as a table of names and numbers, a dash for what is not defined."""
    table = Table(show_header=False)
    for name, number in results.items():
        table.add_row(name, format_result(number))
    return table


def format_result(number: Any) -> str:
    if isinstance(number, float):
        return format_number(number, 4)
    return "-" if number is None else str(number)
