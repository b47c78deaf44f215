# %% [markdown]
# # 7. A neuron by hand
#
# [The lecture, from 52:52](https://youtu.be/VMj-3S1tku0?t=3172)
#
# **Goal:** carry a gradient back through a whole neuron, tanh included, and see how each
# weight influences the output.
#
# ## Predict
#
# A neuron computes o = tanh(x1·w1 + x2·w2 + b), here with x1 = 2, x2 = 0, w1 = -3 and w2 = 1.
# Before you read on: you can nudge one of the five numbers without any effect on o. Which
# one? And if you nudge b, does o move just as far, further, or less far?

# %% [markdown]
# ## The smallest code
#
# Every step in between gets a name. The strange-looking bias makes the gradients come out as
# round numbers.

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
# Go backwards. The gradient of o with respect to itself is 1. The only operation here that
# lesson 5 did not have is tanh. A table of derivatives says that its partial is 1 - tanh(n)².
# Since tanh(n) is the *output* o, that is the same as 1 - o². We already have o, so nothing
# has to be computed again.

# %%
o.grad = 1.0
n.grad = (1.0 - o.data**2) * o.grad
print(f"{n.grad:.4f}")
assert abs(n.grad - 0.5) < 1e-12

# %% [markdown]
# Half of the gradient gets through. Before tanh there are two plus signs, and a plus hands on
# all of its upstream gradient. So the same 0.5 arrives at b, at s and at both products: when
# b moves, o moves half as far.

# %%
s.grad = b.grad = 1.0 * n.grad
p1.grad = p2.grad = 1.0 * s.grad
print(f"{b.grad:.4f} {p1.grad:.4f} {p2.grad:.4f}")

# %% [markdown]
# At each product, the partial with respect to one input is the other input.

# %%
x1.grad, w1.grad = w1.data * p1.grad, x1.data * p1.grad
x2.grad, w2.grad = w2.data * p2.grad, x2.data * p2.grad
for node in (x1, w1, x2, w2):
    print(f"{node.label}.grad = {node.grad:.4f}")

# %% [markdown]
# The gradient of w2 is 0, because its partial is x2, and x2 is 0. Whatever w2 is, the product
# x2·w2 stays 0, so w2 has no influence on this output. That does not make it a bad weight:
# with another x2 it would count. The gradient holds for these inputs only.
#
# Ask the neuron itself: nudge each number and see how far o moves.

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
# This is the same neuron in the finished engine. Follow the 0.5 from tanh back to the
# products: each factor's gradient is 0.5 times the *other* factor's value.

# %%
from micrograd import draw
from micrograd.course.presets import neuron

picture = neuron()
picture.backward()
draw(picture)

# %% [markdown]
# ## Break it
#
# It is easy to get the partial of tanh nearly right: 1 - n² instead of 1 - o². Both look like
# "one minus the square", but n is what goes into tanh, and o is what comes out.

# %%
wrong = (1.0 - n.data**2) * o.grad
print(f"{wrong:.4f}")
assert abs(wrong - n.grad) > 0.2

# %% [markdown]
# There is no error. Everything before n is then scaled by 0.2232 instead of 0.5, so every
# gradient that was not 0 keeps its sign, but is less than half as large as it should be. And
# for an n above 1 even the sign is wrong, while the true partial is never negative.

# %%
for number in (0.5, 1.0, 2.0):
    print(number, f"right {1 - math.tanh(number) ** 2:.4f}", f"wrong {1 - number**2:.4f}")
assert 1 - 2.0**2 < 0 < 1 - math.tanh(2.0) ** 2

# %% [markdown]
# ## Exercise
#
# On paper: x1 = 1, x2 = -2, w1 = 0.5, w2 = 1.5 and b = 2.5. Find n, then o, then all five
# gradients of o. You need no calculator.

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
# `requires_grad=True` from the start; the input data does not, since nobody wants to train
# it. We give the inputs gradients here only because we can; training never uses them.

# %% [markdown]
# ## Recap
#
# - The partial of tanh is one minus the square of its *output*.
# - A weight's gradient is the gradient of the product times the input that the weight is
#   multiplied by, so a weight has no influence if its input is 0.
# - A wrong partial raises no error; nudging the inputs reveals it.
