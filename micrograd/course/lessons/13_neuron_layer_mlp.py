# %% [markdown]
# # 13. A neuron, a layer, a network
#
# [The lecture, from 1:43:55 to 1:51:04](https://youtu.be/VMj-3S1tku0?t=6235)
#
# **Goal:** write a neuron, a layer and a multi-layer perceptron as three small classes on top
# of Value, and count the numbers in them that training can change.
#
# ## Predict
#
# A network takes three numbers. It has two layers of four neurons each, and then one neuron
# that gives the result. Each neuron has one weight for each of its inputs, and one bias.

# %% tags=["question"]
ask(
    "how_many_numbers",
    "How many numbers can training change in this network, weights and biases together?",
    41.0,
    proof="len(model.parameters())",
    mistakes={
        32.0: "These are the weights. Each of the 9 neurons has a bias, too.",
        9.0: "That is the number of neurons, so of the biases. Add the weights.",
        44.0: "The three inputs are data: they have no weights and no bias of their own.",
        12.0: "These are the weights of the first layer. Two layers follow.",
        16.0: "That is the first layer, 4 neurons with 3 weights and a bias. Two layers follow.",
    },
    why="4 neurons with 3 + 1 numbers, 4 with 4 + 1, and 1 with 4 + 1: 16 + 20 + 5.",
)

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


def random_weight():
    return Value(random.uniform(-1, 1))


class Neuron:
    def __init__(self, nin):
        self.w = [random_weight() for _ in range(nin)]
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
# A [layer](glossary:layer) is a list of neurons that all receive the same inputs. A
# multi-layer perceptron, [MLP](glossary:mlp) for short, is a list of layers, in which the
# outputs of each layer are the inputs of the next. A layer of one neuron returns its output
# without a list around it, which is handy at the end.


# %%
class Layer:
    def __init__(self, nin, nout):
        self.neurons = [Neuron(nin) for _ in range(nout)]

    def __call__(self, x):
        outs = [neuron(x) for neuron in self.neurons]
        if len(outs) == 1:
            return outs[0]
        return outs


# %%
class MLP:
    def __init__(self, nin, nouts):
        self.layers = []
        for nout in nouts:
            self.layers.append(Layer(nin, nout))
            nin = nout

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


# %% [markdown]
# Each layer has as many inputs as the layer before has neurons: 3 into 4, 4 into 4, then 4
# into 1. That is the whole library. The package has the same three classes, with a choice of
# activation. With the same seed they draw the same weights, so they give the same output.

# %%
random.seed(1337)
ours = MLP(3, [4, 4, 1])
print(ours([2.0, 3.0, -1.0]))

# %%
import micrograd

squash = {"activation": "tanh", "output_activation": "tanh"}
random.seed(1337)
model = micrograd.MLP(3, [4, 4, 1], **squash)
print(model([2.0, 3.0, -1.0]))

# %% tags=["check"]
row = [2.0, 3.0, -1.0]
assert model(row).data == ours(row).data

# %% [markdown]
# Now count. A neuron has one number per input and one more for the bias. The first layer has
# 4 neurons with 3 inputs each, the second has 4 neurons with 4 inputs each, and the last has
# 1 neuron with 4 inputs.

# %%
counts = [4 * (3 + 1), 4 * (4 + 1), 1 * (4 + 1)]
print(counts, sum(counts))

# %% tags=["check"]
assert sum(counts) == len(model.parameters()) == 41

# %% [markdown]
# ## Why not without the squash?
#
# The tanh at the end of a neuron looks like an extra. Leave it out, and each neuron is a
# weighted sum plus a bias, which is called *linear*. Layers of such neurons can be stacked as
# high as you like. Here is the smallest stack: two layers of one neuron with one input.


# %%
def first_layer(x):
    return 2.0 * x + 1.0


def second_layer(x):
    return 3.0 * x - 4.0


def stack(x):
    return second_layer(first_layer(x))


# %% tags=["question"]
ask(
    "two_linear_layers",
    "The stack computes 3·(2x + 1) - 4. A single neuron w·x + b computes the same. What are its w and b?",
    [6.0, -1.0],
    proof="[stack(1.0) - stack(0.0), stack(0.0)]",
    mistakes={
        (
            5.0,
            -3.0,
        ): "The weights are not added: x is multiplied by 2, and the result by 3. And the first bias goes through the second layer, too.",
        (
            6.0,
            -3.0,
        ): "w is right. The first bias goes through the second layer, too, so it counts 3 times.",
        (5.0, -1.0): "b is right. The weights multiply: x is multiplied by 2, and the result by 3.",
    },
    why="3·(2x + 1) - 4 = 6x + 3 - 4 = 6x - 1.",
    given="A neuron without tanh computes w·x + b: it has a weight w and a bias b. Two such "
    "neurons make a stack: the first computes 2x + 1, and the second 3 times that, minus "
    "4.",
)

