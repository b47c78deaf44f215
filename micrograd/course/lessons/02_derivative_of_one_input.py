# %% [markdown]
# # 2. The derivative of a function of one input
#
# [The lecture, from 8:08 to 14:12](https://youtu.be/VMj-3S1tku0?t=488)
#
# **Goal:** measure a slope with two evaluations of a function, and know how far to trust it.
#
# ## Predict
#
# f(x) = 3x² - 4x + 5, so f(3) is 20. Here is its curve. Its *slope* at a point says how steep it
# is there: how many times as fast as x does f rise?

# %%
# alt: the curve falls steeply from x = -3, is level between 0 and 1, and rises steeply at x = 3
from micrograd.support.figures import blank


def f(x):
    return 3 * x**2 - 4 * x + 5


figure = blank(5, 3)  # inches
axes = figure.subplots()
xs = [i / 20 for i in range(-90, 91)]
axes.plot(xs, [f(x) for x in xs])
axes.set_xlabel("x")
axes.set_ylabel("f(x)")
axes.grid()
figure

# %% tags=["question"]
ask(
    "sign_at_minus_3",
    "x goes up from -3 by a little. What does f do?",
    "it falls",
    proof="'it falls' if slope(-3.0) < 0 else 'it rises'",
    choices=("it rises", "it falls", "it stays level"),
    mistakes={
        "it rises": "Go to the right from x = -3: the curve comes down there.",
        "it stays level": "The curve is level only at its bottom, between 0 and 1.",
    },
    why="On the left side the curve comes down, so f falls when x goes up.",
    given="f(x) = 3x² - 4x + 5. Its curve is open upwards, and its lowest point lies between x "
    "= 0 and x = 1.",
)

# %% [markdown]
# ## The smallest code
#
# You may remember a rule for the slope from school. Forget it for a moment and go back to the
# question: when x moves, how does f respond? So move x by a small amount, call that amount h, and
# look.

# %%
print(f"{f(3.0):.6f}")
print(f"{f(3.0 + 0.001):.6f}")

# %% tags=["question"]
ask(
    "slope_at_3",
    "x has moved by 0.001. How many times as far has f moved, rounded to a whole number?",
    14.0,
    proof="round(slope(3.0))",
    within=0.005,
    mistakes={
        0.014003: "That is how far f has moved. Divide it by how far x has moved, 0.001.",
        20.0: "That is f(3), the height of the curve and not its slope.",
        20.014003: "That is the height of the curve after the move, and not its slope.",
        3.0: "That is x itself.",
    },
    why="f has moved by 0.014003, and 0.014003 / 0.001 is 14.003.",
    given="f(x) = 3x² - 4x + 5. At x = 3 it is 20, and at x = 3.001 it is 20.014003.",
)

# %% [markdown]
# How far f went tells us little, because that depends on h. We want to know how far f rises
# *relative to* h, so divide the rise by h. Such a quotient of two small moves is called a
# *difference quotient*.


# %%
def slope(x, h=0.001):
    return (f(x + h) - f(x)) / h


print(f"{slope(3.0):.3f}")

# %% [markdown]
# So at 3 the function rises about 14 times as fast as x. There is nothing special about 3: each x
# has a slope of its own.

# %%
print(f"at -3:  {slope(-3.0):.3f}")
print(f"at 2/3: {slope(2 / 3):.3f}")

# %% [markdown]
# At -3 the slope is negative: when x goes up, f comes down, 22 times as fast. At 2/3 the slope is
# almost 0: that is the bottom of the curve, where a small move hardly changes f at all.
#
# Why "about" and "almost"? On its way from 3 to 3 + h the curve gets a little steeper, so the
# result depends a little on h. Take a smaller h, and it gets closer and closer to one number, here
# 14. The number that such a sequence comes as close to as you like is called its
# [limit](glossary:limit). **The [derivative](glossary:derivative) of f at x is the limit of
# (f(x + h) - f(x)) / h as h goes to 0.** That is the whole definition.
#
# The rule from school agrees. It says 6x - 4, which is 14, -22 and 0. But we needed no rule, only a
# function that can be evaluated twice. That matters: nobody writes down the formula for the
# derivative of a whole neural net, but everybody can run the net.

