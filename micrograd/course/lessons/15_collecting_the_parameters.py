# %% [markdown]
# # 15. Collecting the parameters
#
# [The lecture, from 1:57:56 to 2:01:12](https://youtu.be/VMj-3S1tku0?t=7076)
#
# **Goal:** collect all weights and biases of a network in one list, each exactly once, since
# only what is in that list will learn.
#
# ## Predict
#
# To train a network, you need a list of everything in it that may change, of all its
# [parameters](glossary:parameter). Suppose that the bias of one neuron is missing from that
# list.

# %% tags=["question"]
ask(
    "missing_gets_a_grad",
    "Does `backward()` still give this bias a grad?",
    "yes",
    proof="'yes' if last.grad != 0.0 else 'no'",
    choices=("yes", "no"),
    mistakes={
        "no": "`backward()` has never seen your list. It walks the graph of the loss, and the bias is in there, because the forward pass used it.",
    },
    why="`backward()` walks the graph, and the forward pass put the bias into it. It knows nothing of your list.",
    given="A network has 41 parameters. One of them, a bias, is missing from the list of what "
    "training moves.",
)

# %% tags=["question"]
ask(
    "missing_and_training",
    "Then twenty steps of training move everything that is in the list. What happens?",
    "the loss falls, and the bias stays where it is",
    proof="'the loss falls, and the bias stays where it is' if loss.data < 0.1 and last.data == 0.0 else ''",
    choices=(
        "there is an error",
        "the loss does not fall",
        "the loss falls, and the bias stays where it is",
    ),
    mistakes={
        "there is an error": "Nothing compares the list with the graph, so nobody can complain.",
        "the loss does not fall": "40 of 41 parameters still learn. That is enough here.",
    },
    why="Only what is in the list moves. The other 40 parameters do the work, so nothing looks wrong.",
    given="A network has 41 parameters. One of them, a bias, is missing from the list of what "
    "training moves.",
)

# %% [markdown]
# ## The smallest code
#
# Each class is responsible for its own parameters. A neuron lists its weights and its bias. A
# layer asks its neurons, a network asks its layers. None of them has to know how the others
# store their numbers. The classes are those of lesson 13; only `parameters` is new.

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

    def parameters(self):
        return [*self.w, self.b]


# %%
class Layer:
    def __init__(self, nin, nout):
        self.neurons = [Neuron(nin) for _ in range(nout)]

    def __call__(self, x):
        outs = [neuron(x) for neuron in self.neurons]
        if len(outs) == 1:
            return outs[0]
        return outs

    def parameters(self):
        params = []
        for neuron in self.neurons:
            params.extend(neuron.parameters())
        return params


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

    def parameters(self):
        params = []
        for layer in self.layers:
            params.extend(layer.parameters())
        return params


# %%
random.seed(1337)
model = MLP(3, [4, 4, 1])
print(len(model.parameters()))

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
squash = {"activation": "tanh", "output_activation": "tanh"}
package = micrograd.MLP(3, [4, 4, 1], **squash)
for name, p in package.named_parameters()[:5]:
    print(name, round(p.data, 4))

# %% tags=["check"]
ours = [p.data for p in model.parameters()]
assert [p.data for p in package.parameters()] == ours

# %% [markdown]
# The order is the same as ours: neuron by neuron, its weights and then its bias.
#
# And if one part is used in two places? Here a layer holds the same neuron twice, a neuron
# with two inputs.

# %% tags=["question"]
ask(
    "shared_neuron",
    "A neuron with two inputs stands in a layer twice: the same object. How many entries should the layer's list of parameters have?",
    3.0,
    proof="len(theirs.parameters())",
    mistakes={
        6.0: "Then each of its parameters would move twice in every step. There are only three numbers to learn.",
        2.0: "These are the weights. A neuron has a bias, too.",
        4.0: "One neuron with two inputs has three parameters, wherever it stands.",
    },
    why="Two weights and a bias. It is the same object in both places, and each Value must be in the list once, or it moves twice in every step.",
    given="A layer's list of parameters holds, neuron by neuron, its weights and its bias.",
)

# %%
ours, theirs = Layer(2, 1), micrograd.Layer(2, 1)
ours.neurons.append(ours.neurons[0])
theirs.neurons.append(theirs.neurons[0])
print(len(ours.parameters()), len(theirs.parameters()))

# %% tags=["check"]
assert len(set(ours.parameters())) == 3

# %% [markdown]
# Our class repeats them, and `Module` notices that they are the same Values.

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
x1 = Value(1.0, label="x1")
x2 = Value(-2.0, label="x2")
y = neuron([x1, x2])
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
for step in range(20):
    squares = []
    for row, t in zip(X, targets):
        squares.append((model(row) - t) ** 2)
    loss = sum(squares)
    for p in model.parameters():
        p.grad = 0.0
    loss.backward()
    for p in forgetful:
        p.data -= 0.05 * p.grad
    if step in (0, 19):
        print(f"loss {loss.data:.4f}")
print(f"the bias {last.data}, its grad {last.grad:.4f}")

# %% tags=["check"]
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


# %% tags=["solution"]
def count(nin, nouts):
    total = 0
    for nout in nouts:
        total = total + nout * (nin + 1)
        nin = nout
    return total


print(count(3, [4, 4, 1]))
print(count(2, [16, 16, 1]))

# %% tags=["check"]
built = MLP(2, [16, 16, 1]).parameters()
assert count(2, [16, 16, 1]) == len(built) == 337

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
