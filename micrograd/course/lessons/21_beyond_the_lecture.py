# %% [markdown]
# # 21. Beyond the lecture: second derivatives and machine code
#
# **Goal:** differentiate a derivative, use it in Newton's method, and turn scalar code into
# machine code.
#
# ## Predict
#
# f(x) = x⁴ - 2x² has its two lowest points at x = -1 and x = 1. Start at x = 2 and go down
# until the slope is below one billionth. Gradient descent needs a few dozen steps. Newton's
# method uses the second derivative as well: how many steps will it need? And where will it go
# if it starts at 0.3?

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
assert (slope(2.0), curve(2.0)) == (24.0, 44.0)

# %% [markdown]
# Why does that work? The backward pass consists only of products and sums of partials, and
# the partials are written with operators. If they run on Values instead of floats, the
# gradient has a graph of its own.
#
# With several inputs there is a second derivative for every pair of them: the *hessian*.

# %%
print(hessian(lambda x: x[0] ** 2 * x[1])([2.0, 3.0]))
assert hessian(lambda x: x[0] ** 2 * x[1])([2.0, 3.0]) == [[6.0, 4.0], [4.0, 0.0]]

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
assert steps(newton, 2.0) == 6 and steps(descend, 2.0) > 40

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
assert jit(f)(2.0).data == f(2.0)

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
step = compile_step(lambda model, x, y: losses.hinge(model(x), y), model, optimizer)
history = step.run(X, y, steps=1000)
print(f"{history[0]:.3f} {history[-1]:.3f}")
assert abs(history[0] - first) < 1e-9 and history[-1] < history[0]

# %% [markdown]
# ## The picture
#
# This is the slope of x³ as a graph: 3x² times the gradient of the result with respect to
# itself. Because it is made of Values, it has a `backward()`: the grad of x is now the second
# derivative.

# %%
from micrograd import Value, draw, gradients

x = Value(2.0, label="x")
(first_derivative,) = gradients(x**3, [x], create_graph=True)
first_derivative.label = "slope"
first_derivative.backward()
assert (first_derivative.data, x.grad) == (12.0, 12.0)
draw(first_derivative)

# %% [markdown]
# ## Break it
#
# Now start Newton's method at 0.3.

# %%
x = 0.3
for _ in range(5):
    x = newton(x)
print(f"{x:.6f}", f(x), curve(x))
assert abs(x) < 1e-9 and curve(x) < 0.0 and f(x) > f(1.0)

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
assert curve(0.3) < 0.0 and abs(x - 1.0) < 1e-6

# %% [markdown]
# ## Exercise
#
# Take g(x) = x² - 6x. How many steps does Newton's method need, and does it matter where it
# starts? On paper, work out one step from x = 10, and then from any x.


# %%
def g(x):
    return x**2 - 6.0 * x


for start in (10.0, -50.0, 2.5):
    assert start - grad(g)(start) / grad(grad(g))(start) == 3.0

# %% [markdown]
# It needs one step, from anywhere: x - (2x - 6)/2 is 3. Here the slope really does change at
# a constant rate, so the method need not pretend.

# %% [markdown]
# ## What PyTorch calls this
#
# `torch.autograd.grad(..., create_graph=True)` gives a gradient with a graph of its own. The
# functions `grad` and `hessian` are in `torch.func`, and `torch.compile` traces code and
# turns it into faster code. In JAX the names are `grad`, `hessian` and `jit`, as here.

# %% [markdown]
# ## Recap
#
# - A gradient that is computed with Values can be differentiated again.
# - Newton's method divides the slope by the second derivative: it needs few steps, but it
#   runs to a maximum as happily as to a minimum.
# - The same scalar code can be traced and run as machine code.
