# %% [markdown]
# # 5. Backpropagation by hand: a simple expression
#
# [The lecture, from 32:10 to 51:10](https://youtu.be/VMj-3S1tku0?t=1930)
#
# **Goal:** fill in every gradient of a small expression yourself, with nothing but the chain
# rule.
#
# ## Predict
#
# L = (a·b + c) · f, with a = 2, b = -3, c = 10 and f = -2.

# %% tags=["question"]
ask(
    "f_grows",
    "If f grows a little, how many times as fast does L grow? Write a minus if L shrinks.",
    4.0,
    proof="((2.0 * -3.0 + 10.0) * (-2.0 + h) - -8.0) / h",
    mistakes={
        -2.0: "-2 is f itself. With respect to f, the partial of a product is the *other* factor.",
        -8.0: "-8 is the value of L, and not how fast L moves.",
        10.0: "10 is only c. The other factor of f is all of a·b + c.",
    },
    why="L = d·f with d = a·b + c = 4, so L moves 4 times as fast as f.",
    within=1e-6,
)

# %% tags=["question"]
ask(
    "c_grows",
    "c is only added to something. If c grows a little, how many times as fast does L grow?",
    -2.0,
    proof="((2.0 * -3.0 + 10.0 + h) * -2.0 - -8.0) / h",
    mistakes={
        1.0: "1 is the rate of the sum d alone. L moves -2 times as fast as d.",
        2.0: "The size is right. But f is negative, so L shrinks while c grows.",
        10.0: "10 is c itself, and not how fast L moves when c does.",
    },
    why="c moves d just as fast, and d moves L f = -2 times as fast: the two rates multiply.",
    within=1e-6,
)

# %% [markdown]
# ## The smallest code
#
# We give names to the nodes in between: e = a·b and d = e + c. So L = d·f.

# %%
from micrograd.course.stages import Value3 as Value

a, b = Value(2.0, label="a"), Value(-3.0, label="b")
c, f = Value(10.0, label="c"), Value(-2.0, label="f")
e = a * b
d = e + c
L = d * f
print(L)

# %% [markdown]
# Go backwards. The gradient of L with respect to itself is 1. At the product L = d·f, the
# partial with respect to d is f, and with respect to f it is d: each input gets the *other*
# one's value.

# %%
L.grad = 1.0
d.grad = f.data * L.grad
f.grad = d.data * L.grad
print(d.grad, f.grad)

# %% [markdown]
# Now look at c. It does not touch L at all; it reaches L through d. We know two rates. When c
# moves, d moves 1 times as far, since d is a sum. When d moves, L moves -2 times as far. So
# when c moves by 0.001, d moves by 0.001, and L by -0.002: the rates *multiply*. If a car is
# twice as fast as a bicycle, and the bicycle is four times as fast as a walker, then the car
# is eight times as fast as the walker. That is all the *chain rule* says. We write grad(c) for
# the rate at which L moves with c, and ∂d/∂c for the rate of d alone, its partial: grad(c) =
# grad(d) · ∂d/∂c. The first factor has already arrived at d; it is called the *upstream
# gradient*. The second factor depends on nothing but the plus sign. Nudge c and look:

# %%
h = 0.001
nudged = (2.0 * -3.0 + (10.0 + h)) * -2.0
print(f"{nudged - L.data:.3f}")
assert abs((nudged - L.data) / h - -2.0) < 1e-9

# %% [markdown]
# So a plus sign just hands the gradient on: e and c both get the -2.0 of d. That is why the
# gradient of c is -2.0 and not 1. At the product e = a·b we apply the chain rule once more:
# grad(a) = grad(e) · ∂e/∂a. That is the whole of backpropagation; the rest is bookkeeping.

# %%
e.grad = 1.0 * d.grad
c.grad = 1.0 * d.grad
a.grad = b.data * e.grad
b.grad = a.data * e.grad
print(c.grad, a.grad, b.grad)

# %% [markdown]
# Is 6.0 right for a? Ask the expression: nudge a and see how far L moves.

# %%
h = 0.0001
moved = ((2.0 + h) * -3.0 + 10.0) * -2.0
slope = (moved - -8.0) / h
print(f"{slope:.4f}")
assert abs(slope - a.grad) < 1e-6

# %% [markdown]
# ## The picture
#
# The finished engine of this course fills in the same numbers, and draws them. Every edge
# stands for one product: upstream gradient times partial.

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
# A common mistake is to take the wrong partial at a product: each input's own number instead
# of the other's. Then a would get 2.0 · -2.0 = -4.0, which is b's gradient. The nudge
# disagrees: L rises 6.0 times as fast as a.

# %%
wrong = a.data * e.grad
print(wrong)
assert wrong != a.grad

# %% [markdown]
# ## Exercise
#
# Replace the plus by a minus: L = (a·b - c) · f. Which gradients change, and which of them
# change only in sign? Work it out on paper first, then with `micrograd explain "(a*b - c) *
# f" a=2 b=-3 c=10 f=-2`.

# %% tags=["solution"]
from micrograd import Value

a, b, c, f = Value(2.0), Value(-3.0), Value(10.0), Value(-2.0)
L = (a * b - c) * f
L.backward()
assert (a.grad, b.grad, c.grad, f.grad) == (6.0, -4.0, 2.0, -16.0)

# %% [markdown]
# ## What PyTorch calls this
#
# PyTorch calls the upstream gradient `grad_output`, and its product with a partial a
# *vector-Jacobian product*. Going backwards in this way is called *reverse-mode automatic
# differentiation*.

# %% [markdown]
# ## Recap
#
# - The gradient of the result with respect to itself is 1; from there we go backwards, edge
#   by edge.
# - A plus hands the gradient on; a product gives each input the gradient times the other
#   input's value.
# - An input receives upstream gradient times partial, and a nudge confirms it.
