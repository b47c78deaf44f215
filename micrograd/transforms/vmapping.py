"""vmap: one function over many examples, side by side."""

from collections.abc import Callable

from micrograd import errors
from micrograd.engine import Value, read_data
from micrograd.support.nest import leaves, tree_map
from micrograd.transforms import messages
from micrograd.transforms.jitting import Jitted, Version, is_number, nested
from micrograd.transforms.recording import current, is_array, signature


def vmap(f: Callable) -> Callable:
    """`f`, for every example at once: of arguments with one axis more, compiled.

    The axis in front of each array or list is that of the examples; numbers, Values and models are
    shared. Returns what `f` returns with a NumPy array, one number an example, in place of each
    number; inside a compiled function, of traced numbers. Raises ShapeError where the arguments
    have unequal numbers of examples or none has any.

    >>> vmap(lambda x, w: x[0] * w + x[1])([[1.0, 2.0], [3.0, 4.0]], 10.0)
    array([12., 34.])
    """
    return Mapped(f.f, f.exact) if type(f) is Jitted else Mapped(f)


class Mapped(Jitted):
    """A function over examples; compiled whether or not `jit` is written around it."""

    def __call__(self, *args):
        if current() or nested.get():
            return self.unrolled(args)
        import numpy as np

        arrays = [np.ascontiguousarray(x, float) if has_axis(x) else None for x in args]
        count = examples(arrays)
        one = [x if a is None else np.zeros(a.shape[1:]) for x, a in zip(args, arrays)]
        one = [x.tolist() if has_axis(x) or getattr(x, "shape", None) == () else x for x in one]
        leaves: list = []
        version = self.version(signature(one, leaves), one, {})
        return version.map(one, arrays, count)

    def transformed(self, transform: Callable) -> Jitted:
        """The derivative of the function over all examples, for which they are unrolled."""
        return Jitted(transform(lambda *args: self(*args)), self.exact, numbers=True)

    def unrolled(self, args):
        count = examples(args)
        rows = [[x[i] if has_axis(x) else x for x in args] for i in range(count)]
        results = [self.f(*row) for row in rows]
        columns = iter(zip(*map(leaves, results)))
        return tree_map(lambda _: side_by_side(next(columns)), results[0]) if results else []

    def version(self, key, args, kwargs) -> "MappedVersion":
        if key not in self.versions:
            self.versions[key] = (MappedVersion(self.f, self.exact, tuple(args), kwargs), args)
        return self.versions[key][0]


class MappedVersion(Version):
    """A version whose arguments are those of one example."""

    mapped_code = None

    def map(self, one: list, arrays: list, count: int):
        numbers, columns, rows = [], [], []
        for x, array in zip(one, arrays):
            leaves: list = []
            signature(x, leaves)
            if array is None:
                columns += [None] * len(leaves)
                numbers += [float(read_data(y) if isinstance(y, Value) else y) for y in leaves]
            else:
                columns += [(len(rows), i, max(len(leaves), 1)) for i in range(len(leaves))]
                rows.append(array)
        numbers += map(read_data, self.parameters)
        columns += [None] * len(self.parameters)
        out = iter(self.machine(columns, count).run(numbers, rows, count))
        return tree_map(lambda y: self.mapped(y, out), self.result)

    def mapped(self, y, out):
        """The numbers of all examples, which are the first axis, of one result."""
        if not is_array(y):
            return next(out) if is_number(y) else y
        import numpy as np

        found = np.stack([next(out) for _ in range(y.size)], axis=-1)
        return found.reshape(-1, *y.shape)

    def machine(self, columns: list, count: int):
        """The machine code; the columns are the same at every call, the count need not be."""
        from micrograd.compiler import BatchFunction  # here, since NumPy loads slowly

        if self.mapped_code is None:
            self.mapped_code = BatchFunction(self.program, columns, self.exact, count)
        return self.mapped_code


def side_by_side(column):
    """An array of what stands at one place of the result for every example."""
    import numpy as np  # here, since it loads slowly

    found = np.empty((len(column), *getattr(column[0], "shape", ())), object)
    for i, x in enumerate(column):
        found[i] = x
    return found


def has_axis(x) -> bool:
    return isinstance(x, list | tuple) or bool(getattr(x, "shape", ()))


def examples(arrays) -> int:
    """How many examples the arguments with an axis have, all the same."""
    counts = {len(x) for x in arrays if x is not None and has_axis(x)}
    if len(counts) != 1:
        raise errors.ShapeError(messages.unequal_examples(sorted(counts)))
    return counts.pop()
