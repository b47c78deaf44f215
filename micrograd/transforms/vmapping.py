"""vmap: one function over many examples, as one compiled loop.

Rule: the function is recorded for one example. The arrays of examples are read as they are, row by
row; numbers, Values and models are shared by all examples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from micrograd import errors
from micrograd.engine import Value, read_data
from micrograd.support import foreign_keywords
from micrograd.support.arguments import require_function
from micrograd.support.arrays import is_array, stack_objects
from micrograd.support.nest import leaves, tree_map
from micrograd.support.unknown_keywords import suggest_keywords
from micrograd.transforms import messages
from micrograd.transforms.examples import as_array
from micrograd.transforms.jitting import Jitted, Specialisation
from micrograd.transforms.recording import current_recorder, flatten, nested, result_leaves
from micrograd.transforms.state import State
from micrograd.transforms.traced_functions import as_float, is_number, trace_function

if TYPE_CHECKING:
    import numpy as np

    from micrograd.compiler import BatchFunction, RowField


@suggest_keywords(foreign_keywords.VMAP)
def vmap(f: Callable[..., Any]) -> Vectorised:
    """Return `f` for every example at once: its arguments have one axis more. It is compiled.

    The first axis of each array or list is that of the examples; a row of an array is an array, and
    one of a list is a list. Numbers, Values and models are shared. The result is what `f` returns,
    with a NumPy array, whose first axis is that of the examples, in place of each number or array;
    inside a compiled function its entries are traced numbers, and Values if the examples are
    Values, through which grads flow back: then nothing is compiled. Raises ShapeError if the
    arguments have different numbers of examples, or if none has any.

    >>> vmap(lambda x, w: x[0] * w + x[1])([[1.0, 2.0], [3.0, 4.0]], 10.0)
    array([12., 34.])
    >>> import numpy as np
    >>> vmap(lambda row: row * 2.0)(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([[2., 4.],
           [6., 8.]])
    """
    require_function("vmap", f)
    return Vectorised(f.f, f.exact, unroll=f.unroll) if type(f) is Jitted else Vectorised(f)


class Vectorised(Jitted):
    """A function over examples, which is compiled with or without `jit` around it."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if kwargs:
            raise TypeError(messages.vmap_by_position(list(kwargs)))
        if current_recorder() or nested.get() or any(map(has_values, args)):
            return self.call_each(args)
        compiled, example, arrays, count = self.compiled_for(args)
        return compiled.run(example, arrays, count)

    def lower(self, *args: Any, **kwargs: Any) -> VectorisedSpecialisation:
        """Return what such arguments are compiled to: `program`, and the texts `ir` and `asm`."""
        if kwargs:
            raise TypeError(messages.vmap_by_position(list(kwargs)))
        return self.compiled_for(args)[0]

    def compiled_for(
        self, args: tuple[Any, ...]
    ) -> tuple[VectorisedSpecialisation, tuple[Any, ...], list[np.ndarray | None], int]:
        """Return (the compiled function, the first example, the rows of each argument, count)."""
        arrays = list(map(rows_of, args))
        count = count_examples(arrays)
        pairs = zip(args, arrays)
        example = tuple(x if a is None else first_example(x, a) for x, a in pairs)
        is_shared = tuple(array is None for array in arrays)
        key, _ = flatten(example)
        make = partial(self.vectorise, example, arrays, count)
        compiled = self.specialisations.find_or_compile((is_shared, key), make)
        assert isinstance(compiled, VectorisedSpecialisation)
        return compiled, example, arrays, count

    def derive(self, transform: Callable[..., Any]) -> Jitted:
        """Return the derivative of the function over all examples, which are unrolled for it."""
        f = transform(lambda *args: self(*args))
        return Jitted(f, self.exact, returns_floats=True, unroll=self.unroll)

    def call_each(self, args: Sequence[Any]) -> Any:
        """Return the results, computed by a call for each example."""
        count = count_examples(args)
        rows = [[x[i] if has_axis(x) else x for x in args] for i in range(count)]
        results = [self.f(*row) for row in rows]
        if not results:
            return []
        columns = zip(*map(leaves, results))
        return tree_map(lambda _: stack_objects(next(columns)), results[0])

    def vectorise(
        self, example: tuple[Any, ...], arrays: list[np.ndarray | None], count: int
    ) -> tuple[State, VectorisedSpecialisation]:
        """Return the state of now, and the function compiled for examples like that one."""

        def machine(program: Any, rolled: bool = True) -> BatchFunction:
            from micrograd.compiler import BatchFunction  # here, because NumPy loads slowly

            return BatchFunction(program, row_fields_of(example, arrays, rolled), self.exact, count)

        rolls = not (self.exact or self.unroll)
        state, traced = trace_function(self.f, example, {}, machine if rolls else None)
        traced.forward = traced.forward or machine(traced.program, rolled=False)
        return state, VectorisedSpecialisation(self.specialisations.name, traced, self.exact)


class VectorisedSpecialisation(Specialisation):
    """A specialisation for the arguments of one example, run for all of them."""

    def run(self, example: Sequence[Any], arrays: Sequence[np.ndarray | None], count: int) -> Any:
        """Return the results of all examples. `example` are the arguments of one.

        For each argument, `arrays` has the rows of all examples, or None if they share it. A rolled
        program is given rows of these, too.
        """
        import numpy as np  # here, because it loads slowly

        shared: list[float] = []
        rows: list[np.ndarray] = []
        for x, array in zip(example, arrays):
            if array is not None:
                rows.append(array)
            elif self.traced.is_rolled:
                rows.append(repeated(numbers_of(x), count))
            else:
                shared += numbers_of(x)
        inputs = self.reader and self.reader.read(shared)
        if inputs is None:
            numbers = chain(shared, map(read_data, self.parameters))
            inputs = np.fromiter(numbers, float, len(shared) + len(self.parameters))
        outputs = iter(self.forward.run(inputs, rows, count))
        return tree_map(lambda y: self.collect(y, outputs), self.result)

    def collect(self, y: Any, outputs: Iterator[np.ndarray]) -> Any:
        """Return one result for all examples, which are its first axis."""
        if not is_array(y):
            return next(outputs) if is_number(y) else y
        import numpy as np  # here, because it loads slowly

        stacked = np.stack([next(outputs) for _ in range(y.size)], axis=-1)
        return stacked.reshape(-1, *y.shape)


def row_fields_of(
    example: Sequence[Any], arrays: Sequence[np.ndarray | None], rolled: bool
) -> list[RowField | None]:
    """Return where each number of an example stands: in which array, at which place of its rows.

    None is one that all examples share; a rolled program has none of these.
    """
    row_fields: list[RowField | None] = []
    count = 0  # of the arrays
    for x, array in zip(example, arrays):
        width = len(numbers_of(x))
        if array is None and not rolled:
            row_fields += [None] * width
        else:
            row_fields += [(count, i, width) for i in range(width)]
            count += 1
    return row_fields


def numbers_of(x: Any) -> list[float]:
    """Return the numbers of an argument, which are none for a model."""
    _, entries = flatten(x)
    return list(map(as_float, entries))


def repeated(numbers: list[float], count: int) -> np.ndarray:
    """Return rows of the same numbers."""
    import numpy as np  # here, because it loads slowly

    return np.tile(numbers, (count, 1))


def first_example(x: Any, array: np.ndarray) -> Any:
    """Return the first example of `x`, or zeros if there is none: an array, a list, or a number."""
    import numpy as np  # here, because it loads slowly

    numbers = array[0] if len(array) else np.zeros(array.shape[1:])
    if has_array_rows(x) and numbers.shape:
        return numbers
    return numbers.tolist()


def has_array_rows(x: Any) -> bool:
    """Return whether a row of `x` is an array: `x` is an array, or a list of them."""
    if isinstance(x, list | tuple):
        return any(map(is_array, x))
    return is_array(x)


def has_axis(x: Any) -> bool:
    return isinstance(x, list | tuple) or bool(getattr(x, "shape", ()))


def rows_of(x: Any) -> np.ndarray | None:
    """Return an argument's examples as an array, or None if all examples share it."""
    if not has_axis(x):
        return None
    return as_array(x, "float64", "examples")


def has_values(x: Any) -> bool:
    """Return whether the examples of an argument hold a Value."""
    if is_array(x) and x.dtype != object:
        return False
    entries = result_leaves([x]) if has_axis(x) else []
    return any(isinstance(entry, Value) for entry in entries)


def count_examples(arguments: Iterable[Any]) -> int:
    """Return how many examples the arguments with an axis have. It must be the same for all."""
    counts = {len(x) for x in arguments if x is not None and has_axis(x)}
    if len(counts) != 1:
        raise errors.ShapeError(messages.unequal_examples(sorted(counts)))
    return counts.pop()
