# %% [markdown]
# # 14. A data set and a loss
#
# [The lecture, from 1:51:04](https://youtu.be/VMj-3S1tku0?t=6664)
#
# **Goal:** express in a single number how wrong a network is on four examples, and get the
# gradient of that number with respect to each of its weights.
#
# ## Predict
#
# Four examples have the targets 1, -1, -1, 1. A lazy network answers 0 to all of them.
# Subtract the target from each answer and add up the four differences. What is the sum? Is it
# a good measure of how wrong the network is?

# %% [markdown]
# ## The smallest code
#
# The data set has four rows of three numbers, and for each row the output that we want. The
# network is the one from the last lesson, still with its random weights.

# %%
import random

from micrograd import MLP
from micrograd.data import four_points

X, targets = four_points()
random.seed(1337)
model = MLP(3, [4, 4, 1], activation="tanh", output_activation="tanh")
predictions = [model(row) for row in X]
for row, target, prediction in zip(X, targets, predictions):
    print(row, "target", target, "prediction", round(prediction.data, 4))

# %% [markdown]
# Nothing has been learned yet, so the predictions have little to do with the targets. The
# second is 0.2528, where we wanted -1.0. To improve the network we need one number that says
# how bad it is. Subtract the target from each prediction, square the differences, and add up
# the squares. This is the *loss*.

# %%
loss = sum((p - t) ** 2 for p, t in zip(predictions, targets))
print(loss)
assert loss.data == sum((p.data - t) ** 2 for p, t in zip(predictions, targets))

# %% [markdown]
# A square is never negative, so no example can make up for another. It is 0 only where the
# prediction hits the target. And it has a derivative everywhere, 2 · (prediction - target),
# which is large for a bad miss and small for a near miss.
#
# The loss is a Value like any other. It depends on everything: four passes through the
# network, which all use the same 41 parameters. One `backward()` goes through all of that.

# %%
loss.backward()
w = model.layers[0].neurons[0].w[0]
print(f"weight {w.data:.4f}, grad {w.grad:.4f}")

# %% [markdown]
# The grad is positive: if this weight goes up a little, the loss goes up about three times as
# far. So the weight should go down. Try it.


# %%
def loss_at(number):
    """Return the loss with `number` as the weight."""
    before, w.data = w.data, number
    total = sum((model(row) - t) ** 2 for row, t in zip(X, targets)).data
    w.data = before
    return total


h = 0.0001
slope = (loss_at(w.data + h) - loss_at(w.data - h)) / (2 * h)
print(f"slope {slope:.4f}, with the weight 0.1 lower the loss is {loss_at(w.data - 0.1):.4f}")
assert abs(slope - w.grad) < 1e-5
assert loss_at(w.data - 0.1) < loss.data

# %% [markdown]
# ## The picture
#
# The other 40 parameters stay where they are, and this weight goes from -2 to 2. The curve is
# the loss; the slope of the straight line is the grad, and the line touches the curve at the
# current weight. The grad describes the curve only there: it does not tell you where the
# valley ends.

# %%
from micrograd.support.figures import blank

figure = blank(5, 3)  # inches
axes = figure.subplots()
numbers = [i / 20 for i in range(-40, 41)]
axes.plot(numbers, [loss_at(number) for number in numbers])
ends = [w.data - 0.4, w.data + 0.4]
axes.plot(ends, [loss.data + w.grad * (end - w.data) for end in ends])
axes.plot([w.data], [loss.data], "o")
axes.set_xlabel("the weight")
axes.set_ylabel("the loss")
figure

# %% [markdown]
# ## Break it
#
# Leave out the square and add up the differences, first for the lazy network that answers 0
# to everything, then for a network that is as wrong as it can be: it always answers the
# opposite.


# %%
def without_square(answers):
    return sum(answer - target for answer, target in zip(answers, targets))


lazy = [0.0, 0.0, 0.0, 0.0]
opposite = [-1.0, 1.0, 1.0, -1.0]
print(without_square(lazy), without_square(opposite))
assert without_square(lazy) == without_square(opposite) == without_square(targets) == 0.0

# %% [markdown]
# Both get 0.0, the same as a perfect network. Half of the differences are positive and half
# are negative, and they cancel. Worse, making this sum small does not help: it falls as long
# as the answers fall, and a network that always answers -1 gets -4.0, less than a perfect
# one. Squares tell the three apart.


# %%
def squared(answers):
    return sum((answer - target) ** 2 for answer, target in zip(answers, targets))


print(squared(targets), squared(lazy), squared(opposite), without_square([-1.0] * 4))
assert squared(targets) < squared(lazy) < squared(opposite)

# %% [markdown]
# ## Exercise
#
# Many people use the mean of the squares instead of their sum; in the package it is called
# `losses.mean_squared_error`. On paper: for our four examples, what happens to the loss, to
# the grad of every weight, and to the direction in which a weight should go?

# %%
from micrograd import losses

sum_grad = w.grad
w.grad = 0.0
mean = losses.mean_squared_error([model(row) for row in X], targets)
mean.backward()
print(f"{mean.data:.4f} {w.grad:.4f}")
assert abs(mean.data - loss.data / 4) < 1e-12  # a quarter
assert abs(w.grad - sum_grad / 4) < 1e-12  # a quarter as well; so the sign is the same

# %% [markdown]
# ## What PyTorch calls this
#
# The mean of the squares is `nn.MSELoss()`, which stands for mean squared error, and the sum
# is `nn.MSELoss(reduction="sum")`. Its two arguments are called *input*, which is our
# prediction, and *target*.

# %% [markdown]
# ## Recap
#
# - A loss is one number that says how wrong the network is on the data, and it is a Value, so
#   it has a gradient with respect to every weight.
# - Squares do not cancel: their sum is 0 only where every prediction hits its target.
# - A positive grad says that the weight should go down, a negative one that it should go up.
