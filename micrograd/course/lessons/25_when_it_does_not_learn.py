# %% [markdown]
# # 25. When it does not learn
#
# **Goal:** recognise four illnesses of a network by its first loss, its histograms and its
# grads, and see what RMSNorm does about two of them.
#
# ## Predict
#
# Beyond the lecture, part two. A wrong network seldom crashes. It trains, badly, and nothing
# says so. Look at it before the first step; here are the numbers to look at.

# %% tags=["question"]
ask(
    "slope_of_tanh",
    "A tanh neuron has the output h = 0.99. By what does it multiply the grad on its way back?",
    0.0199,
    proof="1 - 0.99**2",
    mistakes={
        0.99: "That is h itself. The partial of tanh is 1 - h².",
        0.01: "That is 1 - h. The partial of tanh is 1 - h².",
        0.9801: "That is h². The partial of tanh is 1 - h².",
        1.0: "Only where h is 0. The partial of tanh is 1 - h².",
    },
    why="1 - h² = 0.0199: of a hundred, two get through. Such a neuron is *saturated*.",
    within=0.0002,
    given="The way back through a tanh neuron multiplies the grad by the slope of tanh at that "
    "point.",
)

# %% [markdown]
# ## The smallest code
#
# This is the network of lesson 24, with 16 hidden neurons. It can use tanh or relu, and it can have a norm,
# of which more below. `probe` has one example for each sign.

# %%
import random

from micrograd import data, losses, nn, relu, tanh

letters = ".abcdefghijklmnopqrstuvwxyz"
X, y = [], []
for name in data.common_names():
    context = [0, 0, 0]
    for sign in name + ".":
        X.append(context)
        y.append(letters.index(sign))
        context = [*context[1:], y[-1]]

probe = {}
for x, target in zip(X, y):
    probe.setdefault(x[-1], (x, target))


class Network(nn.Module):
    def __init__(self, squash=tanh, norm=None):
        random.seed(1337)
        self.embedding = nn.Embedding(27, 2)
        self.hidden = nn.Linear(6, 16)
        self.scores = nn.Linear(16, 27)
        self.squash, self.norm = squash, norm

    def outputs(self, context):
        x = []
        for sign in context:
            x += self.embedding(sign)
        n = self.hidden(x)
        if self.norm:
            n = self.norm(n)
        return [self.squash(number) for number in n]

    def __call__(self, context):
        return self.scores(self.outputs(context))


# %% [markdown]
# The first thing to look at is the first loss, and the second is what `diagnose` says about
# the graph after `backward()`.

# %%
from micrograd import diagnose


def look(model):
    contexts = [x for x, _ in probe.values()]
    targets = [target for _, target in probe.values()]
    scores = [model(x) for x in contexts]
    loss = losses.cross_entropy(scores, targets)
    loss.backward()
    print(f"first loss {loss.data:.2f}")
    print(diagnose(model, loss))


look(Network())

# %% [markdown]
# A network that knows nothing should have a first loss of about log(27), which is 3.30. This
# one has, and it is healthy. Now make it ill. *Illness one*: the weights of the scores are 20
# times as large.


# %%
def enlarge(layer, factor):
    for row in layer.weight:
        for p in row:
            p.data *= factor


confident = Network()
enlarge(confident.scores, 20)
look(confident)

# %% [markdown]
# It is sure of itself, and wrong. The gradients are fine, so `diagnose` has nothing to say:
# only the first loss shows it. The first steps are wasted on making the scores small. The
# cure is to begin with small ones.
#
# *Illness two*: the weights of the hidden layer are 100 times as large.

# %%
saturated = Network()
enlarge(saturated.hidden, 100)
look(saturated)

# %% [markdown]
# The first loss looks well. But nearly every tanh is [saturated](glossary:saturated), at -1 or 1, where it is flat: the
# embeddings and the hidden layer get next to no grads. This is the slope at three outputs:

# %%
for h in (0.0, 0.5, 0.99):
    print(h, f"{1 - h**2:.4f}")

# %% [markdown]
# ## The picture
#
# The histograms show the outputs of the hidden neurons for the 27 examples. The healthy ones
# lie all over the range. The saturated ones crowd at its ends.

# %%
# alt: left, outputs spread from -1 to 1; right, nearly all of them are at -1 or at 1
from micrograd.support.figures import blank


def all_outputs(model):
    outputs = []
    for x, _ in probe.values():
        outputs += [h.data for h in model.outputs(x)]
    return outputs


models = {"healthy": Network(), "saturated": saturated}
figure = blank(6, 2.5)  # inches
for axes, title in zip(figure.subplots(1, 2), models):
    axes.hist(all_outputs(models[title]), bins=40)
    axes.set_title(title)
figure

# %%
for title, model in models.items():
    outputs = all_outputs(model)
    flat = [h for h in outputs if abs(h) > 0.99]
    print(title, f"{len(flat) / len(outputs):.2f}")

