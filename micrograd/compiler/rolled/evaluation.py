"""Evaluating kernels over arrays of places with NumPy, to check a rolled program.

Rule: an op is computed by its row, number by number, or by NumPy if that has it; a sum of products
by `numpy.einsum`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from itertools import chain
from typing import Any

import numpy as np

from micrograd.compiler.nodes import EXTREMES, takes_many
from micrograd.compiler.rolled.blocks import Array, ArrayKernel, Terms, is_places
from micrograd.ops import Op, detach, div, exp, maximum, relu, where

NUMPY: dict[Op, Any] = {
    div: np.divide,
    exp: np.exp,
    maximum: np.maximum,
    relu: lambda x: np.where(x <= 0.0, 0.0, x),
    where: np.where,
}


def evaluate(kernels: Iterable[ArrayKernel], values: Array) -> None:
    """Set the number at each place that the kernels compute; `values` has those of the others."""
    with np.errstate(all="ignore"):
        for kernel in kernels:
            values[kernel.results] = result_of(kernel, values)


def result_of(kernel: ArrayKernel, values: Array) -> Array:
    if kernel.op is None:
        parts = [sum_of(terms, kernel.results.ndim, values) for terms in kernel.sums]
        return np.asarray(sum(parts[1:], parts[0]))
    *inputs, last = [read(x, values) for x in kernel.inputs]
    inputs += list(np.moveaxis(last, -1, 0)) if kernel.is_of_many else [last]
    count = len(kernel.op.partials)
    forward: Any = NUMPY.get(kernel.op) or np.frompyfunc(kernel.op.forward, count, 1)
    results = reduce(forward, inputs) if takes_many(kernel.op, inputs) else forward(*inputs)
    if kernel.is_of_many and kernel.op in EXTREMES:
        results = np.frompyfunc(detach.forward, 1, 1)(results)  # it stands for both ops
    return np.asarray(results, float)


def read(x: Array, values: Array) -> Array:
    return values[x] if is_places(x) else x


def sum_of(terms: Terms, rank: int, values: Array) -> Array:
    """Return the sum of products over the last axis."""
    shape = np.broadcast_shapes(*[x.shape for x in terms.factors])
    operands: list[Any] = []  # each array, and the numbers of its axes
    for x in terms.factors:
        operands += [read(x, values).squeeze(), [i for i, size in enumerate(x.shape) if size > 1]]
    used = set(chain.from_iterable(operands[1::2]))
    total = np.einsum(*operands, sorted(used - {rank}), optimize=True)
    if rank not in used:
        total = total * shape[-1]
    sizes = [size if i in used else 1 for i, size in enumerate(shape[:-1])]
    return np.asarray(-total if terms.negative else total).reshape(sizes)
