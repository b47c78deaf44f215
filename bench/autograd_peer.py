"""HIPS autograd: NumPy code that is differentiated by a tape of arrays."""

import autograd
import autograd.numpy as xp

from bench import arrays
from bench.workloads import Workload


def prepare(workload: Workload):
    start, (X, y) = arrays.weights(workload), arrays.examples(workload)
    optimizer, loss = workload.settings(), arrays.LOSSES[workload.name]
    gradient = autograd.value_and_grad(lambda w: loss(xp, w, X, y))

    def run(steps):
        w = dict(start)
        states = dict.fromkeys(w, (0.0, 0.0))
        for t in range(1, steps + 1):
            value, grads = gradient(w)
            for name, grad in grads.items():
                w[name], states[name] = arrays.update(xp, optimizer, w[name], grad, states[name], t)
        return float(value)

    return run
