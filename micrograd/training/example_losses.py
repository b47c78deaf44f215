"""Losses of one example: loss(model, x, y), as `fit` and `compile_step` take them."""

from micrograd import losses


def margin(model, x, y):
    return losses.hinge(model(x), y)


def likelihood(model, x, y):
    return losses.cross_entropy(model(x), y)


def square(model, x, y):
    return losses.mean_squared_error(model(x), y)


def small(model):
    return losses.l2_penalty(model.parameters())
