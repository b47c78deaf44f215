"""Rolling: the call of a module is one instruction, and what it does is traced once a kind.

Rule: a module that reads what is neither its own nor given to it, or that does more than return
numbers, is traced where it is called, every time. The reasons are kept for the report.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, filterfalse
from typing import TYPE_CHECKING, Any

from micrograd import errors
from micrograd.compiler import (
    ENDING,
    Call,
    CannotRoll,
    Part,
    PartTrace,
    Trace,
    Tracer,
    Vectors,
    new_tracer,
    record_dot,
)
from micrograd.engine import Value
from micrograd.nn import Module
from micrograd.ops import detach
from micrograd.support.fused import fused_dot, fused_dot_each
from micrograd.support.nest import CONTAINERS, tree_map
from micrograd.support.parts import call_of_part
from micrograd.support.parts import part as part  # whoever rolls programs finds it here
from micrograd.support.randomness import generator, use_generator
from micrograd.support.state_updates import collect_updates
from micrograd.transforms.accesses import data_of
from micrograd.transforms.kinds import (
    NOTHING_KNOWN,
    Given,
    GivenRows,
    Kinds,
    Known,
    as_places,
    containers_in,
    copy_of_nest,
    is_plain,
    is_same_nest,
    key_of,
    map_arguments,
    new_variables,
)
from micrograd.transforms.outside import Outside
from micrograd.transforms.recording import Recorder, current_recorder
from micrograd.transforms.row_products import RowProducts
from micrograd.transforms.state import State
from micrograd.transforms.value_places import ValuePlaces
from micrograd.watchers import Watcher

if TYPE_CHECKING:
    from numpy import ndarray as Places

    Bundle = Places | range  # of the places of a module's parameters

NUMBERS = {Value, float}  # of which a row of a model is
Arguments = tuple[tuple[Any, ...], dict[str, Any]]  # positional and named


class Returned:
    """An output of a part, or an input, in the nest that the part returns."""

    def __init__(self, index: int, is_input: bool) -> None:
        self.index, self.is_input = index, is_input


def are_outputs(nest: Any) -> bool:
    """Return whether it is a list of outputs alone."""
    if type(nest) is not list or set(map(type, nest)) != {Returned}:
        return False
    return not any(x.is_input for x in nest)


class Frame:
    """A part while it is traced: its trace, and the places of the parameters that it knows."""

    def __init__(
        self, name: str, trace: Trace, outer: Frame | None, known: Known = NOTHING_KNOWN
    ) -> None:
        self.part, self.trace, self.outer, self.known = Part(name, trace), trace, outer, known
        self.reserve(known.values, known.places)
        self.parameters: dict[Value, Tracer] = {}  # that were met
        self.vectors = Vectors()  # of dot products
        self.bundles: dict[Hashable, Bundle] = {}  # of the parameters of modules
        shared: dict[Any, Part] = {} if outer is None else outer.products.parts
        self.products: RowProducts = RowProducts(self.part, known, shared)
        self.own: dict[Known, Bundle] = {}  # the same bundles, by what is known of the modules
        self.result: Any = None  # the nest that is returned, with a Returned for each number
        self.returns_inputs = False
        self.returns_outputs = False  # whether it returns a list of all outputs, and nothing else

    def reserve(self, values: list[Value], places: ValuePlaces | None = None) -> None:
        """Give the Values the first places. A Tracer is made of one that is met."""
        self.reserved = values  # Values that have the first places
        self.known_places = ValuePlaces(values) if places is None else places
        self.trace.tracers = [None] * len(values)  # type: ignore[list-item]
        self.part.sizes = [len(values)]

    @property
    def places(self) -> dict[Value, int]:
        """The place of each Value that was looked for."""
        return self.known_places.places

    def find(self, values: list[Value]) -> bool:
        """Let `places` have these Values; return whether all have one."""
        return self.known_places.find(values)

    def tracer(self, place: int) -> Tracer:
        """Return the Tracer of a place, which may be that of a parameter not met before."""
        tracers = self.trace.tracers
        if tracers[place] is None:
            tracers[place] = new_tracer(self.trace, place)
        return tracers[place]

    def places_of(self, known: Known) -> Bundle:
        """Return the places of a module's Values; the same object for the same places."""
        if known not in self.own:
            places: Bundle | None = self.reserved_places(known)
            if places is None:
                places = self.places_one_by_one(known.values)
            self.own[known] = self.bundles.setdefault(key_of(places), places)
        return self.own[known]

    def reserved_places(self, known: Known) -> range | None:
        """Return places that stand side by side, None if it is not known that they do."""
        first = self.known.firsts.get(known)
        if known.count == 0 or (
            known.count == len(self.reserved) and known.values == self.reserved
        ):
            first = 0
        return None if first is None else range(first, first + known.count)

    def places_one_by_one(self, values: list[Value]) -> Places:
        if not self.find(values) and self.outer is None:
            for value in filterfalse(self.places.__contains__, values):
                x = self.trace.capture(value)
                if not isinstance(x, Tracer):
                    raise CannotRoll("it is made by the code that is traced")
                self.places[value] = x.place
        try:
            return as_places(map(self.places.__getitem__, values))
        except KeyError:
            raise CannotRoll("it has parameters that its caller does not have") from None

    def variables(self, given: Arguments) -> Arguments:
        """Return the arguments with a variable for each Tracer; each argument is a bundle."""
        made: dict[int, Any] = {}

        def bundle(argument: Any) -> Any:
            first = self.part.count
            nest = new_variables(argument, self.trace.variable, made)
            self.part.sizes.append(self.part.count - first)
            return nest

        args, named = given
        return tuple(map(bundle, args)), {name: bundle(x) for name, x in named.items()}

    def end(self, as_result: Callable[[Any], Any], returned: Any) -> None:
        """Note what the part returns, and its inputs."""
        inputs, outputs = sum(self.part.sizes), dict[int, int]()

        def leaf(x: Any) -> Any:
            is_own = type(x) is Tracer and x.trace is self.trace  # as nearly all are
            try:
                y = x if is_own else as_result(x)
            except errors.TraceError:
                raise CannotRoll("it returns an object that holds numbers") from None
            if type(y) is Tracer:
                if y.place < inputs:
                    self.returns_inputs = True
                    return Returned(y.place, is_input=True)
                return Returned(outputs.setdefault(y.place, len(outputs)), is_input=False)
            if not is_plain(y):
                raise CannotRoll(f"it returns an object of class {type(y).__name__}")
            return y

        self.result = tree_map(leaf, returned)
        self.part.outputs = list(outputs)
        self.part.order = range(self.part.sizes[0], inputs)
        indices = [x.index for x in self.result] if are_outputs(self.result) else []
        self.returns_outputs = bool(indices) and indices == list(range(len(outputs)))
        self.trace.close()


