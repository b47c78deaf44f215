"""Runs for tests of what the lab shows: one for each kind of task, and for inputs of each kind."""

import random

from micrograd.lab import Experiment, Points, Run


def moons_run(**settings):
    defaults = {"points": 40, "hidden": (6, 5), "rate": 0.1}
    return Run(Experiment(**{**defaults, **settings}))


def classes_run():
    rng = random.Random(3)
    X = [[rng.gauss(0.0, 1.0), rng.gauss(0.0, 1.0)] for _ in range(30)]
    points = Points(X, [float(i % 3) for i in range(30)], classes=("a", "b", "c"), task="classes")
    return Run(Experiment(data="own", hidden=(5,), loss="cross_entropy", rate=0.1), points)


def amounts_run():
    X = [[i / 10.0] for i in range(20)]
    points = Points(X, [x[0] ** 2 for x in X], columns=("x",), classes=(), task="amount")
    settings = {"loss": "mse", "rate": 0.01, "activation": "tanh", "l2": 0.0}
    return Run(Experiment(data="own", hidden=(4,), **settings), points)


def images_run():
    rng = random.Random(4)
    X = [[rng.random() for _ in range(9)] for _ in range(12)]
    columns = tuple(f"pixel {i}" for i in range(9))
    targets = [float(i % 2) for i in range(12)]
    points = Points(X, targets, columns=columns, classes=("0", "1"), task="classes")
    return Run(Experiment(data="own", hidden=(4,), loss="cross_entropy", rate=0.1), points)


def rows_run():
    rng = random.Random(5)
    X = [[rng.random() for _ in range(3)] for _ in range(12)]
    targets = [float(i % 2) for i in range(12)]
    points = Points(X, targets, columns=("x1", "x2", "x3"), classes=("0", "1"), task="classes")
    return Run(Experiment(data="own", hidden=(4,), loss="cross_entropy", rate=0.1), points)


RUNS = {
    "two classes": moons_run,
    "probabilities": lambda: moons_run(loss="binary_cross_entropy", optimizer="adam"),
    "classes": classes_run,
    "amount": amounts_run,
    "images": images_run,
    "three columns": rows_run,
}
