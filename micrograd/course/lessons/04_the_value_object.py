# %% [markdown]
# # 4. The Value object and its picture
#
# [The lecture, from 19:09 to 32:10](https://youtu.be/VMj-3S1tku0?t=1149)
#
# **Goal:** build a number that remembers what it was computed from, in three small stages.
#
# ## Predict
#
# Suppose that a, b and c are objects of a class, and that d = a * b + c gives an object as well.

# %% tags=["question"]
ask(
    "how_many_objects",
    "How many such objects exist after that line?",
    5.0,
    proof="len({a, b, c, d, *d.inputs})",
    mistakes={
        4.0: "There is one more, without a name: a * b has to be computed before c is added.",
        3.0: "Those are the ones that you made. Each operation makes another one.",
        2.0: "Those are the results of the two operations. a, b and c are objects, too.",
        1.0: "d is one of them. Python also needs a, b, c and the product.",
    },
    why="a, b, c, the product a * b, which has no name, and d.",
)

# %% [markdown]
# ## The smallest code
#
# A float forgets at once: 4.0 does not know that it was 2.0 times -3.0 plus 10.0. Lesson 3 asked
# for all the rates in one pass, and for that we have to know how the result was computed. So we
# wrap the float in a class of our own. Type it along, in a file or a notebook; a class that you
# have typed is one that you understand.
#
# ### Stage 1: it computes
#
# The class has the number, a way to show it, and two operations. When Python meets `a + b`, it
# calls `a.__add__(b)`, and for `a * b` it calls `a.__mul__(b)`. Inside, `self` is then the object
# on the left, and `other` the one on the right. `__repr__` returns the text that `print` shows.


# %%
class Value:
    def __init__(self, data):
        self.data = data

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(self.data + other.data)

    def __mul__(self, other):
        return Value(self.data * other.data)


# %%
a, b, c = Value(2.0), Value(-3.0), Value(10.0)
d = a * b + c
print(d)

# %% [markdown]
# ### Stage 2: it remembers
#
# It computes, but it still forgets. So each result keeps two more things: `inputs`, the Values
# that it was computed from, and `op`, the symbol of the [operation](glossary:op). The `label` is
# only a name, for us to read. In the parentheses of `__init__` stands what each of them is if
# nobody passes it: no inputs, no operation, no label.


# %%
class Value:
    def __init__(self, data, inputs=(), op="", label=""):
        self.data = data
        self.inputs = inputs
        self.op = op
        self.label = label

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        data = self.data + other.data
        return Value(data, (self, other), "+")

    def __mul__(self, other):
        data = self.data * other.data
        return Value(data, (self, other), "*")


# %% [markdown]
# If you type along with the lecture, its names are different: `_children` and `_prev` are our
# `inputs`, and `_op` is our `op`. (The lecture calls the inputs of a node its children. We say
# inputs, since in the picture they come first. The finished engine knows both names.)
#
# Look at `(self, other)`. These are the two objects themselves and not copies. So from a result
# you can walk back to what it was made of.

# %%
a, b = Value(2.0, label="a"), Value(-3.0, label="b")
c = Value(10.0, label="c")
d = a * b + c

# %% tags=["question"]
ask(
    "what_d_remembers",
    "Which objects are in d.inputs?",
    "the product and c",
    proof="'the product and c' if d.inputs[1] is c and len(d.inputs) == 2 else ''",
    choices=("a, b and c", "the product and c", "the numbers -6 and 10", "a and b"),
    mistakes={
        "a, b and c": "d was made by one operation, a sum, and that has two inputs.",
        "the numbers -6 and 10": "The numbers are inside. (self, other) are the objects.",
        "a and b": "These are the inputs of the product. d was made by the sum.",
    },
    why="d is the result of the sum. Only the product remembers a and b.",
    given="a, b and c are Values, which remember in `inputs` what they were made from, and d = "
    "a * b + c. The numbers are 2, -3 and 10.",
)

# %%
print(d.op, d.inputs)
product, last = d.inputs
print(product.op, product.inputs)
print(last is c, last.inputs)

