# %% [markdown]
# # 1. What micrograd is
#
# [The lecture, from 0:25](https://youtu.be/VMj-3S1tku0?t=25)
#
# **Goal:** compute one expression, ask it for its gradients, and know what these numbers tell
# you.
#
# ## Predict
#
# Below, a long expression of a = -4 and b = 2 comes out as g = 24.7041, and the gradient of b
# turns out to be 645.5773. Before you run anything: if b were 2.001 instead of 2, what would
# g be, roughly?

# %% [markdown]
# ## The smallest code
#
# The expression has no meaning; it is there to exercise many operations: sums, differences,
# products, powers, divisions, and relu, which keeps a positive number and turns a negative
# one into 0.

# %%
from micrograd import Value, relu


def g_of(a, b):
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + relu(b + a)
    d += 3 * d + relu(b - a)
    e = c - d
    f = e**2
    return f / 2.0 + 10.0 / f


# %% [markdown]
# A Value is a number in a wrapper. You compute with it as with any number, but the result
# remembers what it was computed from. Computing g from a and b is called the *forward pass*.

# %%
a, b = Value(-4.0, label="a"), Value(2.0, label="b")
g = g_of(a, b)
g.label = "g"
print(f"{g.data:.4f}")

# %% [markdown]
# Because g remembers, you can ask it how much each number mattered. Answering that is the
# *backward pass*, and it is what this course builds. Afterwards `a.grad` and `b.grad` hold
# the answers.

# %%
g.backward()
print(f"{a.grad:.4f} {b.grad:.4f}")
assert (round(a.grad, 4), round(b.grad, 4)) == (138.8338, 645.5773)

# %% [markdown]
# A gradient is a slope. `b.grad` says: move b a little, and g moves 645.5773 times as far, in
# the same direction, since the number is positive. So if b goes up by 0.001, g should rise by
# about 0.6456. `g_of` accepts plain floats too, so let us check:

# %%
expected = g.data + 0.001 * b.grad
measured = g_of(-4.0, 2.001)
rise = 0.001 * b.grad
print(f"expected {expected:.4f}, measured {measured:.4f}, a rise of about {rise:.4f}")
assert abs(measured - expected) < 0.01

# %% [markdown]
# So g would be about 25.35. The two differ a little, because the slope itself changes on the
# way from 2 to 2.001.

# %% [markdown]
# ## The picture
#
# This is what g remembers: every number on the way, the operation that made it, and its grad.

# %%
from micrograd import draw

draw(g)

# %% [markdown]
# Why would anybody want this? A neural net is such an expression too, only longer. Its inputs
# are the data and the *weights*; its result, in training, is the *loss*, a number that says
# how wrong the net is. For each weight, the gradient tells you which way to move it to make
# the loss smaller. Here is one neuron. Lesson 7 explains it; for now, notice that it is made
# of products, sums and one function, tanh.

# %%
from micrograd.course.presets import neuron

o = neuron()
o.backward()
draw(o)

# %% [markdown]
# ## Break it
#
# A common mistake is to read the gradient as a value: "the gradient of b is 645.5773, so with
# a little more b, g is 645.5773". It is a rate, not a result. g does not come near that
# number:

# %%
wrong = b.grad
print(f"read as the value of g: {wrong:.4f}, the true g after the move: {measured:.4f}")
assert abs(wrong - measured) > 600

# %% [markdown]
# To see the rate, divide how far g moved by how far b moved. Nudge b by a tiny amount, and
# the quotient agrees with `b.grad`.

# %%
h = 1e-6
slope = (g_of(-4.0, 2.0 + h) - g_of(-4.0, 2.0)) / h
print(f"{slope:.2f}")
assert abs(slope - b.grad) < 0.01

# %% [markdown]
# ## Exercise
#
# Now b stays at 2, and a goes from -4 to -4.001. Which way does g move, and how far, to three
# decimal places? Work it out on paper, using nothing but `a.grad`, and then run the cell.

# %%
on_paper = -0.139  # -0.001 times 138.8338
move = g_of(-4.001, 2.0) - g_of(-4.0, 2.0)
print(f"{move:.4f}")
assert round(move, 3) == on_paper

# %% [markdown]
# ## What PyTorch calls this
#
# `backward()` and `grad` have the same names there. Our Value corresponds to a `Tensor`: a
# whole array of numbers instead of one, so that many are computed at once. That is for speed.
# The mathematics is the same, and the part of PyTorch that does it is called *autograd*.
# micrograd is a very small autograd.

# %% [markdown]
# ## Recap
#
# - A Value is a number that remembers what it was computed from.
# - Its gradient is a slope: how many times as far the result moves when this number moves a
#   little.
# - A neural net is an expression of data and weights, so training needs nothing but these two
#   passes, forward and backward.
