"""Curves of a training run."""

from micrograd.support.figures import BLUE, ORANGE, blank


def draw_curves(losses, accuracies):
    """A matplotlib Figure: the loss above, the accuracy in percent below, over the steps."""
    figure = blank(6, 5)
    above, below = figure.subplots(2, sharex=True)
    above.plot(losses, color=ORANGE)
    above.set(ylabel="loss", ylim=(0, None), title="Training")
    below.plot([100 * a for a in accuracies], color=BLUE)
    below.set(ylabel="accuracy, %", xlabel="step", ylim=(0, 103))
    below.xaxis.get_major_locator().set_params(integer=True)
    for axes in (above, below):
        axes.grid(alpha=0.3)
    return figure


MOST = 2000  # points of a curve: as many as a picture has columns


def draw_history(losses: list[float], validation: dict[str, list], first: int = 0):
    """A matplotlib Figure: the loss of each step and, on top, of each validation.

    Below, the metrics of the validations. A long run is shown by the means of equal stretches; the
    axis of the loss is logarithmic where it falls far.
    """
    names = [name for name in validation if name not in ("step", "loss")]
    figure = blank(6, 3 + 2 * bool(names))
    above, *below = figure.subplots(1 + bool(names), sharex=True, squeeze=False)[:, 0]
    above.plot(*stretches(losses, first), color=ORANGE, label="training")
    if validation["step"]:
        above.plot(validation["step"], validation["loss"], color=BLUE, label="validation")
        above.legend(frameon=False)
    falls_far = losses and min(losses) > 0 and max(losses) > 30 * min(losses)
    above.set(ylabel="loss", title="Training", yscale="log" if falls_far else "linear")
    for axes in below:
        for name in names:
            axes.plot(validation["step"], validation[name], label=name)
        axes.set(ylabel=", ".join(names))
    for axes in (above, *below):
        axes.grid(alpha=0.3)
    axes.set(xlabel="step")
    return figure


def stretches(numbers: list[float], first: int = 0) -> tuple[list, list]:
    """(middle of each stretch, mean of its numbers), so that there are not more than MOST."""
    length = max(1, len(numbers) // MOST)
    starts = range(0, len(numbers), length)
    parts = [numbers[i : i + length] for i in starts]
    return [first + i + length / 2 for i in starts], [sum(part) / len(part) for part in parts]
