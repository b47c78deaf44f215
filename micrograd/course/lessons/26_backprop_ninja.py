# %% [markdown]
# # 26. Backprop ninja
#
# **Goal:** work out by hand the gradients of cross-entropy, of RMSNorm and of a row of
# attention, and check every number against the engine.
#
# ## Predict
#
# Beyond the lecture, part two. The engine needs a node for every plus. Whoever writes a fast
# program puts one rule in the place of many nodes, and works it out on paper. Before that,
# find out what the answer must obey.

# %% tags=["question"]
ask(
    "sum_of_grads",
    "Add the same number to all scores, and the cross-entropy stays as it is. What, then, is "
    "the sum of the grads of all scores?",
    0.0,
    proof="round(sum(s.grad for s in scores), 12)",
    mistakes={
        1.0: "The *probabilities* add up to 1. From the right one, 1 is subtracted.",
        -1.0: "The probabilities, which add up to 1, are part of the grads, too.",
    },
    why="If all scores move by h, the loss moves by h times the sum of the grads: by nothing.",
    given="The cross-entropy of some scores is minus the logarithm of the probability that "
    "softmax gives to the right one.",
)

# %% [markdown]
# ## The smallest code
#
# *Cross-entropy.* With t as the right class, the loss is log(sum of all exp(s)) - s[t]. The
# log has the partial 1/sum, and exp has itself: together exp(s)/sum, which is the
# probability. The last term takes 1 from the right class. A dozen nodes become one line.

# %%
from math import exp

from micrograd import Value
from micrograd.losses import cross_entropy, softmax


def cross_entropy_backward(scores, t):
    powers = [exp(s) for s in scores]
    grads = [p / sum(powers) for p in powers]
    grads[t] -= 1.0
    return grads


scores = [Value(2.0), Value(-1.0), Value(0.5)]
cross_entropy(scores, 2).backward()
by_hand = cross_entropy_backward([2.0, -1.0, 0.5], 2)
for score, grad in zip(scores, by_hand):
    print(f"{score.grad:.6f} {grad:.6f}")
print(f"sum {sum(by_hand):.1f}")


# %% tags=["check"]
def equal(values, grads):
    pairs = zip(values, grads)
    return all(abs(v.grad - g) < 1e-12 for v, g in pairs)


assert equal(scores, by_hand)

# %% [markdown]
# *RMSNorm.* It multiplies each x by the same r, which is (mean of squares + eps)^-0.5. So
# each x has two paths to the loss: its own product, and r, through which it moves all the
# outputs.

# %% tags=["question"]
ask(
    "norm_keeps_the_length",
    "Double all xs, and with eps = 0 the outputs of RMSNorm stay. What is the sum of x times "
    "its grad, over all xs?",
    0.0,
    proof="round(sum(x.data * x.grad for x in xs), 12)",
    mistakes={
        1.0: "Move all xs by a small share of themselves: how far does the loss move?",
    },
    why="If each x moves by the share h of itself, the loss moves by h times that sum: by 0.",
    given="RMSNorm multiplies each x by the same number, (mean of squares + eps)^-0.5. A loss "
    "is computed from its outputs.",
)

# %% [markdown]
# Let g be the [upstream](glossary:upstream-gradient) grads. By the first path, x gets r·g. For the
# second, r gets the sum of all g·x; the partial of r with respect to x is -r³·x/n. With y =
# x·r, both together are r · (g - y · mean of all g·y).


# %%
def rms_norm(xs, eps=0.0):
    square = sum(x * x for x in xs) / len(xs)
    r = (square + eps) ** -0.5
    return [x * r for x in xs]


def rms_norm_backward(xs, g, eps=0.0):
    n = len(xs)
    r = (sum(x * x for x in xs) / n + eps) ** -0.5
    y = [x * r for x in xs]
    mean = sum(gi * yi for gi, yi in zip(g, y)) / n
    return [r * (gi - yi * mean) for gi, yi in zip(g, y)]


g = [1.0, 4.0, -2.0]
xs = [Value(3.0), Value(-1.0), Value(2.0)]
loss = sum(gi * yi for gi, yi in zip(g, rms_norm(xs)))
loss.backward()
by_hand = rms_norm_backward([3.0, -1.0, 2.0], g)
for x, grad in zip(xs, by_hand):
    print(f"{x.grad:.6f} {grad:.6f}")
products = [x.data * grad for x, grad in zip(xs, by_hand)]
print(f"x times grad: {abs(sum(products)):.1f}")

# %% tags=["check"]
assert equal(xs, by_hand)

# %% [markdown]
# *A row of attention.* That is the heart of a GPT; lesson 27 says what it is for. A position
# has a query q. Each position so far has a key k and a value v, which are lists, too. The
# score of a position is q·k, softmax turns the scores into weights a, and the result is the
# sum of a·v. Backwards, with g at the result:
#
# 1. v gets a·g, and the weight a gets g·v. Call that b.
# 2. Through softmax, the score gets a · (b - sum of all a·b).
# 3. q gets the sum of score grad times k, and each k gets its score grad times q.


