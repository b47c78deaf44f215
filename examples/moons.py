"""Train a network to separate two moons, and draw its decision boundary as text.

It prints the loss, the accuracy on examples that the network has not seen, and a map of the plane
in which `#` marks the points that the network assigns to the upper moon.

Usage: python examples/moons.py [STEPS]
"""

import random
import sys

from micrograd import MLP, data, fit, losses, no_grad, optim

steps = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
random.seed(1337)  # the initial weights
model = MLP(2, [16, 16, 1])
history = fit(
    model,
    lambda model, x, y: losses.hinge(model(x), y),  # the loss of one example
    *data.moons(100, seed=1),
    optimizer=lambda parameters: optim.Adam(parameters, lr=0.01),
    steps=steps,
    validation=data.moons(100, seed=2),
    metrics={"accuracy": losses.accuracy},
    progress=False,
)
print(f"loss {history.losses[0]:.3f} -> {history.losses[-1]:.3f}", end=", ")
print(f"accuracy {history.validation['accuracy'][-1]:.0%}")
with no_grad():
    for y in range(14, -9, -2):
        print("".join("#" if model([x / 20, y / 10]) < 0 else "." for x in range(-24, 45)))
