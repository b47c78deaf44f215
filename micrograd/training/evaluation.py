"""How good a model is on examples that it is not trained on.

Rule: the model is in evaluation mode, no gradients are kept, and it is compiled if the training
steps are.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from micrograd.nn import Module
from micrograd.support.arrays import as_lists
from micrograd.support.nest import children
from micrograd.support.randomness import use_generator
from micrograd.training.options import Options
from micrograd.transforms import vmap
from micrograd.watchers import no_grad

VALIDATIONS = 100  # of a run at most, unless `validate_every` says otherwise


class Evaluation:
    """Measures the loss and the metrics of `options` over examples, each time it is called."""

    def __init__(self, model: Any, options: Options, rows: Any, targets: Any) -> None:
        self.arrays = [array for array in (rows, targets) if array is not None]
        self.modules = modules_of(model)
        self.metrics = options.metrics or {}
        self.one_batch = not options.per_example
        map_examples = eager_map if options.engine == "eager" else compiled_map
        loss = options.loss  # alone: the options hold the optimizer, which each step changes
        self.losses = map_examples(lambda *example: loss(model, *example))
        self.outputs = map_examples(lambda x: model(x))

    def __call__(self) -> dict[str, float]:
        """Return the mean loss under "loss", and each metric under its name."""
        arrays = self.arrays
        if self.one_batch:
            arrays = [array[None] for array in arrays]
        with no_grad(), use_generator(None), evaluation_mode(self.modules):
            losses = self.losses(*arrays)
            loss = float(sum(losses)) / len(losses)
            return {"loss": loss} | self.measure()

    def measure(self) -> dict[str, float]:
        """Return each metric of all outputs and all targets."""
        if not self.metrics:
            return {}
        outputs = as_rows(self.outputs(self.arrays[0]))
        targets = self.arrays[-1].tolist()
        return {name: metric(outputs, targets) for name, metric in self.metrics.items()}


def compiled_map(f: Callable[..., Any]) -> Callable[..., Any]:
    """Return `vmap(f)`, whose rows are lists, as those of a training step are."""

    def of_lists(*example: Any) -> Any:
        arguments = map(as_lists, example)
        return f(*arguments)

    return vmap(of_lists)


def modules_of(x: Any) -> list[Module]:
    """Return the module and all modules within it, or within lists and dicts of them."""
    below = children(vars(x) if isinstance(x, Module) else x)
    modules = [module for _, child in below for module in modules_of(child)]
    return [x, *modules] if isinstance(x, Module) else modules


@contextmanager
def evaluation_mode(modules: Sequence[Module]) -> Iterator[None]:
    """Turn training-only behaviour of each module off, and back to what it was after the block."""
    modes = [vars(module).get("training") for module in modules]
    for module in modules:
        module.training = False
    try:
        yield
    finally:
        for module, mode in zip(modules, modes):
            del module.training  # what the class says holds again
            if mode is not None:
                module.training = mode


def eager_map(f: Callable[..., Any]) -> Callable[..., Any]:
    """Return the uncompiled equivalent of `vmap(f)`.

    It returns one list per output, with a number for each example.
    """

    def mapped(*arrays: Any) -> Any:
        results = []
        for example in zip(*arrays):
            arguments = [array.tolist() for array in example]
            results.append(f(*arguments))
        return list(zip(*results)) if isinstance(results[0], list) else results

    return mapped


def as_rows(outputs: Sequence[Any]) -> list[Any]:
    """Turn the result of a map into a number for each example, or a list of numbers."""
    if isinstance(outputs, list) and hasattr(outputs[0], "__len__"):
        return [list(map(float, row)) for row in zip(*outputs)]
    return list(map(float, outputs))


def validations_since_better(losses: list[float], tol: float) -> int:
    """Return how many losses follow the last one that was more than `tol` below all before it.

    >>> validations_since_better([0.9, 0.5, 0.499, 0.6], tol=0.01)
    2
    """
    best, place = float("inf"), 0
    for i, loss in enumerate(losses):
        if loss < best - tol:
            best, place = loss, i
    return len(losses) - 1 - place
