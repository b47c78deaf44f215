# %% [markdown]
# # 1. What micrograd is
#
# [The lecture, from 0:25 to 8:08](https://youtu.be/VMj-3S1tku0?t=25)
#
# **Goal:** compute one expression, ask it for its gradients, and know what these numbers tell
# you.
#
# ## Predict
#
# This course is about rates, so it begins with one that you know. There are 30 litres of water
# in a bath, and the tap adds 12 litres a minute. The 30 is an amount. The 12 is a *rate*: it
# says how fast the amount changes.

# %% tags=["question"]
ask(
    "bath",
    "How many litres are in the bath after another half minute?",
    36.0,
    proof="30 + 12 * 0.5",
    mistakes={
        12.0: "12 is the rate and not an amount. How much does it add in half a minute?",
        6.0: "6 litres are added. They were not the first ones in the bath.",
        42.0: "That is after a whole minute.",
    },
    why="The amount grows by rate times time: 30 + 12 · 0.5 = 36.",
)

# %%
print(30 + 12 * 0.5)

# %% [markdown]
# ## The smallest code
#
# Now the same with an expression instead of a bath. It has no meaning; it is there to exercise
# many operations: sums, differences, products, powers, divisions, and relu, which keeps a
# positive number and turns a negative one into 0.

# %%
from micrograd import Value, relu


def g_of(a, b):
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + relu(b + a)
    d += 3 * d + relu(b - a)
    e = c - d
    f = e**2
    return f / 2.0 + 10.0 / f


# %% [markdown]
# A [Value](glossary:value) is a number in a wrapper. You compute with it as with any number, but
# the result remembers what it was computed from. Computing g from a and b is called the *forward
# pass*.

# %%
a, b = Value(-4.0, label="a"), Value(2.0, label="b")
g = g_of(a, b)
print(f"{g.data:.4f}")

# %% [markdown]
# Because g remembers, you can ask it how much each number mattered. Answering that is the
# *backward pass*, and it is what this course builds. It begins with `backward()`. Afterwards
# `a.grad` and `b.grad` hold the answers.

# %%
g.backward()
print(f"a.grad = {a.grad:.4f}")
print(f"b.grad = {b.grad:.4f}")

# %% [markdown]
# Such a number is called a [gradient](glossary:gradient). It is a rate, like the 12 litres a
# minute. Only what moves is not the time, but b: when b moves a little, g moves 645.5773 times as
# far. It moves in the same direction, because the number is positive.

# %% tags=["question"]
ask(
    "a_little_more_b",
    "g is 24.7041 and b.grad is 645.5773. If b were 2.001 instead of 2, what would g be, roughly?",
    25.35,
    proof="round(measured, 2)",
    within=0.06,
    mistakes={
        645.58: "You read the gradient as a value of g. It is a rate, and b moves by only 0.001.",
        670.28: "That would be the rise if b moved by 1. It moves by 0.001.",
        0.65: "That is how far g moves. Where does it end, if it began at 24.7041?",
        24.06: "The size of the move is right. The gradient is positive, so g rises with b.",
        24.7: "g does move: 0.001 is small, but the rate is large.",
    },
    why="b moves by 0.001, so g moves by about 0.001 · 645.5773 = 0.6456, to about 25.35.",
    given="g is computed from a = -4 and b = 2. When b moves a little, g moves `b.grad` times "
    "as far.",
)

# %% [markdown]
# `g_of` accepts plain floats too, so let us check:

# %%
rise = 0.001 * b.grad
measured = g_of(-4.0, 2.001)
print(f"a rise of {rise:.4f}")
predicted = g.data + rise
print(f"expected {predicted:.4f}, or {predicted:.2f}")
print(f"measured {measured:.4f}, or {measured:.2f}")

# %% [markdown]
# The two differ a little, because the rate itself changes on the way from 2 to 2.001.

# %% [markdown]
# ## The picture
#
# Why would anybody want this? A neural net is such an expression too, only longer. Its inputs
# are the data and the *weights*; its result, in training, is the *loss*, a number that says how
# wrong the net is. For each weight, the gradient tells you which way to move it to make the loss
# smaller.
#
# A net is made of neurons, and here is one. Lesson 7 explains it. For now, follow the numbers from
# the inputs x1 and x2 to the result o: products, sums and one function, tanh. Each number knows
# what made it, and has its grad. (The picture of g is much larger; `draw(g)` shows it.)

# %%
from micrograd import draw
from micrograd.course.presets import neuron

o = neuron()
o.backward()
draw(o)

# %% [markdown]
# ## Break it
#
# A common mistake is to read the gradient as a value: "the gradient of b is 645.5773, so with a
# little more b, g is 645.5773". It is a rate, not a result. g does not come near that number:

# %%
print(f"read as the value of g: {b.grad:.4f}")
print(f"g after the move:       {measured:.4f}")

# %% [markdown]
# To see the rate, divide how far g moved by how far b moved. For a tiny move the quotient agrees
# with `b.grad`:

# %%
h = 1e-6
rate = (g_of(-4.0, 2.0 + h) - g_of(-4.0, 2.0)) / h
print(f"{rate:.2f}")

# %% tags=["check"]
assert (round(a.grad, 4), round(b.grad, 4)) == (138.8338, 645.5773)
assert abs(measured - (g.data + 0.001 * b.grad)) < 0.01
assert abs(rate - b.grad) < 0.01

# %% [markdown]
# ## Exercise
#
# Now b stays at 2, and a goes down, from -4 to -4.001. Use nothing but `a.grad`, which is
# 138.8338.

# %% tags=["question"]
ask(
    "a_little_less_a",
    "How far does g move, and which way? Type the number, with a minus if g falls.",
    -0.139,
    proof="round(move, 3)",
    within=0.005,
    mistakes={
        0.139: "The size is right. a goes down and the gradient is positive, so g goes down, too.",
        -138.8338: "That would be the move if a moved by 1. It moves by 0.001.",
        138.8338: "That is the gradient itself. Multiply it by how far a moves: -0.001.",
        24.57: "That is where g ends, roughly. How far did it move?",
    },
    why="a moves by -0.001, so g moves by about -0.001 · 138.8338 = -0.139.",
    given="g is computed from a = -4 and b = 2, and `a.grad` is 138.8338. Now b stays at 2, and "
    "a goes down, from -4 to -4.001.",
)

# %% tags=["solution"]
on_paper = -0.001 * 138.8338
move = g_of(-4.001, 2.0) - g_of(-4.0, 2.0)
print(f"on paper {on_paper:.4f}, measured {move:.4f}")
print(f"rounded: {move:.3f}")

# %% [markdown]
# ## What PyTorch calls this
#
# `backward()` and `grad` have the same names there. Our Value corresponds to a `Tensor`: a whole
# array of numbers instead of one, so that many are computed at once. That is for speed. The
# mathematics is the same, and the part of PyTorch that does it is called *autograd*. micrograd is
# a very small autograd.

# %% [markdown]
# ## Recap
#
# - A Value is a number that remembers what it was computed from.
# - Its gradient is a rate: how many times as far the result moves when this number moves a
#   little.
# - A neural net is an expression of data and weights, so training needs nothing but these two
#   passes, forward and backward.
