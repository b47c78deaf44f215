# %% [markdown]
# # 21. Beyond the lecture: second derivatives and machine code
#
# **Goal:** differentiate a derivative, use it in Newton's method, and turn scalar code into
# machine code.
#
# This lesson is an extra: the lecture ends before it, and no other lesson needs it. If you
# want to know where to go from here, jump to the end.
#
# ## Predict
#
# f(x) = x⁴ - 2x² has its two lowest points at x = -1 and x = 1. Start at x = 2 and go down
# until the slope is below one billionth. Gradient descent needs a few dozen steps. Newton's
# method uses the second derivative as well.

# %% tags=["question"]
ask(
    "newton_steps",
    "How many steps does Newton's method need, about? A guess is enough.",
    6.0,
    proof="steps(newton, 2.0)",
    within=2.0,
    mistakes={
        1.0: "So few would be enough if the slope changed at a constant rate. The slope of x⁴ does not.",
        30.0: "That is what gradient descent needs. Newton's method gets about twice as many right digits in each step.",
    },
    why="Near the minimum each step about doubles the number of right digits, so a handful is enough.",
)

# %% [markdown]
# ## The smallest code
#
# `grad` takes a function and returns another function, its derivative. So you can apply it
# twice. On paper: f' = 4x³ - 4x and f'' = 12x² - 4.

# %%
from micrograd import grad, hessian


def f(x):
    return x**4 - 2.0 * x**2


slope = grad(f)
curve = grad(slope)
print(slope(2.0), curve(2.0))

# %% tags=["check"]
assert (slope(2.0), curve(2.0)) == (24.0, 44.0)

# %% [markdown]
# Why does that work? The backward pass consists only of products and sums of partials, and
# the partials are written with operators. If they run on Values instead of floats, the
# gradient has a graph of its own.
#
# With several inputs there is a second derivative for every pair of them: the
# [hessian](glossary:hessian). Take x²·y at x = 2 and y = 3. Its slope with respect to x is
# 2·x·y.

# %% tags=["question"]
ask(
    "mixed_derivative",
    "How fast does the slope with respect to x, 2·x·y, change with y, at x = 2 and y = 3?",
    4.0,
    proof="matrix[0][1]",
    mistakes={
        6.0: "That is how fast it changes with x: 2·y.",
        12.0: "That is the slope itself, 2·x·y.",
        2.0: "You have the factor 2. The other factor that is left, x, is 2 as well.",
        0.0: "It contains y, so it changes with y.",
    },
    why="The derivative of 2·x·y with respect to y is 2·x, which is 4.",
    given="x²·y has the slope 2·x·y with respect to x.",
)


# %%
def g(point):
    x, y = point
    return x**2 * y


matrix = hessian(g)([2.0, 3.0])
print(matrix)

# %% tags=["check"]
assert matrix == [[6.0, 4.0], [4.0, 0.0]]

# %% [markdown]
# Where f is lowest, its slope is 0. Newton's method pretends that the slope changes at the
# constant rate f'', and jumps to where the slope would then be 0: x - f'(x)/f''(x).


# %%
def newton(x):
    return x - slope(x) / curve(x)


def descend(x):
    return x - 0.05 * slope(x)


def steps(move, x):
    count = 0
    while abs(slope(x)) > 1e-9:
        x = move(x)
        count += 1
    return count


print(steps(newton, 2.0), steps(descend, 2.0))

# %% [markdown]
# Newton's method needs six steps. Close to the minimum, each of them roughly doubles the
# number of correct digits. Gradient descent shrinks the error by about the same factor each
# time, and somebody has to choose its learning rate. Then why does nobody train networks with
# Newton's method? A million parameters have a hessian of a million times a million numbers.
#
# The other way to be fast is to make each step cheap. `jit` traces a function: it runs the
# function once, on names instead of numbers, and writes down the operations as a program.

# %%
from micrograd import jit

print(jit(f).lower(1.0).program)
print(jit(f)(2.0).data, f(2.0))

# %% [markdown]
# That program is compiled to machine code, with no Python left in it. Derivatives can be
# compiled in the same way, and so can a whole training step: you write the loss of one
# example, in scalars.

# %%
import random

from micrograd import MLP, compile_step, data, losses, optim

X, y = data.moons(20, seed=1)
random.seed(1337)
model = MLP(2, [8, 1])
optimizer = optim.SGD(model.parameters(), lr=0.1)
first = losses.hinge([model(row) for row in X], y).data


def loss_of_one(model, x, y):
    return losses.hinge(model(x), y)


