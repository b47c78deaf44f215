# %% [markdown]
# # 17. Scores, softmax and cross-entropy
#
# [The lecture, from 2:14:03 to 2:16:46](https://youtu.be/VMj-3S1tku0?t=8043)
#
# **Goal:** let a network choose among several classes: turn its scores into probabilities,
# and measure with one number how wrong they are.
#
# ## Predict
#
# The lecture's network says yes or no, with one output. A network that reads digits has ten
# outputs, one for each digit. Each output is a [score](glossary:score): any number, and the
# larger it is, the more the network believes in that class. Scores are not probabilities:
# they may be negative, and their sum may be anything.
#
# [Softmax](glossary:softmax) turns scores into probabilities. It takes exp of each score,
# which makes all of them positive. Then it divides each by their sum, which makes them add
# up to 1.

# %% tags=["question"]
ask(
    "ratio_of_two",
    "The scores are 2, 1 and 0. How many times as large as the second probability is the first? Two digits are enough.",
    2.7183,
    proof="ratio",
    within=0.05,
    mistakes={
        2.0: "That is the ratio of the scores. Softmax takes exp of each score first.",
        1.0: "That is the difference of the scores. Softmax takes exp of each score first.",
        7.389: "That is exp(2), which is the first to the third. The second has exp(1).",
    },
    why="They are as exp(2) to exp(1). The sum by which both are divided cancels, so the ratio is exp(2 - 1), which is e.",
    given="Softmax turns scores into probabilities: it takes exp of each score, a power of e, "
    "and divides each by their sum.",
)

# %% tags=["question"]
ask(
    "add_1000",
    "Somebody adds 1000 to all three scores. What happens to the three probabilities, on paper?",
    "nothing",
    proof="'nothing' if abs(stable[0] - probabilities[0]) < 1e-9 else 'they grow'",
    choices=("nothing", "all three grow", "the largest one takes nearly everything"),
    mistakes={
        "all three grow": "They cannot: they still have to add up to 1.",
        "the largest one takes nearly everything": "So it is if you *multiply* the scores. Adding leaves their differences as they are.",
    },
    why="Each exp becomes exp(1000) times as large, above the fraction line and below it, and the factor cancels.",
    given="Softmax turns scores into probabilities: it takes exp of each score, and divides "
    "each by their sum. The scores are 2, 1 and 0.",
)

# %% [markdown]
# ## The smallest code
#
# Here is softmax, written down as it is defined, for the scores 2, 1 and 0.

# %%
import math


def softmax(scores):
    powers = [math.exp(s) for s in scores]
    total = sum(powers)
    return [power / total for power in powers]


scores = [2.0, 1.0, 0.0]
probabilities = softmax(scores)
print([f"{p:.4f}" for p in probabilities])
ratio = probabilities[0] / probabilities[1]
print(f"{ratio:.4f}")

# %% tags=["check"]
from micrograd import losses

assert abs(sum(probabilities) - 1.0) < 1e-12
assert abs(ratio - math.e) < 1e-12
pairs = zip(probabilities, losses.softmax(scores))
assert all(abs(p - q) < 1e-12 for p, q in pairs)

# %% [markdown]
# The first score is larger than the second by 1, so its exp is e times as large, and so is
# its probability: 2.7183 times. Only *differences* between scores count. Adding the same
# number to all of them multiplies every exp by the same factor, which the division cancels.
#
# Now we need a loss. A network is good if the right class gets a high probability. The loss
# is minus the logarithm of that probability. It is called
# [cross-entropy](glossary:cross-entropy), or *negative log likelihood*.


# %%
def cross_entropy(scores, right):
    return -math.log(softmax(scores)[right])


for right in (0, 1, 2):
    print(right, f"{cross_entropy(scores, right):.4f}")

# %% tags=["check"]
for right in (0, 1, 2):
    loss = losses.cross_entropy(scores, right)
    assert abs(cross_entropy(scores, right) - loss) < 1e-12

# %% [markdown]
# If class 0 is right, the network did well, and the loss is 0.4076. If class 2 is right, it
# believed in the wrong class, and the loss is 2.4076. The loss is 0 only for a probability of
# 1, and it grows without limit as the probability goes to 0: to be sure and wrong is what
# costs most.
#
# Why the logarithm? The probability that *all* examples are right is a product, and a product
# of a thousand small numbers is too small for a float. Its logarithm is a sum, which is what
# we know how to differentiate.
#
# A network that knows nothing gives every class the same score.

# %% tags=["question"]
ask(
    "knows_nothing",
    "Three scores are equal. What is the loss, whichever class is right? Two digits after the point are enough.",
    1.0986,
    proof="nothing_known",
    within=0.01,
    mistakes={
        0.3333: "That is the probability of each class. The loss is minus its logarithm.",
        0.0: "A loss of 0 is for a probability of 1.",
        -1.0986: "The logarithm of 1/3 is negative, and the loss is *minus* that.",
        1.585: "That is the logarithm to the base 2. Here it is the natural one, to the base e.",
        0.4771: "That is the logarithm to the base 10. Here it is the natural one, to the base e.",
    },
    why="Each probability is 1/3, and -log(1/3) = log 3.",
    given="Softmax turns scores into probabilities. The loss is the cross-entropy: minus the "
    "logarithm of the probability of the right class.",
)

