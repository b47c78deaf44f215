"""A scalar autograd engine and a neural-net library on top of it.

>>> from micrograd import Value
>>> a, b = Value(-4.0), Value(2.0)
>>> c = (a * b + b**3).relu() + a / b
>>> c.backward()
>>> a.grad, b.grad
(0.5, 1.0)
"""

from micrograd import data, losses, optim
from micrograd.check import against_torch, gradcheck
from micrograd.drawing.dot import draw_dot
from micrograd.drawing.text import label_all, trace, tree
from micrograd.engine import Value, gradients
from micrograd.nn import MLP, Layer, Module, Neuron
from micrograd.ops import (
    OPS,
    Op,
    cos,
    detach,
    elu,
    equal,
    erf,
    exp,
    expm1,
    gelu,
    leaky_relu,
    less,
    log,
    log1p,
    maximum,
    minimum,
    relu,
    sigmoid,
    sign,
    sin,
    softplus,
    sqrt,
    step,
    take,
    tanh,
    where,
)
from micrograd.ops import (
    abs as abs,  # these two are not in `__all__`: `import *` must not hide Python's own
)
from micrograd.ops import pow as pow
from micrograd.support.lazy import loader
from micrograd.transforms.autodiff import grad, hessian, jacobian, value_and_grad
from micrograd.transforms.jitting import compile_graph, jit
from micrograd.transforms.vmapping import vmap
from micrograd.watchers import detect_anomaly, enable_grad, no_grad

__version__ = "1.0.0"


LAZY = {  # what needs more than the standard library's quick parts is loaded when asked for
    "compile_step": "training.steps.compiled_step",
    "diagnose": "explaining.diagnosis",
    "draw": "drawing.picture",
    "explain": "explaining.explanation",
    "fit": "training.loop",
    "load": "saving.model_file",
    "nudge": "explaining.finite_differences",
    "paths": "explaining.gradient_paths",
    "record_sources": "explaining.sources",
    "save": "saving.model_file",
    "summary": "nn.model_summary",
}


__getattr__ = loader(__name__, LAZY)


__all__ = [
    "MLP",
    "OPS",
    "Layer",
    "Module",
    "Neuron",
    "Op",
    "Value",
    "against_torch",
    "compile_graph",
    "compile_step",
    "cos",
    "data",
    "detach",
    "detect_anomaly",
    "diagnose",
    "draw",
    "draw_dot",
    "elu",
    "enable_grad",
    "equal",
    "erf",
    "exp",
    "expm1",
    "explain",
    "fit",
    "gelu",
    "grad",
    "gradcheck",
    "gradients",
    "hessian",
    "jacobian",
    "jit",
    "label_all",
    "leaky_relu",
    "less",
    "load",
    "log",
    "log1p",
    "losses",
    "maximum",
    "minimum",
    "no_grad",
    "nudge",
    "optim",
    "paths",
    "record_sources",
    "relu",
    "save",
    "sigmoid",
    "sign",
    "sin",
    "softplus",
    "sqrt",
    "step",
    "summary",
    "take",
    "tanh",
    "trace",
    "tree",
    "value_and_grad",
    "vmap",
    "where",
]
