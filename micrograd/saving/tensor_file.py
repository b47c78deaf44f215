"""Arrays with JSON metadata in one safetensors file, where reading notices any change.

Rule: this file knows nothing of models. The metadata holds a digest of itself and of the arrays.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from micrograd import errors
from micrograd.saving import messages
from micrograd.support import files

KEY = "micrograd"  # our entry in the metadata of a safetensors file
FORMAT = 1

Tensors = dict[str, np.ndarray]
Metadata = dict[str, Any]


def write_tensors(
    path: Path | str, tensors: Tensors, metadata: Metadata, previous: Path | str | None = None
) -> Path:
    """Write the arrays, as float64, and the metadata; return the path.

    With `previous`, the file that they replace is kept under that name. Raises OSError if the file
    cannot be written, and TypeError if the metadata is not JSON.
    """
    from safetensors.numpy import save as to_bytes

    tensors = {name: np.asarray(array, float, order="C") for name, array in tensors.items()}
    try:
        # as it will be read: JSON turns tuples into lists, and keys into text
        stored = json.loads(json.dumps({**metadata, "format": FORMAT}))
    except (TypeError, ValueError, RecursionError) as error:
        raise TypeError(messages.metadata_not_json(error)) from error
    stored["digest"] = digest_of_file(tensors, stored)
    return files.write(path, to_bytes(tensors, {KEY: json.dumps(stored)}), previous)


def read_tensors(path: Path | str) -> tuple[Tensors, Metadata]:
    """Return the arrays, as float64, and the metadata: {} if another program wrote the file.

    Raises OSError if the file cannot be read, DamagedFile if it is not what was written, and
    ValueError if a later version wrote it or NumPy does not know the type of its numbers.
    """
    content = files.read(path)
    tensors, entries = parse(path, content)
    metadata = verify(path, tensors, entries[KEY]) if KEY in entries else {}
    return {name: array.astype(float) for name, array in tensors.items()}, metadata


def parse(path: Path | str, content: bytes) -> tuple[Tensors, dict[str, str]]:
    """Return the arrays of a safetensors file, and the entries of its metadata."""
    from safetensors import SafetensorError
    from safetensors.numpy import load as from_bytes

    try:
        tensors = from_bytes(content)
    except KeyError as error:
        raise ValueError(messages.unknown_numbers(path, error.args[0])) from error
    except SafetensorError as error:
        raise errors.DamagedFile(messages.not_safetensors(path)) from error
    kinds = {array.dtype.kind for array in tensors.values()}
    if "c" in kinds:
        raise ValueError(messages.unknown_numbers(path, "complex"))
    header_length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + header_length])
    return tensors, header.get("__metadata__", {})


def verify(path: Path | str, tensors: Tensors, text: str) -> Metadata:
    """Return the metadata in `text` if it and the arrays are what `write_tensors` wrote."""
    try:
        metadata: Metadata = json.loads(text)
        is_later = metadata["format"] > FORMAT
        is_whole = metadata.pop("digest", "") == digest_of_file(tensors, metadata)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise errors.DamagedFile(messages.damaged(path)) from error
    if is_later:
        raise ValueError(messages.later_format(path))
    if not is_whole:
        raise errors.DamagedFile(messages.damaged(path))
    return metadata


def digest_of_file(tensors: Tensors, metadata: Metadata) -> str:
    """Return the SHA-256 of the metadata and of the arrays, their names and their types."""
    named = []
    for name in sorted(tensors):
        array = tensors[name]
        named.append((f"{name} {array.dtype} ", array))
    return digest_of_arrays(named, json.dumps(metadata))


def digest_of_arrays(named: Iterable[tuple[str, np.ndarray]], header: str = "") -> str:
    """Return the SHA-256, in hexadecimal, of the header and of each name, shape and array."""
    digest = hashlib.sha256(header.encode())
    for name, array in named:
        digest.update(f"{name}{array.shape}".encode() + array.tobytes())
    return digest.hexdigest()
