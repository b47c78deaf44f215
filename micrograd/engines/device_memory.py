"""Memory of devices: the error of a step that does not fit into it."""

from collections.abc import Iterator
from contextlib import contextmanager

from micrograd.engines import messages

EXHAUSTED = "RESOURCE_EXHAUSTED"  # the word for it in the errors of JAX


@contextmanager
def explain_memory(examples: int) -> Iterator[None]:
    """Raise MemoryError if a device has too little memory for a step of so many examples."""
    try:
        yield
    except RuntimeError as error:
        if EXHAUSTED not in str(error):
            raise
        raise MemoryError(messages.too_little_memory(examples)) from error
