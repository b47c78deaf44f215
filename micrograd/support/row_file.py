"""A file of rows of numbers, which are written one at a time and bear a digest each.

Rule: what is read is what was written under the same key. A row that is damaged, half written, or
of another key is no row. The file is an array that `np.load` reads.
"""

import errno
import hashlib
import os
import tempfile
import weakref
from pathlib import Path
from typing import IO, Any

import numpy as np

from micrograd.support import files

NUMBER = np.dtype("<f8")
DIGEST = 8  # bytes: as many as a number, which is the first of its row


class RowFile:
    """The rows of a file; `shape` is how many there are, and how many numbers each has.

    Without a path it is a temporary file. `key` is a text that says what the rows belong to.
    """

    def __init__(self, path: Path | None, shape: tuple[int, int], key: str) -> None:
        self.path, self.shape = path, (shape[0], 1 + shape[1])
        self.key = hashlib.sha256(key.encode()).digest()
        self.size = NUMBER.itemsize * self.shape[1]

    def create(self) -> None:
        """Begin a file without rows, in the place of one that is there. Raises OSError.

        A reader who has the other one open goes on to read that.
        """
        self.use(create_file(self.path))
        header = {"descr": NUMBER.str, "fortran_order": False, "shape": self.shape}
        np.lib.format.write_array_header_1_0(self.file, header)
        self.start = self.file.tell()
        self.file.truncate(self.start + self.size * self.shape[0])

    def open(self) -> bool:
        """Open the file that is there; return whether it has all rows. Raises OSError."""
        assert self.path is not None
        files.check_writable(self.path)
        self.use(open_file(self.path))
        try:
            np.lib.format.read_magic(self.file)
            header: Any = np.lib.format.read_array_header_1_0(self.file)
        except ValueError:
            return False
        self.start = self.file.tell()
        size = os.fstat(self.file.fileno()).st_size
        is_whole = size == self.start + self.size * self.shape[0]
        return is_whole and bool(header == (self.shape, False, NUMBER))

    def use(self, file: IO[bytes]) -> None:
        """Let `file` be the file of the rows, which is closed together with them."""
        self.file = file
        weakref.finalize(self, file.close)

    def write(self, place: int, numbers: np.ndarray) -> None:
        """Write the row. Raises OSError, as on a full disk; there is no such row then."""
        content = numbers.astype(NUMBER).tobytes()
        self.file.seek(self.start + place * self.size)
        written = self.file.write(self.digest(content) + content)
        if written < self.size:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))

    def read(self, place: int) -> np.ndarray | None:
        """Return the numbers of a row, or None if it was not written under this key."""
        content = self.content(place)
        digest, numbers = content[:DIGEST], content[DIGEST:]
        if digest != self.digest(numbers):
            return None
        return np.frombuffer(numbers, NUMBER).copy()

    def is_blank(self, place: int) -> bool:
        """Return whether nothing was ever written there."""
        return not any(self.content(place))

    def content(self, place: int) -> bytes:
        self.file.seek(self.start + place * self.size)
        return self.file.read(self.size)

    def digest(self, content: bytes) -> bytes:
        return hashlib.blake2b(content, digest_size=DIGEST, key=self.key).digest()


def open_file(path: Path) -> IO[bytes]:
    """Return the file that is there, to be read and written at once."""
    return open(path, "r+b", buffering=0)


def create_file(path: Path | None) -> IO[bytes]:
    """Return a new and empty file, a temporary one without a path; it is written at once."""
    if path is None:
        return tempfile.TemporaryFile(buffering=0)
    permissions = files.check_place(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    return open(path, "x+b", buffering=0, opener=lambda at, flags: os.open(at, flags, permissions))
