"""The structure of a model as JSON, and a model built from such JSON.

Rule: parameters are stored as shapes and ops as names. Building calls no constructor and looks no
class up outside micrograd.nn.

The JSON of each part is a plain value, or an object with one of the keys of `BUILDERS`.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import micrograd.nn as nn
from micrograd.engine import Value
from micrograd.nn import Module, is_parameter_group
from micrograd.ops import Op, is_row, op_named
from micrograd.saving import messages
from micrograd.support.nest import CONTAINERS, leaves

ATOMS = (str, bool, int, float, type(None))  # what JSON has a word for

Json = Any
Parts = list[list[Json]]  # [[key, part], ...]: as keys of a JSON object, all would become text


def describe(model: Module) -> Json:
    """Return the structure of the model as JSON."""
    return Describer().describe(model, "")


def build(path: Path | str, metadata: dict[str, Json], count: int) -> Module:
    """Return the model that the metadata of the file at `path` describes; its parameters are 0.

    `count` is how many numbers the file holds; no part of the model has more parameters. Raises
    ValueError if there is none, or if it cannot be built from this package alone.
    """
    if "model" not in metadata:
        raise ValueError(messages.no_model_in_file(path))
    model: Module = Builder(path, count).build(metadata["model"], "")
    return model


# ------------------------------------------------------------------------------------- describing


class Describer:
    """A writer of the structure of one model.

    Each Value has a number, in the order in which Values are met, so that tied ones stay tied. A
    container or module that is met a second time is written as {"same": its first path}.
    """

    def __init__(self) -> None:
        self.numbers: dict[Value, int] = {}
        self.paths: dict[int, str] = {}  # by id, of containers and modules

    def describe(self, x: Any, path: str) -> Json:
        """Return the structure of `x`, which stands at that path in the model."""
        if id(x) in self.paths:
            return {"same": self.paths[id(x)]}
        if isinstance(x, (*CONTAINERS, Module)):
            self.paths[id(x)] = path
        parameters = self.describe_values(x) if is_parameter_group(x) else None
        if parameters is not None:
            return parameters
        if isinstance(x, Module):
            kind = type(x)
            parts = self.describe_parts(vars(x).items(), path)
            return {"class": kind.__name__, "own": is_user_class(kind), "parts": parts}
        return self.describe_plain(x, path)

    def describe_plain(self, x: Any, path: str) -> Json:
        """Return the structure of something that is neither a module nor parameters in rows."""
        if type(x) is dict:
            return {"dict": self.describe_parts(x.items(), path)}
        if type(x) in (list, tuple):
            items = self.describe_parts(enumerate(x), path)
            parts = [part for _, part in items]
            return {type(x).__name__: parts}
        if isinstance(x, Op) and is_row(x):
            return {"op": x.name}
        return as_json_atom(x, path)

    def describe_parts(self, items: Iterable[tuple[Any, Any]], path: str) -> Parts:
        parts = []
        for key, part in items:
            part_path = join_path(path, key)
            parts.append([as_json_atom(key, part_path), self.describe(part, part_path)])
        return parts

    def describe_values(self, x: Any) -> Json | None:
        """Return {"values": the first one's number, "shape": ...} of a Value or of equal rows.

        Return None if the rows are unequal, or if the Values are not numbered one after the other
        because some of them also stand elsewhere. Values that are not trained have "trained":
        false.
        """
        shape = shape_of(x)
        values = leaves(x)
        numbers = [self.numbers.setdefault(value, len(self.numbers)) for value in values]
        first = numbers[0]
        consecutive = numbers == list(range(first, first + len(numbers)))
        trained = {value.requires_grad for value in values}
        if shape is None or not consecutive or len(trained) > 1:
            return None
        described = {"values": first, "shape": shape}
        return described if trained == {True} else {**described, "trained": False}


def as_json_atom(x: Any, path: str) -> Json:
    """Return x if JSON has a word for it, else the name of its type, and where it was."""
    if getattr(x, "shape", None) == ():
        x = x.item()  # a number of NumPy's
    return x if type(x) in ATOMS else {"unknown": type(x).__name__, "at": path}


def join_path(path: str, key: Any) -> str:
    return f"{path}.{key}" if path else str(key)


def shape_of(x: Any) -> list[int] | None:
    """Return [] for a Value, [rows, columns] for lists of equal lengths, None for anything else."""
    if isinstance(x, Value):
        return []
    shapes = [shape_of(part) for part in x]
    row = shapes[0]
    if type(x) is not list or row is None or shapes.count(row) < len(shapes):
        return None
    return [len(x), *row]


def is_user_class(kind: type) -> bool:
    return getattr(nn, kind.__name__, None) is not kind


# --------------------------------------------------------------------------------------- building


class Builder:
    """A builder of the model in one file."""

    def __init__(self, path: Path | str, count: int) -> None:
        self.path, self.count = path, count
        self.values: dict[int, Value] = {}  # by their numbers
        self.parts: dict[str, Any] = {}  # by their paths in the model

    def build(self, x: Json, path: str) -> Any:
        """Return the part of the model that `x` describes and that stands at that path."""
        if not isinstance(x, dict):
            return x
        kind = next((key for key in BUILDERS if key in x), None)
        if kind is None:
            raise ValueError(messages.later_format(self.path))
        return self.parts.setdefault(path, BUILDERS[kind](self, x, path))

    def build_module(self, x: Json, path: str) -> Module:
        name = x["class"]
        if x["own"]:
            raise ValueError(messages.user_class(self.path, name))
        kind = getattr(nn, name, None)
        if not (isinstance(kind, type) and issubclass(kind, Module)):
            raise ValueError(messages.later_format(self.path))
        module = object.__new__(kind)
        self.parts[path] = module  # before its parts, which may hold it
        vars(module).update(self.build_items(x["parts"], path))
        return module

    def build_items(self, parts: Iterable[Any], path: str) -> Iterator[tuple[Any, Any]]:
        """Yield (key, part) for each entry of a module or dict."""
        for pair in parts:
            key, part = pair[0], pair[1]
            part_path = join_path(path, key)
            yield self.build(key, part_path), self.build(part, part_path)

    def build_dict(self, x: Json, path: str) -> dict[Any, Any]:
        return dict(self.build_items(x["dict"], path))

    def build_list(self, x: Json, path: str) -> list[Any]:
        return [part for _, part in self.build_items(enumerate(x["list"]), path)]

    def build_tuple(self, x: Json, path: str) -> tuple[Any, ...]:
        return tuple(self.build_list({"list": x["tuple"]}, path))

    def build_op(self, x: Json, _: str) -> Op:
        return op_named(x["op"])

    def build_values(self, x: Json, _: str) -> Any:
        shape, first = x["shape"], x["values"]
        if max([math.prod(shape), *shape]) > self.count or first not in range(self.count):
            raise ValueError(messages.odd_structure(self.path))
        values = self.values_in_shape(shape, first)
        if not x.get("trained", True):
            for value in leaves(values):
                value.requires_grad = False
        return values

    def values_in_shape(self, shape: list[int], first: int) -> Any:
        """Return the Values from number `first` on, in nested lists of those lengths."""
        if not shape:
            return self.values.setdefault(first, Value(0.0))
        length, *row = shape
        stride = math.prod(row)
        return [self.values_in_shape(row, first + i * stride) for i in range(length)]

    def build_same(self, x: Json, _: str) -> Any:
        return self.parts[x["same"]]

    def refuse_unknown(self, x: Json, _: str) -> None:
        raise ValueError(messages.not_in_a_file(self.path, x["at"], x["unknown"]))


BUILDERS: dict[str, Callable[[Builder, Json, str], Any]] = {
    "class": Builder.build_module,
    "dict": Builder.build_dict,
    "list": Builder.build_list,
    "tuple": Builder.build_tuple,
    "op": Builder.build_op,
    "values": Builder.build_values,
    "same": Builder.build_same,
    "unknown": Builder.refuse_unknown,
}