class RolledRecorder(Recorder):
    """Records the outermost part, and the parts that it calls."""

    undoes = True

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self.frames: dict[Hashable, Frame | str] = {}  # by kind; a text says why there is none
        self.frame, self.trace.ending = Frame("loss", self.trace, None), ENDING
        self.parameters = self.frame.parameters
        self.accesses.notes_attributes = True
        self.kinds, self.rows = Kinds(state.reach), GivenRows()
        self.outside: Outside  # which `roll_calls` notes
        self.reasons: dict[str, str] = {}  # why calls were not written down, by their names
        self.detached_constants: set[float] = set()

    def modules_within(self, model: Any) -> Iterable[Module]:
        """Return the modules in a model. Those in a module are known as soon as it is."""
        if isinstance(model, Module):
            return [walk.module for walk in self.kinds.known_of(model).walks.values()]
        return modules_within(model)

    def on_watchers_changed(self, active: tuple[Watcher, ...]) -> None:
        was_detached = self.trace.detached
        super().on_watchers_changed(active)
        if self.trace.detached != was_detached:
            self.frame.part.switches += 1

    def intercept(self, op: Any, inputs: tuple[Any, ...]) -> Any:
        if op is detach:
            x = self.capture(inputs[0])
            if type(x) is float:
                self.detach_constant(x)
        return super().intercept(op, inputs)

    def detach_constant(self, x: float) -> float:
        """Return a constant that the code detaches, and note it for the check."""
        self.detached_constants.add(x)
        return x

    def capture(self, x: Any) -> Any:
        if isinstance(x, Value) and x not in self.constants and x not in self.parameters:
            if self.frame.find([x]):
                self.parameters[x] = self.frame.tracer(self.frame.places[x])
            elif self.frame.outer is not None:
                raise CannotRoll("it reads a Value that is not its own")
        return super().capture(x)

    def record_dot(self, xs: Any, ys: Any, start: Any) -> Any:
        """Record a dot product. A row of parameters, as one of weights, is looked up in C."""
        return record_dot(self.trace, self.frame.vectors, self.own_row(xs) or xs, ys, start)

    def record_dot_each(self, rows: Any, x: Any, starts: Any) -> list[Tracer] | None:
        """Record the products of a module's matrix and a vector; None for anything else."""
        if self.accesses.numbers_before:  # some parameters have other numbers than their own
            return None
        return self.frame.products.record(rows, x, starts)

    def own_row(self, row: Any) -> list[Tracer]:
        """Return the Tracers of a list of the part's parameters, [] for anything else."""
        if type(row) is not list or set(map(type, row)) != {Value}:
            return []
        if not self.constants.isdisjoint(row) or set(map(type, map(data_of, row))) != {float}:
            return []
        frame = self.frame
        new = list(filterfalse(frame.parameters.__contains__, row))
        if not frame.find(new):
            return []
        places = map(frame.places.__getitem__, new)
        frame.parameters.update(zip(new, map(frame.tracer, places)))
        return list(map(frame.parameters.__getitem__, row))

    def gradients(self, y: Any, xs: list[Any]) -> list[Any]:
        raise CannotRoll("it computes a derivative")  # the chain rule does not look into calls

    def call(self, function: Callable[..., Any], module: Any, arguments: Arguments) -> Any:
        """Return what the function returns for the module, written down as a call if it can be."""
        own = () if module is None else (module,)
        args, named = arguments
        name = type(module).__name__ if own else function.__name__
        try:
            leaf = self.as_argument_of_module if own else self.as_argument
            given = self.rows.find(arguments) or Given(map_arguments(arguments, leaf, {}))
            known = self.kinds.known_of(module)
            key = function, known.kind, self.trace.detached, given.kind, given.repeats
            frame = self.frames.get(key)
            if not isinstance(frame, str):
                self.outside.require_unchanged(function, module, known.kind)
            if frame is None:
                frame = self.frames[key] = self.trace_part(name, function, known, given.nest)
            if isinstance(frame, Frame):
                return self.write_call(frame, known, given)
        except CannotRoll as reason:
            frame = str(reason)
        self.reasons.setdefault(name, frame)
        try:
            return function(*own, *args, **named)
        except CannotRoll as reason:  # which holds for the part around it, too
            reason.within = reason.within or name
            raise

    def as_argument_of_module(self, x: Any) -> Any:
        """Return a leaf of the arguments. Code of a module may ask whether it is a Value."""
        if isinstance(x, Value):
            raise CannotRoll("it is given a Value")
        return self.as_argument(x)

    def as_argument(self, x: Any) -> Any:
        """Return a leaf of the arguments: a Tracer or a constant."""
        if isinstance(x, Value):
            return self.capture(x)
        if isinstance(x, Tracer) or is_plain(x):
            return x
        raise CannotRoll(f"it is given an object of class {type(x).__name__}")

    # ----------------------------------------------------------------------------- to trace a part

    def trace_part(
        self, name: str, function: Callable[..., Any], known: Known, given: Arguments
    ) -> Frame | str:
        """Return the part, or why there is none."""
        outer, reads, outside = self.frame, self.accesses.reads, self.outside.as_it_is()
        inner = Frame(name, PartTrace(self.capture), outer, known)
        inner.trace.detached = self.trace.detached
        args, named = arguments = inner.variables(given)
        before = copy_of_nest(arguments)
        own = () if known.module is None else (known.module,)
        self.enter(inner)
        self.accesses.reads = {}
        try:
            with without_side_effects():
                returned = function(*own, *args, **named)
            inner.end(self.as_result, returned)
            after, made = self.kinds.known_of(known.module), containers_in(returned).keys()
            if after.has_met(made) or not made.isdisjoint(containers_in(arguments)):
                raise CannotRoll("it returns a list that it was given, or keeps")
            if not is_same_nest(before, arguments):
                raise CannotRoll("it changes what it is given")
            if after.kind != known.kind:
                raise CannotRoll("it changes its own attributes")
            if self.accesses.reads:
                raise CannotRoll("it looks at the number of a Value")
            self.outside.require_unchanged(function, known.module, known.kind)
        except CannotRoll as reason:
            known.restore()  # as its code runs once more
            for things in outside:
                things.restore()
            return str(reason)
        finally:
            self.accesses.reads = {**reads, **self.accesses.reads}
            self.enter(outer)
        return inner

    def enter(self, frame: Frame) -> None:
        self.frame, self.trace, self.parameters = frame, frame.trace, frame.parameters

    def write_call(self, callee: Frame, known: Known, given: Given) -> Any:
        """Write down a call of a part; return its result."""
        frame = self.frame
        own = frame.places_of(known)
        frame.part.switches += callee.part.switches
        outputs: list[Tracer] = []
        if callee.part.outputs:
            frame.part.calls.append(Call(callee.part, own, given.bundles, frame.part.count))
            outputs = frame.trace.variables(len(callee.part.outputs))
        if callee.returns_outputs:
            return outputs
        inputs = [*own, *chain(*given.bundles)] if callee.returns_inputs else []

        def leaf(x: Any) -> Any:
            if not isinstance(x, Returned):
                return x
            return frame.tracer(int(inputs[x.index])) if x.is_input else outputs[x.index]

        return tree_map(leaf, callee.result)


