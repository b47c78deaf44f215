"""`jit` and `vmap`: functions of numbers, traced once for each kind of arguments and compiled.

Rule: a compiled function means what it means without; inside another one, or inside a transform of
an eager function, it is simply called.
"""

import functools
from collections.abc import Callable
from contextvars import ContextVar
from itertools import chain

from micrograd import errors
from micrograd.compiler import (
    Program,
    Tracer,
    collector_paused,
    differentiate,
    program_of,
    simplify,
)
from micrograd.engine import Value, read_data
from micrograd.graph import topological_order
from micrograd.ieee import as_number
from micrograd.ops import interpret
from micrograd.support.nest import leaves, tree_map
from micrograd.transforms import messages
from micrograd.transforms.recording import (
    current,
    record,
    result_ends,
    result_map,
    signature,
    with_variables,
)
from micrograd.watchers import watchers

nested: ContextVar[bool] = ContextVar("nested", default=False)


def jit(f: Callable | None = None, *, exact: bool = False):
    """`f`, compiled: the same results from machine code.

    `f` takes numbers, Values, nested lists of them or NumPy arrays, and returns a number or a nest
    of them. It is traced once for each structure and shape of its arguments, and for each text,
    bool or model among them. The results are Values: their `backward()` fills the grads of the
    Values that `f` was given and of those that it met, its parameters. What the function closes
    over else, and what it makes inside, is a constant.

    With `exact` the numbers are those of the eager engine to the last bit; without, sums and
    functions are computed faster, within 1e-12 of them for sums that do not cancel. Raises
    TraceError for a branch on a traced number, or a look at one.

    >>> @jit
    ... def area(w, h):
    ...     return w * h
    >>> area(2.0, 3.0)
    Value(data=6.0, grad=0.0)
    """
    if f is None:
        return functools.partial(jit, exact=exact)
    return Jitted(f, exact)


def compile_graph(y: Value, inputs: list[Value], exact: bool = False) -> "Jitted":
    """The graph of `y` as it stands, compiled: a function of the numbers at `inputs`.

    Every other leaf is a constant. Called with Values, its result sends grads to them.

    >>> a, b = Value(2.0), Value(3.0)
    >>> replay = compile_graph(a * b + 1.0, [a, b])
    >>> replay(a, 5.0)
    Value(data=11.0, grad=0.0)
    """
    order = topological_order(y)

    def replay(*numbers):
        if len(numbers) != len(inputs):
            raise TypeError(errors.wrong_arity("this graph", len(inputs), len(numbers)))
        known = dict(zip(inputs, numbers))
        for node in order:
            if node not in known:
                numbers = tuple(known[x] for x in node.inputs)
                known[node] = interpret(node.op, numbers) if node.op else node.data
        return known[y]

    return Jitted(replay, exact)


class Jitted:
    """A compiled function. `numbers`: its results are floats unless it is given Values."""

    def __init__(self, f: Callable, exact: bool = False, numbers: bool = False):
        functools.update_wrapper(self, f)
        self.f, self.exact, self.numbers = f, exact, numbers
        self.versions: dict = {}

    def __get__(self, instance, owner=None):
        """As a method: `self` is the model that a version is compiled for."""
        return self if instance is None else functools.partial(self, instance)

    def transformed(self, transform: Callable) -> "Jitted":
        """The derivative of the function, compiled the same way."""
        return Jitted(transform(self.f), self.exact, numbers=True)

    def __call__(self, *args, **kwargs):
        leaves: list = []
        key = (signature(args, leaves), signature(kwargs, leaves))
        if current() or nested.get() or any(isinstance(x, Tracer) for x in leaves):
            return self.f(*args, **kwargs)
        found = self.version(key, args, kwargs).call(leaves)
        if self.numbers and not any(isinstance(x, Value) for x in leaves):
            return result_map(lambda y: y.data if isinstance(y, Value) else y, found)
        return found

    def version(self, key, *arguments) -> "Version":
        if key not in self.versions:
            made = Version(self.f, self.exact, *arguments)
            self.versions.setdefault(key, (made, arguments))  # the objects in the key stay alive
        return self.versions[key][0]

    def lower(self, *args, **kwargs) -> "Version":
        """The version for such arguments: its `program`, the text of its `ir` and `asm`."""
        return self.version((signature(args, []), signature(kwargs, [])), args, kwargs)


