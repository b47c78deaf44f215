"""Ours: the eager engine, and the same scalar code compiled.

Rule: both run the loss of workloads.py unchanged.
"""

import numpy as np

from bench.workloads import Workload

# ------------------------------------------------------------------------------------------- eager


def eager(workload: Workload):
    model = workload.model()
    return training_loop(workload, model, model.parameters())


def training_loop(workload: Workload, model, parameters: list):
    """Return the usual training loop. `parameters` need `data`, `grad` and operators."""
    X, y = workload.data()
    start = [p.data for p in parameters]

    def run(steps):
        for p, number in zip(parameters, start):
            p.data = number
        optimizer = workload.optimizer(parameters)
        for _ in range(steps):
            optimizer.zero_grad()
            loss = step_loss(workload, model, parameters, X, y)
            loss.backward()
            optimizer.step()
        return loss.data

    return run


def step_loss(workload: Workload, model, parameters, X, y):
    """Return the loss that a step minimizes, as one graph."""
    if X is None:
        return workload.loss(model)
    losses = [workload.loss(model, *example) for example in zip(X, y)]
    mean = sum(losses) * (1.0 / len(losses))
    return mean if workload.penalty is None else mean + workload.penalty(parameters)


# ---------------------------------------------------------------------------------------- compiled


def available(function: str) -> None:
    """Raise ImportError if the compiler is missing."""
    if function == "compiled":
        from micrograd import compile_step  # noqa: F401


def compiled(workload: Workload):
    """Return the compiled step, `compile_step(loss, model, optimizer, penalty, dtype)`.

    `run.restart()` goes back to the start weights and a new optimizer.
    """
    from micrograd import compile_step

    model = workload.model()
    X, y = workload.data()
    start = model.state_dict()
    optimizer = workload.optimizer(model.parameters())
    penalty = workload.penalty and (lambda model: workload.penalty(model.parameters()))
    step = compile_step(workload.loss, model, optimizer, penalty, workload.dtype)

    if X is not None:
        X, y = np.array(X, workload.dtype), np.array(y, workload.dtype)

    def restart():
        model.load_state_dict(start)
        optimizer.steps, optimizer.state = 0, [optimizer.start] * len(optimizer.parameters)

    def run(steps):
        return step.run(X, y, steps=steps)[-1]

    run.restart = restart

    return run
