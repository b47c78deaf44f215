# %% [markdown]
# # 3. The derivative of a function of several inputs
#
# [The lecture, from 14:12](https://youtu.be/VMj-3S1tku0?t=852)
#
# **Goal:** measure how a result depends on each of its inputs, one at a time.
#
# ## Predict
#
# d = a·b + c, with a = 2, b = -3 and c = 10, so d is 4. Before you read on: if a goes up by a
# little, and b and c stay, does d go up or down, and how many times as far? Then the same for
# b alone, and for c alone.

# %% [markdown]
# ## The smallest code
#
# With three inputs there is not one slope but three, one for each input. The recipe stays:
# move one input by h, keep the others where they are, and divide by h.

# %%
def d_of(a, b, c):
    return a * b + c


h = 0.0001
before = d_of(2.0, -3.0, 10.0)
after = d_of(2.0 + h, -3.0, 10.0)
by_a = (after - before) / h
print(before, f"{after:.4f}", f"{by_a:.4f}")

# %% [markdown]
# a went up and d went down, from 4.0 to 3.9997. That is no surprise once you look: a is
# multiplied by b, b is negative, and a larger a takes away more. The slope is -3.0000, which
# is b.

# %%
by_b = (d_of(2.0, -3.0 + h, 10.0) - before) / h
by_c = (d_of(2.0, -3.0, 10.0 + h) - before) / h
print(f"{by_b:.4f} {by_c:.4f}")
assert abs(by_a - -3) < 1e-6
assert abs(by_b - 2) < 1e-6
assert abs(by_c - 1) < 1e-6

# %% [markdown]
# For b the slope is 2.0000, which is a. For c it is 1.0000: whatever is added to c is added
# to d. That c is 10 does not matter. It is not the size of an input that counts but what the
# expression does with it.
#
# Each of the three is called a *partial*: the slope of the result by one input, while the
# others are held still. It is written ∂d/∂a, and all of them together are the *gradient*.
#
# See what this costs: one evaluation for `before`, and one more for each input. Three inputs
# are no trouble. A net has thousands or billions, and would have to be run as many times for
# one gradient. That is why the lessons to come look for another way, which finds all of them
# in one pass.

# %% [markdown]
# ## The picture
#
# Each line moves one input alone. All three pass through d = 4, where nothing has moved yet.

# %%
from micrograd.support.figures import blank

figure = blank(5, 3)  # inches
axes = figure.subplots()
moves = (-1.0, 0.0, 1.0)
axes.plot(moves, [d_of(2.0 + move, -3.0, 10.0) for move in moves], label="a moves")
axes.plot(moves, [d_of(2.0, -3.0 + move, 10.0) for move in moves], label="b moves")
axes.plot(moves, [d_of(2.0, -3.0, 10.0 + move) for move in moves], label="c moves")
axes.legend()
axes.set_xlabel("how far that input is moved")
axes.set_ylabel("d")
figure

# %% [markdown]
# ## Break it
#
# Two slips are common. The first is to move two inputs at once, often because one that was
# moved before has not been put back.

# %%
wrong = (d_of(2.0 + h, -3.0 + h, 10.0) - before) / h
print(f"{wrong:.4f}")
assert abs(wrong - by_a) > 1 and abs(wrong - by_b) > 1
assert abs(wrong - (by_a + by_b)) < 0.001

# %% [markdown]
# That is neither the slope by a nor the slope by b. It is their sum, nearly, for d answers to
# both moves, and one number cannot tell you which input did what.
#
# The second slip is to forget to divide by h.

# %%
wrong = after - before
print(f"{wrong:.4f}")
assert abs(wrong - by_a) > 1

# %% [markdown]
# The sign is right and the size is not: this is how far d went, for this h. Half the h would
# give half of it. The slope is the part that does not depend on how far you happened to move.

# %% [markdown]
# ## Exercise
#
# Now a is used twice: d = a·b + a·c, with the same numbers. What are the three partials? Do
# it on paper, put your answers in place of ours, and run the cell.


# %%
def twice(a, b, c):
    return a * b + a * c


on_paper = (7, 2, 2)  # b + c, a, a
start = twice(2.0, -3.0, 10.0)
assert abs((twice(2.0 + h, -3.0, 10.0) - start) / h - on_paper[0]) < 1e-6
assert abs((twice(2.0, -3.0 + h, 10.0) - start) / h - on_paper[1]) < 1e-6
assert abs((twice(2.0, -3.0, 10.0 + h) - start) / h - on_paper[2]) < 1e-6

# %% [markdown]
# ## What PyTorch calls this
#
# The partials of a result by all the numbers of a tensor are that tensor's `grad`, and it has
# the same shape as the tensor: one slope for each number. The matrix of partials of several
# results by several inputs is the *Jacobian*.

# %% [markdown]
# ## Recap
#
# - A result has one partial for each input: move that input alone, and divide by h.
# - In a product the partial by one factor is the other factor; in a sum it is 1.
# - To measure a gradient by small moves takes one more run for each input, which is too dear
#   for a net.
