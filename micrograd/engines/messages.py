"""Messages of the engines: what happened, why, and what to do."""

from micrograd.support.wording import plural


def indivisible(size: int, devices: int) -> str:
    fitting = -(-size // devices) * devices
    return (
        f"A batch of {plural(size, 'example')} cannot be divided evenly among "
        f"{plural(devices, 'device')}. Write batch_size={fitting}, or a mesh of fewer devices: "
        'mesh={"data": 1}.'
    )


def unknown_axis(name: object) -> str:
    return f'A mesh has the axes "data" and "model", got {name!r}. Write mesh={{"data": -1}}.'


def odd_mesh(sizes: object, devices: int) -> str:
    return (
        f"The mesh {sizes!r} does not fit {plural(devices, 'device')}: the product of its sizes "
        "may be at most their number. Write -1 for one of them, which then follows."
    )


def one_batch_on_one_device() -> str:
    return (
        "A loss of a whole batch, as with per_example=False or BatchNorm1d, needs all examples in "
        'one place. Write mesh={"data": 1}, or a loss of one example.'
    )
