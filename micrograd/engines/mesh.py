"""Meshes: the devices that train together, and what each of them holds.

Rule: along the axis "data" each device has a part of the examples, and along "model" a part of the
rows of each matrix. Everything that a step sums over the data goes through one sum of one vector: a
sum for each array took two to six times as long.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from numbers import Integral
from typing import Any

import numpy as np

from micrograd.engines import messages
from micrograd.support.extras import require
from micrograd.support.jax_devices import find_devices

DATA, MODEL = "data", "model"


class Indivisible(ValueError):
    """A batch of so many examples that the devices cannot share evenly."""

    def __init__(self, examples: int, devices: int) -> None:
        super().__init__(messages.indivisible(examples, devices))
        self.examples, self.devices = examples, devices


class DeviceMesh:
    """The devices that JAX has, as data x model. Without `sizes`, all of them have data."""

    def __init__(self, sizes: Mapping[str, int] | None = None, one_batch: bool = False) -> None:
        jax = self.jax = require("jax", "jax")
        devices = find_devices(jax)
        default = {DATA: 1 if one_batch else -1}
        self.data, self.model = sizes_of(default if sizes is None else sizes, len(devices))
        if self.data > 1 and one_batch:
            raise ValueError(messages.one_batch_on_one_device())
        count = self.data * self.model
        processes = jax.process_count()
        if processes > 1 and count < len(devices):
            raise ValueError(messages.mesh_without_processes(sizes or default, processes))
        grid = np.array(devices[:count]).reshape(self.data, self.model)
        self.mesh = jax.sharding.Mesh(grid, (DATA, MODEL))
        self.whole, self.rows = self.sharding(), self.sharding(DATA)

    def check_batch(self, examples: int) -> None:
        """Raise Indivisible if the examples of a step cannot be divided among the devices."""
        if examples % self.data:
            raise Indivisible(examples, self.data)

    def sharding(self, *axes: str | None) -> Any:
        """Return the placement of an array whose axes are split along these axes of the mesh."""
        spec = self.jax.sharding.PartitionSpec(*axes)
        return self.jax.sharding.NamedSharding(self.mesh, spec)

    def of_parameter(self, array: Any) -> Any:
        """Return the placement of a parameter: the rows of a matrix are split, if they divide."""
        if self.model == 1 or array.ndim < 2 or array.shape[0] % self.model:
            return self.whole
        return self.sharding(MODEL)

    def of_state(self, state: Any) -> Any:
        """Return the placement of each array of a tree of parameters and what belongs to them."""
        return self.jax.tree.map(self.of_parameter, state)

    def put(self, tree: Any, placement: Any) -> Any:
        """Return the arrays on the devices. Each process copies the parts of its own devices."""
        return self.jax.tree.map(self.put_array, tree, placement)

    def put_array(self, array: Any, placement: Any) -> Any:
        array = np.asarray(array)
        make = self.jax.make_array_from_callback
        return make(array.shape, placement, lambda index: array[index])

    def fetch(self, array: Any) -> np.ndarray:
        """Return the whole array, also if other processes hold parts of it."""
        is_here = array.is_fully_addressable or array.is_fully_replicated
        if not is_here:
            utils = require("jax.experimental.multihost_utils", "jax", "jax")
            array = utils.process_allgather(array, tiled=True)
        return np.asarray(array)

    def mean_over_data(self, f: Callable[..., Any], examples: int) -> Callable[..., Any]:
        """Return f(parameters, *arrays of examples), a mean, for the examples of all devices.

        `f` sees the examples of one device. Where weights are split as well, JAX places the sums.
        """
        if self.data == 1 or self.model > 1:
            return f
        jax = self.jax
        spec = jax.sharding.PartitionSpec
        flatten = require("jax.flatten_util", "jax", "jax").ravel_pytree

        def local(parameters: Any, *arrays: Any) -> Any:
            vector, back = flatten(f(parameters, *arrays))
            return back(jax.lax.pmean(vector, DATA))

        parts = (spec(), *[spec(DATA)] * examples)
        mean: Callable[..., Any] = jax.shard_map(
            local,
            mesh=self.mesh,
            in_specs=parts,
            out_specs=spec(),
            check_vma=False,
        )
        return mean


def sizes_of(sizes: Mapping[str, int], devices: int) -> tuple[int, int]:
    """Return (data, model), given the sizes of the axes, of which one may be -1.

    Raises TypeError for what is no dict of whole numbers, and ValueError for an unknown axis and
    for sizes that do not fit the number of devices.

    >>> sizes_of({"data": -1, "model": 2}, 8)
    (4, 2)
    """
    if not isinstance(sizes, Mapping):
        raise TypeError(messages.not_a_mesh(sizes))
    for name, size in sizes.items():
        if name not in (DATA, MODEL):
            raise ValueError(messages.unknown_axis(name))
        if isinstance(size, bool) or not isinstance(size, Integral):
            raise TypeError(messages.not_a_size(name, size))
    pair = [sizes.get(DATA, 1), sizes.get(MODEL, 1)]
    known = prod(size for size in pair if size != -1)
    fits = 0 < known <= devices and pair.count(-1) < 2
    if not fits or (-1 in pair and devices % known):
        raise ValueError(messages.mesh_does_not_fit(dict(sizes), devices))
    data, model = (devices // known if size == -1 else size for size in pair)
    return data, model
