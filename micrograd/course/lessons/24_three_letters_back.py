# %% [markdown]
# # 24. Three letters back
#
# **Goal:** predict the next letter from three letters before it, with a network, and find out
# on names that it has not seen whether it is really better.
#
# ## Predict
#
# Beyond the lecture, part two. One letter back is little: after "th" you would guess better
# than after "h". So look three letters back. A table then needs a row for every three signs
# that can stand there.

# %% tags=["question"]
ask(
    "rows_of_a_table",
    "There are 27 signs. How many rows does a table need that looks three signs back?",
    19683,
    proof="27**3",
    mistakes={
        81: "Each of 27 first signs can stand before each of 27 second ones: multiply.",
        729: "That is for two signs back, 27 · 27.",
        2925: "Their order matters, and a sign may come twice: 27 · 27 · 27.",
    },
    why="27 · 27 · 27 = 19683 rows. We have about 6500 pairs to fill them, so most stay empty.",
)

# %% [markdown]
# ## The smallest code
#
# First put a tenth of the names aside. The model must never learn from these *validation*
# names: they show how good it is on names that are new to it. An [example](glossary:example)
# is three signs and the one that follows. Dots fill up the beginning.

# %%
import random

from micrograd import data

letters = ".abcdefghijklmnopqrstuvwxyz"
names = data.common_names()
random.seed(1337)
random.shuffle(names)
training, validation = names[:873], names[873:]


def examples(names, back=3):
    X, y = [], []
    for name in names:
        context = [0] * back
        for sign in name + ".":
            X.append(context)
            y.append(letters.index(sign))
            context = [*context[1:], y[-1]]
    return X, y


for context, sign in zip(*examples(["ada"])):
    signs = [letters[i] for i in context]
    print("".join(signs), letters[sign])

# %% [markdown]
# And now the model. Each sign gets two numbers of its own, its *embedding*: a row of a table
# that is learned, like all the rest. The six numbers of three signs go into a hidden layer of
# 32 tanh neurons, and from there to 27 scores.

# %%
from micrograd import losses, nn, tanh


class Network(nn.Module):
    def __init__(self, back=3, size=2, hidden=32):
        self.embedding = nn.Embedding(27, size)
        self.hidden = nn.Linear(back * size, hidden)
        self.scores = nn.Linear(hidden, 27)

    def __call__(self, context):
        x = []
        for sign in context:
            x += self.embedding(sign)
        h = [tanh(n) for n in self.hidden(x)]
        return self.scores(h)


def loss_of(model, x, y):
    return losses.cross_entropy(model(x), y)


# %% tags=["question"]
ask(
    "how_many_parameters",
    "How many parameters does `Network()` have? Count the embeddings, the hidden layer and the "
    "scores, and do not forget the biases.",
    1169,
    proof="len(Network().parameters())",
    mistakes={
        1110: "The biases are missing: 32 of the hidden layer and 27 of the scores.",
        1115: "The embeddings are missing: 27 rows of 2 numbers are learned, too.",
        1137: "The 32 biases of the hidden layer are missing.",
        1142: "The 27 biases of the scores are missing.",
        1041: "Three signs with two numbers each are 6 inputs of the hidden layer, not 2.",
        1277: "All three places use the same table of embeddings: 54 numbers, not three times 54.",
    },
    why="27 · 2 + (6 · 32 + 32) + (32 · 27 + 27) = 54 + 224 + 891 = 1169.",
    given="`Network` gives each of 27 signs an embedding of 2 numbers. The embeddings of 3 "
    "signs are the inputs of a hidden layer of 32 neurons, from which a layer makes 27 "
    "scores. Each neuron and each score has a bias.",
)

# %%
from micrograd import fit, optim


def train(model, names, back=3, steps=3000):
    X, y = examples(names, back)
    new = examples(validation, back)
    adam = optim.Adam(model.parameters(), lr=0.01)
    run = {"optimizer": adam, "steps": steps}
    run |= {"batch_size": 32, "validate_every": 100}
    run |= {"validation": new}
    return fit(model, loss_of, X, y, progress=False, **run)


random.seed(1337)
model = Network()
print(len(model.parameters()), "parameters")
history = train(model, training)
for i in (0, 4, 14, 29):
    step = history.validation["step"][i]
    print(step, f"{history.validation['loss'][i]:.3f}")

# %% [markdown]
# Is that better than lesson 22? Count the pairs of the training names, with a little
# smoothing, and measure the table on the same validation names.

# %%
import math

counts = [[0.1] * 27 for _ in letters]
for x, t in zip(*examples(training, back=1)):
    counts[x[0]][t] += 1
table_losses = []
for x, t in zip(*examples(validation, back=1)):
    row = counts[x[0]]
    table_losses.append(-math.log(row[t] / sum(row)))
