"""Losses of one example, loss(model, x, y), in the form that `fit` and `compile_step` take.

Rule: a loss or a metric that is given by its name is a function of `micrograd.losses`, and its name
stands here, once.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from micrograd import errors, losses
from micrograd.nn import BCELoss, BCEWithLogitsLoss, Loss, instantiate
from micrograd.training import messages

Metric = Callable[[list[Any], list[Any]], float]  # of outputs and targets
Metrics = str | Metric | Mapping[str, str | Metric] | Iterable[str | Metric]

LOSSES: dict[str, Callable[..., Any]] = {
    "hinge": losses.hinge,
    "cross_entropy": losses.cross_entropy,
    "binary_cross_entropy": losses.binary_cross_entropy,
    "mean_squared_error": losses.mean_squared_error,
    "mse": losses.mean_squared_error,
}
# of all targets, which a trace does not see
CHECKS: dict[Any, Callable[[Iterable[float]], None]] = {
    losses.hinge: losses.check_sides,
    losses.binary_cross_entropy: losses.check_probabilities,
    BCELoss: losses.check_probabilities,
    BCEWithLogitsLoss: losses.check_probabilities,
}
METRICS: dict[str, Metric] = {"accuracy": losses.accuracy, **LOSSES}


@dataclass(frozen=True)
class ExampleLoss:
    """A loss of a model and one example: `function` of the model's output and the target."""

    function: Callable[..., Any]

    def __call__(self, model: Any, x: Any, y: Any) -> Any:
        output = model(x)
        return self.function(output, y)


@dataclass(frozen=True)
class BatchLoss:
    """A loss of a model and a batch: `function` of the outputs and the targets of all examples."""

    function: Callable[..., Any]

    def __call__(self, model: Any, X: Any, y: Any) -> Any:
        outputs = model(X) if getattr(model, "sees_batch", False) else [model(x) for x in X]
        return self.function(outputs, y)


OF_OUTPUTS = (ExampleLoss, BatchLoss)


def check_targets(loss: Callable[..., Any], targets: Any) -> None:
    """Raise ValueError for a target, in an array, that the loss cannot mean."""
    if isinstance(loss, OF_OUTPUTS) and targets is not None:
        function = loss.function
        check = CHECKS.get(function) or CHECKS.get(type(function))
        if check:
            check(dict.fromkeys(targets.ravel().tolist()))  # mostly they are the same few


hinge_loss = ExampleLoss(losses.hinge)
cross_entropy_loss = ExampleLoss(losses.cross_entropy)
squared_error_loss = ExampleLoss(losses.mean_squared_error)


def l2(model: Any) -> Any:
    """Return the L2 penalty of all parameters, for the argument `penalty`."""
    return losses.l2_penalty(model.parameters())


def loss_of(loss: Any, per_example: bool = True) -> Callable[..., Any]:
    """Return loss(model, x, y) for a name in LOSSES, a function there or a module such as MSELoss.

    A class of modules stands for one of its objects, and others are returned as they are.

    Raises ValueError for an unknown name, TypeError for something that is no function.

    >>> loss_of("hinge") == loss_of(losses.hinge) == hinge_loss
    True
    """
    if isinstance(loss, str):
        loss = function_of("loss", loss, LOSSES)
    loss = instantiate(loss)
    if isinstance(loss, Loss) or any(loss is function for function in LOSSES.values()):
        return ExampleLoss(loss) if per_example else BatchLoss(loss)
    if not callable(loss):
        raise TypeError(messages.not_a_loss(loss))
    function: Callable[..., Any] = loss
    return function


def metrics_of(metrics: Any) -> dict[str, Metric]:
    """Return {name: function} for a dict, for a list of names and functions, or for one of them.

    Raises ValueError for an unknown name, TypeError for something that is no function.

    >>> metrics_of(["accuracy"]) == metrics_of(losses.accuracy) == {"accuracy": losses.accuracy}
    True
    """
    if metrics is None:
        return {}
    if isinstance(metrics, str) or callable(metrics):
        metrics = [metrics]
    if not isinstance(metrics, Iterable):
        raise TypeError(messages.not_a_metric(metrics))
    if isinstance(metrics, Mapping):
        return {name: metric_of(metric) for name, metric in metrics.items()}
    pairs = [(name_of(metric), metric_of(metric)) for metric in metrics]
    if len(dict(pairs)) < len(pairs):
        raise ValueError(messages.metrics_of_one_name([name for name, _ in pairs]))
    return dict(pairs)


def name_of(metric: Any) -> str:
    return metric if isinstance(metric, str) else getattr(metric, "__name__", repr(metric))


def metric_of(metric: Any) -> Metric:
    if isinstance(metric, str):
        return function_of("metric", metric, METRICS)
    metric = instantiate(metric)
    if not callable(metric):
        raise TypeError(messages.not_a_metric(metric))
    function: Metric = metric
    return function


def function_of(what: str, name: str, known: dict[str, Callable[..., Any]]) -> Callable[..., Any]:
    if name not in known:
        raise ValueError(errors.unknown_name(what, name, known, ", or pass a function"))
    return known[name]
