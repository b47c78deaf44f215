"""Text as a target: the walk over kernels, written as lines of Python.

Rule: each kernel is one line, `t1 = ...`; views are written where they are read. Arrays of
constants stand before the function, under names.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from micrograd.export import shapes
from micrograd.export.constants import Constants
from micrograd.export.dialects import ATOM, OPERATORS, POWER, PRODUCT, SUM, Dialect, name_of
from micrograd.export.target import EXAMPLES, Cut, Padding, Shape
from micrograd.ops import Op, mul

ARGUMENTS = ("x", "y", "random")  # names of the arrays of examples
LARGEST = 2**31  # the integers of all targets are below


@dataclass(frozen=True)
class Text:
    """Source of an array of that shape. `binds` says how tightly, as in dialects.py.

    `cut` has the array and the cuts of a slice, `transposed` the matrix of which it is `.T`, and
    `is_taken` says whether a table chose its entries.
    """

    source: str
    shape: Shape
    binds: int = ATOM
    cut: tuple[Text, tuple[Cut, ...]] | None = None
    transposed: Text | None = None
    is_taken: bool = False

    def within(self, least: int) -> str:
        """Return the source, in parentheses if it binds less tightly."""
        return self.source if self.binds >= least else f"({self.source})"

    def transpose(self, least: int) -> str:
        """Return the source of the matrix with its axes exchanged."""
        if self.transposed is not None:
            return self.transposed.within(least)
        return f"{self.within(ATOM)}.T"


class TextTarget:
    """Lines of one dialect. `like` is an array whose type the constants are to have."""

    def __init__(self, dialect: Dialect, like: Text) -> None:
        self.dialect, self.like = dialect, like
        self.has_convolutions = "convolve" in dialect.words
        self.ops = OpWriters(self)
        self.lines: list[str] = []
        self.constants = Constants()

    def call(self, word: str, *arguments: object) -> str:
        return self.dialect.words[word].format(*arguments)

    def constant(self, numbers: np.ndarray) -> Text:
        name = self.constants.add(numbers)
        return Text(self.call("constant", name, self.like.source), numbers.shape)

    def reshape(self, x: Text, shape: Shape) -> Text:
        if dropped := dropped_axes(x.shape, shape):
            return index(x, dropped, shape)
        sizes = ", ".join(map(str, shape)) or "()"
        return Text(f"{x.within(ATOM)}.reshape({sizes})", shape, is_taken=x.is_taken)

    def slice(self, x: Text, cuts: Sequence[Cut]) -> Text:
        parts = [cut_source(cut, size) for cut, size in zip(cuts, x.shape)]
        return Text(subscript(x, parts), shapes.after_slice(cuts), cut=(x, tuple(cuts)))

    def transpose(self, x: Text, order: Sequence[int]) -> Text:
        if tuple(order) == (1, 0):
            return Text(x.transpose(ATOM), x.shape[::-1], transposed=x)
        source = self.call("transpose", x.within(ATOM), tuple(order))
        return Text(source, shapes.after_transpose(x.shape, order))

    def flip(self, x: Text, axis: int) -> Text:
        return Text(self.call("flip", x.source, axis), x.shape)

    def expand(self, x: Text, shape: Shape) -> Text:
        sizes = [f"{ARGUMENTS[0]}.shape[0]" if n == EXAMPLES else n for n in shape]
        return Text(self.call("expand", x.within(ATOM), tuple_source(sizes)), shape)

    def take(self, x: Text, places: np.ndarray, axis: int) -> Text:
        source = self.call("take", x.source, self.constants.add(places), axis)
        return Text(source, shapes.after_take(x.shape, len(places), axis), is_taken=True)

    def concatenate(self, xs: Sequence[Text], axis: int) -> Text:
        sources = ", ".join(x.source for x in xs)
        shape = shapes.after_concatenate([x.shape for x in xs], axis)
        return Text(self.call("concatenate", sources, axis), shape)

    def contract(
        self,
        xs: Sequence[Text],
        labels: Sequence[str],
        out: str,
    ) -> Text:
        shape = shapes.after_contract([x.shape for x in xs], labels, out)
        if len(xs) == 1 and labels[0] == out:
            return xs[0]
        if len(xs) == 1 and labels[0] == f"{out}k":
            return Text(self.sum(xs[0], len(out)), shape)
        if len(xs) == 2 and labels[0] == labels[1] == f"{out}k" and out:
            return self.contract([self.ops[mul](*xs)], labels[:1], out)
        has_factors = len(xs) == 2 and set(labels[0]) != set(labels[1])
        factors = list(map(self.factor, xs)) if has_factors else xs
        if source := matrix_product(factors, labels, out):
            return self.product(Text(source, shape, PRODUCT))
        formula = f"{','.join(labels)}->{out}"
        sources = ", ".join(x.source for x in factors)
        x = Text(self.call("einsum", formula, sources), shape)
        return self.product(x) if has_factors else x

    def sum(self, x: Text, axis: int) -> str:
        """Return the source of a sum over the last axis."""
        if x.is_taken and "sum_taken" in self.dialect.words:
            count = x.shape[axis]
            return self.call("sum_taken", x.source, count, self.like.source)
        return self.call("sum", x.source, axis)

    def factor(self, x: Text) -> Text:
        """Return an array as a factor of matrix products, in dialects that have a word for it."""
        return self.with_word("factor", x)

    def product(self, x: Text) -> Text:
        return self.with_word("product", x)

    def with_word(self, word: str, x: Text) -> Text:
        if word not in self.dialect.words:
            return x
        return Text(self.call(word, x.source), x.shape)

    def convolve(self, x: Text, filters: Text, strides: Shape, padding: Padding) -> Text:
        shape = shapes.after_convolve(x.shape, filters.shape, strides, padding)
        axes = tuple(range(2, len(shape)))
        image, filters = self.factor(x).source, self.factor(filters)
        if "pad" in self.dialect.words and np.any(padding):
            backwards = tuple(n for zeros in reversed(padding) for n in zeros)
            image = self.call("pad", image, ((0, 0), (0, 0), *padding), backwards)
        cuts = ", ".join([":", ":", *(f"::{step}" for step in strides)])
        windows, taps = "ijk"[: len(axes)], "uvw"[: len(axes)]
        source = self.call(
            "convolve",
            image,
            filters.source,
            tuple_source(strides),
            list(padding),
            tuple_source(filters.shape[2:]),
            tuple_source(axes),
            "" if set(strides) == {1} else f"[{cuts}]",
            f"ec{windows}{taps},oc{taps}->eo{windows}",
            len(axes),
        )
        return self.product(Text(source, shape))

    def extreme(self, name: str, x: Text, axis: int) -> Text:
        return Text(self.call(name, x.source, axis), shapes.after_extreme(x.shape, axis))

    def pick_rows(self, table: Text, index: Text) -> Text:
        source = self.call("pick_rows", table.within(ATOM), index.within(ATOM))
        return Text(source, shapes.after_pick_rows(table.shape, index.shape))

    def pick_along(self, table: Text, index: Text, axis: int) -> Text:
        source = self.call("pick_along", table.within(ATOM), index.within(ATOM), axis)
        return Text(source, index.shape)

    def keep(self, x: Text, comment: str) -> Text:
        if x.source.isidentifier():
            return x
        name = f"t{len(self.lines) + 1}"
        self.lines.append(f"{name} = {x.source}")
        return Text(name, x.shape)


class OpWriters:
    """For each row that the dialect can write, a function of its operands' texts and numbers."""

    def __init__(self, target: TextTarget) -> None:
        self.target, self.dialect = target, target.dialect

    def __getitem__(self, op: Op) -> Callable[..., Text]:
        constant = () if op.constant is None else (whole_text(op.constant),)
        return lambda *operands: self.write(name_of(op), [*operands, *constant])

    def write(self, name: str, operands: Sequence[Text | float]) -> Text:
        is_concrete = name in self.dialect.concrete
        lift = self.array if is_concrete else number_text
        texts = [x if isinstance(x, Text) else lift(x) for x in operands]
        if name in OPERATORS:
            template, binds, needs = OPERATORS[name]
        else:
            template, needs = self.dialect.ops[name], (SUM,) * len(texts)
            binds = SUM if template.startswith("-") else ATOM
        sources = [x.within(least) for x, least in zip(texts, needs)]
        source = template.format(*sources, like=self.target.like.source)
        return Text(source, shapes.broadcast([x.shape for x in texts]), binds)

    def array(self, x: float) -> Text:
        return self.target.constant(np.array(x))


