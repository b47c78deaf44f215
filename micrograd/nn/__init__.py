"""Modules: the lecture's network, and the layers of larger ones, all in plain scalars.

Rule: a module takes numbers and Values, in lists, and returns Values; its shapes stand in its
docstring, and an input that does not fit is refused with both shapes. A module takes one example,
or a list of examples, and then returns the list of their outputs. Read `network` first, which is
part of the core, then `layers`, `activations`, `loss_modules`, `batch_norm`, `attention`,
`recurrent` and `convolution`; `model_summary` describes a model.
"""

from micrograd.nn.network import INITS, MLP, Layer, Module, Neuron
from micrograd.nn.sizes import announce_size, size_of_layer, size_of_mlp, size_of_neuron
from micrograd.support import foreign_keywords, foreign_names
from micrograd.support.lazy import load_on_demand
from micrograd.support.unknown_keywords import suggest_keywords

TYPE_CHECKING: bool = False  # type checkers read True; `bool` lets Jedi look inside, too
if TYPE_CHECKING:
    from micrograd.nn.activations import ELU as ELU
    from micrograd.nn.activations import GELU as GELU
    from micrograd.nn.activations import Activation as Activation
    from micrograd.nn.activations import Flatten as Flatten
    from micrograd.nn.activations import Identity as Identity
    from micrograd.nn.activations import LeakyReLU as LeakyReLU
    from micrograd.nn.activations import LogSoftmax as LogSoftmax
    from micrograd.nn.activations import ReLU as ReLU
    from micrograd.nn.activations import Sigmoid as Sigmoid
    from micrograd.nn.activations import SiLU as SiLU
    from micrograd.nn.activations import Softmax as Softmax
    from micrograd.nn.activations import Softplus as Softplus
    from micrograd.nn.activations import Tanh as Tanh
    from micrograd.nn.attention import GPT as GPT
    from micrograd.nn.attention import CausalSelfAttention as CausalSelfAttention
    from micrograd.nn.attention import TransformerBlock as TransformerBlock
    from micrograd.nn.attention import attention_weights as attention_weights
    from micrograd.nn.batch_norm import BatchNorm1d as BatchNorm1d
    from micrograd.nn.containers import ModuleDict as ModuleDict
    from micrograd.nn.containers import ModuleList as ModuleList
    from micrograd.nn.containers import Parameter as Parameter
    from micrograd.nn.convolution import Conv1d as Conv1d
    from micrograd.nn.convolution import Conv2d as Conv2d
    from micrograd.nn.convolution import MaxPool2d as MaxPool2d
    from micrograd.nn.layers import Dropout as Dropout
    from micrograd.nn.layers import Embedding as Embedding
    from micrograd.nn.layers import LayerNorm as LayerNorm
    from micrograd.nn.layers import Linear as Linear
    from micrograd.nn.layers import RMSNorm as RMSNorm
    from micrograd.nn.layers import Sequential as Sequential
    from micrograd.nn.loss_modules import BCELoss as BCELoss
    from micrograd.nn.loss_modules import BCEWithLogitsLoss as BCEWithLogitsLoss
    from micrograd.nn.loss_modules import CrossEntropyLoss as CrossEntropyLoss
    from micrograd.nn.loss_modules import HingeEmbeddingLoss as HingeEmbeddingLoss
    from micrograd.nn.loss_modules import HuberLoss as HuberLoss
    from micrograd.nn.loss_modules import L1Loss as L1Loss
    from micrograd.nn.loss_modules import Loss as Loss
    from micrograd.nn.loss_modules import MSELoss as MSELoss
    from micrograd.nn.loss_modules import NLLLoss as NLLLoss
    from micrograd.nn.loss_modules import SmoothL1Loss as SmoothL1Loss
    from micrograd.nn.model_summary import Summary as Summary
    from micrograd.nn.model_summary import input_width as input_width
    from micrograd.nn.model_summary import summary as summary
    from micrograd.nn.network import instantiate as instantiate
    from micrograd.nn.network import is_parameter_group as is_parameter_group
    from micrograd.nn.network import parameter_groups as parameter_groups
    from micrograd.nn.recurrent import GRU as GRU
    from micrograd.nn.recurrent import RNN as RNN

LAZY = {
    "Activation": "activations",
    "BCELoss": "loss_modules",
    "BCEWithLogitsLoss": "loss_modules",
    "BatchNorm1d": "batch_norm",
    "CausalSelfAttention": "attention",
    "Conv1d": "convolution",
    "Conv2d": "convolution",
    "CrossEntropyLoss": "loss_modules",
    "Dropout": "layers",
    "ELU": "activations",
    "Embedding": "layers",
    "Flatten": "activations",
    "GELU": "activations",
    "GPT": "attention",
    "GRU": "recurrent",
    "HingeEmbeddingLoss": "loss_modules",
    "HuberLoss": "loss_modules",
    "Identity": "activations",
    "L1Loss": "loss_modules",
    "LayerNorm": "layers",
    "LeakyReLU": "activations",
    "Linear": "layers",
    "LogSoftmax": "activations",
    "Loss": "loss_modules",
    "MSELoss": "loss_modules",
    "MaxPool2d": "convolution",
    "ModuleDict": "containers",
    "ModuleList": "containers",
    "NLLLoss": "loss_modules",
    "Parameter": "containers",
    "RMSNorm": "layers",
    "RNN": "recurrent",
    "ReLU": "activations",
    "Sequential": "layers",
    "SiLU": "activations",
    "Sigmoid": "activations",
    "SmoothL1Loss": "loss_modules",
    "Softmax": "activations",
    "Softplus": "activations",
    "Tanh": "activations",
    "TransformerBlock": "attention",
}
FOR_OTHER_ROOMS = {
    "Summary": "model_summary",
    "attention_weights": "attention",
    "input_width": "model_summary",
    "instantiate": "network",
    "is_parameter_group": "network",
    "parameter_groups": "network",
    "summary": "model_summary",
}
load_on_demand(__name__, LAZY | FOR_OTHER_ROOMS, foreign_names.NN)
# here, because the core imports no tables of foreign names, and nothing about machines
for module, size in ((MLP, size_of_mlp), (Layer, size_of_layer), (Neuron, size_of_neuron)):
    module.__init__ = announce_size(size)(module.__init__)  # type: ignore[method-assign]
for module in (MLP, Neuron):
    module.__init__ = suggest_keywords(foreign_keywords.NETWORK)(module.__init__)  # type: ignore[method-assign]

__all__ = ["INITS", "MLP", "Layer", "Module", "Neuron"]
__all__.extend(LAZY)
