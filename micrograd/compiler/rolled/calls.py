"""Parts and calls: what a module does for arguments of one shape, and where it is done.

Rule: a part is traced once. A call writes down which numbers of the caller it is given, as arrays
of places in the caller's trace.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from micrograd.compiler.program import Operand
from micrograd.compiler.rolled.dots import VECTOR, count_operations
from micrograd.compiler.trace import Trace, Tracer
from micrograd.ops import Op, detach
from micrograd.support.own_rows import is_own_row
from micrograd.support.wording import plural

if TYPE_CHECKING:
    from micrograd.compiler.rolled.blocks import Places

PICK = "take"  # the family of ops that take an entry of a table by an index
ENDING = replace(detach)  # of results within no_grad(), which a check tells from others detached


class CannotRoll(BaseException):
    """Raised for what a rolled program cannot have. The argument says why, for the report.

    It is no Exception, so that the code that is traced does not catch it.
    """

    within = ""  # the name of the module that cannot be rolled, if another one calls it

    def __str__(self) -> str:
        reason = super().__str__()
        return f"{reason} (in {self.within})" if self.within else reason


class PartTrace(Trace):
    """The trace of a part, which sees no number of its caller but those that it is given."""

    ending = ENDING

    def as_operand(self, x: Any) -> Any:
        if type(x) is Tracer and x.trace is not self:
            raise CannotRoll("it reads a number that is not given to it")
        return super().as_operand(x)


@dataclass(eq=False)
class Part:
    """The instructions of a module or a function, and its calls of other parts.

    `sizes` has the length of each bundle of its inputs. The first one, of its parameters, has the
    first places; `order` has those of the others.
    `switches` is how often its code, and that of its calls, enters or leaves no_grad().
    """

    name: str
    trace: Trace
    sizes: list[int] = field(default_factory=list)
    order: Places | range = range(0)
    calls: list[Call] = field(default_factory=list)
    outputs: list[Operand] = field(default_factory=list)
    switches: int = 0

    @property
    def count(self) -> int:
        """How many places the trace has."""
        return len(self.trace.tracers)

    @cached_property
    def instructions(self) -> list[Tracer]:
        """The instructions, once all of them are there."""
        parameters = sum(self.sizes[:1])  # no instruction stands before these
        return [x for x in self.trace.tracers[parameters:] if x is not None and x.op]

    def let_go(self) -> None:
        """Let go of the instructions, whose places are all that a plan needs."""
        self.trace.tracers.clear()
        self.instructions = []

    def __str__(self) -> str:
        counts: dict[str, int] = {}
        for call in self.calls:
            counts[call.part.name] = counts.get(call.part.name, 0) + 1
        calls = [f"{count:,} x {name}" for name, count in counts.items()]
        parameters = plural(sum(self.sizes[:1]), "parameter")
        given = plural(sum(self.sizes[1:]), "number")
        own = plural(sum(x.op is not VECTOR for x in self.instructions), "instruction")
        return ", ".join([f"{self.name} ({parameters}, {given}): {own}", *calls])


@dataclass(eq=False)
class Call:
    """A call of a part. Its results stand side by side in the caller's trace, from `first` on.

    `parameters` are the same object for two calls of one module; `arguments` has an array of
    places for each argument.
    """

    part: Part
    parameters: Places | range
    arguments: list[Places]
    first: int

    @property
    def results(self) -> range:
        return range(self.first, self.first + len(self.part.outputs))


def is_pick(op: Op | None) -> bool:
    """Return whether an op takes an entry of a table by an index. A user's row never does."""
    return op is not None and op.family == PICK and is_own_row(op)


def parts_within(part: Part) -> list[Part]:
    """Return the part and all that it calls, each once, before the parts that it calls."""
    order: dict[int, Part] = {}

    def visit(each: Part) -> None:
        for call in each.calls:
            if id(call.part) not in order:
                visit(call.part)
        order[id(each)] = each

    visit(part)
    return list(order.values())[::-1]


def count_instructions(part: Part) -> int:
    """Return how many instructions the part is with all its calls written out."""
    counts: dict[int, int] = {}
    for each in reversed(parts_within(part)):
        own = sum(map(count_operations, each.instructions))
        counts[id(each)] = own + sum(counts[id(call.part)] for call in each.calls)
    return counts[id(part)]
