"""The folder that a training command writes: the names of its files, and how they are written.

Rule: a command that takes the file of a model takes the folder as well. A run replaces what an
earlier run of the same model wrote, and nothing else unless the user says so.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from micrograd.cli import messages
from micrograd.support import files

MODEL = "model.safetensors"
CHECKPOINT = "checkpoint.safetensors"
IDENTITY = ("kind", "name", "source")  # the metadata that tell one model from another
NAMES = (
    "curve.png",
    "learnt.png",
    "neurons.png",
    "neuron.svg",
    "confusion.png",
    "fit.png",
    "history.csv",
    "metrics.json",
)


def model_file(path: Path) -> Path:
    """Return the path of the model's file, given that path or the path of its folder."""
    return path / MODEL if os.path.isdir(path) else path  # which is False for an impossible name


def checkpoints(folder: Path) -> dict[Path, str]:
    """Return {path: its purpose} for the checkpoints in the folder."""
    path = folder / CHECKPOINT
    previous = path.with_name(f"{CHECKPOINT}.previous")
    purposes = {path: "for --resume", previous: "the checkpoint before"}
    return {path: purpose for path, purpose in purposes.items() if path.exists()}


def check_folder(
    folder: Path, metadata: dict[str, Any], force: bool = False, resume: bool = False
) -> None:
    """Raise OSError if the folder cannot be written, and ValueError if that would lose files.

    `metadata` is that of the run's model. Only with `force` a run replaces another model, whose
    checkpoints are removed then unless the run is to resume from them, or files that no run wrote.
    """
    files.check_writable(folder / MODEL)
    earlier = earlier_run(folder)
    if earlier is None:
        if not force:
            refuse_to_overwrite(folder)
    elif identity(earlier) != identity(metadata):
        if not force:
            description = earlier.get("what", "a model of another kind")
            raise ValueError(messages.holds_another_model(folder, description))
        for path in () if resume else checkpoints(folder):
            path.unlink(missing_ok=True)  # another process of this run may have come first


def refuse_to_overwrite(folder: Path) -> None:
    """Raise ValueError if the folder has a file of a name that runs write."""
    for path in [folder / name for name in NAMES]:
        if path.exists():
            raise ValueError(messages.already_exists(path))


@contextmanager
def new_folder(folder: Path) -> Iterator[None]:
    """Remove the folder at the end of the block if it was made there and nothing was written."""
    is_new = not folder.exists()
    try:
        yield
    finally:
        with suppress(FileNotFoundError):  # another process of this run may have come first
            if is_new and not any(folder.iterdir()):
                folder.rmdir()


def earlier_run(folder: Path) -> dict[str, Any] | None:
    """Return the metadata of the model in the folder, {} if it has none, None without a model."""
    from micrograd.saving import read_about

    path = folder / MODEL
    if not path.exists():
        return None
    try:
        return read_about(path)
    except ValueError:  # the file holds no model
        return {}


def identity(metadata: dict[str, Any]) -> tuple:
    """Return what tells one model from another."""
    return tuple(metadata.get(key) for key in IDENTITY)


def write_model(
    folder: Path, model: Any, metadata: dict[str, Any], others: Iterable[str]
) -> dict[Path, str]:
    """Write the model with its metadata; return {path: its purpose}.

    `others` names the other files that the run writes. Files of an earlier run that are not among
    them are removed, so that no picture stands beside another model.
    """
    from micrograd.saving import save

    earlier, others = earlier_run(folder) or {}, list(others)
    path = save(model, folder / MODEL, {**metadata, "files": others})
    listed = earlier.get("files")
    names = filter(NAMES.__contains__, listed if isinstance(listed, list) else [])
    for name in set(names) - set(others):
        (folder / name).unlink(missing_ok=True)
    return {path: "for micrograd.load, info and PyTorch"}


def write_pictures(folder: Path, pictures: dict[str, tuple]) -> dict[Path, str]:
    """Write the pictures; return {path: its purpose}.

    `pictures` is {name of the file: (matplotlib Figure or bytes, its purpose)}.
    """
    from micrograd.support.figures import png

    purposes = {}
    for name, (picture, purpose) in pictures.items():
        content = picture if isinstance(picture, bytes) else png(picture)
        purposes[files.write(folder / name, content)] = purpose
    return purposes
