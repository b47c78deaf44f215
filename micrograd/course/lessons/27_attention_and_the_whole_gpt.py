# %% [markdown]
# # 27. Attention, and the whole GPT
#
# **Goal:** let each position choose which earlier ones it listens to, build a GPT around
# that, train it and read what it writes.
#
# ## Predict
#
# Beyond the lecture, part two. The network of lesson 24 sees three signs, each at its fixed
# place. A GPT has no fixed places: each position *looks for* the earlier signs that matter to
# it. This is [attention](glossary:attention). The lecture's author wrote a whole GPT on a
# scalar Value in one short file, *microgpt*; here is that model, with a single head.

# %% tags=["question"]
ask(
    "weights_of_three",
    "Each position gives a weight to itself and to all positions before it. How many weights "
    "are there for three positions?",
    6,
    proof="sum(len(row) for row in rows)",
    mistakes={
        9: "That counts later positions, too. None may look ahead: there stands the answer.",
        3: "That is one for each. Each has a weight for itself *and* for all before it.",
        5: "The first has one weight, the second two: go on.",
    },
    why="1 + 2 + 3 = 6: a triangle.",
    given="In a GPT, each position of a text looks for the earlier signs that matter to it. "
    "This is attention.",
)

# %% [markdown]
# ## The smallest code
#
# A position has three lists of numbers, which linear layers make from its embedding. The
# *query* says what it looks for, the *key* what it has to offer, and the *value* what it
# hands over. A score is query times key, softmax turns the scores into weights, and the
# result is the weighted mean of the values. With lists of length 1 you can follow every
# number.
#
# A score is a sum with as many terms as the lists have numbers, so it is larger for longer
# lists, and softmax would put nearly all weight on one position. So `scale` divides the score
# by the square root of the length: `** -0.5` is 1 divided by the root. For length 1 it is 1.

# %%
from micrograd.losses import softmax


def dot(xs, ys):
    return sum(x * y for x, y in zip(xs, ys))


def weights_of(q, keys):
    scale = len(q) ** -0.5
    return softmax([dot(q, k) * scale for k in keys])


def attend(q, keys, values):
    a = weights_of(q, keys)
    return [dot(a, column) for column in zip(*values)]


queries = [[1.0], [2.0], [0.0]]
keys = [[1.0], [0.0], [-1.0]]
values = [[5.0], [8.0], [2.0]]

# %% tags=["question"]
ask(
    "third_row",
    "The query of the third position is 0, so all its scores are 0. What does it get, from the "
    "values 5, 8 and 2?",
    5.0,
    proof="results[2][0]",
    mistakes={
        0.0: "Scores of 0 are not weights of 0: softmax makes 1/3 of each.",
        15.0: "That is the sum. The weights add up to 1, so it is a mean.",
        8.0: "All scores are equal, so the second position is worth no more than the others.",
    },
    why="Equal scores give equal weights of 1/3, and the mean of 5, 8 and 2 is 5.",
    given="In attention, each position has a query, a key and a value. A score is query times "
    "key, softmax turns the scores of the positions so far into weights, and the result "
    "is the weighted mean of the values.",
)

# %%
rows, results = [], []
for i, q in enumerate(queries):
    seen = keys[: i + 1]
    rows.append(weights_of(q, seen))
    results.append(attend(q, seen, values[: i + 1]))
    shown = [f"{a:.2f}" for a in rows[i]]
    print(shown, f"{results[i][0]:.1f}")
print(sum(len(row) for row in rows), "weights")

# %% [markdown]
# The first sees only itself. The second looks for a large key, and takes nearly all from the
# first. The third takes the mean of all.
#
# ## The picture
#
# The second row as a graph: its query meets both keys, and its weights both values.

# %%
from micrograd import Value, draw

q = [Value(2.0, label="q")]
k = [[Value(1.0, label="k1")], [Value(0.0, label="k2")]]
v = [[Value(5.0, label="v1")], [Value(8.0, label="v2")]]
(result,) = attend(q, k, v)
result.label = "result"
result.backward()
draw(result)

# %% [markdown]
# Now the whole model, from the inside out. `Attention` makes queries, keys and values with
# three linear layers, and lets each position `i` attend to those up to itself: the first
# `i + 1`. `ahead` says how many later ones it may see as well. It is 0, and stays so until you
# break it below.

# %%
import random

