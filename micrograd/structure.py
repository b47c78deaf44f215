"""What a model consists of, as JSON, and a model made of that again.

Rule: parameters are shapes there, ops are names; no constructor is called, and no class is looked
up but in micrograd.nn.
"""

import micrograd.nn as nn
from micrograd import errors
from micrograd.engine import Value
from micrograd.nest import ends, nest_map
from micrograd.nn.network import Module, only_values
from micrograd.ops import OPS, Op

PLAIN = (str, bool, int, float, type(None))


class Describer:
    """What a model consists of, as JSON: parameters are their shapes, the rest stands there."""

    def __init__(self):
        self.seen: dict[Value, tuple[str, list]] = {}

    def describe(self, x, name: str = ""):
        if only_values(x):
            return self.parameter(x, name)
        if isinstance(x, Module):
            parts = self.described(vars(x), name)
            return {"class": type(x).__name__, "own": own(type(x)), "parts": parts}
        if isinstance(x, dict):
            return {"dict": self.described(x, name)}
        if isinstance(x, list | tuple):
            parts = self.described(dict(enumerate(x)), name)
            return {type(x).__name__: list(parts.values())}
        if isinstance(x, Op) and OPS.get(x.name) is x:
            return {"op": x.name}
        return x if isinstance(x, PLAIN) else {"unknown": type(x).__name__, "at": name}

    def described(self, parts: dict, name: str) -> dict:
        found = {}
        for key, part in parts.items():
            found[key] = self.describe(part, under(name, key))
        return found

    def parameter(self, x, name: str) -> dict:
        """{"zeros": ...}, or the name of the entry that it is tied to."""
        values = ends(x)
        ties = {self.seen[value][0] for value in values if value in self.seen}
        if not ties:
            self.seen |= dict.fromkeys(values, (name, values))
            return {"parameter": nest_map(lambda _: 0, x)}
        entry, others = self.seen.get(values[0], ("", []))
        if others != values:
            raise ValueError(errors.tied_in_part(name, sorted(ties)))
        return {"same": entry}


def described(model: Module) -> dict:
    return Describer().describe(model)


def under(name: str, key) -> str:
    return f"{name}.{key}" if name else str(key)


def own(kind: type) -> bool:
    """Whether it is a class of the user's."""
    return getattr(nn, kind.__name__, None) is not kind


def built(path, kept: dict) -> Module:
    if "model" not in kept:
        raise ValueError(errors.no_model_in_file(path))
    return Builder(path).build(kept["model"], "")


class Builder:
    """A model out of its description; no constructor is called, nothing is looked up but in nn."""

    def __init__(self, path):
        self.path = path
        self.made: dict[str, object] = {}

    def build(self, x, name: str):
        if not isinstance(x, dict):
            return x
        (kind, content), *_ = x.items()
        return getattr(self, f"make_{kind}")(content, x, name)

    def make_class(self, kind: str, x: dict, name: str) -> Module:
        if x["own"]:
            raise ValueError(errors.class_of_ones_own(self.path, kind))
        module = object.__new__(getattr(nn, kind))
        vars(module).update(self.make_dict(x["parts"], x, name))
        return module

    def make_dict(self, content: dict, _, name: str) -> dict:
        made = {}
        for key, part in content.items():
            made[key] = self.build(part, under(name, key))
        return made

    def make_list(self, content: list, _, name: str) -> list:
        made = self.make_dict(dict(enumerate(content)), _, name)
        return list(made.values())

    def make_tuple(self, content: list, _, name: str) -> tuple:
        return tuple(self.make_list(content, _, name))

    def make_op(self, content: str, *_) -> Op:
        if content not in OPS:
            raise ValueError(errors.no_such_row(content))
        return OPS[content]

    def make_parameter(self, content, _, name: str):
        self.made[name] = nest_map(lambda _: Value(0.0), content)
        return self.made[name]

    def make_same(self, content: str, *_):
        return self.made[content]

    def make_unknown(self, content: str, x: dict, _):
        raise ValueError(errors.not_in_a_file(self.path, x["at"], content))
