# %% [markdown]
# # 7. A neuron by hand
#
# [The lecture, from 52:52 to 1:09:02](https://youtu.be/VMj-3S1tku0?t=3172)
#
# **Goal:** know what a neuron computes and why it squashes its result, and carry a gradient
# back through it by hand.
#
# ## Predict
#
# A [neuron](glossary:neuron) gets some numbers and answers with one number. Take a neuron that
# decides whether to go swimming. Its first input, x1, says how warm the day is, and its second,
# x2, how much it rains. Each input is multiplied by a number that says how much it counts, its
# [weight](glossary:weight). Here w1 is 2, because warmth is a reason to go, and w2 is -3,
# because rain is a reason to stay at home. Then a number is added that belongs to no input, the
# [bias](glossary:bias). It says how the neuron leans when all inputs are 0. A result above 0
# means "go", and one below 0 means "stay at home". Here b is -1: without a reason to go, the
# neuron stays at home.
#
# So the neuron computes n = x1·w1 + x2·w2 + b. On a day with x1 = 1.5 and x2 = 0.5:

# %%
x1, x2 = 1.5, 0.5  # warm, with some rain
w1, w2, b = 2.0, -3.0, -1.0
n = x1 * w1 + x2 * w2 + b
print(n)

# %% tags=["question"]
ask(
    "more_rain",
    "If it rains a little more, so that x2 grows, how many times as fast as x2 does n move?",
    -3.0,
    proof="round((1.5 * 2 + (0.5 + h) * -3 - 1 - 0.5) / h, 6)",
    mistakes={
        0.5: "That is x2 itself. In the product x2·w2, x2 gets the other number as its rate.",
        -1.5: "That is the product x2·w2. How fast does it change when x2 does?",
        3.0: "The size is right. Is more rain a reason to go, or to stay?",
    },
    why="In the product x2·w2, the rate for x2 is the other number, w2 = -3. The sums have the rate 1.",
    given="A neuron computes n = x1·w1 + x2·w2 + b. Here x1 = 1.5 says how warm the day is and "
    "x2 = 0.5 how much it rains, and w1 = 2, w2 = -3, b = -1.",
)

# %% [markdown]
# n is 0.5, so this neuron leans towards going. And lesson 5 holds here, too: a weight is the rate
# of n with respect to its input. Learning will mean moving the weights and the bias, until the
# answers are right. Nerve cells gave the neuron its name, and the idea.

# %% [markdown]
# ## The smallest code
#
# ### Why a neuron squashes
#
# n is 0.5 here, but it could be 40 or -700. The answer should rather be a "yes", a "no", or
# something in between. So the last step of a neuron is a function that squeezes any number into
# a fixed range. Such a function is called a *squash*, or in the books an [activation
# function](glossary:activation-function). We use tanh (say "tanch"), whose results lie between
# -1, a clear no, and 1, a clear yes. Python has it as `math.tanh`. Its curve and its slope are
# all that you need to know of it.

# %%
# alt: tanh rises from -1 to 1 like an S, through 0; nearly all of the rise is between -2 and 2
import math

from micrograd.support.figures import blank

figure = blank(5, 3)  # inches
axes = figure.subplots()
ns = [i / 20 for i in range(-80, 81)]
axes.plot(ns, [math.tanh(n) for n in ns])
axes.set_xlabel("n")
axes.set_ylabel("tanh(n)")
axes.grid()
figure

# %% [markdown]
# tanh(0) is 0. Near 0 the curve is nearly a straight line, and it never goes beyond -1 and 1.
#
# There is a deeper reason for the bend in this curve. Without a squash, a neuron only multiplies
# and adds. If one neuron gives 2·x1 - 3·x2 and a second multiplies that by 5, one alone could have
# given the result, 10·x1 - 15·x2. Then a large net could do no more than a single neuron.
#
# ### How steep is tanh?
#
# To go backwards through tanh we need its slope: how many times as fast does o = tanh(n) move
# when n moves? The picture tells you roughly.

# %% tags=["question"]
ask(
    "flat_or_steep",
    "At n = 3 the height of the curve is close to 1. How steep is it there?",
    "nearly 0",
    proof="'nearly 0' if (math.tanh(3 + 1e-6) - math.tanh(3)) / 1e-6 < 0.02 else 'other'",
    choices=("nearly 0", "about 0.5", "nearly 1", "about 3"),
    mistakes={
        "nearly 1": "The height of the curve is nearly 1 there. How fast does it still rise?",
        "about 3": "3 is n itself. The slope says how fast tanh(n) changes when n moves.",
        "about 0.5": "At n = 3 the curve has almost reached its top.",
    },
    why="At n = 3 the curve is almost level: its height is close to 1, and its slope close to 0.",
    given="tanh squeezes any number n into the range from -1 to 1. It rises steeply near n = 0. "
    "Its slope says how many times as fast as n it moves.",
)

# %% [markdown]
# Measure it with nudges. The last column tries a rule that was found long ago: one minus the
# square of the result.

