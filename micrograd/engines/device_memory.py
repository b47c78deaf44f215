"""Memory of devices: the error of a step that does not fit into it."""

from collections.abc import Iterator
from contextlib import contextmanager

from micrograd.engines import messages

EXHAUSTED = ("RESOURCE_EXHAUSTED", "Out of memory")  # JAX's words for it, and those of JAX 0.6


@contextmanager
def explain_memory(examples: int) -> Iterator[None]:
    """Raise MemoryError if a device has too little memory for a step of so many examples."""
    try:
        yield
    except RuntimeError as error:
        if not any(words in str(error) for words in EXHAUSTED):
            raise
        raise MemoryError(messages.too_little_memory(examples)) from error
