"""Models as files: safetensors that PyTorch reads, with the model's structure in the metadata.

Read `model_file` first (save and load), then `structure` (a model as JSON) and `tensor_file` (the
bytes of a file).
"""

from micrograd.support.lazy import load_on_demand

TYPE_CHECKING: bool = False  # type checkers read True; `bool` lets Jedi look inside, too
if TYPE_CHECKING:
    from micrograd.saving.model_file import load as load
    from micrograd.saving.model_file import read_about as read_about
    from micrograd.saving.model_file import save as save
    from micrograd.saving.tensor_file import digest_of_arrays as digest_of_arrays
    from micrograd.saving.tensor_file import read_tensors as read_tensors
    from micrograd.saving.tensor_file import write_tensors as write_tensors

LAZY = {
    "digest_of_arrays": "tensor_file",
    "load": "model_file",
    "read_about": "model_file",
    "read_tensors": "tensor_file",
    "save": "model_file",
    "write_tensors": "tensor_file",
}
load_on_demand(__name__, LAZY)

__all__: list[str] = []
__all__.extend(LAZY)
