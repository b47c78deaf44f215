"""The functions of this room that need NumPy or LLVM: what they take, and what they return.

Rule: nothing here imports NumPy or LLVM before a function is called, so `from micrograd import *`
is quick. The work is done in the files that a function imports.
"""

import sys
from collections.abc import Callable, Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from micrograd import errors
from micrograd.engine import Value
from micrograd.nn import Module
from micrograd.optim import Adam, Optimizer
from micrograd.support import foreign_keywords
from micrograd.support.arguments import whole_number
from micrograd.support.unknown_keywords import suggest_keywords
from micrograd.training import messages
from micrograd.training.example_losses import Metrics, loss_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from micrograd.training.history import History
    from micrograd.training.options import Options
    from micrograd.training.snapshot import Snapshot
    from micrograd.training.steps.compiled_step import Step


@suggest_keywords(foreign_keywords.FIT, messages.call_of_fit())
def fit(
    model: Module | Callable[[], Module],
    loss: Callable[..., Any] | str,
    X: Any = None,
    y: Any = None,
    *,
    optimizer: Optimizer | Callable[[list[Value]], Optimizer] = Adam,
    epochs: int | None = None,
    steps: int | None = None,
    batch_size: int | None = None,
    engine: str = "jit",
    mesh: Mapping[str, int] | None = None,
    dtype: str = "float64",
    per_example: bool = True,
    penalty: Callable[[Any], Any] | None = None,
    lr_schedule: Callable[[int], float] | None = None,
    weight_decay: float | None = None,
    clip: float | None = None,
    validation: Any = None,
    metrics: Metrics | None = None,
    validate_every: int | None = None,
    patience: int | None = None,
    tol: float = 0.0,
    shuffle: bool = True,
    seed: int = 0,
    repeats: int = 1,
    callbacks: "Iterable[Callable[[History], Any]]" = (),
    checkpoint: Path | str | None = None,
    checkpoint_seconds: float = 10.0,
    resume: bool = True,
    keep_every: int | None = None,
    start: "Snapshot | None" = None,
    progress: bool = True,
) -> "History":
    """Train `model` in place, so that the mean of `loss` becomes small; return the run's History.

    The model and the data:

    - `model`: a module, or a function that builds one with random weights that follow from `seed`.
    - `loss`: a name ("hinge", "cross_entropy", "binary_cross_entropy" or "mse") or a function,
      loss(model, x, y) of one example; a row of an array comes as a list.
    - `X`, `y`: arrays, lists, or tables of pandas, with a row, and a target, for each example.
    - `per_example`: with False, the loss is loss(model, X, y) of a whole batch.
    - `penalty`: penalty(model) is added to the mean.

    The steps:

    - `optimizer`: an optimizer, or a function that makes one from the parameters.
    - `epochs`, `steps`: how long the run is; an epoch is len(X) // batch_size steps, which see each
      example at most once.
    - `batch_size`: examples of a step; by default all of them.
    - `shuffle`: with False, examples come in the order of the data, round and round.
    - `lr_schedule`, `weight_decay`: replace those of the optimizer.
    - `clip`: the limit of the norm of all gradients together.
    - `engine`: "jit" compiles the steps, "eager" is plain Python, and "jax" computes on the devices
      that JAX has. Without llvmlite or NumPy, as in a browser, "jit" is "eager", and fit says so on
      standard error; without NumPy it shows no progress and keeps no files. All see the same
      examples in the same order, and their numbers differ by rounding alone.
    - `mesh`: how many of JAX's devices have a part of the examples each, and how many a part of
      the weights: {"data": -1, "model": 1}, where -1 stands for all that are left. Processes that
      were started together, by a scheduler or by three variables, bring theirs.
    - `dtype`: "float64" or "float32", which computes faster and less exactly. With engine="jax"
      also "bfloat16": the factors of matrix products and convolutions are rounded to it, and all
      other numbers are float32. That is for GPUs and TPUs; a processor gains nothing by it.
    - `seed`: the order of the examples and the random draws follow from it.

    The measuring:

    - `validation`: (X, y), or the share of the data to set aside.
    - `metrics`: names, such as "accuracy", functions of (outputs, targets), or {name: function},
      which are measured on the validation data.
    - `validate_every`: steps between validations; by default an epoch, or 100 validations a run if
      there are more epochs.
    - `patience`: after this many validations without a better loss the run stops, with the best
      parameters.
    - `tol`: a loss counts as better if it is so by more than this.
    - `callbacks`: functions that receive the History about ten times a second; a run stops if one
      of them returns True. A warning tells if one changes the optimizer.
    - `progress`: whether to show a progress bar on standard error.

    Files, snapshots and repeats:

    - `checkpoint`: a file that is written at the end and every so often. If it exists, the run
      resumes from it, to the same bits.
    - `checkpoint_seconds`: the time between two checkpoints.
    - `resume`: with False, the run starts over in place of the checkpoint.
    - `keep_every`: the number of steps between two snapshots that the run keeps, for
      `history.at(step)`.
    - `start`: the snapshot to begin with.
    - `repeats`: how many models are built by `model()` and trained, each with a seed of its own;
      the history is the mean of all.

    Ctrl-C ends the run, which keeps the parameters that it has reached.

    Raises TypeError for arguments of a wrong kind, ValueError for those that contradict each other
    and for nan in the data, ShapeError for data that do not fit, and Diverged if nan or inf comes
    out: the model then has the last good parameters.

    >>> from micrograd import MLP, data, optim
    >>> X, y = data.moons(50, seed=1)
    >>> model = MLP(2, [8, 1])
    >>> history = fit(model, "hinge", X, y, optimizer=lambda p: optim.Adam(p, lr=0.01),
    ...               epochs=200, progress=False)
    >>> history.losses[-1] < history.losses[0]
    True
    """
    from micrograd.training.options import Options

    engine = engine_here(engine)
    options = Options(
        loss=loss,
        X=X,
        y=y,
        optimizer=optimizer,
        epochs=epochs,
        steps=steps,
        batch_size=batch_size,
        engine=engine,
        mesh=mesh,
        dtype=dtype,
        per_example=per_example,
        penalty=penalty,
        lr_schedule=lr_schedule,
        weight_decay=weight_decay,
        clip=clip,
        validation=validation,
        metrics=metrics,
        validate_every=validate_every,
        patience=patience,
        tol=tol,
        shuffle=shuffle,
        seed=seed,
        callbacks=callbacks,
        checkpoint=checkpoint,
        checkpoint_seconds=checkpoint_seconds,
        resume=resume,
        keep_every=keep_every,
        start=start,
        progress=progress,
    )
    if not has("numpy"):
        return fit_without_numpy(model, options, repeats)
    from micrograd.training.loop import Training, build_seeded, fit_repeatedly

    if whole_number(repeats, "repeats", 1) > 1:
        return fit_repeatedly(model, repeats, options)
    module = model if isinstance(model, Module) else build_seeded(model, seed)
    return Training(module, options).run()


