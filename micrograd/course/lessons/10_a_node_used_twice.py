# %% [markdown]
# # 10. A node used twice
#
# [The lecture, from 1:22:28 to 1:27:05](https://youtu.be/VMj-3S1tku0?t=4948)
#
# **Goal:** see why gradients have to be added up instead of assigned, and why it is enough to
# set the grads of the parameters to zero before the next pass.
#
# ## Predict
#
# All graphs so far were trees: each node was used once. Now let b = a + a, with a = 3.

# %% tags=["question"]
ask(
    "a_plus_a",
    "If a grows a little, how many times as fast does b move?",
    2.0,
    proof="mended.grad",
    mistakes={
        1.0: "That is the rate of one use. a is used twice, and both of its uses move.",
        6.0: "That is b itself. How far does b move when a moves by 0.001?",
        3.0: "That is a itself. In a sum it does not matter how large a is.",
    },
    why="b = 2a. When a moves, both terms move just as far, so b moves twice as far.",
)

# %% [markdown]
# And now the code. This is the `_backward` of a sum, as you wrote it in lesson 8:
#
# ```python
# self.grad = 1.0 * out.grad
# other.grad = 1.0 * out.grad
# ```

# %% tags=["question"]
ask(
    "what_the_code_does",
    "In a + a, `self` and `other` are both a. What will a.grad be after these two lines, if "
    "out.grad is 1?",
    1.0,
    proof="broken.grad",
    mistakes={
        2.0: "That is the right gradient. But = does not add: the second line replaces what the "
        "first has written.",
        0.0: "Both lines write 1.0 · 1.0 into a.grad.",
    },
    why="The first line stores 1.0, and the second line overwrites it with another 1.0.",
    given="A first `_backward` of a sum has two lines: `self.grad = 1.0 * out.grad` and "
    "`other.grad = 1.0 * out.grad`. Now b = a + a.",
)

# %% [markdown]
# ## The smallest code

# %%
from micrograd.course.stages import Value5

a = Value5(3.0)
b = a + a
b.backward()
print(a.grad)
broken = a

# %% [markdown]
# The neuron never showed this bug, because each of its nodes is used once. The cure is one
# character, wherever a grad is filled in:

# %%
from micrograd.course.stages import difference

print(difference(6))

# %%
from micrograd.course.stages import Value6 as Value

a = Value(3.0)
b = a + a
b.backward()
print(a.grad)
mended = a

# %% [markdown]
# Why a sum? Move a by a small h. Through its first use b moves by h, through its second use b
# moves by h again, and both happen at once, so b moves by 2h. **Along a path rates multiply, and
# over several paths they add up.** In the books this is the chain rule for several variables. It
# makes no difference whether the two uses are in one operation or far apart.
#
# The share that comes back from one use is called a *contribution*. In b = a + a there are two contributions of 1.0.

# %% [markdown]
# ## The picture
#
# Here a and b are used by two different nodes: d = a·b, e = a + b, f = d·e.

# %% tags=["quiz"]
from micrograd import draw, paths
from micrograd.course.presets import two_uses

f = two_uses()
f.backward()
draw(f)

# %% [markdown]
# Two edges leave a, so there are two paths from a to f, one through d and one through e. Along
# each of them the rates multiply, and the two products are added:

# %%
d, e = f.inputs
print(paths(f, d.inputs[0]))

# %% [markdown]
# ## Break it
#
# Here is the same graph with the `=` of before. Whoever comes last wins, and what came before is
# gone.

# %%
a, b = Value5(-2.0), Value5(3.0)
f = (a * b) * (a + b)
f.backward()
print(a.grad, b.grad)

# %% [markdown]
# For a even the sign is wrong: 3.0 says that f grows with a, but in truth it falls, 3 times as
# fast. Python does not complain.
#
# ### The price of +=
#
# A grad that is added to has to start at 0. The grad of a new Value does. But here a is used in
# two passes, one after the other:

# %%
a = Value(3.0)
(a + a).backward()
(a + a).backward()

# %% tags=["question"]
ask(
    "two_passes",
    "What is a.grad now?",
    4.0,
    proof="twice",
    mistakes={
        2.0: "That would be so if the second pass began at 0. It adds to what the first has left.",
        1.0: "Each pass brings two contributions of 1.0 to a.",
        8.0: "The second pass adds as much as the first, 2.0. It does not double twice.",
    },
    why="The first pass leaves 2.0 in a.grad, and the second adds another 2.0.",
    given="a is the Value 3.0, whose grad is 0. Each backward pass *adds* to grads, with +=. "
    "Two passes run, one after the other: `(a + a).backward()` and again `(a + "
    "a).backward()`.",
)

