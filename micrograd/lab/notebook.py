"""The lab in a notebook: `lab` trains a network step by step, and `watch` looks on beside `fit`.

Rule: nothing here needs a server. The widget needs the extra `notebook`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from micrograd.lab.own_model import DEFAULT_LOSSES, points_of, run_of
from micrograd.support.extras import require

if TYPE_CHECKING:
    from micrograd.lab.widget import LabWidget, WatchWidget


def lab(model: Any, X: Any, y: Any, **settings: Any) -> LabWidget:
    """Return a widget that trains the model on rows and targets, a step at a push or a call.

    It shows every neuron over the plane, weights, grads and updates, the boundary and the loss.
    `advance(count)` takes steps, and `rewind(step)` goes back to any of them, to the same bits; the
    model has the numbers that are shown. `settings` are those of an Experiment: loss, optimizer,
    rate, batch_size, l2, seed. Raises LabError for a model that is not a small MLP or data that do
    not fit, and ImportError without anywidget. A notebook shows it as the last line of a cell::

        widget = lab(MLP(2, [8, 8, 1]), *data.moons(100), rate=0.5)
        widget
        widget.advance(100)
        widget.rewind(0)
    """
    require("anywidget", "notebook")
    from micrograd.lab.widget import LabWidget

    return LabWidget(model, run_of(model, X, y, **settings))


def watch(model: Any, X: Any, y: Any, loss: Any = "") -> WatchWidget:
    """Return a widget that shows the model while `fit` trains it: pass it in `callbacks`.

    `loss` is the one that `fit` gets; without it, the one that the targets suggest. Afterwards
    `rewind(step)`, or the slider, shows what was seen at that step; the model stays as it is.
    Raises LabError for a model that cannot be drawn, and ImportError without anywidget. Show it
    first, and then train::

        widget = watch(model, X, y)
        display(widget)
        fit(model, "hinge", X, y, steps=2000, callbacks=[widget])
    """
    require("anywidget", "notebook")
    from micrograd.lab.fit_frames import FitFrames
    from micrograd.lab.widget import WatchWidget

    suggested = DEFAULT_LOSSES[points_of(model, X, y).task]
    return WatchWidget(FitFrames(model, X, y, loss or suggested))
