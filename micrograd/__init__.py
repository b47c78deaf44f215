"""A scalar autograd engine and a neural-net library on top of it.

>>> from micrograd import Value
>>> a, b = Value(-4.0), Value(2.0)
>>> c = (a * b + b**3).relu() + a / b
>>> c.backward()
>>> a.grad, b.grad
(0.5, 1.0)
"""

from micrograd.support import hidden_modules as hidden_modules  # before any of Python's modules

# isort: split
from micrograd import data, losses, optim
from micrograd import transforms as transforms
from micrograd.check import against_torch, gradcheck
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
from micrograd.support import foreign_names
from micrograd.support.lazy import load_on_demand
from micrograd.support.randomness import import_isolated, manual_seed
from micrograd.support.unknown_attributes import add_foreign_names
from micrograd.watchers import detect_anomaly, enable_grad, no_grad

TYPE_CHECKING: bool = False  # type checkers read True; `bool` lets Jedi look inside, too
if TYPE_CHECKING:
    from micrograd.drawing import draw, draw_dot, label_all, trace, tree
    from micrograd.explaining import diagnose, explain, nudge, paths, record_sources
    from micrograd.nn import summary
    from micrograd.saving import load, save
    from micrograd.training import (
        compile_step,
        fit,
        plot_boundary,
        plot_layers,
        plot_loss_surface,
        plot_neurons,
        plot_updates,
    )
    from micrograd.transforms import (
        compile_graph,
        grad,
        hessian,
        jacobian,
        jit,
        part,
        value_and_grad,
        vmap,
    )

# It draws a number when it is imported. `fit`, scikit-learn and others import it where it is
# installed, perhaps after `random.seed(1337)`: then the next network would be another.
import_isolated("rich.style")

__version__ = "1.0.0"
__path__.append(f"{__path__[0]}/old_places")  # `micrograd.picture` stands in this folder now

LAZY = {  # what needs more than the core is loaded when somebody asks for it
    "compile_graph": "transforms",
    "compile_step": "training",
    "diagnose": "explaining",
    "draw": "drawing",
    "draw_dot": "drawing",
    "explain": "explaining",
    "fit": "training",
    "grad": "transforms",
    "hessian": "transforms",
    "jacobian": "transforms",
    "jit": "transforms",
    "label_all": "drawing",
    "load": "saving",
    "nudge": "explaining",
    "part": "transforms",
    "paths": "explaining",
    "plot_boundary": "training",
    "plot_layers": "training",
    "plot_loss_surface": "training",
    "plot_neurons": "training",
    "plot_updates": "training",
    "record_sources": "explaining",
    "save": "saving",
    "summary": "nn",
    "trace": "drawing",
    "tree": "drawing",
    "value_and_grad": "transforms",
    "vmap": "transforms",
}
load_on_demand(__name__, LAZY, foreign_names.ROOT)
load_on_demand("micrograd.ops", {}, foreign_names.ROOT)
add_foreign_names(Value, foreign_names.VALUE)
add_foreign_names(Module, foreign_names.MODULE)

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
    "manual_seed",
    "maximum",
    "minimum",
    "no_grad",
    "nudge",
    "optim",
    "part",
    "paths",
    "plot_boundary",
    "plot_layers",
    "plot_loss_surface",
    "plot_neurons",
    "plot_updates",
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
