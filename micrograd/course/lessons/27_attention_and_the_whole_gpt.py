# %% [markdown]
# # 27. Attention, and the whole GPT
#
# **Goal:** let each position choose which earlier ones it listens to, build a GPT around
# that, train it and read what it writes.
#
# ## Predict
#
# A *position* is a sign at its place in the text. Lesson 24 gave each of its three positions
# weights of their own. In a GPT all positions share what is learned, and each *looks for* the
# earlier signs that matter to it. This is [attention](glossary:attention). How much a sign matters
# is its *attention weight*: a number computed anew for each text, not a parameter. The lecture's
# author wrote a whole GPT on a scalar Value, *microgpt*. Here is one as small as possible.

# %% tags=["question"]
ask(
    "weights_of_three",
    "Each position gives an attention weight to itself and to each one before it. How many are "
    "there for three positions?",
    6,
    proof="sum(len(row) for row in rows)",
    mistakes={
        9: "That counts later positions, too. None may look ahead.",
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
# Three linear layers make lists of numbers from a position's embedding. The *query* says what it
# looks for, the *key* what it has to offer, and the *value* what it hands over. A score is query
# times key, number by number, added up (`dot`). Softmax turns the scores into attention weights,
# and the result is the weighted mean of the values.
#
# Sums of more products tend to be larger, and softmax would then put nearly all weight on one
# position. `scale` makes up for that. (For lists of one number, as below, it is 1.)

# %%
from micrograd.losses import softmax


def dot(xs, ys):
    return sum(x * y for x, y in zip(xs, ys))


def weights_of(q, keys):
    scale = len(q) ** -0.5  # 1 / square root of length
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
    proof="attend(queries[2], keys, values)[0]",
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
rows = []
for i, q in enumerate(queries):
    rows.append(weights_of(q, keys[: i + 1]))
    y = attend(q, keys[: i + 1], values[: i + 1])
    print([f"{a:.2f}" for a in rows[i]], f"{y[0]:.1f}")
print(sum(len(row) for row in rows), "weights")

# %% [markdown]
# The first sees only itself. The second looks for a large key, and takes most from the first.
#
# ## The picture
#
# The second row as a graph: its query meets both keys, and its weights both values. (`maximum`
# is softmax's own: see lesson 17.)

# %%
from micrograd import Value, draw

q = Value(2.0, label="q")
result = attend([q], keys[:2], values[:2])[0]
result.backward()
draw(result)

# %% [markdown]
# Now the whole model, from the inside out. Position `i` sees the first `i + 1`, up to itself
# (`ahead` is 0 until we break it), and `out` mixes each result once more.

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
        queries = [self.query(x) for x in xs]
        keys = [self.key(x) for x in xs]
        values = [self.value(x) for x in xs]
        outputs = []
        for i, q in enumerate(queries):
            seen = i + 1 + self.ahead
            y = attend(q, keys[:seen], values[:seen])
            outputs.append(self.out(y))
        return outputs


# %% [markdown]
# In a `Block`, positions first listen to each other. Then each thinks for itself, in a small
# network with relu. Attention and network get their numbers through lesson 25's RMSNorm, which
# learns nothing here, and only *add* their result to what was there. So a grad also goes straight
# back through the plus, unchanged.


# %%
def add(xs, ys):
    return [x + y for x, y in zip(xs, ys)]


class Block(nn.Module):
    def __init__(self, size):
        self.norm = nn.RMSNorm(size, weights=False)
        self.attention = Attention(size)
        self.up = nn.Linear(size, 4 * size, bias=False)
        self.down = nn.Linear(4 * size, size, bias=False)

    def think(self, x):
        hidden = [relu(n) for n in self.up(self.norm(x))]
        return self.down(hidden)

    def __call__(self, xs):
        heard = self.attention([self.norm(x) for x in xs])
        xs = [add(x, y) for x, y in zip(xs, heard)]
        return [add(x, self.think(x)) for x in xs]


# %% [markdown]
# And the `GPT`: an embedding for the sign and one for its place, added and normed; a block; and 27
# scores at every position, for the sign that comes next there.


# %%
class GPT(nn.Module):
    def __init__(self, size=16):
        self.signs = nn.Embedding(27, size)
        self.places = nn.Embedding(8, size)  # at most 8
        self.norm = nn.RMSNorm(size, weights=False)
        self.block = Block(size)
        self.scores = nn.Linear(size, 27, bias=False)

    def __call__(self, signs):
        xs = []
        for i, sign in enumerate(signs):
            x = add(self.signs(sign), self.places(i))
            xs.append(self.norm(x))
        return [self.scores(x) for x in self.block(xs)]


random.seed(1337)
model = GPT()

# %% tags=["check"]
reference = nn.GPT(27, 8, 16, heads=1)
for norm in (reference.norm, reference.blocks[0].norm):
    norm.eps = model.norm.eps
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
# The names stand in one text. An example is a dot and the seven signs after it: a short name is
# followed by the next ones, and a long one loses its end. At each sign the model predicts the next.
# A step takes four examples, and the graph of each has 67 thousand nodes. `fit` compiles it, and
# takes a thousand steps in seconds.

# %%
from micrograd import data, fit, optim

letters = ".abcdefghijklmnopqrstuvwxyz"
names = data.common_names()
random.seed(1337)
random.shuffle(names)


def examples(names):
    text = "." + ".".join(names)
    text += "." * 9  # they fill up the last examples
    signs = [letters.index(sign) for sign in text]
    starts = [i for i, s in enumerate(signs[:-9]) if s == 0]
    X = [signs[i : i + 8] for i in starts]
    y = [signs[i + 1 : i + 9] for i in starts]
    return X, y


def loss_of(model, x, y):
    return losses.cross_entropy(model(x), y)


def train(model):
    X, y = examples(names[:873])
    new = examples(names[873:])
    rate = optim.linear_decay(0.01, 0.0, 1000)  # falls to 0
    adam = optim.Adam(model.parameters(), lr=rate)
    run = {"optimizer": adam, "steps": 1000}
    run |= {"batch_size": 4, "progress": False}
    return fit(model, loss_of, X, y, validation=new, **run)


history = train(model)
print(f"{history.validation['loss'][-1]:.2f}")

# %% tags=["check"]
from micrograd.graph import topological_order

X, y = examples(["ada", "victoria"])
shown = ["".join(letters[i] for i in signs) for signs in X + y]
assert shown == [".ada.vic", ".victori", "ada.vict", "victoria"]
nodes = len(topological_order(loss_of(model, X[0], y[0])))
assert 66_500 < nodes < 67_500
assert abs(history.losses[0] - 3.38) < 0.01
shares = [softmax([s, 0.0])[0] for s in (2.0, 2.0 / 0.5)]
assert [round(100 * share) for share in shares] == [88, 98]

# %% [markdown]
# On new names the loss ends at 2.29. (Lesson 24's examples were others.)
# When the model writes, a [temperature](glossary:temperature) of 0.5 divides the scores. It makes
# likely signs likelier: scores of 2 and 0 give 98% and 2% instead of 88% and 12%.


# %%
from micrograd.transforms import with_plain_numbers


def write(model, temperature=0.5):
    plain, signs = with_plain_numbers(model), [0]  # faster
    for _ in range(12):
        scores = plain(signs[-8:])[-1]
        weights = softmax([s / temperature for s in scores])
        signs += random.choices(range(27), weights)
    return "".join(letters[i] for i in signs).split(".")[1]


random.seed(4)
print([write(model) for _ in range(8)])

# %% [markdown]
# ## Break it
#
# Let each position see all later ones, too.

# %% tags=["question"]
ask(
    "all_eight",
    "Each position now attends to all eight, also to those after it. What does the loss do?",
    "it falls far lower",
    choices=("it stays where it begins", "it ends as before", "it falls far lower"),
    proof="'it falls far lower' if cheat.validation['loss'][-1] < "
    "0.5 * history.validation['loss'][-1] else 'it ends as before'",
    mistakes={
        "it stays where it begins": "Nothing keeps it from learning: it has more to look at than before.",
        "it ends as before": "The sign that it has to predict stands at the next position.",
    },
    why="The sign to be predicted is the next position's input: all but the last position only "
    "have to copy it.",
    given="A GPT predicts at each of eight positions the sign that comes next. Its attention "
    "lets each position see only itself and those before it. A mistake lifts that limit.",
)

# %%
random.seed(1337)
cheater = GPT(size=8)  # a smaller one will do
cheater.block.attention.ahead = 8
cheat = train(cheater)
print(f"{cheat.validation['loss'][-1]:.2f}")
print([write(cheater) for _ in range(4)])

# %% [markdown]
# Its loss on new names is too good to be true: it copies its neighbour. Only its writing shows that
# it learned little else, for there no next sign exists yet. The slice `[:seen]` keeps a GPT honest:
# it hides what comes later, as a *causal mask* does in PyTorch.

# %% [markdown]
# ## Exercise
#
# Set the embeddings of all places to 0, and compare the last scores for "abc", the signs 1, 2
# and 3, and for "bac". Why are they equal?


# %% tags=["solution"]
for p in model.places.parameters():
    p.data = 0.0
one, other = model([1, 2, 3])[-1], model([2, 1, 3])[-1]
moves = [abs(a.data - b.data) for a, b in zip(one, other)]
print(max(moves) < 1e-9)

# %% [markdown] tags=["remark"]
# A weighted sum has no order. Without places, this single block knows which letters came before the
# last one, but not in which order.

# %% [markdown]
# ## What PyTorch calls this
#
# `F.scaled_dot_product_attention(q, k, v, is_causal=True)` is a whole triangle of attention. To add
# to what was there is a *residual connection*. Larger models have several attentions side by side,
# their *heads*, and many blocks. `micrograd train gpt FILE` trains one on your lines.

# %% [markdown]
# ## Recap
#
# - Attention is a weighted mean of values; the weights are the softmax of scaled query times key.
# - A GPT is embeddings, blocks of attention and small networks, and scores for the next sign.
# - The causal mask hides the answer; the embeddings of the places tell the model the order.
