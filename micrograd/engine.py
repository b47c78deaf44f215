"""Values: numbers that remember what they were computed from, and share out blame for the result.

Rule 1: nothing here states a derivative or knows an op by name; those are rows of ops.py.
Rule 2: nothing here prints, draws or opens a file.
"""

import copy
import operator
from numbers import Real

from micrograd import errors, graph
from micrograd.graph import topological_order
from micrograd.ieee import as_number
from micrograd.ops import Arithmetic, Op, detach
from micrograd.watchers import detect_anomaly as detect_anomaly  # these three were here once
from micrograd.watchers import enable_grad as enable_grad
from micrograd.watchers import no_grad as no_grad
from micrograd.watchers import watchers

read_data = operator.attrgetter("data")
new = object.__new__


class Value(Arithmetic):
    """One number and, after `backward()` of something computed from it, its grad.

    `data` and `grad` are floats, `inputs` the Values that it was computed from (in operand order;
    none for a leaf), `op` the row of the table that did it (None for a leaf), `label` a name to
    show. Other attributes may be set freely. `Value(t, (x,), "sin")` makes a node by hand; it then
    needs a `_backward` of its own. In a subclass, results have the class of the Value that the op
    was called on, and are made without `__init__`. Raises TypeError for data that is not one real
    number.

    >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    >>> c = a * b + a**2
    >>> c.backward()
    >>> c, a.grad, b.grad
    (Value(data=-2.0, grad=1.0), 1.0, 2.0)
    """

    # Two inputs as two slots, not a tuple: Python's garbage collector has half as many objects to
    # visit. With a tuple a step took about half as long again. `inputs` makes the tuple when asked.
    __slots__ = ("data", "grad", "op", "_first", "_second", "__dict__", "__weakref__")
    __array_ufunc__ = None  # NumPy leaves `array * value` and `np.float64(2) * value` to us
    label = ""

    def __init__(self, data, _children=(), _op: str = "", label: str = ""):
        self.data = data if type(data) is float else scalar(data)
        self.grad = 0.0
        self.inputs = tuple(_children)
        self.op = handmade_op(_op, len(self.inputs)) if _children else None
        if label:
            self.label = label
        for watcher in watchers.get():
            watcher.on_leaf(self)

    def interpret(self, op: Op, inputs: tuple):
        """Compute now, and remember the inputs."""
        active = watchers.get()
        for watcher in active:
            if (out := watcher.intercept(op, inputs)) is not None:
                return out
        for x in inputs:
            if not isinstance(x, Value):
                op, inputs = lift(op, inputs)
                if inputs is NotImplemented:
                    return NotImplemented
                break
        out = new(type(self))
        if len(inputs) == 2:  # most ops, spelled out for speed
            out._first, out._second = x, y = inputs
            out.data = op.forward(x.data, y.data)
        else:
            out.inputs = inputs
            out.data = op.forward(*[x.data for x in inputs])
        out.grad = 0.0
        out.op = op
        for watcher in active:
            watcher.on_result(out, op, inputs)
        return out

    def _backward(self):
        """Pass this node's grad on: each input owes it times the partial.

        `+=`, not `=`: an input that is used twice is owed for by both uses. With `=` the second
        would erase the first, and `b = a + a` would give a the grad 1, though it is 2.
        """
        x, y = self._first, self._second
        if isinstance(y, Value):  # two inputs, as most nodes have, spelled out for speed
            by_x, by_y = self.op.partials
            a, b, out, grad = x.data, y.data, self.data, self.grad
            x.grad += by_x(a, b, out) * grad
            y.grad += by_y(a, b, out) * grad
        elif x is not None:
            for x, partial in zip(self.inputs, graph.partials(self, read_data)):
                x.grad += partial * self.grad

    def backward(self):
        """Fill `grad`, of this Value and of all it was computed from, with d self / d each.

        Sets it for nodes in between and adds to it for leaves, as PyTorch does: call `zero_grad()`
        between two steps of training.
        """
        order = topological_order(self)
        for node in order:
            if node.op:
                node.grad = 0.0
        self.grad = 1.0
        active = watchers.get()
        for node in reversed(order):
            node._backward()
            for watcher in active:
                watcher.on_backward(node)

    def detach(self) -> "Value":
        """A leaf with the same data: what is computed from it sends nothing back to here."""
        for watcher in watchers.get():
            if (out := watcher.intercept(detach, (self,))) is not None:
                return out
        return Value(self.data, label=self.label)

    # ------------------------------------------------------------------- as a number and as a name

    @property
    def inputs(self) -> tuple:
        """The Values that this one was computed from, in operand order; () for a leaf."""
        x, y = self._first, self._second
        if type(y) is tuple:
            return (x, *y)
        return () if x is None else (x, y)

    @inputs.setter
    def inputs(self, inputs):
        if len(inputs) == 2:
            self._first, self._second = inputs
        else:
            self._first, self._second = (inputs[0], inputs[1:]) if inputs else (None, None)

    @property
    def _op(self) -> str:
        return self.op.symbol if self.op else ""

    @property
    def _prev(self):
        return dict.fromkeys(self.inputs).keys()

    # fmt: off
    def __lt__(self, other):  return compare(operator.lt, self, other)
    def __le__(self, other):  return compare(operator.le, self, other)
    def __gt__(self, other):  return compare(operator.gt, self, other)
    def __ge__(self, other):  return compare(operator.ge, self, other)
    # fmt: on

    def __float__(self):
        return float(self.data)

    def __round__(self, digits=None):
        return round(self.data, digits)

    def __format__(self, spec):
        return format(self.data, spec) if spec else repr(self)

    def __repr__(self):
        return f"Value(data={self.data}, grad={self.grad})"

    # ------------------------------------------------------------ copies, without any recursion

    def __copy__(self):
        return graph.restore_node(graph.node_state(self), self.inputs)

    def __deepcopy__(self, memo):
        for node in topological_order(self):
            if id(node) not in memo:
                inputs = tuple(memo[id(x)] for x in node.inputs)
                *state, free = graph.node_state(node)
                memo[id(node)] = twin = graph.restore_node(state, inputs)
                twin.__dict__.update(copy.deepcopy(free, memo))
        return memo[id(self)]

    def __reduce__(self):
        """A leaf is pickled as itself, so that it stays shared; a graph as a flat list."""
        if not self.inputs:
            *state, free = graph.node_state(self)
            return graph.restore_node, (state, ()), free
        order = topological_order(self)
        place = {node: i for i, node in enumerate(order)}
        nodes = [graph.node_state(node) if node.inputs else node for node in order]
        return graph.restore_graph, (nodes, [[place[x] for x in node.inputs] for node in order])


