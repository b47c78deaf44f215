# %% [markdown]
# # 9. A backward for the whole graph
#
# [The lecture, from 1:17:32 to 1:22:28](https://youtu.be/VMj-3S1tku0?t=4652)
#
# **Goal:** find an order in which every node can pass on its grad, and see which tempting orders
# give wrong gradients.
#
# ## Predict
#
# Take b = 2·a, d = b·b and c = b + d. Going backwards from c, you reach b at once, through the plus
# sign.

# %% tags=["question"]
ask(
    "may_b_go",
    "May b pass its grad on to a at that moment?",
    "no, it has to wait for d",
    proof="'no, it has to wait for d' if too_early != right else 'yes'",
    choices=("yes", "no, it has to wait for d", "it makes no difference"),
    mistakes={
        "yes": "b is also used by d = b·b, and d has not passed anything back yet.",
        "it makes no difference": "b would pass on what it has at that moment. More comes from d.",
    },
    why="b is used twice: in c and in d. Its grad is complete only when both have passed theirs on.",
    given="b = 2·a, d = b·b and c = b + d. Going backwards from c, you reach b at once, through "
    "the plus sign.",
)

# %% [markdown]
# ## The smallest code
#
# In lesson 8 you called the functions in an order that you read off the formula. `backward()` has
# to find such an order by itself.

# %%
from micrograd.course.stages import difference

print(difference(5))

# %% [markdown]
# The heart of it is `visit`. Before it puts a node into the list, it visits all inputs of the node.
# So every node comes in the list after everything that it was computed from. Such a list is in
# [topological order](glossary:topological-order). For example, a, b, d, c is one. `seen` makes sure
# that a node which is reached twice is put into the list only once.
#
# Read from the end, the list has each node after all nodes that *use* it. So when a node's turn
# comes, everything has arrived.

# %%
from micrograd.course.stages import Value5 as Value

x1, x2 = Value(2.0, label="x1"), Value(0.0, label="x2")
w1, w2 = Value(-3.0, label="w1"), Value(1.0, label="w2")
b = Value(6.8813735870195432, label="b")
n = x1 * w1 + x2 * w2 + b
o = n.tanh()
n.label, o.label = "n", "o"
o.backward()
for leaf in (x1, w1, x2, w2, b):
    print(f"{leaf.label}: {leaf.grad:.4f}")
neuron_leaves = (x1, w1, x2, w2, b)

# %% [markdown]
# One call, and we have the numbers of lesson 7. Here is the order itself, found by the same recipe.


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


order = topological_order(o)
print([node.label or node.op for node in order])

# %% [markdown]
# ## The picture
#
# This is the graph of the question, with a = 3. b reaches c by two paths: directly, and by a longer
# one through d.

# %% tags=["quiz"]
from micrograd import Value, draw

a, two = Value(3.0, label="a"), Value(2.0, label="two")
b = two * a
d = b * b
c = b + d
b.label, d.label, c.label = "b", "d", "c"
c.backward()
draw(c)

# %% [markdown]
# Three edges leave b, so three *contributions* come back to it: 1.0 directly from c, and 6.0 twice
# through d = b·b, where each b gets the other one's number. They add up, as lesson 10 explains, so
# the grad of b is 13.0. Only then may b pass it on.

# %% tags=["question"]
ask(
    "what_a_gets",
    "13 has arrived at b, and b = 2·a. What is the grad of a?",
    26.0,
    proof="right",
    mistakes={
        13.0: "That is the grad of b. The step from a to b has the partial 2.",
        2.0: "That is the partial alone. Multiply it by what has arrived at b.",
        39.0: "You multiplied by a's own number, 3. In a product it is the other one, 2.",
        15.0: "You added 13 and 2. A step multiplies what has arrived.",
    },
    why="grad(a) = grad(b) · 2 = 13 · 2 = 26. The rule from school agrees: c = 2a + 4a².",
    given="a = 3, b = 2·a, d = b·b and c = b + d. The grads are rates of c.",
)

# %%
right = a.grad
print(b.grad, right)

# %% [markdown]
# ## Break it
#
# Now let us choose the order ourselves. This function sets all grads to zero, gives the result its
# 1, and then calls the `_backward` of each node in the order of a list:


# %%
def run(order):
    for node in (a, two, b, c, d):
        node.grad = 0.0
    c.grad = 1.0
    for node in order:
        node._backward()


run([c, d, b])
print(a.grad)

# %% [markdown]
# ### Nearest to the result first
#
# One order is tempting: the nodes that are nearest to the result come first. It is how your eye
# moves through the picture, and for the neuron it works. Here, b and d are both next to c.

