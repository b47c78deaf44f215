"""Names that do not exist here: the error says what to write instead, and which name is near.

Rule: the message is made when somebody reads it, so that `hasattr` and a default of `getattr` cost
as much as ever. A table gives, for a name that other libraries have, the sentence to show.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from micrograd.support.wording import did_you_mean, nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])

Sentences = Mapping[str, str]  # from a name to what to write in its place

LONGEST = 40  # characters of a value that a message repeats


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


def keywords(instead: Sentences, call: str = "") -> Callable[[F], F]:
    """Return a decorator: a keyword that the function lacks is answered by a TypeError.

    It says which keyword there is. In the sentences of `instead`, whose keys may be several names,
    the caller's number or short text takes the place of an {example}. With `call`, which shows how
    to call the function, other calls that Python refuses are answered, too.

    >>> @keywords({"learning_rate eta": "Write lr={0.1}."})
    ... def descend(lr=0.1): ...
    >>> descend(eta=1.0)
    Traceback (most recent call last):
        ...
    TypeError: descend() has no parameter 'eta'. Write lr=1.0.
    """
    sentences = {name: text for names, text in instead.items() for name in names.split()}

    def decorate(f: F) -> F:
        signature = inspect.signature(f)
        known = list(signature.parameters)
        who = f.__qualname__.removesuffix(".__init__") + "()"

        @functools.wraps(f)
        def answer(*args: Any, **kwargs: Any) -> Any:
            unknown = [name for name in kwargs if name not in known]
            if unknown:
                answers = [answer_to(name, kwargs[name], known, sentences) for name in unknown]
                raise TypeError(f"{who} " + " It ".join(answers))
            if call:
                check_call(signature, who, call, args, kwargs)
            return f(*args, **kwargs)

        return answer  # type: ignore[return-value]

    return decorate


def answer_to(name: str, x: object, known: Sequence[str], sentences: Sentences) -> str:
    """Return the end of a sentence about a keyword, given as `x`, and what to write instead."""
    advice = advice_for(name, known, sentences)
    if not advice:
        near = nearest(name, sentences)
        advice = f" {sentences[near[0]]}" if near else ""
    is_plain = type(x) in (int, float, str) and len(str(x)) <= LONGEST
    written = re.sub(r"\{(.+?)\}", lambda match: repr(x) if is_plain else match[1], advice)
    return f"has no parameter {name!r}.{written}"


def check_call(
    signature: inspect.Signature, who: str, call: str, args: Sequence[Any], kwargs: dict[str, Any]
) -> None:
    """Raise TypeError, with `call`, unless a function of that signature can be called so."""
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        raise TypeError(f"{who} cannot be called like this: {error}. Write {call}.") from None
