# %% [markdown]
# # 17. From here to modern networks
#
# [The lecture, from 2:14:03](https://youtu.be/VMj-3S1tku0?t=8043)
#
# **Goal:** see what a modern network adds to yours: minibatches, softmax with cross-entropy,
# Adam and weight decay.
#
# ## Predict
#
# Softmax turns scores into probabilities: it takes exp of each score, and divides by the sum.
# Three scores are 2, 1 and 0. Before you read on: what happens to the three probabilities if
# you add 1000 to every score? And what will a computer answer?

# %% [markdown]
# ## The smallest code
#
# A network that chooses among classes has one output for each class: a score, which may be
# any number. Softmax turns the scores into probabilities: positive numbers with a sum of 1.
# The largest score gets the largest probability.

# %%
import math

from micrograd.losses import cross_entropy, softmax

scores = [2.0, 1.0, 0.0]
probabilities = softmax(scores)
print([f"{p:.4f}" for p in probabilities])
assert abs(sum(probabilities) - 1.0) < 1e-12

# %% [markdown]
# The loss is minus the logarithm of the probability that the right class gets. It is near 0
# if that probability is near 1, and it grows without limit as the probability goes to 0. It
# is called *cross-entropy*.

# %%
loss = cross_entropy(scores, 0)
print(f"{loss:.4f}")
assert abs(loss + math.log(probabilities[0])) < 1e-12

# %% [markdown]
# Now a network with two outputs learns the two moons. With millions of examples, nobody can
# afford to use all of them in every step. So each step uses a *minibatch*: a few examples,
# drawn at random. The gradient of a minibatch is a rough estimate of the gradient of all
# examples, and it is much cheaper to compute.

# %%
import random

from micrograd import MLP, data, optim

X, y = data.moons(20, seed=1)
classes = [int(label > 0) for label in y]


def train(kind, lr, **options):
    random.seed(1337)
    model = MLP(2, [8, 2], activation="tanh")
    optimizer = kind(model.parameters(), lr, **options)
    for epoch in range(10):  # once through all the data
        for rows, targets in data.batches(X, classes, size=10, seed=epoch):
            loss = cross_entropy([model(row) for row in rows], targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model, cross_entropy([model(row) for row in X], classes).data


# %% [markdown]
# We can also change the rule that moves the parameters. Gradient descent, here `SGD`, moves
# each parameter by learning rate times grad. *Adam* keeps two running means for every
# parameter: one of its grads and one of their squares. It moves the parameter by the learning
# rate times the first mean, divided by the square root of the second. So a step is about as
# long as the learning rate, whether the grads are large or small.

# %%
losses_at = {}
for lr in (0.1, 0.3, 1.0):
    losses_at[lr] = [train(kind, lr)[1] for kind in (optim.SGD, optim.Adam)]
    print(lr, [f"{loss:.3f}" for loss in losses_at[lr]])
assert losses_at[0.1][1] < losses_at[0.1][0] and losses_at[1.0][1] > losses_at[1.0][0]

# %% [markdown]
# After these twenty steps Adam is ahead at two rates, and behind at 1.0, where its steps are
# too long. With Adam it is easier to find a rate that works, especially where some parameters
# have much larger grads than others.
#
# *Weight decay* pulls every parameter a little towards 0 in each step. Small weights make a
# smoother function, which often does better on points that it has not seen. `AdamW` is Adam
# with weight decay.

# %%
free, loss_free = train(optim.Adam, 0.1)
held, loss_held = train(optim.AdamW, 0.1, weight_decay=1.0)
for model, loss in ((free, loss_free), (held, loss_held)):
    print(f"loss {loss:.2f}, squares {sum(p.data**2 for p in model.parameters()):.1f}")
assert sum(p.data**2 for p in held.parameters()) < sum(p.data**2 for p in free.parameters())
print(len(free.parameters()), "parameters")

# %% [markdown]
# This network has 42 parameters. GPT-3 has 175 billion. Its classes are some fifty thousand
# pieces of text, and it predicts which of them comes next. Its neurons are connected in
# another way, and millions of them are computed in parallel. Yet its loss is cross-entropy,
# its optimizer is Adam with weight decay, and the chain rule is the same.

# %% [markdown]
# ## The picture
#
# This is the graph of four scores and their cross-entropy, where the last class is the right
# one. First the largest score is subtracted from each; the next section shows why.

# %%
from micrograd import draw
from micrograd.course.presets import softmax as softmax_graph

loss = softmax_graph()
loss.backward()
draw(loss)

# %% [markdown]
# ## Break it
#
# Write softmax down as it is defined, and give it the large scores from the question.
# exp(1000) is larger than the largest float, so it becomes inf, and inf divided by inf is
# nan: not a number.

# %%
from micrograd import Value, exp


def naive(scores):
    powers = [exp(s) for s in scores]
    return [p / sum(powers) for p in powers]


large = [Value(1002.0), Value(1001.0), Value(1000.0)]
broken = naive(large)
print([p.data for p in broken])
assert all(math.isnan(p.data) for p in broken)

# %% [markdown]
# What should the result have been? Adding 1000 to each score multiplies every exp by the same
# factor, in the numerator and in the denominator, and the factor cancels: the probabilities
# do not change. So we may first *subtract* the largest score from each. The largest power is
# then exp(0), which is 1, and nothing can overflow. That is what the package does.

# %%
print([f"{p:.4f}" for p in softmax([s.data for s in large])])
assert all(abs(p - q) < 1e-9 for p, q in zip(softmax([s.data for s in large]), probabilities))

# %% [markdown]
# ## Exercise
#
# Cross-entropy is log(exp(s0) + exp(s1) + exp(s2)) - s0, if class 0 is right. On paper,
# differentiate it with respect to s0 and with respect to s1. Both answers contain a
# probability from the softmax. Which scores go up in a step of gradient descent, and which go
# down?

# %%
s = [Value(2.0), Value(1.0), Value(0.0)]
cross_entropy(s, 0).backward()
print([f"{x.grad:.4f}" for x in s])
answer = [probabilities[0] - 1.0, probabilities[1], probabilities[2]]
assert all(abs(x.grad - a) < 1e-12 for x, a in zip(s, answer))

# %% [markdown]
# Only the score of the right class has a negative grad, so it goes up. The others go down,
# each in proportion to its probability.

# %% [markdown]
# ## What PyTorch calls this
#
# The loss is `F.cross_entropy`. Its input has to be scores, called *logits*, and never
# probabilities; its targets are class numbers, or one probability for each class. The
# optimizers are `optim.SGD`, `optim.Adam` and `optim.AdamW`, and a `DataLoader` serves the
# minibatches.

# %% [markdown]
# ## Recap
#
# - Softmax turns scores into probabilities, and cross-entropy is minus the logarithm of the
#   probability of the right class.
# - A minibatch gives a cheap estimate of the gradient; Adam scales each step by the grads so
#   far; weight decay pulls parameters towards 0.
# - Subtract the largest score before taking exp: the result is the same, and nothing
#   overflows.
