"""Layouts: the parameters of a model in arrays, by name, there and back.

Rule: a group of parameters is an array under the name that `state_dict` has for it. Modules side by
side that hold single numbers and lists, such as the neurons of a layer, are stacked: `*` stands for
their number. A Value that stands in two places is in one array only, the first. An array is trained
as a whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter
from typing import Any

import numpy as np

from micrograd import errors
from micrograd.engine import Value
from micrograd.export import messages
from micrograd.export.arguments import require_module
from micrograd.nn import Module, parameter_groups
from micrograd.support.nest import children

Layout = dict[str, np.ndarray]  # of Values


def layout_of(model: Module) -> Layout:
    """Return the parameters of a model, as arrays of Values by name.

    Raises ValueError for two of one name, as an attribute "w.0" and the rows of an uneven "w" are.

    >>> from micrograd import MLP
    >>> {name: values.shape for name, values in layout_of(MLP(2, [3])).items()}
    {'layers.0.neurons.*.w': (3, 2), 'layers.0.neurons.*.b': (3,)}
    """
    groups: list[tuple[str, np.ndarray]] = []
    for name, group in parameter_groups(model):
        groups += even_arrays(name, group)
    layout = each_value_once(with_stacks(dict(groups)))
    layout = without_mixtures(layout, attrgetter("requires_grad"))
    held = set(values_in(layout))
    for name, values in groups:
        if not held.issuperset(values.ravel().tolist()):
            raise ValueError(messages.duplicate_name(name))
    return layout


def arrays_of(model: Module) -> dict[str, np.ndarray]:
    """Return the numbers of the parameters, as float64 arrays under the names of the layout.

    Raises TypeError for anything but a Module.

    >>> from micrograd import nn
    >>> model = nn.Linear(2, 1)
    >>> model.weight[0][0].data, model.weight[0][1].data = 0.5, -0.25
    >>> arrays_of(model)["weight"]
    array([[ 0.5 , -0.25]])
    """
    require_module(model)
    return {name: data_of(values) for name, values in layout_of(model).items()}


def values_in(layout: Layout) -> list[Value]:
    """Return the Values of a layout, in its order."""
    return [value for values in layout.values() for value in values.ravel().tolist()]


def data_of(values: np.ndarray) -> np.ndarray:
    """Return the data of an array of Values, in its shape."""
    return np.array([x.data for x in values.ravel()], float).reshape(values.shape)


def load_arrays(model: Module, arrays: Mapping[str, Any]) -> None:
    """Set the parameters from arrays or tensors under the names of the layout.

    Raises TypeError for anything but a Module. Raises ShapeError, which names every missing,
    unexpected and misshapen array, and then sets nothing.

    >>> from micrograd import nn
    >>> model = nn.Linear(2, 1)
    >>> load_arrays(model, {"weight": [[0.5, -0.25]], "bias": [1.0]})
    >>> model([2.0, 4.0])[0].data
    1.0
    """
    require_module(model)
    layout = layout_of(model)
    given = {name: numbers_of(array) for name, array in arrays.items()}
    problems = sorted(problems_of(layout, given))
    if problems:
        is_state = given.keys() == model.state_dict().keys()
        hint = messages.names_of_state() if is_state else ""
        raise errors.ShapeError(errors.state_does_not_fit(problems) + hint)
    for name, values in layout.items():
        for value, x in zip(values.ravel(), given[name].ravel().tolist()):
            value.data = x


def numbers_of(array: Any) -> np.ndarray:
    """Return an array, a nested list, or a tensor of PyTorch on any device, as float64."""
    if hasattr(array, "detach"):
        array = array.detach().cpu().double()
    return np.asarray(array, float)


def problems_of(layout: Layout, given: Mapping[str, np.ndarray]) -> Iterator[str]:
    """Yield what is wrong with each array that does not fit the layout, or is not there."""
    for name, values in layout.items():
        if name not in given:
            yield f"missing {name}"
        elif given[name].shape != values.shape:
            yield messages.wrong_shape(name, given[name].shape, values.shape)
    for name in given:
        if name not in layout:
            yield f"unexpected {name}"


def even_arrays(name: str, group: Any) -> Iterator[tuple[str, np.ndarray]]:
    """Yield (name, array of Values); if rows have unequal lengths, a pair for each row."""
    try:
        array = np.array(group, object)
    except ValueError:
        array = np.array(None)
    if isinstance(array.flat[0], Value):
        yield name, array
    else:
        for key, row in children(group):
            yield from even_arrays(f"{name}.{key}", row)


def with_stacks(groups: Layout) -> Layout:
    """Return the groups, with one array for those of modules side by side that are alike."""
    families: dict[str, dict[str, dict[str, np.ndarray]]] = {}
    for name, array in groups.items():
        family, number, last = family_of(name)
        families.setdefault(family, {}).setdefault(number, {})[last] = array
    alike = {family for family, members in families.items() if are_alike([*members.values()])}
    stacked: Layout = {}
    for name, array in groups.items():
        family, number, last = family_of(name)
        if number and family in alike:
            stack = f"{family}.*.{last}"
            if stack not in stacked:
                stacked[stack] = np.stack([member[last] for member in families[family].values()])
        else:
            stacked[name] = array
    return stacked


def family_of(name: str) -> tuple[str, str, str]:
    """Return ("layers.0.neurons", "3", "w") for the "w" of neuron 3, ("", "", name) for no member.

    >>> family_of("layers.0.neurons.3.w"), family_of("table")
    (('layers.0.neurons', '3', 'w'), ('', '', 'table'))
    """
    parts = name.rsplit(".", 2)
    if len(parts) == 3 and parts[1].isdigit():
        return parts[0], parts[1], parts[2]
    return "", "", name


def are_alike(members: list[dict[str, np.ndarray]]) -> bool:
    """Return whether several modules hold numbers and lists alone, of equal names and lengths."""
    shapes = [{last: array.shape for last, array in member.items()} for member in members]
    is_flat = all(len(shape) < 2 for shape in shapes[0].values())
    return len(members) > 1 and is_flat and all(shape == shapes[0] for shape in shapes)


def without_mixtures(layout: Layout, is_trained: Callable[[Value], bool]) -> Layout:
    """Return the layout with an array for each Value where only some of an array are trained."""
    parts: Layout = {}
    for name, values in layout.items():
        if len(set(map(is_trained, values.ravel().tolist()))) < 2:
            parts[name] = values
        else:
            parts |= each_alone(name, values)
    return parts


def each_alone(name: str, values: np.ndarray) -> Layout:
    """Return an array for each Value, whose name ends with its place."""
    arrays: Layout = {}
    for place, value in np.ndenumerate(values):
        arrays[".".join([name, *map(str, place)])] = np.array(value, object)
    return arrays


def each_value_once(layout: Layout) -> Layout:
    """Return the layout without Values that an earlier array holds.

    Where an array is new only in part, each of its new Values is an array of its own.
    """
    seen: set[Value] = set()
    unique: Layout = {}
    for name, values in layout.items():
        entries = set(values.ravel().tolist())
        if len(entries) == values.size and seen.isdisjoint(entries):
            unique[name] = values
            seen |= entries
            continue
        for part, single in each_alone(name, values).items():
            if single.item() not in seen:
                unique[part] = single
                seen.add(single.item())
    return unique
