# %% [markdown]
# # 3. The derivative of a function of several inputs
#
# [The lecture, from 14:12 to 19:09](https://youtu.be/VMj-3S1tku0?t=852)
#
# **Goal:** measure how a result depends on each of its inputs, one at a time.
#
# ## Predict
#
# d = a·b + c, with a = 2, b = -3 and c = 10, so d is 4. Now a goes up a little, and b and c stay
# where they are.

# %% tags=["question"]
ask(
    "a_alone",
    "How many times as fast does d move? Type the number, with a minus if d goes down.",
    -3.0,
    proof="round(slope_a, 6)",
    mistakes={
        2.0: "That is a itself. When a goes up by 1, one more b is added. How much is that?",
        3.0: "The size is right. b is negative, so one more b makes d smaller.",
        -6.0: "That is the product a·b. How much does it change when a goes up by 1?",
        4.0: "That is d itself. The question is how fast it changes.",
        1.0: "a is not added to d alone: it is multiplied by b first.",
    },
    why="When a goes up by h, d gets h times one more b. So d moves b = -3 times as fast as a.",
)

# %% [markdown]
# ## The smallest code
#
# With three inputs there is not one slope but three, one for each input. The recipe stays the same:
# move one input by h, keep the others where they are, and divide the change of d by h.


# %%
def d_of(a, b, c):
    return a * b + c


h = 0.0001
before = d_of(2.0, -3.0, 10.0)
after = d_of(2.0 + h, -3.0, 10.0)
slope_a = (after - before) / h
print(before, f"{after:.4f}", f"{slope_a:.4f}")

# %% [markdown]
# a went up and d went down, from 4.0 to 3.9997. That is no surprise if you look at the expression:
# a is multiplied by b, b is negative, and so a larger a takes away more. The slope is -3.0000, which
# is b.

# %% tags=["question"]
ask(
    "b_and_c_alone",
    "And how many times as fast does d move with b alone, and with c alone? Type two numbers.",
    [2.0, 1.0],
    proof="[round(slope_b, 6), round(slope_c, 6)]",
    mistakes={
        (-3.0, 1.0): "With c you are right. For b, it is the other factor that counts, a.",
        (2.0, 10.0): "With b you are right. c is only added: how large it is does not matter.",
        (-3.0, 10.0): "These are b and c themselves. How fast does d move when they do?",
        (2.0, 0.0): "With b you are right. c is not multiplied, but it does move d.",
        (-2.0, 1.0): "With c you are right. More b means a less negative product, so d goes up.",
    },
    why="b is multiplied by a = 2, and whatever is added to c is added to d.",
    given="d = a·b + c, with a = 2, b = -3 and c = 10. One number moves a little, and the other "
    "two stay where they are.",
)

# %%
slope_b = (d_of(2.0, -3.0 + h, 10.0) - before) / h
slope_c = (d_of(2.0, -3.0, 10.0 + h) - before) / h
print(f"{slope_b:.4f} {slope_c:.4f}")

# %% [markdown]
# For b the slope is 2.0000, which is a. For c it is 1.0000: whatever is added to c is added to d. It
# does not matter that c is 10. The size of an input does not count, only what the expression does
# with it.
#
# Each of the three slopes is called a [partial derivative](glossary:partial), a partial for short:
# the slope of the result with respect to one input, while the others stay fixed. *With respect to*
# says which input moves, and is often abbreviated to w.r.t. The partial of d with respect to a, for
# example, is -3. It is written ∂d/∂a; the sign ∂ is a rounded d. All the partials together are the
# [gradient](glossary:gradient), here the three numbers -3, 2 and 1.
#
# Look at what this costs: one evaluation for `before`, and one more for each input. Three inputs are
# no trouble. A net has thousands or billions of inputs, and would have to be run as many times for
# one gradient. That is why the next lessons look for another way, which finds all the partials in
# one pass.

# %% [markdown]
# ## The picture
#
# Along each line, only one input moves. All three lines pass through d = 4, where nothing has moved
# yet.

