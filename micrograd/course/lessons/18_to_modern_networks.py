# %% [markdown]
# # 18. From here to modern networks
#
# [The lecture, from 2:14:03 to 2:16:46](https://youtu.be/VMj-3S1tku0?t=8043)
#
# **Goal:** see what the training of a modern network adds to your loop: minibatches, Adam and
# weight decay, and what it does not add.
#
# ## Predict
#
# Your loop used all four examples in every step. A large network has billions of examples,
# and nobody can afford to use all of them for a single step. So each step uses a
# [minibatch](glossary:minibatch): a few examples, drawn at random. The rest of the loop
# stays as it was. The gradient of a minibatch is not the gradient of all examples.

# %% tags=["question"]
ask(
    "mean_of_minibatches",
    "Twenty points are cut into four minibatches of five. Each has a mean loss, whose gradient you compute. Is the mean of the four gradients the gradient of all twenty?",
    "yes, exactly",
    proof="'yes, exactly' if abs(sum(grads) / 4 - whole) < 1e-12 else 'no'",
    choices=("yes, exactly", "only roughly", "no, it is four times too small"),
    mistakes={
        "only roughly": "Each of the four is only roughly right. But a mean of means over equal parts is the mean of all, and the gradient of a sum is the sum of the gradients.",
        "no, it is four times too small": "Each loss is a mean already, so the four are as large as that of all twenty.",
    },
    why="The loss of all is the mean of the four losses, and the gradient of a mean is the mean of the gradients.",
)

# %% [markdown]
# ## The smallest code
#
# A network with two outputs learns the two moons: one score for each class. Twenty points are
# cut into four minibatches of five. For one weight, we look at its grad.

# %%
import random

from micrograd import MLP, data, optim
from micrograd.losses import cross_entropy

X, y = data.moons(20, seed=1)
classes = [int(label > 0) for label in y]


def new_model():
    random.seed(1337)
    return MLP(2, [8, 2], activation="tanh")


def loss_of(model, rows, targets):
    scores = [model(row) for row in rows]
    return cross_entropy(scores, targets)  # the mean


def grad_of(model, rows, targets):
    """Return the grad of the first weight."""
    model.zero_grad()
    loss_of(model, rows, targets).backward()
    return model.parameters()[0].grad


# %%
model = new_model()
batches = data.batches(X, classes, size=5, seed=0)
grads = [grad_of(model, *batch) for batch in batches]
print([f"{grad:.3f}" for grad in grads])
print(f"mean {sum(grads) / 4:.3f}")
print(f"all  {grad_of(model, X, classes):.3f}")

# %% tags=["check"]
whole = grad_of(model, X, classes)
assert abs(sum(grads) / 4 - whole) < 1e-12
assert max(grads) - min(grads) > 0.02

# %% [markdown]
# Each minibatch gives an estimate that is off, some by a lot. Their mean is exactly the
# gradient of all examples. So a step with a minibatch goes roughly in the right direction, at
# a quarter of the cost, and what is wrong with one step is averaged out over many.
#
# The second change is the rule that moves the parameters. Gradient descent moves each of
# them by learning rate times grad. So a parameter with a grad of 1000 moves a million times
# as far as one with 0.001, and no single learning rate suits both. [Adam](glossary:adam)
# keeps two running means for every parameter: `m` of its grads, and `v` of their squares.
# It moves the parameter by the learning rate times the first mean, divided by the square
# root of the second.

# %% tags=["question"]
ask(
    "adam_first_move",
    "The learning rate is 0.1, and the first grad of a parameter is 1000. How far does Adam move it in its first step?",
    0.1,
    proof="-adam([1000.0])[0]",
    mistakes={
        100.0: "That is learning rate times grad, as gradient descent does. Adam divides by the size of the grads.",
        0.0001: "That is the learning rate divided by the grad. But the mean of the grads stands above the line, and it is 1000, too.",
    },
    why="The mean of one grad is 1000, and the root of the mean of its square is 1000, too. They cancel, and the learning rate is left.",
    given="Adam keeps two running means for each parameter: one of its grads, and one of their "
    "squares. It moves the parameter by the learning rate times the first mean, divided "
    "by the square root of the second. At the first step there is only one grad to take "
    "them of.",
)


# %%
def adam(grads, lr=0.1):
    """Return how far Adam moves in each step."""
    m = v = 0.0
    moves = []
    for t, grad in enumerate(grads, start=1):
        m = 0.9 * m + 0.1 * grad
        v = 0.999 * v + 0.001 * grad**2
        mean = m / (1 - 0.9**t)
        square = v / (1 - 0.999**t)
        moves.append(-lr * mean / square**0.5)
    return moves


print([round(move, 4) for move in adam([1000.0])])
print([round(move, 4) for move in adam([0.001])])
print([round(x, 4) for x in adam([1.0, -1.0, 1.0, -1.0])])

# %% tags=["check"]
from micrograd import Value

p = Value(0.0)
p.grad = 0.001
optim.Adam([p], 0.1).step()
assert abs(p.data - adam([0.001])[0]) < 1e-5  # its eps

# %% [markdown]
# The means start at 0, so the first ones are too small; the two divisions by `1 - ...` make
# up for that. Then `mean / square**0.5` is a number near 1 or -1 as long as the grads agree,
# whatever their size: the first step is 0.1 for a grad of 1000 and for one of 0.001. Where
# the grads contradict each other, as in the last line, the mean is near 0, and the steps are
# short. (The real Adam adds a tiny `eps` to the divisor, in case all grads are 0.)
#
# Now train with both rules, ten times through the data, in minibatches of ten.


