# %% [markdown]
# # 19. The finished engine
#
# [The lecture, from 2:16:46](https://youtu.be/VMj-3S1tku0?t=8206)
#
# **Goal:** read the engine of this package, and recognise every part of your own Value in it.
#
# ## Predict
#
# Your Value finds its order with a function `visit` that calls itself, once for each input.
# Take a chain of 5,000 additions, each of which uses the result of the one before. Before you
# run it: what does `backward()` do?

# %% [markdown]
# ## The smallest code
#
# In the last stage of Value, the operations are rows of a table. Each row states how the
# result is computed, and the partials. `apply` makes the node, and a single `_backward`
# serves all operations: it adds upstream gradient times partial to the grad of each input.

# %%
from micrograd.course.stages import difference

new = difference(8)
print(new[new.index("+     @staticmethod") : new.index("      def __add__")])

# %%
from micrograd.course.stages import TABLE

forward, (partial,) = TABLE["tanh"]
out = forward(0.5)
print(out, partial(0.5, out))

# %% [markdown]
# The package has the same parts, each in a file of its own. `ops.py` is the table, with about
# thirty rows. Its partials are written with operators and other ops, so they accept whatever
# those accept: given floats, they return a number; given names, they return a formula.

# %%
from micrograd import OPS
from micrograd.explaining.formula import derivatives

assert OPS["tanh"].partials[0](0.5, out) == partial(0.5, out)
for name in ("tanh", "sigmoid", "exp"):
    print(name, derivatives(OPS[name])["x"])
assert str(derivatives(OPS["tanh"])["x"]) == "1 - out * out"

# %% [markdown]
# `graph.py` has the order and the chain rule, which yields one edge after another, starting
# from the last node. With these, `backward` is a loop with one line in it.

# %%
from micrograd import Value
from micrograd.graph import chain_rule, topological_order

a, b = Value(2.0, label="a"), Value(-3.0, label="b")
y = a * b + a
grads = dict.fromkeys(topological_order(y), 0.0)
grads[y] = 1.0
for node, x, partial in chain_rule(topological_order(y), lambda node: node.data):
    grads[x] += partial * grads[node]
y.backward()
print(grads[a], grads[b])
assert (grads[a], grads[b]) == (a.grad, b.grad) == (-2.0, 2.0)

# %% [markdown]
# `engine.py` has Value itself: `interpret` is your `apply`, and `_backward` and `backward` do
# what they did in yours. `nn/network.py` has the network. The original micrograd, which the
# lecture builds, is smaller: each of its operations stores a function of its own in the node.
# The original's names still work here. It calls children what this course calls inputs.

# %%
print(y._op, [x._op for x in y._prev], y._backward)

# %% [markdown]
# One difference does not show in the numbers. A closure stored in a node that refers to the
# node makes a cycle: each keeps the other alive. CPython frees an object as soon as nothing
# refers to it any more, but a cycle has to wait for the garbage collector. The functions in
# the table refer to no node, so there is no cycle.

# %%
import gc
import weakref

from micrograd.course.stages import Value7


def is_freed_at_once(kind):
    gc.disable()
    node = kind(2.0) * 3.0
    watch = weakref.ref(node)
    del node
    freed = watch() is None
    gc.enable()
    return freed


print(is_freed_at_once(Value7), is_freed_at_once(Value))
assert is_freed_at_once(Value) and not is_freed_at_once(Value7)

# %% [markdown]
# ## The picture
#
# This is the graph of y. Each circle is a row of the table, and each edge is one turn of the
# loop above.

# %%
from micrograd import draw

y.label = "y"
draw(y)

# %% [markdown]
# ## Break it
#
# Now back to the question from the beginning. Every call that has not returned takes a place
# on Python's stack, and `visit` returns only after it has visited everything below its node.


# %%
def chain(kind, length):
    x = kind(1.0)
    end = x
    for _ in range(length):
        end = end + 1.0
    return x, end


raised = None
try:
    chain(Value7, 5_000)[1].backward()
except RecursionError as error:
    raised = error
print(type(raised).__name__)
assert raised is not None

# %% [markdown]
# So it fails, although nothing is wrong with the graph: Python allows only about a thousand
# nested calls. The cure is to keep the nodes that are still waiting in a list of your own,
# which may grow as long as memory allows. The order stays the same.

# %%
x, end = chain(Value, 100_000)
end.backward()
print(end.data, x.grad)
assert x.grad == 1.0

# %% [markdown]
# ## Exercise
#
# The row of x / y states both partials in their shortest form, the second in terms of `out`.
# Derive d(x / y)/dy on paper, and show that the row agrees.

# %%
partials = derivatives(OPS["div"])
print(partials["x"], "and", partials["y"])
p, q = 3.0, 4.0
on_paper = -p / q**2
assert OPS["div"].partials[1](p, q, p / q) == on_paper
print(on_paper)

# %% [markdown]
# The derivative of 1/y is -1/y², so the partial is -x / y². Since x / y is `out`, that equals
# -out / y.

# %% [markdown]
# ## What PyTorch calls this
#
# PyTorch has a table as well, a file called `derivatives.yaml`. For each operation, it has
# formulas for what every input receives, written in terms of `grad`, the inputs and `result`.
# Our row holds only the partial, and the engine multiplies. PyTorch's engine has no nested
# calls either: nodes that are ready wait in a queue.

# %% [markdown]
# ## Recap
#
# - An operation is one row: what it computes, and its partials. The chain rule is written in
#   one place only.
# - Partials that are written with operators work on floats and on names alike.
# - A loop with a list of its own goes as deep as you like; a function that calls itself does
#   not.
