"""The outputs of a rolled program, and the gradient of one of them, as a call computes them.

Rule: it stands where a program does: it has inputs and outputs in an order, and a unit says where
in memory each of them is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from micrograd.compiler.codegen.lowering_rules import lowering_rules
from micrograd.compiler.codegen.unit import RolledUnit
from micrograd.compiler.plan import Plan
from micrograd.compiler.rolled.blocks import Blocks, Places
from micrograd.compiler.rolled.gradient import Gradient
from micrograd.compiler.rolled.planning import RolledPlanner
from micrograd.compiler.rolled.program import RolledProgram

TARGETS = lowering_rules(False)


class RolledOutputs:
    """The outputs of a rolled program, for places of its inputs: arguments, and parameters.

    With `output`, the derivatives of that output follow, one for each input of `with_respect_to`.
    """

    def __init__(
        self,
        rolled: RolledProgram,
        arguments: Sequence[int],
        parameters: Sequence[int],
        output: int | None = None,
        with_respect_to: Sequence[int] = (),
    ) -> None:
        self.rolled, self.output = rolled, output
        self.arguments, self.parameters = as_places(arguments), as_places(parameters)
        self.with_respect_to = as_places(with_respect_to)
        self.argument_count, self.result_count = len(arguments), len(rolled.part.outputs)
        self.input_count = len(arguments) + len(parameters)
        self.output_count = self.result_count + len(with_respect_to)
        # All of these are known when there is a plan.
        self.operations, self.key = 0, ""
        self.receives = np.zeros(0, bool)  # which of `with_respect_to` receive a grad

    def __len__(self) -> int:
        """How many operations the kernels do."""
        return self.operations

    def __str__(self) -> str:
        return self.rolled.text

    def plan(self, unit: RolledUnit) -> Plan:
        """Return the kernels, for the memory of the unit: one example, or all of them."""
        has_batch = any(buffer.stride for buffer in unit.inputs)
        forward = self.rolled.flatten(has_batch, Blocks())
        blocks, results = forward.blocks, forward.outputs
        given = range(len(self.arguments)) if has_batch else [x.offset for x in unit.inputs]
        given_slots = [(self.arguments, as_places(given))]
        given_slots.append((self.parameters, slots_from(unit.sections["p"], len(self.parameters))))
        if self.output is not None:
            grads = self.differentiate(blocks, results[self.output : self.output + 1])
            given_slots.append((grads, slots_from(unit.sections["grad"], len(grads))))
        varying = len(self.arguments) if has_batch else 0
        plan = RolledPlanner(blocks, TARGETS, given_slots, varying, unit.work).plan_with_slots()
        plan = replace(plan, copies=list(enumerate(results.tolist())))
        self.operations = plan.operations()
        slots = hashlib.sha256(plan.slots[results].tobytes())
        slots.update(np.asarray(plan.varies)[results].tobytes())
        self.key = f"{plan.digest()} {slots.hexdigest()}"
        return plan

    def differentiate(self, blocks: Blocks, output: Places) -> Places:
        """Return the places of the derivatives, whose kernels are added.

        These are of whole blocks of inputs: a block has a gradient or none.
        """
        starts, sizes = np.array(blocks.starts), blocks.sizes
        inputs = self.with_respect_to
        met = blocks.blocks_met(inputs)
        whole = np.concatenate([inputs[:0], *[starts[i] + np.arange(sizes[i]) for i in met]])
        gradient = Gradient(blocks, output, whole, TARGETS)
        gradient.run()
        grads = blocks.new((len(whole),), False)
        receives = gradient.store(grads, is_mean=False)
        index = np.searchsorted(whole, inputs)
        self.receives = receives[index]
        return grads[index]


def as_places(numbers: Sequence[int]) -> Places:
    return np.array(numbers, np.int64)


def slots_from(start: int, count: int) -> Places:
    """Return `count` slots side by side."""
    return np.arange(start, start + count)
