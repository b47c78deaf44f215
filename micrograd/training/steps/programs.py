"""The programs of a training step, traced from what the user wrote.

Rule: the loss is written for one example, the penalty for the model, and the optimizer's rule for
one parameter. Each becomes a program of its own; how often it runs is not said here.
"""

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from math import prod
from typing import Any

from micrograd import errors
from micrograd.compiler import (
    Program,
    RolledProgram,
    StageTimes,
    Tracer,
    expand,
    gradients,
    lowering_rules,
    number_names,
    program_of,
    simplify,
)
from micrograd.engine import Value
from micrograd.optim import clip_factor
from micrograd.support.arguments import not_one_number
from micrograd.support.randomness import use_generator
from micrograd.support.state_updates import collect_updates, collected
from micrograd.training import messages
from micrograd.training.steps.definition import StepDefinition
from micrograd.training.steps.step_numbers import PLAIN, split
from micrograd.transforms import State, Variables, record, roll

Shape = tuple[int, ...]
AnyProgram = Program | RolledProgram


@dataclass(frozen=True)
class StepPrograms:
    """The programs of a training step.

    `example` gives the loss and the gradients of one example, `penalty` those of the model,
    `clipping` the factor of all gradients, and `update` a parameter after the step, its gradient
    and its state. `widths` are the numbers in a row of each array of data; `random_per_example`
    numbers are drawn for each example. It also gives the new numbers of the Values that are
    `moved`, such as running statistics. `shared` gives the first inputs of `update`, from the
    learning rate and the number of the step.
    """

    example: AnyProgram
    penalty: Program | None
    clipping: Program | None
    shared: Program
    update: Program
    widths: list[int]
    random_per_example: int
    other_parameters: list[Value]  # that the loss uses and the optimizer does not have
    moved: int  # how many of these, from the first on, get another number in each step
    keeps_state: bool  # whether the update changes the optimizer's state
    traced_counts: list[int]  # in the trace of each program

    @property
    def row_widths(self) -> list[int]:
        """The row width of each array. Random numbers are appended to the rows of the first."""
        if not self.widths:
            return []
        first, *others = self.widths
        return [first + self.random_per_example, *others]

    def by_name(self) -> dict[str, AnyProgram]:
        """Return the programs by what they are for, in the order in which they run."""
        programs: dict[str, AnyProgram | None] = {
            "each example": self.example,
            "the penalty": self.penalty,
            "the clipping": self.clipping,
            "each parameter": self.update,
        }
        return {name: program for name, program in programs.items() if program is not None}

    def __str__(self) -> str:
        titles = {"the penalty": "penalty", "the clipping": "clipping"}
        parts = []
        for name, program in self.by_name().items():
            parts.append(f"{titles.get(name, f'for {name}')}:\n{program}")
        if self.shared.ops:
            parts.insert(-1, f"for each step, in float64:\n{self.shared}")
        return "\n\n".join(parts)


