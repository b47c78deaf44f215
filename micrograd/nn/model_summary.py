"""What a model consists of, layer by layer: `summary(model)`.

Rule: nodes and shapes are those of one forward pass, which is run; no formula predicts them.
"""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass

from micrograd.nn import MLP, Layer, Linear, Module, Neuron, Sequential, messages
from micrograd.support.nest import children
from micrograd.support.randomness import isolated
from micrograd.support.text_table import align_columns
from micrograd.watchers import Watcher, enable_grad, watching

WIDEST = 32  # characters of what a layer is
BYTES = 8  # of a number in float64
COLUMNS = ("layer", "what", "in -> out", "parameters", "nodes")

# fmt: off
BEGINNING = {  # kind: what says how many numbers it takes
    Neuron:     lambda module: len(module.w),
    Linear:     lambda module: module.nin,
    Layer:      lambda module: width(*module.neurons[:1]),
    MLP:        lambda module: width(*module.layers[:1]),
    Sequential: lambda module: width(*module.steps[:1]),
}
# fmt: on


@dataclass(eq=False)
class Row:
    """A layer: its path, what it is, the shapes of a call, and what is its own.

    `parameters` and `nodes` leave out those of layers within it, which have rows themselves.
    `shape` is "" and `nodes` None where nothing was run.
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
    """`rows` of layers, and their sums: `parameters`, and `nodes` (None if nothing was run)."""

    rows: list[Row]

    @property
    def parameters(self) -> int:
        return sum(row.parameters for row in self.rows)

    @property
    def nodes(self) -> int | None:
        known = [row.nodes for row in self.rows if row.nodes is not None]
        return sum(known) if known else None

    def __repr__(self):
        size = f"{self.parameters * BYTES:,} bytes in float64"
        total = Row("total", size, "", self.parameters, self.nodes)
        table = [COLUMNS, *[row.cells() for row in (*self.rows, total)]]
        *texts, parameters, nodes = zip(*table)
        columns = [*texts, to_the_right(parameters), to_the_right(nodes)]
        columns = columns[:2] + columns[3:4] if self.nodes is None else columns
        return align_columns(zip(*columns))


def summary(model: Module, *example) -> Summary:
    """A table: what each layer is, the shapes of a call, its own parameters and its own nodes.

    `example` are the arguments of one call, as numbers and lists; a model that begins with neurons
    or a Linear needs none. Nodes are the results of ops. Neurons count as their layer; what layers
    share counts once, at the first. Raises TypeError for what is no Module, and whatever the call
    raises for an example that does not fit.

    >>> from micrograd import MLP
    >>> summary(MLP(2, [3, 1]))
    layer     what                              in -> out    parameters  nodes
    (all)     MLP of [Layer of [ReLUNeuron(...  2 -> number           0      0
    layers.0  Layer of [ReLUNeuron(2), ReLU...  2 -> 3                9     15
    layers.1  Layer of [LinearNeuron(3)]        3 -> number           4      6
    total     104 bytes in float64                                   13     21
    """
    if not isinstance(model, Module):
        raise TypeError(messages.not_a_module(model))
    found = layers(model)
    rows = {name: Row(name or "(all)", shortened(layer)) for name, layer in found.items()}
    for name, _ in model.named_parameters():
        rows[owner(name, rows)].parameters += 1
    wanted = width(model)
    example = example or (() if wanted is None else ([0.5] * wanted,))
    if example:
        run(model, example, {id(layer): rows[name] for name, layer in found.items()})
    return Summary(list(rows.values()))


def layers(model: Module) -> dict[str, Module]:
    """{path: module} of the module and of those in it, each once, without neurons."""
    first: dict[int, tuple[str, Module]] = {id(model): ("", model)}
    for path, module in modules(vars(model), ""):
        if not isinstance(module, Neuron):
            first.setdefault(id(module), (path, module))
    return dict(first.values())


def modules(x, name: str):
    """(path, module) for each module below `x`."""
    for key, part in children(x):
        path = f"{name}.{key}" if name else key
        if isinstance(part, Module):
            yield path, part
        yield from modules(vars(part) if isinstance(part, Module) else part, path)


def owner(name: str, rows: dict) -> str:
    """The innermost of those paths in which the parameter of that name is."""
    while name and name not in rows:
        name = name.rpartition(".")[0]
    return name


def width(module=None) -> int | None:
    """How many numbers a module takes, if it says so."""
    says = BEGINNING.get(type(module))
    return says(module) if says else None


def shortened(module: Module) -> str:
    plain = type(module).__repr__ is object.__repr__
    what = type(module).__name__ if plain else repr(module)
    return what if len(what) <= WIDEST else f"{what[: WIDEST - 3]}..."


def to_the_right(column) -> list[str]:
    widest = max(map(len, column))
    return [text.rjust(widest) for text in column]


# --------------------------------------------------------------------------------- a forward pass


class Counting(Watcher):
    """Counts nodes to the row of the layer at work, which is the last of `working`."""

    def __init__(self, rows: dict[int, Row]):
        self.rows, self.working = rows, []

    def on_result(self, out, op, inputs):
        self.working[-1].nodes += 1

    def call(self, call: Callable, module: Module, *inputs, **named):
        """`module(*inputs)`, noted in its row if it has one."""
        row = self.rows.get(id(module))
        if row is None or row in self.working[-1:]:
            return call(module, *inputs, **named)
        self.working.append(row)
        try:
            out = call(module, *inputs, **named)
        finally:
            self.working.pop()
        taken = ", ".join(map(shape, (*inputs, *named.values())))
        row.shape, row.calls = row.shape or f"{taken} -> {shape(out)}", row.calls + 1
        return out


def run(model: Module, example: tuple, rows: dict[int, Row]) -> None:
    """Call the model, and note in the rows what happens; `random` goes on as if it had not been."""
    for row in rows.values():
        row.nodes = 0
    counting = Counting(rows)
    kinds = {type(module) for module in layers(model).values() if callable(module)}
    with isolated(), replaced(kinds, counting.call), enable_grad(), watching(counting):
        model(*example)


@contextmanager
def replaced(kinds: set[type], call: Callable):
    """Within the block a module of those classes, when called, is `call(its __call__, it, ...)`."""
    own = {kind: vars(kind).get("__call__") for kind in kinds}
    calls = {kind: kind.__call__ for kind in kinds}
    try:
        for kind in kinds:
            kind.__call__ = instead(call, calls[kind])
        yield
    finally:
        for kind, before in own.items():
            if before is None:
                del kind.__call__
            else:
                kind.__call__ = before


def instead(call: Callable, original: Callable) -> Callable:
    return lambda module, *inputs, **named: call(original, module, *inputs, **named)


def shape(x) -> str:
    """The lengths of a nest: "number", "3", "2 x 3"; of parts of unequal lengths each one's."""
    x = x.tolist() if hasattr(x, "tolist") else x
    if not isinstance(x, list | tuple):
        return "number"
    inner = list(dict.fromkeys(map(shape, x)))
    if len(inner) > 1:
        return ", ".join(map(shape, x)) if len(x) <= 3 else f"{len(x)} of unequal lengths"
    return " x ".join([str(len(x)), *[part for part in inner if part != "number"]])
