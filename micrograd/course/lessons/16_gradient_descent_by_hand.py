# %% [markdown]
# # 16. Gradient descent by hand
#
# [The lecture, from 2:01:12 to 2:14:03](https://youtu.be/VMj-3S1tku0?t=7272)
#
# **Goal:** train the network on the four points with a loop of four parts, and see what
# happens when one of them is forgotten.
#
# ## Predict
#
# Each turn of the loop computes the loss, sets all grads to 0, goes backward, and moves the
# parameters. The lecture itself once forgot the part that sets the grads to 0, and did not
# notice it for a while.

# %% tags=["question"]
ask(
    "unzeroed_early",
    "Two loops start from the same network. One sets the grads to 0 in each step, the other never does. Which has the smaller loss after five steps?",
    "the one that never does",
    proof="'the one that never does' if wrong[5] < right[5] else 'the right one'",
    choices=("the right one", "the one that never does", "they are equal"),
    mistakes={
        "the right one": "So one would think. But grads that add up make longer steps, and at first the direction is right.",
        "they are equal": "`backward()` adds to the grads that are there, so from the second step on they differ.",
    },
    why="Each step moves by the sum of all grads so far: longer steps, in a direction that is still right. The mistake looks like progress.",
    given="Two loops train the same network. Each step computes the loss, goes backward, which "
    "adds to the grads, and moves the parameters. One loop sets all grads to 0 before it "
    "goes backward, which is right, and the other never does.",
)

# %% tags=["question"]
ask(
    "unzeroed_late",
    "And after fifty steps?",
    "the right one",
    proof="'the right one' if right[-1] < wrong[-1] else 'the one that never does'",
    choices=("the right one", "the one that never does", "they are equal"),
    mistakes={
        "the one that never does": "At first its long steps help. They go on when the valley has long been passed.",
        "they are equal": "The right one settles in the valley. The other cannot: its old grads go on pushing.",
    },
    why="Old grads never fade. They push the parameters through the valley and up the other side.",
    given="Two loops train the same network. One sets all grads to 0 in each step, which is "
    "right, and the other never does. After five steps, the one that never does has the "
    "smaller loss. Now compare the two losses once more.",
)

# %% [markdown]
# ## The smallest code
#
# The network, the data and the loss are those of the last two lessons.

# %%
import random

from micrograd import MLP
from micrograd.data import four_points

X, targets = four_points()
squash = {"activation": "tanh", "output_activation": "tanh"}


# %%
def new_model():
    """Return the same network each time."""
    random.seed(1337)
    return MLP(3, [4, 4, 1], **squash)


def loss_of(model):
    squares = []
    for row, t in zip(X, targets):
        squares.append((model(row) - t) ** 2)
    return sum(squares)


# %% [markdown]
# Take one step first. The gradient points to where the loss grows, so each parameter goes the
# other way, and only a little: the grad is a statement about the point where we are. How far
# we go is set by the [learning rate](glossary:learning-rate), here 0.1.

# %%
model = new_model()
before = loss_of(model)
before.backward()
for p in model.parameters():
    p.data -= 0.1 * p.grad
after = loss_of(model)
print(f"{before.data:.4f} {after.data:.4f}")

# %% [markdown]
# Then repeat this again and again. Now the grads of the previous step are still there, and
# `backward()` adds to them, as lesson 10 required for a Value that is used twice. So we set
# them to 0 first.


# %%
def train(lr, steps=50, zero=True):
    model, history = new_model(), []
    for _ in range(steps):
        loss = loss_of(model)  # forward
        if zero:
            for p in model.parameters():
                p.grad = 0.0  # forget the last step
        loss.backward()  # backward
        for p in model.parameters():
            p.data -= lr * p.grad  # update
        history.append(loss.data)
    return model, history


# %%
model, right = train(0.1)
for step in (0, 1, 5, 10, 20, 49):
    print(step, f"{right[step]:.4f}")
print([round(model(row).data, 3) for row in X], targets)

# %% tags=["check"]
assert right[-1] < 0.01

# %% [markdown]
# The loss falls from 3.1407 to 0.0062, fast at first and then more and more slowly: near the
# targets tanh is flat and the misses are small, so the grads are small as well. All four
# predictions have the right sign and are close to their targets. This is all there is to
# training. Large networks have more parameters and more data, but the loop is the same.
#
# ## Why only the parameters?
#
# The loop sets the grads of the 41 parameters to 0. But every node of the graph has a grad:
# the sums, the products, the four outputs. Nobody sets those to 0.

