"""Functions of large models as rolled programs, for `jit` and `vmap`.

Rule: a program is used if it would not be slow, and if the user's code has the same results.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from math import isfinite
from typing import Any

from micrograd.compiler import CannotRoll, RolledOutputs, collector_paused
from micrograd.engine import Value
from micrograd.nn import Module
from micrograd.support.nest import tree_map
from micrograd.support.parts import is_part
from micrograd.transforms import rolled_functions
from micrograd.transforms.kinds import Kinds, are_apart, join
from micrograd.transforms.rolled_check import check_call
from micrograd.transforms.rolled_functions import check_regular, roll
from micrograd.transforms.rolling import modules_within
from micrograd.transforms.state import State
from micrograd.transforms.traced_functions import Machine, TracedFunction, as_float, call_with


class RolledFunction(TracedFunction):
    """A function of large models: the calls of their modules are instructions.

    Raises CannotRoll if there is no such program, or if it would be small or slow. `machine` makes
    the machine code of a program; `forward` is that of the outputs.
    """

    is_rolled = True

    def __init__(
        self,
        f: Callable[..., Any],
        state: State,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        machine: Machine,
    ) -> None:
        super().__init__(args, kwargs)
        models = outermost_modules(state)
        known = parameters_of(models, state)

        def call(make: Callable[[], Any]) -> Any:
            return call_with(make, f, args, kwargs)

        with collector_paused():
            rolled, returned, _, others = roll(lambda v: call(v.make), models, known, state)
        self.rolled, self.result = rolled, tree_map(lambda _: 0.0, returned)
        values = [*known, *self.arguments, *others]
        first, last = len(known), len(known) + len(self.arguments)
        used = sorted(rolled.inputs_used())
        self.places = [place for place in used if not first <= place < last]
        self.parameters = [values[place] for place in self.places]
        self.given = range(first, last)
        self.program = self.outputs()
        self.gradients: dict[int, RolledOutputs] = {}
        self.forward = machine(self.program)
        check_regular(rolled, self.forward.lowered.plan)
        numbers = list(map(as_finite, self.arguments))
        check_call(rolled, call, models, known, others, numbers, state)
        state.written = []  # which no other trace needs

    def outputs(
        self, output: int | None = None, with_respect_to: Sequence[int] = ()
    ) -> RolledOutputs:
        return RolledOutputs(self.rolled, self.given, self.places, output, with_respect_to)

    def gradient(self, output: int) -> Any:
        inputs = [*self.given, *self.places]
        program = self.outputs(output, [inputs[i] for i in self.with_respect_to])
        self.gradients[output] = program
        return program

    def edges(self, output: int) -> list[tuple[int, int]]:
        count = len(self.rolled.part.outputs)
        receives = self.gradients[output].receives
        return [(k, count + k) for k, is_receiver in enumerate(receives) if is_receiver]

    def report(self) -> list[str]:
        return self.rolled.report


def may_roll(state: State) -> bool:
    """Return whether a function has enough parameters, and something that may be a part."""
    if len(state.values) < rolled_functions.FEWEST_PARAMETERS:
        return False
    reached = state.reach.seen.values()
    return any(isinstance(x, Module) or is_part(x) for x in reached)


def try_rolled(
    f: Callable[..., Any],
    state: State,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    machine: Machine,
) -> tuple[RolledFunction | None, str]:
    """Return (the function as a rolled program, ""), or (None, why it is none)."""
    try:
        return RolledFunction(f, state, args, kwargs, machine), ""
    except CannotRoll as cannot:
        reason = str(cannot)
        return None, "" if reason == rolled_functions.SMALL else reason
    except Exception as error:  # which the whole trace raises as well, if it is the user's
        return None, f"{type(error).__name__}: {error}"


def outermost_modules(state: State) -> list[Module]:
    """Return the modules that the function can reach, without those within another."""
    outermost: list[Module] = []
    within: set[int] = set()
    for x in state.reach.seen.values():
        if isinstance(x, Module) and id(x) not in within:
            outermost.append(x)
            within.update(map(id, modules_within(x)))
    return outermost


def parameters_of(models: list[Module], state: State) -> list[Value]:
    """Return all Values that the function can reach, those of the models first, in their order."""
    known, values = list(map(Kinds(state.reach).known_of, models)), state.values
    own = list(chain.from_iterable(each.values for each in known))
    if len(own) == len(values) and are_apart(join([each.runs for each in known])):
        return own  # it is known that each stands there once
    return list(dict.fromkeys(chain(own, values)))


def as_finite(x: Any) -> float:
    """Return the number of an argument; 0.5 for inf and nan, whose results check nothing."""
    number = as_float(x)
    return number if isfinite(number) else 0.5
