# %% [markdown]
# # 22. Names, counted
#
# **Goal:** make a table of probabilities out of names, let it write new names, and measure
# with one number how well it knows the old ones.
#
# ## Predict
#
# Here part two begins. It goes beyond the lecture, in the direction in which its author went
# on: his *makemore* lectures build models that make more of the names they are given. In six
# lessons a table of counts becomes a GPT, and everything stays a scalar. Type the code along
# in one file of your own, such as `my_gpt.py`: each lesson goes on from the one before. The
# Value of your own `my_micrograd.py`, if you have built it, finds the gradients of lesson 26;
# `fit`, which makes the training quick, comes from the package.
#
# A program reads a name letter by letter. It has just seen one letter, and has to say which
# one comes next. There are 26 letters, and a 27th sign for the end of the name.

# %% tags=["question"]
ask(
    "uniform_loss",
    "A model that knows nothing gives each of the 27 signs the same probability, 1/27. Its "
    "loss is minus the logarithm of the probability of the sign that comes. What is it?",
    3.2958,
    proof="math.log(27)",
    mistakes={
        -3.2958: "That is log(1/27). The loss is *minus* that, so that it is positive.",
        0.037: "That is the probability, 1/27. The loss is minus its logarithm.",
        1.4314: "That is the logarithm to base 10. Python's `math.log` has the base e.",
        4.7549: "That is the logarithm to base 2. Python's `math.log` has the base e.",
    },
    why="-log(1/27) = log(27) = 3.2958. Keep this number: any model worth having is below it.",
    within=0.006,
    given="A program reads a name letter by letter, and has to say which sign comes next. There "
    "are 26 letters, and a 27th sign for the end of the name.",
)

# %% [markdown]
# ## The smallest code
#
# The package has 973 common first names. A dot stands for the end of a name, and also before
# its first letter, so that this letter follows something, too.

# %%
from micrograd import data

names = data.common_names()
letters = ".abcdefghijklmnopqrstuvwxyz"
print(len(names), names[:4])


def pairs(name):
    return list(zip("." + name, name + "."))


print(pairs("ada"))

# %% [markdown]
# A [bigram](glossary:bigram) model knows nothing but such pairs. So count them: one row for each sign, one
# column for the sign that follows.

# %%
counts = [[0] * 27 for _ in letters]
for name in names:
    for a, b in pairs(name):
        row, column = letters.index(a), letters.index(b)
        counts[row][column] += 1

q = counts[letters.index("q")]
print({b: n for b, n in zip(letters, q) if n > 0})

# %% [markdown]
# After q there is always a u. To get probabilities, divide each count by the total of its
# row.

# %%
table = []
for row in counts:
    total = sum(row)
    table.append([n / total for n in row])

first = dict(zip(letters, table[0]))
print(f"{first['a']:.3f} {first['q']:.3f}")

# %% tags=["check"]
assert sum(map(sum, counts)) == 6566
assert all(abs(sum(row) - 1) < 1e-12 for row in table)

# %% [markdown]
# The share of names that begin with a is 0.072, and no name begins with q.
#
# That table is the whole model. It can write: begin at the dot, draw the next sign by the
# probabilities of the row, go on from there, and stop when the dot comes again.

# %%
import random


def write(table):
    text = "."
    while text == "." or text[-1] != ".":
        row = table[letters.index(text[-1])]
        text += random.choices(letters, row)[0]
    return text.strip(".")


random.seed(1)
print([write(table) for _ in range(8)])

# %% [markdown]
# They are not names yet, but nobody would take them for random letters. How good is the
# table? Go through all names, and take minus the logarithm of the probability that it gives
# to each sign that really comes. The mean is the *negative log-likelihood*: the same
# [loss](glossary:loss) as the cross-entropy of lesson 17.

# %% tags=["question"]
ask(
    "best_of_row",
    "In the row of q, u has the probability 1. How much does the pair q, u add to the loss?",
    0.0,
    proof="-math.log(table[letters.index('q')][letters.index('u')])",
    mistakes={1.0: "That is the probability. The loss is minus its logarithm."},
    why="-log(1) = 0: whoever is certain, and right, pays nothing.",
    given="A table says with which probability each sign follows each other one: their pairs "
    "were counted in a list of names. In that list every q has a u behind it. The loss is "
    "the mean, over all pairs, of minus the logarithm of their probabilities.",
)

# %%
import math


