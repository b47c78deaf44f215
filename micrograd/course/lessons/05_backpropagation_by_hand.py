# %% [markdown]
# # 5. Backpropagation by hand: a simple expression
#
# [The lecture, from 32:10](https://youtu.be/VMj-3S1tku0?t=1930)
#
# **Goal:** fill in every gradient of a small expression yourself, with nothing but the chain
# rule.
#
# ## Predict
#
# L = (a·b + c) · f, with a = 2, b = -3, c = 10 and f = -2. Before you read on: if f grows a
# little, does L grow or shrink, and how many times as fast? And c: it only adds something.
# Does that make its gradient 1?

# %% [markdown]
# ## The smallest code
#
# The nodes in between get names: e = a·b and d = e + c. So L = d·f.

# %%
from micrograd.course.stages import Value3 as Value

a, b = Value(2.0, label="a"), Value(-3.0, label="b")
c, f = Value(10.0, label="c"), Value(-2.0, label="f")
e = a * b
d = e + c
L = d * f
print(L)

# %% [markdown]
# Go backwards. The gradient of L by itself is 1. At the product L = d·f the partial by d is
# f, and the partial by f is d: each input is owed what the *other* one is.

# %%
L.grad = 1.0
d.grad = f.data * L.grad
f.grad = d.data * L.grad
print(d.grad, f.grad)

# %% [markdown]
# At the sum d = e + c both partials are 1, so a plus sign just hands the gradient on: what
# arrives at d is the *upstream gradient*, and e and c get all of it. That is why the gradient
# of c is -2.0 and not 1. The last step is the chain rule once more: dL/da = dL/de · de/da.

# %%
e.grad = 1.0 * d.grad
c.grad = 1.0 * d.grad
a.grad = b.data * e.grad
b.grad = a.data * e.grad
print(c.grad, a.grad, b.grad)

# %% [markdown]
# Is 6.0 for a true? Ask the expression itself: move a by a little and see how far L goes.

# %%
h = 0.0001
moved = ((2.0 + h) * -3.0 + 10.0) * -2.0
slope = (moved - -8.0) / h
print(f"{slope:.4f}")
assert abs(slope - a.grad) < 1e-6

# %% [markdown]
# ## The picture
#
# The engine at the end of the course fills in the same numbers, and draws them. Every edge is
# one product: upstream gradient times partial.

# %%
from micrograd import draw, explain
from micrograd.course.presets import expression

L = expression()
L.backward()
draw(L)

# %%
print(explain(L))

# %% [markdown]
# ## Break it
#
# A frequent slip is to take the wrong partial at a product, each input's own number in place
# of the other's. Then a is owed 2.0 · -2.0 = -4.0, which is the gradient of b, and the move
# of a little says no: it goes up by 6.0.

# %%
wrong = a.data * e.grad
print(wrong)
assert wrong != a.grad

# %% [markdown]
# ## Exercise
#
# Put a minus in: L = (a·b - c) · f. Which gradients change, and which of them only in sign?
# Do it on paper first, then with `micrograd explain "(a*b - c) * f" a=2 b=-3 c=10 f=-2`.

# %%
from micrograd import Value

a, b, c, f = Value(2.0), Value(-3.0), Value(10.0), Value(-2.0)
L = (a * b - c) * f
L.backward()
assert (a.grad, b.grad, c.grad, f.grad) == (6.0, -4.0, 2.0, -16.0)

# %% [markdown]
# ## What PyTorch calls this
#
# The *upstream gradient* is `grad_output` in PyTorch, and the product of it and a partial is
# a vector-Jacobian product. The name for going backwards in this way is reverse-mode
# automatic differentiation.

# %% [markdown]
# ## Recap
#
# - The gradient of the result by itself is 1; from there, edge by edge, backwards.
# - A plus hands the gradient on; a product gives each input the other's number times the
#   gradient.
# - An input is owed upstream gradient times partial, and a small move of it shows that this
#   is true.
