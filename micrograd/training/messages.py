"""Messages about training: what happened, why, and what to do."""

from collections.abc import Sequence
from pathlib import Path

from micrograd.support.wording import kind, plural

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


def not_an_array(x: object) -> str:
    return (
        f"Expected rows of equally many numbers, got {kind(x)}, which NumPy cannot turn into an "
        "array. Look for a row that is shorter or longer than the others, or holds other things "
        "than numbers."
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
        f"The loss cannot be called as loss({', '.join(arguments)}), but fit() does so for one "
        "example. Write such a function, as in lambda model, x, y: losses.hinge(model(x), y)."
    )


def not_a_model(x: object) -> str:
    return (
        f"fit() expected a Module such as MLP(2, [16, 1]), or a function that makes one, got "
        f"{kind(x)}."
    )


def clip_not_positive(clip: float) -> str:
    return (
        "`clip` is the largest norm that all gradients together may have, so it must be greater "
        f"than 0, got {clip!r}."
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


# -------------------------------------------------------------------------------- checkpoints


def resuming(path: Path, step: int, total: int) -> str:
    if step >= total:
        return f"{path}: all {total:,} steps are done already. Delete the file to start over."
    return f"resuming from {path}, after step {step:,} of {total:,}"


def previous_checkpoint(problem: str, path: Path) -> str:
    return f"{problem} Resuming from the previous one, {path}."


def no_intact_checkpoint(problems: Sequence[str]) -> str:
    return f"{' '.join(problems)} Delete it, or pass resume=False, to start over."


def not_a_checkpoint(path: Path) -> str:
    return (
        f"{path} is not a checkpoint of fit() (perhaps a saved model?), and would be overwritten. "
        "Choose another name, or delete it."
    )


def checkpoint_of_another_run(path: Path, changes: Sequence[str]) -> str:
    return (
        f"{path} belongs to a run with other settings: {'; '.join(changes)}. Use the same ones, "
        "choose another name, or pass resume=False to start over in its place."
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