# %%
# alt: three straight lines cross at d = 4: with a it falls steeply, with b and with c it rises
from micrograd.support.figures import blank

figure = blank(5, 3)  # inches
axes = figure.subplots()
moves = (-1.0, 0.0, 1.0)
with_a = [d_of(2.0 + move, -3.0, 10.0) for move in moves]
with_b = [d_of(2.0, -3.0 + move, 10.0) for move in moves]
with_c = [d_of(2.0, -3.0, 10.0 + move) for move in moves]
axes.plot(moves, with_a, label="a moves")
axes.plot(moves, with_b, label="b moves")
axes.plot(moves, with_c, label="c moves")
axes.legend()
axes.set_xlabel("how far the input has moved")
axes.set_ylabel("d")
figure

# %% [markdown]
# ## Break it
#
# Two mistakes are common. The first is to move two inputs at once, often because an input that was
# moved earlier has not been put back.

# %%
both = (d_of(2.0 + h, -3.0 + h, 10.0) - before) / h
print(f"{both:.4f}")

# %% [markdown]
# That is neither the slope with respect to a nor the slope with respect to b. It is nearly their
# sum: d responds to both moves at once, and one number cannot tell you which input did what.
#
# The second mistake is to forget to divide by h.

# %%
undivided = after - before
print(f"{undivided:.4f}")

# %% [markdown]
# The sign is right, but the size is not: this is how far d moved, for this h. Half the h would give
# half of that. The slope is the part that does not depend on how far you happened to move.

# %% tags=["check"]
assert abs(slope_a - -3) < 1e-6
assert abs(slope_b - 2) < 1e-6
assert abs(slope_c - 1) < 1e-6
assert abs(both - (slope_a + slope_b)) < 0.001
assert abs(undivided - slope_a) > 1

# %% [markdown]
# ## Exercise
#
# Now a is used twice: d = a·b + a·c, with the same numbers. Work out the three partials on paper.
# When a moves, how far does each of the two products move, and both together?

# %% tags=["question"]
ask(
    "used_twice",
    "What are the partials with respect to a, b and c? Type three numbers.",
    [7.0, 2.0, 2.0],
    proof="[round(slope, 6) for slope in slopes]",
    mistakes={
        (-3.0, 2.0, 2.0): "Your a moves in the first product only. It moves in both: -3 and 10.",
        (10.0, 2.0, 2.0): "Your a moves in the second product only. It moves in both: -3 and 10.",
        (-30.0, 2.0, 2.0): "You multiplied b and c. Both moves are there at once, so they add up.",
        (7.0, -3.0, 10.0): "For a you are right. For b and c, it is the other factor that counts.",
        (7.0, 2.0, 1.0): "Only c is wrong: here it is multiplied by a, too.",
    },
    why="With respect to a, the two products move b and c times as fast, together -3 + 10 = 7.",
    given="Here a is used twice: d = a·b + a·c, with a = 2, b = -3 and c = 10. A partial says "
    "how many times as fast as one number d moves.",
)


# %% tags=["solution"]
def twice(a, b, c):
    return a * b + a * c


start = twice(2.0, -3.0, 10.0)
slopes = [
    (twice(2.0 + h, -3.0, 10.0) - start) / h,  # b + c
    (twice(2.0, -3.0 + h, 10.0) - start) / h,  # a
    (twice(2.0, -3.0, 10.0 + h) - start) / h,  # a
]
for slope in slopes:
    print(f"{slope:.4f}")

# %% [markdown]
# ## What PyTorch calls this
#
# The partials of a result with respect to all the numbers in a tensor are stored in that tensor's
# `grad`. It has the same shape as the tensor: one slope for each number. The matrix of the partials
# of several results w.r.t. several inputs is the *Jacobian*.

# %% [markdown]
# ## Recap
#
# - A result has one partial for each input: move that input alone, and divide by h.
# - In a product, the partial with respect to one factor is the other factor; in a sum, it is 1.
# - Measuring a gradient by small moves takes one extra run per input: far too expensive for a
#   network.
