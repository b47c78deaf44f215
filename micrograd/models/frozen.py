"""A model with plain numbers for its parameters: quicker where no gradient is asked for."""

from copy import copy

from micrograd.engine import Value
from micrograd.nn import Module
from micrograd.support.nest import nest_map


def frozen(x):
    """A copy of a module, or of what is in one, with numbers for Values."""
    if isinstance(x, Module):
        found = copy(x)
        vars(found).update(nest_map(frozen, vars(x)))
        return found
    return x.data if isinstance(x, Value) else x
