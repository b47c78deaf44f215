"""The folder that `micrograd train` writes: what its files are called.

Rule: whoever takes the file of a model takes its folder as well.
"""

from pathlib import Path

MODEL = "model.safetensors"
CHECKPOINT = "checkpoint.safetensors"


def model_file(path: Path) -> Path:
    """The file itself, or the one in that folder."""
    return path / MODEL if path.is_dir() else path


def checkpoints(folder: Path) -> dict[Path, str]:
    """{path: what it is} of the checkpoints that are there."""
    found = {}
    for path in sorted(folder.glob(f"{CHECKPOINT}*")):
        found[path] = "the one before" if path.suffix == ".previous" else "for --resume"
    return found
