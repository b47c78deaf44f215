"""Modules: the lecture's network, and the layers of larger ones, all in plain scalars.

Rule: a module takes numbers and Values, in lists, and returns Values; its shapes stand in its
docstring, and an input that does not fit is refused with both shapes.
"""

from micrograd.nn.attention import GPT, CausalSelfAttention, TransformerBlock
from micrograd.nn.convolution import Conv1d, Conv2d, MaxPool2d
from micrograd.nn.layers import Embedding, LayerNorm, Linear, RMSNorm, Sequential
from micrograd.nn.network import INITS, MLP, Layer, Module, Neuron
from micrograd.nn.recurrent import GRU, RNN

__all__ = [
    "GPT",
    "GRU",
    "INITS",
    "MLP",
    "RNN",
    "CausalSelfAttention",
    "Conv1d",
    "Conv2d",
    "Embedding",
    "Layer",
    "LayerNorm",
    "Linear",
    "MaxPool2d",
    "Module",
    "Neuron",
    "RMSNorm",
    "Sequential",
    "TransformerBlock",
]
