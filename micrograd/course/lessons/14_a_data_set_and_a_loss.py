# %% [markdown]
# # 14. A data set and a loss
#
# [The lecture, from 1:51:04 to 1:57:56](https://youtu.be/VMj-3S1tku0?t=6664)
#
# **Goal:** express in a single number how wrong a network is on four examples, and get the
# gradient of that number with respect to each of its weights.
#
# ## Predict
#
# Four examples have the targets 1, -1, -1, 1. A lazy network answers 0 to all of them.
# Subtract the target from each answer and add up the four differences. Is the sum a good
# measure of how wrong the network is?

# %% tags=["question"]
ask(
    "sum_of_differences",
    "The targets are 1, -1, -1, 1, and all four answers are 0. What is the sum of the differences, answer minus target?",
    0.0,
    proof="without_square(lazy)",
    mistakes={
        4.0: "That is the sum of their sizes, or of their squares. The plain differences are -1, 1, 1 and -1.",
        -4.0: "The differences have different signs: two targets are above 0, and two are below.",
        2.0: "The differences have different signs: -1, 1, 1 and -1.",
    },
    why="-1 + 1 + 1 - 1 is 0, although every answer is wrong by 1. Errors of different signs cancel.",
)

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
squash = {"activation": "tanh", "output_activation": "tanh"}
model = MLP(3, [4, 4, 1], **squash)
predictions = [model(row) for row in X]
for row, target, p in zip(X, targets, predictions):
    print(row, "target", target, "gives", f"{p.data:.4f}")

# %% [markdown]
# Nothing has been learned yet, so the predictions have little to do with the targets. The
# second is 0.2528, where we wanted -1.0. To improve the network we need one number that says
# how bad it is. Subtract the target from each prediction, square the differences, and add up
# the squares. This is the *loss*.

# %%
squares = []
for p, t in zip(predictions, targets):
    squares.append((p - t) ** 2)
loss = sum(squares)
print([f"{square.data:.4f}" for square in squares])
print(f"{loss.data:.4f}")

# %% [markdown]
# Here `sum` adds Values, and it starts at the number 0: lesson 11 said why that needs
# `__radd__`. If your own Value stops at this line with "unsupported operand", that is what it
# lacks.
#
# A square is never negative, so no example can make up for another. It is 0 only where the
# prediction hits the target. And it has a derivative everywhere, 2 · (prediction - target),
# which is large for a bad miss and small for a near miss. The [loss](glossary:loss) is a
# Value, so we can ask for its grads.

# %% tags=["question"]
ask(
    "grad_of_a_prediction",
    "One prediction is 0.75, and its target is 1. The loss has the term (0.75 - 1)². What is the grad of this prediction?",
    -0.5,
    proof="guess.grad",
    mistakes={
        0.5: "The size is right. If the prediction goes up, the miss gets smaller, so the loss goes down.",
        -0.25: "That is the miss. The derivative of a square is twice what is squared.",
        0.0625: "That is the term itself. Its derivative is 2 · (prediction - target).",
        1.5: "That is 2 · prediction. But the miss is squared, prediction - target.",
    },
    why="2 · (0.75 - 1) = -0.5. It is negative: a larger prediction would make the loss smaller.",
    given="The loss is the sum of (prediction - target)² over all examples.",
)

# %%
from micrograd import Value

guess = Value(0.75)
((guess - 1) ** 2).backward()
print(guess.grad)

# %% [markdown]
# The loss of the network depends on everything: four passes through it, which all use the
# same 41 parameters. One `backward()` goes through all of that.

# %%
loss.backward()
w = model.layers[0].neurons[0].w[0]
print(f"weight {w.data:.4f}, grad {w.grad:.4f}")

# %% [markdown]
# Now look at this grad. Which way should the weight go?

