"""JAX: the array code compiled by XLA, called once a step or with the loop inside."""

import jax
import jax.numpy as xp
from jax import lax

from bench import arrays
from bench.workloads import Workload

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_cpu_enable_async_dispatch", False)  # else a second thread does the work


def training(workload: Workload):
    """Return (the first state, the function from a state to the next)."""
    w = {name: xp.asarray(a) for name, a in arrays.weights(workload).items()}
    X, y = arrays.examples(workload)
    optimizer, loss = workload.settings(), arrays.LOSSES[workload.name]
    gradient = jax.value_and_grad(lambda w: loss(xp, w, X, y))
    moments = {name: (xp.zeros_like(a), xp.zeros_like(a)) for name, a in w.items()}
    start = (w, moments, xp.asarray(0.0, workload.dtype), xp.asarray(0.0, workload.dtype))

    def step(state):
        w, moments, _, t = state
        value, grads = gradient(w)
        moved = {
            name: arrays.update(xp, optimizer, w[name], grads[name], moments[name], t + 1)
            for name in w
        }
        w = {name: p for name, (p, _) in moved.items()}
        return w, {name: s for name, (_, s) in moved.items()}, value, t + 1

    return start, step


def a_step_a_call(workload: Workload):
    start, step = training(workload)
    step = jax.jit(step)

    def run(steps):
        state = start
        for _ in range(steps):
            state = step(state)
        return float(state[2])

    return run


def loop_inside(workload: Workload):
    start, step = training(workload)
    loop = jax.jit(lambda steps, state: lax.fori_loop(0, steps, lambda _, s: step(s), state))
    return lambda steps: float(loop(steps, start)[2])
