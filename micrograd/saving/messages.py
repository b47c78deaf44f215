"""Messages about model files: what happened, why, and what to do."""

from pathlib import Path

from micrograd.support.wording import kind

PICKLED = {".pt", ".pth", ".bin", ".pkl"}  # the endings of PyTorch's own files


def not_safetensors(path: Path | str) -> str:
    return f"{path} is not a safetensors file, or only the beginning of one."


def damaged(path: Path | str) -> str:
    return f"{path} is damaged: its content is not what was written."


def remedy(path: Path | str) -> str:
    """Return the sentence that says what to do about a damaged file."""
    path = Path(path)
    previous = path.with_name(f"{path.name}.previous")
    if previous.exists():
        return f"The one before is beside it: use {previous}."
    if path.suffix.lower() in PICKLED:
        return (
            "Convert a file of PyTorch there: from safetensors.torch import save_file; "
            "save_file(torch.load(path), 'model.safetensors')."
        )
    return "Copy it once more from where it came, or save the model again: save(model, path)."


def name_of_another_format(path: Path | str) -> str:
    path = Path(path)
    name = str(path.with_suffix(".safetensors"))
    return (
        f"save() writes safetensors, and {path.name} is the name of another kind of file, which "
        f"programs would fail to read. Write save(model, {name!r})."
    )


def nested_too_deeply(path: Path | str) -> str:
    return (
        f"{path}: the lists, dicts and modules of this model are nested too deeply for a file. Put "
        "the layers side by side in one list, as Sequential(*layers) does."
    )


def later_format(path: Path | str) -> str:
    return (
        f"{path} was written by a later version of micrograd, which this one cannot read. Upgrade: "
        "pip install -U micrograd."
    )


def no_model_in_file(path: Path | str) -> str:
    return (
        f"{path} holds numbers, but not the structure of their model. Create the model and pass "
        "it, and entries of the same names are read: load(path, model=MLP(2, [16, 1]))."
    )


def odd_structure(path: Path | str) -> str:
    return (
        f"{path} describes a model that cannot be: somebody has changed it, or another program has "
        "written it. Create the model and pass it: load(path, model=MLP(2, [16, 1]))."
    )


def user_class(path: Path | str, name: str) -> str:
    return (
        f"{path} contains a {name}, a class of your own. Files store no code, so create a {name} "
        f"and pass it: load(path, model={name}(...))."
    )


def not_in_a_file(path: Path | str, name: str, kind: str) -> str:
    return (
        f"{path} cannot be loaded alone: {name} was a {kind}, which a file cannot hold. Create the "
        "model and pass it: load(path, model=...); ops by name, as in activation='tanh', are kept."
    )


def fills_a_module(x: object) -> str:
    return (
        f"load(path, model) fills a Module with the numbers of the file, got {kind(x)}. Leave it "
        "out, or create the model first."
    )


def saves_a_module(x: object) -> str:
    return f"save() expected a Module first, got {kind(x)}. Write save(model, 'model.safetensors')."


def about_is_a_dictionary(x: object) -> str:
    return (
        f"`about` must be a dictionary, got {kind(x)}. Give each of your metadata a name, as in "
        "{'accuracy': 0.98}."
    )


def metadata_not_json(error: Exception) -> str:
    return (
        f"The metadata of a model is stored as JSON, and this cannot be: {error}. Pass numbers as "
        "int(x) or float(x), arrays as x.tolist(), and anything else as str(x)."
    )


def unknown_numbers(path: Path | str, kind: str) -> str:
    return (
        f"{path} holds numbers of kind {kind}, which NumPy cannot read as float64. Convert them in "
        "PyTorch: save_file({name: x.double() for name, x in load_file(path).items()}, other)."
    )
