# %% [markdown]
# # 19. The finished engine, and two moons
#
# [The lecture, from 2:16:46 to 2:21:10](https://youtu.be/VMj-3S1tku0?t=8206)
#
# **Goal:** recognise every part of your own Value in the finished repository, and run its
# demo: a network that learns to tell two moons apart.
#
# ## Predict
#
# The repository of the lecture has four things: `engine.py` with Value, `nn.py` with the
# network, a test, and a demo. The demo has a new loss, for targets that are +1 or -1. A score
# is right if it has the sign of its target, and *right enough* if target times score is at
# least 1. Then it costs nothing. Otherwise it costs what is missing to 1. This is called the
# *max-margin* loss, or [hinge](glossary:hinge-loss): relu(1 - target · score), where relu gives
# 0 for everything below 0.

# %% tags=["question"]
ask(
    "right_enough",
    "The target is 1 and the score is 3. What does the max-margin loss charge?",
    0.0,
    proof="cost(Value(3.0), 1.0).data",
    mistakes={
        -2.0: "That is 1 - 3. The relu cuts it off: being better than right enough earns nothing.",
        2.0: "A score above the target is no mistake here: only what is missing to 1 costs, and nothing is missing.",
        4.0: "Being far on the right side costs nothing: 1 - target · score is below 0 here, and relu makes it 0.",
    },
    why="target · score is 3, which is more than 1, so nothing is missing: relu(1 - 3) = relu(-2) = 0.",
    given="The max-margin loss of a score is relu(1 - target · score). The target is 1 or -1, "
    "and relu gives 0 for everything below 0.",
)

# %% tags=["question"]
ask(
    "sure_and_wrong",
    "The target is -1 and the score is 0.5. What does it charge?",
    1.5,
    proof="cost(Value(0.5), -1.0).data",
    mistakes={
        0.5: "Multiply the score by the target first: the product is below 0, so more than 1 is missing.",
        0.0: "Then the score would have to be -1 or lower.",
        -0.5: "That is target · score. The loss is what is missing to 1.",
    },
    why="target · score is minus one half, so 1.5 is missing to 1.",
    given="The max-margin loss of a score is relu(1 - target · score). The target is 1 or -1, "
    "and relu gives 0 for everything below 0.",
)

# %% [markdown]
# ## The smallest code
#
# **engine.py.** The original is your Value: each operation stores a function of its own in the
# node. It calls children what this course calls inputs, and its names work here, too. This
# package writes every operation as a row of a table instead: how the result is computed, and
# the [partials](glossary:partial). A single `_backward` serves all rows: it adds upstream
# gradient times partial to the grad of each input.

# %%
from micrograd import OPS, Value
from micrograd.explaining.formula import derivatives

for name in ("tanh", "exp", "relu"):
    print(name, "|", derivatives(OPS[name])["x"])

a, b = Value(2.0), Value(-3.0)
y = a * b + a
print(y._op, [x._op for x in y._prev])

# %% [markdown]
# The order and the chain rule are in `graph.py`: one edge after another, starting from the
# last node. With them, `backward` is a loop with one line in it. Here it is, from outside.

# %%
from micrograd.graph import chain_rule, topological_order

order = topological_order(y)
grads = dict.fromkeys(order, 0.0)
grads[y] = 1.0
for node, x, partial in chain_rule(order, lambda n: n.data):
    grads[x] += partial * grads[node]
y.backward()
print(grads[a], grads[b])
print(a.grad, b.grad)

# %% tags=["check"]
assert (grads[a], grads[b]) == (-2.0, 2.0)
assert (a.grad, b.grad) == (-2.0, 2.0)

# %% [markdown]
# **nn.py.** You wrote it in lessons 13 and 15: Neuron, Layer, MLP, and a class `Module` above
# them with `parameters` and `zero_grad`. Its neurons use relu where yours use tanh, and the
# last one has no squash at all, so that a score may be any number.
#
# **The test.** The original computes one expression twice, here and in PyTorch, and compares
# the results: that was lesson 12.
#
# **The demo.** A hundred points lie on two half moons, and no straight line separates them.

# %%
import random

from micrograd import MLP, data, fit, optim
from micrograd.training import plot_boundary

X, targets = data.moons(100, seed=1)
random.seed(1337)
model = MLP(2, [16, 16, 1])
print(len(model.parameters()), "parameters")


def cost(score, target):
    return (1 - target * score).relu()


print(cost(Value(3.0), 1.0).data)
print(cost(Value(0.5), -1.0).data)


def accuracy(model):
    right = 0
    for row, target in zip(X, targets):
        right += (model(row).data > 0) == (target > 0)
    return right / len(X)


print(accuracy(model))

# %% [markdown]
# Before training, the network is right for half of the points, as a coin would be. This is
# one step of the demo, written out. To the mean of the costs it adds the sum of all squared
# parameters, times a tiny number: this is *L2* [regularization](glossary:regularization). It
# pulls the parameters towards 0, as weight decay did in lesson 18. And the learning rate falls
# from 1.0 to 0.1 as training goes on.


# %%
def learning_rate(step):
    return 1.0 - 0.9 * step / 100


def squares(model):
    return 0.0001 * sum(p * p for p in model.parameters())


costs = []
for row, target in zip(X, targets):
    costs.append(cost(model(row), target))
loss = sum(costs) / len(costs) + squares(model)
model.zero_grad()
loss.backward()
for p in model.parameters():
    p.data -= learning_rate(0) * p.grad
print(f"{loss.data:.4f}")
print(learning_rate(0), f"{learning_rate(100):.1f}")

# %% [markdown]
# A hundred of these steps take a while in plain Python. So we hand the same parts to `fit`,
# which compiles the step to machine code first. (In a browser there is no compiler: give it a
# minute or two.)


