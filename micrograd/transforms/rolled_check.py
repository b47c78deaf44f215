"""The check of a rolled program: the user's code, run once on plain numbers, has the same results.

Rule: a program is only used if it passes. That takes about 50 ns for each operation. Gradients that
end elsewhere than the code's make other results, by `gradient_ends`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from functools import cached_property, partial
from itertools import islice, product
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from micrograd.compiler import CannotRoll, RolledProgram
from micrograd.engine import Value, read_data
from micrograd.nn import Module
from micrograd.ops import Op, detach
from micrograd.support.fused import Columns, fused_dot_each
from micrograd.support.nest import CONTAINERS, leaves, tree_map
from micrograd.support.randomness import isolated, use_generator
from micrograd.support.state_updates import collect_updates
from micrograd.transforms.gradient_ends import detached_numbers_marked
from micrograd.transforms.plain_numbers import with_plain_numbers
from micrograd.transforms.recording import nested
from micrograd.transforms.rolling import calls_replaced, modules_within
from micrograd.transforms.state import State
from micrograd.watchers import NoGrad, Watcher, watching

TOLERANCE = 1e-9  # of a result; sums in another order differ by 1e-13 of it
CANCELLED = 1e-12  # of the largest result, by which one of nearly 0 may differ
MOST_VALUES = 1_000_000  # instructions that are computed with Values, a microsecond each
OTHER_SWITCHES = "its code enters no_grad() more often, or less often, than when it was traced"
UNCHECKED = "its results cannot be computed with plain numbers, which would check them"
MOST_MATRICES = 64  # that are kept for the next call
SEED = 0
MOST_EXAMPLES = 16  # that are tried
stand_ins: ContextVar[Mapping[int, Module]] = ContextVar("stand_ins", default=MappingProxyType({}))
INTEGERS = (8, 2)  # entries below each of these are tried where numbers are no tokens or classes


def check_rolled(
    program: RolledProgram,
    f: Callable[..., Any],
    model: Any,
    parameters: Sequence[Value],
    others: Sequence[Value],
    examples: Iterable[list[Any]],
    state: State,
) -> None:
    """Raise CannotRoll unless a rolled program has the results of f(model, *example).

    The program has inputs for the parameters, the example with random numbers, and the others. It
    is computed for other numbers than those of the model, where these allow it: a 0 would hide what
    is multiplied by it. The first example with finite results decides. Whatever the code writes
    for itself is undone afterwards, as after the trace.

    If results differ, the code is run with Values: it may ask whether a number has a `detach`.
    """

    def results(*arguments: Any) -> list[Any]:
        try:
            return leaves(f(*arguments))
        finally:
            state.undo_writes()

    rng = np.random.default_rng(SEED)
    rows, cases, reason = state.containers.rows, list(examples), UNCHECKED
    _, variables, _ = program.part.sizes
    for each, numbers in models_of(program, model, [*parameters, *others], rng, rows):
        with detached_numbers_marked(program.detached_constants):
            outcome = first_outcome(partial(results, each), cases, numbers, variables, rng)
            if outcome is not None:
                first, last = np.split(numbers.data, [len(parameters)])
                evaluated = program.evaluate(np.concatenate([first, outcome.given, last]))
                reason = difference(program, evaluated, outcome)
        if not reason:
            program.forward = None
            return
    raise CannotRoll(reason)


class Outcome(NamedTuple):
    """The results of the code for an example; `given` are the numbers of that, and those drawn."""

    given: np.ndarray
    results: np.ndarray
    switches: int  # of no_grad(), on and off


def first_outcome(
    f: Callable[..., Any],
    cases: list[list[Any]],
    numbers: Numbers,
    variables: int,
    rng: np.random.Generator,
) -> Outcome | None:
    """Return what `f` makes of the first example that it has finite results for, None of none."""
    for case in cases:
        draws = rng.random(variables - len(leaves(case))).tolist()
        try:
            results, switches = run(partial(f, *case), numbers, draws)
        except Exception:  # as `x.tanh()` and `1 / 0` raise for plain numbers
            continue
        if np.isfinite(results).all():
            return Outcome(np.array([*leaves(case), *draws], float), results, switches)
    return None


def check_call(
    program: RolledProgram,
    call: Callable[[Callable[[], Any]], Any],
    models: list[Module],
    parameters: Sequence[Value],
    others: Sequence[Value],
    numbers: list[float],
    state: State,
) -> None:
    """Raise CannotRoll unless a rolled program has the results of a function as it is called.

    `call(make)` calls it with make() for each of the numbers. It reaches the models by itself. Code
    that does not take floats, as `x.tanh()`, is given Values.
    """

    def run_with_models(plain_models: list[Module], make: Callable[[], Any]) -> Any:
        with standing_in(models, plain_models):
            return call(make)

    def f(plain_models: list[Module], *arguments: float) -> Any:
        try:
            return run_with_models(plain_models, iter(arguments).__next__)
        except Exception:  # as `x.tanh()` raises for a float; with Values it would not
            if plain_models is not models:
                raise
        state.undo_writes()
        return run_with_models(plain_models, map(Value, arguments).__next__)

    check_rolled(program, f, models, parameters, others, shifted_first(numbers), state)


@contextmanager
def standing_in(models: list[Module], others: list[Module]) -> Iterator[None]:
    """Let copies of models, and of all modules within them, be called in place of these.

    It is so in this thread alone.
    """
    pairs = zip(modules_within(models), modules_within(others))
    token = stand_ins.set({id(module): other for module, other in pairs})
    try:
        with calls_replaced(modules_within(models), call_stand_in):
            yield
    finally:
        stand_ins.reset(token)


def call_stand_in(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return the `__call__` of a class of modules, which calls the copy of one that has one."""

    def call(self: Any, *args: Any, **named: Any) -> Any:
        return original(stand_ins.get().get(id(self), self), *args, **named)

    return call


