# %% [markdown]
# # 16. Gradient descent by hand
#
# [The lecture, from 2:01:12](https://youtu.be/VMj-3S1tku0?t=7272)
#
# **Goal:** train the network on the four points with a loop of four parts, and see what
# happens when one of them is forgotten.
#
# ## Predict
#
# Each turn of the loop computes the loss, sets all grads to 0, goes backward, and moves the
# parameters. Leave out the part that sets the grads to 0. Does the loss then stay where it
# is, go up, or go down? Say what you expect after five steps, and after forty.

# %% [markdown]
# ## The smallest code
#
# The network, the data and the loss are those of the last two lessons.

# %%
import random

from micrograd import MLP
from micrograd.data import four_points

X, targets = four_points()


# %%
def new_model():
    """Return the network with its random weights, the same each time."""
    random.seed(1337)
    return MLP(3, [4, 4, 1], activation="tanh", output_activation="tanh")


def loss_of(model):
    return sum((model(row) - t) ** 2 for row, t in zip(X, targets))


# %% [markdown]
# Take one step first. The gradient points to where the loss grows, so each parameter goes the
# other way, and only a little: the grad is a statement about the point where we are. How far
# we go is set by the *learning rate*, here 0.1.

# %%
model = new_model()
before = loss_of(model)
before.backward()
for p in model.parameters():
    p.data -= 0.1 * p.grad
after = loss_of(model)
print(f"{before.data:.4f} {after.data:.4f}")
assert after.data < before.data

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
assert right[-1] < 0.01

# %% [markdown]
# The loss falls from 3.1407 to 0.0062, fast at first and then more and more slowly: near the
# targets tanh is flat and the misses are small, so the grads are small as well. All four
# predictions have the right sign and are close to their targets. This is all there is to
# training. Large networks have more parameters and more data, but the loop is the same.
#
# ## The picture
#
# The plot shows the loss at each step, on a logarithmic scale: each large mark on the axis
# stands for ten times as much as the one below it.

# %%
from micrograd.support.figures import blank

figure = blank(5, 3)  # inches
axes = figure.subplots()
axes.plot(right)
axes.set_yscale("log")
axes.set_xlabel("step")
axes.set_ylabel("loss")
figure

# %% [markdown]
# ## Break it
#
# Now leave out the part that sets the grads to 0. The lecture itself made this mistake, and
# did not notice it for a while.

# %%
model, wrong = train(0.1, zero=False)
for step in (0, 1, 5, 10, 20, 30, 49):
    print(step, f"{right[step]:.4f} {wrong[step]:.4f}")
print([round(model(row).data, 3) for row in X])
assert wrong[5] < right[5]  # it looks better ...
assert wrong[-1] > 7.9  # ... and ends far above where it began

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
assert large[1] > large[0] and large[-1] > 7.9

# %% [markdown]
# ## Exercise
#
# Someone does set the grads to 0, but in the wrong place: after `backward()` and before the
# update. What is the loss after ten steps? Think first, then run it.

# %%
model, history = new_model(), []
for _ in range(10):
    loss = loss_of(model)
    loss.backward()
    model.zero_grad()  # the package's name for those two lines
    for p in model.parameters():
        p.data -= 0.1 * p.grad
    history.append(loss.data)
assert history == [history[0]] * 10  # every step is 0.1 times 0: nothing moves

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
