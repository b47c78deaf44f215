"""Training steps on JAX, which are used as the compiled ones are.

Rule: the loss is exported, JAX differentiates it, and the optimizer's rule is the program that the
compiled step has. Within the block of a runner the arrays hold the parameters; outside it the
Values do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from hashlib import sha256
from typing import Any

import numpy as np

from micrograd.compiler import Program, StageTimes, Tracer, expand, program_of
from micrograd.engine import Value
from micrograd.engines import (
    ROOM,
    ArrayStep,
    DeviceMesh,
    Disconnected,
    Functions,
    connect,
    explain_memory,
    watch,
)
from micrograd.errors import TraceError
from micrograd.export import (
    BFLOAT16,
    JAX,
    JAX_BFLOAT16,
    ArrayFunction,
    Dialect,
    Layout,
    array_function,
    data_of,
    jax_precision,
    layout_of,
    number_type,
    program_function,
    values_in,
    without_mixtures,
    write_source,
)
from micrograd.nn import Module
from micrograd.optim import clip_factor, defer_state
from micrograd.support.arguments import not_one_number
from micrograd.support.state_updates import collect_updates
from micrograd.training import messages
from micrograd.training.steps.definition import StepDefinition
from micrograd.training.steps.minibatches import MinibatchSampler, first_example
from micrograd.training.steps.parameter_numbers import (
    StateRows,
    copy_numbers,
    parameters_and_state,
)
from micrograd.training.steps.programs import (
    ProgramTracer,
    Shape,
    check_trained,
    new_variable,
)
from micrograd.training.steps.step_numbers import PLAIN, compute, split
from micrograd.transforms import (
    Compilations,
    RolledRecorder,
    State,
    current_recorder,
    record,
    refuse_updates,
)

OUTSIDE = "outside.{}"  # the name of what the model has not: a parameter, or all other Values


class JaxStep:
    """The equivalent on JAX's devices of what `compile_step` returns."""

    SEEN_BY_TRACES = ("definition",)  # of functions that can reach the step

    def __init__(
        self,
        definition: StepDefinition,
        dtype: str,
        per_example: bool,
        mesh: Mapping[str, int] | None,
    ) -> None:
        if definition.optimizer.groups:
            raise ValueError(messages.groups_are_not_compiled())
        self.definition, self.per_example = definition, per_example
        self.products, self.dtype = dtype, number_type(dtype)
        self.mesh = DeviceMesh(mesh, one_batch=not per_example)
        self.specialisations: Compilations[CompiledOnJax] = Compilations("The training step")

    def bound(
        self, X: Any, y: Any, batch_size: int, seed: int, first: int = 0, shuffle: bool = True
    ) -> JaxRunner:
        """Return the block of steps over X and y whose first one is step number `first`."""
        one_batch = X is not None and not self.per_example
        sampler = MinibatchSampler(X, y, batch_size, seed, first, one_batch, shuffle=shuffle)
        self.mesh.check_batch(sampler.examples_per_step)
        return JaxRunner(self, sampler)

    def precision(self) -> AbstractContextManager[Any]:
        """Return a block in which JAX computes as the step does."""
        return jax_precision(self.mesh.jax, self.products)

    def specialisation(
        self, shapes: Sequence[Shape], example: Callable[[], list[Any]]
    ) -> CompiledOnJax:
        """Return the step compiled for examples whose parts have these shapes.

        It is compiled for the state of now: see `transforms.state`. `example()` is one of them.
        """

        def make() -> tuple[State, CompiledOnJax]:
            state = self.definition.state()
            made: list[CompiledOnJax] = []  # an error is raised in all processes
            connect().together(lambda: made.append(CompiledOnJax(self, state, shapes, example)))
            connect().check_same(made[0].facts)
            return state, made[0]

        return self.specialisations.find_or_compile(tuple(shapes), make)


