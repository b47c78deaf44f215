"""`summary`: golden tables."""

import random

import pytest

from micrograd import MLP, summary
from micrograd.nn import GPT, Conv2d, Embedding, Linear, Sequential
from micrograd.ops import relu


def table(model, *example):
    return str(summary(model, *example))


def test_an_mlp_needs_no_example():
    # A neuron of n inputs: n products, n sums, and its activation; the last has none.
    nodes = 3 * (2 + 2 + 1) + (3 + 3)
    assert table(MLP(2, [3, 1])).splitlines()[-1].endswith(f", {nodes} nodes an example")
    assert summary(MLP(2, [3, 1])).rows[1][2:] == ("3 x 3", 9)


def test_a_sequence_says_what_it_is_made_of():
    random.seed(1)
    model = Sequential(Linear(3, 2), relu, Linear(2, 1, bias=False))
    found = summary(model)
    assert [row[0] for row in found.rows] == ["(all)", "steps.0", "steps.2"]
    assert [row[2] for row in found.rows] == ["", "2 x 3, 2", "1 x 2"]
    assert (found.parameters, found.nodes) == (10, (2 * 6) + 2 + (2 + 2))


def test_images_and_tokens_need_an_example():
    assert summary(Conv2d(1, 2, 2)).nodes is None
    assert summary(Conv2d(1, 2, 2), [[[1.0, 2.0], [3.0, 4.0]]]).nodes > 8
    assert summary(Embedding(5, 3)).rows[0][2] == "5 x 3"
    assert "4,192 parameters, 33,536 bytes in float64" in table(GPT(27, 16))
    assert summary(GPT(5, 3, size=4, heads=2), [1, 2]).nodes > 100


def test_what_is_tied_is_counted_once():
    model = GPT(5, 3, size=4, heads=2)
    before = summary(model).parameters
    model.head.weight = model.tokens.weight
    assert summary(model).parameters == before - 20


def test_what_is_no_module():
    with pytest.raises(TypeError, match=r"summary\(model\) is of a Module"):
        summary([1.0])
