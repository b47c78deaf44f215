"""A GPT of single characters, on documents of one line each: Karpathy's microgpt.

Rule: a document is a row of tokens that begins and ends with the boundary token. Rows are padded to
one length, and the padding has no weight in the loss.
"""

import random
from bisect import bisect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from micrograd import losses, optim
from micrograd.engine import Value
from micrograd.models import messages
from micrograd.nn import GPT
from micrograd.support import files
from micrograd.support.sums import add_all
from micrograd.training import History, fit
from micrograd.transforms import with_plain_numbers

CONTEXT = 16  # positions at most, unless one asks for more
WIDTH, LAYERS = 16, 1  # numbers of a token; blocks
STEPS = 1000
DEVIATION = 0.08  # the standard deviation of the initial weights
LEARNING_RATE = 0.01
MOST_HELD_OUT = 200  # documents; more take longer to measure than to train on
VALIDATIONS = 20  # of a run


@dataclass(frozen=True)
class Vocabulary:
    """The characters of the texts: the token of a character is its index."""

    characters: str

    @classmethod
    def of(cls, documents: Sequence[str]) -> "Vocabulary":
        """Return the vocabulary of all characters in the documents."""
        return cls("".join(sorted(set("".join(documents)))))

    @property
    def boundary_token(self) -> int:
        """The token that begins, ends and pads a document. It comes after the characters."""
        return len(self.characters)

    def tokens(self, document: str) -> list[int]:
        """Return the tokens of a document, with the boundary at both ends."""
        inner = map(self.characters.index, document)
        return [self.boundary_token, *inner, self.boundary_token]

    def text(self, tokens: Sequence[int]) -> str:
        """Return the text of tokens, none of which is the boundary."""
        return "".join(self.characters[token] for token in tokens)


def read_documents(path: Path | str) -> list[str]:
    """Return the lines of a file that are not blank, each with its indentation.

    Raises ValueError if there are none, or the file cannot be read.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise ValueError(files.cannot_read(path, error)) from error
    except UnicodeDecodeError as error:
        raise ValueError(messages.text_not_utf8(path)) from error
    documents = [line.rstrip() for line in lines if line.strip()]
    if not documents:
        raise ValueError(messages.no_documents(path))
    return documents


def count_positions(documents: Sequence[str], context: int = CONTEXT) -> int:
    """Return how many positions the longest document needs, `context` at most."""
    longest = max(map(len, documents))
    return min(longest + 1, context)


def rows(
    documents: Sequence[str], vocabulary: Vocabulary, context: int = CONTEXT
) -> tuple[list[list[int]], list[list[float]]]:
    """Return (tokens, weights) for each document: X and y of `fit`, in rows of one length.

    The weights are those of its tokens in the loss. A document that is too long is cut.
    """
    length = count_positions(documents, context)
    X, y = [], []
    for document in documents:
        tokens = vocabulary.tokens(document)[: length + 1]
        count = len(tokens) - 1
        padding = length - count
        X.append(tokens + [vocabulary.boundary_token] * padding)
        y.append([1.0 / count] * count + [0.0] * padding)
    return X, y


def hold_out(documents: Sequence[str], seed: int) -> tuple[list[str], list[str]]:
    """Return (documents to train on, documents to validate with), drawn at random.

    The second are a tenth of them, MOST_HELD_OUT at most. Fewer than ten are trained on alone.
    """
    order = random.Random(seed).sample(range(len(documents)), len(documents))
    count = min(len(documents) // 10, MOST_HELD_OUT)
    chosen = set(order[:count])
    training = [document for i, document in enumerate(documents) if i not in chosen]
    return training, [documents[i] for i in sorted(chosen)]


def loss(model: GPT, tokens: Sequence[Any], weights: Sequence[Any]) -> Any:
    """Return the weighted mean of the cross-entropy of each next token of a document."""
    scores = model(tokens[:-1])
    token_losses = [losses.cross_entropy(*pair) for pair in zip(scores, tokens[1:])]
    return add_all(token_loss * weight for token_loss, weight in zip(token_losses, weights))


def make(
    vocabulary: Vocabulary, context: int = CONTEXT, width: int = WIDTH, layers: int = LAYERS
) -> GPT:
    """Return a new GPT with 4 heads, by default of microgpt's sizes; weights as in microgpt.

    Raises ValueError for a width that is no multiple of 4.
    """
    model = GPT(vocabulary.boundary_token + 1, context, width, layers=layers)
    for p in model.parameters():
        p.data = random.gauss(0.0, DEVIATION)
    return model


def train(
    model: GPT,
    documents: Sequence[str],
    vocabulary: Vocabulary,
    steps: int,
    seed: int,
    held_out: Sequence[str] = (),
    **options: Any,
) -> History:
    """Train the GPT on one document a step; `options` are further arguments of `fit`.

    If `held_out` has documents, their loss is measured twenty times a run.
    """
    X, y = rows(documents, vocabulary, model.context)
    if held_out:
        options["validation"] = rows(held_out, vocabulary, model.context)
        options["validate_every"] = max(1, steps // VALIDATIONS)
    adam = optimizer(steps)
    return fit(model, loss, X, y, optimizer=adam, steps=steps, batch_size=1, seed=seed, **options)


def optimizer(steps: int) -> Callable[[list[Value]], optim.Optimizer]:
    """Return a function that makes the optimizer of a run of that many steps: microgpt's Adam."""
    rate = optim.linear_decay(LEARNING_RATE, 0.0, steps)
    return lambda parameters: optim.Adam(parameters, lr=rate, betas=(0.85, 0.99))


def sample(
    model: GPT, vocabulary: Vocabulary, count: int, temperature: float, seed: int
) -> list[str]:
    """Return `count` new documents. Lower temperatures give more likely text."""
    plain_model, rng = with_plain_numbers(model), random.Random(seed)
    return [sample_document(plain_model, vocabulary, temperature, rng) for _ in range(count)]


def sample_document(
    model: GPT, vocabulary: Vocabulary, temperature: float, rng: random.Random
) -> str:
    tokens = [vocabulary.boundary_token]
    while len(tokens) <= model.context:
        scores = model(tokens)[-1]
        probabilities = losses.softmax([score / temperature for score in scores])
        limits = list(accumulate(probabilities))
        place = bisect(limits, rng.random() * limits[-1])
        token = min(place, vocabulary.boundary_token)
        if token == vocabulary.boundary_token:
            break
        tokens.append(token)
    return vocabulary.text(tokens[1:])
