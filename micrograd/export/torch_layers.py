"""PyTorch's layers as ours and ours as PyTorch's, structure and numbers, by one table.

Rule: a row is read in both directions. It names our class, the settings that both have, and those
that PyTorch alone has, with the one value that ours computes. A layer that computes something else
is refused, never approximated. Modules and parameters that are shared stay shared.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from micrograd import nn, ops
from micrograd.engine import Value, read_data
from micrograd.export import messages
from micrograd.nn import MLP, Layer, Module, Neuron, is_parameter_group
from micrograd.ops import Op
from micrograd.support.extras import require
from micrograd.support.nest import leaves, shape, tree_map
from micrograd.support.wording import did_you_mean

Names = dict[str, str]


@dataclass(frozen=True)
class Row:
    """A layer of both: the settings, by our name, and how PyTorch writes them."""

    ours: type[Module]
    settings: Names = field(default_factory=dict)  # our attribute and argument: PyTorch's
    optional: dict[str, tuple[str, str]] = field(
        default_factory=dict
    )  # parameter: (ours, PyTorch's)
    fixed: dict[str, Any] = field(default_factory=dict)  # PyTorch's setting: the value that ours is
    suffix: str = ""  # of PyTorch's names of parameters


EPS = {"eps": "eps"}
BIAS = {"bias": ("bias", "bias")}
KERNEL = {"kernel": "kernel_size", "stride": "stride"}
CONVOLUTION = {"nin": "in_channels", "nout": "out_channels", **KERNEL, "padding": "padding"}
ONE_GROUP = {"groups": 1, "dilation": 1, "padding_mode": "zeros", "bias": True}
RECURRENT = {"nin": "input_size", "hidden": "hidden_size"}
ONE_LAYER = {"num_layers": 1, "bidirectional": False, "batch_first": True, "bias": True}

# fmt: off
ROWS = {  # the name of the class in torch.nn: what it is here
    "Linear": Row(nn.Linear, {"nin": "in_features", "nout": "out_features"}, BIAS),
    "Embedding": Row(
        nn.Embedding, {"count": "num_embeddings", "size": "embedding_dim"},
        fixed={"padding_idx": None, "max_norm": None, "scale_grad_by_freq": False},
    ),
    "LayerNorm": Row(
        nn.LayerNorm, {"size": "normalized_shape", **EPS},
        fixed={"elementwise_affine": True, "bias": True},
    ),
    "RMSNorm": Row(
        nn.RMSNorm, {"size": "normalized_shape", **EPS},
        {"weight": ("weights", "elementwise_affine")},
    ),
    "BatchNorm1d": Row(
        nn.BatchNorm1d,
        {
            "size": "num_features", **EPS, "momentum": "momentum",
            "track_running_stats": "track_running_stats",
        },
        {"weight": ("affine", "affine")},
    ),
    "Conv1d": Row(nn.Conv1d, CONVOLUTION, fixed=ONE_GROUP),
    "Conv2d": Row(nn.Conv2d, CONVOLUTION, fixed=ONE_GROUP),
    "MaxPool2d": Row(
        nn.MaxPool2d, KERNEL,
        fixed={"padding": 0, "dilation": 1, "ceil_mode": False, "return_indices": False},
    ),
    "RNN": Row(nn.RNN, RECURRENT, fixed={**ONE_LAYER, "nonlinearity": "tanh"}, suffix="_l0"),
    "GRU": Row(nn.GRU, RECURRENT, fixed=ONE_LAYER, suffix="_l0"),
    "Dropout": Row(nn.Dropout, {"p": "p"}),
    "Flatten": Row(nn.Flatten, fixed={"start_dim": 1, "end_dim": -1}),
    "Identity": Row(nn.Identity),
    "ReLU": Row(nn.ReLU),
    "Tanh": Row(nn.Tanh),
    "Sigmoid": Row(nn.Sigmoid),
    "GELU": Row(nn.GELU, fixed={"approximate": "none"}),
    "ELU": Row(nn.ELU, fixed={"alpha": 1.0}),
    "SiLU": Row(nn.SiLU),
    "LeakyReLU": Row(nn.LeakyReLU, {"negative_slope": "negative_slope"}),
    "Softplus": Row(nn.Softplus, {"beta": "beta"}, fixed={"threshold": 20.0}),
    "Softmax": Row(nn.Softmax, fixed={"dim": -1}),
    "LogSoftmax": Row(nn.LogSoftmax, fixed={"dim": -1}),
}
ACTIVATIONS: dict[Op, Callable[[], Module]] = {  # the layer that maps each number by the op
    ops.relu: nn.ReLU, ops.tanh: nn.Tanh, ops.sigmoid: nn.Sigmoid, ops.gelu: nn.GELU,
    ops.elu: nn.ELU, ops.leaky_relu: nn.LeakyReLU, ops.softplus: nn.Softplus,
}
# fmt: on
CONTAINERS = ("Sequential", "ModuleList", "ModuleDict")
KNOWN = (*ROWS, *CONTAINERS)
DENSE = (MLP, Layer, Neuron)  # each becomes a Sequential
NAMES = {row.ours: name for name, row in ROWS.items()}
UNSET = {"eps": sys.float_info.epsilon}  # PyTorch's settings that are None: its value in float64


def from_torch(module: Any) -> Any:
    """Return a `torch.nn` module as ours: the same structure, numbers and mode.

    A ModuleList becomes a list and a ModuleDict a dict, as these are in `micrograd.nn`. Numbers
    become float64. Raises ValueError for a class that has no counterpart here, and for a setting
    that ours lacks; the message names the layer. Raises ImportError if PyTorch is not installed.

    >>> import torch
    >>> from_torch(torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh()))
    Sequential(Linear(2, 3), Tanh())
    """
    torch = require("torch", "torch")
    return Reader(torch.nn).read(module, "")


def as_layers(model: Any) -> Any:
    """Return the model as layers of `torch.nn`, in float64; an MLP becomes a Sequential.

    Raises ValueError for a module that PyTorch has no layer for.
    """
    torch = require("torch", "torch")
    with torch.random.fork_rng(devices=[]):  # the initial weights are drawn, and then replaced
        return Writer(torch).write(model, "").double()  # also what has no numbers


def setting(module: Any, name: str) -> Any:
    """Return a setting of PyTorch's module; for a parameter, whether it has one."""
    if name in module._parameters:
        return module._parameters[name] is not None
    x = getattr(module, name)
    if isinstance(x, tuple) and len(set(x)) == 1:
        return x[0]
    return UNSET.get(name) if x is None else x


