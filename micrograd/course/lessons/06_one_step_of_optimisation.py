# %% [markdown]
# # 6. One step of optimisation
#
# [The lecture, from 51:10 to 52:52](https://youtu.be/VMj-3S1tku0?t=3070)
#
# **Goal:** use the gradients of lesson 5 to move all inputs so that the result goes where you
# want it to go.
#
# ## Predict
#
# L = (a·b + c)·f is -8, and the grads of a, b, c and f are 6, -4, -2 and 4. We want L to be
# larger.

# %% tags=["question"]
ask(
    "which_way",
    "Which way should b go, whose grad is -4?",
    "down",
    proof="'down' if b.data < -3.0 else 'up'",
    choices=("up", "down"),
    mistakes={
        "up": "The grad is negative: when b goes up, L goes down.",
    },
    why="L moves -4 times as fast as b, so L goes up when b goes down.",
)

# %% [markdown]
# ## The smallest code
#
# We start from the numbers of lesson 5, with the gradients that we found there.

# %%
from micrograd.course.stages import Value3 as Value

a, b = Value(2.0), Value(-3.0)
c, f = Value(10.0), Value(-2.0)
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
for x in (a, b, c, f):
    print(x)

# %% [markdown]
# a and f went up, b and c went down.

# %% tags=["question"]
ask(
    "is_it_new",
    "What is L.data now, after that cell and before anything else is run?",
    -8.0,
    proof="old_L.data",
    mistakes={
        -7.28: "L will be about that, once somebody computes it again.",
        -7.29: "L will be about that, once somebody computes it again.",
    },
    why="L was computed from the old numbers, and does not change by itself.",
    given="a, b, c and f are Values, and L = (a·b + c)·f was computed from them: L.data is -8. "
    "Then a cell moved the data of each of the four by 0.01 times its grad, and did "
    "nothing else.",
)

# %%
old_L = L
print(L)

# %% [markdown]
# So do the forward pass again. Before you do, can you say how far L will rise? Take a alone. It
# moves by 0.01 · 6, and L moves 6 times as far.

# %% tags=["question"]
ask(
    "how_far",
    "By how much will L rise, roughly, when all four have moved by 0.01 times their grads, which "
    "are 6, -4, -2 and 4?",
    0.72,
    proof="round(expected, 6)",
    within=0.02,
    mistakes={
        0.04: "You added the moves. L moves by each move *times the grad*, so the grads are squared.",
        0.16: "You added the moves without their signs. Multiply each of them by its grad.",
        0.36: "That is the share of a alone. The other three help, too.",
        0.32: "b and c help as well: both their move and their grad are negative.",
        7.2: "You multiplied by 0.1. The step is 0.01.",
        72.0: "That is the sum of the squares. Multiply it by the size of the step, 0.01.",
    },
    why="Each input moves L by 0.01 · grad · grad: 0.36, 0.16, 0.04 and 0.16 make 0.72.",
    given="L = (a·b + c)·f is -8. Each of a, b, c and f moves by 0.01 times its grad; then L is "
    "computed again.",
)

# %%
L = (a * b + c) * f
print(L)
expected = 0.0
for x in (a, b, c, f):
    expected += 0.01 * x.grad**2
    print(f"{0.01 * x.grad**2:.2f}")
print(f"expected {expected:.2f}")
print(f"measured {L.data - -8.0:.4f}, up to {L.data:.2f}")

# %% [markdown]
# When an input moves by 0.01 times its grad, L moves by about its grad times that, which is 0.01
# times its grad *squared*. A square is never negative. That is why every input helps, whatever the
# sign of its grad, and why an input with a large grad helps most.

# %% [markdown]
# L went up from -8.0 to about -7.29. We expected 0.72 and got 0.7135. The rest is lost because gradients hold only for
# small moves from one point: while a moves, b moves as well, and the slopes change. For the
# same reason the four grads are now out of date. A second step needs new ones.

# %% [markdown]
# ## The picture
#
# The curve is L after a step of any size along the four grads at the start. The straight line
# is what these grads promise.

# %%
# alt: the curve of L follows the rising line near a step of 0, then bends away, turns and falls
from micrograd.support.figures import blank


def L_after(size):
    a, b = 2.0 + size * 6.0, -3.0 - size * 4.0
    c, f = 10.0 - size * 2.0, -2.0 + size * 4.0
    return (a * b + c) * f


figure = blank(5, 3)  # inches
axes = figure.subplots()
sizes = [i / 100 for i in range(-10, 71)]
curve = [L_after(size) for size in sizes]
axes.plot(sizes, curve, label="L")
ends = (-0.1, 0.2)
promise = [-8 + size * 72 for size in ends]
axes.plot(ends, promise, label="the promise")
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

# %% [markdown]
# The sign was right, but L is far below its start all the same. The promise was about a small
# move. The picture shows how the curve leaves the line, turns, and falls.

# %% tags=["check"]
assert abs(L.data - -7.286496) < 1e-12
assert abs(expected - 0.72) < 1e-12
assert L_after(-0.01) < -8.0 and L_after(1.0) < -8.0

# %% [markdown]
# ## Exercise
#
# Start again from -8, and move only *one* input, by 0.01 times its grad. On paper: how far does L
# go up if only a moves, only b, only c, only f? Then let Python do it. The measured rises are exactly
# what the grads promise, which they were not when all four moved. Why?


# %% tags=["solution"]
def L_of(a, b, c, f):
    return (a * b + c) * f


print(f"a: {L_of(2.0 + 0.06, -3.0, 10.0, -2.0) + 8:.4f}")
print(f"b: {L_of(2.0, -3.0 - 0.04, 10.0, -2.0) + 8:.4f}")
print(f"c: {L_of(2.0, -3.0, 10.0 - 0.02, -2.0) + 8:.4f}")
print(f"f: {L_of(2.0, -3.0, 10.0, -2.0 + 0.04) + 8:.4f}")
# While the other three stay fixed, L is a straight line
# as a function of the one input, and a straight line has
# the same slope everywhere.

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
