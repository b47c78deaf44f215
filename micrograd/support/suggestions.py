"""Names that do not exist here: the error says what to write instead, and which name is near.

Rule: the message is made when somebody reads it, so that `hasattr` and a default of `getattr` cost
as much as ever. A table gives, for a name that other libraries have, the sentence to show.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping

from micrograd.support.wording import did_you_mean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])

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

    def __init__(self, instead: Sentences):
        self.instead = instead

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, x: object, owner: type) -> NoReturn:
        message = f"{owner.__name__!r} object"
        raise UnknownAttribute(message, self.name, (), self.instead)


def add_foreign_names(owner: type, instead: Sentences) -> None:
    """Let reading the attributes in `instead` say what to write, unless the class has them."""
    for name in instead.keys() - set(dir(owner)):
        attribute = ForeignName(instead)
        attribute.__set_name__(owner, name)
        setattr(owner, name, attribute)


def keywords(instead: Sentences) -> Callable[[F], F]:
    """Return a decorator: an unknown keyword is a TypeError that says which one there is.

    >>> @keywords({"learning_rate": "Write lr."})
    ... def descend(lr=0.1): ...
    >>> descend(learning_rate=1.0)
    Traceback (most recent call last):
        ...
    TypeError: descend() has no parameter 'learning_rate'. Write lr.
    """

    def decorate(f: F) -> F:
        names = list(inspect.signature(f).parameters)

        @functools.wraps(f)
        def call(*args: Any, **kwargs: Any) -> Any:
            for name in kwargs:
                if name not in names:
                    who = f.__qualname__.removesuffix(".__init__")
                    advice = advice_for(name, names, instead)
                    raise TypeError(f"{who}() has no parameter {name!r}.{advice}")
            return f(*args, **kwargs)

        return call  # type: ignore[return-value]

    return decorate
