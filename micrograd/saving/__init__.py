"""Models as files: safetensors that PyTorch reads, with the model's structure beside the numbers.

Read `model_file` first (save and load), then `structure` (a model as JSON) and `tensor_file` (the
bytes).
"""

from micrograd.support.lazy import lazy_names

TYPE_CHECKING = False  # a type checker reads it as True; `typing` takes long to import
if TYPE_CHECKING:
    from micrograd.saving.model_file import load as load
    from micrograd.saving.model_file import read_about as read_about
    from micrograd.saving.model_file import save as save
    from micrograd.saving.tensor_file import read_tensors as read_tensors
    from micrograd.saving.tensor_file import write_tensors as write_tensors

LAZY = {
    "load": "model_file",
    "read_about": "model_file",
    "read_tensors": "tensor_file",
    "save": "model_file",
    "write_tensors": "tensor_file",
}
__getattr__, __dir__ = lazy_names(__name__, LAZY)

__all__: list[str] = []
__all__.extend(LAZY)