# %% tags=["question"]
ask(
    "which_way",
    "This weight has a positive grad. To make the loss smaller, should the weight go up or down?",
    "down",
    proof="'down' if loss_at(w.data - 0.1) < loss.data else 'up'",
    choices=("up", "down", "that depends on the sign of the weight"),
    mistakes={
        "up": "A positive grad says: if the weight goes up, the loss goes up, too.",
        "that depends on the sign of the weight": "The grad says how the loss moves with the weight, from where the weight is now. Its own sign does not matter for that.",
    },
    why="The grad points to where the loss grows. We want the opposite.",
    given="backward() has given each weight of a network a grad: the rate of the loss with "
    "respect to it.",
)

# %% [markdown]
# If this weight goes up a little, the loss goes up about three times as far. So the weight
# should go down. Try it.


# %%
def loss_at(number):
    """Return the loss with `number` as the weight."""
    before = w.data
    w.data = number
    squares = []
    for row, t in zip(X, targets):
        squares.append((model(row) - t) ** 2)
    w.data = before
    return sum(squares).data


h = 0.0001
rise = loss_at(w.data + h) - loss_at(w.data - h)
print(f"slope {rise / (2 * h):.4f}")
print(f"loss {loss.data:.4f}")
print(f"weight lower by 0.1: {loss_at(w.data - 0.1):.4f}")

# %% tags=["check"]
assert abs(rise / (2 * h) - w.grad) < 1e-5
assert loss_at(w.data - 0.1) < loss.data

# %% [markdown]
# ## The picture
#
# The other 40 parameters stay where they are, and this weight goes from -2 to 2. The curve is
# the loss; the slope of the straight line is the grad, and the line touches the curve at the
# current weight. The grad describes the curve only there: it does not tell you where the
# valley ends.

# %%
# alt: the loss as a curve of one weight, with its valley on the left; the straight line
# touches it at the current weight, where the curve rises
from micrograd.support.figures import blank

figure = blank(5, 3)  # inches
axes = figure.subplots()
numbers = [i / 20 for i in range(-40, 41)]
axes.plot(numbers, [loss_at(x) for x in numbers])
ends = [-0.4, 0.4]
axes.plot(
    [w.data + end for end in ends],
    [loss.data + w.grad * end for end in ends],
)
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
    return sum(a - t for a, t in zip(answers, targets))


lazy = [0.0, 0.0, 0.0, 0.0]
opposite = [-1.0, 1.0, 1.0, -1.0]
print(without_square(lazy), without_square(opposite))

# %% tags=["check"]
assert without_square(lazy) == without_square(opposite)
assert without_square(lazy) == without_square(targets) == 0

# %% [markdown]
# Both get 0.0, the same as a perfect network. Half of the differences are positive and half
# are negative, and they cancel. Worse, making this sum small does not help: it falls as long
# as the answers fall, and a network that always answers -1 gets -4.0, less than a perfect
# one. Squares tell the three apart.


# %%
def squared(answers):
    pairs = zip(answers, targets)
    return sum((a - t) ** 2 for a, t in pairs)


print(without_square([-1.0, -1.0, -1.0, -1.0]))
print(squared(targets), squared(lazy), squared(opposite))

# %% tags=["check"]
assert squared(targets) < squared(lazy) < squared(opposite)

# %% [markdown]
# ## Exercise
#
# Many people use the mean of the squares instead of their sum; in the package it is called
# `losses.mean_squared_error`. On paper: for our four examples, what happens to the loss, to
# the grad of every weight, and to the direction in which a weight should go?

# %% tags=["solution"]
from micrograd import losses

sum_grad = w.grad
w.grad = 0.0
outputs = [model(row) for row in X]
mean = losses.mean_squared_error(outputs, targets)
mean.backward()
print(f"loss {mean.data / loss.data:.4f} of the sum")
print(f"grad {w.grad / sum_grad:.4f} of the sum")
# Both are a quarter, for every weight. So the sign and
# the direction stay the same; only the step is shorter.

# %% tags=["check"]
assert abs(mean.data - loss.data / 4) < 1e-12
assert abs(w.grad - sum_grad / 4) < 1e-12

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
