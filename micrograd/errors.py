"""What goes wrong, in words: what happened, why, and what to write instead.

A message is made by a function that cannot itself raise; its wording is tested.
"""

from micrograd.support.source_line import user_line
from micrograd.support.wording import kind


class GraphError(ValueError):
    """A graph that cannot be differentiated, copied or drawn as it stands."""


class ShapeError(ValueError):
    """Inputs, targets or stored numbers whose length is not the one expected."""


class TraceError(TypeError):
    """A compiled function that asks for a number too early, or that cannot be compiled."""


class ExpressionError(ValueError):
    """A text that is not an expression of numbers, names, operators and ops."""


class DamagedFile(ValueError):
    """A file of numbers that is not as it was written."""


class TableError(ValueError):
    """A CSV file that cannot be read as a table, or from which that cannot be learned."""


class Diverged(FloatingPointError):
    """Training that ended in nan or inf; `history` is what it was until then."""

    def __init__(self, message: str, history):
        super().__init__(message)
        self.history = history


def not_a_scalar(x) -> str:
    return (
        f"a Value holds one number (int, float, bool or a NumPy scalar), got {kind(x)}. "
        "Make one Value for each number: [Value(x) for x in row]; a Value's number is v.data."
    )


def array_meets_value(x) -> str:
    return (
        f"a Value is one scalar and cannot be combined with {kind(x)} as a whole. "
        "Write the loop: [v * x for x in array]."
    )


def unknown_input(op: str, x) -> str:
    return (
        f"{op} takes numbers and Values, one each, got {kind(x)}. "
        f"For several, write the loop: [{op}(x) for x in xs]."
    )


def called(node) -> str:
    """What to call a node in a message."""
    label = getattr(node, "label", "")
    return repr(label) if label else repr(node)


def made_by_hand(mark: str) -> str:
    return (
        f"the node {mark!r} was made by hand, so its partials are not known. Set its `_backward` "
        "for `backward()`; for copies and for derivatives of derivatives give the op a row: "
        "Op(name, symbol, forward, partials)."
    )


def no_such_row(name: str) -> str:
    return (
        f"no op is called {name!r}: it is neither in the table nor registered. "
        f"Define its row again, then write micrograd.OPS[{name!r}] = that row."
    )


def anomaly(what: str, op: str, inputs, number: float, line: str) -> str:
    numbers = ", ".join(f"{x.label or 'data'}={x.data!r}" for x in inputs)
    return f"{what} of {op} is {number}, where its inputs are {numbers}. Made at {line}"


def unknown_name(what: str, name, known) -> str:
    return f"unknown {what} {name!r}: it is one of {', '.join(known)}, or a function."


def unequal_lengths(outputs: int, targets: int) -> str:
    return f"{outputs} outputs but {targets} targets: a loss needs one target for each output."


def rows_and_labels(rows: int, labels: int) -> str:
    return f"{rows} rows but {labels} labels: each row of X needs one label in y."


def no_such_place(i, length: int) -> str:
    return (
        f"there is no {i} in a list of {length}: a class or a row is its index, 0 to {length - 1}."
    )


def one_class(centers: int) -> str:
    return f"{centers} class leaves nothing to tell apart: there must be at least two."


def too_few_examples(n: int) -> str:
    return f"{n} examples cannot hold two classes, or be split in two: ask for at least two."


def not_a_share(validation: float) -> str:
    return f"validation={validation} is not a share of the examples: write one between 0 and 1."


def nothing_to_train() -> str:
    return "an optimizer of no parameters has nothing to train: give it model.parameters()."


def nesterov_without_momentum() -> str:
    return "Nesterov's step looks ahead along the momentum, and there is none: write momentum=0.9."


def not_one_number(who: str, got) -> str:
    return (
        f"{who} needs a function that returns one number, got {kind(got)}: "
        "return one of them or their sum, or use jacobian."
    )


def wrong_arity(name: str, wants: int, got: int) -> str:
    return f"{name} takes {wants} input{'s' * (wants != 1)}, got {got}."


def nan_target() -> str:
    return "a target is nan, which no output can meet: drop the examples whose label is missing."


def no_room_for_dots(dot: float, radius: float) -> str:
    return f"a dot of radius {dot} does not fit: write one between 0 and {radius / 2}."


def malformed_row(name: str) -> str:
    return (
        f"the row {name!r} needs a tuple of partials, one for each input; "
        "a tuple of one has a comma: (lambda x, out: 2.0 * x,)."
    )


def empty(what: str) -> str:
    return f"{what} of nothing is not defined: give it at least one number."


# ----------------------------------------------------------------------------------------- training


# ---------------------------------------------------------------------------------- files of models


# ------------------------------------------------------------------------------------------- models


# ------------------------------------------------------------------------------------------- tables


# ------------------------------------------------------------------------ what files cannot be of


def no_side_effect() -> str:
    return (
        f"at {user_line()}\n"
        "a compiled function is run once to be traced, so it may not change anything: setting "
        ".data or .grad, zero_grad() and backward() would happen that one time. Return the loss "
        "and do it outside, or use compile_step, which updates the parameters too."
    )


def no_spelling(name: str) -> str:
    return (
        f"{name} cannot be compiled: what the row computes is not written in ops. "
        "Write its forward with operators and micrograd's functions, without branches, as in "
        'Op("swish", "swish({})", lambda x: x * sigmoid(x), ...).'
    )


def not_a_node(got) -> str:
    return f"only what is computed can be drawn, one Value with its graph; got {kind(got)}."


def unknown_format(name: str, known) -> str:
    return f"{name!r} does not end in a format that is known: {', '.join('.' + x for x in known)}."
