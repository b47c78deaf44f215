"""The old place of pictures and plots, for notebooks that were saved when they were here."""

import warnings

from micrograd.drawing import draw_dot as draw_dot
from micrograd.drawing import label_all as label_all
from micrograd.drawing import trace as trace
from micrograd.drawing import tree as tree
from micrograd.models import draw_boundary as draw_boundary
from micrograd.support.figures import BLUE as BLUE
from micrograd.support.figures import ORANGE as ORANGE
from micrograd.support.figures import blank as blank
from micrograd.support.figures import png as png
from micrograd.training import draw_curves as draw_curves
from micrograd.training import draw_history as draw_history

warnings.warn(
    "micrograd.picture has moved: import micrograd.drawing instead, and "
    "micrograd.support.figures for an empty figure.",
    DeprecationWarning,
    stacklevel=2,
)