def difference(program: RolledProgram, results: np.ndarray, outcome: Outcome) -> str:
    """Return how the program differs from the code, "" if it does not."""
    if outcome.switches != program.switches:
        return OTHER_SWITCHES
    expected = outcome.results
    largest = np.abs(expected).max()
    if np.allclose(results, expected, TOLERANCE, CANCELLED * largest):
        return ""
    worst = np.abs(results - expected).argmax()
    wrong, right = float(results[worst]), float(expected[worst])
    return f"a result would be {wrong!r}; that of the code is {right!r}"


def models_of(
    program: RolledProgram,
    model: Any,
    values: list[Value],
    rng: np.random.Generator,
    rows: Container[int],
) -> Iterator[tuple[Any, Numbers]]:
    """Yield models to compute the results of, and the number of each Value."""
    data = np.fromiter(map(read_data, values), float, len(values))
    numbers = Numbers(values, shift(data, rng))
    moved_model = with_plain_numbers(model, numbers.__getitem__, numbers.of_row, rows)
    if moved_model is not model:
        yield moved_model, numbers
    if program.instructions <= MOST_VALUES:
        yield model, numbers


def shift(x: Any, rng: np.random.Generator) -> Any:
    """Return numbers that are near those given; none is 0."""
    size = np.shape(x)
    near = rng.uniform(0.9, 1.1, size) * x
    near += rng.uniform(-0.01, 0.01, size)  # there may be millions
    return near


def shifted_first(example: list[Any]) -> Iterator[list[Any]]:
    """Yield examples of other numbers, and the example, whose entries may be of tokens.

    At first a part that is one whole number is left, as it may be a class; 0 becomes 1.

    >>> first, *_ = shifted_first([[0.5, 2.0], 0.0])
    >>> first[0] == [0.5, 2.0], first[1]
    (False, 1.0)
    """
    rng = np.random.default_rng(SEED)
    if any(map(is_whole, example)):
        yield [x or 1.0 if is_whole(x) else shifted(x, rng) for x in example]
    yield shifted(example, rng)
    yield example


