# %% [markdown]
# # 11. Tanh in parts
#
# [The lecture, from 1:27:05 to 1:39:31](https://youtu.be/VMj-3S1tku0?t=5225)
#
# **Goal:** add exp, powers, division and subtraction, build tanh out of them, and see that
# the gradients do not depend on how finely a function is cut up.
#
# ## Predict
#
# tanh(x) = (e - 1)/(e + 1), where e = exp(2x). So a neuron can compute its tanh in five small
# steps: times 2, exp, minus 1, plus 1, divide.

# %% tags=["question"]
ask(
    "which_grads_change",
    "The neuron of lesson 7 takes these five steps instead of one tanh. Which of its leaves get another grad?",
    "none of them",
    proof="'none of them' if same else 'all of them'",
    choices=("none of them", "only x1 and x2", "all of them"),
    mistakes={
        "all of them": "The graph between o and n is another one, but o is the same function of n. A grad says how o moves with a leaf, and that does not depend on the steps in between.",
        "only x1 and x2": "All leaves are behind n, so whatever happens to n's grad happens to all of them. And o is the same function of n as before.",
    },
    why="A grad says how the output moves with a leaf. The function is the same, so its derivatives are the same, however many steps compute it.",
    given="A neuron computes o = tanh(n), where n = x1·w1 + x2·w2 + b. tanh(x) can be computed "
    "in five small steps: (e - 1)/(e + 1), where e = exp(2x).",
)

# %% [markdown]
# ## The smallest code
#
# These lines are new in `Value`:

# %%
from micrograd.course.stages import difference

print(difference(7))

# %% [markdown]
# Only two operations are really new. The [partial](glossary:partial) of exp is exp itself,
# so it is `out.data`, which is there already. For a power, the rule from school applies:
# k·x^(k-1), as long as the exponent is a plain number. The rest is made of what we have: -b
# is b times -1, a - b is a + (-b), and a / b is a times b to the power of -1. An operation
# that is made of others needs no `_backward` of its own.

# %%
from micrograd.course.stages import Value7 as Value


def neuron(squash):
    """Return o, n and the leaves of lesson 7's neuron."""
    x1, x2 = Value(2.0), Value(0.0)
    w1, w2 = Value(-3.0), Value(1.0)
    b = Value(6.8813735870195432)
    n = x1 * w1 + x2 * w2 + b
    return squash(n), n, [x1, x2, w1, w2, b]


def in_parts(n):
    e = (2 * n).exp()
    return (e - 1) / (e + 1)


def in_one(n):
    return n.tanh()


for squash in (in_one, in_parts):
    o, n, leaves = neuron(squash)
    o.backward()
    grads = [round(leaf.grad, 4) for leaf in leaves]
    print(f"{o.data:.4f} {n.grad:.4f}", grads)

# %% tags=["check"]
from math import isclose

parts = [o.data, n.grad, *[leaf.grad for leaf in leaves]]
o, n, leaves = neuron(in_one)
o.backward()
whole = [o.data, n.grad, *[leaf.grad for leaf in leaves]]
same = all(isclose(p, w) for p, w in zip(parts, whole))
assert same

# %% [markdown]
# The output is the same, and so is every grad; only rounding in the last digits may differ.
# It had to be. All that matters about an operation is that it can go forward, and that it
# knows its partials. How large a piece of mathematics you make into one operation is up to
# you. Small pieces are easy to get right; a large piece has fewer nodes, and often a neat
# partial such as 1 - o².
#
# ## Numbers on the left, and `sum()`
#
# In `a + 1`, Python calls the `__add__` of a, which wraps the 1 in a Value. For `2 * a` it
# asks the number 2 first. The number does not know Values and gives up; then Python asks the
# other side, and calls `a.__rmul__(2)`. The r stands for "on the right". The two lines
# `__radd__` and `__rmul__` look like a luxury. They are not: many people who type along with
# the lecture get stuck here, with code in which no number is to be seen.

# %% tags=["question"]
ask(
    "first_addition",
    "Which addition does Python's `sum([a, b])` do first?",
    "0 + a",
    proof="'0 + a' if 'int' in message else 'a + b'",
    choices=("a + b", "0 + a", "a + 0"),
    mistakes={
        "a + b": "Then sum([a]) would not know what to do, and sum([]) even less. It begins with a number.",
        "a + 0": "Nearly: the number stands on the left, and that makes all the difference here.",
    },
    why="`sum` starts at 0 and adds from the left: first 0 + a, then b to the result. So it asks the number 0 first, then the `__radd__` of a.",
    given="a and b are Values. In `a + 1`, Python calls the `__add__` of a. In `1 + a` it asks "
    "the number first; the number gives up, and Python calls the `__radd__` of a.",
)

# %%
from micrograd.course.stages import Value6

try:
    sum([Value6(1.0), Value6(2.0)])
except TypeError as error:
    message = str(error)
print(message)
print(sum([Value(1.0), Value(2.0)]))

