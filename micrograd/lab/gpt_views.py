"""Views of a GPT: its attention, the next characters, and its embeddings in two dimensions.

Rule: each is computed with a copy of the model that has plain numbers. Attention is what the
model's own attention computes, noted on the way. The boundary of a text is the character "".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from micrograd.lab.json_numbers import all_rounded
from micrograd.losses import softmax
from micrograd.models import char_gpt
from micrograd.nn import attention_weights

BOUNDARY = ""
Weights = list[list[float]]  # of one head: a row for each position


def characters_of(vocabulary: char_gpt.Vocabulary) -> list[str]:
    """Return the character of each token."""
    return [*vocabulary.characters, BOUNDARY]


def next_characters(model: Any, vocabulary: char_gpt.Vocabulary, prefix: str) -> dict[str, Any]:
    """Return {"characters", "probabilities"} of the character after a prefix."""
    scores = model(vocabulary.tokens(prefix)[:-1])[-1]
    probabilities = softmax(scores)
    characters = characters_of(vocabulary)
    return {"characters": characters, "probabilities": all_rounded(probabilities)}


def attention_of(model: Any, vocabulary: char_gpt.Vocabulary, prefix: str) -> dict[str, Any]:
    """Return {"heads", "characters"}: a square of weights for each head, layer after layer.

    Row i of a square is how much position i attends to each position; to later ones it is 0.
    """
    heads: list[Weights] = []
    for block in model.blocks:
        note_weights(block.attention, heads)
    tokens = vocabulary.tokens(prefix)[:-1]
    model(tokens)
    count = len(tokens)
    squares = [[padded(row, count) for row in rows] for rows in heads]
    return {"heads": squares, "characters": [BOUNDARY, *prefix]}


def note_weights(attention: Any, heads: list[Weights]) -> None:
    """Let an attention note the weights of each head: a row for each position, in their order."""
    attend: Callable[..., Weights] = attention.attend

    def noting(queries: Any, keys: Any, values: Any) -> Weights:
        weights: Any = attention_weights(queries, keys)
        heads.append(weights)  # plain numbers, as the inputs are
        return attend(queries, keys, values)

    attention.attend = noting


def padded(row: Sequence[float], count: int) -> list[float | None]:
    zeros = [0.0] * (count - len(row))
    return all_rounded([*row, *zeros])


def embeddings_of(
    model: Any, vocabulary: char_gpt.Vocabulary, before: np.ndarray | None = None
) -> tuple[dict[str, Any], np.ndarray]:
    """Return ({"characters", "places"}, the two axes): embeddings by their principal components.

    An axis points the way it did `before`, so that the picture does not flip while it learns.
    """
    vectors = np.array(model.tokens.weight)
    centred = vectors - vectors.mean(axis=0)
    _, _, components = np.linalg.svd(centred, full_matrices=False)
    axes = components[:2]
    if before is not None:
        signs = np.where((axes * before).sum(axis=1) < 0.0, -1.0, 1.0)
        axes = axes * signs[:, None]
    places = centred @ axes.T
    shown = [all_rounded(place) for place in places.tolist()]
    return {"characters": characters_of(vocabulary), "places": shown}, axes