# %% tags=["question"]
ask(
    "inner_nodes",
    "Do the grads of the nodes in between pile up from step to step, too?",
    "no, they are new in each step",
    proof="'no, they are new in each step' if fresh else 'yes'",
    choices=(
        "yes, but it does no harm",
        "no, they are new in each step",
        "no, backward() sets them to 0",
    ),
    mistakes={
        "yes, but it does no harm": "It would do harm: each of them passes its grad on. Look at where the nodes come from.",
        "no, backward() sets them to 0": "It does not; it adds to whatever it finds. Look at where the nodes come from.",
    },
    why="Each forward pass builds a new graph, with new nodes, whose grads are 0. Only the parameters stay, and keep their grads.",
    given="Each step of training builds the graph of the loss by a forward pass, sets the grads "
    "of the parameters to 0, and goes backward. Every node of the graph has a grad: the "
    "sums, the products, the outputs.",
)

# %%
first, second = loss_of(model), loss_of(model)
print(first is second, first.inputs[0] is second.inputs[0])
first.backward()
print(first.grad, second.grad)

# %% tags=["check"]
fresh = first is not second and second.grad == 0.0
assert fresh

# %% [markdown]
# Each call of `loss_of` builds a new graph: new products, new sums, new grads of 0. The old
# graph is thrown away. Only the parameters are in both, so only they can carry something from
# one step into the next.
#
# ## The picture
#
# The plot shows the loss at each step, on a logarithmic scale: each large mark on the axis
# stands for ten times as much as the one below it.

# %%
# alt: the loss falls from 3 to 0.006 in fifty steps, ever more slowly
from micrograd.support.figures import blank


def plot(**losses):
    figure = blank(5, 3)  # inches
    axes = figure.subplots()
    for name, history in losses.items():
        axes.plot(history, label=name)
    axes.set_yscale("log")
    axes.set_xlabel("step")
    axes.set_ylabel("loss")
    axes.legend()
    return figure


plot(right=right)

# %% [markdown]
# ## Break it
#
# Now leave out the part that sets the grads to 0.

# %%
model, wrong = train(0.1, zero=False)
for step in (0, 1, 5, 20, 30, 49):
    print(step, f"{right[step]:.4f} {wrong[step]:.4f}")
print([round(model(row).data, 3) for row in X])

# %% tags=["check"]
assert wrong[5] < right[5]  # it looks better ...
assert wrong[-1] > 7.9  # ... and ends far above its start

# %%
# alt: without zeroed grads the loss falls faster, jumps up and down, reaches a millionth at
# step 21, then goes up to 8 and stays there; the right loss falls slowly and steadily
plot(right=right, wrong=wrong)

# %% [markdown]
# After five steps the wrong loop is *ahead*: 0.0053 against 0.0484. Each step moves by the
# sum of all grads so far, which acts like a larger learning rate. But old grads never fade.
# They keep pushing when the network has already passed the valley; they carry it up the other
# side, and back. At step 20 the loss prints as 0.0000, and at step 30 it is 8.0000, where it
# stays. All four answers are the same there: two of them are wrong by 2, and twice 2 squared
# is 8. That far out tanh is flat, so the new grads are almost zero and cannot pull it back.
#
# With half the learning rate, the same mistake stays hidden.

# %%
_, slow = train(0.05)
model, lucky = train(0.05, zero=False)
print(f"{slow[-1]:.5f} {lucky[-1]:.5f}")

# %% tags=["check"]
assert lucky[-1] < slow[-1]

# %% [markdown]
# The wrong loop even wins. The problem is so easy that it solves it by luck. A falling loss
# is no proof that the code is right.
#
# A learning rate that is too large ends in much the same way, without any bug: even the first
# step jumps over the valley.

# %%
_, large = train(1.0)
print([round(x, 2) for x in large[:6]], round(large[-1], 2))

# %% tags=["check"]
assert large[1] > large[0] and large[-1] > 7.9

# %% [markdown]
# ## Exercise
#
# Someone does set the grads to 0, but in the wrong place: after `backward()` and before the
# update. What is the loss after ten steps? Think first, then run it.

# %% tags=["solution"]
model, history = new_model(), []
for _ in range(10):
    loss = loss_of(model)
    loss.backward()
    model.zero_grad()  # the package's name for it
    for p in model.parameters():
        p.data -= 0.1 * p.grad
    history.append(loss.data)
print(f"{history[0]:.4f} {history[-1]:.4f}")
# Every step is 0.1 times 0, so nothing moves.

# %% tags=["check"]
assert history == [history[0]] * 10

# %% [markdown]
# ## What PyTorch calls this
#
# Updating the parameters and clearing the grads is the job of an *optimizer*,
# `optim.SGD(model.parameters(), lr=0.1)`. The loop is then `optimizer.zero_grad()`,
# `loss.backward()`, `optimizer.step()`. Since PyTorch 2, `zero_grad()` sets the grads to
# `None` instead of 0, so read a grad only after `backward()`. PyTorch adds to grads as we do,
# so there, too, people forget the first of these calls.

# %% [markdown]
# ## Recap
#
# - Forward, set the grads to 0, backward, update: that is the training loop.
# - A step goes against the gradient, and the learning rate says how far; too far jumps over
#   the valley.
# - Grads that are not set to 0 add up from step to step; this may work for a while, by luck,
#   which makes the mistake hard to see.
