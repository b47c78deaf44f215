"""The commands on the file of a model: `micrograd sample` and `micrograd info`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from micrograd.cli import messages
from micrograd.cli.console import stop
from micrograd.cli.run_folder import model_file
from micrograd.cli.train import SAMPLES, TEMPERATURE, result_table
from micrograd.support import files

SAMPLE_HELP = """Write new texts with a GPT that `micrograd train gpt` has trained.

[bold]Examples[/bold]

  micrograd sample micrograd-gpt/model.safetensors

  micrograd sample micrograd-gpt/model.safetensors --count 5 --temperature 0.8 --seed 3
"""
INFO_HELP = """Show the model in a file: its layers, its training data and scores, and its use.

[bold]Examples[/bold]

  micrograd info micrograd-digits/model.safetensors
"""
ModelFile = Annotated[
    Path, typer.Argument(metavar="MODEL", help="The model's file, or the folder of that file.")
]
NEXT = {  # kind of model: what a user can do with it
    "gpt": "micrograd sample {model} --count 5",
    "table": "micrograd predict {model} FILE.csv -o predictions.csv",
    None: "In Python: micrograd.load('{model}'); in PyTorch: safetensors.torch.load_file",
}


def sample(
    model: ModelFile,
    count: Annotated[int, typer.Option(min=1, help="The number of texts.")] = SAMPLES,
    temperature: Annotated[
        float,
        typer.Option(
            min=0.01,
            help="Lower values give more likely text; 1 samples the learned distribution.",
        ),
    ] = TEMPERATURE,
    seed: Annotated[int, typer.Option(help="The same seed gives the same texts.")] = 0,
) -> None:
    """Print new texts, one a line."""
    from micrograd.models import char_gpt

    path = model_file(model)
    network, metadata = load_model(path)
    if metadata.get("kind") != "gpt":
        raise stop(messages.not_a_gpt(path))
    vocabulary = char_gpt.Vocabulary(metadata["characters"])
    for text in char_gpt.sample(network, vocabulary, count, temperature, seed):
        print(text)


def info(model: ModelFile) -> None:
    """Print what the file says about the model, and a summary of its layers."""
    from micrograd.nn import summary

    path = model_file(model)
    network, metadata = load_model(path)
    console = Console(highlight=False)
    console.print(f"[bold]{escape(metadata.get('what', 'a model'))}[/bold]", soft_wrap=True)
    console.print(metadata_table(metadata))
    console.print(str(summary(network)), soft_wrap=True, markup=False)
    advice = NEXT.get(metadata.get("kind"), NEXT[None])
    console.print(advice.format(model=path), soft_wrap=True)


def metadata_table(metadata: dict) -> Table:
    table = result_table(metadata.get("results", {}))
    table.add_row("trained", metadata.get("trained", "at an unknown date"))
    return table


def load_model(path: Path) -> tuple:
    """Return (the model, its metadata). Ends the command if the file holds no model."""
    from micrograd.saving import load, read_about

    try:
        return load(path), read_about(path)
    except OSError as error:
        raise stop(files.cannot_read(path, error)) from error
    except ValueError as error:
        raise stop(str(error)) from error
