"""How good a model is on examples that it is not trained on.

Rule: nothing is dropped, no grads are kept, and the model is compiled as the steps are.
"""

from collections.abc import Callable

from micrograd.support.randomness import use_generator
from micrograd.transforms import vmap
from micrograd.watchers import no_grad


class Evaluation:
    """`loss` and `metrics` of a model over examples, to be called again and again."""

    def __init__(self, model, loss, X, y, metrics: dict, whole: bool, compiled: bool):
        self.data = [array for array in (X, y) if array is not None]
        self.metrics, self.whole = metrics, whole
        over = vmap if compiled else each
        self.losses = over(lambda *example: loss(model, *example))
        self.outputs = over(lambda x: model(x))

    def __call__(self) -> dict[str, float]:
        """{"loss": the mean, metric: ...}."""
        with no_grad(), use_generator(None):
            data = [array[None] for array in self.data] if self.whole else self.data
            losses = self.losses(*data)
            found = {"loss": float(sum(losses)) / len(losses)}
            if self.metrics:
                found |= self.measured()
        return found

    def measured(self) -> dict[str, float]:
        outputs = listed(self.outputs(self.data[0]))
        targets = self.data[-1].tolist()
        return {name: f(outputs, targets) for name, f in self.metrics.items()}


def each(f: Callable) -> Callable:
    """What `vmap` does, uncompiled: numbers of each example, in a list of each place's."""

    def mapped(*arrays):
        results = []
        for rows in zip(*arrays):
            results.append(f(*(row.tolist() for row in rows)))
        return list(zip(*results)) if isinstance(results[0], list) else results

    return mapped


def listed(outputs) -> list:
    """What `vmap` gave, of each example: a number or, of a list of columns, a list of numbers."""
    if isinstance(outputs, list) and hasattr(outputs[0], "__len__"):
        return [list(map(float, row)) for row in zip(*outputs)]
    return list(map(float, outputs))