class ProgramTracer:
    """Traces the programs of one definition, and measures how long each stage takes."""

    def __init__(
        self,
        definition: StepDefinition,
        state: State,
        dtype: str,
        times: StageTimes,
        rolls: bool = False,
    ) -> None:
        self.definition, self.state, self.times = definition, state, times
        self.rolls = rolls  # whether the loss is a rolled program
        self.is_double = dtype == "float64"
        self.parameters = definition.optimizer.parameters
        self.used: set[Value] = set()  # parameters of any kind, by the loss and the penalty
        self.traced_counts: list[int] = []

    def trace(self, shapes: Sequence[Shape]) -> StepPrograms:
        """Return the programs for arrays whose rows have these shapes."""
        widths = [prod(shape) for shape in shapes]
        with collect_updates() as updates:
            example, other_parameters, random_per_example = self.trace_example(shapes)
        if random_per_example and not widths:
            raise errors.TraceError(messages.random_without_data())
        penalty = self.trace_penalty()
        clipping = self.trace_clipping(penalty is not None)
        if self.rolls:  # a loss that uses no parameter is refused when it is planned
            check_looked_at(self.state, self.parameters)
        else:
            check_trained(self.used, self.state, self.parameters)
        whole, keeps_state = self.trace_update(penalty is not None, clipping is not None)
        shared, update = (PLAIN, whole) if self.is_double else split(whole)
        return StepPrograms(
            example=example,
            penalty=penalty,
            clipping=clipping,
            shared=shared,
            update=expand(update, lowering_rules(False)),
            widths=widths,
            random_per_example=random_per_example,
            other_parameters=other_parameters,
            moved=len(updates),
            keeps_state=keeps_state,
            traced_counts=self.traced_counts,
        )

    def trace_example(self, shapes: Sequence[Shape]) -> tuple[AnyProgram, list[Value], int]:
        """Return (loss and gradients of one example, other parameters, random numbers it draws)."""

        given = sum(map(prod, shapes))

        def loss(variables: Variables) -> Any:
            example = [variables.of_shape(shape) for shape in shapes]
            with use_generator(variables.make):
                return self.definition.loss(self.definition.model, *example)

        if self.rolls:
            with self.times.measure("trace"):
                rolled = roll(loss, self.definition.model, self.parameters, self.state)
            self.traced_counts.append(rolled.program.instructions)
            return rolled.program, rolled.others, rolled.variables - given
        program, other_parameters, count = self.loss_and_gradients(loss)
        return program, other_parameters, count - given

    def trace_penalty(self) -> Program | None:
        """Return the program of the penalty and its gradients, None without a penalty."""
        penalty, model = self.definition.penalty, self.definition.model
        if penalty is None:
            return None
        program, other_parameters, _ = self.loss_and_gradients(lambda _: penalty(model))
        if other_parameters:
            raise errors.TraceError(messages.penalty_of_other_parameters())
        return program

    def loss_and_gradients(self, f: Callable[[Variables], Any]) -> tuple[Program, list[Value], int]:
        """Return (program of f and its gradient, other parameters, how many variables f has made).

        The gradient is with respect to every parameter of the optimizer; the others are those that
        it does not have. `f` makes the variables that stand for an example.
        """
        with record(self.state) as recorder:
            variables = Variables(recorder)
            with self.times.measure("trace"):
                returned = f(variables)
                y = recorder.as_result(returned)
            if not isinstance(y, Tracer | float):
                raise TypeError(not_one_number("compile_step", returned))
            self.traced_counts.append(len(recorder.trace.tracers))
            self.used |= recorder.parameters.keys()
            with self.times.measure("differentiate"):
                trained = [recorder.capture(p) for p in self.parameters]
                outputs = [y, *gradients(y, trained)]
        updates = collected.get() or {}
        outputs += map(recorder.as_result, updates.values())
        own = {*self.parameters, *updates}
        others = [*updates, *(p for p in recorder.parameters if p not in own)]
        captured = [recorder.parameters[p] for p in others]
        names = number_names(x=variables.made, p=trained, c=captured)
        with self.times.measure("simplify"):
            program = simplify(expand(program_of(names, outputs), lowering_rules(False)))
        return program, others, len(variables.made)

    def trace_clipping(self, has_penalty: bool) -> Program | None:
        """Return the program of the factor that keeps the gradients' norm within `clip`."""
        if self.definition.clip is None:
            return None
        names: dict[Tracer, str] = {}
        count = len(self.parameters)
        with record(self.state) as recorder:
            grads = [new_variable(recorder, names, f"grad{i}") for i in range(count)]
            if has_penalty:
                penalties = [new_variable(recorder, names, f"penalty{i}") for i in range(count)]
                grads = [grad + penalty for grad, penalty in zip(grads, penalties)]
            scale = recorder.as_result(clip_factor(grads, self.definition.clip))
        return expand(self.simplify_trace(recorder, names, [scale]), lowering_rules(False))

    def trace_update(self, has_penalty: bool, has_clipping: bool) -> tuple[Program, bool]:
        """Return (the optimizer's rule for one parameter, whether it changes the state)."""
        optimizer = self.definition.optimizer
        names: dict[Tracer, str] = {}
        with record(self.state) as recorder:
            lr, t, p, grad = [new_variable(recorder, names, x) for x in ("lr", "t", "p", "grad")]
            penalty = new_variable(recorder, names, "penalty") if has_penalty else None
            scale = new_variable(recorder, names, "scale") if has_clipping else None
            count = len(optimizer.start)
            state = tuple(new_variable(recorder, names, f"s{i}") for i in range(count))
            if penalty is not None:
                grad = grad + penalty
            if scale is not None:
                grad = grad * scale
            new_p, new_state = optimizer.update(p, grad, state, lr, t)
            keeps_state = any(new is not old for new, old in zip(new_state, state))
            outputs = [recorder.as_result(x) for x in (new_p, grad, *new_state)]
        return self.simplify_trace(recorder, names, outputs), keeps_state

    def simplify_trace(
        self, recorder: Any, names: dict[Tracer, str], outputs: list[Any]
    ) -> Program:
        self.traced_counts.append(len(recorder.trace.tracers))
        with self.times.measure("simplify"):
            return simplify(program_of(names, outputs))


def check_trained(used: Set[Value], state: State, parameters: Sequence[Value]) -> None:
    """Raise TraceError if the loss uses no parameter, or looks at the number of one."""
    if used.isdisjoint(parameters):
        raise errors.TraceError(messages.nothing_to_train())
    check_looked_at(state, parameters)


def check_looked_at(state: State, parameters: Sequence[Value]) -> None:
    """Raise TraceError if the loss looks at the number of a parameter."""
    looked_at = state.values_looked_at()
    if looked_at and not looked_at.isdisjoint(parameters):
        raise errors.TraceError(messages.looks_at_what_it_trains())


def new_variable(recorder: Any, names: dict[Tracer, str], name: str) -> Any:
    """Return a new variable of the recorder's trace, whose name goes to `names`."""
    variable = recorder.trace.variable()
    names[variable] = name
    return variable
