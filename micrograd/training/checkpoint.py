"""Checkpoints: files from which a run goes on as if it had not been stopped.

Rule: a checkpoint is one file, written whole; the one before it stays beside it, in case.
"""

import hashlib
import json
import os
import warnings
from pathlib import Path

import numpy as np

from micrograd import errors
from micrograd.saving import read_tensors, write_tensors
from micrograd.training import messages
from micrograd.training.history import History
from micrograd.training.snapshot import Moment

LISTS = ("losses", "rates", "seconds")  # of a History, kept as arrays


class Checkpoint:
    """The file of a run that is described by `settings`."""

    def __init__(self, path: Path | str, settings: dict):
        self.path, self.settings = Path(path), settings
        self.before = self.path.with_name(f"{self.path.name}.previous")

    def write(self, model, moment: Moment, best: Moment | None, history: History) -> None:
        """Write all of it; the file that was there becomes the previous one. Raises OSError."""
        tensors = {name: np.array(x, float) for name, x in model.state_dict().items()}
        tensors |= {f"history/{name}": np.array(getattr(history, name)) for name in LISTS}
        for name, kept in (("now", moment), ("best", best)):
            if kept is not None:
                tensors |= {f"{name}/parameters": kept.parameters, f"{name}/state": kept.state}
        moments = {"now": moment, "best": best}
        steps = {name: [x.step, x.taken] for name, x in moments.items() if x is not None}
        about = {"checkpoint": 1, "settings": self.settings, "moments": steps}
        about["validation"], about["stopped"] = history.validation, history.stopped
        fresh = self.path.with_name(f"{self.path.name}.new")
        write_tensors(fresh, tensors, about)
        if self.path.exists():
            os.replace(self.path, self.before)
        os.replace(fresh, self.path)

    def read(self, model, history: History) -> tuple[Moment, Moment | None] | None:
        """(the moment to go on from, the best so far); None if there is no checkpoint.

        The history gets its numbers. A damaged file is warned of, and the previous one is read.
        Raises ValueError where none can be read, or it is that of another run.
        """
        damaged = []
        for path in filter(Path.exists, (self.path, self.before)):
            try:
                tensors, about = read_tensors(path)
                check_kind(path, about)
            except errors.DamagedFile as error:
                damaged.append(str(error))
                continue
            for message in damaged:
                warnings.warn(messages.previous_checkpoint(message, path), stacklevel=4)
            return self.restored(path, tensors, about, model, history)
        if damaged:
            raise ValueError(messages.no_sound_checkpoint(damaged))
        return None

    def restored(self, path, tensors: dict, about: dict, model, history: History):
        names = [name for name in tensors if "/" not in name]
        model.load_state_dict({name: tensors[name].tolist() for name in names})
        self.compare(path, about["settings"])
        for name in LISTS:
            setattr(history, name, tensors[f"history/{name}"].tolist())
        history.validation, history.stopped = about["validation"], about["stopped"]
        moments = {
            name: Moment(*steps, tensors[f"{name}/parameters"], tensors[f"{name}/state"])
            for name, steps in about["moments"].items()
        }
        return moments["now"], moments.get("best")

    def compare(self, path, found: dict) -> None:
        """ValueError, which names them, where settings are others."""
        mine = json.loads(json.dumps(self.settings))
        other = [name for name in mine if mine[name] != found.get(name)]
        if other:
            changes = [f"{name} (then {found.get(name)}, now {mine[name]})" for name in other]
            raise ValueError(messages.checkpoint_of_another_run(path, changes))


def check_kind(path: Path, about: dict) -> None:
    if "checkpoint" not in about:
        raise ValueError(messages.not_a_checkpoint(path))


def digest(*arrays) -> str:
    """A short name for those numbers."""
    found = hashlib.sha256()
    for array in arrays:
        if array is not None:
            found.update(str(array.shape).encode() + array.tobytes())
    return found.hexdigest()[:16]