# %%
nothing_known = cross_entropy([0.0, 0.0, 0.0], 0)
print(f"{nothing_known:.4f} {math.log(3):.4f}")

# %% tags=["check"]
assert abs(nothing_known - math.log(3)) < 1e-12

# %% [markdown]
# With three classes the loss then is log 3, about 1.0986. Remember this for a loss of your
# own: before the first step it should be near the logarithm of the number of classes. If it
# is much larger, the network is sure of something that it has not learned yet.

# %% [markdown]
# ## The picture
#
# The curve is the loss, for each probability that the right class may get.

# %%
# alt: the loss falls from 4.6 at a probability of 0.01 to 0 at 1, steeply at first
from micrograd.support.figures import blank

figure = blank(5, 3)  # inches
axes = figure.subplots()
ps = [i / 100 for i in range(1, 101)]
axes.plot(ps, [-math.log(p) for p in ps])
axes.plot(
    probabilities,
    [-math.log(p) for p in probabilities],
    "o",
)
axes.set_xlabel("probability of the right class")
axes.set_ylabel("loss")
figure

# %% [markdown]
# And this is the graph of four scores and their cross-entropy, where the last class is the
# right one. First the largest score is subtracted from each; the next section shows why. The op
# `maximum` takes the largest score, and `detach` hands on its number and no grad: as only
# differences count, it does not matter which number is subtracted. You know the other ops.

# %%
from micrograd import draw
from micrograd.course import presets

loss = presets.softmax()
loss.backward()
draw(loss)

# %% [markdown]
# ## Break it
#
# On paper, adding 1000 to every score changes nothing. On a computer exp(1000) is larger than
# the largest float. Python's `math.exp` raises an error there; a Value, like PyTorch, gives
# inf, which is infinity.

# %%
from micrograd import Value, exp


def naive(scores):
    powers = [exp(s) for s in scores]
    total = sum(powers)
    return [power / total for power in powers]


large = [Value(1002.0), Value(1001.0), Value(1000.0)]
broken = naive(large)
print([p.data for p in broken])

# %% tags=["check"]
assert all(math.isnan(p.data) for p in broken)

# %% [markdown]
# Infinity divided by infinity is nan: not a number. From here on everything is nan: the loss,
# every grad, and after one step every parameter of the network.
#
# The cure costs one line. Since only differences count, *subtract* the largest score from
# each before taking exp. The largest power is then exp(0), which is 1, and nothing can
# overflow. That is what the package does.

# %%
from micrograd import losses

stable = losses.softmax([s.data for s in large])
print([f"{p:.4f}" for p in stable])

# %% tags=["check"]
pairs = zip(stable, probabilities)
assert all(abs(p - q) < 1e-9 for p, q in pairs)

# %% [markdown]
# ## Exercise
#
# Two partials are new. The partial of exp(x) with respect to x is exp(x) itself, the result.
# The partial of log(x) is 1 / x.
#
# If class 0 is right, the cross-entropy of three scores is log(exp(s0) + exp(s1) + exp(s2)) -
# s0. On paper, differentiate it with respect to s0 and with respect to s1. Both answers
# contain a probability from the softmax. Which scores go up in a step of gradient descent,
# and which go down?

# %% tags=["solution"]
s = [Value(2.0), Value(1.0), Value(0.0)]
losses.cross_entropy(s, 0).backward()
grads = [x.grad for x in s]
print([f"{grad:.4f}" for grad in grads])
p = probabilities
on_paper = [p[0] - 1.0, p[1], p[2]]
print([f"{grad:.4f}" for grad in on_paper])
# Only the score of the right class has a negative grad,
# so it goes up. The others go down, each in proportion
# to its probability.

# %% tags=["check"]
pairs = zip(grads, on_paper)
assert all(abs(a - b) < 1e-12 for a, b in pairs)

# %% [markdown]
# Here is the way on paper. Call the sum of the three exps the total. The chain rule gives the
# log the partial 1 / total, and s0 goes on to exp(s0). So the first term has the partial
# exp(s0) / total, which is the first probability, p0. The second term, -s0, has the partial -1.
# Together that is p0 - 1, for the right class. For s1 only the first term counts: p1.

# %% [markdown]
# ## What PyTorch calls this
#
# The loss is `F.cross_entropy`. Its input has to be scores, called *logits*, and never
# probabilities: it does the softmax itself, in the safe way. Its targets are class numbers,
# or one probability for each class. `F.softmax` and `F.log_softmax` are there, too, for those
# who need the probabilities.

# %% [markdown]
# ## Recap
#
# - Softmax turns scores into probabilities: exp of each, divided by the sum; only differences
#   between scores count.
# - Cross-entropy is minus the logarithm of the probability of the right class; its gradient
#   is the probabilities, minus 1 at the right class.
# - Subtract the largest score before taking exp: the result is the same, and nothing
#   overflows.
