"""Values: numbers that remember what they were computed from, so that grads can flow back.

Rule 1: nothing here states a derivative or knows an op by name; those are rows of ops.py.
Rule 2: nothing here prints, draws or opens a file.
"""

from __future__ import annotations

import copy
import operator
from collections.abc import Callable, Iterable
from numbers import Real

from micrograd import errors, graph
from micrograd.graph import topological_order
from micrograd.ieee import as_number
from micrograd.ops import Arithmetic, Op, detach
from micrograd.support.ordered_set import OrderedSet
from micrograd.watchers import detect_anomaly as detect_anomaly  # these three were here once
from micrograd.watchers import enable_grad as enable_grad
from micrograd.watchers import no_grad as no_grad
from micrograd.watchers import warn_of_reading, watchers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal, SupportsFloat, TypeAlias, TypeVar, overload

    V = TypeVar("V", bound="Value")
    Values: TypeAlias = "Iterable[Value] | Value"

read_data = operator.attrgetter("data")
new_without_init = object.__new__


class Value(Arithmetic):
    """One number and, after `backward()` of something computed from it, its grad.

    `data` and `grad` are floats. `inputs` are the Values that it was computed from (in operand
    order; none for a leaf), `op` is the row of the table that computed it (None for a leaf), and
    `label` is a name to show. Other attributes may be set freely. `Value(t, (x,), "sin")` makes a
    node by hand, which then needs a `_backward` of its own. In a subclass, results have the class
    of the Value that the op was called on, and are made without `__init__`.

    A leaf with `requires_grad=False` is no parameter of a module; it has a grad all the same.
    Raises TypeError for data that is not one real number.

    >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    >>> c = a * b + a**2
    >>> c.backward()
    >>> c, a.grad, b.grad
    (Value(data=-2.0, grad=1.0), 1.0, 2.0)
    """

    # Two inputs stand in two slots, not in a tuple: Python's garbage collector then has half as
    # many objects to visit. With a tuple, a training step took half as long again. `inputs` makes
    # the tuple when it is asked for. For one input, `_second` is None; for none, and for three and
    # more, `_first` is None and `_second` is the tuple.
    __slots__ = ("data", "grad", "op", "_first", "_second", "__dict__", "__weakref__")

    data: float
    grad: float
    op: Op | None
    _first: Any
    _second: Any
    label: str = ""
    requires_grad: bool = True

    def __init__(
        self,
        data: SupportsFloat,
        _children: Iterable[Value] = (),
        _op: str = "",
        label: str = "",
        requires_grad: bool = True,
    ):
        self.data = data if type(data) is float else scalar(data)
        self.grad = 0.0
        self.op, self._first, self._second = None, None, ()
        if _children:
            self.inputs = tuple(_children)
            self.op = handmade_op(_op, len(self.inputs))
        if label:
            self.label = label
        if not requires_grad:
            self.requires_grad = False
        for watcher in watchers.get():
            watcher.on_leaf(self)

    def interpret(self: V, op: Op, inputs: tuple[Any, ...]) -> V:
        """Compute now, and remember the inputs."""
        active = watchers.get()
        for watcher in active:
            out = watcher.intercept(op, inputs)
            if out is not None:
                return out
        for x in inputs:
            if not isinstance(x, Value):
                op, inputs = lift(op, inputs)
                if inputs is NotImplemented:
                    return NotImplemented
                break
        forward = op.forward
        out = new_without_init(type(self))
        out.op, out.grad = op, 0.0
        if len(inputs) == 2:  # two inputs and one, as most ops have, are spelled out for speed
            out._first, out._second = x, y = inputs
            out.data = forward(x.data, y.data)
        elif len(inputs) == 1:
            out._first, out._second = inputs[0], None
            out.data = forward(inputs[0].data)
        else:
            out.inputs = inputs
            out.data = forward(*[x.data for x in inputs])
        for watcher in active:
            watcher.on_result(out, op, inputs)
        return out

    def _backward(self) -> None:
        """Pass this node's grad on: each input receives it times the partial.

        `+=`, not `=`: an input that is used twice receives a grad from both uses. With `=` the
        second would erase the first, and `b = a + a` would give a the grad 1, though it is 2.
        """
        x, y, grad = self._first, self._second, self.grad
        if y is None:
            (by_x,) = self.op.partials  # type: ignore[union-attr]
            if by_x:
                x.grad += by_x(x.data, self.data) * grad
        elif x is not None:
            by_x, by_y = self.op.partials  # type: ignore[union-attr]
            a, b, out = x.data, y.data, self.data
            if by_x:
                x.grad += by_x(a, b, out) * grad
            if by_y:
                y.grad += by_y(a, b, out) * grad
        elif y:
            for x, partial in zip(y, graph.partials(self, read_data)):
                if partial is not None:
                    x.grad += partial * grad

    def backward(self, *, retain_graph: bool = True) -> None:
        """Fill `grad`, of this Value and of all it was computed from, with d self / d each.

        This sets the grads of nodes in between and adds to the grads of leaves, as in PyTorch: call
        `zero_grad()` between two training steps. The graph is kept, whatever `retain_graph` says.
        """
        # The function behind `inputs`: a loop calls it in less time than it reads the property.
        order = topological_order(self, vars(Value)["inputs"].fget)
        for node in order:
            if node.op:
                node.grad = 0.0
        self.grad = 1.0
        active = watchers.get()
        for node in reversed(graph.receivers(order)):
            node._backward()
            for watcher in active:
                watcher.on_backward(node)

    def detach(self) -> Value:
        """Return a leaf with the same data: what is computed from it sends no grad back to here."""
        for watcher in watchers.get():
            out: Value | None = watcher.intercept(detach, (self,))
            if out is not None:
                return out
        return Value(self.data, label=self.label)

    # --------------------------------------------------------------- as a node, a number and a text

    @property
    def inputs(self) -> tuple[Any, ...]:
        """The Values that this one was computed from, in operand order; () for a leaf."""
        x, y = self._first, self._second
        if y is None:
            return (x,)
        return y if x is None else (x, y)

    @inputs.setter
    def inputs(self, inputs: tuple[Any, ...]) -> None:
        self._first, self._second = inputs if len(inputs) == 2 else (None, inputs)

    # fmt: off
    @property
    def _op(self) -> str:                            return self.op.symbol if self.op else ""
    @property
    def _prev(self) -> OrderedSet:                   return OrderedSet(self.inputs)
    def __lt__(self, other: SupportsFloat) -> bool:  return compare(operator.lt, self, other)
    def __le__(self, other: SupportsFloat) -> bool:  return compare(operator.le, self, other)
    def __gt__(self, other: SupportsFloat) -> bool:  return compare(operator.gt, self, other)
    def __ge__(self, other: SupportsFloat) -> bool:  return compare(operator.ge, self, other)
    def __round__(self, n: int | None = None) -> Any: return round(self.data, n)
    def item(self) -> float:                         return self.data
    def zero_grad(self) -> None:                     self.grad = 0.0
    # fmt: on

    def __float__(self) -> float:
        warn_of_reading(self)
        return float(self.data)

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)

    def __repr__(self) -> str:
        return f"Value(data={self.data}, grad={self.grad})"

    # ------------------------------------------------------------ copies, without any recursion

    def __copy__(self) -> Value:
        return graph.restore_node(graph.node_state(self), self.inputs)

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        for node in topological_order(self):
            if id(node) not in memo:
                inputs = tuple(memo[id(x)] for x in node.inputs)
                *state, free = graph.node_state(node)
                twin = graph.restore_node(state, inputs)
                memo[id(node)] = twin
                twin.__dict__.update(copy.deepcopy(free, memo))
        return memo[id(self)]

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle a leaf as itself, so that it stays shared, and a graph as a flat list."""
        if not self.inputs:
            *state, free = graph.node_state(self)
            return graph.restore_node, (state, ()), free
        order = topological_order(self)
        index = {node: i for i, node in enumerate(order)}
        nodes = [graph.node_state(node) if node.inputs else node for node in order]
        inputs = [[index[x] for x in node.inputs] for node in order]
        return graph.restore_graph, (nodes, inputs)


# ------------------------------------------------------------------------- numbers and other inputs


def scalar(x: Any) -> Any:
    """Return `x` as a float, or unchanged if it is a traced number."""
    if isinstance(x, Arithmetic) and not isinstance(x, Value):
        return x
    return float(as_number(x))


def lift(op: Op, inputs: tuple[Any, ...]) -> tuple[Op, Any]:
    """Return `op` and `inputs` with every number made a leaf, or part of the op (`x**3`).

    The inputs are NotImplemented if one is neither a number nor a Value. Raises TypeError for an
    array.
    """
    values: list[Value] = []
    for x in inputs:
        if not isinstance(x, Value):
            if type(x) is not float and type(x) is not int and not isinstance(x, Real):
                if isinstance(x, Arithmetic) or not hasattr(x, "shape"):
                    return op, NotImplemented
                if x.shape != ():
                    raise TypeError(errors.array_meets_value(x))
            if op.with_constant and len(values) == len(inputs) - 1:
                return op.with_constant(as_number(x)), tuple(values)
            x = Value(x)
        values.append(x)
    return op, tuple(values)


def compare(relation: Callable[[float, Any], bool], value: Value, other: Any) -> Any:
    data = other.data if isinstance(other, Value) else other
    return relation(value.data, data) if isinstance(data, Real) else NotImplemented


def handmade_op(symbol: str, arity: int) -> Op:
    """Return the op of a node made by hand, whose `_backward` the user writes."""

    def unknown(*_: Any) -> Any:
        raise errors.GraphError(errors.handmade_node(symbol))

    return Op(symbol, symbol, unknown, (unknown,) * arity)


if TYPE_CHECKING:

    @overload
    def gradients(y: Value, xs: Values, create_graph: Literal[False] = False) -> list[float]: ...
    @overload
    def gradients(y: Value, xs: Values, create_graph: Literal[True]) -> list[Value]: ...


def gradients(y: Value, xs: Values, create_graph: bool = False) -> list[Any]:
    """Return [d y / d x for x in xs], as floats. No `grad` is touched.

    With `create_graph` they are Values, computed by ops like any others, so they can be
    differentiated again. For an x that y does not depend on it is 0. One Value may stand for a
    list of one. Raises TypeError for anything else, and GraphError if a node between y and one of
    `xs` was made by hand; whatever the xs themselves were computed from does not matter.

    >>> x = Value(3.0)
    >>> (slope,) = gradients(x**2, [x], create_graph=True)
    >>> slope, gradients(slope, [x])
    (Value(data=6.0, grad=0.0), [2.0])
    """
    number: Callable[[float], Any] = Value if create_graph else float
    read = (lambda node: node) if create_graph else read_data
    (y,), xs = as_values([y], errors.not_a_node), as_values(xs)
    order = graph.dependents(topological_order(y), xs)
    grads = {y: number(1.0)}
    for node, x, partial in graph.chain_rule(order, read):
        owed = partial * grads[node]
        grads[x] = grads[x] + owed if x in grads else owed
    return [grads[x] if x in grads else number(0.0) for x in xs]


def as_values(xs: Values, message: Callable[[object], str] = errors.not_a_value) -> list[Value]:
    """Return `xs` as a list, of one if it is a Value. Raises TypeError for anything else."""
    values = list(xs) if isinstance(xs, Iterable) else [xs]
    for x in values:
        if not isinstance(x, Value):
            raise TypeError(message(x))
    return values
