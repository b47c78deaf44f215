"""How derivatives are written: ∂e/∂a is a partial, and grad(a) the derivative of the result.

Rule: every line of mathematics about a graph is written in these words; web/notation.mjs says the
same in the player. Where a terminal has no ∂, a d stands for it.
"""


def grad_of(name: str) -> str:
    """Return how the grad of a node is written: "grad(a)"."""
    return f"grad({name})"


def partial_of(node: str, x: str) -> str:
    """Return how the partial of a node with respect to one of its inputs is written: "∂e/∂a"."""
    return f"∂{node}/∂{x}"


def chain_rule(node: str, x: str, sign: str) -> str:
    """Return the chain rule of an edge: "grad(a) += grad(e) · ∂e/∂a"."""
    return f"{grad_of(x)} {sign} {grad_of(node)} · {partial_of(node, x)}"


def seed(result: str) -> str:
    """Return the line with which a backward pass begins: "grad(y) = 1.0"."""
    return f"{grad_of(result)} = 1.0"
