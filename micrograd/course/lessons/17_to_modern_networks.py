# %% [markdown]
# # 17. From here to modern networks
#
# [The lecture, from 2:14:03](https://youtu.be/VMj-3S1tku0?t=8043)
#
# **Goal:** see what a modern network adds to yours: batches, softmax with cross-entropy, Adam
# and weight decay.
#
# ## Predict
#
# Softmax makes probabilities out of scores: it takes exp of each, and divides by the sum.
# Three scores are 2, 1 and 0. Before you read on: what happens to the three probabilities if
# you add 1000 to every score? And what will a computer say?

# %% [markdown]
# ## The smallest code
#
# A network that chooses among classes has one output for each: a score, which may be any
# number. Softmax turns scores into positive shares with a sum of 1, the greatest share for
# the greatest score.

# %%
import math

from micrograd.losses import cross_entropy, softmax

scores = [2.0, 1.0, 0.0]
shares = softmax(scores)
print([f"{share:.4f}" for share in shares])
assert abs(sum(shares) - 1.0) < 1e-12

# %% [markdown]
# The loss is minus the logarithm of the share that the right class gets. It is near 0 if that
# share is near 1, and it grows without end as the share goes to 0. Its name is
# *cross-entropy*.

# %%
loss = cross_entropy(scores, 0)
print(f"{loss:.4f}")
assert abs(loss + math.log(shares[0])) < 1e-12

# %% [markdown]
# Now a network of two outputs learns the two moons. With millions of examples, nobody can
# afford all of them at every step. So each step takes a *batch*, a few drawn at random. The
# gradient of a batch is a rough estimate of the gradient of all, and it is much cheaper.

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
# The rule that moves the parameters can be changed too. Gradient descent, here `SGD`, moves
# each by learning rate times grad. *Adam* keeps two running means for every parameter, of its
# grads and of their squares, and moves it by learning rate times the first over the root of
# the second. So the step is about as long as the rate says, whether the grads are large or
# small.

# %%
ended = {}
for lr in (0.1, 0.3, 1.0):
    ended[lr] = [train(kind, lr)[1] for kind in (optim.SGD, optim.Adam)]
    print(lr, [f"{loss:.3f}" for loss in ended[lr]])
assert ended[0.1][1] < ended[0.1][0] and ended[1.0][1] > ended[1.0][0]

# %% [markdown]
# In these twenty steps Adam is ahead at two rates, and behind at 1.0, where its steps are too
# long. With Adam it is less work to find a rate that does, above all where some parameters
# have far greater grads than others.
#
# *Weight decay* pulls every parameter a little towards 0 at each step. Small weights make a
# smoother function, which often does better on points that it has not seen. `AdamW` is Adam
# with such a pull.

# %%
free, loss_free = train(optim.Adam, 0.1)
held, loss_held = train(optim.AdamW, 0.1, weight_decay=1.0)
for model, loss in ((free, loss_free), (held, loss_held)):
    print(f"loss {loss:.2f}, squares {sum(p.data**2 for p in model.parameters()):.1f}")
assert sum(p.data**2 for p in held.parameters()) < sum(p.data**2 for p in free.parameters())
print(len(free.parameters()), "parameters")

# %% [markdown]
# This network has 42 parameters. GPT-3 has 175 billion, its classes are some fifty thousand
# pieces of text, and the question is which comes next. Its neurons are wired in another way,
# and are worked on by the million, side by side. Yet the loss is cross-entropy, the optimizer
# Adam with weight decay, and the chain rule the same.

# %% [markdown]
# ## The picture
#
# Four scores and their cross-entropy, where the right class is the last. From each score the
# greatest is taken away first; the next section shows why.

# %%
from micrograd import draw
from micrograd.course.presets import softmax as softmax_graph

loss = softmax_graph()
loss.backward()
draw(loss)

# %% [markdown]
# ## Break it
#
# Write softmax down as it is defined, and give it the greater scores of the question.
# exp(1000) is beyond the greatest float, so it becomes inf, and inf over inf is nan: not a
# number.

# %%
from micrograd import Value, exp


def naive(scores):
    powers = [exp(s) for s in scores]
    return [p / sum(powers) for p in powers]


great = [Value(1002.0), Value(1001.0), Value(1000.0)]
broken = naive(great)
print([p.data for p in broken])
assert all(math.isnan(p.data) for p in broken)

# %% [markdown]
# What should it have been? Adding 1000 to each multiplies every exp by the same factor, above
# and below the line, and it cancels: the probabilities do not change. So one may *subtract*
# the greatest score from each first. The greatest power is then exp(0), which is 1, and
# nothing can overflow. That is what the package does.

# %%
print([f"{p:.4f}" for p in softmax([s.data for s in great])])
assert all(abs(p - q) < 1e-9 for p, q in zip(softmax([s.data for s in great]), shares))

# %% [markdown]
# ## Exercise
#
# Cross-entropy is log(exp(s0) + exp(s1) + exp(s2)) - s0, if class 0 is right. Differentiate
# it on paper by s0 and by s1. Both answers have a share of the softmax in them. Which scores
# go up in a step of gradient descent, and which go down?

# %%
s = [Value(2.0), Value(1.0), Value(0.0)]
cross_entropy(s, 0).backward()
print([f"{x.grad:.4f}" for x in s])
answer = [shares[0] - 1.0, shares[1], shares[2]]
assert all(abs(x.grad - a) < 1e-12 for x, a in zip(s, answer))

# %% [markdown]
# The right score has the only negative grad, so it goes up, and the others go down, each by
# its share.

# %% [markdown]
# ## What PyTorch calls this
#
# The loss is `F.cross_entropy`, which takes scores, called *logits*, and never probabilities.
# The optimizers are `optim.SGD`, `optim.Adam` and `optim.AdamW`, and a `DataLoader` deals out
# the batches.

# %% [markdown]
# ## Recap
#
# - Softmax makes probabilities out of scores, and cross-entropy is minus the logarithm of
#   that of the right class.
# - A batch is a cheap estimate of the gradient; Adam measures each step by the grads so far;
#   weight decay pulls towards 0.
# - Subtract the greatest score before exp: the result is the same, and nothing overflows.
