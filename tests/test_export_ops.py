"""A model that goes to JAX is made of matrix products: a golden list for each.

Rule: of the program that JAX traces, what moves numbers or adds them up is counted. Ops of single
entries, reshapes, slices and transposes are not: XLA fuses these. A matrix product is a
`dot_general`, and a `gather` is a table of places, which is right and slow.
"""

from collections import Counter

import numpy as np
import pytest

from micrograd.export.dialects import JAX
from micrograd.export.layout import arrays_of
from micrograd.export.source import call_model, source_of
from micrograd.models.recipes import RECIPES
from tests.support.rolled import roll_everything
from tests.test_export import MODELS, ONE_INPUT

pytestmark = pytest.mark.slow
jax = pytest.importorskip("jax")

COUNTED = ("conv_general_dilated", "dot_general", "gather", "concatenate", "rev")
COUNTED += ("reduce_sum", "reduce_max")
TABLES = ("take", "rows by an index", "entries by an index")  # words that become gathers
SIZES = {"moons": 2, "yinyang": 4, "points": 3, "sine": 1, "digits": 64}  # of a row of each recipe
ALL = MODELS | {name: (recipe.make, (SIZES[name],), call_model) for name, recipe in RECIPES.items()}
GOLDEN = {
    "a network": "3 dot_general",
    "one neuron": "1 dot_general",
    **{f"a network of {name}": "2 dot_general" for name in ONE_INPUT},
    "log_softmax": "2 dot_general, 1 reduce_sum, 1 reduce_max",
    "softmax": "2 dot_general, 1 reduce_max",
    "a layer norm": "2 dot_general, 2 reduce_sum",
    "an RMS norm": "1 dot_general, 1 reduce_sum",
    "a GRU": "11 dot_general, 10 concatenate",
    "an RNN": "4 dot_general, 9 concatenate",
    "a convolution": "1 conv_general_dilated",
    "a convolution of a line": "1 conv_general_dilated",
    "a convolution of a padded line": "1 conv_general_dilated",
    "a network of convolutions": "2 conv_general_dilated, 1 dot_general, 1 reduce_max",
    "pooled images": "2 dot_general, 1 gather",
    "a neuron": "1 dot_general",
    "a layer": "1 dot_general",
    "a batch norm": "2 dot_general",
    "dropout": "2 dot_general",
    "a maximum of patches": "1 conv_general_dilated, 1 reduce_max",
    "a classifier of images": "1 conv_general_dilated, 1 dot_general",
    "modules of activations": "1 dot_general, 1 reduce_sum, 1 reduce_max",
    "an embedding": "1 dot_general, 1 reduce_sum",
    "attention": "13 dot_general, 1 gather, 3 concatenate, 1 reduce_sum, 1 reduce_max",
    "a block": "8 dot_general, 1 gather, 1 concatenate, 3 reduce_sum, 1 reduce_max",
    "cross entropy": "2 dot_general, 1 gather, 1 reduce_max",
    "picks": "3 gather, 2 concatenate",
    "a mirror": "1 concatenate, 2 rev",
    "a GPT": "18 dot_general, 8 reduce_sum, 2 reduce_max",
    "a dict": "2 dot_general",
    "repeats": "1 dot_general, 2 concatenate, 2 reduce_sum",
    "results without grad": "1 dot_general, 1 gather, 1 concatenate, 1 reduce_sum",
    "a product twice": "1 dot_general",
    "products in both orders": "1 dot_general, 1 concatenate",
    "running sums": "1 gather, 5 concatenate, 1 reduce_sum, 2 reduce_max",
    "moons": "3 dot_general",
    "yinyang": "2 dot_general",
    "points": "3 dot_general",
    "sine": "2 dot_general",
    "digits": "2 dot_general",
}

ROLLED = {  # the same, where each kind of module is traced once
    "a network": "3 dot_general",
    "a layer norm": "2 dot_general, 2 reduce_sum",
    "a GRU": "5 dot_general",
    "an RNN": "5 dot_general, 1 concatenate",
    "attention": "6 dot_general, 1 reduce_sum, 1 reduce_max",
    "a block": "8 dot_general, 3 reduce_sum, 1 reduce_max",
    "a GPT": "18 dot_general, 8 reduce_sum, 2 reduce_max",
    "digits": "2 dot_general",
}


def source(name):
    """Return a model, the shape of its rows, and its text for JAX."""
    make, shape, f = ALL[name]
    model = make()
    return model, shape, source_of(f, model, [shape], JAX)


def primitives(jaxpr):
    """Yield the name of each equation, also of those within others."""
    for equation in jaxpr.eqns:
        inner = [x for x in equation.params.values() if hasattr(x, "eqns") or hasattr(x, "jaxpr")]
        for x in inner:
            yield from primitives(getattr(x, "jaxpr", x))
        if not inner:
            yield equation.primitive.name


def count_primitives(name):
    """Return how often each primitive stands in a model's program."""
    model, shape, text = source(name)
    traced = jax.make_jaxpr(text.compile())(arrays_of(model), np.zeros((5, *shape)))
    return Counter(primitives(traced.jaxpr))


def written(counts):
    """Return the counts as text, in the order of COUNTED."""
    return ", ".join(f"{counts[word]} {word}" for word in COUNTED if counts.get(word))


@pytest.mark.parametrize("name", ALL)
def test_a_model_is_made_of_these_words(name):
    assert written(count_primitives(name)) == GOLDEN[name]


@pytest.mark.parametrize("name", ALL)
def test_steps_say_what_is_looked_up_in_a_table(name):
    *_, text = source(name)
    words = Counter(word for _, words in text.steps for word in words)
    assert sum(words[word] for word in TABLES) == count_primitives(name)["gather"]


@pytest.mark.parametrize("name", ROLLED)
def test_a_rolled_model_is_made_of_these_words(name, monkeypatch):
    roll_everything(monkeypatch)
    assert written(count_primitives(name)) == ROLLED[name]


def test_the_list_names_every_model():
    assert GOLDEN.keys() == ALL.keys()
