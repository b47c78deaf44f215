# %% [markdown]
# # 9. A backward for the whole graph
#
# [The lecture, from 1:17:32](https://youtu.be/VMj-3S1tku0?t=4652)
#
# **Goal:** find an order in which every node can pass on its gradient, and see which tempting
# orders give wrong gradients.
#
# ## Predict
#
# Take b = 2·a, d = b·b and c = b + d, with a = 3. Going backwards from c, you reach b at
# once, through the plus sign. Before you read on: may b pass its grad on to a at that moment?
# And what is the gradient of a, if you work it out with the rules from school, from c = 2a +
# 4a²?

# %% [markdown]
# ## The smallest code
#
# In lesson 8 you called the functions in an order that you read off the formula. `backward()`
# has to find such an order by itself.

# %%
from micrograd.course.stages import difference

print(difference(5))

# %% [markdown]
# The heart of it is `visit`: it first visits all inputs of a node, and only then appends the
# node. So every node comes in the list after everything it was computed from. Such a list is
# in *topological order*. `seen` makes sure that a node which is reached by several paths is
# appended only once. Read from the end, the list has each node before its inputs, and after
# all nodes that use it.

# %%
from micrograd.course.stages import Value5 as Value

x1, x2 = Value(2.0, label="x1"), Value(0.0, label="x2")
w1, w2 = Value(-3.0, label="w1"), Value(1.0, label="w2")
b = Value(6.8813735870195432, label="b")
n = x1 * w1 + x2 * w2 + b
o = n.tanh()
n.label, o.label = "n", "o"
o.backward()
grads = [round(leaf.grad, 4) for leaf in (x1, x2, w1, w2, b)]
print(grads)
assert grads == [-1.5, 0.5, 1.0, 0.0, 0.5]

# %% [markdown]
# One call, and we have the numbers of lesson 7. Here is the order itself, found by the same
# recipe.


# %%
def topological_order(root):
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for x in node.inputs:
                visit(x)
            order.append(node)

    visit(root)
    return order


# %%
order = topological_order(o)
print([node.label or node.op for node in order])
place = {node: i for i, node in enumerate(order)}
assert all(place[x] < place[node] for node in order for x in node.inputs)

# %% [markdown]
# ## The picture
#
# Why does the order need such care? Because of graphs like the one in the question. There, b
# reaches c by two paths: directly, and by a longer one through d.

# %%
from micrograd import draw
from micrograd.course import presets

c = presets.near_and_far()
c.backward()
draw(c)

# %% [markdown]
# Three edges contribute to b: 1.0 comes directly from c, and 6.0 comes twice through d. The
# contributions are added up (lesson 10 is about that), so the grad of b is 13.0, and only
# then may b pass it on. The gradient of a is 2 · 13.0 = 26.0; the rules from school say 2 +
# 8a, which is the same. (Below, `c1` stands for the constant 2, which has no name of its
# own.)

# %%
from micrograd import explain

print(explain(c))
assert explain(c).grads["a"] == 2 + 8 * 3.0 == 26.0

# %% [markdown]
# ## Break it
#
# One order is tempting: nodes nearest to the result first. It is how your eye moves through
# the picture, and on the neuron it works. Here, though, b runs when only the first 1.0 has
# arrived.

# %%
o = presets.neuron()
assert explain(o, algorithm="wrong_order").grads == explain(o).grads

story = explain(c, algorithm="wrong_order")
print(story)
assert story.grads["a"] == 2.0

# %% [markdown]
# The 12.0 that b receives later never reaches a: b ends up with the right grad, but a does
# not. So the answer to the question is no: b has to wait for d.

# %%
late = story.lines[-2:]  # what reached b after it had run
print(sum(line.contribution for line in late), late[-1].after)
assert sum(line.contribution for line in late) == 12.0
assert late[-1].after == 13.0

# %% [markdown]
# The other temptation is to use no order at all: whenever a contribution arrives at a node,
# the node passes on its grad at once. Try that on b = a + a, c = b + b, where the gradient of
# a is 4.0.

# %%
c = presets.diamond()
story = explain(c, algorithm="recursive")
print(story)
assert explain(c).grads["a"] == 4.0
assert story.grads["a"] == 6.0

# %% [markdown]
# When b receives its second 1.0, it passes on 2.0 along each edge, although it has already
# passed on the first 1.0 of these. So a gets 6.0: too much, where the wrong order gave too
# little. Wait until everything has arrived, then pass it on once: that fixes both.

# %% [markdown]
# ## Exercise
#
# Take d = a·b, e = a + b and f = d·e. How many topological orders of the five nodes are
# there? Count on paper; then let Python try all 120 orders.

# %%
from itertools import permutations

inputs = {"a": "", "b": "", "d": "ab", "e": "ab", "f": "de"}
good = [
    order
    for order in permutations(inputs)
    if all(order.index(x) < order.index(node) for node in inputs for x in inputs[node])
]
print(good)
assert len(good) == 4  # a and b in either order, then d and e in either order, then f

# %% [markdown]
# All four give the same gradients, except for rounding in the last bit.

# %% [markdown]
# ## What PyTorch calls this
#
# The call has the same name, `o.backward()`. For each node, PyTorch counts the uses that have
# not yet passed on their gradient, and runs the node when none is left. That also gives a
# topological order, found along the way.

# %% [markdown]
# ## Recap
#
# - In a topological order each node comes after its inputs; `backward()` reads it from the
#   end.
# - A node passes its grad on once, after all nodes that use it have passed on theirs.
# - An order by distance passes on too little; passing on at once passes on too much.
