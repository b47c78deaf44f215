"""The commands on the file of a model: `micrograd sample` and `micrograd info`."""

from pathlib import Path
from typing import Annotated, Any

from rich.console import Console, Group
from rich.markup import escape

from micrograd.cli import messages
from micrograd.cli.console import report, show_status, stop
from micrograd.cli.gpt import SAMPLES, TEMPERATURE
from micrograd.cli.options import AsJson, ModelFile, positive_number, whole_number
from micrograd.cli.results import result_tables
from micrograd.cli.run_folder import model_file
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
USES = {  # kind of model: the command or the line that uses it
    "gpt": "micrograd sample {model} --count 5",
    "table": "micrograd predict {model} FILE.csv -o predictions.csv",
    None: "In Python: micrograd.load('{model}'); in PyTorch: safetensors.torch.load_file",
}


def sample(
    model: ModelFile,
    count: Annotated[int, whole_number("The number of texts.", 1)] = SAMPLES,
    temperature: Annotated[
        float,
        positive_number(
            "Lower values give more likely text; 1 samples the learned distribution.",
        ),
    ] = TEMPERATURE,
    seed: Annotated[int, whole_number("The same seed gives the same texts.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Print new texts, one a line."""
    from micrograd.models import char_gpt

    path = model_file(model)
    network, metadata = load_model(path)
    characters = metadata.get("characters")
    if metadata.get("kind") != "gpt" or not isinstance(characters, str):
        raise stop(messages.not_a_gpt(path))
    vocabulary = char_gpt.Vocabulary(characters)
    with show_status("writing texts", as_json):
        texts = char_gpt.sample(network, vocabulary, count, temperature, seed)
    report({"samples": texts}, {}, as_json, lambda console: print(*texts, sep="\n"))


def info(model: ModelFile, as_json: AsJson = False) -> None:
    """Print what the file says about the model, and a summary of its layers."""
    from micrograd.nn import summary

    path = model_file(model)
    network, metadata = load_model(path)

    def show(console: Console) -> None:
        what = str(metadata.get("what", "a model"))
        console.print(f"[bold]{escape(what)}[/bold]", soft_wrap=True)
        console.print(metadata_tables(metadata))
        console.print(str(summary(network)), soft_wrap=True, markup=False)
        kind = metadata.get("kind")
        advice = USES[kind] if isinstance(kind, str) and kind in USES else USES[None]
        console.print(advice.format(model=path), soft_wrap=True)
        console.print(export_advice(path, network), soft_wrap=True, markup=False)

    parameters = len(network.parameters())
    report({"parameters": parameters, "metadata": metadata}, {}, as_json, show)


def export_advice(path: Path, network: Any) -> str:
    """Return the line that says which files of other programs the model can become."""
    from micrograd.export import FORMATS, input_shape

    option = "" if input_shape(network) else " --input SIZES"
    return f"micrograd export {path} FILE{option}, where FILE ends in {', '.join(FORMATS)}"


def metadata_tables(metadata: dict) -> Group:
    """Return tables of the results, which are whatever the user gave to `save`."""
    results = metadata.get("results", {})
    if not isinstance(results, dict):
        results = {"results": results}
    date = metadata.get("trained", "at an unknown date")
    return result_tables({**results, "trained": date})


def load_model(path: Path) -> tuple:
    """Return (the model, its metadata). Ends the command if the file holds no model."""
    from micrograd.saving import load, read_about

    try:
        return load(path), read_about(path)
    except OSError as error:
        raise stop(files.cannot_read(path, error)) from error
    except ValueError as error:
        raise stop(str(error)) from error
