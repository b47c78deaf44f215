# %% [markdown]
# # 12. The same in PyTorch
#
# [The lecture, from 1:39:31](https://youtu.be/VMj-3S1tku0?t=5971)
#
# **Goal:** compute the neuron of lesson 7 and its gradients once more, with a library that is
# used everywhere, and see that it says the same.
#
# ## Predict
#
# Lesson 7 found these grads for the neuron: -1.5 for x1, 1.0 for w1, 0.5 for x2, 0.0 for w2.
# PyTorch is a large library, made for arrays and graphics cards. Will it give exactly these
# numbers? And if you forget to tell it that you want the gradient of w2, what does it give
# you for w2: zero, an error, or something else?

# %% [markdown]
# ## The smallest code
#
# PyTorch's number is a *tensor*, a box of numbers of any shape. Ours hold a single one. Two
# things have to be said when a leaf is made. `dtype=torch.float64` asks for double precision,
# which is what a float of Python is; PyTorch alone would take single precision.
# `requires_grad=True` asks for a gradient; PyTorch alone would keep none for a leaf, since
# most leaves are data, and data is not changed.

# %%
import torch


def leaf(number):
    return torch.tensor(number, dtype=torch.float64, requires_grad=True)


x1, x2 = leaf(2.0), leaf(0.0)
w1, w2 = leaf(-3.0), leaf(1.0)
b = leaf(6.8813735870195432)
n = x1 * w1 + x2 * w2 + b
o = n.tanh()
print(o)

# %% [markdown]
# What is printed is the box. `.item()` takes the number out of it, as a float. Everything
# else has the names you know: `.backward()` on the result, `.grad` on the leaves. A grad is a
# tensor too, so it needs its own `.item()`.

# %%
print(o.item())
o.backward()
for name, x in {"x1": x1, "w1": w1, "x2": x2, "w2": w2}.items():
    print(f"{name} {x.grad.item():.12g}")
assert abs(x1.grad.item() - -1.5) < 1e-12
assert abs(w1.grad.item() - 1.0) < 1e-12

# %% [markdown]
# These are the numbers of lesson 7. To compare them down to the last bit there is `compare`:
# it takes a graph of Values, has PyTorch compute it again from the leaves, in double
# precision, and puts the value and every grad side by side. The last column counts *ulp*,
# units in the last place. One ulp is the gap between a float and the next one, about 2e-16
# just above 1.

# %%
from micrograd import check
from micrograd.course import presets

found = check.compare(presets.neuron())
print(found)
assert found

# %% [markdown]
# The same for any expression, in a terminal: `micrograd compare "tanh(x*w + b)" x=2 w=-3
# b=6.5`.

# %% [markdown]
# So the answer to the first question is: nearly. A few ulp may lie between the two, because
# two programs that round tanh to a float need not round to the same side. Both walk the same
# graph backwards, by the chain rule.
#
# ## The picture
#
# This is our graph of it. PyTorch has built one with the same shape. It shows its own only
# from behind: every tensor that was computed has a `grad_fn`, the operation that knows how to
# pass the gradient on, and each of these knows the ones before it.

# %%
from micrograd import draw

y = presets.neuron()
y.backward()
draw(y)

# %%
step = o.grad_fn
while step:
    print(type(step).__name__)
    before = step.next_functions
    step = before[0][0] if before else None  # always the first input, down to a leaf

# %% [markdown]
# From top to bottom: tanh, the two plus signs, the product x1·w1, and the leaf x1, where what
# arrives is added to the grad.
#
# ## Break it
#
# A frequent mistake: a leaf without `requires_grad=True`. Here it is w2.

# %%
w2 = torch.tensor(1.0, dtype=torch.float64)
o = (leaf(2.0) * leaf(-3.0) + leaf(0.0) * w2 + leaf(6.8813735870195432)).tanh()
o.backward()
print(w2.grad)
assert w2.grad is None

# %% [markdown]
# No error and no zero, but `None`: nobody asked, so nothing was worked out. The trouble
# starts later, when a loop over the parameters trips over that `None`, or skips it without a
# word. Only when no leaf at all asks for a gradient does `backward()` itself complain.
#
# The other slip is to leave out the `dtype`. Then the number has 24 binary digits in place of
# 53, and the grad of x1 goes wrong in the eighth digit.

# %%
x1 = torch.tensor(2.0, requires_grad=True)
o = (x1 * -3.0 + 6.8813735870195432).tanh()
o.backward()
print(o.dtype, f"{x1.grad.item():.12f}")
error = abs(x1.grad.item() - -1.5)
assert 1e-8 < error < 1e-6

# %% [markdown]
# That is not wrong for a network, where nobody needs eight digits, and it saves half the
# memory. It is wrong for comparing engines: you would look for a bug that is not there.
#
# ## Exercise
#
# On paper first. With a = 3 and b = -2, what are the grads after `backward()` of y = a·b + a?
# Now y is built anew from the same a and b, and `backward()` is called on the new y. What are
# they then? Lesson 10 has what you need.

# %%
a, b = leaf(3.0), leaf(-2.0)
(a * b + a).backward()
assert (a.grad.item(), b.grad.item()) == (-1.0, 3.0)  # b + 1, and a
(a * b + a).backward()
assert (a.grad.item(), b.grad.item()) == (-2.0, 6.0)  # PyTorch adds up, as we do

# %% [markdown]
# ## What PyTorch calls this
#
# The part of PyTorch that does all this is `torch.autograd`. A tensor that nobody computed is
# a *leaf* there too. One habit differs: our engine keeps the grad of every node, PyTorch
# keeps only those of leaves and throws the ones in between away, unless you call
# `n.retain_grad()` before going backwards.

# %% [markdown]
# ## Recap
#
# - A tensor is a box of numbers, and `.item()` takes a single one out; `.grad` and
#   `.backward()` mean what they mean in our engine.
# - In double precision the two engines agree up to a few units in the last place.
# - PyTorch keeps a gradient only for leaves that ask for it with `requires_grad=True`; the
#   others have `None`.
