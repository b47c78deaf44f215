"""Training: whole runs (`fit`) and single compiled steps (`compile_step`).

Read `public` first (what these take), then `loop` (the run; `options` and `parts` are the arguments
of fit and what is built from them), then `history`, `snapshot`, `snapshot_ring` and `checkpoint`
(what is kept of a run), and `steps/` (one training step, compiled or eager).
"""

from micrograd.support.lazy import load_on_demand

TYPE_CHECKING: bool = False  # type checkers read True; `bool` lets Jedi look inside, too
if TYPE_CHECKING:
    from micrograd.training.boundary import plot_boundary as plot_boundary
    from micrograd.training.boundary import plot_neurons as plot_neurons
    from micrograd.training.checkpoint import CannotResume as CannotResume
    from micrograd.training.divergence import find_anomaly as find_anomaly
    from micrograd.training.example_losses import ExampleLoss as ExampleLoss
    from micrograd.training.example_losses import cross_entropy_loss as cross_entropy_loss
    from micrograd.training.example_losses import hinge_loss as hinge_loss
    from micrograd.training.example_losses import l2 as l2
    from micrograd.training.example_losses import loss_of as loss_of
    from micrograd.training.example_losses import squared_error_loss as squared_error_loss
    from micrograd.training.history import History as History
    from micrograd.training.plots import draw_curves as draw_curves
    from micrograd.training.plots import draw_history as draw_history
    from micrograd.training.plots import smooth as smooth
    from micrograd.training.prediction import Predictor as Predictor
    from micrograd.training.prediction import predict as predict
    from micrograd.training.public import compile_step as compile_step
    from micrograd.training.public import fit as fit
    from micrograd.training.public import plot_layers as plot_layers
    from micrograd.training.public import plot_loss_surface as plot_loss_surface
    from micrograd.training.public import plot_updates as plot_updates
    from micrograd.training.snapshot import Snapshot as Snapshot
    from micrograd.training.steps.compiled_step import Step as Step
    from micrograd.training.steps.definition import StepDefinition as StepDefinition
    from micrograd.training.steps.eager_step import EagerStep as EagerStep
    from micrograd.training.steps.parameter_numbers import (
        grads_of_parameters as grads_of_parameters,
    )

LAZY = {
    "CannotResume": "checkpoint",
    "ExampleLoss": "example_losses",
    "History": "history",
    "Predictor": "prediction",
    "Step": "steps.compiled_step",
    "compile_step": "public",
    "cross_entropy_loss": "example_losses",
    "draw_curves": "plots",
    "draw_history": "plots",
    "fit": "public",
    "hinge_loss": "example_losses",
    "l2": "example_losses",
    "loss_of": "example_losses",
    "plot_boundary": "boundary",
    "plot_neurons": "boundary",
    "plot_updates": "public",
    "plot_loss_surface": "public",
    "plot_layers": "public",
    "predict": "prediction",
    "smooth": "plots",
    "squared_error_loss": "example_losses",
}
FOR_OTHER_ROOMS = {
    "EagerStep": "steps.eager_step",
    "Snapshot": "snapshot",
    "StepDefinition": "steps.definition",
    "find_anomaly": "divergence",
    "grads_of_parameters": "steps.parameter_numbers",
}
load_on_demand(__name__, LAZY | FOR_OTHER_ROOMS)

__all__: list[str] = []
__all__.extend(LAZY)
