"""The outputs of a trained model for many rows.

Rule: nothing here keeps gradients.
"""

from typing import TYPE_CHECKING, Any

from micrograd.support.arrays import as_lists
from micrograd.transforms import vmap
from micrograd.watchers import no_grad

if TYPE_CHECKING:
    import numpy as np


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