# %% [markdown]
# The Value of lesson 10 has no `__radd__`, so even a sum of Values fails, with an `int` that
# nobody wrote: it is the 0 that `sum` starts at. There are two cures. Write `__radd__`, as
# here. Or give `sum` a Value to start from: `sum(products, b)` starts at the bias, and needs
# no 0. The lecture's neuron does exactly that. You will need one of them for every loss.
#
# ## The picture
#
# This is tanh in parts, drawn by the finished engine, which has a subtraction and a division
# of its own. We take the steps one by one, to see their grads.

# %%
import micrograd
from micrograd import draw

n = micrograd.Value(0.8813735870195432, label="n")
e = (2.0 * n).exp()
top = e - 1.0
bottom = e + 1.0
o = top / bottom
o.backward()
print(f"top {top.grad:.4f}, bottom {bottom.grad:.4f}")

# %% [markdown]
# e is used twice, in the numerator and in the denominator. Both pass on what they received,
# because the partials of e - 1 and of e + 1 with respect to e are 1.

# %% tags=["question"]
ask(
    "grad_of_e",
    "top has the grad 0.1464, and bottom has -0.1036. What is the grad of e?",
    0.0429,
    proof="e.grad",
    within=0.0003,
    mistakes={
        0.25: "That is their difference. Everything that arrives at a node is added, with its sign.",
        -0.1036: "That is what one of them sends. Both arrive, and they add up: that was lesson 10.",
        0.1464: "That is what one of them sends. Both arrive, and they add up: that was lesson 10.",
        -0.0152: "That is their product. Along one path you multiply; what comes along two paths is added.",
    },
    why="A node that is used twice gets the sum of both contributions: 0.1464 - 0.1036. Code with `=` instead of `+=` would keep only one of them.",
    given="tanh(x) = top / bottom, where top = e - 1, bottom = e + 1 and e = exp(2x).",
)

# %%
e.label, top.label = "e", "top"
bottom.label, o.label = "bottom", "o"
draw(o)

# %% [markdown]
# e has the grad 0.0429. Multiply it by the partial of exp, which is e = 5.8284, and by 2, and
# you get the grad of n:

# %%
print(f"{e.grad:.4f} {e.data:.4f} {n.grad:.4f}")

# %% tags=["check"]
assert isclose(n.grad, 0.5)

# %% [markdown]
# ## Break it
#
# People often remember only half of the rule for a power: the exponent comes down in front,
# but it is not lowered, which gives k·x^k. Here is a power with that mistake.


# %%
def wrong_power(x, k):
    out = Value(x.data**k, (x,), f"**{k}")

    def _backward():
        # the mistake: k instead of k - 1
        x.grad += k * x.data**k * out.grad

    out._backward = _backward
    return out


n = Value(0.8813735870195432)
e_again = (2 * n).exp()
wrong = (e_again - 1) * wrong_power(e_again + 1, -1)
wrong.backward()
print(f"o = {wrong.data:.4f}, n.grad = {n.grad:.4f}")

# %% tags=["check"]
assert isclose(wrong.data, whole[0])
assert n.grad < -6

# %% [markdown]
# The output is still right, since the forward pass never looks at a partial. The gradient is
# far off: it should be 0.5, and even its sign is wrong. Do not test such a rule at x = 1:
# there every power is 1, and the wrong rule agrees with the right one.

# %%
for number in (1.0, 2.0):
    wrong, right = Value(number), Value(number)
    wrong_power(wrong, 3).backward()
    (right**3).backward()
    print(number, wrong.grad, right.grad)

# %% [markdown]
# ## Exercise
#
# The sigmoid is s = 1/(1 + exp(-x)). Build it out of the new operations. On paper: what is
# its gradient at x = 0? Can you write it in terms of s alone, as we wrote the gradient of
# tanh in terms of o?


# %% tags=["solution"]
def sigmoid(x):
    return 1 / (1 + (-x).exp())


x = Value(0.0)
sigmoid(x).backward()
print(x.grad)

# In terms of s: the gradient is s * (1 - s).
x = Value(1.5)
s = sigmoid(x)
s.backward()
print(x.grad, s.data * (1 - s.data))

# %% tags=["check"]
assert isclose(x.grad, s.data * (1 - s.data))

# %% [markdown]
# ## What PyTorch calls this
#
# `torch.exp`, and `**`, `/` and `-` between tensors, or between tensors and plain numbers,
# work as they do here. `sum([a, b])` works for tensors, because they have a `__radd__`.
# `torch.tanh` is one operation with a backward of its own, `TanhBackward0`. Joining several
# operations into one is called *fusing* them: there are fewer results to store, and there is
# less work to do.

# %% [markdown]
# ## Recap
#
# - An operation is a forward computation and its partials; how large it is, is your choice.
# - Subtraction and division are made of sums, products and powers; `sum()` starts at 0, so it
#   needs `__radd__`, or a Value to start from.
# - A wrong partial leaves the output right, so check the gradients, and not at a number as
#   special as 1.
