"""Recurrent networks: a state that is carried from one element of a sequence to the next.

Rule: they are PyTorch's of the same name, of one layer, for one sequence: steps x nin to
(steps x hidden, the last state), the state at first being all 0.
"""

from micrograd.nn.layers import dot, fits, uniform
from micrograd.nn.network import Module
from micrograd.ops import sigmoid, tanh


class Recurrent(Module):
    """What both have: weights for input and state, in rows of `gates` times `hidden`."""

    gates = 1

    def __init__(self, nin: int, hidden: int):
        self.nin, self.hidden = nin, hidden
        bound, rows = hidden**-0.5, self.gates * hidden
        self.weight_ih = uniform(bound, rows, nin)
        self.weight_hh = uniform(bound, rows, hidden)
        self.bias_ih = uniform(bound, rows)
        self.bias_hh = uniform(bound, rows)

    def __call__(self, xs, state=None) -> tuple:
        xs = fits(self, xs, 0, self.nin)
        h = [0.0] * self.hidden if state is None else fits(self, state, self.hidden)
        states = []
        for x in xs:
            given = [dot(row, x, b) for row, b in zip(self.weight_ih, self.bias_ih)]
            kept = [dot(row, h, b) for row, b in zip(self.weight_hh, self.bias_hh)]
            h = self.step(given, kept, h)
            states.append(h)
        return states, h

    def __repr__(self):
        return f"{type(self).__name__}({self.nin}, {self.hidden})"


class RNN(Recurrent):
    """h = tanh(W x + b + U h + c). Elman, "Finding Structure in Time" (1990)."""

    def step(self, given, kept, h) -> list:
        return [tanh(x + y) for x, y in zip(given, kept)]


class GRU(Recurrent):
    """h = (1 - z) n + z h, where n is new, z says how much is kept, and r what n sees of h.

    Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder" (2014), in PyTorch's
    form: n = tanh(W x + b + r (U h + c)). The rows of the weights are those of r, z and n.
    """

    gates = 3

    def step(self, given, kept, h) -> list:
        n = self.hidden
        gates = [sigmoid(x + y) for x, y in zip(given[: 2 * n], kept)]
        reset, keep = gates[:n], gates[n:]
        inner = [r * y for r, y in zip(reset, kept[2 * n :])]
        new = [tanh(x + y) for x, y in zip(given[2 * n :], inner)]
        return [(1.0 - z) * x + z * y for z, x, y in zip(keep, new, h)]
