# %% [markdown]
# # 10. A node used twice
#
# [The lecture, from 1:22:28](https://youtu.be/VMj-3S1tku0?t=4948)
#
# **Goal:** see why gradients have to be added up instead of assigned, and why they then have
# to be set to zero between two passes.
#
# ## Predict
#
# b = a + a, with a = 3. Before you read on: what is the gradient of a? Then follow the code
# of lesson 8 with your finger, `self.grad = 1.0 * out.grad` and `other.grad = 1.0 *
# out.grad`. What happens when `self` and `other` are the same Value?

# %% [markdown]
# ## The smallest code

# %%
from micrograd.course.stages import Value5

a = Value5(3.0)
b = a + a
b.backward()
print(a.grad)
assert a.grad == 1.0  # wrong: b is 2a

# %% [markdown]
# b is 2·a, so the gradient has to be 2.0. The first line stored 1.0, and the second line
# overwrote it with another 1.0. The neuron never showed this, because each of its nodes is
# used once. The cure is one character, wherever a grad is filled in:

# %%
from micrograd.course.stages import difference

print(difference(6))

# %%
from micrograd.course.stages import Value6 as Value

a = Value(3.0)
b = a + a
b.backward()
print(a.grad)
assert a.grad == 2.0

# %% [markdown]
# Why a sum? Move a by a small h. Through its first use b moves by h, through its second use b
# moves by h again, and both happen at once. The effects of small moves add up; calculus calls
# this the chain rule for several variables. It makes no difference whether the two uses are
# in one operation or far apart.

# %% [markdown]
# ## The picture
#
# Here a and b are used by two different nodes: d = a·b, e = a + b, f = d·e.

# %%
from micrograd import draw, explain
from micrograd.course.presets import two_uses

f = two_uses()
f.backward()
draw(f)

# %% [markdown]
# Two edges leave a, so two contributions come back: -6.0 through e and 3.0 through d.
# Together they are -3.0.

# %%
print(explain(f))
assert explain(f).grads == {"a": -3.0, "b": -8.0}

# %% [markdown]
# ## Break it
#
# Here is the same graph with `=`. Whoever comes last wins, and what came before is gone.

# %%
story = explain(f, algorithm="assign")
print(story)
assert story.grads == {"a": 3.0, "b": -2.0}

# %% [markdown]
# For a even the sign is wrong: 3.0 says that f grows with a, but in truth it falls.
#
# `+=` has a price. A grad that is added to has to start at 0. The grad of a new Value does,
# but a weight lives through many passes, and what it received in the first pass is still
# there in the second.

# %%
a = Value(3.0)
(a + a).backward()
(a + a).backward()
print(a.grad)
assert a.grad == 4.0  # twice what it should be

# %%
a = Value(3.0)
for _ in range(2):
    a.grad = 0.0
    (a + a).backward()
print(a.grad)
assert a.grad == 2.0

# %% [markdown]
# With `=` nobody had to do that, which is why it is so often forgotten. Later in the course,
# a training loop will set the grads of all weights to zero before every pass.

# %% [markdown]
# ## Exercise
#
# y = a·a + a, with a = 3. On paper: how many contributions come back to a, and how large are
# they? Compare their sum with the derivative that you know from school, 2a + 1.

# %%
from micrograd import Value as Finished
from micrograd import paths

a = Finished(3.0, label="a")
every_path = paths(a * a + a, a)
print(every_path)
assert every_path.count == 3

a = Value(3.0)
(a * a + a).backward()
assert a.grad == 2 * 3.0 + 1 == 3.0 + 3.0 + 1.0

# %% [markdown]
# ## What PyTorch calls this
#
# PyTorch *accumulates* gradients as well: a second `backward()` adds to the `.grad` of the
# leaves. `optimizer.zero_grad()` clears them between two steps; since PyTorch 2 it sets them
# to `None` instead of zero, and the next `backward()` starts afresh. Some people leave the
# call out on purpose for a few passes, so that several small batches count as one large
# batch; that is called *gradient accumulation*.

# %% [markdown]
# ## Recap
#
# - A node that is used several times receives a contribution from each use, and its gradient
#   is their sum.
# - `=` keeps only the last of them, and no error tells you.
# - Since `+=` adds to what is already there, grads have to be set to zero between two passes.
