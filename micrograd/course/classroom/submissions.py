"""Submissions: the files of each learner in a class's folder, by their tasks.

Rule: nothing of a submission is run here, and nothing is believed of it: links are not followed,
and of a zip file only members with the name of a task are taken out, into a folder of ours.
"""

import os
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

from micrograd.course import messages
from micrograd.course.exercises.learner_file import MOST_BYTES
from micrograd.course.exercises.many import Answer
from micrograd.course.exercises.task import Task, tasks

MOST_FILES = 20_000  # of one submission
COPY = re.compile(r" ?\(\d+\)$")  # what browsers add to the name of a second download
LEFT_OUT = {"__pycache__", "__MACOSX", "node_modules", "venv", "env", "site-packages"}
UNREADABLE = (OSError, EOFError, RuntimeError, ValueError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True)
class Submission:
    """A learner's files by their tasks, and why there are none, if they could not be read."""

    learner: str
    paths: dict[Task, Path]
    problem: str = ""

    def answers(self) -> list[Answer]:
        return [Answer(task, path, self.learner) for task, path in self.paths.items()]


def read_submissions(folder: Path, scratch: Path, leave_out: Path) -> list[Submission]:
    """Return the submissions in the folder, by name; zip files are unpacked into `scratch`.

    Raises OSError if the folder cannot be read.
    """
    candidates = sorted(entry for entry in folder.iterdir() if is_submission(entry))
    entries = [entry for entry in candidates if entry.resolve() != leave_out.resolve()]
    folders = {entry.name for entry in entries if entry.is_dir()}
    submissions = []
    for number, entry in enumerate(entries):
        is_folder = entry.is_dir()
        name = entry.name if is_folder or entry.stem in folders else entry.stem
        try:
            paths = files_of(entry) if is_folder else unpack(entry, scratch / str(number))
            problem = "" if paths else messages.no_task_in_submission()
        except UNREADABLE as error:
            paths, problem = {}, messages.unreadable_submission(error)
        submissions.append(Submission(name, paths, problem))
    return submissions


def is_submission(entry: Path) -> bool:
    if entry.name.startswith(".") or entry.is_symlink():
        return False
    return entry.is_dir() or entry.suffix.lower() == ".zip"


def files_of(folder: Path) -> dict[Task, Path]:
    """Return the file of each task in the folder, at any depth: the one that is nearest to the top.

    Raises ValueError if the folder has more files than a submission can have.
    """
    paths: dict[Task, Path] = {}
    for count, path in enumerate(walk(folder)):
        if count == MOST_FILES:
            raise ValueError(messages.too_many_files(MOST_FILES))
        task = task_of(path.name)
        if task and not path.is_symlink() and path.is_file():
            best = paths.setdefault(task, path)
            paths[task] = min(best, path, key=lambda each: (len(each.parts), str(each)))
    return in_order(paths)


def walk(folder: Path) -> Iterator[Path]:
    """Yield all files of the folder, without those of libraries and of other programs."""
    for place, folders, names in os.walk(folder):
        folders[:] = [each for each in folders if each not in LEFT_OUT and each[0] != "."]
        for name in names:
            yield Path(place, name)


def unpack(path: Path, folder: Path) -> dict[Task, Path]:
    """Return the files of tasks in the zip file, written to the folder. Raises UNREADABLE."""
    members: dict[Task, zipfile.ZipInfo] = {}
    with zipfile.ZipFile(path) as archive:
        contents = archive.infolist()
        if len(contents) > MOST_FILES:
            raise ValueError(messages.too_many_files(MOST_FILES))
        for member in contents:
            place = PurePosixPath(member.filename.replace("\\", "/"))
            task = task_of(place.name)
            is_left_out = any(part in LEFT_OUT or part[0] == "." for part in place.parts)
            if task and not is_left_out and not member.is_dir():
                best = members.setdefault(task, member)
                members[task] = min(best, member, key=lambda each: each.filename.count("/"))
        folder.mkdir(parents=True)
        return {
            task: extract(archive, member, folder / task.path.name)
            for task, member in in_order(members).items()
        }


def extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> Path:
    """Write the beginning of the member, up to one byte more than a learner's file may have."""
    with archive.open(member) as file:
        path.write_bytes(file.read(MOST_BYTES + 1))
    return path


def in_order(files: dict) -> dict:
    return dict(sorted(files.items(), key=lambda pair: pair[0].path.name))


def task_of(name: str) -> Task | None:
    """Return the task whose file has that name, with any number; None if it is of no task.

    >>> task_of("08_2_mul_backward (1).py").name, task_of("notes.py")
    ('mul_backward', None)
    """
    if not name.lower().endswith(".py"):
        return None
    stem = COPY.sub("", name[:-3]).lower().lstrip("0123456789_- ")
    return by_name().get(stem)


@cache
def by_name() -> dict[str, Task]:
    return {task.name: task for task in tasks()}
