"""Ours, exported to JAX: the same scalar code, as `fit(..., engine="jax")` runs it, loop inside."""

import jax
import numpy as np

from bench.workloads import Workload
from micrograd.training.steps.definition import StepDefinition
from micrograd.training.steps.jax_step import JaxStep
from micrograd.training.steps.minibatches import count_examples

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_cpu_enable_async_dispatch", False)  # else a second thread does the work


def loop_inside(workload: Workload):
    model, (X, y) = workload.model(), workload.data()
    optimizer = workload.optimizer(model.parameters())
    penalty = workload.penalty and (lambda model: workload.penalty(model.parameters()))
    definition = StepDefinition(workload.loss, model, optimizer, penalty, None)
    step = JaxStep(definition, workload.dtype, per_example=True, mesh={"data": 1})
    if X is not None:
        X, y = np.array(X, workload.dtype), np.array(y, workload.dtype)
    runner = step.bound(X, y, count_examples(X, y), seed=0)
    with runner:
        start = runner.state

    def run(steps):
        optimizer.steps = 0
        runner.state = start
        losses = np.zeros(steps, workload.dtype)
        runner.run_into(losses, np.zeros(steps))
        return losses[-1]

    return run
