"""Graphs of other engines, as graphs of Values, so that they are drawn as ours are.

Rule: a node of another engine has `data`, and `_prev` or `inputs`, as in the lecture; nothing else
is asked of it, and it is left as it is.
"""

from typing import Any

from micrograd.engine import Value
from micrograd.ops import OPS, Op, pow_op

INPUTS = ("_prev", "inputs")
SIGNS = ("_op", "op")


def as_graph(root: Any) -> Any:
    """Return a copy of the graph of `root` in Values; `root` itself unless it is of another engine.

    >>> class Number:
    ...     def __init__(self, data, _prev=(), _op=""):
    ...         self.data, self.grad, self._prev, self._op = data, 0.0, _prev, _op
    >>> as_graph(Number(6.0, (Number(2.0), Number(3.0)), "*"))
    Value(data=6.0, grad=0.0)
    """
    if isinstance(root, Value) or not is_node(root):
        return root
    copies: dict[int, Value] = {}
    waiting = [root]
    while waiting:
        node = waiting[-1]
        inputs = inputs_of(node)
        missing = [x for x in inputs if id(x) not in copies and is_node(x)]
        if missing:
            waiting.extend(missing)
            continue
        waiting.pop()
        copies.setdefault(id(node), copy_of(node, [copies[id(x)] for x in inputs if is_node(x)]))
    return copies[id(root)]


def is_node(x: Any) -> bool:
    return hasattr(x, "data") and any(hasattr(x, name) for name in INPUTS)


def inputs_of(node: Any) -> tuple[Any, ...]:
    """Return the inputs of a node of another engine."""
    name = next(name for name in INPUTS if hasattr(node, name))
    return tuple(getattr(node, name) or ())


def copy_of(node: Any, inputs: list[Value]) -> Value:
    """Return the Value that shows what the node holds."""
    texts = [getattr(node, name) for name in SIGNS if hasattr(node, name)]
    symbol = str(next(iter(texts), "") or "")
    row = row_of(symbol)
    if row and len(row.partials) == 2 * len(inputs) == 2:
        inputs = inputs * 2  # a set holds one Value of a + a
    value = Value(node.data, tuple(inputs), symbol, str(getattr(node, "label", "") or ""))
    value.grad = float(getattr(node, "grad", 0.0) or 0.0)
    if row and len(row.partials) == len(inputs):
        value.op = row
    return value


def row_of(symbol: str) -> Op | None:
    """Return our row for the sign of an op, by which a page can compute it; None for another op."""
    if symbol.startswith("**"):
        try:
            exponent = float(symbol[2:])
            return pow_op(int(exponent) if symbol[2:].lstrip("-").isdecimal() else exponent)
        except ValueError:
            return None
    rows = {text: row for row in OPS.values() for text in (row.name, row.symbol)}
    return rows.get(symbol)
