"""Messages about training: what happened, why, and what to do."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from micrograd.support.listing import abbreviate
from micrograd.support.wording import kind, nearest, plural

# ------------------------------------------------------------------------------- compiled steps


def not_bound() -> str:
    return (
        "No step can be taken here: the block of bound() was not entered, or has ended, and the "
        "parameters are Values again. Take the steps within it: with step.bound(X, y) as take: "
        "take()."
    )


def already_bound() -> str:
    return (
        "Another step of this optimizer is running: the parameters are numbers in an array until "
        "the block of bound() ends. Within it, call what the block gave you: with step.bound(X, y) "
        "as take: take()."
    )


def changed_in_a_callback() -> str:
    return (
        "A callback changed a setting of the optimizer. Callbacks are called about ten times a "
        "second, so the result depends on the speed of this machine. Write lr_schedule=f, where "
        "f(step) returns the learning rate, or call fit once for each setting."
    )


def changed_within_block(what: str) -> str:
    return (
        f"The steps in this block did not see that {what} changed: what a step depends on, except "
        "for the learning rate, is read when the block of bound() begins. End the block, and begin "
        "another one after the change."
    )


def not_run_yet() -> str:
    return (
        "Nothing is compiled before the first call, because the shapes of X and y are not known. "
        "Take a step first."
    )


def nothing_to_train() -> str:
    return (
        "Neither the loss nor the penalty depends on any parameter of the optimizer, so no step "
        "can change them. Give the optimizer the parameters of the model that the loss calls."
    )


def looks_at_what_it_trains() -> str:
    return (
        "The loss reads the data or the grad of a parameter as a float, which would stay as it is "
        "now while the steps change the parameter. Write p.detach() in place of p.data, and "
        "where(p < 0.0, x, y) in place of `if p < 0.0`."
    )


def penalty_of_other_parameters() -> str:
    return (
        "The penalty uses Values that the optimizer does not have. Compute it from the model's "
        "parameters, as in lambda model: 1e-4 * sum(p * p for p in model.parameters())."
    )


def nan_in_data(name: str, place: Sequence[int]) -> str:
    index = ", ".join(map(str, place))
    return (
        f"{name}[{index}] is nan, and a single nan turns every parameter into nan. Drop the "
        "examples that have a missing number, or fill it in, for example with the column's mean."
    )


def no_examples() -> str:
    return (
        "There are no examples, so the mean of the loss is undefined. Pass at least one row of X."
    )


def random_without_data() -> str:
    return (
        "A step without data cannot draw random numbers, because they belong to an example. Pass "
        "X, as in step(X, y), or write model.eval() to switch Dropout off."
    )


# --------------------------------------------------------------------------- the arguments of fit


def steps_or_epochs() -> str:
    return (
        "fit() must know how long to train. Write fit(..., steps=1000) or fit(..., epochs=10), but "
        "not both."
    )


def eager_is_float64(dtype: str) -> str:
    return (
        f"The eager engine cannot compute in {dtype!r}: Python's floats are float64. Leave dtype "
        'out, or write engine="jit".'
    )


def bfloat16_without_jax(engine: str) -> str:
    return (
        f"bfloat16 is for the devices of JAX, and the engine is {engine!r}. "
        'Write engine="jax", or dtype="float32".'
    )


def mesh_without_jax(engine: str) -> str:
    return (
        f"A mesh arranges the devices of JAX, and the engine is {engine!r}. "
        'Write engine="jax", or leave mesh out.'
    )


def groups_are_not_compiled() -> str:
    return (
        "The optimizer has parameter groups, but a compiled step has one rule for all. "
        'Use fit(..., engine="eager"), or one optimizer without groups.'
    )


def without_validation(name: str) -> str:
    return (
        f"`{name}` needs examples that are not trained on. Pass validation=(X, y), or "
        "validation=0.2 for a fifth of the data."
    )


def not_examples(x: object) -> str:
    return (
        f"`validation` must be the pair (X, y) or a fraction of the examples, got {kind(x)}. Write "
        "validation=(X, y), or validation=0.2 for a fifth of the data."
    )


def not_an_optimizer(x: object) -> str:
    return (
        "`optimizer` must be an optimizer, or a function that makes one from the parameters, got "
        f"{kind(x)}. Write optimizer=optim.Adam, or "
        "optimizer=lambda parameters: optim.SGD(parameters, lr=0.1)."
    )


def loss_takes_other_arguments(arguments: Sequence[str]) -> str:
    return (
        f"The loss cannot be called as loss({', '.join(arguments)}), but that is how it is called "
        "for one example. Write such a function, as in "
        "lambda model, x, y: losses.hinge(model(x), y)."
    )


def call_of_fit() -> str:
    return (
        "fit(model, loss, X, y, epochs=10), where the loss is a name such as 'hinge' or a function"
    )


def not_a_loss(x: object) -> str:
    return (
        f"The loss must be a name or a function, got {kind(x)}. It comes before the data: write "
        "fit(model, 'hinge', X, y), or a function in its place, as in lambda model, x, y: "
        "losses.hinge(model(x), y)."
    )


def not_a_metric(x: object) -> str:
    return (
        f"A metric must be a name or a function of (outputs, targets), got {kind(x)}. Write "
        "metrics=['accuracy'], or metrics={'accuracy': losses.accuracy}."
    )


def metrics_of_one_name(names: Sequence[str]) -> str:
    return (
        f"Metrics are told apart by their names, and these are {', '.join(names)}. Write "
        "metrics={'first': f, 'second': g}."
    )


def not_a_penalty(x: object) -> str:
    return (
        f"`penalty` must be a function of the model, got {kind(x)}. Write "
        "penalty=lambda model: losses.l2_penalty(model.parameters(), 0.01), or weight_decay=0.01."
    )


def not_a_schedule(x: object) -> str:
    return (
        f"`lr_schedule` must be a function of the number of the step, got {kind(x)}. Write "
        "lr_schedule=optim.cosine_decay(0.1, 0.001, 1000), or give a constant rate to the "
        "optimizer: optimizer=lambda parameters: optim.Adam(parameters, lr=0.01)."
    )


def not_a_list_of_callbacks(x: object) -> str:
    return (
        f"`callbacks` must be a list of functions of the History, got {kind(x)}. Write "
        "callbacks=[f]."
    )


def not_a_callback(x: object) -> str:
    return (
        f"A callback must be a function of the History, got {kind(x)}. Write "
        "callbacks=[lambda history: history.losses[-1] < 0.01], which stops the run when it "
        "returns True; to stop early, write validation=0.2, patience=10."
    )


def not_a_number(name: str, x: object) -> str:
    return f"`{name}` must be a number, got {kind(x)}. Write {name}=0.5, for example."


def negative(name: str, number: float) -> str:
    return f"`{name}` must be at least 0, got {number}. Leave it out, or write {name}=0.5."


def no_weight_decay(optimizer: object) -> str:
    return (
        f"{type(optimizer).__name__} has no weight decay, so `weight_decay` would change nothing. "
        "Use optim.AdamW, or write penalty=lambda model: losses.l2_penalty(model.parameters())."
    )


def not_a_snapshot(x: object) -> str:
    return (
        f"`start` must be a snapshot of an earlier run, got {kind(x)}. Write "
        "start=history.at(step), after fit(..., keep_every=10)."
    )


def not_a_path(x: object) -> str:
    return (
        f"`checkpoint` must be the path of a file, got {x!r:.80}. Write "
        "checkpoint='run.safetensors'."
    )


def is_a_folder(path: Path) -> str:
    return (
        f"`checkpoint` must be a file, and {str(path)!r} is a folder. Write "
        f"checkpoint={str(path / 'run.safetensors')!r}."
    )


def not_an_optimizer_object(x: object) -> str:
    return (
        f"compile_step() expected an optimizer as its third argument, got {kind(x)}. Write "
        "compile_step(loss, model, optim.Adam(model.parameters()))."
    )


def no_optimizer_made(x: object) -> str:
    return (
        f"The function `optimizer` returned {kind(x)}, and must return an optimizer. Write "
        "optimizer=lambda parameters: optim.Adam(parameters, lr=0.01)."
    )


def no_model_made(x: object) -> str:
    return (
        f"The function that makes the model returned {kind(x)}, and must return a Module. Write "
        "fit(lambda: MLP(2, [16, 1]), ...)."
    )


def not_a_model(x: object) -> str:
    return (
        f"fit() expected a Module, or a function that makes one, got {kind(x)}. "
        "Write fit(MLP(2, [16, 1]), 'hinge', X, y)."
    )


def clip_not_positive(clip: float) -> str:
    return (
        "`clip` is the largest norm that all gradients together may have, so it must be greater "
        f"than 0, got {clip!r}. Write clip=1.0."
    )


def repeats_need_makers() -> str:
    return (
        "Each repeat trains a model of its own, so pass functions that make the model and "
        "the optimizer: fit(lambda: MLP(2, [16, 1]), ..., optimizer=lambda p: optim.Adam(p), "
        "repeats=5)."
    )


def repeats_and_checkpoint() -> str:
    return (
        "`checkpoint` and `start` cannot be combined with `repeats`: they describe a single run. "
        "Leave them out, or call fit() once for each seed."
    )


def without_machine_code() -> str:
    return (
        'fit() runs with engine="eager", which is plain Python and slower: machine code needs '
        "llvmlite and NumPy, and here at least one of them is missing. The numbers differ by "
        "rounding alone."
    )


def option_needs_numpy(name: str) -> str:
    return f"{name} needs NumPy, which is missing here. Leave it out, or run: pip install numpy"


def engine_needs_numpy(engine: str) -> str:
    return (
        f'engine="{engine}" needs NumPy, which is missing here. Write engine="eager", or run: '
        "pip install numpy"
    )


def rows_of_other_lengths(name: str) -> str:
    return f"{name} must be a list of rows that all have the same number of entries."


def not_a_number_in(name: str, x: object) -> str:
    return f"{name} must hold numbers, got {kind(x)}. Turn each entry into a float."


def starts_with_nan() -> str:
    return "A parameter of the model is nan or inf before the first step. Create the model anew."


# ------------------------------------------------------------------------------ what a run keeps


def snapshot_of_another_model(have: int, count: int) -> str:
    return (
        f"The snapshot does not fit: it has {plural(count, 'parameter')}, or belongs to another "
        f"kind of optimizer; this model has {have}. Create the model and the optimizer of its run."
    )


def no_snapshot_of_step(step: int, steps: Sequence[int]) -> str:
    kept = "there is none"
    if steps:
        kept = f"there are {len(steps)}, from {steps[0]} to {steps[-1]}"
    return f"No snapshot was kept after step {step}: {kept}. Choose from `history.ring.steps`."


def no_snapshots_kept() -> str:
    return "This run kept no snapshots. Ask for them: fit(..., keep_every=10)."


def no_steps_yet() -> str:
    return "The history is empty, so it has no best step. Train first."


# In other libraries' histories, and what to write here.
LIKE_KERAS = {
    "history": 'history["loss"], or history.to_dict() for all lists',
    "epoch": 'history["step"]',
    "epochs": 'history["step"]',
    "steps": "len(history)",
    "params": "history.total, the number of steps",
    "val_loss": 'history["val_loss"]',
    "loss_curve_": 'history["loss"]',
    "to_json": "json.dumps(history.to_dict())",
    "keys": "history.to_dict()",
    "values": "history.to_dict()",
    "items": "history.to_dict()",
}


def no_such_attribute(name: str, known: Sequence[str]) -> str:
    has_none = f"A History has no attribute {name!r}."
    if name in LIKE_KERAS:
        return f"{has_none} Write {LIKE_KERAS[name]}."
    public = [other for other in known if not other.startswith("_")]
    similar = nearest(name, public)
    if similar:
        return f"{has_none} Did you mean {similar[0]!r}?"
    return f"{has_none} It has {', '.join(public)}."


def no_such_list(name: object, known: Iterable[str]) -> str:
    return (
        f"A History has no list {name!r}. Choose one of {', '.join(known)}; for single numbers, "
        "write history.losses[-1]."
    )


# -------------------------------------------------------------------------------- checkpoints


def resuming(path: Path, step: int, total: int) -> str:
    if step >= total:
        return f"{path}: all {total:,} steps are done already. Pass resume=False to start over."
    return f"resuming from {path}, after step {step:,} of {total:,}"


def previous_checkpoint(problem: str, path: Path) -> str:
    return f"{problem} Resuming from the previous one, {path}."


def start_over() -> str:
    return "Pass resume=False to start over."


def not_a_checkpoint(path: Path) -> str:
    return (
        f"{path} is not a checkpoint of fit() (perhaps a saved model?), and would be overwritten."
    )


def another_name() -> str:
    return "Choose another name, or delete it."


def checkpoint_of_another_run(path: Path, changes: Sequence[str]) -> str:
    return f"{path} belongs to another run: {'; '.join(changes)}."


def same_settings() -> str:
    return (
        "Use the same settings, choose another name, or pass resume=False to start over in its "
        "place."
    )


def another_model(names: Sequence[str]) -> str:
    return f"the model is another one, since these parameters do not fit: {abbreviate(names, 3)}"


def change(name: str, then: object, now: object) -> str:
    """Say how a setting differs; of settings in a dict, those that do."""
    if name == "data":
        return "the data are other examples"
    if isinstance(then, dict) and isinstance(now, dict):
        names = [each for each in now if now[each] != then.get(each)]
        return "; ".join(change(f"{name} {each}", then.get(each), now[each]) for each in names)
    return f"{name} (then {then}, now {now})"


def checkpoint_in_use(path: Path, owner: str) -> str:
    process = f" (process {owner})" if owner else ""
    return (
        f"Another run{process} writes to {path}, and two of them would mix. Wait until it has "
        "ended, or choose another name."
    )


def checkpoint_not_written(path: Path, error: OSError) -> str:
    return (
        f"The checkpoint {path} could not be written: {error.strerror or error}. The run goes on, "
        "and tries again later; a checkpoint of before stays as it is. Make room on the disk."
    )


def snapshot_not_kept(path: Path | None, error: OSError) -> str:
    where = path or "the temporary folder"
    return (
        f"A snapshot could not be written to {where}: {error.strerror or error}. The run goes on "
        "without it. Make room on the disk, or keep fewer, with a larger keep_every."
    )


def odd_file_of_snapshots(path: Path) -> str:
    return (
        f"{path} does not hold this run's snapshots, or only a part of them. A new file takes its "
        "place, and the run goes on."
    )


def odd_snapshots(path: Path, count: int) -> str:
    return (
        f"{path} has {plural(count, 'snapshot')} of another run, or damaged ones. They are left "
        "out, and the run goes on."
    )


# --------------------------------------------------------------------------------- divergence


def diverged(step: int, anomaly: str) -> str:
    after = f"Training diverged: after {plural(step, 'step')}, the next one produced nan or inf."
    if not anomaly:
        return after
    return f"{after} Replayed in plain Python, {anomaly[0].lower()}{anomaly[1:]}"


def learning_rate_too_large(least: float, last: float, rate: float) -> str:
    return (
        f"The loss had grown from {least:.3g} to {last:.3g}, so the learning rate, {rate:.3g}, is "
        f"too large. Try {rate / 10:.3g}, or clip=1.0."
    )


def loss_had_not_grown(rate: float) -> str:
    return (
        "The loss had not grown before, so look at that op first (log of 0, division by 0, exp of "
        f"a large number), then at the learning rate, {rate:.3g}."
    )


def parameters_are_good() -> str:
    return "The model has the parameters from before that step."


# --------------------------------------------------------------------------------------- pictures


def not_a_plane(shape: tuple[int, ...]) -> str:
    return (
        f"A map needs rows of two numbers, got an array of shape {shape}. Pass two columns, or "
        "inputs=f for a model whose inputs follow from two numbers."
    )


def no_layers(model: object) -> str:
    return (
        f"Expected a model with layers, got {kind(model)}. Pass an MLP, or a Module whose "
        "attribute `layers` is a list of the modules that it calls in turn."
    )


def not_a_history(got: object) -> str:
    return (
        f"history must be a History, got {kind(got)}. "
        "Write history = fit(model, loss, X, y, keep_every=1, steps=100), and pass that."
    )


def needs_snapshots(name: str, least: int) -> str:
    return (
        f"{name}() needs at least {least} snapshots of the run, and this history has fewer. "
        "Write fit(..., keep_every=1), or a larger number for a long run."
    )
