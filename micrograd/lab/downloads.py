"""Files that a page offers to save: a table from the name of each to the function that makes it.

Rule: a file is made when it is asked for, from the run that is shown, and never written here.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

from micrograd.lab import messages
from micrograd.lab.experiment import OWN
from micrograd.lab.later import later
from micrograd.lab.messages import LabError

if TYPE_CHECKING:
    from micrograd.lab.session import Session


def download(session: Session, name: str) -> tuple[bytes | Future[bytes], str]:
    """Return the content of a file and its MIME type; the content may take a while.

    Raises LabError for an unknown name.
    """
    if name not in DOWNLOADS:
        raise LabError(messages.no_such_download(name, DOWNLOADS))
    kind, make = DOWNLOADS[name]
    return make(session), kind


def model_file(session: Session) -> bytes:
    """Return the model of the run that is shown, as a file that `load` and PyTorch read."""
    from micrograd.saving import save

    with tempfile.TemporaryDirectory() as folder:
        return Path(save(session.run.model, Path(folder) / "model.safetensors")).read_bytes()


def program_file(session: Session) -> bytes:
    """Return the run that is shown as a Python program."""
    from micrograd.lab.program import program_of

    return program_of(session.run).encode()


def lab_file(session: Session) -> bytes:
    """Return the settings of the run that is shown, and its points if no name stands for them."""
    run = session.run
    content: dict[str, Any] = {"experiment": run.experiment.to_json()}
    if run.experiment.data == OWN:
        content["points"] = run.points.to_json()
    return json.dumps(content, indent=1).encode()


def page_file(session: Session) -> Future[bytes]:
    """Return, after some seconds, the run that is shown as one page."""
    from micrograd.lab.recording import page_later

    make = page_later(session.run)
    return later(lambda: make().encode())


DOWNLOADS: dict[str, tuple[str, Callable[[Session], bytes | Future[bytes]]]] = {
    "model.safetensors": ("application/octet-stream", model_file),
    "program.py": ("text/x-python", program_file),
    "lab.json": ("application/json", lab_file),
    "run.html": ("text/html", page_file),
}
