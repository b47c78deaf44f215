# %% [markdown]
# # 14. A data set and a loss
#
# [The lecture, from 1:51:04](https://youtu.be/VMj-3S1tku0?t=6664)
#
# **Goal:** say with a single number how wrong a network is on four examples, and get the
# gradient of that number by each of its weights.
#
# ## Predict
#
# Four examples have the targets 1, -1, -1, 1. A lazy network answers 0 to all of them. Take
# each answer minus its target and add up the four differences. What comes out? Is it a good
# measure of how wrong the network is?

# %% [markdown]
# ## The smallest code
#
# The data set has four rows of three numbers, and for each row the output that we want. The
# network is the one of the last lesson, still at its random start.

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
# Nothing was learned yet, so the predictions have little to do with the targets. The second
# is 0.2528, where -1.0 was wanted. To improve something we need one number that says how bad
# it is. Take each prediction minus its target, square it, and add up. This is the *loss*.

# %%
loss = sum((p - t) ** 2 for p, t in zip(predictions, targets))
print(loss)
assert loss.data == sum((p.data - t) ** 2 for p, t in zip(predictions, targets))

# %% [markdown]
# A square is never negative, so no example can make up for another. It is 0 only where the
# prediction hits the target. And it has a derivative everywhere, 2 · (prediction - target),
# which is large for a bad miss and small for a near one.
#
# The loss is a Value like any other. Below it hangs everything: four passes through the
# network, which all use the same 41 parameters. One `backward()` goes through all of that.

# %%
loss.backward()
w = model.layers[0].neurons[0].w[0]
print(f"weight {w.data:.4f}, grad {w.grad:.4f}")

# %% [markdown]
# The grad is positive: this weight up a little, loss up about three times as much. So the
# weight should go down. Try it.


# %%
def loss_at(number):
    """The loss with that number as the weight."""
    kept, w.data = w.data, number
    total = sum((model(row) - t) ** 2 for row, t in zip(X, targets)).data
    w.data = kept
    return total


h = 0.0001
slope = (loss_at(w.data + h) - loss_at(w.data - h)) / (2 * h)
print(f"slope {slope:.4f}, with the weight 0.1 lower the loss is {loss_at(w.data - 0.1):.4f}")
assert abs(slope - w.grad) < 1e-5
assert loss_at(w.data - 0.1) < loss.data

# %% [markdown]
# ## The picture
#
# All other 40 parameters stay where they are, and this one goes from -2 to 2. The curve is
# the loss; the straight line has the grad for its slope and touches the curve at the weight
# of now. The grad knows the curve only there: nothing in it says where the valley ends.

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
# Forget the square and add up the differences. First for the lazy network that answers 0 to
# everything, then for one that is as wrong as can be: it says the opposite each time.


# %%
def without_square(answers):
    return sum(answer - target for answer, target in zip(answers, targets))


lazy = [0.0, 0.0, 0.0, 0.0]
opposite = [-1.0, 1.0, 1.0, -1.0]
print(without_square(lazy), without_square(opposite))
assert without_square(lazy) == without_square(opposite) == without_square(targets) == 0.0

# %% [markdown]
# Both get 0.0, as much as a perfect network gets. Half the differences are above and half
# below, and they cancel. Worse, making this sum small is of no use: it falls as long as the
# answers fall, and a network that says -1 each time gets -4.0, less than a perfect one.
# Squares tell the three apart.


# %%
def squared(answers):
    return sum((answer - target) ** 2 for answer, target in zip(answers, targets))


print(squared(targets), squared(lazy), squared(opposite), without_square([-1.0] * 4))
assert squared(targets) < squared(lazy) < squared(opposite)

# %% [markdown]
# ## Exercise
#
# Many people take the mean of the squares in place of their sum; the package has it as
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
# The mean of the squares is `nn.MSELoss()`, for mean squared error, and the sum is
# `nn.MSELoss(reduction="sum")`. Its two arguments are called *input*, which is our
# prediction, and *target*.

# %% [markdown]
# ## Recap
#
# - A loss is one number for how wrong the network is on the data, and it is a Value, so it
#   has a gradient by every weight.
# - Squares do not cancel: their sum is 0 only where every prediction hits its target.
# - A positive grad says that the weight should go down, a negative one that it should go up.
