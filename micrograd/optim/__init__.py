"""Optimizers, which move parameters given their grads, and schedules of the learning rate.

Read `optimizers` first, then `schedules` (the learning rate as a function of the step) and
`lr_scheduler` (the same as objects, by PyTorch's names). `clipping` limits grads, `groups` and
`settings` check the arguments of an optimizer, and `late_state` makes its state when it is read.
"""

from micrograd.optim import lr_scheduler as lr_scheduler
from micrograd.optim.clipping import clip_factor, clip_grad_norm_, clip_grad_value_
from micrograd.optim.late_state import defer_state as defer_state
from micrograd.optim.late_state import deferred_state as deferred_state
from micrograd.optim.optimizers import SGD, Adagrad, Adam, AdamW, Optimizer, RMSprop
from micrograd.optim.optimizers import settings_of as settings_of
from micrograd.optim.schedules import cosine_at as cosine_at  # earlier pickles name it here
from micrograd.optim.schedules import cosine_decay, linear_decay, warm_up
from micrograd.optim.schedules import linear_at as linear_at  # as well as this one
from micrograd.optim.schedules import warm_up_at as warm_up_at  # and this one
from micrograd.support import foreign_names
from micrograd.support.lazy import load_on_demand
from micrograd.support.unknown_attributes import add_foreign_names

add_foreign_names(Optimizer, foreign_names.OPTIMIZER)
load_on_demand(__name__, {}, foreign_names.OPTIM)

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "Optimizer", "RMSprop", "clip_factor"]
__all__ += ["clip_grad_norm_", "clip_grad_value_", "cosine_decay", "linear_decay", "lr_scheduler"]
__all__ += ["warm_up"]
FOR_OTHER_ROOMS = ["defer_state", "deferred_state", "settings_of"]