# %%
h = 1e-6
for n in (-1.0, 0.0, 0.5, 1.0, 3.0):
    o = math.tanh(n)
    slope = (math.tanh(n + h) - o) / h
    rule = 1 - o**2
    print(f"n = {n:4} slope {slope:.4f} 1 - o² {rule:.4f}")

# %% [markdown]
# The two columns agree. So the slope of tanh is 1 - o², where o is the *result* of tanh and not
# its input n. That is handy: going backwards, we have o already. Why the rule holds everywhere is
# shown, without calculus, in "Questions people ask" (`docs/lessons/questions.md`).
#
# ### A neuron, forward
#
# These are the lecture's numbers. The strange-looking bias is chosen so that o² is 0.5.

# %%
from micrograd.course.stages import Value3 as Value

x1, x2 = Value(2.0, label="x1"), Value(0.0, label="x2")
w1, w2 = Value(-3.0, label="w1"), Value(1.0, label="w2")
b = Value(6.8813735870195432, label="b")

p1 = x1 * w1
p2 = x2 * w2
s = p1 + p2
n = s + b
n.label = "n"
o = n.tanh()
print(f"n = {n.data:.4f}")
print(f"o = {o.data:.4f}, o² = {o.data**2:.4f}")

# %% [markdown]
# ### A neuron, backward
#
# Now it is your turn: backpropagation as in lesson 5, on paper, from o to the five leaves. The
# result is o now, so grad(x1) is the rate of o with respect to x1. You need three partials.
# That of a sum is 1, so what has arrived passes through it unchanged. That of a product is the
# other number, and that of tanh is 1 - o². Begin with grad(o) = 1.

# %% tags=["question"]
ask(
    "through_tanh",
    "o² is 0.5. What is grad(n)?",
    0.5,
    proof="round(n.grad, 9)",
    within=0.01,
    mistakes={
        0.2929: "That is 1 - o. The slope of tanh is one minus the *square* of o.",
        0.2232: "That is 1 - n². It is the result o that is squared, not what goes into tanh.",
        1.0: "1 is the rate of a plus. tanh has the slope 1 - o², which is 1 only at n = 0.",
        -0.5: "The size is right. tanh always rises, so its slope is never negative.",
    },
    why="grad(n) = grad(o) · (1 - o²) = 1 · (1 - 0.5) = 0.5.",
    given="A neuron ends with o = tanh(n), where n = 0.8814 and o = 0.7071, so that o² is 0.5. "
    "The slope of tanh is 1 - o², and grad(o) is 1.",
)

# %% tags=["question"]
ask(
    "five_leaves",
    "Go on: what are the grads of x1, w1, x2, w2 and b? Type five numbers, with commas between.",
    [-1.5, 1.0, 0.5, 0.0, 0.5],
    proof="[round(x.grad, 9) for x in (x1, w1, x2, w2, b)]",
    within=0.001,
    mistakes={
        (1.0, -1.5, 0.0, 0.5, 0.5): "In both products each number got its own number as the "
        "rate. It is the other one: for x1 it is w1.",
        (-3.0, 2.0, 1.0, 0.0, 1.0): "These are the partials of the sums and products alone. "
        "Multiply each of them by what has arrived there, 0.5.",
        (-1.5, 1.0, 0.5, 0.0, 1.0): "The first four are right. b is only added, so it gets all "
        "that has arrived at n: 0.5, and not 1.",
        (-1.5, 1.0, 0.5, 0.5, 0.5): "Only w2 is wrong: it is multiplied by x2, which is 0.",
        (-1.5, 1.0, 0.0, 0.0, 0.5): "Only x2 is wrong: the rate for x2 is the other number, w2.",
    },
    why="The sums hand the 0.5 on to b, p1 and p2, and each product multiplies it by the other "
    "number: w1, x1, w2 and x2.",
    given="A neuron: n = p1 + p2 + b, where p1 = x1·w1 and p2 = x2·w2, and o = tanh(n). The "
    "numbers are x1 = 2, w1 = -3, x2 = 0, w2 = 1 and b = 6.8814; grad(n), the rate of o "
    "with respect to n, is 0.5.",
)

# %% [markdown]
# In Python, first tanh, then the two sums, then the two products:

# %%
o.grad = 1.0
n.grad = o.grad * (1.0 - o.data**2)
s.grad = n.grad * 1.0
b.grad = n.grad * 1.0
p1.grad = s.grad * 1.0
p2.grad = s.grad * 1.0
x1.grad = p1.grad * w1.data
w1.grad = p1.grad * x1.data
x2.grad = p2.grad * w2.data
w2.grad = p2.grad * x2.data
for x in (n, x1, w1, x2, w2, b):
    print(f"{x.label}: {x.grad:.4f}")

# %% [markdown]
# If this neuron should answer more clearly with yes, then move w1 up, because its grad is
# positive.
#
# The grad of w2 is 0, because its partial is x2, and x2 is 0. Whatever w2 is, the product x2·w2
# stays 0. That does not make w2 a bad weight: with another x2 it would count. A gradient holds
# for one set of inputs only.
#
# Ask the neuron itself, with a nudge for each leaf:


# %%
def output(x1, x2, w1, w2, b):
    return math.tanh(x1 * w1 + x2 * w2 + b)


def rate(x1, x2, w1, w2, b):
    return (output(x1, x2, w1, w2, b) - o.data) / h


bias = b.data
print(f"x1: {rate(2.0 + h, 0.0, -3.0, 1.0, bias):.4f}")
print(f"w1: {rate(2.0, 0.0, -3.0 + h, 1.0, bias):.4f}")
print(f"x2: {rate(2.0, 0.0 + h, -3.0, 1.0, bias):.4f}")
print(f"w2: {rate(2.0, 0.0, -3.0, 1.0 + h, bias):.4f}")
print(f"b:  {rate(2.0, 0.0, -3.0, 1.0, bias + h):.4f}")

# %% tags=["check"]
grads = [x.grad for x in (x1, w1, x2, w2, b)]
expected = [-1.5, 1.0, 0.5, 0.0, 0.5]
assert all(abs(x - y) < 1e-12 for x, y in zip(grads, expected))
assert abs(rate(2.0 + h, 0.0, -3.0, 1.0, bias) - -1.5) < 1e-4
assert rate(2.0, 0.0, -3.0, 1.0 + h, bias) == 0.0

# %% [markdown]
# ## The picture
#
# This is the same neuron in the finished engine. Follow the 0.5 from tanh back to the products:
# each factor's gradient is 0.5 times the *other* factor's value.

# %% tags=["quiz"]
from micrograd import draw
from micrograd.course.presets import neuron

picture = neuron()
picture.backward()
draw(picture)

# %% [markdown]
# ## Break it
#
# It is easy to get the partial of tanh nearly right: 1 - n² instead of 1 - o². Both look like
# "one minus the square", but n is what goes into tanh, and o is what comes out.

# %%
for number in (0.5, n.data, 2.0):
    right = 1 - math.tanh(number) ** 2
    print(f"n = {number:.4f}  right {right:.4f}", end="")
    print(f"  wrong {1 - number**2:.4f}")

# %% [markdown]
# Python does not complain, but 0.2232 is in the grads of n and of all before it, instead of 0.5.
# For an n above 1 the wrong partial is even negative, as if tanh fell there.
#
# The right partial has a weakness, too. Far to the right and to the left, it is almost 0:

# %%
print(f"n = 10: 1 - o² = {1 - math.tanh(10.0) ** 2:.10f}")

# %% [markdown]
# Then the grads of the weights are almost 0, too. A step as in lesson 6 hardly moves them, so the
# neuron cannot learn from its mistake. Such a neuron is called *saturated*. With small weights n
# is small, where tanh is steep: that is why networks start with them.

# %% tags=["check"]
wrong = 1 - n.data**2
assert round(wrong, 4) == 0.2232 and abs(wrong - n.grad) > 0.2
assert 1 - 2.0**2 < 0 < 1 - math.tanh(2.0) ** 2
assert 1 - math.tanh(10.0) ** 2 < 1e-8

# %% [markdown]
# ## Exercise
#
# On paper: x1 = 1, x2 = -2, w1 = 0.5, w2 = 1.5 and b = 2.5. Find n, then o, then the grads of
# all five leaves. You need no calculator.

# %% tags=["solution"]
new_n = 1.0 * 0.5 + -2.0 * 1.5 + 2.5
new_o = math.tanh(new_n)
grad_n = 1 - new_o**2
print("n, o and grad(n):", new_n, new_o, grad_n)
print("x1 and w1:", grad_n * 0.5, grad_n * 1.0)
print("x2 and w2:", grad_n * 1.5, grad_n * -2.0)
print("b:", grad_n)

# %% tags=["check"]
from micrograd import Value

leaves = [Value(x) for x in (1.0, -2.0, 0.5, 1.5, 2.5)]
y = leaves[0] * leaves[2] + leaves[1] * leaves[3] + leaves[4]
y.tanh().backward()
assert (y.data, new_n, new_o, grad_n) == (0.0, 0.0, 0.0, 1.0)
assert [x.grad for x in leaves] == [0.5, 1.5, 1.0, -2.0, 1.0]

# %% [markdown]
# ## What PyTorch calls this
#
# The neuron is `torch.nn.Linear(2, 1)` followed by `torch.tanh`. Its `weight` and `bias` have
# `requires_grad=True` from the start; the inputs do not, since nobody wants to train them.

# %% [markdown]
# ## Recap
#
# - A neuron multiplies each input by its weight, adds a bias, and squashes the sum: o =
#   tanh(x1·w1 + x2·w2 + b).
# - The partial of tanh is one minus the square of its *output*: 1 in the middle, nearly 0 where
#   the neuron is sure.
# - A weight's grad is its input times the grad that has arrived at their product, so a weight
#   has no influence if its input is 0.