# %%
def dot(xs, ys):
    return sum(x * y for x, y in zip(xs, ys))


def attend(q, keys, values):
    a = softmax([dot(q, k) for k in keys])
    return [dot(a, column) for column in zip(*values)]


def score_grads(q, keys, values, g):
    a = softmax([dot(q, k) for k in keys])
    b = [dot(g, v) for v in values]
    mean = dot(a, b)
    return [ai * (bi - mean) for ai, bi in zip(a, b)]


q = [1.0, -0.5]
keys = [[0.2, 0.4], [1.0, 0.0], [-0.3, 0.8]]
values = [[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]]
g = [1.0, -2.0]
d = score_grads(q, keys, values, g)
q_grad = [dot(d, column) for column in zip(*keys)]

engine_q = [Value(x) for x in q]
loss = dot(g, attend(engine_q, keys, values))
loss.backward()
for x, grad in zip(engine_q, q_grad):
    print(f"{x.grad:.6f} {grad:.6f}")
print(f"sum of the score grads: {abs(sum(d)):.1f}")

# %% tags=["check"]
assert equal(engine_q, q_grad)
assert abs(sum(d)) < 1e-12

# %% [markdown]
# The grads of the scores add up to 0 again: the weights always add up to 1, so one can only
# grow at the cost of the others.

# %% [markdown]
# ## The picture
#
# This is RMSNorm of two numbers, with upstream grads of 1 and 0. Only the first output is
# used, and yet the second input has a grad: through r.

# %%
from micrograd import draw

x1, x2 = Value(3.0, label="x1"), Value(4.0, label="x2")
y1, y2 = rms_norm([x1, x2])
y1.label = "y1"
y1.backward()
draw(y1)

# %% [markdown]
# ## Break it
#
# The usual mistake is to forget the second path, as if r were a number like any other.

# %% tags=["question"]
ask(
    "who_sees_it",
    "The forgotten path makes the grads wrong. Who tells you?",
    "only a gradient check",
    choices=("an error", "the loss rises at once", "only a gradient check"),
    proof="'only a gradient check' if wrong != by_hand else 'an error'",
    mistakes={
        "an error": "The code runs, and returns numbers of the right count.",
        "the loss rises at once": "Wrong grads often still point downhill, only less steeply.",
    },
    why="The numbers look like any others, and training goes on, only worse.",
    given="RMSNorm multiplies each x by the same r, which depends on all xs. So each x has two "
    "paths to the loss: its own product, and r. Somebody writes its backward pass by "
    "hand, and forgets the second path.",
)

# %%
g, numbers = [1.0, 4.0, -2.0], [3.0, -1.0, 2.0]
by_hand = rms_norm_backward(numbers, g)
r = (dot(numbers, numbers) / 3) ** -0.5
wrong = [r * gi for gi in g]


def loss_at(xs):
    return dot(g, rms_norm(xs))


for i in range(3):
    up, down = list(numbers), list(numbers)
    up[i] += 1e-5
    down[i] -= 1e-5
    slope = (loss_at(up) - loss_at(down)) / 2e-5
    print(f"{slope:.4f} {by_hand[i]:.4f} {wrong[i]:.4f}")
print(f"x times grad: {dot(numbers, wrong):.4f}")

# %% [markdown]
# The first column is measured by small moves, the second is right, and the third is wrong. The
# rule from the question finds it without any measuring: here x times grad is not 0.

# %% [markdown]
# ## Exercise
#
# *LayerNorm* first subtracts the mean from all xs, and then does what RMSNorm does. It keeps
# its output also if the same number is added to all xs. Guess from that what changes in the
# formula, and check it against the engine.


# %% tags=["solution"]
def layer_norm_backward(xs, g):
    mean = sum(xs) / len(xs)
    centred = [x - mean for x in xs]
    inner = rms_norm_backward(centred, g)
    mean_grad = sum(inner) / len(xs)
    return [grad - mean_grad for grad in inner]


xs = [Value(x) for x in numbers]
mean = sum(xs) / 3
dot(g, rms_norm([x - mean for x in xs])).backward()
by_hand = layer_norm_backward(numbers, g)
for x, grad in zip(xs, by_hand):
    print(f"{x.grad:.6f} {grad:.6f}")

# %% tags=["check"]
assert equal(xs, by_hand)
by_hand = rms_norm_backward(numbers, g)

# %% [markdown] tags=["remark"]
# Each x reaches the loss on one more path, through the mean. It takes the mean of the grads
# away from each, so that their sum is 0.

# %% [markdown]
# ## What PyTorch calls this
#
# `F.cross_entropy`, `nn.RMSNorm` and `F.scaled_dot_product_attention` have such backward
# rules, written by hand. In a `torch.autograd.Function` you write your own, and
# `torch.autograd.gradcheck` measures whether it is right.

# %% [markdown]
# ## Recap
#
# - The grads of cross-entropy are the probabilities, minus 1 at the right class.
# - An input that reaches the loss by several paths gets the sum over all of them; in a norm
#   the second path is easily forgotten.
# - A move of all inputs that leaves the result as it is tells what their grads add up to: that
#   checks a formula in one line.
