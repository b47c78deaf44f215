# %% [markdown]
# # 13. A neuron, a layer, a network
#
# [The lecture, from 1:43:55](https://youtu.be/VMj-3S1tku0?t=6235)
#
# **Goal:** write a neuron, a layer and a multi-layer perceptron as three small classes on top
# of Value, and count the numbers in them that training can change.
#
# ## Predict
#
# A network takes three numbers. It has two layers of four neurons each, and then one neuron
# that gives the result. How many weights and biases does it have in all? And what will a
# neuron made for three inputs do if you give it only two?

# %% [markdown]
# ## The smallest code
#
# A neuron owns one weight per input and one bias. When you call it with inputs, it multiplies
# each input by its weight, adds the products and the bias, and squashes the sum with tanh.
# The weights start at random, between -1 and 1: if they were all equal, the neurons of a
# layer would all compute the same result, get the same grads, and stay the same forever. The
# bias may start at 0.

# %%
import random

from micrograd import Value


class Neuron:
    def __init__(self, nin):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0.0)

    def __call__(self, x):
        act = self.b
        for wi, xi in zip(self.w, x):
            act = act + wi * xi
        return act.tanh()


# %% [markdown]
# `__call__` is what makes `neuron(x)` possible. The inputs may be plain floats: `wi * xi`
# wraps them in leaves by itself, as lesson 11 showed.

# %%
random.seed(1337)
neuron = Neuron(3)
print([round(w.data, 4) for w in neuron.w])
print(neuron([2.0, 3.0, -1.0]))

# %% [markdown]
# A layer is a list of neurons that all receive the same inputs. A multi-layer perceptron, MLP
# for short, is a list of layers, in which the outputs of each layer are the inputs of the
# next. A layer of one neuron returns its output without a list around it, which is handy at
# the end.


# %%
class Layer:
    def __init__(self, nin, nout):
        self.neurons = [Neuron(nin) for _ in range(nout)]

    def __call__(self, x):
        outs = [neuron(x) for neuron in self.neurons]
        return outs[0] if len(outs) == 1 else outs


# %%
class MLP:
    def __init__(self, nin, nouts):
        sizes = [nin, *nouts]
        self.layers = [Layer(a, b) for a, b in zip(sizes, nouts)]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


# %% [markdown]
# `zip(sizes, nouts)` pairs each size with the next one: 3 into 4, 4 into 4, 4 into 1. That is
# the whole library. The package has the same three classes, with a choice of activation. With
# the same seed they draw the same weights, so they give the same output.

# %%
random.seed(1337)
ours = MLP(3, [4, 4, 1])
print(ours([2.0, 3.0, -1.0]))

# %%
import micrograd

random.seed(1337)
model = micrograd.MLP(3, [4, 4, 1], activation="tanh", output_activation="tanh")
assert model([2.0, 3.0, -1.0]).data == ours([2.0, 3.0, -1.0]).data

# %% [markdown]
# Now count. A neuron has one number per input and one more for the bias. The first layer has
# 4 neurons with 3 inputs each, the second has 4 neurons with 4 inputs each, and the last has
# 1 neuron with 4 inputs.

# %%
counts = [4 * (3 + 1), 4 * (4 + 1), 1 * (4 + 1)]
print(counts, sum(counts))
assert sum(counts) == len(model.parameters()) == 41

# %% [markdown]
# ## The picture
#
# The graph of the full network has over a hundred nodes, too many to take in at a glance. So
# here is a small one: two inputs, a layer of two neurons, and one neuron after it. Follow x1:
# both neurons of the first layer use it, so its grad is the sum of two contributions.

# %%
from micrograd import draw

random.seed(2)
x1, x2 = Value(1.0, label="x1"), Value(-0.5, label="x2")
y = MLP(2, [2, 1])([x1, x2])
y.label = "y"
y.backward()
draw(y)

# %%
nodes, edges = micrograd.trace(ours([2.0, 3.0, -1.0]))
print(len(nodes), "nodes in the full one")
assert len(nodes) > 100

# %% [markdown]
# ## Break it
#
# Give the neuron only two of its three inputs.

# %%
short = neuron([2.0, 3.0])
print(short)
assert short.data == neuron([2.0, 3.0, 0.0]).data

# %% [markdown]
# It answers as if nothing had happened. `zip` stops at the end of the shorter list, so the
# third weight was never used: the result is the same as for a third input of 0. With too many
# inputs it would drop the extra ones just as quietly. A network that gets the wrong columns
# still gives numbers, and may even learn a little. So the package's neuron counts its inputs
# first.

# %%
from micrograd.errors import ShapeError

try:
    model([2.0, 3.0])
    message = ""
except ShapeError as error:
    message = str(error)
print(message)
assert message

# %% [markdown]
# ## Exercise
#
# Leave the bias out of a neuron: o = tanh(x1·w1 + x2·w2). What is its output for the inputs 0
# and 0, and which weights change that? What does a neuron with a bias of 0.5 give there?

# %%
for w1, w2 in ((1.0, -1.0), (0.3, 0.7), (-50.0, 20.0)):
    assert (Value(w1) * 0.0 + Value(w2) * 0.0).tanh().data == 0.0  # no weight helps

neuron = Neuron(2)
neuron.b.data = 0.5
print(f"{neuron([0.0, 0.0]).data:.4f}")
assert neuron([0.0, 0.0]).data == Value(0.5).tanh().data

# %% [markdown]
# ## What PyTorch calls this
#
# A layer without its tanh is `nn.Linear(3, 4)`, and tanh is `nn.Tanh()`. An MLP is a few of
# these, one after the other, in an `nn.Sequential`. PyTorch keeps the weights of a layer in
# one matrix, with a row for each neuron, and it starts the biases at random too.

# %% [markdown]
# ## Recap
#
# - A neuron is tanh of a weighted sum plus a bias; a layer is a list of neurons; an MLP is a
#   list of layers.
# - A neuron with n inputs has n + 1 numbers that training can change; the network of the
#   lecture has 41.
# - `zip` silently drops what does not fit, so check the number of inputs.
