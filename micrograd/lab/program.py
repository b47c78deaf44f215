"""A run as a Python program that takes the same steps, to the same bits.

Rule: a run of one stretch is a call of `fit`; one that was edited or forked binds its step once for
each stretch. A mistake is shown by its own source, and nothing else states it.
"""

from __future__ import annotations

import inspect
import json
import re
from typing import Any

from micrograd.lab.datasets import DATASETS, Points
from micrograd.lab.experiment import OPTIMIZERS
from micrograd.lab.run import Run, Stretch
from micrograd.lab.trainer import AssigningStep, Trainer

STEPS = 100  # of the program of a run that has taken none
PLACE = re.compile(r"\.(\d+)")  # the number of a layer, a neuron or a weight in a name

# fmt: off
PACKAGE = ("MLP", "compile_step", "data", "fit", "losses", "nn", "no_grad", "optim")
PLAIN = {  # the line that brings each name
    "random":         "import random",
    "Any":            "from typing import Any",
    "np":             "import numpy as np",
}
ROOMS = {
    "ALGORITHMS":     "from micrograd.explaining import ALGORITHMS, acyclic_order, grads_of",
    "OPS":            "from micrograd.ops import OPS",
    "StepDefinition": "from micrograd.training import EagerStep, StepDefinition, loss_of",
}
# fmt: on


def program_of(run: Run) -> str:
    """Return the program of a run until the step at which it stands.

    >>> from micrograd.lab import Experiment
    >>> run = Run(Experiment(points=20, hidden=(4,)))
    >>> run.advance(3)
    3
    >>> names = {}
    >>> exec(program_of(run), names)  # doctest: +ELLIPSIS
    0...
    >>> names["history"].losses == run.losses.tolist()
    True
    """
    program = Program()
    first = run.stretches[0]
    trainer = run.trainer_of(first.experiment, first.points)
    program.lines += [*points_of(first), ""]
    program.add_model(trainer, first.points)
    if run.place == 0 and not first.edits and not trainer.mistake.assigns:
        program.add_call_of_fit(trainer, run.step or STEPS)
    else:
        program.add_stretches(run)
    return program.text()


class Program:
    """A program that is being written: the functions and classes it defines, and its lines."""

    def __init__(self) -> None:
        self.definitions: dict[str, str] = {}
        self.lines: list[str] = []

    def text(self) -> str:
        """Return the whole program, with the imports that it needs."""
        parts = ["\n".join(self.lines)]
        if self.definitions:
            parts = ["\n\n".join(self.definitions.values()), *parts]
        body = "\n\n".join(parts)
        return f"{imports_of(body)}\n\n{body}\n"

    def define(self, x: Any) -> str:
        """Show the source of a function or a class in the program; return its name."""
        name: str = x.__name__
        self.definitions[name] = inspect.getsource(x)
        return name

    # ------------------------------------------------------------------------ model and rule

    def add_model(self, trainer: Trainer, points: Points) -> None:
        """Build the network with its initial weights."""
        sizes = [*trainer.experiment.hidden, points.outputs]
        activation = activation_of(trainer)
        self.lines += [
            f"random.seed({trainer.experiment.seed})",
            f"model = MLP({len(points.columns)}, {sizes}, activation={activation})",
        ]
        self.add_initial_mistake(trainer)
        self.lines.append("")

    def add_initial_mistake(self, trainer: Trainer) -> None:
        change = trainer.mistake.initialize
        if change:
            self.lines.append(f"{self.define(change)}(model)")

    def rule_of(self, trainer: Trainer, parameters: str) -> str:
        """Return the optimizer as an expression."""
        kind, settings = OPTIMIZERS[trainer.experiment.optimizer]
        arguments = "".join(f", {name}={setting}" for name, setting in settings.items())
        rule = f"optim.{kind}({parameters}, lr={rate_of(trainer)}{arguments})"
        mistake = trainer.mistake.optimizer
        return f"{self.define(mistake)}({rule})" if mistake else rule

    # --------------------------------------------------------------------------------- steps

    def add_call_of_fit(self, trainer: Trainer, steps: int) -> None:
        """Train by one call."""
        experiment = trainer.experiment
        rule = self.rule_of(trainer, "parameters")
        arguments = ["model", json.dumps(experiment.loss), "X", "y"]
        arguments.append(f"optimizer=lambda parameters: {rule}")
        if experiment.l2:
            arguments.append(f"penalty={penalty_of(trainer)}")
        arguments += [f"steps={steps}", f"batch_size={experiment.batch_size}"]
        arguments.append(f"seed={experiment.seed}")
        lines = [f"    {argument}," for argument in arguments]
        self.lines += ["history = fit(", *lines, ")", "print(history.losses[-1])"]

    def add_stretches(self, run: Run) -> None:
        """Train stretch by stretch, until the step at which the run stands."""
        stretches = run.stretches[: run.place + 1]
        ends = [*[stretch.first for stretch in stretches[1:]], run.step]
        self.lines.append("curve = []  # the loss before each step")
        before: Stretch | None = None
        for stretch, end in zip(stretches, ends):
            self.lines += ["", f"# from step {stretch.first}"]
            self.add_changes(run, before, stretch)
            self.lines += map(edit_line, stretch.edits.items())
            if end > stretch.first:
                self.lines += steps_of(stretch, end)
            before = stretch
        self.lines += ["", "print(curve[-1:])"]

    def add_changes(self, run: Run, before: Stretch | None, stretch: Stretch) -> None:
        """Set up a stretch after another one, or the first one."""
        trainer = run.trainer_of(stretch.experiment, stretch.points)
        if before is None:
            self.add_rule(trainer)
            self.add_step(trainer)
            return
        old = run.trainer_of(before.experiment, before.points)
        if points_of(before) != points_of(stretch):
            self.lines += points_of(stretch)
        if activation_of(old) != activation_of(trainer):
            self.lines += other_activation(trainer)
        if old.mistake is not trainer.mistake:
            self.add_initial_mistake(trainer)
        if not trainer.follows_rule_of(old.experiment):
            self.add_rule(trainer)
        elif rate_of(old) != rate_of(trainer):
            self.lines.append(f"optimizer.lr = {rate_of(trainer)}")
        if old is not trainer:
            self.add_step(trainer)

    def add_rule(self, trainer: Trainer) -> None:
        rule = self.rule_of(trainer, "model.parameters()")
        self.lines.append(f"optimizer = {rule}")

    def add_step(self, trainer: Trainer) -> None:
        """Make the step of the loss, the network and the optimizer."""
        loss = json.dumps(trainer.experiment.loss)
        self.lines.append(f"penalty = {penalty_of(trainer)}")
        if trainer.mistake.assigns:
            name = self.define(AssigningStep)
            definition = f"StepDefinition(loss_of({loss}), model, optimizer, penalty, None)"
            self.lines.append(f"step = {name}({definition}, True)")
        else:
            self.lines.append(f"step = compile_step({loss}, model, optimizer, penalty=penalty)")


