"""`summary(model)`: what a model consists of, layer by layer.

Rule: nodes and shapes are those of one forward pass, which is run; no formula predicts them. It is
run on a twin of the model, so neither the model nor its classes are touched meanwhile.
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from micrograd.nn import MLP, Layer, Linear, Module, Neuron, Sequential, messages
from micrograd.support.nest import children, tree_map
from micrograd.support.randomness import isolated
from micrograd.support.text_table import align_columns
from micrograd.watchers import Watcher, enable_grad, watching

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

WIDEST = 32  # characters of a layer's description
BYTES = 8  # of a number in float64
REPEATED = r"(\w+\([^()]*\))(?:, \1)+"  # an item that stands in a list several times in a row
COLUMNS = ("layer", "what", "in -> out", "parameters", "nodes")

# fmt: off
INPUT_WIDTH: dict[type[Module], Callable[[Any], int | None]] = {
    Neuron:     lambda module: len(module.w),
    Linear:     lambda module: module.nin,
    Layer:      lambda module: input_width(*module.neurons[:1]),
    MLP:        lambda module: input_width(*module.layers[:1]),
    Sequential: lambda module: input_width(*module.steps[:1]),
}
# fmt: on


@dataclass(eq=False)
class Row:
    """A layer: its path, its description, the shapes of its first call, and what is its own.

    `parameters` and `nodes` leave out those of layers within it, which have rows of their own.
    `shape` is "" and `nodes` is None if nothing was run.
    """

    layer: str
    what: str
    shape: str = ""
    parameters: int = 0
    nodes: int | None = None
    calls: int = 0

    def cells(self) -> list[str]:
        times = f", {self.calls:,} times" if self.calls > 1 else ""
        nodes = "" if self.nodes is None else f"{self.nodes:,}"
        return [self.layer, self.what, self.shape + times, f"{self.parameters:,}", nodes]


@dataclass(repr=False)
class Summary:
    """A table with a row for each layer; print it to read it.

    `parameters` and `nodes` are the sums of the rows'; `nodes` is None if nothing was run.
    """

    rows: list[Row]

    @property
    def parameters(self) -> int:
        return sum(row.parameters for row in self.rows)

    @property
    def nodes(self) -> int | None:
        counts = [row.nodes for row in self.rows if row.nodes is not None]
        return sum(counts) if counts else None

    def __repr__(self) -> str:
        size = f"{self.parameters * BYTES:,} bytes in float64"
        total = Row("total", size, "", self.parameters, self.nodes)
        table = [COLUMNS, *[row.cells() for row in (*self.rows, total)]]
        layer, what, shapes, parameters, nodes = zip(*table)
        columns = [layer, what, align_right(parameters)]
        if self.nodes is not None:
            columns = [layer, what, shapes, align_right(parameters), align_right(nodes)]
        return align_columns(zip(*columns))


def summary(model: Module, *example: Any) -> Summary:
    """Return a table of a model's layers: the shapes of a call, their own parameters and nodes.

    `example` holds the arguments of one call, as numbers and lists. A model that begins with
    neurons or a Linear needs none. Nodes are the results of ops. Neurons count as part of their
    layer; what layers share counts once, for the first. Raises TypeError for anything but a Module,
    and whatever the call raises for an example that does not fit.

    >>> from micrograd import MLP
    >>> summary(MLP(2, [3, 1]))
    layer     what                          in -> out    parameters  nodes
    (all)     MLP                           2 -> number           0      0
    layers.0  Layer of [3 x ReLUNeuron(2)]  2 -> 3                9     15
    layers.1  Layer of [LinearNeuron(3)]    3 -> number           4      6
    total     104 bytes in float64                               13     21
    """
    if not isinstance(model, Module):
        raise TypeError(messages.not_a_module(model))
    modules = layers(model)
    rows = {path: Row(path or "(all)", describe(layer)) for path, layer in modules.items()}
    for path, _ in model.named_parameters():
        rows[innermost(path, rows)].parameters += 1
    width = input_width(model)
    if not example and width is not None:
        example = ([0.5] * width,)
    if example:
        run(model, example, {id(layer): rows[path] for path, layer in modules.items()})
    return Summary(list(rows.values()))


def layers(model: Module) -> dict[str, Module]:
    """Return {path: module} of the model and of the modules in it but neurons, each once."""
    first: dict[int, tuple[str, Module]] = {id(model): ("", model)}
    for path, module in walk(vars(model), ""):
        if not isinstance(module, Neuron):
            first.setdefault(id(module), (path, module))
    return dict(first.values())


def walk(x: Any, name: str) -> Iterator[tuple[str, Module]]:
    """Yield (path, module) for each module below `x`."""
    for key, child in children(x):
        path = f"{name}.{key}" if name else key
        if isinstance(child, Module):
            yield path, child
            yield from walk(vars(child), path)
        else:
            yield from walk(child, path)


def innermost(path: str, rows: Iterable[str]) -> str:
    """Return the longest path of a row that the parameter at `path` is part of."""
    while path and path not in rows:
        path = path.rpartition(".")[0]
    return path


def input_width(module: Module | None = None) -> int | None:
    """Return how many numbers a module takes, or None if it does not tell."""
    tell = INPUT_WIDTH.get(type(module))  # type: ignore[arg-type]
    return tell(module) if tell else None


def describe(module: Module) -> str:
    kind = type(module)
    text = kind.__name__ if kind.__repr__ is object.__repr__ else repr(module)
    if len(text) > WIDEST:
        text = re.sub(REPEATED, count_repeated, text)
    name, _, _ = text.partition(" of [")
    if len(text) > WIDEST and name.isidentifier():
        text = name  # the rows below list what is in it
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 3]}..."


def count_repeated(repeated: re.Match[str]) -> str:
    """Return "16 x Neuron(2)" for a list of 16 times "Neuron(2)"."""
    count = repeated[0].count(repeated[1])
    return f"{count} x {repeated[1]}"


def align_right(column: Sequence[str]) -> tuple[str, ...]:
    widest = max(map(len, column))
    return tuple(text.rjust(widest) for text in column)


# --------------------------------------------------------------------------------- a forward pass


def run(model: Module, example: tuple[Any, ...], rows: dict[int, Row]) -> None:
    """Call a twin of the model, and note in the rows what happens. Leaves `random` as it was."""
    for row in rows.values():
        row.nodes = 0
    counter = Counter(rows)
    with isolated(), enable_grad(), watching(counter):
        counter.twin(model)(*example)


class Counter(Watcher):
    """Counts nodes for the layer at work. `rows` has the row of each layer, by the layer's id."""

    def __init__(self, rows: dict[int, Row]):
        self.rows = rows
        self.at_work: list[Row] = []  # the calls that have begun, the innermost last
        self.twins: dict[int, Any] = {}

    def on_result(self, out: Any, op: Any, inputs: tuple[Any, ...]) -> None:
        row = self.at_work[-1]
        row.nodes = (row.nodes or 0) + 1

    def twin(self, x: Any) -> Any:
        """Return a copy of a layer, with the same Values, that notes its calls; or `x` itself."""
        row = self.rows.get(id(x))
        if row is None:
            return x
        if id(x) not in self.twins:
            kind = self.noting_class(type(x), row) if callable(x) else type(x)
            twin: Any = object.__new__(kind)
            self.twins[id(x)] = twin
            vars(twin).update(tree_map(self.twin, vars(x)))
        return self.twins[id(x)]

    def noting_class(self, kind: Any, row: Row) -> type:
        """Return a subclass of `kind`, with its name, whose calls are noted in `row`."""

        def call(module: Any, *inputs: Any, **named: Any) -> Any:
            if row in self.at_work[-1:]:  # a layer that calls itself
                return kind.__call__(module, *inputs, **named)
            self.at_work.append(row)
            try:
                out = kind.__call__(module, *inputs, **named)
            finally:
                self.at_work.pop()
            self.note(row, (*inputs, *named.values()), out)
            return out

        return types.new_class(kind.__name__, (kind,), {}, lambda body: body.update(__call__=call))

    def note(self, row: Row, inputs: Iterable[Any], out: Any) -> None:
        row.calls += 1
        if not row.shape:
            row.shape = f"{', '.join(map(shape, inputs))} -> {shape(out)}"


def shape(x: Any) -> str:
    """Return the lengths of a nest: "number", "3", "2 x 3"; if they differ, those of each part."""
    x = x.tolist() if hasattr(x, "tolist") else x
    if not isinstance(x, list | tuple):
        return "number"
    inner = list(dict.fromkeys(map(shape, x)))
    if len(inner) > 1:
        return ", ".join(map(shape, x)) if len(x) <= 3 else f"{len(x)} of unequal lengths"
    lengths = [length for length in inner if length != "number"]
    return " x ".join([str(len(x)), *lengths])