def is_whole(x: Any) -> bool:
    return not isinstance(x, CONTAINERS) and float(x).is_integer()


def shifted(nest: Any, rng: np.random.Generator) -> Any:
    return tree_map(lambda x: float(shift(x, rng)), nest)


def possible_examples(shapes: Sequence[tuple[int, ...]]) -> Iterator[list[Any]]:
    """Yield examples whose parts have these shapes: of numbers, of small integers, and of both."""
    rng = np.random.default_rng(SEED)
    for limits in islice(product((0, *INTEGERS), repeat=len(shapes)), MOST_EXAMPLES):
        yield [
            (rng.integers(0, limit, shape) if limit else rng.normal(size=shape)).tolist()
            for limit, shape in zip(limits, shapes)
        ]


class Row(NamedTuple):
    """A list of floats, what was in it, and the same as an array."""

    row: list[float]
    copy: list[float]
    array: np.ndarray


class Numbers(Mapping[Value, float]):
    """A number for each of some Values; that of any other is its data.

    A model is mostly asked for in the order of these Values. So the number of the next one, or of
    the next row, is found without a search, which costs a dict of all.
    """

    def __init__(self, values: list[Value], data: np.ndarray) -> None:
        self.values_in_order, self.data = values, data
        self.floats: list[float] = data.tolist()
        self.next = 0  # the place of the Value after the one that was asked for last
        self.rows: dict[int, Row] = {}  # that were asked for, by the ids of the lists of numbers

    @cached_property
    def by_value(self) -> dict[Value, float]:
        return dict(zip(self.values_in_order, self.floats))

    def of_row(self, row: list[Value]) -> list[float]:
        """Return the numbers of a list of Values."""
        begin, end = self.next, self.next + len(row)
        if self.values_in_order[begin:end] != row:
            return list(map(self.__getitem__, row))
        self.next = end
        floats = self.floats[begin:end]
        self.rows[id(floats)] = Row(floats, floats[:], self.data[begin:end])
        return floats

    def __getitem__(self, x: Value) -> float:
        begin = self.next
        if self.values_in_order[begin : begin + 1] == [x]:
            self.next = begin + 1
            return self.floats[begin]
        number = self.by_value.get(x)
        return x.data if number is None else number

    def __contains__(self, x: object) -> bool:
        return x in self.by_value

    def __iter__(self) -> Iterator[Value]:
        return iter(self.values_in_order)

    def __len__(self) -> int:
        return len(self.values_in_order)


class OtherNumbers(Watcher):
    """Computes with other numbers than the data of some Values, in this thread alone.

    `switches` is how often it sees that no_grad() is entered or left.
    """

    def __init__(self, numbers: Mapping[Value, float]) -> None:
        self.numbers = numbers
        self.copies: dict[Value, Value] = {}
        self.switches, self.is_detached = 0, False

    def on_watchers_changed(self, active: tuple[Watcher, ...]) -> None:
        is_detached = any(isinstance(watcher, NoGrad) for watcher in active)
        if is_detached != self.is_detached:
            self.is_detached = is_detached
            self.switches += 1

    def copy(self, x: Any) -> Any:
        """Return the Value that stands for an input."""
        if not isinstance(x, Value) or x not in self.numbers:
            return x
        if x not in self.copies:
            self.copies[x] = Value(self.numbers[x])
        return self.copies[x]

    def intercept(self, op: Op, inputs: tuple[Any, ...]) -> Any:
        others = list(map(self.copy, inputs))
        if op is detach:
            return Value(detach.forward(others[0].data))
        is_same = all(map(operator.is_, others, inputs))
        return None if is_same else op(*others)


class Matrix(NamedTuple):
    """A list of rows, what was in it, and the same as an array."""

    rows: list[Any]
    members: list[Any]
    array: np.ndarray


