"""Checkpoints: files from which a run goes on as if it had never stopped.

Rule: a checkpoint is one file that is written whole, by one run at a time, and the previous one
stays beside it.
"""

import json
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from micrograd import errors
from micrograd.nn import Module
from micrograd.optim import Optimizer, settings_of
from micrograd.saving import digest_of_arrays, read_tensors, write_tensors
from micrograd.support import files, locks
from micrograd.training import messages
from micrograd.training.history import History
from micrograd.training.options import Options
from micrograd.training.snapshot import Snapshot, buffers_of, numbers_of

LISTS = {  # the names of a History's lists in the file, and in a History
    "losses": "losses",
    "rates": "learning_rates",
    "seconds": "seconds",
}
SETTINGS = ("seed", "shuffle", "engine", "dtype", "per_example", "clip")
SETTINGS_OF_STOP = ("patience", "tol", "validate_every")
FORMERLY = {"shuffle": True, "tol": 0.0}  # settings that the files of earlier versions do not name


class CannotResume(ValueError):
    """No run can go on from the file. `problem` says why; the message says also what to do."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.problem, self.remedy = problem, remedy

    def __reduce__(self) -> Any:
        return CannotResume, (self.problem, self.remedy)


Content = tuple[Path, dict[str, np.ndarray], dict[str, Any]]  # a file, its tensors and metadata
Restored = tuple[Snapshot, Snapshot | None]  # where the run is, and its best validation


class Checkpoint:
    """The checkpoint of the run that `settings` describes."""

    def __init__(self, path: Path | str, settings: dict[str, Any]) -> None:
        self.path, self.settings = Path(path), settings
        self.place = files.place_of(path) if self.path.is_symlink() else self.path
        self.previous_path = self.neighbour(".previous")
        stem = self.place.name.removesuffix(".safetensors")
        self.ring_path = self.place.with_name(f"{stem}.ring.npy")

    def neighbour(self, ending: str) -> Path:
        return self.place.with_name(self.place.name + ending)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other runs from the file for a block. Raises ValueError if one is at work.

        Raises OSError if the file cannot be written.
        """
        files.check_writable(self.place)
        try:
            with locks.hold_lock(self.neighbour(".lock")):
                yield
        except locks.Held as held:
            raise ValueError(messages.checkpoint_in_use(self.path, str(held))) from held

    def write(self, model: Module, now: Snapshot, best: Snapshot | None, history: History) -> None:
        """Write the state of the run; the file of last time becomes the previous one.

        Raises OSError, and then the file of last time is still there.
        """
        tensors = {name: np.array(x, float) for name, x in model.state_dict().items()}
        for name, attribute in LISTS.items():
            tensors[f"history/{name}"] = np.array(getattr(history, attribute))
        steps = {}
        for name, snapshot in (("now", now), ("best", best)):
            if snapshot is not None:
                tensors[f"{name}/parameters"] = snapshot.parameters
                tensors[f"{name}/state"] = snapshot.state
                tensors[f"{name}/buffers"] = snapshot.buffers
                steps[name] = [snapshot.step, snapshot.optimizer_steps]
        metadata = {"checkpoint": 1, "settings": self.settings, "moments": steps}
        metadata |= {"validation": history.validation, "stopped": history.stopped}
        write_tensors(self.place, tensors, metadata, self.previous_path)

    def read(self) -> Content | None:
        """Return the content of the file, or None without a checkpoint.

        Warns of a damaged file and reads the previous one. Raises CannotResume if no file can be
        read.
        """
        problems = []
        for path in filter(Path.exists, (self.path, self.previous_path)):
            try:
                tensors, metadata = read_tensors(path)
                check_kind(path, metadata)
            except errors.DamagedFile as error:
                problems.append(str(error))
                continue
            for problem in problems:
                warnings.warn(messages.previous_checkpoint(problem, path), stacklevel=9)
            return path, tensors, metadata
        if problems:
            raise CannotResume(" ".join(problems), messages.start_over())
        return None

    def restore(self, content: Content, model: Module, history: History) -> Restored:
        """Put the content of a file into the model and the history; return its snapshots.

        Raises CannotResume if the file belongs to another run.
        """
        path, tensors, metadata = content
        state = {name: x.tolist() for name, x in tensors.items() if "/" not in name}
        changes = differing_parameters(model, state) or self.differing_settings(
            metadata["settings"]
        )
        if changes:
            problem = messages.checkpoint_of_another_run(path, changes)
            raise CannotResume(problem, messages.same_settings())
        model.load_state_dict(state)
        for name, attribute in LISTS.items():
            setattr(history, attribute, tensors[f"history/{name}"].tolist())
        history.validation, history.stopped = metadata["validation"], metadata["stopped"]
        snapshots = {}
        now = numbers_of(buffers_of(model))  # files of earlier versions have no others
        for name, (step, optimizer_steps) in metadata["moments"].items():
            parameters, numbers = tensors[f"{name}/parameters"], tensors[f"{name}/state"]
            buffers = tensors.get(f"{name}/buffers", now)
            snapshots[name] = Snapshot(step, optimizer_steps, parameters, numbers, buffers)
        return snapshots["now"], snapshots.get("best")

    def differing_settings(self, then: dict[str, Any]) -> list[str]:
        """Return in words how the settings of the file's run, `then`, differ from this run's."""
        then = FORMERLY | then
        now = json.loads(json.dumps(self.settings))
        changes = {name: (then.get(name), now[name]) for name in now if now[name] != then.get(name)}
        return [messages.change(name, *values) for name, values in changes.items()]


def differing_parameters(model: Module, state: dict[str, Any]) -> list[str]:
    """Return in words which parameters of the file and of the model do not fit; [] if all do."""
    there = {name: np.shape(numbers) for name, numbers in state.items()}
    here = {name: np.shape(numbers) for name, numbers in model.state_dict().items()}
    names = [name for name in {**here, **there} if here.get(name) != there.get(name)]
    return [messages.another_model(names)] if names else []


def check_kind(path: Path, metadata: dict[str, Any]) -> None:
    if "checkpoint" not in metadata:
        raise CannotResume(messages.not_a_checkpoint(path), messages.another_name())


def run_settings(
    options: Options, batch_size: int, arrays: Sequence[np.ndarray | None]
) -> dict[str, Any]:
    """Return the settings that must be the same when a run is resumed."""
    settings = {name: getattr(options, name) for name in (*SETTINGS, *SETTINGS_OF_STOP)}
    data = [("", array) for array in arrays if array is not None]
    return settings | {"batch_size": batch_size, "data": digest_of_arrays(data)[:16]}


def optimizer_settings(optimizer: Optimizer) -> dict[str, Any]:
    """Return the class and the numbers of an optimizer, but neither its rate nor its state."""
    names = [name for name in settings_of(optimizer) if name != "lr"]
    numbers = {name: getattr(optimizer, name) for name in names}
    if optimizer.groups:
        numbers["groups"] = [optimizer_settings(group) for group in optimizer.groups]
    return {"class": type(optimizer).__name__, **numbers}