# %%
twice = a.grad
print(twice)

# %% [markdown]
# 4.0 is twice what it should be. So set the grad to 0 before each pass:

# %%
a = Value(3.0)
for _ in range(2):
    a.grad = 0.0
    (a + a).backward()
    print(a.grad)

# %% [markdown]
# With `=` nobody had to do that, which is why it is so often forgotten. A weight lives through
# thousands of passes. So a training loop sets the grads of all weights and biases to zero before
# every pass; together they are called the [parameters](glossary:parameter).
#
# ### Why only the parameters?
#
# The nodes in the middle get grads too. Why does nobody set those to zero?

# %% tags=["question"]
ask(
    "inner_nodes",
    "A loop computes b = a * a and y = b + a again in each pass, and sets only a.grad to zero. "
    "Does b.grad grow from pass to pass?",
    "no",
    proof="'no' if grads_of_b == [1.0, 1.0] else 'yes'",
    choices=("yes", "no"),
    mistakes={
        "yes": "It would, if b were the same object in each pass. But a * a makes a new Value.",
    },
    why="Each pass makes a new Value for b, whose grad begins at 0. Only a is the same object.",
    given="a is a Value, and each backward pass adds to the grads that are there.",
)

# %%
a = Value(3.0)
made, grads_of_b = [], []
for _ in range(2):
    a.grad = 0.0
    b = a * a
    y = b + a
    y.backward()
    made.append(b)
    grads_of_b.append(b.grad)
    print(f"a.grad = {a.grad}, b.grad = {b.grad}")
print("the same b in both passes:", made[0] is made[1])

# %% [markdown]
# `b = a * a` runs again in each pass, and `*` makes a *new* Value, with a grad of 0.0. The old b,
# with its old grad, is thrown away. Only the leaves that you keep yourself go from one pass to
# the next, and these are the parameters. So it is enough to set their grads to zero.
#
# It is not enough if you go backwards twice through the *same* graph, without computing it again:

# %%
a.grad = 0.0
y.backward()  # y is still that of the last pass
print(f"a.grad = {a.grad}, b.grad = {b.grad}")

# %% [markdown]
# Now b is the same object, and its grad has piled up: it is 2.0 instead of 1.0, and a gets 13.0
# instead of 7.0. In training this does not happen, because an update changes the parameters, and
# then the result has to be computed again anyway. The finished engine of this course is careful
# all the same: its `backward()` first sets the grads of all nodes in the middle to zero.

# %%
from micrograd import Value as Finished

a = Finished(3.0)
y = a * a + a
y.backward()
a.grad = 0.0
y.backward()
print(a.grad)

# %% tags=["check"]
assert (broken.grad, mended.grad, twice) == (1.0, 2.0, 4.0)
assert a.grad == 7.0
f = two_uses()
f.backward()
leaves = f.inputs[0].inputs
assert [x.grad for x in leaves] == [-3.0, -8.0]

# %% [markdown]
# ## Exercise
#
# y = a·a + a, with a = 3. On paper: how many contributions come back to a, and how large are they?
# Compare their sum with a nudge, and with the derivative that you may know from school, 2a + 1.

# %% tags=["solution"]
a = Finished(3.0, label="a")
b = a * a
b.label = "b"
y = b + a
y.label = "y"
print(paths(y, a))
h = 0.001
print(f"{((3 + h) * (3 + h) + (3 + h) - 12) / h:.3f}")

# %% tags=["check"]
assert paths(y, a).count == 3
y.backward()
assert a.grad == 2 * 3.0 + 1 == 3.0 + 3.0 + 1.0

# %% [markdown]
# ## What PyTorch calls this
#
# PyTorch *accumulates* gradients as well: a second `backward()` adds to the `.grad` of the leaves,
# and only of these; nodes in the middle keep no grad unless you ask for it. `optimizer.zero_grad()`
# clears them between two steps; since PyTorch 2 it sets them to `None` instead of zero, and the next
# `backward()` starts afresh. Going backwards twice through the same graph is an error there, unless
# you pass `retain_graph=True`. Some people leave `zero_grad()` out on purpose for a few passes, so
# that several small batches count as one large batch; that is called *gradient accumulation*.

# %% [markdown]
# ## Recap
#
# - A node that is used several times receives a contribution from each use, and its gradient is
#   their sum; `=` keeps only the last of them, and no error tells you.
# - Since `+=` adds to what is already there, grads have to be set to zero between two passes.
# - It is enough to do that for the parameters: the nodes in the middle are made anew in each pass.