class CompiledOnJax:
    """A step for examples of one shape: its functions, and which Values its arrays hold."""

    def __init__(
        self,
        step: JaxStep,
        state: State,
        shapes: Sequence[Shape],
        example: Callable[[], list[Any]],
    ) -> None:
        self.example = example
        self.definition, self.state, self.mesh = step.definition, state, step.mesh
        self.optimizer, self.dtype = step.definition.optimizer, step.dtype
        self.layout = layout_with(self.definition.model, self.optimizer.parameters)
        parameters = self.optimizer.parameters
        places = dict(zip(parameters, range(len(parameters))))
        self.places = {  # of what is trained: an array is trained as a whole or not at all
            name: np.array([*map(places.__getitem__, values.ravel().tolist())])
            for name, values in self.layout.items()
            if values.flat[0] in places
        }
        self.moved: list[Value] = []  # by the loss, such as running statistics
        self.draws = 0  # random numbers of an example
        self.texts: list[str] = []  # of what is differentiated
        self.dialect = JAX_BFLOAT16 if step.products == BFLOAT16 else JAX
        loss, count = self.loss(shapes)
        self.shared, update = self.update()
        functions = Functions(loss, update, self.penalty(), self.factor())
        self.step = ArrayStep(functions, step.mesh, count, one_batch=not step.per_example)

    def loss(self, shapes: Sequence[Shape]) -> tuple[Callable[..., Any], int]:
        """Return (the loss as a function of arrays, the number of arrays that an example has)."""
        function = self.traced_loss(shapes)
        if function.others:  # which may change during the run, as in a teacher's model
            self.layout[OUTSIDE.format("others")] = np.array(function.others, object)
            function = self.traced_loss(shapes)
        check_trained(function.used, self.state, self.optimizer.parameters)
        if len(function.shapes) > len(shapes):
            (self.draws,) = function.shapes[-1]
        f = self.compile(function, self.dialect)

        def with_moved(parameters: Any, *example: Any) -> Any:
            losses, numbers = f(parameters, *example)
            return losses, self.moved_arrays(parameters, numbers)

        return with_moved, len(function.shapes)

    def traced_loss(self, shapes: Sequence[Shape]) -> ArrayFunction:
        return array_function(
            self.call_loss,
            self.definition.model,
            shapes,
            JAX,
            layout=self.layout,
            draws=True,
            state=self.state,
            example=self.example,
            unroll=self.definition.unroll,
        )

    def call_loss(self, model: Module, *example: Any) -> Any:
        """Return (the loss, the new numbers of moved Values), and note which these are."""
        with collect_updates() as updates:
            returned = self.definition.loss(model, *example)
        recorder = current_recorder()
        if recorder is None:  # array_function checks a rolled program
            return returned, []
        if isinstance(recorder, RolledRecorder):
            refuse_updates(updates)
        y = recorder.as_result(returned)
        if not isinstance(y, Tracer | float):
            raise TypeError(not_one_number("fit", returned))
        self.moved = list(updates)
        return y, list(updates.values())

    def moved_arrays(self, parameters: Any, numbers: Any) -> dict[str, Any]:
        """Return the arrays of moved Values with their new numbers."""
        places = {value: i for i, value in enumerate(self.moved)}
        arrays = {}
        for name, values in self.layout.items():
            entries = [(i, places[x]) for i, x in enumerate(values.ravel()) if x in places]
            if entries:
                into, of = map(list, zip(*entries))
                flat = parameters[name].ravel().at[np.array(into)].set(numbers[0, np.array(of)])
                arrays[name] = flat.reshape(values.shape)
        return arrays

    def penalty(self) -> Callable[..., Any] | None:
        penalty = self.definition.penalty
        if penalty is None:
            return None
        function = array_function(
            penalty, self.definition.model, [], JAX, layout=self.layout, unroll=True
        )
        if function.others:
            raise TraceError(messages.penalty_of_other_parameters())
        return self.compile(function, JAX)

    def compile(self, function: Any, dialect: Dialect) -> Callable[..., Any]:
        """Return the function of arrays as one of JAX's, whose text is kept."""
        source = write_source(function, dialect)
        self.texts.append(str(source))
        return source.compile()

    def facts(self) -> dict[str, str]:
        """Return a digest of what the model and the loss compute, for other processes."""
        text = "\n".join(self.texts)
        return {"the code of the model or the loss": sha256(text.encode()).hexdigest()}

    def update(self) -> tuple[Program, Callable[..., Any]]:
        """Return (the numbers that all parameters share, the optimizer's rule for arrays)."""
        tracer = ProgramTracer(self.definition, self.state, self.dtype, StageTimes())
        has_clipping = self.definition.clip is not None
        whole, self.keeps_state = tracer.trace_update(False, has_clipping)
        shared, update = (PLAIN, whole) if tracer.is_double else split(whole)
        return shared, program_function(expand(update, JAX), JAX, "p")

    def factor(self) -> Callable[..., Any] | None:
        """Return the factor of all grads as a function of their norm, None without clipping."""
        clip = self.definition.clip
        if clip is None:
            return None
        names: dict[Tracer, str] = {}
        with record() as recorder:
            norm = new_variable(recorder, names, "norm")
            scale = recorder.as_result(clip_factor([norm], clip))
        return program_function(expand(program_of(names, [scale]), JAX), JAX, "norm")

    # ------------------------------------------------------------------------ Values and arrays

    def load(self) -> Any:
        """Return the state of training, on the devices."""
        fixed = {
            name: data_of(values) for name, values in self.layout.items() if name not in self.places
        }
        state: dict[str, dict[str, Any]] = {"p": {}, "fixed": fixed, "s": {}, "grad": {}}
        data, rows = parameters_and_state(self.optimizer)
        for name, places in self.places.items():
            shape = self.layout[name].shape
            state["p"][name] = data[places].reshape(shape)
            state["s"][name] = tuple(row[places].reshape(shape) for row in rows)
            state["grad"][name] = np.zeros(shape)
        state = self.mesh.jax.tree.map(lambda x: x.astype(self.dtype), state)
        return self.mesh.put(state, self.mesh.of_state(state))

    def store(self, state: Any) -> None:
        """Set Values, their grads and the optimizer's state."""
        parameters = self.optimizer.parameters
        rows = np.empty((2 + len(self.optimizer.start), len(parameters)))  # data, grads, state
        for name, places in self.places.items():
            arrays = (state["p"][name], state["grad"][name], *state["s"][name])
            for row, array in zip(rows, arrays):
                row[places] = self.fetch(array)
        copy_numbers(parameters, rows[0], rows[1])
        if self.optimizer.start:
            defer_state(self.optimizer, StateRows(None, list(rows[2:])))
        moved = set(self.moved)
        for name in state["fixed"]:
            numbers = self.fetch(state["fixed"][name]).tolist()
            for x, number in zip(self.layout[name].ravel(), numbers):
                if x in moved:
                    x.data = number

    def fetch(self, array: Any) -> np.ndarray:
        """Return the numbers of an array on the devices, one after the other."""
        return np.asarray(self.mesh.fetch(array), float).ravel()


