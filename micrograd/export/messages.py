"""Messages of the exports: what happened, why, and what to do."""


def misshapen(name: str, got: tuple[int, ...], expected: tuple[int, ...]) -> str:
    return f"misshapen {name}: an array of shape {got}, where the model has {expected}"


def not_numbers(x: object) -> str:
    return (
        f"The function returned {x!r}, and an exported function returns numbers alone. "
        "Return a number, or lists, tuples and dicts of numbers."
    )
