# %% [markdown]
# # 4. The Value object and its picture
#
# [The lecture, from 19:09](https://youtu.be/VMj-3S1tku0?t=1149)
#
# **Goal:** build a number that remembers what it was computed from, in three small stages.
#
# ## Predict
#
# Suppose that a, b and c are objects, and that d = a * b + c gives an object as well. Before
# you read on: how many such objects exist after that line? And how many of them are the
# result of an operation, so that they have something to remember?

# %% [markdown]
# ## The smallest code
#
# A float forgets at once: 4.0 does not know that it was 2.0 times -3.0 plus 10.0. Lesson 3
# asked for all the slopes in one pass, and for that we have to know how the result was
# computed. So we wrap the float in a class of our own. Stage 1 has the number, a way to show
# it, and two operations. Python calls `__add__` for `a + b`, and `__mul__` for `a * b`. Every
# stage is a class called Value. New lines are marked with a plus; in stage 1 everything is
# new.

# %%
from micrograd.course.stages import Value1 as Value
from micrograd.course.stages import difference

print(difference(1))

# %%
a, b, c = Value(2.0), Value(-3.0), Value(10.0)
d = a * b + c
print(d)
assert d.data == 4.0

# %% [markdown]
# It computes, but it still forgets. Stage 2 keeps two more things with each result: `inputs`,
# the Values that it was computed from, and `op`, the symbol of the operation. The `label` is
# only a name, for us to read.

# %%
print(difference(2))

# %% [markdown]
# `Value(2.0)` is made without inputs; such a Value is called a *leaf*. `__add__` and
# `__mul__` pass on `(self, other)`: the objects themselves, not copies.

# %%
from micrograd.course.stages import Value2 as Value

a, b, c = Value(2.0, label="a"), Value(-3.0, label="b"), Value(10.0, label="c")
d = a * b + c
print(d.inputs, d.op)
product, last = d.inputs
print(product.inputs, product.op)
assert last is c and product.inputs == (a, b)
assert a.inputs == ()

# %% [markdown]
# That answers the question. There are five objects: a, b, c, the product, which has no name,
# and d. Two of them remember something, and from d all the others can be reached.
#
# Stage 3 makes room for the answer that we are after. `grad` will say how much the final
# result changes when this number does. It starts at 0, which means no influence; nothing
# fills it in before lesson 5. (`tanh` is added for lesson 7.)

# %%
print(difference(3))

# %%
from micrograd.course.stages import Value3 as Value

a = Value(2.0, label="a")
print(a, a.grad)
assert a.grad == 0.0

# %% [markdown]
# ## The picture
#
# Values that remember their inputs form a graph, and the finished engine of this course can
# draw it: the leaves, the operations, and the result at the end. In the place of a grad the
# picture says "backward not run" or, in the animated version on a page, "grad ?", because
# nothing has filled it in. The lecture calls the inputs of a node its children, and keeps
# them in `_prev`. We say inputs, since in the picture they come first.

# %%
from micrograd import Value, draw

a, b, c = Value(2.0, label="a"), Value(-3.0, label="b"), Value(10.0, label="c")
e = a * b
d = e + c
e.label, d.label = "e", "d"
draw(d)

# %% [markdown]
# ## Break it
#
# Back to stage 3. Everybody tries to add an ordinary number sooner or later.

# %%
from micrograd.course.stages import Value3 as Value

a = Value(2.0, label="a")
message = ""
try:
    a + 1
except AttributeError as error:
    message = str(error)
print(message)
assert "no attribute 'data'" in message

# %% [markdown]
# `__add__` asks `other` for its `data`, but here `other` is 1, an int, which has none. The
# error points at a line inside the class, but the cause is in our own line. Until lesson 11
# teaches the class to wrap numbers by itself, we wrap them ourselves:

# %%
total = a + Value(1.0)
print(total)
assert total.data == 3.0

# %% [markdown]
# ## Exercise
#
# Is what a Value remembers enough to write its formula down again? Write `formula(x)`. For a
# leaf it returns the label. For anything else it returns both inputs, written out the same
# way, with the operation between them and parentheses around.


# %%
def formula(x):
    if not x.inputs:
        return x.label
    left, right = x.inputs
    return f"({formula(left)} {x.op} {formula(right)})"


a, b, c = Value(2.0, label="a"), Value(-3.0, label="b"), Value(10.0, label="c")
assert formula(a * b + c) == "((a * b) + c)"
assert formula(a * (b + c)) == "(a * (b + c))"

# %% [markdown]
# ## What PyTorch calls this
#
# If a gradient is wanted, a result remembers its operation in `grad_fn`: after a product that
# is a `MulBackward0`, after a sum an `AddBackward0`. Its `next_functions` lead to those of
# its inputs. A tensor that no operation made is called a leaf there too, and its `is_leaf` is
# True. Its `grad` is `None` at first, where ours is 0.

# %% [markdown]
# ## Recap
#
# - A Value is a float in a wrapper; `__add__` and `__mul__` return a new Value.
# - Each result keeps its inputs and its operation, so we can walk back from the result to the
#   leaves.
# - `grad` is where we store how much the final result depends on this number; it starts at 0.
