"""The command `micrograd train`: which kind of model it trains, and the options of each kind.

Rule: an option that is for another kind of model is refused. `recipes`, `gpt` and `tables` train.
"""

from pathlib import Path
from typing import Annotated, Any

from rich.console import Console
from rich.table import Table

from micrograd.cli import messages
from micrograd.cli.console import print_note, print_warnings, report, stop, stop_writing
from micrograd.cli.gpt import GPTOptions, train_gpt
from micrograd.cli.options import (
    AsJson,
    argument,
    choice,
    flag,
    positive_number,
    text,
    whole_number,
)
from micrograd.cli.recipes import train_recipe
from micrograd.cli.results import RunOptions
from micrograd.cli.run_folder import checkpoints, new_folder
from micrograd.cli.several_processes import ProcessOptions, end_disconnected, prepare_processes
from micrograd.cli.tables import TableOptions, train_csv
from micrograd.support.jax_devices import NoDevices

TRAIN_HELP = """Train a model: one that ships with its data, a GPT on a text, or one on a CSV file.

Without a name it lists the models. Ctrl-C ends a run and keeps the model as it is then; --resume \
continues from there. All files go to one folder.

[bold]Examples[/bold]

  micrograd train digits

  micrograd train moons --steps 300 --seed 7 --out moons

  micrograd train gpt

  micrograd train gpt --file poems.txt --context 24 --width 32 --steps 5000

  micrograd train flowers.csv --target species --layers 32,16

  micrograd train digits --engine jax --processes 2
"""
ENGINES = ("jit", "eager", "jax")
TASKS = ("auto", "classify", "regress")
CSV = "a CSV file"
TEXTS = (".txt", ".md")  # suffixes of texts; any other suffix is that of a table


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
        str,
        choice(
            "jit compiles the training steps, eager is plain Python, jax trains on its devices.",
            ENGINES,
        ),
    ] = "jit",
    processes: Annotated[
        int | None, whole_number("Engine jax only: processes to start on this machine.", 1)
    ] = None,
    devices: Annotated[
        int | None, whole_number("Engine jax only: parts of the processor used as devices.", 1)
    ] = None,
    restarts: Annotated[
        int | None,
        whole_number("With --processes: how often to start again if one dies, 3 if not given.", 0),
    ] = None,
    out: Annotated[Path | None, text("The folder for the files.", "FOLDER")] = None,
    resume: Annotated[bool, flag("resume", "Continue from the checkpoint in the folder.")] = False,
    force: Annotated[bool, flag("force", "Replace another model in the folder.")] = False,
    as_json: AsJson = False,
    file: Annotated[Path | None, text("GPT only: a text with one document a line.", "FILE")] = None,
    samples: Annotated[
        int | None, whole_number("GPT only: the number of new texts to print.", 0)
    ] = None,
    temperature: Annotated[float | None, positive_number("GPT only: sampling temperature.")] = None,
    context: Annotated[
        int | None, whole_number("GPT only: how many characters it looks back.", 1)
    ] = None,
    width: Annotated[
        int | None, whole_number("GPT only: numbers for each character, a multiple of 4.", 4)
    ] = None,
    layers: Annotated[
        str | None,
        text(
            "GPT: the number of blocks, such as 2. CSV: sizes of the hidden layers, such as 32,16.",
            "SIZES",
        ),
    ] = None,
    target: Annotated[str | None, text("CSV only: the column to predict.", "COLUMN")] = None,
    task: Annotated[str | None, choice("CSV only: predict classes or amounts.", TASKS)] = None,
    epochs: Annotated[int | None, whole_number("CSV only: passes through the rows.", 1)] = None,
) -> None:
    """Train the model of that name, or one on the table in the file of that name."""
    if not name:
        return show_models(as_json)
    if Path(name).suffix.lower() in TEXTS:
        raise stop(messages.text_for_a_gpt(name))
    kind = CSV if Path(name).suffix else name
    if kind == CSV and steps is not None:
        raise stop(messages.epochs_for_a_table())
    gpt_options = GPTOptions(file, samples, temperature, context, width, layers)
    table_options = TableOptions(target, layers, task, epochs)
    refuse_other_options(kind, {"gpt": vars(gpt_options), CSV: vars(table_options)})
    prepare_processes(ProcessOptions(processes, devices, restarts), engine)
    out = out or default_folder(name, file)
    if resume and not checkpoints(out):
        print_note(messages.nothing_to_resume(out))
    run = RunOptions(out, steps, seed, engine, resume, as_json, force)
    try:
        with print_warnings(), new_folder(out):
            if kind == CSV:
                train_csv(Path(name), table_options, run)
            elif kind == "gpt":
                train_gpt(gpt_options, run)
            else:
                train_recipe(name, run)
    except OSError as error:
        raise stop_writing(out, error) from error
    except (ValueError, ImportError, FloatingPointError, MemoryError, NoDevices) as error:
        raise stop(message_of(error)) from error
    except RuntimeError as error:
        if not is_disconnected(error):
            raise
        end_disconnected(error)


def is_disconnected(error: Exception) -> bool:
    from micrograd.engines import Disconnected

    return isinstance(error, Disconnected)


def message_of(error: Exception) -> str:
    """Return the message of the error. Where the remedy is an option, the option is named."""
    from micrograd.engines import Indivisible
    from micrograd.training import CannotResume

    if isinstance(error, CannotResume):
        return messages.cannot_resume(error.problem)
    if isinstance(error, Indivisible):
        return messages.indivisible(error.examples, error.devices)
    return str(error)


def default_folder(name: str, file: Path | None) -> Path:
    """Return the folder of a run: it bears the name of the table, of the text, or of the model."""
    source = file.name if file else name.removesuffix(".gz")
    return Path(f"micrograd-{Path(source).stem}")


def refuse_other_options(kind: str, options: dict[str, dict[str, Any]]) -> None:
    """End the command if it got an option that is not for models of that kind.

    `options` is {kind of model: {name of an option: its value, None if it was not given}}.
    """
    own = options.get(kind, {})
    for others in options.values():
        for option, value in others.items():
            if value is not None and option not in own:
                kinds = [each for each, names in options.items() if option in names]
                raise stop(messages.option_for(option, " and ".join(kinds)))


def show_models(as_json: bool) -> None:
    """Print what can be trained."""
    from micrograd.models import RECIPES

    models = {recipe.name: recipe.what for recipe in RECIPES.values()}
    models["gpt"] = "a GPT of characters: first names, or --file of your own"
    models["FILE.csv"] = "a table of yours: --target is the column to predict"

    def show(console: Console) -> None:
        table = Table(show_header=False, box=None)
        for name, what in models.items():
            table.add_row(f"[bold]{name}[/bold]", what)
        console.print(table)
        console.print("\nmicrograd train NAME; micrograd train --help")

    report({"models": models}, {}, as_json, show)