# %% [markdown]
# ## The picture
#
# Here is the curve again, and at each of the three points a straight line with the slope that we
# measured. Close to its point, each line can hardly be told from the curve. That is all a
# derivative claims.

# %%
# alt: lines of slope -22, 0 and 14 touch the curve at x = -3, 2/3 and 3 and run along it there
figure = blank(5, 3)  # inches
axes = figure.subplots()
axes.plot(xs, [f(x) for x in xs])
for x in (-3.0, 2 / 3, 3.0):
    ends = (x - 1, x + 1)
    line = [f(x) + slope(x) * (end - x) for end in ends]
    axes.plot(ends, line, label=f"{slope(x):.2f}")
axes.legend(title="slope")
axes.set_xlabel("x")
axes.set_ylabel("f(x)")
figure

# %% [markdown]
# ## Break it
#
# If the limit belongs to an h that goes to 0, then why not take h as small as possible?

# %% tags=["question"]
ask(
    "as_small_as_can_be",
    "What will slope(3.0) give for h = 1e-17, a one in the 17th digit after the point?",
    "0",
    proof="'0' if slope(3.0, 1e-17) == 0.0 else 'other'",
    choices=("exactly 14", "very nearly 14", "0", "an error"),
    mistakes={
        "exactly 14": "On paper, the limit is 14. But Python computes 3.0 + h with 16 digits.",
        "very nearly 14": "On paper that is so. But Python computes 3.0 + h with 16 digits.",
        "an error": "h is tiny but not 0, so the division works. What is 3.0 + h in Python?",
    },
    why="3.0 + 1e-17 is 3.0 again, as a float has only about 16 digits. So f does not move at all.",
    given="The slope of f(x) = 3x² - 4x + 5 at x = 3 is 14. In Python, `slope(x, h)` returns "
    "`(f(x + h) - f(x)) / h`, which is 14.003 for h = 0.001.",
)

# %%
for h in (1e-2, 1e-4, 1e-6, 1e-8, 1e-12, 1e-15, 1e-17):
    print(f"h = {h:.0e}   slope {slope(3.0, h):.6f}")
print(3.0 + 1e-17 == 3.0)

# %% [markdown]
# The slope gets better at first, then worse, and in the end it is 0. A float has about 16 digits.
# Added to 3, 1e-17 would first show up in the 18th digit, so it vanishes, and f is evaluated twice
# at the same x.
#
# For the slightly larger h, the trouble is in f: the two numbers that we subtract agree in nearly
# all their digits, and the few digits that remain are mostly rounding error. So h has to be small,
# but not too small. A value such as 1e-6 works well here.

# %% tags=["check"]
assert abs(slope(3.0) - 14) < 0.01
assert abs(slope(-3.0) - -22) < 0.01
assert abs(slope(2 / 3)) < 0.01
assert slope(3.0, h=1e-17) == 0.0 and 3.0 + 1e-17 == 3.0

# %% [markdown]
# ## Exercise
#
# With h = 0.001 the slope at 3 came out as 14.003. Where does the 0.003 come from? On paper, put
# x + h into f, subtract f(x), divide by h, and cancel everything you can.

# %% tags=["solution"]
# 3(x + h)² - 4(x + h) + 5 is 3x² + 6xh + 3h² - 4x - 4h + 5.
# Minus f(x), it is 6xh + 3h² - 4h. Divided by h:


def on_paper(x, h):
    return 6 * x - 4 + 3 * h  # the last term is the error


print(f"{on_paper(3.0, 0.001):.3f}")
print(f"of which {3 * 0.001:.3f} is the error")

# %% tags=["check"]
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
