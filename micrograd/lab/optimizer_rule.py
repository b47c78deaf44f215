"""The rule of a run's optimizer for one parameter, in symbols and in numbers.

Rule: the optimizer itself computes both: its rule is run on numbers, and on formulas.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from micrograd.explaining import Formula
from micrograd.lab.run import Run
from micrograd.support.numbers import format_number


class Rule:
    """The rule of the run's optimizer, with its state of now.

    If the run sums its grads, a mistake, the rule is given sums and does not add to them.
    """

    def __init__(self, run: Run) -> None:
        trainer = run.trainer
        snapshot = trainer.snapshot(run.step)
        optimizer: Any = trainer.optimizer
        state = snapshot.state.T
        if trainer.mistake.sums_grads:
            optimizer, state = optimizer.rule, state[:, 1:]
        self.optimizer, self.state = optimizer, state.tolist()
        self.rate = float(trainer.rate)
        self.step = snapshot.optimizer_steps + 1

    def update(self, place: int, p: float, grad: float) -> float:
        """Return the new number of the parameter at that place."""
        state = tuple(self.state[place])
        moved, _ = self.optimizer.update(p, grad, state, self.rate, self.step)
        return float(moved)

    def lines(self, place: int, name: str, p: float, grad: float, after: float) -> list[str]:
        """Return the rule in symbols and in numbers."""
        state = self.state[place]
        kept = [f"state[{i}]" for i in range(len(state))]
        symbols = self.formula([name, "grad", *kept, "rate"])
        texts = list(map(format_number, [p, grad, *state, self.rate]))
        numbers = self.formula(texts)
        return [f"{name} = {symbols}", f"{name} = {numbers} = {format_number(after)}"]

    def formula(self, texts: Sequence[str]) -> str:
        """Return the rule as text, with these texts for what it is given."""
        p, grad, *state, rate = map(Formula, texts)
        moved, _ = self.optimizer.update(p, grad, tuple(state), rate, self.step)
        return str(moved)
