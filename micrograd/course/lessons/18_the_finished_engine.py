# %% [markdown]
# # 18. The finished engine
#
# [The lecture, from 2:16:46](https://youtu.be/VMj-3S1tku0?t=8206)
#
# **Goal:** read the engine of this package, and find every part of your own Value in it.
#
# ## Predict
#
# Your Value finds its order with a function `visit` that calls itself, once for each input.
# Take a chain of 5,000 additions, each on the result of the one before. Before you run it:
# what does `backward()` do?

# %% [markdown]
# ## The smallest code
#
# In the last stage of Value the operations are rows of a table. Each row has what is
# computed, and the partials. Then `apply` makes the node, and one `_backward` serves all
# operations: upstream gradient times partial, added up.

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
# The package has the same parts, in files of their own. `ops.py` is the table, with some
# thirty rows. Its partials are written with operators and other ops, so they run on whatever
# those run on: on floats, to give a number, or on names, to give a formula.

# %%
from micrograd import OPS
from micrograd.explaining.formula import derivatives

assert OPS["tanh"].partials[0](0.5, out) == partial(0.5, out)
for name in ("tanh", "sigmoid", "exp"):
    print(name, derivatives(OPS[name])["x"])
assert str(derivatives(OPS["tanh"])["x"]) == "1 - out * out"

# %% [markdown]
# `graph.py` has the order and the chain rule, which hands out edge by edge, the last node
# first. From these, `backward` is a loop of one line.

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
# `engine.py` has Value itself: `interpret` is your `apply`, and `_backward` and `backward`
# are what they were. `nn/network.py` has the network. The original micrograd, which the
# lecture builds, is smaller: each of its operations has a function of its own that it leaves
# in the node. Its names still work here. What this course calls inputs it calls children.

# %%
print(y._op, [x._op for x in y._prev], y._backward)

# %% [markdown]
# One difference cannot be seen in the numbers. A function that is kept in a node and mentions
# that node is a circle: each keeps the other alive. CPython frees an object when nothing
# refers to it any more, but for a circle it has to wait for its garbage collector. In a table
# no function knows any node, so there is no circle.

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
# The graph of y. Each disc is a row of the table, and each edge is one turn of the loop
# above.

# %%
from micrograd import draw

y.label = "y"
draw(y)

# %% [markdown]
# ## Break it
#
# Now the question of the beginning. Every call that has not returned takes a place on
# Python's stack, and `visit` returns only when it has been all the way down.


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
# So it fails, although nothing is wrong with the graph: Python allows about a thousand calls
# within each other. The cure is to keep the nodes that still wait in a list of one's own,
# which may grow as long as memory allows. The order stays the same.

# %%
x, end = chain(Value, 100_000)
end.backward()
print(end.data, x.grad)
assert x.grad == 1.0

# %% [markdown]
# ## Exercise
#
# The row of x / y writes both partials as short as it can, the second with `out`. Derive d(x
# / y)/dy on paper, and show that the row says the same.

# %%
by = derivatives(OPS["div"])
print(by["x"], "and", by["y"])
p, q = 3.0, 4.0
on_paper = -p / q**2
assert OPS["div"].partials[1](p, q, p / q) == on_paper
print(on_paper)

# %% [markdown]
# The minus sign and one y come from the rule for 1/y, and x / y is `out`, so that -x / y² is
# -out / y.

# %% [markdown]
# ## What PyTorch calls this
#
# PyTorch has a table as well, a file called `derivatives.yaml`: for each operation, formulas
# for what every input is owed, written with `grad`, the inputs and `result`. Our row holds
# the partial alone, and the engine multiplies. Its engine has no calls within calls either:
# nodes that are ready wait in a queue.

# %% [markdown]
# ## Recap
#
# - An operation is one row: what it computes, and its partials. The chain rule stands in one
#   place.
# - Partials that are written with operators run on floats, and on names just as well.
# - A loop with a list of its own goes as deep as you like; a function that calls itself does
#   not.
