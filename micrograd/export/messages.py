"""Messages of the exports: what happened, why, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from micrograd.export.target import Shape
from micrograd.support.wording import kind

LEAVE_OUT_STRUCTURAL = "Leave structural=True out: to_torch(model) takes every model."


def expected_module(x: object) -> str:
    return f"An export expected a Module such as MLP(2, [16, 1]), got {kind(x)}. Pass the model."


def written_by_another(path: Path, process: str) -> str:
    return (
        f"{path} is being written by another process ({process}), and the files of two exports "
        "must not mix. Export again, or to another path."
    )


def not_a_shape(x: object) -> str:
    return (
        f"The shape of one row is a tuple of sizes, got {x!r:.40}. Write input=(64,) for a row of "
        "64 numbers, or input=(2, 7, 7) for one of 2 x 7 x 7."
    )


def names_of_state() -> str:
    return "\nThese are the names of state_dict(). Call model.load_state_dict(state)."


def shape_of_a_row(shapes: Sequence[Shape]) -> str:
    seen = " and ".join(str(shape) for shape in shapes)
    return (
        f"The first axis of an array counts its rows, so one row has the shape {seen} here; pass "
        "x[None] for a single row."
    )


def uneven_rows(shapes: Sequence[Shape]) -> str:
    seen = " and ".join(str(shape) for shape in shapes)
    return (
        f"The arrays have the shapes {seen}, but their first axis counts the rows and must be as "
        "long in each. Pass a row of each array for every example."
    )


def wrong_shape(name: str, got: tuple[int, ...], expected: tuple[int, ...]) -> str:
    return f"misshapen {name}: an array of shape {got}, where the model has {expected}"


def duplicate_name(name: str) -> str:
    return (
        f"Two parameters of the model are called {name!r}, and an export finds each by its name. "
        "Rename one of them: write an attribute or the key of a dict without a dot."
    )


def not_numbers(x: object) -> str:
    return (
        f"The function returned {x!r}, and an exported function returns numbers alone. "
        "Return a number, or lists, tuples and dicts of numbers."
    )


def no_numbers(returned: object) -> str:
    return (
        f"The function returned {returned!r:.40}, which has no number in it, so there is nothing "
        "to export. Return at least one number."
    )


def unknown_input(model: object) -> str:
    name = type(model).__name__
    return (
        f"The shape of one row cannot be told from a {name}. Give it: input=(64,) for a row of 64 "
        "numbers, input=(2, 7, 7) for one of 2 x 7 x 7; --input 64 or --input 2,7,7 in a terminal."
    )


# ---------------------------------------------------------------------------------------- PyTorch


def expected_torch_module(x: object) -> str:
    return (
        f"from_torch() expected a torch.nn module such as Linear(2, 3), got {kind(x)}. "
        "Pass the module itself."
    )


def at(path: str) -> str:
    return f" at {path!r}" if path else ""


def unknown_layer(path: str, name: str, known: Iterable[str], hint: str) -> str:
    return (
        f"micrograd has no layer for PyTorch's {name}{at(path)}.{hint} Convert its parts one by "
        "one, as in from_torch(module.layer), and write a Module that calls them. The known layers "
        f"are: {', '.join(known)}."
    )


def layer_with_hooks(path: str, name: str) -> str:
    return (
        f"PyTorch's {name}{at(path)} has hooks, which may change its numbers and cannot be "
        "converted. Remove them first."
    )


def complex_numbers() -> str:
    return "The module has complex numbers, and micrograd has real ones. Convert a real module."


def other_setting(path: str, name: str, key: str, got: object, expected: object) -> str:
    return (
        f"PyTorch's {name}{at(path)} has {key}={got!r}, and micrograd's {name} computes "
        f"{key}={expected!r} alone. Write {key}={expected!r} there if that gives the same for your "
        "inputs; if not, write a Module that computes it."
    )


def uneven_setting(path: str, name: str, key: str, got: object) -> str:
    return (
        f"PyTorch's {name}{at(path)} has {key}={got!r}, and micrograd's {name} has one whole "
        "number for all axes. Write one number there, or write a Module that computes it."
    )


def not_a_layer(path: str, x: object, known: Iterable[str]) -> str:
    return (
        f"torch.nn has no layer for {name_of(x)}{at(path)}. {LEAVE_OUT_STRUCTURAL} The known "
        f"layers are: MLP, Layer, Neuron, {', '.join(known)}."
    )


def name_of(x: object) -> str:
    """Return the name of a class or a function as a message shows it."""
    name = getattr(x, "name", None) or getattr(x, "__name__", None)
    return f"the function {name}" if callable(x) and name else kind(x)


def uneven_neurons(path: str) -> str:
    return (
        f"The neurons{at(path)} differ in their activations or numbers of inputs, and a Linear has "
        f"equal ones. {LEAVE_OUT_STRUCTURAL}"
    )


def cannot_be_a_parameter(path: str) -> str:
    return (
        f"The parameters{at(path)} are shared with others or trained only in part, and a tensor of "
        f"PyTorch is trained as a whole. {LEAVE_OUT_STRUCTURAL}"
    )


def name_taken_by_pytorch(name: str, part: str) -> str:
    return (
        f"PyTorch cannot have a parameter called {name!r}: {part!r} means something else in its "
        "modules. Rename the attribute or the key of a dict."
    )


def name_without_file(name: str, part: str) -> str:
    return (
        f"A .pt2 file cannot have a parameter called {name!r}: PyTorch writes the names as Python, "
        f"where {part!r} means something else. Rename the attribute or the key of a dict."
    )


def unknown_rows() -> str:
    return (
        "the model is written as arrays when it meets rows of a new shape, which cannot be "
        "compiled. Pass the shape of one row, as in to_torch(model, input=(64,)), or call the "
        "module once before you compile it."
    )


# ---------------------------------------------------------------------------------------------- C


def not_a_c_file(path: Path) -> str:
    return (
        f"{str(path)!r} is not the name of a C file, and the header's name is made from it. "
        f"End it with .c, as in '{path.stem or 'model'}.c'."
    )


def not_a_c_name(name: str, usable: str) -> str:
    return (
        f"{name!r} cannot be the name of a function in C: it must be of letters without accents, "
        f"digits and _, and begin with a letter. Name the file {usable}.c, for example."
    )


def name_in_use(name: str, usable: str) -> str:
    return (
        f"{name!r} means something else in C, and the function is called as the file is. "
        f"Name the file {usable}.c, for example."
    )


def loss_without_optimizer() -> str:
    return (
        "A training step in C needs a loss and an optimizer, got one of them alone. "
        "Pass both, as in to_c(..., loss=loss, optimizer=optim.SGD(model.parameters(), lr=0.1))."
    )


def not_a_loss(x: object) -> str:
    return (
        f"A training step in C needs a function as its loss, got {kind(x)}. "
        "Write loss=lambda model, x, y: (model(x) - y) ** 2, for example."
    )


def not_an_optimizer(x: object) -> str:
    return (
        f"A training step in C needs an optimizer of the model's parameters, got {kind(x)}. "
        "Write optimizer=optim.Adam(model.parameters()), for example."
    )


def nothing_to_train() -> str:
    return (
        "The loss depends on no parameter of the optimizer, so no step can change one. "
        "Give the optimizer the parameters of the model that the loss calls."
    )


def groups_are_not_exported() -> str:
    return (
        "The optimizer has parameter groups, but a training step in C has one rule for all. "
        "Pass an optimizer without groups."
    )


def loss_is_not_one_number(loss: object) -> str:
    name = getattr(loss, "__name__", repr(loss))
    return (
        f"{name} returned several numbers, but a training step needs a loss of one number. "
        "Return their sum or their mean."
    )
