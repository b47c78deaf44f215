"""The devices that JAX computes on, or a sentence about why there are none."""

import os
from typing import Any

VARIABLE = "JAX_PLATFORMS"


class NoDevices(RuntimeError):
    """JAX has no device to compute on."""


def find_devices(jax: Any) -> Any:
    """Return the devices that JAX has. Raises NoDevices for a platform that it cannot use.

    >>> import jax
    >>> len(find_devices(jax)) > 0
    True
    """
    try:
        return jax.devices()
    except (RuntimeError, AssertionError) as error:  # the second without a plugin for the platform
        raise NoDevices(no_devices(os.environ.get(VARIABLE), error)) from error


def no_devices(platforms: str | None, error: Exception) -> str:
    reason = str(error).partition(" (set ")[0]
    cause = f", because {VARIABLE} is {platforms!r}" if platforms else ""
    return (
        f"JAX has no device to compute on{cause}{f': {reason}' if reason else ''}. Write "
        f"{VARIABLE}=cpu for the processor, or install JAX for the device, as in "
        "pip install 'jax[cuda13]'."
    )
