"""Messages of files of models: what happened, why, and what to do."""

from micrograd.support.wording import kind


def not_safetensors(path) -> str:
    return f"{path} is not a safetensors file, or only the beginning of one."


def damaged(path) -> str:
    return f"{path} is damaged: what it holds is not what was written."


def later_format(path) -> str:
    return f"{path} was written by a later version of micrograd: pip install -U micrograd reads it."


def no_model_in_file(path) -> str:
    return (
        f"{path} has numbers, but does not say of what model. Make the model and pass it, and "
        "entries of the same names are read: load(path, model=MLP(2, [16, 1]))."
    )


def class_of_ones_own(path, kind: str) -> str:
    return (
        f"{path} is of a {kind}, a class that is not in micrograd.nn, and a file cannot bring code "
        f"along. Make one and pass it: load(path, model={kind}(...))."
    )


def not_in_a_file(path, name: str, kind: str) -> str:
    return (
        f"{path}: {name} was a {kind}, which a file cannot hold. Make the model and pass it: "
        "load(path, model=...); ops by name, as activation='tanh', are kept."
    )


def saves_a_module(x) -> str:
    return f"save(model, path) is of a Module, got {kind(x)}: save(model, 'model.safetensors')."


def about_not_json(error) -> str:
    return (
        f"what is said about a model is kept as JSON, and cannot be: {error}. Give numbers as "
        "int(x) or float(x), arrays as x.tolist(), and anything else as str(x)."
    )


def unknown_numbers(path, kind: str) -> str:
    return (
        f"{path} has numbers of kind {kind}, which NumPy cannot read as float64. In PyTorch: "
        "save_file({name: x.double() for name, x in load_file(path).items()}, other)."
    )