class Version:
    """A function for one kind of arguments: `program` returns what it returns."""

    def __init__(self, f: Callable, exact: bool, args: tuple, kwargs: dict):
        self.name, self.exact = getattr(f, "__name__", "f"), exact
        with collector_paused(), record() as recorder:
            variables: list[Tracer] = []

            def make():
                variables.append(recorder.trace.variable())
                return variables[-1]

            y = f(*with_variables(args, make), **with_variables(kwargs, make))
            self.result = tree_map(recorder.as_result, y)
        self.parameters = list(recorder.parameters)
        names = {x: f"x{i}" for i, x in enumerate(variables)}
        names |= {x: f"p{i}" for i, x in enumerate(recorder.parameters.values())}
        self.computed = [p for p in self.parameters if p.op]  # which are no leaves
        outputs = [y for y in result_ends(self.result) if is_number(y)]
        self.plain = len(outputs) == len(leaves(self.result))  # with no array or text in between
        self.traced = program_of(names, outputs)
        self.program = simplify(self.traced)
        self.gradients: dict = {}
        self.backward_first = False

    @functools.cached_property
    def forward(self):
        return once(self.program, self.exact)

    @functools.cached_property
    def ir(self) -> str:
        return self.forward.machine.ir

    @functools.cached_property
    def asm(self) -> str:
        return self.forward.machine.asm

    def gradient(self, output: int):
        """The compiled program of all outputs and of the gradient of that one."""
        if output not in self.gradients:
            with collector_paused():
                program = differentiate(self.traced, output, exact=self.exact)
                self.gradients[output] = once(simplify(program), self.exact)
        return self.gradients[output]

    def call(self, leaves: list):
        """The nest of results for those numbers and Values."""
        import numpy as np  # here, since it loads slowly

        given = [x.data if isinstance(x, Value) else float(as_number(x)) for x in leaves]
        numbers = chain(given, map(read_data, self.parameters))
        record = Call(self, leaves, np.fromiter(numbers, float, len(self.program.input_names)))
        found = iter(record.results())
        if self.plain:
            return tree_map(lambda _: next(found), self.result)
        return result_map(lambda y: next(found) if is_number(y) else y, self.result)


def is_number(y) -> bool:
    """Whether it is an output of the program; a function may return texts and models beside."""
    return isinstance(y, Tracer | float)


def once(program: Program, exact: bool):
    from micrograd.compiler import (
        ScalarFunction,  # here, since NumPy and llvmlite load slowly
    )

    return ScalarFunction(program, exact)


class Call:
    """One call: its inputs, as they were, its outputs, and the gradients asked for so far."""

    def __init__(self, version: Version, leaves: list, numbers):
        self.version, self.numbers = version, numbers
        given = [i for i, x in enumerate(leaves) if isinstance(x, Value)]
        self.values = (*[leaves[i] for i in given], *version.parameters)
        self.below = version.computed or [leaves[i] for i in given if leaves[i].op]
        self.places = [*given, *range(len(leaves), len(numbers))]
        self.slopes: dict[int, list[float]] = {}
        count = len(version.program.outputs)
        if version.backward_first:  # the call before this one was followed by a backward()
            found = version.gradient(0).run(numbers)
            self.outputs, self.slopes[0] = found[:count], found[count:]
        else:
            self.outputs = version.forward.run(numbers)

    def results(self) -> list["Result"]:
        """Return a Value for each output. They all share one tuple of inputs."""
        outputs = enumerate(self.outputs)
        return [Result.result(data, Compiled(self, i), self.values) for i, data in outputs]

    def partials(self, output: int) -> list[float]:
        """d output / d each Value."""
        if output not in self.slopes:
            self.version.backward_first |= output == 0
            found = self.version.gradient(output).run(self.numbers)
            self.slopes[output] = found[len(self.outputs) :]
        slopes = self.slopes[output]
        return [slopes[place] for place in self.places]


class Compiled:
    """Stands where a row would: the op of a result, whose partials come from machine code."""

    __slots__ = ("call", "output")
    with_constant, family, constant = None, "", None

    def __init__(self, call: Call, output: int):
        self.call, self.output = call, output

    @property
    def name(self) -> str:
        return self.call.version.name

    symbol = name

    def __reduce__(self):
        raise TypeError(messages.machine_code_stays(self.name))

    @property
    def template(self) -> str:
        return f"{self.name}({', '.join(['{}'] * len(self.call.values))})"

    def forward(self, *numbers: float) -> float:
        """The result for other numbers in place of the Values'."""
        given = list(self.call.numbers)
        for place, x in zip(self.call.places, numbers):
            given[place] = x
        return self.call.version.forward.run(given)[self.output]

    @property
    def partials(self) -> tuple[Callable, ...]:
        found = self.call.partials(self.output)
        return tuple(functools.partial(self.partial, slope) for slope in found)

    def partial(self, slope: float, *numbers):
        if isinstance(numbers[-1], Value):
            raise errors.GraphError(messages.compiled_twice(self.name))
        return slope


class Result(Value):
    """A Value that a compiled function returned."""

    __slots__ = ()

    def backward(self):
        """As Value's; where there is nothing but leaves below, there is no order to find."""
        if watchers.get() or not isinstance(self.op, Compiled) or self.op.call.below:
            super().backward()
        else:
            self.grad = 1.0
            self._backward()

    def _backward(self):
        if not isinstance(self.op, Compiled):  # computed from one, by an op
            super()._backward()
        else:
            grad = self.grad
            for x, partial in zip(self.inputs, self.op.call.partials(self.op.output)):
                x.grad += partial * grad


# ------------------------------------------------------------------------------------------- vmap
