# %% [markdown]
# # 6. One step of optimisation
#
# [The lecture, from 51:10](https://youtu.be/VMj-3S1tku0?t=3070)
#
# **Goal:** use the gradients of lesson 5 to move all inputs so that the result goes where you
# want it to go.
#
# ## Predict
#
# L = (a·b + c) · f is -8, and the gradients of a, b, c and f are 6, -4, -2 and 4. Each input
# now moves by 0.01 times its own gradient. Before you read on: which of the four go up, and
# which go down? Does L go up or down, and by roughly how much?

# %% [markdown]
# ## The smallest code
#
# We start from the numbers of lesson 5, with the gradients that we found there.

# %%
from micrograd.course.stages import Value3 as Value

a, b, c, f = Value(2.0), Value(-3.0), Value(10.0), Value(-2.0)
a.grad, b.grad, c.grad, f.grad = 6.0, -4.0, -2.0, 4.0
L = (a * b + c) * f
print(L)

# %% [markdown]
# Suppose that we want L to be larger. The gradient of a is positive: more a, more L. So a
# should go up. The gradient of b is negative: more b, less L. So b should go *down*. One line
# handles both, because the step has the sign of the gradient:

# %%
for x in (a, b, c, f):
    x.data += 0.01 * x.grad
print(a, b, c, f)
print(L)

# %% [markdown]
# a and f went up, b and c went down. L is still -8.0: it was computed from the old numbers,
# and does not change by itself. Do the forward pass again.

# %%
L = (a * b + c) * f
print(L, f"about {L.data:.2f}")
assert abs(L.data - -7.286496) < 1e-12

# %% [markdown]
# L went up, from -8.0 to about -7.29. Could you have known how far? When an input moves by
# 0.01 times its grad, L moves by about its grad times that, which is 0.01 times its grad
# *squared*. A square is never negative. That is why every input helps, whatever the sign of
# its grad, and why an input with a large grad helps most.

# %%
expected = sum(0.01 * x.grad**2 for x in (a, b, c, f))
print(f"{expected:.2f} {L.data - -8.0:.4f}")
assert abs(expected - 0.72) < 1e-12

# %% [markdown]
# We expected about 0.72 and got 0.7135. The rest is lost because gradients hold only for
# small moves from one point: while a moves, b moves as well, and the slopes change. For the
# same reason the four grads are now out of date. A second step needs new ones.

# %% [markdown]
# ## The picture
#
# The curve is L after a step of any size along the four grads at the start. The straight line
# is what these grads promise.

# %%
from micrograd.support.figures import blank


def L_after(size):
    a, b, c, f = 2.0 + size * 6.0, -3.0 - size * 4.0, 10.0 - size * 2.0, -2.0 + size * 4.0
    return (a * b + c) * f


figure = blank(5, 3)  # inches
axes = figure.subplots()
sizes = [i / 100 for i in range(-10, 71)]
axes.plot(sizes, [L_after(size) for size in sizes], label="L")
axes.plot((-0.1, 0.2), (-8 - 0.1 * 72, -8 + 0.2 * 72), label="the promise")
axes.plot(0.0, -8.0, "o")
axes.legend()
axes.set_xlabel("size of the step")
figure

# %% [markdown]
# ## Break it
#
# Two mistakes are common. The first is the sign: a minus where a plus is meant. That is a
# step of -0.01, to the left in the picture.

# %%
wrong = L_after(-0.01)
print(f"{wrong:.4f}")
assert wrong < -8.0

# %% [markdown]
# L went down to -8.7263. Now all four inputs pull the wrong way, each in proportion to the
# square of its grad. A minus is not wrong as such. When L is a loss, we want it to be small,
# so a minus is right, and that is what a training loop has. Know which way you want to go,
# and let that decide the sign.
#
# The second mistake is impatience. If a step of 0.01 is good, is a step of 1 a hundred times
# better?

# %%
wrong = L_after(1.0)
print(wrong)
assert wrong < -8.0

# %% [markdown]
# The sign was right, but L is far below its start all the same. The promise was about a small
# move. The picture shows how the curve leaves the line, turns, and falls.

# %% [markdown]
# ## Exercise
#
# On paper: start again from -8, and move only one input, by 0.01 times its grad. How far does
# L go up if only a moves, only b, only c, only f? For a single input the promise holds
# exactly. Why?


# %%
def rise_of(name):
    at = {"a": 2.0, "b": -3.0, "c": 10.0, "f": -2.0}
    at[name] += 0.01 * {"a": 6.0, "b": -4.0, "c": -2.0, "f": 4.0}[name]
    return (at["a"] * at["b"] + at["c"]) * at["f"] - -8.0


on_paper = {"a": 0.36, "b": 0.16, "c": 0.04, "f": 0.16}
for name, rise in on_paper.items():
    assert abs(rise_of(name) - rise) < 1e-12

# %% [markdown]
# While the other three stay fixed, L is a straight line as a function of the one input, and a
# straight line has the same slope everywhere.

# %% [markdown]
# ## What PyTorch calls this
#
# The 0.01 is the *learning rate*, `lr`. Objects that take such steps are *optimizers*; the
# simplest is `SGD`, which has a method `step()`. It goes down, by minus `lr` times `grad`,
# unless you pass `maximize=True`.

# %% [markdown]
# ## Recap
#
# - To raise a result, move each input by a small step times its grad; to lower it, by minus
#   that.
# - Each input then contributes about the step times its grad squared, so all of them pull in
#   the same direction.
# - The promise holds only for small steps, and after each step the result and the gradients
#   have to be computed again.