def loss_of(table, names):
    losses = []
    for name in names:
        for a, b in pairs(name):
            p = table[letters.index(a)][letters.index(b)]
            losses.append(-math.log(p))
    return sum(losses) / len(losses)


uniform = [[1 / 27] * 27 for _ in letters]
print(f"{loss_of(uniform, names):.4f}")
print(f"{loss_of(table, names):.4f}")

# %% [markdown]
# From 3.2958 down to 2.3309. No other table of this shape has a smaller loss on these names;
# lesson 23 looks for one, and finds the counts again.

# %% tags=["check"]
assert abs(loss_of(uniform, names) - math.log(27)) < 1e-12
assert abs(loss_of(table, names) - 2.3309) < 5e-5

# %% [markdown]
# ## The picture
#
# Each square is a pair: its row is the sign before, its column the sign that follows. The
# darker it is, the more probable. Look at the column of the dot, where names end: dark for
# a, e, n and y, white for q.

# %%
# alt: 27 rows and columns; the darkest square says that u follows q
from micrograd.support.figures import blank

figure = blank(5, 5)  # inches
axes = figure.subplots()
axes.imshow(table, cmap="Blues")
axes.set_xticks(range(27), letters)
axes.set_yticks(range(27), letters)
axes.set_xlabel("the sign that follows")
axes.set_ylabel("the sign before")
figure

# %% [markdown]
# ## Break it
#
# Now give the table a name that it has not seen.

# %% tags=["question"]
ask(
    "unseen_pair",
    "No name in the list has an r after a q. What does `loss_of(table, ['iqra'])` do?",
    "it raises an error",
    choices=("it raises an error", "it returns 0", "it returns a loss below 3.2958"),
    mistakes={
        "it returns 0": "0 is the loss of a pair with probability 1. This one has 0.",
        "it returns a loss below 3.2958": "The pair q, r was never counted: what is log(0)?",
    },
    proof="{0: 'it raises an error'}[counts[letters.index('q')][letters.index('r')]]",
    why="The probability of q, r is 0, and there is no logarithm of 0.",
    given="A table says with which probability each sign follows each other one: their pairs "
    "were counted in a list of names. A q is followed by a u there, and never by an r. "
    "`loss_of(table, names)` is the mean of minus the logarithm of the probabilities of "
    "their pairs. A table that knows nothing has the loss 3.2958.",
)

# %%
try:
    print(loss_of(table, ["iqra"]))
except ValueError:
    print("ValueError: there is no log(0)")

# %% [markdown]
# "Never seen" became "impossible", and one such pair makes the loss infinite, however good
# the rest is. The cure is to pretend that each pair was seen a little more often than it was:
# add a number to every count. It is called *smoothing*.


# %%
def smooth(counts, extra):
    rows = []
    for row in counts:
        total = sum(row) + 27 * extra
        rows.append([(n + extra) / total for n in row])
    return rows


for extra in (0.1, 1, 1000):
    smoothed = smooth(counts, extra)
    seen = loss_of(smoothed, names)
    new = loss_of(smoothed, ["iqra"])
    print(f"{extra}: {seen:.3f} {new:.3f}")

# %% [markdown]
# A little costs hardly anything on the names that were counted. Much makes all rows alike,
# and the loss goes back to that of the model that knows nothing.

# %% [markdown]
# ## Exercise
#
# Write `likely(n)`: the name that comes out if, after the dot, you always take the most
# probable sign, and stop after `n` letters. What does it write for n = 8, and why would
# nobody write names this way?


# %% tags=["solution"]
def likely(n):
    text = "."
    while len(text) <= n:
        row = counts[letters.index(text[-1])]
        text += letters[row.index(max(row))]
        if text[-1] == ".":
            break
    return text.strip(".")


print(likely(8))

# %% [markdown] tags=["remark"]
# It writes the same thing each time. The most probable sign is a good guess, but a model
# that writes has to *draw*.

# %% [markdown]
# ## What PyTorch calls this
#
# `torch.multinomial` draws by probabilities, and `F.nll_loss` is the mean of minus the log
# probabilities that it is given. The table would be a tensor `N` of 27 rows, and
# `N / N.sum(1, keepdim=True)` divides each row by its total.

# %% [markdown]
# ## Recap
#
# - A bigram model is a table of probabilities: for each sign, how likely each other one
#   follows.
# - The negative log-likelihood is the mean of minus the log probability of what really came;
#   without any knowledge it is log(27).
# - A pair that was never counted gets the probability 0 and an infinite loss; smoothing adds
#   a little to every count.
