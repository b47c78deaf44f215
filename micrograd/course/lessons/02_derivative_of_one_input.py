# %% [markdown]
# # 2. The derivative of a function of one input
#
# [The lecture, from 8:08](https://youtu.be/VMj-3S1tku0?t=488)
#
# **Goal:** measure a slope with two evaluations of a function, and know how far to trust it.
#
# ## Predict
#
# f(x) = 3x² - 4x + 5, so f(3) is 20. Before you read on: if x goes up from 3 by a little,
# does f rise or fall, and how many times as far? Answer the same for x = -3. And where is f
# level?

# %% [markdown]
# ## The smallest code
#
# You may remember a rule for the derivative from school. Forget it for a moment and go back
# to what a derivative is: the answer to "when x moves, how does f respond?" So move x by a
# small amount, call that amount h, and look.

# %%
def f(x):
    return 3 * x**2 - 4 * x + 5


print(f(3.0), f"{f(3.0 + 0.001):.6f}")

# %% [markdown]
# f went up. How far it went tells us little, because that depends on h. We want to know how
# far f rises *relative to* h, so divide the rise by h.


# %%
def slope(x, h=0.001):
    return (f(x + h) - f(x)) / h


print(f"{slope(3.0):.3f}")
assert abs(slope(3.0) - 14) < 0.01

# %% [markdown]
# So at 3 the function rises about 14 times as fast as x. There is nothing special about 3:
# each x has a slope of its own.

# %%
print(f"{slope(-3.0):.3f} {slope(2 / 3):.3f}")
assert abs(slope(-3.0) - -22) < 0.01
assert abs(slope(2 / 3)) < 0.01

# %% [markdown]
# At -3 the slope is negative: when x goes up, f comes down, 22 times as fast. At 2/3 the
# slope is almost 0: that is the bottom of the curve, where a small move hardly changes f at
# all.
#
# The rule from school agrees. It says 6x - 4, which is 14, -22 and 0. But we needed no rule,
# only a function that can be evaluated twice. That matters: nobody writes down the formula
# for the derivative of a whole neural net, but everybody can run the net.

# %% [markdown]
# ## The picture
#
# The plot shows the curve, and at each of the three points a straight line with the slope
# that we measured. Close to its point, each line can hardly be told from the curve. That is
# all a derivative claims.

# %%
from micrograd.support.figures import blank

figure = blank(5, 3)  # inches
axes = figure.subplots()
xs = [i / 20 for i in range(-90, 91)]
axes.plot(xs, [f(x) for x in xs])
for x in (-3.0, 2 / 3, 3.0):
    ends = (x - 1, x + 1)
    axes.plot(ends, [f(x) + slope(x) * (end - x) for end in ends], label=f"{slope(x):.2f}")
axes.legend(title="slope")
axes.set_xlabel("x")
axes.set_ylabel("f(x)")
figure

# %% [markdown]
# ## Break it
#
# The derivative is the limit of this quotient as h goes to 0. So it is tempting to take h as
# small as possible. Try it:

# %%
for h in (1e-2, 1e-4, 1e-6, 1e-8, 1e-12, 1e-15, 1e-17):
    print(f"h = {h:.0e}   slope {slope(3.0, h):.6f}")
assert slope(3.0, h=1e-17) == 0.0  # though it is about 14, as we saw

# %% [markdown]
# The slope gets better at first, then worse, and in the end it is 0. A float has about 16
# digits. Added to 3, 1e-17 would first show up in the 18th digit, so it vanishes, and f is
# evaluated twice at the same x:

# %%
assert 3.0 + 1e-17 == 3.0

# %% [markdown]
# For the slightly larger h, the trouble is in f: the two numbers that we subtract agree in
# nearly all their digits, and the few digits that remain are mostly rounding error. So h has
# to be small, but not too small. A value such as 1e-6 works well here.

# %% [markdown]
# ## Exercise
#
# With h = 0.001 the slope at 3 came out as 14.003. Where does the 0.003 come from? On paper,
# put x + h into f, subtract f(x), divide by h, and cancel everything you can.


# %%
def on_paper(x, h):
    return 6 * x - 4 + 3 * h  # everything else cancels; the last term is the error


print(f"{on_paper(3.0, 0.001):.3f}, of which {3 * 0.001:.3f} is the error")
for x in (3.0, -3.0, 2 / 3):
    assert abs(slope(x) - on_paper(x, 0.001)) < 1e-9

# %% [markdown]
# ## What PyTorch calls this
#
# PyTorch does not compute its gradients from small moves, and neither will we. Small moves
# are a way to check them. PyTorch's `gradcheck` does this; its `eps` is our h, 1e-6 by
# default. It needs numbers with 16 digits (`float64`). PyTorch's usual numbers (`float32`)
# have about 7, and so small a move would lose most of them.

# %% [markdown]
# ## Recap
#
# - The derivative at x says how many times as far the function moves when x moves a little.
# - Its sign tells the direction: positive means that both go up together, negative that one
#   goes up when the other goes down, and near 0 that the curve is level.
# - (f(x + h) - f(x)) / h measures it, for an h that is small, but not so small that rounding
#   swallows it.