# %%
for x in (0.0, 1.0, 2.0, 3.0):
    print(stack(x), 6.0 * x - 1.0)

# %% tags=["check"]
assert stack(7.0) == 6.0 * 7.0 - 1.0

# %% [markdown]
# Two linear layers are one linear layer, and so are a hundred, of any width: a sum of sums
# is a sum. From step to step the output goes up by the same amount, so the only curve such
# a network can draw is a straight line. With something bent between the layers they no
# longer melt into one. That is what the [non-linearity](glossary:non-linearity) is for, and
# tanh is only one of many: any bend will do, even relu, which is 0 below 0 and x above.

# %%
# alt: three networks of one input: the one without a squash is a straight line, while those
# with tanh and with relu are bent
from micrograd.support.figures import blank

figure = blank(5, 3)  # inches
axes = figure.subplots()
xs = [i / 10 for i in range(-40, 41)]
for name, kind in {
    "no squash": lambda n: n,
    "tanh": "tanh",
    "relu": "relu",
}.items():
    random.seed(1)
    net = micrograd.MLP(1, [8, 8, 1], activation=kind)
    outputs = [net([x]).data for x in xs]
    axes.plot(xs, outputs, label=name)
axes.set_xlabel("input")
axes.set_ylabel("output")
axes.legend()
figure

# %% [markdown]
# ## The picture
#
# Here is the network of the lecture, layer by layer, from the 3 inputs on the left to the one
# output on the right. Each line is a weight: 12, then 16, then 4.

# %%
from micrograd import draw

draw(model)

# %% [markdown]
# The graph of the full network has over a hundred nodes, too many to take in at a glance. So
# here is a small one: two inputs, a layer of two neurons, and one neuron after it. Follow x1:
# both neurons of the first layer use it, so its grad is the sum of two contributions.

# %%
random.seed(2)
x1 = Value(1.0, label="x1")
x2 = Value(-0.5, label="x2")
y = MLP(2, [2, 1])([x1, x2])
y.label = "y"
y.backward()
draw(y)

# %%
nodes, edges = micrograd.trace(ours([2.0, 3.0, -1.0]))
print(len(nodes), "nodes in the full one")

# %% tags=["check"]
assert len(nodes) > 100

# %% [markdown]
# ## Break it
#
# Give the neuron only two of its three inputs.

# %% tags=["question"]
ask(
    "too_few_inputs",
    "Our neuron was made for three inputs. What does `neuron([2.0, 3.0])` do?",
    "it gives a number, as if the third input were 0",
    proof="'it gives a number, as if the third input were 0' if short.data == whole.data else ''",
    choices=(
        "it raises an error",
        "it gives nan",
        "it gives a number, as if the third input were 0",
    ),
    mistakes={
        "it raises an error": "It should. But how does `__call__` go through weights and inputs?",
        "it gives nan": "Nothing is computed with the input that is missing.",
    },
    why="`zip` silently stops at the end of the shorter list, so the third weight is never used.",
    given="A neuron has a list of three weights `w` and a bias `b`. It starts with the bias and "
    "adds `wi * xi` for each pair in `zip(self.w, x)`; then it takes tanh.",
)

# %%
short = neuron([2.0, 3.0])
whole = neuron([2.0, 3.0, 0.0])
print(short, whole)

# %% tags=["check"]
assert short.data == whole.data

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

# %% tags=["check"]
assert message

# %% [markdown]
# ## Exercise
#
# Leave the bias out of a neuron: o = tanh(x1·w1 + x2·w2). What is its output for the inputs 0
# and 0, and which weights change that? What does a neuron with a bias of 0.5 give there?

# %% tags=["solution"]
for w1, w2 in ((1.0, -1.0), (0.3, 0.7), (-50.0, 20.0)):
    n = Value(w1) * 0.0 + Value(w2) * 0.0
    print(w1, w2, n.tanh().data)  # 0: no weight helps

neuron = Neuron(2)
neuron.b.data = 0.5
print(f"{neuron([0.0, 0.0]).data:.4f}")  # tanh(0.5)

# %% tags=["check"]
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
#   list of layers. Without the bend, all layers together are worth one.
# - A neuron with n inputs has n + 1 numbers that training can change; the network of the
#   lecture has 41.
# - `zip` silently drops what does not fit, so check the number of inputs.
