"""Copies of models without Values, whose outputs are plain numbers.

Rule: the model itself stays as it is.
"""

from collections.abc import Callable, Container
from copy import copy
from functools import partial
from typing import Any

from micrograd.engine import Value, read_data
from micrograd.nn import Module
from micrograd.support.nest import CONTAINERS, tree_map


def with_plain_numbers(
    model: Any,
    number_of: Callable[[Value], Any] = read_data,
    numbers_of: Callable[[list[Value]], list[Any]] | None = None,
    rows: Container[int] = (),
) -> Any:
    """Return a copy of a module, or of a part of one, with a float in place of each Value.

    It gives the same outputs as floats, many times faster. The float is the Value's data, or what
    `number_of` returns, such as a formula; `numbers_of` returns those of a list of Values. `rows`
    are the ids of lists that are known to be of Values alone.
    """
    plain = partial(with_plain_numbers, number_of=number_of, numbers_of=numbers_of, rows=rows)
    if isinstance(model, Module):
        module = copy(model)
        vars(module).update({name: plain(x) for name, x in vars(model).items()})
        return module
    if type(model) is list:
        if id(model) not in rows and set(map(type, model)) != {Value}:
            return list(map(plain, model))
        return list(map(number_of, model)) if numbers_of is None else numbers_of(model)
    if isinstance(model, CONTAINERS):
        return tree_map(plain, model)
    return number_of(model) if isinstance(model, Value) else model
