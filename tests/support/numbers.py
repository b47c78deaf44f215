"""Random numbers that are the same in every run: lists of lists of any shape."""

import numpy as np


def normals(*shape, seed=2):
    """Return nested lists of that shape, of normally distributed numbers."""
    return np.random.default_rng(seed).normal(size=shape).tolist()


def uniforms(rng, *shape):
    """Return nested lists of that shape, of numbers between -1 and 1; a number without a shape."""
    if not shape:
        return rng.uniform(-1.0, 1.0)
    return [uniforms(rng, *shape[1:]) for _ in range(shape[0])]
