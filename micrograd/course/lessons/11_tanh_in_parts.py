# %% [markdown]
# # 11. Tanh in parts
#
# [The lecture, from 1:27:05](https://youtu.be/VMj-3S1tku0?t=5225)
#
# **Goal:** add exp, powers, division and subtraction, build tanh out of them, and see that
# the gradients do not depend on how finely a function is cut up.
#
# ## Predict
#
# tanh(x) = (e - 1)/(e + 1), where e = exp(2x). Before you read on: if the neuron uses these
# steps instead of one tanh, which of its gradients change? And e is used twice: would the
# code from before lesson 10 have got away with it?

# %% [markdown]
# ## The smallest code
#
# These lines are new in `Value`:

# %%
from micrograd.course.stages import difference

print(difference(7))

# %% [markdown]
# Only two operations are really new. The partial of exp is exp itself, so it is `out.data`,
# which is there already. For a power, the rule from school applies: k·x^(k-1), as long as the
# exponent is a plain number. The rest is made of what we have: -b is b times -1, a - b is a +
# (-b), and a / b is a times b to the power of -1. An operation that is made of others needs
# no `_backward` of its own.
#
# Plain numbers now work on both sides of an operator. In `a + 1` the 1 is wrapped in a Value.
# For `2 * a` Python first asks the number 2, which does not know Values, and then calls the
# `__rmul__` of a.

# %%
from micrograd.course.stages import Value7 as Value

x1, x2, w1, w2 = Value(2.0), Value(0.0), Value(-3.0), Value(1.0)
b = Value(6.8813735870195432)
n = x1 * w1 + x2 * w2 + b
e = (2 * n).exp()
o = (e - 1) / (e + 1)
o.backward()
print(f"o = {o.data:.4f}, n.grad = {n.grad:.4f}")
print([round(leaf.grad, 4) for leaf in (x1, x2, w1, w2, b)])

# %% [markdown]
# For comparison, here is the neuron of lesson 7, with tanh as one operation. The output is
# the same, and so is every gradient; only rounding in the last digits differs.

# %%
from math import isclose

parts = [o.data, n.grad, *(leaf.grad for leaf in (x1, x2, w1, w2, b))]
leaves = x1, x2, w1, w2, b = [Value(leaf.data) for leaf in (x1, x2, w1, w2, b)]
n = x1 * w1 + x2 * w2 + b
o = n.tanh()
o.backward()
whole = [o.data, n.grad, *(leaf.grad for leaf in leaves)]
assert all(isclose(p, w, rel_tol=1e-12) for p, w in zip(parts, whole, strict=True))

# %% [markdown]
# It had to be. All that matters about an operation is that it can go forward, and that it
# knows its partials. How large a piece of mathematics you make into one operation is up to
# you. Small pieces are easy to get right; a large piece has fewer nodes, and often a neat
# partial such as 1 - o².

# %% [markdown]
# ## The picture
#
# This is tanh in parts, drawn by the finished engine, which has a subtraction and a division
# of its own.

# %%
from micrograd import draw, explain
from micrograd.course.presets import tanh_in_parts

o = tanh_in_parts()
o.backward()
draw(o)

# %% [markdown]
# Look at e: it receives 0.146447 through the numerator, and -0.103553 through the
# denominator. Without the `+=` of lesson 10 one of them would be lost, so no, the old code
# would not have got away with it. Multiply their sum, 0.0428932, by e and by 2, and you get
# 0.5.

# %%
print(explain(o))
assert isclose(explain(o).grads["n"], 0.5)

# %% [markdown]
# ## Break it
#
# People often remember only half of the rule for a power: the exponent comes down in front,
# but it is not lowered, which gives k·x^k. Here is a power with that mistake.


# %%
def wrong_power(x, k):
    out = Value(x.data**k, (x,), f"**{k}")

    def _backward():
        x.grad += k * x.data**k * out.grad  # the mistake: k instead of k - 1

    out._backward = _backward
    return out


# %%
n = Value(0.8813735870195432)
e = (2 * n).exp()
o = (e - 1) * wrong_power(e + 1, -1)
o.backward()
print(f"o = {o.data:.4f}, n.grad = {n.grad:.4f}")
assert isclose(o.data, whole[0])
assert n.grad < -6

# %% [markdown]
# The output is still right, since the forward pass never looks at a partial. The gradient is
# far off, and even its sign is wrong. Do not test such a rule at x = 1: there every power is
# 1, and the wrong rule agrees with the right one.

# %%
for number in (1.0, 2.0):
    wrong, right = Value(number), Value(number)
    wrong_power(wrong, 3).backward()
    (right**3).backward()
    print(number, wrong.grad, right.grad)
    assert (wrong.grad == right.grad) is (number == 1.0)

# %% [markdown]
# ## Exercise
#
# The sigmoid is s = 1/(1 + exp(-x)). Build it out of the new operations. On paper: what is
# its gradient at x = 0? Can you write it in terms of s alone, as we wrote the gradient of
# tanh in terms of o?


# %%
def sigmoid(x):
    return 1 / (1 + (-x).exp())


x = Value(0.0)
sigmoid(x).backward()
assert x.grad == 0.25

x = Value(1.5)
s = sigmoid(x)
s.backward()
assert isclose(x.grad, s.data * (1 - s.data))

# %% [markdown]
# ## What PyTorch calls this
#
# `torch.exp`, and `**`, `/` and `-` between tensors, or between tensors and plain numbers,
# work as they do here. `torch.tanh` is one operation with a backward of its own,
# `TanhBackward0`. Joining several operations into one is called *fusing* them: there are
# fewer results to store, and there is less work to do.

# %% [markdown]
# ## Recap
#
# - An operation is a forward computation and its partials; how large it is, is your choice.
# - Subtraction and division are made of sums, products and powers, and get their gradients
#   for free.
# - A wrong partial leaves the output right, so check the gradients, and not at a number as
#   special as 1.
