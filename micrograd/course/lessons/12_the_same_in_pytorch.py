# %% [markdown]
# # 12. The same in PyTorch
#
# [The lecture, from 1:39:31](https://youtu.be/VMj-3S1tku0?t=5971)
#
# **Goal:** compute the neuron of lesson 7 and its gradients once more, with a library that is
# used everywhere, and see that the results agree.
#
# ## Predict
#
# Lesson 7 found these grads for the neuron: -1.5 for x1, 1.0 for w1, 0.5 for x2, 0.0 for w2.
# PyTorch is a large library, made for arrays and graphics cards. Will it give exactly these
# numbers? And if you forget to tell it that you want the gradient of w2, what do you get for
# w2: zero, an error, or something else?

# %% [markdown]
# ## The smallest code
#
# PyTorch's number is a *tensor*, a box of numbers of any shape. The tensors here hold a
# single number each. When we make a leaf, we have to state two things. `dtype=torch.float64`
# asks for double precision, which Python's floats have. By default PyTorch uses single
# precision. `requires_grad=True` asks for a gradient. By default it keeps no gradient for a
# leaf, since most leaves are data, and training does not change data.

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
# That prints the box. `.item()` takes the number out of it, as a float. Everything else has
# the names you know: `.backward()` on the result, `.grad` on the leaves. A grad is a tensor
# too, so it needs an `.item()` as well.

# %%
print(o.item())
o.backward()
for name, x in {"x1": x1, "w1": w1, "x2": x2, "w2": w2}.items():
    print(f"{name} {x.grad.item():.12g}")
assert abs(x1.grad.item() - -1.5) < 1e-12
assert abs(w1.grad.item() - 1.0) < 1e-12

# %% [markdown]
# These are the numbers of lesson 7. To compare them down to the last bit, use `compare`: it
# takes a graph of Values, lets PyTorch compute it again from the leaves, in double precision,
# and shows the value and every grad side by side. The last column counts *ulp*, units in the
# last place. One ulp is the gap between a float and the next one, about 2e-16 just above 1.

# %%
from micrograd import check
from micrograd.course import presets

comparison = check.compare(presets.neuron())
print(comparison)
assert comparison

# %% [markdown]
# In a terminal you can do the same for any expression: `micrograd compare "tanh(x*w + b)" x=2
# w=-3 b=6.5`.

# %% [markdown]
# So the answer to the first question is: nearly. The two may differ by a few ulp, because two
# programs that round tanh to a float need not round it in the same direction. Both walk the
# same graph backwards, using the chain rule.
#
# ## The picture
#
# This is our graph of the neuron. PyTorch has built one of the same shape. It lets you see
# its own only from the result backwards: every tensor that was computed has a `grad_fn`, the
# operation that knows how to pass the gradient on, and each `grad_fn` knows the ones before
# it.

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
# From top to bottom you see tanh, the two plus signs, the product x1·w1, and the leaf x1,
# where what arrives is added to the grad.
#
# ## Break it
#
# A common mistake is a leaf without `requires_grad=True`. Here that leaf is w2.

# %%
w2 = torch.tensor(1.0, dtype=torch.float64)
o = (leaf(2.0) * leaf(-3.0) + leaf(0.0) * w2 + leaf(6.8813735870195432)).tanh()
o.backward()
print(w2.grad)
assert w2.grad is None

# %% [markdown]
# We get neither an error nor a zero, but `None`: nobody asked for this gradient, so PyTorch
# did not compute it. The trouble starts later, when a loop over the parameters fails on that
# `None`, or silently skips it. Only when no leaf at all asks for a gradient does `backward()`
# itself raise an error.
#
# The other mistake is to leave out the `dtype`. Then the number has 24 binary digits instead
# of 53, and the grad of x1 is wrong from the eighth digit on.

# %%
x1 = torch.tensor(2.0, requires_grad=True)
o = (x1 * -3.0 + 6.8813735870195432).tanh()
o.backward()
print(o.dtype, f"{x1.grad.item():.12f}")
error = abs(x1.grad.item() - -1.5)
assert 1e-8 < error < 1e-6

# %% [markdown]
# That is fine for a network, where nobody needs eight digits, and it saves half the memory.
# It is not fine for comparing engines: you would look for a bug that is not there.
#
# ## Exercise
#
# Work this out on paper first. With a = 3 and b = -2, what are the grads after calling
# `backward()` on y = a·b + a? Now build y again from the same a and b, and call `backward()`
# on the new y. What are the grads then? Lesson 10 has what you need.

# %%
a, b = leaf(3.0), leaf(-2.0)
(a * b + a).backward()
assert (a.grad.item(), b.grad.item()) == (-1.0, 3.0)  # b + 1, and a
(a * b + a).backward()
assert (a.grad.item(), b.grad.item()) == (-2.0, 6.0)  # PyTorch adds up, as we do

# %% [markdown]
# ## What PyTorch calls this
#
# The part of PyTorch that does all this is `torch.autograd`. A tensor that no operation
# computed is a *leaf* there too. One habit differs: our engine keeps the grad of every node,
# while PyTorch keeps only those of the leaves and discards the ones in between, unless you
# call `n.retain_grad()` before going backwards.

# %% [markdown]
# ## Recap
#
# - A tensor is a box of numbers, and `.item()` takes a single number out of it; `.grad` and
#   `.backward()` mean what they mean in our engine.
# - In double precision the two engines agree to within a few units in the last place.
# - PyTorch keeps a gradient only for leaves that ask for it with `requires_grad=True`; the
#   others have `None`.
