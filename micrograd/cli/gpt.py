"""`micrograd train gpt`: a GPT of characters learns the lines of a text, and writes new ones."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from micrograd.cli import messages
from micrograd.cli.console import show_status
from micrograd.cli.results import (
    Outcome,
    RunOptions,
    curve,
    finish,
    require_steps,
    save_on_interrupt,
)
from micrograd.cli.run_folder import check_folder, earlier_run
from micrograd.cli.several_processes import leave_to_first
from micrograd.support.randomness import seeded
from micrograd.support.smoothing import window_means

SAMPLES, TEMPERATURE = 20, 0.5
LOSS = "loss (nats a character)"


@dataclass(frozen=True)
class GPTOptions:
    """The options of `micrograd train gpt` alone; None stands for a default."""

    file: Path | None
    samples: int | None
    temperature: float | None
    context: int | None
    width: int | None
    layers: str | None


def train_gpt(options: GPTOptions, run: RunOptions) -> None:
    """Train a GPT on the documents of a text, write its files, and print new texts."""
    with show_status("preparing", run.as_json), seeded(run.seed):
        from micrograd.data import first_names
        from micrograd.models import char_gpt

        documents = char_gpt.read_documents(options.file) if options.file else first_names()
        vocabulary = char_gpt.Vocabulary.of(documents)
        sizes = sizes_of(options)
        model = char_gpt.make(vocabulary, **sizes)
    metadata = metadata_of(options, vocabulary.characters, sizes, len(documents))
    check_folder(run.out, metadata, run.force, run.resume)
    if run.resume:
        check_sizes(run.out, sizes)
    if not run.as_json:
        warn_of_long_documents(documents, model.context)
    training, held_out = char_gpt.hold_out(documents, run.seed)
    steps = run.steps or char_gpt.STEPS
    history = char_gpt.train(
        model, training, vocabulary, steps, held_out=held_out, **run.fit_options()
    )
    leave_to_first(run.engine)
    require_steps(history)
    count = SAMPLES if options.samples is None else options.samples
    temperature = options.temperature or TEMPERATURE
    with save_on_interrupt(model, metadata, run):
        with show_status("writing texts", run.as_json):
            texts = char_gpt.sample(model, vocabulary, count, temperature, run.seed)
            pictures = curve(history)
        losses, samples = losses_of(history), {"samples": texts}
        finish(Outcome(model, history, metadata, losses, pictures, texts, samples), run)


def metadata_of(
    options: GPTOptions, characters: str, sizes: dict[str, int], count: int
) -> dict[str, Any]:
    """Return what the model's file says about it, with the characters that `sample` needs."""
    source = options.file.name if options.file else "first names"
    return {
        "kind": "gpt",
        "name": "gpt",
        "source": source,
        "characters": characters,
        "sizes": sizes,
        "what": f"a GPT of {source}, {count:,} of them",
    }


def sizes_of(options: GPTOptions) -> dict[str, int]:
    """Return the context, the width and the number of layers, as options or defaults.

    Raises ValueError if the layers are not one whole number.
    """
    from micrograd.models import char_gpt

    layers = options.layers or str(char_gpt.LAYERS)
    if not layers.isdecimal() or int(layers) < 1:
        raise ValueError(messages.layers_of_a_gpt(layers))
    context, width = options.context or char_gpt.CONTEXT, options.width or char_gpt.WIDTH
    return {"context": context, "width": width, "layers": int(layers)}


def check_sizes(folder: Path, sizes: dict[str, int]) -> None:
    """Raise ValueError if the run in the folder, which is to be resumed, has other sizes."""
    earlier = (earlier_run(folder) or {}).get("sizes", sizes)
    if earlier != sizes:
        raise ValueError(messages.other_sizes(folder, earlier))


def warn_of_long_documents(documents: list[str], context: int) -> None:
    count = sum(len(document) > context for document in documents)
    if count:
        longest = max(map(len, documents))
        console = Console(stderr=True)
        console.print(messages.documents_cut(count, context, longest), soft_wrap=True)


def losses_of(history: Any) -> dict[str, dict[str, Any]]:
    """Return the mean loss of the last twentieth of the steps, and the last validation loss."""
    count = len(history.losses)
    start = count - max(1, count // 20)
    scores = {}
    if count:
        (loss,) = window_means(history.losses, [start], [count])
        scores["training"] = {LOSS: loss}
    if history.validation["loss"]:
        scores["validation"] = {LOSS: history.validation["loss"][-1]}
    return scores
