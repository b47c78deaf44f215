"""Modules: the lecture's network, and the layers of larger ones, all in plain scalars.

Rule: a module takes numbers and Values, in lists, and returns Values; its shapes stand in its
docstring, and an input that does not fit is refused with both shapes.
"""

from micrograd.nn.network import INITS, MLP, Layer, Module, Neuron
from micrograd.support.lazy import loader

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
__getattr__ = loader(__name__, LAZY)

__all__ = ["INITS", "MLP", "Layer", "Module", "Neuron"]
__all__.extend(LAZY)
