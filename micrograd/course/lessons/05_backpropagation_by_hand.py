# %% [markdown]
# # 5. Backpropagation by hand: a simple expression
#
# [The lecture, from 32:10 to 51:10](https://youtu.be/VMj-3S1tku0?t=1930)
#
# **Goal:** see why rates multiply, and fill in every grad of a small expression yourself.
#
# ## Predict
#
# A bicycle is 4 times as fast as a walker, and a car is 2 times as fast as the bicycle.

# %% tags=["question"]
ask(
    "car",
    "The car is how many times as fast as the walker?",
    8.0,
    proof="car / walker",
    mistakes={
        6.0: "You added 4 and 2. A rate multiplies: how far does the car go for each metre of the bicycle?",
        2.0: "That compares the car with the bicycle. How does it compare with the walker?",
    },
    why="While the walker goes 1 metre, the bicycle goes 4, and the car 2 · 4 = 8.",
)

# %%
walker = 1.0
bicycle = 4 * walker
car = 2 * bicycle
print(car / walker)

# %% [markdown]
# ## The smallest code
#
# The expression is L = (a·b + c)·f. We compute it in three steps and give each step a name.

# %%
a, b, c, f = 2.0, -3.0, 10.0, -2.0
e = a * b
d = e + c
L = d * f
print(e, d, L)

# %% [markdown]
# For each of the numbers a, b, c, f, e and d we want one *rate*: when that number moves, how many
# times as fast does L move? Lesson 3 called such rates slopes, and measured them with small
# moves. We call them *nudges*. Now you will find the rates by thinking, from L backwards, one
# step at a time. After each step a nudge shows whether the answer was right.
#
# We write grad(a) for the rate of L with respect to a: a is the number that is nudged. (Elsewhere
# you may find dL/da.) One grad is known before we start: grad(L) is 1, because L moves exactly as
# fast as itself.
#
# ### The last step: d and f
#
# The last step is the product L = d·f. Nudge d by a small h, so that it becomes d + h. Then L
# becomes (d + h)·f, which is d·f + h·f. So L has moved by h·f, f times as far as d. In the same
# way, a nudge of f moves L by d times as much. In a product, the rate with respect to one number
# is the *other* number. Here the product is L itself, so these rates are the grads already:
# grad(d) is f, and grad(f) is d.
#
# Here are the two nudges. In each line, the number with `+ h` has been nudged:

# %%
h = 0.001
print(f"d: {((d + h) * f - L) / h:.4f}")
print(f"f: {(d * (f + h) - L) / h:.4f}")

# %% [markdown]
# The nudges agree. grad(d) is -2, which is f: when d grows, L falls, twice as fast. And grad(f)
# is 4, which is d.
#
# ### One step further back: c and e
#
# Now look at c. It is in the sum d = e + c, so it reaches L through d. Nudge c by h, and d
# becomes e + c + h. So d moves exactly as far as c: in every sum, the rate is 1.
#
# But that is the rate of d. We want the rate of L.

# %% tags=["question"]
ask(
    "c_is_added",
    "If c grows a little, how many times as fast does L move?",
    -2.0,
    proof="c.grad",
    mistakes={
        1.0: "1 is the rate of d with respect to c. L is one step further, and that step has a rate, too.",
        -1.0: "You added the rates 1 and -2. What happens to a nudge of 0.001 in the first "
        "step, and then in the second?",
        2.0: "The size is right. d grows with c, but f is negative, so L falls when d grows.",
        10.0: "That is c itself. A sum does not care how large c is, only how far it moves.",
        4.0: "That is grad(f). c reaches L through d, so it is grad(d) that counts.",
    },
    why="d moves exactly as fast as c, and L moves -2 times as fast as d: 1 · -2 = -2.",
    given="L = d·f, where d = e + c and e = a·b. The numbers are a = 2, b = -3, c = 10 and f = "
    "-2, so e is -6, d is 4 and L is -8.",
)

# %% [markdown]
# Follow a nudge of 0.001 from c to L:

# %%
move_c = 0.001
move_d = 1.0 * move_c
move_L = f * move_d
print(move_d, move_L, move_L / move_c)