# %% [markdown]
# Smaller weights are a cure. Another one works whatever the weights are: *RMSNorm* divides
# the numbers of a layer by the root of the mean of their squares, so that afterwards they are
# about as large as 1.

# %% tags=["question"]
ask(
    "norm_of_two",
    "RMSNorm makes 0.849 and 1.131 out of 3 and 4. What does it make out of 30 and 40?",
    [0.849, 1.131],
    proof="[x.data for x in nn.RMSNorm(2)([30.0, 40.0])]",
    mistakes={
        (8.49, 11.31): "You divided by the root for 3 and 4. That of 30 and 40 is larger.",
        (0.6, 0.8): "That divides by the root of the *sum* of the squares, 50. Take their mean.",
        (
            0.857,
            1.143,
        ): "That divides by the mean, 35. Square the numbers first, and take the root of their mean.",
    },
    why="The root of the mean square is ten times as large as well, so the ten cancels.",
    within=0.001,
)

# %%
norm = nn.RMSNorm(2)
for pair in ([3.0, 4.0], [30.0, 40.0]):
    print([f"{x.data:.3f}" for x in norm(pair)])

cured = Network(norm=nn.RMSNorm(16))
enlarge(cured.hidden, 100)
look(cured)


# %% tags=["check"]
def share(model):
    flat = [abs(h) > 0.99 for h in all_outputs(model)]
    return sum(flat) / len(flat)


assert share(saturated) > 0.9 and share(cured) < 0.05
assert share(Network()) < 0.05

# %% [markdown]
# The weights are as large as before, and nothing is saturated. That is why every large
# network has norms in it: they forgive. The GPT of lesson 27 uses RMSNorm in three places.

# %% [markdown]
# ## Break it
#
# *Illness three* needs a relu, which is 0 for all negative numbers, and has the slope 0
# there. Give the hidden neurons a bias of -20, as one step that is far too long may do.

# %% tags=["question"]
ask(
    "can_it_wake_up",
    "A relu neuron gives 0 for every example. Will more training steps on them wake it up?",
    "no",
    choices=("yes", "no"),
    proof="'no' if history.losses[-1] > 2.6 and still == 0 else 'yes'",
    mistakes={
        "yes": "Its slope is 0 for every example, so the grads of its weights and of its bias "
        "are 0: no step moves them.",
    },
    why="Where relu gives 0 its slope is 0 as well: no grad, no step.",
)

# %%
from micrograd import fit, optim


def loss_of(model, x, target):
    return losses.cross_entropy(model(x), target)


def train(model, steps=1000):
    sgd = optim.SGD(model.parameters(), lr=0.1)
    run = {"optimizer": sgd, "steps": steps}
    run |= {"batch_size": 32, "progress": False}
    return fit(model, loss_of, X, y, **run)


dead = Network(relu)
for p in dead.hidden.bias:
    p.data -= 20.0
look(dead)
history = train(dead)
still = sum(all_outputs(dead))
print(f"after training: outputs {still}")

# %% [markdown]
# "Dead on this data", says `diagnose`. All that learns are the 27 biases of the scores: the
# shares of the letters, whatever came before. Compare what the networks reach:

# %%
healthy = train(Network(relu))
for title, run in (("healthy", healthy), ("dead", history)):
    last = run.losses[-200:]
    print(title, f"{sum(last) / 200:.2f}")

# %% [markdown]
# The loss of the dead one falls, too, and stops at a number that looks like any other. So do
# not ask whether the loss falls: look at the network.

# %% [markdown]
# ## Exercise
#
# *Illness four.* To have the perfect first loss, somebody sets all weights and biases of
# `hidden` and `scores` to 0. What is the first loss, and what does `diagnose` say? Why does
# nothing but the biases of the scores ever learn?

# %% tags=["solution"]
zero = Network()
for layer in (zero.hidden, zero.scores):
    for p in layer.parameters():
        p.data = 0.0
look(zero)

# %% [markdown] tags=["remark"]
# A weight of `scores` gets its grad times the output of a hidden neuron, which is tanh(0) =
# 0. A hidden neuron gets its grad through the weights of `scores`, which are 0. Each waits
# for the other, forever. So set the weights of the scores to small random numbers, not to 0.

# %% [markdown]
# ## What PyTorch calls this
#
# `nn.RMSNorm(16)` has the same name. `nn.init.kaiming_normal_` draws weights of the right
# size for relu, and `register_forward_hook` gets you the outputs of a layer for a histogram.

# %% [markdown]
# ## Recap
#
# - Compare the first loss with log(number of classes): much above it means confident and
#   wrong.
# - A tanh near -1 or 1 and a relu below 0 let no grad through; `diagnose` and a histogram
#   show it, and the loss alone does not.
# - RMSNorm brings numbers to the same size, whatever the weights are.
