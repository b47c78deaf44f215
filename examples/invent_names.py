"""Train a GPT, written one number at a time, on first names, and let it invent some.

It prints the loss of the first and of the last hundred training steps, then five new names. A name
is a row of tokens: `.` begins and ends it, and pads it to the length of the longest. Padding has a
weight of 0 in the loss.

Usage: python examples/invent_names.py [STEPS]
"""

import random
import sys
from pathlib import Path
from statistics import mean

from micrograd import fit, losses, no_grad, optim
from micrograd.nn import GPT

NAMES = Path(__file__).with_name("names.txt").read_text("utf-8").split()
LETTERS = ".abcdefghijklmnopqrstuvwxyz"
LENGTH = max(map(len, NAMES)) + 1


def loss(model, tokens, weights):
    scores = model(tokens[:-1])  # for each position, the scores of the next token
    return sum(losses.cross_entropy(*pair) * w for *pair, w in zip(scores, tokens[1:], weights))


steps = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
random.seed(1)  # the initial weights, and the names that are drawn at the end
X = [[LETTERS.index(c) for c in f".{name}".ljust(LENGTH + 1, ".")] for name in NAMES]
y = [[float(i <= len(name)) / (len(name) + 1) for i in range(LENGTH)] for name in NAMES]
model = GPT(len(LETTERS), context=LENGTH, size=8, heads=2)
adam = optim.Adam(model.parameters(), lr=optim.linear_decay(0.02, 0.0, steps))
curve = fit(model, loss, X, y, optimizer=adam, steps=steps, batch_size=1, progress=False).losses
print(f"loss {mean(curve[:100]):.2f} -> {mean(curve[-100:]):.2f}")

with no_grad():
    for _ in range(5):
        tokens = [0]
        while len(tokens) == 1 or (tokens[-1] and len(tokens) < LENGTH):
            chances = [p.data for p in losses.softmax(model(tokens)[-1])]
            tokens += random.choices(range(len(LETTERS)), chances)
        print("".join(LETTERS[t] for t in tokens).strip("."))
