"""Training: whole runs (`fit`) and single compiled steps (`compile_step`).

Read `loop` first (fit), then `history`, `snapshot` and `checkpoint` (what is kept of a run), and
`steps/` (one training step, compiled or eager).
"""

from micrograd.support.lazy import lazy_names

TYPE_CHECKING = False  # a type checker reads it as True; `typing` takes long to import
if TYPE_CHECKING:
    from micrograd.training.example_losses import likelihood as likelihood
    from micrograd.training.example_losses import margin as margin
    from micrograd.training.example_losses import small as small
    from micrograd.training.example_losses import square as square
    from micrograd.training.history import History as History
    from micrograd.training.loop import fit as fit
    from micrograd.training.plots import draw_curves as draw_curves
    from micrograd.training.plots import draw_history as draw_history
    from micrograd.training.prediction import answers as answers
    from micrograd.training.prediction import frozen as frozen
    from micrograd.training.steps.compiled_step import compile_step as compile_step

LAZY = {
    "History": "history",
    "answers": "prediction",
    "compile_step": "steps.compiled_step",
    "draw_curves": "plots",
    "draw_history": "plots",
    "fit": "loop",
    "frozen": "prediction",
    "likelihood": "example_losses",
    "margin": "example_losses",
    "small": "example_losses",
    "square": "example_losses",
}
__getattr__, __dir__ = lazy_names(__name__, LAZY)

__all__: list[str] = []
__all__.extend(LAZY)