def number_text(x: float) -> Text:
    """Return the source of a number."""
    source = repr(x) if math.isfinite(x) else f'float("{x}")'
    return Text(source, (), SUM if source.startswith("-") else ATOM)


def whole_text(x: float) -> Text:
    """Return the source of a number, as an integer if it is one: JAX multiplies for `x ** 3`."""
    is_whole = abs(x) < LARGEST and x == int(x)
    return Text(str(int(x)), (), SUM if x < 0 else ATOM) if is_whole else number_text(x)


def quoted(text: str) -> str:
    """Return the source of a text, in double quotes.

    >>> print(quoted("w"), quoted('a "b"'))
    "w" "a \\"b\\""
    """
    return json.dumps(text, ensure_ascii=False)


def tuple_source(entries: Sequence[object]) -> str:
    """Return the source of a tuple.

    >>> tuple_source([3]), tuple_source([2, 3])
    ('(3,)', '(2, 3)')
    """
    inner = ", ".join(map(str, entries))
    return f"({inner},)" if len(entries) == 1 else f"({inner})"


def cut_source(cut: Cut, size: int) -> str:
    """Return the source of a slice: ":" for a whole axis, "3:" from there on.

    >>> cut_source((0, 2, 1), 5), cut_source((3, 5, 1), 5), cut_source((1, 5, 2), 5)
    (':2', '3:', '1::2')
    """
    if cut is None:
        return ":"
    start, stop, step = cut
    return f"{start or ''}:{stop if stop < size else ''}{f':{step}' if step > 1 else ''}"