# ------------------------------------------------------------------------- numbers and other inputs


def scalar(x):
    """The float that `x` is; a number of another interpreter, as a traced one, is kept."""
    return x if isinstance(x, Arithmetic) and not isinstance(x, Value) else float(as_number(x))


def lift(op: Op, inputs: tuple):
    """The same with every number a leaf, or part of the op (`x**3`).

    The inputs are NotImplemented where one is neither a number nor a Value. TypeError for an array.
    """
    for x in inputs:
        if not isinstance(x, Value | Real):
            if isinstance(x, Arithmetic) or not hasattr(x, "shape"):
                return op, NotImplemented
            if x.shape != ():
                raise TypeError(errors.array_meets_value(x))
    if op.with_constant and not isinstance(inputs[-1], Value):
        return op.with_constant(as_number(inputs[-1])), inputs[:-1]
    return op, tuple(x if isinstance(x, Value) else Value(x) for x in inputs)


def compare(relation, value: Value, other):
    other = other.data if isinstance(other, Value) else other
    return relation(value.data, other) if isinstance(other, Real) else NotImplemented


def handmade_op(symbol: str, arity: int) -> Op:
    """A row for a node whose maker passes its grad on by a `_backward` of its own."""

    def unknown(*_):
        raise errors.GraphError(errors.made_by_hand(symbol))

    slots = ", ".join(["{}"] * arity)
    return Op(symbol, f"{symbol}({slots})", unknown, (unknown,) * arity)


def gradients(y: Value, xs, create_graph: bool = False) -> list:
    """[d y / d x for x in xs], as floats; no `grad` is touched.

    With `create_graph` they are Values, computed by ops like any others, so they can be
    differentiated again. An x that y does not depend on has 0. Raises GraphError where a node was
    made by hand.
    """
    start, read = (Value, lambda node: node) if create_graph else (float, read_data)
    grads = {y: start(1.0)}
    for node, x, partial in graph.chain_rule(topological_order(y), read):
        owed = partial * grads[node]
        grads[x] = grads[x] + owed if x in grads else owed
    return [grads.get(x, start(0.0)) for x in xs]
