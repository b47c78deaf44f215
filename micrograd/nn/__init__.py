"""Modules: the lecture's network, and the layers of larger ones, all in plain scalars.

Rule: a module takes numbers and Values, in lists, and returns Values; its shapes stand in its
docstring, and an input that does not fit is refused with both shapes. Read `network` first, which
is part of the core, then `layers`, `attention`, `recurrent`, `convolution`; `model_summary`
describes a model.
"""

from micrograd.nn.network import INITS, MLP, Layer, Module, Neuron
from micrograd.support.lazy import load_on_demand

TYPE_CHECKING: bool = False  # type checkers read True; `bool` lets Jedi look inside, too
if TYPE_CHECKING:
    from micrograd.nn.attention import GPT as GPT
    from micrograd.nn.attention import CausalSelfAttention as CausalSelfAttention
    from micrograd.nn.attention import TransformerBlock as TransformerBlock
    from micrograd.nn.convolution import Conv1d as Conv1d
    from micrograd.nn.convolution import Conv2d as Conv2d
    from micrograd.nn.convolution import MaxPool2d as MaxPool2d
    from micrograd.nn.layers import Dropout as Dropout
    from micrograd.nn.layers import Embedding as Embedding
    from micrograd.nn.layers import LayerNorm as LayerNorm
    from micrograd.nn.layers import Linear as Linear
    from micrograd.nn.layers import RMSNorm as RMSNorm
    from micrograd.nn.layers import Sequential as Sequential
    from micrograd.nn.model_summary import Summary as Summary
    from micrograd.nn.model_summary import summary as summary
    from micrograd.nn.network import is_parameter_group as is_parameter_group
    from micrograd.nn.recurrent import GRU as GRU
    from micrograd.nn.recurrent import RNN as RNN

LAZY = {
    "CausalSelfAttention": "attention",
    "Conv1d": "convolution",
    "Conv2d": "convolution",
    "Dropout": "layers",
    "Embedding": "layers",
    "GPT": "attention",
    "GRU": "recurrent",
    "LayerNorm": "layers",
    "Linear": "layers",
    "MaxPool2d": "convolution",
    "RMSNorm": "layers",
    "RNN": "recurrent",
    "Sequential": "layers",
    "TransformerBlock": "attention",
}
INSIDE = {
    "Summary": "model_summary",
    "is_parameter_group": "network",
    "summary": "model_summary",
}  # for other rooms
load_on_demand(__name__, LAZY | INSIDE)

__all__ = ["INITS", "MLP", "Layer", "Module", "Neuron"]
__all__.extend(LAZY)