of_table = sum(table_losses) / len(table_losses)
print(f"{of_table:.3f}")

# %% tags=["check"]
assert abs(of_table - 2.387) < 0.001
assert history.validation["loss"][-1] < of_table - 0.05

# %% [markdown]
# It is, with 1169 parameters instead of the 531441 of a table with 19683 rows. And it
# writes:


# %%
def write(model, back=3):
    context, text = [0] * back, ""
    while True:
        scores = [s.data for s in model(context)]
        weights = losses.softmax(scores)
        sign = random.choices(range(27), weights)[0]
        if sign == 0:
            return text
        text += letters[sign]
        context = [*context[1:], sign]


random.seed(3)
print([write(model) for _ in range(8)])

# %% [markdown]
# ## The picture
#
# The embeddings began at random. Here is where each sign stands now. Nobody told the model
# what a vowel is.

# %%
# alt: 27 signs in a plane; a, e, i, o and u stand together at the bottom, below the consonants
from micrograd.support.figures import blank

figure = blank(5, 4)  # inches
axes = figure.subplots()
for sign, row in zip(letters, model.embedding.weight):
    axes.text(row[0].data, row[1].data, sign, ha="center")
axes.set_xlim(-4, 4)
axes.set_ylim(-4, 4)
figure

# %% tags=["check"]
rows = zip(letters, model.embedding.weight)
heights = {sign: row[1].data for sign, row in rows}
vowels = [heights[s] for s in "aeiou"]
others = [heights[s] for s in "bcdghklmnrst"]
assert max(vowels) < min(others)

# %% [markdown]
# Signs that are followed by similar letters get similar embeddings, because then they can
# share what the hidden layer has learned. A table cannot do that: each of its rows learns
# alone.

# %% [markdown]
# ## Break it
#
# Now train on the first 100 names only, just as long.

# %% tags=["question"]
ask(
    "few_names",
    "With 100 names, the loss of the names it learns from will fall. What does the loss of the "
    "validation names do?",
    "it falls, then rises",
    choices=("it falls as well", "it stays the same", "it falls, then rises"),
    proof="'it falls, then rises' if min(few.validation['loss']) < "
    "few.validation['loss'][-1] - 0.5 else 'it falls as well'",
    mistakes={
        "it falls as well": "At first it does. But what can be learned by heart from 100 names "
        "does not hold for new ones.",
        "it stays the same": "Something is learned that holds for new names, too, at first.",
    },
    why="First it learns what all names have in common, then the 100 names by heart.",
    given="A network learned from 873 names to say which letter comes next. Now it learns from "
    "only 100 of them, just as long, and its loss is also measured on validation names, "
    "which it never learns from.",
)

# %%
random.seed(1337)
few = train(Network(), training[:100])
seen = sum(few.losses[-100:]) / 100
print(f"seen {seen:.2f}")
new_losses = few.validation["loss"]
print(f"new {min(new_losses):.2f} {new_losses[-1]:.2f}")

# %%
# alt: the loss of the training names falls, that of the new names falls and then climbs
figure = blank(5, 3)  # inches
axes = figure.subplots()
steps = few.validation["step"]
means = [sum(few.losses[i - 100 : i]) / 100 for i in steps]
axes.plot(steps, means, label="names it learns from")
axes.plot(steps, new_losses, label="new names")
axes.set_xlabel("step")
axes.set_ylabel("loss")
axes.legend()
figure

# %% [markdown]
# That is [overfitting](glossary:overfitting). The loss of the training names alone would have told you that all is
# well. The cures: more names, fewer parameters, weight decay, or to stop where the validation
# loss is lowest, which `fit` does with `patience`.

# %% [markdown]
# ## Exercise
#
# Train a `Network(back=1)`, which sees a single sign. Do you expect a validation loss above or
# below that of the table?

# %% tags=["solution"]
random.seed(1337)
one_back = train(Network(back=1), training, back=1)
print(f"{one_back.validation['loss'][-1]:.3f}")

# %% [markdown] tags=["remark"]
# Above it. It sees what the table sees, and from a single sign nothing predicts better than
# the counts. And it has less room: two numbers for a sign, where the table has 27. The third
# letter back is worth more than all the room of the table.

# %% [markdown]
# ## What PyTorch calls this
#
# `nn.Embedding(27, 2)` and `nn.Linear` have the same names; the six numbers come from
# `emb.view(-1, 6)`. A validation loss is computed under `torch.no_grad()`, after
# `model.eval()`.

# %% [markdown]
# ## Recap
#
# - An embedding gives each sign numbers of its own, which are learned with all the rest.
# - A network shares what it learns among contexts that are alike; a table of all contexts
#   would stay almost empty.
# - Only names that were put aside can tell learning from learning by heart.
