"""What a model consists of, as JSON, and a model made of that again.

Rule: parameters are shapes there, ops are names; no constructor is called, and no class is looked
up but in micrograd.nn.
"""

import math

import micrograd.nn as nn
from micrograd.engine import Value
from micrograd.nn import Module, only_values
from micrograd.ops import Op, is_row, op_named
from micrograd.saving import messages
from micrograd.support.nest import CONTAINERS, leaves

PLAIN = (str, bool, int, float, type(None))


class Describer:
    """What a model consists of, as JSON: parameters are their shapes, the rest stands there.

    Every Value has a number, in the order in which they are met, and so has one place or several; a
    container or module that is met again is {"same": its first place}.
    """

    def __init__(self):
        self.numbers: dict[Value, int] = {}
        self.places: dict[int, str] = {}

    def describe(self, x, name: str = ""):
        if id(x) in self.places:
            return {"same": self.places[id(x)]}
        if isinstance(x, (*CONTAINERS, Module)):
            self.places[id(x)] = name
        if only_values(x) and (found := self.parameter(x)):
            return found
        if isinstance(x, Module):
            parts = self.described(vars(x).items(), name)
            return {"class": type(x).__name__, "own": own(type(x)), "parts": parts}
        return self.plain(x, name)

    def plain(self, x, name: str):
        """Of what is no module and no parameter."""
        if type(x) is dict:
            return {"dict": self.described(x.items(), name)}
        if type(x) in (list, tuple):
            parts = self.described(enumerate(x), name)
            return {type(x).__name__: [part for _, part in parts]}
        if isinstance(x, Op) and is_row(x):
            return {"op": x.name}
        return atom(x, name)

    def described(self, parts, name: str) -> list:
        """[[key, what is there], ...]: in JSON the keys of an object would all become text."""
        found = []
        for key, part in parts:
            place = under(name, key)
            found.append([atom(key, place), self.describe(part, place)])
        return found

    def parameter(self, x) -> dict | None:
        """{"values": the number of the first, "shape": ...} of a Value or of rows of equal length.

        None where they are not, or where the Values are not numbered one after the other, since
        some stand in other places, too.
        """
        sizes = lengths(x)
        found = [self.numbers.setdefault(value, len(self.numbers)) for value in leaves(x)]
        first = found[0]
        in_a_row = found == list(range(first, first + len(found)))
        return {"values": first, "shape": sizes} if in_a_row and sizes is not None else None


def described(model: Module) -> dict:
    return Describer().describe(model)


def atom(x, name: str):
    """What JSON has a word for; of anything else, what it was and where."""
    x = x.item() if getattr(x, "shape", None) == () else x  # NumPy's numbers
    return x if type(x) in PLAIN else {"unknown": type(x).__name__, "at": name}


def under(name: str, key) -> str:
    return f"{name}.{key}" if name else str(key)


def lengths(x) -> list[int] | None:
    """[rows, columns] of lists of equal lengths, [] of a Value; None of what is neither."""
    if isinstance(x, Value):
        return []
    inner = [lengths(part) for part in x]
    equal = type(x) is list and inner[0] is not None and inner.count(inner[0]) == len(x)
    return [len(x), *inner[0]] if equal else None


def own(kind: type) -> bool:
    """Whether it is a class of the user's."""
    return getattr(nn, kind.__name__, None) is not kind


def built(path, kept: dict) -> Module:
    if "model" not in kept:
        raise ValueError(messages.no_model_in_file(path))
    return Builder(path).build(kept["model"], "")


class Builder:
    """A model out of its description; no constructor is called, nothing is looked up but in nn."""

    def __init__(self, path):
        self.path = path
        self.values: dict[int, Value] = {}
        self.made: dict[str, object] = {}

    def build(self, x, name: str):
        if not isinstance(x, dict):
            return x
        (kind, content), *_ = x.items()
        make = getattr(self, f"make_{kind}")
        return self.made.setdefault(name, make(content, x, name))

    def make_class(self, kind: str, x: dict, name: str) -> Module:
        if x["own"]:
            raise ValueError(messages.class_of_ones_own(self.path, kind))
        found = getattr(nn, kind, None)
        if not (isinstance(found, type) and issubclass(found, Module)):
            raise ValueError(messages.later_format(self.path))
        self.made[name] = module = object.__new__(found)
        vars(module).update(self.make_dict(x["parts"], x, name))
        return module

    def make_dict(self, content: list, _, name: str) -> dict:
        made = {}
        for key, part in content:
            place = under(name, key)
            made[self.build(key, place)] = self.build(part, place)
        return made

    def make_list(self, content: list, _, name: str) -> list:
        made = self.make_dict(enumerate(content), _, name)
        return list(made.values())

    def make_tuple(self, content: list, _, name: str) -> tuple:
        return tuple(self.make_list(content, _, name))

    def make_op(self, content: str, *_) -> Op:
        return op_named(content)

    def make_values(self, first: int, x: dict, _):
        return self.shaped(x["shape"], first)

    def shaped(self, sizes: list[int], first: int):
        """Lists of those lengths within each other, of the Values from `first` on."""
        if not sizes:
            return self.values.setdefault(first, Value(0.0))
        length, *inner = sizes
        apart = math.prod(inner)
        return [self.shaped(inner, first + i * apart) for i in range(length)]

    def make_same(self, content: str, *_):
        return self.made[content]

    def make_unknown(self, content: str, x: dict, _):
        raise ValueError(messages.not_in_a_file(self.path, x["at"], content))