# %%
def train(rule, lr, **options):
    model = new_model()
    optimizer = rule(model.parameters(), lr, **options)
    history = []
    for epoch in range(10):  # once through all data
        order = {"size": 10, "seed": epoch}
        batches = data.batches(X, classes, **order)
        for rows, targets in batches:
            loss = loss_of(model, rows, targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            history.append(loss.data)
    return model, history


def final_loss(rule, lr):
    model, _ = train(rule, lr)
    return loss_of(model, X, classes).data


print("lr   SGD   Adam")
for lr in (0.01, 0.1, 1.0):
    sgd = final_loss(optim.SGD, lr)
    other = final_loss(optim.Adam, lr)
    print(lr, f"{sgd:.3f} {other:.3f}")

# %% [markdown]
# After these twenty steps Adam is ahead at the two small rates, and behind at 1.0, where its
# steps are too long. With Adam it is easier to find a rate that works, especially where some
# parameters have much larger grads than others.
#
# The third change is [weight decay](glossary:weight-decay): each step pulls every parameter
# a little towards 0. Small weights make a smoother function, which often does better on
# points that it has not seen. `AdamW` is Adam with weight decay.

# %%
free, _ = train(optim.Adam, 0.1)
held, _ = train(optim.AdamW, 0.1, weight_decay=1.0)
for model in (held, free):
    loss = loss_of(model, X, classes).data
    squares = sum(p.data**2 for p in model.parameters())
    print(f"loss {loss:.2f}, squares {squares:.1f}")

# %% tags=["check"]
held_squares = sum(p.data**2 for p in held.parameters())
assert held_squares < squares / 2  # of the free ones

# %% [markdown]
# The loss is about the same, and the weights are much smaller: their squares add up to 4.3
# instead of 14.5.
#
# ## What a large model adds
#
# This network has 42 parameters. GPT-3 has 175 billion. Its classes are some fifty thousand
# pieces of text, and it predicts which of them comes next. Its neurons are connected in
# another way, which is called attention, and they are computed as matrices, millions of
# products at a time. Yet its loss is cross-entropy, its optimizer is Adam with weight decay,
# its steps use minibatches, and the chain rule is the same.

# %%
print(len(free.parameters()), "parameters")

# %% [markdown]
# ## The picture
#
# The plot shows the loss of each minibatch, for both rules at the rate 0.1. The curves are
# not smooth: each step is judged on other points than the one before.

# %%
# alt: both losses fall in jumps, SGD from 1.0 to 0.5; Adam reaches 0.11, with peaks between
from micrograd.support.figures import blank

figure = blank(5, 3)  # inches
axes = figure.subplots()
for rule in (optim.SGD, optim.Adam):
    _, history = train(rule, 0.1)
    axes.plot(history, label=rule.__name__)
axes.set_xlabel("step")
axes.set_ylabel("loss of the minibatch")
axes.legend()
figure

# %% [markdown]
# ## Break it
#
# Minibatches have to be drawn at random. Files are often sorted, and here the points are: ten
# of class 0, then ten of class 1. Nobody shuffles them. We count how many of the twenty the
# network takes for class 1, after each half of the data. Ten would be right.

# %% tags=["question"]
ask(
    "after_one_class",
    "The network has just seen five minibatches with points of class 0 only. How many of all twenty points does it take for class 1?",
    0.0,
    proof="counts[0]",
    mistakes={
        10.0: "That would be right, but how should it know? Nothing that it saw lately was of class 1.",
    },
    why="To answer class 0 to everything made the loss of all these minibatches small.",
)

# %%
ordered = sorted(zip(classes, X))


def count_ones(model):
    scores = [model(row) for row in X]
    return sum(s1.data > s0.data for s0, s1 in scores)


model = new_model()
optimizer = optim.SGD(model.parameters(), 1.0)
counts = []
for _ in range(3):
    for start in range(0, 20, 2):
        batch = ordered[start : start + 2]
        rows = [row for target, row in batch]
        targets = [target for target, row in batch]
        loss = loss_of(model, rows, targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if start in (8, 18):
            counts.append(count_ones(model))
print(counts)

# %% tags=["check"]
assert counts == [0, 20, 0, 20, 0, 20]

# %% [markdown]
# In the middle of each epoch the network answers class 0 for all twenty points, and at its
# end class 1 for all of them: it learns what it sees now, and forgets what it saw before.
# Shuffle before each epoch; `data.batches` does.
#
# ## Exercise
#
# Adam divides `m` by `1 - 0.9**t` and `v` by `1 - 0.999**t`. On paper: how far is the first
# move, with the learning rate 0.1, if both divisions are left out? Is that too far, or not far
# enough?

# %% tags=["solution"]
# m is 0.1 g, and v is 0.001 g^2, whose root is 0.0316 g.
# The move is 0.1 * 0.1 / 0.0316: three times too far.
m = 0.1 * 7.0
v = 0.001 * 7.0**2
print(f"{0.1 * m / v**0.5:.4f}")
print(f"{-adam([7.0])[0]:.4f}, with both divisions")

# %% tags=["check"]
assert abs(0.1 * m / v**0.5 - 0.3162) < 1e-4

# %% [markdown]
# ## What PyTorch calls this
#
# The optimizers are `optim.SGD`, `optim.Adam` and `optim.AdamW`. A `DataLoader` serves the
# minibatches, and it shuffles only if you write `shuffle=True`.
#
# ## Recap
#
# - A minibatch gives a cheap estimate of the gradient, and on average the right one, if it is
#   drawn at random.
# - Adam scales each step to the size of the grads so far, so each step is about as long as
#   the learning rate.
# - Weight decay pulls parameters towards 0; large models add size, and the chain rule stays
#   the same.
