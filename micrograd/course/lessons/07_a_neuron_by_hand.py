# %% [markdown]
# # 7. A neuron by hand
#
# [The lecture, from 52:52](https://youtu.be/VMj-3S1tku0?t=3172)
#
# **Goal:** carry a gradient back through a whole neuron, tanh included, and read off what
# each weight can do about the output.
#
# ## Predict
#
# A neuron computes o = tanh(x1·w1 + x2·w2 + b), here with x1 = 2, x2 = 0, w1 = -3 and w2 = 1.
# Before you read on: one of the five numbers can be moved a little without any effect on o.
# Which one? And does moving b by a little move o by just as much, by more, or by less?

# %% [markdown]
# ## The smallest code
#
# Every step in between gets a name. The odd bias is chosen so that the gradients come out
# round.

# %%
from micrograd.course.stages import Value3 as Value

x1, x2 = Value(2.0, label="x1"), Value(0.0, label="x2")
w1, w2 = Value(-3.0, label="w1"), Value(1.0, label="w2")
b = Value(6.8813735870195432, label="b")

p1, p2 = x1 * w1, x2 * w2
s = p1 + p2
n = s + b
o = n.tanh()
print(f"n = {n.data:.4f}, o = {o.data:.4f}")

# %% [markdown]
# Go backwards. The gradient of o by itself is 1. The only operation here that lesson 5 did
# not have is tanh, and a table of derivatives says that its partial is 1 - tanh(n)². It can
# be written with the *output*, as 1 - o². We have o already, so nothing has to be computed
# again.

# %%
o.grad = 1.0
n.grad = (1.0 - o.data**2) * o.grad
print(f"{n.grad:.4f}")
assert abs(n.grad - 0.5) < 1e-12

# %% [markdown]
# Half of the gradient gets through. Below tanh come two plus signs, and a plus hands on all
# of its upstream gradient. So the same 0.5 arrives at b, at s and at both products: a move of
# b moves o by half as much.

# %%
s.grad = b.grad = 1.0 * n.grad
p1.grad = p2.grad = 1.0 * s.grad
print(f"{b.grad:.4f} {p1.grad:.4f} {p2.grad:.4f}")

# %% [markdown]
# At each product the partial by one input is the other input.

# %%
x1.grad, w1.grad = w1.data * p1.grad, x1.data * p1.grad
x2.grad, w2.grad = w2.data * p2.grad, x2.data * p2.grad
for node in (x1, w1, x2, w2):
    print(f"{node.label}.grad = {node.grad:.4f}")

# %% [markdown]
# The gradient of w2 is 0, because its partial is x2, and x2 is 0. Whatever w2 is, the product
# x2·w2 stays 0, so w2 has no say in this output. It is not a bad weight: with another x2 it
# would count. The gradient speaks of these inputs only.
#
# Ask the neuron itself, by a small move of each number.

# %%
import math


def output(x1, x2, w1, w2, b):
    return math.tanh(x1 * w1 + x2 * w2 + b)


leaves, h = (x1, x2, w1, w2, b), 1e-6
for i, leaf in enumerate(leaves):
    numbers = [x.data for x in leaves]
    numbers[i] += h
    slope = (output(*numbers) - o.data) / h
    print(f"{leaf.label}: {slope:.4f}")
    assert abs(slope - leaf.grad) < 1e-4
assert w2.grad == 0.0

# %% [markdown]
# ## The picture
#
# The same neuron in the finished engine. Follow the 0.5 from tanh down to the products: there
# it meets the data of the neighbour.

# %%
from micrograd import draw
from micrograd.course.presets import neuron

picture = neuron()
picture.backward()
draw(picture)

# %% [markdown]
# ## Break it
#
# The partial of tanh is easy to get nearly right: 1 - n² in place of 1 - o². Both look like
# "one minus the square", but n is what goes into tanh, and o is what comes out.

# %%
wrong = (1.0 - n.data**2) * o.grad
print(f"{wrong:.4f}")
assert abs(wrong - n.grad) > 0.2

# %% [markdown]
# Nothing complains. All that lies below n is then scaled by 0.2232 in place of 0.5, so every
# gradient that was not 0 keeps its sign and is less than half as large as it should be. And
# for an n beyond 1 the sign turns too, while the true partial never drops below 0.

# %%
for number in (0.5, 1.0, 2.0):
    print(number, f"right {1 - math.tanh(number) ** 2:.4f}", f"wrong {1 - number**2:.4f}")
assert 1 - 2.0**2 < 0 < 1 - math.tanh(2.0) ** 2

# %% [markdown]
# ## Exercise
#
# On paper: x1 = 1, x2 = -2, w1 = 0.5, w2 = 1.5 and b = 2.5. Find n, then o, then all five
# gradients of o. No calculator is needed.

# %%
from micrograd import Value

x1, x2, w1, w2, b = (Value(x) for x in (1.0, -2.0, 0.5, 1.5, 2.5))
n = x1 * w1 + x2 * w2 + b
o = n.tanh()
o.backward()
assert (n.data, o.data, n.grad) == (0.0, 0.0, 1.0)
assert (x1.grad, x2.grad, w1.grad, w2.grad, b.grad) == (0.5, 1.5, 1.0, -2.0, 1.0)

# %% [markdown]
# ## What PyTorch calls this
#
# The neuron is `torch.nn.Linear(2, 1)` followed by `torch.tanh`. Its `weight` and `bias` have
# `requires_grad=True` from the start, while the data that is fed in has not, since nobody
# wants to train it. Inputs are given a gradient in this lesson only because the chain rule
# does not mind.

# %% [markdown]
# ## Recap
#
# - The partial of tanh is one minus the square of its *output*.
# - A weight's gradient is the gradient of the product times the input beside it, so an input
#   of 0 leaves its weight without a say.
# - A wrong partial raises no error; a small move of a number finds it.
