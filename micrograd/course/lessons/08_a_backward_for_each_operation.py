# %% [markdown]
# # 8. A backward for each operation
#
# [The lecture, from 1:09:02](https://youtu.be/VMj-3S1tku0?t=4142)
#
# **Goal:** let every operation leave behind a small function that does its own step of the
# chain rule, and call these functions in the right order.
#
# ## Predict
#
# In lesson 7 you wrote one line of calculus for each node. Now each node will carry that line
# as a function, `_backward`. Before you read on: what should the `_backward` of a *leaf*,
# such as a weight, do? And if you call the functions in order from the inputs to the output,
# what will the gradients of the leaves be?

# %% [markdown]
# ## The smallest code
#
# These lines are new in `Value`:

# %%
from micrograd.course.stages import difference

print(difference(4))

# %% [markdown]
# Look at the product. When a·b is computed, `__mul__` knows everything that the way back will
# need: both inputs and the result. So it defines the backward step as a function and stores
# it on the result. The function does not run yet, and it could not: the grad of the result is
# known only after the steps that come later in the graph have gone backwards. The function
# still has access to `self`, `other` and `out` when it runs; such a function is called a
# *closure*.
#
# A leaf was not computed from anything, so there is nobody to pass a gradient to: its
# function does nothing. (One comment mentions a bug. It only shows when a node is used twice,
# which never happens in a neuron; lesson 10 comes back to it.)

# %%
from micrograd.course.stages import Value4 as Value


def neuron():
    x1, x2, w1, w2, b = (Value(x) for x in (2.0, 0.0, -3.0, 1.0, 6.8813735870195432))
    p1, p2 = x1 * w1, x2 * w2
    s = p1 + p2
    n = s + b
    return (x1, x2, w1, w2, b), (p1, p2, s, n, n.tanh())


leaves, (p1, p2, s, n, o) = neuron()
o.grad = 1.0
o._backward()
print(f"{n.grad:.4f}")

# %% [markdown]
# That call did the tanh step. Each further call moves the gradients one operation further
# back.

# %%
n._backward()
s._backward()
p1._backward()
p2._backward()
grads = [round(leaf.grad, 4) for leaf in leaves]
print(grads)
assert grads == [-1.5, 0.5, 1.0, 0.0, 0.5]

# %% [markdown]
# These are the numbers of lesson 7, and this time we did no calculus: we only had to keep to
# an order. A node may run its `_backward` only once its own grad is complete. In the opposite
# order, each function multiplies by a grad that is still 0. (The `-0.0` that Python prints is
# also 0: it is -3 times 0.)

# %%
leaves, (p1, p2, s, n, o) = neuron()
o.grad = 1.0
for node in (p1, p2, s, n, o):
    node._backward()
print([leaf.grad for leaf in leaves], f"{n.grad:.4f}")
assert all(leaf.grad == 0.0 for leaf in leaves)

# %% [markdown]
# Apart from o itself, only n has a grad, since o was the only node that had a grad to pass
# on.

# %% [markdown]
# ## The picture
#
# Every small circle with an operation in it stands for one such function. It sees the nodes
# next to it and nothing else of the graph.

# %%
from micrograd import draw
from micrograd.course import presets

picture = presets.neuron()
picture.backward()
draw(picture)

# %% [markdown]
# ## Break it
#
# Two mistakes are common here. The first is to forget the start: the grad of a new Value is
# 0.0, and 0 times anything is 0. There is no error, and all grads stay 0.

# %%
leaves, (p1, p2, s, n, o) = neuron()
for node in (o, n, s, p1, p2):  # the right order, but nobody set o.grad
    node._backward()
print([leaf.grad for leaf in leaves])
assert all(leaf.grad == 0.0 for leaf in leaves)

# %% [markdown]
# The second is one pair of parentheses too many. `out._backward = _backward()` does not store
# the function. It *calls* it at once, and stores what it returns, which is `None`.


# %%
def add(a, b):
    out = Value(a.data + b.data, (a, b), "+")

    def _backward():
        a.grad = 1.0 * out.grad
        b.grad = 1.0 * out.grad

    out._backward = _backward()  # the mistake
    return out


# %%
total = add(Value(1.0), Value(2.0))
print(total._backward)
assert total._backward is None
try:
    total._backward()
except TypeError as error:
    print(error)

# %% [markdown]
# This mistake is kinder: it raises an error, though only later, when you go backwards, and
# far from the line with the parentheses. Now you know where to look.

# %% [markdown]
# ## Exercise
#
# Write `square(a)`, which computes a² as one operation with a `_backward` of its own. With a
# = 3 and y = square(a), what is the gradient of a? Then do the same for y = square(square(a))
# with a = 2.


# %%
def square(a):
    out = Value(a.data**2, (a,), "square")

    def _backward():
        a.grad = 2.0 * a.data * out.grad

    out._backward = _backward
    return out


# %%
a = Value(3.0)
y = square(a)
y.grad = 1.0
y._backward()
assert a.grad == 6.0

# %%
a = Value(2.0)
inner = square(a)
y = square(inner)
y.grad = 1.0
y._backward()
inner._backward()
assert a.grad == 32.0  # a to the fourth: four times a cubed

# %% [markdown]
# ## What PyTorch calls this
#
# The function that a result carries is its `grad_fn`; when you print a tensor, you may see
# `grad_fn=<AddBackward0>`. A leaf's `grad_fn` is `None`. The values that our closure
# remembers are PyTorch's *saved tensors*. To add an operation of your own, you write a
# subclass of `torch.autograd.Function`, with a `forward` and a `backward`.

# %% [markdown]
# ## Recap
#
# - Each operation leaves a function on its result, which gives each input upstream gradient
#   times partial.
# - The function is stored on the way forward and called on the way backward, once the grad of
#   the result is complete.
# - First set the grad of the final result to 1, or everything stays 0.
