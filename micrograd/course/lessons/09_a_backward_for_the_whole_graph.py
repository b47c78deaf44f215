# %% [markdown]
# # 9. A backward for the whole graph
#
# [The lecture, from 1:17:32](https://youtu.be/VMj-3S1tku0?t=4652)
#
# **Goal:** find an order in which every node can take its turn, and see which orders that
# look just as good give wrong gradients.
#
# ## Predict
#
# Take b = 2·a, d = b·b and c = b + d, with a = 3. Going backwards from c, you reach b at
# once, by the plus sign. Before you read on: may b pass its grad on to a right then? And what
# is the gradient of a, if you work it out with school calculus, from c = 2a + 4a²?

# %% [markdown]
# ## The smallest code
#
# In lesson 8 you called the functions in an order that you saw in the formula. `backward()`
# has to find one by itself.

# %%
from micrograd.course.stages import difference

print(difference(5))

# %% [markdown]
# The heart of it is `visit`: it first visits all inputs of a node, and only then appends the
# node. So every node stands in the list behind everything it was computed from. Such a list
# is in *topological order*. `seen` makes sure that a node which is reached by several ways is
# entered once. Read from the end, the list has each node before its inputs, and after all
# nodes that use it.

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
# One call, and the numbers of lesson 7 are there. Here is the order itself, by the same
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
# Why does the order need such care? Because of graphs like the one of the question. There, b
# is next to c by one way and further off by the other, through d.

# %%
from micrograd import draw
from micrograd.course import presets

c = presets.near_and_far()
c.backward()
draw(c)

# %% [markdown]
# Three edges bring something to b: 1.0 straight from c, and 6.0 twice through d. What they
# bring is added up (lesson 10 is about that), so b has 13.0, and only then is it the turn of
# b. The gradient of a is 2 · 13.0 = 26.0; school calculus says 2 + 8a, which is the same.
# (Below, `c1` is the number 2, which has no name of its own.)

# %%
from micrograd import explain

print(explain(c))
assert explain(c).grads["a"] == 2 + 8 * 3.0 == 26.0

# %% [markdown]
# ## Break it
#
# A tempting order: nodes nearest to the result first. It is how one would look at the
# picture, and on the neuron it works. Here, though, b has its turn when only the first 1.0
# has arrived.

# %%
one = presets.neuron()
assert explain(one, algorithm="wrong_order").grads == explain(one).grads

story = explain(c, algorithm="wrong_order")
print(story)
assert story.grads["a"] == 2.0

# %% [markdown]
# The 12.0 that b receives later stays there: b ends up with the right grad, a does not. So
# the answer to the question is no, b has to wait for d.

# %%
late = story.lines[-2:]  # what reached b after its turn
print(sum(line.contribution for line in late), late[-1].after)
assert sum(line.contribution for line in late) == 12.0
assert late[-1].after == 13.0

# %% [markdown]
# The other temptation is to have no order at all: whenever something arrives at a node, the
# node passes on its grad at once. Try that on b = a + a, c = b + b, where the gradient of a
# is 4.0.

# %%
c = presets.diamond()
story = explain(c, algorithm="recursive")
print(story)
assert explain(c).grads["a"] == 4.0
assert story.grads["a"] == 6.0

# %% [markdown]
# When b receives its second 1.0, it passes on 2.0 along each edge, and the first 1.0 of these
# has been passed on before. So a gets 6.0: too much, where the wrong order gave too little.
# Waiting until all has arrived, and then passing it on once, mends both.

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
# Any of the four gives the same gradients, up to the last bit of rounding.

# %% [markdown]
# ## What PyTorch calls this
#
# The call has the same name, `o.backward()`. PyTorch keeps count, for each node, of how many
# uses have not had their turn yet, and runs the node when none is left. That is a topological
# order as well, found on the way.

# %% [markdown]
# ## Recap
#
# - A topological order has each node after its inputs; backward reads it from the end.
# - A node passes its grad on once, when all nodes that use it have had their turn.
# - Going by distance passes on too little; passing on at once passes on too much.
