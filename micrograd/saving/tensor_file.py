"""Arrays with JSON beside them, in one safetensors file that notices any change."""

import hashlib
import json
from pathlib import Path

import numpy as np

from micrograd import errors
from micrograd.saving import messages
from micrograd.support import files

KEY = "micrograd"  # of the metadata
FORMAT = 1


def write_tensors(path: Path | str, tensors: dict[str, np.ndarray], about: dict) -> Path:
    """Write the arrays, in float64, and `about`. Raises OSError, TypeError if that is not JSON."""
    from safetensors.numpy import save as as_bytes

    tensors = {name: np.asarray(array, float, order="C") for name, array in tensors.items()}
    try:
        about = json.loads(json.dumps({**about, "format": FORMAT}))  # as it will be read
    except (TypeError, ValueError) as error:
        raise TypeError(messages.about_not_json(error)) from error
    about["digest"] = digest(tensors, about)
    return files.write(path, as_bytes(tensors, {KEY: json.dumps(about)}))


def read_tensors(path: Path | str) -> tuple[dict[str, np.ndarray], dict]:
    """({name: array in float64}, about); an empty `about` if the file is not of `write_tensors`.

    Raises OSError where it cannot be read, DamagedFile where it is not what was written, ValueError
    where a later version wrote it, or its numbers are of a kind that NumPy does not know.
    """
    content = Path(path).read_bytes()
    tensors, metadata = parsed(path, content)
    about = checked(path, tensors, metadata[KEY]) if KEY in metadata else {}
    return {name: array.astype(float) for name, array in tensors.items()}, about


def parsed(path, content: bytes) -> tuple[dict[str, np.ndarray], dict]:
    """(the arrays of a safetensors file, its metadata)."""
    from safetensors import SafetensorError
    from safetensors.numpy import load as from_bytes

    try:
        tensors = from_bytes(content)
    except KeyError as error:
        raise ValueError(messages.unknown_numbers(path, error.args[0])) from error
    except SafetensorError as error:
        raise errors.DamagedFile(messages.not_safetensors(path)) from error
    if any(array.dtype.kind == "c" for array in tensors.values()):
        raise ValueError(messages.unknown_numbers(path, "complex"))
    length = int.from_bytes(content[:8], "little")
    return tensors, json.loads(content[8 : 8 + length]).get("__metadata__", {})


def checked(path, tensors: dict, text: str) -> dict:
    """What `write_tensors` was given as `about`, and the format, if nothing has changed since."""
    try:
        about = json.loads(text)
        later, written = about["format"] > FORMAT, about.pop("digest", "")
    except (ValueError, TypeError, KeyError) as error:
        raise errors.DamagedFile(messages.damaged(path)) from error
    if later:
        raise ValueError(messages.later_format(path))
    if written != digest(tensors, about):
        raise errors.DamagedFile(messages.damaged(path))
    return about


def digest(tensors: dict[str, np.ndarray], about: dict) -> str:
    """SHA-256 of names, numbers and what is said about them."""
    found = hashlib.sha256(json.dumps(about).encode())
    for name in sorted(tensors):
        array = tensors[name]
        found.update(f"{name} {array.dtype} {array.shape}".encode() + array.tobytes())
    return found.hexdigest()
