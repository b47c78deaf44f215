"""Recording: a function of Values runs once, and what it does becomes a program.

Rule: a leaf that existed before the call is a parameter, and a variable of the program. A leaf that
was made inside, and a number that the function closes over, is a constant of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from traceback import walk_tb
from typing import Any, NoReturn, TypeVar

from micrograd import errors
from micrograd.compiler import Trace, Tracer, gradients, no_side_effect
from micrograd.engine import Value
from micrograd.support.arrays import is_array, is_number_like, map_array
from micrograd.support.draws import Draws
from micrograd.support.nest import leaves, tree_map
from micrograd.support.randomness import generator, use_generator
from micrograd.transforms import messages
from micrograd.transforms.accesses import Accesses, data_of
from micrograd.transforms.code_names import is_users_module
from micrograd.transforms.state import TRACING, State
from micrograd.watchers import NoGrad, Watcher, watchers, watching

# whether a transform is at work: then a compiled function is simply called
nested: ContextVar[bool] = ContextVar("nested", default=False)


class Recorder(Watcher):
    """Records every op into a trace, including ops between two Values."""

    undoes = False  # whether what the code writes for itself is undone, as the code runs once more

    def __init__(self, state: State) -> None:
        self.trace = Trace(self.capture)
        self.parameters: dict[Value, Tracer] = {}
        self.constants: set[Value] = set()
        self.state, self.accesses = state, Accesses()
        self.draws = Draws(state.generators)

    def on_leaf(self, leaf: Value) -> None:
        self.constants.add(leaf)

    def intercept(self, op: Any, inputs: tuple[Any, ...]) -> Any:
        return self.trace.record(op, inputs)

    def on_watchers_changed(self, active: tuple[Watcher, ...]) -> None:
        self.trace.detached = any(isinstance(watcher, NoGrad) for watcher in active)

    def capture(self, x: Any) -> Any:
        """Return the Tracer of a parameter, or the number of a constant.

        Raises TypeError for an array.
        """
        if not isinstance(x, Value):
            if getattr(x, "shape", ()) != ():
                raise TypeError(errors.array_meets_value(x))
            return NotImplemented
        data = data_of(x)
        if type(data) is Tracer:
            return self.trace.as_operand(data)
        if x in self.constants:
            return data
        if x not in self.parameters:
            self.parameters[x] = self.trace.variable()
        return self.parameters[x]

    def as_result(self, x: Any) -> Any:
        """Return a number that the function returned as a Tracer or a float.

        An array becomes an array of them. Anything else stays as it is.
        """
        if isinstance(x, str | bool | None):
            return x
        if is_array(x):
            return map_array(self.as_result, x)
        operand = self.trace.as_operand(x)
        if operand is not NotImplemented:
            return operand
        if holds_traced_numbers(x):
            raise errors.TraceError(messages.hidden_result(x))
        return x

    def gradients(self, y: Any, xs: list[Any]) -> list[Any]:
        """Return d y / d x for each x, recorded."""
        return gradients(self.as_result(y), xs)

    def finish(self) -> None:
        """End the trace. Raises TraceError, and restores everything, if something was changed."""
        self.trace.close()
        self.state.empty_caches()
        if self.draws.take_back():
            self.accesses.put_back()
            self.state.put_back()
            raise errors.TraceError(messages.numbers_drawn())
        if self.accesses.put_back():
            self.state.put_back()
            raise errors.TraceError(no_side_effect())
        self.state.settle(self.parameters, self.accesses.reads, self.undoes)

    def abandon(self) -> None:
        """End the trace of a function that raised, and restore what it changed."""
        self.trace.close()
        self.state.empty_caches()
        self.draws.take_back()
        self.accesses.put_back()
        self.state.put_back()


class Variables:
    """The variables that a function is recorded with, in the order in which they are made."""

    def __init__(self, recorder: Recorder) -> None:
        self.trace = recorder.trace
        self.made: list[Tracer] = []

    def make(self) -> Tracer:
        """Return one more variable."""
        self.made.append(self.trace.variable())
        return self.made[-1]

    def of_shape(self, shape: Sequence[int]) -> Any:
        """Return nested lists of new variables of that shape; one variable for ()."""
        if not shape:
            return self.make()
        return [self.of_shape(shape[1:]) for _ in range(shape[0])]


def current_recorder() -> Recorder | None:
    """Return the recorder at work in this thread or task, if there is one."""
    for watcher in watchers.get():
        if isinstance(watcher, Recorder):
            return watcher
    return None


R = TypeVar("R", bound=Recorder)


@contextmanager
def record(state: State | None = None) -> Iterator[Recorder]:
    """Record every op within the block by the Recorder that is yielded.

    This holds inside `no_grad()` too, because the program also serves calls outside of it. `state`
    is that of the function that runs in the block; when the block ends, it is as it was. Raises
    TraceError if the function changed it.
    """
    with TRACING, record_by(Recorder(state or State())) as recorder:
        yield recorder


@contextmanager
def record_by(recorder: R) -> Iterator[R]:
    """Record every op within the block by that recorder, as `record` does."""
    chance = None if generator.get() is None else refuse_chance
    with TRACING:
        recording = watching(recorder, without=(NoGrad,))
        try:
            with recorder.accesses.note_all(), recording, use_generator(chance):
                yield recorder
        except RecursionError as error:
            recorder.abandon()
            raise errors.TraceError(messages.deep_recursion(*deepest(error))) from None
        except BaseException:
            recorder.abandon()
            raise
        recorder.finish()


def deepest(error: RecursionError) -> tuple[str, int]:
    """Return (the function, how often) for the user's that runs most often within itself."""
    frames = [frame for frame, _ in walk_tb(error.__traceback__)]
    users = [frame for frame in frames if is_users_module(frame.f_globals.get("__name__", ""))]
    codes = [frame.f_code for frame in users or frames]
    names = [getattr(code, "co_qualname", code.co_name) for code in codes]  # 3.10 has the latter
    ((name, count),) = Counter(names).most_common(1)
    return name, count


