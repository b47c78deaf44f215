"""Models as modules of PyTorch, with the parameters under our names.

Rule: the module's `forward` is the text that `source` shows. It is written when the module meets
rows of a new shape, which neither `torch.compile` nor `torch.export` can do: they come after.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from inspect import signature
from types import FunctionType
from typing import Any

import numpy as np

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
    shape of one row, the module is written at once, so that `torch.compile` and `torch.export` take
    it; without, when it is called.

    With `structural`, it is built from PyTorch's own layers, by the table that `from_torch` reads.
    An MLP becomes a Sequential of Linear and activations, and one output stays a column.

    Raises ImportError if PyTorch is not installed, ValueError for a parameter whose name means
    something else in PyTorch's modules, such as "type", and with `structural` for a module that
    PyTorch has no layer for.

    >>> from micrograd import MLP
    >>> list(to_torch(MLP(2, [3, 1]), input=(2,)).state_dict())[:2]
    ['layers.0.neurons.*.w', 'layers.0.neurons.*.b']
    """
    if structural:
        return as_layers(model)
    torch = require("torch", "torch")
    require_module(model)
    rows, layout = SourceByShape(call_model, model, TORCH), layout_of(model)
    if input is not None:
        rows.source([row_shape(input)])
    module = exported_class(torch, rows, list(layout))()
    for name, values in layout.items():
        register(torch, module, name, values)
    return module


def exported_class(torch: Any, rows: SourceByShape, names: Sequence[str]) -> Any:
    """Return a class of modules that compute rows of inputs by the text for their shape."""
    write = hide_from_compiler(torch, rows.write)

    class Exported(torch.nn.Module):
        def __reduce__(self) -> Any:
            return new_exported, (rows, names), vars(self)

        def forward(self, x: Any) -> Any:
            shapes = (tuple(x.shape[1:]),)
            if shapes not in rows.functions:
                write(shapes)
            parameters = {name: look_up(self, name) for name in names}
            if not x.is_floating_point():  # whole numbers would wrap around, as 1 - 2 in uint8
                like = next(iter(parameters.values()), None)
                x = x.to(torch.float64 if like is None else like.dtype)
            return rows.functions[shapes](parameters, x)

    Exported.forward = with_own_code(Exported.forward)  # type: ignore[method-assign]
    return Exported


def with_own_code(f: Any) -> Any:
    """Return the function with a code object of its own.

    `torch.compile` counts how often it compiles a code object, eight times at most, and the classes
    of all exported models would share one.
    """
    return FunctionType(f.__code__.replace(), f.__globals__, f.__name__, None, f.__closure__)


def new_exported(rows: SourceByShape, names: Sequence[str]) -> Any:
    """Return a module without numbers, which a copy or a pickle then fills in."""
    return exported_class(require("torch", "torch"), rows, names)()


def register(torch: Any, module: Any, name: str, values: np.ndarray) -> None:
    """Let the module have these numbers: as a parameter, or as a buffer if they are not trained.

    Raises ValueError for a name that it cannot have.
    """
    tensor = torch.from_numpy(data_of(values))
    owner, last = owner_of(torch, module, name)
    require_free(owner, name, last)
    if all(value.requires_grad for value in values.ravel()):
        owner.register_parameter(last, torch.nn.Parameter(tensor))
    else:
        owner.register_buffer(last, tensor)


def hide_from_compiler(torch: Any, write: Callable[..., Any]) -> Callable[..., Any]:
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
        raise ValueError(messages.name_taken_by_pytorch(name, part))


def look_up(module: Any, name: str) -> Any:
    *path, last = name.split(".")
    for part in path:
        module = module._modules[part]
    return module._parameters[last] if last in module._parameters else module._buffers[last]
