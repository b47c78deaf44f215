# %% [markdown]
# # 3. The derivative of a function of several inputs
#
# [The lecture, from 14:12](https://youtu.be/VMj-3S1tku0?t=852)
#
# **Goal:** measure how a result depends on each of its inputs, one at a time.
#
# ## Predict
#
# d = a·b + c, with a = 2, b = -3 and c = 10, so d is 4. Before you read on: if a goes up a
# little, and b and c stay fixed, does d go up or down, and how many times as far? Then answer
# the same for b alone, and for c alone.

# %% [markdown]
# ## The smallest code
#
# With three inputs there is not one slope but three, one for each input. The recipe stays the
# same: move one input by h, keep the others where they are, and divide the change of d by h.

# %%
def d_of(a, b, c):
    return a * b + c


h = 0.0001
before = d_of(2.0, -3.0, 10.0)
after = d_of(2.0 + h, -3.0, 10.0)
slope_a = (after - before) / h
print(before, f"{after:.4f}", f"{slope_a:.4f}")

# %% [markdown]
# a went up and d went down, from 4.0 to 3.9997. That is no surprise if you look at the
# expression: a is multiplied by b, b is negative, and so a larger a takes away more. The
# slope is -3.0000, which is b.

# %%
slope_b = (d_of(2.0, -3.0 + h, 10.0) - before) / h
slope_c = (d_of(2.0, -3.0, 10.0 + h) - before) / h
print(f"{slope_b:.4f} {slope_c:.4f}")
assert abs(slope_a - -3) < 1e-6
assert abs(slope_b - 2) < 1e-6
assert abs(slope_c - 1) < 1e-6

# %% [markdown]
# For b the slope is 2.0000, which is a. For c it is 1.0000: whatever is added to c is added
# to d. It does not matter that c is 10. The size of an input does not count, only what the
# expression does with it.
#
# Each of the three is a *partial derivative*, a partial for short: the slope of the result
# with respect to one input while the others stay fixed. "With respect to" is often
# abbreviated to w.r.t. The partial of d with respect to a is written ∂d/∂a. All the partials
# together are the *gradient*.
#
# Look at what this costs: one evaluation for `before`, and one more for each input. Three
# inputs are no trouble. A net has thousands or billions of inputs, and would have to be run
# as many times for one gradient. That is why the next lessons look for another way, which
# finds all the partials in one pass.

# %% [markdown]
# ## The picture
#
# Along each line, only one input moves. All three lines pass through d = 4, where nothing has
# moved yet.

# %%
from micrograd.support.figures import blank

figure = blank(5, 3)  # inches
axes = figure.subplots()
moves = (-1.0, 0.0, 1.0)
axes.plot(moves, [d_of(2.0 + move, -3.0, 10.0) for move in moves], label="a moves")
axes.plot(moves, [d_of(2.0, -3.0 + move, 10.0) for move in moves], label="b moves")
axes.plot(moves, [d_of(2.0, -3.0, 10.0 + move) for move in moves], label="c moves")
axes.legend()
axes.set_xlabel("how far the input has moved")
axes.set_ylabel("d")
figure

# %% [markdown]
# ## Break it
#
# Two mistakes are common. The first is to move two inputs at once, often because an input
# that was moved earlier has not been put back.

# %%
wrong = (d_of(2.0 + h, -3.0 + h, 10.0) - before) / h
print(f"{wrong:.4f}")
assert abs(wrong - slope_a) > 1 and abs(wrong - slope_b) > 1
assert abs(wrong - (slope_a + slope_b)) < 0.001

# %% [markdown]
# That is neither the slope with respect to a nor the slope with respect to b. It is nearly
# their sum: d responds to both moves at once, and one number cannot tell you which input did
# what.
#
# The second mistake is to forget to divide by h.

# %%
wrong = after - before
print(f"{wrong:.4f}")
assert abs(wrong - slope_a) > 1

# %% [markdown]
# The sign is right, but the size is not: this is how far d moved, for this h. Half the h
# would give half of that. The slope is the part that does not depend on how far you happened
# to move.

# %% [markdown]
# ## Exercise
#
# Now a is used twice: d = a·b + a·c, with the same numbers. What are the three partials? Work
# them out on paper, replace our answers with yours, and run the cell.


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
# The partials of a result with respect to all the numbers in a tensor are stored in that
# tensor's `grad`. It has the same shape as the tensor: one slope for each number. The matrix
# of the partials of several results w.r.t. several inputs is the *Jacobian*.

# %% [markdown]
# ## Recap
#
# - A result has one partial for each input: move that input alone, and divide by h.
# - In a product, the partial with respect to one factor is the other factor; in a sum, it is
#   1.
# - Measuring a gradient by small moves takes one extra run per input: far too expensive for a
#   network.