def refuse_chance() -> NoReturn:
    raise errors.TraceError(messages.chance_in_jit())


# -------------------------------------------------------------------------- arguments and results


def is_variable(x: Any) -> bool:
    """Return whether `x` becomes a variable: a number or a Value, not a bool, a text or a model."""
    return isinstance(x, Value | Tracer) or is_number_like(x)


# The kinds of variables by their classes, for those that nearly all of them have.
KINDS: dict[type, type] = {Value: Value, float: float, int: float, Tracer: float}


def flatten(x: Any) -> tuple[Hashable, list[Any]]:
    """Return (key, leaves) for an argument, or for a nest of arguments.

    The key decides which program the argument needs: it has structures, shapes, and the texts,
    bools and models among the arguments. The leaves are the numbers and Values, in order.
    """
    in_order: list[Any] = []
    return signature(x, in_order), in_order


def flatten_call(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Hashable, list[Any]]:
    """Return (key, leaves) for the arguments of a call."""
    kinds = (tuple, *map(KINDS.get, map(type, args)))
    if all(kinds) and not kwargs:  # as mostly; `signature` says the same in twice the time
        return kinds, list(args)
    in_order: list[Any] = []
    key = signature(args, in_order)
    return (key, signature(kwargs, in_order)) if kwargs else key, in_order


def signature(x: Any, in_order: list[Any]) -> Hashable:
    """Return the key of an argument, and append its numbers and Values to `in_order`."""
    if isinstance(x, (list, tuple)):
        key = (type(x), *map(KINDS.get, map(type, x)))
        if all(key):
            in_order += x
            return key
        return (type(x), *[signature(entry, in_order) for entry in x])
    if isinstance(x, dict):
        return (dict, *[(key, signature(entry, in_order)) for key, entry in x.items()])
    if is_array(x):
        if not isinstance(x.size, int):  # a method, as that of PyTorch's tensors
            raise TypeError(messages.not_numpys(x))
        in_order += x.ravel().tolist()
        return ("array", x.shape)
    if is_variable(x):
        in_order.append(x)
        return Value if isinstance(x, Value) else float
    return Static(x)


class Static:
    """An argument that a program is made for: equal if it is the same text, bool or object."""

    def __init__(self, x: Any):
        self.x = x  # so that it stays alive, and its id unique
        self.key = (type(x), x) if isinstance(x, str | bytes | bool | None) else id(x)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Static) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


def holds_traced_numbers(x: Any) -> bool:
    """Return whether a result is an object that holds traced numbers, or computes some later."""
    if isinstance(x, Iterator):
        return True
    inner = x if isinstance(x, set | frozenset) else getattr(x, "__dict__", {}).values()
    return any(isinstance(entry, Tracer) for entry in leaves(list(inner)))


def static_arguments(x: Any) -> list[Any]:
    """Return the models, texts and other objects among the arguments that a program is made for."""
    return [entry for entry in leaves(x) if not is_variable(entry) and not is_array(entry)]


def with_variables(x: Any, make: Callable[[], Tracer]) -> Any:
    """Return the argument with make() in place of each of its numbers and Values."""
    if is_array(x):
        return map_array(lambda _: make(), x)
    if isinstance(x, list | tuple | dict):
        return tree_map(lambda entry: with_variables(entry, make), x)
    return make() if is_variable(x) else x


def result_map(f: Callable[[Any], Any], result: Any) -> Any:
    """Return the result with f(y) in place of each y, also of those in arrays."""
    return tree_map(lambda y: map_array(f, y) if is_array(y) else f(y), result)


def result_leaves(result: Any) -> list[Any]:
    """Return the leaves of a result, with the entries of its arrays."""
    in_order: list[Any] = []
    for y in leaves(result):
        in_order += y.ravel().tolist() if is_array(y) else [y]
    return in_order
