"""Rolled programs: parts and calls, and the kernels of a loss and its gradients.

Rule: a rolled program is planned for the memory of a unit, and evaluated for a check.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from micrograd.compiler.codegen.lowering_rules import lowering_rules
from micrograd.compiler.codegen.unit import RolledUnit
from micrograd.compiler.plan import Plan
from micrograd.compiler.rolled.blocks import ArrayKernel, Blocks, Places, Terms
from micrograd.compiler.rolled.calls import CannotRoll, Part, count_instructions, parts_within
from micrograd.compiler.rolled.evaluation import evaluate
from micrograd.compiler.rolled.flattening import flatten
from micrograd.compiler.rolled.gradient import Gradient
from micrograd.compiler.rolled.phases import needed, rows_of
from micrograd.compiler.rolled.planning import RolledPlanner
from micrograd.compiler.rolled.slots import GivenSlots, Where
from micrograd.ops import Op


class Forward(NamedTuple):
    """The kernels of a forward pass, and the places of its inputs and outputs.

    All of these are among the first `size` places.
    """

    blocks: Blocks
    size: int
    kernels: list[ArrayKernel]
    trained: Places
    data: Places
    others: Places
    outputs: Places


READABLE = ("instructions", "operations", "key", "text", "report")


class RolledProgram:
    """A loss and its gradients, or other outputs.

    The inputs of the part are three bundles: the trained parameters, the numbers of an example, and
    those of other Values. `reasons` say why the calls of some modules were traced one by one.
    """

    def __init__(self, part: Part, reasons: Mapping[str, str]) -> None:
        self.part, self.reasons = part, reasons
        self.instructions = count_instructions(part)  # with all calls written out
        self.switches = part.switches  # on and off, by no_grad(), in all calls
        self.detached_constants: set[float] = set()  # which no instruction shows
        self.operations, self.key = 0, ""  # known when there is a plan
        self.forward: Forward | None = None  # of the plan, until it is checked

    def __len__(self) -> int:
        """How many operations the kernels do."""
        return self.operations

    def __str__(self) -> str:
        return self.text

    def __getstate__(self) -> dict[str, Any]:
        """Return what can be read of it: a part belongs to functions, which another process has."""
        return {name: getattr(self, name) for name in READABLE}

    @cached_property
    def text(self) -> str:
        return "\n".join(map(str, parts_within(self.part)))

    @cached_property
    def report(self) -> list[str]:
        """Lines about the parts, and about what was not rolled."""
        parts = parts_within(self.part)
        calls = sum(len(part.calls) for part in parts)
        instead = f"in place of {self.instructions:,} instructions"
        lines = [f"rolled: {len(parts)} parts and {calls:,} calls, {instead}"]
        reasons = self.reasons.items()
        return lines + [f"{name} is traced at each of its calls: {why}" for name, why in reasons]

    def let_go(self) -> None:
        """Keep what can be read of the parts, and let go of what was traced."""
        self.__dict__ |= {"text": self.text, "report": self.report}
        for part in parts_within(self.part):
            part.let_go()

    def flatten(self, has_batch: bool, blocks: Blocks) -> Forward:
        """Return the kernels of the outputs, in new blocks. With a batch the example varies."""
        varies = (False, has_batch, False)
        sizes = zip(self.part.sizes, varies)
        trained, data, others = [blocks.new((size,), x) for size, x in sizes]
        outputs = flatten(self.part, [trained, data, others], blocks)
        kernels = list(blocks.kernels)
        return Forward(
            blocks,
            size=blocks.count,
            kernels=kernels,
            trained=trained,
            data=data,
            others=others,
            outputs=outputs,
        )

    def evaluate(self, numbers: np.ndarray) -> np.ndarray:
        """Return the outputs for these numbers, one for each input.

        They are computed by the kernels that were planned.
        """
        forward = self.forward = self.forward or self.flatten(False, Blocks())
        values = forward.blocks.all_constants(forward.size)
        values[: len(numbers)] = numbers
        evaluate(forward.kernels, values)
        return np.asarray(values[forward.outputs])

    def inputs_used(self) -> set[int]:
        """Return which of the inputs an output, or a call that one depends on, is given."""
        wanted, calls = needed(self.part, rows_of(self.part))
        marks = np.frombuffer(wanted, np.uint8)
        for call in calls:
            marks[call.parameters] = 1
        parameters, order = self.part.sizes[0], np.asarray(self.part.order)
        used: list[int] = np.flatnonzero([*marks[:parameters], *marks[order]]).tolist()
        return set(used)

    def plan_outputs(self, targets: Container[Op], once: bool) -> tuple[Plan, Places]:
        """Return the kernels of the outputs alone, in the ops of `targets`, and their places.

        Shared memory begins with what is trained and the others, and varying memory with the
        example. Without `once`, what does not depend on the example is computed for each, too.
        """
        forward = self.forward = self.flatten(True, Blocks(once, fewest=True))
        shared = np.concatenate([forward.trained, forward.others])
        varying, work = len(forward.data), len(shared)
        given_slots: GivenSlots = [(shared, np.arange(work)), (forward.data, range(varying))]
        planner = RolledPlanner(forward.blocks, targets, given_slots, varying, work, packs=False)
        return planner.plan_with_slots(), forward.outputs

    def plan(self, unit: RolledUnit) -> Plan:
        """Return the kernels, for the memory of the unit. The parts have no instructions then.

        Raises CannotRoll if nothing is to be trained.
        """
        targets, has_batch = lowering_rules(False), bool(unit.means)
        forward = self.forward = self.flatten(has_batch, Blocks())
        self.let_go()
        blocks, trained, data, loss = forward.blocks, forward.trained, forward.data, forward.outputs
        gradient = Gradient(blocks, loss, trained, targets)
        if gradient.is_zero:
            raise CannotRoll("the loss depends on no parameter of the optimizer")
        gradient.run()
        out = blocks.new((len(trained),), False)
        gradient.store(out, has_batch)
        result = blocks.new((1,), False)
        sums = [Terms(False, [loss[:, None]])]
        blocks.add(ArrayKernel(None, result, sums=sums, is_mean=has_batch))
        sections = {"p": trained, "other": forward.others, "loss": result, "grad": out}
        given_slots: list[tuple[Places, Where]] = []
        for name, places in sections.items():
            start = unit.sections[name]
            given_slots.append((places, range(start, start + len(places))))
        offsets = np.array([buffer.offset for buffer in unit.inputs], np.int64)
        given_slots.append((data, range(len(data)) if has_batch else offsets))
        varying = len(data) if has_batch else 0
        plan = RolledPlanner(blocks, targets, given_slots, varying, unit.work).plan()
        self.key = plan.digest()
        self.operations = plan.operations()
        return plan
