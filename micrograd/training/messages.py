"""Messages of training: what happened, why, and what to do."""

from micrograd.support.wording import kind


def not_bound() -> str:
    return (
        "the block of bound() is not entered, or has ended: the parameters are Values again. Take "
        "the steps within it: with step.bound(X, y) as take: take()."
    )


def already_bound() -> str:
    return (
        "a step of this optimizer is at work: the parameters are numbers in an array until the "
        "block of bound() ends. Within it, call what it gave: with step.bound(X, y) as take: "
        "take()."
    )


def not_run_yet() -> str:
    return "nothing is compiled before the first call: the shapes of X and y are not known yet."


def nothing_moves() -> str:
    return (
        "what compile_step is to minimize does not depend on any parameter of the optimizer: give "
        "the optimizer the parameters of this very model."
    )


def penalty_of_strangers() -> str:
    return (
        "the penalty uses Values that the optimizer does not move: give it the model's parameters, "
        "as in lambda model: 1e-4 * sum(p * p for p in model.parameters())."
    )


def not_an_array(x) -> str:
    return (
        f"examples are rows of equally many numbers, got {kind(x)} that NumPy cannot make an array "
        "of: look for a row that is shorter or longer, or is not of numbers."
    )


def chance_without_data() -> str:
    return (
        "a step without data draws no random numbers: they belong to an example. Pass X, as in "
        "step(X, y), or write model.eval() to switch Dropout off."
    )


def steps_or_epochs() -> str:
    return "say how long to train: fit(..., steps=1000) or fit(..., epochs=10), one of the two."


def eager_is_float64(dtype) -> str:
    return (
        f"the eager engine computes in float64, as Python does, and not in {dtype!r}: leave dtype "
        'out, or write engine="jit".'
    )


def without_validation(name: str) -> str:
    return (
        f"`{name}` is about examples that are not trained on: pass validation=(X, y), or "
        "validation=0.2 for a fifth of the data."
    )


def not_an_optimizer(x) -> str:
    return (
        f"`optimizer` is an optimizer or makes one of the parameters, got {kind(x)}: write "
        "optimizer=optim.Adam, or optimizer=lambda parameters: optim.SGD(parameters, lr=0.1)."
    )


def loss_of_others(arguments: list) -> str:
    return (
        f"the loss is called as loss({', '.join(arguments)}), of one example: write one, such as "
        "lambda model, x, y: losses.hinge(model(x), y)."
    )


def not_a_model(x) -> str:
    return f"fit trains a Module, as MLP(2, [16, 1]), or what a function makes, got {kind(x)}."


def no_norm(clip) -> str:
    return f"`clip` is the greatest norm of all grads together, larger than 0, got {clip!r}."


def repeats_need_makers() -> str:
    return (
        "each repeat trains a model of its own: pass functions that make them, as in "
        "fit(lambda: MLP(2, [16, 1]), ..., optimizer=lambda p: optim.Adam(p), repeats=5)."
    )


def repeats_and_checkpoint() -> str:
    return "`checkpoint` and `start` are of one run: with `repeats` there are several."


def moment_of_another(have: int, found: int) -> str:
    return (
        f"that moment is of {found} parameters or another kind of optimizer, and this model has "
        f"{have} parameters. Make the same model and optimizer as for the run it was kept from."
    )


def not_kept(step: int, steps: list) -> str:
    known = f"there are {steps[0]} to {steps[-1]}, {len(steps)} in all" if steps else "none is"
    return f"no moment was kept after step {step}: {known} (`history.ring.steps`)."


def nothing_kept() -> str:
    return "no moments were kept: ask for them with fit(..., keep_every=10)."


def no_steps_yet() -> str:
    return "no step was taken, so there is no best one."


def starts_unsound() -> str:
    return "a parameter of the model is nan or inf before the first step: make the model anew."


def resumed(path, step: int, total: int) -> str:
    if step >= total:
        return f"{path}: all {total:,} steps were taken already. Delete it to begin anew."
    return f"going on from {path}, after step {step:,} of {total:,}"


def previous_checkpoint(problem: str, path) -> str:
    return f"{problem} Going on from the one before, {path}."


def no_sound_checkpoint(problems: list) -> str:
    return f"{' '.join(problems)} Delete it, or pass resume=False, to begin anew."


def not_a_checkpoint(path) -> str:
    return (
        f"{path} is no checkpoint of fit (perhaps a model that was saved?), and would be written "
        "over. Choose another name, or delete it."
    )


def checkpoint_of_another_run(path, changes: list) -> str:
    return (
        f"{path} is of a run with other settings: {'; '.join(changes)}. Give the same, choose "
        "another name, or pass resume=False to begin anew in its place."
    )


def diverged(step: int, anomaly: str) -> str:
    found = f"taken again in plain Python: {anomaly}" if anomaly else ""
    return f"after {step} steps the next ended in nan or inf. {found}".strip()


def rate_too_large(least: float, last: float, rate: float) -> str:
    return (
        f"The loss had grown from {least:.3g} to {last:.3g}: the learning rate, {rate:.3g}, is too "
        f"large. Try {rate / 10:.3g}, or clip=1.0."
    )


def not_grown(rate: float) -> str:
    return (
        "The loss had not grown before, so look at that op first (log of 0, division by 0, exp of "
        f"a large number), then at the learning rate, {rate:.3g}."
    )


def weights_are_good() -> str:
    return "The model has the parameters from before that step."