# %% [markdown]
# The step from c to d multiplies the nudge by 1, and the step from d to L by -2. So L has moved
# 1 · -2 = -2 times as far as c.
#
# It is the car again: c is the walker, d the bicycle and L the car. **A rate is the number by
# which a step multiplies a nudge. Two steps multiply twice, so the rates of the steps
# multiply.** This is the [chain rule](glossary:chain-rule). In lesson 3, d was the result, and
# ∂d/∂c its slope. Here ∂d/∂c, "the partial of d with respect to c", is the rate of one step only,
# from c to d: 1. From here on, a *partial* is the rate of one step, and a *grad* the rate of the
# whole way to L. Then the chain rule says:
#
# grad(c) = grad(d) · ∂d/∂c
#
# Nudges travel forwards, and grads backwards. grad(d) has *arrived* at d, from the side of L, and
# the step to c multiplies it by 1. Seen from c, grad(d) is the [upstream
# gradient](glossary:upstream-gradient). The second factor, ∂d/∂c, depends on this one step only:
# for a plus it is 1, and for a product the other number.
#
# The other number in the sum, e, is added just as c is, so grad(e) is -2 · 1 = -2 as well. The
# nudges:

# %%
print(f"c: {((e + (c + h)) * f - L) / h:.4f}")
print(f"e: {(((e + h) + c) * f - L) / h:.4f}")

# %% [markdown]
# ### The first step: a and b
#
# a is three steps away from L, but you need nothing new for it. The step from a to e is a
# product, so its partial ∂e/∂a is the other number, b = -3. And what e does to L is known:
# grad(e) is -2. So
#
# grad(a) = grad(e) · ∂e/∂a = -2 · -3 = 6
#
# You did not have to think about d any more. Everything that happens between e and L is already
# contained in grad(e). That is why we go backwards.
#
# The steps from a to L are called a *path*. Here is a nudge of 0.001 on the whole path. Above
# each arrow stands the rate of that step:
#
# ```text
#         × -3          × 1          × -2
#    a  -------->  e  ------->  d  -------->  L
#  0.001        -0.003       -0.003         0.006
# ```
#
# The first step turns the nudge round, and the last one turns it back. So L grows when a grows.
# (Here each number has one path to L. Lesson 10 is about numbers that have two.)

# %% tags=["question"]
ask(
    "b_reaches_L",
    "What is grad(b)?",
    -4.0,
    proof="b.grad",
    mistakes={
        6.0: "You multiplied by b's own number, -3. In a product, b gets the other number, a.",
        2.0: "2 is the rate of e alone. Multiply it by what has arrived at e, which is -2.",
        4.0: "The size is right. Look at the signs: -2 has arrived at e, and a is positive.",
        1.0: "You added the rates 2, 1 and -2. Each step multiplies the nudge, so multiply.",
        -2.0: "That is grad(e). b is one step further back: multiply by the partial of e = a·b.",
    },
    why="grad(b) = grad(e) · ∂e/∂b = grad(e) · a = -2 · 2 = -4.",
    given="L = (e + c)·f, where e = a·b. The numbers are a = 2, b = -3, c = 10 and f = -2; we "
    "write grad(e) for the rate of L with respect to e, and it is -2.",
)

# %%
print(f"a: {(((a + h) * b + c) * f - L) / h:.4f}")
print(f"b: {((a * (b + h) + c) * f - L) / h:.4f}")

# %% [markdown]
# You have nudged all six numbers that L depends on, and every nudge confirms your rate.
#
# ### Written into Values
#
# Lesson 4 gave each Value a `grad`, which is 0.0 at first. Fill the grads in, from the end to the
# beginning, and type this cell rather than only reading it.

# %%
from micrograd.course.stages import Value3 as Value

a, b = Value(2.0, label="a"), Value(-3.0, label="b")
c, f = Value(10.0, label="c"), Value(-2.0, label="f")
e = a * b
d = e + c
L = d * f

L.grad = 1.0
d.grad = L.grad * f.data
f.grad = L.grad * d.data
e.grad = d.grad * 1.0
c.grad = d.grad * 1.0
a.grad = e.grad * b.data
b.grad = e.grad * a.data
print(d.grad, f.grad, e.grad, c.grad, a.grad, b.grad)

