"""`MLPClassifier`: a network that predicts classes, as an estimator of scikit-learn."""

from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.extmath import softmax
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

from micrograd.sklearn import messages
from micrograd.sklearn.estimator import NeuralNetwork
from micrograd.training import loss_of


class MLPClassifier(ClassifierMixin, NeuralNetwork):
    """A classifier with the parameters and results of scikit-learn's MLPClassifier.

    Two classes have one output and the binary cross-entropy, more have an output each and the
    cross-entropy.

    After `fit` there are `classes_`, `loss_curve_` (the mean loss of each epoch), `n_iter_`,
    `coefs_`, `intercepts_`, and `model_`, the MLP, with `history_`, the History of its training.

    >>> from micrograd import data
    >>> X, y = data.moons(100, seed=1)
    >>> network = MLPClassifier([8], learning_rate_init=0.1, tol=0.01, random_state=0)
    >>> bool(network.fit(X, y).score(X, y) > 0.9)
    True
    """

    classes_: np.ndarray

    def fit(self, X: Any, y: Any) -> "MLPClassifier":
        """Train on the rows of X and their classes y, of any kind. Returns the estimator."""
        X, y = validate_data(self, X, y, dtype=np.float64, reset=not self.continues)
        check_classification_targets(y)
        classes, targets = np.unique(y, return_inverse=True)
        if len(classes) == 1:
            raise ValueError(messages.one_class(classes.tolist()))
        if self.continues and not np.array_equal(classes, self.classes_):
            raise ValueError(messages.other_classes(self.classes_.tolist(), classes.tolist()))
        self.classes_ = classes
        if len(classes) == 2:
            self.train(X, targets, 1, loss_of("binary_cross_entropy"), stratify=y)
        else:
            self.train(X, targets, len(classes), loss_of("cross_entropy"), stratify=y)
        return self

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probability of each class for each row: (rows, classes)."""
        scores = self.outputs(X)
        if scores.ndim == 1:  # of the second class, beside a score of 0 for the first
            scores = np.column_stack([np.zeros_like(scores), scores])
        probabilities: np.ndarray = softmax(scores)
        return probabilities

    def predict_log_proba(self, X: Any) -> np.ndarray:
        """Return the logarithms of `predict_proba`."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def predict(self, X: Any) -> np.ndarray:
        """Return the most probable class of each row."""
        best = self.predict_proba(X).argmax(axis=1)
        predicted: np.ndarray = self.classes_[best]
        return predicted
