"""Training in C: the loss and gradient of one example as kernels, then the optimizer's rule.

Rule: nothing here states a derivative or a rule: the first are the project's own, appended to the
program of the loss, and the second is traced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from micrograd import errors
from micrograd.engine import Value
from micrograd.export import messages
from micrograd.export.c_kernels import Copy, KernelWriter, Tables, comment
from micrograd.export.c_rule import RuleWriter
from micrograd.export.function import ArrayFunction, array_function
from micrograd.export.layout import Layout, layout_of, values_in
from micrograd.export.target import Shape
from micrograd.nn import Module
from micrograd.optim import Optimizer


class TrainingWriter:
    """The lines of a step of training on one example; the parameters it moves, and their state."""

    def __init__(
        self,
        loss: Callable[..., Any],
        model: Module,
        optimizer: Optimizer,
        shapes: Sequence[Shape],
        values: Sequence[Value],
        tables: Tables,
    ) -> None:
        check_training(loss, optimizer)
        optimizer.match_state()
        layout = with_others(layout_of(model), [*values, *optimizer.parameters])
        function = array_function(
            loss,
            model,
            shapes,
            tables.real,
            layout=layout,
            once=False,
            trained=optimizer.parameters,
        )
        check_loss_program(loss, function)
        numbers = {value: i for i, value in enumerate(function.values)}
        places = np.array([numbers[value] for value in optimizer.parameters])
        self.order = np.argsort(places)  # from the order in memory to the optimizer's
        self.optimizer, self.function, self.places = optimizer, function, places[self.order]
        self.writer = KernelWriter(function, tables, ["x", "y"], "step_constants")
        self.rule = RuleWriter(optimizer, self.places, self.writer)
        self.lines = self.step()

    def step(self) -> list[str]:
        writer, real = self.writer, self.writer.tables.real.name
        kernels = writer.write(list(self.grads()))
        loss = writer.operand(self.function.outputs[0])
        writer.lines = []
        writer.line(comment(type(self.optimizer).__name__))
        writer.line(f"const {real} loss = {loss};")
        self.rule.write()
        writer.line("return loss;")
        gradient = f"    {real} *const gradient = work + {writer.size};"
        return [gradient, *kernels, *writer.lines]

    def grads(self) -> Iterator[Copy]:
        """Yield the grads of each array of parameters, in the order in which these stand."""
        outputs = self.function.outputs[1:]
        layout, start = self.function.layout, 0
        ends = np.cumsum([values.size for values in layout.values()])
        arrays = np.searchsorted(ends, self.places, side="right").tolist()
        names = list(layout)
        for array in dict.fromkeys(arrays):
            count = arrays.count(array)
            operands = [outputs[i] for i in self.order[start : start + count]]
            yield Copy(f"the grads of {names[array]}", "gradient", start, operands)
            start += count

    @property
    def work(self) -> int:
        """How many numbers the step needs in `work`."""
        return self.writer.size + len(self.places)

    def state(self) -> list[float]:
        """Return the present state of the optimizer."""
        rows = [self.optimizer.state[i] for i in self.order]
        steps = [float(self.optimizer.steps)] * self.rule.counts_steps
        return [*steps, *(float(x) for row in rows for x in row)]


def check_training(loss: object, optimizer: object) -> None:
    """Raise TypeError for what is no loss or no optimizer, TraceError for parameter groups."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(messages.not_an_optimizer(optimizer))
    if not callable(loss) or isinstance(loss, type):
        raise TypeError(messages.not_a_loss(loss))
    if optimizer.groups:
        raise errors.TraceError(messages.groups_are_not_exported())


def check_loss_program(loss: object, function: ArrayFunction) -> None:
    """Raise TypeError for a loss of several numbers, TraceError if it depends on no parameter."""
    if np.shape(function.result) != ():
        raise TypeError(messages.loss_is_not_one_number(loss))
    if all(isinstance(grad, float) for grad in function.outputs[1:]):
        raise errors.TraceError(messages.nothing_to_train())


def with_others(layout: Layout, values: Sequence[Value]) -> Layout:
    """Return the layout, with an array of those of the Values that it does not hold."""
    known = set(values_in(layout))
    others = list(dict.fromkeys(value for value in values if value not in known))
    return {**layout, "other Values": np.array(others, object)} if others else layout
