"""Pictures of how good predictions are: which classes are taken for which, and amounts as a cloud.

Rule: a figure shows what `scores` counted, on the rows that were held out.
"""

import math

import numpy as np

from micrograd.support.figures import BLUE, ORANGE, blank
from micrograd.training import draw_history

WRITTEN = 20  # classes up to which the counts stand in the squares
NAMED = 40  # and up to which each class has its name at the side
LONGEST = 22  # letters of a name
DARK = 0.3  # a share: on squares of greater ones the counts are white
LOOKS = {  # up to so many points: (the size of one, how solid it is)
    300: (26, 0.75),
    3000: (10, 0.4),
    math.inf: (4, 0.15),
}


def draw_run(losses: list[float], validation: dict[str, list], epoch: int):
    """A matplotlib Figure: the loss, as the mean of the last epoch, and the validation loss."""
    figure = draw_history(losses, validation, window=epoch)
    title = f"Training: each loss is the mean of the last {epoch:,} steps, an epoch"
    figure.axes[0].set_title(title)
    return figure


def draw_confusion(confusion: list[list[int]], classes: list[str], accuracy: float):
    """A matplotlib Figure: a row for each class, and how its rows were predicted."""
    from matplotlib.colors import PowerNorm

    counts = np.array(confusion)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    each = 0.55 if len(classes) <= WRITTEN else 0.25
    side = max(2.2 + each * min(len(classes), NAMED), 3.7)
    figure = blank(side + 1.1, side)
    axes = figure.add_subplot()
    image = axes.imshow(shares, cmap="Blues", norm=PowerNorm(0.5, 0.0, 1.0))
    bar = figure.colorbar(image, ax=axes, shrink=0.8, ticks=[0.0, 0.1, 0.5, 1.0])
    bar.ax.set_yticklabels(["0 %", "10 %", "50 %", "100 %"])
    bar.set_label("of the row")
    if len(classes) <= WRITTEN:
        write_counts(axes, counts, shares)
    name_sides(axes, classes)
    title = f"Held-out rows: {100 * accuracy:.1f} % of {counts.sum():,} right"
    axes.set(xlabel="predicted", ylabel="true", title=title)
    return figure


def write_counts(axes, counts, shares) -> None:
    for (row, column), count in np.ndenumerate(counts):
        color = "white" if shares[row, column] > DARK else "black"
        if count or row == column:
            axes.text(column, row, f"{count:,}", ha="center", va="center", color=color, fontsize=9)


def name_sides(axes, classes: list[str]) -> None:
    """The names of the classes at both axes, if there is room for them."""
    if len(classes) > NAMED:
        return
    names = [shortened(name) or f"#{place}" for place, name in enumerate(classes, 1)]
    upright = max(map(len, names)) * len(names) <= 48
    places = range(len(names))
    axes.set_xticks(places, names, rotation=0 if upright else 90)
    axes.set_yticks(places, names)


def shortened(name: str) -> str:
    """The name in one line of few letters, in which matplotlib sees no formula.

    "" if its font has not all the letters.
    """
    from matplotlib.font_manager import FontProperties, findfont, get_font

    line = " ".join(name.split())
    line = line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
    font = get_font(findfont(FontProperties()))
    drawn = all(font.get_char_index(ord(letter)) for letter in line)
    return line.replace("$", r"\$") if drawn else ""


def draw_fit(right, predicted, target: str, r2: float | None):
    """A matplotlib Figure: a point for each row, what was predicted over what is true."""
    figure = blank(5.4, 5.0)
    axes = figure.add_subplot()
    both = np.concatenate([right, predicted])
    margin = 0.04 * (both.max() - both.min()) or 1.0
    ends = [both.min() - margin, both.max() + margin]
    axes.plot(ends, ends, color=ORANGE, linewidth=1.2, zorder=3, label="predicted = true")
    axes.scatter(right, predicted, **points(len(right)))
    of = "" if r2 is None else f", R² = {r2:.3f}"
    title = f"Held-out rows: {len(right):,}{of}"
    name = shortened(target) or "the target"
    axes.set(xlabel=f"{name}, true", ylabel=f"{name}, predicted", title=title)
    axes.set(xlim=ends, ylim=ends, aspect="equal")
    axes.legend(frameon=False, loc="upper left")
    axes.grid(alpha=0.3)
    return figure


def points(count: int) -> dict:
    """How to draw so many points: the more there are, the smaller and fainter."""
    size, alpha = next(look for most, look in LOOKS.items() if count <= most)
    return {"s": size, "alpha": alpha, "color": BLUE, "linewidths": 0}
