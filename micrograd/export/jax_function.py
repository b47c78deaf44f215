"""Models as functions of JAX: `jax.jit`, `grad`, `vmap` and `export` are then JAX's own.

Rule: the forward program goes out, and JAX differentiates it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from micrograd.export.bfloat16 import ALGORITHM, BFLOAT16
from micrograd.export.dialects import JAX
from micrograd.export.layout import arrays_of
from micrograd.export.source import SourceByShape, call_model
from micrograd.nn import Module
from micrograd.support.extras import require
from micrograd.support.jax_devices import find_devices

Arrays = dict[str, Any]


def to_jax(
    model: Module, loss: Callable[..., Any] | None = None
) -> tuple[Callable[..., Any], Arrays]:
    """Return (f, parameters): f(parameters, X) has the model's outputs for each row of X.

    `parameters` is a dict of JAX arrays under the names of `state_dict`; those of neurons side by
    side are one array, with `*` for their number. With `loss`, a function (model, x, y) of one
    example, as in `compile_step`, f(parameters, X, y) is its mean over the rows. The function is
    traced when it meets rows of a new shape. `load_arrays(model, parameters)` brings trained
    parameters back: a function of this room, since a module knows nothing of exports. Raises
    ImportError if JAX is not installed, and RuntimeError if it has no device.

    >>> from micrograd import MLP
    >>> f, parameters = to_jax(MLP(2, [3, 1]))
    >>> f(parameters, [[1.0, 2.0], [3.0, 4.0]]).shape
    (2,)
    """
    find_devices(require("jax", "jax"))
    jnp = require("jax.numpy", "jax", "jax")
    parameters = {name: jnp.asarray(array) for name, array in arrays_of(model).items()}
    rows = SourceByShape(loss or call_model, model, JAX)

    def f(parameters: Arrays, *examples: Any) -> Any:
        arrays = [floats(jnp, x) for x in examples]
        results = rows.function(arrays)(parameters, *arrays)
        return results if loss is None else jnp.mean(results)

    return f, parameters


def floats(jnp: Any, x: Any) -> Any:
    """Return an array of floats: whole numbers would wrap around, as 1 - 2 does in uint8."""
    array = jnp.asarray(x)
    return array if jnp.issubdtype(array.dtype, jnp.inexact) else array.astype(float)


@contextmanager
def jax_precision(jax: Any, dtype: str) -> Iterator[None]:
    """Let JAX compute in float64 within the block, or multiply in bfloat16, as the dtype says.

    Products of other dtypes are exact to float32: by itself JAX rounds their factors on GPUs and
    TPUs, to 11 bits or 8.
    """
    enable = getattr(jax, "enable_x64", None)  # where it is from version 0.8 on
    if enable is None:
        enable = require("jax.experimental", "jax", "jax").enable_x64
    with ExitStack() as stack:
        stack.enter_context(enable(dtype == "float64"))
        has_units = dtype == BFLOAT16 and jax.default_backend() != "cpu"
        stack.enter_context(jax.default_matmul_precision(ALGORITHM if has_units else "highest"))
        yield
