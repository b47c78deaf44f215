"""Folds: a graph that is computed again, with something else at its leaves.

A node is anything with `inputs` (a tuple of nodes, empty for a leaf) and `op`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

TYPE_CHECKING = False  # a type checker reads it as True; importing `typing` takes milliseconds
if TYPE_CHECKING:
    from typing import Any

    Node = Any


def fold(
    order: Sequence[Node],
    leaf: Callable[[Node], Any],
    apply: Callable[[Any, tuple[Any, ...]], Any],
    known: Mapping[Node, Any] | None = None,
) -> dict[Node, Any]:
    """Compute a graph again, with something else at its leaves. Return {node: its result}.

    `leaf(node)` returns the result of a leaf, and `apply(op, inputs)` the result of an op from the
    results of its inputs. A node with a result in `known` keeps that one. `order` is topological.
    """
    results = dict(known or {})
    for node in order:
        if node not in results:
            inputs = tuple(results[x] for x in node.inputs)
            results[node] = apply(node.op, inputs) if inputs else leaf(node)
    return results
