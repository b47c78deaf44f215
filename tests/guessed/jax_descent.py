"""Gradient descent on pure functions, as a user of JAX writes it."""

from functools import partial

from micrograd import grad, jit, vmap

X = [[x / 10.0] for x in range(10)]
y = [3.0 * x - 1.0 for (x,) in X]


def predict(w, b, row):
    return w * row[0] + b


def loss(parameters, X, y):
    w, b = parameters
    return sum((predict(w, b, row) - target) ** 2 for row, target in zip(X, y)) / len(X)


step = jit(grad(loss))
parameters = [0.0, 0.0]
for _ in range(400):
    gradient = step(parameters, X, y)
    parameters = [p - 0.5 * g for p, g in zip(parameters, gradient)]
w, b = parameters
assert abs(w - 3.0) < 0.01 and abs(b + 1.0) < 0.01
assert vmap(partial(predict, w, b))(X).shape == (10,)
assert float(loss(parameters, X, y)) < 1e-3