def dropped_axes(shape: Shape, wanted: Shape) -> list[int]:
    """Return the axes of length 1 without which the shape is the wanted one; none if it is not.

    >>> dropped_axes((4, 1, 3, 1), (4, 3)), dropped_axes((4, 3), (12,))
    ([1, 3], [])
    """
    dropped: list[int] = []
    for axis, size in enumerate(shape):
        place = axis - len(dropped)
        if size == 1 and wanted[place : place + 1] != (1,):
            dropped.append(axis)
    return dropped if shapes.without_axes(shape, dropped) == wanted else []


def index(x: Text, dropped: Sequence[int], shape: Shape) -> Text:
    """Return the array without axes of length 1: with an index in place of each."""
    base, cuts = x.cut or (x, (None,) * len(x.shape))
    parts = []
    for axis, (cut, size) in enumerate(zip(cuts, base.shape)):
        number = "0" if cut is None else str(cut[0])
        parts.append(number if axis in dropped else cut_source(cut, size))
    return Text(subscript(base, parts), shape)


def subscript(x: Text, parts: list[str]) -> str:
    """Return the source of a part of an array, without the whole axes at its end."""
    while parts[-1] == ":":
        parts.pop()
    return f"{x.within(ATOM)}[{', '.join(parts)}]"


def matrix_product(
    xs: Sequence[Text],
    labels: Sequence[str],
    out: str,
) -> str | None:
    """Return a contraction as `x @ w.T`, if it is one of matrices or vectors."""
    if len(xs) != 2 or max(map(len, labels)) > 2 or set(labels[0]) & set(labels[1]) != {"k"}:
        return None
    pairs = list(zip(xs, labels))
    if out and out[0] in labels[1]:
        pairs.reverse()
    (left, first), (right, last) = pairs
    x = left.within(PRODUCT) if first.endswith("k") else left.transpose(PRODUCT)
    y = right.within(POWER) if last.startswith("k") else right.transpose(POWER)
    return f"{x} @ {y}"
