"""Attention, and a GPT of it: one text at a time, each position looking at those up to it.

Rule: a text is a list of positions, each a list of `size` numbers; nothing is padded.
"""

from micrograd.losses import softmax
from micrograd.nn import messages
from micrograd.nn.layers import Embedding, Linear, RMSNorm, dot, fits
from micrograd.nn.network import Module
from micrograd.ops import relu


class CausalSelfAttention(Module):
    """From positions x size to the same: what each takes from itself and those before it.

    Vaswani et al., "Attention Is All You Need" (2017): softmax(q · k / sqrt(d)) over the positions
    so far, in each of the `heads`, of d = size / heads numbers; then a linear map.
    """

    def __init__(self, size: int, heads: int, bias: bool = False):
        if size % heads:
            raise ValueError(messages.uneven_heads(size, heads))
        self.size, self.heads = size, heads
        self.query, self.key, self.value, self.out = (
            Linear(size, size, bias=bias) for _ in range(4)
        )

    def __call__(self, xs) -> list:
        xs = fits(self, xs, 0, self.size)
        keys, values = [self.key(x) for x in xs], [self.value(x) for x in xs]
        found = []
        for i, x in enumerate(xs, 1):
            found.append(self.out(self.seen(self.query(x), keys[:i], values[:i])))
        return found

    def seen(self, query, keys, values) -> list:
        """What one position takes from those, head by head."""
        out, width = [], self.size // self.heads
        for start in range(0, self.size, width):
            part = slice(start, start + width)
            scores = [dot(query[part], key[part]) / width**0.5 for key in keys]
            weights = softmax(scores)
            out += [dot(weights, column) for column in zip(*[value[part] for value in values])]
        return out

    def __repr__(self):
        return f"CausalSelfAttention({self.size}, {self.heads})"


class TransformerBlock(Module):
    """x + attention(norm(x)), then that + two linear maps, with relu between, of its norm.

    From positions x size to the same. `hidden` is the width between the maps, 4 * size without;
    the norms are RMSNorms without weights, as in Karpathy's microgpt.
    """

    def __init__(self, size: int, heads: int, hidden: int | None = None):
        self.size, self.heads, self.hidden = size, heads, hidden or 4 * size
        self.norm = RMSNorm(size, weights=False)
        self.attention = CausalSelfAttention(size, heads)
        self.up = Linear(size, self.hidden, bias=False)
        self.down = Linear(self.hidden, size, bias=False)

    def __call__(self, xs) -> list:
        xs = fits(self, xs, 0, self.size)
        taken = self.attention([self.norm(x) for x in xs])
        xs = [added(x, y) for x, y in zip(xs, taken)]
        return [added(x, self.down(list(map(relu, self.up(self.norm(x)))))) for x in xs]

    def __repr__(self):
        return f"TransformerBlock({self.size}, {self.heads})"


class GPT(Module):
    """From token numbers to positions x vocabulary: the scores of the token that comes next.

    Karpathy's microgpt: embeddings of token and position, a norm, `layers` TransformerBlocks, a
    linear map; no biases. A text may have up to `context` tokens.
    """

    def __init__(self, vocabulary: int, context: int, size=16, heads=4, layers=1):
        self.vocabulary, self.context = vocabulary, context
        self.tokens = Embedding(vocabulary, size)
        self.positions = Embedding(context, size)
        self.norm = RMSNorm(size, weights=False)
        self.blocks = [TransformerBlock(size, heads) for _ in range(layers)]
        self.head = Linear(size, vocabulary, bias=False)

    def __call__(self, tokens) -> list:
        if len(tokens) > self.context:
            raise ValueError(messages.too_long_a_text(len(tokens), self.context))
        both = [added(self.tokens(t), self.positions(i)) for i, t in enumerate(tokens)]
        xs = [self.norm(x) for x in both]
        for block in self.blocks:
            xs = block(xs)
        return [self.head(x) for x in xs]

    def __repr__(self):
        return f"GPT({self.vocabulary}, {self.context})"


def added(xs, ys) -> list:
    return [x + y for x, y in zip(xs, ys)]
