"""How fast, how large: measured side by side, in one run, on one thread."""

import os

# Read by the libraries when they are imported, so they stand here, before any of them is.
THREADS = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "NPROC": "1",  # XLA's pool
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
}
os.environ.update(THREADS)
os.environ.setdefault("JAX_PLATFORMS", "cpu")  # cuda for `python -m bench devices` on a GPU