@contextmanager
def without_side_effects() -> Iterator[None]:
    """Raise CannotRoll if the block draws random numbers, or moves running statistics."""
    draw = None if generator.get() is None else refuse_draw
    with use_generator(draw), collect_updates() as updates:
        yield
    refuse_updates(updates)


def refuse_updates(updates: Any) -> None:
    """Raise CannotRoll if there are new numbers of running statistics."""
    if updates:
        raise CannotRoll("it keeps running statistics")


def refuse_draw() -> Any:
    raise CannotRoll("it draws random numbers")


# ------------------------------------------------------------------------------- while it is traced


def call_within_program(function: Callable[..., Any], args: Any, named: Any) -> Any:
    """Return what a part returns, whose call the recorder at work writes down if it can."""
    recorder = current_recorder()
    if isinstance(recorder, RolledRecorder):
        return recorder.call(function, None, (args, named))
    return function(*args, **named)


@contextmanager
def roll_calls(recorder: RolledRecorder, model: Any) -> Iterator[None]:
    """Let the calls of a model's modules be written down as calls within the block."""
    dots, parts = fused_dot.set(recorder.record_dot), call_of_part.set(call_within_program)
    products = fused_dot_each.set(recorder.record_dot_each)
    try:
        with calls_replaced(recorder.modules_within(model), wrap_call):
            held, attributes = recorder.kinds.rows_held(), recorder.accesses.attributes
            recorder.outside = Outside(recorder.state, held, attributes)
            yield
    finally:
        fused_dot.reset(dots)
        fused_dot_each.reset(products)
        call_of_part.reset(parts)


