"""Attributes that do not exist: the error says what to write instead, or which name is similar.

Rule: the message is made when somebody reads it, so that `hasattr` and a default of `getattr` cost
as much as ever. `foreign_names` has the sentence for a name of another library.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from micrograd.support.wording import did_you_mean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

Sentences = Mapping[str, str]  # from a name to what to write in its place


class UnknownAttribute(AttributeError):
    """The AttributeError of `owner`, which has no attribute called `missing`."""

    def __init__(self, owner: str, missing: str, known: Iterable[str], instead: Sentences):
        super().__init__(owner, missing)
        self.owner, self.missing = owner, missing
        self.known, self.instead = known, instead

    def __str__(self) -> str:
        advice = advice_for(self.missing, self.known, self.instead)
        return f"{self.owner} has no attribute {self.missing!r}.{advice}"


def advice_for(name: str, known: Iterable[str], instead: Sentences) -> str:
    """Return what to write in place of a name, as the rest of a message; "" if nobody knows.

    >>> advice_for("Relu", ["ReLU", "Tanh"], {})
    ' Did you mean ReLU?'
    """
    if name in instead:
        return f" {instead[name]}"
    return did_you_mean(name, [other for other in known if not other.startswith("_")])


class ForeignName:
    """An attribute of a class that other libraries' objects have: reading it says what to write.

    It raises AttributeError, so that `hasattr` is False, and whoever sets the attribute has it.
    """

    def __init__(self, sentence: str):
        self.sentence = sentence  # no dict: compiled functions compare those they reach

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, x: object, owner: type) -> NoReturn:
        message = f"{owner.__name__!r} object"
        raise UnknownAttribute(message, self.name, (), {self.name: self.sentence})


def add_foreign_names(owner: type, instead: Sentences) -> None:
    """Let reading the attributes in `instead` say what to write, unless the class has them."""
    for name in instead.keys() - set(dir(owner)):
        attribute = ForeignName(instead[name])
        attribute.__set_name__(owner, name)
        setattr(owner, name, attribute)
