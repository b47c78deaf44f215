# %% [markdown]
# # 23. The same table, learned
#
# **Goal:** let gradient descent find the table of lesson 22, and see why it has to find the
# counts.
#
# ## Predict
#
# Beyond the lecture, part two. Nobody will count now. There are 27 scores for each sign,
# 729 weights in all, and softmax turns the scores of a row into probabilities. Gradient
# descent makes the loss of the names small.

# %% tags=["question"]
ask(
    "first_loss",
    "All 729 weights start at 0. What is the mean loss of all pairs before the first step?",
    3.2958,
    proof="history.losses[0]",
    mistakes={
        0.0: "Scores of 0 are not losses of 0: softmax makes 1/27 of each of 27 equal scores.",
        1.0: "The probabilities of a row add up to 1. The loss is minus the log of one of them.",
    },
    why="Equal scores give equal probabilities, 1/27 each, and -log(1/27) is 3.2958.",
    within=0.006,
    given="A model has 27 scores for each of 27 signs, 729 weights in all. Softmax turns the "
    "scores of a row into the probabilities of the next sign, and the loss is minus the "
    "logarithm of the probability of the right one.",
)

# %% [markdown]
# ## The smallest code
#
# The names and the signs are those of lesson 22. This time the pairs are kept as numbers: `X`
# has the sign before, and `y` the sign that follows.

# %%
from micrograd import data

names = data.common_names()
letters = ".abcdefghijklmnopqrstuvwxyz"
X, y = [], []
for name in names:
    for a, b in zip("." + name, name + "."):
        X.append(letters.index(a))
        y.append(letters.index(b))
print(len(X), X[:3], y[:3])

# %% [markdown]
# How does a letter go into a linear layer? As 27 numbers that are all 0, but for a 1 at its
# place: it is [one-hot](glossary:one-hot). Multiplied by such an input, a layer just picks the weights of that
# place. Here are three signs and nine weights.

# %%
weights = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
one_hot = [0, 1, 0]
scores = []
for column in zip(*weights):
    products = [x * w for x, w in zip(one_hot, column)]
    scores.append(sum(products))
print(scores)

# %% tags=["check"]
assert scores == weights[1]

# %% [markdown]
# So a linear layer without bias, on a one-hot input, is a table with a row for each sign.
# `Embedding` looks up the row and saves the products with 0.

# %%
from micrograd import losses, nn


class Bigram(nn.Module):
    def __init__(self):
        self.rows = nn.Embedding(27, 27)
        for p in self.parameters():
            p.data = 0.0

    def __call__(self, x):
        return self.rows(x)


def loss_of(model, x, y):
    return losses.cross_entropy(model(x), y)


model = Bigram()
print(len(model.parameters()), "parameters")

# %% [markdown]
# What will its gradients be? Take the row of q. In all five pairs that begin with q, the
# next sign is u.

# %% tags=["question"]
ask(
    "grad_of_u",
    "In the row of q all scores are 0. What is the grad of the score of u, in the mean loss of "
    "the five pairs that begin with q? Remember the exercise of lesson 17.",
    -0.963,
    proof="1/27 - 1",
    mistakes={
        0.963: "The sign: the score of u has to go *up*, so its grad is negative.",
        0.037: "That is its probability. From the score of the right sign, 1 is subtracted.",
        -4.8148: "That is the sum over the five pairs. Their mean is a fifth of it.",
        -1.0: "The probability of u, 1/27, is part of the grad, too.",
    },
    why="Probability minus 1 for the right sign: 1/27 - 1 = -0.963.",
    within=0.001,
    given="Softmax turns 27 scores into probabilities. With respect to the score of the right "
    "sign, the loss has the partial p - 1, where p is its probability. In all five pairs "
    "that begin with q, the next sign is u.",
)

# %%
q, u = letters.index("q"), letters.index("u")
in_row = [target for x, target in zip(X, y) if x == q]
row_losses = [loss_of(model, q, t) for t in in_row]
mean = sum(row_losses) / len(row_losses)
mean.backward()
row = model.rows.weight[q]
print(f"u {row[u].grad:.3f}, any other {row[0].grad:.3f}")

# %% tags=["check"]
assert len(in_row) == 5
assert abs(row[u].grad - (1 / 27 - 1)) < 1e-12
assert abs(row[0].grad - 1 / 27) < 1e-12

# %% [markdown]
# For any row it is the same: the grad of a score, in the mean loss of the row, is its
# *probability minus its share* among the pairs of that row. So all grads are 0 exactly when
# the probabilities are the shares, and the shares are what we counted.
#
# Now all the pairs, 300 steps of [Adam](glossary:adam), each with the mean loss of all 6566
# pairs. `fit` compiles the step, or it would take minutes.

# %%
from micrograd import fit, optim


