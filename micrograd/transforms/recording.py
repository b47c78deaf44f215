"""Where Values meet programs: functions of Values are traced, and what they meet is kept.

Rule: a leaf that existed before the call is a parameter and a variable of the program; a leaf that
was made inside, and a number that the function closes over, is a constant of it.
"""

from collections.abc import Callable
from contextlib import contextmanager

from micrograd import errors
from micrograd import errors as compiler_messages
from micrograd.compiler import Trace, Tracer
from micrograd.engine import Value
from micrograd.support.nest import tree_map
from micrograd.support.randomness import generator, use_generator
from micrograd.transforms import messages
from micrograd.watchers import NoGrad, Watcher, watchers, watching


class Recorder(Watcher):
    """Sees to it that every op is written down, also one between Values."""

    def __init__(self):
        self.trace = Trace(self.capture)
        self.parameters: dict[Value, Tracer] = {}
        self.found: dict[Value, tuple] = {}  # data and grad when a parameter was met
        self.constants: set[Value] = set()

    def on_leaf(self, leaf):
        self.constants.add(leaf)

    def intercept(self, op, inputs):
        return self.trace.record(op, inputs)

    def on_watchers_changed(self, active):
        self.trace.detached = any(isinstance(watcher, NoGrad) for watcher in active)

    def capture(self, x):
        """The Tracer of a parameter, the number of a constant. TypeError for an array."""
        if not isinstance(x, Value):
            if getattr(x, "shape", ()) != ():
                raise TypeError(errors.array_meets_value(x))
            return NotImplemented
        if type(x.data) is Tracer:
            return self.trace.as_operand(x.data)
        if x in self.constants:
            return x.data
        if x not in self.parameters:
            self.parameters[x] = self.trace.variable()
            self.found[x] = (x.data, x.grad)
        return self.parameters[x]

    def as_result(self, x):
        """A Tracer or a float, of what a function returned; anything but a number is kept.

        An array becomes an array of objects.
        """
        if isinstance(x, str | bool | None):
            return x
        if is_array(x):
            return array_map(self.as_result, x)
        known = self.trace.as_operand(x)
        return x if known is NotImplemented else known

    def finish(self) -> None:
        """Close the trace. Raises TraceError, and puts parameters right, if one was changed."""
        self.trace.close()
        changed = [x for x, before in self.found.items() if (x.data, x.grad) != before]
        for x in changed:
            x.data, x.grad = self.found[x]
        if changed:
            raise errors.TraceError(compiler_messages.no_side_effect())


def current() -> Recorder | None:
    """The recorder at work in this thread or task."""
    for watcher in watchers.get():
        if isinstance(watcher, Recorder):
            return watcher
    return None


@contextmanager
def record():
    """Within the block every op is written down by the Recorder that is yielded.

    Also inside `no_grad()`: that is about this call, and the program is for others as well.
    """
    recorder = Recorder()
    chance = None if generator.get() is None else refuse
    with watching(recorder, without=(NoGrad,)), use_generator(chance):
        yield recorder
    recorder.finish()


def refuse():
    raise errors.TraceError(messages.chance_in_jit())


def numbers_of(x) -> list | None:
    """The numbers of a NumPy array, flat; None for anything else."""
    return x.ravel().tolist() if is_array(x) else None


def signature(x, leaves: list):
    """What decides which program an argument needs; its numbers and Values go to `leaves`."""
    if isinstance(x, list | tuple):
        return (type(x), *[signature(part, leaves) for part in x])
    if isinstance(x, dict):
        return (dict, *[(key, signature(part, leaves)) for key, part in x.items()])
    if (numbers := numbers_of(x)) is not None:
        leaves += numbers
        return ("array", x.shape)
    if is_traced(x):
        leaves.append(x)
        return Value if isinstance(x, Value) else float
    return Static(x)


def is_traced(x) -> bool:
    """Whether it becomes a variable: a number or a Value; not a bool, a text or a model."""
    if isinstance(x, Value | Tracer):
        return True
    return not isinstance(x, bool) and (
        isinstance(x, int | float) or getattr(x, "shape", None) == ()
    )


class Static:
    """An argument that a program is made for: equal if it is the same text, bool or object."""

    def __init__(self, x):
        self.x = x
        self.key = (type(x), x) if isinstance(x, str | bytes | bool | None) else id(x)

    def __eq__(self, other):
        return isinstance(other, Static) and self.key == other.key

    def __hash__(self):
        return hash(self.key)


def is_array(x) -> bool:
    return hasattr(x, "ravel") and getattr(x, "shape", ()) != ()


def as_lists(x):
    """An array as lists of its numbers; anything else as it is."""
    return x.tolist() if is_array(x) else x


def array_map(f: Callable, array):
    """An array of objects: f(x) for each x."""
    import numpy as np  # here, since it loads slowly

    found = np.empty(array.size, object)
    found[:] = [f(x) for x in array.ravel()]
    return found.reshape(array.shape)


def result_map(f: Callable, result):
    """The nest with f(y) in place of each y, also of those in arrays."""
    return tree_map(lambda y: array_map(f, y) if is_array(y) else f(y), result)


def result_ends(result) -> list:
    found: list = []
    result_map(found.append, result)
    return found


def with_variables(x, make: Callable):
    """The argument with make() in place of each of its numbers and Values."""
    if is_array(x):
        return array_map(lambda _: make(), x)
    if isinstance(x, list | tuple | dict):
        return tree_map(lambda part: with_variables(part, make), x)
    return make() if is_traced(x) else x
