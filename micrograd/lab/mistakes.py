"""Mistakes that people make when they train a network, as a table of switches.

Rule: a mistake is a row: it changes the rate, the network, the optimizer's rule or the way grads
are computed, and nothing else asks which one it is. The classes here are also shown in programs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from micrograd import optim
from micrograd.nn import MLP

TOO_LARGE = 100.0  # times the learning rate


class UnclearedGrads(optim.Optimizer):
    """An optimizer that never sets a grad to 0: each parameter moves by the sum of all so far."""

    rule: optim.Optimizer

    def __init__(self, rule: optim.Optimizer):
        self.start = (0.0, *rule.start)
        super().__init__(rule.parameters, rule.lr, rule=rule)

    def update(self, p: Any, grad: Any, state: Any, lr: Any, t: Any) -> Any:
        total = state[0] + grad
        p, rest = self.rule.update(p, total, state[1:], lr, t)
        return p, (total, *rest)


class WrongSign(optim.Optimizer):
    """An optimizer that moves each parameter uphill: += where -= must stand."""

    rule: optim.Optimizer

    def __init__(self, rule: optim.Optimizer):
        self.start = rule.start
        super().__init__(rule.parameters, rule.lr, rule=rule)

    def update(self, p: Any, grad: Any, state: Any, lr: Any, t: Any) -> Any:
        return self.rule.update(p, -grad, state, lr, t)


def set_weights_equal(model: MLP) -> None:
    """Let each neuron begin with the mean of its inputs: all weights of a layer are equal.

    The biases are 0 at the beginning. With larger weights many ReLUs would be 0 everywhere after a
    few steps, for all copies die together.
    """
    for layer in model.layers:
        for neuron in layer.neurons:
            for weight in neuron.w:
                weight.data = 1.0 / len(neuron.w)


@dataclass(frozen=True)
class Mistake:
    """A mistake: its title, a sentence on what it does, and where it strikes.

    `rate` multiplies the learning rate, `optimizer` changes the rule of another optimizer,
    `initialize` changes the network before the first step, and `activation` stands in for that of
    the settings. With `assigns` a contribution replaces a grad, where it must be added; with
    `sums_grads` the first number of the optimizer's state is the grad that moved the parameter.
    """

    title: str
    sentence: str
    rate: float = 1.0
    optimizer: Callable[[optim.Optimizer], optim.Optimizer] | None = None
    initialize: Callable[[MLP], None] | None = None
    activation: str = ""
    assigns: bool = False
    sums_grads: bool = False


# fmt: off
MISTAKES = {
    "no_zero_grad": Mistake(
        "zero_grad is forgotten",
        "backward() adds to each grad, so without zero_grad() a step moves along the sum of all "
        "grads since the first step: it goes on in directions that were right long ago.",
        optimizer=UnclearedGrads, sums_grads=True),
    "wrong_sign": Mistake(
        "+= in place of -= in the update",
        "A grad points uphill, to a larger loss. The update must go the other way, "
        "p.data -= rate * p.grad.",
        optimizer=WrongSign),
    "rate_x_100": Mistake(
        "a rate that is 100 times too large",
        "Each step goes in the right direction, but so far that it lands beyond the valley, "
        "higher than before.",
        rate=TOO_LARGE),
    "equal_weights": Mistake(
        "all weights begin equal",
        "Neurons of a layer that have equal weights get equal grads, so they stay copies of each "
        "other, and the layer does no more than one neuron. Random weights break the tie.",
        initialize=set_weights_equal),
    "no_activation": Mistake(
        "no activation",
        "Without an activation a stack of layers is one linear function, however many layers it "
        "has: the boundary stays a straight line.",
        activation="none"),
    "assign": Mistake(
        "= in place of += in backward",
        "A number that is used twice gets a contribution to its grad from each use. With = the "
        "last one erases the others, so a weight learns from one example alone.",
        assigns=True),
}
# fmt: on