# %%
def train(loss_of_one):
    random.seed(1337)
    model = MLP(2, [16, 16, 1])
    run = {"optimizer": optim.SGD, "penalty": squares}
    run |= {"lr_schedule": learning_rate, "steps": 100}
    run |= {"progress": False}
    history = fit(model, loss_of_one, X, targets, **run)
    return model, history.losses


def hinge(model, row, target):
    return cost(model(row), target)


model, losses = train(hinge)
print(f"{losses[0]:.4f} {losses[-1]:.4f}")
print("accuracy", accuracy(model))

# %% tags=["check"]
assert abs(losses[0] - loss.data) < 1e-12
assert accuracy(model) == 1.0

# %% [markdown]
# The first loss is that of the step above. After a hundred steps all points are on the right
# side.
#
# ## The picture
#
# This is the picture that ends the demo. Each place of the plane has the colour of the score
# that the network gives it. The line where the score is 0 is the
# [decision boundary](glossary:decision-boundary).

# %%
# alt: two interlocking half moons of points; the line where the score is 0 winds between them
# in an S, and each moon lies wholly on its own side
plot_boundary(model, X, targets)

# %% [markdown]
# Nobody told the network about moons. It is made of 33 neurons, each of which bends a
# straight line once; 337 numbers were moved against their grads, a hundred times.

# %% [markdown]
# ## Break it
#
# Somebody writes plus instead of minus: relu(1 + target · score).

# %% tags=["question"]
ask(
    "plus_for_minus",
    "The same training with relu(1 + target · score) as the loss. What share of the points does the network get right at the end, from 0 to 1?",
    0.0,
    proof="accuracy(opposite)",
    mistakes={
        0.5: "Half is what a coin gets. This network learns a lot, but something else than you want.",
        1.0: "Look at a score with the wrong sign, say target 1 and score -2. What does this loss charge?",
    },
    why="This loss charges nothing for scores with the *wrong* sign. The network learns the moons perfectly, with the sides swapped.",
    given="A network learns to tell two moons apart. Its targets are 1 and -1, and a point is "
    "right if its score has the sign of its target. The loss should be relu(1 - target · "
    "score), but somebody writes plus instead of minus.",
)


# %%
def wrong_sign(model, row, target):
    return (1 + target * model(row)).relu()


opposite, wrong_losses = train(wrong_sign)
print(f"{wrong_losses[0]:.4f} {wrong_losses[-1]:.4f}")
print("accuracy", accuracy(opposite))

# %% [markdown]
# The loss falls as nicely as before, and every single point is wrong. A loss cannot say whether
# you asked for the right thing, so measure something else beside it, such as the accuracy. An
# accuracy far *below* a coin's is good news: the network has learned, and only a sign is wrong.
#
# ## One thing that the original cannot do
#
# Your Value finds its order with a function `visit` that calls itself, once for each input.
# Each call that has not returned takes a place on Python's stack.

# %% tags=["question"]
ask(
    "long_chain",
    "A chain of 5,000 additions, each of which uses the result of the one before. What does your `backward()` do?",
    "it raises a RecursionError",
    proof="'it ' + ('raises a RecursionError' if raised else 'works')",
    choices=(
        "it works",
        "it raises a RecursionError",
        "it gives wrong grads",
    ),
    mistakes={
        "it works": "The graph is in order. But `visit` has to go 5,000 calls deep before the first one returns.",
        "it gives wrong grads": "It does not get as far as the grads. It fails while it looks for the order.",
    },
    why="`visit` calls itself for each node of the chain before it returns, and Python allows about 1,000 nested calls.",
)

# %%
from micrograd.course.stages import Value7


def chain(kind, length):
    x = kind(1.0)
    end = x
    for _ in range(length):
        end = end + 1.0
    return x, end


raised = ""
try:
    chain(Value7, 5_000)[1].backward()
except RecursionError as error:
    raised = type(error).__name__
print(raised)

x, end = chain(Value, 100_000)
end.backward()
print(end.data, x.grad)

# %% tags=["check"]
assert raised == "RecursionError" and x.grad == 1.0

# %% [markdown]
# The cure, and what this package does, is to keep the nodes that are still waiting in a list,
# which may grow as long as memory allows. The order stays the same.
#
# ## Exercise
#
# On paper: what is the grad of a score in the max-margin loss of one example, for target 1 and
# a score of 0.25, for 1 and 3, and for -1 and 0.25? Which examples move the network in a step,
# and which do not?

# %% tags=["solution"]
pairs = [(1.0, 0.25), (1.0, 3.0), (-1.0, 0.25)]
for target, number in pairs:
    score = Value(number)
    (1 - target * score).relu().backward()
    print(target, number, score.grad)
# The grad is -target, or 0 where the score is right enough.
# So only examples that are not right enough move the
# network. After some steps, most are, and do nothing.

# %% tags=["check"]
assert score.grad == 1.0

# %% [markdown]
# ## What PyTorch calls this
#
# PyTorch has a table of operations, too, which the next lesson opens. The max-margin loss with
# more than two classes is `nn.MultiMarginLoss`. A learning rate that changes is a *scheduler*,
# as in `optim.lr_scheduler.LinearLR`, and L2 regularization is the `weight_decay` of
# `optim.SGD`.

# %% [markdown]
# ## Recap
#
# - The finished engine is your Value, with a table of operations in place of one function for
#   each, and a loop in place of recursion.
# - The demo adds three things to your loop: the max-margin loss, which is 0 for what is right
#   enough; a penalty on squared parameters; and a falling learning rate.
# - A loss cannot say whether you asked for the right thing: measure the accuracy, too, and look
#   at the boundary.