def join(path: str, name: object) -> str:
    return f"{path}.{name}" if path else str(name)


# ------------------------------------------------------------------------------------------ there


class Reader:
    """Reads PyTorch's modules, each once."""

    def __init__(self, torch_nn: Any) -> None:
        self.torch_nn = torch_nn
        self.modules: dict[Any, Any] = {}
        self.groups: dict[int, Any] = {}  # of Values, by the id of their tensor

    def read(self, module: Any, path: str) -> Any:
        """Return our module for PyTorch's, which stands at that path."""
        if not isinstance(module, self.torch_nn.Module):
            raise TypeError(messages.expected_torch_module(module))
        if module not in self.modules:
            self.modules[module] = self.create(module, path)
        return self.modules[module]

    def create(self, module: Any, path: str) -> Any:
        name = type(module).__name__
        if name not in KNOWN or type(module) is not getattr(self.torch_nn, name, None):
            is_theirs = type(module).__module__.startswith("torch.")
            hint = did_you_mean(name, KNOWN) if is_theirs else ""  # it is no misspelling
            raise ValueError(messages.unknown_layer(path, name, KNOWN, hint))
        if module._forward_hooks or module._forward_pre_hooks:
            raise ValueError(messages.layer_with_hooks(path, name))
        if name in ROWS:
            made = self.create_layer(module, ROWS[name], path)
        else:
            made = self.create_container(module, name, path)
        if isinstance(made, Module):
            made.training = module.training
        return made

    def create_container(self, module: Any, name: str, path: str) -> Any:
        parts = {key: self.read(part, join(path, key)) for key, part in module._modules.items()}
        if name == "ModuleDict":
            return parts
        return list(parts.values()) if name == "ModuleList" else nn.Sequential(*parts.values())

    def create_layer(self, module: Any, row: Row, path: str) -> Module:
        name = type(module).__name__
        for key, expected in row.fixed.items():
            if setting(module, key) != expected:
                got = setting(module, key)
                raise ValueError(messages.other_setting(path, name, key, got, expected))
        settings = {ours: setting(module, theirs) for ours, theirs in row.settings.items()}
        for ours, got in settings.items():
            if isinstance(got, tuple | str):
                key = row.settings[ours]
                raise ValueError(messages.uneven_setting(path, name, key, got))
        for parameter, (ours, _) in row.optional.items():
            settings[ours] = setting(module, parameter)
        made = row.ours(**settings)
        self.fill(made, module, row.suffix)
        return made

    def fill(self, made: Module, module: Any, suffix: str) -> None:
        """Set the parameters and running statistics from those of PyTorch's module."""
        for name, group in list(vars(made).items()):
            tensor = getattr(module, name + suffix, None)
            if is_parameter_group(group) and tensor is not None:
                setattr(made, name, self.values(tensor))

    def values(self, tensor: Any) -> Any:
        if id(tensor) not in self.groups:
            if tensor.is_complex():
                raise ValueError(messages.complex_numbers())
            numbers = tensor.detach().double().tolist()
            trained = tensor.requires_grad
            group = tree_map(lambda x: Value(x, requires_grad=trained), numbers)
            self.groups[id(tensor)] = group
        return self.groups[id(tensor)]


