"""Models as modules of PyTorch, with the parameters under our names.

Rule: the module's `forward` is the text that `source` shows. It is written when the module meets
rows of a new shape, which neither `torch.compile` nor `torch.export` can do: they come after.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any

from micrograd.export import messages
from micrograd.export.arguments import require_module, row_shape
from micrograd.export.dialects import TORCH
from micrograd.export.layout import data_of, layout_of
from micrograd.export.source import SourceByShape, call_model
from micrograd.export.torch_layers import as_layers
from micrograd.nn import Module
from micrograd.support.extras import require


def to_torch(model: Module, input: tuple[int, ...] | None = None, structural: bool = False) -> Any:
    """Return the model as a `torch.nn.Module` in float64, whose call takes rows of inputs.

    Its `state_dict` has the names of ours; the parameters of neurons side by side are one tensor,
    with `*` for their number. A Value whose `requires_grad` is False is a buffer. With `input`, the
    shape of one row, it is written at once, so that `torch.compile` and `torch.export` take it;
    without, when it is called. Raises ImportError if PyTorch is not installed.

    Raises ValueError for a name that PyTorch's modules have given away, such as "type".

    With `structural`, it is made of PyTorch's own layers, by the table that `from_torch` reads; an
    MLP becomes a Sequential of Linear and activations, and one output stays a column. ValueError
    for a module that PyTorch has no layer for.

    >>> from micrograd import MLP
    >>> list(to_torch(MLP(2, [3, 1]), input=(2,)).state_dict())[:2]
    ['layers.0.neurons.*.w', 'layers.0.neurons.*.b']
    """
    if structural:
        return as_layers(model)
    torch = require("torch", "torch")
    require_module(model)
    rows = SourceByShape(call_model, model, TORCH)
    names = list(layout_of(model))
    if input is not None:
        rows.source([row_shape(input)])

    write = not_compiled(torch, rows.source)

    class Exported(torch.nn.Module):  # type: ignore[name-defined]
        def forward(self, x: Any) -> Any:
            shapes = (tuple(x.shape[1:]),)
            if shapes not in rows.functions:
                write(shapes)
            parameters = {name: look_up(self, name) for name in names}
            if not x.is_floating_point():  # whole numbers would wrap around, as 1 - 2 in uint8
                like = next(iter(parameters.values()), None)
                x = x.to(torch.float64 if like is None else like.dtype)
            return rows.functions[shapes](parameters, x)

    module = Exported()
    for name, values in layout_of(model).items():
        tensor = torch.from_numpy(data_of(values))
        owner, last = owner_of(torch, module, name)
        require_free(owner, name, last)
        if all(value.requires_grad for value in values.ravel()):
            owner.register_parameter(last, torch.nn.Parameter(tensor))
        else:
            owner.register_buffer(last, tensor)
    return module


def not_compiled(torch: Any, write: Callable[..., Any]) -> Callable[..., Any]:
    """Return `write` as a function that `torch.compile` calls and does not look into.

    With `fullgraph` the call is an error, to which recent versions of PyTorch add our sentence.
    """
    disable = torch.compiler.disable
    has_reason = "reason" in signature(disable).parameters
    options = {"reason": messages.unknown_rows()} if has_reason else {}
    function: Callable[..., Any] = disable(write, **options)
    return function


def owner_of(torch: Any, module: Any, name: str) -> tuple[Any, str]:
    """Return the module that is to hold the parameter, made if need be, and its name there."""
    *path, last = name.split(".")
    for part in path:
        if part not in module._modules:
            require_free(module, name, part)
            module.add_module(part, torch.nn.Module())
        module = module._modules[part]
    return module, last


def require_free(module: Any, name: str, part: str) -> None:
    """Raise ValueError if the module cannot hold this part of a name."""
    if not part or hasattr(module, part):
        raise ValueError(messages.name_of_pytorch(name, part))


def look_up(module: Any, name: str) -> Any:
    *path, last = name.split(".")
    for part in path:
        module = module._modules[part]
    return module._parameters[last] if last in module._parameters else module._buffers[last]
