"""A training step on arrays: the exported loss, JAX's gradient, and the optimizer's own rule.

Rule: many steps are one call, a loop on the device. Its length is an argument, and the arrays of
what differs between steps have one of two lengths, so that the loop is compiled twice at most.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from micrograd.engines.mesh import DATA, DeviceMesh

Arrays = Mapping[str, Any]
ROOM = (256, 512)  # steps that a loop has room for; 1024 were no faster


@dataclass(frozen=True)
class Functions:
    """The functions of arrays that a step is made of.

    `loss(parameters, *example)` returns (the loss of each example, the new numbers of moved
    arrays); `penalty(parameters)` one number; `update(*rates, p, grad, [scale], *state)` the new
    parameter, its grad and its new state; and `factor(norm)` the factor of all grads.
    """

    loss: Callable[..., Any]
    update: Callable[..., Any]
    penalty: Callable[..., Any] | None = None
    factor: Callable[..., Any] | None = None


class ArrayStep:
    """Steps of training over the arrays of a state.

    `examples` is the number of arrays that an example is a row of.

    A state is a dict: "p" has the parameters, "fixed" what is not trained, "s" the optimizer's
    state of each parameter, and "grad" the grads of the last step.
    """

    def __init__(
        self, functions: Functions, mesh: DeviceMesh, examples: int, one_batch: bool
    ) -> None:
        self.functions, self.mesh, self.jax = functions, mesh, mesh.jax
        self.one_batch = one_batch  # whether all examples of a step are one example of the loss
        self.gradient = mesh.mean_over_data(self.value_and_gradient, examples)
        self.loop = self.jax.jit(self.take_steps)  # an interrupted call needs its state again

    def value_and_gradient(self, parameters: Any, *example: Any) -> Any:
        """Return ((the mean loss plus penalty, the moved numbers), the gradient)."""
        trained, fixed = parameters

        def total(trained: Arrays) -> Any:
            every = {**fixed, **trained}
            losses, moved = self.functions.loss(every, *example)
            mean = losses.mean()
            if self.functions.penalty is not None:
                mean = mean + self.functions.penalty(every)
            return mean, moved

        return self.jax.value_and_grad(total, has_aux=True)(trained)

    def step(self, state: Any, rates: Any, example: Any) -> Any:
        """Return (the state after one step, the loss before it)."""
        parameters = (state["p"], state["fixed"])
        (loss, moved), grads = self.gradient(parameters, *example)
        scale = self.scale(grads)
        rows = {}
        for name, p in state["p"].items():
            inputs = (*rates, p, grads[name], *scale, *state["s"][name])
            rows[name] = self.functions.update(*inputs)
        new = {
            "p": {name: row[0].astype(state["p"][name].dtype) for name, row in rows.items()},
            "fixed": {**state["fixed"], **moved},
            "s": {name: row[2:] for name, row in rows.items()},
            "grad": {name: row[1] for name, row in rows.items()},
        }
        return new, loss

    def scale(self, grads: Arrays) -> tuple[Any, ...]:
        """Return the factor of all grads, () if they are not clipped."""
        if self.functions.factor is None:
            return ()
        squares = [(grad * grad).sum() for grad in grads.values()]
        return self.functions.factor(sum(squares) ** 0.5)

    def run(
        self,
        state: Any,
        rates: np.ndarray,
        arrays: list[Any],
        order: np.ndarray | None,
        numbers: np.ndarray | None,
    ) -> tuple[Any, Any]:
        """Return (the state after len(rates) steps, the losses), which the devices still compute.

        `rates` has a row for each step, at most ROOM[-1] of them; `losses_of` waits for the losses.
        The examples of a step are the rows of `arrays` whose indices `order` has, steps x examples;
        without an order, all of them. `numbers` are random ones, steps x examples x numbers, which
        are one array of examples more.
        """
        count = len(rates)
        capacity = next(room for room in ROOM if count <= room)
        by_step = [None if x is None else self.place(padded(x, capacity)) for x in (order, numbers)]
        return self.loop(state, count, padded(rates, capacity), arrays, *by_step)

    def losses_of(self, losses: Any, count: int) -> np.ndarray:
        """Return the first `count` losses, once the devices have computed them."""
        return self.mesh.fetch(losses)[:count]

    def place(self, by_step: np.ndarray) -> Any:
        """Return an array, steps x examples, on the devices that have these examples."""
        placement = self.mesh.whole if self.one_batch else self.mesh.sharding(None, DATA)
        return self.mesh.put_array(by_step, placement)

    def take_steps(
        self,
        state: Any,
        count: Any,
        rates: Any,
        arrays: Any,
        order: Any,
        numbers: Any,
    ) -> Any:
        """Return (the state after `count` steps, the losses), for JAX to compile."""
        jax = self.jax

        def one(i: Any, carried: Any) -> Any:
            state, losses = carried
            example = arrays if order is None else [array[order[i]] for array in arrays]
            if self.one_batch:
                example = [array[None] for array in example]
            if numbers is not None:
                example = [*example, numbers[i]]
            state, loss = self.step(state, list(rates[i]), example)
            return state, losses.at[i].set(loss.astype(losses.dtype))

        start = jax.numpy.zeros(len(rates), rates.dtype)
        return jax.lax.fori_loop(0, count, one, (state, start))


def padded(array: np.ndarray, length: int) -> np.ndarray:
    """Return the array with rows of zeros behind, so many that it has that length."""
    return np.concatenate([array, np.zeros((length - len(array), *array.shape[1:]), array.dtype)])