from micrograd import losses, nn, relu


class Attention(nn.Module):
    def __init__(self, size):
        self.ahead = 0
        self.query = nn.Linear(size, size, bias=False)
        self.key = nn.Linear(size, size, bias=False)
        self.value = nn.Linear(size, size, bias=False)
        self.out = nn.Linear(size, size, bias=False)

    def __call__(self, xs):
        keys = [self.key(x) for x in xs]
        values = [self.value(x) for x in xs]
        outputs = []
        for i, x in enumerate(xs):
            seen = i + 1 + self.ahead
            q = self.query(x)
            y = attend(q, keys[:seen], values[:seen])
            outputs.append(self.out(y))
        return outputs


# %% [markdown]
# A `Block` first lets positions talk to each other, by attention, and then lets each think for
# itself, in a small network with relu. Both only *add* to what was there, so that grads have
# a straight way back; and both get their numbers through the RMSNorm of lesson 25.


# %%
def add(xs, ys):
    return [x + y for x, y in zip(xs, ys)]


class Block(nn.Module):
    def __init__(self, size):
        self.norm = nn.RMSNorm(size, 1e-5, weights=False)
        self.attention = Attention(size)
        self.up = nn.Linear(size, 4 * size, bias=False)
        self.down = nn.Linear(4 * size, size, bias=False)

    def think(self, x):
        hidden = [relu(n) for n in self.up(self.norm(x))]
        return self.down(hidden)

    def __call__(self, xs):
        normed = [self.norm(x) for x in xs]
        heard = self.attention(normed)
        xs = [add(x, y) for x, y in zip(xs, heard)]
        return [add(x, self.think(x)) for x in xs]


# %% [markdown]
# And the `GPT`: an embedding for the sign and one for its place, added; a block; and 27 scores
# at every position, each for the sign that comes next there.


# %%
class GPT(nn.Module):
    def __init__(self, context=8, size=16):
        self.signs = nn.Embedding(27, size)
        self.places = nn.Embedding(context, size)
        self.norm = nn.RMSNorm(size, 1e-5, weights=False)
        self.block = Block(size)
        self.scores = nn.Linear(size, 27, bias=False)
        for p in self.parameters():
            p.data = random.gauss(0.0, 0.08)

    def __call__(self, signs):
        xs = []
        for i, sign in enumerate(signs):
            x = add(self.signs(sign), self.places(i))
            xs.append(self.norm(x))
        xs = self.block(xs)
        return [self.scores(x) for x in xs]


random.seed(1337)
model = GPT()
print(len(model.parameters()), "parameters")

# %% tags=["check"]
reference = nn.GPT(27, 8, 16, heads=1)
both = list(zip(model.parameters(), reference.parameters()))
for mine, theirs in both:
    theirs.data = mine.data
text = [0, 13, 1, 24, 0]
ours = losses.cross_entropy(model(text[:-1]), text[1:])
other = losses.cross_entropy(reference(text[:-1]), text[1:])
assert abs(ours.data - other.data) < 1e-12
ours.backward()
other.backward()
for mine, theirs in both:
    assert abs(mine.grad - theirs.grad) < 1e-12
model.zero_grad()

# %% [markdown]
# Each example is a name with its dot in front and what follows it, nine signs long: the model
# sees eight and predicts, at each of them, the next. Put lines of your own in the place of
# `names`, and it learns those. The graph of one example has 67 thousand nodes. `fit` compiles
# the step: forward and backward through four of these, a thousand times, in seconds.

# %%
import math

from micrograd import data, fit, optim
from micrograd.graph import topological_order

letters = ".abcdefghijklmnopqrstuvwxyz"
names = data.common_names()
random.seed(1337)
random.shuffle(names)


def examples(names):
    text = "".join("." + name for name in names) + "." * 9
    signs = [letters.index(sign) for sign in text]
    places = range(len(text) - 9)
    starts = [i for i in places if signs[i] == 0]
    return [signs[i : i + 9] for i in starts]


def loss_of(model, signs, _):
    scores = model(signs[:-1])
    return losses.cross_entropy(scores, signs[1:])


def train(model, steps=1000):
    X, new = examples(names[:873]), examples(names[873:])
    adam = optim.Adam(model.parameters(), lr=0.01)
    rate = optim.linear_decay(0.01, 0.0, steps)
    y = [0] * len(X)  # the examples have their targets
    return fit(
        model,
        loss_of,
        X,
        y,
        optimizer=adam,
        lr_schedule=rate,
        steps=steps,
        batch_size=4,
        validation=(new, [0] * len(new)),
        progress=False,
    )


