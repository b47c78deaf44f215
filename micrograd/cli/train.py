"""The commands `micrograd train`, `sample` and `info`.

Rule: what a model needs is in its table or file; a command trains it and lists what it wrote.
"""

import json
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from micrograd.cli import messages
from micrograd.cli.console import stop, wrote
from micrograd.cli.run_folder import CHECKPOINT, MODEL, checkpoints, model_file
from micrograd.support import files
from micrograd.support.randomness import seeded
from micrograd.support.smoothing import window_means

TRAIN_HELP = """Train a model: one that ships with its data, a GPT on a text, or one on a CSV.

Without a name: the list of them. Ctrl-C ends a run and keeps what was reached; --resume goes on \
from there. Everything goes to one folder.

[bold]Examples[/bold]

  micrograd train digits

  micrograd train moons --steps 300 --seed 7 --out moons

  micrograd train gpt

  micrograd train gpt --file poems.txt --steps 5000 --samples 10

  micrograd train flowers.csv --target species --layers 32,16
"""

SAMPLE_HELP = """New texts from a GPT that `micrograd train gpt` has written.

[bold]Examples[/bold]

  micrograd sample micrograd-gpt/model.safetensors

  micrograd sample micrograd-gpt/model.safetensors --count 5 --temperature 0.8 --seed 3
"""

INFO_HELP = """What a model file holds: the model, what it was trained on, how well, and what to do.

[bold]Examples[/bold]

  micrograd info micrograd-digits/model.safetensors
"""

Engine = Enum("Engine", {name: name for name in ("jit", "eager")}, type=str)
Task = Enum("Task", {name: name for name in ("auto", "classify", "regress")}, type=str)
File = Annotated[Path, typer.Argument(metavar="MODEL", help="Its file, or the folder of it.")]
ONLY = {  # an option, and what it is for
    "gpt": ("file", "samples", "temperature"),
    "a CSV": ("target", "layers", "task", "epochs"),
}
SAMPLES, TEMPERATURE = 20, 0.5


def train(
    name: Annotated[str, typer.Argument(metavar="[NAME|gpt|FILE.csv]", help="What to train.")] = "",
    steps: Annotated[
        int | None, typer.Option(min=1, help="Steps, else as many as it needs.")
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, help="Of the data, the first weights and the order.")
    ] = 0,
    engine: Annotated[Engine, typer.Option(help="Compiled, or plain Python.")] = Engine.jit,
    out: Annotated[Path | None, typer.Option(help="The folder for what is written.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the checkpoint.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The results as JSON.")] = False,
    file: Annotated[Path | None, typer.Option(help="gpt: a text, one document a line.")] = None,
    samples: Annotated[int | None, typer.Option(min=0, help="gpt: so many new texts.")] = None,
    temperature: Annotated[float | None, typer.Option(min=0.01, help="gpt: of them.")] = None,
    target: Annotated[str | None, typer.Option(help="CSV: the column to predict.")] = None,
    layers: Annotated[str | None, typer.Option(help="CSV: hidden layers, as 32,16.")] = None,
    task: Annotated[Task | None, typer.Option(help="CSV: what kind of target it is.")] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="CSV: times through the data.")] = None,
) -> None:
    given = {**locals()}
    if not name:
        return show_models()
    table = name.lower().endswith(".csv")
    refuse_others("a CSV" if table else name, given)
    out = out or Path(f"micrograd-{Path(name).stem}")
    how = {"seed": seed, "engine": engine.value}
    try:
        if table:
            from micrograd.cli.tables import train_csv

            kind = task.value if task else "auto"
            return train_csv(
                name, target, layers, kind, out, seed, engine.value, epochs, as_json, resume
            )
        how |= {"checkpoint": out / CHECKPOINT, "resume": resume}
        if name == "gpt":
            return train_gpt(file, steps, samples, temperature, out, as_json, how)
        return train_recipe(recipe(name), steps, out, as_json, how)
    except OSError as error:
        raise stop(files.cannot_write(out, error)) from error
    except (ValueError, ImportError, FloatingPointError) as error:
        raise stop(str(error)) from error


def refuse_others(name: str, given: dict) -> None:
    """An option of another kind of model is a mistake."""
    for kind, options in ONLY.items():
        wrong = [option for option in options if given[option] is not None]
        if wrong and name != kind:
            raise stop(messages.option_for(wrong[0], kind))
    if name == "a CSV" and given["steps"] is not None:
        raise stop(messages.epochs_for_a_table())


def show_models() -> None:
    from micrograd.models import RECIPES

    table = Table(show_header=False, box=None)
    for one in RECIPES.values():
        table.add_row(f"[bold]{one.name}[/bold]", one.what)
    table.add_row("[bold]gpt[/bold]", "a GPT of characters: new names, or --file of your own")
    table.add_row("[bold]FILE.csv[/bold]", "a table of yours: --target is the column to predict")
    console = Console(highlight=False)
    console.print(table)
    console.print("\nmicrograd train NAME; micrograd train --help")


def recipe(name: str):
    from micrograd.models import RECIPES

    if name not in RECIPES:
        raise ValueError(messages.unknown_model(name, [*RECIPES, "gpt"]))
    return RECIPES[name]


# --------------------------------------------------------------------------------------- training


def train_recipe(one, steps: int | None, out: Path, as_json: bool, how: dict) -> None:
    with seeded(how["seed"]):
        model = one.make()
    X, y = one.data(how["seed"])[1]  # before a file: it may need what is not installed
    files.check_writable(out / MODEL)
    history = one.train(model, steps or one.steps, progress=not as_json, **how)
    figures = {"learnt.png": (one.picture(model, X, y), "what it has learnt")}
    about = {"kind": "shipped", "name": one.name, "what": one.what}
    finish(model, history, about, figures, out, as_json, how["seed"])