def train(model, steps=300):
    adam = optim.Adam(model.parameters(), lr=0.1)
    run = {"optimizer": adam, "steps": steps}
    return fit(model, loss_of, X, y, progress=False, **run)


model = Bigram()
history = train(model)
print(f"{history.losses[0]:.4f} {history.losses[-1]:.4f}")

# %% [markdown]
# The counted table had 2.3309. Compare some probabilities, too:

# %%
from collections import Counter

pairs, earlier = Counter(zip(X, y)), Counter(X)
for text in ("qu", "an", "a.", "th", "zz"):
    a, b = map(letters.index, text)
    row = [score.data for score in model(a)]
    learned = losses.softmax(row)[b]
    share = pairs[a, b] / earlier[a]
    print(f"{text} {learned:.3f} {share:.3f}")

# %% [markdown]
# Left is what was learned, right what was counted.

# %% tags=["question"]
ask(
    "below_the_counts",
    "With more steps, can the loss of this model fall below that of the counted table, 2.3309?",
    "no",
    choices=("yes", "no"),
    proof="'no' if history.losses[-1] > 2.3309 else 'yes'",
    mistakes={
        "yes": "It has the same shape as the table, one probability for each pair: what could it say better?",
    },
    why="Where the probabilities are the counted shares, all grads are 0: the loss is lowest.",
    given="A model has 27 scores for each of 27 signs, and softmax turns a row into the "
    "probabilities of the next sign. It learns by gradient descent from the same names "
    "from which a table of counted shares was made.",
)

# %% [markdown]
# ## The picture
#
# The loss of each step comes down to the loss of the counted table, and never crosses it.

# %%
# alt: the loss falls from 3.3 to the dashed line at 2.33, and stays just above it
import math

from micrograd.support.figures import blank

counted = 0.0
for (a, _), n in pairs.items():
    counted -= n / len(X) * math.log(n / earlier[a])

figure = blank(5, 3)  # inches
axes = figure.subplots()
axes.plot(history.losses)
axes.axhline(counted, linestyle="--", color="gray")
axes.set_xlabel("step")
axes.set_ylabel("loss")
figure

# %%
print(f"{history.losses[-1] - counted:.4f}")

# %% tags=["check"]
assert abs(counted - 2.3309) < 5e-5
assert 0.0 < history.losses[-1] - counted < 0.003
assert all(loss > counted for loss in history.losses)

# %% [markdown]
# The rest of 0.0012 has a reason. A pair that never came should have the probability 0, for
# which its score would have to be minus infinity. Gradient descent is always on the way
# there. So the learned table does something by itself for which the counts needed smoothing:
# it calls nothing impossible.

# %% [markdown]
# ## Break it
#
# Why one-hot? The letter e has the number 5; give the layer that one number.


# %%
class Amount(nn.Module):
    def __init__(self):
        self.linear = nn.Linear(1, 27)

    def __call__(self, x):
        return self.linear([x / 26])


import random

random.seed(1337)
stuck = train(Amount())
print(f"{stuck.losses[-1]:.4f}")

# %% [markdown]
# It stays far above 2.3309. As an amount, e lies between d and f, and each score has to be
# a straight line over the alphabet. But a letter is a name, not an amount: its neighbours in
# the alphabet say nothing about what follows it.

# %% [markdown]
# ## Exercise
#
# A row has three signs, with the counts 5, 3 and 2. Which three scores give exactly the
# probabilities 0.5, 0.3 and 0.2? Check that with them all grads of the mean loss are 0. Are
# there other scores that do?

# %% tags=["solution"]
from micrograd import Value

scores = [Value(math.log(n)) for n in (5, 3, 2)]
targets = [0] * 5 + [1] * 3 + [2] * 2
copies = [scores] * len(targets)
mean = losses.cross_entropy(copies, targets)
mean.backward()
print([f"{p.data:.1f}" for p in losses.softmax(scores)])
print([f"{abs(s.grad):.6f}" for s in scores])

# %% tags=["check"]
assert all(abs(s.grad) < 1e-12 for s in scores)

# %% [markdown] tags=["remark"]
# The logarithms of the counts do: softmax takes exp, which gives the counts back, and
# divides by their sum. Add the same number to all three scores, and nothing changes.

# %% [markdown]
# ## What PyTorch calls this
#
# One-hot inputs are `F.one_hot(x, 27).float()`, and `@ W` multiplies them by the weights;
# `nn.Embedding(27, 27)` looks the row up. The loss is `F.cross_entropy(scores, y)`.

# %% [markdown]
# ## Recap
#
# - A linear layer on a one-hot input picks a row of weights; an embedding is the same table,
#   looked up.
# - The grad of a score is its probability minus its share of the row, so gradient descent
#   ends at the counts.
# - A letter is not an amount: it goes in one-hot, or by a row of its own.