loss = loss_of(model, examples(["ada"])[0], 0)
graph = topological_order(loss)
print(len(graph), "nodes")
history = train(model)
print(f"{history.losses[0]:.2f} {math.log(27):.2f}")
print(f"{history.validation['loss'][-1]:.2f}")

# %% [markdown]
# On its first four examples the loss is 3.51. Equal scores would give log(27), which is 3.30:
# the random weights make the scores a little unequal. The loss of new names ends at
# 2.26, below the network of lesson 24, as far as you can compare them: these examples are cut in
# another way. And it writes, with plain numbers in place of its Values, which is faster:


# %%
from micrograd.transforms import with_plain_numbers


def write(model, temperature=0.5):
    plain, signs = with_plain_numbers(model), [0]
    while len(signs) == 1 or signs[-1] != 0:
        last = plain(signs[-8:])[-1]
        scaled = [s / temperature for s in last]
        weights = softmax(scaled)
        signs += random.choices(range(27), weights)
        if len(signs) > 20:
            break
    return "".join(letters[i] for i in signs).strip(".")


random.seed(4)
print([write(model) for _ in range(8)])

# %% [markdown]
# The [temperature](glossary:temperature) divides the scores: below 1, likely signs become
# likelier still. `micrograd train gpt FILE` trains a larger one on the lines of your file.
#
# ## Break it
#
# Let each position see all later ones, too. A smaller model will do.

# %% tags=["question"]
ask(
    "it_sees_the_answer",
    "Each position now attends to all eight, also to those after it. What does the loss do?",
    "it falls far lower",
    choices=("it stays where it begins", "it ends as before", "it falls far lower"),
    proof="'it falls far lower' if sum(cheat.losses[-100:]) < "
    "0.5 * sum(history.losses[-100:]) else 'it ends as before'",
    mistakes={
        "it stays where it begins": "Nothing keeps it from learning: it has more to look at than before.",
        "it ends as before": "The sign that it has to predict stands at the next position.",
    },
    why="The sign to be predicted is the next position's input: it only has to copy it.",
    given="A GPT predicts at each of eight positions the sign that comes next. Its attention "
    "lets each position see only itself and those before it. A mistake lifts that limit.",
)

# %%
random.seed(1337)
cheater = GPT(size=8)
cheater.block.attention.ahead = 8
cheat = train(cheater)
for name, run in (("honest", history), ("cheating", cheat)):
    print(name, f"{sum(run.losses[-100:]) / 100:.2f}")
random.seed(4)
print([write(cheater) for _ in range(4)])

# %% [markdown]
# It copies its neighbour, and its loss is too good to be true, on new names as well. Only when
# it writes, and there is no neighbour yet, does it show that it has learned nothing. The
# slice `[: seen]` is all that keeps a GPT honest: the *causal mask*.

# %% [markdown]
# ## Exercise
#
# What do the embeddings of the places do? Set all of them to 0, and compare the last scores for
# "abc" and for "bac". Why are they equal, and what would that mean for names?


# %% tags=["solution"]
def last_scores(model, text):
    signs = [letters.index(sign) for sign in text]
    return [s.data for s in model(signs)[-1]]


for p in model.places.parameters():
    p.data = 0.0
one, other = (last_scores(model, t) for t in ("abc", "bac"))
print(max(abs(a - b) for a, b in zip(one, other)) < 1e-9)

# %% [markdown] tags=["remark"]
# Attention adds up values with weights, and a sum has no order. Without places, the model
# knows which letters came before, but not in which order.

# %% [markdown]
# ## What PyTorch calls this
#
# `F.scaled_dot_product_attention(q, k, v, is_causal=True)` is a whole triangle of attention.
# Larger models have several heads, which attend side by side, and many blocks, one after the
# other: `micrograd.nn.GPT` has both.

# %% [markdown]
# ## Recap
#
# - Attention is a weighted mean of values; the weights are the softmax of query times key,
#   over the positions so far.
# - A GPT is embeddings, blocks of attention and of small networks that add to what is there,
#   and scores for the next sign.
# - The causal mask keeps the answer out of sight; the places tell it the order.
