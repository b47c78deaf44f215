"""The models whose first step `python -m bench compile` measures, from small to large.

Rule: a row is a workload, as in workloads.py, so every contestant of the bench can run it.
"""

import random
from functools import partial

from bench.workloads import SEED, VOCABULARY, Workload, noise
from micrograd import MLP, optim
from micrograd.models import char_gpt
from micrograd.training.example_losses import cross_entropy_loss

EXAMPLES, PIXELS = 64, 784
LETTERS = "abcdefghijklmnopqrstuvwxyz"  # the boundary token makes VOCABULARY of them


def mlp(name: str, sizes: list[int], pixels: int = PIXELS) -> Workload:
    """Return the workload of an MLP on images of random pixels."""
    return Workload(
        name,
        f"MLP({pixels}, {sizes}), {EXAMPLES} images, SGD",
        partial(MLP, pixels, sizes, init="he"),
        cross_entropy_loss,
        partial(optim.SGD, lr=0.01),
        partial(noise, EXAMPLES, pixels),
    )


def gpt(name: str, layers: int, width: int, positions: int) -> Workload:
    """Return the workload of a GPT on one text of random tokens."""
    vocabulary = char_gpt.Vocabulary(LETTERS)
    return Workload(
        name,
        f"GPT, {layers} x {width} wide, {positions} positions, Adam",
        partial(char_gpt.make, vocabulary, positions, width, layers),
        char_gpt.loss,
        partial(optim.Adam, lr=1e-3),
        partial(random_text, positions),
    )


def random_text(positions: int) -> tuple[list, list]:
    """Return (tokens, weights in the loss) of a batch of one text."""
    rng = random.Random(SEED)
    tokens = [rng.randrange(VOCABULARY) for _ in range(positions + 1)]
    return [tokens], [[1.0 / positions] * positions]


MLPS = {w.name: w for w in (mlp("mlp128", [128, 10]), mlp("mlp512", [512, 256, 10]))}
GPTS = {
    w.name: w
    for w in (
        gpt("gpt16", 1, 16, 16),
        gpt("gpt32", 2, 32, 16),
        gpt("gpt64", 4, 64, 32),
        gpt("gpt128", 4, 128, 64),
        gpt("gpt384", 6, 384, 256),  # nanoGPT's smallest: 8 GB, and minutes in all
    )
}
SIZES = MLPS | GPTS
ONLY_WHEN_NAMED = ("gpt128", "gpt384")
