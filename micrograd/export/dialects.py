"""Dialects: how NumPy, JAX and PyTorch spell each op and each word for arrays.

Rule: a dialect is a table of templates. Names are those of the rows of ops.py; a row without a
template is replaced by what its forward computes. At ties and edges a template has the derivative
of the row: `jax.nn.relu` has 0 at 0, where `jnp.maximum` would pass on half and `jnp.abs` 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from micrograd import errors
from micrograd.ops import LEAK, Op, is_row
from micrograd.support.own_rows import is_own_row

# How tightly a piece of source binds, and how tightly its operands must.
SUM, PRODUCT, POWER, ATOM = 1, 2, 3, 4
PICK = "take"  # the family of rows that have words of their own, pick_rows and pick_along
OPERATORS = {
    "add": ("{0} + {1}", SUM, (SUM, PRODUCT)),
    "sub": ("{0} - {1}", SUM, (SUM, PRODUCT)),
    "mul": ("{0} * {1}", PRODUCT, (PRODUCT, POWER)),
    "div": ("{0} / {1}", PRODUCT, (PRODUCT, POWER)),
    "neg": ("-{0}", SUM, (POWER,)),
    "pow": ("{0} ** {1}", POWER, (ATOM, ATOM)),
}


@dataclass(frozen=True)
class Dialect:
    """Templates of functions: of each op under its name, and of each word for arrays.

    `{like}` in a template is an array of the type that results have. `concrete` are the ops whose
    operands must be arrays, not Python's numbers.
    """

    imports: tuple[str, ...]
    ops: Mapping[str, str]
    words: Mapping[str, str]
    concrete: tuple[str, ...] = ()

    def __contains__(self, op: object) -> bool:
        """Return whether there is a template, or another way, to write the row."""
        name = row_name(op)
        return name in self.ops or name in OPERATORS or name == PICK


def name_of(op: Op) -> str:
    """Return the name of the row, or of its family: "pow" of the row of `x**3`."""
    return op.family or op.name


def row_name(op: object) -> str:
    """Return the name of one of our rows, or of its family; "" for anything else."""
    return name_of(op) if isinstance(op, Op) and is_row(op) and is_own_row(op) else ""


# fmt: off
SHARED_OPS = {  # `np` stands for the dialect's own module
    "exp": "np.exp({0})", "expm1": "np.expm1({0})", "log": "np.log({0})", "log1p": "np.log1p({0})",
    "sqrt": "np.sqrt({0})", "sin": "np.sin({0})", "cos": "np.cos({0})", "tanh": "np.tanh({0})",
    "abs": "np.abs({0})", "sign": "np.sign({0})",
    "maximum": "np.maximum({0}, {1})", "minimum": "np.minimum({0}, {1})",
    "relu": "np.where({0} > 0.0, {0}, 0.0 * {0})",
    "leaky_relu": f"np.where({{0}} > 0.0, {{0}}, {LEAK} * {{0}})",
    "less": "np.where({0} < {1}, 1.0, 0.0)", "equal": "np.where({0} == {1}, 1.0, 0.0)",
    "where": "np.where({0} != 0.0, {1}, {2})",
    "step": "np.where({0} == {0}, np.where({0} > 0.0, 1.0, 0.0), {0})",
}
SHARED_WORDS = {
    "constant": "{0}", "transpose": "np.transpose({0}, {1})", "flip": "np.flip({0}, {1})",
    "expand": "np.broadcast_to({0}, {1})", "take": "np.take({0}, {1}, {2})",
    "concatenate": "np.concatenate([{0}], {1})", "sum": "np.sum({0}, {1})",
    "maximum": "np.max({0}, {1})", "minimum": "np.min({0}, {1})",
    "einsum": 'np.einsum("{0}", {1})', "pick_rows": "np.take({0}, {1}.astype(int), 0)",
    "pick_along": "np.take_along_axis({0}, {1}.astype(int), {2})",
}
NUMPY = Dialect(
    ("import math", "", "import numpy as np"),
    {**SHARED_OPS,
     "relu": "np.maximum({0}, 0.0)", "detach": "{0}",
     "softplus": "np.logaddexp({0}, 0.0)", "erf": "np.vectorize(math.erf)({0})",
     "sigmoid": "(np.exp(np.minimum({0}, 0.0)) / (1.0 + np.exp(-np.abs({0}))))",
     "elu": "np.where({0} > 0.0, {0}, np.expm1(np.minimum({0}, 0.0)))"},
    {**SHARED_WORDS,
     "pad": "np.pad({0}, {1})",
     "convolve": 'np.einsum("{7}", np.lib.stride_tricks.sliding_window_view({0}, {4}, {5}){6}, {1},'
                 " optimize=True)"},
)
JAX_INDEX = "jnp.where(jnp.abs({1}) < 2e9, {1}, 2e9).astype(int)"
JAX = Dialect(
    ("import jax", "import jax.numpy as jnp", "import numpy as np"),
    {**{name: form.replace("np.", "jnp.") for name, form in SHARED_OPS.items()},
     "relu": "jax.nn.relu({0})", "sigmoid": "jax.nn.sigmoid({0})",
     "softplus": "jax.nn.softplus({0})", "elu": "jax.nn.elu({0})",
     "gelu": "jax.nn.gelu({0}, approximate=False)",
     "erf": "jax.scipy.special.erf({0})", "detach": "jax.lax.stop_gradient({0})",
     "abs": "({0} * jnp.sign({0}))"},
    {**{word: form.replace("np.", "jnp.") for word, form in SHARED_WORDS.items()},
     "constant": "jnp.asarray({0}, {1}.dtype)",
     # XLA would compute a `jnp.sum` again for each place at which a table reads it
     "sum_taken": "({0} @ jnp.ones({1}, {2}.dtype))",
     # as whole numbers, nan would be 0 and an infinity -1; 2e9 is outside of every table
     "pick_rows": f"jnp.take({{0}}, {JAX_INDEX}, 0)",
     "pick_along": f"jnp.take_along_axis({{0}}, {JAX_INDEX}, {{2}})",
     "convolve": "jax.lax.conv_general_dilated({0}, {1}, {2}, {3})"},
)
JAX_BFLOAT16 = replace(  # words of export/bfloat16.py around each product and its factors
    JAX,
    imports=(*JAX.imports, "from micrograd.export import bfloat16"),
    words={**JAX.words, "factor": "bfloat16.factor({0})", "product": "bfloat16.product({0})"},
)
TORCH = Dialect(
    ("import numpy as np", "import torch"),
    {**{name: form.replace("np.", "torch.") for name, form in SHARED_OPS.items()},
     "relu": "torch.relu({0})", "sigmoid": "torch.sigmoid({0})",
     # softplus of PyTorch is x itself above 20, which is wrong from the tenth digit on
     "softplus": "-torch.nn.functional.logsigmoid(-({0}))",
     "elu": "torch.nn.functional.elu({0})", "gelu": "torch.nn.functional.gelu({0})",
     "erf": "torch.erf({0})", "detach": "{0}.detach()",
     "sign": "torch.where({0} == {0}, torch.sign({0}), {0})",
     **{name: f"torch.where({test}, 1.0, 0.0).to({{like}})"  # which would be in float32
        for name, test in (("less", "{0} < {1}"), ("equal", "{0} == {1}"))},
     "step": "torch.where({0} == {0}, ({0} > 0.0).to({like}), {0})"},
    {**{word: form.replace("np.", "torch.") for word, form in SHARED_WORDS.items()},
     "array": "torch.from_numpy({0})", "constant": "{0}.to({1})", "transpose": "{0}.permute{1}",
     "flip": "torch.flip({0}, [{1}])",
     "expand": "{0}.expand{1}", "take": "torch.index_select({0}, {2}, {1}.to({0}.device))",
     "concatenate": "torch.cat([{0}], {1})",
     "pad": "torch.nn.functional.pad({0}, {2})",
     "convolve": "torch.nn.functional.conv{8}d({0}, {1}, stride={2})",
     "maximum": "torch.amax({0}, {1})", "minimum": "torch.amin({0}, {1})",
     "pick_rows": "{0}[{1}.long()]",
     "pick_along": "torch.gather({0}, {2}, {1}.long())"},
    concrete=("maximum", "minimum", "where"),
)
# fmt: on
DIALECTS = {"numpy": NUMPY, "jax": JAX, "torch": TORCH}


def find_dialect(name: str) -> Dialect:
    """Return the dialect called "numpy", "jax" or "torch". Raises ValueError for another name."""
    if name not in DIALECTS:
        raise ValueError(errors.unknown_name("dialect", name, DIALECTS))
    return DIALECTS[name]
