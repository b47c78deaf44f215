"""Random graphs of Values, and the grads that `backward()` gives them."""

import math
import random

from micrograd import OPS, Value
from micrograd.graph import topological_order

EDGES = (0.0, -0.0, 1.0, -1.0, 1e300, 5e-324, math.inf, -math.inf, math.nan)
PARTIAL = ("div", "pow", "log", "log1p", "sqrt")  # not defined everywhere
ROWS = [op for op in OPS.values() if op.name not in PARTIAL]


def random_graph(seed, numbers=lambda rng: rng.uniform(-1.0, 1.0), size=30):
    """Return the result of `size` ops of all kinds, each of any earlier nodes."""
    rng = random.Random(seed)
    nodes = [Value(numbers(rng), label=f"x{i}") for i in range(4)]
    for _ in range(size):
        op = rng.choice(ROWS)
        nodes.append(op(*[rng.choice(nodes) for _ in op.partials]))
    return sum(nodes[1:], nodes[0])


def backward_of(root):
    """Return {node: grad} after a fresh `backward()`."""
    order = topological_order(root)
    for node in order:
        node.grad = 0.0
    root.backward()
    return {node: node.grad for node in order}
