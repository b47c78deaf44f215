"""C: builds c_peer.c with gcc for this machine and calls it through ctypes."""

import ctypes
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

import numpy as np

from bench.workloads import DOCUMENT, Workload

SOURCE = Path(__file__).with_name("c_peer.c")
FLAGS = ("-O3", "-march=native", "-ffast-math", "-fPIC", "-std=gnu11", "-Wno-psabi")
REALS = {"float64": ("double", ctypes.c_double), "float32": ("float", ctypes.c_float)}


def available(function: str) -> None:
    """Raise FileNotFoundError if there is no gcc."""
    subprocess.run(["gcc", "--version"], check=True, capture_output=True)


@lru_cache
def library(dtype: str) -> ctypes.CDLL:
    """Compile and load the C code.

    It is linked without -ffast-math, which would make the whole process round tiny numbers to 0.
    """
    folder = tempfile.TemporaryDirectory(prefix="micrograd-bench-")
    built, linked = (str(Path(folder.name, f"c_peer.{end}")) for end in ("o", "so"))
    real = f"-DREAL={REALS[dtype][0]}"
    subprocess.run(["gcc", *FLAGS, real, "-c", str(SOURCE), "-o", built], check=True)
    subprocess.run(["gcc", "-shared", built, "-o", linked, "-lmvec", "-lm"], check=True)
    loaded = ctypes.CDLL(linked)
    folder.cleanup()
    return loaded


class CWorkload:
    """A workload in C. `weights` holds the weights after the last call."""

    def __init__(self, workload: Workload):
        parameters = workload.model().parameters()
        X, y = workload.data()
        if workload.name == "microgpt":
            X = DOCUMENT
        self.start = np.array([p.data for p in parameters], workload.dtype)
        self.weights = self.start.copy()
        self.rows = np.array([] if X is None else X, workload.dtype)
        self.targets = np.array([] if y is None else y, workload.dtype)
        self.lr = workload.settings().lr
        self.function = getattr(library(workload.dtype), workload.name)
        self.function.restype = ctypes.c_double
        real = REALS[workload.dtype][1]
        self.function.argtypes = [*[ctypes.c_void_p] * 3, ctypes.c_long, real]

    def __call__(self, steps: int) -> float:
        self.weights[:] = self.start
        data = (self.weights.ctypes.data, self.rows.ctypes.data, self.targets.ctypes.data)
        return self.function(*data, steps, self.lr)


prepare = CWorkload
