"""`MLPRegressor`: a network that predicts amounts, as an estimator of scikit-learn."""

from typing import Any

import numpy as np
from sklearn.base import MultiOutputMixin, RegressorMixin
from sklearn.utils.validation import column_or_1d, validate_data

from micrograd import losses
from micrograd.sklearn.estimator import NeuralNetwork
from micrograd.training import ExampleLoss


class MLPRegressor(MultiOutputMixin, RegressorMixin, NeuralNetwork):
    """A regressor with the parameters and results of scikit-learn's MLPRegressor.

    The loss is half the mean squared error, as there. y has one amount for each row, or a row of
    several: then it is their mean that becomes small, where scikit-learn steps by their sum.

    After `fit` there are `loss_curve_` (the mean loss of each epoch), `n_iter_`, `coefs_`,
    `intercepts_`, and `model_`, the MLP, with `history_`, the History of its training.

    >>> X = [[x / 10] for x in range(20)]
    >>> y = [2 * x + 1 for (x,) in X]
    >>> network = MLPRegressor((), solver="sgd", learning_rate_init=0.1, random_state=0)
    >>> bool(network.fit(X, y).score(X, y) > 0.99)
    True
    """

    def fit(self, X: Any, y: Any) -> "MLPRegressor":
        """Train on the rows of X and their amounts y. Returns the estimator."""
        X, y = validate_data(
            self,
            X,
            y,
            dtype=np.float64,
            multi_output=True,
            y_numeric=True,
            reset=not self.continues,
        )
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        outputs = 1 if y.ndim == 1 else y.shape[1]
        self.train(X, y, outputs, ExampleLoss(half_squared_error))
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Return the amount of each row, or its amounts."""
        return self.outputs(X)


def half_squared_error(outputs: Any, targets: Any) -> Any:
    return losses.mean_squared_error(outputs, targets) * 0.5
