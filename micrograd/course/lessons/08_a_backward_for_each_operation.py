# %% [markdown]
# # 8. A backward for each operation
#
# [The lecture, from 1:09:02 to 1:17:32](https://youtu.be/VMj-3S1tku0?t=4142)
#
# **Goal:** let every operation leave behind a small function that does its own step of the chain
# rule, and call these functions in the right order.
#
# ## Predict
#
# In lesson 7 you wrote one line of calculus for each node: what has arrived there, times a
# partial. Now each node will carry its lines as a function, `_backward`. When it is called, it
# gives a grad to the inputs of its node.

# %% tags=["question"]
ask(
    "of_a_leaf",
    "What should the `_backward` of a leaf do, for example of a weight?",
    "nothing",
    proof="'nothing' if Value(2.0)._backward() is None else ''",
    choices=("set its own grad to 1", "nothing", "pass its grad on to the result"),
    mistakes={
        "set its own grad to 1": "Only the final result has the grad 1. The grad of a leaf comes "
        "from the nodes that use it.",
        "pass its grad on to the result": "Grads flow the other way: from a result to its inputs.",
    },
    why="A leaf has no inputs, so there is nobody to pass a grad to.",
    given="Each node of a graph has a function `_backward`. When it is called, it gives a grad "
    "to the inputs of its node: what has arrived at the node, times a partial.",
)

# %% [markdown]
# ## The smallest code
#
# ### A function that remembers
#
# First something about Python. A function may be made inside another one, and returned like any
# other object:


# %%
def make(x):
    def show():
        print("x is", x)

    return show


first = make(3)
second = make(5)
first()
second()

# %% [markdown]
# `make(3)` prints nothing. It makes a function and returns it, without calling it. When `first()`
# is called later, `make` has long finished, and still `show` knows its x. Each call of `make` makes
# a new `show`, which remembers an x of its own. A function that remembers names from the place
# where it was made is called a [closure](glossary:closure).
#
# ### Each result gets such a function
#
# Now the class. A minus marks a line of lesson 4 that is gone, and a plus one that is new:

# %%
from micrograd.course.stages import difference

print(difference(4))

# %% [markdown]
# Look at the product. When a·b is computed, `__mul__` has everything at hand that the way back will
# need: both inputs and the result. So it makes the function `_backward` and stores it on the
# result. The function does not run yet. It is a closure: when it runs, it still knows `self`,
# `other` and `out`.
#
# Its two lines are those of lesson 5. `out.grad` is what has arrived at the product, and it is
# multiplied by the partial: the *other* number.
#
# A leaf is made without an operation, and so it keeps `lambda: None`. That is Python's short way
# to write a function without a name: this one takes nothing and does nothing.

# %% tags=["question"]
ask(
    "when_is_it_read",
    "When a·b is computed, out.grad is still 0.0. Will `_backward` multiply by that 0.0 later?",
    "no",
    proof="'no' if p1.grad != 0.0 and x1.grad == w1.data * p1.grad else 'yes'",
    choices=("yes", "no"),
    mistakes={
        "yes": "A closure keeps `out` itself, and not a copy of the grad that it has now.",
    },
    why="The function reads out.grad when it is called, and by then it has been filled in.",
    given="a and b are Values. Their product `out` gets a function `_backward` with the line "
    "`self.grad = other.data * out.grad`, which runs later.",
)

# %% [markdown]
# ### Going backwards through a neuron
#
# This is the neuron of lesson 7. Each line makes one Value, which carries its `_backward`.

# %%
from micrograd.course.stages import Value4 as Value


def new_neuron():
    x1, x2 = Value(2.0), Value(0.0)
    w1, w2 = Value(-3.0), Value(1.0)
    b = Value(6.8813735870195432)
    p1 = x1 * w1
    p2 = x2 * w2
    s = p1 + p2
    n = s + b
    return (x1, w1, x2, w2, b), (p1, p2, s, n, n.tanh())


leaves, (p1, p2, s, n, o) = new_neuron()
o.grad = 1.0
o._backward()
print(f"{n.grad:.4f}")

# %% [markdown]
# That call did the tanh step: it filled in the grad of n. Each further call moves the grads one
# operation further back.

# %%
n._backward()
s._backward()
p1._backward()
p2._backward()
x1, w1, x2, w2, b = leaves
for leaf in leaves:
    print(f"{leaf.grad:.4f}")

# %% [markdown]
# These are the numbers of lesson 7, and this time we did no calculus. We only had to keep to an
# order: from the result to the leaves. A node may run its `_backward` only once its own grad is
# complete.

