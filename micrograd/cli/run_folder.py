"""The folder that a training command writes: the names of its files, and how they are written.

Rule: a command that takes the file of a model takes the folder as well.
"""

from pathlib import Path
from typing import Any

from micrograd.support import files

MODEL = "model.safetensors"
CHECKPOINT = "checkpoint.safetensors"


def model_file(path: Path) -> Path:
    """Return the path of the model's file, given that path or the path of its folder."""
    return path / MODEL if path.is_dir() else path


def checkpoints(folder: Path) -> dict[Path, str]:
    """Return {path: its purpose} for the checkpoints in the folder."""
    purposes = {}
    for path in sorted(folder.glob(f"{CHECKPOINT}*")):
        is_previous = path.suffix == ".previous"
        purposes[path] = "the checkpoint before" if is_previous else "for --resume"
    return purposes


def write_model(folder: Path, model: Any, metadata: dict) -> dict[Path, str]:
    """Write the model with its metadata; return {path: its purpose}."""
    from micrograd.saving import save

    return {save(model, folder / MODEL, metadata): "for micrograd.load, info and PyTorch"}


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
