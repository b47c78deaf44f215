"""Losses of one example, loss(model, x, y), in the form that `fit` and `compile_step` take."""

from typing import Any

from micrograd import losses


def hinge_loss(model: Any, x: Any, y: Any) -> Any:
    output = model(x)
    return losses.hinge(output, y)


def cross_entropy_loss(model: Any, x: Any, y: Any) -> Any:
    output = model(x)
    return losses.cross_entropy(output, y)


def squared_error_loss(model: Any, x: Any, y: Any) -> Any:
    output = model(x)
    return losses.mean_squared_error(output, y)


def l2(model: Any) -> Any:
    """Return the L2 penalty of all parameters, for the argument `penalty`."""
    return losses.l2_penalty(model.parameters())
