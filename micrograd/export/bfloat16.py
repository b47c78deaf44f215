"""Products whose factors are rounded to bfloat16, and whose sums are in float32.

Rule: the product of two such factors is exact in float32, so a device without bfloat16 computes the
same as one that has it. `ALGORITHM` tells JAX to use it on GPUs and TPUs; on a processor XLA has
it for some products alone. The gradient is made of such products as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from micrograd.support.extras import require

BFLOAT16 = "bfloat16"
ALGORITHM = "BF16_BF16_F32"  # what JAX calls such products: factors, and sums
EXPONENT_BITS, MANTISSA_BITS = 8, 7


def number_type(dtype: str) -> str:
    """Return the type of all numbers but the factors.

    >>> number_type("bfloat16"), number_type("float64")
    ('float32', 'float64')
    """
    return "float32" if dtype == BFLOAT16 else dtype


def factor(x: Any) -> Any:
    """Return an array of JAX with its numbers rounded to bfloat16, in the type that it has."""
    return with_gradient(round_numbers, identity)(x)


def product(y: Any) -> Any:
    """Return an array of JAX as it is; its grads, factors of the next products, are rounded."""
    return with_gradient(identity, round_numbers)(y)


def with_gradient(forward: Callable[[Any], Any], backward: Callable[[Any], Any]) -> Any:
    """Return `forward` as a function through which JAX passes `backward` of a grad."""
    jax = require("jax", "jax")
    f = jax.custom_vjp(forward)
    f.defvjp(lambda x: (forward(x), None), lambda _, grad: (backward(grad),))
    return f


def round_numbers(x: Any) -> Any:
    lax = require("jax.lax", "jax", "jax")
    return lax.reduce_precision(x, EXPONENT_BITS, MANTISSA_BITS)


def identity(x: Any) -> Any:
    return x
