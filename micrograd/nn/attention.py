"""Causal self-attention, and a GPT made of it, for one text at a time.

Rule: a text is a list of positions, each a list of `size` numbers; nothing is padded. A position
attends to itself and to the positions before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from micrograd.engine import Value
from micrograd.losses import softmax
from micrograd.nn import messages
from micrograd.nn.layers import Embedding, Linear, RMSNorm, dot_each, over_examples, require_shape
from micrograd.nn.network import Module
from micrograd.nn.sizes import announce_size, size_of_block, size_of_gpt
from micrograd.ops import relu
from micrograd.support import foreign_keywords
from micrograd.support.each import each
from micrograd.support.fused import Columns
from micrograd.support.parts import part
from micrograd.support.unknown_keywords import suggest_keywords
from micrograd.support.whole_numbers import whole_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Rows = list[list[Value]]  # a row of numbers for each position

EPS = 1e-5  # microgpt's


class CausalSelfAttention(Module):
    """Causal self-attention, from positions x size to positions x size.

    In each of the `heads`, of width d = size / heads, a position weights the values of the
    positions so far by softmax(q · k / sqrt(d)); a linear map follows. Vaswani et al., "Attention
    Is All You Need" (2017). Raises ValueError if `heads` does not divide `size`, and ShapeError for
    an input of another shape.

    >>> out = CausalSelfAttention(4, heads=2)([[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]])
    >>> len(out), len(out[0])
    (2, 4)
    """

    example_depth = 2

    @suggest_keywords(foreign_keywords.LAYER)
    def __init__(self, size: int, heads: int, bias: bool = False):
        size, heads = whole_number(size, "size", 1), whole_number(heads, "heads", 1)
        if size % heads:
            raise ValueError(messages.uneven_heads(size, heads))
        self.size, self.heads = size, heads
        self.query = Linear(size, size, bias)
        self.key = Linear(size, size, bias)
        self.value = Linear(size, size, bias)
        self.out = Linear(size, size, bias)

    @over_examples
    def __call__(self, xs: Any) -> list[list[Value]]:
        xs = require_shape(self, xs, 0, self.size)
        maps = (self.query, self.key, self.value)
        rows = [[linear(x) for x in xs] for linear in maps]
        width = self.size // self.heads
        outputs = []
        for start in range(0, self.size, width):
            head = slice(start, start + width)
            queries, keys, values = ([x[head] for x in xs] for xs in rows)
            outputs.append(self.attend(queries, keys, values))
        return [self.out(list(chain(*of_heads))) for of_heads in zip(*outputs)]

    def attend(self, queries: Rows, keys: Rows, values: Rows) -> Rows:
        """Return what one head makes of all positions."""
        return attend(queries, keys, values)

    def __repr__(self) -> str:
        return f"CausalSelfAttention({self.size}, {self.heads})"


class TransformerBlock(Module):
    """A transformer block, from positions x size to positions x size.

    It computes ys = xs + attention(norm(xs)) and then ys + down(relu(up(norm(ys)))), where `up` and
    `down` are linear maps to `hidden` numbers and back; `hidden` is 4 * size by default. The norms
    are RMSNorms without weights, as in Karpathy's microgpt. Raises ShapeError for an input of
    another shape.

    >>> len(TransformerBlock(4, heads=2)([[1.0, 0.0, 0.0, 0.0]])[0])
    4
    """

    example_depth = 2

    @announce_size(size_of_block)
    def __init__(self, size: int, heads: int, hidden: int | None = None):
        self.size, self.heads, self.hidden = size, heads, hidden or 4 * size
        self.norm = RMSNorm(size, EPS, weights=False)
        self.attention = CausalSelfAttention(size, heads)
        self.up = Linear(size, self.hidden, bias=False)
        self.down = Linear(self.hidden, size, bias=False)

    @over_examples
    def __call__(self, xs: Any) -> list[list[Value]]:
        xs = require_shape(self, xs, 0, self.size)
        attended = self.attention([self.norm(x) for x in xs])
        ys = [add(x, y) for x, y in zip(xs, attended)]
        return [add(y, self.feed_forward(self.norm(y))) for y in ys]

    def feed_forward(self, x: Sequence[Value]) -> list[Value]:
        return self.down(relu_each(self.up(x)))

    def __repr__(self) -> str:
        return f"TransformerBlock({self.size}, {self.heads})"


class GPT(Module):
    """A GPT, from token numbers to positions x vocabulary: the scores of the next token.

    Karpathy's microgpt: embeddings of token and position, a norm, `layers` TransformerBlocks, and a
    linear map; no biases. Raises ValueError for a text of more than `context` tokens, and
    IndexError for a token outside 0 .. vocabulary - 1.

    >>> scores = GPT(vocabulary=5, context=8)([3, 1, 4])
    >>> len(scores), len(scores[0])
    (3, 5)
    """

    example_depth = 1

    @announce_size(size_of_gpt)
    def __init__(
        self,
        vocabulary: int,
        context: int,
        size: int = 16,
        heads: int = 4,
        layers: int = 1,
    ):
        self.vocabulary = whole_number(vocabulary, "vocabulary", 1)
        self.context = whole_number(context, "context", 1)
        self.tokens = Embedding(vocabulary, size)
        self.positions = Embedding(context, size)
        self.norm = RMSNorm(size, EPS, weights=False)
        self.blocks = [
            TransformerBlock(size, heads) for _ in range(whole_number(layers, "layers", 0))
        ]
        self.head = Linear(size, vocabulary, bias=False)

    @over_examples
    def __call__(self, tokens: Sequence[Any]) -> list[list[Value]]:
        if len(tokens) > self.context:
            raise ValueError(messages.too_long_a_text(len(tokens), self.context))
        embedded = [add(self.tokens(t), self.positions(i)) for i, t in enumerate(tokens)]
        xs = [self.norm(x) for x in embedded]
        for block in self.blocks:
            xs = block(xs)
        return [self.head(x) for x in xs]

    def __repr__(self) -> str:
        return f"GPT({self.vocabulary}, {self.context})"


@part
def attend(queries: Rows, keys: Rows, values: Rows) -> Rows:
    """Return, for each position of one head, the weighted sum of the values so far."""
    columns = Columns(values)  # which a sum reads as far as its weights go
    zeros = [0.0] * len(columns)
    return [dot_each(columns, weights, zeros) for weights in attention_weights(queries, keys)]


def attention_weights(queries: Rows, keys: Rows) -> Rows:
    """Return how much each position of one head attends to those so far; a row adds up to 1."""
    weights: Rows = []
    for i, query in enumerate(queries, 1):
        products = dot_each(keys, query, [0.0] * i)
        weights.append(softmax([x / len(query) ** 0.5 for x in products]))
    return weights


@part
def add(xs: Iterable[Any], ys: Iterable[Any]) -> list[Any]:
    return [x + y for x, y in zip(xs, ys)]


@part
def relu_each(xs: Sequence[Any]) -> list[Any]:
    return each(relu, xs)
