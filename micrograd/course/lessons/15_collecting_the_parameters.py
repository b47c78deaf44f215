# %% [markdown]
# # 15. Collecting the parameters
#
# [The lecture, from 1:57:56](https://youtu.be/VMj-3S1tku0?t=7076)
#
# **Goal:** collect all weights and biases of a network in one list, each exactly once, since
# only what is in that list will learn.
#
# ## Predict
#
# Suppose the bias of one neuron is missing from the list. Does `backward()` still give it a
# grad? Does the network still run, and does it still learn? How would you notice?

# %% [markdown]
# ## The smallest code
#
# Each class is responsible for its own parameters. A neuron lists its weights and its bias. A
# layer asks its neurons, a network asks its layers. None of them has to know how the others
# store their numbers.

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
# The list holds the Values themselves, not copies of their numbers. If you change `p.data`
# for a p from the list, you change the network.
#
# The package does this once and for all: its `Module` looks through the attributes of an
# object, into lists and other modules, and takes every Value that was not computed from
# others. `named_parameters()` also tells you where it found each of them.

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
# And if one part is used in two places? Then its parameters must still be in the list only
# once, or they would move twice in every step. Our class repeats them. `Module` notices that
# they are the same Values.

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
# called x1 and x2. Both kinds get a grad; the list decides which grads are used.

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
# Here is a list in which the bias of the very last neuron is missing. Twenty times, we move
# every parameter in the list a little against its grad; the next lesson explains that loop
# piece by piece.

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
# There is no error. The loss even falls, since the other 40 parameters do the work. The bias
# has a grad but is still 0.0, where it started: `backward()` goes through the graph and knows
# nothing of the list, while the update goes through the list and knows nothing of the graph.
# So a falling loss is not enough. Count the parameters, or look for one that never moves.
#
# ## Exercise
#
# Write `count(nin, nouts)`, which returns the number of parameters of a network without
# building one. How many parameters does the network with 2 inputs and layers of 16, 16 and 1
# neurons have?


# %%
def count(nin, nouts):
    return sum(n * (before + 1) for before, n in zip([nin, *nouts], nouts))


assert count(3, [4, 4, 1]) == 41
assert count(2, [16, 16, 1]) == len(MLP(2, [16, 16, 1]).parameters()) == 337

# %% [markdown]
# ## What PyTorch calls this
#
# PyTorch uses the same words, `nn.Module`, `parameters()` and `named_parameters()`, and lists
# each parameter once. One thing differs. PyTorch does not look into a plain Python list of
# layers, so layers have to be in an `nn.ModuleList`; in a plain list all of them are missed,
# which is this lesson's mistake on a large scale.

# %% [markdown]
# ## Recap
#
# - A neuron lists its own weights and bias, a layer and a network collect from their parts.
# - The list holds the Values themselves, each of them once, even if a part is shared.
# - A parameter that is not in the list gets a grad but never moves, and there is no error.
