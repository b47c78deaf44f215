"""The estimator that the classifier and the regressor share: parameters, training, outputs.

Rule: parameters have scikit-learn's names, defaults and meanings; the training is a run of `fit`.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from micrograd.nn import MLP
from micrograd.sklearn import messages
from micrograd.sklearn.parameters import activation_of, check_parameters, layer_sizes, optimizer_of
from micrograd.support.randomness import seeded
from micrograd.training import Predictor, fit

LARGEST_BATCH = 200  # examples, where batch_size is "auto"
SEEDS = 2**31 - 1


class NeuralNetwork(BaseEstimator):
    """A multi-layer perceptron that is trained by `fit`, with the parameters of scikit-learn's.

    They mean what they mean there, except for these. `activation` is "identity", "logistic", or
    the name of an op of one input, such as "relu", "tanh" or "gelu". `solver` is "adam", "adamw",
    "rmsprop" or "sgd". With `early_stopping` it is the loss on the examples set aside that counts,
    not their score; and a training that stops by `n_iter_no_change` has its best parameters. An
    epoch leaves out the examples that do not fill a minibatch, different ones each time.
    """

    model_: MLP

    def __init__(
        self,
        hidden_layer_sizes: int | Sequence[int] = (100,),
        activation: str = "relu",
        *,
        solver: str = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate_init: float = 0.001,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 0.0001,
        verbose: bool = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: int = 10,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate_init = learning_rate_init
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.n_iter_no_change = n_iter_no_change

    @property
    def continues(self) -> bool:
        """Whether a fit continues from the parameters of the last one."""
        return bool(self.warm_start) and hasattr(self, "model_")

    def train(
        self,
        X: np.ndarray,
        targets: np.ndarray,
        outputs: int,
        loss: Callable[..., Any],
        stratify: np.ndarray | None = None,
    ) -> None:
        """Train a network with that many outputs; `stratify` holds the classes of the examples."""
        check_parameters(self)
        seed = int(check_random_state(self.random_state).randint(SEEDS))
        self.prepare(X.shape[1], [*layer_sizes(self), outputs], seed)
        validation: tuple[np.ndarray, np.ndarray] | None = (X, targets)
        if self.early_stopping:
            X, held_X, targets, held_targets = train_test_split(
                X,
                targets,
                test_size=self.validation_fraction,
                random_state=seed,
                stratify=stratify,
            )
            validation = (held_X, held_targets)
        if self.n_iter_no_change >= self.max_iter:
            validation = None  # the run ends before `n_iter_no_change` can end it
        self.run(X, targets, loss, validation, seed)

    def prepare(self, inputs: int, sizes: list[int], seed: int) -> None:
        """Build the network, unless the last one is kept.

        Raises ValueError if the last one has other sizes.
        """
        if self.continues:
            if [len(layer.neurons) for layer in self.model_.layers] != sizes:
                raise ValueError(messages.other_sizes())
            return
        with seeded(seed):
            self.model_ = MLP(inputs, sizes, activation_of(self), init="xavier")
        self.predictor_ = Predictor(self.model_)
        self.loss_curve_: list[float] = []

    def run(
        self,
        X: np.ndarray,
        targets: np.ndarray,
        loss: Callable[..., Any],
        validation: tuple[np.ndarray, np.ndarray] | None,
        seed: int,
    ) -> None:
        """Take the training steps, and record the mean loss of each epoch."""
        size = LARGEST_BATCH if self.batch_size == "auto" else int(self.batch_size)
        size = min(size, len(X))
        steps = len(X) // size
        history = fit(
            self.model_,
            loss,
            X,
            targets,
            optimizer=optimizer_of(self),
            epochs=self.max_iter,
            batch_size=size,
            shuffle=bool(self.shuffle),
            penalty=WeightPenalty(0.5 * self.alpha / size) if self.alpha else None,
            validation=validation,
            validate_every=steps,
            patience=None if validation is None else self.n_iter_no_change,
            tol=self.tol,
            seed=seed,
            progress=bool(self.verbose),
        )
        starts = range(0, len(history), steps)
        self.loss_curve_ += [float(np.mean(history.losses[i : i + steps])) for i in starts]
        self.n_iter_ = len(starts)
        self.history_ = history
        if validation is not None and not history.stopped:
            warnings.warn(messages.not_converged(self.max_iter), ConvergenceWarning, stacklevel=4)

    def outputs(self, X: Any) -> np.ndarray:
        """Return the network's outputs for each row: (rows,), or (rows, outputs) for several."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype=np.float64)
        return self.predictor_(X)

    @property
    def loss_(self) -> float:
        """The mean loss of the last epoch."""
        return self.loss_curve_[-1]

    @property
    def n_layers_(self) -> int:
        """The number of layers, the inputs being the first."""
        return len(self.model_.layers) + 1

    @property
    def n_outputs_(self) -> int:
        """The number of outputs of the network."""
        return len(self.model_.layers[-1].neurons)

    @property
    def coefs_(self) -> list[np.ndarray]:
        """The weights of each layer as an array of shape (inputs, outputs)."""
        return [
            np.array([[w.data for w in neuron.w] for neuron in layer.neurons]).T
            for layer in self.model_.layers
        ]

    @property
    def intercepts_(self) -> list[np.ndarray]:
        """The biases of each layer."""
        return [np.array([n.b.data for n in layer.neurons]) for layer in self.model_.layers]


@dataclass(frozen=True)
class WeightPenalty:
    """A penalty of `factor` times the sum of all squared weights. Biases are free."""

    factor: float

    def __call__(self, model: MLP) -> Any:
        neurons = [neuron for layer in model.layers for neuron in layer.neurons]
        return self.factor * sum(w * w for neuron in neurons for w in neuron.w)
