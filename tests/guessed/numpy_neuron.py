"""A neuron by NumPy's names."""

import numpy as np

from micrograd import Value

rng = np.random.default_rng(0)
X = rng.normal(size=(30, 2))
y = np.sign(X.sum(axis=1))

w, b = [Value(0.1), Value(-0.2)], Value(0.0)
for _ in range(60):
    scores = [np.dot(row, w) + b for row in X]
    losses = [np.log1p(np.exp(-target * score)) for score, target in zip(scores, y)]
    loss = np.mean(losses)
    for p in [*w, b]:
        p.grad = 0.0
    loss.backward()
    for p in [*w, b]:
        p.data -= 1.0 * p.grad
predicted = np.array([1.0 if score > 0 else -1.0 for score in scores])
assert np.mean(predicted == y) > 0.9
assert float(loss.data) < 0.4