class MatrixProducts:
    """Computes the dot products of many rows of plain numbers at once.

    `rows` and `matrices` have what is known by the ids of the lists; of matrices these are the
    latest. A row that came or went is noticed at once, and a number that was changed in a row
    afterwards, by `are_valid`. `given` are rows that need not be read if they are as they were.
    """

    def __init__(self, given: Mapping[int, Row] = MappingProxyType({})) -> None:
        self.given = given
        self.rows: dict[int, Row] = {}
        self.matrices: dict[int, Matrix] = {}

    def __call__(self, rows: Any, x: Any, starts: Any) -> list[float] | None:
        """Return start + row · x for each row; None if one of them is no list of floats.

        There may be more rows than starts, and rows may be longer than x.
        """
        is_transposed = isinstance(rows, Columns)
        vector, start = vector_of(x), vector_of(starts)
        if vector is None or start is None:
            return None
        matrix = self.matrix_of(rows.rows if is_transposed else rows)
        if matrix is None:
            return None
        matrix = (matrix.T if is_transposed else matrix)[: len(start), : len(vector)]
        if matrix.shape != (len(start), len(vector)):
            return None
        with np.errstate(all="ignore"):
            products: list[float] = (matrix @ vector + start).tolist()
        return products

    def matrix_of(self, rows: Any) -> np.ndarray | None:
        """Return rows as one array, None for anything else."""
        if type(rows) is not list or not rows:
            return None
        known = self.matrices.get(id(rows))
        if known is not None and known.members == rows:
            return known.array
        arrays = list(map(self.array_of, rows))
        if any(x is None for x in arrays) or len(set(map(len, rows))) != 1:
            return None
        self.matrices[id(rows)] = Matrix(rows, rows[:], np.array(arrays))
        if len(self.matrices) > MOST_MATRICES:
            del self.matrices[next(iter(self.matrices))]
        return self.matrices[id(rows)].array

    def array_of(self, row: Any) -> np.ndarray | None:
        if id(row) not in self.rows:
            known = self.given.get(id(row))
            if known is not None and known.row == known.copy:
                self.rows[id(row)] = known
            elif is_row(row):
                self.rows[id(row)] = Row(row, row[:], np.array(row))
            else:
                return None
        return self.rows[id(row)].array

    def are_valid(self) -> bool:
        """Return whether no number was changed in a row."""
        return all(known.copy == known.row for known in self.rows.values())


def vector_of(x: Any) -> np.ndarray | None:
    """Return a list of floats as an array, None for anything else. Its first entry tells most."""
    if type(x) is not list or not x or type(x[0]) is not float:
        return None
    array = np.array(x)
    return array if array.dtype == float and array.ndim == 1 else None


def is_row(x: Any) -> bool:
    return type(x) is list and set(map(type, x)) == {float}


def run(f: Callable[[], Any], numbers: Numbers, draws: list[float]) -> tuple[np.ndarray, int]:
    """Return (the numbers that `f` returns, how often it switches no_grad() on or off).

    Nothing that it draws or moves remains.
    It runs in a context of its own, of which nothing remains either, whoever interrupts it.
    """
    products = MatrixProducts(numbers.rows)
    results, switches = copy_context().run(run_with, products, f, numbers, draws)
    if not products.are_valid():
        results, switches = copy_context().run(run_with, None, f, numbers, draws)
    data = [numbers[y] if isinstance(y, Value) else y for y in results]
    return np.array(data, float), switches


def run_with(
    products: MatrixProducts | None,
    f: Callable[[], Any],
    numbers: Mapping[Value, float],
    draws: list[float],
) -> tuple[list[Any], int]:
    """Return what `run` does, its dot products computed by `products`.

    A compiled function is simply called: it would be compiled for these numbers.
    """
    drawn, others = iter(draws), OtherNumbers(numbers)
    chance, watched = use_generator(lambda: next(drawn)), watching(others, without=(NoGrad,))
    fused_dot_each.set(products)
    nested.set(True)
    with isolated(), collect_updates(), chance, watched:
        results = leaves(f())
    return results, others.switches
