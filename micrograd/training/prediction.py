"""A model with plain numbers for its parameters: quicker where no gradient is asked for."""

from copy import copy

from micrograd.engine import Value
from micrograd.nn import Module
from micrograd.support.nest import tree_map
from micrograd.transforms import vmap
from micrograd.watchers import no_grad


def frozen(x):
    """A copy of a module, or of what is in one, with numbers for Values."""
    if isinstance(x, Module):
        found = copy(x)
        vars(found).update(tree_map(frozen, vars(x)))
        return found
    return x.data if isinstance(x, Value) else x


def answers(model, X):
    """The outputs for each row, an array: one axis, or two where the model has several."""
    import numpy as np

    with no_grad():
        found = vmap(lambda x: model(x))(X)
    return np.stack(found, axis=-1) if isinstance(found, list) else found