def train_gpt(file, steps, samples, temperature, out: Path, as_json: bool, how: dict) -> None:
    from micrograd import data
    from micrograd.models import char_gpt

    documents = char_gpt.read_documents(file) if file else data.first_names()
    files.check_writable(out / MODEL)
    vocabulary = char_gpt.Vocabulary.of(documents)
    with seeded(how["seed"]):
        model = char_gpt.make(vocabulary)
    if (cut := sum(len(one) > char_gpt.CONTEXT for one in documents)) and not as_json:
        Console(stderr=True).print(messages.documents_cut(cut, char_gpt.CONTEXT), soft_wrap=True)
    steps = steps or char_gpt.STEPS
    history = char_gpt.train(model, documents, vocabulary, steps, progress=not as_json, **how)
    count = SAMPLES if samples is None else samples
    new = char_gpt.sample(model, vocabulary, count, temperature or TEMPERATURE, how["seed"])
    about = {"kind": "gpt", "name": "gpt", "characters": vocabulary.characters}
    about["what"] = f"a GPT of {file.name if file else 'first names'}, {len(documents):,} of them"
    finish(model, history, about, {}, out, as_json, how["seed"], new)


def finish(model, history, about, figures: dict, out: Path, as_json, seed: int, new=()) -> None:
    """Write everything and say what came out; exit code 130 if it was interrupted."""
    from micrograd.models import plots
    from micrograd.saving import save
    from micrograd.support.figures import png

    results = {"model": about["name"], **measured(model, history), "seed": seed}
    about |= {"results": results, "trained": date.today().isoformat()}
    written = {
        save(model, out / MODEL, about): "for micrograd.load, info, PyTorch",
        history.to_csv(out / "history.csv"): "a row for each step",
    }
    if history.losses:
        figures = {"curve.png": (plots.curve(history), "the loss"), **figures}
    for name, (figure, what) in figures.items():
        written[files.write(out / name, png(figure))] = what
    say(results, written | checkpoints(out), new, as_json)
    if history.stopped == "interrupted":
        raise typer.Exit(130)


def measured(model, history) -> dict:
    """Numbers of the run: the loss is the mean of the last steps, where a step sees little."""
    count = len(history.losses)
    found = {"parameters": len(model.parameters()), "steps": history.first + len(history.losses)}
    found["loss"] = None
    if count:
        (found["loss"],) = window_means(history.losses, [count - max(1, count // 20)], [count])
    metrics = [name for name in history.validation if name not in ("step", "loss")]
    found |= {name: history.validation[name][-1] for name in metrics if history.validation[name]}
    found["seconds"] = round(history.seconds[-1], 3) if history.seconds else 0.0
    return found


def say(results: dict, written: dict, new, as_json: bool) -> None:
    if as_json:
        paths = [str(path) for path in written]
        print(json.dumps({**results, "samples": list(new), "files": paths}))
        return
    console = Console(highlight=False)
    table = Table(show_header=False)
    for name, number in results.items():
        table.add_row(name, shown(number))
    console.print(table)
    for one in new:
        print(one)
    wrote(console, written)


def shown(number) -> str:
    """A result as a cell; a dash for the loss of a run without a step."""
    if isinstance(number, float):
        return f"{number:.4g}"
    return "-" if number is None else str(number)


# ---------------------------------------------------------------------------------- models in files


def sample(
    model: File,
    count: Annotated[int, typer.Option(min=1, help="How many.")] = SAMPLES,
    temperature: Annotated[float, typer.Option(min=0.01, help="Low: likely. 1: as learnt.")] = (
        TEMPERATURE
    ),
    seed: Annotated[int, typer.Option(help="The same gives the same texts.")] = 0,
) -> None:
    from micrograd.models import char_gpt

    model = model_file(model)
    found, about = opened(model)
    if about.get("kind") != "gpt":
        raise stop(messages.not_a_gpt(model))
    vocabulary = char_gpt.Vocabulary(about["characters"])
    for one in char_gpt.sample(found, vocabulary, count, temperature, seed):
        print(one)


def info(model: File) -> None:
    model = model_file(model)
    found, about = opened(model)
    console = Console(highlight=False)
    console.print(f"[bold]{escape(about.get('what', 'a model'))}[/bold]", soft_wrap=True)
    table = Table(show_header=False)
    for name, number in about.get("results", {}).items():
        table.add_row(name, shown(number))
    table.add_row("trained", about.get("trained", "at a date that is not known"))
    console.print(table)
    from micrograd.nn import summary

    console.print(str(summary(found)), soft_wrap=True, markup=False)
    console.print(NEXT.get(about.get("kind"), NEXT[None]).format(model=model), soft_wrap=True)


NEXT = {  # kind of model: what to do with it
    "gpt": "micrograd sample {model} --count 5",
    "table": "micrograd predict {model} FILE.csv -o predictions.csv",
    None: "In Python: micrograd.load('{model}'); in PyTorch: safetensors.torch.load_file",
}


def opened(path: Path) -> tuple:
    """(the model, what is said about it); a file that is none ends the command."""
    from micrograd.saving import load, read_about

    try:
        return load(path), read_about(path)
    except OSError as error:
        raise stop(files.cannot_read(path, error)) from error
    except ValueError as error:
        raise stop(str(error)) from error