step = compile_step(loss_of_one, model, optimizer)
history = step.run(X, y, steps=1000)
print(f"{first:.3f}: {history[0]:.3f} {history[-1]:.3f}")

# %% tags=["check"]
assert abs(history[0] - first) < 1e-9
assert history[-1] < history[0]

# %% [markdown]
# ## The picture
#
# This is the slope of x³ as a graph: 3x² times the gradient of the result with respect to
# itself. Because it is made of Values, it has a `backward()`: the grad of x is now the second
# derivative.

# %%
from micrograd import Value, draw, gradients

x = Value(2.0, label="x")
first = gradients(x**3, [x], create_graph=True)[0]
first.label = "slope"
first.backward()
draw(first)

# %% tags=["check"]
assert (first.data, x.grad) == (12.0, 12.0)

# %% [markdown]
# ## Break it
#
# Now start Newton's method at 0.3. The lowest points are at -1 and at 1, and between them, at
# 0, is a hill.

# %% tags=["question"]
ask(
    "newton_from_the_hill",
    "Where does Newton's method go from 0.3?",
    "to 0, the top of the hill",
    proof="'to 0, the top of the hill' if abs(top) < 1e-9 else ''",
    choices=("to 1, the nearest valley", "to -1, the other valley", "to 0, the top of the hill"),
    mistakes={
        "to 1, the nearest valley": "Gradient descent does. Newton's method does not ask whether it is a valley.",
        "to -1, the other valley": "A large step could jump there. From 0.3 the nearest place with a slope of 0 is another one.",
    },
    why="It looks for a slope of 0, and the top of a hill has that, too.",
    given="f(x) = x⁴ - 2x² has its lowest points at x = -1 and x = 1, and between them, at x = "
    "0, is a hill. Newton's method goes to a point where the slope is 0.",
)

# %%
x = 0.3
for _ in range(5):
    x = newton(x)
top = x
print(f"{top:.6f}", f(top), curve(top))

# %% tags=["check"]
assert abs(top) < 1e-9 and curve(top) < 0.0

# %% [markdown]
# It goes to 0, the *highest* point between the two valleys. Newton's method looks for a slope
# of 0, and a maximum has that too. At 0.3 the second derivative is negative, so the division
# reverses the step: it goes uphill. Gradient descent goes down from there, because it looks
# only at the slope. A careful program tests the sign of f'' first.

# %%
x = 0.3
for _ in range(60):
    x = descend(x)
print(f"{curve(0.3):.2f} {x:.6f}")

# %% tags=["check"]
assert curve(0.3) < 0.0 and abs(x - 1.0) < 1e-6

# %% [markdown]
# ## Exercise
#
# Take q(x) = x² - 6x. How many steps does Newton's method need, and does it matter where it
# starts? On paper, work out one step from x = 10, and then from any x.


# %% tags=["solution"]
def q(x):
    return x**2 - 6.0 * x


for start in (10.0, -50.0, 2.5):
    print(start - grad(q)(start) / grad(grad(q))(start))
# One step, from anywhere: x - (2x - 6)/2 is 3. Here the
# slope really does change at a constant rate.

# %% [markdown]
# ## What PyTorch calls this
#
# `torch.autograd.grad(..., create_graph=True)` gives a gradient with a graph of its own. The
# functions `grad` and `hessian` are in `torch.func`, and `torch.compile` traces code and
# turns it into faster code. In JAX the names are `grad`, `hessian` and `jit`, as here.
#
# ## Where to go from here
#
# You can now build an engine, a network and its training from nothing. Four ways lead on.
#
# - **Do it yourself, without looking.** `micrograd exercises list` has tasks for every lesson,
#   with a checker that tells you what went wrong.
# - **The second part of this course** goes the way of the lectures that follow: a table of
#   letters, the same table learned, embeddings, training that fails, backpropagation by hand
#   through attention, and a GPT.
# - **The author's own lectures**, [Neural Networks: Zero to
#   Hero](https://karpathy.ai/zero-to-hero.html), go on with tensors and PyTorch.
# - **Your own data.** `micrograd train FILE.csv --target COLUMN` trains a network on a table,
#   and `micrograd lab` opens a page where you can watch one learn.

# %% [markdown]
# ## Recap
#
# - A gradient that is computed with Values can be differentiated again.
# - Newton's method divides the slope by the second derivative: it needs few steps, but it
#   runs to a maximum as happily as to a minimum.
# - The same scalar code can be traced and run as machine code.
