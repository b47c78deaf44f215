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
# Below, a long expression of a = -4 and b = 2 comes out as g = 24.7041, and then it says that
# the gradient of b is 645.5773. Before you run anything: if b were 2.001 in place of 2, what
# would g be, roughly?

# %% [markdown]
# ## The smallest code
#
# The expression means nothing. It only uses many operations: sums, differences, products,
# powers, divisions, and relu, which keeps a positive number and makes 0 of a negative one.

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
# Because g remembers, it can be asked: how much did each number matter to you? That is the
# *backward pass*, and it is what this course builds. Afterwards `a.grad` and `b.grad` hold
# the answers.

# %%
g.backward()
print(f"{a.grad:.4f} {b.grad:.4f}")
assert (round(a.grad, 4), round(b.grad, 4)) == (138.8338, 645.5773)

# %% [markdown]
# A gradient is a slope. `b.grad` says: move b a little, and g moves 645.5773 times as far, in
# the same direction, since the number is positive. So for a move of 0.001 expect a rise of
# about 0.6456. Plain numbers go through the same function, so you can look:

# %%
expected = g.data + 0.001 * b.grad
found = g_of(-4.0, 2.001)
print(f"expected {expected:.4f}, found {found:.4f}, a rise of about {0.001 * b.grad:.4f}")
assert abs(found - expected) < 0.01

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
# Why should anybody want this? A neural net is such an expression too, only longer. Its
# inputs are the data and the *weights*; its result, in training, is the *loss*, a number that
# says how wrong the net is. The gradients tell for each weight which way to move it so that
# the loss gets smaller. Here is one neuron. Lesson 7 explains it; for now, see that it is
# made of products, sums and one function, tanh.

# %%
from micrograd.course.presets import neuron

o = neuron()
o.backward()
draw(o)

# %% [markdown]
# ## Break it
#
# A frequent slip is to read the gradient as a value: "the gradient of b is 645.5773, so with
# a little more b, g is 645.5773". It is a rate, not a result. g does not come near that
# number:

# %%
wrong = b.grad
print(f"read as the value of g: {wrong:.4f}, the true g after the move: {found:.4f}")
assert abs(wrong - found) > 600

# %% [markdown]
# A rate shows when you divide: how far g went, by how far b went. Nudge b by very little, and
# the quotient says what `b.grad` says.

# %%
h = 1e-6
slope = (g_of(-4.0, 2.0 + h) - g_of(-4.0, 2.0)) / h
print(f"{slope:.2f}")
assert abs(slope - b.grad) < 0.01

# %% [markdown]
# ## Exercise
#
# Now b stays at 2, and a goes from -4 to -4.001. Which way does g go, and how far, to three
# digits after the point? Use nothing but `a.grad`, on paper, and then run the cell.

# %%
on_paper = -0.139  # -0.001 times 138.8338
move = g_of(-4.001, 2.0) - g_of(-4.0, 2.0)
print(f"{move:.4f}")
assert round(move, 3) == on_paper

# %% [markdown]
# ## What PyTorch calls this
#
# `backward()` and `grad` have the same names there. What is a Value here is a `Tensor` there:
# a whole array of numbers in place of one, so that many are computed at once. That is for
# speed. The mathematics is the same, and the part of PyTorch that does it is called
# *autograd*. micrograd is a very small one.

# %% [markdown]
# ## Recap
#
# - A Value is a number that remembers what it was computed from.
# - Its gradient is a slope: how many times as far the result moves when this number moves a
#   little.
# - A neural net is an expression of data and weights, so the same two passes, forward and
#   backward, are what training it needs.