def has(package: str) -> bool:
    return find_spec(package) is not None


def engine_here(engine: str) -> str:
    """Return the engine; "eager", and say so, where "jit" lacks what it needs."""
    if engine == "jit" and not (has("numpy") and has("llvmlite")):
        print(messages.without_machine_code(), file=sys.stderr)
        return "eager"
    return engine


def fit_without_numpy(model: Any, options: "Options", repeats: int) -> "History":
    """Do what `fit` does, in plain Python. Raises ImportError for what needs NumPy."""
    from micrograd.training.options import build_seeded
    from micrograd.training.plain_loop import PlainTraining

    if options.engine == "jax":
        raise ImportError(messages.engine_needs_numpy(options.engine))
    if whole_number(repeats, "repeats", 1) > 1:
        raise ImportError(messages.option_needs_numpy("repeats"))
    module = model if isinstance(model, Module) else build_seeded(model, options.seed)
    return PlainTraining(module, options).run()


@suggest_keywords(foreign_keywords.COMPILE_STEP, "compile_step(loss, model, optimizer)")
def compile_step(
    loss: Callable[..., Any] | str,
    model: Any,
    optimizer: Optimizer,
    penalty: Callable[[Any], Any] | None = None,
    dtype: str = "float64",
    threads: int = 1,
    clip: float | None = None,
    per_example: bool = True,
    unroll: bool = False,
) -> "Step":
    """Return a step of training in machine code, to call as `step(X, y)` or `step.run(X, y, ...)`.

    `loss(model, x, y)` is the loss of one example; a step reduces its mean over the examples it is
    given, plus `penalty(model)`. Without data the loss is `loss(model)`, and the call `step()`.
    With `per_example=False` the loss is that of a whole batch, `loss(model, X, y)`. A loss of
    `micrograd.losses` may be given by its name, such as "hinge". The optimizer's rule is compiled
    as well. `clip` limits the norm of all gradients together.

    `dtype` is "float64" or "float32". Each of `threads` computes a part of the examples; their
    number affects how sums are rounded, and nothing else does. A large model compiles in seconds,
    because each kind of its modules is traced once; with `unroll=True`, each call is traced.
    `step.report()` says which was done, and why some modules were traced at each call. Raises
    TraceError for an optimizer with parameter groups, whose parameters follow several rules.

    >>> from micrograd import MLP, data, losses, optim
    >>> model = MLP(2, [8, 1])
    >>> optimizer = optim.SGD(model.parameters(), lr=0.1)
    >>> step = compile_step(lambda model, x, y: losses.hinge(model(x), y), model, optimizer)
    >>> step.run(*data.moons(100), steps=50).shape
    (50,)
    """
    from micrograd.training.checks import check_clip, check_penalty
    from micrograd.training.steps.compiled_step import Step
    from micrograd.training.steps.definition import StepDefinition

    function = loss_of(loss, per_example)
    check_clip(clip)
    check_penalty(penalty)
    if not isinstance(optimizer, Optimizer):
        raise TypeError(messages.not_an_optimizer_object(optimizer))
    if optimizer.groups:
        raise errors.TraceError(messages.groups_are_not_compiled())
    definition = StepDefinition(function, model, optimizer, penalty, clip, unroll)
    return Step(definition, dtype, threads, per_example)