def imports_of(text: str) -> str:
    """Return the lines that import what a text uses."""
    plain = [line for name, line in PLAIN.items() if uses(text, name)]
    rooms = [line for name, line in ROOMS.items() if uses(text, name)]
    package = [name for name in PACKAGE if uses(text, name)]
    lines = ["from __future__ import annotations", "", *plain, ""]
    return "\n".join([*lines, f"from micrograd import {', '.join(package)}", *rooms])


def uses(text: str, name: str) -> bool:
    return bool(re.search(rf"(?<![.\w]){name}(?=[.(\[,):])", text))


def points_of(stretch: Stretch) -> list[str]:
    """Return the lines that make X and y."""
    experiment, points = stretch.experiment, stretch.points
    dataset = DATASETS.get(experiment.data)
    if dataset:
        settings = {"n": len(points.X), "noise": experiment.noise, "seed": experiment.seed}
        lines = dataset.program.format(**settings).splitlines()
    else:
        rows = [f"    {row}," for row in points.X]
        lines = ["X = [", *rows, "]", f"y = {points.y}"]
    if experiment.loss == "binary_cross_entropy":
        lines.append("y = [(label + 1) / 2 for label in y]  # probabilities")
    return lines


def activation_of(trainer: Trainer) -> str:
    name = trainer.mistake.activation or trainer.experiment.activation
    return "nn.Identity()" if name == "none" else json.dumps(name)


def other_activation(trainer: Trainer) -> list[str]:
    """Return the lines that give all hidden neurons another activation."""
    name = activation_of(trainer)
    activation = f"OPS[{name}]" if name.startswith('"') else name
    lines = ["for layer in model.layers[:-1]:", "    for neuron in layer.neurons:"]
    return [*lines, f"        neuron.activation = {activation}"]


def rate_of(trainer: Trainer) -> str:
    rate, factor = trainer.experiment.rate, trainer.mistake.rate
    return f"{rate}" if factor == 1.0 else f"{rate} * {factor}"


def penalty_of(trainer: Trainer) -> str:
    """Return the L2 penalty as an expression."""
    l2 = trainer.experiment.l2
    return f"lambda model: losses.l2_penalty(model.parameters(), {l2})" if l2 else "None"


def edit_line(edit: tuple[str, float]) -> str:
    """Return the line that sets a parameter.

    >>> edit_line(("layers.0.neurons.1.b", 0.5))
    'model.layers[0].neurons[1].b.data = 0.5'
    """
    name, number = edit
    path = PLACE.sub(r"[\1]", name)
    return f"model.{path}.data = {number}"


def steps_of(stretch: Stretch, end: int) -> list[str]:
    """Return the lines that take the steps of a stretch until step `end`."""
    count, size = len(stretch.points.X), stretch.experiment.batch_size
    order = (min(size or count, count), stretch.experiment.seed, stretch.first)
    arguments = ", ".join(map(str, order))
    steps = end - stretch.first
    return [
        f"part, rates = np.zeros({steps}), np.zeros({steps})",
        f"with step.bound(np.array(X), np.array(y), {arguments}) as block:",
        "    block.run_into(part, rates)",
        "curve += part.tolist()",
    ]
