"""Parameter groups: some of an optimizer's parameters, with settings of their own.

Rule: a group is read and set as PyTorch's, a dict of settings with the parameters under "params".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence

from micrograd.optim import messages

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from micrograd.optim.optimizers import Optimizer

    Group = tuple[list[Any], dict[str, Any]]  # the parameters, and the settings that are their own


class ParameterGroup(MutableMapping[str, "Any"]):
    """The settings of some parameters: reading and setting them reaches into the optimizer.

    >>> from micrograd import Value, optim
    >>> optimizer = optim.SGD([Value(1.0)], lr=0.1)
    >>> for group in optimizer.param_groups:
    ...     group["lr"] *= 0.5
    >>> optimizer.lr
    0.05
    """

    def __init__(self, optimizer: Optimizer, settings: Sequence[str]):
        self.optimizer, self.settings = optimizer, settings

    def __getitem__(self, name: str) -> Any:
        if name == "params":
            return self.optimizer.parameters
        if name not in self.settings:
            raise KeyError(self.unknown(name))
        return getattr(self.optimizer, name)

    def __setitem__(self, name: str, x: Any) -> None:
        if name not in self.settings:
            raise KeyError(self.unknown(name))
        setattr(self.optimizer, name, x)

    def __delitem__(self, name: str) -> NoReturn:
        raise KeyError(self.unknown(name))

    def __iter__(self) -> Iterator[str]:
        return iter(["params", *self.settings])

    def __len__(self) -> int:
        return 1 + len(self.settings)

    def __repr__(self) -> str:
        return repr({name: self[name] for name in self.settings})

    def unknown(self, name: str) -> str:
        return messages.unknown_setting(type(self.optimizer).__name__, name, self.settings)


def read_groups(who: str, parameters: Any) -> list[Group]:
    """Return the groups that an optimizer was given; a plain list of Values is one.

    Raises ValueError for no parameters, or one in two groups, and TypeError for what is no Value.
    """
    if not isinstance(parameters, Iterable) or isinstance(parameters, str | Mapping):
        raise TypeError(messages.not_a_list_of_parameters(who, parameters))
    entries = list(parameters)
    if not any(issubclass(kind, Mapping) for kind in set(map(type, entries))):
        return [(unique_values(who, entries), {})]
    groups = [read_group(who, entry) for entry in entries]
    together = [p for values, _ in groups for p in values]
    if len(together) > len(set(together)):
        raise ValueError(messages.in_two_groups())
    return groups


def read_group(who: str, group: Any) -> Group:
    if not isinstance(group, Mapping) or "params" not in group:
        raise ValueError(messages.group_without_parameters())
    own = {name: x for name, x in group.items() if name != "params"}
    values = group["params"]
    if hasattr(values, "grad"):  # a single Value
        values = [values]
    return unique_values(who, values), own


def unique_values(who: str, values: Any) -> list[Any]:
    """Return the Values, each once. Raises for anything that an optimizer cannot train."""
    if not isinstance(values, Iterable):
        raise TypeError(messages.not_a_list_of_parameters(who, values))
    values = list(values)
    for x in values:
        if not hasattr(x, "grad") or not hasattr(x, "data"):
            raise TypeError(messages.not_a_parameter(who, x))
        if getattr(x, "inputs", ()):
            raise ValueError(messages.not_a_leaf(who))
    if not values:
        raise ValueError(messages.nothing_to_train())
    return list(dict.fromkeys(values))