# %% [markdown]
# Look at `a.grad`: a goes into e, so take `e.grad`, and multiply it by the partial of the step
# from a to e. Every line after the first has this form. Filling in all grads in this way, from
# the result back to the leaves, is called [backpropagation](glossary:backpropagation).
#
# With nudges, a network with a million weights needs a million runs. Going backwards, one pass
# gives all the grads.

# %% [markdown]
# ## The picture
#
# This is the graph. Every edge stands for one product: upstream gradient times partial.
# `micrograd learn 5 --html` writes a page on which you can play the picture, and guess each grad
# before it appears.

# %% tags=["quiz"]
from micrograd import draw
from micrograd.course.presets import expression

picture = expression()
picture.backward()
draw(picture)

# %% [markdown]
# ## Break it
#
# Three common mistakes, about which Python does not complain, give these numbers for b:

# %%
print("its own number:   ", e.grad * b.data)
print("the partial alone:", a.data)
print("the rates added:  ", a.data + 1.0 + f.data)

# %% [markdown]
# The first multiplies by b itself, and not by the other number. The second forgets the upstream
# gradient, so it is the rate of e, and not of L. The third adds the rates of the three steps from
# b to L, which have to be multiplied.
#
# The nudge of b said -4.0000, so it unmasks all three. Whenever you are not sure of a grad,
# nudge.

# %% tags=["check"]
wrong = [e.grad * b.data, a.data, a.data + 1.0 + f.data]
assert wrong == [6.0, 2.0, 1.0] and b.grad not in wrong
assert (d.grad, f.grad, e.grad, c.grad) == (-2.0, 4.0, -2.0, -2.0)
assert (a.grad, b.grad) == (6.0, -4.0)
assert car / walker == 8.0

# %% [markdown]
# ## Exercise
#
# First an expression that you have not seen: k = 3·q, r = k + 7 and s = r · -2.

# %% tags=["question"]
ask(
    "another_path",
    "If q grows a little, how many times as fast does s move?",
    -6.0,
    proof="round(slope, 6)",
    mistakes={
        3.0: "3 is the rate of k. Two more steps follow on the way to s.",
        -2.0: "-2 is the rate of the last step. Multiply it by those of the steps before.",
        6.0: "The size is right. One of the three rates is negative, so s falls.",
        2.0: "You added 3, 1 and -2. Each step multiplies the nudge, so multiply.",
        -42.0: "The 7 is only added, so it has no influence: the rate of that step is 1.",
    },
    why="The three steps have the rates 3, 1 and -2, and 3 · 1 · -2 = -6.",
)

# %%
q = 5.0  # any other number would do
slope = ((3 * (q + h) + 7) * -2 - (3 * q + 7) * -2) / h
print(f"{slope:.4f}")

# %% [markdown]
# Then replace the plus of the lesson by a minus: L = (a·b - c)·f, with the same numbers. Which
# of the grads of d, f, e, c, a and b change? First find out what a nudge of c does to
# d = e - c. Then fill in the grads on paper, from L backwards.

# %% tags=["solution"]
e = a.data * b.data
d = e - c.data
grad_L = 1.0
grad_d = grad_L * f.data
grad_f = grad_L * d
grad_e = grad_d * 1.0
grad_c = grad_d * -1.0  # e - (c + h) is e - c - h
grad_a = grad_e * b.data
grad_b = grad_e * a.data
print(grad_d, grad_f, grad_e, grad_c, grad_a, grad_b)
# Only two differ: grad_c turns its sign, and grad_f
# follows d, which has become -16. No other step changed.

# %% tags=["check"]
from micrograd import Value

leaves = [Value(x) for x in (2.0, -3.0, 10.0, -2.0)]
((leaves[0] * leaves[1] - leaves[2]) * leaves[3]).backward()
assert [x.grad for x in leaves] == [grad_a, grad_b, grad_c, grad_f]

# %% [markdown]
# ## What PyTorch calls this
#
# PyTorch calls the upstream gradient `grad_output`, and the method as a whole *reverse-mode
# automatic differentiation*. It is what happens inside PyTorch when you call `loss.backward()`.

# %% [markdown]
# ## Recap
#
# - The rates of the steps on a path multiply: that is the chain rule.
# - Going backwards, each input gets the upstream gradient times the partial of its step: 1 for a
#   plus, 1 and -1 for a minus, and the other number for a product.
# - A nudge checks any grad.
