"""A GPT of single characters, on documents of one line each: Karpathy's microgpt.

Rule: a document is a row of tokens that begins and ends with one token of its own; rows are padded
to one length, and what pads counts for nothing.
"""

import random
from bisect import bisect
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from micrograd import data, losses, optim
from micrograd.models import messages
from micrograd.nn import GPT
from micrograd.support import files
from micrograd.training import History, fit, frozen

CONTEXT = 16  # positions at most
STEPS = 1000
SPREAD = 0.08  # the deviation of the first weights
RATE = 0.01


@dataclass(frozen=True)
class Vocabulary:
    """The characters, each with a number; the number after them begins and ends a document."""

    characters: str

    @classmethod
    def of(cls, documents: list[str]) -> "Vocabulary":
        return cls("".join(sorted(set("".join(documents)))))

    @property
    def edge(self) -> int:
        return len(self.characters)

    def tokens(self, document: str) -> list[int]:
        return [self.edge, *map(self.characters.index, document), self.edge]

    def text(self, tokens: list[int]) -> str:
        return "".join(self.characters[token] for token in tokens)


def read_documents(path: Path | str) -> list[str]:
    """The lines that are not blank. ValueError for a file without, or that cannot be read."""
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise ValueError(files.cannot_read(path, error)) from error
    except UnicodeDecodeError as error:
        raise ValueError(messages.text_not_utf8(path)) from error
    found = [line.strip() for line in lines if line.strip()]
    if not found:
        raise ValueError(messages.no_documents(path))
    return found


def first_names() -> list[str]:
    return data.first_names()


def positions(documents: list[str]) -> int:
    """How many the longest needs, CONTEXT at most."""
    return min(max(map(len, documents)) + 1, CONTEXT)


def rows(documents: list[str], vocabulary: Vocabulary) -> tuple[list, list]:
    """(tokens, shares of the loss) of each document, all of one length; the longest are cut."""
    length = positions(documents)
    X, y = [], []
    for document in documents:
        tokens = vocabulary.tokens(document)[: length + 1]
        count = len(tokens) - 1
        X.append(tokens + [vocabulary.edge] * (length - count))
        y.append([1.0 / count] * count + [0.0] * (length - count))
    return X, y


def loss(model, tokens, shares):
    """The mean cross-entropy of each next token of the document."""
    scores = model(tokens[:-1])
    each = [losses.cross_entropy(*pair) for pair in zip(scores, tokens[1:])]
    return sum(one * share for one, share in zip(each, shares))


def make(vocabulary: Vocabulary) -> GPT:
    """One layer, 16 numbers a token, 4 heads; weights as in microgpt."""
    model = GPT(vocabulary.edge + 1, CONTEXT)
    for p in model.parameters():
        p.data = random.gauss(0.0, SPREAD)
    return model


def train(model: GPT, documents: list[str], vocabulary, steps: int, seed: int, **how) -> History:
    """One document a step; `how` are further arguments of `fit`."""
    X, y = rows(documents, vocabulary)
    rate = optim.linear_decay(RATE, 0.0, steps)

    def adam(parameters):
        return optim.Adam(parameters, lr=rate, betas=(0.85, 0.99))

    return fit(model, loss, X, y, optimizer=adam, steps=steps, batch_size=1, seed=seed, **how)


def sample(model: GPT, vocabulary: Vocabulary, count: int, temperature: float, seed: int) -> list:
    """New documents. The lower the temperature, the likelier each character."""
    numbers, rng = frozen(model), random.Random(seed)
    return [document(numbers, vocabulary, temperature, rng) for _ in range(count)]


def document(model: GPT, vocabulary: Vocabulary, temperature: float, rng) -> str:
    tokens = [vocabulary.edge]
    while len(tokens) <= model.context:
        scores = model(tokens)[-1]
        shares = losses.softmax([score / temperature for score in scores])
        limits = list(accumulate(shares))
        token = min(bisect(limits, rng.random() * limits[-1]), vocabulary.edge)
        if token == vocabulary.edge:
            break
        tokens.append(token)
    return vocabulary.text(tokens[1:])
