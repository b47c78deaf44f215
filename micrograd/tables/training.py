"""A network trained on a table: to tell classes apart, or to predict an amount.

Rule: rows are held out before anything is computed from them; by these alone is the model judged.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from micrograd import errors
from micrograd.nn import MLP
from micrograd.optim import AdamW
from micrograd.support.randomness import seeded
from micrograd.tables import messages, metrics, notes
from micrograd.tables.column import Column, column, column_of_kind, find, telling
from micrograd.tables.csv_table import Table, read
from micrograd.tables.encoding import Encoding, encoding_of
from micrograd.tables.split import LEAST, Split, split
from micrograd.tables.target import target_of
from micrograd.training import History, cross_entropy_loss, fit, predict, squared_error_loss

LAYERS = (32, 16)
EPOCHS = 200
# Of AdamW, tried on six of scikit-learn's tables with six seeds: a third of the rate is as good and
# takes twice the steps; without decay, or with he's weights, less is right on those of few rows.
RATE, DECAY = 0.003, 0.3
PATIENCE = 20  # looks at the validation rows, none of them better, before training ends
SMALLEST, LARGEST = 8, 256  # batches; in between an epoch is 32 steps
FEW = 30  # held-out rows that say little


@dataclass
class Examples:
    """A table as numbers: what the model is trained on, and how the rows are shared out."""

    table: Table
    encoding: Encoding
    X: np.ndarray
    y: np.ndarray
    split: Split

    @property
    def classes(self) -> list[str] | None:
        """The names of the classes; None if the target is an amount."""
        return getattr(self.encoding.target, "classes", None)

    def of(self, places: list[int]) -> tuple[np.ndarray, np.ndarray]:
        return self.X[places], self.y[places]


@dataclass
class Trained:
    """What `train_table` returns; `scores` are of the held-out rows, an epoch is so many steps."""

    model: MLP
    examples: Examples
    history: History
    epoch: int
    scores: dict
    source: str
    seed: int

    @property
    def notes(self) -> list[str]:
        """All that was done to the table, in sentences."""
        return self.examples.table.notes

    def results(self) -> dict:
        """What is known of the run, as JSON."""
        target, rows = self.examples.encoding.target, vars(self.examples.split)
        return {
            "target": target.name,
            "task": "classify" if self.examples.classes else "regress",
            "rows": {share: len(places) for share, places in rows.items()},
            "inputs": self.examples.encoding.width,
            "parameters": len(self.model.parameters()),
            "steps": self.history.first + len(self.history.losses),
            "stopped": self.history.stopped,
            "seconds": round(self.history.seconds[-1], 3) if self.history.seconds else 0.0,
            "seed": self.seed,
            "held_out": self.scores,
            "notes": self.notes,
        }

    def about(self) -> dict:
        """What goes into the model's file."""
        target = self.examples.encoding.target.name
        held_out = self.scores.items()
        results = {name: x for name, x in held_out if not isinstance(x, dict | list)}
        return {
            "kind": "table",
            "name": target,
            "what": f"{target!r} from {self.encoded()} columns of {self.source}",
            "results": {**results, "held-out rows": len(self.examples.split.held_out)},
            "trained": date.today().isoformat(),
            "encoding": self.examples.encoding.to_json(),
        }

    def encoded(self) -> int:
        return len(self.examples.encoding.features)