# %% tags=["question"]
ask(
    "the_other_way_round",
    "Suppose that you call the same functions in the opposite order: p1, p2, s, n and last o. What "
    "will be the grad of w1?",
    0.0,
    proof="other_way",
    mistakes={
        1.0: "That is the right grad. But when p1 runs first, which grad has it to pass on?",
        2.0: "2 is the partial, x1. It is multiplied by p1.grad, and that is still 0 then.",
    },
    why="When p1 runs, its own grad is still 0, and 2 · 0 is 0. Nobody calls it again later.",
    given="A neuron: o = tanh(n), n = s + b, s = p1 + p2, p1 = x1·w1 with x1 = 2, and p2 = "
    "x2·w2. Each `_backward` gives grads to the inputs of its node; o.grad is 1, and all "
    "other grads are 0. Called from o back to p1 and p2, the five functions give w1 the "
    "grad 1.",
)

# %%
others, (p1b, p2b, sb, nb, ob) = new_neuron()
ob.grad = 1.0
for node in (p1b, p2b, sb, nb, ob):
    node._backward()
other_way = others[1].grad
print(other_way, [leaf.grad for leaf in others])
print(f"{nb.grad:.4f}")

# %% [markdown]
# Apart from o itself, only n has a grad, since o was the only node that had a grad to pass on.
# (Python's `-0.0` is 0 as well: it is -3 times 0.)

# %% [markdown]
# ## The picture
#
# Every small circle with an operation in it stands for one such function. It sees the nodes next to
# it and nothing else of the graph.

# %%
from micrograd import draw
from micrograd.course.presets import neuron

picture = neuron()
picture.backward()
draw(picture)

# %% [markdown]
# ## Break it
#
# Two mistakes are common here. The first is to forget the start: the grad of a new Value is 0.0,
# and 0 times anything is 0. Python does not complain, and all grads stay 0.

# %%
others, (p1b, p2b, sb, nb, ob) = new_neuron()
for node in (ob, nb, sb, p1b, p2b):  # nobody set ob.grad
    node._backward()
print([leaf.grad for leaf in others])

# %% [markdown]
# The second is one pair of parentheses too many. `out._backward = _backward()` does not store the
# function. It *calls* it at once, and stores what it returns, which is `None`.


# %%
def add(a, b):
    out = Value(a.data + b.data, (a, b), "+")

    def _backward():
        a.grad = 1.0 * out.grad
        b.grad = 1.0 * out.grad

    out._backward = _backward()  # the mistake
    return out


# %%
total = add(Value(1.0), Value(2.0))
print(total._backward)
try:
    total._backward()
except TypeError as error:
    print(error)

# %% [markdown]
# This mistake is kinder: it raises an error, though only later, when you go backwards, and far from
# the line with the parentheses. Now you know where to look.

# %% tags=["check"]
grads = [round(leaf.grad, 4) for leaf in leaves]
assert grads == [-1.5, 1.0, 0.5, 0.0, 0.5]
assert all(leaf.grad == 0.0 for leaf in others)
assert total._backward is None

# %% [markdown]
# ## Exercise
#
# Write `square(a)`, which computes a² as one operation with a `_backward` of its own. Its partial
# is 2·a: a nudge of a by h makes (a + h)² out of a², which is 2·a·h more, and h², which is tiny.
# With a = 3 and y = square(a), which grad does a get? Then do the same for y = square(square(a))
# with a = 2.


# %% tags=["solution"]
def square(a):
    out = Value(a.data**2, (a,), "square")

    def _backward():
        a.grad = 2.0 * a.data * out.grad

    out._backward = _backward
    return out


a = Value(3.0)
y = square(a)
y.grad = 1.0
y._backward()
print("y = square(a):", a.grad)

a2 = Value(2.0)
inner = square(a2)
y = square(inner)
y.grad = 1.0
y._backward()
inner._backward()
print("y = square(square(a)):", a2.grad)

# %% tags=["check"]
assert (a.grad, a2.grad) == (6.0, 32.0)  # 4a³ is 32

# %% [markdown]
# ## What PyTorch calls this
#
# The function that a result carries is its `grad_fn`; when you print a tensor, you may see
# `grad_fn=<AddBackward0>`. A leaf's `grad_fn` is `None`. The values that our closure remembers are
# PyTorch's *saved tensors*. To add an operation of your own, you write a subclass of
# `torch.autograd.Function`, with a `forward` and a `backward`.

# %% [markdown]
# ## Recap
#
# - Each operation leaves a function on its result, which gives each input upstream gradient times
#   partial.
# - The function is a closure: it is stored on the way forward and called on the way backward, once
#   the grad of the result is complete.
# - First set the grad of the final result to 1, or everything stays 0.
