"""The demo of karpathy/micrograd in its order, with its seeds: it prints the loss of each step.

Run as `python demo_of_the_original.py STEPS ORDER`, where ORDER says when micrograd is imported.
"""

import random
import sys

import numpy as np

steps, order = int(sys.argv[1]), sys.argv[2]
if order == "micrograd first":
    from micrograd.nn import MLP

np.random.seed(1337)
random.seed(1337)
if order == "seed first":
    from micrograd.nn import MLP
from sklearn.datasets import make_moons

points, classes = make_moons(n_samples=100, noise=0.1)
signs = classes * 2 - 1
model = MLP(2, [16, 16, 1])


def forward():
    """Return the loss, a mean of hinges with a penalty, and the share of points that are right."""
    from micrograd.engine import Value

    scores = [model([Value(x) for x in point]) for point in points]
    hinges = [(1 + -sign * score).relu() for sign, score in zip(signs, scores)]
    penalty = 1e-4 * sum(p * p for p in model.parameters())
    right = [(sign > 0) == (score.data > 0) for sign, score in zip(signs, scores)]
    return sum(hinges) * (1.0 / len(hinges)) + penalty, sum(right) / len(right)


for step in range(steps):
    loss, accuracy = forward()
    model.zero_grad()
    loss.backward()
    for p in model.parameters():
        p.data -= (1.0 - 0.9 * step / 100) * p.grad
    print(f"step {step} loss {loss.data}, accuracy {accuracy * 100}%")