# ------------------------------------------------------------------------------------------- back


class Writer:
    """Writes our modules as PyTorch's, each once."""

    def __init__(self, torch: Any) -> None:
        self.torch = torch
        self.modules: dict[int, tuple[Any, Any]] = {}  # by id: ours, which is kept, and PyTorch's
        self.tensors: dict[tuple[Any, ...], Any] = {}  # by the Values that it holds
        self.seen: set[Value] = set()

    def write(self, x: Any, path: str) -> Any:
        """Return PyTorch's module for ours, which stands at that path."""
        if id(x) not in self.modules:
            self.modules[id(x)] = x, self.create(x, path)
        return self.modules[id(x)][1]

    def create(self, x: Any, path: str) -> Any:
        if isinstance(x, Op) and x in ACTIVATIONS:
            return self.write(ACTIVATIONS[x](), path)
        if type(x) is list:
            return self.torch.nn.ModuleList(self.write_all(enumerate(x), path))
        if type(x) is dict:
            return self.torch.nn.ModuleDict(zip(x, self.write_all(x.items(), path)))
        if type(x) is nn.Sequential:
            steps = self.write_all(enumerate(x.steps), join(path, "steps"))
            made = self.torch.nn.Sequential(*steps)
            made.training = x.training
            return made
        if type(x) in DENSE:
            layers = self.write_dense(x, path)
            return self.torch.nn.Sequential(*layers).train(x.training)
        if type(x) not in NAMES:
            raise ValueError(messages.not_a_layer(path, x, KNOWN))
        return self.create_layer(x, path).train(x.training)

    def write_all(self, items: Iterable[tuple[Any, Any]], path: str) -> list[Any]:
        return [self.write(part, join(path, key)) for key, part in items]

    def create_layer(self, x: Any, path: str) -> Any:
        row = ROWS[NAMES[type(x)]]
        settings = {theirs: getattr(x, ours) for ours, theirs in row.settings.items()}
        for parameter, (_, theirs) in row.optional.items():
            settings[theirs] = getattr(x, parameter) is not None
        made = getattr(self.torch.nn, NAMES[type(x)])(**settings, **row.fixed)
        for name, group in vars(x).items():
            known = getattr(made, name + row.suffix, None) is not None
            if known and is_parameter_group(group):
                self.set(made, name + row.suffix, group, join(path, name))
        return made

    def write_dense(self, x: MLP | Layer | Neuron, path: str) -> Iterator[Any]:
        """Yield a Linear for each layer of neurons, and the activation that follows it."""
        layers = x.layers if isinstance(x, MLP) else [x]
        for i, layer in enumerate(layers):
            place = join(path, f"layers.{i}") if isinstance(x, MLP) else path
            neurons = layer.neurons if isinstance(layer, Layer) else [layer]
            kinds = {(n.nonlin, n.nonlin and n.activation, len(n.w)) for n in neurons}
            if len(kinds) != 1:
                raise ValueError(messages.uneven_neurons(place))
            ((nonlin, activation, nin),) = kinds
            linear = self.torch.nn.Linear(nin, len(neurons))
            self.set(linear, "weight", [n.w for n in neurons], place)
            self.set(linear, "bias", [n.b for n in neurons], place)
            yield linear
            if nonlin:
                yield self.write(activation, join(place, "activation"))

    def set(self, made: Any, name: str, group: Any, path: str) -> None:
        """Set a parameter, or a buffer, of PyTorch's module to the numbers of a group of Values."""
        tensor = self.tensor(group, path)
        is_parameter = name in made._parameters
        setattr(made, name, tensor if is_parameter else tensor.data)

    def tensor(self, group: Any, path: str) -> Any:
        """Return the parameter of these Values: the same one where they stand a second time."""
        values = leaves(group)
        key = (shape(group), *values)
        if key not in self.tensors:
            trained = {value.requires_grad for value in values}
            once = len(set(values)) == len(values) and self.seen.isdisjoint(values)
            if not once or len(trained) > 1:
                raise ValueError(messages.cannot_be_a_parameter(path))
            numbers = self.torch.tensor(tree_map(read_data, group), dtype=self.torch.float64)
            self.tensors[key] = self.torch.nn.Parameter(numbers, requires_grad=trained == {True})
            self.seen.update(values)
        return self.tensors[key]