def layout_with(model: Module, parameters: Sequence[Value]) -> Layout:
    """Return the layout of a model, and each parameter that is not in it as one array more.

    The parameters share no array with Values that are not trained.
    """
    trained = set(parameters)
    layout = without_mixtures(layout_of(model), trained.__contains__)
    inside = set(values_in(layout))
    for i, x in enumerate(x for x in parameters if x not in inside):
        layout[OUTSIDE.format(i)] = np.array(x, object)
    return layout


class JaxRunner:
    """A block that takes steps of a JaxStep."""

    steps_per_call = 2**10
    is_atomic = True  # an exception while JAX compiles makes Python crash when it ends

    def __init__(self, step: JaxStep, sampler: MinibatchSampler) -> None:
        self.step, self.sampler, self.optimizer = step, sampler, step.definition.optimizer

    def __enter__(self) -> JaxRunner:
        sampler = self.sampler
        shapes = [array.shape[1:] for array in sampler.arrays]
        if sampler.one_batch_per_step:
            shapes = [(sampler.size, *shape) for shape in shapes]
        self.optimizer.match_state()
        self.optimizer.require_trainable()
        example = partial(first_example, sampler)
        self.compiled = self.step.specialisation(shapes, example)
        sampler.random_per_example = self.compiled.draws
        with self.on_devices():
            self.arrays = [self.place(array) for array in sampler.arrays]
            self.state = self.compiled.load()
        return self

    @contextmanager
    def on_devices(self) -> Iterator[None]:
        """A block of work on the devices, which raises MemoryError if it does not fit."""
        with explain_memory(self.sampler.size), self.step.precision():
            yield

    def place(self, array: np.ndarray) -> Any:
        """Return an array of examples on the devices: on each, if steps choose among them."""
        mesh = self.step.mesh
        is_whole = self.sampler.is_partial or self.sampler.one_batch_per_step
        return mesh.put_array(array.astype(self.step.dtype), mesh.whole if is_whole else mesh.rows)

    def __exit__(self, *exception: object) -> None:
        # a process that is lost has parts of the arrays
        is_lost = any(isinstance(each, Disconnected) for each in exception)
        if not is_lost:
            self.compiled.store(self.state)

    def run_into(self, losses: np.ndarray, rates: np.ndarray) -> None:
        """Take len(losses) steps; put the loss before each, and its learning rate, there.

        While the devices take some steps, the order of the next examples is made.
        """
        count, first, lr = len(losses), self.optimizer.steps, self.optimizer.lr
        rates[:] = [lr(first + i) for i in range(count)] if callable(lr) else lr
        table = compute(self.compiled.shared, rates, first + np.arange(1.0, count + 1.0))
        table, step, most = table.astype(self.step.dtype), self.compiled.step, ROOM[-1]
        with watch(), self.on_devices():
            state, parts = self.state, []
            for start in range(0, count, most):
                rows = table[start : start + most]
                order = self.order(len(rows), first + start)
                state, part = step.run(state, rows, self.arrays, *order)
                parts.append((losses[start : start + most], part))
            for numbers, part in parts:
                numbers[:] = step.losses_of(part, len(numbers))
        self.state = state
        self.optimizer.steps += count

    def order(self, count: int, first: int) -> tuple[np.ndarray | None, np.ndarray | None]:
        """Return (indices, random numbers) of the examples of the next steps, None for neither."""
        sampler = self.sampler
        if not (sampler.is_partial or self.compiled.draws):
            sampler.step += count
            return None, None
        indices, numbers = sampler.next(count, first)
        order = indices.reshape(count, sampler.size) if sampler.is_partial else None
        if not self.compiled.draws:
            return order, None
        numbers = numbers.astype(self.step.dtype)
        return order, numbers.reshape(count, sampler.examples_per_step, -1)
