"""Add an op: one row states what it computes and its derivative, and all else follows.

It adds `swish(x) = x * sigmoid(x)`, checks its partial against finite differences, takes its second
derivative, which nobody wrote down, compiles it, and trains a network whose neurons use it.

Usage: python examples/own_op.py [STEPS]
"""

import random
import sys

import micrograd
from micrograd import MLP, Op, data, fit, grad, gradcheck, jit, losses, optim, sigmoid

swish = Op(
    "swish",  # its name
    "swish({})",  # how people write it
    lambda x: x * sigmoid(x),  # the number that it computes
    (lambda x, out: out + sigmoid(x) * (1.0 - out),),  # its partial, written with other ops
)
micrograd.OPS["swish"] = swish  # from here on it has a name: for models, files and pictures

print(gradcheck(swish, 1.0))
print("swish'(1) =", grad(swish)(1.0), " swish''(1) =", grad(grad(swish))(1.0))
print("compiled: swish'(1) =", grad(jit(swish))(1.0))

steps = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
random.seed(1)
model = MLP(2, [8, 1], activation="swish")
history = fit(
    model,
    lambda model, x, y: losses.hinge(model(x), y),
    *data.circles(100, seed=1),
    optimizer=lambda parameters: optim.Adam(parameters, lr=0.02),
    steps=steps,
    progress=False,
)
print(f"a network of swish neurons: loss {history.losses[0]:.3f} -> {history.losses[-1]:.3f}")