@contextmanager
def calls_replaced(
    modules: Iterable[Module], wrap: Callable[[Callable[..., Any]], Any]
) -> Iterator[None]:
    """Let `wrap(__call__)` be the `__call__` of each class of these modules in the block.

    It is so for all threads, and has to ask whether it is meant.
    """
    originals = {
        cls: vars(cls)["__call__"] for cls in classes_of(modules) if "__call__" in vars(cls)
    }
    try:
        for cls, original in originals.items():
            cls.__call__ = wrap(original)
        yield
    finally:
        for cls, original in originals.items():
            cls.__call__ = original


def wrap_call(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return the `__call__` of a class of modules, which asks the recorder at work first."""

    def call(self: Any, *args: Any, **named: Any) -> Any:
        recorder = current_recorder()
        if isinstance(recorder, RolledRecorder):
            return recorder.call(original, self, (args, named))
        return original(self, *args, **named)

    return call


def classes_of(modules: Iterable[Module]) -> set[Any]:
    """Return the classes of modules, and those that they are derived from."""
    kinds = set(map(type, modules))
    return {cls for kind in kinds for cls in kind.__mro__ if issubclass(cls, Module)}


def modules_within(nest: Any) -> Iterator[Module]:
    """Yield the modules in a nest, and those among the attributes of each."""
    if isinstance(nest, Module):
        yield nest
        nest = vars(nest)
    if isinstance(nest, CONTAINERS):
        entries = nest.values() if isinstance(nest, dict) else nest
        if not NUMBERS.issuperset(map(type, entries)):
            for entry in entries:
                yield from modules_within(entry)
