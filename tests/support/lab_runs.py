"""Runs for tests of what the lab shows: a network and its points, trained without a page."""

import random
from types import SimpleNamespace

from micrograd import MLP, data, losses, optim
from micrograd.training import compile_step


class SmallRun:
    """A run of SGD over all points, with the attributes that a frame reads."""

    def __init__(self, X, y, sizes, loss="hinge", task="two classes", held=((), ()), l2=1e-4):
        random.seed(1337)
        self.experiment = SimpleNamespace(loss=loss, l2=l2)
        self.points = SimpleNamespace(
            X=X, y=y, held_X=held[0], held_y=held[1], task=task, columns=[], classes=[]
        )
        self.model = MLP(len(X[0]), sizes)
        self.optimizer = optim.SGD(self.model.parameters(), lr=0.1)
        penalty = lambda model: losses.l2_penalty(model.parameters(), l2)  # noqa: E731
        self.take = compile_step(loss, self.model, self.optimizer, penalty)
        self.step, self.losses, self.stopped = 0, [], ""

    def advance(self, count):
        self.losses += self.take.run(self.points.X, self.points.y, steps=count).tolist()
        self.step += count


def moons_run(sizes=(6, 5, 1), count=40):
    X, y = data.moons(count, seed=1)
    held = data.moons(20, seed=2)
    return SmallRun(X, y, list(sizes), held=held)


def classes_run():
    X, _ = data.moons(30, seed=3)
    y = [float(i % 3) for i in range(30)]
    return SmallRun(X, y, [5, 3], "cross_entropy", "classes")


def amounts_run():
    X = [[i / 10.0] for i in range(20)]
    y = [x[0] ** 2 for x in X]
    return SmallRun(X, y, [4, 1], "mse", "amount")


def images_run():
    rng = random.Random(4)
    X = [[rng.random() for _ in range(9)] for _ in range(12)]
    return SmallRun(X, [float(i % 2) for i in range(12)], [4, 2], "cross_entropy", "classes")


RUNS = {
    "two classes": moons_run,
    "classes": classes_run,
    "amount": amounts_run,
    "images": images_run,
}
