# %% [markdown]
# # 15. Collecting the parameters
#
# [The lecture, from 1:57:56](https://youtu.be/VMj-3S1tku0?t=7076)
#
# **Goal:** get all weights and biases of a network in one list, each exactly once, since only
# what is in that list will learn.
#
# ## Predict
#
# Suppose the bias of one neuron is missing from the list. Does `backward()` give it a grad
# all the same? Does the network still run, and does it still learn? How would you notice?

# %% [markdown]
# ## The smallest code
#
# Each class answers for what it owns. A neuron has its weights and its bias. A layer asks its
# neurons, a network asks its layers. Nobody has to know how the others keep their numbers.

# %%
import random

from micrograd import Value


class Neuron:
    def __init__(self, nin):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0.0)

    def __call__(self, x):
        return sum((wi * xi for wi, xi in zip(self.w, x)), self.b).tanh()

    def parameters(self):
        return [*self.w, self.b]


# %%
class Layer:
    def __init__(self, nin, nout):
        self.neurons = [Neuron(nin) for _ in range(nout)]

    def __call__(self, x):
        outs = [neuron(x) for neuron in self.neurons]
        return outs[0] if len(outs) == 1 else outs

    def parameters(self):
        return [p for neuron in self.neurons for p in neuron.parameters()]


# %%
class MLP:
    def __init__(self, nin, nouts):
        self.layers = [Layer(a, b) for a, b in zip([nin, *nouts], nouts)]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]


# %%
random.seed(1337)
model = MLP(3, [4, 4, 1])
print(len(model.parameters()))
assert len(model.parameters()) == 41

# %% [markdown]
# The list holds the Values themselves, not copies of their numbers. Whoever changes `p.data`
# for a p from the list changes the network.
#
# The package does it once for all: its `Module` looks through the attributes of an object,
# into lists and other modules, and takes every Value that was not computed from others.
# `named_parameters()` also tells where each was found.

# %%
import micrograd

random.seed(1337)
package = micrograd.MLP(3, [4, 4, 1], activation="tanh", output_activation="tanh")
for name, p in package.named_parameters()[:5]:
    print(name, round(p.data, 4))
assert [p.data for p in package.parameters()] == [p.data for p in model.parameters()]

# %% [markdown]
# The order is the same as ours: neuron by neuron, its weights and then its bias.
#
# What if one part is used in two places? Then it must still be in the list once, or it would
# move twice in every step. Ours repeats it. `Module` notices that it is the same Value.

# %%
ours, theirs = Layer(2, 1), micrograd.Layer(2, 1)
ours.neurons.append(ours.neurons[0])
theirs.neurons.append(theirs.neurons[0])
print(len(ours.parameters()), len(theirs.parameters()))
assert len(theirs.parameters()) == len(set(ours.parameters())) == 3

# %% [markdown]
# ## The picture
#
# The leaves of a graph are of two kinds: the parameters, which learning may move, and the
# data, which it may not. Here every parameter of a neuron has its name, and the data is
# called x1 and x2. Both kinds get a grad; the list decides which of them is used.

# %%
from micrograd import draw

random.seed(1337)
neuron = micrograd.Neuron(2, activation="tanh")
for name, p in neuron.named_parameters():
    p.label = name
y = neuron([Value(1.0, label="x1"), Value(-2.0, label="x2")])
y.backward()
draw(y)

# %% [markdown]
# ## Break it
#
# Here is a list in which the bias of the very last neuron was forgotten. Twenty times, we let
# every parameter of the list go a little against its grad; the next lesson takes that loop
# apart.

# %%
from micrograd.data import four_points

X, targets = four_points()
last = model.layers[-1].neurons[0].b
forgetful = [p for p in model.parameters() if p is not last]
for _ in range(20):
    loss = sum((model(row) - t) ** 2 for row, t in zip(X, targets))
    for p in model.parameters():
        p.grad = 0.0
    loss.backward()
    for p in forgetful:
        p.data -= 0.05 * p.grad
print(f"loss {loss.data:.4f}, the bias {last.data}, its grad {last.grad:.4f}")
assert last.data == 0.0 and last.grad != 0.0
assert loss.data < 0.1

# %% [markdown]
# There is no error. The loss even falls, since the other 40 do the work. The bias has a grad
# and is still at 0.0, where it began: `backward()` goes through the graph and does not know
# the list, but the update goes through the list and does not know the graph. So do not trust
# a falling loss alone. Count the parameters, or look for one that never moves.
#
# ## Exercise
#
# Write `count(nin, nouts)`, the number of parameters of a network, without making one. How
# many has the network with 2 inputs and the layers 16, 16, 1?


# %%
def count(nin, nouts):
    return sum(n * (before + 1) for before, n in zip([nin, *nouts], nouts))


assert count(3, [4, 4, 1]) == 41
assert count(2, [16, 16, 1]) == len(MLP(2, [16, 16, 1]).parameters()) == 337

# %% [markdown]
# ## What PyTorch calls this
#
# The same words: `nn.Module`, `parameters()` and `named_parameters()`, each parameter once.
# One thing differs. PyTorch does not look into a plain Python list of layers, so these have
# to be in an `nn.ModuleList`; with a plain list all of them are missing, which is this
# lesson's mistake on a large scale.

# %% [markdown]
# ## Recap
#
# - A neuron lists its own weights and bias, a layer and a network collect from their parts.
# - The list holds the Values themselves, each once, also where a part is shared.
# - What is not in the list gets a grad and never moves, and nothing complains.