# %% tags=["question"]
ask(
    "nearest_first",
    "What will a.grad be after run([c, b, d])?",
    2.0,
    proof="too_early",
    mistakes={
        26.0: "That would be so if b had waited. When b runs here, only the 1 from c is there.",
        24.0: "That is what would come through d alone. But b has its turn before d.",
        13.0: "That is the grad of b at the end. But when b had its turn, it was only 1.",
        1.0: "1 is what has arrived at b. It passes on 2 times as much.",
        0.0: "b has had its turn, so something arrives at a: 2 times what b had then.",
    },
    why="When b runs, only the direct 1 has arrived, so a gets 2 · 1. The rest comes too late.",
    given="a = 3, b = 2·a, d = b·b and c = b + d. run(order) sets c.grad to 1 and all other "
    "grads to 0, and then calls `_backward` of the nodes in that order; run([c, d, b]) "
    "gives a the right grad, 26.",
)

# %%
run([c, b, d])
too_early = a.grad
print("a:", too_early, " b:", b.grad)

# %% [markdown]
# b ends up with the right grad, 13.0, and still a is wrong: the 12 that b received later never
# went on.
#
# ### A node is put into the list when you meet it
#
# People often ask why `visit` puts a node into the list *after* its inputs, and reads the list from
# the end. Why not put it there at once, and read from the beginning? These two ways to walk are
# called *post-order* and *pre-order*. Try pre-order:


# %%
def pre_order(root):
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            order.append(node)  # before its inputs
            for x in node.inputs:
                visit(x)

    visit(root)
    return order


order = pre_order(c)
print([node.label for node in order])
run(order)
print(a.grad)

# %% [markdown]
# The walk meets b as the first input of c, and b gets its place before d, although d uses b. It is
# the same mistake. A node must be put into the list when all that it was made of is there already:
# post-order is what makes the list topological.
#
# ### No order at all
#
# The last temptation: a node passes on its grad at once, whenever something arrives.


# %%
def pass_on(node):
    node._backward()
    for x in node.inputs:
        pass_on(x)


run([])
pass_on(c)
too_much = a.grad
print(too_much)

# %% [markdown]
# Whenever something new arrives at b, b passes on *all* that it has, also what it has passed on
# already. So a gets 54.0: too much, where the early b gave too little. Wait until everything has
# arrived, then pass it on once: that fixes all three.

# %% tags=["check"]
grads = [round(leaf.grad, 4) for leaf in neuron_leaves]
assert grads == [-1.5, 1.0, 0.5, 0.0, 0.5]
assert (right, too_early, too_much) == (26.0, 2.0, 54.0)
for i, node in enumerate(topological_order(c)):
    assert set(node.inputs) <= set(topological_order(c)[:i])

# %% [markdown]
# ## Exercise
#
# Take d = a·b, e = a + b and f = d·e. Count on paper.

# %% tags=["question"]
ask(
    "how_many_orders",
    "How many topological orders do the five nodes a, b, d, e and f have?",
    4.0,
    proof="len(good)",
    mistakes={
        120.0: "That is every order of five nodes. f, for example, cannot come before d.",
        1.0: "There are more: a may come before b, or b before a.",
        2.0: "There are more: both pairs can be swapped, a with b and d with e.",
        3.0: "Not quite: there are two choices for a and b, and for each of them two more.",
    },
    why="a and b come first, in either order, then d and e in either order, then f: 2 · 2 = 4.",
    given="d = a·b, e = a + b and f = d·e. In a topological order, each node comes after its "
    "inputs.",
)

# %% tags=["solution"]
from itertools import permutations

inputs = {"d": "ab", "e": "ab", "f": "de"}


def is_topological(order):
    for node in inputs:
        for x in inputs[node]:
            if order.index(x) > order.index(node):
                return False
    return True


good = []
for order in permutations("abdef"):
    if is_topological(order):
        good.append("".join(order))
print(len(good), good)

# %% [markdown] tags=["remark"]
# All of them give the same gradients, except for rounding in the last bit.

# %% [markdown]
# ## What PyTorch calls this
#
# The call has the same name, `o.backward()`. For each node, PyTorch counts the uses that have not
# yet passed on their gradient, and runs the node when none is left. That also gives a topological
# order, found along the way.

# %% [markdown]
# ## Recap
#
# - In a topological order each node comes after its inputs; `backward()` reads it from the end.
# - A node passes its grad on once, after all nodes that use it have passed on theirs.
# - An order by distance, or pre-order, passes on too little; passing on at once passes on too much.
