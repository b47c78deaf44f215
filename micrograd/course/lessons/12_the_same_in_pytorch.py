# %% [markdown]
# # 12. The same in PyTorch
#
# [The lecture, from 1:39:31 to 1:43:55](https://youtu.be/VMj-3S1tku0?t=5971)
#
# **Goal:** compute the neuron of lesson 7 and its gradients once more, with a library that is
# used everywhere, and see that the results agree.
#
# ## Predict
#
# Lesson 7 found these grads for the neuron: -1.5 for x1, 1.0 for w1, 0.5 for x2, 0.0 for w2.
# PyTorch is a large library, made for arrays and graphics cards.

# %% tags=["question"]
ask(
    "how_equal",
    "PyTorch computes the same neuron in double precision. How far do its grads agree with ours?",
    "to about 15 digits",
    proof="'to about 15 digits' if comparison else 'to about 7 digits'",
    choices=("to the last bit, always", "to about 15 digits", "to about 7 digits"),
    mistakes={
        "to the last bit, always": "Nearly. Both use the same chain rule, but two programs may round a tanh in different directions, and then the last bit differs.",
        "to about 7 digits": "That is single precision, PyTorch's default. In double precision a number has 53 binary digits, which is about 15 decimal ones.",
    },
    why="Both walk the same graph backwards with the same chain rule. Only rounding, in the last bits of 53, can differ.",
    given="Our engine found these grads for a neuron: -1.5 for x1, 1.0 for w1, 0.5 for x2 and "
    "0.0 for w2. It computes with Python's floats.",
)

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
    return torch.tensor(
        number,
        dtype=torch.float64,
        requires_grad=True,
    )


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
for x in (x1, w1, x2, w2):
    print(f"{x.grad.item():.12g}")

# %% tags=["check"]
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

# %% tags=["check"]
assert comparison

# %% [markdown]
# In a terminal you can do the same for any expression: `micrograd compare "tanh(x*w + b)" x=2
# w=-3 b=6.5`.

# %% [markdown]
# So the two agree nearly to the last bit. They may differ by a few ulp, because two programs
# that round tanh to a float need not round it in the same direction. Both walk the same graph
# backwards, using the chain rule.
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
    # always the first input, down to a leaf
    step = before[0][0] if before else None

# %% [markdown]
# From top to bottom you see tanh, the two plus signs, the product x1·w1, and the leaf x1,
# where what arrives is added to the grad.
#
# ## Break it
#
# A common mistake is a leaf without `requires_grad=True`. Here that leaf is w2.

# %% tags=["question"]
ask(
    "not_asked",
    "w2 is made without `requires_grad=True`, the other leaves with it. After `o.backward()`, what do you find in `w2.grad`?",
    "None",
    proof="str(w2.grad)",
    choices=("0.0", "None", "nothing: backward() raises an error"),
    mistakes={
        "0.0": "0.0 would claim that o does not move with w2. PyTorch says instead that it does not know.",
        "nothing: backward() raises an error": "It raises one only if no leaf at all asks for a gradient. One leaf that does not ask is normal: data never does.",
    },
    why="Nobody asked for this gradient, so PyTorch did not compute it: `None` means not known, which is not the same as 0.",
    given="In PyTorch, o = tanh(x1·w1 + x2·w2 + b) is computed from leaves, which are tensors.",
)

# %%
w2 = torch.tensor(1.0, dtype=torch.float64)
n = leaf(2.0) * leaf(-3.0) + leaf(0.0) * w2
o = (n + leaf(6.8813735870195432)).tanh()
o.backward()
print(w2.grad)

# %% tags=["check"]
assert w2.grad is None

# %% [markdown]
# We get neither an error nor a zero, but `None`. The trouble starts later, when a loop over
# the parameters fails on that `None`, or silently skips it. Only when no leaf at all asks
# for a gradient does `backward()` itself raise an error.
#
# The other mistake is to leave out the `dtype`. Then the number has 24 binary digits instead
# of 53, and the grad of x1 is wrong from the eighth digit on.

# %%
x1 = torch.tensor(2.0, requires_grad=True)
o = (x1 * -3.0 + 6.8813735870195432).tanh()
o.backward()
print(o.dtype, f"{x1.grad.item():.12f}")

# %% tags=["check"]
error = abs(x1.grad.item() - -1.5)
assert 1e-8 < error < 1e-6

# %% [markdown]
# That is fine for a network, where nobody needs eight digits, and it saves half the memory.
# It is not fine for comparing engines: you would look for a bug that is not there.
#
# ## `None` once more
#
# PyTorch adds to grads, as our engine does, so they have to be cleared before each backward
# pass. The method that does it is called `zero_grad`.

# %% tags=["question"]
ask(
    "after_zero_grad",
    "w.grad is 6.0. Somebody calls `optimizer.zero_grad()`. What is `w.grad` now?",
    "None",
    proof="str(w.grad)",
    choices=("0.0", "None", "6.0, until the next backward()"),
    mistakes={
        "0.0": "So it was before version 2.0, and so it still is with `set_to_none=False`. By default it is something else now.",
        "6.0, until the next backward()": "It is cleared at once; the next backward() starts from there.",
    },
    why="Since version 2.0, `zero_grad()` throws the grads away by default: they are `None` until the next backward pass.",
    given="w is a parameter in PyTorch. Grads are added to, so they are cleared before each "
    "backward pass.",
)

# %%
w = leaf(3.0)
optimizer = torch.optim.SGD([w], lr=0.1)
(w * w).backward()
print(w.grad.item())
optimizer.zero_grad()
print(w.grad)

# %% tags=["check"]
assert w.grad is None

# %% [markdown]
# That saves memory, and the next `backward()` can store its result instead of adding it to a
# zero. It only matters to code that reads a grad between the two calls. Our `zero_grad()` does
# what its name says.
#
# ## Exercise
#
# Work this out on paper first. With a = 3 and b = -2, what are the grads after calling
# `backward()` on y = a·b + a? Now build y again from the same a and b, and call `backward()`
# on the new y. What are the grads then? Lesson 10 has what you need.

# %% tags=["solution"]
a, b = leaf(3.0), leaf(-2.0)
(a * b + a).backward()
print(a.grad.item(), b.grad.item())  # b + 1, and a
(a * b + a).backward()
print(a.grad.item(), b.grad.item())  # PyTorch adds up

# %% tags=["check"]
assert (a.grad.item(), b.grad.item()) == (-2.0, 6.0)

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
