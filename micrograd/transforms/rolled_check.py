"""The check of a rolled program: the user's code, run once on plain numbers, has the same results.

Rule: a program is only used if it passes. That takes about 50 ns for each operation.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice, product
from typing import Any

import numpy as np

from micrograd.compiler import CannotRoll, RolledProgram
from micrograd.engine import Value, read_data
from micrograd.ops import Op
from micrograd.support.fused import fused_dot_each
from micrograd.support.nest import leaves, tree_map
from micrograd.support.randomness import isolated, use_generator
from micrograd.support.state_updates import collect_updates
from micrograd.transforms.plain_numbers import with_plain_numbers
from micrograd.watchers import Watcher, watching

TOLERANCE = 1e-9  # of a result; sums in another order differ by 1e-13 of it
CANCELLED = 1e-12  # of the largest result, by which one of nearly 0 may differ
MOST_VALUES = 1_000_000  # instructions that are computed with Values, a microsecond each
UNCHECKED = "its results cannot be computed with plain numbers, which would check them"
SEED = 0
MOST_EXAMPLES = 16  # that are tried
INTEGERS = (8, 2)  # entries below each of these are tried where numbers are no tokens or classes


def check_rolled(
    program: RolledProgram,
    f: Callable[..., Any],
    model: Any,
    parameters: Sequence[Value],
    others: Sequence[Value],
    examples: Iterable[list[Any]],
) -> None:
    """Raise CannotRoll unless a rolled program has the results of f(model, *example).

    The program has inputs for the parameters, the example with random numbers, and the others. It
    is computed for other numbers than those of the model, where these allow it: a 0 would hide what
    is multiplied by it. The first of the examples that the function takes is used.
    """
    rng = np.random.default_rng(SEED)
    models = models_of(program, model, [*parameters, *others], rng)
    _, variables, _ = program.part.sizes
    for (each, numbers), case in product(models, examples):  # that of Values last, as it is slow
        draws = rng.random(variables - len(leaves(case))).tolist()
        try:
            expected = run(partial(f, each, *case), numbers, draws)
        except Exception:  # as `x.tanh()` and `1 / 0` raise for plain numbers
            continue
        if np.isfinite(expected).all():
            first, last = (map(numbers.__getitem__, x) for x in (parameters, others))
            results = program.evaluate([*first, *leaves(case), *draws, *last])
            compare(results, expected)
            return
    raise CannotRoll(UNCHECKED)


def compare(results: np.ndarray, expected: np.ndarray) -> None:
    """Raise CannotRoll if the program has other results than the code."""
    largest = np.abs(expected).max()
    if not np.allclose(results, expected, TOLERANCE, CANCELLED * largest):
        worst = np.abs(results - expected).argmax()
        wrong, right = float(results[worst]), float(expected[worst])
        raise CannotRoll(f"a result would be {wrong!r}; that of the code is {right!r}")


def models_of(
    program: RolledProgram, model: Any, values: list[Value], rng: np.random.Generator
) -> Iterator[tuple[Any, dict[Value, float]]]:
    """Yield models to compute the results of, and the number of each Value."""
    data = np.fromiter(map(read_data, values), float, len(values))
    numbers = Numbers(zip(values, shift(data, rng).tolist()))
    moved_model = with_plain_numbers(model, numbers.__getitem__)
    if moved_model is not model:
        yield moved_model, numbers
    if program.instructions <= MOST_VALUES:
        yield model, numbers


def shift(x: Any, rng: np.random.Generator) -> Any:
    """Return numbers that are near those given; none is 0."""
    size = np.shape(x)
    return x * rng.uniform(0.9, 1.1, size) + rng.uniform(-0.01, 0.01, size)


def shifted_first(example: list[Any]) -> Iterator[list[Any]]:
    """Yield an example of other numbers, and the example, whose entries may be of tokens."""
    rng = np.random.default_rng(SEED)
    yield tree_map(lambda x: float(shift(x, rng)), example)
    yield example


def possible_examples(shapes: Sequence[tuple[int, ...]]) -> Iterator[list[Any]]:
    """Yield examples whose parts have these shapes: of numbers, of small integers, and of both."""
    rng = np.random.default_rng(SEED)
    for limits in islice(product((0, *INTEGERS), repeat=len(shapes)), MOST_EXAMPLES):
        yield [
            (rng.integers(0, limit, shape) if limit else rng.normal(size=shape)).tolist()
            for limit, shape in zip(limits, shapes)
        ]


class Numbers(dict[Value, float]):
    """A number for each of some Values; that of any other is its data."""

    def __missing__(self, value: Value) -> float:
        return value.data


class OtherNumbers(Watcher):
    """Computes with other numbers than the data of some Values, in this thread alone."""

    def __init__(self, numbers: Mapping[Value, float]) -> None:
        self.numbers = numbers
        self.copies: dict[Value, Value] = {}

    def copy(self, x: Any) -> Any:
        """Return the Value that stands for an input."""
        if not isinstance(x, Value) or x not in self.numbers:
            return x
        if x not in self.copies:
            self.copies[x] = Value(self.numbers[x])
        return self.copies[x]

    def intercept(self, op: Op, inputs: tuple[Any, ...]) -> Any:
        others = list(map(self.copy, inputs))
        is_same = all(map(operator.is_, others, inputs))
        return None if is_same else op(*others)


class MatrixProducts:
    """Computes the dot products of many rows of plain numbers at once.

    `known` has matrices by the ids of their lists, with a copy of each list, so that one that was
    changed is noticed.
    """

    def __init__(self) -> None:
        self.known: dict[int, tuple[list[Any], list[Any], np.ndarray]] = {}

    def __call__(self, rows: Any, x: Any, starts: Any) -> list[float] | None:
        """Return start + row · x for each row; None if one of them is no list of floats."""
        if type(rows) is not list or not is_row(x) or not is_row(starts):
            return None
        known = self.known.get(id(rows))
        if known is None or known[1] != rows:
            if not all(map(is_row, rows)) or len(set(map(len, rows))) != 1:
                return None
            known = rows, [row[:] for row in rows], np.array(rows)
            self.known[id(rows)] = known
        matrix = known[2]
        if matrix.shape != (len(starts), len(x)):
            return None
        with np.errstate(all="ignore"):
            products: list[float] = (matrix @ x + starts).tolist()
        return products


def is_row(x: Any) -> bool:
    return type(x) is list and set(map(type, x)) == {float}


def run(f: Callable[[], Any], numbers: Mapping[Value, float], draws: list[float]) -> np.ndarray:
    """Return the numbers that `f` returns; nothing that it draws or moves remains."""
    drawn = iter(draws)
    chance, others = use_generator(lambda: next(drawn)), watching(OtherNumbers(numbers))
    token = fused_dot_each.set(MatrixProducts())
    try:
        with isolated(), collect_updates(), chance, others:
            results = leaves(f())
    finally:
        fused_dot_each.reset(token)
    data = [numbers[y] if isinstance(y, Value) else y for y in results]
    return np.array(data, float)
