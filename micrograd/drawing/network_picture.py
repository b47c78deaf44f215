"""`draw(model)`: a network as a picture of its layers, with a curve for each weight.

Rule: this file decides which number a curve shows and what is written below; `network_svg` decides
how it looks.
"""

from collections.abc import Iterable, Sequence
from math import isfinite
from typing import Any

from micrograd.drawing import messages
from micrograd.drawing.formats import Drawing
from micrograd.drawing.network_layers import NeuronLayer, layers_of
from micrograd.drawing.network_svg import Number, network_svg
from micrograd.engine import Value
from micrograd.nn import Module
from micrograd.support.numbers import format_number
from micrograd.support.wording import plural

# fmt: off
SHOWN: dict[str, Number] = {
    "weight": lambda value: value.data,
    "grad":   lambda value: value.grad,
}
# fmt: on


class NetworkPicture(Drawing):
    """The picture of a network, which a notebook shows and `.save(path)` writes to a file.

    `.svg`, `.png`, `.pdf` and `.tex` (TikZ) are the same picture.
    """

    def __init__(self, model: Module, show: str = "weight"):
        if show not in SHOWN:
            raise ValueError(messages.unknown_show(show, SHOWN))
        self.layers, number = layers_of(model), SHOWN[show]
        self.title = title_of(model, self.layers, show)
        legend = legend_of(self.layers, number, show)
        self.svg, self.height = network_svg(self.layers, number, self.title, legend)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self.svg, "image/svg+xml": self.svg, "text/plain": repr(self)}

    def __repr__(self) -> str:
        return f"<Picture of {self.title}>"


def title_of(model: Module, layers: Sequence[NeuronLayer], show: str) -> str:
    """Return "the weights of MLP: 2 inputs, layers of 16, 16, 1"."""
    sizes = ", ".join(str(len(layer.weights)) for layer in layers)
    inputs = plural(layers[0].inputs, "input")
    return f"the {show}s of {type(model).__name__}: {inputs}, layers of {sizes}"


def legend_of(layers: Iterable[NeuronLayer], number: Number, show: str) -> str:
    """Return how to read the curves, with the range of their numbers."""
    weights: list[Value] = [value for layer in layers for row in layer.weights for value in row]
    numbers = [x for x in map(number, weights) if isfinite(x)]
    low, high = min(numbers, default=0.0), max(numbers, default=0.0)
    if low == high == 0.0:
        return messages.all_zero(show)
    between = f"{format_number(low, 3)} to {format_number(high, 3)}"
    return f"{show}s: {between}; wide: large; dashed: negative"