def train_table(
    path: Path | str,
    target: str,
    layers: Sequence[int] = LAYERS,
    task: str = "auto",
    *,
    seed: int = 0,
    engine: str = "jit",
    epochs: int = EPOCHS,
    checkpoint: Path | None = None,
    resume: bool = False,
    progress: bool = True,
) -> Trained:
    """A network that predicts the column `target` of a CSV file from the others.

    `layers` are the sizes of the hidden ones. `task` is "classify", "regress" or "auto": texts and
    few whole numbers are classes. A fifth of the rows is held out; on a fifth of the others it is
    seen when to stop, after at most so many `epochs`. With `resume` it goes on from `checkpoint`.

    Raises TableError for a table that cannot be read or learned from, and what `fit` raises.
    """
    examples = prepare(path, target, task, seed)
    if resume and checkpoint and not checkpoint.exists():
        examples.table.notes.append(notes.no_checkpoint(checkpoint))
    outputs = len(examples.classes or [target])
    with seeded(seed):
        model = MLP(examples.X.shape[1], [*layers, outputs], init="xavier")
    count = len(examples.split.training)
    size = min(max(count // 32, SMALLEST), LARGEST, count)
    history = fitted(
        checkpoint,
        model,
        cross_entropy_loss if examples.classes else squared_error_loss,
        *examples.of(examples.split.training),
        optimizer=lambda parameters: AdamW(parameters, lr=RATE, weight_decay=DECAY),
        epochs=epochs,
        batch_size=size,
        engine=engine,
        validation=examples.of(examples.split.validation),
        patience=PATIENCE,
        seed=seed,
        resume=resume,
        progress=progress,
    )
    epoch = count // size
    return Trained(model, examples, history, epoch, judged(model, examples), Path(path).name, seed)


def fitted(checkpoint: Path | None, *args, **how) -> History:
    """What `fit` returns; that a checkpoint is of another table is said in a sentence."""
    try:
        return fit(*args, checkpoint=checkpoint, **how)
    except errors.ShapeError as error:
        raise errors.TableError(messages.another_table(checkpoint)) from error


# ----------------------------------------------------------------------------- from file to numbers


def prepare(path: Path | str, target: str, task: str, seed: int) -> Examples:
    """The table as numbers; all that was done to it is in its notes."""
    table = read(path)
    table, goal = with_target(table, find(table.names, target, path), task)
    goal = target_of(table, goal, task)
    columns = features(table, target)
    shares = shared_out(table, goal, seed)
    encoding = encoding_of(columns, goal, shares.training)
    table.notes += encoding.notes(columns, table.lines)
    y = encoding.target.numbers(goal).reshape(-1)
    return Examples(table, encoding, encoding.numbers(columns), y, shares)


def with_target(table: Table, target: str, task: str) -> tuple[Table, Column]:
    """The rows that have a target, and that column; classes are texts, as they stand."""
    known = task == "classify"
    goal = column_of_kind(table, target, "category") if known else column(table, target)
    if goal.missing:
        table.notes.append(notes.no_target(target, [table.lines[i] for i in goal.missing]))
    kept = [i for i, cell in enumerate(goal.cells) if cell is not None]
    if len(kept) < LEAST:
        raise errors.TableError(messages.too_few_rows(len(kept), target, LEAST))
    return table.only(kept), goal.only(kept)


def features(table: Table, target: str) -> list[Column]:
    """The columns to predict from."""
    columns = [column(table, name) for name in table.names if name != target]
    before = len(table.notes)
    kept = [one for one in columns if telling(table, one)]
    if not kept:
        raise errors.TableError(messages.no_features(target, table.notes[before:]))
    return kept


def shared_out(table: Table, goal: Column, seed: int) -> Split:
    """The shares, of classes evenly; what that means for the figures is noted."""
    groups = goal.cells if goal.kind == "category" else [""] * len(goal.cells)
    shares = split(groups, seed)
    single = [name for name, count in Counter(groups).items() if count == 1]
    if single:
        table.notes.append(notes.single_class(single))
    if len(shares.held_out) < FEW:
        table.notes.append(notes.few_held_out(len(shares.held_out)))
    return shares


# ---------------------------------------------------------------------------------------- judgement


def judged(model: MLP, examples: Examples) -> dict:
    """The scores on the held-out rows, beside those of the commonest class, or of the mean."""
    right = examples.y[examples.split.held_out]
    outputs = predict(model, examples.X[examples.split.held_out])
    if examples.classes:
        usual = np.bincount(examples.y[examples.split.training].astype(int)).argmax()
        return metrics.classification(outputs.argmax(axis=1), right, examples.classes, int(usual))
    target = examples.encoding.target
    return metrics.regression(target.values(outputs), target.values(right), target.mean)


def compared(model: MLP, examples: Examples) -> tuple[np.ndarray, np.ndarray]:
    """(true, predicted) amounts of the held-out rows."""
    target, places = examples.encoding.target, examples.split.held_out
    return target.values(examples.y[places]), target.values(predict(model, examples.X[places]))