def plot_layers(
    model: Module, loss: Any, X: Any, y: Any, history: "History | None" = None
) -> "Figure":
    """Return a Figure of histograms: weights, activations and grads of each layer.

    With a history that kept snapshots (`fit(..., keep_every=n)`) each panel has up to five curves,
    from the first snapshot, which is pale, to the last one. `loss` is a name or a function, as for
    `fit`. Activations are those of the first examples, a hundred at most, and grads those of their
    mean loss. Raises TypeError for a model without layers.

    >>> from micrograd import MLP, data
    >>> figure = plot_layers(MLP(2, [4, 1]), "hinge", *data.moons(20))
    >>> len(figure.axes)
    6
    """
    from micrograd.training.layer_plots import draw_layers

    return draw_layers(model, loss, X, y, history)


def plot_updates(model: Module, history: "History") -> "Figure":
    """Return a Figure of how large the updates of each layer are, beside its weights.

    Each curve is log10 of the standard deviation of an update over that of the weights. About -3
    is a common rate of learning: far above it a layer jumps about, far below it hardly learns. The
    history needs snapshots, from `fit(..., keep_every=1)`; if they are n steps apart, an update is
    that of n steps. Raises ValueError for fewer than two snapshots.

    >>> from micrograd import MLP, data, fit
    >>> model = MLP(2, [4, 1])
    >>> history = fit(model, "hinge", *data.moons(20), steps=9, keep_every=1, progress=False)
    >>> len(plot_updates(model, history).axes[0].lines)  # two layers, and a line at -3
    3
    """
    from micrograd.training.layer_plots import draw_updates

    return draw_updates(model, history)


def plot_loss_surface(
    model: Module, loss: Any, X: Any, y: Any, history: "History", resolution: int = 25
) -> "Figure":
    """Return a Figure of the loss on a plane through the parameters, with the path of the run.

    The plane goes through the last snapshot, in the two directions in which the run moved most; the
    path is the snapshots, projected onto it. `loss` is a name or a function, as for `fit`; the mean
    over all examples is computed at resolution x resolution places. The history needs snapshots,
    from `fit(..., keep_every=n)`. Raises ValueError for fewer than three.

    >>> from micrograd import MLP, data, fit
    >>> X, y = data.moons(20)
    >>> model = MLP(2, [4, 1])
    >>> history = fit(model, "hinge", X, y, steps=9, keep_every=1, progress=False)
    >>> figure = plot_loss_surface(model, "hinge", X, y, history, resolution=5)
    >>> figure.axes[0].get_title()
    'The loss around the run, and its path'
    """
    from micrograd.training.loss_surface import draw_loss_surface

    return draw_loss_surface(model, loss, X, y, history, resolution)
