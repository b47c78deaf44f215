"""Recurrent networks: a state that is carried from one element of a sequence to the next.

Rule: they are PyTorch's of the same name, with one layer and for one sequence. They map steps x nin
to (steps x hidden, the last state), and the first state is all 0.
"""

from __future__ import annotations

from collections.abc import Sequence

from micrograd.engine import Value
from micrograd.nn.layers import dot_each, over_examples, require_shape, uniform_values
from micrograd.nn.network import Module
from micrograd.ops import sigmoid, tanh
from micrograd.support import foreign_keywords
from micrograd.support.unknown_keywords import suggest_keywords
from micrograd.support.whole_numbers import whole_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Recurrent(Module):
    """The weights of both networks, for the input and for the state, in `gates` * hidden rows."""

    gates = 1
    example_depth = 2

    @suggest_keywords(foreign_keywords.LAYER)
    def __init__(self, nin: int, hidden: int):
        self.nin, self.hidden = whole_number(nin, "nin", 0), whole_number(hidden, "hidden", 1)
        bound, rows = hidden**-0.5, self.gates * hidden
        self.weight_ih = uniform_values(bound, rows, nin)
        self.weight_hh = uniform_values(bound, rows, hidden)
        self.bias_ih = uniform_values(bound, rows)
        self.bias_hh = uniform_values(bound, rows)

    @over_examples
    def __call__(self, xs: Any, state: Any = None) -> tuple[list[list[Value]], list[Value]]:
        """Return (the state after each step, the last state). Raises ShapeError."""
        xs = require_shape(self, xs, 0, self.nin)
        h: list[Any] = [0.0] * self.hidden
        if state is not None:
            h = require_shape(self, state, self.hidden)
        states = []
        for x in xs:
            from_input = dot_each(self.weight_ih, x, self.bias_ih)
            from_state = dot_each(self.weight_hh, h, self.bias_hh)
            h = self.next_state(from_input, from_state, h)
            states.append(h)
        return states, h

    if TYPE_CHECKING:

        def next_state(
            self, from_input: Sequence[Any], from_state: Sequence[Any], h: Sequence[Any]
        ) -> list[Any]: ...

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.nin}, {self.hidden})"


class RNN(Recurrent):
    """A recurrent network, h = tanh(W x + b + U h + c), from steps x nin to (steps x hidden, h).

    `RNN(nin, hidden)(xs, state)` starts at `state`, or at zeros. Elman, "Finding Structure in Time"
    (1990). Raises ShapeError for inputs of another shape.

    >>> states, last = RNN(2, 3)([[1.0, 0.0], [0.0, 1.0]])
    >>> len(states), len(last)
    (2, 3)
    """

    def next_state(
        self, from_input: Sequence[Any], from_state: Sequence[Any], h: Sequence[Any]
    ) -> list[Any]:
        return [tanh(x + y) for x, y in zip(from_input, from_state)]


class GRU(Recurrent):
    """A gated recurrent unit, h = (1 - z) n + z h, from steps x nin to (steps x hidden, h).

    The gate z says how much of the state is kept, and r how much of it the new content n sees:
    n = tanh(W x + b + r (U h + c)). The rows of the weights are those of r, z and n. Cho et al.,
    "Learning Phrase Representations using RNN Encoder-Decoder" (2014), in PyTorch's form. Raises
    ShapeError for inputs of another shape.

    >>> states, last = GRU(2, 3)([[1.0, 0.0], [0.0, 1.0]])
    >>> len(states), len(last)
    (2, 3)
    """

    gates = 3

    def next_state(
        self, from_input: Sequence[Any], from_state: Sequence[Any], h: Sequence[Any]
    ) -> list[Any]:
        n = self.hidden
        gates = [sigmoid(x + y) for x, y in zip(from_input[: 2 * n], from_state)]
        reset, keep = gates[:n], gates[n:]
        inner = [r * y for r, y in zip(reset, from_state[2 * n :])]
        new = [tanh(x + y) for x, y in zip(from_input[2 * n :], inner)]
        return [(1.0 - z) * x + z * y for z, x, y in zip(keep, new, h)]
