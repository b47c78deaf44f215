"""What a model consists of, layer by layer: `summary(model)`.

Rule: nodes are counted, in one forward pass, not computed from formulas.
"""

from micrograd import errors
from micrograd.engine import Watcher, enable_grad, watching
from micrograd.nest import parts
from micrograd.nn.network import Module, entries, only_values
from micrograd.table import aligned

WIDEST = 44  # characters of what a layer is
BYTES = 8  # of a number in float64
COLUMNS = ("layer", "what", "shapes", "parameters")


class Counter(Watcher):
    """How many nodes were made."""

    nodes = 0

    def made(self, out, op, inputs):
        self.nodes += 1


class Summary:
    """`rows` of COLUMNS, `parameters` in all, `nodes` of one example (None if there was none)."""

    def __init__(self, rows: list[tuple], parameters: int, nodes: int | None):
        self.rows, self.parameters, self.nodes = rows, parameters, nodes

    def __repr__(self):
        table = aligned([COLUMNS, *[(*row[:3], f"{row[3]:,}") for row in self.rows]])
        size = f"{self.parameters:,} parameters, {self.parameters * BYTES:,} bytes in float64"
        nodes = "" if self.nodes is None else f", {self.nodes:,} nodes an example"
        return f"{table}\n{size}{nodes}"


def summary(model: Module, *example) -> Summary:
    """A table: what each layer is, the shapes of its own parameters, and how many there are in it.

    `example` are the arguments of one call, whose nodes are counted; a model that begins with
    neurons or a Linear needs none. Parameters that layers share are counted once in the total.
    Raises TypeError for what is no Module.

    >>> from micrograd import MLP
    >>> summary(MLP(2, [3, 1]))
    layer     what                                          shapes  parameters
    (all)     MLP of [Layer of [ReLUNeuron(2), ReLUNeur...          13
    layers.0  Layer of [ReLUNeuron(2), ReLUNeuron(2), R...  3 x 3   9
    layers.1  Layer of [LinearNeuron(3)]                    1 x 4   4
    13 parameters, 104 bytes in float64, 21 nodes an example
    """
    if not isinstance(model, Module):
        raise TypeError(errors.not_a_module(model))
    found = list(layers(model, ""))
    rows = [
        (name or "(all)", shortened(layer), shapes(layer), size(layer)) for name, layer in found
    ]
    example = example or guessed([layer for _, layer in found])
    return Summary(rows, size(model), counted(model, example) if example else None)


def size(module: Module) -> int:
    return len(module.parameters())


def shortened(module: Module) -> str:
    what = repr(module)
    return what if len(what) <= WIDEST else f"{what[: WIDEST - 3]}..."


def shapes(module: Module) -> str:
    """Of the parameters that are its own; neurons, which have a bias each, are rows of a layer."""
    if neurons := getattr(module, "neurons", None):
        return f"{len(neurons)} x {size(neurons[0])}"
    own = [entry for name, entry in entries(module) if "." not in name]
    return ", ".join(" x ".join(map(str, lengths(entry))) or "1" for entry in own)


def lengths(nest) -> list[int]:
    return [len(nest), *lengths(nest[0])] if isinstance(nest, list | tuple) else []


def layers(x, name: str):
    """(path, module) of the module and of those in it, without the neurons of a layer."""
    if isinstance(x, Module):
        yield name, x
    if only_values(x) or hasattr(x, "neurons"):
        return
    for key, part in parts(vars(x) if isinstance(x, Module) else x):
        yield from layers(part, f"{name}.{key}" if name else key)


def guessed(found: list[Module]) -> tuple:
    """Zeros for the inputs of the first layer that has weights, if it says how many they are."""
    first = next((layer for layer in found if shapes(layer)), None)
    if neurons := getattr(first, "neurons", None):
        return ([0.0] * len(neurons[0].w),)
    return ([0.0] * first.nin,) if type(first).__name__ == "Linear" else ()


def counted(model: Module, example: tuple) -> int:
    counter = Counter()
    with enable_grad(), watching(counter):
        model(*example)
    return counter.nodes
