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
# you read on: how many of these objects are there after that line? And how many of them came
# out of an operation, so that there is something for them to remember?

# %% [markdown]
# ## The smallest code
#
# A float forgets at once: 4.0 does not know that it was 2.0 times -3.0 plus 10.0. Lesson 3
# wished for all the slopes in one pass, and for that one has to know the way there. So we
# wrap the float in a class of our own. Stage 1 has the number, a way to show it, and two
# operations. Python calls `__add__` when it meets `a + b`, and `__mul__` at `a * b`. Every
# stage is a class called Value. A line that is new in it has a plus in front, and here all
# lines are.

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
# It computes, and still forgets. Stage 2 keeps two things more with each result: `inputs`,
# the Values that it was computed from, and `op`, the mark of the operation. The `label` is
# only a name, for us to read.

# %%
print(difference(2))

# %% [markdown]
# Whoever calls `Value(2.0)` gives no inputs, and so has none: such a Value is a *leaf*. The
# two operations hand over `(self, other)`, the two objects themselves and not copies.

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
# That answers the question. There are five: a, b, c, the product, which has no name, and d.
# Two of them remember something, and from d all the others can be reached.
#
# Stage 3 makes room for the answer that we are after. `grad` is to say how much the final
# result changes when this number does. It starts at 0, which claims that there is no
# influence; nothing fills it before lesson 5. (`tanh` comes along for lesson 7.)

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
# draw it: the leaves, the operations, and the result at the end. Where a grad would stand it
# says "backward not run", or, on a page that plays, "grad ?": nothing has filled it. The
# lecture calls the inputs of a node its children, and keeps them in `_prev`. We say inputs,
# since in the picture they come first.

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
# Back to stage 3. Everybody tries this sooner or later: to add an ordinary number.

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
# `__add__` asks `other` for its `data`, and here `other` is 1, an int, which has none. The
# error names a line inside the class, but the cause is in ours. Until lesson 11 teaches the
# class to wrap numbers by itself, we wrap them:

# %%
total = a + Value(1.0)
print(total)
assert total.data == 3.0

# %% [markdown]
# ## Exercise
#
# Is what a Value remembers enough to write its formula down again? Write `written(x)`. Of a
# leaf it returns the label. Of anything else it returns what its two inputs are, with the
# operation between them, in parentheses.


# %%
def written(x):
    if not x.inputs:
        return x.label
    left, right = x.inputs
    return f"({written(left)} {x.op} {written(right)})"


a, b, c = Value(2.0, label="a"), Value(-3.0, label="b"), Value(10.0, label="c")
assert written(a * b + c) == "((a * b) + c)"
assert written(a * (b + c)) == "(a * (b + c))"

# %% [markdown]
# ## What PyTorch calls this
#
# Where a gradient is wanted, a result remembers its operation in `grad_fn`: after a product
# that is a `MulBackward0`, after a sum an `AddBackward0`. It leads on to those of the inputs
# by `next_functions`. A tensor that no operation made is a leaf there too, and `is_leaf` says
# so. Its `grad` is `None` at first, where ours is 0.

# %% [markdown]
# ## Recap
#
# - A Value is a float in a wrapper; `__add__` and `__mul__` return a new Value.
# - Each result keeps its inputs and its operation, so that from the result one can walk back
#   to the leaves.
# - `grad` is the place for how much the final result depends on this number; it starts at 0.
