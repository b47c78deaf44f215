"""Ours: the eager engine, and the same scalar code compiled.

Rule: both run the loss of workloads.py as it stands there.
"""

import numpy as np

from bench.workloads import Workload

# ------------------------------------------------------------------------------------------- eager


def eager(workload: Workload):
    model = workload.model()
    return trained(workload, model, model.parameters())


def trained(workload: Workload, model, parameters: list):
    """The usual loop. `parameters` need `data` and `grad`, and operators."""
    X, y = workload.data()
    start = [p.data for p in parameters]

    def run(steps):
        for p, number in zip(parameters, start):
            p.data = number
        optimizer = workload.optimizer(parameters)
        for _ in range(steps):
            optimizer.zero_grad()
            loss = total(workload, model, parameters, X, y)
            loss.backward()
            optimizer.step()
        return loss.data

    return run


def total(workload: Workload, model, parameters, X, y):
    """What a step minimizes, as one graph."""
    if X is None:
        return workload.loss(model)
    losses = [workload.loss(model, *example) for example in zip(X, y)]
    mean = sum(losses) * (1.0 / len(losses))
    return mean if workload.penalty is None else mean + workload.penalty(parameters)


# ---------------------------------------------------------------------------------------- compiled


def available(function: str) -> None:
    """ImportError where the compiler is not there."""
    if function == "compiled":
        from micrograd import compile_step  # noqa: F401


def compiled(workload: Workload):
    """One step as one program: `compile_step(loss, model, optimizer, penalty, dtype)`.

    `run(steps)` has to begin at the start weights, with a new optimizer, whenever it is called.
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
