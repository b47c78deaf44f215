"""The old place of `micrograd.course.presets`, for notebooks that were saved when it was here."""

import warnings

from micrograd.course.presets import *  # noqa: F403
from micrograd.course.presets import PRESETS as PRESETS

warnings.warn(
    "micrograd.presets has moved: import micrograd.course.presets instead.",
    DeprecationWarning,
    stacklevel=2,
)
