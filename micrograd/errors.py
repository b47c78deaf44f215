"""Exception classes, and the messages of the core: what happened, why, and what to do.

Rule: a message is made by a function that cannot itself raise; its wording is tested. Each wing has
its own in `messages.py`.
"""

from __future__ import annotations

from collections.abc import Iterable

from micrograd.support.wording import did_you_mean, kind, plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class GraphError(ValueError):
    """A graph that cannot be differentiated, copied or drawn as it stands."""


class ShapeError(ValueError):
    """Inputs, targets or stored numbers whose length is not the expected one."""


class GradientWarning(UserWarning):
    """The number of a Value was read, and its gradient is likely to be lost."""


class TraceError(TypeError):
    """A compiled function that asks for a number too early, or that cannot be compiled."""


class ExpressionError(ValueError):
    """A text that is not an expression of numbers, names, operators and ops."""


class DamagedFile(ValueError):
    """A file of numbers that has changed since it was written."""


class TableError(ValueError):
    """A CSV file that cannot be read as a table, or that a model cannot learn from."""


class Diverged(FloatingPointError):
    """Training that ended in nan or inf; `history` is what was recorded until then."""

    def __init__(self, message: str, history: Any):
        super().__init__(message)
        self.history = history


# -------------------------------------------------------------------------- numbers, ops and graphs


def not_a_scalar(x: object) -> str:
    advice = "Make one Value for each number: [Value(x) for x in row]. A Value's number is v.data."
    return f"A Value holds one number (int, float, bool or a NumPy scalar), got {kind(x)}. {advice}"


def array_meets_value(x: object) -> str:
    loop = "Write the loop: [v * x for x in array]."
    return f"A Value is one scalar and cannot be combined with {kind(x)} as a whole. {loop}"


def gradient_lost() -> str:
    return "No gradient flows through math.exp(v) or float(v). Write micrograd.exp(v), or v.data."


def no_such_ufunc(name: str) -> str:
    own = "write an op of your own: Op(...). For a number without a gradient, pass v.data."
    return f"NumPy's {name} does not work on Values. Use one of our ops, such as exp(v), or {own}"


def unknown_input(op: str, x: object) -> str:
    loop = f"For several, write the loop: [{op}(x) for x in xs]."
    return f"{op} takes numbers and Values, one for each input, got {kind(x)}. {loop}"


def wrong_arity(name: str, expected: int, got: int) -> str:
    return f"{name} takes {plural(expected, 'input')}, got {got}."


def no_such_place(i: object, length: int) -> str:
    if not length:
        return f"Index {i} is out of range: the table is empty. Pass a table of at least one entry."
    return f"Index {i} is out of range: classes and rows are numbered from 0 to {length - 1}."


def malformed_row(name: str) -> str:
    example = "Write a tuple of one with a comma: (lambda x, out: 2.0 * x,)."
    return f"The row {name!r} needs a tuple of partials, one for each input. {example}"


def no_such_row(name: str) -> str:
    advice = f"Define its row again, then write micrograd.OPS[{name!r}] = that row."
    return f"No op is called {name!r}: it is neither in the table nor registered. {advice}"


def handmade_node(symbol: str) -> str:
    rest = "For anything else, such as copies, explain() and gradients(), give the op a row"
    advice = f"Set its `_backward` for `backward()`. {rest}: Op(name, template, forward, partials)."
    return f"The node {symbol!r} was made by hand, so its partials are unknown. {advice}"


def anomaly(what: str, op: str, inputs: Iterable[Any], number: float, line: str) -> str:
    numbers = ", ".join(f"{x.label or 'data'}={x.data!r}" for x in inputs)
    return f"{what} of {op} is {number}, where its inputs are {numbers}. Made at {line}"


# ------------------------------------------------------------------------------- names and modules


SOFTMAX = " It takes a list: write nn.Sequential(model, nn.Softmax()), or the loss cross_entropy."


def unknown_name(what: str, name: object, known: Iterable[str], otherwise: str = "") -> str:
    advice = SOFTMAX if str(name) == "softmax" else did_you_mean(str(name), known)
    return f"Unknown {what} {name!r}.{advice} Choose one of {', '.join(known)}{otherwise}."


def wrong_length(who: str, wants: int, got: int) -> str:
    inputs = plural(wants, "input")
    return f"{who} takes {inputs}, got {got}. Pass a list with a number or Value for each input."


def not_a_state(got: object) -> str:
    return f"A state is a dict, which state_dict() returned, got {kind(got)}. Pass such a dict."


def unexpected_name(name: str) -> str:
    return f"unexpected {name}" + (" (call export.load_arrays)" if ".*." in name else "")


def state_does_not_fit(problems: Iterable[str]) -> str:
    listed = "".join(f"\n  {problem}" for problem in problems)
    return f"The state does not fit the module, so nothing was loaded:{listed}"


def class_needs_arguments(name: str) -> str:
    return f"{name} is a class that needs arguments. Pass an object of it: {name}(...)."


def no_layers(nouts: object) -> str:
    return f"nouts must be the list of the layers' sizes, such as [16, 16, 1], got {kind(nouts)}."


# ----------------------------------------------------- messages that the compiler and a wing share


def not_a_node(got: object) -> str:
    only = "Only a Value can be differentiated, drawn or explained, with the graph that it was"
    return f"{only} computed from, got {kind(got)}. Pass the result of an op, such as the loss."


def not_a_value(x: object) -> str:
    advice = "Pass the Values themselves, such as model.parameters()."
    return f"Expected a list of Values that the result was computed from, got {kind(x)}. {advice}"