# %% [markdown]
# Nothing made c: its inputs are empty. Such a Value is called a [leaf](glossary:leaf). Here a, b
# and c are leaves, and the product and d are not.
#
# ### Stage 3: it has room for the answer
#
# `grad` will say how fast the final result moves when this number does. It starts at 0, which
# means no influence; nothing fills it in before lesson 5. This is the difference from stage 2: a
# plus marks each new line, and a minus each line that is gone. (`tanh` is for lesson 7.)

# %%
from micrograd.course.stages import difference

print(difference(3))

# %%
from micrograd.course.stages import Value3 as Value

a = Value(2.0, label="a")
print(a, a.grad)

# %% [markdown]
# ## The picture
#
# Values that remember their inputs form a [graph](glossary:graph): its *nodes* are the Values, and
# an *edge* leads from each input to the result. The finished engine of this course can draw it. In
# the place of a grad the picture says "backward not run" or, where it can be played, "grad ?",
# because nothing has filled it in.

# %%
from micrograd import Value, draw

a, b = Value(2.0, label="a"), Value(-3.0, label="b")
c = Value(10.0, label="c")
e = a * b
d = e + c
e.label, d.label = "e", "d"
draw(d)

# %% [markdown]
# ## Break it
#
# Back to stage 3. Everybody tries to add an ordinary number sooner or later.

# %% tags=["question"]
ask(
    "an_ordinary_number",
    "a is a Value whose number is 2.0. What does a + 1 give?",
    "an error",
    proof="'an error' if 'data' in message else ''",
    choices=("Value(data=3.0)", "3.0", "an error"),
    mistakes={
        "Value(data=3.0)": "That would be good to have. But `__add__` asks 1 for its `data`.",
        "3.0": "`__add__` returns a Value, if it comes so far. It asks 1 for its `data`.",
    },
    why="`__add__` computes self.data + other.data, and the number 1 has no `data`.",
    given="a is a Value whose `data` is 2.0. This first Value has `__add__(self, other)`, which "
    'returns `Value(self.data + other.data, (self, other), "+")`.',
)

# %%
from micrograd.course.stages import Value3

x = Value3(2.0)
message = ""
try:
    x + 1
except AttributeError as error:
    message = str(error)
print(message)

# %% [markdown]
# The error points at a line inside the class, but the cause is in our own line. Until lesson 11
# teaches the class to wrap numbers by itself, we wrap them ourselves:

# %%
total = x + Value3(1.0)
print(total)

# %% tags=["check"]
assert d.data == 4.0 and a.inputs == () and d.inputs == (e, c)
assert last.inputs == () and product.op == "*"
assert "no attribute 'data'" in message and total.data == 3.0
assert Value3(2.0).grad == 0.0

# %% [markdown]
# ## Exercise
#
# Is what a Value remembers enough to write its formula down again? Write `formula(x)`. For a leaf
# it returns the label. For anything else it returns both inputs, written out the same way, with
# the operation between them and parentheses around: `formula(d)` is `"((a * b) + c)"`. It may
# call itself.

# %%
a, b = Value3(2.0, label="a"), Value3(-3.0, label="b")
c = Value3(10.0, label="c")
d = a * b + c


# %% tags=["solution"]
def formula(x):
    if not x.inputs:
        return x.label
    left, right = x.inputs
    return f"({formula(left)} {x.op} {formula(right)})"


print(formula(d))
print(formula(a * (b + c)))

# %% tags=["check"]
assert formula(a * b + c) == "((a * b) + c)"
assert formula(a * (b + c)) == "(a * (b + c))"

# %% [markdown]
# ## What PyTorch calls this
#
# If a gradient is wanted, a result remembers its operation in `grad_fn`: after a product that is a
# `MulBackward0`, after a sum an `AddBackward0`. Its `next_functions` lead to those of its inputs. A
# tensor that no operation made is called a leaf there too, and its `is_leaf` is True. Its `grad` is
# `None` at first, where ours is 0.

# %% [markdown]
# ## Recap
#
# - A Value is a float in a wrapper; `__add__` and `__mul__` return a new Value.
# - Each result keeps its inputs and its operation, so we can walk back from the result to the
#   leaves.
# - `grad` is where we store how fast the final result moves with this number; it starts at 0.
