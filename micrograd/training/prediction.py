"""The outputs of a trained model for many rows, and a copy of a model without Values.

Rule: nothing here keeps gradients.
"""

from collections.abc import Callable
from copy import copy
from functools import partial
from typing import TYPE_CHECKING, Any

from micrograd.engine import Value, read_data
from micrograd.nn import Module
from micrograd.support.arrays import as_lists
from micrograd.support.nest import CONTAINERS, tree_map
from micrograd.transforms import vmap
from micrograd.watchers import no_grad

if TYPE_CHECKING:
    import numpy as np


def with_plain_numbers(model: Any, number_of: Callable[[Value], float] = read_data) -> Any:
    """Return a copy of a module, or of a part of one, with a float in place of each Value.

    It gives the same outputs as floats, many times faster. The float is the Value's data, or what
    `number_of` returns.
    """
    plain = partial(with_plain_numbers, number_of=number_of)
    if isinstance(model, Module):
        module = copy(model)
        vars(module).update({name: plain(x) for name, x in vars(model).items()})
        return module
    if type(model) is list:
        are_values = set(map(type, model)) == {Value}
        return list(map(number_of if are_values else plain, model))
    if isinstance(model, CONTAINERS):
        return tree_map(plain, model)
    return number_of(model) if isinstance(model, Value) else model


def predict(model: Any, X: Any) -> "np.ndarray":
    """Return the model's outputs for each row of X.

    The shape is (rows,), or (rows, outputs) if the model returns a list.
    """
    return Predictor(model)(X)


class Predictor:
    """The outputs of a model for many rows, as `predict` returns them, compiled once.

    A copy, or one that is read from a pickle, compiles again.
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        self.compiled: Any = None

    def __call__(self, X: Any) -> "np.ndarray":
        import numpy as np

        if self.compiled is None:
            self.compiled = vmap(lambda x: self.model(as_lists(x)))
        with no_grad():
            outputs = self.compiled(X)
        return np.stack(outputs, axis=-1) if isinstance(outputs, list) else outputs

    def __getstate__(self) -> dict[str, Any]:
        return {"model": self.model, "compiled": None}
